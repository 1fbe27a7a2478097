"""Delivery statuses find the message that they are about, and no other."""

from typing import Any

from textback.store.db import Db, Tx
from textback.store.turns import add_messages, update_delivery

CONTACT = {"bucket": 7, "contact_id": "07" * 12, "workspace": "default"}
BLANK = {
    "line": "twilio", "channel": "sms", "author": "bot", "author_id": "", "author_name": "", "message_class": "",
    "text": "Hello", "media": "[]", "segments": 1, "rule": "", "code": "", "detail": "", "source": "",
    "arrival_id": "", "at": 1,
}  # fmt: skip


def message(id_: str, direction: str, status: str, provider_id: str | None) -> dict[str, Any]:
    return {**CONTACT, **BLANK, "id": id_, "direction": direction, "status": status, "provider_id": provider_id}


async def test_a_status_is_not_taken_for_that_of_a_text_that_came_in_with_the_same_id(db: Db) -> None:
    def work(tx: Tx) -> list[str]:
        add_messages(tx, [message("1", "in", "received", "SM1"), message("2", "out", "unknown", None)])
        status = {**CONTACT, "provider_id": "SM1", "message_id": "2", "status": "delivered", "code": "", "detail": ""}
        assert update_delivery(tx, [status]) == []
        rows = tx.exec_driver_sql("SELECT status FROM messages ORDER BY id")
        return [row.status for row in rows]

    assert await db.write(work) == ["received", "delivered"]
