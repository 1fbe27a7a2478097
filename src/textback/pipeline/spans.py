"""What the road notes of a text for its trace. Pure: times and ids come in, spans come out.

accept: webhook → store. turn → gate, claim → post, status; each claim is an attempt with a post of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from textback.channels.base import Accepted, Failure
from textback.core.tracing import Link, Span, Tracer, Value, link_to
from textback.engine.step import Turn
from textback.pipeline.claim import Claim, Refusal
from textback.pipeline.lines import Line
from textback.store.db import Row
from textback.store.inbox import Incoming

WEBHOOK, STORE, TURN = "webhook", "store", "turn"
REDRIVEN = "again"
"""The kind, in the inbox, of an arrival that was redriven: `provider_id` is then the first one's id."""


def kind_of(kind: str) -> str:
    """The kind of an arrival in a word: a status carries more in the inbox."""
    return kind.split("/", 1)[0]


def of_webhook(
    ids: Sequence[str], line: Line, begin: int, end: int, status: int, error: str, links: tuple[Link, ...]
) -> list[Span]:
    """A request of a provider: one span for each arrival that came with it."""
    attributes: dict[str, Value] = {
        "http.request.method": "POST",
        "http.route": f"/webhooks/{line.name}",
        "http.response.status_code": status,
        "textback.line": line.name,
        "textback.provider": line.provider.name,
    }
    return [Span(id_, WEBHOOK, "webhook", begin, end, "", "server", attributes, error, links) for id_ in ids]


def of_storing(
    tracer: Tracer, items: Sequence[Incoming], begin: int, end: int, *, webhook: bool, spooled: bool
) -> list[Span]:
    """Arrivals that are durable now, in the database or in the spool."""
    return [
        Span(
            item.id,
            STORE,
            "store",
            begin,
            end,
            WEBHOOK if webhook else "",
            attributes={
                "textback.line": item.line,
                "textback.arrival.kind": kind_of(item.kind),
                "textback.spooled": spooled,
            },
        )
        for item in items
        if tracer.wants(item.id)
    ]


def of_turn(
    row: Row[Any], line: Line | None, turn: Turn | None, sent: Sequence[Mapping[str, Any]], begin: int, end: int
) -> list[Span]:
    """A turn, and the gate's answer to each text that it queued; None is an arrival that could not be read."""
    attributes: dict[str, Value] = {
        "textback.line": row.line,
        "textback.provider": line.provider.name if line else "",
        "textback.arrival.kind": kind_of(row.kind),
        "textback.texts": len(sent),
    }
    error = "unreadable arrival" if turn is None else ""
    if turn is not None:
        attributes |= _decided(turn)
        failed = next((event for event in turn.events if event.kind == "turn_failed"), None)
        if failed is not None:
            error = "turn failed"
    stored = row.kind not in ("timer", REDRIVEN) and not row.provider_id.startswith("refused-")
    links = (link_to(row.provider_id, TURN),) if row.kind == REDRIVEN else ()
    spans = [Span(row.id, TURN, "turn", begin, end, STORE if stored else "", "internal", attributes, error, links)]
    return spans + [_gate(row.id, message, end) for message in sent]


def _decided(turn: Turn) -> dict[str, Value]:
    """What decided a turn, its rule, and the flow that the conversation is in."""
    found: dict[str, Value] = {}
    hit = next((check.name for check in turn.checks if check.hit), "")
    if hit:
        found["textback.decided_by"] = hit
    for event in turn.events:
        if "rule" in event.data:
            found["textback.rule"] = str(event.data["rule"])
        if "flow" in event.data:
            found["textback.flow"] = str(event.data["flow"])
    if turn.state.session is not None:
        found["textback.flow"] = turn.state.session.flow
    return found


def _gate(trace: str, message: Mapping[str, Any], at: int) -> Span:
    allowed = message["status"] in ("queued", "canceled")  # withdrawn by a later turn of the same batch
    attributes: dict[str, Value] = {
        "textback.message": message["id"],
        "textback.message.class": message["message_class"],
        "textback.author": message["author"],
        "textback.allowed": allowed,
        "textback.rule": message["rule"],
    }
    return Span(trace, f"{message['id']}/gate", "gate", at, at, TURN, attributes=attributes)


def of_refusals(tracer: Tracer, refusals: Sequence[Refusal], at: int) -> list[Span]:
    """The gate's answer to texts that were about to be posted, where it is no."""
    return [
        Span(
            one.arrival_id,
            f"{one.id}/gate/posting",
            "gate",
            at,
            at,
            TURN,
            attributes={"textback.message": one.id, "textback.allowed": False, "textback.rule": one.rule},
        )
        for one in refusals
        if one.arrival_id and tracer.wants(one.arrival_id)
    ]


def of_claims(tracer: Tracer, claims: Sequence[Claim], begin: int, end: int) -> list[Span]:
    """Texts that are this node's to post."""
    return [
        Span(
            mine.arrival_id,
            f"{mine.id}/claim/{mine.attempts}",
            "claim",
            begin,
            end,
            TURN,
            attributes={
                "textback.message": mine.id,
                "textback.line": mine.line,
                "textback.attempt": mine.attempts,
                "textback.fence": mine.fence,
            },
        )
        for mine in claims
        if mine.arrival_id and tracer.wants(mine.arrival_id)
    ]


def of_post(
    mine: Claim, line: Line | None, result: Accepted | Failure, status: int, begin: int, end: int
) -> list[Span]:
    """One request to a provider; `status` is the HTTP status of its answer, 0 when there was none."""
    attributes: dict[str, Value] = {
        "textback.message": mine.id,
        "textback.line": mine.line,
        "textback.provider": line.provider.name if line else "",
        "textback.attempt": mine.attempts,
        "http.request.method": "POST",
    }
    if status:
        attributes["http.response.status_code"] = status
    error = ""
    if isinstance(result, Failure):
        error = f"{result.kind} {result.code}".strip()
        attributes |= {"textback.failure": result.kind, "textback.failure.code": result.code}
    else:
        attributes["textback.provider.message"] = result.provider_id
    key = f"{mine.id}/post/{mine.attempts}"
    above = f"{mine.id}/claim/{mine.attempts}"
    return [Span(mine.arrival_id, key, "POST", begin, end, above, "client", attributes, error)]


def of_status(arrival_id: str, callback: str, arrival: Mapping[str, Any], at: int) -> Span:
    """A delivery status, in the trace of the text that it is about, with a link to the callback's own trace."""
    attributes: dict[str, Value] = {
        "textback.status": arrival["status"],
        "textback.failure.code": arrival["code"] or "",
    }
    error = arrival["status"] if arrival["status"] in ("undelivered", "failed", "filtered") else ""
    links = (link_to(callback, TURN),)
    return Span(
        arrival_id, f"{callback}/status", "status", at, at, TURN, attributes=attributes, error=error, links=links
    )
