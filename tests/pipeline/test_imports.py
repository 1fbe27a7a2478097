"""Files that are read in: every line becomes something, once, also when the process dies in the middle (K9, D1, D2)."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from tests.pipeline.working import ANA, BEN, NOON, working
from textback.compliance.ledger import LedgerStanding
from textback.core.errors import SettingsError
from textback.core.ids import bucket_of
from textback.core.when import DAY
from textback.engine.arrivals import ApiSend
from textback.pipeline.imports import Import, Row, digest_of, rows_of
from textback.store import inbox, ledger, ledger_check, listed, vault
from textback.store.db import Db
from textback.store.imports import Kind, Progress, Source
from textback.store.silent import silent
from textback.store.tables import consent_events, contacts, conversations, listed_numbers

HEAD = "number,programme,class,occurred_at,wording,action,source\n"
PROVEN = (
    ',offers,promotional,2026-01-02T03:04:05Z,"Yes, text me ""offers""\nweekly.",ticked a box,https://example.com\n'
)
CLAIM = ",offers,promotional,,,,\n"


def job(db: Db, path: Path, kind: Kind = "consent", as_of: int = 0) -> Import:
    source = Source("default", kind, digest_of(path), path.name, "command line", as_of, "Harbor Cycle Works")
    return Import(path, source, path.with_suffix(".bad"), db.transaction, lambda: NOON)


def read_in(db: Db, path: Path, kind: Kind = "consent", as_of: int = 0, batch: int = 3) -> Progress:
    made = job(db, path, kind, as_of)
    made.begin()
    return made.run("US", lambda _: None, batch=batch)


def standing(tx: Connection, number: str) -> LedgerStanding | None:
    homes = inbox.find_homes(tx, "default", [("phone", number)])
    if not homes:
        return None
    home = homes["phone", number]
    return ledger.standing_of(tx, [(home.bucket, home.contact_id)]).get(home.contact_id)


def written(tmp_path: Path, text: str, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


async def test_claims_are_unproven_and_evidence_proves(db: Db, tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + f"(206) 555-0123{PROVEN}+12065550124{CLAIM}2065550124{CLAIM}")
    done = read_in(db, path)
    assert (done.counts, done.lines, done.finished) == ({"agreed": 1, "unproven": 1, "known before": 1}, 5, True)
    ana, ben = await db.read(standing, ANA), await db.read(standing, BEN)
    assert ana is not None
    assert ben is not None
    assert [(one.programme, one.state) for one in ana.agreements] == [("offers", "agreed")]
    assert [one.state for one in ben.agreements] == ["unproven"]
    home = (await db.read(inbox.find_homes, "default", [("phone", ANA)]))["phone", ANA]
    (entry,) = await db.read(ledger.entries_of, home.contact_id)
    assert entry.row["wording"] == 'Yes, text me "offers"\nweekly.'
    assert (entry.row["method"], entry.row["brand"]) == ("import", "Harbor Cycle Works")
    assert entry.row["actor"] == "command line, list.csv"
    assert (await db.read(ledger_check.check_contact, home.contact_id)).broken == []


async def test_no_import_brings_back_whom_nothing_may_be_sent_to(db: Db, tmp_path: Path) -> None:
    async with working(db) as node:
        await node.text("STOP")
        await node.phones.took(1)
        await db.write(listed.suppress_numbers, "default", [BEN], "P1", "erased", NOON)
        done = read_in(db, written(tmp_path, HEAD + f"{ANA}{PROVEN}{BEN}{PROVEN}"))
        assert done.counts == {"left out: suppressed": 2}
        assert (await node.conversation()).opted_out
        assert await db.read(inbox.find_homes, "default", [("phone", BEN)]) == {}


async def test_a_suppressed_number_that_writes_is_met_as_opted_out_until_its_own_start(db: Db, tmp_path: Path) -> None:
    read_in(db, written(tmp_path, f"{ANA}\n"), "suppressions")
    async with working(db) as node:
        await node.text("BOOK")
        assert (await node.conversation()).opted_out
        assert [(status, rule) for _, status, rule in await node.ours()] == [("blocked", "O6")]
        assert [entry[:2] for entry in await node.consent()] == [("opt_out", "P3")]
        await node.text("START")
        assert not (await node.conversation()).opted_out
        await node.text("BOOK")
        assert len(await node.phones.took(2)) == 2


async def test_a_suppressed_number_that_a_program_texts_gets_nothing(db: Db, tmp_path: Path) -> None:
    read_in(db, written(tmp_path, f"{ANA}\n"), "suppressions")
    async with working(db) as node:
        await node.road.send_to("one", ANA, ApiSend("till", "Hello", "0" * 24), wait=15.0)
        assert [(status, rule) for _, status, rule in await node.ours()] == [("blocked", "O6")]


async def test_a_list_opts_contacts_out_and_withdraws_what_waits(db: Db, tmp_path: Path) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        await node.phones.took(1)
        done = read_in(db, written(tmp_path, f"2065550123\n{BEN},somebody\n{ANA}\n"), "suppressions")
        assert done.counts == {"opted out": 1, "suppressed": 1, "suppressed before, or listed twice": 1}
        assert (await node.conversation()).opted_out
        await node.text("words")
        assert (await node.ours())[-1][1:] == ("blocked", "O6")


async def test_no_number_of_a_list_is_in_the_database_in_clear(db: Db, tmp_path: Path) -> None:
    read_in(db, written(tmp_path, f"{ANA}\n"), "suppressions")
    rows = await db.read(lambda tx: [tuple(row) for row in tx.execute(select(listed_numbers))])
    assert len(rows) == 1
    assert "5550123" not in str(rows)


@pytest.mark.parametrize("kind", ["deactivated", "reassigned"])
async def test_d3_d4_who_was_in_touch_since_is_the_new_owner_and_another_is_opted_out(
    db: Db, tmp_path: Path, kind: Kind
) -> None:
    """Ana agreed before her number was given up, Ben after it. A number that is nobody's is left for its next owner."""
    agreed = f"{ANA}{PROVEN}{BEN}{PROVEN.replace('2026-01-02', '2026-03-02')}"
    read_in(db, written(tmp_path, HEAD + agreed))
    answer = ",yes" if kind == "reassigned" else ""
    path = written(tmp_path, "".join(f"{one},2026-02-01{answer}\n" for one in (ANA, BEN, "+12065550177")), "gone.csv")
    done = read_in(db, path, kind)
    assert done.counts == {"opted out": 1, "in touch since": 1, "nobody's, or listed twice": 1}
    ana, ben = await db.read(standing, ANA), await db.read(standing, BEN)
    assert ana is not None
    assert ana.suppressed("phone")
    assert ben is not None
    assert not ben.suppressed("phone")
    assert await db.read(listed.find_listed, "default", ["+12065550177"]) == {}


async def test_d4_a_line_without_a_day_has_that_of_the_file_and_the_same_day_is_the_old_owners(
    db: Db, tmp_path: Path
) -> None:
    read_in(db, written(tmp_path, f"{HEAD}{ANA}{PROVEN}"))
    day = 1_767_312_000_000  # 2 January 2026, the day on which she agreed
    assert read_in(db, written(tmp_path, f"{ANA[2:]}\n", "day.txt"), "deactivated", day).counts == {"opted out": 1}


async def test_d3_no_and_no_data_change_nothing_and_what_is_no_answer_is_reported(db: Db, tmp_path: Path) -> None:
    read_in(db, written(tmp_path, f"{HEAD}{ANA}{PROVEN}"))
    lines = (f"{ANA},20260102,no", f"{ANA},2026-01-02,No_Data", f"{ANA},2026-01-02,perhaps", f"{ANA},,yes", ANA)
    path = written(tmp_path, "\n".join(lines), "answers.csv")
    done = job(db, path, "reassigned")
    done.begin()
    done.run("US", lambda _: None)
    assert done.progress.counts == {"answered no": 1, "answered no data": 1, "bad": 3}
    assert done.first_bad == [
        "line 3 has an answer that is neither yes, no nor no data",
        "line 4 does not say which day was asked about",
        "line 5 has no number, day and answer",
    ]
    ana = await db.read(standing, ANA)
    assert ana is not None
    assert not ana.suppressed("phone")


async def test_d3_silent_contacts_who_agreed_are_asked_about(db: Db, tmp_path: Path) -> None:
    read_in(db, written(tmp_path, f"{HEAD}{ANA}{PROVEN}{BEN}{CLAIM}"))
    asked = await db.read(lambda tx: list(silent(tx, "default", NOON)))
    assert [(number, at // DAY) for number, at in asked] == [(ANA, 1_767_312_000_000 // DAY)]
    assert await db.read(lambda tx: list(silent(tx, "default", 1_767_312_000_000))) == []


async def test_a_registry_is_asked_by_its_newest_data(db: Db, tmp_path: Path) -> None:
    assert await db.read(listed.registry_of, "default", [ANA]) == listed.Registry(frozenset(), 0)
    read_in(db, written(tmp_path, "206,5550123\n206,5550124\n"), "registry", NOON - 9 * DAY)
    assert await db.read(listed.registry_of, "default", [ANA]) == listed.Registry(frozenset({ANA}), NOON - 9 * DAY)
    read_in(db, written(tmp_path, "206,5550124\n206,5550199\n", "new.csv"), "registry", NOON)
    assert await db.read(listed.registry_of, "default", [ANA, BEN]) == listed.Registry(frozenset({BEN}), NOON)
    assert await db.read(listed.find_listed, "default", [ANA]) == {}  # it is no suppression


async def test_bad_lines_are_reported_with_their_numbers_and_stop_nothing(db: Db, tmp_path: Path) -> None:
    lines = [
        f"{ANA}{CLAIM}", "nobody,offers,promotional,,,,\n", "\n", f"{BEN},offers,loud,,,,\n", f"{BEN},offers\n",
        f"{BEN},offers,promotional,tomorrow,,,\n", f"{BEN},Offers!,promotional,,,,\n", f"{BEN},offers,,1066-10-14,,,\n",
        "x" * 70_000 + "\n", f"{BEN}{CLAIM}",
    ]  # fmt: skip
    path = written(tmp_path, HEAD + "".join(lines))
    path.write_bytes(path.read_bytes() + b"\xff\xfe,,,,,,\n")
    done = read_in(db, path)
    assert done.counts == {"unproven": 2, "bad": 8}
    reported = (tmp_path / "list.bad").read_text().splitlines()
    assert [line.split(",")[0] for line in reported[1:]] == ["3", "5", "6", "7", "8", "9", "10", "12"]
    assert "no phone number" in reported[1]


async def test_a_file_with_other_columns_is_refused_before_anything_is_read(file_db: Db, tmp_path: Path) -> None:
    for head in ("number,age\n", "programme\n", "number,phone\n"):
        with pytest.raises(SettingsError):
            read_in(file_db, written(tmp_path, f"{head}{ANA},1\n"))
    assert await file_db.read(lambda tx: tx.execute(select(func.count()).select_from(contacts)).scalar()) == 0


async def test_the_same_file_again_changes_nothing_and_another_with_the_same_lines_little(
    db: Db, tmp_path: Path
) -> None:
    text = HEAD + f"{ANA}{CLAIM}{BEN}{PROVEN}"
    read_in(db, written(tmp_path, text))
    again = read_in(db, written(tmp_path, text, "again.csv"))
    assert (again.finished, again.counts) == (True, {"unproven": 1, "agreed": 1})
    other = read_in(db, written(tmp_path, f"{text}\n", "other.csv"))
    assert other.counts == {"known before": 2}
    assert await db.read(lambda tx: tx.execute(select(func.count()).select_from(consent_events)).scalar()) == 2


KILLED = """
import os, signal, sys
from pathlib import Path
from textback.pipeline import imports
from textback.store.db import open_db
sys.path.insert(0, {root!r})
from tests.pipeline.test_imports import job
passed = 0
real = imports.keep_progress
def keep(*args):
    global passed
    real(*args)
    passed += 1
    if passed == {at}:
        os.kill(os.getpid(), signal.SIGKILL)
imports.keep_progress = keep
import textback.store.vault as vault
vault._made = vault.parse_keys({keys!r})
made = job(open_db({url!r}), Path({path!r}))
made.begin()
made.run("US", lambda _: None, batch=100)
"""


async def test_a_process_that_dies_in_the_middle_loses_and_doubles_nothing(
    database_url: str, db: Db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = f"test:{'A' * 43}="
    monkeypatch.setattr(vault, "_made", vault.parse_keys(keys))
    numbers = [f"+1206556{n:04}" for n in range(450)]
    body = [f"{number}{CLAIM}" for number in numbers]
    for place in range(0, 450, 50):
        body[place] = "nobody" + body[place]
    path = written(tmp_path, HEAD + "".join(body))
    root = str(Path(__file__).parents[2])
    given = {"root": root, "url": database_url, "path": str(path), "keys": keys}
    code = KILLED.format(at=3, **given)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == -signal.SIGKILL, run.stderr
    half = job(db, path)
    before = half.begin()
    assert before.lines == 201  # two batches, behind the names of the columns
    done = half.run("US", lambda _: None, batch=100)
    assert (done.finished, done.lines) == (True, 451)
    assert done.counts == {"unproven": 441, "bad": 9}
    reported = (tmp_path / "list.bad").read_text().splitlines()[1:]
    assert [int(line.split(",")[0]) for line in reported] == [place + 2 for place in range(0, 450, 50)]

    def counted(tx: Connection) -> tuple[Any, ...]:
        tables = (contacts, conversations, consent_events)
        return tuple(tx.execute(select(func.count()).select_from(table)).scalar() for table in tables)

    assert await db.read(counted) == (441, 441, 441)
    contact_id = await db.read(lambda tx: tx.execute(select(contacts.c.id).limit(1)).scalar())
    report = await db.read(ledger_check.check_bucket, "default", bucket_of(str(contact_id)))
    assert (report.broken, report.chains > 0) == ([], True)


def test_a_file_is_read_by_lines_from_any_of_its_records(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,"one\ntwo"\r\nb,2\n\nc,"3')
    with path.open("rb") as file:
        rows = [row for row in rows_of(file, 0, 0, quoted=True) if isinstance(row, Row)]
        assert [(row.line, row.lines) for row in rows] == [(1, 2), (3, 1), (4, 1), (5, 1)]
        for place, row in enumerate(rows):
            lines = row.line + row.lines - 1
            assert list(rows_of(file, row.end, lines, quoted=True)) == rows[place + 1 :]
