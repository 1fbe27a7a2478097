"""What people at the desk, and programs like them, do to a conversation. Whoever owns it speaks; nobody else may until
they let go."""

from textback.engine.advance import advance
from textback.engine.arrivals import AgentReply, Complete, HandBack, HandOver, SettleOptOut, Takeover
from textback.engine.awaited import catch_up, wait_on, waits_for_event
from textback.engine.bot import Escalation
from textback.engine.context import OWNER_IDLE, Context
from textback.engine.effects import CancelTimers, Send, SetTimer
from textback.engine.episode import OVER
from textback.engine.nodes.registry import asking
from textback.engine.results import ready, settle
from textback.engine.state import Owner
from textback.engine.thinking import stop_thinking

Act = AgentReply | Complete | HandBack | HandOver | SettleOptOut | Takeover


def _refused(ctx: Context, act: Act, kind: str, **more: str) -> bool:
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


def _renew(ctx: Context) -> None:
    """A takeover is a lease: without a sign of life it ends."""
    ctx.effects.append(SetTimer(OWNER_IDLE, ctx.now + ctx.bot.owner_idle))


def _take(ctx: Context, act: Act) -> None:
    before = ctx.state.owner
    stop_thinking(ctx)
    ctx.begin_episode()
    ctx.cancel_timers()
    ctx.state.owner = Owner("person", act.user_id, act.user_name, ctx.now)
    ctx.happens("taken")
    data = {"user": act.user_id, "name": act.user_name, "from": before.kind}
    if before.kind == "person":
        data["from_name"] = before.name
    ctx.event("taken_over", **data)


def take_over(ctx: Context, act: Takeover) -> None:
    """The person has it from now on. The session stays where it is, so that it can go on later."""
    if not act.force and _refused(ctx, act, "takeover_refused"):
        return
    if ctx.state.owner.user_id != act.user_id:
        _take(ctx, act)
    _renew(ctx)


def reply(ctx: Context, act: AgentReply) -> None:
    """The person texts the contact. Speaking takes the conversation unless another person holds it."""
    if _refused(ctx, act, "reply_refused", message=act.message_id):
        return
    if ctx.state.owner.user_id != act.user_id:
        _take(ctx, act)
    ctx.effects.append(
        Send(
            act.text,
            author="person",
            author_id=act.user_id,
            author_name=act.user_name,
            source="desk",
            message_id=act.message_id,
        )
    )
    ctx.happens("said")
    _renew(ctx)


def hand_back(ctx: Context, act: HandBack) -> None:
    """The bot may speak again. `ask` puts the open question once more, `wait` is quiet until the contact writes, `end`
    ends the session."""
    if ctx.state.owner.kind == "bot" or _refused(ctx, act, "hand_back_refused"):
        return
    settle_opt_out(ctx, SettleOptOut(act.user_id, act.user_name, False))
    ctx.effects.append(CancelTimers((OWNER_IDLE,)))
    ctx.state.owner = Owner("bot", since=ctx.now)
    ctx.state.handoff = ctx.state.draft = None
    ctx.event("handed_back", user=act.user_id, name=act.user_name, mode=act.mode)
    _go_on(ctx, act)
    catch_up(ctx)


def _go_on(ctx: Context, act: HandBack) -> None:
    """The session that was open, as the person chooses."""
    session = ctx.state.session
    if act.mode == "end":
        ctx.end_session("handed_back")
    elif session is None:
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
    if owner.kind == "nobody" or _refused(ctx, act, "hand_over_refused"):
        return
    stop_thinking(ctx)
    ctx.begin_episode()
    if owner.kind == "person":
        ctx.effects.append(CancelTimers((OWNER_IDLE,)))
    ctx.heard = act.ask
    ctx.escalate(Escalation(act.queue), act.reason, "api", act.text)


def complete(ctx: Context, act: Complete) -> None:
    """The person closes the episode. The contact's next text begins another, with the bot."""
    if ctx.state.episode.status in OVER or _refused(ctx, act, "complete_refused"):
        return
    settle_opt_out(ctx, SettleOptOut(act.user_id, act.user_name, False))
    if ctx.state.owner.kind == "person":
        ctx.effects.append(CancelTimers((OWNER_IDLE,)))
    ctx.state.owner = Owner("bot", since=ctx.now)
    ctx.state.handoff = ctx.state.draft = None
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
