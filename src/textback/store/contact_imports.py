"""Contacts that are imported from a file: its rows until each is taken in, how far that is, and those refused.

What becomes of a part's rows is decided in one transaction, and they go into the inbox under keys of their own in
another: whoever goes on after a crash stores the same again, what is there already is skipped, and no row counts twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from textback.core.when import DAY, SECOND
from textback.engine.arrivals import ContactChange
from textback.store import inbox, leads
from textback.store.leads import Sought
from textback.store.many import insert_or_skip
from textback.store.sight import ALL, Sight
from textback.store.tables_imports import contact_import_parts, contact_import_refused, contact_imports

LEASE = 30 * SECOND
"""How long (ms) a server has an import without a sign of life."""
KEPT = 30 * DAY
"""How long (ms) it is kept what became of one."""
DRAFT_KEPT = DAY
"""How long (ms) a file waits for somebody to begin with it."""
COUNTS = ("new", "changed", "same", "refused")
"""What can become of a row."""

_i, _p, _r = contact_imports.c, contact_import_parts.c, contact_import_refused.c
_add_refused = insert_or_skip(contact_import_refused)

FileRow = tuple[int, list[str]]
"""A row of a file: the number of its first line, and its cells."""


class Choice(msgspec.Struct, frozen=True):
    """How a file is taken in: what each column is (number, name, tags, field.NAME, or "" for nothing), the line that
    new contacts are texted on, the tags that all of them get, and whether what is known stays as it is."""

    columns: list[str] = []
    line: str = ""
    tags: list[str] = []
    keep: bool = False


class Planned(msgspec.Struct, frozen=True):
    """What becomes of a row: one of COUNTS, with the change that does it, or why it is refused."""

    line: int
    what: str
    number: str = ""
    change: ContactChange | None = None
    why: str = ""


class ContactImport(msgspec.Struct, frozen=True):
    """One file. `position` is how many of its `total` rows are done with, `counts` what became of them."""

    id: str
    user_id: str
    actor: str
    called: str
    file: str
    columns: list[str]
    choice: Choice
    sight: Sight
    state: str
    stopping: bool
    total: int
    position: int
    counts: dict[str, int]
    fence: int
    created_at: int
    done_at: int | None


class Part(msgspec.Struct, frozen=True):
    """Some rows of a file, and what becomes of them, once that is decided."""

    part: int
    rows: list[FileRow]
    plan: list[Planned]


_columns = msgspec.json.Decoder(list[str])
_choice = msgspec.json.Decoder(Choice)
_sight = msgspec.json.Decoder(Sight)
_counts = msgspec.json.Decoder(dict[str, int])
_rows = msgspec.json.Decoder(list[FileRow])
_plan = msgspec.json.Decoder(list[Planned])
_taken = msgspec.json.Decoder(dict[str, int])


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _read(row: Row[Any]) -> ContactImport:
    return ContactImport(
        row.id, row.user_id, row.actor, row.called, row.file, _columns.decode(row.columns), _choice.decode(row.choice),
        _sight.decode(row.sight), row.state, bool(row.stopping), row.total, row.position, _counts.decode(row.counts),
        row.fence, row.created_at, row.done_at,
    )  # fmt: skip


# ---- The file


def add(tx: Connection, workspace: str, one: ContactImport) -> None:
    """Begin to keep a file. It is nobody's to see until it is `whole`."""
    row = {
        "workspace": workspace, "id": one.id, "user_id": one.user_id, "actor": one.actor, "called": one.called,
        "file": one.file, "columns": _json(one.columns), "choice": _json(one.choice), "sight": _json(one.sight),
        "state": "reading", "stopping": False, "total": 0, "position": 0, "counts": "{}", "fence": 0,
        "lease_until": 0, "created_at": one.created_at, "done_at": None,
    }  # fmt: skip
    tx.execute(insert(contact_imports), row)


def add_parts(tx: Connection, workspace: str, id_: str, first: int, parts: Sequence[Sequence[FileRow]]) -> None:
    """Keep the next parts of it, which are numbered on from `first`."""
    more = {"workspace": workspace, "import_id": id_, "plan": "[]", "taken": "{}", "done": False}
    rows = [{**more, "part": number, "rows": _json(part)} for number, part in enumerate(parts, first)]
    tx.execute(insert(contact_import_parts), rows)


def whole(tx: Connection, workspace: str, id_: str, total: int, choice: Choice) -> None:
    """All its rows are kept: it waits for somebody to say how it is taken in."""
    mine = (_i.workspace == workspace, _i.id == id_, _i.state == "reading")
    tx.execute(update(contact_imports).where(*mine).values(state="draft", total=total, choice=_json(choice)))


def find(tx: Connection, workspace: str, id_: str) -> ContactImport | None:
    """One of them."""
    known = (_i.workspace == workspace, _i.id == id_, _i.state != "reading")
    row = tx.execute(select(contact_imports).where(*known)).first()
    return None if row is None else _read(row)


def listed(tx: Connection, workspace: str, user_id: str, most: int, *, everybody: bool) -> list[ContactImport]:
    """The files of this person, or of everybody, the newest first."""
    query = select(contact_imports).where(_i.workspace == workspace, _i.state != "reading")
    query = query if everybody else query.where(_i.user_id == user_id)
    return [_read(row) for row in tx.execute(query.order_by(_i.created_at.desc(), _i.id.desc()).limit(most))]


def first_rows(tx: Connection, workspace: str, id_: str, most: int) -> list[FileRow]:
    """The first rows of a file that waits, up to so many."""
    found: list[FileRow] = []
    query = select(_p.rows).where(_p.workspace == workspace, _p.import_id == id_).order_by(_p.part)
    for row in tx.execute(query):
        found += _rows.decode(row.rows)
        if len(found) >= most:
            break
    return found[:most]


def choose(tx: Connection, workspace: str, id_: str, choice: Choice) -> bool:
    """Say how a file that waits is taken in; False where it does not wait."""
    mine = (_i.workspace == workspace, _i.id == id_, _i.state == "draft")
    return tx.execute(update(contact_imports).where(*mine).values(choice=_json(choice))).rowcount > 0


def start(tx: Connection, workspace: str, id_: str) -> bool:
    """Begin to take it in, once; False where it does not wait."""
    mine = (_i.workspace == workspace, _i.id == id_, _i.state == "draft")
    return tx.execute(update(contact_imports).where(*mine).values(state="going")).rowcount > 0


def stop(tx: Connection, workspace: str, id_: str) -> bool:
    """End it after the rows that are under way; False where it is not going."""
    mine = (_i.workspace == workspace, _i.id == id_, _i.state == "going")
    return tx.execute(update(contact_imports).where(*mine).values(stopping=True)).rowcount > 0


def discard(tx: Connection, workspace: str, id_: str) -> bool:
    """Forget a file that waits; False where it does not."""
    mine = (_i.workspace == workspace, _i.id == id_, _i.state.in_(("reading", "draft")))
    gone = tx.execute(delete(contact_imports).where(*mine)).rowcount > 0
    if gone:
        _forget(tx, workspace, [id_])
    return gone


def _forget(tx: Connection, workspace: str, ids: Sequence[str]) -> None:
    for table in (contact_import_parts, contact_import_refused):
        tx.execute(delete(table).where(table.c.workspace == workspace, table.c.import_id.in_(ids)))


def old(tx: Connection, workspace: str, now: int) -> list[str]:
    """Files that were never begun with, and those that were kept long enough; some of them at a time."""
    waits = _i.state.in_(("reading", "draft"))
    over: list[ColumnElement[bool]] = [_i.done_at < now - KEPT, waits & (_i.created_at < now - DRAFT_KEPT)]
    return list(tx.execute(select(_i.id).where(_i.workspace == workspace, or_(*over)).limit(100)).scalars())


def forget_old(tx: Connection, workspace: str, now: int) -> int:
    """Forget these; says how many."""
    ids = old(tx, workspace, now)
    if ids:
        tx.execute(delete(contact_imports).where(_i.workspace == workspace, _i.id.in_(ids)))
        _forget(tx, workspace, ids)
    return len(ids)


def count_person(tx: Connection, workspace: str, number: str) -> int:
    """How many refused rows have this number."""
    mine = (_r.workspace == workspace, _r.number == number)
    return tx.execute(select(func.count()).select_from(contact_import_refused).where(*mine)).scalar() or 0


def forget_person(tx: Connection, workspace: str, number: str) -> int:
    """Forget refused rows with this number, whose owner is erased; says how many."""
    mine = (_r.workspace == workspace, _r.number == number)
    return tx.execute(delete(contact_import_refused).where(*mine)).rowcount


# ---- Taking it in


def is_work(tx: Connection, workspace: str, now: int) -> bool:
    """Whether any waits that nobody works on."""
    mine = (_i.workspace == workspace, _i.state == "going", _i.lease_until < now)
    return tx.execute(select(_i.id).where(*mine).limit(1)).first() is not None


def claim(tx: Connection, workspace: str, now: int) -> ContactImport | None:
    """Take the oldest that nobody works on."""
    mine = (_i.workspace == workspace, _i.state == "going", _i.lease_until < now)
    for row in tx.execute(select(_i.id, _i.fence).where(*mine).order_by(_i.created_at, _i.id)).all():
        same = (_i.workspace == workspace, _i.id == row.id, _i.fence == row.fence, _i.state == "going")
        taken = update(contact_imports).where(*same).values(fence=row.fence + 1, lease_until=now + LEASE)
        if tx.execute(taken).rowcount:
            return find(tx, workspace, row.id)
    return None


def next_part(tx: Connection, workspace: str, id_: str) -> Part | None:
    """The next rows that are not taken in."""
    query = select(_p.part, _p.rows, _p.plan).where(_p.workspace == workspace, _p.import_id == id_, _p.done.is_(False))
    row = tx.execute(query.order_by(_p.part).limit(1)).first()
    return None if row is None else Part(row.part, _rows.decode(row.rows), _plan.decode(row.plan))


def taken(tx: Connection, workspace: str, id_: str) -> dict[str, int]:
    """The numbers of the rows that were taken in, with their lines."""
    found: dict[str, int] = {}
    query = select(_p.taken).where(_p.workspace == workspace, _p.import_id == id_, _p.done.is_(True))
    for row in tx.execute(query):
        found |= _taken.decode(row.taken)
    return found


def known(tx: Connection, workspace: str, numbers: Sequence[str]) -> dict[str, Row[Any]]:
    """Those of these numbers who are contacts, as the leads table lists them."""
    homes = inbox.find_homes(tx, workspace, [("phone", number) for number in numbers]) if numbers else {}
    ids = tuple((home.bucket, home.contact_id) for home in homes.values())
    rows = leads.page(tx, workspace, Sought(ids=ids, sight=ALL), len(ids)) if ids else []
    by_id = {row.contact_id: row for row in rows}
    return {number: by_id[home.contact_id] for (_, number), home in homes.items() if home.contact_id in by_id}


def _hold(tx: Connection, workspace: str, one: ContactImport, values: Mapping[str, Any]) -> bool:
    """Write down where an import stands, if this server still has it."""
    mine = (_i.workspace == workspace, _i.id == one.id, _i.fence == one.fence, _i.state == "going")
    return tx.execute(update(contact_imports).where(*mine).values(values)).rowcount > 0


def keep_plan(tx: Connection, workspace: str, one: ContactImport, part: Part, now: int) -> bool:
    """Write down what becomes of these rows, before it is done. False when the import is somebody else's by now."""
    if not _hold(tx, workspace, one, {"lease_until": now + LEASE}):
        return False
    mine = (_p.workspace == workspace, _p.import_id == one.id, _p.part == part.part)
    tx.execute(update(contact_import_parts).where(*mine).values(plan=_json(part.plan)))
    return True


def finish_part(tx: Connection, workspace: str, one: ContactImport, part: Part, now: int) -> ContactImport | None:
    """These rows are taken in, and are not kept any more but for those refused. Where the import stands now; None when
    it is somebody else's."""
    counts = {what: one.counts.get(what, 0) + sum(row.what == what for row in part.plan) for what in COUNTS}
    position = one.position + len(part.rows)
    values = {"counts": _json(counts), "position": position, "lease_until": now + LEASE}
    if not _hold(tx, workspace, one, values):
        return None
    cells = dict(part.rows)
    refused = [
        {
            "workspace": workspace, "import_id": one.id, "line": row.line, "number": row.number, "why": row.why,
            "cells": _json(cells[row.line]),
        }
        for row in part.plan
        if row.what == "refused"
    ]  # fmt: skip
    if refused:
        _add_refused(tx, refused)
    numbers = {row.number: row.line for row in part.plan if row.what != "refused"}
    mine = (_p.workspace == workspace, _p.import_id == one.id, _p.part == part.part)
    done = {"rows": "[]", "plan": "[]", "taken": _json(numbers), "done": True}
    tx.execute(update(contact_import_parts).where(*mine).values(done))
    return find(tx, workspace, one.id)


def finish(tx: Connection, workspace: str, one: ContactImport, now: int) -> bool:
    """It is over: all of it is done, or somebody has stopped it. Nothing of its rows is kept but those refused."""
    if not _hold(tx, workspace, one, {"state": "stopped" if one.position < one.total else "done", "done_at": now}):
        return False
    tx.execute(delete(contact_import_parts).where(_p.workspace == workspace, _p.import_id == one.id))
    return True


def give_back(tx: Connection, workspace: str, one: ContactImport) -> None:
    """Let another server go on at once: this one stops."""
    _hold(tx, workspace, one, {"lease_until": 0})


def refused(tx: Connection, workspace: str, id_: str, after: int, most: int) -> list[tuple[int, str, list[str]]]:
    """The rows that were refused after this line: line, why, cells."""
    mine = (_r.workspace == workspace, _r.import_id == id_, _r.line > after)
    query = select(_r.line, _r.why, _r.cells).where(*mine).order_by(_r.line).limit(most)
    return [(row.line, row.why, _columns.decode(row.cells)) for row in tx.execute(query)]
