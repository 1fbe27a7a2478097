"""A flow as a graph: its steps in rows from the top down, and lines between them that go round every box.

The layout is layered and always the same for the same flow. A step stands one row below the last of those that lead to
it; loops don't count. A line to the next row goes straight down; all others run in the channels between the columns and
in the gaps between the rows, each in a lane of its own where two would lie on each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from textback.engine.bot import END, Flow, Step
from textback.web.phrases import tell

WIDE, HIGH = 184, 46
"""Pixels of a box."""
GAP, LANE, CHANNEL = 30, 9, 24
"""Pixels between rows, between two lines side by side, and between columns, lines not counted."""
START, STOP = "\0start", "\0end"
"""The ids of the two boxes that are no steps."""

#: What a way out is called that is not the usual one, by the field that names it.
WAYS = {"retry": "not understood", "expire": "no answer", "on_error": "error", "otherwise": "otherwise"}


@dataclass(slots=True)
class Edge:
    """A line between two boxes, with its label and, once it is laid out, its path."""

    source: str
    target: str
    label: str = ""
    path: str = ""
    back: bool = False


@dataclass(slots=True)
class Node:
    """A box and where it stands."""

    id: str
    row: int = 0
    column: int = 0
    x: int = 0
    y: int = 0


@dataclass(slots=True)
class Label:
    """Words beside the end of a line."""

    x: int
    y: int
    text: str


@dataclass(slots=True)
class Graph:
    """All of it, in pixels."""

    nodes: dict[str, Node]
    edges: list[Edge]
    labels: list[Label] = field(default_factory=list)
    width: int = 0
    height: int = 0


def ways(step: Step) -> Iterator[tuple[str, str]]:
    """Where a step may lead: the id, and what it is called when it is not simply the next one."""
    left = list(dict.fromkeys(step.targets()))
    for case in getattr(step, "cases", ()):
        if case.then in left:
            left.remove(case.then)
            yield case.then, case.condition.source if case.condition is not None else tell("else")
    named = {name: getattr(step, name) for name in step.__struct_fields__ if name not in ("id", "next")}
    for name, value in named.items():
        then = getattr(value, "then", value)
        if isinstance(then, str) and then != step.next and then in left:
            left.remove(then)
            yield then, "" if name == "target" else tell(WAYS.get(name, name.replace("_", " ")))
    branches = bool(getattr(step, "cases", ()))
    for target in left:
        yield target, tell("otherwise") if branches and target == step.next else ""


def edges_of(flow: Flow) -> list[Edge]:
    """Every line of a flow, from its start to its end."""
    found = [Edge(START, flow.first if flow.first != END else STOP)]
    for step in flow.steps.values():
        for target, label in ways(step):
            if target == END or target in flow.steps:
                found.append(Edge(step.id, target if target != END else STOP, label))
    return found


def draw(flow: Flow) -> Graph:
    """The laid out graph of a flow."""
    edges = edges_of(flow)
    used = {edge.target for edge in edges}
    ids = [START, *flow.steps, *([STOP] if STOP in used else [])]
    nodes = {id_: Node(id_) for id_ in ids}
    after: dict[str, list[Edge]] = {id_: [] for id_ in ids}
    for edge in edges:
        after[edge.source].append(edge)
    order = _order(ids, after)
    _rows(order, after, nodes)
    _columns(order, after, nodes)
    graph = Graph(nodes, edges)
    _Router(graph).run()
    return graph


def _order(ids: list[str], after: dict[str, list[Edge]]) -> list[str]:
    """The boxes so that every line but those that loop leads forward; marks the loops. No recursion: flows are long."""
    done: list[str] = []
    seen: set[str] = set()
    open_: set[str] = set()
    for root in ids:
        if root in seen:
            continue
        seen.add(root)
        open_.add(root)
        stack = [(root, iter(after[root][::-1]))]
        while stack:
            id_, edges = stack[-1]
            edge = next(edges, None)
            if edge is None:
                stack.pop()
                open_.discard(id_)
                done.append(id_)
            elif edge.target in open_:
                edge.back = True
            elif edge.target not in seen:
                seen.add(edge.target)
                open_.add(edge.target)
                stack.append((edge.target, iter(after[edge.target][::-1])))
    return done[::-1]


def _rows(order: list[str], after: dict[str, list[Edge]], nodes: dict[str, Node]) -> None:
    for id_ in order:
        for edge in after[id_]:
            if not edge.back:
                target = nodes[edge.target]
                target.row = max(target.row, nodes[id_].row + 1)
    if STOP in nodes:
        nodes[STOP].row = max(node.row + (node.id != STOP) for node in nodes.values())


def _columns(order: list[str], after: dict[str, list[Edge]], nodes: dict[str, Node]) -> None:
    """The usual way goes straight down; each other way out begins one column further right, where there is room."""
    wanted: dict[str, int] = {}
    taken: set[tuple[int, int]] = set()
    for id_ in sorted(order, key=lambda one: nodes[one].row):
        node = nodes[id_]
        node.column = 0 if id_ == STOP else wanted.get(id_, 0)
        while (node.row, node.column) in taken:
            node.column += 1
        taken.add((node.row, node.column))
        ahead = [edge for edge in after[id_] if not edge.back]
        usual = [edge for edge in ahead if not edge.label] or ahead[:1]
        for place, edge in enumerate([*usual, *(edge for edge in ahead if edge not in usual)]):
            column = node.column + place
            wanted[edge.target] = min(wanted.get(edge.target, column), column)


class _Lanes:
    """Lines side by side in one channel or gap: each gets the first lane that is free where it runs."""

    def __init__(self) -> None:
        self._lanes: list[list[tuple[float, float, str]]] = []

    def place(self, begin: float, end: float, target: str) -> int:
        """A lane for this stretch. Lines to the same box may lie on each other: they join."""
        low, high = min(begin, end), max(begin, end)
        for number, lane in enumerate(self._lanes):
            if all(high < a or low > b or to == target for a, b, to in lane):
                lane.append((low, high, target))
                return number
        self._lanes.append([(low, high, target)])
        return len(self._lanes) - 1

    @property
    def count(self) -> int:
        """How many lanes there are."""
        return len(self._lanes)


class _Router:
    """Finds every line its way, first in rows and columns, then in pixels."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._boxes = {(node.row, node.column) for node in graph.nodes.values()}
        self._last = max(node.row for node in graph.nodes.values())
        self._columns = max(node.column for node in graph.nodes.values()) + 1
        self._gaps = [_Lanes() for _ in range(self._last + 2)]  # gap n lies above row n
        self._channels = [_Lanes() for _ in range(self._columns + 1)]  # channel n lies left of column n
        self._plans: list[tuple[Edge, list[tuple[str, int, int]]]] = []

    def run(self) -> None:
        """Lay out everything."""
        for edge in self._graph.edges:
            self._plan(edge)
        self._place()
        for edge, plan in self._plans:
            edge.path = self._path(edge, plan)
        self._label()

    def _plan(self, edge: Edge) -> None:
        """Through which gaps and channels, and in which of their lanes."""
        one, other = self._graph.nodes[edge.source], self._graph.nodes[edge.target]
        plan: list[tuple[str, int, int]] = []
        straight = one.column == other.column and one.row < other.row
        between = {(row, one.column) for row in range(one.row + 1, other.row)}
        if straight and not between & self._boxes:
            self._boxes |= between  # the line is in the way of others now
        elif other.row == one.row + 1:
            lane = self._gaps[other.row].place(one.column, other.column, edge.target)
            plan = [("gap", other.row, lane)]
        else:
            channel = other.column if edge.back else max(one.column, other.column)
            side = channel if edge.back or one.column != other.column else channel + 1
            first = self._gaps[one.row + 1].place(one.column, side - 0.5, edge.source)
            down = self._channels[side].place(one.row + 1, other.row, edge.target)
            last = self._gaps[other.row].place(side - 0.5, other.column, edge.target)
            plan = [("gap", one.row + 1, first), ("channel", side, down), ("gap", other.row, last)]
        self._plans.append((edge, plan))

    def _place(self) -> None:
        nodes = self._graph.nodes.values()
        self._xs, self._ys = [], []
        x = 12
        self._lefts = []
        for column in range(self._columns + 1):
            self._lefts.append(x + CHANNEL // 2)
            x += CHANNEL + LANE * self._channels[column].count
            self._xs.append(x)
            x += WIDE
        self._graph.width = self._xs[-1] + 12
        y = 4 - GAP * (not self._gaps[0].count)  # only a step that nothing leads to loops above all others
        self._tops = []
        for row in range(self._last + 2):
            self._tops.append(y + 12)
            y += GAP + LANE * max(self._gaps[row].count - 1, 0)
            self._ys.append(y)
            y += HIGH
        self._graph.height = self._ys[-1] + (12 if self._gaps[-1].count else 4 - GAP)
        for node in nodes:
            node.x, node.y = self._xs[node.column], self._ys[node.row]

    def _path(self, edge: Edge, plan: list[tuple[str, int, int]]) -> str:
        one, other = self._graph.nodes[edge.source], self._graph.nodes[edge.target]
        path = f"M{one.x + WIDE // 2} {one.y + HIGH}"
        for kind, number, lane in plan:
            if kind == "gap":
                path += f"V{self._tops[number] + LANE * lane}"
            else:
                path += f"H{self._lefts[number] + LANE * lane}"
        return f"{path}H{other.x + WIDE // 2}V{other.y}" if plan else f"{path}V{other.y}"

    def _label(self) -> None:
        """The labels of the lines into a box stand together above it."""
        words: dict[str, list[str]] = {}
        for edge in self._graph.edges:
            if edge.label:
                words.setdefault(edge.target, []).append(edge.label)
        for id_, texts in words.items():
            node = self._graph.nodes[id_]
            text = " / ".join(dict.fromkeys(texts))
            shown = text if len(text) <= 26 else f"{text[:25]}…"
            self._graph.labels.append(Label(node.x + WIDE // 2 + 8, node.y - 5, shown))
