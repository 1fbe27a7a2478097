"""The list pane over HTTP: filters and pages in the address, snooze, priority, saved views, and many at once."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.conftest import Browser, Site
from tests.web.test_desk import listed, row, thread
from textback.core.when import HOUR


@pytest.fixture
def agent(site: Site) -> Browser:
    return site.person("agent", "Ada Park")


def page(person: Browser, path: str) -> str:
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def shown(person: Browser, path: str) -> list[str]:
    return re.findall(r'<li class="row[^>]* id="row-([0-9a-f]+)"', page(person, path))


def test_a_snoozed_conversation_is_out_of_sight_until_its_time(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    assert agent.submit(f"/c/{contact}/snooze?view=needs-you", **{"for": "3h"}).status_code == 303
    assert contact not in listed(agent, "needs-you")
    assert listed(agent, "snoozed") == [contact]
    assert "Until" in row(agent, "snoozed", contact)
    assert "You snoozed it" in thread(agent, contact)
    site.clock.advance(3 * HOUR + 1000)
    for _ in range(200):
        if contact in listed(agent, "needs-you"):
            break
    assert "Back from snooze" in row(agent, "needs-you", contact)
    assert ("snooze", contact) in site.audit(agent.email)


def test_a_text_ends_a_snooze(site: Site, agent: Browser) -> None:
    phone = site.phone()
    contact = site.text(phone, "PERSON")
    agent.submit(f"/c/{contact}/snooze", **{"for": "text"})
    assert contact in listed(agent, "snoozed")
    assert "Until they text" in row(agent, "snoozed", contact)
    site.text(phone, "Hello?")
    assert contact not in listed(agent, "snoozed")
    assert contact in listed(agent, "needs-you")


def test_a_person_brings_it_back(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    agent.submit(f"/c/{contact}/snooze", **{"for": "tomorrow"})
    agent.submit(f"/c/{contact}/snooze", **{"for": "now"})
    assert contact in listed(agent, "needs-you")


@pytest.mark.parametrize(
    "form", [{}, {"for": "soon"}, {"for": "at", "at": "yesterday"}, {"for": "at", "at": "2021-01-01T09:00"},
             {"for": "at", "at": "2026-13-45T09:00"}, {"for": "at", "at": "2099-01-01T09:00"}],
)  # fmt: skip
def test_a_snooze_without_a_time_is_refused(site: Site, agent: Browser, form: dict[str, str]) -> None:
    contact = site.contact()
    assert agent.submit(f"/c/{contact}/snooze", **form).status_code == 400


def test_the_most_urgent_are_on_top(site: Site, agent: Browser) -> None:
    first, second = site.waiting(), site.waiting()
    agent.submit(f"/c/{second}/priority", priority="urgent")
    order = listed(agent, "needs-you")
    assert order.index(second) < order.index(first)
    assert "Urgent" in row(agent, "needs-you", second)
    assert agent.submit(f"/c/{second}/priority", priority="soon").status_code == 400


def test_filters_are_in_the_address_and_go_one_by_one(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    here = "/desk/all?owner=nobody&priority=high"
    agent.submit(f"/c/{contact}/priority", priority="high")
    assert shown(agent, here) == [contact]
    text = page(agent, here)
    assert 'href="/desk/all?priority=high" aria-label="Remove the filter Who has it nobody yet"' in text
    assert f'href="/c/{contact}?view=all&owner=nobody&priority=high"' in text
    assert "No conversation matches" in page(agent, "/desk/all?tag=nobody-has-this")


@pytest.mark.parametrize(
    "query",
    [
        "rows=9999999", "rows=-1", "after=%00", "after=[9,[1],%22x%22]", "after=[0,[1,2],%22%22]",
        "priority=x&unread=maybe", "owner=%27;--", "tag=%25", "line=" + "x" * 500,
    ],
)  # fmt: skip
def test_a_nonsense_address_of_a_list_is_no_error(site: Site, agent: Browser, query: str) -> None:
    assert agent.get(f"/desk/all?{query}").status_code == 200


def test_a_list_goes_on_where_it_ended(site: Site, agent: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {site.contact() for _ in range(4)}
    monkeypatch.setattr("textback.web.desk_list.STEP", 2)
    monkeypatch.setattr("textback.web.desk_list.MOST_ROWS", 4)
    seen: list[str] = []
    path = "/desk/all?rows=4"
    for _ in range(50):
        text = page(agent, path)
        rows = re.findall(r'id="row-([0-9a-f]+)"', text)
        assert len(rows) <= 4
        seen += rows
        more = re.search(r'id="more"[^>]*><a href="([^"]+)"', text)
        if more is None:
            break
        assert "after" in parse_qs(urlsplit(more[1]).query)
        path = f"{more[1]}&rows=4"
    assert made <= set(seen)
    assert len(seen) == len(set(seen))


def test_a_saved_view_is_ones_own_unless_it_is_for_everybody(site: Site, agent: Browser) -> None:
    mate = site.person("agent", "Ben Ruiz")
    agent.submit("/desk/views?view=all&tag=vip", name="My VIPs")
    agent.submit("/desk/views?view=bot&line=shop", name="Shop bots", shared="1")
    assert "My VIPs" in page(agent, "/desk/all")
    assert "Shop bots" in page(agent, "/desk/all")
    assert "My VIPs" not in page(mate, "/desk/all")
    assert "Shop bots" in page(mate, "/desk/all")
    id_ = site.rows("SELECT id FROM saved_views WHERE name = 'Shop bots'")[0].id
    mate.submit("/desk/views/remove", id=id_)
    assert "Shop bots" in page(agent, "/desk/all")
    site.person("owner").submit("/desk/views/remove", id=id_)
    assert "Shop bots" not in page(agent, "/desk/all")
    assert agent.submit("/desk/views?view=all", name=" ").status_code == 400
    assert ("view.save", "My VIPs") in site.audit(agent.email)


def bulk(site: Site, person: Browser, contacts: list[str], do: str, **more: str) -> str:
    """Do something to several; returns what the list says, and the undo's id at its end."""
    picks = {f"pick-{contact}": "1" for contact in contacts}
    answer = person.submit("/desk/bulk?view=all", **picks, do=do, **more)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_what_was_done_to_many_is_taken_back(site: Site, agent: Browser) -> None:
    pair = [site.waiting(), site.waiting()]
    place = bulk(site, agent, pair, "complete")
    assert "2 conversations completed" in page(agent, place)
    assert not set(pair) & set(listed(agent, "needs-you"))
    done = parse_qs(urlsplit(place).query)["done"][0]
    assert agent.submit("/desk/undo?view=needs-you", undo=done).status_code == 303
    assert set(pair) <= set(listed(agent, "needs-you"))
    assert agent.submit("/desk/undo", undo=done).status_code == 409
    assert site.person("agent").submit("/desk/undo", undo=done).status_code == 409


def test_tags_and_snoozes_of_many(site: Site, agent: Browser) -> None:
    pair = [site.waiting(), site.waiting()]
    place = bulk(site, agent, pair, "tag", tag="vip")
    assert set(shown(agent, "/desk/all?tag=vip")) == set(pair)
    agent.submit("/desk/undo", undo=parse_qs(urlsplit(place).query)["done"][0])
    assert shown(agent, "/desk/all?tag=vip") == []
    bulk(site, agent, pair, "snooze-monday")
    assert set(pair) <= set(listed(agent, "snoozed"))
    bulk(site, agent, pair, "unsnooze")
    assert set(pair) <= set(listed(agent, "needs-you"))


def test_a_rare_tag_is_found_however_long_ago_they_texted(
    site: Site, agent: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = site.waiting()
    bulk(site, agent, [one], "tag", tag="rare")
    for _ in range(3):
        site.contact()
    monkeypatch.setattr("textback.store.desk_lists.LOOK", 1)
    assert shown(agent, "/desk/all?tag=rare") == [one]


def test_what_somebody_else_has_is_left_as_it_is(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    site.person("agent", "Ben Ruiz").submit(f"/c/{contact}/take")
    assert "Nothing could be completed" in page(agent, bulk(site, agent, [contact], "complete"))
    free = site.waiting()
    assert "1 conversation completed. 1 left" in page(agent, bulk(site, agent, [contact, free], "complete"))


def test_a_form_that_names_nothing_is_refused(site: Site, agent: Browser) -> None:
    assert agent.submit("/desk/bulk", do="complete").status_code == 400
    contact = site.contact()
    assert agent.submit("/desk/bulk", **{f"pick-{contact}": "1"}, do="burn").status_code == 400
    assert agent.submit("/desk/bulk", **{f"pick-{contact}": "1"}, do="tag", tag="No Tag").status_code == 400
