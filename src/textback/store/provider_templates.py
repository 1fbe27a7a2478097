"""Templates as providers have them: what was last read, what has changed since, and when to read them again."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, case, delete, select, update

from textback.core.provider_templates import Change, ProviderTemplate
from textback.store.many import insert_or_skip, upserter
from textback.store.tables_templates import provider_templates, template_syncs

_t, _s = provider_templates.c, template_syncs.c
_facts = ("status", "state", "category", "body", "header", "buttons", "unfit", "reason", "status_at")
_put = upserter(provider_templates, ("workspace", "provider", "account", "name", "language"), _facts)
_begin = insert_or_skip(template_syncs)
_words = msgspec.json.Decoder(tuple[str, ...])
PLACED = "It has values outside its text."
"""What is kept as `unfit` of a template with values in its header or its buttons: a node of the release before can't
send it, and so must not. Whoever reads it here can."""


class Account(msgspec.Struct, frozen=True):
    """Whose templates: a provider and what it calls the account."""

    provider: str
    id: str


class Sync(msgspec.Struct, frozen=True):
    """How the reading of an account's list stands: when (ms) it was last read, 0 for never, and what was wrong at the
    last try."""

    synced_at: int = 0
    problem: str = ""


NEVER = Sync()


def templates(tx: Connection, workspace: str, account: Account, name: str = "") -> list[ProviderTemplate]:
    """The templates of an account, or those of one name, by name and language."""
    query = select(provider_templates).where(*_of(workspace, account))
    if name:
        query = query.where(_t.name == name)
    return [_made(row) for row in tx.execute(query.order_by(_t.name, _t.language))]


def _made(row: Row[Any]) -> ProviderTemplate:
    return ProviderTemplate(
        row.name, row.language, row.status, row.state, row.category, row.body, row.header, _words.decode(row.buttons),
        "" if row.unfit == PLACED else row.unfit, row.reason,
    )  # fmt: skip


def _of(workspace: str, account: Account) -> tuple[Any, ...]:
    return _t.workspace == workspace, _t.provider == account.provider, _t.account == account.id


def replace(
    tx: Connection, workspace: str, account: Account, found: Sequence[ProviderTemplate], began: int, next_at: int
) -> None:
    """The list of an account, asked for at `began` (ms), is this. What the provider has said since then of how a
    template stands is newer, and stays."""
    query = select(_t.name, _t.language, _t.status, _t.state, _t.reason, _t.status_at)
    newer = {(r.name, r.language): r for r in tx.execute(query.where(*_of(workspace, account), _t.status_at > began))}
    rows = []
    for one in found:
        row = {
            "workspace": workspace, "provider": account.provider, "account": account.id, "name": one.name,
            "language": one.language, "status": one.status, "state": one.state, "category": one.category,
            "body": one.body, "header": one.header, "buttons": msgspec.json.encode(one.buttons).decode(),
            "unfit": one.unfit or (PLACED if one.placed else ""), "reason": one.reason, "status_at": began,
        }  # fmt: skip
        if (later := newer.get((one.name, one.language))) is not None:
            row |= {"status": later.status, "state": later.state, "reason": later.reason, "status_at": later.status_at}
        rows.append(row)
    tx.execute(delete(provider_templates).where(*_of(workspace, account), _t.status_at <= began))
    if rows:
        _put(tx, rows)
    _note(tx, workspace, account, next_at=next_at, synced_at=began, problem="")


def failed(tx: Connection, workspace: str, account: Account, problem: str, next_at: int) -> None:
    """The list could not be read."""
    _note(tx, workspace, account, next_at=next_at, problem=problem[:200])


def change(tx: Connection, workspace: str, provider: str, what: Change) -> bool:
    """A template stands otherwise now; False where it is not known, or what is known is newer."""
    if what.state is None:
        return False
    mine = update(provider_templates).where(
        *_of(workspace, Account(provider, what.account)),
        _t.name == what.name, _t.language == what.language, _t.status_at <= what.at,
    )  # fmt: skip
    values = {"status": what.status, "state": what.state, "reason": what.reason, "status_at": what.at}
    return tx.execute(mine.values(**values)).rowcount == 1


def take(tx: Connection, workspace: str, account: Account, now: int, until: int) -> bool:
    """Whether the list is due, and nobody else reads it: until then (ms) it is ours."""
    _begin(tx, [_row(workspace, account)])
    return tx.execute(_sync(workspace, account).where(_s.next_at <= now).values(next_at=until)).rowcount == 1


def is_due(tx: Connection, workspace: str, account: Account, now: int) -> bool:
    """Whether the list may be read, which nobody may be doing at this moment."""
    query = select(_s.next_at).where(
        _s.workspace == workspace, _s.provider == account.provider, _s.account == account.id
    )
    next_at = tx.execute(query).scalar()
    return next_at is None or next_at <= now


def due(tx: Connection, workspace: str, account: Account) -> None:
    """Read the list at the next look."""
    _begin(tx, [_row(workspace, account)])
    tx.execute(_sync(workspace, account).values(next_at=0))


def sync_of(tx: Connection, workspace: str, account: Account) -> Sync:
    """How the reading of an account's list stands."""
    query = select(_s.synced_at, _s.problem).where(
        _s.workspace == workspace, _s.provider == account.provider, _s.account == account.id
    )
    row = tx.execute(query).first()
    return NEVER if row is None else Sync(row.synced_at, row.problem)


def _row(workspace: str, account: Account) -> dict[str, Any]:
    names = {"workspace": workspace, "provider": account.provider, "account": account.id}
    return {**names, "next_at": 0, "synced_at": 0, "problem": ""}


def _sync(workspace: str, account: Account) -> Any:
    return update(template_syncs).where(
        _s.workspace == workspace, _s.provider == account.provider, _s.account == account.id
    )


def _note(tx: Connection, workspace: str, account: Account, next_at: int, **values: Any) -> None:
    """How a reading ended. One that was asked for while this went on is still due: what was read may be older."""
    _begin(tx, [_row(workspace, account) | {"next_at": next_at}])
    tx.execute(_sync(workspace, account).values(next_at=case((_s.next_at == 0, 0), else_=next_at), **values))
