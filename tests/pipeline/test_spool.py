"""The spool: what is kept is on the disk and comes back in order, damage costs only what it hit, and it is bounded.

And the detour: arrivals go there while the database is away, and on to the inbox, in order, when it is back.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.errors import LockNotAvailable
from sqlalchemy.exc import DataError, OperationalError

from tests.pipeline.working import ANA, BEN, LINE, NOON, WORKSPACE, Clock, Phones, Working, bot, make
from textback.core.errors import StartError
from textback.core.ids import new_id
from textback.core.when import HOUR, MINUTE
from textback.engine.arrivals import Message
from textback.pipeline import detour, spool
from textback.pipeline.accept import Acceptor, incoming
from textback.pipeline.bots import Shelf
from textback.pipeline.lines import Line
from textback.pipeline.road import Road
from textback.pipeline.spool import Spool, SpoolFull, frame, open_spool, read_frames
from textback.store import desk
from textback.store.db import Db
from textback.store.inbox import Incoming, find_homes

MB = 2**20
AWAY = OperationalError("", {}, Exception("connection refused"))

payloads = st.lists(st.text(max_size=40).map(lambda text: text.encode(errors="replace")), min_size=1, max_size=8)


# --- The record format


@given(payloads)
def test_whole_records_are_read_back_in_order(records: list[bytes]) -> None:
    found = read_frames(b"".join(map(frame, records)))
    assert (found.records, found.torn) == (records, [])


@given(payloads, st.data())
def test_a_file_that_was_cut_loses_only_what_was_cut_and_says_so(records: list[bytes], data: st.DataObject) -> None:
    ends = list(accumulate(len(frame(record)) for record in records))
    cut = data.draw(st.integers(0, ends[-1]))
    found = read_frames(b"".join(map(frame, records))[:cut])
    whole = [end for end in ends if end <= cut]
    assert found.records == records[: len(whole)]
    assert sum(map(len, found.torn)) == cut - max(whole, default=0)


@given(payloads, st.data())
def test_a_flipped_bit_costs_one_record_and_is_reported(records: list[bytes], data: st.DataObject) -> None:
    frames = [frame(record) for record in records]
    hit = data.draw(st.integers(0, len(frames) - 1))
    bit = data.draw(st.integers(0, len(frames[hit]) * 8 - 1))
    damaged = bytearray(frames[hit])
    damaged[bit // 8] ^= 1 << bit % 8
    found = read_frames(b"".join([*frames[:hit], damaged, *frames[hit + 1 :]]))
    assert found.records == [*records[:hit], *records[hit + 1 :]]
    assert found.torn == [bytes(damaged)]


@given(st.binary(max_size=200))
def test_anything_else_is_all_damage(junk: bytes) -> None:
    found = read_frames(junk)
    assert found.records == []
    assert b"".join(found.torn) == junk


# --- The files


async def drain(files: Spool) -> list[bytes]:
    """Everything that is kept, oldest first; afterwards nothing is."""
    records = []
    while (oldest := await files.first()) is not None:
        name, found = oldest
        records += found.records
        await files.done(name, found)
    return records


async def test_what_is_kept_outlives_the_process_and_comes_back_in_order(tmp_path: Path) -> None:
    first = open_spool(tmp_path, "shop", MB)
    await asyncio.gather(*[first.append([b"%d" % n]) for n in range(20)])
    assert first.records == 20
    assert first.oldest is not None
    await first.close()
    again = open_spool(tmp_path, "shop", MB)
    assert (again.records, again.empty) == (20, False)
    await again.append([b"20", b"21"])
    assert await drain(again) == [b"%d" % n for n in range(22)]
    assert (again.records, again.size, again.oldest, again.empty) == (0, 0, None, True)
    assert list(again.folder.glob("*.spool")) == []
    await again.close()


async def test_records_that_come_together_share_one_fsync_that_comes_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = open_spool(tmp_path, "shop", MB)
    await files.append([b"first"])
    synced: list[int] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        real(handle)
        synced.append(sum(path.stat().st_size for path in files.folder.glob("*.spool")))

    monkeypatch.setattr(os, "fsync", fsync)
    kept = [files.append([b"x" * 10]) for _ in range(50)]
    await asyncio.gather(*kept)
    assert synced == [files.size]
    await files.close()


async def test_a_file_that_is_being_read_is_no_longer_written_to(tmp_path: Path) -> None:
    files = open_spool(tmp_path, "shop", MB)
    await files.append([b"a"])
    oldest = await files.first()
    await files.append([b"b"])
    assert oldest is not None
    assert oldest[1].records == [b"a"]
    await files.done(*oldest)
    assert await drain(files) == [b"b"]
    await files.close()


async def test_files_are_of_bounded_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "SEGMENT_BYTES", 50)
    files = open_spool(tmp_path, "shop", MB)
    for n in range(10):
        await files.append([b"%d" % n * 20])
    assert len(list(files.folder.glob("*.spool"))) > 3
    assert await drain(files) == [b"%d" % n * 20 for n in range(10)]
    await files.close()


async def test_a_full_spool_takes_nothing_until_it_is_drained(tmp_path: Path) -> None:
    files = open_spool(tmp_path, "shop", 100)
    await files.append([b"x" * 60])
    with pytest.raises(SpoolFull, match="full"):
        await files.append([b"x" * 60])
    await files.append([b"small"])
    assert await drain(files) == [b"x" * 60, b"small"]
    await files.append([b"x" * 60])
    await files.close()


async def test_a_write_that_fails_leaves_nothing_behind_and_harms_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = open_spool(tmp_path, "shop", MB)
    await files.append([b"before"])
    real = os.write

    def short(handle: int, data: Any) -> int:
        real(handle, bytes(data)[:5])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "write", short)
        for _ in range(3):
            with pytest.raises(OSError, match="No space"):
                await files.append([b"never kept"])
        assert not files.room
    await files.append([b"after"])
    assert files.room
    assert len(list(files.folder.glob("*.spool"))) == 2
    assert await drain(files) == [b"before", b"after"]
    assert list(files.folder.glob("*.torn")) == []
    await files.close()


async def test_damage_is_kept_aside(tmp_path: Path) -> None:
    files = open_spool(tmp_path, "shop", MB)
    await files.append([b"one"])
    await files.append([b"two"])
    await files.close()
    (path,) = files.folder.glob("*.spool")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    again = open_spool(tmp_path, "shop", MB)
    assert again.records == 1
    assert await drain(again) == [b"one"]
    assert again.aside == 1
    assert path.with_suffix(".torn").read_bytes() == frame(b"two")[:-1]
    await again.close()


async def test_every_process_has_a_folder_of_its_own_and_takes_over_from_the_dead(tmp_path: Path) -> None:
    one, two = open_spool(tmp_path, "shop", MB), open_spool(tmp_path, "shop", MB)
    assert one.folder != two.folder
    await two.append([b"of two"])
    await one.append([b"of one"])
    other = open_spool(tmp_path, "shop-2", MB)
    assert other.empty, "another database's texts are not ours"
    await other.append([b"of another"])
    await other.close()
    third = open_spool(tmp_path, "shop", MB)
    assert third.empty, "what living processes keep is theirs"
    await asyncio.gather(one.close(), two.close(), third.close())
    alone = open_spool(tmp_path, "shop", MB)
    assert await drain(alone) == [b"of two", b"of one"]
    await alone.close()


def test_a_folder_that_can_not_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StartError, match=r"file can't be used.*SPOOL_DIR") as refused:
        open_spool(tmp_path / "file", "shop", MB)
    assert "\n" not in str(refused.value)


# --- The detour


def text(words: str, number: str = ANA) -> Incoming:
    return incoming("one", Message(number, LINE, words, new_id()))


class Inbox:
    """A database that a test takes away and brings back. `stored` is what it holds, each once, in order."""

    def __init__(self) -> None:
        self.stored: list[Incoming] = []
        self.error: Exception | None = None
        self.hangs = asyncio.Event()
        self.hangs.set()
        self.stalls_at = ""
        self.locked = ""
        self.asked = 0
        self._last: asyncio.Task[Any] | None = None

    def write(self, fn: Callable[..., Any], batch: Any) -> asyncio.Future[Any]:
        self._last = asyncio.create_task(self._write(batch, self._last))
        return self._last

    async def _write(self, batch: Any, before: asyncio.Task[Any] | None) -> dict[Any, Any]:
        if before is not None:
            await asyncio.wait([before])
        await asyncio.sleep(0)
        await self.hangs.wait()
        self.asked += 1
        items = [item for put in batch.close() for item in put.items]
        while self.stalls_at and any(self.stalls_at in item.data for item in items):
            await asyncio.sleep(0.005)
        if self.error is not None:
            raise self.error
        if self.locked and any(self.locked in item.data for item in items):
            raise OperationalError("", {}, LockNotAvailable())
        if any("unstorable" in item.data for item in items):
            raise DataError("", {}, Exception("unstorable"))
        known = {item.provider_id for item in self.stored}
        self.stored += [item for item in items if item.provider_id not in known]
        return {}

    @property
    def words(self) -> list[str]:
        return [msgspec.json.decode(item.data)["text"] for item in self.stored]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database gets a twentieth of a second, and is tried again after a hundredth."""
    monkeypatch.setattr("textback.pipeline.accept.PATIENCE", 0.05)
    monkeypatch.setattr(detour, "PATIENCE", 0.05)
    monkeypatch.setattr(detour, "PAUSES", (0.01, 0.02))


class Node:
    """An acceptor, its spool and its database."""

    def __init__(self, folder: Path, inbox: Inbox, most: int = MB) -> None:
        self.inbox = inbox
        self.clock = Clock()
        self.spool = open_spool(folder, "shop", most)
        self.acceptor = Acceptor(WORKSPACE, self.clock, inbox.write, self.spool)
        assert self.acceptor.detour is not None
        self.detour = self.acceptor.detour
        self._task = asyncio.create_task(self.detour.run())

    async def put(self, *items: Incoming) -> None:
        async with asyncio.timeout(5):
            await self.acceptor.put(items, lasting=True)

    async def through(self) -> None:
        """Return once nothing takes the detour any more."""
        async with asyncio.timeout(5):
            while self.detour.active:
                await asyncio.sleep(0.005)

    async def die(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.spool.close()


async def test_while_the_database_works_no_file_is_touched(tmp_path: Path, quick: None) -> None:
    node = Node(tmp_path, Inbox())
    for n in range(5):
        await node.put(text(f"t{n}"))
    assert node.inbox.words == [f"t{n}" for n in range(5)]
    assert node.spool.taken == 0
    assert sorted(path.name for path in node.spool.folder.iterdir()) == ["lock"]
    await node.die()


async def test_texts_wait_in_the_spool_and_go_on_in_order(tmp_path: Path, quick: None) -> None:
    node = Node(tmp_path, Inbox())
    node.inbox.error = AWAY
    for n in range(30):
        await node.put(text(f"t{n}"))
        node.clock.at += MINUTE
    assert node.spool.records == 30
    assert node.inbox.words == []
    node.inbox.error = None
    await node.through()
    assert node.inbox.words == [f"t{n}" for n in range(30)]
    assert [item.received_at for item in node.inbox.stored] == [NOON + n * MINUTE for n in range(30)]
    await node.put(text("straight"))
    assert (node.spool.taken, node.inbox.words[-1]) == (30, "straight")
    await node.die()


async def test_a_database_that_does_not_answer_in_time_counts_as_away(tmp_path: Path, quick: None) -> None:
    node = Node(tmp_path, Inbox())
    node.inbox.hangs.clear()
    await node.put(text("late"))
    await node.put(text("behind it"))
    assert node.spool.records == 2
    node.inbox.hangs.set()
    await node.through()
    assert node.inbox.words == ["late", "behind it"]
    await node.die()


async def test_a_server_that_was_frozen_has_not_waited_for_its_database(tmp_path: Path, quick: None) -> None:
    """Another node may have taken the sender's next text: what waits in a spool would come after it."""
    node = Node(tmp_path, Inbox())
    node.inbox.hangs.clear()
    putting = asyncio.create_task(node.put(text("at once")))
    await asyncio.sleep(0)
    time.sleep(0.1)  # twice as long as its patience: the whole process stands still
    await asyncio.sleep(0)
    node.inbox.hangs.set()
    await putting
    assert node.spool.taken == 0
    assert node.inbox.words == ["at once"]
    await node.die()


async def test_what_another_node_is_storing_holds_up_nobody_else(tmp_path: Path) -> None:
    """That node may be frozen. What waits for it is not acknowledged: it may come to nothing there."""
    inbox = Inbox()
    node = Node(tmp_path, inbox)
    inbox.locked = "same"
    inbox.hangs.clear()
    puts = [asyncio.create_task(node.put(text(words))) for words in ("first", "the same", "last")]
    await asyncio.sleep(0.01)
    inbox.hangs.set()
    first, same, last = await asyncio.gather(*puts, return_exceptions=True)
    assert (first, last) == (None, None)
    assert isinstance(same, OperationalError)
    assert sorted(inbox.words) == ["first", "last"]
    assert node.spool.taken == 0
    await node.die()


async def test_the_spool_is_left_under_load_and_the_order_is_kept(tmp_path: Path, quick: None) -> None:
    """Each sender waits for its answer before it sends the next, as a provider does for one contact."""
    node = Node(tmp_path, Inbox())
    node.inbox.error = AWAY
    stop = asyncio.Event()
    sent: dict[int, int] = {}

    async def sender(who: int) -> None:
        while not stop.is_set():
            await node.put(text(f"{who}:{sent.get(who, 0)}"))
            sent[who] = sent.get(who, 0) + 1

    senders = [asyncio.create_task(sender(who)) for who in range(8)]
    while node.spool.records < 100:
        await asyncio.sleep(0.01)
    node.inbox.error = None
    await node.through()
    stop.set()
    await asyncio.gather(*senders)
    for who, count in sent.items():
        assert [word for word in node.inbox.words if word.startswith(f"{who}:")] == [f"{who}:{n}" for n in range(count)]
    await node.die()


async def test_what_is_held_for_the_end_of_the_spool_is_kept_when_the_end_does_not_come(
    tmp_path: Path, quick: None
) -> None:
    node = Node(tmp_path, Inbox())
    node.inbox.error = AWAY
    await node.put(text("one"))
    async with asyncio.timeout(5):
        while node.inbox.asked < 2:  # its file is being read, so the next record gets another
            await asyncio.sleep(0.005)
    await node.put(text("two"))
    node.inbox.stalls_at = "two"
    node.inbox.error = None
    async with asyncio.timeout(5):
        while node.spool.records > 1:
            await asyncio.sleep(0.005)
    assert node.inbox.words == ["one"]
    await node.put(text("three"))
    assert node.spool.taken == 3
    node.inbox.stalls_at = ""
    await node.through()
    assert node.inbox.words == ["one", "two", "three"]
    await node.die()


async def test_the_next_process_goes_on(tmp_path: Path, quick: None) -> None:
    inbox = Inbox()
    node = Node(tmp_path, inbox)
    inbox.error = AWAY
    for n in range(5):
        await node.put(text(f"t{n}"))
    await node.die()
    inbox.error = None
    node = Node(tmp_path, inbox)
    await node.put(text("new"))
    await node.through()
    assert inbox.words == [*[f"t{n}" for n in range(5)], "new"]
    await node.die()


async def test_dying_between_the_inbox_and_the_file_does_no_harm(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox()
    node = Node(tmp_path, inbox)
    inbox.error = AWAY
    await node.put(text("once"))

    async def dies(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(node.spool, "done", dies)
    inbox.error = None
    while not inbox.words:
        await asyncio.sleep(0.005)
    await node.die()
    node = Node(tmp_path, inbox)
    await node.through()
    assert inbox.words == ["once"]
    await node.die()


async def test_when_neither_has_room_the_provider_is_told(tmp_path: Path, quick: None) -> None:
    node = Node(tmp_path, Inbox(), 1000)
    node.inbox.error = AWAY
    await node.put(text("t0"))
    room = 1000 // node.spool.size
    for n in range(1, room):
        await node.put(text(f"t{n}"))
    with pytest.raises(SpoolFull):
        await node.put(text("one too many"))
    assert node.spool.records == room
    node.inbox.error = None
    await node.through()
    assert node.inbox.words == [f"t{n}" for n in range(room)]
    await node.die()


async def test_a_record_that_can_not_be_stored_is_kept_aside_and_holds_up_nobody(tmp_path: Path, quick: None) -> None:
    node = Node(tmp_path, Inbox())
    node.inbox.error = AWAY
    for words in ("one", "unstorable", "two"):
        await node.put(text(words))
    node.inbox.error = None
    await node.through()
    assert node.inbox.words == ["one", "two"]
    (path,) = node.spool.folder.glob("*.refused")
    assert [b"unstorable" in record for record in read_frames(path.read_bytes()).records] == [True]
    await node.die()


async def test_what_the_database_refuses_for_itself_is_refused(tmp_path: Path, quick: None) -> None:
    node = Node(tmp_path, Inbox())
    with pytest.raises(DataError):
        await node.put(text("unstorable"))
    assert node.spool.taken == 0
    await node.die()


async def test_what_people_and_programs_send_is_not_spooled(tmp_path: Path, quick: None) -> None:
    node = Node(tmp_path, Inbox())
    node.inbox.error = AWAY
    with pytest.raises(OperationalError):
        await node.acceptor.put([text("from the desk")])
    assert node.spool.taken == 0
    await node.die()


# --- On the road


@asynccontextmanager
async def working(db: Db, folder: Path, at: int) -> AsyncIterator[Working]:
    """A node at work that has a spool."""
    phones, clock, files = Phones(), Clock(at), open_spool(folder, "shop", MB)
    lines = {"one": Line("one", phones, LINE)}
    road = Road(db, WORKSPACE, lines, Shelf(WORKSPACE, bot()), now=clock, spool=files)
    await road.start()
    try:
        yield Working(db, road, phones, clock)
    finally:
        await road.stop()
        await files.close()


async def left_behind(folder: Path, items: Sequence[Incoming], received_at: int) -> None:
    """Arrivals that a process kept in its spool before it died."""
    files = open_spool(folder, "shop", MB)
    await files.append([msgspec.json.encode(msgspec.structs.replace(i, received_at=received_at)) for i in items])
    await files.close()


async def test_what_a_dead_process_left_is_answered_once_at_the_next_start(db: Db, tmp_path: Path) -> None:
    items = [text("BOOK"), text("BOOK", BEN), text("blue")]
    await left_behind(tmp_path / "spool", [*items, items[0]], NOON)
    async with working(db, tmp_path / "spool", NOON + 2 * MINUTE) as node:
        assert await node.phones.took(2, ANA) == ["Go on.", "You said blue."]
        assert await node.phones.took(1, BEN) == ["Go on."]
        assert [row.at for row in await node.thread() if row.direction == "in"] == [NOON, NOON]
    assert len(node.phones.sent) == 3


async def test_a_stop_that_waited_in_the_spool_is_honoured_but_not_confirmed_too_late(db: Db, tmp_path: Path) -> None:
    await left_behind(tmp_path / "spool", [text("STOP")], NOON)
    async with working(db, tmp_path / "spool", NOON + HOUR) as node:

        async def opted_out() -> bool:
            home = (await node.db.read(find_homes, WORKSPACE, [("phone", ANA)])).get(("phone", ANA))
            if home is None:
                return False
            row = await node.db.read(desk.conversation, WORKSPACE, home.contact_id, home.bucket)
            return row is not None and bool(row.opted_out)

        await node.until(opted_out, True)
        assert await node.ours() == []
    assert node.phones.sent == []


def test_without_a_spool_there_is_no_detour(file_db: Db) -> None:
    assert make(file_db).road.detour is None
