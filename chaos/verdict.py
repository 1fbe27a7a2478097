"""What came of every text: read from the database and from what the provider received, when all is quiet."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from chaos.lookup import Lookup
from chaos.traffic import Said, Traffic, message_of
from tests.support.fake_provider import FakeProvider
from textback.core.messages import RANK
from textback.store.db import parse_url

ENDED = {"delivery_failed": "failed", "undelivered": "undelivered", "sent": "sent", "delivered": "delivered"}

_WATCH = "CREATE TABLE chaos_steps (message VARCHAR(32), was VARCHAR(16), now VARCHAR(16))"
_NOTE = "INSERT INTO chaos_steps VALUES (NEW.id, OLD.status, NEW.status);"
_FUNCTION = f"""\
CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF OLD.status <> NEW.status THEN {_NOTE} END IF; RETURN NEW; END $$"""
_WATCHERS = {
    "sqlite": [
        f"CREATE TRIGGER chaos_watch AFTER UPDATE OF status ON messages WHEN OLD.status <> NEW.status BEGIN {_NOTE} END"
    ],
    "postgresql": [
        _FUNCTION,
        "CREATE TRIGGER chaos_watch AFTER UPDATE OF status ON messages FOR EACH ROW EXECUTE FUNCTION chaos_note()",
    ],
}


@contextmanager
def opened(database_url: str) -> Iterator[Connection]:
    """A transaction on a connection of its own."""
    engine = create_engine(parse_url(database_url), poolclass=NullPool)
    try:
        with engine.begin() as tx:
            yield tx
    finally:
        engine.dispose()


def watch(database_url: str) -> None:
    """From now on have the database itself note every change of a message's status."""
    with opened(database_url) as tx:
        tx.execute(text(_WATCH))
        for statement in _WATCHERS[tx.dialect.name]:
            tx.exec_driver_sql(statement)


def unrest(database_url: str) -> dict[str, int]:
    """What is still to be done, by table; empty when all is quiet. Unknown texts wait for nothing."""
    waiting = {
        "arrivals": "handled_at IS NULL",
        "outbox": "state <> 'unknown'",
        "timers": "1 = 1",
        "jobs": "state <> 'dead'",
        "early_statuses": "EXISTS (SELECT 1 FROM messages WHERE messages.bucket = early_statuses.bucket "
        "AND (messages.provider_id = early_statuses.provider_id OR messages.id = early_statuses.message_id))",
    }
    with opened(database_url) as tx:
        counts = {
            name: tx.execute(text(f"SELECT COUNT(*) FROM {name} WHERE {which}")).scalar_one()
            for name, which in waiting.items()
        }
    return {name: count for name, count in counts.items() if count}


@dataclass
class Verdict:
    """What a trial has shown. The lists have a sentence for each thing that must not be; all are empty when all is
    well. `overtaken` counts the texts that may be out of order: see `threads`."""

    texts: int = 0
    acknowledged: int = 0
    turns: int = 0
    replies: int = 0
    unknown: int = 0
    found: int = 0
    not_sent: int = 0
    overtaken: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @property
    def wrongs(self) -> list[str]:
        """All that must not be."""
        return [*self.lost, *self.doubled, *self.disordered, *self.other]


def judge(database_url: str, traffic: Traffic, fake: FakeProvider, lookup: Lookup, asked: Collection[str]) -> Verdict:
    """Look at every text, every reply, every POST, every change of status and every result of an action. `lookup` has
    settled the unknown; `asked` are the keys under which the other system was asked."""
    with opened(database_url) as tx:
        arrivals = _all(tx, "SELECT id, contact_id, kind, provider_id, handled_at FROM arrivals ORDER BY id")
        messages = _all(
            tx,
            "SELECT id, contact_id, direction, provider_id, arrival_id, status, text FROM messages "
            "ORDER BY contact_id, id",
        )
        steps = _all(tx, "SELECT message, was, now FROM chaos_steps")
        ended = {row.id for row in _all(tx, "SELECT id FROM sessions WHERE ended_at IS NOT NULL")}
        dead = _all(tx, "SELECT id, attempts, reason, detail FROM dead_letters WHERE kind = 'job'")
    verdict = Verdict(len(traffic.said), sum(said.acknowledged for said in traffic.said.values()))
    verdict.other += traffic.wrong
    replies: defaultdict[str, list[Any]] = defaultdict(list)
    for row in messages:
        if row.direction == "out":
            replies[row.arrival_id].append(row)
    _texts(verdict, traffic.said, arrivals, messages, replies)
    threads(verdict, traffic.said, messages, replies)
    _posts(verdict, messages, fake, lookup)
    _climbs(verdict, traffic, messages, steps)
    verdict.other += [
        f"job {row.id} was given up after {row.attempts} tries: {row.reason} {row.detail}" for row in dead
    ]
    verdict.other += _actions({row.provider_id for row in arrivals if row.kind == "job_result"}, ended, asked)
    return verdict


def _actions(heard: Collection[str], ended: Collection[str], asked: Collection[str]) -> list[str]:
    """Of each action that was asked for the result was heard. A session that a newer text ends takes its job away, and
    a server that died may have asked for it already: of that one alone nothing is heard."""
    wrong = []
    found = set()
    for key in asked:
        session, _, visit = key.split(".")
        job = f"{session}-{visit}"
        found.add(job)
        if job not in heard and session not in ended:
            wrong.append(f"action {key} was asked for, and its result not heard")
    return wrong + [f"a result of {job} was heard that nobody asked for" for job in heard if job not in found]


def _all(tx: Connection, query: str) -> list[Any]:
    return list(tx.execute(text(query)))


def _texts(
    verdict: Verdict, said: Mapping[str, Said], arrivals: list[Any], messages: list[Any], replies: Mapping[str, Any]
) -> None:
    """Every acknowledged text has exactly one turn, and so one reply; every other arrival has at most one."""
    stored = Counter(row.provider_id for row in messages if row.direction == "in")
    verdict.turns = sum(stored.values())
    for id_, text_ in said.items():
        if text_.acknowledged and not stored[id_]:
            verdict.lost.append(f"text {text_.n} of contact {text_.contact[-4:]} was acknowledged and has no turn")
        if stored[id_] > 1:
            verdict.doubled.append(f"text {text_.n} of contact {text_.contact[-4:]} had {stored[id_]} turns")
    verdict.other += [f"a text that nobody sent: {id_}" for id_ in stored if id_ not in said]
    for row in arrivals:
        count = len(replies.get(row.id, ()))
        if row.handled_at is None:
            verdict.lost.append(f"{row.kind} {row.id} has had no turn")
        elif row.kind == "message" and count == 0:
            verdict.lost.append(f"text {row.provider_id} has had a turn and no reply")
        if count > 1:
            verdict.doubled.append(f"{row.kind} {row.id} has {count} replies")
        if row.kind.startswith("status/") and count:
            verdict.other.append(f"{row.kind} {row.id} was answered")
    known = {row.id for row in arrivals}
    verdict.other += [f"a reply to nothing: {id_}" for id_ in replies if id_ not in known]


def threads(verdict: Verdict, said: Mapping[str, Said], messages: list[Any], replies: Mapping[str, list[Any]]) -> None:
    """The bot counts: the number in the reply to a text says which turn of its conversation it was. A text that waits
    in the spool of one of several servers may be overtaken by one that another server takes in."""
    for contact, rows in itertools.groupby(messages, key=lambda row: str(row.contact_id)):
        turned = [
            (row, replies[row.id][0]) for row in rows if row.direction == "in" and len(replies.get(row.id, ())) == 1
        ]
        numbers = [_number(reply.text) for _, reply in turned]
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            verdict.other.append(f"contact {contact}: the bot counted {numbers}")
        heard = [
            (said[row.provider_id], number)
            for (row, _), number in zip(turned, numbers, strict=True)
            if row.provider_id in said and said[row.provider_id].acknowledged
        ]
        for (first, number), (second, next_number) in itertools.pairwise(heard):
            if second.n > first.n and next_number > number:
                continue
            if first.spooled:
                verdict.overtaken += 1
            else:
                verdict.disordered.append(f"contact {contact}: text {second.n} came after text {first.n}")


def _number(reply: str) -> int:
    """The number in "Number 7."."""
    words = reply.removesuffix(".").split()
    return int(words[-1]) if words and words[-1].isdigit() else 0


def _posts(verdict: Verdict, messages: list[Any], fake: FakeProvider, lookup: Lookup) -> None:
    """Every reply was taken once, in the order of its thread, or was unknown; what was taken is known by now; nothing
    else was posted."""
    taken = Counter(message_of(posted) for posted in fake.taken.values())
    outgoing = {row.id: row for row in messages if row.direction == "out"}
    verdict.replies = len(taken)
    verdict.unknown = len(lookup.unknown)
    verdict.found = len(lookup.found)
    verdict.not_sent = len(lookup.not_sent)
    verdict.other += [f"reply {id_} was taken and was called not sent" for id_ in lookup.not_sent if id_ in taken]
    verdict.other += [f"reply {id_} was not taken and was found" for id_ in lookup.found if id_ not in taken]
    verdict.doubled += [f"reply {id_} was taken {count} times" for id_, count in taken.items() if count > 1]
    asked = {message_of(posted) for posted in fake.posts}
    verdict.other += [f"a POST about no message: {id_!r}" for id_ in asked if id_ not in outgoing]
    for id_, row in outgoing.items():
        if id_ in taken and row.status == "unknown":
            verdict.lost.append(f"reply {id_} was taken, and is unknown although the provider lists it")
        if id_ not in taken and row.status != "unknown" and id_ not in lookup.not_sent:
            verdict.lost.append(f"reply {id_} is {row.status} and was never taken")
        if id_ in taken and row.status == "queued":
            verdict.lost.append(f"reply {id_} was taken and is still queued")
    last: dict[str, str] = {}
    for posted in fake.taken.values():
        id_ = message_of(posted)
        if id_ in outgoing:
            contact = outgoing[id_].contact_id
            if id_ < last.get(contact, ""):
                verdict.disordered.append(f"reply {id_} was posted after {last[contact]}")
            last[contact] = max(id_, last.get(contact, ""))


def _climbs(verdict: Verdict, traffic: Traffic, messages: list[Any], steps: list[Any]) -> None:
    """No status ever went back, and every message has the highest that was acknowledged."""
    for step in steps:
        if RANK[step.now] <= RANK[step.was]:
            verdict.other.append(f"message {step.message} went from {step.was} back to {step.now}")
    status = {row.id: row.status for row in messages}
    for id_, heard in traffic.statuses.items():
        best = max(RANK[ENDED[step]] for step in heard)
        if RANK[status.get(id_, "queued")] < best:
            verdict.lost.append(f"message {id_} is {status.get(id_)} and was reported as {' and '.join(heard)}")
