"""Several served Textbacks that share one PostgreSQL and one provider."""

import itertools
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.carrier import write_bot
from tests.support.fake_provider import FakeProvider, fake_provider
from tests.support.served import Served


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """At most 32 requests at once."""
    connector = aiohttp.TCPConnector(limit=32)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield session


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    """The provider that all nodes post to."""
    with fake_provider() as made:
        yield made


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path, postgres_url: str, fake: FakeProvider) -> Iterator[Serve]:
    """Starts a node: serve("--roles", "web", LEASE_SECONDS="3"). It is up when `wait_ready` returns."""
    bot = write_bot(tmp_path / "bot")
    numbers = itertools.count(1)
    with ExitStack() as running:

        def start(*arguments: str, **env: str) -> Served:
            given = ["serve", str(bot), "--database", postgres_url, "--port", "0", *arguments]
            folder = tmp_path / f"node{next(numbers)}"
            folder.mkdir()
            # What is unknown stays so: these tests are about what nodes know by themselves.
            settings = {**fake.environment("telnyx"), "RECONCILE_MINUTES": "0", **env}
            node = running.enter_context(Served(given, folder, settings))
            running.callback(lambda: sys.stdout.write(f"{folder.name}:\n{node.output}\n"))  # for a test that fails
            return node

        yield start
