"""STOPs that go further: from one address of merged contacts to the others of the same kind (K7)."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, select

from textback.core.ids import bucket_of
from textback.core.messages import FAMILY
from textback.store.inbox import find_homes
from textback.store.merges import wholes
from textback.store.tables import consent_events, conversations, suppressions
from textback.store.tables_merges import merged_contacts

WORDS = ("opt_in", "confirm", "re_opt_in")
"""Entries of the ledger by which they said that they want texts."""

KINDS = tuple(dict.fromkeys(FAMILY.values()))
_m, _s, _c, _e = merged_contacts.c, suppressions.c, conversations.c, consent_events.c


class Stop(msgspec.Struct, frozen=True):
    """A contact that stands for an opt-out on another address of theirs, since when (ms), in which family of
    channels."""

    contact_id: str
    of: str
    family: str
    since: int


Seen = tuple[tuple[str, ...], tuple[tuple[str, str, int], ...]]
"""Contacts that are one, and their opt-outs: (contact, family, since)."""


def due(tx: Connection, workspace: str, settled: Collection[Seen] = ()) -> tuple[list[Stop], set[Seen]]:
    """The opt-outs that have not reached every address of the same kind of those who are merged, and whose have: these
    need not be looked at again while they are the same (`settled`). The latest word counts: an address on which they
    have asked for texts since is left alone."""
    on = and_(_s.bucket == _m.home, _s.contact_id == _m.contact_id)
    query = select(_m.contact_id, _s.family, _s.since).join(suppressions, on).where(_m.workspace == workspace)
    stopped: dict[str, list[tuple[str, str, int]]] = {}
    for row in tx.execute(query):
        stopped.setdefault(row.contact_id, []).append((row.contact_id, row.family, row.since))
    found: list[Stop] = []
    done: set[Seen] = set()
    for whole in set(wholes(tx, workspace, stopped).values()):
        seen = (whole, tuple(sorted(stop for one in whole for stop in stopped.get(one, ()))))
        mine = [] if seen in settled else _of_whole(tx, workspace, *seen)
        found += mine
        if not mine:
            done.add(seen)
    return sorted(found, key=lambda one: one.contact_id), done


def would(tx: Connection, workspace: str, ids: Collection[str]) -> list[Stop]:
    """The addresses that would be stopped if these contacts were one."""
    where = (_s.bucket.in_({bucket_of(one) for one in ids}), _s.contact_id.in_(sorted(ids)))
    rows = tx.execute(select(_s.contact_id, _s.family, _s.since).where(*where))
    stopped = sorted((row.contact_id, row.family, row.since) for row in rows)
    return _of_whole(tx, workspace, tuple(ids), tuple(stopped))


def _of_whole(
    tx: Connection, workspace: str, whole: tuple[str, ...], stopped: tuple[tuple[str, str, int], ...]
) -> list[Stop]:
    families = _families(tx, workspace, whole)
    found = []
    for family in sorted({kind for _, kind, _ in stopped}):
        since, of = max((at, one) for one, kind, at in stopped if kind == family)
        out = {one for one, kind, _ in stopped if kind == family}
        left = [one for one in whole if one not in out and family in families.get(one, ())]
        found += [Stop(one, of, family, since) for one in left if _last_word(tx, one, family) <= since]
    return found


def _families(tx: Connection, workspace: str, whole: tuple[str, ...]) -> dict[str, set[str]]:
    """The kinds of address that each of these contacts has."""
    wanted: list[tuple[str, str]] = []
    for one in whole:
        mine = select(_c.address).where(_c.bucket == bucket_of(one), _c.contact_id == one, _c.address != "")
        wanted += [(family, row.address) for row in tx.execute(mine) for family in KINDS]
    found: dict[str, set[str]] = {}
    for (family, _), home in find_homes(tx, workspace, wanted).items():
        found.setdefault(home.contact_id, set()).add(family)
    return found


def _last_word(tx: Connection, contact_id: str, family: str) -> int:
    """When (ms) they asked for texts on this address the last time; 0 for never. An opt-in that waits for a YES is
    none."""
    mine: list[Any] = [_e.bucket == bucket_of(contact_id), _e.contact_id == contact_id, _e.family == family]
    query = select(_e.occurred_at).where(*mine, _e.type.in_(WORDS), _e.pending_until.is_(None))
    return max(tx.execute(query).scalars(), default=0)
