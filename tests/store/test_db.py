"""The writer: what is acknowledged is committed, one failure does not harm its neighbours, close finishes the queue."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from textback.core.errors import SettingsError
from textback.store import migrate
from textback.store.db import Db, open_db, parse_url
from textback.store.trouble import is_away, is_held_up


def note(tx: Connection, word: str) -> str:
    tx.execute(
        text("INSERT INTO audit (id, workspace, at, actor, action, subject, data) VALUES (:w, '', 0, '', '', '', '')"),
        {"w": word},
    )
    return word


def words(tx: Connection) -> list[str]:
    return list(tx.execute(text("SELECT id FROM audit ORDER BY id")).scalars())


def fail(tx: Connection, word: str) -> str:
    note(tx, word)
    raise RuntimeError(word)


async def test_a_write_is_seen_by_the_next_read(db: Db) -> None:
    assert await db.write(note, "a") == "a"
    assert await db.read(words) == ["a"]


async def test_one_failure_in_a_group_leaves_the_others_committed(db: Db) -> None:
    results = await asyncio.gather(
        *[db.write(note, f"w{n}") for n in range(10)],
        db.write(fail, "bad"),
        *[db.write(note, f"x{n}") for n in range(10)],
        return_exceptions=True,
    )
    assert [r for r in results if isinstance(r, Exception)].__len__() == 1
    assert isinstance(results[10], RuntimeError)
    assert await db.read(words) == [f"w{n}" for n in range(10)] + [f"x{n}" for n in range(10)]


async def test_writes_of_one_lane_keep_their_order(db: Db) -> None:
    seen: list[int] = []

    def mark(tx: Connection, n: int) -> None:
        seen.append(n)

    await asyncio.gather(*[db.write_in("turn", mark, n) for n in range(200)])
    assert seen == list(range(200))


async def test_reads_change_nothing(db: Db) -> None:
    await db.read(note, "ghost")
    assert await db.read(words) == []


async def test_close_finishes_what_was_queued(database_url: str, db: Db) -> None:
    pending = [asyncio.ensure_future(db.write(note, f"n{n:02}")) for n in range(30)]
    await asyncio.sleep(0)
    await db.close()
    assert [await p for p in pending] == [f"n{n:02}" for n in range(30)]
    again = open_db(database_url)
    assert len(await again.read(words)) == 30
    await again.close()


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://localhost/x", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_is_no_database_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        open_db(url)


async def test_work_queued_together_is_stored_together_and_only_the_guilty_part_is_undone(db: Db) -> None:
    first, second = db.submit("turn", (note, ("kept",)), (fail, ("gone",)))
    assert await first == "kept"
    with pytest.raises(RuntimeError, match="gone"):
        await second
    assert await db.read(words) == ["kept"]


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[Db]:
    """PostgreSQL alone: SQLite has one writer, and nobody who hangs up."""
    await asyncio.to_thread(migrate.upgrade, parse_url(postgres_url))
    opened = open_db(postgres_url)
    yield opened
    await opened.close()


def address(db: Db) -> str:
    return db.url.set(drivername="postgresql").render_as_string(hide_password=False)


async def test_a_server_that_hung_up_while_nothing_was_written_is_asked_again(postgres: Db) -> None:
    """Restarted, or tired of a node that was frozen: the next write finds out, and nobody has to know."""
    db = postgres
    await db.write_in("turn", note, "a")
    with psycopg.connect(address(db), autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert await db.write_in("turn", note, "b") == "b"
    assert await db.read(words) == ["a", "b"]


async def test_a_write_does_not_wait_for_long_for_what_another_holds(postgres: Db) -> None:
    db = postgres
    with psycopg.connect(address(db)) as other:
        other.execute("INSERT INTO audit VALUES ('a', '', 0, '', '', '', '')")
        with pytest.raises(OperationalError) as refused:
            await db.write(note, "a")
        assert is_held_up(refused.value)
        assert not is_away(refused.value)
        other.rollback()
    assert await db.write(note, "a") == "a"
