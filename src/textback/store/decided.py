"""What was decided lately, as far as rules and thresholds have a part in it: replies of models, and turns in which the
knowledge base was asked or a person. Only reading, newest first, and never more than so many rows."""

from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from textback.store.many import with_keys
from textback.store.sight import Sight, seen
from textback.store.sweep import id_at
from textback.store.tables import contacts, conversations, model_calls, turns

_c, _t, _m, _p = conversations.c, turns.c, model_calls.c, contacts.c


def calls(tx: Connection, workspace: str, sight: Sight, since: int, most: int) -> list[Row[Any]]:
    """The replies of models since this time (ms) of which something became, in conversations that this person sees:
    contact_id, id, at, persona, confidence (thousandths), outcome, output (JSON)."""
    mine = and_(_c.bucket == _m.bucket, _c.contact_id == _m.contact_id)
    query = (
        select(_m.contact_id, _m.id, _m.at, _m.persona, _m.confidence, _m.outcome, _m.output)
        .join(conversations, mine)
        .where(_m.workspace == workspace, _m.at >= since, _m.contact_id != "", _m.outcome != "", seen(sight))
        .order_by(_m.at.desc(), _m.id.desc())
        .limit(most)
    )
    return list(tx.execute(query))


def asked(tx: Connection, workspace: str, sight: Sight, since: int, talks: int, most: int) -> list[Row[Any]]:
    """The turns since this time (ms) in which the knowledge base or a person was asked, of so many conversations that
    were active last: contact_id, id, at, events and trace (JSON)."""
    newest = (
        select(_c.bucket, _c.contact_id)
        .where(_c.workspace == workspace, _c.last_at >= since, seen(sight))
        .order_by(_c.last_at.desc())
        .limit(talks)
        .subquery("newest")
    )
    mine = and_(_t.bucket == newest.c.bucket, _t.contact_id == newest.c.contact_id)
    tells = or_(_t.events.like('%"escalated"%'), _t.events.like('%"loop_guard"%'), _t.trace.like('%"Knowledge"%'))
    query = (
        select(_t.contact_id, _t.id, _t.at, _t.events, _t.trace)
        .join(newest, mine)
        .where(_t.id >= id_at(since), tells)
        .order_by(_t.id.desc())
        .limit(most)
    )
    return list(tx.execute(query))


def conversations_of(tx: Connection, keys: list[tuple[int, str]]) -> dict[str, Row[Any]]:
    """These conversations (bucket, contact) by contact: state, address and name."""
    rows = with_keys(tx, [_c.contact_id, _c.address, _c.state], [_c.bucket, _c.contact_id], keys)
    return {row.contact_id: row for row in rows}


def names(tx: Connection, keys: list[tuple[int, str]]) -> dict[str, str]:
    """What these contacts (bucket, contact) are called; empty where nobody knows."""
    return {row.id: row.name for row in with_keys(tx, [_p.id, _p.name], [_p.bucket, _p.id], keys)}
