"""The notes that name a person: newest first, each once, as many as are kept, where they see it."""

import msgspec
from sqlalchemy import delete, func, insert, select

from tests.store.test_listings import W, talk
from textback.core.ids import bucket_of
from textback.store import mentions
from textback.store.db import Db, Tx
from textback.store.desk_people import prefer, preferred
from textback.store.sight import ALL, NOTHING, Sight
from textback.store.tables import turns
from textback.store.tables_list import preferences


def turn(number: int) -> str:
    return f"{number:024x}"


def noted(tx: Tx, contact: str, number: int, *named: str) -> None:
    """A turn of the contact in which a note names these people, kept as theirs."""
    data = {"note": f"n{number}", "name": "Ada", "text": f"Look {number}", "mentions": named}
    events = msgspec.json.encode([{"kind": "renewed"}, {"kind": "noted", "data": data}]).decode()
    key = {"workspace": W, "bucket": bucket_of(contact), "contact_id": contact, "id": turn(number)}
    tx.execute(insert(turns), {**key, "at": number, "events": events, "trace": ""})
    mentions.keep(tx, W, contact, turn(number), named, number)


def texts(tx: Tx, who: str, sight: Sight = ALL, *, unseen: bool = False) -> list[str]:
    return [one.text for one in mentions.mentions(tx, W, who, sight, unseen=unseen)]


async def test_each_finds_theirs_newest_first_and_once(db: Db) -> None:
    def work(tx: Tx) -> None:
        one, two = talk(tx, 1, 10), talk(tx, 2, 20)
        noted(tx, one, 1, "ann")
        noted(tx, two, 2, "ann", "bo")
        noted(tx, one, 3, "bo")
        mentions.keep(tx, W, two, turn(2), ["ann"], 99)
        assert texts(tx, "ann") == ["Look 2", "Look 1"]
        assert texts(tx, "bo") == ["Look 3", "Look 2"]
        assert texts(tx, "cleo") == []
        assert mentions.mentions(tx, "other", "ann", ALL) == []
        found = mentions.mentions(tx, W, "ann", ALL)[0]
        assert (found.contact_id, found.note, found.by, found.at, found.seen) == (two, "n2", "Ada", 2, False)

    await db.write(work)


async def test_what_was_opened_is_not_new_and_stays_so(db: Db) -> None:
    def work(tx: Tx) -> None:
        contact = talk(tx, 1, 10)
        noted(tx, contact, 1, "ann", "bo")
        noted(tx, contact, 2, "ann")
        mentions.see(tx, W, "ann", turn(1), 50)
        mentions.see(tx, W, "ann", turn(7), 50)
        mentions.keep(tx, W, contact, turn(1), ["ann"], 60)
        assert texts(tx, "ann", unseen=True) == ["Look 2"]
        assert texts(tx, "ann") == ["Look 2", "Look 1"]
        assert texts(tx, "bo", unseen=True) == ["Look 1"]

    await db.write(work)


async def test_only_in_conversations_that_they_see_and_notes_that_are_still_there(db: Db) -> None:
    def work(tx: Tx) -> None:
        shop, yard = talk(tx, 1, 10, line="shop"), talk(tx, 2, 20, line="yard")
        noted(tx, shop, 1, "ann")
        noted(tx, yard, 2, "ann")
        assert texts(tx, "ann", Sight(False, frozenset({"shop"}))) == ["Look 1"]
        assert texts(tx, "ann", NOTHING) == []
        tx.execute(delete(turns).where(turns.c.bucket == bucket_of(shop), turns.c.contact_id == shop))
        assert texts(tx, "ann") == ["Look 2"]

    await db.write(work)


async def test_the_latest_are_kept_and_what_else_they_prefer(db: Db) -> None:
    def work(tx: Tx) -> None:
        contact = talk(tx, 1, 10)
        for name in ("keys", "mention", "mentions", "a", "z"):
            prefer(tx, W, "ann", name, "kept")
        for number in range(mentions.MOST + 3):
            noted(tx, contact, number, "ann")
        found = texts(tx, "ann")
        assert len(found) == mentions.MOST
        assert (found[0], found[-1]) == (f"Look {mentions.MOST + 2}", "Look 3")
        rows = tx.execute(select(func.count()).select_from(preferences)).scalar()
        assert rows == mentions.MOST + 5
        assert all(preferred(tx, W, "ann", name) == "kept" for name in ("keys", "mention", "mentions", "a", "z"))

    await db.write(work)
