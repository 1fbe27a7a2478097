"""Episodes of a thread and what helps with failed texts, without a server."""

from types import SimpleNamespace
from typing import Any

import pytest

from textback.core.when import DAY, MINUTE
from textback.store.desk import Happening
from textback.store.history import MOST_TOLD, Window
from textback.web.episodes import Looks, Part, Summary, episode_of, parts_of, summary_of
from textback.web.remedies import remedy_of, without_links

NOON = 1_700_049_600_000
LOOKS = Looks("me", "UTC", NOON + 3 * DAY, {"repair": "Bike repair"})


def said(id_: str, text: str = "hello", *, by: str = "contact", at: int = NOON, **more: Any) -> Any:
    """A row of a text."""
    values = {
        "id": id_, "at": at, "direction": "in" if by == "contact" else "out", "author": by, "author_id": "",
        "author_name": "", "text": text, "media": "[]", "status": "received" if by == "contact" else "delivered",
        "rule": "", "code": "", "detail": "", "source": "", "channel": "sms", "due_at": None,
    }  # fmt: skip
    return SimpleNamespace(**{**values, **more})


def event(turn: str, kind: str, at: int = NOON, **data: Any) -> Happening:
    return Happening(f"{turn}-0", turn, kind, data, at)


def test_each_row_is_in_the_episode_that_had_begun() -> None:
    texts = [said(id_) for id_ in ("b", "b5", "d", "d1")]
    window = Window(texts, [event("b", "episode_started"), event("c", "completed"), event("d", "episode_started")], "")
    parts, older = parts_of(window)
    assert [(part.key, [row.id for row in part.messages]) for part in parts] == [("b", ["b", "b5"]), ("d", ["d", "d1"])]
    assert [one.kind for one in parts[0].events] == ["episode_started", "completed"]
    assert older == ""


def test_what_they_agreed_to_before_they_wrote_is_no_episode() -> None:
    agreed, begun = event("a", "opted_in"), event("b", "episode_started")
    (part,), older = parts_of(Window([said("b")], [agreed, begun], ""))
    assert ((part.key, older), [one.kind for one in part.events]) == (("b", ""), ["opted_in", "episode_started"])
    (alone,), _ = parts_of(Window([], [agreed], ""))
    assert alone.key == ""


@pytest.mark.parametrize(
    ("since", "starts", "keys", "older"),
    [
        ("", ["c"], ["", "c"], ""),  # before it nothing is known to have begun
        ("a", ["c"], ["c"], "c"),  # what is cut is left to the next window
        ("a", [], [""], "a"),  # nothing else is there: it is shown as far as it goes
        ("a", ["a", "c"], ["a", "c"], "a"),  # the window begins with an episode
        ("", [], [""], ""),
    ],
)
def test_an_episode_that_a_window_cuts_is_left_to_the_next(
    since: str, starts: list[str], keys: list[str], older: str
) -> None:
    window = Window([said("a"), said("c")], [event(id_, "episode_started") for id_ in starts], since)
    parts, rest = parts_of(window)
    assert ([part.key for part in parts], rest) == (keys, older)


@pytest.mark.parametrize(
    ("events", "about", "outcome"),
    [
        ([], "“hello”", ""),
        ([event("a", "session_started", flow="repair")], "Bike repair", ""),
        ([event("a", "session_started", flow="book_a_ride")], "Book a ride", ""),
        (
            [event("a", "session_started", flow=name) for name in ("repair", "ride", "repair", "wash")],
            "Bike repair and 2 more",
            "",
        ),
        ([event("b", "session_ended", flow="repair", outcome="no_answer")], "“hello”", "no answer"),
        (
            [event("b", "session_ended", outcome="replaced"), event("c", "completed", user="u1", name="Tom")],
            "“hello”",
            "completed by Tom",
        ),
        ([event("c", "completed", user="me", name="Ana")], "“hello”", "completed by you"),
        ([event("c", "opted_out"), event("d", "completed", user="me")], "“hello”", "opted out"),
        ([event("c", "opted_out"), event("d", "opted_in")], "“hello”", ""),
    ],
)
def test_a_line_says_what_it_was_about_and_how_it_ended(events: list[Happening], about: str, outcome: str) -> None:
    found = summary_of(Part("a", [said("a")], events), LOOKS)
    assert (found.about, found.outcome) == (about, outcome)


def test_a_line_says_when_who_answered_and_how_many_texts() -> None:
    texts = [
        said("a", "  is my\nbike ready  " + "x" * 60),
        said("b", by="bot", at=NOON + MINUTE),
        said("c", by="person", author_id="me", author_name="Ana"),
        said("d", by="person", author_id="u1", author_name="Tom Alvarez"),
    ]
    found = summary_of(Part("a", texts, []), LOOKS)
    about = f"“is my bike ready {'x' * 31}…”"
    assert found == Summary("Wed 15 Nov", about, "", "Bot, you and Tom Alvarez", "4 texts")
    many = [said("a", by="person", author_id=str(n), author_name=f"P{n}") for n in range(5)]
    assert summary_of(Part("a", many, []), LOOKS).by == "P0, P1 and 3 more"
    assert summary_of(Part("a", [said("a")], []), LOOKS).by == "Nobody answered"
    assert summary_of(Part("a", [said("a")], []), LOOKS).texts == "1 text"
    assert summary_of(Part("a", [said("a")] * MOST_TOLD, []), LOOKS).texts == "1000+ texts"


def test_a_day_is_called_the_same_whatever_was_loaded_before_it() -> None:
    late, later = said("b", at=NOON + DAY), said("c", at=NOON + DAY + MINUTE)
    whole = episode_of(Part("k", [said("a"), late, later], []), None, {}, LOOKS)
    cut = episode_of(Part("k", [later], []), None, {}, LOOKS)
    days = [item.id for item in whole.items if item.kind == "day"]
    assert days == ["day-k-20231115", "day-k-20231116"]
    assert [item.id for item in cut.items if item.kind == "day"] == days[1:]


FAILED: dict[str, Any] = {"by": "bot", "status": "undelivered"}


@pytest.mark.parametrize(
    ("row", "do"),
    [
        (said("a", **FAILED, code="30007", text="see bit.ly/x"), "plain"),
        (said("a", **FAILED, code="30007", text="no link here"), "again"),
        (said("a", **FAILED, code="40001"), "call"),
        (said("a", **FAILED, code="30003"), "again"),
        (said("a", **FAILED, code="30005"), "check"),
        (said("a", **FAILED, code="21610"), "proof"),
        (said("a", **FAILED, code="30034"), "setup"),
        (said("a", **FAILED, code="99999"), "again"),
        (said("a", **FAILED, text=""), ""),
        (said("a", by="bot", status="expired", code="30007"), "again"),
        (said("a", by="bot", status="blocked", rule="O6"), "proof"),
        (said("a", by="bot", status="blocked", rule="K1"), "proof"),
        (said("a", by="bot", status="blocked", rule="N2"), "setup"),
        (said("a", by="bot", status="blocked", rule="Q4"), ""),
        (said("a", by="bot"), ""),
        (said("a", status="failed"), ""),
    ],
)
def test_what_helps_with_a_text_that_failed(row: Any, do: str) -> None:
    found = remedy_of(row)
    assert (found.do if found else "") == do


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Directions: bit.ly/hcw-dock see you", "Directions: see you"),
        ("https://example.com/a?b=c", ""),
        ("Look at www.example.com now", "Look at now"),
        ("It is 5.30 and 9.5 km, e.g. here. Ok", "It is 5.30 and 9.5 km, e.g. here. Ok"),
        ("and/or either/or", "and/or either/or"),
    ],
)
def test_links_are_left_out_and_nothing_else(text: str, left: str) -> None:
    assert without_links(text) == left
