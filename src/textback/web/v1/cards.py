"""The HTTP API for what is known of a contact: making one, changing fields, and tags. Each change is an arrival, so
that it has its place in the order of what happens in the conversation, and is in its record."""

import math
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import bucket_of
from textback.core.phone import normalise
from textback.core.text import clean
from textback.engine.arrivals import ContactChange
from textback.engine.nodes.tag import TAG as TAG_NAME
from textback.engine.reading import NAME as FIELD
from textback.store import accounts, desk, inbox
from textback.web.access import key_of
from textback.web.api import TURN_WAIT
from textback.web.context import WebContext
from textback.web.describing import BODY, JSON, Answers, Described, Operation
from textback.web.problems import Refused, wrong
from textback.web.reading import Data, answer, contact_of, read_body, read_query
from textback.web.routing import Route
from textback.web.v1.contacts import LOCALE, OWN, ContactDetail, detail
from textback.web.v1.kinds import CONTACT_PATH, Id, LineName, line_for_new
from textback.web.v1.wholes import WholeQuery, parts_of, states_of, whole_rows

MOST_VALUE = 1_000
_EXACT = 2**53
REFUSED = ("contact_refused",)
Value = str | int | float | bool | None
_Tag = Annotated[str, Meta(extra_json_schema={"pattern": f"^{TAG_NAME.pattern}$"}, examples=["vip"])]


class ChangeBody(msgspec.Struct, forbid_unknown_fields=True):
    """What PATCH /v1/contacts/{contact} takes. What is left out stays as it is; an empty text takes a value away, and
    so does a field that is null. `tags` are all that the contact has from then on. `language` is one of the bot's,
    `zone` an IANA name, `region` a state such as TX."""

    name: Annotated[str, Meta(max_length=200, examples=["Ana"])] | None = None
    fields: Annotated[dict[str, Value], Meta(max_length=100, examples=[{"bike": "Surly"}])] = {}
    tags: Annotated[list[_Tag], Meta(max_length=50, examples=[["vip"]])] | None = None
    language: Annotated[str, Meta(max_length=16)] | None = None
    zone: Annotated[str, Meta(max_length=64, examples=["America/Chicago"])] | None = None
    region: Annotated[str, Meta(max_length=2, examples=["TX"])] | None = None


class ContactBody(ChangeBody, kw_only=True):
    """What POST /v1/contacts takes: the number in `to`, the line that their conversation starts on where that is not
    the usual one, and what is known of them."""

    to: Annotated[str, Meta(max_length=40, examples=["+12065550123"])]
    line: LineName = ""


class ContactTags(msgspec.Struct):
    """The tags that a contact has."""

    contact: Id
    tags: Annotated[list[str], Meta(examples=[["vip"]])]


def _fields(ctx: WebContext, body: ChangeBody) -> dict[str, Any]:
    """The fields that change. Raises Refused."""
    found: dict[str, Any] = {}
    for name, value in body.fields.items():
        field = f"fields.{name[:40]}"
        if not FIELD.fullmatch(name):
            raise wrong("A field is called by small letters, digits and _, up to 40.", field)
        if name in OWN:
            raise wrong("This field has a place of its own: name, language or tags.", field)
        if isinstance(value, str) and len(value) > MOST_VALUE:
            raise wrong(f"{name} has {len(value)} characters; at most {MOST_VALUE} go.", field)
        if isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= _EXACT):
            raise wrong(f"{name} is a number that can't be kept.", field)
        found[name] = clean(value) if isinstance(value, str) else value
    if body.language is not None:
        known = ctx.bot().locales
        if body.language and body.language not in known:
            raise wrong(f"The bot does not have this language; known are {', '.join(known)}.", "language")
        found[LOCALE] = body.language or None
    return found


def _change(request: Request, body: ChangeBody) -> ContactChange:
    """What a body asks for. Raises Refused."""
    ctx: WebContext = request.app.state.ctx
    if body.zone:
        try:
            ZoneInfo(body.zone)
        except (ValueError, OSError, KeyError):
            raise wrong("zone is no time zone. Use an IANA name such as America/New_York.", "zone") from None
    if body.region and not (len(body.region) == 2 and body.region.isascii() and body.region.isupper()):
        raise wrong("region is no state. Use two capital letters such as TX.", "region")
    for tag in body.tags or ():
        _check_tag(tag, "tags")
    return ContactChange(
        key_of(request).name,
        _fields(ctx, body),
        None if body.tags is None else tuple(body.tags),
        name=None if body.name is None else clean(body.name).strip(),
        zone=body.zone,
        region=body.region,
    )


def _check_tag(tag: str, field: str) -> None:
    if not TAG_NAME.fullmatch(tag):
        raise wrong("A tag is small letters, digits, - and _, up to 40 of them.", field)


async def _noted(request: Request, contact_id: str, action: str) -> None:
    ctx: WebContext = request.app.state.ctx
    actor = f"API key {request.state.key_name}"
    await ctx.db.write(accounts.write_audit, ctx.workspace, actor, action, contact_id, ctx.road.now())


async def _do(request: Request, contact_id: str, arrival: ContactChange) -> ContactDetail:
    """Let it happen to this contact, or with `merged` to the whole person. Raises Refused."""
    ctx: WebContext = request.app.state.ctx
    asked = read_query(request, WholeQuery)
    if not asked.merged:
        await _change_one(request, contact_id, arrival)
        return await detail(ctx, contact_id, key_of(request).lines)
    for one, part in parts_of(arrival, await whole_rows(request, contact_id)).items():
        await _change_one(request, one, part)
    states = states_of(await whole_rows(request, contact_id))
    return await detail(ctx, contact_id, key_of(request).lines, states)


async def _change_one(request: Request, contact_id: str, arrival: ContactChange) -> None:
    """Raises Refused where there would be too much."""
    ctx: WebContext = request.app.state.ctx
    trace = await ctx.road.post(contact_id, arrival, wait=TURN_WAIT)
    events = await ctx.db.read(desk.happenings, contact_id, bucket_of(contact_id), trace, REFUSED)
    for event in events:
        if event.arrival_id == trace:
            what = event.data.get("why", "")
            raise Refused(409, "too_many", f"A contact has at most {event.data.get('most')} {what}.", str(what))
    await _noted(request, contact_id, "contact.change")


async def make_contact(request: Request) -> Response:
    """POST /v1/contacts: make a contact with what is known of them: 201."""
    ctx: WebContext = request.app.state.ctx
    body = await read_body(request, ContactBody)
    try:
        to = normalise(body.to, ctx.bot().country)
    except ValueError as error:
        raise wrong(str(error), "to") from None
    line, arrival = line_for_new(request, body.line), _change(request, body)
    if await ctx.db.read(inbox.find_homes, ctx.workspace, [("phone", to)]):
        raise Refused(409, "exists", "There is a contact with this number already. Change it with PATCH.", "to")
    contact_id = await ctx.road.send_to(line, to, arrival, wait=TURN_WAIT)
    await _noted(request, contact_id, "contact.add")
    return answer(201, Data(await detail(ctx, contact_id)))


async def change_contact(request: Request) -> Response:
    """PATCH /v1/contacts/{contact}: change what is known of one, by id or phone number; with `merged` of the whole
    person."""
    body = await read_body(request, ChangeBody)
    contact_id = await contact_of(request, request.path_params["contact"])
    return answer(200, Data(await _do(request, contact_id, _change(request, body))))


async def _tagging(request: Request, *, remove: bool) -> Response:
    tag = request.path_params["tag"]
    _check_tag(tag, "tag")
    contact_id = await contact_of(request, request.path_params["contact"])
    by = key_of(request).name
    arrival = ContactChange(by, untag=(tag,)) if remove else ContactChange(by, tag=(tag,))
    now = await _do(request, contact_id, arrival)
    return answer(200, Data(ContactTags(contact_id, now.tags)))


async def tag_contact(request: Request) -> Response:
    """PUT /v1/contacts/{contact}/tags/{tag}: give a tag. One that they have stays."""
    return await _tagging(request, remove=False)


async def untag_contact(request: Request) -> Response:
    """DELETE /v1/contacts/{contact}/tags/{tag}: take a tag away, if they have it."""
    return await _tagging(request, remove=True)


ROUTES = (
    Route("POST", "/v1/contacts", "api", make_contact, "contacts:write"),
    Route("PATCH", "/v1/contacts/{contact}", "api", change_contact, "contacts:write"),
    Route("PUT", "/v1/contacts/{contact}/tags/{tag}", "api", tag_contact, "contacts:write"),
    Route("DELETE", "/v1/contacts/{contact}/tags/{tag}", "api", untag_contact, "contacts:write"),
)
_TAGGED: Answers = {
    200: ("They have these tags now.", {JSON: Data[ContactTags]}),
    400: "That can't be a tag.",
    404: "There is no such contact.",
    409: "They have as many tags as one can.",
}
_TAG_PATH = {"contact": CONTACT_PATH, "tag": "Small letters, digits, - and _, up to 40 of them."}
DESCRIBED: Described = {
    ("POST", "/v1/contacts"): Operation(
        "Make a contact. They get no text by it, and have agreed to nothing.",
        {
            201: ("They are there.", {JSON: Data[ContactDetail]}),
            **BODY,
            409: "There is a contact with this number already.",
        },
        {JSON: ContactBody},
    ),
    ("PATCH", "/v1/contacts/{contact}"): Operation(
        "Change what is known of a contact. What is left out stays.",
        {
            200: ("It is this now.", {JSON: Data[ContactDetail]}),
            **BODY,
            404: "There is no such contact.",
            409: "They would have more fields or tags than a contact can.",
        },
        {JSON: ChangeBody},
        query=WholeQuery,
        path={"contact": CONTACT_PATH},
    ),
    ("PUT", "/v1/contacts/{contact}/tags/{tag}"): Operation(
        "Give a contact a tag.", _TAGGED, query=WholeQuery, path=_TAG_PATH
    ),
    ("DELETE", "/v1/contacts/{contact}/tags/{tag}"): Operation(
        "Take a tag away.", _TAGGED, query=WholeQuery, path=_TAG_PATH
    ),
}
