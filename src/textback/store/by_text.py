"""How often going on by text was asked for today, kept where every node counts and no restart forgets it."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from textback.core.when import DAY
from textback.store.inbox import find_homes
from textback.store.listed import ERASED, find_listed
from textback.store.tables_web import text_requests
from textback.store.vault import keys_of

_t = text_requests.c
_FIRST = {"workspace": bindparam("w"), "who": bindparam("k"), "day": bindparam("d"), "times": 1}
_KEY = ["workspace", "who", "day"]
_COUNT = {
    "sqlite": sqlite.insert(text_requests)
    .values(_FIRST)
    .on_conflict_do_update(index_elements=_KEY, set_={"times": _t.times + 1})
    .returning(_t.times),
    "postgresql": postgresql.insert(text_requests)
    .values(_FIRST)
    .on_conflict_do_update(index_elements=_KEY, set_={"times": _t.times + 1})
    .returning(_t.times),
}


class Limit(msgspec.Struct, frozen=True):
    """How many requests a day there may be of one `kind`: of that visitor, network address, number or web chat."""

    kind: str
    who: str
    most: int


def count(tx: Connection, workspace: str, limits: Sequence[Limit], now: int) -> str:
    """Count one more request on each of these, in this order, up to one that is full; gives its kind, "" for none.

    What is refused does not count on the limits behind, so that nobody uses up what others share.
    """
    keys = keys_of(tx)
    for limit in limits:
        who = f"{limit.kind} {keys.number(f'{limit.kind} {limit.who}')}"
        given = {"w": workspace, "k": who[:80], "d": now // DAY}
        if tx.execute(_COUNT[tx.dialect.name], given).scalar_one() > limit.most:
            return limit.kind
    return ""


def left_alone(tx: Connection, workspace: str, number: str) -> bool:
    """Whether a number is nobody's here and must stay so: nothing may be sent to it, or whoever had it was erased
    (P3)."""
    if find_homes(tx, workspace, [("phone", number)]):
        return False
    return any(find_listed(tx, workspace, [number], scope) for scope in ("phone", ERASED))
