"""Jobs: claimed under a lease, done outside any transaction, and their result heard exactly once."""

import asyncio
from collections import deque
from typing import Any

import msgspec
import pytest
from sqlalchemy import Row, select

from tests.engine.talk import BOT, flow
from tests.pipeline.working import ANA, WORKSPACE, Working, make, working
from textback.actions.base import Done, Failed, Job
from textback.core.when import DAY, MINUTE, SECOND
from textback.engine.actions import Action
from textback.engine.bot import Bot
from textback.engine.load import load_bot
from textback.pipeline import letters, perform
from textback.pipeline.letters import Means
from textback.pipeline.perform import GRACE, Claim, claim, record
from textback.pipeline.tick import Keep, tidy
from textback.store import dead, spread
from textback.store.db import Db, Tx, open_db
from textback.store.tables import jobs

STEPS = """
- ask: day
  text: Which day?
- call: book
  with: {day: "{{ day }}"}
  save: booking
  on_error: [{say: "No: {{ booking.error }}."}]
- say: "Booked {{ booking.ref }}."
"""
MEANS = Means(WORKSPACE, {}, "https://bot.example.com")


def booking(more: str = "") -> Bot:
    """A bot that books."""
    declared = "actions: {book: {http: 'https://example.com', timeout: 2s, retries: 1}}\n"
    return load_bot({"bot.yml": f"{BOT}{declared}{more}", "flows/main.yml": flow(STEPS, start="book")}, 1)


class Other:
    """Another system that does as it is told: these answers in turn, the last one stays."""

    def __init__(self, *answers: Done | Failed | asyncio.Future[Done | Failed]) -> None:
        self._answers = deque(answers or [Done({"ref": "R1"})])
        self.asked: list[Job] = []

    async def perform(self, action: Action, job: Job) -> Done | Failed:
        """Answer."""
        self.asked.append(job)
        answer = self._answers.popleft() if len(self._answers) > 1 else self._answers[0]
        return await answer if isinstance(answer, asyncio.Future) else answer


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are looked for often, and the pauses between tries are short."""
    monkeypatch.setattr(perform, "POLL", 0.02)
    monkeypatch.setattr("textback.pipeline.road.POLL", 0.02)


def rows(tx: Tx) -> list[Row[Any]]:
    return list(tx.execute(select(jobs).order_by(jobs.c.id)))


async def ask(node: Working) -> None:
    """Ana gets as far as the call."""
    await node.text("BOOK")
    await node.text("friday")


async def said(node: Working) -> list[str]:
    return [text for text, _, _ in await node.ours()]


async def says(node: Working, *texts: str) -> None:
    """Return once this is all that Ana was sent, moving the clock past the pauses."""

    async def look() -> list[str]:
        node.clock.at += 500
        return await said(node)

    await node.until(look, ["Which day?", *texts])


async def test_a_job_is_done_and_its_result_goes_on_with_the_flow(db: Db) -> None:
    other = Other()
    async with working(db, booking(), performs=other) as node:
        await ask(node)
        await says(node, "Booked R1.")
        (job,) = other.asked
        assert (dict(job.arguments), job.timeout) == ({"day": "friday"}, 2000)
        assert await db.read(rows) == []
        assert [kind for kind, _ in await node.events("action_asked", "action_done")] == ["action_asked", "action_done"]


async def test_it_is_tried_again_under_the_same_key_and_then_given_up(db: Db) -> None:
    other = Other(Failed("unknown", detail="No answer in 2 s."))
    async with working(db, booking(), performs=other) as node:
        await ask(node)
        await says(node, "No: unknown.")
        assert [one.key for one in other.asked] == [other.asked[0].key] * 2
        (letter,) = await db.read(lambda tx: dead.letters(tx, WORKSPACE))
        assert (letter.kind, letter.reason, letter.attempts, letter.line) == ("job", "unknown", 2, "one")
        payload = msgspec.json.decode(letter.payload)
        assert payload == {"action": "book", "step": "main.2", "arguments": ["day"]}
        (row,) = await db.read(rows)
        assert row.state == "dead"


@pytest.mark.parametrize("again", [Failed("retry"), Failed("throttled", retry_after=0.0)])
async def test_a_failure_that_passes_is_not_seen(db: Db, again: Failed) -> None:
    other = Other(again, Done({"ref": "R2"}))
    async with working(db, booking(), performs=other) as node:
        await ask(node)
        await says(node, "Booked R2.")
        assert len(other.asked) == 2
        assert await db.read(lambda tx: dead.letters(tx, WORKSPACE)) == []


async def test_what_was_refused_is_an_answer_and_no_dead_letter(db: Db) -> None:
    other = Other(Failed("rejected", "409"))
    async with working(db, booking(), performs=other) as node:
        await ask(node)
        await says(node, "No: rejected.")
        assert len(other.asked) == 1
        assert await db.read(rows) == await db.read(lambda tx: dead.letters(tx, WORKSPACE)) == []


async def test_what_is_misconfigured_is_not_tried_again_until_somebody_says_so(db: Db) -> None:
    other = Other(Failed("misconfigured", "401"), Done({"ref": "R3"}))
    async with working(db, booking(), performs=other) as node:
        await ask(node)
        await says(node, "No: misconfigured.")
        (letter,) = await db.read(letters.listing, WORKSPACE, letters.Wanted("job"))
        assert len(other.asked) == 1
        done = await db.write(letters.redrive, letter.id, node.clock(), MEANS, "ana@example.com")
        assert done.result == "handled"
        await node.until(lambda: db.read(rows), [])
        assert [one.key for one in other.asked] == [other.asked[0].key] * 2
        # The flow is over: what came of it changes nothing.
        await node.until(lambda: node.events("action_stale"), [("action_stale", {"job": await stale(node)})])
        assert await said(node) == ["Which day?", "No: misconfigured."]
        assert (await db.write(letters.redrive, letter.id, node.clock(), MEANS, "ana@example.com")).result == "done"


async def stale(node: Working) -> str:
    """The job of a result that nobody waited for."""
    found: list[tuple[str, dict[str, Any]]] = []
    async with asyncio.timeout(6):
        while not found:
            found = await node.events("action_stale")
            await asyncio.sleep(0.02)
    return str(found[0][1]["job"])


async def test_a_discarded_letter_takes_its_job_with_it(db: Db) -> None:
    async with working(db, booking(), performs=Other(Failed("misconfigured"))) as node:
        await ask(node)
        await says(node, "No: misconfigured.")
        (letter,) = await db.read(letters.listing, WORKSPACE, letters.Wanted("job"))
        assert await db.write(letters.discard, letter.id, node.clock(), WORKSPACE, "ana@example.com")
        assert await db.read(rows) == []


async def test_a_job_nobody_dealt_with_is_deleted_with_its_letter(whole_db: Db) -> None:
    async with working(whole_db, booking(), performs=Other(Failed("misconfigured"))) as node:
        await ask(node)
        await says(node, "No: misconfigured.")
        now = node.clock()
    await whole_db.write(tidy, WORKSPACE, Keep(), now + 89 * DAY)
    assert len(await whole_db.read(rows)) == 1
    await whole_db.write(tidy, WORKSPACE, Keep(), now + 91 * DAY)
    assert await whole_db.read(rows) == await whole_db.read(lambda tx: dead.letters(tx, WORKSPACE)) == []


async def waiting(db: Db) -> Working:
    """A conversation that waits for a job that no node does: those that are at work have another role."""
    async with working(db, booking()) as node:
        await ask(node)
    assert len(await db.read(rows)) == 1
    return node


async def claimed(node: Working, now: int) -> tuple[list[Claim], list[str], bool]:
    """What one node claims at this time."""
    found: tuple[list[Claim], list[str], bool] = ([], [], False)
    for place in (await node.db.read(spread.with_jobs, now)) if node.db.by_bucket else (None,):
        one = await node.db.write_within(place, "perform", claim, WORKSPACE, node.road.shelf, now, 32)
        found = (found[0] + one.claims, found[1] + one.withdrawn, found[2] or one.lost)
    return found


async def recorded(node: Working, mine: Claim, result: Done | Failed, now: int) -> str:
    place = mine.row.bucket if node.db.by_bucket else None
    return str(await node.db.write_within(place, "perform", record, WORKSPACE, mine, result, now, 0.5))


async def test_a_job_is_one_nodes_until_its_lease_is_over_and_the_late_node_is_not_heard(db: Db) -> None:
    node = await waiting(db)
    now = node.clock()
    ([first], _, _) = await claimed(node, now)
    assert (await claimed(node, now + 2 * SECOND + GRACE - 1))[0] == []
    ([second], _, _) = await claimed(node, now + 2 * SECOND + GRACE)
    assert (second.row.key, second.fence) == (first.row.key, first.fence + 1)
    assert await recorded(node, first, Done({"ref": "late"}), now + MINUTE) == "late"
    assert await recorded(node, second, Done({"ref": "R4"}), now + MINUTE) == "done"
    assert await recorded(node, second, Done({"ref": "twice"}), now + MINUTE) == "late"
    async with working(db, booking()) as again:
        await says(again, "Booked R4.")


async def test_a_job_that_each_server_dies_of_is_given_up(db: Db) -> None:
    node = await waiting(db)
    now = node.clock()
    for n in (1, 2):
        assert [one.attempts for one in (await claimed(node, now + n * MINUTE))[0]] == [n]
    assert await claimed(node, now + 3 * MINUTE) == ([], [], True)
    async with working(db, booking()) as again:
        await says(again, "No: unknown.")
    assert [one.kind for one in await db.read(lambda tx: dead.letters(tx, WORKSPACE))] == ["job"]


@pytest.mark.parametrize("words", ["never mind", "STOP"])
async def test_a_job_whose_session_has_ended_is_withdrawn(db: Db, words: str) -> None:
    async with working(db, booking()) as node:
        await ask(node)
        await node.text(words)
    assert await claimed(node, node.clock()) == ([], ["book"], False)
    assert await db.read(rows) == []


async def test_a_result_after_a_stop_sends_nothing(db: Db) -> None:
    answer: asyncio.Future[Done | Failed] = asyncio.get_running_loop().create_future()
    other = Other(answer)
    async with working(db, booking(), performs=other) as node:
        await ask(node)
        async with asyncio.timeout(6):
            while not other.asked:
                await asyncio.sleep(0.02)
        await node.text("STOP")
        answer.set_result(Done({"ref": "R5"}))
        await stale(node)
        assert "Booked R5." not in node.phones.texts(ANA)


async def test_a_server_that_stops_finishes_what_it_has_claimed(file_db: Db) -> None:
    answer: asyncio.Future[Done | Failed] = asyncio.get_running_loop().create_future()
    node = make(file_db, booking(), performs=Other(answer))
    await node.road.start()
    await ask(node)
    await node.until(lambda: file_db.read(lambda tx: [row.state for row in rows(tx)]), ["running"])
    stopping = asyncio.create_task(node.road.stop())
    await asyncio.sleep(0.05)
    assert not stopping.done()
    answer.set_result(Done({"ref": "R6"}))
    async with asyncio.timeout(6):
        await stopping
    assert await file_db.read(rows) == []


async def test_two_nodes_do_a_job_once(postgres_url: str) -> None:
    other = Other()
    first, second = open_db(postgres_url), open_db(postgres_url)
    try:
        async with (
            working(first, booking(), performs=other) as one,
            working(second, booking(), performs=other, phones=one.phones, clock=one.clock),
        ):
            await ask(one)
            await says(one, "Booked R1.")
            assert len(other.asked) == 1
    finally:
        await first.close()
        await second.close()


async def test_of_one_action_no_more_run_than_may_and_others_go_on(
    file_db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What waits for its turn begins when one of its kind is done, and not at the next look.
    monkeypatch.setattr(perform, "POLL", 600.0)
    monkeypatch.setattr("textback.pipeline.road.POLL", 600.0)
    declared = "actions: {slow: {http: 'https://example.com', at_once: 2}, quick: {http: 'https://example.com'}}\n"
    steps = "- call: {0}\n  save: x\n  on_error: [{{say: No.}}]\n- say: Done {0}."
    slow = flow(steps.format("slow"), start="slow", name="slow")
    quick = flow(steps.format("quick"), start="quick", name="quick")
    files = {"bot.yml": f"{BOT}{declared}", "flows/slow.yml": slow, "flows/quick.yml": quick}
    people = [f"+1206555012{n}" for n in range(5)]

    class Slow:
        """Counts what runs at once, and lets the slow ones go only when told."""

        def __init__(self) -> None:
            self.running, self.most, self.quick = 0, 0, 0
            self.go = asyncio.Event()

        async def perform(self, action: Action, job: Job) -> Done | Failed:
            """Wait, if it is a slow one."""
            if action.name == "quick":
                self.quick += 1
                return Done({})
            self.running += 1
            self.most = max(self.most, self.running)
            await self.go.wait()
            self.running -= 1
            return Done({})

        async def done_quickly(self) -> int:
            """How many of the quick ones are done."""
            return self.quick

    other = Slow()
    async with working(file_db, load_bot(files, 1), performs=other) as node:
        for person in people:
            await node.text("SLOW", person)
        await node.text("QUICK")
        await node.until(other.done_quickly, 1)
        assert other.running == 2
        other.go.set()
        await node.until(lambda: file_db.read(rows), [])
    assert other.most == 2


async def test_in_the_simulator_actions_are_only_played(file_db: Db) -> None:
    other = Other()
    node = make(file_db, booking(), performs=other)
    node.phones.name = "simulator"  # type: ignore[misc]
    await node.road.start()
    try:
        await ask(node)
        await says(node, "Booked .")
        assert other.asked == []
    finally:
        await node.road.stop()


async def test_a_running_session_keeps_the_action_of_its_version(file_db: Db) -> None:
    node = await waiting(file_db)
    newer = msgspec.structs.replace(booking(), version=2, actions={})
    old = node.road.shelf.current
    node.road.shelf.adopt(newer)
    ([mine], _, _) = await claimed(node, node.clock())
    assert mine.action == old.actions["book"]
