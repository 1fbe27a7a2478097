"""What one arrival means: consent first, then the engine. Pure, and the only place where the two meet.

The served turn, the terminal chat, the simulator and the conversation tests all go through `decide`.
"""

from collections.abc import Mapping

import msgspec

from textback.compliance.consent import CONFIRM_WITHIN, Brand, Verdict, consider, goodbye
from textback.compliance.limits import OFF, Guard, note_reply
from textback.core.errors import TextbackError
from textback.core.when import MINUTE
from textback.engine import serving, snoozing
from textback.engine.arrivals import (
    AnyArrival,
    ApiEvent,
    CameByText,
    ConsentChange,
    DeliveryStatus,
    Message,
    SettleOptOut,
    StartFlow,
    TimerFired,
)
from textback.engine.bot import Bot, Escalation
from textback.engine.context import OWNER_IDLE, Context, copy
from textback.engine.effects import AnyEffect, CancelQueued, CancelTimers, Check, Event, RecordConsent, Send, SetTimer
from textback.engine.nodes.ask import Ask
from textback.engine.reasons import TURN_FAILED
from textback.engine.state import Handoff, State
from textback.engine.step import NONE, Turn, close_session, step
from textback.pipeline import opting, reaching
from textback.pipeline.stop_hint import remind

CONSENT_ROW = "Stop, start and help words"
GUARD_ROW = "Too many replies"
LATE_ROW = "Late"
DOUBT_ROW = "Signature"
DOUBTS = {
    "unsigned": "Not the provider's; taken in because the line only logs signatures",
    "redriven": "Right, when it was taken out of quarantine",
}


class Standing(msgspec.Struct, frozen=True):
    """What a turn must know that is not in the conversation's state."""

    opted_out: bool
    provider_keywords: Mapping[str, frozenset[str]]
    received_at: int
    guard: Guard = OFF
    late: bool = False  # it came so long after it was sent that a program must not answer it
    overtaken: bool = False  # they have opted out since it was sent
    bad_numbers: Mapping[str, str] = {}  # the provider's codes that say that a number can't get texts, with why


def decide(
    bot: Bot,
    state: State,
    arrival: AnyArrival,
    now: int,
    standing: Standing,
    *,
    session_id: str,
    older: Mapping[int, Bot] = NONE,
) -> Turn:
    """Handle one arrival: the new state, the effects, the record and the trace. Nothing a contact does raises."""
    turn = _decided(bot, state, arrival, now, standing, session_id, older)
    if state.handoff is not None or turn.state.handoff is not None:
        turn.effects += serving.keep(bot, state, turn.state, now, session_id)
    if bot.stop_hint:
        remind(bot, turn, now)
    if turn.state.snoozed is not None or turn.state.back_at or turn.state.priority != "normal":
        snoozing.settle(state, turn.state, arrival, turn.effects, turn.events)
    if state.bad_number is not None or (isinstance(arrival, DeliveryStatus) and arrival.code):
        reaching.settle(turn, arrival, now, standing.bad_numbers)
    doubt = arrival.doubt if isinstance(arrival, Message | DeliveryStatus) else ""
    if doubt:
        turn.checks.insert(0, Check(DOUBT_ROW, DOUBTS[doubt], hit=doubt == "unsigned"))
        turn.events.append(Event("doubted", {"doubt": doubt}))
    return turn


def _decided(
    bot: Bot, state: State, arrival: AnyArrival, now: int, standing: Standing, session_id: str, older: Mapping[int, Bot]
) -> Turn:
    if isinstance(arrival, ConsentChange):
        if arrival.change == "opt_in":
            return opting.brought(bot, state, arrival, now, opted_out=standing.opted_out)
        return _opt_out_brought(bot, state, arrival, now)
    if isinstance(arrival, TimerFired) and arrival.key == opting.TIMER:
        return opting.expired(state, arrival, now)
    if isinstance(arrival, Message):
        verdict = verdict_on(bot, arrival, now, standing)
        if verdict.action == "opt_in" and (doubt := arrival.doubt or ("overtaken" if standing.overtaken else "")):
            return _doubted_opt_in(state, verdict, now, doubt)
        if verdict.action == "hold":
            return _unsure(bot, older, state, arrival, now, session_id, verdict)
        joined = opting.heard(bot, state, arrival, now, verdict, opted_out=standing.opted_out)
        if joined is not None:
            return joined
        if verdict.action != "none":
            return _consent_turn(bot, state, verdict, now, standing.opted_out, arrival.text)
        row = Check(CONSENT_ROW, verdict.result)
        if standing.late and state.owner.kind == "bot":
            return _late(bot, older, state, arrival, now, row)
        turn = step(bot, state, arrival, now, session_id=session_id, older=older)
        turn.checks.insert(0, row)
        if standing.late:
            turn.events.append(_late_event(arrival, now))
        if standing.guard == OFF or standing.opted_out:
            return turn
        return _guarded(bot, older, state, arrival, turn, now, standing.guard)
    if isinstance(arrival, ApiEvent) and standing.opted_out:
        bot = msgspec.structs.replace(bot, events={})  # nothing begins that could not be said
    if isinstance(arrival, StartFlow) and standing.opted_out:
        refused = Event("flow_refused", {"flow": arrival.flow, "by": arrival.key_name, "why": "opted_out"})
        return Turn(copy(state), [], [refused], [])
    if isinstance(arrival, CameByText) and standing.opted_out:
        return Turn(copy(state), [], [], [])
    turn = step(bot, state, arrival, now, session_id=session_id, older=older)
    if isinstance(arrival, SettleOptOut) and arrival.opted_out and state.opt_out_unsure and not standing.opted_out:
        return _settled(bot, turn, state.opt_out_unsure, now)
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


def verdict_on(bot: Bot, text: Message, now: int, standing: Standing) -> Verdict:
    """What a text means for consent."""
    return consider(
        text.text,
        flagged=text.keyword,
        opted_out=standing.opted_out,
        provider_keywords=standing.provider_keywords,
        brand=Brand(bot.name, bot.phone, bot.email, bot.frequency),
        received_at=standing.received_at,
        now=now,
        help_text=bot.help_text or None,
    )


def _opt_out(rule: str, matched_by: str, keyword: str) -> list[AnyEffect]:
    """O6: suppress, withdraw what waits, forget timers."""
    return [RecordConsent("opt_out", rule, matched_by, keyword), CancelQueued("O6"), CancelTimers()]


def _opt_out_brought(bot: Bot, state: State, arrival: ConsentChange, now: int) -> Turn:
    """O10: an opt-out by a form, a program or a person is the same as a STOP, but that no text answers it."""
    closed, events = close_session(state, "opted_out")
    closed.asked = []
    record = RecordConsent("opt_out", "O10", "human", "", arrival.evidence, arrival.occurred_at, None, arrival.words)
    events.append(Event("opted_out", {"rule": "O10", "matched_by": "human", "by": arrival.evidence.actor}))
    rest = [CancelQueued("O6"), CancelTimers(), *_lease(bot, closed, now)]
    return Turn(closed, [record, *rest], events, [])


def _lease(bot: Bot, state: State, now: int) -> list[AnyEffect]:
    """A person who has the conversation keeps it through an opt-out, but not for ever."""
    return [SetTimer(OWNER_IDLE, now + bot.owner_idle)] if state.owner.kind == "person" else []


def _consent_turn(bot: Bot, state: State, verdict: Verdict, now: int, opted_out: bool, text: str) -> Turn:
    effects: list[AnyEffect] = []
    events: list[Event] = []
    data = {"rule": verdict.rule, "matched_by": verdict.matched_by, "keyword": verdict.keyword}
    unsure = state.opt_out_unsure if verdict.action == "help" else 0
    state = msgspec.structs.replace(state, last_inbound_at=now, opt_out_unsure=unsure)
    if verdict.action == "opt_out":
        state, events = close_session(state, "opted_out")
        state.asked = []
        effects += _opt_out(verdict.rule, verdict.matched_by, verdict.keyword) + _lease(bot, state, now)
        if opted_out:
            # All that can still wait for them is the confirmation of their first STOP, and it must go (O7).
            effects = [effect for effect in effects if not isinstance(effect, CancelQueued)]
        events.append(Event("opted_out", data))
        if (verdict.more or verdict.rule == "D4") and state.owner.kind == "bot":
            events.append(_pass_on(state, text, now, "opted_out_asked" if verdict.more else "wrong_person"))
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


def _pass_on(state: State, text: str, now: int, reason: str) -> Event:
    """They asked for something else as well (O4), or are not whom we mean (D4). Nothing may be texted to them any more,
    so a person sees to it."""
    state.owner = msgspec.structs.replace(state.owner, kind="nobody", since=now)
    state.handoff = Handoff(reason, asked_at=now, ask=text)
    state.episode = msgspec.structs.replace(state.episode, status="waiting_on_agent")
    return Event("escalated", {"reason": reason, "queue": "", "stopped_at": ""})


def _unsure(
    bot: Bot,
    older: Mapping[int, Bot],
    state: State,
    arrival: Message,
    now: int,
    session_id: str,
    verdict: Verdict,
) -> Turn:
    """They may have opted out (O3): nobody but a person answers, and nothing else goes until one has settled it."""
    event = Event("opt_out_unsure", {"words": verdict.keyword, "matched_by": verdict.matched_by})
    row = Check(CONSENT_ROW, verdict.result, hit=True)
    if state.owner.kind != "bot":  # the bot is quiet anyway, and a person has it or is awaited
        turn = step(bot, state, arrival, now, session_id=session_id, older=older)
        turn.state.opt_out_unsure = now
        turn.events.append(event)
        turn.checks.insert(0, row)
        return turn
    ctx = _silent(bot, older, state, arrival, now, "opt_out_unsure")
    ctx.state.opt_out_unsure = now
    return Turn(ctx.state, ctx.effects, [*ctx.events, event], [row])


def _settled(bot: Bot, turn: Turn, asked_at: int, now: int) -> Turn:
    """A person says that they have opted out (O10); it is confirmed to them in time or not at all (O7)."""
    closed, events = close_session(turn.state, "opted_out")
    effects = [*turn.effects, *_opt_out("O10", "human", ""), *_lease(bot, closed, now)]
    if now < asked_at + CONFIRM_WITHIN:
        text = goodbye(Brand(bot.name, bot.phone, bot.email, bot.frequency))
        until = asked_at + CONFIRM_WITHIN
        effects.append(Send(text, message_class="compliance", source="consent.opt_out", expires_at=until))
    opted_out = Event("opted_out", {"rule": "O10", "matched_by": "human", "keyword": ""})
    return Turn(closed, effects, [*turn.events, *events, opted_out], turn.checks)


def _doubted_opt_in(state: State, verdict: Verdict, now: int, doubt: str) -> Turn:
    """Honouring a STOP that nobody sent does no harm; honouring a START that nobody sent, or that is older than a STOP,
    texts somebody who does not want it. So it changes nothing (O8): they can text START again."""
    data = {"keyword": verdict.keyword, "matched_by": verdict.matched_by, "doubt": doubt}
    row = Check(CONSENT_ROW, "Opt-in, not counted", hit=True)
    return Turn(msgspec.structs.replace(state, last_inbound_at=now), [], [Event("opt_in_refused", data)], [row])


def _guarded(
    bot: Bot, older: Mapping[int, Bot], before: State, arrival: Message, turn: Turn, now: int, guard: Guard
) -> Turn:
    """The turn, when its replies may go. Else another in its place: the text is kept, nothing is said, and a person is
    asked for, so that two programs do not talk to each other for ever."""
    answers = [effect.text for effect in turn.effects if isinstance(effect, Send) and effect.author == "bot"]
    if not answers:
        return turn
    if turn.state.owner.kind != "bot":  # the bot has fallen silent by itself
        turn.state.tally = None
        return turn
    turn.state.tally, why = note_reply(before.tally, now, arrival.text, answers, guard)
    if not why:
        return turn
    ctx = _silent(bot, older, before, arrival, now, "loop_guard")
    data = {"why": why, "most": guard.replies if why == "replies" else guard.repeats}
    events = [Event("loop_guard", {**e.data, **data}) if e.kind == "escalated" else e for e in ctx.events]
    said = "the same exchange again and again" if why == "repeated" else f"more than {guard.replies} in an hour"
    return Turn(ctx.state, ctx.effects, events, [turn.checks[0], Check(GUARD_ROW, said, hit=True)])


def _silent(bot: Bot, older: Mapping[int, Bot], before: State, arrival: Message, now: int, reason: str) -> Context:
    """A turn in which nothing is said: the text is kept and a person is asked for."""
    ctx = Context(bot, older, before, now, "")
    ctx.heard = arrival.text
    step = ctx.open_question()
    if isinstance(step, Ask) and step.sensitive:
        ctx.mask()
    ctx.state.last_inbound_at = now
    ctx.state.tally = None  # whoever hands it back to the bot has looked at it
    ctx.begin_episode()
    ctx.happens("text")
    ctx.escalate(Escalation(), reason, f"bot.{reason}", "")
    ctx.close_books()
    return ctx


def _late(bot: Bot, older: Mapping[int, Bot], before: State, arrival: Message, now: int, row: Check) -> Turn:
    """A text that comes hours late was meant for another moment: a person decides what it is worth now."""
    ctx = _silent(bot, older, before, arrival, now, "late")
    events = [_late_event(arrival, now) if event.kind == "escalated" else event for event in ctx.events]
    return Turn(ctx.state, ctx.effects, events, [row, Check(LATE_ROW, "it came too late to be answered", hit=True)])


def _late_event(arrival: Message, now: int) -> Event:
    return Event("late_message", {"sent_at": arrival.sent_at, "minutes": (now - (arrival.sent_at or now)) // MINUTE})


def asks_for_secret(bot: Bot, state: State, now: int) -> bool:
    """Whether what they say now answers a question that is sensitive, or may do."""
    if state.session is None:
        return False
    try:
        step = Context(bot, {}, state, now, "").open_question()
    except Exception:  # of a version that is gone, or one that broke the turn: nobody knows
        return True
    return not isinstance(step, Ask) or step.sensitive


def failed_turn(state: State, now: int, error: Exception) -> Turn:
    """The turn of an arrival that broke the engine: the session ends, a person is asked for, nothing hangs."""
    closed, events = close_session(state, "failed")
    closed.owner = msgspec.structs.replace(closed.owner, kind="nobody", user_id="", name="", since=now)
    if closed.handoff is None:
        closed.handoff = Handoff(TURN_FAILED, asked_at=now)
    closed.episode = msgspec.structs.replace(closed.episode, status="waiting_on_agent")
    reason = error.message if isinstance(error, TextbackError) else type(error).__name__
    return Turn(closed, [], [*events, Event("turn_failed", {"error": reason})], [])
