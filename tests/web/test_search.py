"""The search page over HTTP: people and texts, marked, for whoever may see them."""

import time
from html import unescape

import pytest

from tests.web.conftest import Browser, Site
from tests.web.test_desk_list import shown


@pytest.fixture
def agent(site: Site) -> Browser:
    return site.person("agent", "Ada Park")


def until_found(person: Browser, words: str, wanted: str, most: float = 20) -> str:
    """The page once it has what is wanted; the index follows within seconds."""
    end = time.monotonic() + most
    while True:
        answer = person.get("/search", params={"q": words})
        assert answer.status_code == 200
        if wanted in answer.text or time.monotonic() > end:
            return unescape(answer.text)


def test_a_text_is_found_with_its_words_marked(site: Site, agent: Browser) -> None:
    contact = site.contact("HOURS", "my <b>Zeppelin</b> squeaks")
    text = until_found(agent, "zeppel", "<mark>Zeppelin</mark>")
    assert "<mark>Zeppelin</mark>" in text
    assert "<b>Zeppelin" not in agent.get("/search?q=zeppelin").text
    assert f'href="/c/{contact}?view=all&before=' in text
    assert shown(agent, "/desk/all?q=zeppelin") == [contact]


def test_a_person_is_found_by_number_but_not_by_who_may_not_see_it(site: Site, agent: Browser) -> None:
    phone = site.phone()
    contact = site.text(phone, "HOURS")
    link = f'href="/c/{contact}?view=all"'
    assert link in until_found(agent, phone[1:], link)
    assert link not in site.person("viewer").get("/search", params={"q": phone[1:]}).text


@pytest.mark.parametrize(
    "words", ["", "'", '"', "\\", "*", "a AND OR NOT", "NEAR(", "x" * 500, "%", "\x00", "🙂", "))((", "-"]
)
def test_nothing_that_is_typed_is_an_error(agent: Browser, words: str) -> None:
    assert agent.get("/search", params={"q": words}).status_code == 200
    assert agent.get("/desk/all", params={"q": words}).status_code == 200


def test_what_nobody_said_says_so(agent: Browser) -> None:
    assert "Nothing has those words." in agent.get("/search?q=nobodysaidthis").text
