"""Files that are read in: how far, and what a batch of their lines becomes. A batch and how far it goes are written in
one transaction, so that a file which was interrupted goes on where it stood, and no line counts twice.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, select, update

from textback.compliance.ledger import LedgerStanding
from textback.core.evidence import Evidence
from textback.core.ids import bucket_of, new_id
from textback.core.when import DAY
from textback.engine.state import load_state
from textback.store import events, inbox, ledger, listed, turns
from textback.store.inbox import Home
from textback.store.ledger import Fact
from textback.store.many import Pair, Pairs, upserter
from textback.store.tables import conversations, list_imports

Kind = Literal["consent", "suppressions", "registry", "deactivated", "reassigned"]


class Line(msgspec.Struct, frozen=True):
    """One line of a file: whose, and for a consent what it claims. `at` (ms) is when it was, 0 where the file does not
    say. `answer` is that of the database of reassigned numbers: yes, no or no data."""

    number: str
    at: int = 0
    answer: str = ""
    evidence: Evidence = Evidence()


class Progress(msgspec.Struct, kw_only=True):
    """How far a file is read: `position` in bytes of `size`, `lines`, and what became of them. `bad_bytes` is how much
    of the file of bad lines belongs to what is committed."""

    position: int = 0
    lines: int = 0
    counts: dict[str, int] = {}
    bad_bytes: int = 0
    size: int = 0
    finished: bool = False

    def count(self, what: str, more: int = 1) -> None:
        """So many lines more became that."""
        self.counts[what] = self.counts.get(what, 0) + more


class Source(msgspec.Struct, frozen=True):
    """A file that is read in: `digest` is that of all of it, `name` what it is called; `as_of` (ms) is the date of a
    registry's data; `actor` who reads it in."""

    workspace: str
    kind: Kind
    digest: str
    name: str
    actor: str
    as_of: int = 0
    brand: str = ""


_i = list_imports.c
_keep = upserter(
    list_imports,
    ["workspace", "kind", "digest"],
    ["name", "as_of", "position", "lines", "counts", "actor", "updated_at", "finished_at"],
)


def progress_of(tx: Connection, source: Source) -> Progress | None:
    """How far this very file was read, whatever it was called; None where it never was. A registry's file of another
    date is another file."""
    query = select(list_imports).where(
        _i.workspace == source.workspace, _i.kind == source.kind, _i.digest == source.digest, _i.as_of == source.as_of
    )
    row: Row[Any] | None = tx.execute(query).first()
    if row is None:
        return None
    return _progress(row)


def _progress(row: Row[Any]) -> Progress:
    counts = msgspec.json.decode(row.counts, type=dict[str, int])
    bad, size = counts.pop("bad_bytes", 0), counts.pop("size", 0)
    finished = row.finished_at is not None
    return Progress(
        position=row.position, lines=row.lines, counts=counts, bad_bytes=bad, size=size, finished=finished
    )  # fmt: skip


class Reading(msgspec.Struct, frozen=True):
    """A file that was read in, or is being read: which, by whom, since when and when last (ms), and how far."""

    kind: str
    digest: str
    name: str
    as_of: int
    actor: str
    started_at: int
    updated_at: int
    progress: Progress


def readings(tx: Connection, workspace: str, most: int) -> list[Reading]:
    """The files of a workspace, the one that was worked on last first."""
    query = select(list_imports).where(_i.workspace == workspace).order_by(_i.updated_at.desc()).limit(most)
    return [
        Reading(row.kind, row.digest, row.name, row.as_of, row.actor, row.started_at, row.updated_at, _progress(row))
        for row in tx.execute(query)
    ]


def keep_progress(tx: Connection, source: Source, progress: Progress, now: int) -> None:
    """Note how far the file is read."""
    row = {
        "workspace": source.workspace,
        "kind": source.kind,
        "digest": source.digest,
        "name": source.name[:160],
        "as_of": source.as_of,
        "position": progress.position,
        "lines": progress.lines,
        "counts": msgspec.json.encode(
            {**progress.counts, "bad_bytes": progress.bad_bytes, "size": progress.size}
        ).decode(),
        "actor": source.actor[:320],
        "started_at": now,
        "updated_at": now,
        "finished_at": now if progress.finished else None,
    }
    _keep(tx, [row])


def take_in(tx: Connection, source: Source, lines: Sequence[Line], now: int) -> dict[str, int]:
    """What a batch of lines becomes. Returns how many lines became what; every line becomes something."""
    if source.kind == "registry":
        listed.register_numbers(tx, source.workspace, [line.number for line in lines], source.name, source.as_of)
        return {"on the registry": len(lines)}
    if source.kind == "suppressions":
        return _suppress(tx, source, lines, now)
    if source.kind == "deactivated":
        return _given_up(tx, source, lines, now, "D4")
    if source.kind == "reassigned":
        gone = [line for line in lines if line.answer == "yes"]
        counts = _given_up(tx, source, gone, now, "D3") if gone else {}
        others = Counter(f"answered {line.answer}" for line in lines if line.answer != "yes")
        return counts | dict(others)
    return _claim(tx, source, lines, now)


def _given_up(tx: Connection, source: Source, lines: Sequence[Line], now: int, rule: str) -> dict[str, int]:
    """D3, D4: numbers whose owner of that day has given them up. A contact who has agreed or texted since is the new
    owner and stays; another is opted out, and no START brings back what was agreed to. A number that is nobody's here
    is left alone, for its next owner may come."""
    numbers: dict[str, int] = {}
    for line in lines:
        numbers[line.number] = max(line.at or source.as_of or now, numbers.get(line.number, 0))
    homes = _homes(tx, source.workspace, numbers)
    stands = _standing(tx, homes.values())
    heard = _last_heard(tx, homes.values())
    fresh, since = {}, 0
    for number, home in homes.items():
        stand = stands.get(home.contact_id, LedgerStanding())
        if stand.suppressed("phone"):
            continue
        agreed = max((one.since for one in stand.agreements if one.state == "agreed"), default=0)
        # The date is a day: what was agreed to on it was agreed to by whoever had the number then.
        if max(agreed, heard.get(home.contact_id, 0)) >= numbers[number] + DAY:
            since += 1
        else:
            fresh[number] = home
    out = _opt_out(tx, source, fresh, {}, now, rule)
    left = len(homes) - len(out) - since
    return {
        "opted out": len(out), "in touch since": since, "suppressed before": left,
        "nobody's, or listed twice": len(lines) - len(homes),
    }  # fmt: skip


def _last_heard(tx: Connection, homes: Collection[Home]) -> dict[str, int]:
    """When each contact last texted (ms)."""
    pairs = sorted({(home.bucket, home.contact_id) for home in homes})
    rows = _HEARD(tx, pairs) if pairs else []
    return {row.contact_id: load_state(row.state).last_inbound_at for row in rows}


def _with_state(pair: Pair) -> Any:
    return (
        select(conversations.c.contact_id, conversations.c.state)
        .select_from(pair.source)
        .join(conversations, pair.on(conversations))
    )


_HEARD = Pairs(_with_state)


def _locked(pair: Pair) -> Any:
    query = select(conversations.c.contact_id).select_from(pair.source).join(conversations, pair.on(conversations))
    return query.order_by(conversations.c.bucket, conversations.c.contact_id).with_for_update(of=conversations)


_LOCKED = Pairs(_locked)


def _homes(tx: Connection, workspace: str, numbers: Collection[str]) -> dict[str, Home]:
    found = inbox.find_homes(tx, workspace, [("phone", number) for number in numbers])
    return {number: home for (_, number), home in found.items()}


def _standing(tx: Connection, homes: Collection[Home]) -> dict[str, LedgerStanding]:
    """Where these contacts stand; their conversations are locked, so that no turn writes to their chains meanwhile."""
    pairs = sorted({(home.bucket, home.contact_id) for home in homes})
    if not pairs:
        return {}
    _LOCKED(tx, pairs)
    return ledger.standing_of(tx, pairs)


def _suppress(tx: Connection, source: Source, lines: Sequence[Line], now: int) -> dict[str, int]:
    """D2: an internal do-not-call list. A contact is opted out; a number that is nobody's is kept as its HMAC."""
    numbers = {line.number: line.at for line in lines}
    homes = _homes(tx, source.workspace, numbers)
    nobodys = [number for number in numbers if number not in homes]
    listed.suppress_numbers(tx, source.workspace, nobodys, "D2", source.name, now)
    stands = _standing(tx, homes.values())
    nothing = LedgerStanding()
    fresh = {n: h for n, h in homes.items() if not stands.get(h.contact_id, nothing).suppressed("phone")}
    out = _opt_out(tx, source, fresh, numbers, now, "D2")
    known = len(lines) - len(nobodys) - len(out)
    return {"suppressed": len(nobodys), "opted out": len(out), "suppressed before, or listed twice": known}


def _opt_out(
    tx: Connection, source: Source, fresh: Mapping[str, Home], at: Mapping[str, int], now: int, rule: str
) -> list[str]:
    """Opt these contacts out, by number, and withdraw what waits for them (O6). Returns those who now are."""
    evidence = Evidence(method="import", source=source.name, actor=source.actor)
    after = ledger.record(
        tx,
        [
            Fact(
                id=new_id(), contact_id=home.contact_id, workspace=source.workspace, type="opt_out",
                occurred_at=at.get(number) or now, recorded_at=now, rule=rule, matched_by="human", brand=source.brand,
                number=number, evidence=evidence,
            )
            for number, home in fresh.items()
        ],
    )  # fmt: skip
    out = [contact_id for contact_id, stand in after.items() if stand.suppressed("phone")]
    if out:
        _flag(tx, out)
        events.note(tx, [events.Happened(id_, "consent.opted_out", "", {"rule": rule}, now) for id_ in out])
        turns.cancel_queued(tx, out, "O6")
        turns.cancel_timers(tx, [(contact_id, ()) for contact_id in out])
    return out


def _flag(tx: Connection, contact_ids: Sequence[str]) -> None:
    places: dict[int, list[str]] = {}
    for contact_id in contact_ids:
        places.setdefault(bucket_of(contact_id), []).append(contact_id)
    c = conversations.c
    for bucket, some in places.items():
        tx.execute(update(conversations).where(c.bucket == bucket, c.contact_id.in_(some)).values(opted_out=True))


def _claim(tx: Connection, source: Source, lines: Sequence[Line], now: int) -> dict[str, int]:
    """K9: consent that a file claims. Who is suppressed, or was erased and suppressed, stays so (O6, P3)."""
    counts: dict[str, int] = {}
    numbers = dict.fromkeys(line.number for line in lines)
    homes = _homes(tx, source.workspace, numbers)
    unknown = [number for number in numbers if number not in homes]
    out = listed.find_listed(tx, source.workspace, unknown)
    out |= listed.find_listed(tx, source.workspace, unknown, listed.ERASED)
    strangers = [number for number in numbers if number not in homes and number not in out]
    if strangers:
        when = {line.number: line.at or now for line in lines}
        wanted = {("phone", number): "" for number in strangers}
        made = inbox.make_homes(tx, source.workspace, wanted, now, {key: when[key[1]] for key in wanted})
        homes |= {number: home for (_, number), home in made.items()}
    stands = _standing(tx, homes.values())
    facts: list[Fact] = []
    taken: list[Line] = []
    seen: set[tuple[str, str, str, bool]] = set()
    for line in lines:
        what = _fate(line, homes, stands, seen)
        counts[what] = counts.get(what, 0) + 1
        if what == "agreed":
            taken.append(line)
        if what in _TAKEN:
            facts.append(_fact(source, line, homes[line.number], now))
    ledger.record(tx, facts)
    agreed = dict.fromkeys(homes[line.number].contact_id for line in taken)
    events.note(tx, [events.Happened(id_, "consent.opted_in", "", {"rule": "K9"}, now) for id_ in agreed])
    return counts


_TAKEN = ("agreed", "unproven")


def _fate(
    line: Line, homes: Mapping[str, Home], stands: Mapping[str, LedgerStanding], seen: set[tuple[str, str, str, bool]]
) -> str:
    home = homes.get(line.number)
    stand = stands.get(home.contact_id, LedgerStanding()) if home is not None else None
    if home is None or stand is None or stand.suppressed("phone"):
        return "left out: suppressed"
    given = line.evidence
    scope = (given.programme, given.message_class)
    proven = given.complete and line.at > 0
    has = {one.state for one in stand.agreements if (one.programme, one.message_class) == scope}
    key = (line.number, *scope, proven)
    if "agreed" in has or (has and not proven) or key in seen:
        return "known before"
    seen.add(key)
    return "agreed" if proven else "unproven"


def _fact(source: Source, line: Line, home: Home, now: int) -> Fact:
    given = line.evidence
    if not line.at:  # without a time it proves nothing, however much else there is
        given = msgspec.structs.replace(given, action="")
    return Fact(
        id=new_id(),
        contact_id=home.contact_id,
        workspace=source.workspace,
        type="import",
        occurred_at=line.at or now,
        recorded_at=now,
        rule="K9",
        matched_by="human",
        brand=source.brand,
        number=line.number,
        evidence=msgspec.structs.replace(given, method="import", actor=f"{source.actor}, {source.name}"[:320]),
    )
