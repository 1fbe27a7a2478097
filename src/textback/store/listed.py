"""Numbers that are on a list: suppressed without being a contact's, or on a do-not-call registry (P2, P3, D1, D2).

A number is kept as its HMAC under the keys of the ledger, which are not in the database, and is used for nothing but to
be looked up. A contact's own suppression is in the ledger; this list is for numbers that nobody here has (any more).
"""

from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import Connection, delete, select

from textback.store.many import Inserts, with_keys
from textback.store.tables import list_imports, listed_numbers
from textback.store.vault import Keyring, keys_of

REGISTRY = "registry"
"""The scope of numbers on a do-not-call registry. Families of channels are others: on these nothing may go."""
ERASED = "erased"
"""The scope of numbers of people who were erased: no import makes contacts of them (P3)."""

_l = listed_numbers.c
# What is known already stays as it is: the oldest reason is the best one. A registry's date is that of its newest data.
_add_suppressed = Inserts(listed_numbers, suffix="ON CONFLICT DO NOTHING")
_add_registered = Inserts(
    listed_numbers,
    suffix="ON CONFLICT (workspace, number_hash, scope) DO UPDATE SET since = excluded.since, source = excluded.source "
    "WHERE excluded.since > listed_numbers.since",
)


class Listed(msgspec.Struct, frozen=True):
    """Why a number is on a list: by which rule, from where, since when (ms)."""

    rule: str
    source: str
    since: int


def suppress_numbers(
    tx: Connection, workspace: str, numbers: Iterable[str], rule: str, source: str, now: int, family: str = "phone"
) -> None:
    """Suppress numbers (E.164) that are nobody's here, or whose contact is about to be erased (P1). Of a contact, the
    ledger says it."""
    keys = keys_of(tx)
    _add_suppressed(tx, _rows(keys, workspace, numbers, family, rule, source, now))


def forget_number(tx: Connection, workspace: str, number: str, family: str = "phone") -> None:
    """Take a number (E.164) off the list of the suppressed: its contact has opted in again by their own word."""
    names = keys_of(tx).numbers(number)
    tx.execute(delete(listed_numbers).where(_l.workspace == workspace, _l.number_hash.in_(names), _l.scope == family))


def register_numbers(tx: Connection, workspace: str, numbers: Iterable[str], source: str, as_of: int) -> None:
    """Note that numbers (E.164) are on a do-not-call registry, by data of that date (D1)."""
    _add_registered(tx, _rows(keys_of(tx), workspace, numbers, REGISTRY, "D1", source, as_of))


def _rows(
    keys: Keyring, workspace: str, numbers: Iterable[str], scope: str, rule: str, source: str, since: int
) -> list[dict[str, str | int]]:
    names = dict.fromkeys(keys.number(number) for number in numbers)
    row: dict[str, str | int] = {
        "workspace": workspace, "scope": scope, "rule": rule, "source": source[:160], "since": since,
    }  # fmt: skip
    return [{**row, "number_hash": name} for name in names]


def find_listed(
    tx: Connection, workspace: str, numbers: Collection[str], scope: str = "phone", *, since: int = 0
) -> dict[str, Listed]:
    """Those of these numbers (E.164) that are on a list, by data that is not older than `since` (ms)."""
    keys = keys_of(tx)
    names = {name: number for number in numbers for name in keys.numbers(number)}
    wanted = [(workspace, name, scope) for name in names]
    columns = [_l.number_hash, _l.rule, _l.source, _l.since]
    rows = with_keys(tx, columns, [_l.workspace, _l.number_hash, _l.scope], wanted) if wanted else []
    return {names[row.number_hash]: Listed(row.rule, row.source, row.since) for row in rows if row.since >= since}


class Registry(msgspec.Struct, frozen=True):
    """What the do-not-call registry says: which of the numbers asked for are on it, and of when its data are (ms); 0
    where no registry was ever read in whole. How long data are good for is the policy's to say (D1)."""

    listed: frozenset[str]
    as_of: int


def registry_of(tx: Connection, workspace: str, numbers: Collection[str]) -> Registry:
    """Ask the do-not-call registry that was read in last about these numbers (E.164). Two statements, for texts of
    class promotional alone; one where none was read in."""
    i = list_imports.c
    newest = (
        select(i.as_of)
        .where(i.workspace == workspace, i.kind == REGISTRY, i.finished_at.is_not(None))
        .order_by(i.as_of.desc())
        .limit(1)
    )
    as_of = tx.execute(newest).scalar() or 0
    if not as_of:
        return Registry(frozenset(), 0)
    return Registry(frozenset(find_listed(tx, workspace, numbers, REGISTRY, since=as_of)), as_of)
