"""How far mailboxes were read and by whom; and what a text of ours goes on with."""

from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from textback.store.many import insert_or_skip
from textback.store.tables import message_details, messages
from textback.store.tables_mail import mailboxes

_b = mailboxes.c
_m = messages.c
_d = message_details.c
_add = insert_or_skip(mailboxes)


class Read(msgspec.Struct, frozen=True):
    """A mailbox that is ours to read, and how far it was read: `box` is empty before the first time."""

    box: str
    validity: int
    uid: int
    read_at: int


class Before(msgspec.Struct, frozen=True):
    """What is known of a text that goes out: who wrote it, the provider's id of their newest text on the line, and what
    is kept beside that (JSON); each empty where there is none."""

    author: str
    answers: str
    metadata: str


def begin(tx: Connection, workspace: str, line: str) -> None:
    """Make the row of a line that has none."""
    base = {"box": "", "validity": 0, "uid": 0, "read_at": 0, "holder": "", "lease_until": 0}
    _add(tx, [{"workspace": workspace, "line": line, **base}])


def take(tx: Connection, workspace: str, line: str, holder: str, now: int, lease_until: int) -> Read | None:
    """Lease a mailbox, or go on holding it; None where another node has it."""
    query = select(_b.box, _b.validity, _b.uid, _b.read_at, _b.holder, _b.lease_until)
    row = tx.execute(query.where(_b.workspace == workspace, _b.line == line).with_for_update()).first()
    if row is None or (row.holder != holder and row.lease_until > now):
        return None
    if row.holder != holder or row.lease_until - now < (lease_until - now) // 2:  # not every look is worth a commit
        tx.execute(_mine(workspace, line).values(holder=holder, lease_until=lease_until))
    return Read(row.box, row.validity, row.uid, row.read_at)


def keep(tx: Connection, workspace: str, line: str, holder: str, read: Read) -> bool:
    """It has been read so far, and what was new is stored. False when the lease was lost meanwhile."""
    mine = _mine(workspace, line).where(_b.holder == holder)
    values = {"box": read.box, "validity": read.validity, "uid": read.uid, "read_at": read.read_at}
    return tx.execute(mine.values(**values)).rowcount == 1


def release(tx: Connection, workspace: str, line: str, holder: str) -> None:
    """Let another node have it."""
    tx.execute(_mine(workspace, line).where(_b.holder == holder).values(holder="", lease_until=0))


def _mine(workspace: str, line: str) -> Any:
    return update(mailboxes).where(_b.workspace == workspace, _b.line == line)


def before(tx: Connection, bucket: int, contact_id: str, message_id: str, line: str) -> Before:
    """What a text to this contact goes on with."""
    here = (_m.bucket == bucket, _m.contact_id == contact_id)
    author = tx.execute(select(_m.author).where(*here, _m.id == message_id)).scalar()
    newest = select(_m.id, _m.provider_id).where(*here, _m.line == line, _m.direction == "in")
    theirs = tx.execute(newest.order_by(_m.id.desc()).limit(1)).first()
    if theirs is None:
        return Before(author or "", "", "")
    beside = select(_d.metadata).where(_d.bucket == bucket, _d.contact_id == contact_id, _d.id == theirs.id)
    return Before(author or "", theirs.provider_id or "", tx.execute(beside).scalar() or "")
