"""Simulated phones that misbehave, and the clock of a demo."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.web.conftest import Browser, Site, running
from textback.app import read_folder
from textback.cli.serving import example_bot
from textback.core.when import DAY, HOUR
from textback.pipeline import simulating
from textback.pipeline.simulating import FAULTS, reports
from textback.store import simulator as store


@pytest.fixture
def owner(site: Site) -> Browser:
    return site.person("owner", "Ada Park")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is late is not very late."""
    monkeypatch.setattr(simulating, "LATE", 0.2)
    monkeypatch.setattr(simulating, "SOON", 0.01)


def until(look: Callable[[], bool], most: int = 100) -> None:
    for _ in range(most):
        if look():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def fault(owner: Browser, phone: str, name: str) -> None:
    assert owner.submit(f"/try/{phone}/faults", fault=name).status_code == 303


def texts(site: Site, contact: str, direction: str) -> list[Any]:
    return [one for one in site.messages(contact) if one.direction == direction]


def nothing_due(site: Site, contact: str) -> bool:
    """Whether every timer of a conversation is still to come."""
    timers = site.rows("SELECT due_at FROM timers WHERE contact_id = :c", c=contact)
    return all(timer.due_at > site.app.road.now() for timer in timers)


def status(site: Site, contact: str) -> list[str]:
    return [one.status for one in texts(site, contact, "out")]


@pytest.mark.parametrize(("faults", "said"), [
    ((), []),
    (("opted_out",), []),
    (("fail",), ["sent", "undelivered"]),
    (("order",), ["delivered", "sent"]),
    (("twice",), ["sent", "delivered", "sent", "delivered"]),
    (("fail", "order"), ["undelivered", "sent"]),
])  # fmt: skip
def test_what_the_provider_reports_of_a_text(faults: tuple[str, ...], said: list[str]):
    assert [one.status for one in reports(faults)] == said


def test_what_is_late_is_reported_later():
    assert min(one.after for one in reports({"late"})) > max(one.after for one in reports({"order"}))


def test_a_carrier_that_rejects_says_so_with_its_code(site: Site, owner: Browser):
    phone = site.phone()
    fault(owner, phone, "fail")
    contact = site.text(phone, "HOURS")
    until(lambda: "undelivered" in status(site, contact))
    assert texts(site, contact, "out")[0].code == "30007"
    assert 'value="fail" aria-pressed="true"' in owner.get(f"/try/{phone}").text


def test_a_fault_is_of_one_phone_alone_and_can_be_turned_off(site: Site, owner: Browser):
    phone, other = site.phone(), site.phone()
    fault(owner, phone, "fail")
    assert 'aria-pressed="true"' not in owner.get(f"/try/{other}").text
    fault(owner, phone, "fail")
    assert 'aria-pressed="true"' not in owner.get(f"/try/{phone}").text
    assert owner.submit(f"/try/{phone}/faults", fault="none").status_code == 400


def test_a_text_that_comes_twice_has_one_turn(site: Site, owner: Browser):
    phone = site.phone()
    fault(owner, phone, "twice")
    contact = site.text(phone, "HOURS")
    until(lambda: status(site, contact) == ["delivered"])
    assert len(texts(site, contact, "in")) == 1


def test_texts_out_of_order_come_the_newer_first(site: Site, owner: Browser):
    phone = site.phone()
    contact = site.text(phone, "HOURS")
    fault(owner, phone, "order")
    site.text(phone, "first")
    assert [one.text for one in texts(site, contact, "in")] == ["HOURS"]
    assert "A text comes after the next one." in owner.get(f"/try/{phone}").text
    site.text(phone, "second")
    assert [one.text for one in texts(site, contact, "in")] == ["HOURS", "second", "first"]
    site.text(phone, "third")
    fault(owner, phone, "order")
    assert [one.text for one in texts(site, contact, "in")][-1] == "third", "it is not lost"


def test_a_late_text_comes_by_itself(site: Site, owner: Browser):
    phone = site.phone()
    contact = site.text(phone, "HOURS")
    fault(owner, phone, "late")
    site.text(phone, "PERSON")
    until(lambda: [one.text for one in texts(site, contact, "in")] == ["HOURS", "PERSON"])


def test_an_opt_out_at_the_provider_is_honoured_here(site: Site, owner: Browser):
    phone = site.phone()
    fault(owner, phone, "opted_out")
    contact = site.text(phone, "HOURS")
    opted_out = "SELECT opted_out FROM conversations WHERE contact_id = :c"
    until(lambda: bool(site.rows(opted_out, c=contact)[0].opted_out))
    assert status(site, contact) == ["failed"]


def test_the_page_names_every_fault(site: Site, owner: Browser):
    page = owner.get(f"/try/{site.phone()}").text
    assert all(words in page for words in FAULTS.values())


def test_the_clock_moves_ahead_and_what_was_due_happens(site: Site, owner: Browser):
    phone = site.phone()
    contact = site.text(phone, "PERSON")
    before = site.app.road.now()
    at = "SELECT due_at FROM outbox WHERE contact_id = :c"
    page = owner.get(f"/c/{contact}").text
    owner.submit(f"/c/{contact}/reply", text="Tomorrow", at=page.split('name="at" value="')[1][:16])
    due = site.rows(at, c=contact)[0].due_at
    assert due > before
    for _ in range(3):  # the person goes quiet first, and then it is morning
        if site.app.road.now() < due:
            assert owner.submit(f"/try/{phone}/clock", by="next").status_code == 303
            until(lambda: nothing_due(site, contact))
    assert site.app.road.now() >= due
    until(lambda: status(site, contact)[-1] == "accepted")
    assert owner.get("/account").status_code == 200, "they are still signed in"
    for _ in range(20):
        owner.submit(f"/try/{phone}/clock", by="day")
    assert owner.get("/account").status_code == 200, "however far it is moved"
    assert site.app.road.now() - before > 20 * DAY
    assert owner.submit(f"/try/{phone}/clock", by="year").status_code == 400


def test_the_clock_is_where_it_was_after_a_restart_and_stays_where_real_lines_are(tmp_path: Path):
    with running(tmp_path) as site:
        owner, phone = site.person("owner"), site.phone()
        owner.submit(f"/try/{phone}/clock", by="hour")
    with running(tmp_path) as again:
        assert again.app.road.ahead.ahead == HOUR
    bot = dict(read_folder(example_bot()))
    bot["bot.yml"] += REAL_LINE
    folder = tmp_path / "real"
    folder.mkdir()
    found = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "not a real token"}
    with running(folder, bot, found, reconcile_minutes=0) as real:
        owner, phone = real.person("owner"), real.phone()
        assert "this server has real lines" in owner.get(f"/try/{phone}").text
        refused = owner.submit(f"/try/{phone}/clock", by="hour")
        assert refused.status_code == 409

        def ahead(tx: Connection) -> int:
            return store.ahead(tx, "default")

        assert real.write(ahead) == 0


REAL_LINE = """
lines:
  main:
    provider: twilio
    number: "+12065550142"
    account_sid: ${TWILIO_ACCOUNT_SID}
    auth_token: ${TWILIO_AUTH_TOKEN}
"""
