"""Giving a conversation that waits to one of those who are there. Whoever was faster keeps it."""

from textback.engine.arrivals import Give
from textback.engine.context import OWNER_IDLE, Context
from textback.engine.effects import SetTimer
from textback.engine.state import Owner


def give(ctx: Context, act: Give) -> None:
    """It is theirs, if it is still the same hand-over and nobody has it. They have it as if they had taken it: without
    a sign of life it waits again."""
    handoff = ctx.state.handoff
    if handoff is None or ctx.state.owner.kind != "nobody" or handoff.asked_at != act.asked_at:
        return
    if act.after and ctx.state.owner.since != act.after:
        return
    ctx.state.owner = Owner("person", act.to_id, act.to_name, ctx.now)
    handoff.wanted = ""
    ctx.effects.append(SetTimer(OWNER_IDLE, ctx.now + ctx.bot.owner_idle))
    ctx.event("assigned", **{"from": "nobody", "to": act.to_id, "to_name": act.to_name, "queue": handoff.queue})
