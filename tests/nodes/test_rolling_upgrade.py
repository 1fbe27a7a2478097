"""Nodes are upgraded one after the other: what an older release writes and reads still works on the newest schema.

`schema_NNNN.json` is what a release with that schema does to its tables: the key that its statements rely on, and the
columns that its INSERTs fill, "null" where it may leave one empty. When a release with a new schema has been made, its
file is added. A file may go when its schema is older than any that the newest one claims to be compatible with.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from textback.store import migrate
from textback.store.db import make_engine, parse_url

HERE = Path(__file__).parent
RECORDED = sorted(path.stem.removeprefix("schema_") for path in HERE.glob("schema_*.json"))
VALUES: dict[str, Any] = {"text": "x", "number": 1, "flag": True, "null": None, "bytes": b"x", "words": "'x'"}


def recorded(revision: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / f"schema_{revision}.json").read_text())
    return found


def script() -> ScriptDirectory:
    return ScriptDirectory.from_config(migrate.config())


@pytest.mark.parametrize("revision", RECORDED)
def test_the_statements_of_an_older_release_work_on_the_newest_schema(database_url: str, revision: str) -> None:
    url = parse_url(database_url)
    migrate.upgrade(url)
    engine = make_engine(url)
    with engine.begin() as tx:
        for table, did in recorded(revision).items():
            filled = {name: VALUES[kind] for name, kind in did["insert"].items()}
            names, key = ", ".join(f'"{name}"' for name in filled), ", ".join(f'"{name}"' for name in did["key"])
            values = ", ".join(f":{name}" for name in filled)
            insert = f"INSERT INTO {table} ({names}) VALUES ({values})"
            tx.execute(text(insert), filled)
            again = tx.execute(text(f"{insert} ON CONFLICT ({key}) DO NOTHING"), filled)
            assert again.rowcount == 0, table
            (row,) = tx.execute(text(f"SELECT {names} FROM {table}"))
            assert tuple(row) == tuple(filled.values()), table
            if did.get("only_added_to"):
                continue
            settings = ", ".join(f'"{name}" = :{name}' for name in filled)
            assert tx.execute(text(f"UPDATE {table} SET {settings}"), filled).rowcount == 1, table
            assert tx.execute(text(f"DELETE FROM {table}")).rowcount == 1, table
    engine.dispose()


def test_every_schema_that_is_claimed_to_be_compatible_is_recorded() -> None:
    claimed = [migrate.oldest_compatible(script())]
    for revision in reversed([found.revision for found in script().walk_revisions()]):
        if claimed[-1] < revision < str(script().get_current_head()):
            claimed.append(revision)
    if claimed != [script().get_current_head()]:
        assert set(claimed) <= set(RECORDED)


def newer(database_url: str, oldest: str) -> None:
    """The database after a release of the future has upgraded it, and said which schemas may go on."""
    migrate.upgrade(parse_url(database_url))
    engine = make_engine(parse_url(database_url))
    with engine.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        tx.execute(text("ALTER TABLE messages ADD COLUMN mood TEXT"))
        assert tx.execute(text("UPDATE schema_compatibility SET oldest = :oldest"), {"oldest": oldest}).rowcount == 1
    engine.dispose()


def version(database_url: str) -> str:
    engine = make_engine(parse_url(database_url))
    with engine.connect() as tx:
        found = str(tx.execute(text("SELECT version_num FROM alembic_version")).scalar())
    engine.dispose()
    return found


def test_a_node_starts_on_a_newer_schema_that_has_only_been_added_to(database_url: str) -> None:
    newer(database_url, str(script().get_current_head()))
    migrate.upgrade(parse_url(database_url))
    assert version(database_url) == "9999"


def test_an_upgraded_database_says_who_may_use_it(database_url: str) -> None:
    migrate.upgrade(parse_url(database_url))
    engine = make_engine(parse_url(database_url))
    with engine.connect() as tx:
        found = tx.execute(text("SELECT oldest FROM schema_compatibility")).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [(migrate.oldest_compatible(script()),)]
