"""Mentions: who is named by a note finds it, once, and only where they may see the conversation."""

import re
from html import unescape

import httpx
import pytest
from sqlalchemy import update

from tests.web.conftest import Browser, Site
from textback.core.when import MINUTE
from textback.store import keys
from textback.store.tables_desk import users


@pytest.fixture
def ada(site: Site) -> Browser:
    return site.person("agent", "Ada Moss")


@pytest.fixture
def bo(site: Site) -> Browser:
    return site.person("agent", "Bo Reed")


def listed(person: Browser) -> list[str]:
    """Addresses of the mentions on somebody's page, as they stand there."""
    return re.findall(r'href="(/mentions/\w+)"', person.get("/mentions").text)


def new(person: Browser) -> int:
    """How many are new, as the desk says."""
    found = re.search(r'aria-label="Mentions(?:, (\d+) new)?"', person.get("/desk/all").text)
    assert found
    return int(found[1] or 0)


def test_whoever_is_named_finds_the_note_and_has_read_it_once_opened(site: Site, ada: Browser, bo: Browser) -> None:
    contact = site.waiting()
    for text, once in (("@Bo Reed: <b>first</b>", "m1"), ("@Bo Reed: second", "m2"), ("@Bo Reed: second", "m2")):
        assert ada.submit(f"/c/{contact}/note", text=text, once=once).status_code == 303
    assert new(bo) == 2
    assert new(ada) == 0
    assert listed(ada) == []
    page = bo.get("/mentions").text
    assert page.index("second") < page.index("&lt;b&gt;first&lt;/b&gt;")
    assert "Ada Moss" in page
    latest = listed(bo)[0]
    opened = bo.get(latest)
    assert opened.status_code == 303
    place, _, anchor = opened.headers["location"].partition("#")
    assert place == f"/c/{contact}?view=all"
    assert f'id="{anchor}"' in bo.get(place).text
    assert "second" in unescape(bo.get(place).text).partition(f'id="{anchor}"')[2][:600]
    assert new(bo) == 1
    assert latest in listed(bo)
    ada.submit(f"/c/{contact}/note", text="@Bo Reed: second", once="m2")
    assert new(bo) == 1


def test_nobody_else_opens_a_mention_and_a_look_at_its_head_reads_nothing(
    site: Site, ada: Browser, bo: Browser
) -> None:
    ada.submit(f"/c/{site.waiting()}/note", text="@Bo Reed, look")
    assert bo.head(listed(bo)[0]).status_code == 303
    assert new(bo) == 1
    assert ada.get(listed(bo)[0]).status_code == 404
    assert bo.get("/mentions/nothing").status_code == 404
    assert new(bo) == 1


def test_a_note_to_oneself_is_no_news(site: Site, ada: Browser) -> None:
    ada.submit(f"/c/{site.waiting()}/note", text="@Ada Moss must call them")
    assert listed(ada) == []


def test_what_somebody_may_not_see_is_not_listed_nor_opened(site: Site, ada: Browser, bo: Browser) -> None:
    ada.submit(f"/c/{site.waiting()}/note", text="@Bo Reed, look")
    mine = listed(bo)[0]
    site.write(lambda tx: tx.execute(update(users).where(users.c.id == bo.user_id).values(sight="some")))
    assert listed(bo) == []
    assert new(bo) == 0
    assert bo.get(mine).status_code == 404


def test_an_erased_contact_is_not_among_them(site: Site, ada: Browser, bo: Browser) -> None:
    contact = site.waiting()
    ada.submit(f"/c/{contact}/note", text="@Bo Reed, they moved house")
    mine = listed(bo)[0]
    owner = site.person("owner", "Olga Erase")
    assert owner.submit(f"/c/{contact}/erase", sure="1").status_code == 303
    assert "moved house" not in bo.get("/mentions").text
    assert new(bo) == 0
    assert bo.get(mine).status_code == 404


def test_a_programs_note_is_found_too(site: Site, bo: Browser) -> None:
    contact = site.waiting()
    made = site.write(lambda tx: keys.add(tx, "default", "mentioning", site.clock()))
    assert made is not None
    program: httpx.Client = site.browser(headers={"Authorization": f"Bearer {made[1]}"})
    body = {"text": "The order is late.", "mentions": [bo.email]}
    assert program.post(f"/v1/conversations/{contact}/notes", json=body).status_code == 200
    assert "The order is late." in bo.get("/mentions").text
    assert new(bo) == 1


def test_the_browser_tells_of_it_once(site: Site, ada: Browser, bo: Browser) -> None:
    contact = site.waiting()
    begun = bo.get("/news").json()["now"]
    site.clock.advance(MINUTE)
    ada.submit(f"/c/{contact}/note", text="@Bo Reed, look")
    told = bo.get(f"/news?since={begun}").json()
    assert [(one["id"], one["kind"]) for one in told["news"]] == [(contact, "named")]
    assert f"/mentions/{told['news'][0]['turn']}" in listed(bo)
    assert bo.get(f"/news?since={told['now']}").json()["news"] == []
    assert ada.get(f"/news?since={begun}").json()["news"] == []
