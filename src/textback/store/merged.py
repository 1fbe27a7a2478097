"""Merged contacts in lists of contacts: one row for all that are one, and found by what any of them has.

What is asked of several contacts at once is asked in steps: on a database that is spread their rows lie on different
servers, which know only who belongs together.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from textback.core.ids import bucket_of
from textback.store.many import with_keys
from textback.store.tables import conversations
from textback.store.tables_leads import contact_values
from textback.store.tables_merges import merged_contacts
from textback.store.values import MANY, Term, matches

_m, _c, _v = merged_contacts.c, conversations.c, contact_values.c


def behind(workspace: str) -> Select[Any]:
    """The contacts that another one is kept of."""
    return select(_m.contact_id).where(_m.workspace == workspace, _m.contact_id != _m.kept)


def behind_seen(workspace: str, *kept: Any) -> Select[Any]:
    """The same, as far as the conversation of the kept one fulfils these conditions."""
    on = and_(_c.bucket == _m.kept_home, _c.contact_id == _m.kept)
    return behind(workspace).join_from(merged_contacts, conversations, on).where(_c.address != "", *kept)


def kept_of(tx: Connection, workspace: str, ids: Collection[str]) -> dict[str, str]:
    """The contact that is kept, of those of these that are merged."""
    rows = with_keys(
        tx, [_m.contact_id, _m.kept], [_m.workspace, _m.contact_id], [(workspace, one) for one in sorted(ids)]
    )
    return {row.contact_id: row.kept for row in rows}


def with_kept(tx: Connection, workspace: str, keys: Collection[tuple[int, str]]) -> list[tuple[int, str]]:
    """These contacts (bucket, id), and those that are kept of them."""
    kept = kept_of(tx, workspace, [id_ for _, id_ in keys]) if keys else {}
    return sorted({*keys, *((bucket_of(one), one) for one in kept.values())})


def kept_with(tx: Connection, workspace: str, term: Term) -> set[str]:
    """The contacts that are kept of others that have this value; at most MANY."""
    on = and_(_v.bucket == _m.home, _v.contact_id == _m.contact_id)
    query = select(_m.kept).distinct().join_from(merged_contacts, contact_values, on)
    query = query.where(_m.workspace == workspace, _m.contact_id != _m.kept)
    # So that the few who are merged are gone through, and not all who have the value.
    mine = _v.workspace.concat("") == workspace
    return set(tx.execute(query.where(mine, matches(tx, term)).limit(MANY)).scalars())


def with_all(
    tx: Connection, workspace: str, terms: Sequence[Term], also: Sequence[Collection[str]]
) -> set[tuple[int, str]]:
    """The kept contacts (bucket, id) that have each of these values, by themselves or by one that is merged with them;
    `also` is, for each value, who has it by another."""
    some = {one for ids in also for one in ids}
    for term, ids in zip(terms, also, strict=True):
        left = sorted(some - set(ids))
        own: set[str] = set()
        for start in range(0, len(left), 500):
            mine = left[start : start + 500]
            query = select(_v.contact_id).where(_v.workspace == workspace, matches(tx, term))
            where = (_v.bucket.in_({bucket_of(one) for one in mine}), _v.contact_id.in_(mine))
            own.update(tx.execute(query.where(*where)).scalars())
        some = (some & set(ids)) | own
    return {(bucket_of(one), one) for one in some}
