"""textback db: what it says where tables can't be distributed, where they are not, and where they are."""

from pathlib import Path

import pytest

from tests.cli.conftest import Shell


def test_sqlite_stays_on_one_machine(shell: Shell, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'shop.db'}"
    code, _, err = shell("db", "distribute", "--database", address)
    assert (code, err) == (
        2,
        "textback: The database is SQLite, which stays on one machine. Use PostgreSQL with Citus.\n",
    )
    assert shell("db", "status", "--database", address) == (0, "The tables are not distributed.\n", "")
    assert not (tmp_path / "shop.db").exists()


def test_a_postgresql_without_citus(shell: Shell, postgres_url: str) -> None:
    code, _, err = shell("db", "distribute", "--database", postgres_url)
    assert code == 2
    assert err == "textback: This PostgreSQL has no Citus. Install it first: see docs/how-to/distribute.md.\n"
    assert shell("db", "status", "--database", postgres_url)[1] == "The tables are not distributed.\n"


@pytest.mark.parametrize("shards", ["0", "257"])
def test_as_many_shards_as_there_are_buckets_at_most(shell: Shell, postgres_url: str, shards: str) -> None:
    code, _, err = shell("db", "distribute", "--shards", shards, "--database", postgres_url)
    assert code == 2
    assert err == f"textback: --shards {shards} can't be had. There are 256 buckets: use 1 to 256.\n"


def test_distributing_prints_how_each_table_is_kept(shell: Shell, citus_url: str) -> None:
    code, out, err = shell("db", "distribute", "--shards", "4", "--database", citus_url)
    assert code == 0
    kept = {line.split("  ")[0]: " ".join(line.split()[1:-2]) for line in out.splitlines()[2:]}
    assert kept["messages"] == "by bucket 4"
    assert kept["addresses"] == "by identifier 4"
    assert kept["users"] == "copy on each server"
    assert "contacts is distributed." in err
    code, again, err = shell("db", "distribute", "--database", citus_url)
    assert (code, err) == (0, "All tables were distributed already.\n")
    assert [line.split() for line in again.splitlines()] == [line.split() for line in out.splitlines()]
    assert shell("db", "status", "--database", citus_url)[1] == again
