"""What is allowed but unwise, or right step by step and wrong as a whole.

`check_flow` finds what makes a flow wrong and runs at every load; `advise` only warns, and runs when an author asks.
"""

from collections.abc import Iterable, Sequence

import msgspec

from textback.engine.bot import END, Approved, Bot, Flow, Question, Step
from textback.engine.lint_overlap import check_overlaps
from textback.engine.lint_texts import Told, check_text
from textback.engine.nodes.ask import Ask
from textback.engine.nodes.call import Call
from textback.engine.nodes.escalate import Escalate
from textback.engine.nodes.run import Run
from textback.engine.nodes.say import Say
from textback.engine.nodes.wait import Wait
from textback.engine.reading import Said, Use
from textback.engine.source import Mapping, Node, Source
from textback.engine.source import Sequence as List


class Part(msgspec.Struct, frozen=True):
    """A file as it was read: its texts, and of a flow the flow itself, its top node and the place of each step; of a
    file of templates, these."""

    source: Source
    said: Sequence[Said]
    top: Node | None = None
    flow: Flow | None = None
    places: dict[str, Node] = {}
    named: Sequence[Approved] = ()
    uses: Sequence[Use] = ()


def check_flow(source: Source, flow: Flow, places: dict[str, Node]) -> None:
    """Steps that nothing leads to, and steps that go round without ever asking."""
    if any(id_ not in flow.steps for id_ in places):
        return  # steps that could not be read may lead there
    seen = _reached(flow, [flow.first])
    lost = [id_ for id_ in flow.steps if id_ not in seen]
    followers = {target for id_ in lost for target in flow.steps[id_].targets()}
    for id_ in lost:
        if id_ not in followers:  # only the first of a run is named
            source.error(places[id_], "Nothing leads to this step.", "Remove it, or the end or goto before it.")
    for ring in _rings(flow):
        first = min(ring, key=lambda id_: (places[id_].line, places[id_].column))
        if _closed(flow, ring):
            source.error(places[first], "From here the flow goes round for ever.", "Ask a question on the way, or end.")


def advise(bot: Bot, parts: Iterable[Part], most_segments: int) -> None:
    """Warn of everything unwise in these files."""
    parts = list(parts)
    spoken = [said for part in parts for said in part.said if _sentence(said)]
    several = len(bot.locales) > 1 and sum(len(said.text.sources) > 1 for said in spoken) * 2 > len(spoken)
    for part in parts:
        owners = _owners(part.places) if part.flow is not None else {}
        words = _choices(part.flow)
        for said in part.said:
            step = part.flow.steps.get(owners.get(id(said.node), "")) if part.flow is not None else None
            named = next((one for one in part.named if one.text is said.text), None)
            told = Told(said.node, said.text, said.question, part.flow, step, _menu(said, step), words, named)
            check_text(part.source, told, bot, most_segments, several)
        if part.flow is not None and all(id_ in part.flow.steps for id_ in part.places):
            _check_ends(part.source, part.flow, part.places)
            _check_rings(part.source, part.flow, part.places)
            _check_results(part, owners)
    check_overlaps([(part.source, part.flow.name, part.top) for part in parts if part.flow is not None and part.top])


def _check_results(part: Part, owners: dict[int, str]) -> None:
    """What an action gives is there only behind it."""
    flow = part.flow
    if flow is None or any(isinstance(step, Run) for step in flow.steps.values()):
        return
    behind: dict[str, set[str]] = {}
    for step in flow.steps.values():
        if isinstance(step, Call) and step.save:
            behind.setdefault(step.save, set()).update(_reached(flow, list(step.targets())))
    for use in part.uses:
        for name in sorted(use.names & behind.keys()):
            if owners.get(id(use.node), "") not in behind[name] | {""}:
                fix = "Use it behind the call that saves it."
                part.source.warn(use.node, f"{name!r} can't be there yet: no action has given it.", fix)


def _sentence(said: Said) -> bool:
    """Whether a text is more than a label."""
    return any(" " in source.strip() for source in said.text.sources.values())


def _choices(flow: Flow | None) -> frozenset[str]:
    """Every word that is an answer to a choice of this flow."""
    steps = flow.steps.values() if flow is not None else ()
    asks = [step.choices.options.exact for step in steps if isinstance(step, Ask) and step.choices is not None]
    return frozenset(word for exact in asks for word in exact)


def _menu(said: Said, step: Step | None) -> dict[str, str]:
    """What the engine adds to a question's own text, by locale."""
    asks = isinstance(step, Ask) and said.question and step.choices is not None and said.text is step.text
    return dict(step.choices.menu.sources) if asks and isinstance(step, Ask) and step.choices else {}


def _owners(places: dict[str, Node]) -> dict[int, str]:
    """The step that each node belongs to. Steps inside a step are read after it, so the innermost is what stays."""
    found: dict[int, str] = {}
    for id_, place in places.items():
        queue = [place]
        while queue:
            node = queue.pop()
            found[id(node)] = id_
            if isinstance(node, Mapping):
                queue.extend(node.values.values())
            elif isinstance(node, List):
                queue.extend(node.items)
    return found


def _reached(flow: Flow, queue: list[str]) -> set[str]:
    seen: set[str] = set()
    while queue:
        id_ = queue.pop()
        if id_ != END and id_ not in seen and id_ in flow.steps:
            seen.add(id_)
            queue.extend(flow.steps[id_].targets())
    return seen


def _check_ends(source: Source, flow: Flow, places: dict[str, Node]) -> None:
    """A question whose answer leads to no word at all: whoever answers it hears nothing more."""
    before: dict[str, list[str]] = {}
    for id_, step in flow.steps.items():
        for target in step.targets():
            before.setdefault(target, []).append(id_)
    speaking: set[str] = set()  # steps from which a word follows sooner or later
    queue = [id_ for id_, step in flow.steps.items() if isinstance(step, Say | Question | Escalate | Run)]
    while queue:
        id_ = queue.pop()
        if id_ not in speaking:
            speaking.add(id_)
            queue.extend(before.get(id_, ()))
    for id_, step in flow.steps.items():
        if isinstance(step, Question) and step.next not in speaking:
            fix = "Say what happens next, for example `- say: Thank you, we have it.`"
            source.warn(places[id_], "This is a dead end: after the answer nothing is said.", fix)


def _check_rings(source: Source, flow: Flow, places: dict[str, Node]) -> None:
    for ring in _rings(flow):
        if not _closed(flow, ring):
            first = min(ring, key=lambda id_: (places[id_].line, places[id_].column))
            message = "From here the flow may go round without asking anything; a turn stops after 200 steps."
            source.warn(places[first], message, "Ask a question on the way.")


def _closed(flow: Flow, ring: set[str]) -> bool:
    """Whether no way leads out of it."""
    return all(target in ring for id_ in ring for target in flow.steps[id_].targets())


def _rings(flow: Flow) -> list[set[str]]:
    """Steps that lead to themselves with no question on the way: the strongly connected parts of the flow without its
    questions and waits, by Tarjan's way without recursion."""
    steps = {id_: step for id_, step in flow.steps.items() if not isinstance(step, Question | Wait)}
    ways = {id_: [target for target in step.targets() if target in steps] for id_, step in steps.items()}
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    rings: list[set[str]] = []
    for root in steps:
        work = [(root, 0)] if root not in order else []
        while work:
            id_, number = work.pop()
            if number == 0:
                order[id_] = low[id_] = len(order)
                stack.append(id_)
                on_stack.add(id_)
            for place in range(number, len(ways[id_])):
                target = ways[id_][place]
                if target not in order:
                    work += [(id_, place + 1), (target, 0)]
                    break
                if target in on_stack:
                    low[id_] = min(low[id_], order[target])
            else:
                if low[id_] == order[id_]:
                    ring = set[str]()
                    while id_ not in ring:
                        ring.add(stack.pop())
                    on_stack -= ring
                    if len(ring) > 1 or id_ in ways[id_]:
                        rings.append(ring)
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[id_])
    return rings
