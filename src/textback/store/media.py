"""Files that come with texts: those that wait to be fetched, what was fetched of them, and what became of the others.

A claim is a lease with a fence, as that of a job; `due_at` of a file that is being fetched is its end.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, literal_column, select, update

from textback.core.ids import bucket_of
from textback.store.many import Inserts, with_keys
from textback.store.spread import within
from textback.store.tables_media import media_contents, media_files

_f, _b = media_files.c, media_contents.c
_WAITS = _f.state == literal_column("'waiting'")  # spelt out: SQLite proves from it that the partial index serves

add = Inserts(media_files)
"""Keep these files, each with all columns."""

_DUE = (
    select(media_files)
    .where(_WAITS, _f.due_at <= bindparam("now"))
    .order_by(_f.due_at, _f.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=media_files)
)


def claim(tx: Connection, now: int, most: int, until: int) -> list[Row[Any]]:
    """Lease files that are due until then (ms); each with its `fence` and its `attempts` as they were before."""
    rows = list(tx.execute(within(tx, _DUE, _f.bucket), {"now": now, "most": most}))
    for row in rows:
        tx.execute(_only(row).values(due_at=until, fence=row.fence + 1, attempts=row.attempts + 1))
    return rows


def _only(row: Any) -> Any:
    return update(media_files).where(_f.bucket == row.bucket, _f.contact_id == row.contact_id, _f.id == row.id)


def settle(tx: Connection, row: Any, values: Mapping[str, Any]) -> bool:
    """Write down what came of a file that we claimed as this row; False when it is another's since, or gone."""
    mine = _only(row).where(_f.fence == row.fence + 1, _WAITS)
    return tx.execute(mine.values(**values)).rowcount == 1


def size_of(tx: Connection, contact_id: str) -> int:
    """Bytes that a conversation's files have in all."""
    mine = (_b.bucket == bucket_of(contact_id), _b.contact_id == contact_id)
    return int(tx.execute(select(func.coalesce(func.sum(_b.size), 0)).where(*mine)).scalar() or 0)


def has(tx: Connection, contact_id: str, digest: str) -> bool:
    """Whether the conversation has this content already."""
    mine = (_b.bucket == bucket_of(contact_id), _b.contact_id == contact_id, _b.digest == digest)
    return tx.execute(select(_b.digest).where(*mine)).first() is not None


def keep(tx: Connection, row: Any, digest: str, data: bytes) -> None:
    """Keep what a file holds, once in its conversation."""
    mine = (_b.bucket == row.bucket, _b.contact_id == row.contact_id, _b.digest == digest)
    if tx.execute(update(media_contents).where(*mine, _b.newest < row.id).values(newest=row.id)).rowcount:
        return
    if not has(tx, row.contact_id, digest):
        key = {"bucket": row.bucket, "contact_id": row.contact_id, "digest": digest, "workspace": row.workspace}
        tx.execute(insert(media_contents), {**key, "newest": row.id, "size": len(data), "data": data})


_SHOWN = (
    _f.workspace, _f.bucket, _f.contact_id, _f.id, _f.message_id, _f.place, _f.line, _f.url, _f.said, _f.state,
    _f.content_type, _f.size, _f.digest, _f.detail, _f.attempts, _f.at,
)  # fmt: skip


def of_messages(tx: Connection, keys: Collection[tuple[int, str, str]]) -> dict[str, list[Row[Any]]]:
    """The files of these messages (bucket, contact, id), by the message's id, each in their order."""
    found: dict[str, list[Row[Any]]] = {}
    if keys:
        for row in with_keys(tx, list(_SHOWN), [_f.bucket, _f.contact_id, _f.message_id], keys):
            found.setdefault(row.message_id, []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: row.place)
    return found


def find(tx: Connection, contact_id: str, id_: str) -> Any:
    """A file of a conversation."""
    mine = (_f.bucket == bucket_of(contact_id), _f.contact_id == contact_id, _f.id == id_)
    found: Any = tx.execute(select(*_SHOWN).where(*mine)).first()
    return found


def content(tx: Connection, file: Any) -> bytes | None:
    """What a file that is kept holds."""
    mine = (_b.bucket == file.bucket, _b.contact_id == file.contact_id, _b.digest == file.digest)
    found = tx.execute(select(_b.data).where(*mine)).scalar() if file.digest else None
    return None if found is None else bytes(found)


def again(tx: Connection, file: Any, now: int) -> bool:
    """Have a file fetched once more; False where it is kept, or waits already."""
    mine = _only(file).where(_f.state.not_in(("waiting", "kept")))
    return tx.execute(mine.values(state="waiting", attempts=0, due_at=now, detail="")).rowcount == 1
