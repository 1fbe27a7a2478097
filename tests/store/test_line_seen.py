"""What was last heard of lines is kept by line and kind, and rejected webhooks are told by line and reason."""

from pathlib import Path

from sqlalchemy import insert

from textback.store import line_seen
from textback.store.db import Db, Tx, parse_url
from textback.store.line_seen import Refused, Seen
from textback.store.tables import rejected_webhooks


def mark(line: str, what: str, at: int, workspace: str = "w") -> dict[str, object]:
    return {"workspace": workspace, "line": line, "what": what, "first_at": at, "at": at}


def reject(tx: Tx, number: int, line: str, reason: str, last_at: int, **more: object) -> None:
    row = {
        "workspace": "w", "id": f"{number:024}", "line": line, "provider": "telnyx" if reason != "no_line" else "",
        "reason": reason, "detail": f"detail {number}", "source": "", "payload": "{}", "raw": "", "times": 1,
        "at": 1, "last_at": last_at, "redriven_at": None, **more,
    }  # fmt: skip
    tx.execute(insert(rejected_webhooks), row)


async def test_the_first_time_stays_and_the_last_moves(db: Db) -> None:
    await db.write(line_seen.note, [mark("a", "webhook", 5), mark("a", "sent", 6), mark("b", "webhook", 7)])
    await db.write(line_seen.note, [mark("a", "webhook", 9), mark("a", "webhook", 3, "other")])
    found = (await db.read(line_seen.standing, "w")).seen
    assert found == {"a": {"webhook": Seen(5, 9), "sent": Seen(6, 6)}, "b": {"webhook": Seen(7, 7)}}
    assert (await db.read(line_seen.standing, "other")).seen == {"a": {"webhook": Seen(3, 3)}}
    assert await db.read(line_seen.standing, "nobody") == line_seen.NOTHING


async def test_the_newest_rejected_webhook_of_each_reason_that_nobody_has_dealt_with(db: Db) -> None:
    def work(tx: Tx) -> None:
        reject(tx, 1, "a", "unsigned", 5)
        reject(tx, 2, "a", "unsigned", 8)
        reject(tx, 3, "a", "unsigned", 9, redriven_at=9)
        reject(tx, 4, "a", "malformed", 2)
        reject(tx, 5, "nowhere", "no_line", 4)
        reject(tx, 6, "elsewhere", "no_line", 6)

    await db.write(work)
    found = await db.read(line_seen.standing, "w")
    assert found.refused == {
        ("a", "unsigned"): Refused("a", "detail 2", 8),
        ("a", "malformed"): Refused("a", "detail 4", 2),
        ("", "no_line"): Refused("elsewhere", "detail 6", 6),
    }
    assert found.waiting == {"a": 3}


def test_a_database_that_is_not_there_or_is_none_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "textback.db"
    assert line_seen.look(parse_url(f"sqlite:///{path}"), "w") is None
    assert not path.exists()
    path.write_bytes(b"")
    assert line_seen.look(parse_url(f"sqlite:///{path}"), "w") is None
