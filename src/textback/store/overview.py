"""What the compliance page counts, each in a bounded number of rows: from the newest on, until there are enough."""

import msgspec
from sqlalchemy import Connection, func, select

from textback.compliance.gate import HOLDS
from textback.compliance.rates import OptOut, Text
from textback.core.when import DAY
from textback.store.many import with_keys
from textback.store.tables import consent_events, consent_heads, conversations, gate_decisions, messages, outbox
from textback.store.tables_desk import audit

TOGETHER = 1_000
"""Conversations whose texts are read in one statement."""
MOST_CONVERSATIONS = 5_000
MOST_TEXTS = 60_000
MOST_DECISIONS = 20_000
MOST_HELD = 2_000
MOST_CHAINS = 100_000
MOST_AUDIT = 20_000
"""How far each is read for one look at the page."""

_a, _c, _e, _g, _h, _m, _o = (
    audit.c, conversations.c, consent_events.c, gate_decisions.c, consent_heads.c, messages.c, outbox.c,
)  # fmt: skip


class Sample(msgspec.Struct, frozen=True):
    """The texts that went since then (ms), and who opted out. `since` is later than was asked for where there were more
    than are read."""

    since: int
    texts: list[Text]
    opt_outs: list[OptOut]


def sample(
    tx: Connection,
    workspace: str,
    since: int,
    most_conversations: int = MOST_CONVERSATIONS,
    most_texts: int = MOST_TEXTS,
) -> Sample:
    """What went and who opted out since then. The conversations in which something happened last come first, so that
    where the reading ends, everything newer has been read. Consent messages don't count, nor opt-outs by a file."""
    query = select(_c.bucket, _c.contact_id, _c.last_at).where(_c.workspace == workspace, _c.last_at >= since)
    who = tx.execute(query.order_by(_c.last_at.desc()).limit(most_conversations + 1)).all()
    reached = since
    if len(who) > most_conversations:
        who, reached = who[:-1], who[-1].last_at + 1
    texts: list[Text] = []
    outs: list[OptOut] = []
    for start in range(0, len(who), TOGETHER):
        some = who[start : start + TOGETHER]
        if len(texts) >= most_texts:
            reached = max(reached, some[0].last_at + 1)
            break
        pairs = [(row.bucket, row.contact_id) for row in some]
        texts += _texts(tx, pairs, since)
        outs += _opt_outs(tx, pairs, since)
    return Sample(
        reached, [text for text in texts if text.at >= reached], [out for out in outs if out.at >= reached]
    )  # fmt: skip


def _texts(tx: Connection, pairs: list[tuple[int, str]], since: int) -> list[Text]:
    # Ids begin with the time they were made at, so the key itself bounds what is read of a long conversation.
    later = f"{max(since - DAY, 0):011x}"
    sent = (_m.id >= later, _m.direction == "out", _m.message_class != "compliance", _m.at >= since)
    went = (*sent, _m.status.not_in(("queued", "canceled", "blocked", "expired")))
    rows = with_keys(
        tx, [_m.contact_id, _m.line, _m.source, _m.at, _m.status], [_m.bucket, _m.contact_id], pairs, *went
    )
    return [Text(row.contact_id, row.line, row.source, row.at, row.status == "filtered") for row in rows]


def _opt_outs(tx: Connection, pairs: list[tuple[int, str]], since: int) -> list[OptOut]:
    theirs = (_e.type == "opt_out", _e.method != "import", _e.occurred_at >= since)
    rows = with_keys(tx, [_e.contact_id, _e.occurred_at], [_e.bucket, _e.contact_id], pairs, *theirs)
    return [OptOut(row.contact_id, row.occurred_at) for row in rows]


class HeldText(msgspec.Struct, frozen=True):
    """A text that waits because of a rule, until then (ms) at least."""

    contact_id: str
    recipient: str
    line: str
    message_class: str
    rule: str
    until: int


def held(tx: Connection, workspace: str, now: int, most: int = MOST_HELD) -> tuple[list[HeldText], bool]:
    """The texts that the gate holds, those that are looked at soonest first, and whether there are more."""
    columns = (_o.bucket, _o.contact_id, _o.id, _o.recipient, _o.line, _o.message_class, _o.due_at)
    query = select(*columns).where(_o.workspace == workspace, _o.state == "queued", _o.due_at > now)
    rows = tx.execute(query.order_by(_o.due_at).limit(most + 1)).all()
    keys = [(row.bucket, row.contact_id, row.id) for row in rows[:most]]
    key = [_m.bucket, _m.contact_id, _m.id]
    found = with_keys(tx, [_m.id, _m.rule], key, keys, _m.rule.in_(sorted(HOLDS))) if keys else []
    rules = {row.id: row.rule for row in found}
    texts = [
        HeldText(row.contact_id, row.recipient, row.line, row.message_class, rules[row.id], row.due_at)
        for row in rows[:most]
        if row.id in rules
    ]
    return texts, len(rows) > most


def decisions(
    tx: Connection, workspace: str, since: int, most: int = MOST_DECISIONS
) -> tuple[list[tuple[str, str, str, int]], bool]:
    """What the gate has decided since then (ms), the newest of it: outcome, rule, class and how often; and whether
    there is more."""
    newest = (
        select(_g.outcome, _g.rule, _g.judged)
        .where(_g.workspace == workspace, _g.at >= since)
        .order_by(_g.at.desc())
        .limit(most)
        .subquery()
    )
    columns = (newest.c.outcome, newest.c.rule, newest.c.judged)
    rows = tx.execute(select(*columns, func.count().label("n")).group_by(*columns)).all()
    found = [(row.outcome, row.rule, row.judged, row.n) for row in rows]
    return found, sum(row[3] for row in found) >= most


def ledger_size(tx: Connection, workspace: str, most: int = MOST_CHAINS) -> tuple[int, int]:
    """How many chains the ledger has, counted to `most`, and how many entries they have together."""
    some = select(_h.entries).where(_h.workspace == workspace).limit(most).subquery()
    row = tx.execute(select(func.count().label("n"), func.sum(some.c.entries).label("entries"))).one()
    return row.n, int(row.entries or 0)


class Noted(msgspec.Struct, frozen=True):
    """A line of the audit log: when (ms), by whom, and its data as JSON."""

    at: int
    actor: str
    data: str


def last_noted(tx: Connection, workspace: str, action: str, most: int = MOST_AUDIT) -> Noted | None:
    """The newest line of this action among the newest of the audit log."""
    newest = (
        select(_a.workspace, _a.action, _a.at, _a.actor, _a.data, _a.id).order_by(_a.id.desc()).limit(most).subquery()
    )
    mine = select(newest).where(newest.c.workspace == workspace, newest.c.action == action)
    row = tx.execute(mine.order_by(newest.c.id.desc()).limit(1)).first()
    return None if row is None else Noted(row.at, row.actor, row.data)


class LastOptOut(msgspec.Struct, frozen=True):
    """An opt-out as the ledger has it: when (ms), by which rule, who understood it as one, and from where."""

    at: int
    rule: str
    matched_by: str
    source: str


def last_opt_out(tx: Connection, bucket: int, contact_id: str) -> LastOptOut | None:
    """The contact's newest opt-out in the ledger."""
    mine = select(_e.occurred_at, _e.rule, _e.matched_by, _e.source).where(
        _e.bucket == bucket, _e.contact_id == contact_id, _e.type == "opt_out"
    )
    row = tx.execute(mine.order_by(_e.occurred_at.desc()).limit(1)).first()
    return None if row is None else LastOptOut(row.occurred_at, row.rule, row.matched_by, row.source)
