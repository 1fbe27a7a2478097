"""Files that come with texts: fetched once after the turn, kept once, tried again, given up where everybody sees it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, text
from structlog.testing import capture_logs

from tests.pipeline.test_buckets import watching
from tests.pipeline.test_erase import erase
from tests.pipeline.working import ANA, LINE, WORKSPACE, Clock, Phones, Working, working
from tests.support.fake_files import PNG, FakeFiles
from textback.actions.fetch import Allowed
from textback.actions.files import origin_of
from textback.core.files import FileAsk
from textback.core.ids import new_id
from textback.core.when import HOUR
from textback.engine.arrivals import Media, Message
from textback.engine.bot import Bot
from textback.pipeline import letters
from textback.pipeline.letters import Means, Wanted
from textback.pipeline.media import LEASE, Keeping, try_again
from textback.store.db import Db

KEEPING = Keeping(1024, 4096, Allowed(["127.0.0.1"], "MEDIA_PRIVATE"))


KEY = "key-of-the-account"


class Pictures(Phones):
    """A provider that holds files, and gives them to who has its key."""

    def ask_for(self, url: str) -> FileAsk:
        return FileAsk(url, {"Authorization": f"Bearer {KEY}"}, (origin_of(url),))


@pytest.fixture
async def files() -> AsyncIterator[FakeFiles]:
    async with FakeFiles() as made:
        yield made


def look(node: Working) -> None:
    """Look for files that are due, now."""
    assert node.road.files is not None
    node.road.files.wake()


async def bring(node: Working, *urls: str) -> str:
    message = Message(ANA, LINE, "Look.", new_id(), "mms", tuple(Media(url, "image/png") for url in urls))
    return (await node.road.receive("one", [message], wait=15.0))[0]


def _rows(tx: Connection, query: str) -> list[Any]:
    return list(tx.execute(text(query)))


async def rows(db: Db, query: str = "SELECT * FROM media_files ORDER BY id") -> list[Any]:
    return await db.read(_rows, query)


async def until(db: Db, right: Callable[[list[Any]], bool]) -> list[Any]:
    async with asyncio.timeout(10):
        while not right(found := await rows(db)):
            await asyncio.sleep(0.02)
    return found


def settled(found: list[Any]) -> bool:
    return bool(found) and all(row.state != "waiting" for row in found)


async def test_files_are_fetched_after_the_turn_and_the_same_is_kept_once(db: Db, files: FakeFiles) -> None:
    async with working(db, phones=Pictures(), keeping=KEEPING) as node:
        await node.text("BOOK")
        assert await rows(db) == []
        id_ = await bring(node, f"{files.url}/1", f"{files.url}/2")
        found = await until(db, settled)
    assert [(row.message_id, row.place, row.state, row.content_type) for row in found] == [
        (id_, 0, "kept", "image/png"), (id_, 1, "kept", "image/png"),
    ]  # fmt: skip
    (content,) = await rows(db, "SELECT * FROM media_contents")
    assert (bytes(content.data), content.newest) == (PNG, max(row.id for row in found))
    assert sorted(path for path, _ in files.asked) == ["/1", "/2"]


async def test_what_is_too_big_stays_a_link(db: Db, files: FakeFiles) -> None:
    files.body = PNG + b"x" * 1024
    async with working(db, phones=Pictures(), keeping=KEEPING) as node:
        await bring(node, f"{files.url}/1")
        (row,) = await until(db, settled)
    assert (row.state, row.size) == ("large", len(files.body))
    assert await rows(db, "SELECT * FROM media_contents") == []
    assert await rows(db, "SELECT * FROM dead_letters") == []


async def test_a_conversation_holds_only_so_much(db: Db, files: FakeFiles) -> None:
    keeping = msgspec.structs.replace(KEEPING, together=len(PNG))
    async with working(db, phones=Pictures(), keeping=keeping) as node:
        await bring(node, f"{files.url}/1")
        await until(db, settled)
        await bring(node, f"{files.url}/the-same")
        await until(db, lambda found: len(found) == 2 and settled(found))
        files.body = PNG + b"!"
        await bring(node, f"{files.url}/more")
        found = await until(db, lambda found: len(found) == 3 and settled(found))
    assert [row.state for row in found] == ["kept", "kept", "full"]


def has_failed(times: int, leased: int, found: Sequence[Any]) -> bool:
    """Whether the first file has failed so often; one with this end of its lease is being fetched."""
    return found[0].attempts == times and found[0].due_at != leased


def was_tried(times: int, leased: int, found: list[Any]) -> bool:
    """Whether the first file has failed so often, or needs no further try."""
    return settled(found) or has_failed(times, leased, found)


async def test_what_fails_is_tried_again_and_then_a_dead_letter(db: Db, files: FakeFiles) -> None:
    files.status = 500
    async with working(db, phones=Pictures(), keeping=KEEPING) as node:
        await bring(node, f"{files.url}/1")
        for tries in range(1, 6):
            await until(db, partial(has_failed, tries, node.clock.at + LEASE))
            node.clock.at += 4 * HOUR
            look(node)
        (row,) = await until(db, settled)
        assert (row.state, row.attempts, len(files.asked)) == ("failed", 6, 6)
        (letter,) = await db.read(letters.listing, WORKSPACE, Wanted("file"))
        assert letter.payload == {"file": 1, "type": "image/png", "message": row.message_id}
        assert files.url not in f"{letter.detail}{letter.payload}"
        files.status = 200
        means = Means(WORKSPACE, {}, "", Bot(name=""))
        place = row.bucket if db.by_bucket else None
        done = await db.write_within(
            place, "letters", letters.redrive, letter.id, node.clock.at, means, "owner@example.com"
        )
        assert done.result == "handled"
        look(node)
        (row,) = await until(db, settled)
        assert row.state == "kept"
        again = await db.write_within(
            place, "letters", letters.redrive, letter.id, node.clock.at, means, "owner@example.com"
        )
        assert again.result == "done"


async def test_what_ends_each_server_that_fetches_it_is_given_up(db: Db, files: FakeFiles) -> None:
    clock = Clock()
    async with working(db, phones=Pictures(), keeping=KEEPING, clock=clock) as node:
        await bring(node, f"{files.url}/never")
        await asked(files, 1)
    for tries in range(2, 7):
        clock.at += LEASE + 1
        async with working(db, phones=Pictures(), keeping=KEEPING, clock=clock) as node:
            await asked(files, tries)
            assert [row.state for row in await rows(db)] == ["waiting"]
    clock.at += LEASE + 1
    async with working(db, phones=Pictures(), keeping=KEEPING, clock=clock) as node:
        (row,) = await until(db, settled)
        (letter,) = await db.read(letters.listing, WORKSPACE, Wanted("file"))
        assert (row.state, letter.reason, letter.attempts, len(files.asked)) == ("failed", "not_fetched", 6, 6)
        assert letter.detail == row.detail == "Each server that fetched it stopped before it had it."
        place = row.bucket if db.by_bucket else None
        assert await db.write_within(place, "desk", try_again, row.contact_id, row.id, clock.at)
        look(node)
        await asked(files, 7)


async def asked(files: FakeFiles, times: int) -> None:
    """Return once files were asked for that often."""
    async with asyncio.timeout(10):
        while len(files.asked) < times:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("how", ["refused", "broken", "away", "private", "gone"])
async def test_no_secret_is_told_of_a_file_that_fails(file_db: Db, files: FakeFiles, how: str) -> None:
    """Neither the provider's key nor an address that is a key itself: in no log, letter or event, and not on a page."""
    db = file_db
    port, signed = files.url.rpartition(":")[2], "X-Signature=signed-by-them"
    files.status = {"refused": 401, "broken": 500}.get(how, 200)
    files.elsewhere = f"https://localhost:{port}/in-there?{signed}"
    url = {"gone": "http://127.0.0.1:9/x", "private": f"https://user:pass-word@127.0.0.1:{port}/x"}.get(
        how, f"{files.url}/{'away' if how == 'away' else 'x'}"
    )
    with capture_logs() as logged:
        async with working(db, phones=Pictures(), keeping=KEEPING) as node:
            await bring(node, f"{url}?{signed}")
            for tries in range(1, 7):
                await until(db, partial(was_tried, tries, node.clock.at + LEASE))
                node.clock.at += 4 * HOUR
                look(node)
            (row,) = await until(db, settled)
            (letter,) = await db.read(letters.listing, WORKSPACE, Wanted("file"))
            told = await rows(db, "SELECT * FROM events WHERE kind <> 'message.received'")
    assert row.state == "failed"
    said = f"{logged} {letter} {told} {row.detail} {row.said}"
    for secret in (KEY, "signed-by-them", "pass-word", "in-there"):
        assert secret not in said


async def test_every_statement_of_a_file_names_its_one_bucket(by_bucket: Db, files: FakeFiles) -> None:
    files.status = 500
    with watching(by_bucket) as watched:
        async with working(by_bucket, phones=Pictures(), keeping=KEEPING) as node:
            await bring(node, f"{files.url}/1")
            await until(by_bucket, partial(has_failed, 1, node.clock.at + LEASE))
            files.status = 200
            node.clock.at += HOUR
            look(node)
            (row,) = await until(by_bucket, settled)
            await bring(node, f"{files.url}/1")  # the same: only the content's newest file changes
            await until(by_bucket, lambda found: len(found) == 2 and settled(found))
            files.status = 401
            await bring(node, f"{files.url}/2")
            found = await until(by_bucket, lambda found: len(found) == 3 and settled(found))
            assert await by_bucket.write_within(
                row.bucket, "desk", try_again, row.contact_id, found[2].id, node.clock.at
            )
    ours = [
        (bucket, one) for bucket, said in watched.done for one in said
        if "media_files" in one.sql or "media_contents" in one.sql
    ]  # fmt: skip
    assert {one.sql.split()[0] for _, one in ours} >= {"INSERT", "SELECT", "UPDATE"}
    assert any("INTO media_contents" in one.sql for _, one in ours)
    for bucket, one in ours:
        assert bucket == row.bucket
        assert one.named == one.meant == {bucket}, (one.sql, one.given)


async def test_an_erasure_takes_files_along(db: Db, files: FakeFiles) -> None:
    async with working(db, phones=Pictures(), keeping=KEEPING) as node:
        await bring(node, f"{files.url}/1")
        await until(db, settled)
        await erase(node)
    assert await rows(db) == []
    assert await rows(db, "SELECT * FROM media_contents") == []


async def test_a_provider_without_files_and_a_server_that_keeps_none(db: Db, files: FakeFiles) -> None:
    async with working(db, keeping=KEEPING) as node:
        await bring(node, f"{files.url}/1")
    async with working(db, phones=Pictures()) as node:
        await bring(node, f"{files.url}/1")
    assert await rows(db) == []
    assert files.asked == []
