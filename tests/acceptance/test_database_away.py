"""PostgreSQL goes away under the served program: texts are still taken, and all are answered once and in order."""

import asyncio
import re
import resource
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.acceptance.carrier import IS_OPEN, WHICH, Carrier, api_key, environment, idle, rows, sent_texts, write_bot
from tests.support.fake_provider import FakeProvider, fake_provider, telnyx_text
from tests.support.served import Served
from tests.support.wire import Wire, wire

NOTE = "Tea. Anything that we should know?"
SCRIPT = ["hours", "order", "tea", "no milk", "hours"]
REPLIES = [IS_OPEN, WHICH, NOTE, "no milk", IS_OPEN]


def phone(n: int) -> str:
    return f"+1206555{100 + n:04}"


@contextmanager
def serving(folder: Path, database_url: str, fake: FakeProvider, **env: str) -> Iterator[Served]:
    bot = folder / "bot"
    if not bot.exists():
        write_bot(bot)
    arguments = ["serve", str(bot), "--database", database_url, "--port", "0"]
    with Served(arguments, folder, {**environment(fake, "telnyx"), **env}) as served:
        yield served.wait_ready()


async def talk(carrier: Carrier, n: int, places: range) -> None:
    """These texts of the n-th contact, one after the other, each taken at once."""
    for place in places:
        answer = await carrier.telnyx(telnyx_text(SCRIPT[place], phone(n), f"m-{n}-{place}"))
        assert answer.status == 200, answer.body


async def ready(carrier: Carrier) -> dict[str, Any]:
    answer = await carrier.get("/readyz")
    return {"status": answer.status, **answer.json}


async def becomes(look: Callable[[], Awaitable[object]], wanted: object) -> None:
    """Return once this is so."""
    async with asyncio.timeout(30):
        while await look() != wanted:
            await asyncio.sleep(0.1)


def gauge(metrics: str, name: str) -> float:
    found = re.search(rf"^{name} (\S+)$", metrics, re.MULTILINE)
    assert found is not None, name
    return float(found[1])


def spool_files(folder: Path, ending: str = "spool") -> list[Path]:
    return sorted(folder.glob(f"spool/*/*.{ending}"))


async def all_answered(fake: FakeProvider, database_url: str, contacts: int) -> None:
    """Every contact got the reply to each of its texts, once and in order."""
    await fake.posted(contacts * len(SCRIPT), 40)
    await idle(database_url)
    assert {n: sent_texts(fake, phone(n)) for n in range(contacts)} == dict.fromkeys(range(contacts), REPLIES)
    turns = rows(database_url, "SELECT count(*) FROM messages WHERE direction = 'in'")
    assert turns == [(contacts * len(SCRIPT),)]


@pytest.mark.parametrize("away", [Wire.cut, Wire.freeze], ids=["refused", "silent"])
async def test_texts_are_taken_while_the_database_is_away(
    http: aiohttp.ClientSession, tmp_path: Path, postgres_url: str, away: Callable[[Wire], None]
) -> None:
    with fake_provider() as fake, wire(postgres_url) as line, serving(tmp_path, line.url, fake) as served:
        carrier = Carrier(http, served.url)
        key = await asyncio.to_thread(api_key, postgres_url, tmp_path)
        await asyncio.gather(*[talk(carrier, n, range(1)) for n in range(10)])
        await fake.posted(10)
        await idle(postgres_url)
        assert (await carrier.get("/metrics", key)).status == 200
        assert spool_files(tmp_path) == []

        away(line)
        await asyncio.gather(*[talk(carrier, n, range(1, 3)) for n in range(10)])
        state = await ready(carrier)
        assert (state["status"], state["ready"], state["problems"]) == (200, True, ["the database does not answer"])
        assert (state["spool"]["active"], state["spool"]["records"]) == (True, 20)
        answer = await carrier.get("/metrics", key)
        assert answer.status == 200
        assert gauge(answer.body.decode(), "textback_spool_records") == 20
        assert gauge(answer.body.decode(), "textback_spool_bytes") == sum(
            path.stat().st_size for path in spool_files(tmp_path)
        )
        assert len(fake.posts) == 10

        senders = asyncio.gather(*[talk(carrier, n, range(3, 5)) for n in range(10)])
        await asyncio.sleep(0)
        line.mend()
        await senders
        await all_answered(fake, postgres_url, 10)

        async def spool() -> object:
            state = await ready(carrier)
            return state["spool"]["active"], state["spool"]["records"], state["problems"]

        await becomes(spool, (False, 0, []))
        assert spool_files(tmp_path) == []
        assert "the database is away" in served.output
        assert "the spool is drained" in served.output
        assert await asyncio.to_thread(served.stop) == 0


async def test_dying_with_texts_in_the_spool(http: aiohttp.ClientSession, tmp_path: Path, postgres_url: str) -> None:
    """The next start answers them. A record that was cut short by the crash is kept aside and reported."""
    with fake_provider() as fake, wire(postgres_url) as line:
        with serving(tmp_path, line.url, fake) as served:
            carrier = Carrier(http, served.url)
            line.cut()
            await asyncio.gather(*[talk(carrier, n, range(4)) for n in range(5)])
            served.kill()
        last = spool_files(tmp_path)[-1]
        torn = last.read_bytes()[:50]
        with last.open("ab") as file:
            file.write(torn)
        line.mend()
        with serving(tmp_path, line.url, fake) as served:
            carrier = Carrier(http, served.url)
            await asyncio.gather(*[talk(carrier, n, range(4, 5)) for n in range(5)])
            await all_answered(fake, postgres_url, 5)
            assert await asyncio.to_thread(served.stop) == 0
        (aside,) = spool_files(tmp_path, "torn")
        assert aside.read_bytes() == torn
        assert str(aside.relative_to(tmp_path)) in served.output
        assert spool_files(tmp_path) == []


async def test_a_full_spool_says_try_again(http: aiohttp.ClientSession, tmp_path: Path, postgres_url: str) -> None:
    """What was taken is answered after; what was not, the provider sends again."""
    with fake_provider() as fake, wire(postgres_url) as line, serving(tmp_path, line.url, fake, SPOOL_MB="1") as served:
        carrier = Carrier(http, served.url)
        line.cut()
        long = "x" * 1500
        texts = [telnyx_text(long, phone(n), f"m-{n}") for n in range(700)]
        answers = await asyncio.gather(*[carrier.telnyx(text) for text in texts])
        taken = [n for n, answer in enumerate(answers) if answer.status == 200]
        assert {answer.status for answer in answers} == {200, 503}
        state = await ready(carrier)
        assert state["spool"]["records"] == len(taken)
        assert "is full" in served.output
        line.mend()
        await fake.posted(len(taken), 40)
        again = [n for n in range(700) if n not in taken]
        for n in again[:5]:
            assert (await carrier.telnyx(texts[n])).status == 200
        await fake.posted(len(taken) + 5, 40)
        await idle(postgres_url)
        assert {n for n in range(700) if sent_texts(fake, phone(n))} == {*taken, *again[:5]}
        assert await asyncio.to_thread(served.stop) == 0


async def test_without_a_spool_the_provider_is_told(
    http: aiohttp.ClientSession, tmp_path: Path, postgres_url: str
) -> None:
    with fake_provider() as fake, wire(postgres_url) as line:
        with serving(tmp_path, line.url, fake, SPOOL_MB="0") as served:
            carrier = Carrier(http, served.url)
            line.cut()
            assert (await carrier.telnyx(telnyx_text("hours"))).status == 503
            state = await ready(carrier)
            assert (state["status"], state["ready"]) == (503, False)
            line.mend()
            assert (await carrier.telnyx(telnyx_text("hours"))).status == 200
            await fake.posted(1)
            assert await asyncio.to_thread(served.stop) == 0
        assert not (tmp_path / "spool").exists()


async def test_a_spool_folder_that_can_not_be_used_is_named_at_the_start(tmp_path: Path, postgres_url: str) -> None:
    (tmp_path / "file").write_text("x")
    arguments = ["serve", "--database", postgres_url, "--port", "0"]
    with Served(arguments, tmp_path, {"SPOOL_DIR": "file"}) as served:
        assert await asyncio.to_thread(served.process.wait, 30) == 2
    (line,) = served.lines
    assert line.startswith("textback: The spool folder file can't be used")


@contextmanager
def limited(served: Served, folder: Path) -> Iterator[None]:
    """No file of the database may grow any more."""
    size = max(path.stat().st_size for path in folder.glob("textback.db*"))
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    yield
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def filled(_: Served, folder: Path) -> Iterator[None]:
    """There is no room on the disk."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    ballast.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("full", [limited, filled], ids=["limit", "disk"])
async def test_a_full_disk_loses_nothing_that_was_acknowledged(
    http: aiohttp.ClientSession, tmp_path: Path, request: pytest.FixtureRequest, full: Any
) -> None:
    folder = request.getfixturevalue("small_disk") if full is filled else tmp_path
    url = f"sqlite:///{folder / 'textback.db'}"
    texts = [telnyx_text("x" * 1500, phone(1), f"full-{n}") for n in range(20)]
    with fake_provider() as fake, serving(tmp_path, url, fake) as served:
        carrier = Carrier(http, served.url)
        await talk(carrier, 0, range(1))
        await fake.posted(1)
        await idle(url)
        with full(served, folder):
            statuses = [(await carrier.telnyx(text)).status for text in texts]
        assert set(statuses) <= {200, 503}
        assert 503 in statuses
        assert re.search("webhook not stored.*(database or disk is full|disk I/O error)", served.output)
        for text in texts:
            assert (await carrier.telnyx(text)).status == 200
        await talk(carrier, 0, range(1, 5))
        await idle(url)
        assert sent_texts(fake, phone(0)) == REPLIES
        assert rows(url, "SELECT count(*) FROM messages WHERE direction = 'in'") == [(25,)]
        assert rows(url, "PRAGMA integrity_check") == [("ok",)]
        assert await asyncio.to_thread(served.stop) == 0
