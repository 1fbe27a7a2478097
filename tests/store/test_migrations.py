"""Migrations: an upgraded database is the same as a fresh one, on both databases; newer and broken ones are refused."""

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text

from textback.core.errors import StartError
from textback.store import migrate
from textback.store.db import make_engine, parse_url
from textback.store.tables import metadata


def shape(url: str) -> dict[str, object]:
    engine = make_engine(parse_url(url))
    try:
        found = inspect(engine)
        return {
            table: (
                {c["name"]: (str(c["type"]), c["nullable"]) for c in found.get_columns(table)},
                found.get_pk_constraint(table)["constrained_columns"],
                sorted((str(i["name"]), tuple(i["column_names"]), bool(i["unique"])) for i in found.get_indexes(table)),
                sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(table)),
            )
            for table in found.get_table_names()
            if table != "alembic_version"
        }
    finally:
        engine.dispose()


def test_migrated_equals_fresh(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    migrate.upgrade(parse_url(database_url))
    migrated = shape(database_url)
    engine = make_engine(parse_url(database_url))
    with engine.begin() as tx:
        metadata.drop_all(tx)
        metadata.create_all(tx)
    engine.dispose()
    assert migrated == shape(database_url)


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    migrate.upgrade(parse_url(database_url))
    before = shape(database_url)
    migrate.upgrade(parse_url(database_url))
    assert shape(database_url) == before


def test_rows_of_an_older_database_are_kept(sqlite_url: str) -> None:
    url = parse_url(sqlite_url)
    engine = make_engine(url)
    with engine.begin() as tx:
        command.upgrade(migrate.config(tx), "0002")
        for table in ("arrivals", "messages", "turns"):
            columns = metadata.tables[table].columns
            row = {c.name: n if "INT" in str(c.type) else f"{c.name} {table}" for n, c in enumerate(columns)}
            tx.execute(metadata.tables[table].insert(), [row, {**row, "bucket": 200}])
        before = {
            table: tx.execute(text(f"SELECT * FROM {table}")).all() for table in ("arrivals", "messages", "turns")
        }
    engine.dispose()

    migrate.upgrade(url)

    migrated = shape(sqlite_url)
    engine = make_engine(url)
    with engine.begin() as tx:
        for table, rows in before.items():
            assert tx.execute(text(f"SELECT * FROM {table}")).all() == rows
        kinds = {row.name: row.wr for row in tx.exec_driver_sql("SELECT name, wr FROM pragma_table_list")}
        made = {table: metadata.tables[table].dialect_options["sqlite"]["with_rowid"] for table in metadata.tables}
        assert {table: not kinds[table] for table in made} == made
        metadata.drop_all(tx)
        metadata.create_all(tx)
    engine.dispose()
    assert migrated == shape(sqlite_url)


def test_a_newer_database_is_refused_in_one_line(database_url: str) -> None:
    migrate.upgrade(parse_url(database_url))
    engine = make_engine(parse_url(database_url))
    with engine.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        tx.execute(text("UPDATE schema_compatibility SET oldest = '9998'"))
    engine.dispose()
    with pytest.raises(StartError, match="newer Textback") as caught:
        migrate.upgrade(parse_url(database_url))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("this is not a database, it is a shopping list " * 50)
    with pytest.raises(StartError, match="can't be used"):
        migrate.upgrade(parse_url(f"sqlite:///{path}"))
    assert path.read_text().startswith("this is not a database")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="no folder"):
        migrate.upgrade(parse_url(f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}"))


def test_sqlite_is_durable(sqlite_url: str) -> None:
    migrate.upgrade(parse_url(sqlite_url))
    engine = make_engine(parse_url(sqlite_url))
    with engine.connect() as tx:
        assert tx.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert tx.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()
    assert sqlite3.sqlite_version_info >= (3, 35)
