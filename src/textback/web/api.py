"""The HTTP API for other programs: send a text, list conversations. Keys come from `textback apikey add`."""

import re

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import new_id
from textback.core.phone import normalise
from textback.core.text import clean
from textback.core.when import to_iso
from textback.engine.arrivals import ApiSend
from textback.store import api as api_store
from textback.web.context import LineInfo, WebContext

MOST_TEXT = 1600
MOST_BODY = 64 * 1024
TURN_WAIT = 5.0


_FIELD = re.compile(r"`\$\.(\w+)|field `(\w+)`")


class SendBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /sms/send takes: `to` in E.164 or as people write it, and `message`, up to 1,600 characters."""

    to: str
    message: str


def answer(status: int, data: object) -> Response:
    """A JSON response."""
    return Response(msgspec.json.encode(data), status, media_type="application/json")


def refuse(status: int, error: str, **more: str) -> Response:
    """An error as JSON: what is wrong, and which field."""
    return answer(status, {"error": error, **more})


def default_line(ctx: WebContext) -> LineInfo:
    """The line a text goes out on when the caller names none: Telnyx, else the first real line, else the simulator."""
    real = [line for line in ctx.lines.values() if line.provider != "simulator"]
    telnyx = [line for line in real if line.provider == "telnyx"]
    return (telnyx or real or list(ctx.lines.values()))[0]


async def send_sms(request: Request) -> Response:
    """POST /sms/send: queue one text and say what became of it: {message_id, status, from, to, text, trace}.

    403 when the consent gate refuses it; the attempt is recorded in the conversation all the same.
    """
    ctx: WebContext = request.app.state.ctx
    if request.headers.get("content-type", "").split(";", 1)[0].strip().lower() != "application/json":
        return refuse(415, "Expected application/json.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY:
            return refuse(413, "The body is over 64 KB.")
    try:
        wanted = msgspec.json.decode(body, type=SendBody)
    except msgspec.ValidationError as error:
        named = _FIELD.search(str(error))
        return refuse(400, f"{error}.", **({"field": named[1] or named[2]} if named else {}))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return refuse(400, "The body is not JSON.")
    try:
        to = normalise(wanted.to)
    except ValueError as error:
        return refuse(400, str(error), field="to")
    text = clean(wanted.message)
    if not text.strip():
        return refuse(400, "message is empty.", field="message")
    if len(text) > MOST_TEXT:
        return refuse(400, f"message has {len(text)} characters; at most {MOST_TEXT} go.", field="message")
    line = default_line(ctx)
    message_id = new_id()
    arrival = ApiSend(request.state.key_name, text, message_id)
    contact_id = await ctx.road.send_to(line.name, to, arrival, wait=TURN_WAIT)
    row = await ctx.db.read(api_store.message, contact_id, message_id)
    status = row.status if row is not None else "queued"
    shown = {"message_id": message_id, "status": status, "from": line.number, "to": to, "text": text}
    if row is not None:
        shown["trace"] = row.arrival_id
    if status == "blocked" and row is not None:
        return answer(403, {"error": row.detail, "rule": row.rule, **shown})
    return answer(200, {**shown, "status": "queued" if status in ("sending", "accepted") else status})


async def list_conversations(request: Request) -> Response:
    """GET /conversations: the latest 1,000 as [{phone_number, state, message_count, created_at}]."""
    ctx: WebContext = request.app.state.ctx
    rows = await ctx.db.read(api_store.conversation_list, ctx.workspace, 1000)
    return answer(
        200,
        [
            {
                "phone_number": row.address,
                "state": row.status,
                "message_count": row.message_count,
                "created_at": to_iso(row.created_at),
            }
            for row in rows
        ],
    )
