"""A flow's steps in words, for its graph, for its list of steps, and for whoever hears the page. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from textback.core.when import DAY, HOUR, MINUTE, SECOND
from textback.engine.bot import Flow, Step
from textback.engine.nodes.call import Call
from textback.engine.nodes.priority import SetsPriority
from textback.engine.nodes.tag import Tag
from textback.engine.nodes.wait import Wait
from textback.engine.template import Text
from textback.store.running import Stand
from textback.web.flowgraph import HIGH, START, STOP, WIDE, Edge, Label, draw, ways
from textback.web.phrases import tell

#: How a kind of step is called where it has no name of its own, and its picture; by `kind_of`.
KINDS = {
    "say": ("says", "say"),
    "ask": ("asks", "ask"),
    "confirm": ("confirms", "check"),
    "branch": ("branches", "branch"),
    "set": ("sets", "settings"),
    "escalate": ("asks for a person", "up-person"),
    "goto": ("goes to", "right"),
    "end": ("ends", "flag"),
    "run": ("runs", "flows"),
    "call": ("asks another system", "bolt"),
    "wait": ("waits", "clock"),
    "record": ("records", "bolt"),
    "tag": ("tags", "bolt"),
    "answering": ("answers", "say"),
    "setspriority": ("sets the priority", "bolt"),
}
#: A step without a name is called after where it stands.
PLACE = re.compile(r"[0-9.]+|.*\.[0-9]+")
MOST_WORDS = 20
HEAT = (1, 5, 20, 100)
"""From how many sessions on a box is so much darker."""


@dataclass(frozen=True, slots=True)
class Box:
    """A step as the graph draws it."""

    id: str
    kind: str
    icon: str
    title: str
    words: str
    full: str
    line: int
    x: int
    y: int
    count: int
    heat: int
    noted: bool
    round: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A step as the list says it: what it does, under which condition, and where it leads."""

    title: str
    what: str
    words: str
    condition: str
    line: int
    count: int
    leads: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class View:
    """A flow as its page shows it. `lost` are running sessions at steps that are not in it: step and count."""

    boxes: list[Box]
    edges: list[Edge]
    labels: list[Label]
    width: int
    height: int
    items: list[Item]
    running: int
    lost: list[tuple[str, int]]
    wide: int = WIDE
    high: int = HIGH


def kind_of(step: Step) -> str:
    """The kind's name, as it is written in YAML."""
    return type(step).__name__.lower()


def title_of(step: Step) -> str:
    """What people call the step: its name, else what it does."""
    return does(step) if PLACE.fullmatch(step.id) else step.id


def does(step: Step) -> str:
    """What the step does, in a word or a few."""
    words = tell(KINDS.get(kind_of(step), (kind_of(step), ""))[0])
    return words[:1].upper() + words[1:]


def words_of(step: Step) -> str:
    """What the step says, or what it is about."""
    found: Any = getattr(step, "text", None)
    if isinstance(found, Text):
        return " ".join(found.sources[found.default].split())
    if (how := getattr(step, "how", None)) is not None:
        return ": ".join(part for part in (how.queue, how.reason) if part)
    if cases := getattr(step, "cases", ()):
        return " / ".join(case.condition.source if case.condition else tell("else") for case in cases)
    if assignments := getattr(step, "assignments", ()):
        return ", ".join(assignment.name for assignment in assignments)
    if isinstance(step, Call):
        return tell("{action} as {name}", action=step.asked.action, name=step.save) if step.save else step.asked.action
    if isinstance(step, Tag):
        tags = ", ".join(step.tags)
        return tell("no more: {tags}", tags=tags) if step.remove else tags
    if isinstance(step, Wait):
        return _until(step)
    if isinstance(step, SetsPriority):
        return tell(step.priority)
    plain = [getattr(step, name) for name in step.__struct_fields__ if name not in _COMMON]
    return next((value for value in plain if isinstance(value, str) and value), "")


def _until(step: Wait) -> str:
    if step.minute is not None:
        return tell("until {when}", when=f"{step.minute // 60:02}:{step.minute % 60:02}")
    if step.open:
        return tell("until we are open")
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s")):
        if step.span % unit == 0:
            return f"{step.span // unit}{name}"
    return f"{step.span} ms"


_COMMON = frozenset(Step.__struct_fields__)


def cut(words: str, most: int = MOST_WORDS) -> str:
    """The first words."""
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def running_at(flow: str, stands: Iterable[Stand]) -> dict[str, int]:
    """How many sessions stand at each step of a flow, in all versions together."""
    found: dict[str, int] = {}
    for stand in stands:
        if stand.flow == flow:
            found[stand.step] = found.get(stand.step, 0) + stand.count
    return found


def started_by(flow: Flow) -> str:
    """The words and the event that start it; empty where only other flows do."""
    return ", ".join([*flow.keywords, *([tell("event {name}", name=flow.event)] if flow.event else [])])


def view(flow: Flow, counts: Mapping[str, int], noted: Iterable[int]) -> View:
    """A flow with its running sessions by step. `noted` are the lines of its file that the check
    has something to say about."""
    graph = draw(flow)
    marked = {_owner(flow, line) for line in noted}
    boxes = []
    for node in graph.nodes.values():
        if node.id == START:
            words = started_by(flow) or tell("Only from elsewhere")
            boxes.append(
                Box(START, "start", "start", tell("Starts"), cut(words), words, 1, node.x, node.y, 0, 0, False, True)
            )
        elif node.id == STOP:
            boxes.append(Box(STOP, "end", "flag", tell("End"), "", "", 0, node.x, node.y, 0, 0, False, True))
        else:
            step = flow.steps[node.id]
            kind, count = kind_of(step), counts.get(node.id, 0)
            boxes.append(
                Box(
                    node.id, kind, KINDS.get(kind, ("", "bolt"))[1], cut(title_of(step), 17 if count else 21),
                    cut(words_of(step)), words_of(step), step.line, node.x, node.y, count,
                    sum(count >= least for least in HEAT), node.id in marked, kind == "end",
                )
            )  # fmt: skip
    items = [_item(flow, step, counts) for step in flow.steps.values()]
    lost = sorted((step, count) for step, count in counts.items() if step not in flow.steps)
    return View(
        boxes, graph.edges, graph.labels, graph.width, graph.height, items, sum(counts.values()), lost
    )  # fmt: skip


def _owner(flow: Flow, line: int) -> str:
    """The step that a line of the file belongs to: the last that begins before it."""
    before = [step for step in flow.steps.values() if step.line <= line]
    return max(before, key=lambda step: step.line).id if before else ""


def _item(flow: Flow, step: Step, counts: Mapping[str, int]) -> Item:
    def called(target: str) -> str:
        if target not in flow.steps:
            return tell("the end")
        return tell("{step}, line {n}", step=title_of(flow.steps[target]), n=flow.steps[target].line)

    return Item(
        title=title_of(step),
        what=does(step),
        words=words_of(step),
        condition=step.when.source if step.when is not None else "",
        line=step.line,
        count=counts.get(step.id, 0),
        leads=[(label, called(target)) for target, label in ways(step)],
    )
