"""The event stream of an open page: what it shows comes at once, the rest together, and nobody is told for long who may
no longer hear."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from tests.web.conftest import Browser, Site, running
from textback.store.tables_desk import web_sessions
from textback.web import live

NEVER = 3600.0


@pytest.fixture
def agent(site: Site) -> Browser:
    return site.person("agent", "Ada Park")


def until(heard: Iterator[str], wanted: str) -> None:
    """Read on to this line."""
    for line in heard:
        if line == wanted:
            return
    raise AssertionError(f"the stream ended before {wanted!r}")


def number_of(site: Site, contact: str) -> str:
    found = site.rows("SELECT address FROM conversations WHERE contact_id = :c", c=contact)
    return str(found[0].address).lstrip("+")


def test_the_open_conversation_does_not_wait_for_others_to_be_told_together(
    site: Site, agent: Browser, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(live, "GAP", NEVER)
    watched, other = site.waiting(), site.waiting()
    phone, others = number_of(site, watched), number_of(site, other)
    with agent.stream("GET", f"/events?c={watched}") as stream:
        heard = stream.iter_lines()
        until(heard, "event: hello")
        site.until_subscribed()
        site.text(others, "Hello")
        until(heard, "data: list")
        for n in range(3):
            site.text(phone, f"Again, {n}")
            until(heard, "data: here")


def test_a_page_whose_session_is_gone_ends_though_nobody_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "QUIET", 0.05)
    with running(tmp_path) as site, site.person("agent").stream("GET", "/events") as stream:
        heard = stream.iter_lines()
        until(heard, ": still here")
        site.write(lambda tx: tx.execute(delete(web_sessions)))
        assert set(heard) <= {": still here", ""}, "it ends"
