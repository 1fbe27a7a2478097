"""Giving many conversations to somebody at once, and taking it back."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.conftest import Browser, Site, running
from tests.web.modelled import BOT, FLOW, KNOWLEDGE
from tests.web.test_desk_list import bulk, page, shown
from tests.web.test_owning import owner


@pytest.fixture
def ada(site: Site) -> Browser:
    return site.person("agent", "Ada Park")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    """A desk with a queue to which nothing goes by itself."""
    persona = "persona: helper\nprompt: You answer for a bike shop.\ngate: {send: 1, least: 0}\n"
    files = {
        "bot.yml": BOT + "queues: {bench: {label: The bench}}\n",
        "flows/hours.yml": FLOW,
        "knowledge/shop.md": KNOWLEDGE,
        "personas/helper.yml": persona,
    }
    with running(tmp_path, files, understanding="lite") as made:
        yield made


def queues(site: Site, contact: str) -> list[str]:
    return [row.queue for row in site.rows("SELECT queue FROM handoffs WHERE contact_id = :c", c=contact)]


def take_back(person: Browser, place: str) -> int:
    return person.submit("/desk/undo?view=all", undo=parse_qs(urlsplit(place).query)["done"][0]).status_code


def test_many_are_given_to_a_colleague_and_go_back_to_who_had_them(site: Site, ada: Browser) -> None:
    bo = site.person("agent", "Bo Lind")
    waiting, bots, mine = site.waiting(), site.contact("BOOK"), site.waiting()
    ada.submit(f"/c/{mine}/take")
    three = [waiting, bots, mine]
    place = bulk(site, ada, three, "assign", to=f"user:{bo.user_id}")
    assert "3 conversations assigned to Bo Lind" in page(ada, place)
    assert {owner(site, contact) for contact in three} == {("person", bo.user_id)}
    assert ("assign", waiting) in site.audit(ada.email)
    assert take_back(ada, place) == 303
    assert owner(site, waiting)[0] == "nobody"
    assert owner(site, bots)[0] == "bot"
    assert owner(site, mine) == ("person", ada.user_id)


def test_what_somebody_else_has_taken_since_stays_theirs(site: Site, ada: Browser) -> None:
    bo, cleo = site.person("agent", "Bo Lind"), site.person("agent", "Cleo Ray")
    pair = [site.waiting(), site.waiting()]
    place = bulk(site, ada, pair, "assign", to=f"user:{bo.user_id}")
    cleo.submit(f"/c/{pair[0]}/take", force="1")
    assert take_back(ada, place) == 303
    assert owner(site, pair[0]) == ("person", cleo.user_id)
    assert owner(site, pair[1])[0] == "nobody"


def test_only_who_manages_takes_from_a_colleague(site: Site, ada: Browser) -> None:
    bo = site.person("agent", "Bo Lind")
    contact = site.waiting()
    bo.submit(f"/c/{contact}/take")
    assert "Nothing could be taken by you" in page(ada, bulk(site, ada, [contact], "assign", to=f"user:{ada.user_id}"))
    assert owner(site, contact) == ("person", bo.user_id)
    lead = site.person("supervisor", "Lee")
    place = bulk(site, lead, [contact], "assign", to=f"user:{ada.user_id}")
    assert owner(site, contact) == ("person", ada.user_id)
    take_back(lead, place)
    assert owner(site, contact) == ("person", bo.user_id)


def test_a_form_that_names_nobody_is_refused(site: Site, ada: Browser) -> None:
    contact, viewer = site.waiting(), site.person("viewer")
    for to in ("", "user:", "user:nobody", "queue:nowhere", f"user:{viewer.user_id}", "all"):
        answer = ada.submit("/desk/bulk", **{f"pick-{contact}": "1"}, do="assign", to=to)
        assert answer.status_code == 400, to
    assert owner(site, contact)[0] == "nobody"
    assert 'name="to"' in unescape(ada.get("/desk/all").text)


def test_the_list_is_filtered_by_team(site: Site, ada: Browser) -> None:
    bo, owner_ = site.person("agent", "Bo Lind"), site.person("owner")
    team = {"do": "save", "name": "Workshop", f"person.{bo.user_id}": "1"}
    mine, theirs = site.waiting(), site.waiting()
    ada.submit(f"/c/{mine}/take")
    bo.submit(f"/c/{theirs}/take")
    assert "f-team" not in page(ada, "/desk/all")
    assert owner_.submit("/settings/teams", **team).status_code == 303
    (row,) = site.rows("SELECT id FROM teams WHERE name = 'Workshop'")
    assert shown(ada, f"/desk/all?team={row.id}") == [theirs]
    assert "Workshop" in page(ada, f"/desk/all?team={row.id}")
    assert shown(ada, "/desk/all?team=gone") == []
    assert shown(site.person("agent", "Cleo"), f"/desk/mine?team={row.id}") == []


def test_taking_back_leaves_no_queue_where_there_was_none(shop: Site) -> None:
    ada = shop.person("agent", "Ada Park")
    waiting, mine = shop.contact("agent"), shop.contact("HOURS")
    ada.submit(f"/c/{mine}/take")
    assert queues(shop, waiting) == [""]
    place = bulk(shop, ada, [waiting, mine], "assign", to="queue:bench")
    assert (queues(shop, waiting), queues(shop, mine)) == (["bench"], ["bench"])
    assert take_back(ada, place) == 303
    assert (queues(shop, waiting), owner(shop, waiting)[0]) == ([""], "nobody")
    assert owner(shop, mine) == ("person", ada.user_id)
    assert shown(ada, "/desk/all?queue=bench") == []


def test_one_is_given_away_and_taken_back_beside_it(site: Site, ada: Browser) -> None:
    bo = site.person("agent", "Bo Lind")
    contact = site.waiting()
    answer = ada.submit(f"/c/{contact}/assign?view=all&tag=x", to=f"user:{bo.user_id}")
    place = answer.headers["location"]
    assert place.startswith(f"/c/{contact}?view=all&tag=x&done=")
    assert "1 conversation assigned to Bo Lind" in page(ada, place)
    done = parse_qs(urlsplit(place).query)["done"][0]
    assert bo.submit("/desk/undo", undo=done).status_code == 409, "it is Ada's to take back"
    assert owner(site, contact) == ("person", bo.user_id)
    back = ada.submit("/desk/undo?view=all", undo=done, c=contact)
    assert back.headers["location"].startswith(f"/c/{contact}?view=all&done=")
    assert "Taken back for 1 conversation" in page(ada, back.headers["location"])
    assert owner(site, contact)[0] == "nobody"
    assert ("undo", contact) in site.audit(ada.email)
    assert ada.submit("/desk/undo", undo=done, c=contact).status_code == 409


def test_undo_leads_to_no_conversation_that_it_is_not_about(site: Site, ada: Browser) -> None:
    contact, other = site.waiting(), site.waiting()
    ada.submit(f"/c/{contact}/take")
    place = ada.submit(f"/c/{contact}/assign?view=all", to="").headers["location"]
    assert owner(site, contact)[0] == "nobody"
    assert "1 conversation left to whoever comes first" in page(ada, place)
    done = parse_qs(urlsplit(place).query)["done"][0]
    back = ada.submit("/desk/undo?view=all", undo=done, c=other).headers["location"]
    assert back.startswith("/desk/all?done=")
    assert owner(site, contact) == ("person", ada.user_id)


def test_what_changes_nothing_or_is_refused_has_no_undo(site: Site, ada: Browser) -> None:
    bo, contact = site.person("agent", "Bo Lind"), site.waiting()
    assert "done=" not in ada.submit(f"/c/{contact}/assign", to="").headers["location"]
    bo.submit(f"/c/{contact}/take")
    before = len(site.rows("SELECT id FROM undos"))
    assert ada.submit(f"/c/{contact}/assign", to=f"user:{ada.user_id}").status_code == 409
    assert len(site.rows("SELECT id FROM undos")) == before
