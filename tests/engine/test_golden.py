"""Whole conversations with the example bot, word for word, through the same decisions as in production.

Each file in golden/ is a list of lines: `user:` is what the contact texts, `timer:` a timer that is due, `person:` a
text from the desk, `hand_back:` how the desk lets go; `bot:` and `event:` are what comes of it. After a wanted change,
UPDATE_GOLDEN=1 writes the answers anew; read the difference before you keep it.
"""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

import textback.examples
from tests.engine.talk import BEGIN, CONTACT, LINE
from textback.app import read_folder
from textback.core.when import MINUTE
from textback.engine.arrivals import AgentReply, AnyArrival, HandBack, Message, TimerFired
from textback.engine.effects import Event, Send
from textback.engine.load import load_bot
from textback.pipeline.rehearse import Rehearsal

FILES = sorted((Path(__file__).parent / "golden").glob("*.yml"))
EXAMPLE = Path(next(iter(textback.examples.__path__))) / "bike_shop"
ANSWERS = ("bot", "event")

#: Events worth a line, and what of them is shown.
SHOWN: dict[str, tuple[str, ...]] = {
    "session_started": ("flow",),
    "session_ended": ("outcome",),
    "escalated": ("reason", "queue"),
    "taken_over": ("name",),
    "handed_back": ("mode",),
    "reminded": ("step",),
    "turn_failed": ("reason",),
    "opted_out": ("rule",),
    "opted_in": ("rule",),
    "help_asked": ("rule",),
}

Line = dict[str, str]


def arrival(kind: str, value: str, now: int) -> AnyArrival:
    """What a line that is not an answer lets happen."""
    match kind:
        case "user":
            return Message(CONTACT, LINE, value, f"m{now}")
        case "timer":
            return TimerFired(value, now)
        case "person":
            return AgentReply("u1", "Ana", value, f"x{now}")
        case "hand_back":
            return HandBack("u1", "Ana", value)
    raise ValueError(f"a line can't be {kind}:")


def shown(event: Event) -> str:
    return " ".join([event.kind, *(str(event.data[name]) for name in SHOWN[event.kind] if event.data.get(name))])


def play(given: list[Line]) -> list[Line]:
    """The conversation as it goes now: the given lines, each followed by what came of it."""
    rehearsal = Rehearsal(load_bot(read_folder(EXAMPLE)), BEGIN)
    played: list[Line] = []
    for line in given:
        [(kind, value)] = line.items()
        timers = rehearsal.timers
        assert kind != "timer" or value in timers, f"no timer {value!r} is set; there are {sorted(timers)}"
        rehearsal.now += MINUTE
        came = rehearsal.happen(arrival(kind, value, rehearsal.now))
        played.append(line)
        for done in came.done:
            if isinstance(done.effect, Send) and done.effect.author == "bot" and done.gate is not None:
                text, gate = done.effect.text, done.gate
                played.append({"bot": text} if gate.allowed else {"event": f"not sent, {gate.rule}"})
        played += [{"event": shown(event)} for event in came.events if event.kind in SHOWN]
    return played


def written(lines: list[Line], title: str) -> str:
    """The conversation as a file. A line to the bot begins a paragraph."""
    out = [title]
    for line in lines:
        [kind] = line
        if kind not in ANSWERS:
            out.append("\n")
        dumped: Any = yaml.safe_dump([line], allow_unicode=True, width=10_000)
        out.append(dumped)
    return "".join(out)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_conversation_goes_as_it_is_written_down(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines: list[Line] = yaml.safe_load(text)
    played = play([line for line in lines if next(iter(line)) not in ANSWERS])
    if os.environ.get("UPDATE_GOLDEN"):
        title = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
        path.write_text(written(played, title), encoding="utf-8")
    assert played == lines or os.environ.get("UPDATE_GOLDEN"), written(played, "It goes like this now:\n")


def test_the_conversations_reach_every_flow_of_the_example() -> None:
    flows = set(load_bot(read_folder(EXAMPLE)).flows)
    everything = "".join(path.read_text(encoding="utf-8") for path in FILES)
    assert {name for name in flows if f"session_started {name}" not in everything} == set()


def test_a_conversation_that_goes_otherwise_is_noticed() -> None:
    lines: list[Line] = yaml.safe_load(FILES[0].read_text(encoding="utf-8"))
    given = [line for line in lines if next(iter(line)) not in ANSWERS]
    assert play([{"user": "hello"}, *given[1:]]) != lines
