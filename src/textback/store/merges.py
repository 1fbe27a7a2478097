"""Contacts that are one: merging two, taking it back, and who belongs together.

No conversation is touched by it, and no row is moved: each address keeps its thread, its consent and what flows have
learned there. A merge says that one contact is part of another, which is kept; from the merges in force follows which
contacts are one whole. A contact that is part of nothing is not in these tables. Everything that changes a whole holds
one lock, so that two people who merge at once come one after the other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, or_, select, text, update

from textback.core.errors import TextbackError
from textback.core.ids import bucket_of, new_id
from textback.store import accounts, events, notify
from textback.store.locks import MERGING
from textback.store.tables import conversations
from textback.store.tables_merges import merged_contacts, merges

MOST = 20
"""Contacts that can be one."""
TOGETHER = 500

_m, _g, _c = merged_contacts.c, merges.c, conversations.c


class CannotMerge(TextbackError):
    """Two contacts that can't be one, and why, in a sentence."""


class Merge(msgspec.Struct, frozen=True):
    """A merge: `other` is part of `kept`, since when (ms), by whom, and whether it was taken back. `fresh` says that it
    was done, or taken back, just now and not before."""

    id: str
    kept: str
    other: str
    actor: str
    at: int
    undone_at: int | None = None
    undone_by: str = ""
    fresh: bool = False


def _merge(row: Row[Any], *, fresh: bool = False) -> Merge:
    return Merge(row.id, row.kept, row.other, row.actor, row.at, row.undone_at, row.undone_by, fresh)


# ---- Who belongs together


def wholes(tx: Connection, workspace: str, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Those of these contacts that are merged, each with all that are one with it, itself too: the kept one first, the
    others by when they came."""
    kept: dict[str, str] = {}
    for some in _some(ids):
        query = select(_m.contact_id, _m.kept).where(_m.workspace == workspace, _m.contact_id.in_(some))
        kept |= {row.contact_id: row.kept for row in tx.execute(query)}
    members: dict[str, list[str]] = {}
    for some in _some(set(kept.values())):
        query = select(_m.contact_id, _m.kept).where(_m.workspace == workspace, _m.kept.in_(some))
        for row in tx.execute(query):
            members.setdefault(row.kept, []).append(row.contact_id)
    came: dict[str, str] = {}
    for some in _some({one for every in members.values() for one in every}):
        query = select(_g.other, _g.id).where(_g.workspace == workspace, _g.other.in_(some), _g.undone_at.is_(None))
        came |= {row.other: row.id for row in tx.execute(query)}
    ordered = {
        head: tuple(sorted(every, key=lambda one, head=head: (one != head, came.get(one, ""), one)))  # type: ignore[misc]
        for head, every in members.items()
    }
    return {one: ordered[head] for one, head in kept.items() if head in ordered}


def whole(tx: Connection, workspace: str, contact_id: str) -> tuple[str, ...]:
    """All contacts that are one with this one, itself too, the kept one first; one that is not merged is alone."""
    return wholes(tx, workspace, [contact_id]).get(contact_id, (contact_id,))


def of_whole(tx: Connection, workspace: str, ids: Collection[str]) -> list[Merge]:
    """The merges that these contacts were ever in: those in force, then what was taken back, each the latest first."""
    some = sorted(ids)
    query = select(merges).where(_g.workspace == workspace, or_(_g.kept.in_(some), _g.other.in_(some)))
    return [_merge(row) for row in tx.execute(query.order_by(_g.undone_at.is_not(None), _g.id.desc()).limit(100))]


def _in_force(tx: Connection, workspace: str, ids: Collection[str]) -> list[Merge]:
    """The merges by which these contacts are one, the first first."""
    some = sorted(ids)
    query = select(merges).where(_g.workspace == workspace, _g.undone_at.is_(None), _g.other.in_(some))
    return [_merge(row) for row in tx.execute(query.order_by(_g.id))]


def one(tx: Connection, workspace: str, merge_id: str) -> Merge | None:
    """A merge by its id."""
    row = tx.execute(select(merges).where(_g.workspace == workspace, _g.id == merge_id)).first()
    return None if row is None else _merge(row)


def _some(ids: Collection[str]) -> Iterable[list[str]]:
    listed = sorted(ids)
    for start in range(0, len(listed), TOGETHER):
        yield listed[start : start + TOGETHER]


# ---- Merging, and taking it back


def lock(tx: Connection) -> None:
    """From now on, until this transaction ends, nobody else changes who belongs together. SQLite has one writer."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": MERGING})


def merge(tx: Connection, workspace: str, kept: str, other: str, actor: str, now: int) -> Merge:
    """Say that two contacts are one, with all that each is one with already; `kept`, or what that is part of, is kept.
    Of two that are one already nothing changes, and the merge that made them so is given. Raises CannotMerge."""
    lock(tx)
    if kept == other:
        raise CannotMerge("That is the same contact.", "Choose another one.")
    for contact_id in (kept, other):
        if not _there(tx, workspace, contact_id):
            raise CannotMerge("One of them is not there any more.", "It may have been erased. Look for it again.")
    known = wholes(tx, workspace, [kept, other])
    mine, theirs = known.get(kept, (kept,)), known.get(other, (other,))
    if other in mine:
        found = _in_force(tx, workspace, mine)
        return next((one for one in found if {one.kept, one.other} == {kept, other}), found[-1])
    if len(mine) + len(theirs) > MOST:
        raise CannotMerge(f"Together they would be more than {MOST} contacts.", "Undo a merge first.")
    made = Merge(new_id(), mine[0], theirs[0], actor, now, fresh=True)
    row = {"workspace": workspace, "id": made.id, "kept": made.kept, "other": made.other, "actor": actor, "at": now}
    tx.execute(insert(merges), row)
    _place(tx, workspace, {made.kept: [*mine, *theirs]})
    _noted(tx, workspace, "contact.merge", actor, now, made)
    events.note(tx, [_happened("contact.merged", made, now)])
    _tell(tx, workspace, [*mine, *theirs])
    return made


def undo(tx: Connection, workspace: str, merge_id: str, actor: str, now: int) -> Merge | None:
    """Take a merge back: who belongs together is as if it had never been. One that was taken back stays so. None where
    there is no such merge."""
    lock(tx)
    found = one(tx, workspace, merge_id)
    if found is None or found.undone_at is not None:
        return found
    every = whole(tx, workspace, found.kept)
    mine = update(merges).where(_g.workspace == workspace, _g.id == merge_id)
    tx.execute(mine.values(undone_at=now, undone_by=actor))
    _settle(tx, workspace, every)
    done = msgspec.structs.replace(found, undone_at=now, undone_by=actor, fresh=True)
    _noted(tx, workspace, "contact.unmerge", actor, now, done)
    events.note(tx, [_happened("contact.unmerged", done, now)])
    _tell(tx, workspace, every)
    return done


def forget(tx: Connection, workspace: str, contact_id: str) -> None:
    """This contact is erased. The others stay one: what was part of it is part of the first of them."""
    lock(tx)
    every = whole(tx, workspace, contact_id)
    rest = [one for one in every if one != contact_id]
    into = [one.other for one in _in_force(tx, workspace, rest) if one.kept == contact_id]
    if into:  # the first that came takes its place
        tx.execute(delete(merges).where(_g.workspace == workspace, _g.other == into[0], _g.undone_at.is_(None)))
        moved = (_g.workspace == workspace, _g.undone_at.is_(None))
        tx.execute(update(merges).where(*moved, _g.kept == contact_id).values(kept=into[0]))
        tx.execute(update(merges).where(*moved, _g.other == contact_id).values(other=into[0]))
    gone = or_(_g.kept == contact_id, _g.other == contact_id)
    tx.execute(delete(merges).where(_g.workspace == workspace, gone))
    if rest:
        tx.execute(delete(merged_contacts).where(_m.workspace == workspace, _m.contact_id == contact_id))
        _settle(tx, workspace, rest)
        _tell(tx, workspace, rest)


def _there(tx: Connection, workspace: str, contact_id: str) -> bool:
    mine = (_c.bucket == bucket_of(contact_id), _c.contact_id == contact_id, _c.address != "")
    return tx.execute(select(_c.contact_id).where(_c.workspace == workspace, *mine)).first() is not None


def _settle(tx: Connection, workspace: str, ids: Sequence[str]) -> None:
    """Write down anew who of these belongs together, by the merges that are in force."""
    above = {one.other: one.kept for one in _in_force(tx, workspace, ids)}
    found: dict[str, list[str]] = {}
    for contact_id in ids:
        head = contact_id
        while head in above:
            head = above[head]
        found.setdefault(head, []).append(contact_id)
    _place(tx, workspace, found)


def _place(tx: Connection, workspace: str, found: Mapping[str, Sequence[str]]) -> None:
    """These are the wholes now, by the contact that is kept; one alone is none."""
    every = [one for ids in found.values() for one in ids]
    tx.execute(delete(merged_contacts).where(_m.workspace == workspace, _m.contact_id.in_(every)))
    rows = [
        {
            "workspace": workspace, "contact_id": one, "home": bucket_of(one), "kept": head,
            "kept_home": bucket_of(head),
        }
        for head, ids in found.items()
        if len(ids) > 1
        for one in ids
    ]  # fmt: skip
    if rows:
        tx.execute(insert(merged_contacts), rows)


def _happened(kind: str, of: Merge, now: int) -> events.Happened:
    """What other programs are told, of the contact that is kept."""
    return events.Happened(of.kept, kind, data={"merge": of.id, "other": of.other}, at=now)


def _noted(tx: Connection, workspace: str, action: str, actor: str, now: int, of: Merge) -> None:
    """A line of the log for each of the two, so that either's has it."""
    for subject, with_ in ((of.kept, of.other), (of.other, of.kept)):
        data = {"merge": of.id, "with": with_, "kept": of.kept}
        accounts.write_audit(tx, workspace, actor, action, subject, now, data)


def _tell(tx: Connection, workspace: str, ids: Iterable[str]) -> None:
    for contact_id in ids:
        notify.tell_changed(tx, workspace, contact_id)
