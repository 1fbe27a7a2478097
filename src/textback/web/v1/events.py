"""POST /v1/events: another program says that something happened to a contact, such as a payment."""

import hashlib
import math
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.phone import normalise
from textback.core.text import clean
from textback.engine.arrivals import ApiEvent
from textback.engine.reading import NAME
from textback.store import inbox
from textback.web.api import TURN_WAIT
from textback.web.context import WebContext
from textback.web.describing import BODY, JSON, Described, Operation
from textback.web.problems import wrong
from textback.web.reading import Data, answer, contact_of, read_body
from textback.web.routing import Route

MOST_DATA = 4_000
"""Bytes that an event's data may have as JSON: it is part of the conversation's state while the flow goes on."""
MOST_KEY = 200
"""Characters of an event's own id."""
KIND = "event"
_EXACT = 2**53


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
    if not NAME.fullmatch(wanted.event):
        raise wrong("event must be small letters, digits and _, up to 40.", "event")
    own = wanted.id or request.headers.get("idempotency-key", "")
    if len(own) > MOST_KEY:
        raise wrong(f"id has {len(own)} characters; at most {MOST_KEY} go.", "id")
    try:
        data = _plain(wanted.data)
        size = len(msgspec.json.encode(data))
    except (ValueError, RecursionError, msgspec.EncodeError):
        raise wrong("data has a number that can't be kept, or is too deep.", "data") from None
    if size > MOST_DATA:
        raise wrong(f"data has {size:,} bytes; at most {MOST_DATA:,} go.", "data")
    contact_id = await _whose(request, wanted)
    by: str = request.state.key_name
    # Two programs may number their events alike. A hash, because a key of the inbox is no longer than 255.
    key = hashlib.sha256(f"{by}\n{clean(own)}".encode()).hexdigest() if own else ""
    trace = await ctx.road.post(contact_id, ApiEvent(wanted.event, data, by), key=key, wait=TURN_WAIT)
    first = await ctx.db.read(inbox.stored_as, contact_id, "", key, KIND) if key else None
    known = first.id if first is not None else trace
    return answer(200, Data(TakenEvent(wanted.event, contact_id, known, known != trace)))


async def _whose(request: Request, wanted: EventBody) -> str:
    """Whose event it is. An event makes no contact."""
    if bool(wanted.to) == bool(wanted.contact):
        raise wrong("Name whose event it is: a number in `to`, or a `contact`.", "to")
    if wanted.to:
        try:
            normalise(wanted.to)
        except ValueError as error:
            raise wrong(str(error), "to") from None
    return await contact_of(request, wanted.to or wanted.contact, "to" if wanted.to else "contact")


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


ROUTES = (Route("POST", "/v1/events", "api", take_event, "events:write"),)
DESCRIBED: Described = {
    ("POST", "/v1/events"): Operation(
        "Say that something happened to a contact. A flow that waits for it goes on.",
        {200: ("It is stored.", {JSON: Data[TakenEvent]}), **BODY, 404: "There is no such contact."},
        {JSON: EventBody},
        headers={"Idempotency-Key": "The event's own id, where the body has none."},
    ),
}
