"""A web chat goes on by text: its visitor has given a number, and the person there has said YES.

The web chat and the text conversation are two conversations, and no turn sees both. So it is three steps, each an
arrival that the turn before has caused: YES, in the text conversation; leaving, in the web chat, which says where it
goes on and gives up what was open; and coming, in the text conversation, which takes that over. What is open is always
in one of them alone.
"""

import msgspec

from textback.engine.advance import advance
from textback.engine.arrivals import AgreedByText, AnyArrival, Arrival, AskedByText, CameByText, ConsentChange
from textback.engine.awaited import wait_on
from textback.engine.by_text_words import by_text_words
from textback.engine.context import MOST_PARKED, OWNER_IDLE, Context, copy
from textback.engine.effects import AnyEffect, CancelTimers, Perform, Send, SetTimer
from textback.engine.nodes.registry import asking
from textback.engine.people import renew_lease
from textback.engine.results import ready, settle
from textback.engine.state import Chat, Leaving, Owner, Session, State

CARRY = "by-text"
"""The action of jobs that bring an arrival to another conversation. No action of an author's can be called so."""
TO, WHAT = "to", "arrival"
"""Its arguments: the other contact, and the arrival."""
TIMER = "by_text"
AGAIN = 1_000
"""Time (ms) until a chat looks again whether what it waits for has come, so that it can leave."""
TIMEOUT, RETRIES = 20_000, 6
SOURCE = "bot.by_text"


def carry(to: str, arrival: Arrival, job: str, version: int) -> Perform:
    """Bring an arrival to the conversation of another contact, once. Whoever does it adds from whom it comes."""
    what = msgspec.to_builtins(arrival)
    return Perform(job, "", version, SOURCE, CARRY, {TO: to, WHAT: what}, job, TIMEOUT, RETRIES)


def busy(state: State) -> bool:
    """Whether a conversation has something of its own that must not be overwritten: a person, or a flow."""
    return state.owner.kind != "bot" or state.session is not None or bool(state.parked) or state.thinking is not None


def asks(act: AnyArrival) -> bool:
    """Whether the person at a number is to be asked whether a web chat goes on there."""
    return isinstance(act, ConsentChange) and act.chat is not None


def brought(act: AnyArrival) -> State | None:
    """The sessions that an arrival brings along; None where it is another one."""
    return State(session=act.session, parked=list(act.parked)) if isinstance(act, CameByText) else None


def said_yes(state: State, chat: Chat, locale: str, version: int) -> list[AnyEffect]:
    """What follows from the YES of the person at the number that a web chat's visitor gave."""
    free = not busy(state)
    arrival = AgreedByText(chat.request, digits=chat.digits, free=free)
    effects: list[AnyEffect] = [carry(chat.contact_id, arrival, f"{chat.request}-yes", version)]
    if not free and state.owner.kind == "bot":
        effects.append(Send(by_text_words(locale).first, source=SOURCE))
    return effects


def ask(ctx: Context, act: AskedByText) -> None:
    """The visitor has asked for a text to go on by. Nothing changes before the person at that number says YES."""
    ctx.state.leaving = Leaving(act.request)
    ctx.event("asked_by_text", digits=act.digits)


def agree(ctx: Context, act: AgreedByText) -> None:
    """The person at the number has said YES: the chat leaves, if it was the number of its visitor's newest request."""
    leaving = ctx.state.leaving
    if leaving is None or leaving.request != act.request:
        nothing = CameByText(act.request)
        ctx.effects.append(carry(act.contact_id, nothing, f"{act.request}-come", ctx.bot.version))
        return
    if not act.free:
        ctx.state.leaving = None
        ctx.event("agreed_by_text", contact=act.contact_id)
        return
    ctx.state.leaving = Leaving(act.request, act.contact_id, act.digits)
    leave(ctx)


def leave(ctx: Context) -> None:
    """Give up what is open, for the text conversation to take over. What another system is being asked for comes here,
    so it is waited for."""
    state, leaving = ctx.state, ctx.state.leaving
    if leaving is None or not leaving.to:
        return
    mine = [*state.parked, *([state.session] if state.session is not None else ())]
    if state.thinking is not None or any(one.pending is not None and not one.pending.came for one in mine):
        ctx.effects.append(SetTimer(TIMER, ctx.now + AGAIN))
        return
    left = copy(state)
    held = left.owner.kind != "bot"
    came = CameByText(
        leaving.request, "", True, left.fields, tuple(left.tags), left.session, tuple(left.parked),
        left.owner if held else None, left.handoff if held else None,
    )  # fmt: skip
    ctx.begin_episode()
    ctx.say(by_text_words(ctx.locale).moved.format(digits=leaving.digits), SOURCE)
    for one in state.parked:
        ctx.event("session_ended", session=one.id, flow=one.flow, step=one.step, outcome="moved_to_text")
    state.parked, state.offered, state.unclear, state.meant, state.draft = [], False, [], "", None
    if held:
        state.owner, state.handoff = Owner("bot", since=ctx.now), None
        ctx.effects.append(CancelTimers((OWNER_IDLE,)))
    ctx.end_session("moved_to_text")
    state.leaving = None
    ctx.event("moved_to_text", contact=leaving.to)
    ctx.effects.append(carry(leaving.to, came, f"{leaving.request}-come", ctx.bot.version))


def come(ctx: Context, act: CameByText) -> None:
    """Take over what the web chat has given up, and go on at the same step. Raises LimitHit and RenderError."""
    state, words = ctx.state, by_text_words(ctx.locale)
    taken = busy(state)
    ctx.begin_episode()
    if act.moved:
        for name, value in act.fields.items():
            if name not in state.fields:
                ctx.set_field(name, value)
        state.tags = sorted({*state.tags, *act.tags})
        ctx.event("came_by_text", contact=act.contact_id)
    theirs = copy(State(session=act.session, parked=list(act.parked), handoff=act.handoff))
    if taken:  # since they said YES
        _wait_behind(ctx, theirs)
        return
    ctx.noted.append(words.here)
    for one in [*theirs.parked, *([theirs.session] if theirs.session is not None else ())]:
        _begun(ctx, one)
    state.parked = theirs.parked
    if act.owner is not None:
        _held(ctx, act.owner, theirs)
        return
    if theirs.session is not None:
        state.parked.append(theirs.session)
        if ctx.unpark():
            _go_on(ctx)
    if ctx.noted:
        ctx.say("", SOURCE)
    if state.handoff is None:
        ctx.happens("said")


def _begun(ctx: Context, session: Session) -> None:
    ctx.event("session_started", session=session.id, flow=session.flow, version=session.version)


def _wait_behind(ctx: Context, theirs: State) -> None:
    """Something else has begun here meanwhile: what has come waits until that is over."""
    state = ctx.state
    if state.owner.kind != "bot":  # whoever has it sees the chat
        return
    mine = [*theirs.parked, *([theirs.session] if theirs.session is not None else ())]
    room = MOST_PARKED - len(state.parked)
    for one in mine[len(mine) - room :] if room else ():
        one.parked_at = ctx.now
        _begun(ctx, one)
        state.parked.insert(0, one)


def _held(ctx: Context, owner: Owner, theirs: State) -> None:
    """A person had the chat, or was awaited there: so it is here. Its limits begin anew."""
    state = ctx.state
    ctx.say("", SOURCE)
    state.session = theirs.session
    state.owner = Owner(owner.kind, owner.user_id, owner.name, ctx.now)
    if theirs.handoff is not None:
        was = theirs.handoff
        state.handoff = msgspec.structs.replace(
            was, since=0, span=0, timed_from=0, due_at=0, settle_by=0, late=[], late_at=0, moved=False, answered_at=0
        )
        ctx.event("escalated", reason=was.reason, queue=was.queue, stopped_at=was.stopped_at)
    if owner.kind == "person":
        ctx.event("taken_over", user=owner.user_id, name=owner.name, **{"from": "chat"})
        renew_lease(ctx)
    ctx.happens("needs_person")


def _go_on(ctx: Context) -> None:
    """The session goes on where it stood: its question is asked again, or it waits on."""
    session = ctx.session
    session.nudged, session.opening = False, None
    question = ctx.open_question()
    if session.sleeping:
        wait_on(ctx)
    elif question is None and ready(ctx):
        settle(ctx)
    elif question is None:
        advance(ctx, session.step)
    else:
        ctx.put(question, asking(question).words(ctx, question))
