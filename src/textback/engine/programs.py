"""What other programs do to a conversation that no person does: start a flow, change what is known of the contact."""

from textback.engine.arrivals import ContactChange, StartFlow
from textback.engine.awaited import begin
from textback.engine.context import Context
from textback.engine.nodes.tag import MOST as MOST_TAGS

MOST_FIELDS = 100
"""Fields that a contact has at most."""
NAME = "name"


def start(ctx: Context, act: StartFlow) -> None:
    """Start a flow, unless a person has the conversation. Raises LimitHit and RenderError."""
    flow = ctx.bot.flows.get(act.flow)
    if ctx.state.owner.kind != "bot":
        refuse(ctx, act, "held")
    elif flow is None or (act.step and act.step not in flow.steps):
        refuse(ctx, act, "no_flow")
    else:
        begin(ctx, flow, act.values, act.opening, act.step)


def refuse(ctx: Context, act: StartFlow, why: str) -> None:
    """Write down that a flow was not started."""
    ctx.event("flow_refused", flow=act.flow, by=act.key_name, why=why)


def change(ctx: Context, act: ContactChange) -> None:
    """Change fields and tags: all of it, or nothing where there would be too many."""
    state = ctx.state
    given = act.fields if act.name is None else {**act.fields, NAME: act.name or None}
    fields = {name: value for name, value in {**state.fields, **given}.items() if value is not None}
    tags = (set(state.tags if act.tags is None else act.tags) | set(act.tag)) - set(act.untag)
    for what, most, now, after in (
        ("fields", MOST_FIELDS, len(state.fields), len(fields)),
        ("tags", MOST_TAGS, len(state.tags), len(tags)),
    ):
        if after > max(most, now):
            ctx.event("contact_refused", by=act.key_name, why=what, most=most)
            return
    changed = sorted(name for name in given if state.fields.get(name) != given[name])
    changed += [name for name in ("zone", "region") if getattr(act, name) is not None]
    if changed:
        ctx.event("contact_changed", by=act.key_name, fields=changed)  # the values are in the state alone
    state.fields = fields
    for kind, names in (("tagged", tags - set(state.tags)), ("untagged", set(state.tags) - tags)):
        if names:
            ctx.event(kind, tags=sorted(names), by=act.key_name)
    state.tags = sorted(tags)
