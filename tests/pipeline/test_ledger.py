"""The ledger of consent is only added to, and whoever changes it all the same is found out (section 2, K8, P1)."""

from typing import Any

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from textback.compliance.agreement import agreed
from textback.compliance.ledger import HASHED, row_hash
from textback.core.evidence import Evidence
from textback.core.ids import bucket_of, new_contact_id, new_id
from textback.core.when import DAY, HOUR
from textback.store import ledger, ledger_check
from textback.store.agreements import agreements_of
from textback.store.db import Db
from textback.store.ledger import Fact
from textback.store.tables import consent_events, consent_heads, contact_keys, suppressions

NOW = 20_000 * DAY + 5 * HOUR
FORM = Evidence(
    "offers", "promotional", "web", "Yes, text me offers.", "2026-11", "en", "ticked a box",
    "https://example.com/join", "192.0.2.7", "Browser/1", "s1",
)  # fmt: skip
CHANGED = {"bucket": 7, "seq": 9, "occurred_at": 1, "recorded_at": 2, "honoured_at": 3, "claimed_at": 4}


def fact(contact_id: str, type_: str = "opt_out", at: int = NOW, **more: Any) -> Fact:
    given: dict[str, Any] = {"rule": "O6", "matched_by": "keyword", "number": "+12065550123", "raw_text": "STOP"}
    given |= {"evidence": Evidence(method="keyword")} | more
    return Fact(
        id=new_id(), contact_id=contact_id, workspace="default", type=type_, occurred_at=at, recorded_at=NOW, **given
    )


def three(tx: Connection) -> str:
    """A contact with three entries."""
    contact_id = new_contact_id()
    ledger.record(tx, [fact(contact_id, "opt_in", NOW - 3, evidence=FORM)], new=True)
    ledger.record(tx, [fact(contact_id, at=NOW - 2), fact(contact_id, "re_opt_in", NOW - 1)])
    return contact_id


def unguarded(tx: Connection) -> None:
    """As somebody who owns the database and lifts its own guard."""
    if tx.dialect.name == "sqlite":
        tx.execute(text("DROP TRIGGER consent_events_no_update"))
        tx.execute(text("DROP TRIGGER consent_events_no_delete"))
    else:
        tx.execute(text("DROP TRIGGER consent_events_keep ON consent_events"))


def ids(tx: Connection, contact_id: str) -> list[str]:
    return [entry.row["id"] for entry in ledger.entries_of(tx, contact_id)]


async def test_what_was_written_is_found_as_it_was_written(db: Db) -> None:
    contact_id = await db.write(three)
    report = await db.read(ledger_check.check_contact, contact_id)
    assert (report.chains, report.entries, report.broken) == (1, 3, [])
    first, second, _ = await db.read(ledger.entries_of, contact_id)
    assert first.personal == {
        "number": "+12065550123", "raw_text": "STOP", "ip": "192.0.2.7", "user_agent": "Browser/1", "session": "s1",
    }  # fmt: skip
    assert (second.words, second.row["honoured_at"], second.row["raw_text"]) == ("STOP", NOW, "")


async def test_personal_fields_are_not_in_the_database_in_clear(db: Db) -> None:
    contact_id = await db.write(three)

    def everything(tx: Connection) -> str:
        query = select(consent_events).where(consent_events.c.contact_id == contact_id)
        return str([tuple(row) for row in tx.execute(query)])

    seen = await db.read(everything)
    assert "Yes, text me offers." in seen
    assert not [secret for secret in ("5550123", "STOP", "192.0.2.7", "Browser") if secret in seen]


@pytest.mark.parametrize("what", ["UPDATE consent_events SET rule = 'x'", "DELETE FROM consent_events"])
async def test_the_database_itself_refuses_a_change(db: Db, what: str) -> None:
    contact_id = await db.write(three)

    def change(tx: Connection) -> None:
        tx.execute(text(f"{what} WHERE contact_id = '{contact_id}' AND seq = 2"))

    with pytest.raises(DBAPIError, match="only added to"):
        await db.write(change)
    assert (await db.read(ledger_check.check_contact, contact_id)).broken == []


async def test_a_change_of_any_column_is_found_in_its_row(db: Db) -> None:
    await db.write(unguarded)
    columns = [column.name for column in consent_events.columns if column.name not in ("contact_id", "bucket")]
    assert {*columns, "contact_id", "bucket"} == {*HASHED, "row_hash"}
    for column in columns:

        def tamper(tx: Connection, column: str = column) -> tuple[str, str]:
            contact_id = three(tx)
            second = ids(tx, contact_id)[1]
            value = "9" if column.endswith(("_at", "_until")) or column == "seq" else "'changed'"
            tx.execute(text(f"UPDATE consent_events SET {column} = {value} WHERE id = '{second}'"))
            return contact_id, "changed" if column == "id" else second

        contact_id, second = await db.write(tamper)
        report = await db.read(ledger_check.check_contact, contact_id)
        assert second in {broken.event_id for broken in report.broken}, column


async def test_an_entry_moved_to_another_contact_is_found(db: Db) -> None:
    def move(tx: Connection) -> tuple[str, str]:
        unguarded(tx)
        one, other = three(tx), three(tx)
        where = f"WHERE contact_id = '{one}' AND seq = 3"
        set_ = f"SET contact_id = '{other}', bucket = {bucket_of(other)}, seq = 4"
        tx.execute(text(f"UPDATE consent_events {set_} {where}"))
        return one, other

    one, other = await db.write(move)
    assert (await db.read(ledger_check.check_contact, one)).broken
    assert (await db.read(ledger_check.check_contact, other)).broken


@pytest.mark.parametrize("seq", [1, 2, 3])
async def test_a_missing_entry_is_found_even_the_newest(db: Db, seq: int) -> None:
    def remove(tx: Connection) -> str:
        unguarded(tx)
        contact_id = three(tx)
        tx.execute(text(f"DELETE FROM consent_events WHERE contact_id = '{contact_id}' AND seq = {seq}"))
        return contact_id

    report = await db.read(ledger_check.check_contact, await db.write(remove))
    assert ("missing" if seq < 3 else "should end with entry 3") in report.broken[0].why


async def test_an_entry_whose_hash_was_made_to_fit_no_longer_leads_to_the_next(db: Db) -> None:
    def fit(tx: Connection) -> tuple[str, str]:
        unguarded(tx)
        contact_id = three(tx)
        _, second, third = ledger.entries_of(tx, contact_id)
        changed = {**second.row, "rule": "x"}
        where = consent_events.c.id == second.row["id"]
        tx.execute(consent_events.update().where(where).values(rule="x", row_hash=row_hash(changed)))
        return contact_id, third.row["id"]

    contact_id, third = await db.write(fit)
    (broken,) = (await db.read(ledger_check.check_contact, contact_id)).broken
    assert (broken.event_id, broken.seq, "does not follow" in broken.why) == (third, 3, True)


async def test_a_chain_written_anew_has_the_wrong_seal(db: Db) -> None:
    def again(tx: Connection) -> str:
        unguarded(tx)
        contact_id = three(tx)
        row = ledger.head_of(tx, contact_id)
        assert row is not None
        tx.execute(text(f"DELETE FROM consent_events WHERE contact_id = '{contact_id}' AND seq = 3"))
        last = ledger.entries_of(tx, contact_id)[-1].row["row_hash"]
        tx.execute(
            consent_heads.update().where(consent_heads.c.contact_id == contact_id).values(entries=2, row_hash=last)
        )
        return contact_id

    report = await db.read(ledger_check.check_contact, await db.write(again))
    assert [broken.why for broken in report.broken] == ["the seal of its chain's end is wrong"]


async def test_a_chain_that_is_gone_with_its_end_is_found_once_its_day_is_sealed(db: Db) -> None:
    def write(tx: Connection) -> str:
        unguarded(tx)
        return three(tx)

    contact_id = await db.write(write)
    bucket = bucket_of(contact_id)
    assert await db.read(ledger_check.unsealed, "default", NOW) == []
    tomorrow = NOW + DAY
    assert await db.read(ledger_check.unsealed, "default", tomorrow) == [bucket]
    assert await db.write(ledger_check.seal_days, "default", bucket, tomorrow) == 1
    assert await db.read(ledger_check.unsealed, "default", tomorrow) == []
    assert (await db.read(ledger_check.check_bucket, "default", bucket)).broken == []

    def remove(tx: Connection) -> None:
        for table in (consent_events, consent_heads, contact_keys):
            tx.execute(table.delete().where(table.c.contact_id == contact_id))

    await db.write(remove)
    (broken,) = (await db.read(ledger_check.check_bucket, "default", bucket)).broken
    assert "has 0 entries that are not the 3 sealed then" in broken.why


async def test_entries_of_older_releases_are_told_apart(db: Db) -> None:
    old = (
        "INSERT INTO consent_events (bucket, contact_id, id, workspace, type, line, matched_by, rule, raw_text, "
        "arrival_id, occurred_at, recorded_at) VALUES (:b, :c, :i, 'default', 'opt_out', 'one', 'keyword', 'O6', "
        "'STOP', 'a1', :at, :at)"
    )

    def write(tx: Connection, at: int) -> str:
        contact_id = new_contact_id()
        tx.execute(text(old), {"b": bucket_of(contact_id), "c": contact_id, "i": new_id(), "at": at})
        ledger.record(tx, [fact(contact_id, "opt_in", NOW, evidence=FORM)])
        return contact_id

    before = await db.write(write, NOW - 1)
    report = await db.read(ledger_check.check_contact, before)
    assert (report.entries, report.unchained, report.broken) == (1, 1, [])
    assert (await db.read(ledger.standing_of, [(bucket_of(before), before)]))[before].suppressed("phone")
    after = await db.write(write, NOW + 1)
    (broken,) = (await db.read(ledger_check.check_contact, after)).broken
    assert "outside the chain" in broken.why


async def test_a_destroyed_key_erases_the_personal_fields_and_leaves_the_chain_whole(db: Db) -> None:
    contact_id = await db.write(three)
    await db.write(ledger.forget_key, contact_id)
    assert [entry.personal for entry in await db.read(ledger.entries_of, contact_id)] == [None, None, None]
    assert (await db.read(ledger_check.check_contact, contact_id)).broken == []


async def test_what_holds_now_is_kept_beside_the_ledger(db: Db) -> None:
    contact_id = new_contact_id()
    pair = [(bucket_of(contact_id), contact_id)]

    def state(tx: Connection) -> tuple[int, bool]:
        count = len(tx.execute(select(suppressions).where(suppressions.c.contact_id == contact_id)).all())
        found = agreements_of(tx, pair).get(contact_id, [])
        return count, agreed(found, "phone", "promotional", "offers", now=NOW) is not None

    await db.write(ledger.record, [fact(contact_id, "opt_in", NOW - 9, evidence=FORM)])
    assert await db.read(state) == (0, True)
    await db.write(ledger.record, [fact(contact_id, at=NOW - 5)])
    assert await db.read(state) == (1, False)
    await db.write(ledger.record, [fact(contact_id, "re_opt_in", NOW - 7)])  # it comes late
    assert await db.read(state) == (1, False)
    await db.write(ledger.record, [fact(contact_id, "re_opt_in", NOW - 3)])
    assert await db.read(state) == (0, True)


async def test_a_clock_that_runs_ahead_is_not_believed(db: Db) -> None:
    contact_id = new_contact_id()
    await db.write(ledger.record, [fact(contact_id, "re_opt_in", NOW + DAY)])
    (entry,) = await db.read(ledger.entries_of, contact_id)
    assert (entry.row["occurred_at"], entry.row["claimed_at"]) == (NOW, NOW + DAY)
