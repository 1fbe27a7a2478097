"""What commands change is in the log of events, as it is when the desk or a program changes it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.pipeline.working import ANA, BEN, Working, bot, working
from textback.pipeline import numbering
from textback.store import events
from textback.store.db import Db

CAT = "+12065550125"
HEAD = "number,programme,occurred_at,wording,action,source\n"
PROVEN = "offers,2026-01-02,Text me offers.,ticked a box,https://example.com"


@pytest.fixture
def shell(shell: Shell, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Shell:
    """textback beside the database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    return shell


@pytest.fixture
async def node(db: Db) -> Working:
    """Ana and Ben have texted; somebody has asked for the log; the server has stopped."""
    await db.write(events.begin, "default")
    async with working(db, bot("- say: Hello.")) as node:
        for number in (ANA, BEN):
            await node.text("BOOK", number)
    return node


async def said(db: Db, work: Callable[[], object]) -> list[tuple[str, dict[str, str]]]:
    """The kinds and data of the events that this adds to the log."""
    await db.write(numbering.number, "default", numbering.Wanted(), 0)
    before = await db.read(events.last_number, "default")
    work()
    await db.write(numbering.number, "default", numbering.Wanted(), 0)
    rows = await db.read(events.after, "default", before, 100)
    return [(row.kind, json.loads(row.data) if row.data else {}) for row in rows]


async def test_erasing(node: Working, shell: Shell, db: Db) -> None:
    assert await said(db, lambda: shell("erase", ANA)) == [("contact.erased", {})]


async def test_reading_in_consent(node: Working, shell: Shell, db: Db, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(f"{HEAD}{ANA},{PROVEN}\n{CAT},{PROVEN}\n{BEN},,,,,\n")
    found = await said(db, lambda: shell("consent", "import", "c.csv"))
    assert found == [("consent.opted_in", {"rule": "K9"})] * 2  # what proves nothing is no consent
    assert await said(db, lambda: shell("consent", "import", "c.csv")) == []


async def test_reading_in_who_is_not_to_be_texted(node: Working, shell: Shell, db: Db, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(f"{ANA}\n{CAT}\n")
    assert await said(db, lambda: shell("suppressions", "import", "s.csv")) == [("consent.opted_out", {"rule": "D2"})]


async def test_nobody_pays_for_a_log_that_nobody_reads(shell: Shell, db: Db, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(f"{HEAD}{ANA},{PROVEN}\n")
    assert shell("consent", "import", "c.csv")[0] == 0
    assert not await db.read(events.begun, "default")
    await db.write(events.begin, "default")
    assert await said(db, lambda: None) == []
