"""Hand-overs at the desk: the card, the transcript behind it, who is there, and what the browser tells of."""

from html import unescape
from typing import Any

import pytest

from tests.web.conftest import Browser, Site
from textback.core.when import MINUTE
from textback.engine.bot import Bot
from textback.engine.queues import Queue
from textback.engine.state import Episode, Handoff, Session, State
from textback.store.desk import Happening
from textback.web.card import answers_of, one_line, tried
from textback.web.handoff_words import waiting_chip


@pytest.fixture
def agent(site: Site) -> Browser:
    return site.person("agent", "Ada Park")


def card(person: Browser, contact: str) -> str:
    page = unescape(person.get(f"/c/{contact}/card").text)
    start = page.index('class="card handoff"')
    return page[start : page.index("</section>", start)]


def test_the_card_says_why_and_what_they_want(site: Site, agent: Browser):
    contact = site.contact("can i talk to a person about the crack in the frame")
    shown = card(agent, contact)
    assert "“can i talk to a person about the crack in the frame”" in shown
    assert "Asked for a person" in shown
    assert "Take over and answer them." in shown


def test_the_transcript_is_for_those_who_may_and_is_written_down(site: Site, agent: Browser):
    contact = site.contact("HOURS", "PERSON")
    assert "Download all texts" not in card(agent, contact)
    assert agent.get(f"/c/{contact}/transcript").status_code == 403
    lead = site.person("supervisor", "Lee")
    assert "Download all texts" in card(lead, contact)
    answer = lead.get(f"/c/{contact}/transcript")
    assert answer.headers["content-disposition"].startswith("attachment")
    lines = answer.text.splitlines()
    assert [line.split("  ", 1)[1] for line in lines if "Contact: " in line] == ["Contact: HOURS", "Contact: PERSON"]
    assert ("transcript.export", contact) in site.audit(lead.email)
    auditor = site.person("auditor", "Sam").get(f"/c/{contact}/transcript")
    assert "555-0" not in auditor.text.splitlines()[0]  # who may not see numbers gets none


def test_an_answer_that_is_not_kept_is_not_shown(site: Site, agent: Browser):
    contact = site.waiting()
    assert agent.submit(f"/c/{contact}/answer", name="pin").status_code == 404
    assert site.audit(agent.email) == []


def test_people_say_whether_they_can_answer(site: Site, agent: Browser):
    assert "You are available" in agent.get("/account").text
    assert agent.submit("/account/available", available="no").status_code == 303
    assert "You are away" in agent.get("/account").text
    assert agent.submit("/account/available", available="perhaps").status_code == 400
    assert agent.submit("/account/capacity", capacity="3").status_code == 303
    assert 'value="3"' in agent.get("/account").text
    for wrong in ("0", "-1", "many", "1000", "٣"):
        assert agent.submit("/account/capacity", capacity=wrong).status_code == 400
    assert agent.submit("/account/capacity", capacity="").status_code == 303
    assert 'value="3"' not in agent.get("/account").text
    assert ("away", agent.email) in site.audit(agent.email)


def test_the_browser_tells_whoever_it_became_and_no_other(site: Site, agent: Browser):
    contact = site.waiting()
    begun = agent.get("/news").json()
    assert begun["news"] == []
    site.clock.advance(MINUTE)
    agent.submit(f"/c/{contact}/take")
    since = begun["now"]
    assert [(one["id"], one["kind"]) for one in agent.get(f"/news?since={since}").json()["news"]] == [
        (contact, "yours")
    ]
    assert site.person("agent", "Ben").get(f"/news?since={since}").json()["news"] == []
    for nonsense in ("x", "-1", "9" * 40):
        assert agent.get(f"/news?since={nonsense}").json()["news"] == []


# What the card makes of what is known


def test_answers_are_checked_dotted_and_shown():
    session = Session("s", 1, "book", "day", 0, vars={"pin": "1234", "day": "2026-03-02", "ok": True})
    collected = {"day": "2026-03-02", "pin": "•••", "ok": True, "bike": "", "gone": "•••"}
    handoff = Handoff("flow", collected=collected, sure={"day": 0.69, "ok": 0.7, "bike": 0.99})
    state = State(session=session, handoff=handoff)
    found = {one.name: (one.value, one.sure, one.check, one.kept) for one in answers_of(handoff, state, "en")}
    assert found == {
        "day": ("Mon Mar 2", 69, True, False),
        "pin": ("•••", None, False, True),
        "ok": ("Yes", 70, False, False),
        "bike": ("not asked", None, False, False),
        "gone": ("•••", None, False, False),
    }
    revealed = {one.name: one.value for one in answers_of(handoff, state, "en", "pin")}
    assert (revealed["pin"], revealed["gone"]) == ("1234", "•••")


def test_what_was_tried_is_a_few_lines():
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("step_reached", {"step": "day"}), ("answer_refused", {"step": "day"}), ("answer_refused", {"step": "day"}),
        ("not_answered", {"confidence": 0.42}), ("action_failed", {"action": "calendar.book"}),
        ("step_reached", {"step": "4"}),
    ]  # fmt: skip
    events = [Happening(str(n), "t", kind, data, n) for n, (kind, data) in enumerate(kinds)]
    assert tried(events) == [
        "Asked for day", "Did not understand the answer about day, 2 times", "Found no answer, 42% sure",
        "Asked calendar.book, which gave no result", "Asked whether it is right",
    ]  # fmt: skip


def test_the_ask_is_one_line():
    assert one_line("a\n b") == "a b"
    assert len(one_line("word " * 100)) == 140


@pytest.mark.parametrize(
    ("handoff", "minutes", "chip"),
    [
        (Handoff("asked", "q", span=10 * MINUTE, since=1, timed_from=1), 3, ("quiet", "3 of 10 min")),
        (Handoff("asked", "q", span=10 * MINUTE, since=1, timed_from=1), 5, ("quiet", "5 of 10 min")),
        (Handoff("asked", "q", span=10 * MINUTE, since=1, timed_from=1), 6, ("wait", "6 of 10 min")),
        (Handoff("asked", "q", span=10 * MINUTE, since=1, timed_from=1), 12, ("fail", "12 min, limit 10 min")),
        (Handoff("asked", "q", span=120 * MINUTE, since=1, timed_from=1), 90, ("wait", "1 h 30 min of 2 h")),
        (Handoff("asked", "q", since=1), 3, ("quiet", "3 min")),
        (Handoff("asked", "q", since=1), 6, ("wait", "6 min")),
        (Handoff("asked", "q"), 6, None),
    ],
)
def test_the_chip_says_how_long_of_how_long(handoff: Handoff, minutes: int, chip: tuple[str, str] | None):
    bot = Bot(name="X", queues={"q": Queue("q")})
    state = State(episode=Episode(1, "waiting_on_agent", 1), handoff=handoff)
    found = waiting_chip(state, bot, 1 + minutes * MINUTE)
    assert (None if found is None else (found[0], found[2])) == chip
