"""Bucket by bucket: what a database that is spread over several servers asks of the road, held without one."""

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.exc import OperationalError

from tests.engine.talk import BOT, PATIENT, flow
from tests.pipeline.test_model_row import SURE
from tests.pipeline.test_perform import Other
from tests.pipeline.test_reconcile import UNKNOWN, Listing, look
from tests.pipeline.test_thinking import Model
from tests.pipeline.working import ANA, BEN, CAT, LINE, NOON, WORKSPACE, Working, bot, working
from tests.support.listener import listening
from textback.actions.base import Done, Failed
from textback.actions.fetch import Allowed
from textback.actions.poster import Poster
from textback.channels.base import Failure
from textback.core.ids import new_id
from textback.core.when import HOUR, MINUTE, SECOND
from textback.engine.arrivals import ApiSend, Message
from textback.engine.load import load_bot
from textback.pipeline.accept import incoming
from textback.pipeline.buckets import Places
from textback.pipeline.fairness import CATCH_UP
from textback.pipeline.shortener import Shortener
from textback.store import hooks, inbox, ledger_check, limits, outbox
from textback.store.db import Db, Tx, open_db
from textback.store.spread import CONFINED, spread_by
from textback.store.tables import jobs, metadata

ROAD = [table.name for table in metadata.sorted_tables if spread_by(table) == "bucket"]
_ROAD = re.compile(rf"\b(?:INTO|FROM|JOIN|UPDATE) ({'|'.join(ROAD)})\b")
_NAMED = re.compile(r"\bbucket = %\((\w+)\)s")
_MARKS = r"(?:%\(\w+\)s(?:::\w+)?(?:, )?)+"
_LISTED = re.compile(rf"\.bucket(?:, \w+\.\w+)*\)? IN \(((?:{_MARKS}|\({_MARKS}\)(?:, )?)+)\)")
_MARK = re.compile(r"%\((\w+)\)s")
_IDS = re.compile(r"\b[0-9a-f]{24}\b")


class Statement(msgspec.Struct):
    """One statement of a transaction: its words, its parameters."""

    sql: str
    given: Any

    @property
    def of_the_road(self) -> bool:
        return _ROAD.search(self.sql) is not None

    @property
    def named(self) -> set[int]:
        """The buckets that its words name, so that a planner sees them: `bucket = …`, or a row's first value."""
        given = self.given
        if self.sql.startswith("INSERT"):
            columns = self.sql[self.sql.index("(") + 1 : self.sql.index(")")].split(", ")
            at = columns.index("bucket")
            if isinstance(given, dict):
                return {given["bucket"]}
            return set(given[at :: len(columns)]) if "VALUES (%s" in self.sql else set()
        if isinstance(given, tuple):  # ours, with the rows as JSON first
            return {given[-1]} if re.search(r"\.bucket = %s$", self.sql) else set()
        found = {given[name] for name in _NAMED.findall(self.sql)}
        for listed in _LISTED.findall(self.sql):
            found |= {given[name] for name in _MARK.findall(listed) if isinstance(given[name], int)}
        return found

    @property
    def meant(self) -> set[int]:
        """The buckets that its rows are about, by the bucket of every row, array or key among its parameters."""
        given = self.given
        if isinstance(given, tuple) and given and isinstance(given[0], str) and given[0].startswith("[["):
            return {row[0] for row in msgspec.json.decode(given[0])}
        if isinstance(given, dict) and "buckets" in given:
            return set(given["buckets"])
        return self.named


class Watched:
    """What was said to one database, transaction by transaction; those that only read are left out."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self.done: list[tuple[int | None, list[Statement]]] = []
        self._open: dict[int, list[Statement]] = {}

    def said(self, tx: Connection, _: Any, sql: str, given: Any, *__: Any) -> None:
        if tx.engine.pool is self._db._write_engine.pool:
            self._open.setdefault(id(tx), []).append(Statement(sql, given))

    def committed(self, tx: Connection) -> None:
        statements = self._open.pop(id(tx), [])
        road = [one for one in statements if one.of_the_road]
        if road:
            self.done.append((tx.get_execution_options().get(CONFINED), road))


@contextmanager
def watching(db: Db) -> Iterator[Watched]:
    watched = Watched(db)
    event.listen(Engine, "before_cursor_execute", watched.said)
    event.listen(Engine, "commit", watched.committed)
    try:
        yield watched
    finally:
        event.remove(Engine, "before_cursor_execute", watched.said)
        event.remove(Engine, "commit", watched.committed)


def open_jobs(tx: Tx) -> int:
    """How many jobs are to be done."""
    return len(tx.execute(select(jobs.c.id).where(jobs.c.state != "dead")).all())


async def later(node: Working, db: Db) -> int:
    """As `open_jobs`, a second later: what is to be tried again is due."""
    node.clock.at += SECOND
    return await db.read(open_jobs)


async def test_every_statement_names_the_one_bucket_of_its_transaction(by_bucket: Db) -> None:
    phones = Listing()
    linked = PATIENT.replace("Hello {{ name }}.", 'Hello {{ name }} {{ link("https://example.com/") }}')
    shortener = Shortener("https://go.example.com")
    files = {
        "bot.yml": f"{BOT}actions: {{note: {{http: 'https://example.com', retries: 1}}}}\nmodel: {{use: openai:x}}\n",
        "personas/helper.yml": "persona: helper\nprompt: You answer.\n",
        "flows/main.yml": flow(linked, start="book"),
        "flows/note.yml": flow("- tag: noted\n- call: note\n  on_error: end", start="note", name="note"),
    }
    other = Other(Done(), Failed("throttled", retry_after=0.0), Failed("unknown"))
    poster = Poster(Allowed(["127.0.0.0/8"], "WEBHOOKS_PRIVATE"))
    with watching(by_bucket) as watched:
        async with (
            listening() as told,
            working(
                by_bucket,
                load_bot(files, 1),
                phones=phones,
                performs=other,
                shortener=shortener,
                models=Model(SURE),
                posts=poster,
            ) as node,
        ):
            await by_bucket.write(hooks.add, WORKSPACE, told.url, ("*",), "secret", "a program", node.clock())
            for number in (BEN, CAT):  # one is done, one is tried again and given up
                await node.text("NOTE", number)
                await node.until(partial(later, node, by_bucket), 0)
            await node.text("Do you fix unicycles?", "+12065550127")
            node.clock.at += 2 * SECOND
            await node.until(partial(later, node, by_bucket), 0)
            for number in (ANA, BEN, CAT):
                await node.text("BOOK", number)
            await node.text("Ana")
            await node.text("STOP", CAT)
            await node.status("sent", "too-early")
            await node.status("delivered", f"p-{phones.sent[0].message_id}")
            node.clock.at += 4 * HOUR
            await phones.took(2, BEN)
            # One that is tried again, one that is refused, and one of which nobody knows what became.
            phones.answer(ANA, Failure("retry", retry_after=0.0), Failure("rejected", "x", "No."))
            await node.text("BOOK")
            phones.answer(BEN, UNKNOWN)
            await node.text("Ben", BEN)
            node.clock.at += MINUTE
            await phones.took(4, ANA)
            await node.until(lambda: by_bucket.read(outbox.depth), {"unknown": 1})
            await look(node, HOUR)
            await node.until(lambda: by_bucket.read(outbox.depth), {})
            ready = ApiSend("crm", "Ready.", new_id(), message_class="informational", metadata={"order": "4711"})
            await node.road.send_to("one", "+12065550126", ready)
            await phones.took(1, "+12065550126")
            node.clock.at += 24 * HOUR
            await node.until(lambda: by_bucket.read(ledger_check.unsealed, WORKSPACE, node.clock.at), [])
    await poster.close()
    assert len(watched.done) > 20
    for bucket, statements in watched.done:
        assert bucket is not None, [one.sql for one in statements]
        for statement in statements:
            assert statement.named == statement.meant == {bucket}, (statement.sql, statement.given)
    written = {name for _, said in watched.done for one in said for name in _ROAD.findall(one.sql)}
    # A page of the desk writes pictures, a line of the web what its texts offer: test_webchat; files: test_media.
    assert written == set(ROAD) - {"pictures", "message_offers", "media_files", "media_contents"}


async def test_one_turn_touches_one_bucket_anywhere(postgres_url: str) -> None:
    db = open_db(postgres_url)
    try:
        with watching(db) as watched:
            async with working(db, bot(PATIENT)) as node:
                for number in (ANA, BEN):
                    await node.text("BOOK", number)
                    await node.text("Ana", number)
                    await node.text("STOP", number)
                homes = {(await node.home(number)).bucket for number in (ANA, BEN)}
    finally:
        await db.close()
    turns = [said for _, said in watched.done if any(one.sql.startswith("INSERT INTO turns") for one in said)]
    assert len(turns) == 6
    touched = [set().union(*[one.meant for one in said]) for said in turns]
    assert all(len(buckets) == 1 for buckets in touched)
    assert set().union(*touched) == homes


async def test_a_stranger_whose_node_died_before_the_text_was_stored(by_bucket: Db) -> None:
    """The address is there and the conversation is not, because they can't be committed together."""
    home = await by_bucket.write(lambda tx: inbox.settle_address(tx, WORKSPACE, ("phone", ANA), create=True))
    async with working(by_bucket, bot(PATIENT)) as node:
        await node.text("BOOK")
        assert await node.phones.took(1) == ["Who is this?"]
        assert home == await node.home()


async def test_texts_of_one_stranger_keep_their_order(by_bucket: Db) -> None:
    async with working(by_bucket) as node:
        texts = [Message(ANA, LINE, f"text {n}", f"m-{n}") for n in range(12)]
        await asyncio.gather(*[node.road.receive("one", [one], wait=15.0) for one in texts])
        inbound = [row.text for row in await node.thread() if row.direction == "in"]
        assert inbound == [one.text for one in texts]


async def test_arrivals_of_many_buckets_at_once(by_bucket: Db) -> None:
    numbers = [f"+120655501{n:02}" for n in range(10, 40)]
    async with working(by_bucket) as node:
        await node.road.receive("one", [Message(number, LINE, "BOOK", f"m-{number}") for number in numbers], wait=15.0)
        assert sorted(one.recipient for one in node.phones.sent) == numbers
        assert await node.road.receive("one", []) == []


async def test_work_that_others_left_is_found(by_bucket: Db) -> None:
    """Nobody says where it is: arrivals that a dead node stored. Of two answers the second waits for the first."""
    two = bot("- say: One.\n- say: Two.\n")
    async with working(by_bucket, two) as node:
        for number in (ANA, BEN, CAT):
            await node.text("hello", number)
        before = len(node.phones.sent)
    for number in (ANA, BEN, CAT):
        await by_bucket.write_within(
            (await node.home(number)).bucket, "", _left, Message(number, LINE, "BOOK", f"m-{number}")
        )
    async with working(by_bucket, two) as again:
        for number in (ANA, BEN, CAT):
            assert await again.phones.took(2, number) == ["One.", "Two."]
    assert before == 3


def _left(tx: Tx, message: Message) -> None:
    inbox.store_arrivals(tx, WORKSPACE, [incoming("one", message)], {}, NOON)


async def test_a_line_with_a_rate_is_paced_over_all_buckets(by_bucket: Db) -> None:
    numbers = [ANA, BEN, CAT, "+12065550131"]
    async with working(by_bucket, bot("- say: One.\n- say: Two.\n"), rate=20) as node:
        began = time.time_ns() // 1000
        await node.road.receive("one", [Message(number, LINE, "BOOK", f"m-{number}") for number in numbers], wait=15.0)
        await node.phones.took(2 * len(numbers))
        assert len({(await node.home(number)).bucket for number in numbers}) > 1
    ended = await by_bucket.read(limits.pace, WORKSPACE, "one")
    assert ended is not None
    for number in numbers:
        assert node.phones.texts(number) == ["One.", "Two."]
    # All are counted: what was taken ahead and used is not given back.
    assert ended[0] >= began - CATCH_UP + 50_000 * 2 * len(numbers)


async def test_what_waits_is_looked_for_a_few_buckets_at_a_time_when_one_server_is_away(
    by_bucket: Db,
) -> None:
    def away(tx: Tx) -> list[int]:
        raise OperationalError("", {}, Exception("a server is away"))

    places = Places(by_bucket, away)
    found = [place for _ in range(16) for place in await places()]
    assert found == list(range(256))
