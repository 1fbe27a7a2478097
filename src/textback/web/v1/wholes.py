"""Contacts that are one, as the HTTP API has them: with `merged` a request is of the whole person, as pages show them,
and without it of the one contact that it names."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request

from textback.engine.arrivals import ContactChange
from textback.engine.state import State
from textback.store import desk_lists, merges
from textback.store.db import Row, Tx
from textback.web.access import check_line
from textback.web.context import WebContext
from textback.web.together import changes, known_of, tags_of


class WholeQuery(msgspec.Struct, forbid_unknown_fields=True):
    """What can be asked of one contact: `merged`, for all contacts that are one with it, as one person."""

    merged: bool = False


async def whole_rows(request: Request, contact_id: str) -> list[Row[Any]]:
    """The conversations of all that are one with a contact, itself too, the kept one first. Raises Refused where the
    key is not for the line of one of them."""
    ctx: WebContext = request.app.state.ctx

    def read(tx: Tx) -> list[Row[Any]]:
        whole = merges.whole(tx, ctx.workspace, contact_id)
        found = desk_lists.states(tx, ctx.workspace, whole)
        return [found[one] for one in whole if one in found]

    rows = await ctx.db.read(read)
    for row in rows:
        check_line(request, row.line)
    return rows


def states_of(rows: Sequence[Row[Any]]) -> list[State]:
    """What is known by each of these conversations."""
    return [known_of(row) for row in rows]


def parts_of(change: ContactChange, rows: Sequence[Row[Any]]) -> dict[str, ContactChange]:
    """What a change of the whole person is of each contact: a new value or tag is the kept contact's, what is taken
    away goes from all that have it, and where they are holds for all."""
    if len(rows) < 2:
        return {row.contact_id: change for row in rows}
    states = states_of(rows)
    if change.tags is not None:
        shown = tags_of(states)
        new = tuple(tag for tag in change.tags if tag not in shown)
        gone = tuple(tag for tag in shown if tag not in change.tags)
        change = msgspec.structs.replace(change, tags=None, tag=new, untag=gone)
    placed = change.zone is not None or change.region is not None
    found = changes(change, {row.contact_id: state for row, state in zip(rows, states, strict=True)})
    here = ContactChange(change.key_name, zone=change.zone, region=change.region)
    every = [row.contact_id for row in rows]
    return {id_: found.get(id_, here) for id_ in every if id_ in found or placed}
