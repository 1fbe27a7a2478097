"""The addresses that many examples use: POST /sms/send and GET /conversations. What is newer is in `v1`."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.compliance.gate import HOLDS
from textback.core.ids import new_id
from textback.core.text import clean
from textback.core.when import to_iso
from textback.engine.arrivals import ApiSend
from textback.engine.state import EpisodeStatus
from textback.pipeline.wording import remarks
from textback.store import api as api_store
from textback.web.access import check_line, key_of
from textback.web.context import LineInfo, WebContext
from textback.web.describing import BODY, JSON, Described, Operation
from textback.web.problems import wrong
from textback.web.reading import Addressed, answer, check_home, read_addressed
from textback.web.routing import Route

MOST_TEXT = 1600
TURN_WAIT = 5.0


PROGRAMME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_REGION = re.compile(r"[A-Z]{2}")


class SendBody(Addressed, forbid_unknown_fields=True, rename={"class_": "class"}):
    """What POST /sms/send takes: `to` in E.164 or as people write it, and `message`, up to 1,600 characters. `class`
    is what the text is for (C1); without it the workspace's policy says. `zone` (an IANA name) and `region` (a state
    such as TX) are where the contact is, where the program knows (Q2); they are kept with the contact. `programme`
    is which consent of theirs the text goes by (K6), where that is not one to all of the brand's."""

    message: Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": MOST_TEXT})]
    class_: Literal["conversational", "informational", "promotional"] | msgspec.UnsetType = msgspec.UNSET
    zone: Annotated[str, Meta(extra_json_schema={"maxLength": 64})] = ""
    region: Annotated[str, Meta(extra_json_schema={"pattern": "^([A-Z]{2})?$"})] = ""
    programme: Annotated[str, Meta(extra_json_schema={"pattern": "^([a-z0-9][a-z0-9_-]{0,63})?$"})] = ""


class SentText(msgspec.Struct, omit_defaults=True, rename={"from_": "from"}):
    """A text that was queued, and what is known of it so far. `trace` is the id that logs and traces name it by.

    Where it must wait, `rule` and `reason` say why, and `held_until` until when. `warnings` are about its words.
    """

    message_id: str
    status: str
    from_: str
    to: str
    text: str
    trace: str = ""
    rule: str = ""
    reason: str = ""
    held_until: str = ""
    warnings: list[str] = []


class BlockedText(msgspec.Struct, omit_defaults=True, rename={"from_": "from"}):
    """A text that the consent gate refused, by which rule and why; of a key that may not send, only `error`."""

    error: str
    rule: str = ""
    message_id: str = ""
    status: str = ""
    from_: str = ""
    to: str = ""
    text: str = ""
    trace: str = ""


class Refusal(msgspec.Struct, omit_defaults=True):
    """Why a request was refused, and which field is to blame."""

    error: str
    field: str = ""


class ListedConversation(msgspec.Struct):
    """One conversation in the list."""

    phone_number: str
    state: EpisodeStatus
    message_count: int
    created_at: Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


def is_zone(name: str) -> bool:
    """Whether this is the name of a time zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def default_line(ctx: WebContext, among: Mapping[str, LineInfo] | None = None) -> LineInfo:
    """The line a text goes out on when the caller names none: Telnyx, else the first real line, else the simulator."""
    lines = (ctx.lines if among is None else among).values()
    real = [line for line in lines if line.provider not in ("simulator", "web")]
    telnyx = [line for line in real if line.provider == "telnyx"]
    return (telnyx or real or [line for line in lines if line.provider == "simulator"] or list(lines))[0]


async def send_sms(request: Request) -> Response:
    """POST /sms/send: queue one text and say what became of it: {message_id, status, from, to, text, trace}.

    403 when the consent gate refuses it; the attempt is recorded in the conversation all the same.
    """
    ctx: WebContext = request.app.state.ctx
    wanted, to = await read_addressed(request, SendBody)
    text = clean(wanted.message)
    if not text.strip():
        raise wrong("message is empty.", "message")
    if len(text) > MOST_TEXT:
        raise wrong(f"message has {len(text)} characters; at most {MOST_TEXT} go.", "message")
    if wanted.zone and not is_zone(wanted.zone):
        raise wrong("zone is no time zone. Use an IANA name such as America/New_York.", "zone")
    if wanted.region and not _REGION.fullmatch(wanted.region):
        raise wrong("region is no state. Use two capital letters such as TX.", "region")
    if wanted.programme and not PROGRAMME.fullmatch(wanted.programme):
        raise wrong("programme is small letters, digits, - and _, up to 64 of them.", "programme")
    class_ = ctx.bot().policy.unlabelled if wanted.class_ is msgspec.UNSET else wanted.class_
    said = remarks(ctx.bot(), text, class_)
    for one in said:
        if one.level == "error":
            raise wrong(one.sentence, "message")
    if key_of(request).lines:
        check_line(request, default_line(ctx).name)
        await check_home(ctx, key_of(request), to)
    arrival = ApiSend(
        request.state.key_name,
        text,
        new_id(),
        message_class=class_,
        zone=wanted.zone,
        region=wanted.region,
        programme=wanted.programme,
    )
    # Who does not say what a text is for hears of its words only where they keep it from going.
    warned = [] if wanted.class_ is msgspec.UNSET else [one.sentence for one in said]
    return await queue(ctx, to, arrival, warned)


async def queue(ctx: WebContext, to: str, arrival: ApiSend, warnings: list[str] | None = None) -> Response:
    """Put it on the road and say what became of it, and the `warnings` about its words."""
    line = default_line(ctx)
    message_id, text = arrival.message_id, arrival.text
    contact_id = await ctx.road.send_to(line.name, to, arrival, wait=TURN_WAIT)
    row = await ctx.db.read(api_store.message, contact_id, message_id)
    status = row.status if row is not None else "queued"
    trace = row.arrival_id if row is not None else ""
    text = row.text if row is not None else text
    if status == "blocked" and row is not None:
        return answer(403, BlockedText(row.detail, row.rule, message_id, status, line.number, to, text, trace))
    status = "queued" if status in ("sending", "accepted") else status
    if row is not None and status == "queued" and row.rule in HOLDS:
        until = await ctx.db.read(api_store.due_at, contact_id, message_id)
        held = (row.rule, row.detail, to_iso(until or row.at))
        return answer(200, SentText(message_id, status, line.number, to, text, trace, *held, warnings or []))
    return answer(200, SentText(message_id, status, line.number, to, text, trace, warnings=warnings or []))


async def list_conversations(request: Request) -> Response:
    """GET /conversations: the latest 1,000 as [{phone_number, state, message_count, created_at}]."""
    ctx: WebContext = request.app.state.ctx
    rows = await ctx.db.read(api_store.conversation_list, ctx.workspace, 1000, key_of(request).lines)
    return answer(
        200,
        [ListedConversation(row.address, row.status, row.message_count, to_iso(row.created_at)) for row in rows],
    )


ROUTES = (
    Route("POST", "/sms/send", "api", send_sms, "messages:write"),
    Route("GET", "/conversations", "api", list_conversations, "conversations:read"),
)
DESCRIBED: Described = {
    ("POST", "/sms/send"): Operation(
        "Queue one text.",
        {
            200: ("It is in the outbox, and goes now or at `held_until`.", {JSON: SentText}),
            **BODY,
            403: (
                "The consent gate refused it, by which `rule`; or the key may not.",
                {JSON: BlockedText},
            ),
        },
        {JSON: SendBody},
    ),
    ("GET", "/conversations"): Operation(
        "The latest 1,000 conversations, the newest first.",
        {200: ("They are these.", {JSON: list[ListedConversation]})},
    ),
}
