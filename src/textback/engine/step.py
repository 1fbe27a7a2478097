"""The heart of Textback: one arrival in, the new state and what is to be done about it out.

The rules that hold here, in every module of this room:

1. Nothing happens. There is no I/O, no clock, no chance and no log; time, ids and texts come in as values, and what is
   to be done goes out as effects. The same arrival on the same state gives the same turn, today and in a replay.
2. Waiting is a return value. A question is an effect that sends it, and a state that says which step is open.
3. The state given is never changed, and the state returned is plain JSON: whatever must be remembered is a field of it.
4. A session runs on the version of the bot it began with (`older`); everything else, start words included, is the
   current one.
5. Whoever owns the conversation speaks, nobody else. While a person has it, or is awaited, the bot is silent; only a
   hand-back lets it speak again. An idle person's lease ends in waiting, not in the bot.
6. The order of a turn is a table (`contact.TURN`), the life of an episode is a table (`episode.TRANSITIONS`), the kinds
   of step are a table (`nodes.registry.KINDS`). Behaviour is added there.
7. Nothing a contact can text raises. What an author got wrong ends the session as failed, asks for a person and says so
   in the record; so do the limits on steps in a turn and turns in a session.
8. Consent is not decided here. A text gets here only after `compliance` has had it.

When a person holds the conversation and the contact writes, the episode is waiting_on_agent: the next word is the
person's. When the person has replied it is waiting_on_customer. A session that ends completes the episode, unless a
person has it or is awaited; the next text begins another.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from textback.engine import (
    awaited,
    by_text,
    contact,
    giving,
    holding,
    numbers,
    people,
    programs,
    replying,
    results,
    snoozing,
    timing,
)
from textback.engine.arrivals import (
    AgentReply,
    AgreedByText,
    AnyArrival,
    ApiEvent,
    ApiSend,
    AskedByText,
    AskFor,
    Assign,
    CameByText,
    CanText,
    Complete,
    ContactChange,
    DeliveryStatus,
    Give,
    HandBack,
    HandOver,
    JobResult,
    Message,
    Note,
    Renew,
    Reopen,
    SetPriority,
    SettleDraft,
    SettleOptOut,
    Snooze,
    StartFlow,
    Takeover,
    TimerFired,
    Unsnooze,
)
from textback.engine.bot import Bot
from textback.engine.context import Context, LimitHit, Visit, copy
from textback.engine.disclosing import disclose
from textback.engine.effects import AnyEffect, Check, Event, Send, UpdateDelivery
from textback.engine.episode import after
from textback.engine.named_send import send_named
from textback.engine.state import State
from textback.engine.template import RenderError


class Turn(msgspec.Struct):
    """What became of one arrival. `checks` is the trace of a contact's text: what was asked of it, in order. `path` has
    the steps that ran, for the coverage of tests; it is not kept."""

    state: State
    effects: list[AnyEffect]
    events: list[Event]
    checks: list[Check]
    path: list[Visit] = []


def _status(ctx: Context, arrival: DeliveryStatus) -> None:
    ctx.effects.append(
        UpdateDelivery(
            arrival.provider_id, arrival.status, arrival.message_id, arrival.code, arrival.detail, arrival.channel
        )
    )


def _api_send(ctx: Context, arrival: ApiSend) -> None:
    if ctx.bot.answers == "program" and ctx.state.owner.kind == "bot":
        ctx.happens("said")
    if arrival.template:
        send_named(ctx, arrival)
        return
    ctx.effects.append(
        Send(
            arrival.text,
            author="api",
            author_name=arrival.key_name,
            message_class=arrival.message_class,
            media=arrival.media,
            source="api",
            message_id=arrival.message_id,
            programme=arrival.programme,
            send_at=arrival.send_at,
            channel=arrival.channel,
        )
    )


NONE: Mapping[int, Bot] = {}

#: Who handles what.
HANDLERS: dict[type, Callable[[Context, Any], None]] = {
    Message: contact.hear,
    TimerFired: timing.fire,
    ApiEvent: awaited.happen,
    Takeover: people.take_over,
    AgentReply: people.reply,
    HandBack: people.hand_back,
    HandOver: people.hand_over,
    Give: giving.give,
    Assign: holding.assign,
    AskFor: holding.ask_for,
    Renew: holding.renew,
    Note: holding.note,
    Complete: people.complete,
    Snooze: snoozing.snooze,
    Unsnooze: snoozing.unsnooze,
    SetPriority: snoozing.set_priority,
    Reopen: snoozing.reopen,
    SettleOptOut: people.settle_opt_out,
    CanText: numbers.can_text,
    SettleDraft: replying.settle_draft,
    ApiSend: _api_send,
    StartFlow: programs.start,
    ContactChange: programs.change,
    DeliveryStatus: _status,
    JobResult: results.arrive,
    AskedByText: by_text.ask,
    AgreedByText: by_text.agree,
    CameByText: by_text.come,
}


def step(
    bot: Bot, state: State, arrival: AnyArrival, now: int, *, session_id: str, older: Mapping[int, Bot] = NONE
) -> Turn:
    """Handle one arrival at `now` (ms).

    `bot` is the current version, `older` the others that open and parked sessions began with, by number. `session_id`
    names the session that this turn may start.
    """
    ctx = Context(bot, older, state, now, session_id)
    try:
        HANDLERS[type(arrival)](ctx, arrival)
        if ctx.state.parked:
            awaited.come_back(ctx)
    except LimitHit as limit:
        ctx.fail("limit", limit=limit.limit, most=limit.most)
    except RenderError as error:
        ctx.fail("template", error=str(error))
    disclose(ctx)
    ctx.close_books()
    return Turn(ctx.state, ctx.effects, ctx.events, ctx.checks, ctx.path)


def close_session(state: State, outcome: str) -> tuple[State, list[Event]]:
    """The state without its session, and the events that say so. For opting out, and for turns that broke.

    Timers are the caller's to cancel.
    """
    closed = copy(state)
    events: list[Event] = []
    session, closed.session = closed.session, None
    if session is not None:
        data = {"session": session.id, "flow": session.flow, "step": session.step, "outcome": outcome}
        events.append(Event("session_ended", data))
    for parked in closed.parked:
        data = {"session": parked.id, "flow": parked.flow, "step": parked.step, "outcome": outcome}
        events.append(Event("session_ended", data))
    closed.parked, closed.offered = [], False
    closed.thinking = closed.draft = None
    if closed.owner.kind == "bot":
        status = closed.episode.status
        closed.episode.status = after(status, "finished")
        if closed.episode.status != status:
            events.append(Event("episode_status", {"from": status, "to": closed.episode.status}))
    return closed, events
