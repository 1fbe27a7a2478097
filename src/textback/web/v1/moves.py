"""The HTTP API for what a program does to a conversation: take it, hand it over, return it, complete it, start a flow.
Each is an arrival, so that it has its place in the order of what happens there."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import bucket_of, new_id
from textback.core.messages import MessageClass
from textback.core.text import clean
from textback.engine.arrivals import AnyArrival, Assign, Complete, HandBack, HandOver, Note, StartFlow, Takeover
from textback.pipeline.wording import remarks
from textback.store import accounts, colleagues, inbox
from textback.store import desk as store
from textback.store.desk import Happening
from textback.web.access import key_of
from textback.web.api import MOST_TEXT, TURN_WAIT
from textback.web.context import WebContext
from textback.web.describing import BODY, JSON, Answers, Described, Operation
from textback.web.mentions import keep
from textback.web.permissions import allowed
from textback.web.problems import Refused, missing, wrong
from textback.web.reading import Data, answer, conversation_of, read_body
from textback.web.routing import Route
from textback.web.v1.conversations import ConversationDetail, detail
from textback.web.v1.kinds import CONTACT_PATH

MOST_KEY = 200
FLOW = "start_flow"
MOST_VALUE = 1_600
REFUSED = (
    "assign_refused",
    "takeover_refused",
    "hand_back_refused",
    "hand_over_refused",
    "complete_refused",
    "flow_refused",
)
Value = str | int | float | bool | None


class TakeBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /v1/conversations/{id}/take takes. `force` takes it from a person too."""

    force: bool = False


class HandoffBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /v1/conversations/{id}/handoff takes: the `reason` and what the contact asks, for people; the queue
    where it is not the bot's own; and `text`, what the contact is told. Without it these are the bot's own words, and
    an empty one tells them nothing."""

    reason: Annotated[str, Meta(min_length=1, max_length=200, examples=["Wants to change an order"])]
    ask: Annotated[str, Meta(max_length=MOST_TEXT)] = ""
    queue: Annotated[str, Meta(max_length=64)] = ""
    text: Annotated[str, Meta(max_length=MOST_TEXT)] | None = None


class ReturnBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /v1/conversations/{id}/return takes. The bot asks its open question again (`ask`), carries on at `step`
    of the flow (`step`), says nothing until the contact texts (`wait`), or ends the flow (`end`). With `tell` the
    contact reads that the bot is back."""

    mode: Literal["ask", "step", "wait", "end"] = "wait"
    step: Annotated[str, Meta(max_length=64)] = ""
    tell: bool = False


class AssignBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /v1/conversations/{id}/assign takes: the e-mail address of the person who is to answer (`user`), or a
    `queue` of bot.yml; neither is whoever comes first. `force` takes it from somebody else."""

    user: Annotated[str, Meta(max_length=320, examples=["maya@example.com"])] = ""
    queue: Annotated[str, Meta(max_length=64)] = ""
    force: bool = False


class NoteBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /v1/conversations/{id}/notes takes: a `text` for the people at the desk, which is never sent.
    `mentions` are the e-mail addresses of those it is for."""

    text: Annotated[str, Meta(min_length=1, max_length=4_000, examples=["Paid in full at the counter."])]
    mentions: Annotated[list[str], Meta(max_length=20)] = []


class CompleteBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /v1/conversations/{id}/complete takes: nothing so far."""


class FlowBody(msgspec.Struct, forbid_unknown_fields=True, rename={"class_": "class"}):
    """What POST /v1/conversations/{id}/flow takes: a flow of the live version, the step to begin at where that is not
    its first, and `values` of its variables. `class` is what its texts are until the contact answers (C1)."""

    flow: Annotated[str, Meta(min_length=1, max_length=64, examples=["book_visit"])]
    step: Annotated[str, Meta(max_length=64)] = ""
    values: Annotated[dict[str, Value], Meta(max_length=50, examples=[{"service": "repair"}])] = {}
    class_: Literal["conversational", "informational", "promotional"] | None = None


async def _do(request: Request, arrival: AnyArrival, action: str, key: str = "", **data: str) -> Response:
    """Let it happen, and say how the conversation stands then. Raises Refused."""
    ctx: WebContext = request.app.state.ctx
    named = request.path_params["id"]
    contact_id: str = (await conversation_of(request, named, "id")).contact_id
    trace = await ctx.road.post(contact_id, arrival, key=key, wait=TURN_WAIT)
    first = await ctx.db.read(inbox.stored_as, contact_id, "", key, FLOW) if key else None
    trace = first.id if first is not None else trace
    events = await ctx.db.read(store.happenings, contact_id, bucket_of(contact_id), trace, REFUSED)
    refused = next((event for event in events if event.arrival_id == trace), None)
    done = f"{action}.refused" if refused else action
    actor = f"API key {request.state.key_name}"
    await ctx.db.write(accounts.write_audit, ctx.workspace, actor, done, contact_id, ctx.road.now(), data)
    if refused is not None:
        raise _refusal(refused)
    if isinstance(arrival, Note):
        await keep(ctx, contact_id, trace, arrival.mentions)
    return answer(200, Data(await detail(ctx, await conversation_of(request, contact_id, "id"))))


def _refusal(event: Happening) -> Refused:
    why = event.data.get("why", "")
    if why == "no_step":
        return missing("The flow that is open has no such step.", "step")
    if why == "opted_out":
        return Refused(409, "opted_out", "They opted out, so nothing begins that could not be said.", rule="O6")
    if why == "no_flow":
        return missing("The version that is live now has no such flow.", "flow")
    holder = event.data.get("holder")
    return Refused(409, "held", f"{holder} has this conversation." if holder else "A person has this conversation.")


async def take(request: Request) -> Response:
    """POST /v1/conversations/{id}/take: the program answers from now on, and the bot is quiet."""
    key, body = key_of(request), await read_body(request, TakeBody)
    return await _do(request, Takeover(key.id, key.name, body.force), "take", force=str(body.force))


async def hand_off(request: Request) -> Response:
    """POST /v1/conversations/{id}/handoff: ask for a person."""
    ctx: WebContext = request.app.state.ctx
    key, body = key_of(request), await read_body(request, HandoffBody)
    reason = clean(body.reason).strip()
    if not reason:
        raise wrong("reason is empty.", "reason")
    queues = ctx.bot().handoff.queues
    if body.queue and queues and body.queue not in queues:
        raise wrong(f"bot.yml has no such queue; known are {', '.join(queues)}.", "queue")
    text = None if body.text is None else clean(body.text).strip()
    for one in remarks(ctx.bot(), text, "conversational") if text else ():
        if one.level == "error":
            raise wrong(one.sentence, "text")
    arrival = HandOver(key.id, key.name, reason, clean(body.queue), clean(body.ask), text)
    return await _do(request, arrival, "handoff")


async def hand_back(request: Request) -> Response:
    """POST /v1/conversations/{id}/return: the bot answers from now on."""
    key, body = key_of(request), await read_body(request, ReturnBody)
    if (body.mode == "step") != bool(body.step):
        raise wrong("step is the name of a step of the flow, and goes with the mode step.", "step")
    return await _do(request, HandBack(key.id, key.name, body.mode, body.step, body.tell), "return", mode=body.mode)


async def assign(request: Request) -> Response:
    """POST /v1/conversations/{id}/assign: say who is to answer."""
    ctx: WebContext = request.app.state.ctx
    key, body = key_of(request), await read_body(request, AssignBody)
    if body.user and body.queue:
        raise wrong("Name a user or a queue, not both.", "queue")
    if body.queue and body.queue not in ctx.bot().handoff.queues:
        raise wrong("bot.yml has no such queue.", "queue")
    mate = (await _people(ctx, [body.user], "user"))[0] if body.user else None
    to_id, to_name = (mate.id, mate.name) if mate is not None else ("", "")
    arrival = Assign(key.id, key.name, to_id, to_name, body.queue, body.force)
    return await _do(request, arrival, "assign", to=to_id or body.queue)


async def note(request: Request) -> Response:
    """POST /v1/conversations/{id}/notes: write a note that is never sent."""
    ctx: WebContext = request.app.state.ctx
    key, body = key_of(request), await read_body(request, NoteBody)
    text = clean(body.text).strip()
    if not text:
        raise wrong("text is empty.", "text")
    named = tuple(one.id for one in await _people(ctx, body.mentions, "mentions"))
    return await _do(request, Note(key.id, key.name, text, new_id(), named), "note")


async def _people(ctx: WebContext, addresses: list[str], field: str) -> list[Any]:
    """Those who answer at the desk and sign in with these addresses. Raises Refused."""
    known = {one.email.lower(): one for one in await ctx.db.read(colleagues.colleagues, ctx.workspace)}
    found = [known.get(address.strip().lower()) for address in addresses]
    if not all(one is not None and allowed(one.role, "conversations.answer") for one in found):
        raise wrong("Nobody who answers at the desk has this address.", field)
    return found


async def complete(request: Request) -> Response:
    """POST /v1/conversations/{id}/complete: nothing more to do; the next text begins anew with the bot."""
    key = key_of(request)
    await read_body(request, CompleteBody)
    return await _do(request, Complete(key.id, key.name), "complete")


async def start_flow(request: Request) -> Response:
    """POST /v1/conversations/{id}/flow: begin a flow. What is open meanwhile is put aside."""
    ctx: WebContext = request.app.state.ctx
    body = await read_body(request, FlowBody)
    flow = ctx.bot().flows.get(body.flow)
    if flow is None:
        raise wrong("The version that is live has no such flow.", "flow")
    if body.step and body.step not in flow.steps:
        raise wrong(f"The flow {flow.name} has no such step.", "step")
    for name, value in body.values.items():
        if name not in flow.names:
            raise wrong(f"The flow {flow.name} has no variable {name[:40]!r}.", f"values.{name[:40]}")
        if isinstance(value, str) and len(value) > MOST_VALUE:
            raise wrong(f"{name} has {len(value)} characters; at most {MOST_VALUE} go.", f"values.{name}")
    opening: MessageClass = flow.opening if flow.event else ctx.bot().policy.unlabelled
    opening = body.class_ or opening
    values = {name: clean(value) if isinstance(value, str) else value for name, value in body.values.items()}
    own = clean(request.headers.get("idempotency-key", ""))
    if len(own) > MOST_KEY:
        raise wrong(f"Idempotency-Key has {len(own)} characters; at most {MOST_KEY} go.")
    key = key_of(request)
    once = hashlib.sha256(f"{key.name}\n{own}".encode()).hexdigest() if own else ""
    return await _do(request, StartFlow(key.name, flow.name, opening, body.step, values), "flow", once, flow=flow.name)


ROUTES = (
    Route("POST", "/v1/conversations/{id}/take", "api", take, "conversations:write"),
    Route("POST", "/v1/conversations/{id}/handoff", "api", hand_off, "conversations:write"),
    Route("POST", "/v1/conversations/{id}/return", "api", hand_back, "conversations:write"),
    Route("POST", "/v1/conversations/{id}/assign", "api", assign, "conversations:write"),
    Route("POST", "/v1/conversations/{id}/notes", "api", note, "conversations:write"),
    Route("POST", "/v1/conversations/{id}/complete", "api", complete, "conversations:write"),
    Route("POST", "/v1/conversations/{id}/flow", "api", start_flow, "conversations:write"),
)


def _operation(summary: str, body: type[msgspec.Struct], headers: Mapping[str, str] = {}) -> Operation:
    answers: Answers = {
        200: ("It stands like this now.", {JSON: Data[ConversationDetail]}),
        **BODY,
        404: "There is no such contact.",
        409: "Somebody else has it; `code` is held. Or they opted out, and nothing can begin.",
    }
    return Operation(summary, answers, {JSON: body}, headers=headers, path={"id": CONTACT_PATH})


DESCRIBED: Described = {
    ("POST", "/v1/conversations/{id}/take"): _operation("Answer yourself from now on; the bot is quiet.", TakeBody),
    ("POST", "/v1/conversations/{id}/handoff"): _operation("Ask for a person.", HandoffBody),
    ("POST", "/v1/conversations/{id}/return"): _operation("Give it back to the bot.", ReturnBody),
    ("POST", "/v1/conversations/{id}/assign"): _operation(
        "Give it to a person of the desk, to a queue, or to whoever comes first.", AssignBody
    ),
    ("POST", "/v1/conversations/{id}/notes"): _operation("Write a note for people, which is never sent.", NoteBody),
    ("POST", "/v1/conversations/{id}/complete"): _operation(
        "Close the episode. The next text begins another, with the bot.", CompleteBody
    ),
    ("POST", "/v1/conversations/{id}/flow"): _operation(
        "Start a flow. What is open meanwhile is put aside.",
        FlowBody,
        headers={"Idempotency-Key": "A name for this start. One that was made under it is not made again."},
    ),
}
