"""What the compliance page counts, and the two things that it does in the background, on every database."""

import os
import time
from pathlib import Path
from typing import Any

from sqlalchemy import delete, update

from tests.pipeline.test_gate_paths import EVENING, agrees, sale
from tests.pipeline.working import ANA, BEN, WORKSPACE, bot, working
from textback.compliance.rates import OptOut, Rate, Text, blamed, rates
from textback.core.when import DAY, HOUR
from textback.pipeline.checking import ACTION, LedgerCheck
from textback.pipeline.uploads import Uploads
from textback.store import imports, overview
from textback.store.db import Db
from textback.store.imports import Source
from textback.store.tables import consent_heads, conversations


async def test_what_went_and_who_opted_out_is_read_from_the_newest_on(db: Db) -> None:
    async with working(db, bot()) as node:
        await node.text("BOOK")
        await node.text("BOOK", BEN)
        await node.phones.took(2)
        node.clock.at += HOUR
        await node.text("STOP", BEN)
        await node.phones.took(3)
        ana, ben = (await node.home(ANA)).contact_id, (await node.home(BEN)).contact_id
        now = node.clock()
        found = await db.read(overview.sample, WORKSPACE, now - DAY)
        assert {(one.contact_id, one.line) for one in found.texts} == {(ana, "one"), (ben, "one")}
        assert [one.contact_id for one in found.opt_outs] == [ben]
        assert found.since == now - DAY
        outs = blamed(found.texts, found.opt_outs)
        assert rates(found.texts, outs, found.since)["line", "one"] == Rate(2, 1)
        older = update(conversations).where(conversations.c.contact_id == ana).values(last_at=now - 2 * HOUR)
        await db.write(lambda tx: tx.execute(older).rowcount)
        few = await db.read(overview.sample, WORKSPACE, now - DAY, 1)
        assert few.since == now - 2 * HOUR + 1
        assert await db.read(overview.ledger_size, WORKSPACE) == (1, 1)
        none = await db.read(overview.sample, WORKSPACE, now + DAY)
        assert (none.texts, none.opt_outs) == ([], [])


async def test_a_text_that_waits_for_the_morning_is_held_and_decided(db: Db) -> None:
    async with working(db, bot()) as node:
        await node.text("BOOK")
        await node.phones.took(1)
        await agrees(node)
        node.clock.at = EVENING
        await node.road.send_to("one", ANA, sale(), wait=15)

        async def rules() -> list[str]:
            texts, more = await db.read(overview.held, WORKSPACE, node.clock())
            assert not more
            return [one.rule for one in texts]

        await node.until(rules, ["Q1"])
        ((one,), _) = await db.read(overview.held, WORKSPACE, node.clock())
        assert (one.contact_id, one.recipient) == ((await node.home(ANA)).contact_id, ANA)
        assert (one.message_class, one.until > node.clock()) == ("promotional", True)
        found, more = await db.read(overview.decisions, WORKSPACE, node.clock() - DAY)
        assert ("hold", "Q1", "promotional") in {one[:3] for one in found}
        assert not more
        assert await db.read(overview.decisions, WORKSPACE, node.clock() - DAY, 1) == ([(*found[0][:3], 1)], True)


async def test_the_check_notes_what_it_found(db: Db) -> None:
    async with working(db, bot()) as node:
        await node.text("STOP")
        check = LedgerCheck(db, WORKSPACE, node.clock)
        for broken in (0, 1):
            check.start("owner@example.com")
            assert check._task is not None
            await check._task
            assert (check.failed, check.buckets, check.running) == (False, 256, False)
            noted = await db.read(overview.last_noted, WORKSPACE, ACTION)
            assert noted is not None
            assert f'"broken":{broken}' in noted.data
            await db.write(lambda tx: tx.execute(delete(consent_heads)).rowcount)
    assert await db.read(overview.last_noted, "other", ACTION) is None


async def test_a_list_is_read_in_the_background(db: Db, tmp_path: Path) -> None:
    async with working(db, bot()) as node:
        await node.text("BOOK")
        await node.phones.took(1)
        uploads = Uploads(db, tmp_path / "lists", node.clock)
        path = uploads.place() / "new.part"
        path.write_text(f"{ANA}\n{BEN}\nnothing\n")
        source = Source(WORKSPACE, "suppressions", "d" * 64, "ours.csv", "owner@example.com")
        assert await uploads.add(path, source, "US") == "begun"
        assert uploads._task is not None
        await uploads._task
        (one,) = await db.read(imports.readings, WORKSPACE, 10)
        assert one.progress.counts == {"bad": 1, "opted out": 1, "suppressed": 1}
        assert (one.progress.finished, one.progress.size == one.progress.position) == (True, True)
        home = await node.home(ANA)
        out = await db.read(overview.last_opt_out, home.bucket, home.contact_id)
        assert out is not None
        assert (out.rule, out.source) == ("D2", "ours.csv")
        found = await db.read(overview.sample, WORKSPACE, node.clock() - DAY)
        assert found.opt_outs == []  # no text of ours is to blame for a file


def test_bad_lines_are_thrown_away_after_a_month(tmp_path: Path) -> None:
    nowhere: Any = None
    uploads = Uploads(nowhere, tmp_path, lambda: 0)
    key = ("registry", "d" * 64, 1)
    bad, left = tmp_path / f"registry-{'d' * 64}-1.bad.csv", tmp_path / "left.part"
    for path in (bad, left):
        path.write_text("line,why,text\n")
    for days, kept in ((0, [bad, left]), (2, [bad]), (31, [])):
        for path in tmp_path.iterdir():
            then = time.time() - days * 86_400
            os.utime(path, (then, then))
        assert uploads.has_bad_lines(key) == (days < 31)
        uploads.clear()
        assert sorted(tmp_path.iterdir()) == sorted(kept)


def test_an_opt_out_is_put_down_to_the_last_text_within_72_hours() -> None:
    texts = [Text("a", "one", "sale.hi", 0), Text("a", "two", "template.ready", 10), Text("b", "one", "desk", 5)]
    outs = blamed(texts, [OptOut("a", 11), OptOut("a", 10 + 72 * HOUR), OptOut("a", 11 + 72 * HOUR), OptOut("c", 9)])
    assert [text and text.at for _, text in outs] == [None, 10, 10, None]
    found = rates(texts, outs, 0)
    assert found["template", "ready"] == Rate(1, 1)
    assert found["line", "two"] == Rate(1, 1)
    assert (found["flow", "sale"], found["flow", "desk"]) == (Rate(1, 0), Rate(1, 0))
    assert found["", ""] == Rate(2, 1)
    assert ("flow", "sale") not in rates(texts, outs, 5)
    # A step of a flow may say a template: then the text counts for both.
    both = rates(texts, outs, 0, {"sale.hi": "spring"})
    assert (both["template", "spring"], both["flow", "sale"]) == (Rate(1, 0), Rate(1, 0))
    assert [Rate(20, 1).over(3), Rate(19, 19).over(3), Rate(100, 3).over(3)] == [True, False, False]
