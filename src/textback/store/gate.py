"""What the gate must know of contacts, and the record of what it decided."""

from collections.abc import Collection, Mapping
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, Select, and_, func, select, update

from textback.compliance.agreement import Agreement
from textback.core.ids import bucket_of
from textback.store.agreements import agreements_of
from textback.store.listed import registry_of
from textback.store.many import Given, Inserts, Pair, Pairs, Rows, Updates, with_keys
from textback.store.tables import (
    consent_events,
    contacts,
    conversations,
    gate_decisions,
    messages,
    outbox,
    suppressions,
)

_c, _e, _g, _m, _o, _s = (
    contacts.c, consent_events.c, gate_decisions.c, messages.c, outbox.c, suppressions.c,
)  # fmt: skip


class Sent(msgspec.Struct, frozen=True):
    """A text that was let through, when it was first (ms), as which class and of which programme."""

    message_id: str
    at: int
    judged: str
    programme: str


class Known(msgspec.Struct, frozen=True):
    """What is known of a contact. `suppressed` is the rule by which they get nothing, `wrote` whether they have texted
    us at some time, `unsure` whether they may have opted out and nobody has settled it (O3), `bad_number` whether their
    number can't get texts (N1), `sent` which texts
    that count were let through to them since the time asked for. `registry` says that their number is on the
    do-not-call registry, or that its data are too old to tell, `aloud` which of their agreements were given in speech:
    entries of the ledger, looked up where the registry makes a difference (D1)."""

    zone: str = ""
    region: str = ""
    suppressed: str = ""
    wrote: bool = False
    unsure: bool = False
    agreements: tuple[Agreement, ...] = ()
    sent: tuple[Sent, ...] = ()
    registry: Literal["", "listed", "old"] = ""
    aloud: frozenset[str] = frozenset()
    bad_number: bool = False


NOTHING = Known()


def _of_contacts(pair: Pair) -> Select[Any]:
    wrote = select(_m.id).where(_m.bucket == _c.bucket, _m.contact_id == _c.id, _m.direction == "in").exists()
    stopped = select(func.max(_s.rule)).where(_s.bucket == _c.bucket, _s.contact_id == _c.id).scalar_subquery()
    unsure = conversations.c.state.like('%"opt_out_unsure":%')  # zero is left out
    bad = conversations.c.state.like('%"bad_number":{"why":%')  # no field is kept like this
    columns = (
        _c.id, _c.zone, _c.region, wrote.label("wrote"), unsure.label("unsure"), stopped.label("suppressed"),
        bad.label("bad_number"),
    )  # fmt: skip
    rows = select(*columns).select_from(pair.source).join(conversations, pair.on(conversations))
    return rows.join(contacts, and_(_c.bucket == conversations.c.bucket, _c.id == conversations.c.contact_id))


_CONTACTS = Pairs(_of_contacts)
_WENT = _g.outcome == "go"


def known(
    tx: Connection,
    who: Collection[tuple[int, str]],
    counted: Collection[tuple[int, str]],
    since: int,
    kinds: Collection[str] = ("promotional",),
) -> dict[str, Known]:
    """What is known of these contacts (bucket, id), by id. For the `counted` among them also which texts of these
    kinds were let through since then (ms)."""
    agreed = agreements_of(tx, who)
    sent: dict[str, dict[str, Sent]] = {}
    if counted:
        columns = [_g.contact_id, _g.message_id, _g.at, _g.judged, _g.programme]
        where = (_WENT, _g.judged.in_(kinds), _g.at > since)
        for row in with_keys(tx, columns, [_g.bucket, _g.contact_id], counted, *where):
            # A text that was tried again counts once, when it was let through first.
            mine = sent.setdefault(row.contact_id, {})
            if row.message_id not in mine or row.at < mine[row.message_id].at:
                mine[row.message_id] = Sent(row.message_id, row.at, row.judged, row.programme)
    return {
        row.id: Known(
            row.zone,
            row.region,
            row.suppressed or "",
            bool(row.wrote),
            bool(row.unsure),
            tuple(agreed.get(row.id, ())),
            tuple(sent.get(row.id, {}).values()),
            bad_number=bool(row.bad_number),
        )
        for row in _CONTACTS(tx, who)
    }


def with_registry(
    tx: Connection, workspace: str, found: dict[str, Known], numbers: Mapping[tuple[int, str], str], good_since: int
) -> dict[str, Known]:
    """The same with what the do-not-call registry says of the numbers (E.164) of these contacts (bucket, id). Its data
    must be of that time (ms) or newer (D1)."""
    registry = registry_of(tx, workspace, set(numbers.values()))
    if not registry.as_of:
        return found
    old = registry.as_of < good_since
    hit = {key for key, number in numbers.items() if key[1] in found and (old or number in registry.listed)}
    events = [
        (*key, one.event_id)
        for key in sorted(hit)
        for one in found[key[1]].agreements
        if one.message_class == "promotional" and one.state == "agreed"
    ]
    rows = with_keys(tx, [_e.id], [_e.bucket, _e.contact_id, _e.id], events, _e.method == "voice") if events else []
    aloud = frozenset(row.id for row in rows)
    return found | {
        key[1]: msgspec.structs.replace(
            found[key[1]], registry="listed" if numbers[key] in registry.listed else "old", aloud=aloud
        )
        for key in hit
    }


def heard_on(tx: Connection, bucket: int, contact_id: str, line: str) -> int:
    """When a contact last texted on this line (ms); 0 for never."""
    mine = (_m.bucket == bucket, _m.contact_id == contact_id, _m.line == line, _m.direction == "in")
    return tx.execute(select(_m.at).where(*mine).order_by(_m.id.desc()).limit(1)).scalar() or 0


add = Inserts(gate_decisions)
"""Keep these decisions, each with all columns."""

_held = Given(b=_o.bucket, k=_o.contact_id, i=_o.id, due=_o.due_at, x=_o.expires_at, p=_o.priority)
_hold = Updates(
    _held,
    update(outbox)
    .where(_o.bucket == _held.c.b, _o.contact_id == _held.c.k, _o.id == _held.c.i, _o.state == "queued")
    .values(due_at=_held.c.due, expires_at=_held.c.x, priority=_held.c.p),
)
_ruled = Given(b=_m.bucket, k=_m.contact_id, i=_m.id, r=_m.rule, d=_m.detail)
_rule = Updates(
    _ruled,
    update(messages)
    .where(_m.bucket == _ruled.c.b, _m.contact_id == _ruled.c.k, _m.id == _ruled.c.i)
    .values(rule=_ruled.c.r, detail=_ruled.c.d),
)


def hold(tx: Connection, rows: Rows) -> None:
    """Let these texts wait: rows of b, k, i (the key), due, x (expires), p (priority)."""
    _hold(tx, rows)


def say_rule(tx: Connection, rows: Rows) -> None:
    """Write beside messages by which rule they wait or go: rows of b, k, i, r (rule), d (why)."""
    _rule(tx, rows)


def set_place(tx: Connection, contact_id: str, zone: str, region: str, source: str) -> bool:
    """Keep where a contact is: an IANA zone and a state or region, either may be empty, and who says so. False when
    there is no such contact."""
    mine = update(contacts).where(_c.bucket == bucket_of(contact_id), _c.id == contact_id)
    return tx.execute(mine.values(zone=zone, region=region, zone_source=source)).rowcount == 1


def zone_of(tx: Connection, contact_id: str) -> str:
    """The IANA zone that a contact is known to be in; empty where it is not known."""
    zone: str | None = tx.execute(
        select(_c.zone).where(_c.bucket == bucket_of(contact_id), _c.id == contact_id)
    ).scalar()
    return zone or ""


def decisions_of(tx: Connection, contact_id: str, most: int) -> list[Row[Any]]:
    """What the gate has decided about a contact's texts, the latest first."""
    query = select(gate_decisions).where(_g.bucket == bucket_of(contact_id), _g.contact_id == contact_id)
    return list(tx.execute(query.order_by(_g.id.desc()).limit(most)))
