"""Quick databases and a quick tick: many tests here need a fresh schema, so each is made once and copied."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.databases import CITUS, opened_db, postgres_database
from textback.store.db import Db, open_db


@pytest.fixture(autouse=True)
def _quick_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The road looks at its timers ten times a second."""
    monkeypatch.setattr("textback.pipeline.road.TICK", 0.1)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite database with the current schema."""
    path = tmp_path / "textback.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A fresh PostgreSQL database with the current schema."""
    with postgres_database(postgres_server, postgres_template) as url:
        yield url


_FIXTURES = {"sqlite": "sqlite_url", "postgresql": "postgres_url", **({"citus": "distributed_url"} if CITUS else {})}


@pytest.fixture(params=list(_FIXTURES))
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn; with TEXTBACK_CITUS_URL also one that is distributed."""
    return str(request.getfixturevalue(_FIXTURES[request.param]))


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Db]:
    """An open database with the current schema, on each in turn."""
    opened = opened_db(database_url, events="default")
    yield opened
    await opened.close()


@pytest.fixture(params=["sqlite_url", "postgres_url"])
async def whole_db(request: pytest.FixtureRequest) -> AsyncIterator[Db]:
    """Each database that a transaction may claim in as a whole: not one that is distributed."""
    opened = open_db(str(request.getfixturevalue(request.param)), events="default")
    yield opened
    await opened.close()


@pytest.fixture
async def file_db(sqlite_url: str) -> AsyncIterator[Db]:
    """SQLite alone, for what the database has no say in."""
    opened = open_db(sqlite_url, events="default")
    yield opened
    await opened.close()


@pytest.fixture
async def by_bucket(postgres_url: str) -> AsyncIterator[Db]:
    """A plain PostgreSQL, treated as if its tables were spread."""
    db = open_db(postgres_url, by_bucket=True, events="default")
    yield db
    await db.close()
