"""Words as people look for them: cut, plain, and marked in what was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.core.words import LONGEST, MOST, Query, edges, marked, number_tokens, query_of, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Can I book a fitting?", ["can", "i", "book", "a", "fitting"]),
        ("José's CAFÉ", ["jose", "s", "cafe"]),
        ("e-bike e-bike", ["e", "bike"]),
        ("Ticket R-2291, $180", ["ticket", "r", "2291", "180"]),
        ("под снегом", ["под", "снегом"]),
        ("•••", []),
        ("", []),
        ("under_score", ["under", "score"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert tokens(text) == words


def test_a_number_is_found_by_its_parts() -> None:
    assert number_tokens("+12065550123") == ["12065550123", "2065550123", "5550123", "0123"]
    assert number_tokens("U0123") == []


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", Query()),
        ("?!", Query()),
        ("Book fit", Query(("book",), "fit")),
        ("plan b", Query(("plan", "b"))),
        ("(206) 555-01", Query((), "20655501", number=True)),
        ("+1 206 555 0123", Query((), "2065550123", number=True)),
        ("0123", Query((), "0123", number=True)),
        ("180", Query((), "180")),
    ],
)
def test_what_is_looked_for(typed: str, query: Query) -> None:
    assert query_of(typed) == query


@pytest.mark.parametrize(("start", "edge"), [("fi", "fi"), ("fitti", "fitt"), ("fitting", "fittin"), ("x", "")])
def test_a_beginning_is_looked_up_by_one_that_the_index_has(start: str, edge: str) -> None:
    assert Query((), start).edge == edge
    assert not edge or edge in edges("fitting")


def test_all_words_must_be_there_and_one_must_begin_so() -> None:
    query = query_of("wheel fitti")
    assert query.holds(["wheel", "fitting"])
    assert not query.holds(["wheel", "fitted"])
    assert not query.holds(["wheels", "fitting"])


def test_the_words_are_marked_where_they_are() -> None:
    pieces = marked("Can I book a José fitting, or booking?", query_of("jose book"))
    assert [piece for piece, hit in pieces if hit] == ["book", "José", "booking"]
    assert "".join(piece for piece, _ in pieces) == "Can I book a José fitting, or booking?"


def test_a_long_text_is_cut_to_where_they_are() -> None:
    pieces = marked("a " * 300 + "needle " + "b " * 300, query_of("needle"))
    assert pieces[0] == pieces[-1] == ("…", False)
    assert ("needle", True) in pieces
    assert sum(len(piece) for piece, _ in pieces) < 300


@given(st.text(max_size=300), st.text(max_size=20))
def test_nothing_that_is_typed_or_written_breaks_it(text: str, typed: str) -> None:
    query = query_of(typed)
    words = tokens(text)
    assert all(0 < len(word) <= LONGEST for word in words)
    assert len(words) <= MOST
    pieces = marked(text, query)
    assert "".join(piece for piece, _ in pieces).strip("…") in text or "…" in text
    assert not set("'\\ ") & set("".join([*query.whole, query.start, *words]))
