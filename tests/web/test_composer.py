"""The composer over HTTP: sending with Undo, later, after a newer text, with a picture or a template; locks; saved
replies."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.web.conftest import Browser, Site
from textback.core.when import DAY, MINUTE, SECOND

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


@pytest.fixture
def agent(site: Site) -> Browser:
    return site.person("agent", "Ada Park")


def phone_of(site: Site, contact: str) -> str:
    return str(site.rows("SELECT address FROM conversations WHERE contact_id = :c", c=contact)[0].address).lstrip("+")


def mine(site: Site, contact: str) -> list[tuple[str, str]]:
    """The texts of people in a conversation, with what became of them."""
    return [(one.text, one.status) for one in site.messages(contact) if one.author == "person"]


def outbox(site: Site, contact: str) -> list[str]:
    return [row.state for row in site.rows("SELECT state FROM outbox WHERE contact_id = :c", c=contact)]


def seen(site: Site, contact: str) -> str:
    return str([one.id for one in site.messages(contact) if one.direction == "in"][-1])


def test_a_text_with_undo_waits_on_the_server_and_goes_by_itself(site: Site, agent: Browser):
    contact = site.waiting()
    assert agent.submit(f"/c/{contact}/reply", text="On my way", undo="1").status_code == 303
    assert mine(site, contact) == [("On my way", "queued")]
    assert outbox(site, contact) == ["later"]
    page = agent.get(f"/c/{contact}?view=all").text
    assert "Sending to" in page
    assert "Undo" in page
    other = site.person("agent", "Bo Lind").get(f"/c/{contact}?view=all").text
    assert "data-undo>" not in other, "somebody else's text is theirs to take back"
    site.clock.advance(6 * SECOND)
    until(lambda: mine(site, contact) == [("On my way", "accepted")])
    site.clock.added = 0


def until(look: Callable[[], bool], most: int = 100) -> None:
    """Wait for the server's own ticks."""
    for _ in range(most):
        if look():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def test_undo_withdraws_exactly_or_says_that_it_has_gone(site: Site, agent: Browser):
    contact = site.waiting()
    agent.submit(f"/c/{contact}/reply", text="Wrong words", undo="1")
    id_ = site.messages(contact)[-1].id
    answer = agent.submit(f"/c/{contact}/withdraw", message=id_)
    assert answer.status_code == 200
    assert ">Wrong words</textarea>" in answer.text, "its words are in the composer again"
    assert mine(site, contact) == [("Wrong words", "canceled")]
    assert outbox(site, contact) == []
    last = site.rows("SELECT last_text FROM conversations WHERE contact_id = :c", c=contact)[0].last_text
    assert last != "Wrong words"
    again = agent.submit(f"/c/{contact}/withdraw", message=id_)
    assert again.status_code == 409
    agent.submit(f"/c/{contact}/reply", text="Right words")
    sent = site.messages(contact)[-1].id
    until(lambda: mine(site, contact)[-1] == ("Right words", "accepted"))
    gone = agent.submit(f"/c/{contact}/withdraw", message=sent)
    assert gone.status_code == 409
    assert "It has gone already" in unescape(gone.text)
    assert mine(site, contact)[-1] == ("Right words", "accepted")
    assert [action for action, _ in site.audit(agent.email)].count("withdraw") == 1


def test_without_undo_a_text_goes_at_once(site: Site, agent: Browser):
    contact = site.waiting()
    agent.submit(f"/c/{contact}/reply", text="Now")
    assert outbox(site, contact) != ["later"]


def test_the_bots_texts_are_not_a_persons_to_take_back(site: Site, agent: Browser):
    contact = site.waiting()
    bots = next(one.id for one in site.messages(contact) if one.author == "bot")
    assert agent.submit(f"/c/{contact}/withdraw", message=bots).status_code == 404
    assert agent.submit(f"/c/{contact}/withdraw", message="x").status_code == 404


def test_a_newer_text_stops_a_reply_that_was_written_before_it(site: Site, agent: Browser):
    contact = site.waiting()
    before = seen(site, contact)
    site.text(phone_of(site, contact), "Actually make it 1")
    answer = agent.submit(f"/c/{contact}/reply", text="See you at 12", seen=before)
    assert answer.status_code == 409
    assert "They have texted since you began" in answer.text
    assert ">See you at 12</textarea>" in answer.text
    assert mine(site, contact) == []
    found = re.search(r'name="seen" value="([0-9a-f]+)"', answer.text)
    assert found is not None
    assert agent.submit(f"/c/{contact}/reply", text="See you at 12", seen=found[1]).status_code == 303
    assert [text for text, _ in mine(site, contact)] == ["See you at 12"]


def local(site: Site, ahead: timedelta) -> str:
    return (datetime.fromtimestamp(site.clock() / 1000, ZoneInfo("America/Los_Angeles")) + ahead).strftime(
        "%Y-%m-%dT%H:%M"
    )


def test_a_text_can_go_later_and_be_changed_and_cancelled(site: Site, agent: Browser):
    contact = site.waiting()
    tomorrow = local(site, timedelta(days=1))
    assert agent.submit(f"/c/{contact}/reply", text="Good morning", at="other", at_other=tomorrow).status_code == 303
    message = site.messages(contact)[-1].id
    due = site.rows("SELECT due_at, state FROM outbox WHERE id = :i", i=message)[0]
    assert due.state == "later"
    assert DAY - 2 * MINUTE < due.due_at - site.clock() < DAY + MINUTE
    page = unescape(agent.get(f"/c/{contact}?view=all").text)
    assert "Scheduled for" in page
    next_day = local(site, timedelta(days=2))
    changed = agent.submit(f"/c/{contact}/later", message=message, text="Good day", at_other=next_day)
    assert changed.status_code == 303
    row = site.rows("SELECT text, segments FROM messages WHERE id = :i", i=message)[0]
    assert (row.text, row.segments) == ("Good day", 1)
    assert site.rows("SELECT due_at FROM outbox WHERE id = :i", i=message)[0].due_at - due.due_at == DAY
    assert agent.submit(f"/c/{contact}/withdraw", message=message).status_code == 200
    assert agent.submit(f"/c/{contact}/later", message=message, text="x", at_other=next_day).status_code == 409
    assert mine(site, contact) == [("Good day", "canceled")]


@pytest.mark.parametrize(("when", "words"), [
    ("2020-01-01T08:00", "has passed"), ("9999-01-01T08:00", "more than a year"), ("soon", "no time"),
    ("", "Choose a day"),
])  # fmt: skip
def test_a_wrong_time_sends_nothing_and_keeps_the_words(site: Site, agent: Browser, when: str, words: str):
    contact = site.waiting()
    answer = agent.submit(f"/c/{contact}/reply", text="Kept", at="other", at_other=when)
    assert answer.status_code == 409
    assert words in unescape(answer.text)
    assert ">Kept</textarea>" in answer.text
    assert mine(site, contact) == []


def test_stop_withdraws_what_is_scheduled(site: Site, agent: Browser):
    contact = site.waiting()
    agent.submit(f"/c/{contact}/reply", text="Later", at="other", at_other=local(site, timedelta(days=1)))
    site.text(phone_of(site, contact), "STOP")
    assert mine(site, contact) == [("Later", "canceled")]
    assert "They opted out. Texts may go again once they text START." in agent.get(f"/c/{contact}?view=all").text


def test_send_and_complete_does_both(site: Site, agent: Browser):
    contact = site.waiting()
    assert agent.submit(f"/c/{contact}/reply", text="Bye", undo="1", then="complete").status_code == 303
    status = "SELECT status FROM conversations WHERE contact_id = :c"
    assert site.rows(status, c=contact)[0].status == "completed"
    message = next(one.id for one in site.messages(contact) if one.text == "Bye")
    agent.submit(f"/c/{contact}/withdraw", message=message, reopen="1")
    assert mine(site, contact) == [("Bye", "canceled")]
    assert site.rows(status, c=contact)[0].status != "completed"


def attach(agent: Browser, contact: str, data: bytes, name: str = "bike.png") -> httpx.Response:
    origin = {"Origin": str(agent.base_url).rstrip("/"), "Accept": "text/html"}
    return agent.post(
        f"/c/{contact}/picture", data={"csrf": agent.csrf}, files={"file": (name, data, "image/png")}, headers=origin
    )


def test_a_picture_goes_with_a_text_and_is_served_to_whoever_has_its_address(site: Site, agent: Browser):
    contact = site.waiting()
    answer = attach(agent, contact, PNG)
    assert answer.status_code == 200
    found = re.search(r'name="picture" value="([0-9a-f]+)"', answer.text)
    assert found is not None
    assert agent.submit(f"/c/{contact}/reply", picture=found[1], text="").status_code == 303
    media = site.messages(contact)[-1].media
    address = re.search(r"/m/[0-9A-Za-z]{22}", media)
    assert address is not None, media
    stranger = site.browser()
    served = stranger.get(address[0])
    assert served.content == PNG
    assert served.headers["content-type"] == "image/png"
    assert "sandbox" in served.headers["content-security-policy"]
    assert stranger.get(address[0][:-1] + ("1" if address[0][-1] != "1" else "2")).status_code == 404
    other = site.waiting()
    assert agent.submit(f"/c/{other}/reply", picture=found[1], text="x").status_code == 409, "of another conversation"


@pytest.mark.parametrize(("data", "status", "words"), [
    (b"<script>alert(1)</script>", 409, "is no picture"),
    (b"%PDF-1.7", 409, "is no picture"),
    (PNG + bytes(50 * 2**20), 413, "larger than 5 MB"),
])  # fmt: skip
def test_what_is_no_picture_or_too_large_is_refused_in_words(
    site: Site, agent: Browser, data: bytes, status: int, words: str
):
    contact = site.waiting()
    answer = attach(agent, contact, data)
    assert answer.status_code == status
    assert words in unescape(answer.text)
    assert site.rows("SELECT id FROM pictures WHERE contact_id = :c", c=contact) == []


def test_saved_replies_are_filled_in_and_belong_to_whom_they_belong(site: Site, agent: Browser):
    lead, mate = site.person("supervisor", "Cy Moss"), site.person("agent", "Bo Lind")
    assert (
        lead.submit("/settings/replies", shortcut="/Thanks", text="Thanks from {me}, {name}.", shared="1").status_code
        == 303
    )
    assert agent.submit("/settings/replies", shortcut="mine", text="Only mine").status_code == 303
    assert agent.submit("/settings/replies", shortcut="x", text="y", shared="1").status_code == 403
    assert agent.submit("/settings/replies", shortcut="mine", text="again").status_code == 409
    assert "Only mine" in agent.get("/settings/replies").text
    assert "Only mine" not in mate.get("/settings/replies").text
    contact = site.waiting()
    page = unescape(agent.get(f"/c/{contact}/saved").text)
    assert "Thanks from Ada Park, {name}." in page, "nobody knows their name"
    id_ = site.rows("SELECT id FROM saved_replies WHERE shortcut = 'thanks'")[0].id
    used = agent.get(f"/c/{contact}/saved/{id_}").text
    assert ">Thanks from Ada Park, {name}.</textarea>" in used
    refused = agent.submit(f"/c/{contact}/reply", text="Thanks from Ada Park, {name}.")
    assert refused.status_code == 409
    assert "Fill in {name} first" in unescape(refused.text)
    assert agent.submit("/settings/replies/remove", id=id_).status_code == 403
    assert lead.submit("/settings/replies/remove", id=id_).status_code == 303
    assert agent.get(f"/c/{contact}/saved/{id_}").status_code == 404


def test_the_server_counts_what_a_text_takes(site: Site, agent: Browser):
    contact = site.waiting()
    said = agent.submit(f"/c/{contact}/measure", text="ok ’ " + "a" * 80).text
    assert 'data-count="2"' in said
    assert 'data-cost=""' in said


def test_a_suggestion_is_rejected_with_its_reason(site: Site, agent: Browser):
    contact = site.waiting()
    assert agent.submit(f"/c/{contact}/unsuggest", why="Tone").status_code == 303
    assert ("suggest.reject", contact) in site.audit(agent.email)
