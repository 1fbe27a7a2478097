"""Whether the ledger of consent is as it was written: each entry's hash, each chain's order and end, each past day.

An entry's hash covers all of it and the hash before it, so that anybody can check a chain. A seal over each chain's
end, and over what each bucket's chains grew by on each past day, takes the keys to make: so whoever can write to the
database, but does not have the keys, can't take away the newest entries, or a whole chain, or write one anew.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, select

from textback.compliance.ledger import BEGINNING, row_hash
from textback.core.ids import BUCKETS, bucket_of
from textback.core.when import DAY
from textback.store.many import insert_or_skip
from textback.store.tables import consent_days, consent_events, consent_heads
from textback.store.vault import Keyring, keys_of

_Columns = Mapping[str, Any]

_e, _h, _d = consent_events.c, consent_heads.c, consent_days.c


class Broken(msgspec.Struct, frozen=True):
    """Something that is not as it was written. `contact_id` and `event_id` are empty where it is about neither."""

    contact_id: str
    event_id: str
    seq: int
    why: str


class Report(msgspec.Struct):
    """What was checked: `entries` in `chains`, over `days` (of buckets) that are sealed, and what is `broken`.
    `unchained` entries are from before there were chains. `unread` seals are by a key that is not here."""

    chains: int = 0
    entries: int = 0
    days: int = 0
    unchained: int = 0
    unread: int = 0
    broken: list[Broken] = []

    def add(self, other: "Report") -> None:
        """Take in what was found elsewhere."""
        self.chains += other.chains
        self.entries += other.entries
        self.days += other.days
        self.unchained += other.unchained
        self.unread += other.unread
        self.broken = self.broken + other.broken


def check_contact(tx: Connection, contact_id: str) -> Report:
    """Check one contact's chain."""
    return _check(tx, bucket_of(contact_id), contact_id)


def check_bucket(tx: Connection, workspace: str, bucket: int) -> Report:
    """Check all chains of a bucket, and the days that are sealed."""
    report = _check(tx, bucket, "")
    _check_days(tx, workspace, bucket, report)
    return report


def _check(tx: Connection, bucket: int, contact_id: str) -> Report:
    keys = keys_of(tx)
    report = Report(broken=[])
    heads: dict[str, _Columns] = {}
    query = select(consent_heads).where(_h.bucket == bucket)
    for row in tx.execute(query.where(_h.contact_id == contact_id) if contact_id else query):
        heads[row.contact_id] = _columns(row)
    events = select(consent_events).where(_e.bucket == bucket).order_by(_e.contact_id, _e.seq, _e.id)
    events = events.where(_e.contact_id == contact_id) if contact_id else events
    rows = (_columns(row) for row in tx.execute(events.execution_options(yield_per=1000)))
    for whose, chain in _chains(rows):
        _check_chain(keys, whose, chain, heads.pop(whose, None), report)
    for whose, head in heads.items():
        why = f"its {head['entries']} entries are gone"
        report.broken.append(Broken(whose, "", 0, why))
    return report


def _columns(row: Row[Any]) -> _Columns:
    return dict(row._mapping)


def _chains(rows: Iterable[_Columns]) -> Iterator[tuple[str, list[_Columns]]]:
    whose = ""
    chain: list[_Columns] = []
    for row in rows:
        if row["contact_id"] != whose and chain:
            yield whose, chain
            chain = []
        whose = row["contact_id"]
        chain.append(row)
    if chain:
        yield whose, chain


def _check_chain(keys: Keyring, whose: str, rows: list[_Columns], head: _Columns | None, report: Report) -> None:
    def broken(row: Mapping[str, Any] | None, why: str) -> None:
        id_, seq = ("", 0) if row is None else (row["id"], row["seq"])
        report.broken.append(Broken(whose, id_, seq, why))

    chained = [row for row in rows if row["seq"] > 0 or row["row_hash"]]
    began = min((row["recorded_at"] for row in chained), default=None)
    for row in rows:
        if not (row["seq"] or row["row_hash"]):
            if began is not None and row["recorded_at"] > began:
                broken(row, "it is outside the chain, but newer: a node of an older release wrote it, or somebody did")
            report.unchained += 1
    before, expected = BEGINNING, 1
    for row in chained:
        if row["bucket"] != bucket_of(whose):
            broken(row, "it lies in another bucket than its contact")
        if row["seq"] != expected:
            broken(row, f"entry {expected} is missing before it")
        elif row["prev_hash"] != before:
            broken(row, "it does not follow the entry before it")
        if row_hash(row) != row["row_hash"]:
            broken(row, "it is not as it was written")
        before, expected = row["row_hash"], row["seq"] + 1
    report.chains += bool(chained)
    report.entries += len(chained)
    if not chained and head is None:
        return
    if head is None:
        broken(None, "nothing says where its chain ends")
        return
    if (head["entries"], head["row_hash"]) != (expected - 1, before):
        broken(None, f"its chain ends after entry {expected - 1}, but should end with entry {head['entries']}")
    good = keys.sealed(head["key_id"], head["seal"], "head", whose, head["entries"], head["row_hash"])
    if good is None:
        report.unread += 1
    elif not good:
        broken(None, "the seal of its chain's end is wrong")


# ---- Days ----

_add_days = insert_or_skip(consent_days)


def _grown(tx: Connection, workspace: str, bucket: int, day: int) -> tuple[int, str]:
    """How many entries of a bucket were recorded on a day, and a digest of their hashes in any order."""
    query = select(_e.row_hash).where(
        _e.bucket == bucket, _e.workspace == workspace, _e.recorded_at >= day * DAY, _e.recorded_at < (day + 1) * DAY,
        _e.seq > 0,
    )  # fmt: skip
    hashes = sorted(tx.execute(query).scalars())
    return len(hashes), hashlib.sha256("".join(hashes).encode()).hexdigest()


def seal_days(tx: Connection, workspace: str, bucket: int, now: int, settled: int = DAY // 24) -> int:
    """Seal the past days of a bucket in which something was recorded, once no turn can still write to them: an hour
    after their end. Returns how many were sealed."""
    last = (now - settled) // DAY - 1
    newest = tx.execute(select(func.max(_d.day)).where(_d.bucket == bucket, _d.workspace == workspace)).scalar()
    since = 0 if newest is None else (newest + 1) * DAY
    query = select(_e.recorded_at).where(
        _e.bucket == bucket, _e.workspace == workspace, _e.recorded_at >= since, _e.recorded_at < (last + 1) * DAY,
        _e.seq > 0,
    )  # fmt: skip
    days = sorted({at // DAY for at in tx.execute(query).scalars()})
    keys = keys_of(tx)
    rows = []
    for day in days:
        entries, digest = _grown(tx, workspace, bucket, day)
        seal = keys.seal("day", workspace, bucket, day, entries, digest)
        rows.append(
            {
                "bucket": bucket,
                "workspace": workspace,
                "day": day,
                "entries": entries,
                "digest": digest,
                "key_id": keys.newest,
                "seal": seal,
            }
        )
    if rows:
        _add_days(tx, rows)
    return len(rows)


def unsealed(tx: Connection, workspace: str, now: int, settled: int = DAY // 24) -> list[int]:
    """The buckets with entries on past days that are not sealed yet."""
    end = ((now - settled) // DAY) * DAY
    latest = select(_d.bucket, func.max(_d.day).label("day")).where(_d.workspace == workspace).group_by(_d.bucket)
    newest = {row.bucket: row.day for row in tx.execute(latest)}
    found = []
    for bucket in range(BUCKETS):
        since = (newest[bucket] + 1) * DAY if bucket in newest else 0
        query = select(_e.bucket).where(_e.bucket == bucket, _e.recorded_at >= since, _e.recorded_at < end, _e.seq > 0)
        if tx.execute(query.limit(1)).first() is not None:
            found.append(bucket)
    return found


def _check_days(tx: Connection, workspace: str, bucket: int, report: Report) -> None:
    keys = keys_of(tx)
    query = select(consent_days).where(_d.bucket == bucket, _d.workspace == workspace).order_by(_d.day)
    for row in tx.execute(query).all():
        report.days += 1
        good = keys.sealed(row.key_id, row.seal, "day", workspace, bucket, row.day, row.entries, row.digest)
        entries, digest = _grown(tx, workspace, bucket, row.day)
        if good is None:
            report.unread += 1
        elif not good:
            report.broken.append(Broken("", "", 0, f"the seal of day {row.day} of bucket {bucket} is wrong"))
        if (entries, digest) != (row.entries, row.digest):
            why = f"day {row.day} of bucket {bucket} has {entries} entries that are not the {row.entries} sealed then"
            report.broken.append(Broken("", "", 0, why))
