"""Where a contact stands with their consent, for programs and for pages."""

from typing import Any

import msgspec
from starlette.requests import Request

from textback.core.ids import bucket_of
from textback.store import accounts, ledger
from textback.store.db import Tx
from textback.store.proof import Proof, entry_fields, proof_of
from textback.web.context import WebContext
from textback.web.problems import missing


class Agreed(msgspec.Struct):
    """One scope, and how it stands: pending, unproven, agreed or revoked. Times are ms."""

    family: str
    programme: str
    message_class: str
    state: str
    since: int
    event_id: str
    expires_at: int | None = None


class ConsentState(msgspec.Struct):
    """Where a contact stands: `opted_out`, their agreements, and the entries of the ledger, oldest first."""

    contact_id: str
    opted_out: bool
    agreements: list[Agreed]
    events: list[dict[str, Any]]


def stands(tx: Tx, contact_id: str) -> ConsentState:
    """Where this contact stands."""
    known = ledger.standing_of(tx, [(bucket_of(contact_id), contact_id)]).get(contact_id)
    recorded = ledger.entries_of(tx, contact_id)
    agreements = [msgspec.convert(one, Agreed, from_attributes=True) for one in (known.agreements if known else ())]
    events = [entry_fields(one) for one in recorded]
    return ConsentState(contact_id, known is not None and bool(known.suppressions), agreements, events)


async def proven(request: Request, contact_id: str, actor: str) -> Proof:
    """The proof, noted in the audit log: it shows everything there is of a person."""
    ctx: WebContext = request.app.state.ctx
    found = await ctx.db.read(proof_of, ctx.workspace, contact_id, ctx.road.now())
    if found is None:  # erased since it was looked for
        raise missing("There is no such contact.", "contact")
    await ctx.db.write(accounts.write_audit, ctx.workspace, actor, "consent.export", contact_id, ctx.road.now())
    return found
