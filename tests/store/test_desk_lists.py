"""The desk's lists: what each holds, in which order, page by page, and with filters; on both databases."""

from typing import Any

import pytest
from sqlalchemy import event, text, update

from tests.store.test_listings import W, talk
from textback.core.ids import bucket_of
from textback.engine.state import Draft, Handoff, Owner, Snoozed, State
from textback.store import desk_lists
from textback.store.db import Db, Tx
from textback.store.desk_lists import Place, View, Wanted
from textback.store.sight import ALL, Sight
from textback.store.tables import conversations

ME, MATE = Owner("person", "me", "Ana"), Owner("person", "mate", "Ben")
NOBODY = Owner("nobody")


def waiting(tx: Tx, last: int, since: int, owner: Owner = NOBODY, **more: Any) -> str:
    state = State(owner=owner, handoff=Handoff("asked", queue=more.pop("queue", "")))
    return talk(tx, last, since, state=state, status="waiting_on_agent", waiting_since=since, **more)


def ids(tx: Tx, view: View, most: int = 100, wanted: Wanted = Wanted()) -> list[str]:  # noqa: B008
    """All pages of a view, one after the other."""
    found: list[str] = []
    after: Place | None = None
    for _ in range(1000):
        page = desk_lists.page(tx, W, view, "me", most, wanted, after)
        assert len(page.rows) <= most
        found += [row.contact_id for _, row in page.rows]
        after = page.after
        if after is None:
            return found
    raise AssertionError("it never ends")


async def test_the_most_urgent_come_first_then_the_longest_wait_then_ones_own(db: Db) -> None:
    def work(tx: Tx) -> None:
        short, long = waiting(tx, 1, 90), waiting(tx, 2, 10)
        urgent, high = waiting(tx, 3, 95, priority=2), waiting(tx, 4, 99, priority=1)
        mine = talk(tx, 5, 50, state=State(owner=ME), status="engaged")
        answer_me = waiting(tx, 6, 60, ME)
        waiting(tx, 7, 5, MATE)
        talk(tx, 8, 99, status="engaged")
        wanted = [urgent, high, long, short, answer_me, mine]
        for most in (1, 2, 3, 100):
            assert ids(tx, "needs-you", most) == wanted

    await db.write(work)


async def test_each_view_holds_its_own(db: Db) -> None:
    def work(tx: Tx) -> None:
        bots = [talk(tx, n, 100 - n, status=status) for n, status in enumerate(("new", "engaged", "engaged"), 1)]
        mine = talk(tx, 11, 20, state=State(owner=ME), status="waiting_on_customer")
        done = [talk(tx, 21, 80, status="completed"), talk(tx, 22, 70, status="archived")]
        later = State(owner=ME, snoozed=Snoozed("me", "Ana", 1, 500))
        asleep = talk(tx, 31, 99, state=later, status="engaged", snoozed_until=500)
        for most in (1, 2, 100):
            assert ids(tx, "bot", most) == bots
            assert ids(tx, "completed", most) == done
            assert ids(tx, "mine", most) == [mine]
            assert ids(tx, "snoozed", most) == [asleep]
            assert len(ids(tx, "all", most)) == 7
        assert desk_lists.counts(tx, W, "me") == {"needs-you": 0, "mine": 1, "bot": 3, "snoozed": 1}

    await db.write(work)


async def test_filters_and_their_pages(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_lists, "LOOK", 4)

    def work(tx: Tx) -> None:
        some = {n: talk(tx, n, 1000 - n, line="shop" if n % 5 else "night") for n in range(30)}
        assert ids(tx, "all", 2, Wanted(line="night")) == [some[n] for n in range(0, 30, 5)]
        assert ids(tx, "all", 2, Wanted(line="nowhere")) == []
        tagged = talk(tx, 40, 3, state=State(tags=["vip"], fields={"locale": "es"}), unread=2)
        queued = waiting(tx, 41, 2, queue="billing")
        assert ids(tx, "all", 2, Wanted(tag="vip")) == [tagged]
        assert ids(tx, "all", 2, Wanted(language="es")) == [tagged]
        assert ids(tx, "all", 2, Wanted(unread=True)) == [tagged]
        assert ids(tx, "all", 2, Wanted(queue="billing")) == ids(tx, "all", 2, Wanted(owner="nobody")) == [queued]
        assert ids(tx, "needs-you", 2, Wanted(priority="urgent")) == []
        assert ids(tx, "all", 1, Wanted(ids=frozenset({queued, tagged}))) == [tagged, queued]
        assert ids(tx, "bot", 1, Wanted(ids=frozenset({queued, tagged}))) == [tagged]

    await db.write(work)


async def test_a_text_meanwhile_makes_no_page_miss_one(db: Db) -> None:
    def work(tx: Tx) -> None:
        made = [talk(tx, n, 100 - n) for n in range(9)]
        first = desk_lists.page(tx, W, "all", "me", 4)
        c = conversations.c
        last = made[-1]
        tx.execute(update(conversations).where(c.bucket == bucket_of(last), c.contact_id == last).values(last_at=200))
        rest = desk_lists.page(tx, W, "all", "me", 100, after=first.after)
        assert [row.contact_id for _, row in first.rows + rest.rows] == made[:-1]

    await db.write(work)


async def test_counts_stop_where_nobody_reads_on(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_lists, "MOST_COUNTED", 3)

    def work(tx: Tx) -> None:
        for n in range(5):
            talk(tx, n, n, status="engaged")
        assert desk_lists.counts(tx, W, "me")["bot"] == 3

    await db.write(work)


async def test_every_list_is_read_from_an_index_that_has_its_order(sqlite_url: str, db: Db) -> None:
    def work(tx: Tx) -> None:
        if tx.dialect.name != "sqlite":
            return
        for view in ("needs-you", "mine", "bot", "all", "snoozed", "completed"):
            for part in desk_lists._parts(view, "me"):
                for kind in desk_lists._kinds(view):
                    where = (conversations.c.workspace == W, *part.where, *kind)
                    by = [column.desc() if down else column for column, down in part.by]
                    query = desk_lists.ROW.where(*where).order_by(*by).limit(50)
                    made = str(query.compile(tx, compile_kwargs={"literal_binds": True}))
                    plan = " ".join(str(row[3]) for row in tx.execute(text(f"EXPLAIN QUERY PLAN {made}")))
                    assert "SCAN" not in plan, (view, plan)
                    assert "TEMP B-TREE" not in plan, (view, plan)

    await db.write(work)


async def test_given_conversations_are_read_by_their_keys(db: Db) -> None:
    """SQLite takes an index of the whole workspace before a list of keys: with a million conversations that is minutes
    of reading them all."""

    def work(tx: Tx) -> None:
        if tx.dialect.name != "sqlite":
            return
        some = frozenset(waiting(tx, n, n) for n in range(3))
        asked: list[tuple[str, Any]] = []
        event.listen(tx, "before_cursor_execute", lambda _c, _k, said, given, _x, _m: asked.append((said, given)))
        for sight in (ALL, Sight(lines=frozenset({"shop"}))):
            for view in ("needs-you", "mine", "bot", "all", "snoozed", "completed"):
                desk_lists.page(tx, W, view, "me", 50, Wanted(ids=some, tag="vip"), sight=sight)
            desk_lists.states(tx, W, some, sight)
        for said, given in asked.copy():  # explaining asks, too
            plan = [str(row[3]) for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given)]
            reads = [step for step in plan if step.startswith(("SEARCH conversations", "SCAN conversations"))]
            assert reads, plan
            assert all("USING PRIMARY KEY (bucket=? AND contact_id=?)" in step for step in reads), plan

    await db.write(work)


async def test_a_draft_is_told_by_its_state(db: Db) -> None:
    def work(tx: Tx) -> None:
        draft = State(owner=NOBODY, draft=Draft("j", "p", "Q?", "A.", 0.7, 1))
        one = talk(tx, 1, 5, state=draft, status="waiting_on_agent", waiting_since=5)
        assert ids(tx, "needs-you") == [one]

    await db.write(work)


async def test_a_person_who_is_restricted_sees_no_other_line(db: Db) -> None:
    def work(tx: Tx) -> None:
        here, there = waiting(tx, 1, 5, line="shop"), waiting(tx, 2, 6, line="night")
        sight = Sight(lines=frozenset({"night"}))
        for view in ("needs-you", "all"):
            page = desk_lists.page(tx, W, view, "me", 10, sight=sight)
            assert [row.contact_id for _, row in page.rows] == [there]
        assert desk_lists.counts(tx, W, "me", sight)["needs-you"] == 1
        assert set(desk_lists.states(tx, W, {here, there}, sight)) == {there}

    await db.write(work)
