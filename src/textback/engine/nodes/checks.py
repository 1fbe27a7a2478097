"""What an answer must also be, besides of its type: `check` of a question."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from textback.core.when import to_datetime, to_ms
from textback.engine.context import Context
from textback.engine.hours import instant, is_open
from textback.engine.nodes.set import read_value
from textback.engine.pending import Asked, check_given, read_action, read_given
from textback.engine.reading import Draft, Use
from textback.engine.source import Mapping, Node, Scalar, Sequence, nearest
from textback.engine.template import Expression, Text

BARE = ("future", "past", "open_hours")
LIMITS = ("min", "max", "min_length", "max_length")
_WHEN = ("date", "datetime")
FITS: dict[str, tuple[str, ...]] = {
    "future": _WHEN,
    "past": _WHEN,
    "open_hours": _WHEN,
    "min": ("number", "integer", "money"),
    "max": ("number", "integer", "money"),
    "min_length": ("text", "name", "location"),
    "max_length": ("text", "name", "location"),
}
"""The types of answers that each check is for; an `expr` is for any."""


class Rule(msgspec.Struct, frozen=True):
    """One check: its kind, its limit, condition or action, and the words for an answer that fails it."""

    kind: str
    limit: Decimal = Decimal(0)
    condition: Expression | None = None
    say: Text | None = None
    asked: Asked | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.asked.action if self.asked is not None else self.kind


def read_checks(draft: Draft, type_: str) -> tuple[Rule, ...]:
    """`check:` with one or a list: `future`, `open_hours`, `{min: 3, say: TEXT}`, `{expr: CONDITION, say: TEXT}`."""
    node = draft.keys.get("check")
    if node is None:
        return ()
    items = node.items if isinstance(node, Sequence) else [node]
    return tuple(rule for item in items if (rule := _read(draft, item, type_)) is not None)


def _read(draft: Draft, node: Node, type_: str) -> Rule | None:
    flow = draft.flow
    given = None
    if isinstance(node, Mapping):
        keys = flow.mapping(node, "A check", (*BARE, *LIMITS, "expr", "call", "say", "with"))
        kinds = [key for key in keys if key not in ("say", "with")]
        if len(kinds) != 1 or ("with" in keys and "call" not in keys):
            known = ", ".join((*BARE, *LIMITS, "expr", "call"))
            flow.source.error(node, "A check is one thing.", f"Known are {known}.")
            return None
        kind, value, given = kinds[0], keys[kinds[0]], keys.get("with")
        say = flow.text(keys.get("say"), "The text of a check", (draft.variable,))
    else:
        kind, value, say = flow.string(node, "A check") or "", node, None
        if kind not in BARE:
            if kind:
                fix = nearest(kind, (*BARE, *LIMITS, "expr"))
                flow.source.error(node, f"There is no check {kind!r} that stands alone.", fix)
            return None
    if kind in FITS and type_ not in FITS[kind]:
        flow.source.error(node, f"{kind} can't be checked of a {type_}.", f"It is for {', '.join(FITS[kind])}.")
        return None
    if kind == "call":
        return _call(draft, value, given, say)
    if kind == "expr":
        condition = flow.expression(value, "expr")
        return None if condition is None else Rule(kind, condition=condition, say=say)
    return Rule(kind, _limit(draft, value, kind) if kind in LIMITS else Decimal(0), None, say)


def _call(draft: Draft, node: Node, given: Node | None, say: Text | None) -> Rule | None:
    """`{call: ACTION, say: TEXT}`: the action gets the answer, or what `with` says."""
    flow = draft.flow
    uses = len(flow.uses)
    arguments = read_given(draft, given, read_value)
    # The answer is not kept yet, but it may be given.
    flow.uses[uses:] = [Use(use.node, use.names - {draft.variable}) for use in flow.uses[uses:]]
    action = read_action(draft, node)
    if given is None:
        # Where a service needs one thing only, the answer is that, whatever the question calls it.
        only = action is not None and action.takes is not None and len(action.needs) == 1
        one = next(iter(action.needs)) if action is not None and only else draft.variable
        arguments = {one: Expression(draft.variable)}
    check_given(draft, given or node, action, arguments)
    if action is None:
        return None
    return Rule("call", say=say, asked=Asked(action.name, arguments, action.timeout, action.retries))


def _limit(draft: Draft, node: Node, kind: str) -> Decimal:
    try:
        return Decimal(node.value.strip() if isinstance(node, Scalar) else "")
    except InvalidOperation:
        draft.flow.source.error(node, f"{kind} must be a number.", f"For example: {kind}: 1.")
        return Decimal(0)


def problem(ctx: Context, rules: tuple[Rule, ...], name: str, value: Any) -> str | None:
    """What to say of a value that a check refuses; None when it passes all that need nobody else. Raises
    RenderError."""
    for rule in rules:
        if rule.asked is None and not _passes(ctx, rule, name, value):
            return refusal(ctx, rule, name, value)
    return None


def refusal(ctx: Context, rule: Rule, name: str, value: Any) -> str:
    """What to say of a value that this check refuses. Raises RenderError."""
    if rule.say is not None:
        return ctx.render(rule.say, **{name: str(value)})
    return ctx.phrases.checks[rule.kind].format(limit=f"{rule.limit.normalize():f}")


def _passes(ctx: Context, rule: Rule, name: str, value: Any) -> bool:
    if rule.kind == "expr" and rule.condition is not None:
        return ctx.holds(rule.condition, {name: value})
    if rule.kind in ("min", "max"):
        amount = Decimal(str(value["amount"] if isinstance(value, dict) else value))
        return amount >= rule.limit if rule.kind == "min" else amount <= rule.limit
    if rule.kind in ("min_length", "max_length"):
        length = len(str(value["address"] if isinstance(value, dict) and "address" in value else value))
        return length >= rule.limit if rule.kind == "min_length" else length <= rule.limit
    return _in_time(ctx, rule.kind, str(value))


def _in_time(ctx: Context, kind: str, value: str) -> bool:
    """Dates and times of the business's own clock."""
    bot = ctx.bot
    local = datetime.fromisoformat(value)
    if "T" in value:
        moment = to_ms(instant(local, bot.timezone))
        if kind == "open_hours":
            return bot.hours is None or is_open(bot.hours, bot.timezone, moment)
        return moment > ctx.now if kind == "future" else moment < ctx.now
    if kind == "open_hours":
        return bot.hours is None or bool(bot.hours.of(local.date()))
    today = to_datetime(ctx.now, bot.timezone).date().isoformat()
    return value >= today if kind == "future" else value <= today
