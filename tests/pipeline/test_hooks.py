"""Webhooks out: told of what happened, in order, at least once, whatever the other end does."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import Row, select

from tests.pipeline.working import ANA, BEN, LINE, WORKSPACE, Working, working
from tests.support.listener import Listener, answer, certificate, listening
from textback.actions.fetch import Allowed
from textback.actions.poster import Poster
from textback.core.signing import headers
from textback.core.when import MINUTE, SECOND
from textback.pipeline import hooks as runner
from textback.pipeline import letters
from textback.pipeline.erase import erase_now
from textback.pipeline.numbering import Wanted, number
from textback.pipeline.telling import Outcome, claim, record
from textback.store import dead, events, hooks
from textback.store import erase as erasing
from textback.store.db import Batch, Db, Tx
from textback.store.tables_hooks import webhook_deliveries

SECRET = "a secret of theirs"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is looked for often."""
    monkeypatch.setattr(runner, "POLL", 0.05)
    monkeypatch.setattr(runner, "IDLE", 0.05)
    monkeypatch.setattr(runner, "TIDY", 0.1)


@pytest.fixture
async def poster() -> AsyncIterator[Poster]:
    made = Poster(Allowed(["127.0.0.0/8"], "WEBHOOKS_PRIVATE"))
    yield made
    await made.close()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listening() as found:
        yield found


async def register(node: Working, url: str, *patterns: str) -> str:
    return await node.db.write(hooks.add, WORKSPACE, url, patterns or ("*",), SECRET, "a program", node.clock())


@asynccontextmanager
async def telling(db: Db, poster: Poster, listener: Listener, *patterns: str) -> AsyncIterator[Working]:
    """A node at work that tells the listener of these."""
    async with working(db, posts=poster) as node:
        node.hook = await register(node, listener.url, *patterns)  # type: ignore[attr-defined]
        yield node


def deliveries(tx: Tx) -> list[Row[Any]]:
    return list(tx.execute(select(webhook_deliveries).order_by(webhook_deliveries.c.id)))


async def states(node: Working) -> list[tuple[str, int]]:
    return [(row.state, row.attempts) for row in await node.db.read(deliveries)]


async def test_a_text_is_told_with_its_words_and_two_signatures(db: Db, poster: Poster, listener: Listener) -> None:
    async with telling(db, poster, listener, "message.*") as node:
        id_ = await node.text("Hello “there”\b\f\u2028 é😀")
        received, sent = (await listener.heard(2))[:2]
        assert received.event["event"] == "message.received"
        data = received.event["data"]
        assert data["id"] == id_
        assert (data["from"], data["to"], data["body"]) == (ANA, LINE, "Hello “there”\b\f\u2028 é😀")
        assert (data["channel"], data["tenant_id"], data["line"]) == ("sms", WORKSPACE, "one")
        assert sent.event["event"] == "message.sent"
        assert sent.event["data"]["to"] == ANA
        assert sent.event["number"] > received.event["number"]
        want = headers(received.event["id"], int(received.headers["webhook-timestamp"]), received.body, [SECRET])
        for name, value in want.items():
            assert received.headers[name.lower()] == value
        await node.until(lambda: states(node), [("done", 1)] * 2)
        assert listener.connections == 1


async def test_only_what_was_asked_for_is_told(db: Db, poster: Poster, listener: Listener) -> None:
    async with telling(db, poster, listener, "consent.opted_out", "message.sent") as node:
        await node.text("STOP")
        await listener.heard(2)
        assert sorted(listener.kinds()) == ["consent.opted_out", "message.sent"]


async def test_what_is_not_taken_is_tried_again_under_the_same_id_and_then_a_dead_letter(
    db: Db, poster: Poster, listener: Listener
) -> None:
    listener.answers.clear()
    listener.answers.append(answer(500))
    async with telling(db, poster, listener, "message.received") as node:
        await node.text("hello")
        for tries, pause in enumerate((MINUTE, 5 * MINUTE, 25 * MINUTE), 1):
            await listener.heard(tries)
            await node.until(lambda: states(node), [("queued", tries)])
            (row,) = await db.read(deliveries)
            assert pause <= row.due_at - node.clock() <= pause * 1.1
            node.clock.at = row.due_at
        told = await listener.heard(4)
        await node.until(lambda: states(node), [("dead", 4)])
        assert len({one.headers["webhook-id"] for one in told}) == len({one.body for one in told}) == 1
        (letter,) = await db.read(dead.letters, WORKSPACE)
        assert (letter.kind, letter.code, letter.attempts) == ("hook", "500", 4)
        assert "hello" not in letter.payload


async def test_order_is_kept_within_a_conversation_while_others_go_on(
    db: Db, poster: Poster, listener: Listener
) -> None:
    listener.answers.extendleft([answer(503)])
    async with telling(db, poster, listener, "message.received") as node:
        await node.text("one", ANA)
        await listener.heard(1)
        await node.until(lambda: states(node), [("queued", 1)])
        await node.text("two", ANA)
        await node.text("three", BEN)
        await listener.heard(2)
        assert listener.told[1].event["data"]["body"] == "three"
        await node.until(lambda: states(node), [("queued", 1), ("behind", 0), ("done", 1)])
        node.clock.at += 2 * MINUTE
        await listener.heard(4)
        assert [one.event["data"]["body"] for one in listener.told if one.event["data"]["from"] == ANA] == [
            "one", "one", "two",
        ]  # fmt: skip
        await node.until(lambda: states(node), [("done", 2), ("done", 1), ("done", 1)])


async def test_a_dead_letter_lets_the_next_go(db: Db, poster: Poster, listener: Listener) -> None:
    listener.answers.extendleft([answer(500)])
    async with working(db, posts=poster, hook_retries=()) as node:
        await register(node, listener.url, "message.received")
        await node.text("one")
        await node.until(lambda: states(node), [("dead", 1)])
        await node.text("two")
        await node.until(lambda: states(node), [("dead", 1), ("done", 1)])


LIES: list[tuple[str | float | None, str]] = [
    (answer(302, "Location: http://127.0.0.1/elsewhere"), "It answered 302, which leads elsewhere."),
    ("", "The connection broke"),
    (None, "No answer in 0.3 s."),
    (2.0, "No answer in 0.3 s."),
    ("HTTP/1.1 200 OK\r\n", "No answer in 0.3 s."),
    ("SMTP ready\r\n\r\n", "The answer is not HTTP."),
    (f"HTTP/1.1 200 OK\r\nX: {'x' * 200_000}\r\n\r\n", "The head of the answer is too long."),
    (answer(404), "It answered 404."),
]


@pytest.mark.parametrize(("lie", "why"), LIES, ids=[why for _, why in LIES])
async def test_a_lying_endpoint_has_not_taken_it(
    file_db: Db, poster: Poster, listener: Listener, lie: str | float | None, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "TIMEOUT", 0.3)
    listener.answers.extendleft([lie])
    async with telling(file_db, poster, listener, "message.received") as node:
        await node.text("hello")
        await node.until(lambda: states(node), [("queued", 1)])
        (row,) = await file_db.read(deliveries)
        assert row.detail.startswith(why)
        node.clock.at += 2 * MINUTE
        await node.until(lambda: states(node), [("done", 2)])
        assert len(listener.told) == 2


async def test_a_long_body_is_cut_and_counts_as_taken(file_db: Db, poster: Poster, listener: Listener) -> None:
    listener.answers.append(f"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n{'x' * 100_000}")
    listener.answers.popleft()
    async with telling(file_db, poster, listener, "message.received") as node:
        await node.text("hello")
        await node.until(lambda: states(node), [("done", 1)])


async def test_the_other_end_says_when_to_come_back(file_db: Db, poster: Poster, listener: Listener) -> None:
    listener.answers.extendleft([answer(429, "Retry-After: 7200")])
    async with telling(file_db, poster, listener, "message.received") as node:
        await node.text("hello")
        await node.until(lambda: states(node), [("queued", 1)])
        (row,) = await file_db.read(deliveries)
        assert row.due_at == node.clock() + 7200 * SECOND


async def test_whoever_is_gone_is_told_no_more(db: Db, poster: Poster, listener: Listener) -> None:
    listener.answers.extendleft([answer(410)])
    async with telling(db, poster, listener, "message.received") as node:
        await node.text("one")
        await node.until(lambda: states(node), [("withdrawn", 1)])
        (row,) = await db.read(hooks.listed, WORKSPACE)
        assert (row.enabled, row.why) == (False, "gone")
        await node.until(lambda: _targets(node), 0)
        await node.text("two")
        await asyncio.sleep(0.3)
        assert len(listener.told) == 1


async def _targets(node: Working) -> int:
    return len(await node.db.read(hooks.targets, WORKSPACE, node.clock()))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::ffff:7f00:1]:{port}/"]
)
async def test_nothing_private_is_asked_unless_it_is_allowed(file_db: Db, listener: Listener, url: str) -> None:
    poster = Poster(Allowed([], "WEBHOOKS_PRIVATE"))
    async with working(file_db, posts=poster) as node:
        await register(node, url.format(port=listener.port), "message.received")
        await node.text("hello")
        await node.until(lambda: states(node), [("queued", 1)])
        (row,) = await file_db.read(deliveries)
        assert row.detail == "The host has a private address. WEBHOOKS_PRIVATE lists those that may be called."
        assert listener.connections == 0
    await poster.close()


async def test_a_certificate_that_is_not_right_is_refused(file_db: Db, poster: Poster, tmp_path: Any) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path))
    found = Listener()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with working(file_db, posts=poster) as node:
        await register(node, f"https://127.0.0.1:{port}/", "message.received")
        await node.text("hello")
        await node.until(lambda: states(node), [("queued", 1)])
        (row,) = await file_db.read(deliveries)
        assert row.detail == "The host's certificate is not right."
        assert found.told == []
    server.close()


async def test_a_delivery_whose_server_died_is_made_again_under_the_same_id(
    db: Db, poster: Poster, listener: Listener
) -> None:
    """It was claimed and perhaps posted: nothing says what came of it."""
    async with working(db) as node:
        await register(node, listener.url, "message.received")
        await node.text("hello")
        await db.write(number, WORKSPACE, Wanted(), node.clock())
        (hook,) = await db.read(hooks.listed, WORKSPACE)
        (mine,) = await db.write(claim, WORKSPACE, {}, {hook.id: 8}, node.clock())
        assert await db.write(claim, WORKSPACE, {}, {hook.id: 8}, node.clock()) == []
        at = node.clock()
    async with working(db, posts=poster) as node:
        await asyncio.sleep(0.2)
        assert listener.told == []
        node.clock.at = at + 61 * SECOND
        (told,) = await listener.heard(1)
        assert told.headers["webhook-id"] == mine.row.event_id
        await node.until(lambda: states(node), [("done", 2)])


async def test_an_outcome_of_a_lease_that_is_over_changes_nothing(db: Db) -> None:
    async with working(db) as node:
        hook = await register(node, "http://127.0.0.1/", "message.received")
        await node.text("hello")
        await db.write(number, WORKSPACE, Wanted(), node.clock())
        (late,) = await db.write(claim, WORKSPACE, {}, {hook: 8}, node.clock())
        (mine,) = await db.write(claim, WORKSPACE, {}, {hook: 8}, node.clock() + 61 * SECOND)
        for one, ok in ((late, False), (mine, True), (late, False)):
            batch: Batch[Outcome] = Batch()
            batch.add(Outcome(one, ok, 200 if ok else 500))
            await db.write(record, WORKSPACE, batch, (), node.clock(), 0.0)
        assert await states(node) == [("done", 2)]
        assert await db.read(dead.letters, WORKSPACE) == []


async def test_many_failures_leave_one_try_now_and_then(file_db: Db, poster: Poster, listener: Listener) -> None:
    listener.answers.clear()
    listener.answers.append(answer(500))
    async with telling(file_db, poster, listener, "message.received") as node:
        for n in range(10):
            await node.text("hello", f"+120655501{n:02}")
        await listener.heard(5)
        await asyncio.sleep(0.4)
        before = len(listener.told)
        assert before < 9  # those that were under way when it began to fail
        node.clock.at += 50 * SECOND
        await listener.heard(before + 1)
        await asyncio.sleep(0.4)
        assert len(listener.told) == before + 1
        listener.answers[0] = answer(200)
        node.clock.at += 10 * MINUTE
        await listener.heard(before + 11)
        await node.until(lambda: _health(node), (0, True))


async def _health(node: Working) -> tuple[int, bool]:
    (row,) = await node.db.read(hooks.listed, WORKSPACE)
    return row.failures, row.succeeded_at is not None


async def test_an_endpoint_that_never_answers_keeps_no_other_waiting(
    file_db: Db, poster: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "TIMEOUT", 15.0)
    async with listening() as silent, listening() as well, working(file_db, posts=poster) as node:
        silent.answers[0] = None
        for _ in range(60):
            await register(node, silent.url, "message.received")
        await register(node, well.url, "message.received")
        for n in range(10):
            await node.text("hello", f"+120655501{n:02}")
        await well.heard(10, 12)
        assert len(silent.told) <= 60 * 8


async def test_two_servers_share_the_work_and_keep_the_order(db: Db, poster: Poster, listener: Listener) -> None:
    if db.dialect == "sqlite":
        pytest.skip("one server at a time may use a SQLite file")
    other = Poster(Allowed(["127.0.0.0/8"]))
    async with working(db, posts=poster) as one, working(db, posts=other) as two:
        await register(one, listener.url, "message.received")
        people = [f"+120655501{n:02}" for n in range(8)]
        for n in range(5):
            await asyncio.gather(*[(one if n % 2 else two).text(str(n), who) for who in people])
        await listener.heard(40)
        for who in people:
            said = [t.event["data"]["body"] for t in listener.told if t.event["data"]["from"] == who]
            assert said == [str(n) for n in range(5)]
        numbers = [row.number for row in await db.read(events.after, WORKSPACE, 0, 1000)]
        assert numbers == list(range(1, len(numbers) + 1))
    await other.close()


async def test_the_log_can_be_read_again_from_any_place(db: Db, poster: Poster, listener: Listener) -> None:
    async with telling(db, poster, listener) as node:
        for n in range(5):
            await node.text(str(n))
        told = await listener.heard(10)
        told = told[:10]
        first = told[3].event["number"]
        rows = await db.read(events.after, WORKSPACE, first, 100)
        assert [row.number for row in rows] == [first + n + 1 for n in range(len(rows))]
        assert [row.id for row in rows][:6] == [one.event["id"] for one in told[4:]]


async def test_of_whoever_was_erased_nobody_is_told_but_that(db: Db, poster: Poster, listener: Listener) -> None:
    listener.answers.extendleft([answer(500)])
    async with telling(db, poster, listener, "message.received", "contact.erased") as node:
        await node.text("my secret")
        await node.until(lambda: states(node), [("queued", 1)])
        who = await db.read(lambda tx: erasing.person(tx, WORKSPACE, number=ANA))
        assert who is not None
        await erase_now(db, WORKSPACE, who, "a test", node.clock)
        await listener.heard(2)
        assert listener.kinds() == ["message.received", "contact.erased"]
        rows = await db.read(events.after, WORKSPACE, 0, 100)
        assert [row.kind for row in rows] == ["contact.erased"]
        assert listener.told[1].event["data"]["contact_id"] == who.contact_id


async def test_a_rotated_secret_signs_beside_the_new_one_for_a_while(
    db: Db, poster: Poster, listener: Listener
) -> None:
    async with working(db, posts=poster) as node:
        hook = await register(node, listener.url, "message.received")
        assert await db.write(hooks.rotate, WORKSPACE, hook, "the new one", node.clock() + MINUTE, node.clock())
        target = await db.read(hooks.target, WORKSPACE, hook, node.clock())
        assert target is not None
        assert target.secrets == ("the new one", SECRET)
        await node.text("hello")
        (told,) = await listener.heard(1)
        assert len(told.headers["webhook-signature"].split(" ")) == 2
        later = await db.read(hooks.target, WORKSPACE, hook, node.clock() + MINUTE)
        assert later is not None
        assert later.secrets == ("the new one",)


async def test_a_dead_letter_is_sent_again_once(db: Db, poster: Poster, listener: Listener) -> None:
    listener.answers.extendleft([answer(500)])
    async with working(db, posts=poster, hook_retries=()) as node:
        await register(node, listener.url, "message.received")
        await node.text("hello")
        await node.until(lambda: states(node), [("dead", 1)])
        (letter,) = await db.read(letters.listing, WORKSPACE, letters.Wanted("hook"))
        means = letters.Means(WORKSPACE, {}, "https://bot.example.com")
        done = [await db.write(letters.redrive, letter.id, node.clock(), means, "ana@example.com") for _ in range(2)]
        assert [one.result for one in done] == ["handled", "done"]
        await node.until(lambda: states(node), [("dead", 1), ("done", 1)])
        assert len({one.headers["webhook-id"] for one in listener.told}) == 1
