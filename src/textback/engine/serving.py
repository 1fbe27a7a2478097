"""Service levels: how soon a hand-over is to be answered and settled, in opening hours, and who hears of it.

`keep` looks at what a turn has made of a hand-over, whichever way it did, and sets the timers; `fire` is what happens
when one of them is due. Both are pure, and a timer that no longer fits the conversation does nothing.
"""

from textback.engine import routing
from textback.engine.arrivals import TimerFired
from textback.engine.bot import Bot
from textback.engine.context import Context
from textback.engine.effects import AnyEffect, CancelTimers, Perform, SetTimer
from textback.engine.hours import after_open
from textback.engine.queues import Queue
from textback.engine.state import Handoff, State
from textback.engine.urgency import raise_to

LIMIT = "limit"
"""The kind of the timers of service levels."""
HALF, DUE, SETTLE = f"{LIMIT}:half", f"{LIMIT}:due", f"{LIMIT}:settle"
NOTIFY = "notify"
"""The action of jobs that tell people."""
TIMEOUT = 20_000
RETRIES = 6


def keep(bot: Bot, before: State, state: State, now: int, job: str) -> list[AnyEffect]:
    """What follows from a turn that made `state` of `before`: timers, and telling people. It completes the hand-over
    in `state`. `job` is what the names of its jobs begin with."""
    was, handoff = before.handoff, state.handoff
    if handoff is None:
        timed = was is not None and (was.span or was.settle_by)
        return [CancelTimers((HALF, DUE, SETTLE))] if timed else []
    if handoff.priority:  # of an older release
        raise_to(state, handoff.priority)
        handoff.priority = ""
    new = was is None or was.asked_at != handoff.asked_at
    if not handoff.queue and (new or not handoff.since):
        placed = routing.place(bot, state, routing.Wanted(handoff.reason), now)
        handoff.queue = placed.queue
        raise_to(state, placed.priority)
    queue = bot.queues.get(handoff.queue)
    effects: list[AnyEffect] = []
    elsewhere = was is not None and not new and was.queue != handoff.queue
    waiting = state.episode.status == "waiting_on_agent"
    if waiting and (not handoff.since or elsewhere):
        handoff.since = handoff.since or now
        effects += _begin(bot, queue, handoff, state.priority, now, now)
    elif state.episode.status == "waiting_on_customer" and handoff.since:  # whoever has only taken it owes an answer
        handoff.answered_at = handoff.answered_at or now
        handoff.since = handoff.due_at = handoff.timed_from = 0
        if handoff.span:
            effects.append(CancelTimers((HALF, DUE)))
        handoff.span = 0
    hurried = was is not None and not new and before.priority != state.priority
    if hurried and waiting and not elsewhere and was is not None and was.since and not _has_passed(handoff):
        effects += _begin(bot, queue, handoff, state.priority, handoff.timed_from or handoff.since, now)
    if (new or (hurried and "resolution" not in handoff.late)) and queue is not None:
        effects += _to_settle(bot, queue, handoff, state.priority)
    if (new or elsewhere) and waiting and state.owner.kind == "nobody":
        told = queue.notify if queue is not None and queue.notify is not None else bot.handoff.notify
        effects += _tell(told, "waiting", handoff, job, bot.version)
    return effects


def _has_passed(handoff: Handoff) -> bool:
    """Whether the limit that runs is over already."""
    return handoff.limit in handoff.late and handoff.late_at >= handoff.timed_from


def _begin(bot: Bot, queue: Queue | None, handoff: Handoff, priority: str, since: int, now: int) -> list[AnyEffect]:
    """The limit of the answer that the contact waits for begins, or began at `since` and is another one now."""
    ran, handoff.span = handoff.span, queue.limit(handoff.limit, priority) if queue is not None else 0
    hours = routing.hours_of(bot, queue)
    due = after_open(hours, bot.timezone, since, handoff.span) if handoff.span else None
    half = after_open(hours, bot.timezone, since, handoff.span // 2) if handoff.span else None
    if due is None or half is None:
        handoff.span = handoff.due_at = handoff.timed_from = 0
        return [CancelTimers((HALF, DUE))] if ran else []
    handoff.timed_from, handoff.due_at = since, due
    return [SetTimer(HALF, half) if half > now else CancelTimers((HALF,)), SetTimer(DUE, due)]


def _to_settle(bot: Bot, queue: Queue, handoff: Handoff, priority: str) -> list[AnyEffect]:
    span = queue.limit("resolution", priority)
    until = after_open(routing.hours_of(bot, queue), bot.timezone, handoff.asked_at, span) if span else None
    if until is None:
        return []
    handoff.settle_by = until
    return [SetTimer(SETTLE, until)]


def _tell(names: tuple[str, ...], what: str, handoff: Handoff, job: str, version: int) -> list[AnyEffect]:
    """One job for each destination, so that telling one again does not tell the others again."""
    arguments = {"what": what, "queue": handoff.queue, "reason": handoff.reason, "limit": handoff.limit}
    return [
        Perform(
            f"{job}-{what[0]}{place}", "", version, f"handoff.{name}"[:160], NOTIFY, {**arguments, "to": name},
            f"{job}-{what[0]}{place}", TIMEOUT, RETRIES,
        )
        for place, name in enumerate(names)
    ]  # fmt: skip


def fire(ctx: Context, timer: TimerFired) -> None:
    """Half of a limit has gone, or all of it. What is late may go to another queue, or to one person."""
    handoff = ctx.state.handoff
    if handoff is None:
        return
    data = {"queue": handoff.queue, "priority": ctx.state.priority}
    if timer.key == SETTLE:
        if handoff.settle_by and ctx.now >= handoff.settle_by and "resolution" not in handoff.late:
            _passed(ctx, handoff, "resolution")
        return
    if not handoff.since or not handoff.due_at or timer.due_at > handoff.due_at:
        return
    if timer.key == HALF:
        if handoff.timed_from < timer.due_at:
            ctx.event("limit_near", limit=handoff.limit, **data)
        return
    if timer.due_at < handoff.due_at:
        return  # of a wait that is over
    _passed(ctx, handoff, handoff.limit)
    queue = ctx.bot.queues.get(handoff.queue)
    if queue is None or ctx.state.owner.kind != "nobody":
        return
    if queue.late_queue and not handoff.moved:
        handoff.queue, handoff.moved = queue.late_queue, True
        ctx.event("requeued", why="late", to=handoff.queue, **{"from": queue.name})
    elif queue.late_person:
        handoff.wanted = queue.late_person


def _passed(ctx: Context, handoff: Handoff, limit: str) -> None:
    """A limit has passed: it is written down, and whoever is to hear of it does."""
    handoff.late = [*(one for one in handoff.late if one != limit), limit]
    handoff.late_at = ctx.now
    ctx.event("limit_passed", limit=limit, queue=handoff.queue, priority=ctx.state.priority)
    queue = ctx.bot.queues.get(handoff.queue)
    told = queue.alert if queue is not None and queue.alert is not None else ctx.bot.handoff.alert
    what = "unsettled" if limit == "resolution" else "late"
    ctx.effects += _tell(told, what, handoff, ctx.session_id, ctx.bot.version)
