"""What a batch of turns works on and writes: locked conversations, and the rows that follow, table by table."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from textback.compliance.limits import REPLY
from textback.core.messages import Channel
from textback.core.tracing import Span
from textback.engine.effects import Event, Send
from textback.engine.state import State, dump_state, load_state
from textback.pipeline.claim import Queued
from textback.pipeline.consents import record
from textback.pipeline.gating import Ahead
from textback.pipeline.handing import keep_handoffs
from textback.pipeline.lines import Line
from textback.pipeline.masking import Hidden
from textback.store import dead, events, jobs, media, models, short_links, turns, webchat
from textback.store import gate as gate_store
from textback.store.db import Row, Tx
from textback.store.ledger import Fact
from textback.store.values import BAD_NUMBER

RANKS = {"normal": 0, "high": 1, "urgent": 2}
"""How urgent a conversation is, as lists sort it."""
ALWAYS = 2**53
"""Snoozed until they text: after all times."""


class Conversation:
    """One locked conversation while its arrivals are handled."""

    def __init__(self, row: Row[Any]) -> None:
        self.contact_id: str = row.contact_id
        self.bucket: int = row.bucket
        self.state: State = load_state(row.state)
        self.known = (dict(self.state.fields), list(self.state.tags), self.state.bad_number)  # as their values are kept
        self.line: str = row.line
        self.address: str = row.address
        self.opted_out: bool = bool(row.opted_out)
        self.unread: int = row.unread
        self.count: int = row.message_count
        self.waiting_since: int | None = row.waiting_since
        self.events: list[Event] = []  # of the turn under way
        self.priority = REPLY  # of the turn under way
        self.hidden: Hidden = ()  # what the turn under way must not write down
        self.said: list[Queued] = []  # the bot's answers of the turn under way
        self.standing: list[Queued] = []  # those of earlier turns of this batch that a newer answer may withdraw
        self.last: tuple[str, str, int] = (row.last_text, row.last_author, row.last_at)

    @property
    def told_more(self) -> bool:
        """Whether more, or something else, is known of the contact than when it was locked."""
        return (self.state.fields, self.state.tags, self.state.bad_number) != self.known

    @property
    def values(self) -> Mapping[str, Any]:
        """What they are found by: fields, and why their number is bad where it is."""
        bad = self.state.bad_number
        return self.state.fields if bad is None else {**self.state.fields, BAD_NUMBER: bad.why}

    def channel(self, line: Line | None) -> Channel:
        """How a text of ours goes on its line."""
        return line.reply_channel(self.state.channel) if line else "sms"

    def saved(self, now: int) -> dict[str, Any]:
        """The row to write back."""
        state = self.state
        waiting = state.episode.status == "waiting_on_agent"
        return {
            "b_bucket": self.bucket,
            "b_contact": self.contact_id,
            "state": dump_state(state),
            "status": state.episode.status,
            "owner_kind": state.owner.kind,
            "owner_id": state.owner.user_id,
            "line": self.line,
            "address": self.address,
            "last_text": self.last[0],
            "last_author": self.last[1],
            "last_at": self.last[2],
            "waiting_since": (self.waiting_since or now) if waiting else None,
            "unread": self.unread,
            "message_count": self.count,
            "opted_out": self.opted_out,
            "priority": RANKS[state.priority],
            "snoozed_until": None if state.snoozed is None else state.snoozed.until or ALWAYS,
        }


class Said(msgspec.Struct, frozen=True):
    """What became of a program's text in its turn: the message's row, empty where it could not be written out, when it
    may go (ms) where it waits, and whether it is to go later."""

    row: Mapping[str, Any]
    due_at: int = 0
    later: bool = False
    why: str = ""


class Writes:
    """Rows collected by a batch of turns, written table by table at the end: one statement each, however many turns."""

    def __init__(self, workspace: str, now: int, tx: Tx) -> None:
        self.workspace = workspace
        self.now = now
        self.tx = tx  # for what only some turns must read
        self.decisions: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.outbox: list[Queued] = []
        self.log: list[dict[str, Any]] = []
        self.timers: dict[tuple[str, str], dict[str, Any]] = {}
        self.cancels: list[tuple[str, tuple[str, ...]]] = []
        self.consent: list[Fact] = []
        self.suppressed: dict[str, bool] = {}  # where contacts stand by the ledger, if it has grown
        self.started: dict[str, dict[str, Any]] = {}
        self.ended: list[dict[str, Any]] = []
        self.links: list[dict[str, Any]] = []
        self.withdrawn: list[tuple[str, str, str]] = []
        self.deliveries: list[dict[str, Any]] = []
        self.guarded: list[tuple[str, str]] = []
        self.dead: list[dict[str, Any]] = []
        self.jobs: list[dict[str, Any]] = []
        self.replies: list[dict[str, Any]] = []
        self.failed: list[tuple[str, str]] = []
        self.kept: set[str] = set()  # failed arrivals that can be taken in again as they came
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()
        self.limits: Counter[tuple[str, str]] = Counter()  # of queues, that passed
        self.spans: list[Span] = []
        self.answered: dict[str, list[Queued]] = {}
        self.happened: list[events.Happened] = []
        self.ahead = Ahead()  # contacts that the gate need not look up one by one
        self.said: dict[str, Said] = {}  # what became of programs' texts, by arrival
        self.details: list[dict[str, Any]] = []
        self.offers: list[dict[str, Any]] = []  # of texts that a page of ours shows
        self.files: list[dict[str, Any]] = []  # that came with texts, to be fetched
        self.handoffs: dict[str, Conversation] = {}  # whose hand-over has changed

    def key(self, conversation: Conversation, id_: str) -> dict[str, Any]:
        """The columns that every per-conversation row begins with."""
        return {
            "bucket": conversation.bucket,
            "id": id_,
            "workspace": self.workspace,
            "contact_id": conversation.contact_id,
        }

    def apply(self, tx: Tx) -> None:
        """Write everything. Withdrawals come before new rows, so that a confirmation is not withdrawn with the rest."""
        for contact_id, rule, author in self.withdrawn:
            turns.cancel_queued(tx, [contact_id], rule, author)
        if self.messages:
            turns.add_messages(tx, self.messages)
        self._note_events(tx)
        if self.handoffs:
            keep_handoffs(tx, self.workspace, self.handoffs.values())
        if self.details:
            turns.add_details(tx, self.details)
        if self.files:
            media.add(tx, self.files)
        if self.offers:
            webchat.add_offers(tx, self.offers)
        if self.outbox:
            turns.add_outbox(tx, [queued.row for queued in self.outbox])
        if self.log:
            turns.add_turns(tx, self.log)
        if self.cancels:
            turns.cancel_timers(tx, self.cancels)
        if self.timers:
            turns.set_timers(tx, list(self.timers.values()))
        if self.started:
            turns.start_sessions(tx, list(self.started.values()))
        if self.ended:
            turns.end_sessions(tx, self.ended)
        if self.consent:
            self.suppressed = record(tx, self.consent, self.messages)
        if self.deliveries:
            lost = turns.update_delivery(tx, self.deliveries)
            if lost:
                turns.keep_early(tx, lost)
        if self.links:
            short_links.add(tx, self.links)
        if self.dead:
            dead.add(tx, self.dead)
        if self.jobs:
            jobs.add(tx, self.jobs)
        if self.replies:
            models.note(tx, self.replies)
        if self.decisions:
            gate_store.add(tx, self.decisions)

    def _note_events(self, tx: Tx) -> None:
        """What other programs are told of. Our texts that go no further come last, as they were decided upon last."""
        for row in self.messages:
            if row["status"] in ("blocked", "canceled"):
                kind = events.OF_STATUS[row["status"]]
                self.happened.append(events.Happened(row["contact_id"], kind, row["id"]))
        if self.happened:
            events.note(tx, self.happened)


def text_row(
    send: Send, key: Mapping[str, Any], line: str, channel: str, parts: int, verdict: tuple[str, str, str], now: int
) -> dict[str, Any]:
    """The row of a text of ours. `key` has the columns that every row of a conversation begins with, and its
    arrival_id; the `verdict` is its status, the rule and the reason."""
    status, rule, detail = verdict
    return {
        **key,
        "line": line,
        "channel": channel,
        "direction": "out",
        "author": send.author,
        "author_id": send.author_id,
        "author_name": send.author_name,
        "message_class": send.message_class,
        "text": send.text,
        "media": msgspec.json.encode(send.media).decode() if send.media else "[]",
        "segments": parts,
        "status": status,
        "rule": rule,
        "code": "",
        "detail": detail,
        "provider_id": None,
        "source": send.source,
        "at": now,
    }
