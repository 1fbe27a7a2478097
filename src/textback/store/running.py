"""Running sessions, counted and found by the version, the flow and the step at which they stand.

A session is part of its conversation's state, so these look through the states of open conversations.
"""

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, String, case, cast, func, null, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement

from textback.store.tables import conversations, sessions

_c, _s = conversations.c, sessions.c
_RUNNING = _c.state.like('%"session":{%')


class Stand(msgspec.Struct, frozen=True):
    """How many sessions of a version stand at a step."""

    version: int
    flow: str
    step: str
    count: int


def _of_session(tx: Connection, name: str) -> ColumnElement[Any]:
    """A field of a state's session. What is no JSON is not read: the databases may look at rows in any order."""
    if tx.dialect.name == "sqlite":
        found: ColumnElement[Any] = func.json_extract(_c.state, f"$.session.{name}")
    else:
        found = cast(_c.state, JSONB)["session"][name].astext
    return case((_RUNNING, found), else_=null())


def stands(tx: Connection, workspace: str) -> list[Stand]:
    """Where all running sessions stand."""
    version, flow, step = (_of_session(tx, name).label(name) for name in ("version", "flow", "step"))
    inner = select(version, flow, step).where(_c.workspace == workspace, _RUNNING).subquery()
    query = select(inner, func.count().label("n")).group_by(inner.c.version, inner.c.flow, inner.c.step)
    return [Stand(int(row.version), row.flow, row.step, row.n) for row in tx.execute(query) if row.version]


def of_version(tx: Connection, workspace: str, version: int) -> list[Row[Any]]:
    """The conversations whose session runs this version: bucket, contact_id, address, state."""
    running = cast(_of_session(tx, "version"), String)
    query = select(_c.bucket, _c.contact_id, _c.address, _c.state).where(_c.workspace == workspace, _RUNNING)
    return list(tx.execute(query.where(running == str(version)).order_by(_c.bucket, _c.contact_id)))


def locked_state(tx: Connection, bucket: int, contact_id: str) -> str:
    """A conversation's state, locked for the rest of the transaction."""
    query = select(_c.state).where(_c.bucket == bucket, _c.contact_id == contact_id).with_for_update()
    return str(tx.execute(query).scalar_one())


def move(tx: Connection, bucket: int, contact_id: str, session: str, state: str, version: int) -> None:
    """Write the state of a conversation whose session now runs another version, and note it in the list of sessions."""
    mine = update(conversations).where(_c.bucket == bucket, _c.contact_id == contact_id)
    tx.execute(mine.values(state=state))
    listed = update(sessions).where(_s.bucket == bucket, _s.contact_id == contact_id, _s.id == session)
    tx.execute(listed.values(version=version))
