"""record: writes a goal or an event into the conversation's record, for reports."""

import re
from typing import Any

from textback.engine.bot import Step
from textback.engine.context import Context
from textback.engine.reading import Draft, Kind
from textback.engine.source import Mapping
from textback.engine.template import Text

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST = 500


class Record(Step, frozen=True, kw_only=True):
    """Record the goal or the event `name`, with `data`."""

    name: str
    goal: bool
    data: dict[str, Text]


def read(draft: Draft) -> Record | None:
    """`record: {goal: NAME}` or `record: {event: NAME}`, with `data: {KEY: TEXT}`."""
    flow = draft.flow
    node = draft.value
    if not isinstance(node, Mapping):
        flow.source.error(node, "record must say what to record.", "Write `record: {goal: booked}` or `{event: ...}`.")
        return None
    keys = flow.mapping(node, "record", ("goal", "event", "data"))
    if ("goal" in keys) == ("event" in keys):
        flow.source.error(node, "record needs either `goal` or `event`.", "Write `record: {goal: booked}`.")
        return None
    key = "goal" if "goal" in keys else "event"
    name = flow.string(keys[key], f"The {key}", NAME)
    data: dict[str, Text] = {}
    if "data" in keys:
        values = keys["data"].values if isinstance(keys["data"], Mapping) else {}
        if not values:
            flow.source.error(keys["data"], "data must have names with values.", "Write `data: {amount: ...}`.")
        for what, value in values.items():
            text = flow.text(value, "A value of data")
            if text is not None:
                data[what] = text
    return None if name is None else Record(**draft.base(), name=name, goal=key == "goal", data=data)


def run(ctx: Context, step: Record) -> str:
    """Record, and go on."""
    session = ctx.session
    data: dict[str, Any] = {"session": session.id, "flow": session.flow, "step": step.id, "name": step.name}
    if step.data:
        data["data"] = {name: ctx.render(text)[:LONGEST] for name, text in step.data.items()}
    ctx.event("goal" if step.goal else "recorded", **data)
    return step.next


KIND = Kind("record", Record, (), read, run, once=True)
