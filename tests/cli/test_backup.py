"""textback backup and restore: a copy of a busy database is whole, and comes back without losing what was there."""

import asyncio
import os
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.carrier import IS_OPEN, Carrier, environment, idle, rows, sent_texts, write_bot
from tests.cli.conftest import Shell
from tests.support.fake_provider import FakeProvider, fake_provider, telnyx_text
from tests.support.served import Served
from textback.store import migrate
from textback.store.db import parse_url

CONTACTS = 8


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield session


@contextmanager
def serving(folder: Path, fake: FakeProvider) -> Iterator[Served]:
    bot = folder / "bot"
    if not bot.exists():
        write_bot(bot)
    with Served(["serve", str(bot), "--port", "0"], folder, environment(fake, "telnyx")) as served:
        yield served.wait_ready()


def phone(n: int) -> str:
    return f"+12065550{100 + n}"


def refused(textback: Shell, *arguments: str) -> str:
    """The one line that a command ended with, and exit code 2."""
    code, out, err = textback(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("textback: ")
    assert err.count("\n") == 1
    return err


def turns(path: Path) -> dict[str, tuple[int, int]]:
    """By conversation: how many texts came and how many went, as a database file says."""
    query = (
        "SELECT c.address, sum(m.direction = 'in'), sum(m.direction = 'out') FROM conversations c "
        "LEFT JOIN messages m ON m.contact_id = c.contact_id GROUP BY c.address"
    )
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return {address: (came or 0, went or 0) for address, came, went in db.execute(query)}


@pytest.fixture
def textback(shell: Shell) -> Shell:
    """The command, in an empty folder and with no settings but its own."""
    return shell


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the current schema and a user."""
    path = tmp_path_factory.mktemp("template") / "textback.db"
    migrate.upgrade(parse_url(f"sqlite:///{path}"))
    rows(f"sqlite:///{path}", "INSERT INTO audit VALUES ('a1', 'default', 1, 'ana', 'made', 'it', '{}')")
    return path


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Path:
    """The database of the folder that the command runs in."""
    return Path(shutil.copyfile(template, tmp_path / "textback.db"))


def opens(path: Path) -> bool:
    """Whether this is the database of the template."""
    return rows(f"sqlite:///{path}", "SELECT actor FROM audit") == [("ana",)]


async def test_a_backup_of_a_busy_server_is_whole_and_can_be_served(
    http: aiohttp.ClientSession, tmp_path: Path, textback: Shell
) -> None:
    with fake_provider() as fake:
        with serving(tmp_path, fake) as served:
            carrier = Carrier(http, served.url)
            stop = asyncio.Event()
            taken = dict.fromkeys(range(CONTACTS), 0)

            async def sender(n: int) -> None:
                while not stop.is_set():
                    answer = await carrier.telnyx(telnyx_text("hours", phone(n), f"m-{n}-{taken[n]}"))
                    assert answer.status == 200
                    taken[n] += 1
                    await asyncio.sleep(0.02)

            senders = [asyncio.create_task(sender(n)) for n in range(CONTACTS)]
            await fake.posted(CONTACTS * 3)
            before = dict(taken)
            code, out, err = await asyncio.to_thread(textback, "backup", "copy.db")
            after = dict(taken)
            stop.set()
            await asyncio.gather(*senders)
            assert (code, err) == (0, "")
            assert out.startswith("copy.db is complete and checked: 8 conversations, ")
            await idle(f"sqlite:///{tmp_path / 'textback.db'}")
            assert await asyncio.to_thread(served.stop) == 0

        copied = turns(tmp_path / "copy.db")
        for n in range(CONTACTS):
            came, went = copied[phone(n)]
            assert before[n] <= came + 1
            assert came <= after[n] + 1
            assert came - went in (0, 1), "a text and its answer are one transaction"
        assert sorted(path.name for path in tmp_path.glob("copy.db*")) == ["copy.db"]
        assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0

        everything = turns(tmp_path / "textback.db")
        code, out, err = textback("restore", "copy.db")
        assert (code, err) == (0, "")
        assert turns(tmp_path / "textback.db") == copied
        (kept,) = tmp_path.glob("textback.db.before-restore-*")
        assert f"kept as {kept.name}" in out
        assert turns(kept) == everything
        assert turns(tmp_path / "copy.db") == copied

        with serving(tmp_path, fake) as served:
            posts = len(fake.posts)
            answer = await Carrier(http, served.url).telnyx(telnyx_text("hours", "+12065550199", "after"))
            assert answer.status == 200
            await fake.posted(posts + 1)
            assert sent_texts(fake, "+12065550199") == [IS_OPEN]
            assert await asyncio.to_thread(served.stop) == 0


async def test_texts_that_waited_when_the_backup_was_made_are_not_sent_again(
    http: aiohttp.ClientSession, tmp_path: Path, textback: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILE_MINUTES", "0")  # the provider's list would say that they went
    url = f"sqlite:///{tmp_path / 'textback.db'}"
    with fake_provider() as fake:
        with serving(tmp_path, fake) as served:
            carrier = Carrier(http, served.url)
            fake.pause()
            for n in range(3):
                assert (await carrier.telnyx(telnyx_text("hours", phone(0), f"m-{n}"))).status == 200
            await fake.posted(1)
            assert (await asyncio.to_thread(textback, "backup", "copy.db"))[0] == 0
            fake.resume()
            await fake.posted(3)
            await idle(url)
            assert await asyncio.to_thread(served.stop) == 0
        code, out, _ = textback("restore", "copy.db")
        assert code == 0
        assert "marked unknown and will not be sent: 3." in out
        with serving(tmp_path, fake) as served:
            carrier = Carrier(http, served.url)
            assert (await carrier.telnyx(telnyx_text("hours", phone(1), "other"))).status == 200
            await fake.posted(4)
            assert await asyncio.to_thread(served.stop) == 0
        assert len(fake.posts) == 4
    told = rows(url, "SELECT status, detail FROM messages WHERE direction = 'out' ORDER BY id LIMIT 3")
    assert told == [("unknown", "Restored from a backup: it may have been sent since.")] * 3


def test_a_running_server_is_left_alone(textback: Shell, tmp_path: Path, database: Path) -> None:
    assert textback("backup", "copy.db")[0] == 0
    with fake_provider() as fake, serving(tmp_path, fake) as served:
        before = database.stat().st_ino  # its content may change at any time: the server works
        assert "already using" in refused(textback, "restore", "copy.db")
        assert database.stat().st_ino == before
        assert served.stop() == 0
    assert list(tmp_path.glob("*before-restore*")) == []


def test_nothing_is_overwritten(textback: Shell, tmp_path: Path, database: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    assert "exists already" in refused(textback, "backup", "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"
    (tmp_path / "link.db").symlink_to("nowhere")
    assert "exists already" in refused(textback, "backup", "link.db")


def test_there_is_nothing_to_back_up(textback: Shell, tmp_path: Path) -> None:
    assert "There is no database textback.db" in refused(textback, "backup", "copy.db")
    assert not (tmp_path / "textback.db").exists()
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("place", ["no/such/folder/copy.db", "/proc/copy.db"])
def test_a_place_that_can_not_be_written(textback: Shell, tmp_path: Path, database: Path, place: str) -> None:
    assert place in refused(textback, "backup", place)


def damaged(path: Path) -> None:
    """Overwrite the middle of a database."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(os.urandom(8192))


def notes(path: Path) -> None:
    path.write_text("Buy milk. " * 1000)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE notes (text)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.execute("UPDATE schema_compatibility SET oldest = '9998'")


def missing(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("spoil", [damaged, notes, empty, foreign, newer, missing], ids=lambda spoil: spoil.__name__)
def test_a_backup_that_can_not_be_used_changes_nothing(
    textback: Shell, tmp_path: Path, database: Path, spoil: object
) -> None:
    assert textback("backup", "copy.db")[0] == 0
    assert callable(spoil)
    spoil(tmp_path / "copy.db")
    before = database.read_bytes()
    line = refused(textback, "restore", "copy.db")
    assert "copy.db" in line
    assert database.read_bytes() == before
    assert {path.name for path in tmp_path.glob("*.db*")} <= {"textback.db", "textback.db.lock", "copy.db"}


def test_a_backup_that_a_newer_release_has_only_added_to_can_be_used(
    textback: Shell, tmp_path: Path, database: Path
) -> None:
    rows(f"sqlite:///{database}", "UPDATE alembic_version SET version_num = '9999'")
    assert textback("backup", "copy.db")[0] == 0
    assert textback("restore", "copy.db")[0] == 0
    assert opens(database)


def test_a_damaged_database_is_not_passed_off_as_a_backup(textback: Shell, tmp_path: Path, database: Path) -> None:
    damaged(database)
    assert re.search("damaged|malformed", refused(textback, "backup", "copy.db"))
    assert not (tmp_path / "copy.db").exists()


def test_a_damaged_database_is_replaced_and_kept(textback: Shell, tmp_path: Path, database: Path) -> None:
    assert textback("backup", "copy.db")[0] == 0
    database.write_bytes(b"no database any more" * 1000)
    assert textback("restore", "copy.db")[0] == 0
    (kept,) = tmp_path.glob("textback.db.before-restore-*")
    assert kept.read_bytes() == b"no database any more" * 1000
    assert opens(database)


def test_restoring_where_there_is_nothing_and_from_elsewhere(textback: Shell, tmp_path: Path, database: Path) -> None:
    assert textback("backup", "copy.db")[0] == 0
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(tmp_path / "copy.db", other / "it's a backup?#.db")
    code, out, err = textback("restore", "other/it's a backup?#.db", "--database", "sqlite:///other/new.db")
    assert (code, err) == (0, "")
    assert "kept" not in out
    assert opens(other / "new.db")


def test_the_database_is_no_backup_of_itself(textback: Shell, tmp_path: Path, database: Path) -> None:
    assert "is the database itself" in refused(textback, "restore", "textback.db")


ADDRESS = "postgresql://shop@db.example.com/shop"


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        ("backup", f"pg_dump --format=custom --file=it.dump --dbname={ADDRESS}"),
        ("restore", f"pg_restore --clean --if-exists --single-transaction --dbname={ADDRESS} it.dump"),
    ],
)
def test_postgresql_has_its_own_tools(textback: Shell, name: str, tool: str) -> None:
    line = refused(textback, name, "it.dump", "--database", ADDRESS.replace("shop@", "shop:hunter2@"))
    assert line.endswith(f"Run: {tool}\n")
