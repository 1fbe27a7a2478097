"""textback erase, access and requests, beside a database that knows Ana and Ben."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.cli.conftest import Shell
from tests.pipeline.working import ANA, BEN, WORKSPACE, Working, bot, working
from textback.pipeline.access import collect
from textback.store import merges
from textback.store.db import Db
from textback.store.erase import person
from textback.store.tables import messages

STEPS = """
- ask: dog
  text: What is your dog called?
- say: Write to ben@example.com, (206) 555-0124 about {{ dog }}.
- ask: more
  text: More?
"""


@pytest.fixture
def shell(shell: Shell, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Shell:
    """textback beside the database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    return shell


@pytest.fixture
async def node(db: Db) -> Working:
    """Ana and Ben have texted; the server has stopped."""
    async with working(db, bot(STEPS)) as node:
        for number in (ANA, BEN):
            await node.text("BOOK", number)
            await node.text("Blue Suede", number)
    return node


async def test_a_dry_run_counts_and_changes_nothing(node: Working, shell: Shell) -> None:
    code, out, err = shell("erase", "206-555-0123", "--dry-run")
    assert code == 0
    assert "messages\t5" in out
    assert err == "(•••) •••-••23 would be erased. Nothing was changed.\n"
    assert (await node.thread())[0].text == "BOOK"
    assert shell("requests")[1] == ""


async def test_erasing_by_number_and_asking_again(node: Working, shell: Shell, db: Db) -> None:
    code, out, err = shell("erase", ANA)
    assert code == 0
    assert "messages\t5" in out
    assert err.startswith("(•••) •••-••23 is erased; request ")
    said = await db.read(lambda tx: {row.text for row in tx.execute(select(messages.c.text))})
    assert said >= {"", "Blue Suede"}  # Ben's are there
    code, _, err = shell("erase", ANA)
    assert (code, err) == (1, "Nothing is kept of them.\n")
    listed = [line.split("\t")[2:] for line in shell("requests")[1].splitlines()]
    assert [(one[0], one[1], one[-1]) for one in listed] == [
        ("erasure", "(•••) •••-••23", "nobody"),
        ("erasure", "(•••) •••-••23", "done"),
    ]


async def test_access_writes_all_that_is_kept_and_nothing_of_others(
    node: Working, shell: Shell, tmp_path: Path
) -> None:
    home = await node.home()
    code, out, _ = shell("access", home.contact_id, "--out", str(tmp_path / "ana"))
    assert code == 0
    assert "(•••) •••-••23" in out
    data = json.loads((tmp_path / "ana" / "data.json").read_text())
    assert data["about"]["number"] == ANA
    assert data["profile"]["answers"] == {"main": {"dog": "Blue Suede"}}
    texts = [one["text"] for one in data["messages"]]
    assert texts[0] == "BOOK"
    assert "Write to [email], [phone] about Blue Suede." in texts
    page = (tmp_path / "ana" / "data.html").read_text()
    assert "Blue Suede" in page
    assert "<script" not in page
    everything = page + json.dumps(data)
    assert BEN not in everything
    assert "ben@example.com" not in everything
    assert (tmp_path / "ana").stat().st_mode & 0o077 == 0
    assert shell("requests")[1].split("\t")[2] == "access"


async def test_access_shows_the_words_that_the_ledger_keeps_encrypted(db: Db) -> None:
    async with working(db, bot(STEPS)) as node:
        await node.text("please stop texting me", ANA)
        home = await node.home()
    who = await db.read(lambda tx: person(tx, "default", contact_id=home.contact_id))
    assert who is not None
    data = await db.write(lambda tx: collect(tx, "default", who, "command line", 1, []))
    (entry,) = data["consent_events"]
    assert (entry["type"], entry["raw_text"], entry["number"]) == ("opt_out", "please stop texting me", ANA)
    assert "hidden" not in entry


async def test_access_needs_somebody_and_an_empty_folder(node: Working, shell: Shell, tmp_path: Path) -> None:
    assert shell("access", "+12065550199", "--out", str(tmp_path / "x"))[0] == 1
    assert shell("requests")[1].rstrip().endswith("nobody")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    code, _, err = shell("access", ANA, "--out", str(tmp_path / "full"))
    assert code == 2
    assert "is not an empty folder" in err
    code, _, err = shell("access", "hello", "--out", str(tmp_path / "x"))
    assert code == 2
    assert "neither a contact's id nor a phone number" in err


async def test_retention_says_what_would_go(node: Working, shell: Shell) -> None:
    code, out, _ = shell("retention")
    assert code == 0
    lines = dict(line.split("\t", 1) for line in out.splitlines() if "\t" in line)
    assert lines["messages"] == "365\t0"
    assert lines["previews"] == "365\t0"
    assert lines["suppressions"].startswith("kept\topt-outs")
    assert "No sweep has come to its end yet." in out
    shell_days = shell("retention", "--database", "sqlite:///none/x.db")
    assert shell_days[0] == 2


async def test_merged_contacts_are_named_and_taken_too_where_it_is_asked_for(
    node: Working, shell: Shell, db: Db, tmp_path: Path
) -> None:
    ana, ben = await node.home(), await node.home(BEN)
    await db.write(merges.merge, WORKSPACE, ana.contact_id, ben.contact_id, "sam@example.com", 10)
    left = "Merged with this contact, and left as they are: (•••) •••-••24. --merged takes them too.\n"
    code, _, err = shell("access", ANA, "--out", str(tmp_path / "one"))
    assert (code, err) == (0, left)
    assert ben.contact_id not in [path.name for path in (tmp_path / "one").iterdir()]
    code, _, err = shell("access", ANA, "--merged", "--out", str(tmp_path / "all"))
    assert (code, err) == (0, "")
    numbers = [
        json.loads(path.read_text())["about"]["number"] for path in sorted((tmp_path / "all").rglob("data.json"))
    ]
    assert sorted(numbers) == [ANA, BEN]
    code, _, err = shell("erase", ANA, "--dry-run")
    assert err.endswith(left)
    code, _, err = shell("erase", ANA, "--merged")
    assert code == 0
    assert [line.partition(";")[0] for line in err.splitlines()] == [f"(•••) •••-••{n} is erased" for n in (23, 24)]
    for number in (ANA, BEN):
        assert shell("erase", number)[0] == 1
