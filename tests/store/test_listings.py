"""Lists of conversations and contacts for programs: filters, tags, and pages that stay right while things change."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text, update

from textback.core.ids import bucket_of, new_id
from textback.engine.state import Handoff, Owner, Session, State, dump_state
from textback.store import bots, conversations, erase, keys
from textback.store import contacts as store
from textback.store.conversations import Wanted
from textback.store.db import Db, Tx
from textback.store.inbox import find_homes, make_homes
from textback.store.tables import contacts
from textback.store.tables import conversations as table

W = "default"


def talk(tx: Tx, last: int, at: int, *, line: str = "shop", state: State | None = None, **values: Any) -> str:
    """A conversation with the number that ends in `last`, whose last text was at that time; its contact."""
    number = f"+12065550{last:03}"
    home = make_homes(tx, W, {("phone", number): line}, 1, {("phone", number): at})[("phone", number)]
    found = state or State()
    more = {
        "state": dump_state(found), "owner_kind": found.owner.kind, "owner_id": found.owner.user_id, "last_at": at,
        **values,
    }  # fmt: skip
    c = table.c
    tx.execute(update(table).where(c.bucket == home.bucket, c.contact_id == home.contact_id).values(more))
    return home.contact_id


def paged(tx: Tx, most: int, between: Callable[[], None] = lambda: None, **more: Any) -> list[str]:
    """All pages one after the other; `between` happens after the first."""
    found: list[str] = []
    after: tuple[int, str] | None = None
    while rows := conversations.page(
        tx, W, more.get("wanted", Wanted()), most, after, oldest_first=more.get("old", False)
    ):
        found += [row.contact_id for row in rows]
        after = (rows[-1].last_at, rows[-1].contact_id)
        if len(found) == most:
            between()
    return found


async def test_pages_have_each_conversation_once_also_of_the_same_moment(db: Db) -> None:
    def work(tx: Tx) -> None:
        ids = [talk(tx, n, 100 - n // 3) for n in range(9)]
        assert sorted(paged(tx, 2)) == sorted(ids)
        assert paged(tx, 2) == paged(tx, 100)
        assert paged(tx, 2, old=True) == paged(tx, 2)[::-1]

    await db.write(work)


async def test_a_text_meanwhile_makes_no_page_repeat_one_and_the_oldest_first_miss_none(db: Db) -> None:
    def work(tx: Tx) -> None:
        ids = [talk(tx, n, n) for n in range(6)]
        latest = paged(tx, 2, lambda: _text(tx, ids[0], 1000))
        assert latest == [ids[5], ids[4], ids[3], ids[2], ids[1]]  # the one with the new text is before the first now
        oldest = paged(tx, 2, lambda: _text(tx, ids[4], 2000), old=True)
        assert oldest == [ids[1], ids[2], ids[3], ids[5], ids[0], ids[4]]

    await db.write(work)


def _text(tx: Tx, contact: str, at: int) -> None:
    c = table.c
    tx.execute(update(table).where(c.bucket == bucket_of(contact), c.contact_id == contact).values(last_at=at))


async def test_a_page_goes_on_after_the_conversation_that_it_ended_with_is_erased(db: Db) -> None:
    def work(tx: Tx) -> None:
        ids = [talk(tx, n, n) for n in range(4)]
        first = conversations.page(tx, W, Wanted(), 2)
        last = first[-1]
        who = erase.person(tx, W, contact_id=last.contact_id)
        assert who is not None
        tx.execute(update(table).where(table.c.contact_id == last.contact_id).values(address="", last_at=0))
        rest = conversations.page(tx, W, Wanted(), 10, (last.last_at, last.contact_id))
        assert [row.contact_id for row in rest] == [ids[1], ids[0]]

    await db.write(work)


async def test_each_filter_leaves_out_what_it_should(db: Db) -> None:
    ana, nobody = Owner("person", "u1", "Ana"), Owner("nobody")

    def work(tx: Tx) -> None:
        bot = talk(tx, 1, 10, status="engaged", state=State(tags=["late", "vip"]))
        mine = talk(tx, 2, 20, line="store", status="engaged", state=State(owner=ana))
        waits = talk(tx, 3, 30, status="waiting_on_agent", waiting_since=25, state=State(owner=nobody, tags=["vips"]))

        def found(**wanted: Any) -> list[str]:
            return paged(tx, 10, wanted=Wanted(**wanted))

        assert found() == [waits, mine, bot]
        assert found(status="engaged") == [mine, bot]
        assert (found(owner="bot"), found(owner="nobody"), found(owner="u1")) == ([bot], [waits], [mine])
        assert found(owner="u2") == []
        assert (found(lines=frozenset(["store"])), found(lines=frozenset(["shop"]))) == ([mine], [waits, bot])
        assert (found(waiting=True), found(waiting=False)) == ([waits], [mine, bot])
        assert (found(tag="vip"), found(tag="vips"), found(tag="v")) == ([bot], [waits], [])
        assert found(since=20) == [waits, mine]
        assert found(contact=mine) == [mine]
        assert conversations.page(tx, "another", Wanted(), 10) == []

    await db.write(work)


async def test_words_that_look_like_tags_are_none(db: Db) -> None:
    def work(tx: Tx) -> None:
        session = Session("s", 1, "f", "a", 1, vars={"tags": ["fake"]})
        talk(tx, 1, 1, state=State(fields={"note": '"tags":["fake"]', "tags": ["fake"]}, session=session))
        talk(tx, 2, 2, state=State(tags=["real"]))
        assert store.tags_in_use(tx, W) == {"real": 1}
        assert [row.address for row in store.cards(tx, W, 9, tag="fake")] == []

    await db.write(work)


async def test_tags_are_counted_by_line(db: Db) -> None:
    def work(tx: Tx) -> None:
        talk(tx, 1, 1, state=State(tags=["late", "vip"]))
        talk(tx, 2, 2, line="store", state=State(tags=["vip"]))
        talk(tx, 3, 3)
        assert store.tags_in_use(tx, W) == {"late": 1, "vip": 2}
        assert store.tags_in_use(tx, W, ["store"]) == {"vip": 1}
        assert store.tags_in_use(tx, "another") == {}

    await db.write(work)


async def test_contacts_come_in_an_order_that_no_text_changes(db: Db) -> None:
    def work(tx: Tx) -> None:
        ids = sorted(talk(tx, n, n, line="store" if n % 2 else "shop") for n in range(7))
        first = store.cards(tx, W, 3)
        assert [row.contact_id for row in first] == ids[:3]
        _text(tx, ids[4], 99)
        rest = store.cards(tx, W, 9, (first[-1].bucket, first[-1].contact_id))
        assert [row.contact_id for row in rest] == ids[3:]
        lines = {row.line for row in store.cards(tx, W, 9, lines=["store"])}
        assert lines == {"store"}

    await db.write(work)


async def test_what_a_program_says_of_a_contact_is_kept_and_the_rest_stays(db: Db) -> None:
    def work(tx: Tx) -> None:
        contact = talk(tx, 1, 1)
        store.change(tx, contact, "Ana", "America/Chicago", None)
        store.change(tx, contact, None, None, "TX")
        store.change(tx, contact, None, None, None)
        row = store.card(tx, W, contact)
        assert row is not None
        assert (row.name, row.zone, row.region) == ("Ana", "America/Chicago", "TX")
        p = contacts.c
        source = tx.execute(contacts.select().where(p.bucket == bucket_of(contact), p.id == contact)).one().zone_source
        assert source == "api"
        assert store.families_of(tx, W, contact, "+12065550001") == ["phone"]
        assert store.families_of(tx, W, new_id(), "+12065550001") == []
        assert find_homes(tx, W, [("phone", "+12065550001")])
        assert store.card(tx, "another", contact) is None

    await db.write(work)


async def test_open_hand_overs_have_the_longest_wait_first(db: Db) -> None:
    asked = Handoff("asked", asked_at=5)
    ana, nobody = Owner("person", "u1", "Ana"), Owner("nobody")

    def work(tx: Tx) -> None:
        talk(tx, 1, 1)
        talk(tx, 2, 1, state=State(owner=ana))  # who took it without being asked for
        late = talk(tx, 3, 1, waiting_since=30, state=State(owner=nobody, handoff=asked))
        early = talk(tx, 4, 1, waiting_since=20, state=State(owner=nobody))  # the bot broke: nothing says why
        held = talk(tx, 5, 1, line="store", state=State(owner=ana, handoff=asked))

        def found(**more: Any) -> list[str]:
            return [row.contact_id for row in conversations.handed_over(tx, W, 10, **more)]

        assert found() == [early, late, held]
        assert (found(owner="nobody"), found(owner="u1")) == ([early, late], [held])
        assert found(lines=["store"]) == [held]
        pages, after = [], None
        while rows := conversations.handed_over(tx, W, 1, after):
            pages += [rows[0].contact_id]
            after = (rows[0].since, rows[0].contact_id)
        assert pages == [early, late, held]

    await db.write(work)


PLAIN = {"compile_kwargs": {"literal_binds": True}}


@pytest.mark.parametrize("after", [None, (20, "a"), (2**53, "a")])
@pytest.mark.parametrize("part", [conversations._waiting, conversations._not_waiting])
async def test_open_hand_overs_are_read_from_an_index_that_has_their_order(
    db: Db, part: Any, after: tuple[int, str] | None
) -> None:
    """However many conversations the bot has, and however many people have."""
    many = {"sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT i FROM n",
            "postgresql": "SELECT i FROM generate_series(1, 3000) AS n(i)"}  # fmt: skip

    def work(tx: Tx) -> None:
        first = talk(tx, 1, 1, state=State(owner=Owner("nobody")))
        more = {"contact_id": "'00' || i", "id": "'00' || i",
                "owner_kind": "CASE WHEN i % 50 = 0 THEN 'nobody' ELSE 'bot' END",
                "waiting_since": "CASE WHEN i % 100 = 0 THEN i END"}  # fmt: skip
        for into, key in ((contacts, "id"), (table, "contact_id")):
            copied = ", ".join(more.get(column.name, column.name) for column in into.c)
            given = f"FROM {into.name}, ({many[tx.dialect.name]}) AS many WHERE {key} = '{first}'"
            tx.execute(text(f"INSERT INTO {into.name} SELECT {copied} {given}"))
        if tx.dialect.name == "postgresql":  # which does so by itself
            tx.execute(text("ANALYZE"))
        query = part([table.c.workspace == W, conversations._NOT_THE_BOTS], after).limit(20)
        explain = "EXPLAIN QUERY PLAN" if tx.dialect.name == "sqlite" else "EXPLAIN"
        plan = " ".join(str(row) for row in tx.execute(text(f"{explain} {query.compile(tx, **PLAIN)}")))
        assert "conversations_handed" in plan, plan
        assert "TEMP B-TREE" not in plan, plan
        assert "Sort" not in plan, plan

    await db.write(work)


async def test_a_key_gets_another_name_and_scopes_unless_the_name_is_taken(db: Db) -> None:
    def work(tx: Tx) -> None:
        made = keys.add(tx, W, "crm", 1, scopes=["lines:read"])
        keys.add(tx, W, "till", 1)
        assert made is not None
        key = keys.by_id(tx, W, made[0], 2)
        assert key is not None
        assert not keys.change(tx, W, keys.Key(key.id, "till", key.scopes, key.lines, 1), 2)
        assert keys.change(tx, W, keys.Key(key.id, "sales", frozenset(["flows:read"]), frozenset(["shop"]), 1, 9), 2)
        now = keys.find(tx, W, keys.digest(made[1]), 3)
        assert now is not None
        assert (now.name, set(now.scopes), set(now.lines), now.expires_at) == ("sales", {"flows:read"}, {"shop"}, 9)
        assert not keys.change(tx, W, now, 10), "its time is over"

    await db.write(work)


@pytest.mark.parametrize("most", [1, 3])
async def test_versions_come_newest_first_without_their_files(db: Db, most: int) -> None:
    def work(tx: Tx) -> None:
        for n in range(1, 5):
            bots.publish(tx, W, {"bot.yml": f"bot: {n}\n"}, n, note=f"n{n}")
        found, before = [], None
        while rows := bots.listed(tx, W, most, before):
            found += [row.note for row in rows]
            before = rows[-1].number
        assert found == ["n4", "n3", "n2", "n1"]

    await db.write(work)
