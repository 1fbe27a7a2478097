"""A provider's webhooks on the whole road: stored once, in whatever order they come, behind a proxy, and silent."""

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
import structlog
from structlog.testing import capture_logs

from tests.channels.examination.examinee import ANA, NOW, NUMBER, PUBLIC_URL, Examinee, changed
from tests.pipeline.working import WORKSPACE, Clock, Phones, Working, bot
from textback.channels.base import Accepted, Outgoing, Webhook
from textback.core.messages import FAMILY, RANK
from textback.core.when import DAY, HOUR
from textback.engine.arrivals import Message
from textback.engine.bot import Bot
from textback.pipeline.bots import Shelf
from textback.pipeline.lines import Line, channels_of, shows_offers
from textback.pipeline.quarantine import Quarantine
from textback.pipeline.road import Road
from textback.store.db import Db
from textback.web.webhooks import Webhooks


class Node(Working):
    """A node with one line of a provider, which sends nowhere."""

    webhooks: Webhooks
    outgoing: list[Outgoing]
    said: list[bytes]

    async def post(self, webhook: Webhook, **more: str) -> int:
        """Post a webhook, as a proxy hands it on; returns the answer's status."""
        answer: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": webhook.body}

        async def send(message: Any) -> None:
            answer.append(message)

        parts = urlsplit(webhook.url)
        headers = {"host": "127.0.0.1:8000", **webhook.headers, **more}
        scope = {
            "type": "http",
            "method": "POST",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
            "client": ("127.0.0.1", 4000),
        }
        await self.webhooks(scope, receive, send)
        self.said.append(answer[1]["body"])
        return int(answer[0]["status"])

    async def heard(self, number: str = ANA) -> list[str]:
        """The contact's own texts."""
        return [row.text for row in await self.thread(number) if row.direction == "in"]


@asynccontextmanager
async def node(db: Db, examinee: Examinee, at: int = NOW, told: Bot | None = None, **more: Any) -> AsyncIterator[Node]:
    clock = Clock(at)
    provider, outgoing = copy.copy(examinee.line()), list[Outgoing]()

    async def send(text: Outgoing) -> Accepted:
        outgoing.append(text)
        return Accepted(f"p-{len(outgoing)}")

    provider.send = send  # type: ignore[method-assign, assignment]
    lines = {examinee.name: Line(examinee.name, provider, NUMBER, channels_of(provider), offers=shows_offers(provider))}
    road = Road(db, WORKSPACE, lines, Shelf(WORKSPACE, told or bot()), now=clock, **more)
    made = Node(db, road, Phones(), clock)
    made.family = FAMILY[channels_of(provider)[0]]
    quarantine = Quarantine(db, WORKSPACE, 100, pause=0.01)
    made.webhooks = Webhooks(road, lines, PUBLIC_URL, quarantine=quarantine)
    made.outgoing, made.said = outgoing, []
    await road.start()
    try:
        yield made
    finally:
        await quarantine.stop()
        async with asyncio.timeout(20):
            await road.stop()


async def settled(made: Node, examinee: Examinee, number: str = ANA) -> None:
    """Return once everything before has been handled: a text of the same contact has been, too."""
    arrivals = examinee.line().parse(examinee.text("settled?", f"settled-{number}", number))
    await made.road.receive(examinee.name, arrivals, wait=15.0)


async def test_a_text_that_comes_twice_is_stored_once(file_db: Db, examinee: Examinee) -> None:
    async with node(file_db, examinee) as made:
        webhook = examinee.signed(examinee.text("hello", "m-1"))
        again = examinee.signed(examinee.text("hello", "m-1"), which=0, now=NOW + 1000)
        for one in (webhook, webhook, again, webhook):
            assert await made.post(one) == 200
        assert await made.post(examinee.signed(examinee.text("hello", "m-2"))) == 200
        await settled(made, examinee)
        assert await made.heard() == ["hello", "hello", "settled?"]
        content_type = made.webhooks._lines[examinee.name].provider.acknowledgement
        assert set(made.said) == {content_type[1]}


async def test_reports_that_come_twice_and_in_any_order_only_climb(file_db: Db, examinee: Examinee) -> None:
    if not examinee.reports:
        return
    kinds = {status: said for said, status in examinee.statuses.items()}
    chosen = sorted(kinds, key=lambda status: RANK[status])[-4:]
    orders = [chosen, chosen[::-1], [*chosen[1:], chosen[0]], [chosen[-1], *chosen[:-1]]]
    async with node(file_db, examinee) as made:
        for count, order in enumerate(orders):
            number = f"+1206555010{count}"
            (text,) = examinee.line().parse(examinee.text("hello", f"t-{count}", number))
            await made.road.receive(examinee.name, [text], wait=15.0)
            (ours,) = [row for row in await made.thread(number) if row.direction == "out"]
            async with asyncio.timeout(10):
                while not (sent := [one for one in made.outgoing if one.message_id == ours.id]):
                    await asyncio.sleep(0.01)
            provider_id = f"p-{made.outgoing.index(sent[0]) + 1}"
            for status in (*order, *order):
                plain = examinee.report(kinds[status], provider_id, ours=ours.id)
                found = [msgspec.structs.replace(one, recipient=number) for one in examinee.line().parse(plain)]
                await made.road.receive(examinee.name, found)
            await settled(made, examinee, number)
            (row,) = [row for row in await made.thread(number) if row.id == ours.id]
            assert RANK[row.status] == RANK[chosen[-1]], order


async def test_behind_a_proxy_the_public_address_counts(file_db: Db, examinee: Examinee) -> None:
    """What the proxy or anybody else says of host and scheme is no part of it."""
    async with node(file_db, examinee) as made:
        plain = examinee.text("hello", "m-1")
        right = examinee.signed(changed(plain, url=f"{plain.url}?a=%2B1&b=two%20words"))
        liar = {"host": "evil.example.com", "x-forwarded-host": "evil.example.com", "x-forwarded-proto": "http"}
        assert await made.post(right, **liar) == 200
        inside = examinee.signed(changed(plain, url=plain.url.replace(PUBLIC_URL, "http://127.0.0.1:8000")))
        expected = 401 if examinee.address_signed else 200
        assert await made.post(changed(inside, url=plain.url), **{"x-forwarded-host": "127.0.0.1:8000"}) == expected


async def test_a_forgery_is_kept_from_the_conversation(file_db: Db, examinee: Examinee) -> None:
    async with node(file_db, examinee) as made:
        assert await made.post(examinee.signed(examinee.text("let me in", "m-1"), which=2)) == 401
        assert await made.post(examinee.text("let me in", "m-2")) == 401
        await settled(made, examinee)
        assert await made.heard() == ["settled?"]


async def test_what_is_malformed_is_said_to_be(file_db: Db, examinee: Examinee) -> None:
    async with node(file_db, examinee) as made:
        for case in examinee.cases:
            if case.malformed:
                assert await made.post(examinee.signed(examinee.webhook(case))) == 400
                assert case.malformed.encode() in made.said[-1]


async def test_an_opt_out_is_obeyed_however_late(file_db: Db, examinee: Examinee) -> None:
    async with node(file_db, examinee, NOW + 3 * DAY) as made:
        arrivals = examinee.line().parse(examinee.text("STOP", "m-1"))
        await made.road.receive(examinee.name, arrivals, wait=15.0)
        assert [row[0] for row in await made.consent()] == ["opt_out"]
        assert (await made.conversation()).opted_out
        await made.road.receive(examinee.name, examinee.line().parse(examinee.text("BOOK", "m-2")), wait=15.0)
        went = [row for row in await made.thread() if row.direction == "out" and row.status != "blocked"]
        assert {row.message_class for row in went} <= {"compliance"}


async def test_a_text_of_days_ago_is_stored_and_not_answered(file_db: Db, examinee: Examinee) -> None:
    """Where the provider says when a text was sent."""
    (message,) = examinee.line().parse(examinee.text("hello", "m-1"))
    assert isinstance(message, Message)
    async with node(file_db, examinee, NOW + 3 * DAY, late_after=HOUR) as made:
        await made.road.receive(examinee.name, [message], wait=15.0)
        assert await made.heard() == ["hello"]
        answers = [row for row in await made.thread() if row.direction == "out"]
        assert (answers == []) is (message.sent_at is not None)


@pytest.mark.usefixtures("_every_log")
async def test_no_secret_and_no_number_is_in_the_log(file_db: Db, examinee: Examinee) -> None:
    with capture_logs() as logged:
        async with node(file_db, examinee) as made:
            good = examinee.signed(examinee.text("my secret words", "m-1"))
            for which in (0, 2):
                for case in examinee.cases:
                    await made.post(examinee.signed(examinee.webhook(case), which))
            await made.post(good)
            await made.post(changed(good, body=good.body[:-1]))
            await settled(made, examinee)
    assert len(logged) > 2
    text = repr(logged)
    assert "webhook refused" in text
    for kept in (*examinee.hidden, examinee.signature_of(good), "my secret", "5550123"):
        assert kept not in text


@pytest.fixture
def _every_log() -> Any:
    """Every level is logged."""
    kept = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0))
    yield
    structlog.configure(**kept)
