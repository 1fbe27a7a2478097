"""The drawing of a flow: every step and every way, labelled, and no line through a box."""

import re
from random import Random

import pytest

from textback.app import read_folder
from textback.cli.serving import example_bot
from textback.engine.bot import END, Flow, Step
from textback.engine.load import load_bot
from textback.store.running import Stand
from textback.web.flowgraph import HIGH, START, STOP, WIDE, Graph, draw
from textback.web.flowview import running_at, view, words_of

FLOWS = load_bot(read_folder(example_bot())).flows

TANGLE = """
flow: tangle
start: {keywords: [go]}
vars: {kind: choice, again: yes_no}
steps:
  - ask: kind
    text: "Which?"
    choices: {a: A, b: B, c: C}
    retry: {max: 1, then: [{say: "Hm."}, {goto: last}]}
    expire: {after: 1d, then: end}
  - branch:
      - if: kind == 'a'
        then: [{say: "One."}, {goto: kind}]
      - elif: kind == 'b'
        then:
          - branch:
              - if: again
                then: {goto: last}
              - else: {say: "Two."}
      - else: [{say: "Three."}, {say: "Four."}, {escalate: desk, text: "Wait."}]
  - say: "Five."
  - ask: again
    text: "Again?"
  - branch: [{if: again, then: {goto: kind}}]
  - {id: last, say: "Bye."}
"""


def tangle() -> Flow:
    return load_bot({"bot.yml": "bot: Harbor\n", "flows/tangle.yml": TANGLE}).flows["tangle"]


def segments(path: str) -> list[tuple[int, int, int, int]]:
    """The straight pieces of a path."""
    x, y, *_ = (int(number) for number in re.findall(r"-?\d+", path))
    found = []
    for letter, number in re.findall(r"([VH])(-?\d+)", path):
        nx, ny = (x, int(number)) if letter == "V" else (int(number), y)
        found.append((x, y, nx, ny))
        x, y = nx, ny
    return found


def crossed(graph: Graph) -> list[str]:
    """Lines that run through the inside of a box, or off the drawing."""
    found = []
    for edge in graph.edges:
        for x1, y1, x2, y2 in segments(edge.path):
            left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
            if left < 0 or top < 0 or right > graph.width or bottom > graph.height:
                found.append(f"{edge.source} to {edge.target} leaves the drawing")
            for node in graph.nodes.values():
                inside = right > node.x and left < node.x + WIDE and bottom > node.y and top < node.y + HIGH
                if inside:
                    found.append(f"{edge.source} to {edge.target} through {node.id}")
    return found


@pytest.mark.parametrize("flow", [*FLOWS.values(), tangle()], ids=lambda flow: flow.name)
def test_no_line_runs_through_a_box_and_no_box_lies_on_another(flow: Flow) -> None:
    graph = draw(flow)
    assert crossed(graph) == []
    places = {(node.x, node.y) for node in graph.nodes.values()}
    assert len(places) == len(graph.nodes)
    for edge in graph.edges:
        last = segments(edge.path)[-1]
        target = graph.nodes[edge.target]
        assert (last[2], last[3]) == (target.x + WIDE // 2, target.y)


class Jump(Step, frozen=True, kw_only=True):
    """A step that may lead to any others."""

    to: tuple[str, ...]

    def targets(self) -> tuple[str, ...]:
        return self.to


@pytest.mark.parametrize("seed", range(40))
def test_no_line_of_any_flow_runs_through_a_box(seed: int) -> None:
    random = Random(seed)
    ids = [str(number) for number in range(1, random.randint(3, 14))]
    steps: dict[str, Step] = {
        id_: Jump(id=id_, to=tuple(random.sample([*ids, END], random.randint(1, 3)))) for id_ in ids
    }
    assert crossed(draw(Flow("any", (), steps, ids[0]))) == []


def test_every_way_is_drawn_once_and_says_when_it_is_taken() -> None:
    ways = {(edge.source, edge.target): (edge.label, edge.back) for edge in draw(tangle()).edges}
    assert ways[START, "kind"] == ("", False)
    assert ways["kind", "kind.retry.1"] == ("not understood", False)
    assert ways["kind", "kind.expire.1"] == ("no answer", False)
    assert ways["kind", "2"] == ("", False)
    assert ways["2", "2.1.1"] == ("kind == 'a'", False)
    assert ways["2", "2.3.1"] == ("else", False)
    assert ways["2.1.2", "kind"] == ("", True)
    assert ways["5", "last"] == ("otherwise", False)
    assert ways["last", STOP] == ("", False)
    assert ("2", "3") not in ways  # it has an else


def test_a_flow_of_thousands_of_steps_is_drawn() -> None:
    steps = "\n".join(f'  - say: "Line {n}."' for n in range(3000))
    text = f"flow: long\nstart: {{keywords: [go]}}\nsteps:\n{steps}\n"
    graph = draw(load_bot({"bot.yml": "bot: Harbor\n", "flows/long.yml": text}).flows["long"])
    assert len({node.row for node in graph.nodes.values()}) == 3002


def test_running_sessions_of_all_versions_are_heat_and_those_without_a_step_are_named() -> None:
    stands = [Stand(1, "quote", "job", 4), Stand(2, "quote", "job", 2), Stand(1, "quote", "gone", 1)]
    stands.append(Stand(1, "other", "job", 9))
    shown = view(FLOWS["quote"], running_at("quote", stands), [FLOWS["quote"].steps["job"].line])
    job = next(box for box in shown.boxes if box.id == "job")
    assert (job.count, job.heat, job.noted) == (6, 2, True)
    assert (shown.running, shown.lost) == (7, [("gone", 1)])
    assert {box.heat for box in shown.boxes if box.id != "job"} == {0}
    listed = {item.title: item for item in shown.items}
    assert listed["electric"].condition == "job != 'other'"
    assert [label for label, _ in listed["Branches"].leads] == ["visit", "else"]


def test_waits_and_tags_say_for_how_long_and_which() -> None:
    steps = """
- say: Hi.
- wait: 2h
- wait: {until: '09:30'}
- wait: {until: open}
- tag: [vip, bikes]
- untag: vip
- record: {goal: sold}
"""
    files = {
        "bot.yml": "bot: B",
        "flows/a.yml": "flow: a\nstart: {keywords: [a]}\nsteps:\n" + steps.replace("\n- ", "\n  - "),
    }
    found = load_bot(files).flows["a"].steps.values()
    assert [words_of(step) for step in found][1:] == [
        "2h", "until 09:30", "until we are open", "vip, bikes", "no more: vip", "sold",
    ]  # fmt: skip
