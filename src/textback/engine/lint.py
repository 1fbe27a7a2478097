"""What is allowed but unwise, or right step by step and wrong as a whole."""

from textback.engine.bot import END, Flow
from textback.engine.reading import Said
from textback.engine.source import Node, Source


def check_reach(source: Source, flow: Flow, places: dict[str, Node]) -> None:
    """Steps that nothing leads to. Only the first of a run is named."""
    seen: set[str] = set()
    queue = [flow.first]
    while queue:
        id_ = queue.pop()
        if id_ != END and id_ not in seen and id_ in flow.steps:
            seen.add(id_)
            queue.extend(flow.steps[id_].targets())
    if any(id_ not in flow.steps for id_ in places):
        return  # steps that could not be read may have led there
    lost = [id_ for id_ in flow.steps if id_ not in seen]
    followers = {target for id_ in lost for target in flow.steps[id_].targets()}
    for id_ in lost:
        if id_ not in followers:
            source.error(places[id_], "Nothing leads to this step.", "Remove it, or the end or goto before it.")


def check_text(source: Source, said: Said) -> None:
    """A question asks one thing."""
    for text in said.text.sources.values():
        if said.question and text.count("?") > 1:
            source.warn(said.node, "This question asks two things.", "Ask one, then the other.")
            break
