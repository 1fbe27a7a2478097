"""What one arrival means: consent first, then the engine. Pure, and the only place where the two meet.

The served turn, the terminal chat, the simulator and the conversation tests all go through `decide`.
"""

from collections.abc import Mapping

import msgspec

from textback.compliance.consent import Brand, Verdict, consider
from textback.core.errors import TextbackError
from textback.engine.arrivals import AnyArrival, DeliveryStatus, Message
from textback.engine.bot import Bot
from textback.engine.context import OWNER_IDLE
from textback.engine.effects import AnyEffect, CancelQueued, CancelTimers, Check, Event, RecordConsent, Send, SetTimer
from textback.engine.state import State
from textback.engine.step import Turn, close_session, step

CONSENT_ROW = "Stop, start and help words"


class Standing(msgspec.Struct, frozen=True):
    """What a turn must know that is not in the conversation's state."""

    opted_out: bool
    provider_keywords: Mapping[str, frozenset[str]]
    received_at: int


def decide(
    bot: Bot,
    state: State,
    arrival: AnyArrival,
    now: int,
    standing: Standing,
    *,
    session_id: str,
    pinned: Bot | None = None,
) -> Turn:
    """Handle one arrival: the new state, the effects, the record and the trace. Nothing a contact does raises."""
    if isinstance(arrival, Message):
        verdict = consider(
            arrival.text,
            flagged=arrival.keyword,
            opted_out=standing.opted_out,
            provider_keywords=standing.provider_keywords,
            brand=Brand(bot.name, bot.phone, bot.email, bot.frequency),
            received_at=standing.received_at,
            now=now,
            help_text=bot.help_text or None,
        )
        if verdict.action != "none":
            return _consent_turn(bot, state, verdict, now, standing.opted_out)
        row = Check(CONSENT_ROW, verdict.result)
        turn = step(bot, state, arrival, now, session_id=session_id, pinned=pinned)
        turn.checks.insert(0, row)
        return turn
    turn = step(bot, state, arrival, now, session_id=session_id, pinned=pinned)
    if isinstance(arrival, DeliveryStatus) and arrival.opted_out and not standing.opted_out:
        # V2: the provider says that they opted out there, so they have opted out here.
        closed, events = close_session(turn.state, "opted_out")
        turn = Turn(
            closed,
            [*turn.effects, *_opt_out("V2", "provider", ""), *_lease(bot, closed, now)],
            [*turn.events, *events],
            turn.checks,
        )
        turn.events.append(Event("opted_out", {"rule": "V2", "matched_by": "provider"}))
    return turn


def _opt_out(rule: str, matched_by: str, keyword: str) -> list[AnyEffect]:
    """O6: suppress, withdraw what waits, forget timers."""
    return [RecordConsent("opt_out", rule, matched_by, keyword), CancelQueued("O6"), CancelTimers()]


def _lease(bot: Bot, state: State, now: int) -> list[AnyEffect]:
    """A person who has the conversation keeps it through an opt-out, but not for ever."""
    return [SetTimer(OWNER_IDLE, now + bot.owner_idle)] if state.owner.kind == "person" else []


def _consent_turn(bot: Bot, state: State, verdict: Verdict, now: int, opted_out: bool) -> Turn:
    effects: list[AnyEffect] = []
    events: list[Event] = []
    data = {"rule": verdict.rule, "matched_by": verdict.matched_by, "keyword": verdict.keyword}
    state = msgspec.structs.replace(state, last_inbound_at=now)
    if verdict.action == "opt_out":
        state, events = close_session(state, "opted_out")
        effects += _opt_out(verdict.rule, verdict.matched_by, verdict.keyword) + _lease(bot, state, now)
        if opted_out:
            # All that can still wait for them is the confirmation of their first STOP, and it must go (O7).
            effects = [effect for effect in effects if not isinstance(effect, CancelQueued)]
        events.append(Event("opted_out", data))
    elif verdict.action == "opt_in":
        effects.append(RecordConsent("re_opt_in", verdict.rule, verdict.matched_by, verdict.keyword))
        events.append(Event("opted_in", data))
    else:
        events.append(Event("help_asked", data))
    if verdict.reply:
        effects.append(
            Send(
                verdict.reply,
                message_class="compliance",
                source=f"consent.{verdict.action}",
                expires_at=verdict.reply_expires_at,
            )
        )
    return Turn(state, effects, events, [Check(CONSENT_ROW, verdict.result, hit=True)])


def failed_turn(state: State, now: int, error: Exception) -> Turn:
    """The turn of an arrival that broke the engine: the session ends, a person is asked for, nothing hangs."""
    closed, events = close_session(state, "failed")
    closed.owner = msgspec.structs.replace(closed.owner, kind="nobody", user_id="", name="", since=now)
    closed.episode = msgspec.structs.replace(closed.episode, status="waiting_on_agent")
    reason = error.message if isinstance(error, TextbackError) else type(error).__name__
    return Turn(closed, [], [*events, Event("turn_failed", {"error": reason})], [])
