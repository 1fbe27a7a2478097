"""POST /v1/events: another program says that something happened to a contact, such as a payment."""

import hashlib
import math
import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import bucket_of
from textback.core.phone import normalise
from textback.core.text import clean
from textback.engine.arrivals import ApiEvent
from textback.engine.reading import NAME
from textback.store import desk, inbox
from textback.store.inbox import Home
from textback.web.api import TURN_WAIT, answer, read_body, refuse
from textback.web.context import WebContext

MOST_DATA = 4_000
"""Bytes that an event's data may have as JSON: it is part of the conversation's state while the flow goes on."""
MOST_KEY = 200
"""Characters of an event's own id."""
KIND = "event"
_EXACT = 2**53
_CONTACT = re.compile(r"[0-9a-f]{24}")


class EventBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /v1/events takes: a phone number in `to`, or a `contact`; the name of the `event` in small letters,
    digits and _; its `data`, up to 4,000 bytes; and an `id` of its own, where the header Idempotency-Key has none."""

    event: Annotated[str, Meta(examples=["payment_received"])]
    to: Annotated[str, Meta(examples=["+12065550123"])] = ""
    contact: str = ""
    data: dict[str, Any] = {}
    id: str = ""


class TakenEvent(msgspec.Struct):
    """An event that is stored. `trace` is the id that the log and the timeline have of it; `repeated`: it was stored
    before under the same id, and this one changed nothing."""

    event: str
    contact: str
    trace: str
    repeated: bool


async def take_event(request: Request) -> Response:
    """POST /v1/events: store it, let a flow that waits for it go on, and say which trace it has."""
    ctx: WebContext = request.app.state.ctx
    wanted = await read_body(request, EventBody)
    if isinstance(wanted, Response):
        return wanted
    if not NAME.fullmatch(wanted.event):
        return refuse(400, "event must be small letters, digits and _, up to 40.", field="event")
    own = wanted.id or request.headers.get("idempotency-key", "")
    if len(own) > MOST_KEY:
        return refuse(400, f"id has {len(own)} characters; at most {MOST_KEY} go.", field="id")
    try:
        data = _plain(wanted.data)
        size = len(msgspec.json.encode(data))
    except (ValueError, RecursionError, msgspec.EncodeError):
        return refuse(400, "data has a number that can't be kept, or is too deep.", field="data")
    if size > MOST_DATA:
        return refuse(400, f"data has {size:,} bytes; at most {MOST_DATA:,} go.", field="data")
    home = await _home(ctx, wanted)
    if isinstance(home, Response):
        return home
    by: str = request.state.key_name
    # Two programs may number their events alike. A hash, because a key of the inbox is no longer than 255.
    key = hashlib.sha256(f"{by}\n{clean(own)}".encode()).hexdigest() if own else ""
    trace = await ctx.road.post(home.contact_id, ApiEvent(wanted.event, data, by), key=key, wait=TURN_WAIT)
    first = await ctx.db.read(inbox.stored_as, home.contact_id, "", key, KIND) if key else None
    known = first.id if first is not None else trace
    return answer(200, TakenEvent(wanted.event, home.contact_id, known, known != trace))


async def _home(ctx: WebContext, wanted: EventBody) -> Home | Response:
    """Whose event it is. An event makes no contact."""
    if bool(wanted.to) == bool(wanted.contact):
        return refuse(400, "Name whose event it is: a number in `to`, or a `contact`.", field="to")
    if wanted.contact:
        if _CONTACT.fullmatch(wanted.contact):
            home = Home(wanted.contact, bucket_of(wanted.contact))
            if await ctx.db.read(desk.conversation, ctx.workspace, home.contact_id, home.bucket) is not None:
                return home
        return refuse(404, "There is no such contact.", field="contact")
    try:
        key = ("phone", normalise(wanted.to))
    except ValueError as error:
        return refuse(400, str(error), field="to")
    homes = await ctx.db.read(inbox.find_homes, ctx.workspace, [key])
    return homes.get(key) or refuse(404, "Nobody with this number is known here.", field="to")


def _plain(value: Any) -> Any:
    """The value with texts that a database and a carrier can carry. Raises ValueError for numbers that they can't."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(name)): _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= _EXACT):
        raise ValueError(value)
    return value
