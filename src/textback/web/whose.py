"""Who has a conversation, as its page shows it: what may be done about that, for how long it is kept, and who else
looks."""

from typing import Any

from textback.core.ids import bucket_of
from textback.engine.bot import Bot
from textback.engine.context import OWNER_IDLE
from textback.engine.nodes.ask import Ask
from textback.engine.nodes.confirm import Confirm
from textback.engine.state import Session, State
from textback.store import colleagues as store
from textback.store import desk
from textback.store.db import Row
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.permissions import allowed
from textback.web.phrases import tell
from textback.web.present import Holder

MOST_STEPS = 40
ANSWERS = "conversations.answer"


async def whose(ctx: WebContext, user: User, row: Row[Any], state: State, held: Holder) -> dict[str, Any]:
    """What the page says about the ownership of one conversation, beside who has it.

    `mates` and `queues` are whom it can be given to; `steps` where the bot can carry on: (id, words); `asker` is who
    wants it from the one who has it; `lease` is how long (ms) it stays theirs without a sign of life, 0 where nobody
    has it; `others` are the people who look at it: (name, what they do).
    """
    may = user.may(ANSWERS)
    lease = 0
    if held.kind == "you":
        timers = await ctx.db.read(desk.open_timers, row.contact_id, bucket_of(row.contact_id))
        due = next((one.due_at for one in timers if one.key == OWNER_IDLE), 0)
        lease = max(due - ctx.road.now(), 1) if due else 0
    mates = await ctx.db.read(store.colleagues, ctx.workspace) if may else []
    asker = state.asker
    return {
        "may_answer": may,
        "may_manage": user.may("conversations.manage"),
        "owner_id": state.owner.user_id,
        "owner_name": state.owner.name,
        "mates": [(one.id, one.name) for one in mates if one.id != user.id and allowed(one.role, ANSWERS)],
        "queues": list(ctx.bot().handoff.queues) if may else [],
        "steps": await _steps(ctx, state.session) if held.kind == "you" else [],
        "asker": asker if asker and asker.of == state.owner.user_id and asker.at >= state.owner.since else None,
        "lease": lease,
        "others": [(one.name, one.doing) for one in ctx.road.presence.of(row.contact_id, user.id)],
        "last_reply": state.last_reply,
    }


async def _steps(ctx: WebContext, session: Session | None) -> list[tuple[str, str]]:
    """The questions of the flow that is open, in their order."""
    if session is None:
        return []
    bot: Bot = ctx.bot()
    if session.version != bot.version:
        try:
            bot = await ctx.db.read(ctx.road.shelf.get, session.version)
        except KeyError:
            return []
    flow = bot.flows.get(session.flow)
    steps = flow.steps.values() if flow is not None else ()
    asked = [step for step in steps if isinstance(step, Ask | Confirm)]
    return [(step.id, _words(step)) for step in asked][:MOST_STEPS]


def _words(step: Ask | Confirm) -> str:
    if isinstance(step, Ask):
        return tell("Ask for {what}", what=step.name.replace("_", " "))
    return tell("Confirm what was said")


def taken_words(name: str, since: int, now: int) -> str:
    """What the slower of two reads: "Tom took this 2 s ago"."""
    ago = max(now - since, 0) // 1000
    if ago < 60:
        return tell("{name} took this {n} s ago.", name=name, n=ago)
    if ago < 3600:
        return tell("{name} took this {n} min ago.", name=name, n=ago // 60)
    return tell("{name} has this.", name=name)
