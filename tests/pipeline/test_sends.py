"""What programs send: once under a key, later, many at a time, and as a list that loses nothing."""

import asyncio
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, func, select, update

from tests.pipeline.working import ANA, BEN, CAT, WORKSPACE, Clock, Phones, Working, bot, moment, working
from textback.core.ids import new_id
from textback.core.when import DAY, HOUR, MINUTE
from textback.engine.arrivals import ApiSend
from textback.pipeline.bulk import BulkSender
from textback.pipeline.writes import Said
from textback.store import bulk, erase, requests, sent
from textback.store.bulk import BulkError, BulkText
from textback.store.db import Db, Tx
from textback.store.requests import Once, Taken
from textback.store.sent import Wanted
from textback.store.tables import arrivals, bulk_sends, message_details, messages, outbox

NOON = moment("2026-06-03T12:00")
TOMORROW = NOON + DAY


def text(words: str = "Harbor: ready.", kind: Any = "informational", **more: Any) -> ApiSend:
    return ApiSend("crm", words, new_id(), message_class=kind, **more)


def once(arrival: ApiSend, key: str, asked: str = "a") -> Once:
    return Once("k1", key, asked * 64, arrival.message_id)


async def said(node: Working, arrival: ApiSend, number: str = ANA, **more: Any) -> Said:
    found = await node.road.say("one", number, arrival, wait=15, **more)
    assert isinstance(found, Said)
    return found


async def count(node: Working, table: Any) -> int:
    return await node.db.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar()) or 0


# Once


async def test_requests_with_one_key_give_one_text_however_many_come_together(db: Db) -> None:
    async with working(db, bot()) as node:
        wanted = [text() for _ in range(8)]
        came = await asyncio.gather(
            *[node.road.say("one", ANA, one, once=once(one, "order-1"), wait=15) for one in wanted]
        )
        await node.phones.took(1)
        rows = await node.thread()
        assert len(rows) == 1
        ids = {one.message_id if isinstance(one, Taken) else one.row["id"] for one in came if one is not None}
        assert ids == {rows[0].id}
        assert node.phones.texts() == ["Harbor: ready."]


async def test_a_key_of_another_request_is_told_apart_and_another_key_is_another_text(db: Db) -> None:
    async with working(db, bot()) as node:
        first, second, third = text("One"), text("Two"), text("Two")
        await said(node, first, once=once(first, "a"))
        taken = await node.road.say("one", BEN, second, once=once(second, "a", "b"), wait=15)
        assert isinstance(taken, Taken)
        assert (taken.message_id, taken.digest) == (first.message_id, "a" * 64)
        await said(node, third, BEN, once=once(third, "b"))
        assert sorted(await node.phones.took(2)) == ["One", "Two"]


async def test_two_servers_take_a_key_once(whole_db: Db) -> None:
    async with working(whole_db, bot()) as node:
        one, two = text(), text()
        await said(node, one, once=once(one, "a"))

        def elsewhere(tx: Tx) -> dict[str, Taken]:
            return requests.take(tx, WORKSPACE, [once(two, "a")], node.clock())

        assert (await node.db.write(elsewhere))[two.message_id].message_id == one.message_id


# What it is told


async def test_the_gate_is_heard_at_once(db: Db) -> None:
    async with working(db, bot()) as node:
        await node.text("STOP")
        refused = await said(node, text())
        assert (refused.row["status"], refused.row["rule"]) == ("blocked", "O6")
        assert (await node.ours())[-1][1:] == ("blocked", "O6")
        sold = await said(node, text("Sale!", "promotional"), BEN)
        assert (sold.row["status"], sold.row["rule"]) == ("blocked", "K1")


async def test_metadata_is_kept_until_the_contact_is_erased(db: Db) -> None:
    async with working(db, bot()) as node:
        arrival = text(metadata={"order": "12"})
        await said(node, arrival)
        row = await node.db.read(sent.find, WORKSPACE, arrival.message_id)
        assert row is not None
        assert msgspec.json.decode(row.metadata) == {"order": "12"}
        assert row.address == ANA
        who = await node.db.read(lambda tx: erase.person(tx, WORKSPACE, number=ANA))
        assert who is not None
        place = who.bucket if node.db.by_bucket else None
        await node.db.write_within(place, "erase", erase.erase, WORKSPACE, who, node.clock())
        assert await count(node, message_details) == 0


# Later


async def test_a_text_goes_at_its_time_and_lets_others_pass(db: Db) -> None:
    async with working(db, bot(), clock=Clock(NOON)) as node:
        later = await said(node, text("Tomorrow", send_at=TOMORROW))
        assert (later.later, later.due_at, later.row["status"]) == (True, TOMORROW, "queued")
        await said(node, text("Today"))
        assert await node.phones.took(1) == ["Today"]
        node.clock.at = TOMORROW + MINUTE
        assert await node.phones.took(2) == ["Today", "Tomorrow"]


async def test_the_gate_is_asked_again_when_it_is_time(db: Db) -> None:
    async with working(db, bot(), clock=Clock(NOON)) as node:
        await said(node, text("For Ana", send_at=TOMORROW))
        await said(node, text("For Ben", send_at=TOMORROW), BEN)
        await node.text("STOP")
        assert ("For Ana", "canceled", "O6") in await node.ours()
        node.clock.at = TOMORROW
        await node.phones.took(1, BEN)
        assert "For Ana" not in node.phones.texts()


async def test_whom_nothing_may_be_sent_to_then_is_refused_now(db: Db) -> None:
    async with working(db, bot(), clock=Clock(NOON)) as node:
        await node.text("STOP")
        refused = await said(node, text(send_at=TOMORROW))
        assert (refused.row["status"], refused.row["rule"]) == ("blocked", "O6")
        assert await count(node, outbox) == 0


async def test_an_answer_of_today_is_none_next_week(db: Db) -> None:
    async with working(db, bot(), clock=Clock(NOON)) as node:
        await node.text("Hello")
        await said(node, text("See you", "conversational", send_at=NOON + 7 * DAY))

        def judged(tx: Tx) -> list[str]:
            return list(tx.execute(select(outbox.c.message_class).where(outbox.c.state == "later")).scalars())

        assert await node.db.read(judged) == ["informational"]


async def test_a_text_of_a_month_ahead_may_still_wait_for_the_morning(db: Db) -> None:
    night = moment("2026-07-03T23:00")
    async with working(db, bot(), clock=Clock(NOON)) as node:
        await said(node, text("Reminder", send_at=night))

        def expires(tx: Tx) -> list[int]:
            return list(tx.execute(select(outbox.c.expires_at)).scalars())

        (end,) = await node.db.read(expires)
        assert end > night + 6 * HOUR


async def test_one_that_has_not_gone_can_be_called_back_and_one_that_has_can_not(db: Db) -> None:
    async with working(db, bot(), clock=Clock(NOON)) as node:
        await said(node, text("Later", send_at=TOMORROW))
        await said(node, text("Now"))
        await node.phones.took(1)
        rows = {row.text: (row.bucket, row.contact_id, row.id) for row in await node.thread()}

        async def cancel(words: str) -> bool:
            place = rows[words][0] if node.db.by_bucket else None
            return await node.db.write_within(place, "api", sent.cancel, rows[words])

        assert await cancel("Later")
        assert not await cancel("Later")
        assert not await cancel("Now")
        assert ("Later", "canceled", sent.CANCELED) in await node.ours()


# Lists


async def page(node: Working, most: int, after: str = "", *, ahead: bool = False, **wanted: Any) -> sent.Page:
    now = node.clock()
    return await node.db.read(
        lambda tx: sent.page(tx, WORKSPACE, Wanted(**wanted), most, after=after, ahead=ahead, now=now)
    )


async def test_pages_follow_each_other_whatever_comes_and_goes(db: Db) -> None:
    async with working(db, bot()) as node:
        for n in range(6):
            await said(node, text(f"T{n}"), (ANA, BEN, CAT)[n % 3])
        first = await page(node, 2)
        assert [row.text for row in first.rows] == ["T5", "T4"]
        await said(node, text("T6"))
        assert first.after is not None
        await node.db.write(lambda tx: tx.execute(delete(messages).where(messages.c.id == first.after)))
        second = await page(node, 3, first.after)
        assert [row.text for row in second.rows] == ["T3", "T2", "T1"]
        last = await page(node, 3, str(second.after))
        assert ([row.text for row in last.rows], last.after) == (["T0"], None)


async def test_few_are_found_over_several_pages(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent, "LOOKED_AT", 2)
    async with working(db, bot()) as node:
        for n in range(5):
            await said(node, text(f"T{n}"), ANA if n == 0 else BEN)
        found, after, pages = [], "", 0
        while True:
            one = await page(node, 5, after, message_class="informational", lines=("one",))
            found += [row.text for row in one.rows]
            pages += 1
            if one.after is None:
                break
            after = one.after
        assert (found, pages) == (["T4", "T3", "T2", "T1", "T0"], 3)


async def test_who_was_away_reads_on_and_misses_nothing_that_waits_for_its_turn(file_db: Db) -> None:
    async with working(file_db, bot()) as node:
        await node.text("One")
        await node.text("Two", BEN)
        rows = (await page(node, 10, ahead=True, direction="in")).rows
        assert [row.text for row in rows] == ["One", "Two"]

        def waits_again(tx: Tx) -> None:
            # As if the first had not had its turn yet: what came after it must not be read past.
            tx.execute(update(arrivals).where(arrivals.c.id == rows[0].id).values(handled_at=None))

        await node.road.stop()
        await node.db.write(waits_again)
        assert [row.text for row in (await page(node, 10, ahead=True, direction="in")).rows] == []
        assert [row.text for row in (await page(node, 10, direction="in")).rows] == ["Two", "One"]


# Many at a time


def many(*numbers: str) -> list[BulkText]:
    return [BulkText(n, "one", number, text(f"B{n}")) for n, number in enumerate(numbers)]


async def test_a_bulk_send_goes_once_and_says_how_far_it_is(db: Db) -> None:
    async with working(db, bot()) as node:
        errors = [BulkError(3, "invalid_field", "That is not a phone number.", "to")]

        def add(tx: Tx) -> None:
            bulk.add(tx, WORKSPACE, "b1", ("k1", "crm"), many(ANA, BEN, CAT), errors, node.clock())

        await node.db.write(add)
        node.road.bulk.wake()
        assert sorted(await node.phones.took(3)) == ["B0", "B1", "B2"]

        async def done() -> object:
            one = await node.db.read(bulk.find, WORKSPACE, "b1")
            return one is not None and one.done_at is not None

        await node.until(done, True)
        one = await node.db.read(bulk.find, WORKSPACE, "b1")
        assert one is not None
        assert (one.total, one.position, one.texts) == (4, 3, [])
        assert set(await node.db.read(sent.statuses, WORKSPACE, one.ids)) == set(one.ids)


async def test_a_bulk_send_that_a_server_died_of_is_gone_on_with_and_nothing_goes_twice(db: Db) -> None:
    clock, phones = Clock(NOON), Phones()
    async with working(db, bot(), clock=clock, phones=phones) as node:

        class Died(Exception):
            pass

        stored = 0

        async def hand_in(one: BulkText, id_: str) -> None:
            nonlocal stored
            if stored == 2:
                raise Died
            stored += 1
            await node.road._hand_in(one, id_)

        def add(tx: Tx) -> None:
            bulk.add(tx, WORKSPACE, "b1", ("k1", "crm"), many(ANA, BEN, CAT), [], clock())
            tx.execute(update(bulk_sends).values(lease_until=clock() + HOUR))  # nobody else begins it

        await node.db.write(add)
        dying = BulkSender(node.db, WORKSPACE, lambda: clock() + 2 * HOUR, hand_in)
        with pytest.raises(Died):
            await dying._one()
        assert stored == 2
        clock.at += DAY
        node.road.bulk.wake()
        assert sorted(await phones.took(3)) == ["B0", "B1", "B2"]

        async def done() -> object:
            one = await node.db.read(bulk.find, WORKSPACE, "b1")
            return one is not None and one.done_at is not None

        await node.until(done, True)
        assert await count(node, messages) == 3
        assert len(phones.sent) == 3
