"""Who looks at a conversation, on this node and on others."""

import asyncio

from textback.pipeline.hub import Hub
from textback.pipeline.presence import GONE, TYPES, Person, Presence, read_people

ANA, BEN = Person("u1", "Ana"), Person("u2", "Ben")


class Two:
    """Two nodes that hear each other."""

    def __init__(self) -> None:
        self.now = 0.0
        self.one = Presence(lambda people: self.two.heard("one", people), lambda: self.now)
        self.two = Presence(lambda people: self.one.heard("two", people), lambda: self.now)


def names(presence: Presence, but: str = "") -> list[tuple[str, str]]:
    return [(one.name, one.doing) for one in presence.of("c", but)]


async def test_colleagues_on_every_node_are_seen_and_oneself_is_not() -> None:
    nodes, hub = Two(), Hub()
    async with hub.subscribe() as page, hub.subscribe() as other:
        with nodes.one.here("t1", "c", ANA, page):
            with nodes.two.here("t2", "c", BEN, other):
                assert names(nodes.one, "u1") == names(nodes.two, "u1") == [("Ben", "reading")]
                assert names(nodes.two) == [("Ana", "reading"), ("Ben", "reading")]
                assert nodes.one.of("another") == []
            assert names(nodes.one) == [("Ana", "reading")]
        assert names(nodes.one) == names(nodes.two) == []


async def test_who_types_is_said_at_once_and_forgotten_soon() -> None:
    nodes, hub = Two(), Hub()
    async with hub.subscribe() as page, hub.subscribe() as other:
        with nodes.one.here("t1", "c", ANA, page), nodes.two.here("t2", "c", BEN, other):
            await asyncio.gather(page.changes(0), other.changes(0))
            nodes.two.does("t2", "u2", "typing")
            assert await page.changes(0) == {"~c"}
            assert names(nodes.one) == [("Ben", "typing"), ("Ana", "reading")]
            nodes.two.does("t2", "u2", "typing")
            assert await page.changes(0) == frozenset(), "typing on is no news"
            nodes.now += TYPES + 1
            assert names(nodes.two) == [("Ana", "reading"), ("Ben", "reading")]


async def test_only_their_own_pages_say_what_somebody_does() -> None:
    presence, hub = Presence(), Hub()
    async with hub.subscribe() as page:
        with presence.here("t1", "c", ANA, page):
            presence.does("t1", "u2", "typing")
            presence.does("t9", "u1", "typing")
            assert names(presence) == [("Ana", "reading")]
            presence.does("t1", "u1", "away")
            assert names(presence) == []


async def test_two_tabs_are_one_person_and_the_last_to_close_takes_them_away() -> None:
    presence, hub = Presence(), Hub()
    async with hub.subscribe() as one, hub.subscribe() as two:
        with presence.here("t1", "c", ANA, one):
            with presence.here("t2", "c", ANA, two):
                presence.does("t2", "u1", "typing")
                assert names(presence) == [("Ana", "typing")]
            assert names(presence) == [("Ana", "reading")]


async def test_a_page_that_reconnects_is_not_taken_away_by_its_old_stream() -> None:
    presence, hub = Presence(), Hub()
    async with hub.subscribe() as page:
        old = presence.here("t1", "c", ANA, page)
        old.__enter__()
        with presence.here("t1", "c", ANA, page):
            old.__exit__(None, None, None)
            assert names(presence) == [("Ana", "reading")]


def test_the_people_of_a_node_that_died_are_gone_after_a_while() -> None:
    nodes = Two()
    nodes.one.heard("three", {"c": [BEN]})
    assert names(nodes.one) == [("Ben", "reading")]
    nodes.now += GONE + 1
    assert names(nodes.one) == []


def test_what_another_release_says_in_its_own_way_is_left_out() -> None:
    assert read_people({"c": [["u2", "Ben", "reading"]], "d": [{"strange": 1}], "e": [["u1", "Ana", "dancing"]]}) == {
        "c": [BEN]
    }
