"""The Lines page and /metrics say how each line is, and what was given up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from tests.web.conftest import WORKSPACE, Site, running
from textback.channels.base import Failure
from textback.core.ids import bucket_of, new_contact_id, new_id
from textback.pipeline.breaker import AFTER, Condition
from textback.store.tables import dead_letters
from textback.web.context import LineInfo
from textback.web.present import line_state


@pytest.mark.parametrize(
    ("condition", "trouble", "words"),
    [
        (Condition(), False, "Texts go out."),
        (
            Condition("open", "away", "503", 125.0, 8.2),
            True,
            "The provider has not taken any text for 2 min (code 503). Texts wait; the next try is in 9 s.",
        ),
        (
            Condition("closed", "misconfigured", "20003", 5.0),
            True,
            "The provider has refused our account or key for under a minute (code 20003). Put it right and restart.",
        ),
        (
            Condition("probing", "away", "", 7200.0, 0.0),
            True,
            "The provider has not taken any text for 2 h. Texts wait; one is tried now.",
        ),
    ],
)
def test_a_lines_state_in_words(condition: Condition, trouble: bool, words: str) -> None:
    assert line_state(condition) == (trouble, words)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Site]:
    """A server of its own, whose one line is shown as if it had a provider."""
    with running(tmp_path) as site:
        ctx = site.app._pages.state.ctx
        ctx.lines["simulator"] = LineInfo("simulator", "twilio", "+12065550100")
        yield site


def given_up(tx: Connection) -> None:
    contact = new_contact_id()
    row = {"bucket": bucket_of(contact), "contact_id": contact, "id": new_id(), "workspace": WORKSPACE, "kind": "send"}
    row |= {
        "line": "simulator",
        "reason": "rejected",
        "code": "",
        "detail": "",
        "payload": "{}",
        "attempts": 1,
        "at": 1,
    }
    tx.execute(insert(dead_letters), {**row, "redriven_at": None})


async def test_a_paused_line_and_what_was_given_up_are_shown(own: Site) -> None:
    owner, program = own.person("owner"), own.program("watch")
    assert "Texts go out." in owner.get("/lines").text
    assert 'textback_line_trouble{line="simulator",why="away"} 0.0' in program.get("/metrics").text

    async def away() -> None:
        for n in range(AFTER):
            own.app.road._deliverer._slots.heard("simulator", Failure("retry"), f"c{n}", 1e12)

    await own.on_its_loop(away())
    own.write(given_up)
    shown = owner.get("/lines").text
    assert "The provider has not taken any text" in shown
    assert "1 text." in shown
    numbers = program.get("/metrics").text
    assert 'textback_line_trouble{line="simulator",why="away"} 1.0' in numbers
    assert 'textback_line_trouble{line="simulator",why="misconfigured"} 0.0' in numbers
    assert 'textback_dead_letters{line="simulator"} 1.0' in numbers
