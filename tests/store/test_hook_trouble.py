"""Which webhooks are in trouble: paused, or with deliveries that have waited for too long."""

from sqlalchemy import insert

from textback.core.when import MINUTE, SECOND
from textback.store import hooks
from textback.store.db import Db, Tx
from textback.store.hook_trouble import STUCK, troubles
from textback.store.hooks import Health
from textback.store.tables_hooks import webhook_deliveries

NOW = 1_800_000_000_000


def waits(tx: Tx, webhook: str, at: int, number: int, over: int | None = None) -> None:
    tx.execute(
        insert(webhook_deliveries),
        {
            "bucket": 7, "contact_id": "07" + "0" * 22, "id": f"d{number:023}", "workspace": "w", "webhook_id": webhook,
            "event_id": f"e{number:023}", "number": number, "kind": "message.received", "state": "queued",
            "attempts": 1, "due_at": NOW, "finished_at": over, "fence": 0, "status": 500, "detail": "", "ms": 3,
            "at": at,
        },
    )  # fmt: skip


async def test_trouble_is_a_pause_or_a_long_wait(db: Db) -> None:
    def work(tx: Tx) -> list[str]:
        well, paused, stuck, off = (
            hooks.add(tx, "w", f"https://{n}.example.com/", ["*"], "a long secret", "ann", NOW) for n in "abcd"
        )
        waits(tx, well, NOW - STUCK + SECOND, 1)
        waits(tx, well, NOW - 2 * STUCK, 2, over=NOW)
        waits(tx, stuck, NOW - STUCK - SECOND, 3)
        waits(tx, stuck, NOW, 4)
        waits(tx, off, NOW - 2 * STUCK, 5)
        hooks.note_health(tx, "w", {paused: Health(7, NOW + MINUTE, None, NOW, "status 500")})
        hooks.change(tx, "w", off, {"enabled": False})
        return [paused, stuck]

    paused, stuck = await db.write(work)
    found = await db.read(troubles, "w", NOW)
    assert [(one.id, one.failures, one.waiting) for one in found] == [(paused, 7, 0), (stuck, 0, 2)]
    assert "failed 7 times in a row" in found[0].sentence(NOW)
    assert "2 deliveries have waited since" in found[1].sentence(NOW)
    assert "example.com" not in "".join(one.sentence(NOW) for one in found)
    assert await db.read(troubles, "w", NOW + MINUTE) != []
    assert await db.read(troubles, "other", NOW) == []
