"""The Stuck page: what was given up and what was rejected is shown with its reason, tried again, and thrown away."""

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert

from tests.web.conftest import WORKSPACE, Browser, Site, running
from textback.core.ids import bucket_of, new_id
from textback.core.when import HOUR
from textback.pipeline.lines import Line
from textback.store.tables import dead_letters

SECRET = "the words of a stranger"


@pytest.fixture(scope="module")
def stuck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with letters of its own, whose simulator may send again."""
    with running(tmp_path_factory.mktemp("stuck")) as site:
        yield site


@pytest.fixture
def owner(stuck: Site) -> Browser:
    """An owner; nothing is stuck yet."""
    made = stuck.person("owner")
    made.submit("/dead-letters/discard", all="1")
    return made


def given_up(site: Site, words: str = "Go on.", **more: Any) -> str:
    """A text of ours that was given up; returns the letter's id."""
    contact = site.contact("HOURS")
    (message,) = [row for row in site.messages(contact) if row.direction == "out"][-1:]
    payload = json.dumps({"to": "(•••) •••-••23", "text": words, "pictures": 0})
    row = {"bucket": bucket_of(contact), "contact_id": contact, "id": message.id, "workspace": WORKSPACE}
    row |= {"kind": "send", "line": "simulator", "reason": "rejected", "code": "", "detail": "No.", "payload": payload}
    row |= {"attempts": 1, "at": site.clock(), "redriven_at": None, **more}
    site.write(lambda tx: tx.execute(insert(dead_letters), row))
    return str(message.id)


def rejected(site: Site, browser: Browser, line: str = "simulator") -> str:
    """A webhook that nobody signed; returns the letter's id."""
    body = json.dumps({"text": SECRET, "from": "+12065550123", "n": new_id()})
    answer = browser.post(f"/webhooks/{line}", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (401, 404)
    asyncio.run(site.on_its_loop(written(site)))
    rows = site.rows("SELECT id FROM rejected_webhooks WHERE redriven_at IS NULL AND line = :l", l=line)
    return str(rows[0].id)


async def written(site: Site) -> None:
    """Return when all that was rejected is in the database."""
    while site.app.quarantine._writer is not None:
        site.app.quarantine._stopping.set()
        await asyncio.sleep(0.01)
    site.app.quarantine._stopping.clear()


def picks(html: str) -> list[str]:
    return re.findall(r'name="pick\.([0-9a-f]+)"', html)


def test_nothing_is_stuck(owner: Browser) -> None:
    shown = owner.get("/dead-letters").text
    assert "Nothing is stuck." in shown
    assert 'id="rail-stuck" aria-label="0 things to look at" hidden' in shown


def test_each_letter_says_what_it_was_and_why_and_hides_what_is_private(stuck: Site, owner: Browser) -> None:
    letter = given_up(stuck, "Your <b>bike</b> is ready.", code="30007")
    hook = rejected(stuck, owner, "mian")
    shown = owner.get("/dead-letters").text
    assert set(picks(shown)) == {letter, hook}
    assert "Text to (•••) •••-••23" in shown
    assert "The carrier blocked it as spam." in shown
    assert "Your &lt;b&gt;bike&lt;/b&gt; is ready." in shown
    assert "There is no line of that name." in shown
    assert "(23 characters)" in shown
    assert not any(private in shown for private in (SECRET, "2065550123"))
    assert 'aria-label="2 things to look at"' in owner.get("/desk/all").text
    assert "1 webhook" in owner.get("/lines").text
    assert "dead-letters" not in stuck.person("agent").get("/desk/all").text


def test_kind_and_line_narrow_the_list(stuck: Site, owner: Browser) -> None:
    letter, hook = given_up(stuck), rejected(stuck, owner, "mian")
    assert picks(owner.get("/dead-letters?kind=send").text) == [letter]
    assert picks(owner.get("/dead-letters?line=mian").text) == [hook]
    assert "Nothing is stuck here." in owner.get("/dead-letters?kind=send&line=mian").text
    assert owner.get("/dead-letters?kind=post").status_code == 404


def test_one_is_sent_again_once(stuck: Site, owner: Browser) -> None:
    letter, other = given_up(stuck), given_up(stuck)
    (before,) = stuck.rows("SELECT contact_id, text FROM messages WHERE id = :i", i=letter)
    answer = owner.submit("/dead-letters/redrive", one=letter, **{f"pick.{other}": "1"})
    assert answer.headers["location"] == "/dead-letters?done=1&did=redrive"
    shown = owner.get(answer.headers["location"]).text
    assert "1 on the road again." in shown
    assert picks(shown) == [other]
    assert [row.text for row in stuck.messages(before.contact_id)].count(before.text) == 2
    owner.submit("/dead-letters/redrive", one=letter)
    assert [row.text for row in stuck.messages(before.contact_id)].count(before.text) == 2
    assert stuck.audit(owner.email)[-1:] == [("dead.redrive", letter)]


def test_what_is_picked_is_discarded_and_the_rest_stays(stuck: Site, owner: Browser) -> None:
    first, second, third = given_up(stuck), rejected(stuck, owner), given_up(stuck)
    answer = owner.submit("/dead-letters/discard", **{f"pick.{first}": "1", f"pick.{second}": "1"})
    assert answer.headers["location"] == "/dead-letters?done=2&did=discard"
    assert picks(owner.get("/dead-letters").text) == [third]
    assert set(stuck.audit(owner.email)[-2:]) == {("dead.discard", first), ("dead.discard", second)}


def test_all_asks_first_and_leaves_what_came_since(stuck: Site, owner: Browser) -> None:
    for _ in range(2):
        given_up(stuck)
    rejected(stuck, owner, "mian")
    asked = owner.get("/dead-letters/all?do=redrive&kind=send&line=").text
    assert "<b>2</b> of texts" in asked
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked))
    stuck.clock.advance(HOUR)
    late = given_up(stuck)
    del fields["csrf"]
    assert owner.submit("/dead-letters/redrive", **fields).headers["location"].endswith("done=2&did=redrive")
    assert picks(owner.get("/dead-letters?kind=send").text) == [late]
    assert len(picks(owner.get("/dead-letters").text)) == 2


def test_what_stays_says_why(stuck: Site, owner: Browser) -> None:
    letter, hook = given_up(stuck), rejected(stuck, owner, "mian")
    stuck.write(lambda tx: tx.exec_driver_sql("UPDATE conversations SET opted_out = 1"))
    answer = owner.submit("/dead-letters/redrive", all="1")
    stuck.write(lambda tx: tx.exec_driver_sql("UPDATE conversations SET opted_out = 0"))
    assert answer.status_code == 409
    assert "They opted out of texts." in answer.text
    assert "There is no line &#39;mian&#39; here." in answer.text
    assert set(picks(answer.text)) == {letter, hook}


def test_nothing_picked_does_nothing(stuck: Site, owner: Browser) -> None:
    letter = given_up(stuck)
    for form in ("redrive", "discard"):
        assert "Nothing was picked." in owner.get(owner.submit(f"/dead-letters/{form}").headers["location"]).text
    assert picks(owner.get("/dead-letters").text) == [letter]


def test_a_long_list_has_pages(stuck: Site, owner: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textback.web.letters.PAGE", 2)
    ids = [given_up(stuck, at=stuck.clock() + n) for n in range(3)]
    shown = owner.get("/dead-letters").text
    assert picks(shown) == ids[:2]
    (path,) = re.findall(r'href="([^"]+)">Next page', shown)
    assert picks(owner.get(path.replace("&amp;", "&")).text) == ids[2:]


async def test_a_line_that_does_not_check_signatures_shouts_everywhere_until_it_does(stuck: Site) -> None:
    owner, agent, program = stuck.person("owner"), stuck.person("agent"), stuck.program("shout")
    lines: dict[str, Line] = stuck.app.road.lines
    plain = lines["simulator"]
    lines["simulator"] = msgspec.structs.replace(plain, log_only_until=stuck.clock() + HOUR)
    words = "Line simulator takes webhooks without checking who sent them"
    try:
        for browser, path in ((owner, "/lines"), (owner, "/dead-letters"), (agent, "/desk/all"), (agent, "/account")):
            assert words in browser.get(path).text
        assert words not in stuck.browser().get("/login").text
        ready = program.get("/readyz")
        assert ready.status_code == 200
        assert words.lower() in ready.json()["problems"][0]
        assert 'textback_line_log_only{line="simulator"} 1.0' in program.get("/metrics").text
        stuck.clock.advance(HOUR)
        assert words not in agent.get("/desk/all").text
        assert program.get("/readyz").json()["problems"] == []
    finally:
        lines["simulator"] = plain


def test_an_action_that_was_given_up_says_which_and_why(stuck: Site, owner: Browser) -> None:
    payload = json.dumps({"action": "calendar.book", "step": "book.8", "arguments": ["name", "start"]})
    given_up(stuck, kind="job", reason="unknown", detail="No answer in 5 s.", payload=payload, attempts=3)
    html = owner.get("/dead-letters?kind=job").text
    for words in ("Action calendar.book", "It gave no answer that makes sense", "book.8", "name, start", "Do again"):
        assert words in html
    assert "Action calendar.book" not in owner.get("/dead-letters?kind=send").text
