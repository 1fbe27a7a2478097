"""textback dead: what was given up is listed with its reason, and goes on the road again."""

import asyncio
import base64
import json

import pytest
from sqlalchemy import select

from tests.cli.conftest import Shell
from tests.engine.talk import BOT, flow
from tests.pipeline.working import ANA, BEN, Clock, Working, make, working
from tests.support.fake_provider import NUMBER, TELNYX_PUBLIC_KEY, sign_telnyx, telnyx_text
from textback.channels.base import Failure, Webhook
from textback.core.when import HOUR
from textback.pipeline.clock import clock
from textback.pipeline.quarantine import Quarantine
from textback.store import bots, inbox, rejected
from textback.store.db import Db, Tx
from textback.store.tables import outbox
from textback.store.tables_desk import audit


@pytest.fixture
def shell(shell: Shell, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Shell:
    """textback beside the database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    return shell


@pytest.fixture
async def node(db: Db) -> Working:
    """Two texts were given up, one on each line; the server has stopped."""
    async with working(db) as node:
        for number, line in ((ANA, "one"), (BEN, "two")):
            node.phones.answer(number, Failure("rejected", "21211", "Not a number."))
            await node.text("BOOK", number, line=line)
            await node.becomes(("Go on.", "failed", "rejected"), number=number)
    return node


def queued(tx: Tx) -> list[tuple[str, str]]:
    return [(row.line, row.state) for row in tx.execute(select(outbox).order_by(outbox.c.id))]


def audited(tx: Tx) -> list[tuple[str, str, str]]:
    rows = tx.execute(select(audit).order_by(audit.c.id))
    return [(row.actor, row.action, json.loads(row.data)["line"]) for row in rows]


def ids(listed: str) -> list[str]:
    return [line.split("\t")[0] for line in listed.splitlines()]


async def test_the_list_says_what_and_why_and_no_whole_number(node: Working, shell: Shell) -> None:
    code, out, err = shell("dead", "list")
    assert (code, err) == (0, "")
    assert [line.split("\t")[2:] for line in out.splitlines()] == [
        ["send", "one", "(•••) •••-••23", "rejected 21211 Not a number.", "Go on."],
        ["send", "two", "(•••) •••-••24", "rejected 21211 Not a number.", "Go on."],
    ]
    assert ANA not in out
    assert len(ids(shell("dead", "list", "--line", "two")[1])) == 1
    assert shell("dead", "list", "--kind", "arrival")[1:] == ("", "There are none.\n")


async def test_one_is_redriven_once_and_the_server_sends_it(node: Working, shell: Shell, db: Db) -> None:
    first, second = ids(shell("dead", "list")[1])
    assert shell("dead", "redrive", first) == (0, f"{first} is on its way again.\n", "")
    assert await db.read(queued) == [("one", "queued")]
    assert shell("dead", "redrive", first) == (0, f"{first} was dealt with before.\n", "")
    assert await db.read(queued) == [("one", "queued")]
    assert await db.read(audited) == [("command line", "dead.redrive", "one")]
    assert ids(shell("dead", "list")[1]) == [second]
    after = make(db, clock=Clock(clock()))
    await after.road.start()
    assert await after.phones.took(1, ANA) == ["Go on."]
    await after.road.stop()


async def test_all_of_a_line_or_all_there_are(
    node: Working, shell: Shell, db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textback.cli.dead.MOST", 1)
    assert shell("dead", "redrive", "--all", "--line", "two")[0] == 0
    assert await db.read(queued) == [("two", "queued")]
    code, out, _ = shell("dead", "redrive", "--all")
    assert (code, len(out.splitlines())) == (0, 1)
    assert len(await db.read(queued)) == 2
    assert shell("dead", "redrive", "--all") == (0, "", "There are none.\n")


async def test_one_that_the_gate_refuses_stays_and_says_why(db: Db, shell: Shell) -> None:
    async with working(db) as node:
        node.phones.answer(ANA, Failure("rejected"))
        await node.text("BOOK")
        await node.becomes(("Go on.", "failed", "rejected"))
        await node.text("STOP", keyword="stop")
    code, out, _ = shell("dead", "redrive", "--all")
    assert code == 1
    assert "stays: They opted out" in out
    assert await db.read(audited) == []
    assert len(ids(shell("dead", "list")[1])) == 1


# Rejected webhooks


@pytest.fixture
async def hook(db: Db, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> str:
    """A text came while the line had the wrong key; its id. The bot is published, and Telnyx's variables are set."""
    for name, value in (("API_KEY", "KEY"), ("PUBLIC_KEY", TELNYX_PUBLIC_KEY), ("PHONE_NUMBER", NUMBER)):
        monkeypatch.setenv(f"TELNYX_{name}", value)
    kept = Quarantine(db, "default", 10, pause=0)
    body = json.dumps(telnyx_text("hello", ANA)).encode()
    headers = sign_telnyx(body, clock() - HOUR)
    webhook = Webhook("POST", "/webhooks/telnyx", "", headers, body)
    kept.keep("telnyx", "telnyx", "unsigned", "wrong signature", "203.0.113.7", webhook, clock())
    await kept.stop()
    await db.write(bots.publish, "default", {"bot.yml": BOT, "flows/main.yml": flow("- say: Hi.\n", start="book")}, 1)
    (row,) = await db.read(rejected.webhooks, "default")
    return str(row.id)


async def test_a_rejected_webhook_is_listed_and_taken_in_once_the_key_is_right(
    hook: str, shell: Shell, db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = shell("dead", "list", "--kind", "webhook")
    assert (code, out.split("\t")[2:]) == (
        0,
        ["webhook", "telnyx", "203.0.113.0/24", "unsigned wrong signature", "/webhooks/telnyx\n"],
    )
    monkeypatch.setenv("TELNYX_PUBLIC_KEY", base64.b64encode(b"another key of thirty-two bytes!").decode())
    code, out, err = await asyncio.to_thread(shell, "dead", "redrive", hook)
    assert (code, err) == (1, "")
    assert "stays: Its signature is still not right" in out
    monkeypatch.setenv("TELNYX_PUBLIC_KEY", TELNYX_PUBLIC_KEY)
    assert await asyncio.to_thread(shell, "dead", "redrive", "--all", "--kind", "webhook") == (
        0,
        f"{hook} is handled again.\n",
        "",
    )
    assert await db.read(inbox.backlog) == 1
    assert await db.read(audited) == [("command line", "dead.redrive", "telnyx")]


async def test_what_is_discarded_is_gone_for_good(node: Working, hook: str, shell: Shell, db: Db) -> None:
    first, second, third = ids(shell("dead", "list")[1])
    assert {first, second, third} > {hook}
    assert shell("dead", "discard", hook) == (0, f"{hook} is discarded.\n", "")
    assert shell("dead", "discard", hook) == (0, f"{hook} was dealt with before.\n", "")
    assert len(shell("dead", "discard", "--all", "--line", "two")[1].splitlines()) == 1
    assert len(ids(shell("dead", "list")[1])) == 1
    assert {action for _, action, _ in await db.read(audited)} == {"dead.discard"}
    assert (await asyncio.to_thread(shell, "dead", "redrive", hook))[1] == f"{hook} was dealt with before.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["redrive"], "Say which"),
        (["redrive", "0192f0c1a5e00000a1b2c3d4", "--all"], "Say which"),
        (["redrive", "0192f0c1a5e00000a1b2c3d4"], "There is no dead letter"),
        (["discard"], "Say which"),
        (["discard", "0192f0c1a5e00000a1b2c3d4"], "There is no dead letter"),
        (["list", "--kind", "letter"], "Use send, arrival, job, file, hook or webhook"),
    ],
)
async def test_a_mistake_ends_in_one_line(db: Db, shell: Shell, arguments: list[str], said: str) -> None:
    code, out, err = shell("dead", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
