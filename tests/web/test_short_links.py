"""Short links: they lead where our own text said and nowhere else, what only looks does not count, and they end."""

import re
import time
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import Connection

from tests.web.conftest import Site, running
from textback.core.when import DAY
from textback.store import bots
from textback.web import links

GO = "http://go.example.com"
TARGET = "https://shop.example.com/pay?order=12"
PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
TEMPLATES = """\
pay:
  class: conversational
  variables: {order: code, name: {type: text, required: false}}
  text: 'Harbor Cycle Works: pay at {{ link("https://shop.example.com/pay?order=" ~ order) }} or see
    {{ link("https://shop.example.com/pay?order=") }}{{ name }}'
"""


def publish(site: Site, templates: str, bot: str = "") -> int:
    """Make these templates live, as the command line does."""

    def work(tx: Connection) -> int:
        files = bots.load_files(tx, "default", bots.newest(tx, "default"))
        files["templates/pay.yml"] = templates
        files["bot.yml"] = re.sub(r"\ncontent: .*", "", files["bot.yml"]).rstrip() + f"\n{bot}\n"
        return bots.publish(tx, "default", files, site.clock(), by="test", source="folder")

    number = site.write(work)
    site.app.road.versions.wake()
    while site.app.road.shelf.current.version != number:
        site.browser().get("/healthz")
    return number


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("links"), short_link_url=GO) as made:
        publish(made, TEMPLATES)
        yield made


def sent(site: Site, **variables: str) -> tuple[str, str, list[str]]:
    """A text with links to a contact who has just texted: contact, text, and the links' paths."""
    phone = site.phone()
    contact = site.text(phone, "HOURS")
    program = site.program(f"till {phone}")
    body = {"to": f"+{phone}", "template": "pay", "variables": {"order": "12", **variables}}
    answer = program.post("/v1/messages", json=body)
    assert answer.status_code == 202, answer.text
    text = answer.json()["data"]["body"]
    return contact, text, re.findall(rf"{GO}(/l/\w+)", text)


def opened(site: Site, path: str, agent: str = PHONE, method: str = "GET", **headers: str) -> httpx.Response:
    return site.browser().request(method, path, headers={"User-Agent": agent, **headers})


def clicks(site: Site, contact: str) -> int:
    return sum(row.clicks for row in site.rows("SELECT clicks FROM short_links WHERE contact_id = :c", c=contact))


def test_a_link_leads_once_to_its_target_and_the_thread_says_that_it_was_opened(linked: Site) -> None:
    contact, text, (first, second) = sent(linked)
    assert "shop.example.com" not in text
    answer = opened(linked, first)
    assert (answer.status_code, answer.headers["location"]) == (302, TARGET)
    assert answer.headers.get_list("referrer-policy") == ["no-referrer"]
    assert answer.headers["cache-control"] == "no-store"
    assert opened(linked, second).headers["location"] == "https://shop.example.com/pay?order="
    opened(linked, first)
    assert clicks(linked, contact) == 3
    thread = linked.person("owner").get(f"/c/{contact}?view=all").text
    assert "opened 3 times" in thread
    assert thread.count("They opened a link") == 3
    (row, *_) = linked.rows(
        "SELECT events FROM turns WHERE contact_id = :c AND events LIKE '%link_clicked%'", c=contact
    )
    assert "127.0.0.0/24" in row.events  # the network, never the address
    assert "127.0.0.1" not in row.events


@pytest.mark.parametrize(
    ("agent", "method", "headers"),
    [
        (PHONE, "HEAD", {}),
        ("facebookexternalhit/1.1 Facebot Twitterbot/1.0", "GET", {}),
        ("WhatsApp/2.23.20.0", "GET", {}),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "GET", {}),
        (PHONE, "GET", {"Sec-Purpose": "prefetch"}),
        ("", "GET", {}),
    ],
)
def test_what_only_looks_is_led_on_and_does_not_count(
    linked: Site, agent: str, method: str, headers: dict[str, str]
) -> None:
    contact, _, (first, _) = sent(linked)
    assert opened(linked, first, agent, method, **headers).headers["location"] == TARGET
    assert clicks(linked, contact) == 0


def test_nothing_that_a_request_says_leads_anywhere(linked: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "misses", links.Misses())
    _, _, (first, _) = sent(linked)
    asked = (f"{first}?url=https://evil.example", f"{first}?to=//evil.example")
    assert [opened(linked, path).headers["location"] for path in asked] == [TARGET, TARGET]
    for path in (f"{first}x", f"{first[:-1]}1", "/l/https:%2F%2Fevil.example", "/l/" + "z" * 13, "/l/" + "1" * 4000):
        answer = opened(linked, path)
        assert (answer.status_code, "location" in answer.headers) == (404, False)
        assert "evil" not in answer.text


def test_a_value_stays_in_its_address_and_can_make_no_link(linked: Site) -> None:
    order = "1-2"
    contact, text, paths = sent(linked, order=order, name="https://evil.example/x")
    assert len(paths) == 2
    assert "https://evil.example/x" in text  # as it is: no link of ours
    targets = {row.target for row in linked.rows("SELECT target FROM short_links WHERE contact_id = :c", c=contact)}
    assert targets == {f"https://shop.example.com/pay?order={order}", "https://shop.example.com/pay?order="}


def test_a_network_that_guesses_has_to_wait(linked: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "misses", links.Misses(3))
    _, _, (first, _) = sent(linked)
    monkeypatch.setattr(time, "monotonic", lambda: 600.0)
    found = [opened(linked, f"/l/{'2' * 12}{n}").status_code for n in "2345"]
    assert found == [404, 404, 404, 429]
    assert opened(linked, first).status_code == 429
    monkeypatch.setattr(time, "monotonic", lambda: 660.0)
    assert opened(linked, first).status_code == 302


def test_a_link_whose_host_is_not_ours_any_more_does_not_work(linked: Site) -> None:
    _, _, (first, _) = sent(linked)
    publish(linked, TEMPLATES, "content: {links: [other.example.com]}")
    try:
        answer = opened(linked, first)
        assert (answer.status_code, "location" in answer.headers) == (410, False)
        assert "does not work any more" in answer.text
        _, text, paths = sent(linked)
        assert (paths, TARGET in text) == ([], True)  # links may not lead there, so none is made
    finally:
        publish(linked, TEMPLATES)


def test_a_link_ends(linked: Site) -> None:
    contact, _, (first, _) = sent(linked)
    linked.clock.advance(91 * DAY)
    answer = opened(linked, first)
    assert (answer.status_code, clicks(linked, contact)) == (410, 0)
    assert "text/html" in answer.headers["content-type"]
