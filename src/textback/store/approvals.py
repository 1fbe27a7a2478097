"""What became of each wording of a named message: written, waiting for approval, approved or refused.

A wording is known by its digest. So a message that goes back to what was approved is approved, wherever it is written,
and one that changes by a letter is not.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from textback.store.accounts import write_audit
from textback.store.bots import DraftRefused
from textback.store.tables_desk import template_approvals

MOST_NOTE = 500
MOST_WAITING = 200

_a = template_approvals.c


def of(tx: Connection, workspace: str, wordings: Mapping[str, str]) -> dict[str, Row[Any]]:
    """What is known of these wordings (name to digest), by name."""
    if not wordings:
        return {}
    query = select(template_approvals).where(_a.workspace == workspace, _a.digest.in_(set(wordings.values())))
    return {row.name: row for row in tx.execute(query) if wordings.get(row.name) == row.digest}


def one(tx: Connection, workspace: str, name: str, digest: str) -> Row[Any] | None:
    """What is known of one wording."""
    query = select(template_approvals).where(_a.workspace == workspace, _a.name == name, _a.digest == digest)
    return tx.execute(query).first()


def waiting(tx: Connection, workspace: str) -> list[Row[Any]]:
    """What waits for approval, the oldest first."""
    query = select(template_approvals).where(_a.workspace == workspace, _a.state == "waiting")
    return list(tx.execute(query.order_by(_a.asked_at, _a.name).limit(MOST_WAITING)))


def note_written(
    tx: Connection, workspace: str, name: str, before: str, digest: str, body: Any, by: str, now: int
) -> None:
    """Somebody has written this wording in the place of `before` (a digest, "" for none). With an empty digest they
    have taken the message away."""
    write_audit(tx, workspace, by, "template.write", name, now, {"before": before, "after": digest})
    if not digest:
        return
    found = one(tx, workspace, name, digest)
    if found is None:
        tx.execute(insert(template_approvals), _row(workspace, name, digest, "draft", body, by, now))
    elif found.state == "draft":
        _set(tx, found, written_by=by, written_at=now)


def ask(tx: Connection, workspace: str, name: str, digest: str, body: Any, by: str, now: int) -> bool:
    """Ask for approval; False where it was asked for already, or given."""
    found = one(tx, workspace, name, digest)
    if found is not None and found.state in ("waiting", "approved"):
        return False
    if found is None:
        tx.execute(insert(template_approvals), _row(workspace, name, digest, "draft", body, by, now))
        found = one(tx, workspace, name, digest)
    if found is not None:
        _set(tx, found, state="waiting", asked_by=by, asked_at=now, decided_by="", decided_at=None, note="")
    write_audit(tx, workspace, by, "template.ask", name, now, {"after": digest})
    return True


def decide(
    tx: Connection, workspace: str, name: str, digest: str, approve: bool, by: str, note: str, second: bool, now: int
) -> None:
    """Approve or refuse what waits. `second`: who wrote it or asked for it may not approve it. Raises DraftRefused."""
    query = select(template_approvals).where(_a.workspace == workspace, _a.name == name, _a.digest == digest)
    found = tx.execute(query.with_for_update()).first()
    if found is None or found.state != "waiting":
        raise DraftRefused("It does not wait for approval any more. Somebody has decided already.")
    if approve and second and by in (found.written_by, found.asked_by):
        raise DraftRefused("You wrote it or asked for it. Somebody else must approve it.")
    state = "approved" if approve else "refused"
    _set(tx, found, state=state, decided_by=by, decided_at=now, note=note[:MOST_NOTE])
    data = {"after": digest, "written_by": found.written_by, "asked_by": found.asked_by}
    write_audit(tx, workspace, by, f"template.{'approve' if approve else 'refuse'}", name, now, data)


def _row(workspace: str, name: str, digest: str, state: str, body: Any, by: str, now: int) -> dict[str, Any]:
    return {
        "workspace": workspace,
        "name": name,
        "digest": digest,
        "state": state,
        "body": msgspec.json.encode(body).decode(),
        "written_by": by,
        "written_at": now,
        "asked_by": "",
        "asked_at": None,
        "decided_by": "",
        "decided_at": None,
        "note": "",
    }


def _set(tx: Connection, row: Row[Any], **values: Any) -> None:
    mine = update(template_approvals).where(_a.workspace == row.workspace, _a.name == row.name, _a.digest == row.digest)
    tx.execute(mine.values(values))
