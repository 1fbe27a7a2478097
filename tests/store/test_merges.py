"""Contacts that are one: merging, undoing, chains, two people at once, and what an erasure leaves behind."""

import asyncio
import json
import random
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.store.test_listings import W, talk
from textback.core.ids import bucket_of
from textback.engine.state import State
from textback.store import erase, events, leads, merges, values
from textback.store.db import Db, Tx
from textback.store.leads import Sought
from textback.store.merges import CannotMerge
from textback.store.sight import ALL, Sight
from textback.store.spread import EVENTS, EventLog
from textback.store.tables_merges import merged_contacts
from textback.store.values import TAG, Term


def contact(tx: Tx, last: int, at: int = 1, *, tags: tuple[str, ...] = (), **fields: Any) -> str:
    """A contact with these fields and tags, which the leads table finds."""
    more = {name: fields.pop(name) for name in ("line", "owner_kind", "owner_id") if name in fields}
    made = talk(tx, last, at, state=State(fields=fields, tags=list(tags)), **more)
    values.keep(tx, W, [(bucket_of(made), made, fields, tags)])
    return made


def merge(tx: Tx, kept: str, other: str, now: int = 10) -> merges.Merge:
    return merges.merge(tx, W, kept, other, "sam@example.com", now)


def join(tx: Tx, kept: str, others: list[str]) -> None:
    """The first and the last of many."""
    merge(tx, kept, others[0])
    merge(tx, kept, others[-1])


def rows(tx: Tx, *terms: Term, sight: Sight = ALL, **more: Any) -> list[str]:
    """The contacts that have a row in the leads table."""
    sought = Sought(terms, sight=sight, whole=True, **more)
    return [row.contact_id for row in leads.page(tx, W, sought, 50)]


async def test_two_contacts_are_one_until_it_is_undone(db: Db) -> None:
    def work(tx: Tx) -> None:
        ana, other = contact(tx, 1), contact(tx, 2)
        assert merges.whole(tx, W, ana) == (ana,)
        done = merge(tx, ana, other)
        assert done.fresh
        assert merges.whole(tx, W, other) == merges.whole(tx, W, ana) == (ana, other)
        undone = merges.undo(tx, W, done.id, "kim@example.com", 20)
        assert undone is not None
        assert (undone.undone_by, undone.undone_at, undone.fresh) == ("kim@example.com", 20, True)
        assert merges.whole(tx, W, other) == (other,)
        assert merges.whole(tx, W, ana) == (ana,)
        assert tx.execute(select(merged_contacts)).all() == []

    await db.write(work)


async def test_programs_are_told_once_of_a_merge_and_of_its_undoing(db: Db) -> None:
    def work(tx: Tx) -> None:
        events.begin(tx, W)
        tx.execution_options(**{EVENTS: EventLog(W)})
        ana, other = contact(tx, 1), contact(tx, 2)
        done = merge(tx, ana, other)
        merge(tx, other, ana)  # they are one already
        merges.undo(tx, W, done.id, "sam@example.com", 20)
        merges.undo(tx, W, done.id, "sam@example.com", 30)
        told = tx.execute(text("SELECT contact_id, kind, at, data FROM events ORDER BY at")).all()
        data = {"merge": done.id, "other": other}
        assert [(row.contact_id, row.kind, row.at, json.loads(row.data)) for row in told] == [
            (ana, "contact.merged", 10, data),
            (ana, "contact.unmerged", 20, data),
        ]

    await db.write(work)


async def test_doing_it_twice_is_doing_it_once(db: Db) -> None:
    def work(tx: Tx) -> None:
        ana, other = contact(tx, 1), contact(tx, 2)
        done = merge(tx, ana, other)
        for again in (merge(tx, ana, other), merge(tx, other, ana)):
            assert (again.id, again.kept, again.fresh) == (done.id, ana, False)
        merges.undo(tx, W, done.id, "sam@example.com", 20)
        twice = merges.undo(tx, W, done.id, "kim@example.com", 30)
        assert twice is not None
        assert (twice.undone_by, twice.undone_at, twice.fresh) == ("sam@example.com", 20, False)
        assert merges.undo(tx, W, "0" * 24, "sam@example.com", 30) is None
        lines = tx.execute(text("SELECT action, subject FROM audit ORDER BY id")).all()
        assert sorted(lines) == sorted(
            [(action, one) for action in ("contact.merge", "contact.unmerge") for one in (ana, other)]
        )
        assert merge(tx, ana, other, 40).fresh, "what was undone can be done again"

    await db.write(work)


async def test_what_can_not_be_merged_says_why(db: Db) -> None:
    def work(tx: Tx) -> None:
        ana, gone = contact(tx, 1), contact(tx, 2)
        erase.erase(tx, W, erase.Person(gone, "+12065550002"), 5)
        for other, why in ((ana, "same contact"), (gone, "not there"), ("f" * 24, "not there")):
            with pytest.raises(CannotMerge, match=why):
                merge(tx, ana, other)
        many = [contact(tx, n) for n in range(3, 4 + merges.MOST)]
        for one in many[1:-1]:
            merge(tx, many[0], one)
        with pytest.raises(CannotMerge, match="more than 20"):
            join(tx, ana, many)

    await db.write(work)


async def test_a_chain_is_one_whole_and_any_of_its_merges_can_be_undone(db: Db) -> None:
    def work(tx: Tx) -> None:
        a, b, c, d = (contact(tx, n) for n in range(1, 5))
        first = merge(tx, a, b)
        second = merge(tx, c, d)
        third = merge(tx, b, d)  # b is part of a, and d of c
        assert (third.kept, third.other) == (a, c)
        assert merges.whole(tx, W, d) == (a, b, d, c), "the kept one, then as they were merged"
        merges.undo(tx, W, first.id, "x", 20)
        assert merges.whole(tx, W, b) == (b,)
        assert set(merges.whole(tx, W, a)) == {a, c, d}
        merges.undo(tx, W, third.id, "x", 30)
        assert merges.whole(tx, W, a) == (a,)
        assert merges.whole(tx, W, d) == (c, d)
        merges.undo(tx, W, second.id, "x", 40)
        assert tx.execute(select(merged_contacts)).all() == []

    await db.write(work)


async def test_whatever_is_merged_and_undone_who_is_one_follows_from_what_is_in_force(db: Db) -> None:
    def work(tx: Tx) -> None:
        chance = random.Random(7)
        ids = [contact(tx, n) for n in range(8)]
        done: list[merges.Merge] = []
        for _ in range(60):
            if done and chance.random() < 0.4:
                found = merges.undo(tx, W, done.pop(chance.randrange(len(done))).id, "x", 1)
                assert found is not None
            else:
                one, other = chance.sample(ids, 2)
                made = merge(tx, one, other)
                if made.fresh:
                    done.append(made)
            parents = {one.other: one.kept for one in done}
            heads = {one: _head(parents, one) for one in ids}
            for one in ids:
                whole = merges.whole(tx, W, one)
                assert set(whole) == {other for other in ids if heads[other] == heads[one]}
                assert whole[0] == heads[one]

    await db.write(work)


def _head(parents: dict[str, str], one: str) -> str:
    return _head(parents, parents[one]) if one in parents else one


async def test_two_people_at_once_make_one_whole_and_no_circle(db: Db) -> None:
    def begin(tx: Tx) -> list[str]:
        return [contact(tx, n) for n in range(3)]

    a, b, c = await db.write(begin)
    pairs = [(a, b), (b, a), (b, c), (c, a), (a, c)]
    done = await asyncio.gather(*(db.write(merge, one, two) for one, two in pairs))
    assert sum(one.fresh for one in done) == 2
    whole = await db.read(merges.whole, W, a)
    assert set(whole) == {a, b, c}
    assert await db.read(merges.whole, W, c) == whole


@pytest.mark.parametrize("gone", range(4))
async def test_who_is_left_of_an_erased_contact_stays_one(db: Db, gone: int) -> None:
    def work(tx: Tx) -> None:
        ids = [contact(tx, n) for n in range(4)]
        merge(tx, ids[0], ids[1])
        merge(tx, ids[2], ids[3])
        merge(tx, ids[0], ids[2])
        erase.erase(tx, W, erase.Person(ids[gone], f"+1206555000{gone}"), 5)
        left = [one for place, one in enumerate(ids) if place != gone]
        assert {frozenset(merges.whole(tx, W, one)) for one in left} == {frozenset(left)}
        assert len({merges.whole(tx, W, one)[0] for one in left}) == 1
        kept = tx.execute(text("SELECT kept, other FROM merges")).all()
        assert ids[gone] not in {id_ for row in kept for id_ in row}
        for row in tx.execute(text("SELECT id FROM merges WHERE undone_at IS NULL")).all():
            merges.undo(tx, W, row.id, "x", 9)
        assert all(merges.whole(tx, W, one) == (one,) for one in left)

    await db.write(work)


async def test_the_leads_have_one_row_for_all_and_find_it_by_any(db: Db) -> None:
    def work(tx: Tx) -> None:
        ana = contact(tx, 1, 30, name="Ana Ruiz", bike="Surly")
        work_ = contact(tx, 2, 40, tags=("vip",), city="Reno")
        ben = contact(tx, 3, 20, name="Ben")
        done = merge(tx, ana, work_)
        assert rows(tx) == [ana, ben]
        assert rows(tx, oldest_first=True) == [ben, ana]
        assert rows(tx, Term(TAG, "vip")) == [ana]
        assert rows(tx, Term("bike", "surly"), Term("city", "reno")) == [ana], "each by another of the two"
        assert rows(tx, Term("city", "reno"), Term("name", "ben")) == []
        assert rows(tx, ids=((bucket_of(work_), work_),)) == [ana], "by its number"
        alone = Sought(ids=((bucket_of(work_), work_),), sight=ALL)
        assert [row.contact_id for row in leads.page(tx, W, alone, 5)] == [work_]
        merges.undo(tx, W, done.id, "x", 20)
        assert rows(tx) == [work_, ana, ben]
        assert rows(tx, Term(TAG, "vip")) == [work_]

    await db.write(work)


async def test_the_long_way_finds_the_same(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leads, "MANY", 0)

    def work(tx: Tx) -> None:
        ana = contact(tx, 1, 30, bike="Surly")
        work_ = contact(tx, 2, 40, tags=("vip",), city="Reno")
        contact(tx, 3, 20, bike="Surly")
        merge(tx, ana, work_)
        assert rows(tx, Term(TAG, "vip")) == [ana]
        assert rows(tx, Term("bike", "surly"), Term("city", "reno")) == [ana]

    await db.write(work)


@pytest.mark.parametrize("term", [(), (Term("city", "reno"),)])
async def test_who_may_not_see_the_kept_one_has_a_row_for_the_other(db: Db, term: tuple[Term, ...]) -> None:
    def work(tx: Tx) -> None:
        ana, other = contact(tx, 1, city="Reno"), contact(tx, 2, line="harbor", city="Reno")
        merge(tx, ana, other)
        harbor = Sight(lines=frozenset({"harbor"}))
        assert rows(tx, *term, sight=harbor) == [other]
        assert rows(tx, *term, sight=Sight(lines=frozenset({"harbor", "shop"}))) == [ana]

    await db.write(work)


@pytest.mark.parametrize("term", [(), (Term("city", "reno"),)])
async def test_an_owner_is_of_a_conversation(db: Db, term: tuple[Term, ...]) -> None:
    def work(tx: Tx) -> None:
        ana, other = contact(tx, 1, city="Reno"), contact(tx, 2, city="Reno", owner_kind="person", owner_id="u1")
        merge(tx, ana, other)
        assert rows(tx, *term, owner="u1") == [other]
        assert rows(tx, *term, owner="bot") == [ana]

    await db.write(work)
