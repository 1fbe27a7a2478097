"""Starting with something wrong, stopping in the middle of work, and dying there."""

import asyncio
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.acceptance.carrier import (
    IS_OPEN,
    PUBLIC_URL,
    TWILIO_NUMBER,
    WHICH,
    Carrier,
    environment,
    idle,
    rows,
    sent_texts,
    write_bot,
)
from tests.support.fake_provider import (
    NUMBER,
    TELNYX_API_KEY,
    TELNYX_PUBLIC_KEY,
    TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN,
    FakeProvider,
    fake_provider,
    telnyx_text,
    twilio_text,
)
from tests.support.served import Served, command, commands

VARIABLES = {
    "TELNYX_API_KEY": TELNYX_API_KEY,
    "TELNYX_PUBLIC_KEY": TELNYX_PUBLIC_KEY,
    "TELNYX_PHONE_NUMBER": NUMBER,
    "TWILIO_ACCOUNT_SID": TWILIO_ACCOUNT_SID,
    "TWILIO_AUTH_TOKEN": TWILIO_AUTH_TOKEN,
    "TWILIO_PHONE_NUMBER": TWILIO_NUMBER,
}

#: Lines that a bot declares itself.
LINES = """\
lines:
  main:
    provider: twilio
    number: ${SHOP_NUMBER}
    account_sid: ${SHOP_SID}
    auth_token: ${SHOP_TOKEN}
    base_url: ${SHOP_API}
"""


def refused(folder: Path, env: dict[str, str], *arguments: str) -> str:
    """The one line that a start ends with; exit code 2, and nothing that looks like a crash."""
    return the_line(command("serve", "--port", "0", *arguments, folder=folder, env=env))


def the_line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a command ended with."""
    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout, len(lines)) == (2, "", 1), done.stderr
    assert lines[0].startswith("textback: ")
    return lines[0]


@contextmanager
def serving(folder: Path, bot: Path, database_url: str, fake: FakeProvider) -> Iterator[Served]:
    arguments = ["serve", str(bot), "--database", database_url, "--port", "0"]
    # What the provider's own list says of a text is for the tests of reconciliation.
    with Served(arguments, folder, {**environment(fake), "RECONCILE_MINUTES": "0"}) as served:
        yield served.wait_ready()


# --- What stops a start


def test_a_variable_that_is_missing_or_empty_is_named(tmp_path: Path) -> None:
    """Each of them in turn, when the others are there."""
    cases = [(name, how) for name in VARIABLES for how in ("missing", "empty")]
    starts = []
    for name, how in cases:
        env = {key: text for key, text in VARIABLES.items() if key != name}
        starts.append((["serve"], env if how == "missing" else {**env, name: ""}))
    for (name, how), done in zip(cases, commands(starts, tmp_path), strict=True):
        line = the_line(done)
        assert f"{name} is {how}" in line
        assert f"{name} is set" not in line
        assert TWILIO_AUTH_TOKEN not in line
        assert TELNYX_API_KEY not in line


def test_a_value_that_can_not_work_is_named(tmp_path: Path) -> None:
    cases = {
        "TELNYX_PUBLIC_KEY": "not a key",
        "TWILIO_ACCOUNT_SID": "SK123",
        "PORT": "eighty",
        "DATABASE_URL": "",
        "PUBLIC_URL": "bot.example.com",
    }
    starts = [(["serve"], {**VARIABLES, name: value}) for name, value in cases.items()]
    for name, done in zip(cases, commands(starts, tmp_path), strict=True):
        assert name in the_line(done)


def test_a_port_that_is_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refused(tmp_path, {}, "--port", str(port))
    assert f"Port {port} on 127.0.0.1 is already in use" in line


def test_a_database_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("x")
    (tmp_path / "a-folder").mkdir()
    places = ["/proc/textback.db", "no/such/folder/x.db", "a-file/x.db", "a-folder"]
    starts: list[tuple[list[str], dict[str, str]]] = [(["serve", "--database", f"sqlite:///{p}"], {}) for p in places]
    for place, done in zip(places, commands(starts, tmp_path), strict=True):
        line = the_line(done)
        assert Path(place).parent.as_posix() in line or place in line


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("Buy milk. " * 100)
    assert "not a database" in refused(tmp_path, {}, "--database", "sqlite:///notes.db")
    assert (tmp_path / "notes.db").read_text() == "Buy milk. " * 100


def test_a_database_server_that_does_not_answer(tmp_path: Path) -> None:
    line = refused(tmp_path, {}, "--database", "postgresql://shop:hunter2@127.0.0.1:1/shop")
    assert "database" in line
    assert "hunter2" not in line


def test_a_database_of_a_newer_version(tmp_path: Path, database_url: str) -> None:
    assert command("apikey", "list", "--database", database_url, folder=tmp_path).returncode == 0
    rows(database_url, "UPDATE alembic_version SET version_num = '9999'")
    rows(database_url, "UPDATE schema_compatibility SET oldest = '9999'")
    assert "newer Textback" in refused(tmp_path, {}, "--database", database_url)
    assert rows(database_url, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_a_folder_without_a_bot(tmp_path: Path) -> None:
    assert "bot.yml" in refused(tmp_path, {}, str(tmp_path))


async def test_a_second_server_on_the_same_file(http: aiohttp.ClientSession, tmp_path: Path, sqlite_url: str) -> None:
    with fake_provider() as fake, serving(tmp_path, write_bot(tmp_path / "bot"), sqlite_url, fake) as first:
        line = await asyncio.to_thread(refused, tmp_path, {}, "--database", sqlite_url)
        assert "Another textback serve" in line
        await Carrier(http, first.url).telnyx(telnyx_text("hours"))
        await fake.posted(1)
        assert first.stop() == 0
        with serving(tmp_path, tmp_path / "bot", sqlite_url, fake) as second:
            assert second.stop() == 0


# --- Where the settings come from


async def test_a_file_in_the_working_folder_is_read(http: aiohttp.ClientSession, tmp_path: Path) -> None:
    """The environment wins over it, and the database is where it says."""
    with fake_provider() as fake:
        values = {**environment(fake), "DATABASE_URL": f"sqlite:///{tmp_path}/here.db", "PORT": "0"}
        values["TELNYX_PHONE_NUMBER"] = "+12065550155"
        (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
        with Served(["serve", str(write_bot(tmp_path / "bot"))], tmp_path, {"TELNYX_PHONE_NUMBER": NUMBER}) as served:
            carrier = Carrier(http, served.wait_ready().url)
            assert (await carrier.telnyx(telnyx_text("hours"))).status == 200
            assert (await carrier.twilio(twilio_text("hours", "+12065550124"))).status == 200
            posts = await fake.posted(2)
        assert {(p.fields().get("from"), p.fields().get("From")) for p in posts} == {
            (NUMBER, None),
            (None, TWILIO_NUMBER),
        }
        assert (tmp_path / "here.db").exists()


async def test_lines_that_the_bot_declares(http: aiohttp.ClientSession, tmp_path: Path, sqlite_url: str) -> None:
    """Their secrets come from the environment or from a file; the variables of their provider make no second line."""
    bot = write_bot(tmp_path / "bot", LINES)
    (tmp_path / "token").write_text(TWILIO_AUTH_TOKEN + "\n")
    with fake_provider() as fake:
        env = {
            "SHOP_NUMBER": TWILIO_NUMBER,
            "SHOP_SID": TWILIO_ACCOUNT_SID,
            "SHOP_TOKEN_FILE": str(tmp_path / "token"),
            "SHOP_API": fake.url,
            **environment(fake),
        }
        with Served(["serve", str(bot), "--database", sqlite_url, "--port", "0"], tmp_path, env) as served:
            carrier = Carrier(http, served.wait_ready().url)
            assert (await carrier.twilio(twilio_text("hours"), "/webhooks/main")).status == 200
            (posted,) = await fake.posted(1)
            assert (await carrier.twilio(twilio_text("hours"))).status == 404
            assert (await carrier.telnyx(telnyx_text("hours", "+12065550124"))).status == 200
            await fake.posted(2)
    fields = posted.fields()
    assert (fields["From"], fields["Body"]) == (TWILIO_NUMBER, IS_OPEN)
    assert fields["StatusCallback"].startswith(f"{PUBLIC_URL}/webhooks/main?")


@pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
def test_a_secret_of_a_declared_line_is_named(tmp_path: Path, value: str | None) -> None:
    bot = write_bot(tmp_path / "bot", LINES)
    env = {"SHOP_NUMBER": TWILIO_NUMBER, "SHOP_SID": TWILIO_ACCOUNT_SID, "SHOP_API": "http://127.0.0.1:1"}
    if value is not None:
        env["SHOP_TOKEN"] = value
    line = refused(tmp_path, env, str(bot))
    assert f"SHOP_TOKEN is {'missing' if value is None else 'empty'}" in line
    assert "main" in line


# --- Stopping and dying in the middle of work


async def both_texts(carrier: Carrier, n: int) -> bool:
    """Two texts of the n-th contact, one after the other, one half over each provider; whether both were taken."""
    try:
        for place, words in enumerate(("hours", "order")):
            if n % 2:
                answer = await carrier.telnyx(telnyx_text(words, phone(n), f"m-{n}-{place}"))
            else:
                answer = await carrier.twilio(twilio_text(words, phone(n), f"SMf{n * 2 + place:031x}"))
            if answer.status != 200:
                return False
    except aiohttp.ClientError:
        return False
    return True


def phone(n: int) -> str:
    return f"+1206555{1000 + n}"


async def until_closed(url: str) -> None:
    """Return once the server takes no more connections."""
    place = urlsplit(url)
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection(place.hostname, place.port)
            except OSError:
                return
            writer.close()
            await asyncio.sleep(0.02)


async def test_stopping_while_texts_are_under_way(
    http: aiohttp.ClientSession, tmp_path: Path, database_url: str
) -> None:
    """What is being sent is finished, what is not begun is sent after the next start, and nothing goes twice."""
    bot = write_bot(tmp_path / "bot")
    with fake_provider() as fake:
        with serving(tmp_path, bot, database_url, fake) as served:
            fake.pause()
            carrier = Carrier(http, served.url)
            assert all(await asyncio.gather(*[both_texts(carrier, n) for n in range(20)]))
            await fake.posted(20)
            served.process.send_signal(signal.SIGTERM)
            await until_closed(served.url)
            # It waits for what it has begun to send, and begins no second text to anyone meanwhile.
            with pytest.raises(subprocess.TimeoutExpired):
                await asyncio.to_thread(served.process.wait, 1.5)
            assert len(fake.posts) == 20
            fake.resume()
            assert await asyncio.to_thread(served.stop) == 0
        left = rows(database_url, "SELECT state, count(*) FROM outbox GROUP BY state")
        assert [state for state, _ in left] in ([], ["queued"])
        with serving(tmp_path, bot, database_url, fake) as served:
            await fake.posted(40)
            await idle(database_url)
            assert await asyncio.to_thread(served.stop) == 0
        assert {n: sent_texts(fake, phone(n)) for n in range(20)} == {n: [IS_OPEN, WHICH] for n in range(20)}
        statuses = rows(database_url, "SELECT DISTINCT status FROM messages WHERE direction = 'out'")
        assert statuses == [("accepted",)]


async def test_dying_in_the_middle_of_a_burst(http: aiohttp.ClientSession, tmp_path: Path, database_url: str) -> None:
    """Every text that was acknowledged has one reply, or one that is shown as unknown, and nothing goes twice."""
    bot = write_bot(tmp_path / "bot")
    with fake_provider() as fake:
        with serving(tmp_path, bot, database_url, fake) as served:
            carrier = Carrier(http, served.url)
            assert all(await asyncio.gather(*[both_texts(carrier, n) for n in range(5)]))
            await fake.posted(10)
            fake.pause()
            burst = asyncio.gather(*[both_texts(carrier, n) for n in range(5, 30)])
            await fake.posted(20)
            served.kill()
            taken = [True] * 5 + await burst
        fake.resume()
        # A minute later, when the leases of what was being sent have run out.
        rows(database_url, "UPDATE outbox SET lease_until = 1 WHERE state = 'sending'")
        with serving(tmp_path, bot, database_url, fake) as served:
            # Providers send again what was not acknowledged, and sometimes what was.
            carrier = Carrier(http, served.url)
            again = [n for n in range(30) if not taken[n] or n % 3 == 0]
            assert all(await asyncio.gather(*[both_texts(carrier, n) for n in again]))
            await idle(database_url)
            assert await asyncio.to_thread(served.stop) == 0
        query = (
            "SELECT c.address, m.text, m.status FROM messages m JOIN conversations c ON c.contact_id = m.contact_id "
            "WHERE m.direction = 'out' ORDER BY m.id"
        )
        known: dict[str, list[tuple[str, str]]] = {phone(n): [] for n in range(30)}
        for address, text, status in rows(database_url, query):
            known[address].append((text, status))
        for n in range(30):
            replies, sent = known[phone(n)], sent_texts(fake, phone(n))
            assert [text for text, _ in replies] == [IS_OPEN, WHICH]
            assert {status for _, status in replies} <= {"accepted", "unknown"}
            assert len(sent) == len(set(sent))
            assert {text for text, status in replies if status == "accepted"} <= set(sent)
        assert sum(status == "unknown" for replies in known.values() for _, status in replies) >= 10
