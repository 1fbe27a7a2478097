"""Questions to language models: what was asked, what came, what it cost, and what people made of it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, func, select, update

from textback.core.ids import bucket_of
from textback.core.when import DAY
from textback.store import limits
from textback.store.many import Given, Inserts, Updates, with_keys
from textback.store.tables import messages, model_calls

COUNTER = "models"
"""What models have cost on a day is counted where lines count their segments, in millionths of a US dollar."""
DECIDED = ("approved", "edited", "rejected")

_m, _c = messages.c, model_calls.c

add = Inserts(model_calls)
"""Keep these questions, each with all columns."""

_given = Given(
    b=_c.bucket, k=_c.contact_id, i=_c.id, outcome=_c.outcome, confidence=_c.confidence, evidence=_c.evidence,
    flaws=_c.flaws, decided_by=_c.decided_by, decided_text=_c.decided_text, why=_c.feedback_why,
)  # fmt: skip
note = Updates(
    _given,
    update(model_calls)
    .where(_c.bucket == _given.c.b, _c.contact_id == _given.c.k, _c.id == _given.c.i)
    .values(
        outcome=_given.c.outcome,
        confidence=_given.c.confidence,
        evidence=_given.c.evidence,
        flaws=_given.c.flaws,
        decided_by=_given.c.decided_by,
        decided_text=_given.c.decided_text,
        feedback_why=_given.c.why,
    ),
)
"""Write down what became of replies: rows of b, k, i (the key), outcome, confidence and evidence (thousandths), flaws,
decided_by, decided_text and why."""


def spent(tx: Connection, workspace: str, day: str) -> int:
    """What models have cost on this day (YYYY-MM-DD), in millionths of a US dollar."""
    return limits.used(tx, workspace, day, [COUNTER]).get(COUNTER, 0)


def spend(tx: Connection, workspace: str, day: str, cost: int) -> None:
    """Count what a question has cost."""
    if cost:
        limits.lock(tx, workspace, day, COUNTER)
        limits.add(tx, workspace, day, COUNTER, cost)


_RECENT = (
    select(_m.direction, _m.author, _m.text, _m.at)
    .where(
        _m.bucket == bindparam("b"), _m.contact_id == bindparam("k"), _m.at >= bindparam("since"), _m.text != "",
        _m.status.not_in(("canceled", "failed")),
    )
    .order_by(_m.id.desc())
    .limit(bindparam("most"))
)  # fmt: skip


def recent(tx: Connection, contact_id: str, since: int, most: int) -> list[Row[Any]]:
    """The last texts of a conversation since this time (ms), oldest first: direction, author, text and at. Those that
    never went are left out."""
    given = {"b": bucket_of(contact_id), "k": contact_id, "since": since, "most": most}
    rows: list[Row[Any]] = list(tx.execute(_RECENT, given))
    return rows[::-1]


def of_contact(tx: Connection, contact_id: str, ids: Collection[str]) -> dict[str, Row[Any]]:
    """These questions of one contact, by the id of their job."""
    if not ids:
        return {}
    keys = [(bucket_of(contact_id), contact_id, id_) for id_ in ids]
    return {row.id: row for row in with_keys(tx, list(_c), [_c.bucket, _c.contact_id, _c.id], keys)}


def newest(tx: Connection, workspace: str, since: int, most: int, outcome: str = "") -> list[Row[Any]]:
    """Questions since this time (ms), the newest first."""
    which = [_c.workspace == workspace, _c.at >= since]
    if outcome:
        which.append(_c.outcome == outcome)
    return list(tx.execute(select(model_calls).where(and_(*which)).order_by(_c.at.desc(), _c.id.desc()).limit(most)))


def judged(tx: Connection, workspace: str, since: int, most: int = 2_000) -> list[Row[Any]]:
    """The replies that people have judged since this time (ms), the newest first: persona, confidence, evidence,
    outcome and feedback."""
    query = select(_c.persona, _c.confidence, _c.evidence, _c.outcome, _c.feedback).where(
        _c.workspace == workspace, _c.at >= since, (_c.feedback != "") | _c.outcome.in_(DECIDED)
    )
    rows: list[Row[Any]] = list(tx.execute(query.order_by(_c.at.desc()).limit(most)))
    return rows


def answered_by_people(tx: Connection, workspace: str, since: int, most: int) -> list[Row[Any]]:
    """Questions since this time (ms) that a person answered in a model's place, the newest first: contact_id, id, at,
    prompt and the `answer`: what they sent instead of a draft, or wrote in the day after."""
    after = and_(_m.bucket == _c.bucket, _m.contact_id == _c.contact_id, _m.at > _c.at, _m.at < _c.at + DAY)
    wrote = select(_m.text).where(after, _m.author == "person", _m.text != "").order_by(_m.id).limit(1)
    answer = case((_c.outcome == "edited", _c.decided_text), else_=wrote.correlate(model_calls).scalar_subquery())
    mine = (_c.workspace == workspace, _c.at >= since, _c.contact_id != "")
    query = select(_c.contact_id, _c.id, _c.at, _c.prompt, answer.label("answer")).where(
        *mine, _c.outcome.in_(("edited", "rejected", "escalated", "refused", "")), answer.is_not(None)
    )
    return list(tx.execute(query.order_by(_c.at.desc(), _c.id.desc()).limit(most)))


def totals(tx: Connection, workspace: str, since: int) -> list[Row[Any]]:
    """Questions since this time (ms) by persona and what became of them: how many, and their cost."""
    query = select(
        _c.persona,
        _c.outcome,
        func.count().label("calls"),
        func.sum(_c.cost).label("cost"),
    ).where(_c.workspace == workspace, _c.at >= since)
    return list(tx.execute(query.group_by(_c.persona, _c.outcome).order_by(_c.persona, _c.outcome)))


def rate(tx: Connection, contact_id: str, id_: str, feedback: str, why: str) -> bool:
    """Keep what a person says of a reply: good or wrong, and why. False where there is none of that id."""
    mine = (_c.bucket == bucket_of(contact_id), _c.contact_id == contact_id, _c.id == id_)
    return tx.execute(update(model_calls).where(*mine).values(feedback=feedback, feedback_why=why)).rowcount == 1
