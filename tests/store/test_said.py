"""Texts and conversations that were found are read one by one, however many contacts they are of."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import insert

from tests.store.test_listings import W, talk
from textback.core.ids import bucket_of
from textback.store import desk_lists, search
from textback.store.db import Db, Tx
from textback.store.tables import messages

COUNT = 200
STEP = 1_000
"""Instructions of SQLite after which they are counted."""


def some(tx: Tx) -> list[tuple[int, str, str]]:
    """Messages of as many contacts: bucket, contact, id."""
    chance = random.Random(3)
    keys = []
    for n in range(COUNT):
        contact = f"{chance.getrandbits(96):024x}"
        keys.append((bucket_of(contact), contact, f"{n:011x}0000000000000"))
    rows = [
        {"bucket": bucket, "contact_id": contact, "id": id_, "workspace": "default", "line": "shop", "channel": "sms",
         "direction": "in", "author": "contact", "author_id": "", "author_name": "", "message_class": "",
         "text": f"text {n}", "media": "[]", "segments": 1, "status": "received", "rule": "", "code": "", "detail": "",
         "source": "", "arrival_id": "", "at": n}
        for n, (bucket, contact, id_) in enumerate(keys)
    ]  # fmt: skip
    tx.execute(insert(messages), rows)
    return keys


async def test_texts_of_many_contacts_are_read_newest_first(db: Db) -> None:
    def work(tx: Tx) -> None:
        keys = some(tx)
        assert [row.text for row in search.said(tx, keys)] == [f"text {n}" for n in reversed(range(COUNT))]
        assert [row.text for row in search.said(tx, keys[:3], lock=True)] == ["text 2", "text 1", "text 0"]
        bucket, contact, _ = keys[0]
        assert search.said(tx, [(bucket, contact, keys[1][2])]) == [], "that id is another contact's"

    await db.write(work)


@contextmanager
def counted(tx: Tx) -> Iterator[list[int]]:
    """The instructions that SQLite does meanwhile."""
    steps: list[int] = []
    driver = tx.connection.driver_connection
    assert driver is not None
    driver.set_progress_handler(lambda: steps.append(STEP), STEP)
    try:
        yield steps
    finally:
        driver.set_progress_handler(None, 0)


async def test_no_bucket_is_looked_up_with_every_contact_and_every_id(db: Db) -> None:
    def work(tx: Tx) -> None:
        if tx.dialect.name != "sqlite":
            return
        keys = some(tx)
        with counted(tx) as steps:
            assert len(search.said(tx, keys)) == COUNT
        assert sum(steps) < 1_000 * COUNT

    await db.write(work)


async def test_no_bucket_is_looked_up_with_every_contact(db: Db) -> None:
    def work(tx: Tx) -> None:
        if tx.dialect.name != "sqlite":
            return
        made = {talk(tx, n, n) for n in range(COUNT)}
        with counted(tx) as steps:
            assert set(desk_lists.states(tx, W, made)) == made
        assert sum(steps) < 1_000 * COUNT

    await db.write(work)
