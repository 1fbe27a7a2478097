"""What contacts have agreed to, as the gate reads it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, select

from textback.compliance.agreement import Agreement
from textback.store.many import Pair, Pairs
from textback.store.tables import agreements

_a = agreements.c


def _theirs(pair: Pair) -> Select[Any]:
    columns = (_a.contact_id, _a.family, _a.programme, _a.message_class, _a.state, _a.since, _a.event_id, _a.expires_at)
    return select(*columns).select_from(pair.source).join(agreements, pair.on(agreements))


_THEIRS = Pairs(_theirs)


def agreements_of(tx: Connection, contacts: Collection[tuple[int, str]]) -> dict[str, list[Agreement]]:
    """The agreements of these contacts (bucket, id), by contact; those who have none are left out."""
    found: dict[str, list[Agreement]] = {}
    for row in _THEIRS(tx, contacts):
        scope = (row.family, row.programme, row.message_class, row.state, row.since, row.event_id, row.expires_at)
        found.setdefault(row.contact_id, []).append(Agreement(*scope))
    return found
