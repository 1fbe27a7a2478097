"""A node that is frozen past its lease and then woken neither writes nor sends what others have judged meanwhile."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import psycopg
import pytest

from tests.acceptance.carrier import IS_OPEN, Carrier, idle, rows, sent_texts
from tests.nodes.conftest import Serve
from tests.nodes.test_sharing import phone, ready
from tests.support.fake_provider import NUMBER, TELNYX_PUBLIC_KEY, FakeProvider, telnyx_text
from tests.support.served import Served
from textback.channels.base import Accepted, Failure, Outgoing
from textback.channels.client import Session
from textback.channels.telnyx import Telnyx
from textback.pipeline.claim import Claim
from textback.pipeline.deliver import Receipt, record
from textback.store import outbox
from textback.store.db import Batch, Db

LEASE = "2"

#: The server is a second late in committing a claim: a moment in which its node can be caught between claim and post.
SLOW_CLAIM = """
CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER slow_claim AFTER INSERT OR UPDATE ON outbox DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.state = 'sending') EXECUTE FUNCTION late()
"""


async def until(database_url: str, query: str) -> None:
    """Return once the database finds a row."""
    async with asyncio.timeout(20):
        while not rows(database_url, query):
            await asyncio.sleep(0.02)


@asynccontextmanager
async def frozen(node: Served) -> AsyncIterator[None]:
    """Stopped in its tracks, and woken again."""
    os.kill(node.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(node.process.pid, signal.SIGCONT)


async def test_a_node_frozen_between_claim_and_post_does_not_post(
    http: aiohttp.ClientSession, serve: Serve, fake: FakeProvider, postgres_url: str
) -> None:
    late, other = serve(LEASE_SECONDS=LEASE), serve(LEASE_SECONDS=LEASE)
    await ready(late, other)
    rows(postgres_url, SLOW_CLAIM)
    texting = asyncio.create_task(Carrier(http, late.url).telnyx(telnyx_text("hours", phone(0), "text-1")))
    await until(postgres_url, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    async with frozen(late):
        await until(postgres_url, "SELECT 1 FROM outbox WHERE state = 'sending'")  # its claim is committed
        rows(postgres_url, "DROP TRIGGER slow_claim ON outbox")
        await until(postgres_url, "SELECT 1 FROM messages WHERE status = 'unknown'")  # the other has judged it
        assert fake.posts == []
    assert (await texting).status == 200  # awake: the text was stored
    # It is at work again, and still does not post the first answer.
    assert (await Carrier(http, late.url).telnyx(telnyx_text("hours", phone(1), "text-2"))).status == 200
    await fake.posted(1)
    await idle(postgres_url)
    assert sent_texts(fake, phone(0)) == []
    assert sent_texts(fake, phone(1)) == [IS_OPEN]
    assert rows(postgres_url, "SELECT status FROM messages WHERE direction = 'out' ORDER BY id") == [
        ("unknown",),
        ("accepted",),
    ]
    assert rows(postgres_url, "SELECT state, fence FROM outbox") == [("unknown", 1)]


async def test_a_node_frozen_within_a_turn_does_not_write(
    http: aiohttp.ClientSession, serve: Serve, fake: FakeProvider, postgres_url: str
) -> None:
    """Its transaction is undone, so that another can take the conversation; awake, it finds that the turn was taken."""
    late, other = serve(LEASE_SECONDS=LEASE), serve(LEASE_SECONDS=LEASE)
    await ready(late, other)
    for node in (late, other):  # both know the contact
        await Carrier(http, node.url).telnyx(telnyx_text("hours", phone(0), f"warm-{node.url}"))
    await fake.posted(2)
    await idle(postgres_url)
    event = telnyx_text("hours", phone(0), "text-1")
    with psycopg.connect(postgres_url) as holding:
        holding.execute("LOCK TABLE messages IN EXCLUSIVE MODE")
        texting = asyncio.create_task(Carrier(http, late.url).telnyx(event))
        await until(postgres_url, "SELECT 1 FROM pg_locks WHERE NOT granted")  # the turn waits to write
        async with frozen(late):
            holding.rollback()
            # The provider tries another node, which will not say that it has what it can't see.
            first = await Carrier(http, other.url).telnyx(event)
            assert first.status == 503
            async with asyncio.timeout(20):
                while (await Carrier(http, other.url).telnyx(event)).status != 200:
                    await asyncio.sleep(0.1)
            await fake.posted(3)
    assert (await texting).status == 200
    await idle(postgres_url)
    assert sent_texts(fake, phone(0)) == [IS_OPEN] * 3
    assert rows(postgres_url, "SELECT count(*) FROM messages WHERE direction = 'in'") == [(3,)]
    assert rows(postgres_url, "SELECT count(*) FROM turns WHERE trace <> ''") == [(3,)]


async def test_what_is_no_longer_ours_is_not_written_to_a_connection(fake: FakeProvider) -> None:
    """Connecting may take longer than the lease lasts: the last question is asked after it."""
    asked: list[int] = []

    def ours() -> bool:
        asked.append(len(fake.posts))
        return len(asked) > 1

    async with Session() as http:
        line = Telnyx(NUMBER, fake.telnyx_options(public_key=TELNYX_PUBLIC_KEY), http)
        text = Outgoing("0123456789abcdef01234567", NUMBER, phone(0), "We close at 6.", ours=ours)
        assert isinstance(refused := await line.send(text), Failure)
        assert refused.kind == "retry"  # it is certain that nothing went
        assert isinstance(await line.send(text), Accepted)
    assert asked == [0, 0]
    assert len(fake.posts) == 1


QUEUED = """
INSERT INTO outbox (bucket, id, workspace, contact_id, line, recipient, message_class, state, attempts, due_at, fence)
VALUES (7, 'm1', 'default', 'c1', 'one', '+12065550123', 'reply', 'queued', 0, 0, 0)
"""
MESSAGE = """
INSERT INTO messages (bucket, id, workspace, contact_id, line, channel, direction, author, author_id, author_name,
message_class, text, media, segments, status, rule, code, detail, source, arrival_id, at)
VALUES (7, 'm1', 'default', 'c1', 'one', 'sms', 'out', 'bot', '', '', 'reply', 'Hi', '[]', 1, 'queued', '', '', '', '',
'a1', 0)
"""


@pytest.mark.parametrize(
    ("result", "status", "left"),
    [
        (Failure("rejected", "40300"), "queued", [("sending", 2)]),
        (Failure("unknown"), "queued", [("sending", 2)]),
        (Failure("retry"), "queued", [("sending", 2)]),
        (Accepted("p-1"), "accepted", []),  # a fact, whoever found it out
    ],
)
async def test_the_record_of_a_late_node_does_not_undo_another_claim(
    db: Db, result: Accepted | Failure, status: str, left: list[tuple[str, int]]
) -> None:
    url = db.url.render_as_string(hide_password=False)
    for statement in (MESSAGE, QUEUED):
        rows(url, statement)
    key = (7, "c1", "m1")
    await db.write(outbox.claim, [key], 0)  # ours, and then another's
    await db.write(outbox.try_again, [{"b": 7, "k": "c1", "i": "m1", "f": 1, "due": 0}])
    await db.write(outbox.claim, [key], 0)
    ours = Claim(7, "m1", "c1", "one", phone(0), "Hi", (), fence=1, attempts=1, until=0, deadline=0.0)
    batch: Batch[Receipt] = Batch()
    batch.add(Receipt(ours, result))
    await db.write(record, "default", batch, 5, 0.0)
    assert rows(url, "SELECT status FROM messages") == [(status,)]
    assert rows(url, "SELECT state, fence FROM outbox") == left
