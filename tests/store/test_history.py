"""The past of a thread: windows that fit together, where an episode begins and ends, milestones; on both databases."""

import itertools

import pytest
from sqlalchemy import insert

from tests.store.test_listings import talk
from tests.support.past import id_at, message, remember, turn
from textback.core.ids import bucket_of
from textback.core.when import DAY, MINUTE
from textback.store import history
from textback.store.db import Db, Tx
from textback.store.tables import messages, turns

BEGIN = 1_700_000_000_000


def windows(tx: Tx, contact: str, most: int) -> list[history.Window]:
    """All windows of a thread, the newest first."""
    found: list[history.Window] = []
    before = ""
    for _ in range(1000):
        found.append(history.window(tx, contact, bucket_of(contact), most, before))
        before = found[-1].since
        if not before:
            return found
    raise AssertionError("it never ends")


@pytest.mark.parametrize("turns_seen", [1_000, 3, 1])
async def test_windows_have_every_text_and_event_once_and_in_order(
    db: Db, monkeypatch: pytest.MonkeyPatch, turns_seen: int
) -> None:
    monkeypatch.setattr(history, "MOST_TURNS", turns_seen)

    def work(tx: Tx) -> None:
        contact, other = talk(tx, 1, 10), talk(tx, 2, 20)
        texts = remember(tx, contact, BEGIN, episodes=5, each=7)
        remember(tx, other, BEGIN, episodes=1, each=3)
        for most in (4, 35, 100):
            found = windows(tx, contact, most)[::-1]
            assert [row.text for one in found for row in one.messages] == texts
            kinds = [event.kind for one in found for event in one.events]
            assert kinds == ["episode_started", "session_started", "session_ended"] * 5
            for earlier, later in itertools.pairwise(found):
                assert all(row.id < later.since for row in earlier.messages)
                assert all(row.id >= later.since for row in later.messages)

    await db.write(work)


async def test_an_episode_is_found_from_any_place_in_it(db: Db) -> None:
    def work(tx: Tx) -> None:
        contact = talk(tx, 1, 10)
        bucket = bucket_of(contact)
        remember(tx, contact, BEGIN, episodes=3, each=5)
        starts = [id_at(BEGIN + number * DAY) for number in range(3)]
        ends = [*starts[1:], ""]
        for number in range(3):
            for at in (starts[number], id_at(BEGIN + number * DAY + 3 * MINUTE)):
                assert history.episode_at(tx, contact, bucket, at) == (starts[number], ends[number])
            rows, events = history.told(tx, contact, bucket, starts[number], ends[number])
            assert [row.text for row in rows] == [f"episode {number} text {place}" for place in range(5)]
            assert [event.kind for event in events] == ["episode_started", "session_started", "session_ended"]
        assert history.episode_at(tx, contact, bucket, id_at(BEGIN - DAY)) == ("", starts[0])

    await db.write(work)


async def test_what_somebody_wrote_begins_no_episode(db: Db) -> None:
    def work(tx: Tx) -> None:
        contact = talk(tx, 1, 10)
        bucket = bucket_of(contact)
        remember(tx, contact, BEGIN, episodes=1, each=2)
        note = '{"kind":"episode_started"}'
        tx.execute(insert(turns), turn(contact, BEGIN + DAY, ("noted", {"text": note, "name": "Tom"})))
        assert history.episode_at(tx, contact, bucket, id_at(BEGIN + 2 * DAY)) == (id_at(BEGIN), "")
        assert history.milestones(tx, contact, bucket, ("episode_started",), 9)[0].arrival_id == id_at(BEGIN)

    await db.write(work)


async def test_milestones_are_the_latest_of_their_kinds(db: Db) -> None:
    def work(tx: Tx) -> None:
        contact = talk(tx, 1, 10)
        bucket = bucket_of(contact)
        remember(tx, contact, BEGIN, episodes=4, each=2)
        found = history.milestones(tx, contact, bucket, ("episode_started",), 3)
        assert [event.data["number"] for event in found] == [4, 3, 2]
        near = history.milestones(tx, contact, bucket, ("episode_started",), 9, turns_seen=4)
        assert [event.data["number"] for event in near] == [4, 3]

    await db.write(work)


async def test_one_text_is_found_in_its_own_thread_alone(db: Db) -> None:
    def work(tx: Tx) -> None:
        contact, other = talk(tx, 1, 10), talk(tx, 2, 20)
        row = message(contact, BEGIN, "hello", side="bot")
        tx.execute(insert(messages), row)
        found = history.message(tx, contact, bucket_of(contact), row["id"])
        assert found is not None
        assert found.text == "hello"
        assert history.message(tx, other, bucket_of(other), row["id"]) is None

    await db.write(work)
