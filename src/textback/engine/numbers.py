"""A number that can't get texts: what a person says of it."""

from textback.engine.arrivals import CanText
from textback.engine.context import Context


def can_text(ctx: Context, act: CanText) -> None:
    """The person knows better than the provider: the number works."""
    if ctx.state.bad_number is not None:
        ctx.state.bad_number = None
        ctx.event("number_works", user=act.user_id, name=act.user_name)
