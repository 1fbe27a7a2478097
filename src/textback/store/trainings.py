"""What programs have asked the bot to learn: a queue, of which one at a time is worked on in a workspace, and what
became of each. A training whose server died is begun again; what it publishes and its end are one transaction.
"""

from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, text, update

from textback.core.when import DAY, SECOND
from textback.store.tables_desk import trainings

State = Literal["queued", "running", "done", "failed"]

LEASE = 90 * SECOND
"""How long (ms) a server has a training without a sign of life."""
MOST_TRIES = 3
MOST_WAITING = 20
"""Trainings of a workspace that wait or are worked on."""
KEPT = 30 * DAY
"""How long (ms) it is kept what became of a training."""

_t = trainings.c


class Document(msgspec.Struct, frozen=True):
    """A document by its name: Markdown as `content`, or an `answer` with its `question`."""

    name: str
    content: str = ""
    question: str = ""
    answer: str = ""


class Asked(msgspec.Struct, frozen=True):
    """What is to be learned."""

    urls: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()


class Trouble(msgspec.Struct, frozen=True):
    """What could not be read, or is wrong with it: a page, a document or a file, and why."""

    source: str
    why: str


class Progress(msgspec.Struct, frozen=True):
    """How far a training is: pages and documents `read`, `of` those known so far. `version` was published by it; in the
    end `reason` says why it failed."""

    read: int = 0
    of: int = 0
    problems: tuple[Trouble, ...] = ()
    version: int = 0
    reason: str = ""


class Training(msgspec.Struct, frozen=True):
    """One training. `fence` is whose turn it is: who has an older one has lost it."""

    id: str
    key_name: str
    state: State
    asked: Asked
    progress: Progress
    tries: int
    fence: int
    created_at: int
    updated_at: int


def _training(row: Row[Any]) -> Training:
    asked = msgspec.json.decode(row.asked, type=Asked)
    progress = msgspec.json.decode(row.progress, type=Progress)
    return Training(
        row.id, row.key_name, row.state, asked, progress, row.tries, row.fence, row.created_at, row.updated_at
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def add(tx: Connection, workspace: str, id_: str, key_name: str, asked: Asked, now: int) -> bool:
    """Put one into the queue; False when too many wait. What became of old ones is forgotten."""
    over = _t.state.in_(("done", "failed"))
    tx.execute(delete(trainings).where(_t.workspace == workspace, over, _t.updated_at < now - KEPT))
    waiting = select(func.count()).select_from(trainings).where(_t.workspace == workspace, ~over)
    if (tx.execute(waiting).scalar() or 0) >= MOST_WAITING:
        return False
    row = {
        "workspace": workspace, "id": id_, "key_name": key_name, "asked": _json(asked), "state": "queued",
        "progress": _json(Progress(of=len(asked.documents) + len(asked.urls))), "tries": 0, "fence": 0,
        "lease_until": 0, "created_at": now, "updated_at": now,
    }  # fmt: skip
    tx.execute(insert(trainings), row)
    return True


def find(tx: Connection, workspace: str, id_: str) -> Training | None:
    """One of them."""
    row = tx.execute(select(trainings).where(_t.workspace == workspace, _t.id == id_)).first()
    return None if row is None else _training(row)


def is_work(tx: Connection, workspace: str, now: int) -> bool:
    """Whether any waits that nobody works on."""
    wanted = or_(_t.state == "queued", and_(_t.state == "running", _t.lease_until < now))
    return tx.execute(select(_t.id).where(_t.workspace == workspace, wanted).limit(1)).first() is not None


def claim(tx: Connection, workspace: str, now: int) -> Training | None:
    """Take the oldest, unless another is being worked on. One that servers died of too often has failed."""
    if tx.dialect.name == "postgresql":  # servers claim one after the other
        tx.execute(text("LOCK TABLE trainings IN SHARE ROW EXCLUSIVE MODE"))
    mine = select(trainings).where(_t.workspace == workspace)
    if tx.execute(mine.where(_t.state == "running", _t.lease_until >= now).limit(1)).first() is not None:
        return None
    for row in tx.execute(mine.where(_t.state.in_(("queued", "running"))).order_by(_t.created_at, _t.id)).all():
        found = _training(row)
        if found.tries >= MOST_TRIES:
            reason = f"The server has stopped {MOST_TRIES} times while it was at work on it. Ask for less at a time."
            end(tx, workspace, found, "failed", msgspec.structs.replace(found.progress, reason=reason), now)
            continue
        taken = msgspec.structs.replace(found, state="running", tries=found.tries + 1, fence=found.fence + 1)
        values = {"state": "running", "tries": taken.tries, "fence": taken.fence, "lease_until": now + LEASE}
        tx.execute(update(trainings).where(_t.workspace == workspace, _t.id == found.id).values(values))
        return taken
    return None


def _change(tx: Connection, workspace: str, one: Training, values: dict[str, Any]) -> bool:
    mine = (_t.workspace == workspace, _t.id == one.id, _t.fence == one.fence, _t.state.in_(("queued", "running")))
    return tx.execute(update(trainings).where(*mine).values(values)).rowcount > 0


def keep(tx: Connection, workspace: str, one: Training, progress: Progress, now: int) -> bool:
    """Say how far it is, and that its server lives; False when it is somebody else's."""
    return _change(tx, workspace, one, {"progress": _json(progress), "updated_at": now, "lease_until": now + LEASE})


def give_back(tx: Connection, workspace: str, one: Training, now: int) -> bool:
    """Put it back: its server stops, which is no failed try."""
    return _change(tx, workspace, one, {"state": "queued", "tries": one.tries - 1, "updated_at": now, "lease_until": 0})


def end(tx: Connection, workspace: str, one: Training, state: State, progress: Progress, now: int) -> bool:
    """Write what became of it; False when it is somebody else's. What was to be learned is not kept twice."""
    values = {"state": state, "progress": _json(progress), "asked": "{}", "updated_at": now, "lease_until": 0}
    return _change(tx, workspace, one, values)
