"""News between nodes: live pages hear of turns elsewhere, work is taken up at once, and lost news does no harm."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import psycopg

from tests.acceptance.carrier import IS_OPEN, Carrier, now_ms, sent_texts
from tests.nodes.conftest import Serve
from tests.nodes.test_sharing import phone, ready
from tests.support.fake_provider import FakeProvider, telnyx_text
from textback.core.ids import new_contact_id
from textback.pipeline.hub import EVERYTHING, Hub
from textback.store import accounts, migrate
from textback.store.db import Db, open_db, parse_url
from textback.store.notify import CHANNEL, GAP, MOST, News, Notifier


def signed_in(database_url: str) -> str:
    """The cookie of somebody who may see the desk."""
    db = open_db(database_url)
    try:
        with db.transaction() as tx:
            user = accounts.add_user(tx, "default", "kim@example.com", "Kim", "agent", now_ms())
            assert user is not None
            return accounts.add_session(tx, user, now_ms())
    finally:
        db.dispose()


class Page:
    """A live page: the stream of one tab."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def event(self, name: str) -> str:
        """The data of the next event of this name."""
        seen = ""
        async with asyncio.timeout(20):
            async for line in self._answer.content:
                if line.startswith(b"event: "):
                    seen = line[7:].strip().decode()
                elif line.startswith(b"data: ") and seen == name:
                    return line[6:].strip().decode()
        raise AssertionError(f"the stream ended without {name}")


@asynccontextmanager
async def page(http: aiohttp.ClientSession, url: str, cookie: str, contact: str = "") -> AsyncIterator[Page]:
    """A tab that shows a conversation, or the list."""
    async with http.get(f"{url}/events?c={contact}", headers={"cookie": f"textback={cookie}"}) as answer:
        assert answer.status == 200
        opened = Page(answer)
        await opened.event("hello")
        yield opened


async def test_a_page_on_one_node_hears_of_a_turn_on_another(
    http: aiohttp.ClientSession, serve: Serve, fake: FakeProvider, postgres_url: str
) -> None:
    here, there = serve(), serve()
    await ready(here, there)
    carrier = Carrier(http, there.url)
    assert (await carrier.telnyx(telnyx_text("hours", phone(0), "text-1"))).status == 200
    await fake.posted(1)
    with psycopg.connect(postgres_url) as tx:
        (found,) = tx.execute("SELECT contact_id FROM addresses").fetchall()
    cookie = await asyncio.to_thread(signed_in, postgres_url)
    async with (
        page(http, here.url, cookie) as listed,
        page(http, here.url, cookie, found[0]) as opened,
    ):
        await asyncio.sleep(2 * GAP)  # what the first text brought may still be on its way
        await carrier.telnyx(telnyx_text("hours", phone(0), "text-2"))
        assert await opened.event("changed") == "here"
        assert await listed.event("changed") == "list"
        await fake.posted(2)
        assert sent_texts(fake, phone(0)) == [IS_OPEN, IS_OPEN]


class Node:
    """One node's ear and mouth."""

    def __init__(self, db: Db, workspace: str = "default") -> None:
        self.heard: list[News] = []
        self._came = asyncio.Event()
        self.notifier = Notifier(db, workspace, self._hear)

    def _hear(self, news: News) -> None:
        self.heard.append(news)
        self._came.set()

    async def hears(self, count: int) -> list[News]:
        """What came, once it is so much."""
        async with asyncio.timeout(15):
            while len(self.heard) < count:
                self._came.clear()
                await self._came.wait()
        return self.heard


@asynccontextmanager
async def three(url: str) -> AsyncIterator[tuple[Node, Node, Node]]:
    """Three nodes that listen, the last of another workspace."""
    await asyncio.to_thread(migrate.upgrade, parse_url(url))
    dbs = [open_db(url) for _ in range(3)]
    nodes = Node(dbs[0]), Node(dbs[1]), Node(dbs[2], "other")
    try:
        for node in nodes:
            node.notifier.start()
        for node in nodes:  # whoever begins to listen looks at everything once
            (first,) = await node.hears(1)
            assert (first.many, first.arrivals, first.outbox) == (True, True, True)
            node.heard.clear()
        yield nodes
    finally:
        for node in nodes:
            await node.notifier.stop()
        for db in dbs:
            await db.close()


async def test_news_reaches_the_others_of_the_workspace_together(postgres_url: str) -> None:
    async with three(postgres_url) as (one, other, stranger):
        one.notifier.changed(["a"])
        one.notifier.changed(["b"])
        one.notifier.outbox()
        (news,) = await other.hears(1)
        assert (news.contacts, news.outbox, news.arrivals, news.many) == ({"a", "b"}, True, False, False)
        one.notifier.arrivals()
        one.notifier.changed(["c"])
        assert (await other.hears(2))[1].contacts == {"c"}
        assert other.heard[1].arrivals
        other.notifier.changed(["d"])
        assert (await one.hears(1))[0].contacts == {"d"}
        assert stranger.heard == []


async def test_of_very_many_changes_it_is_said_that_there_were_many(postgres_url: str) -> None:
    names = [new_contact_id() for _ in range(MOST + 1)]
    async with three(postgres_url) as (one, other, _):
        one.notifier.changed(names[:MOST])
        (news,) = await other.hears(1)
        assert news.contacts == set(names[:MOST])
        one.notifier.changed(names)
        one.notifier.changed(["x"])
        news = (await other.hears(2))[1]
        assert (news.many, news.contacts) == (True, set())


async def test_a_node_that_lost_its_connection_listens_again_and_looks_at_everything(postgres_url: str) -> None:
    async with three(postgres_url) as (one, other, _):
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        (news,) = await other.hears(1)
        assert (news.many, news.arrivals, news.outbox) == (True, True, True)
        await one.hears(1)
        other.heard.clear()
        one.notifier.changed(["a"])
        one.notifier.changed(["b"])
        assert "b" in set().union(*[news.contacts for news in await other.hears(1)])


async def test_what_nobody_understands_is_taken_as_everything(postgres_url: str) -> None:
    async with three(postgres_url) as (one, _, stranger):
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            admin.execute("SELECT pg_notify(%s, %s)", (CHANNEL, "hello"))
        assert (await one.hears(1))[0].many
        assert (await stranger.hears(1))[0].many


async def test_one_node_alone_says_nothing(sqlite_url: str) -> None:
    await asyncio.to_thread(migrate.upgrade, parse_url(sqlite_url))
    db = open_db(sqlite_url)
    node = Node(db)
    node.notifier.start()
    node.notifier.changed(["a"])
    node.notifier.arrivals()
    await node.notifier.stop()
    await db.close()
    assert node.heard == []


async def test_a_page_that_may_have_missed_something_is_told_of_everything() -> None:
    hub = Hub()
    told: list[set[str]] = []
    hub.tell = told.append
    async with hub.subscribe() as opened:
        hub.hear({EVERYTHING})
        assert EVERYTHING in await opened.changes(1)
        assert told == []  # what was heard is not said again
        hub.publish(["a"])
        assert await opened.changes(1) == {"a"}
        hub.publish([])
    assert told == [{"a"}]
