"""What is known of a provider's templates, on both databases."""

import pytest
from sqlalchemy import select

from textback.core.provider_templates import Change, ProviderTemplate
from textback.store import provider_templates as store
from textback.store.db import Db
from textback.store.provider_templates import Account, Sync
from textback.store.tables_templates import provider_templates

W, MINE, OTHER = "default", Account("whatsapp", "1"), Account("whatsapp", "2")


def made(name: str, language: str = "en", status: str = "APPROVED", **more: object) -> ProviderTemplate:
    state = {"APPROVED": "approved", "PENDING": "pending"}[status]
    return ProviderTemplate(name, language, status, state, **more)  # type: ignore[arg-type]


def told(name: str, at: int, status: str = "PAUSED", state: str | None = "paused", account: str = "1") -> Change:
    return Change(account, name, "en", status, state, "", at)  # type: ignore[arg-type]


async def statuses(db: Db, account: Account = MINE) -> list[tuple[str, str, str]]:
    return [(t.name, t.language, t.status) for t in await db.read(store.templates, W, account)]


async def test_a_list_takes_the_place_of_the_one_before(db: Db) -> None:
    whole = made("a", category="UTILITY", body="Hi {{1}}", header="image", buttons=("Yes",), unfit="x", reason="y")
    await db.write(store.replace, W, MINE, [whole, made("a", "es"), made("b", status="PENDING")], 10, 99)
    await db.write(store.replace, W, OTHER, [made("a")], 10, 99)
    assert await db.read(store.templates, W, MINE, "a") == [whole, made("a", "es")]
    await db.write(store.replace, W, MINE, [made("b")], 20, 99)
    assert await statuses(db) == [("b", "en", "APPROVED")]
    assert await statuses(db, OTHER) == [("a", "en", "APPROVED")]
    await db.write(store.replace, W, MINE, [], 30, 99)
    assert await statuses(db) == []


async def test_a_node_of_the_release_before_sends_none_with_values_outside_the_text(db: Db) -> None:
    """It would leave them out; and it leaves alone what can't be sent."""
    placed = made("a", body="Order {{HEADER_1}}\nHi {{1}}")
    broken = made("b", body="Order {{HEADER_1}}\nHi {{1}}", unfit="It has no text.")
    await db.write(store.replace, W, MINE, [placed, broken, made("c", body="Hi {{1}}")], 10, 99)
    assert await db.read(store.templates, W, MINE) == [placed, broken, made("c", body="Hi {{1}}")]
    kept = await db.read(lambda tx: tx.execute(select(provider_templates.c.unfit).order_by(provider_templates.c.name)))
    assert [row.unfit for row in kept] == [store.PLACED, "It has no text.", ""]


async def test_the_newest_word_on_a_template_holds(db: Db) -> None:
    await db.write(store.replace, W, MINE, [made("a")], 10, 99)
    assert await db.write(store.change, W, "whatsapp", told("a", 20))
    assert not await db.write(store.change, W, "whatsapp", told("a", 15, "APPROVED", "approved"))
    assert await statuses(db) == [("a", "en", "PAUSED")]
    for wrong in (told("b", 30), told("a", 30, account="2"), told("a", 30, "FLAGGED", None)):
        assert not await db.write(store.change, W, "whatsapp", wrong)
    # A list that was asked for before that is older news; one that was asked for after it is not.
    await db.write(store.replace, W, MINE, [made("a", body="new")], 19, 99)
    (kept,) = await db.read(store.templates, W, MINE)
    assert (kept.status, kept.state, kept.body) == ("PAUSED", "paused", "new")
    await db.write(store.replace, W, MINE, [made("a")], 21, 99)
    assert await statuses(db) == [("a", "en", "APPROVED")]


async def test_one_node_reads_a_list_when_it_is_due(db: Db) -> None:
    assert await db.read(store.is_due, W, MINE, 5)
    assert await db.write(store.take, W, MINE, 5, 8)
    assert not await db.write(store.take, W, MINE, 7, 9)
    assert not await db.read(store.is_due, W, MINE, 7)
    assert await db.write(store.take, W, OTHER, 7, 9)
    await db.write(store.replace, W, MINE, [], 5, 50)
    assert await db.read(store.sync_of, W, MINE) == Sync(5)
    assert not await db.read(store.is_due, W, MINE, 49)
    assert await db.write(store.take, W, MINE, 50, 60)
    await db.write(store.failed, W, MINE, "It answered 500.", 70)
    assert await db.read(store.sync_of, W, MINE) == Sync(5, "It answered 500.")
    await db.write(store.due, W, MINE)
    assert await db.read(store.is_due, W, MINE, 1)
    assert await db.read(store.sync_of, W, Account("whatsapp", "3")) == store.NEVER


@pytest.mark.parametrize("fails", [False, True])
async def test_a_list_asked_for_while_it_is_read_is_read_again(db: Db, fails: bool) -> None:
    """What is being read may be older than what it is asked for."""
    assert await db.write(store.take, W, MINE, 5, 8)
    await db.write(store.due, W, MINE)
    if fails:
        await db.write(store.failed, W, MINE, "It answered 500.", 70)
    else:
        await db.write(store.replace, W, MINE, [], 5, 50)
    assert await db.write(store.take, W, MINE, 6, 9)
    await db.write(store.replace, W, MINE, [], 6, 50)
    assert not await db.read(store.is_due, W, MINE, 49)
