"""Any number of nodes on one PostgreSQL: each text is answered once and in order, whoever takes it and whoever dies."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from tests.acceptance.carrier import FALLBACK, IS_OPEN, WHICH, Carrier, api_key, idle, rows, sent_texts
from tests.nodes.conftest import Serve
from tests.support.fake_provider import FakeProvider, telnyx_text
from tests.support.served import Served

NOTE = "Tea. Anything that we should know?"
CONTACTS = 60
#: Five texts of each contact, and the answer to each.
SCRIPT = (("order", WHICH), ("tea", NOTE), ("no sugar", "no sugar"), ("hours", IS_OPEN), ("what", FALLBACK))


def phone(n: int) -> str:
    return f"+1206555{1000 + n}"


async def ready(*nodes: Served) -> None:
    """Return once all take texts."""
    await asyncio.gather(*[asyncio.to_thread(node.wait_ready) for node in nodes])


class Crowd:
    """Contacts who text whichever node comes to hand; a text that no node takes is sent again, as a provider does."""

    def __init__(self, http: aiohttp.ClientSession, nodes: Sequence[Served]) -> None:
        self._carriers = [Carrier(http, node.url) for node in nodes]
        self._chance = random.Random(7)
        self.taken = 0

    async def text(self, n: int, place: int) -> None:
        """The n-th contact's text at this place of the script; returns when a node has said that it has it."""
        event = telnyx_text(SCRIPT[place][0], phone(n), f"text-{n}-{place}")
        while True:
            try:
                answer = await self._chance.choice(self._carriers).telnyx(event)
            except aiohttp.ClientError:  # that node is no more
                continue
            if answer.status == 200:
                self.taken += 1
                return

    async def talk(self, n: int) -> None:
        """All texts of one contact, each to another node, without waiting for the answers."""
        for place in range(len(SCRIPT)):
            await self.text(n, place)

    async def everyone(self) -> None:
        """All contacts at once."""
        await asyncio.gather(*[self.talk(n) for n in range(CONTACTS)])

    async def until(self, taken: int) -> None:
        """Return once so many texts were taken."""
        async with asyncio.timeout(60):
            while self.taken < taken:
                await asyncio.sleep(0.01)


def answers(fake: FakeProvider) -> dict[str, list[str]]:
    """What each contact was sent, in order."""
    got: dict[str, list[str]] = defaultdict(list)
    for posted in list(fake.posts):
        got[posted.json["to"]].append(posted.json["text"])
    return got


ALL = {phone(n): [reply for _, reply in SCRIPT] for n in range(CONTACTS)}


def differing(got: dict[str, list[str]]) -> dict[str, list[str]]:
    """Those contacts who got something else than what they should have."""
    return {contact: got.get(contact, []) for contact in ALL if got.get(contact) != ALL[contact]}


async def test_three_hundred_texts_over_three_nodes(
    http: aiohttp.ClientSession, serve: Serve, fake: FakeProvider, postgres_url: str
) -> None:
    nodes = [serve(), serve(), serve()]  # started together: one of them makes the tables
    await ready(*nodes)
    await Crowd(http, nodes).everyone()
    await fake.posted(len(SCRIPT) * CONTACTS, 60)
    await idle(postgres_url)
    assert differing(answers(fake)) == {}
    assert [await asyncio.to_thread(node.stop) for node in nodes] == [0, 0, 0]
    assert len(fake.posts) == len(SCRIPT) * CONTACTS


async def test_a_node_that_is_stopped_leaves_its_work_to_the_others(
    http: aiohttp.ClientSession, serve: Serve, fake: FakeProvider, postgres_url: str
) -> None:
    nodes = [serve(), serve()]
    await ready(*nodes)
    crowd = Crowd(http, nodes)
    talking = asyncio.create_task(crowd.everyone())
    await crowd.until(100)
    assert await asyncio.to_thread(nodes[0].stop) == 0
    await talking
    await idle(postgres_url)
    assert differing(answers(fake)) == {}


async def test_a_node_that_is_killed_doubles_nothing_and_loses_nothing(
    http: aiohttp.ClientSession, serve: Serve, fake: FakeProvider, postgres_url: str
) -> None:
    """What it was posting at that moment is the one thing that nobody can know. It is shown so, and not repeated."""
    nodes = [serve(LEASE_SECONDS="2"), serve(LEASE_SECONDS="2")]
    await ready(*nodes)
    crowd = Crowd(http, nodes)
    talking = asyncio.create_task(crowd.everyone())
    await crowd.until(100)
    await asyncio.to_thread(nodes[0].kill)
    await talking
    await idle(postgres_url)
    got = answers(fake)
    unknown = set(
        map(
            tuple,
            rows(
                postgres_url,
                "SELECT a.identifier, m.text FROM messages m JOIN addresses a ON a.contact_id = m.contact_id "
                "WHERE m.status = 'unknown'",
            ),
        )
    )
    for contact, expected in ALL.items():
        sure = [text for text in expected if (contact, text) not in unknown]
        assert [text for text in got[contact] if (contact, text) not in unknown] == sure
        assert len(got[contact]) == len(set(got[contact]))
    turns = rows(postgres_url, "SELECT count(*) FROM messages WHERE direction = 'out'")
    assert turns == [(len(SCRIPT) * CONTACTS,)]


async def test_roles_split_the_road_over_four_nodes(
    http: aiohttp.ClientSession, serve: Serve, fake: FakeProvider, postgres_url: str, tmp_path: Path
) -> None:
    accept, turn, deliver, web = (serve("--roles", roles) for roles in ("accept", "turn", "deliver,tick", "web"))
    await ready(accept, turn, deliver, web)
    key = await asyncio.to_thread(api_key, postgres_url, tmp_path)
    contact = phone(0)
    event = telnyx_text("hours", contact, "text-1")
    for node in (turn, deliver, web):
        answer = await Carrier(http, node.url).telnyx(event)
        assert answer.status == 503
        assert "takes no webhooks" in answer.json["error"]
    for node in (accept, turn, deliver):
        answer = await Carrier(http, node.url).get("/conversations", key)
        assert answer.status == 404
        assert "has no pages" in answer.json["error"]
    assert (await Carrier(http, accept.url).telnyx(event)).status == 200
    await fake.posted(1)
    assert sent_texts(fake, contact) == [IS_OPEN]
    listed = (await Carrier(http, web.url).get("/conversations", key)).json
    assert [row["phone_number"] for row in listed] == [contact]
    sending = {"to": phone(1), "message": "Your bike is ready."}
    async with http.post(f"{web.url}/sms/send", json=sending, headers={"authorization": f"Bearer {key}"}) as sent:
        assert sent.status < 300
    await fake.posted(2)
    assert sent_texts(fake, phone(1)) == ["Your bike is ready."]


async def test_without_a_node_for_it_work_waits(
    http: aiohttp.ClientSession, serve: Serve, fake: FakeProvider, postgres_url: str
) -> None:
    taking = serve("--roles", "accept,turn", LEASE_SECONDS="2")
    await ready(taking)
    assert (await Carrier(http, taking.url).telnyx(telnyx_text("hours", phone(0), "text-1"))).status == 200
    async with asyncio.timeout(10):
        while rows(postgres_url, "SELECT 1 FROM arrivals WHERE handled_at IS NULL"):
            await asyncio.sleep(0.05)
    assert rows(postgres_url, "SELECT state, fence FROM outbox") == [("queued", 0)]
    assert fake.posts == []
    await ready(serve("--roles", "deliver"))
    await fake.posted(1)
    assert sent_texts(fake, phone(0)) == [IS_OPEN]
