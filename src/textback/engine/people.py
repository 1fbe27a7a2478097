"""What people at the desk, and programs like them, do to a conversation. Whoever owns it speaks; nobody else may until
they let go."""

from textback.engine.advance import advance
from textback.engine.arrivals import AgentReply, AskFor, Assign, Complete, HandBack, HandOver, SettleOptOut, Takeover
from textback.engine.awaited import catch_up, wait_on, waits_for_event
from textback.engine.bot import Escalation
from textback.engine.context import OWNER_IDLE, Context
from textback.engine.effects import CancelQueued, CancelTimers, SetTimer
from textback.engine.episode import OVER
from textback.engine.named_send import said_by
from textback.engine.nodes.registry import asking
from textback.engine.results import ready, settle
from textback.engine.state import Owner
from textback.engine.thinking import stop_thinking
from textback.engine.urgency import end_handoff

Act = AgentReply | AskFor | Assign | Complete | HandBack | HandOver | SettleOptOut | Takeover
TAKEN = "taken"
"""The rule of a text of the bot that was withdrawn because a person took the conversation."""


def refused(ctx: Context, act: Act, kind: str, **more: str) -> bool:
    """Whether another person holds it; then the record says who and since when."""
    owner = ctx.state.owner
    if owner.kind != "person" or owner.user_id == act.user_id:
        return False
    ctx.event(
        kind,
        user=act.user_id,
        name=act.user_name,
        holder=owner.name,
        holder_id=owner.user_id,
        since=owner.since,
        **more,
    )
    return True


def renew_lease(ctx: Context) -> None:
    """A takeover is a lease: without a sign of life it ends."""
    ctx.effects.append(SetTimer(OWNER_IDLE, ctx.now + ctx.bot.owner_idle))


def hush(ctx: Context) -> None:
    """The bot says no more: what it has thought of, waits to remind of or has queued does not go. What it asked other
    systems for goes on, and its result waits for the bot's turn."""
    stop_thinking(ctx)
    ctx.begin_episode()
    ctx.cancel_timers()
    if ctx.state.owner.kind != "person":
        ctx.effects.append(CancelQueued(TAKEN, "bot"))


def _take(ctx: Context, act: Act) -> None:
    before = ctx.state.owner
    hush(ctx)
    ctx.state.owner = Owner("person", act.user_id, act.user_name, ctx.now)
    ctx.happens("taken")
    data = {"user": act.user_id, "name": act.user_name, "from": before.kind}
    if before.kind == "person":
        data["from_name"] = before.name
    ctx.event("taken_over", **data)


def take_over(ctx: Context, act: Takeover) -> None:
    """The person has it from now on. The session stays where it is, so that it can go on later."""
    if not act.force and refused(ctx, act, "takeover_refused"):
        return
    if ctx.state.owner.user_id != act.user_id:
        _take(ctx, act)
    renew_lease(ctx)


def reply(ctx: Context, act: AgentReply) -> None:
    """The person texts the contact. Speaking takes the conversation unless another person holds it. A text
    that was written before the contact's newest one was seen does not go."""
    if refused(ctx, act, "reply_refused", message=act.message_id):
        return
    if act.after is not None and act.after != ctx.state.last_reply:
        # Another tab or phone of theirs was faster. Two answers to one text are worse than a second look.
        ctx.event("reply_refused", user=act.user_id, name=act.user_name, message=act.message_id, why="answered")
        return
    if act.heard and ctx.state.last_inbound_at > act.heard:
        ctx.event("reply_overtaken", user=act.user_id, name=act.user_name, message=act.message_id)
        return
    send = said_by(ctx, act)
    if send is None:
        return
    if ctx.state.owner.user_id != act.user_id:
        _take(ctx, act)
    ctx.effects.append(send)
    ctx.state.last_reply = act.message_id
    ctx.happens("said")
    renew_lease(ctx)


def hand_back(ctx: Context, act: HandBack) -> None:
    """The bot may speak again. `ask` puts the open question once more, `step` carries on at a step of the flow, `wait`
    is quiet until the contact writes, `end` ends the session."""
    if ctx.state.owner.kind == "bot" or refused(ctx, act, "hand_back_refused"):
        return
    if act.mode == "step" and (ctx.state.session is None or act.step not in ctx.running.steps):
        ctx.event("hand_back_refused", user=act.user_id, name=act.user_name, why="no_step")
        return
    settle_opt_out(ctx, SettleOptOut(act.user_id, act.user_name, False))
    ctx.effects.append(CancelTimers((OWNER_IDLE,)))
    ctx.state.owner = Owner("bot", since=ctx.now)
    end_handoff(ctx.state)
    ctx.state.draft = None
    where = {"step": act.step} if act.mode == "step" else {}
    ctx.event("handed_back", user=act.user_id, name=act.user_name, mode=act.mode, **where)
    if act.tell:  # before what the bot says now, in the same text
        ctx.noted.append(ctx.phrases.back)
    _go_on(ctx, act)
    if ctx.noted:
        ctx.say("", "bot.back")
    catch_up(ctx)


def _go_on(ctx: Context, act: HandBack) -> None:
    """The session that was open, as the person chooses."""
    session = ctx.state.session
    if act.mode == "end":
        ctx.end_session("handed_back")
    elif session is None:
        ctx.happens("said")
    elif act.mode == "step":
        session.tries, session.between, session.confirming, session.nudged = 0, [], "", False
        advance(ctx, act.step)
        if ctx.state.owner.kind == "bot":
            ctx.happens("said")
    else:
        session.tries = 0
        if waits_for_event(ctx):  # that is not the bot's to say, so it may come yet
            wait_on(ctx)
            ctx.happens("said")
            return
        if session.sleeping:  # its timer is gone: what it waited for was for the bot alone to say
            session.sleeping, session.step = False, ctx.running.steps[session.step].next
        step = ctx.open_question()
        if ready(ctx) and (step is None or act.mode == "ask"):
            settle(ctx)
        elif step is None and session.pending is not None:
            pass  # it is still asked
        elif step is None:
            if act.mode == "ask":
                advance(ctx, session.step)
        elif act.mode == "ask":
            ctx.put(step, asking(step).words(ctx, step))
        else:
            ctx.set_timers(step)
        if ctx.state.owner.kind == "bot":
            ctx.happens("said")


def hand_over(ctx: Context, act: HandOver) -> None:
    """A program gives it to people, from the bot or from itself. Where they are asked for already, nothing changes."""
    owner = ctx.state.owner
    if owner.kind == "nobody" or refused(ctx, act, "hand_over_refused"):
        return
    stop_thinking(ctx)
    ctx.begin_episode()
    if owner.kind == "person":
        ctx.effects.append(CancelTimers((OWNER_IDLE,)))
    ctx.heard = act.ask
    ctx.escalate(Escalation(act.queue), act.reason, "api", act.text, literal=act.text is not None)


def complete(ctx: Context, act: Complete) -> None:
    """The person closes the episode. The contact's next text begins another, with the bot."""
    if ctx.state.episode.status in OVER or refused(ctx, act, "complete_refused"):
        return
    settle_opt_out(ctx, SettleOptOut(act.user_id, act.user_name, False))
    if ctx.state.owner.kind == "person":
        ctx.effects.append(CancelTimers((OWNER_IDLE,)))
    ctx.state.owner = Owner("bot", since=ctx.now)
    end_handoff(ctx.state)
    ctx.state.draft = None
    ctx.state.happened = None  # the person has seen it
    while ctx.state.parked:
        ctx.drop_parked(-1)
    ctx.end_session("closed")
    ctx.event("completed", user=act.user_id, name=act.user_name)


def settle_opt_out(ctx: Context, act: SettleOptOut) -> None:
    """The person says whether they opted out (O3). Whoever returns or completes it has seen the text and says no."""
    if ctx.state.opt_out_unsure:
        ctx.state.opt_out_unsure = 0
        ctx.event("opt_out_settled", user=act.user_id, name=act.user_name, opted_out=act.opted_out)
