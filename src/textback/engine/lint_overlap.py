"""Flows that would be started by the same words, or nearly the same."""

from bisect import bisect_left
from collections.abc import Iterable

from rapidfuzz.distance import Indel

from textback.engine.match import normalise
from textback.engine.source import Mapping, Node, Scalar, Sequence, Source

NEARLY = 0.9
"""Two examples that are this much alike, with their words in the same order, mean the same."""
SHORTEST = 8
"""Shorter examples are never nearly the same, only the same."""
MOST_COMPARED = 5_000
"""Beyond this many examples only the same ones are found: each would have to be compared with each."""

Place = tuple[str, str, Source, Node, bool]
"""A text that starts a flow: normalised, the flow, its file, its place, whether it is a keyword."""


def check_overlaps(flows: Iterable[tuple[Source, str, Node]]) -> None:
    """Warn of examples that another flow has as an example or a keyword, or that are nearly another flow's."""
    texts = [place for source, flow, top in flows for place in _texts(source, flow, top)]
    first: dict[str, Place] = {}
    fresh: list[Place] = []
    for place in sorted(texts, key=lambda place: not place[4]):
        other = first.setdefault(place[0], place)
        if other is place:
            if not place[4]:
                fresh.append(place)
        elif not place[4] and other[1] == place[1]:
            place[2].warn(place[3], f"This example is here twice; the first is on line {other[3].line}.", "Remove one.")
        elif not place[4]:
            where = f"{other[2].file}:{other[3].line}"
            place[2].warn(place[3], f"This also starts the flow {other[1]!r} ({where}).", "Give it to one of them.")
    if len(fresh) <= MOST_COMPARED:
        _nearly(fresh)


def _texts(source: Source, flow: str, top: Node) -> list[Place]:
    start = top.values.get("start") if isinstance(top, Mapping) else None
    if not isinstance(start, Mapping):
        return []
    intent = start.values.get("intent")
    examples = intent.values.get("examples") if isinstance(intent, Mapping) else None
    return [
        (text, flow, source, item, keyword)
        for node, keyword in ((start.values.get("keywords"), True), (examples, False))
        for item in (node.items if isinstance(node, Sequence) else [node])
        if isinstance(item, Scalar) and (text := normalise(item.value))
    ]


def _nearly(places: list[Place]) -> None:
    """Compare only texts of about the same length, because others can't be alike."""
    rows = sorted(((len(text), text, place) for place in places if len(text := place[0]) >= SHORTEST), key=_by_text)
    lengths = [length for length, _, _ in rows]
    for number, (length, text, place) in enumerate(rows):
        shortest = bisect_left(lengths, int(length * NEARLY / (2 - NEARLY)))
        for _, other, theirs in rows[shortest:number]:
            if theirs[1] != place[1] and Indel.normalized_similarity(text, other, score_cutoff=NEARLY):
                where = f"{theirs[2].file}:{theirs[3].line}"
                message = f"This is nearly the same as an example of the flow {theirs[1]!r} ({where})."
                place[2].warn(place[3], message, "Give both to one flow, or say more in each.")
                break


def _by_text(row: tuple[int, str, Place]) -> tuple[int, str]:
    return row[0], row[1]
