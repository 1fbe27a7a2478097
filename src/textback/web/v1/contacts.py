"""The HTTP API for contacts: which there are, what is known of one, and erasing one. Changing them is in `cards`."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.phone import normalise
from textback.engine.programs import NAME
from textback.engine.state import State, load_state
from textback.pipeline import erase as erasing
from textback.store import contacts as cards
from textback.store import desk_lists, merges
from textback.store import erase as store
from textback.store.db import Row, Tx
from textback.web.access import check_line, key_of
from textback.web.context import WebContext
from textback.web.describing import JSON, QUERY, Described, Operation
from textback.web.problems import missing, wrong
from textback.web.reading import CONTACT, Data, Listed, Paged, after, answer, contact_of, page_of, read_query
from textback.web.routing import Route
from textback.web.standing import Agreed, stands
from textback.web.together import together
from textback.web.v1.kinds import CONTACT_PATH, PLACE, TAG, Id, LineName, Number, Time, iso, lines_for
from textback.web.v1.wholes import WholeQuery, states_of, whole_rows

LISTED = "contacts"
LOCALE = "locale"
OWN = (NAME, LOCALE, "tags")
"""Fields that have a place of their own."""


class ErasedContact(msgspec.Struct):
    """What an erasure took away: the request's id in the log, the rows of each table, and whether they opted out.
    `left` are contacts that were merged with them and are still kept."""

    request: str
    erased: dict[str, int]
    opted_out: bool
    left: list[Id]


class EraseQuery(msgspec.Struct, forbid_unknown_fields=True):
    """What DELETE /v1/contacts/{contact} can be asked for: `merged`, to erase the contacts that are merged with it
    too."""

    merged: bool = False


class ContactQuery(Paged):
    """What GET /v1/contacts can be asked for."""

    line: LineName = ""
    tag: Annotated[str, Meta(pattern=TAG)] = ""


class ContactInfo(msgspec.Struct):
    """A contact. `fields` is what flows and programs have kept of them, `language` what they are texted in where that
    is not the bot's, `zone` and `region` where they are, as far as somebody has said so."""

    id: Id
    number: Number
    name: Annotated[str, Meta(examples=["Ana"])]
    line: Annotated[str, Meta(examples=["telnyx"])]
    fields: Annotated[dict[str, Any], Meta(examples=[{"bike": "Surly"}])]
    tags: Annotated[list[str], Meta(examples=[["vip"]])]
    language: Annotated[str, Meta(examples=["es"])]
    zone: Annotated[str, Meta(examples=["America/Chicago"])]
    region: Annotated[str, Meta(examples=["TX"])]
    opted_out: bool
    last_text_at: Time | None
    created_at: Time


class AddressInfo(msgspec.Struct):
    """One of a contact's identities."""

    family: Annotated[str, Meta(examples=["phone"])]
    identifier: Number


class MergedContact(msgspec.Struct):
    """One of the contacts that are one. `kept` is the one whose fields and tags come first; `merge` the merge by which
    another came."""

    id: Id
    number: Number
    line: Annotated[str, Meta(examples=["telnyx"])]
    opted_out: bool
    kept: bool
    merge: Id | None


class ContactDetail(ContactInfo):
    """A contact, with their addresses and what they have agreed to. `merged` are all contacts that are one with it,
    itself too, the kept one first; none where it is alone."""

    addresses: list[AddressInfo]
    agreements: list[Agreed]
    merged: list[MergedContact]


def _facts(row: Row[Any], states: Sequence[State] = ()) -> dict[str, Any]:
    """What is known by a conversation; where there are `states` of all that are one with it, by them together."""
    state = load_state(row.state)
    shown = together(state, states)
    known = shown.fields
    return {
        "id": row.contact_id, "number": row.address, "name": str(known.get(NAME) or row.name), "line": row.line,
        "fields": {name: value for name, value in known.items() if name not in OWN}, "tags": shown.tags,
        "language": str(known.get(LOCALE) or ""), "zone": row.zone, "region": row.region,
        "opted_out": bool(row.opted_out), "last_text_at": iso(state.last_inbound_at),
        "created_at": iso(row.created_at),
    }  # fmt: skip


def _info(row: Row[Any]) -> ContactInfo:
    return ContactInfo(**_facts(row))


def _merged(tx: Tx, workspace: str, contact_id: str, lines: Collection[str]) -> list[MergedContact]:
    whole = merges.whole(tx, workspace, contact_id)
    if len(whole) < 2:
        return []
    rows = desk_lists.states(tx, workspace, whole)
    came = {one.other: one.id for one in merges.of_whole(tx, workspace, whole) if one.undone_at is None}
    return [
        MergedContact(one, row.address, row.line, bool(row.opted_out), one == whole[0], came.get(one))
        for one in whole
        if (row := rows.get(one)) is not None and (not lines or row.line in lines)
    ]


async def detail(
    ctx: WebContext, contact_id: str, lines: Collection[str] = (), states: Sequence[State] = ()
) -> ContactDetail:
    """All that is known of a contact, to a key for these lines, or for all; with the `states` of all that are one with
    it, by them together. Raises Refused where they were erased."""
    row = await ctx.db.read(cards.card, ctx.workspace, contact_id)
    if row is None:
        raise missing("There is no such contact.", "contact")
    families = await ctx.db.read(cards.families_of, ctx.workspace, contact_id, row.address)
    standing = await ctx.db.read(stands, contact_id)
    addresses = [AddressInfo(family, row.address) for family in families]
    merged = await ctx.db.read(_merged, ctx.workspace, contact_id, lines)
    return ContactDetail(**_facts(row, states), addresses=addresses, agreements=standing.agreements, merged=merged)


async def list_contacts(request: Request) -> Response:
    """GET /v1/contacts: a page of them, in an order that never changes."""
    ctx: WebContext = request.app.state.ctx
    asked = read_query(request, ContactQuery)
    lines, place = lines_for(request, asked.line), after(asked.cursor, LISTED, PLACE)
    if place is not None and not 0 <= place[0] < 256:
        raise wrong("This is not a cursor of this list. Use next_cursor of the page before.", "cursor")
    rows = await ctx.db.read(
        lambda tx: cards.cards(tx, ctx.workspace, asked.limit + 1, place, tag=asked.tag, lines=lines)
    )
    return answer(200, page_of(LISTED, rows, asked.limit, _info, lambda row: (row.bucket, row.contact_id)))


async def show_contact(request: Request) -> Response:
    """GET /v1/contacts/{contact}: what is known of one, by id or phone number; with `merged` of all that are one."""
    asked = read_query(request, WholeQuery)
    contact_id = await contact_of(request, request.path_params["contact"])
    states = states_of(await whole_rows(request, contact_id)) if asked.merged else ()
    return answer(200, Data(await detail(request.app.state.ctx, contact_id, key_of(request).lines, states)))


async def erase_contact(request: Request) -> Response:
    """DELETE /v1/contacts/{contact}: erase a contact by their id or number. 404 where nothing is kept of them."""
    ctx: WebContext = request.app.state.ctx
    given = request.path_params["contact"]
    contact_id, number = (given, "") if CONTACT.fullmatch(given) else ("", given)
    if number:
        try:
            number = normalise(number, ctx.bot().country)
        except ValueError:
            raise wrong("That is neither a contact's id nor a phone number.", "contact") from None
    actor = f"api key {request.state.key_name}"
    who = await ctx.db.read(lambda tx: store.person(tx, ctx.workspace, number=number, contact_id=contact_id))
    asked = read_query(request, EraseQuery)
    whole = await ctx.db.read(store.whole, ctx.workspace, who) if who is not None else []
    going = whole if asked.merged else whole[:1]
    if key_of(request).lines:
        for one in going:
            if row := await ctx.db.read(cards.card, ctx.workspace, one.contact_id):
                check_line(request, row.line)
    done = [await erasing.erase_now(ctx.db, ctx.workspace, one, actor, ctx.road.now) for one in going]
    for one in going:
        ctx.road.forget(one.contact_id)
    first = done[0] if done else None
    if first is None:
        await ctx.db.write(erasing.nobody, ctx.workspace, number, actor, ctx.road.now())
        raise missing("Nothing is kept of them.")
    rows = sum((Counter(one.rows) for one in done if one is not None), Counter[str]())
    opted_out = any(one is not None and one.opted_out for one in done)
    left = [one.contact_id for one in whole if one not in going]
    return answer(200, Data(ErasedContact(first.request, dict(rows), opted_out, left)))


ROUTES = (
    Route("GET", "/v1/contacts", "api", list_contacts, "contacts:read"),
    Route("GET", "/v1/contacts/{contact}", "api", show_contact, "contacts:read"),
    Route("DELETE", "/v1/contacts/{contact}", "api", erase_contact, "contacts:erase"),
)
DESCRIBED: Described = {
    ("GET", "/v1/contacts"): Operation(
        "Contacts, in an order that never changes.",
        {200: ("They are these.", {JSON: Listed[ContactInfo]}), **QUERY},
        query=ContactQuery,
    ),
    ("GET", "/v1/contacts/{contact}"): Operation(
        "What is known of a contact.",
        {200: ("It is this.", {JSON: Data[ContactDetail]}), **QUERY, 404: "There is no such contact."},
        query=WholeQuery,
        path={"contact": CONTACT_PATH},
    ),
    ("DELETE", "/v1/contacts/{contact}"): Operation(
        "Erase all that is kept of a contact: a contact's id, or a phone number.",
        {
            200: ("It is erased; that they opted out stays.", {JSON: Data[ErasedContact]}),
            400: "It is neither an id nor a phone number.",
            404: "Nothing is kept of them. That they asked is on record.",
        },
        query=EraseQuery,
        path={"contact": CONTACT_PATH},
    ),
}
