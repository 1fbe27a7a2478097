"""Erasing a contact (rule P1): all that is kept of them goes, in one transaction; that they opted out stays.

What comes for them afterwards, from a node that does not know it yet, finds an empty conversation: a text is taken home
to whoever has the number now, who starts empty; everything else is dropped.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from textback.compliance.detect import keyword
from textback.core.ids import new_id
from textback.engine.arrivals import AnyArrival, Message
from textback.pipeline.accept import incoming
from textback.pipeline.dead import AGAIN
from textback.store import accounts, events, inbox, ledger, listed, notify
from textback.store import erase as store
from textback.store.db import Db, Row, Tx
from textback.store.erase import Person
from textback.store.ledger import Fact
from textback.store.trouble import is_away
from textback.store.vault import keys_of

PAUSE = 0.2
"""Seconds before an erasure is tried again."""
_arrival = msgspec.json.Decoder(AnyArrival)


class Erasure(msgspec.Struct, frozen=True):
    """What came of it: the rows of each table, the request's id in the log, and whether they stay opted out."""

    rows: dict[str, int]
    request: str
    opted_out: bool


def _suppress(tx: Tx, workspace: str, who: Person, now: int) -> None:
    """They had opted out: whoever has the number later must not be sent to either (P2, P3)."""
    store.keep_opt_out(tx, workspace, who, now)
    listed.suppress_numbers(tx, workspace, [who.address], "P1", "erasure", now)


def _destroy(tx: Tx, workspace: str, who: Person, now: int) -> None:
    """Close their chain, and make what it says of them unreadable for ever. No import brings them back (P3)."""
    listed.suppress_numbers(tx, workspace, [who.address], "P1", "erasure", now, listed.ERASED)
    if ledger.head_of(tx, who.contact_id) is not None:
        fact = Fact(
            id=new_id(), contact_id=who.contact_id, workspace=workspace, type="erase", occurred_at=now,
            recorded_at=now, rule="P1", matched_by="human",
        )  # fmt: skip
        ledger.record(tx, [fact])
    ledger.forget_key(tx, who.contact_id)
    store.clear_words(tx, who)


def reference(tx: Tx, number: str) -> str:
    """How a request names a number: its HMAC under the newest key."""
    return keys_of(tx).number(number)


def erase(tx: Tx, workspace: str, who: Person, actor: str, now: int) -> Erasure | None:
    """Erase a contact in this transaction. None when another has done so meanwhile.

    It waits for a turn under way in their conversation; a text that is being posted at this moment goes, and what
    comes of it is forgotten.
    """
    row = store.lock(tx, who)
    if row is None:
        return None
    opted_out = bool(row.opted_out)
    for data in store.waiting(tx, who):
        opted_out = _after(data, opted_out)
    if opted_out:
        _suppress(tx, workspace, who, now)
    else:  # by a START, if they ever had
        listed.forget_number(tx, workspace, who.address)
    named = reference(tx, who.address)
    _destroy(tx, workspace, who, now)
    rows = store.erase(tx, workspace, who, now)
    request = store.log_request(
        tx, workspace, "erasure", actor, now,
        contact_id=who.contact_id, number=who.address, reference=named, data=rows,
    )  # fmt: skip
    accounts.write_audit(tx, workspace, actor, "privacy.erase", who.contact_id, now, {"request": request})
    events.note(tx, [events.Happened(who.contact_id, "contact.erased", at=now)])
    notify.tell_erased(tx, workspace, who.contact_id)
    return Erasure(rows, request, opted_out)


def _after(data: str, opted_out: bool) -> bool:
    """Whether they have opted out once this has come, which will have no turn: it may be a STOP."""
    try:
        arrival = _arrival.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return opted_out
    if not isinstance(arrival, Message):
        return opted_out
    found = keyword(arrival.text)
    said = arrival.keyword or (found.kind if found else "")
    return True if said == "stop" else False if said == "start" and not arrival.doubt else opted_out


def nobody(tx: Tx, workspace: str, number: str, actor: str, now: int) -> None:
    """Note that somebody asked of whom nothing is kept."""
    named = reference(tx, number) if number else ""
    store.log_request(tx, workspace, "erasure", actor, now, number=number, reference=named, outcome="nobody")


def take_home(tx: Tx, workspace: str, row: Row[Any], now: int) -> bool:
    """What came for a contact who was erased. A text is stored again for whoever has its number now, as if it had come
    to them; says whether it was one."""
    try:
        arrival = _arrival.decode(row.data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    if not isinstance(arrival, Message) or row.kind == AGAIN:
        return False
    store.leave_address(tx, workspace, arrival.sender, row.contact_id)
    item = msgspec.structs.replace(incoming(row.line, arrival), received_at=row.received_at)
    inbox.store_arrivals(tx, workspace, [item], {}, now)
    return True


async def erase_now(db: Db, workspace: str, who: Person, actor: str, clock: Callable[[], int]) -> Erasure | None:
    """As `erase`, beside a road at work: where the two met in the wrong order, once more."""
    for last in (False, False, True):
        try:
            return await db.write_in("erase", erase, workspace, who, actor, clock())
        except Exception as error:
            if last or not is_away(error):
                raise
        await asyncio.sleep(PAUSE)
    return None
