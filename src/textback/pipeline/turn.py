"""The turn: claim conversations, handle their arrivals in order, and write everything that follows in one transaction.

A crash anywhere before the commit re-runs the turn from the same state; after it, the turn has happened once.
"""

import time
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from textback.compliance.consent import may_send
from textback.compliance.limits import OFF, REPLY, Guard, priority_of
from textback.core.faults import point
from textback.core.ids import new_id
from textback.core.text import segments
from textback.core.tracing import Span, Tracer, link_to
from textback.engine.arrivals import AnyArrival, ApiSend, Message, TimerFired
from textback.engine.bot import Bot
from textback.engine.context import HIDDEN
from textback.engine.effects import (
    CancelQueued,
    CancelTimers,
    Event,
    Mask,
    RecordConsent,
    Send,
    SetTimer,
    UpdateDelivery,
)
from textback.engine.state import State, dump_state, load_state
from textback.engine.step import NONE, Turn
from textback.pipeline import spans
from textback.pipeline.bots import Shelf
from textback.pipeline.claim import LEASE, Claim, Queued, claim_new
from textback.pipeline.consents import LATE, fact_of, record
from textback.pipeline.dead import AGAIN, of_arrival
from textback.pipeline.decide import Standing, decide, failed_turn
from textback.pipeline.lines import Line
from textback.pipeline.quiet import UNASKED, allowed_from
from textback.store import dead, inbox, turns
from textback.store.db import Row, Tx
from textback.store.ledger import Fact, suppressed_since

_arrival = msgspec.json.Decoder(AnyArrival)
_encode = msgspec.json.Encoder().encode
MESSAGE = "message"
"""The kind, in the inbox, of a contact's text."""


class Handled(msgspec.Struct):
    """What a batch of turns did: the arrivals that had their turn, the contacts whose conversation changed, the texts
    that are claimed for posting, whether more are queued, and whether arrivals are left that could not be taken."""

    arrivals: list[str] = []
    contacts: set[str] = set()
    claims: list[Claim] = []
    queued: bool = False
    left: bool = False
    guarded: list[tuple[str, str]] = []  # arrivals that the loop guard met, and their contacts
    failed: list[tuple[str, str]] = []  # arrivals whose turn broke, and why
    outcomes: Mapping[tuple[str, str], int] = {}  # turns by line and what came of them
    refused: Mapping[tuple[str, str], int] = {}  # texts that the gate refused, by line and rule
    spans: list[Span] = []
    given_up: bool = False  # the one arrival of this batch became a dead letter


def read_arrival(data: str) -> AnyArrival | None:
    """An arrival as the inbox keeps it; None for one that can't be read."""
    try:
        found: AnyArrival = _arrival.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return found


class Conversation:
    """One locked conversation while its arrivals are handled."""

    def __init__(self, row: Row[Any]) -> None:
        self.contact_id: str = row.contact_id
        self.bucket: int = row.bucket
        self.state: State = load_state(row.state)
        self.line: str = row.line
        self.address: str = row.address
        self.opted_out: bool = bool(row.opted_out)
        self.unread: int = row.unread
        self.count: int = row.message_count
        self.waiting_since: int | None = row.waiting_since
        self.events: list[Event] = []  # of the turn under way
        self.priority = REPLY  # of the turn under way
        self.last: tuple[str, str, int] = (row.last_text, row.last_author, row.last_at)

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
        }


class Writes:
    """Rows collected by a batch of turns, written table by table at the end: one statement each, however many turns."""

    def __init__(self, workspace: str, now: int) -> None:
        self.workspace = workspace
        self.now = now
        self.messages: list[dict[str, Any]] = []
        self.outbox: list[Queued] = []
        self.log: list[dict[str, Any]] = []
        self.timers: dict[tuple[str, str], dict[str, Any]] = {}
        self.cancels: list[tuple[str, tuple[str, ...]]] = []
        self.consent: list[Fact] = []
        self.suppressed: dict[str, bool] = {}  # where contacts stand by the ledger, if it has grown
        self.started: dict[str, dict[str, Any]] = {}
        self.ended: list[dict[str, Any]] = []
        self.withdrawn: list[tuple[str, str]] = []
        self.deliveries: list[dict[str, Any]] = []
        self.guarded: list[tuple[str, str]] = []
        self.dead: list[dict[str, Any]] = []
        self.failed: list[tuple[str, str]] = []
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()
        self.spans: list[Span] = []

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
        for contact_id, rule in self.withdrawn:
            turns.cancel_queued(tx, [contact_id], rule)
        if self.messages:
            turns.add_messages(tx, self.messages)
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
        if self.dead:
            dead.add(tx, self.dead)


class Turns:
    """Runs turns for one workspace. Stateless between calls but for the shelf of compiled bots."""

    def __init__(
        self,
        workspace: str,
        lines: Mapping[str, Line],
        shelf: Shelf,
        lease: int = LEASE,
        guard: Guard = OFF,
        reply_max_age: int = 0,
        late_after: int = 0,
        tracer: Tracer | None = None,
    ) -> None:
        self._workspace = workspace
        self._tracer = tracer
        self._guard = guard
        self._lease = lease
        self._reply_max_age = reply_max_age
        self._late_after = late_after
        self._lines = lines
        self._shelf = shelf

    def run(self, tx: Tx, now: int, most: int, room: int, shut: Collection[str] = ()) -> Handled:
        """Handle up to `most` arrivals: all that is pending of each conversation that could be locked. Of the texts
        that follow, up to `room` are claimed for posting in the same transaction, but none on the lines in `shut`."""
        rows = inbox.pending(tx, most)
        if not rows:
            return Handled()
        wanted = {row.contact_id for row in rows}
        open_ = {row.contact_id: Conversation(row) for row in turns.lock_conversations(tx, wanted)}
        left = len(rows) >= most or len(open_) < len(wanted)
        if not open_:
            return Handled(left=left)
        point("turn.locked")
        if tx.dialect.name != "sqlite":
            # Between reading and locking, another node may have handled some of these. Ask again under the lock.
            rows = inbox.pending_of(tx, open_)[: most if most == 1 else None]
        began = time.time_ns() if self._tracer is not None else 0
        writes = Writes(self._workspace, now)
        done: list[Row[Any]] = []
        for row in rows:
            conversation = open_.get(row.contact_id)
            if conversation is not None:
                self._turn(tx, conversation, row, writes)
                done.append(row)
        if not done:
            return Handled(left=left)
        claims = claim_new(tx, writes.outbox, self._lines, now, room, self._lease, shut)
        writes.apply(tx)
        for contact_id, suppressed in writes.suppressed.items():
            open_[contact_id].opted_out = suppressed
        turns.save_conversations(tx, [c.saved(now) for c in open_.values()])
        inbox.mark_handled(tx, done, now)
        point("turn.written")
        queued = len(claims) < len(writes.outbox)
        if self._tracer is not None:
            self._trace_batch(self._tracer, writes, claims, began)
        return Handled(
            [row.id for row in done], set(open_), claims, queued, left, writes.guarded, writes.failed, writes.outcomes,
            writes.refused, writes.spans,
        )  # fmt: skip

    def _trace_turn(
        self, row: Row[Any], line: Line | None, turn: Turn | None, writes: Writes, said: int, began: int
    ) -> None:
        """`said` is how many messages the batch had before this turn."""
        if self._tracer is not None and self._tracer.wants(row.id):
            sent = [message for message in writes.messages[said:] if message["direction"] == "out"]
            writes.spans += spans.of_turn(row, line, turn, sent, began, time.time_ns())

    def _trace_batch(self, tracer: Tracer, writes: Writes, claims: list[Claim], began: int) -> None:
        ended = time.time_ns()
        writes.spans += spans.of_claims(tracer, claims, began, ended)
        about = {row["id"]: row["answers"] for row in writes.deliveries if row.get("answers")}
        if about:
            for n, span in enumerate(writes.spans):
                if span.key == spans.TURN and span.trace in about:
                    links = (link_to(about[span.trace], spans.TURN),)
                    writes.spans[n] = msgspec.structs.replace(span, links=links)
            writes.spans += [
                spans.of_status(row["answers"], row["id"], row, ended)
                for row in writes.deliveries
                if row["id"] in about and tracer.wants(row["answers"])
            ]

    def _turn(self, tx: Tx, conversation: Conversation, row: Row[Any], writes: Writes) -> None:
        now = writes.now
        began = time.time_ns() if self._tracer is not None else 0
        said = len(writes.messages)
        before = conversation.state
        line = self._lines.get(row.line)
        sent_at, late = row.received_at, False
        try:
            arrival = _arrival.decode(row.data)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            # Of a kind that only another release knows: it must not stop the others.
            writes.dead.append(of_arrival(writes.key(conversation, row.id), row.line, None, str(error), now))
            writes.failed.append((row.id, "unreadable"))
            writes.outcomes[row.line, "unreadable"] += 1
            self._trace_turn(row, line, None, writes, said, began)
            return
        if isinstance(arrival, Message):
            conversation.line = row.line
            conversation.address = arrival.sender
            if row.kind != AGAIN:
                self._inbound(conversation, row, arrival, writes)
                sent_at = min(arrival.sent_at or row.received_at, row.received_at)
                late = 0 < self._late_after < row.received_at - sent_at
                if late:
                    writes.messages[-1]["source"] = "late"
        elif isinstance(arrival, ApiSend):
            conversation.line = row.line or conversation.line
        elif isinstance(arrival, TimerFired) and arrival.key.startswith(UNASKED):
            later = allowed_from(now, conversation.address, self._shelf.current.timezone)
            if later > now:
                self._set_timer(conversation, SetTimer(arrival.key, later), writes)
                return
        # People try the bot out in the simulator, and quickly.
        guard = OFF if line is None or line.provider.name == "simulator" else self._guard
        overtaken = conversation.opted_out and row.received_at - sent_at > LATE
        overtaken = overtaken and suppressed_since(tx, conversation.contact_id) > sent_at
        standing = Standing(conversation.opted_out, line.keywords if line else {}, sent_at, guard, late, overtaken)
        bot = self._shelf.current
        try:
            older = self._older(tx, before, bot) if before.session or before.parked else NONE
            turn = decide(bot, before, arrival, now, standing, session_id=new_id(), older=older)
        except Exception as error:  # whatever breaks, the text is kept and a person sees it
            turn = failed_turn(before, now, error)
            why = str(turn.events[-1].data["error"])
            writes.dead.append(of_arrival(writes.key(conversation, row.id), row.line, arrival, why, now))
            writes.failed.append((row.id, type(error).__name__))
        conversation.state = turn.state
        conversation.events = []
        for event in turn.events:
            self._event(conversation, row, event, writes)
        # The texts of one turn belong together: they go in the order in which they were said, with the most urgent.
        urgency = [priority_of(effect.message_class) for effect in turn.effects if isinstance(effect, Send)]
        conversation.priority = min(urgency, default=REPLY)
        for effect in turn.effects:
            self._effect(conversation, row, effect, arrival, writes)
        self._log(conversation, row, before, turn, line, writes)
        failed = bool(writes.failed) and writes.failed[-1][0] == row.id
        writes.outcomes[row.line, "failed" if failed else "spoke" if urgency else "silent"] += 1
        self._trace_turn(row, line, turn, writes, said, began)

    def _older(self, tx: Tx, state: State, bot: Bot) -> dict[int, Bot]:
        """The versions that its sessions began with, where they are not the current one."""
        sessions = [*state.parked, state.session] if state.session else state.parked
        return {one.version: self._shelf.get(tx, one.version) for one in sessions if one.version != bot.version}

    def _inbound(self, conversation: Conversation, row: Row[Any], arrival: Message, writes: Writes) -> None:
        conversation.unread += 1
        conversation.count += 1
        conversation.last = (arrival.text, "contact", row.received_at)
        writes.messages.append(
            {
                **writes.key(conversation, row.id),
                "line": row.line,
                "channel": arrival.channel,
                "direction": "in",
                "author": "contact",
                "author_id": "",
                "author_name": "",
                "message_class": "",
                "text": arrival.text,
                "media": _encode(arrival.media).decode() if arrival.media else "[]",
                "segments": 0,
                "status": "received",
                "rule": "",
                "code": "",
                "detail": "",
                "provider_id": arrival.provider_id,
                "source": "",
                "arrival_id": row.id,
                "at": row.received_at,
            }
        )

    @staticmethod
    def _hide(conversation: Conversation, row: Row[Any], writes: Writes) -> None:
        """Keep this turn's text from everybody's eyes."""
        conversation.last = (HIDDEN, *conversation.last[1:])
        for message in reversed(writes.messages):
            if message["id"] == row.id:
                message["text"] = HIDDEN
                break

    def _effect(
        self, conversation: Conversation, row: Row[Any], effect: object, arrival: AnyArrival, writes: Writes
    ) -> None:
        match effect:
            case Send():
                self._send(conversation, row, effect, writes)
            case SetTimer():
                self._set_timer(conversation, effect, writes)
            case Mask():
                self._hide(conversation, row, writes)
            case CancelTimers(keys):
                writes.cancels.append((conversation.contact_id, keys))
                for key in [k for k in writes.timers if k[0] == conversation.contact_id and (not keys or k[1] in keys)]:
                    del writes.timers[key]
            case UpdateDelivery():
                writes.deliveries.append(
                    {
                        **writes.key(conversation, row.id),
                        "provider_id": effect.provider_id,
                        "message_id": effect.message_id,
                        "status": effect.status,
                        "code": effect.code,
                        "detail": effect.detail,
                        "at": writes.now,
                    }
                )
            case RecordConsent():
                self._consent(conversation, row, effect, arrival, writes)
            case CancelQueued(rule):
                writes.withdrawn.append((conversation.contact_id, rule))
                self._withdraw_new(conversation, rule, writes)
            case _:
                raise TypeError(f"no one performs {type(effect).__name__}")

    def _withdraw_new(self, conversation: Conversation, rule: str, writes: Writes) -> None:
        """What earlier turns of this same batch queued is withdrawn as well."""
        mine = {q.row["id"] for q in writes.outbox if q.row["contact_id"] == conversation.contact_id}
        if mine:
            writes.outbox = [q for q in writes.outbox if q.row["id"] not in mine]
            for row in writes.messages:
                if row["id"] in mine:
                    row.update(status="canceled", rule=rule)

    def _send(self, conversation: Conversation, row: Row[Any], send: Send, writes: Writes) -> None:
        id_ = send.message_id or new_id()
        expires_at = send.expires_at
        answers = send.author == "bot" and send.message_class == "conversational" and row.kind in (MESSAGE, AGAIN)
        if answers and expires_at is None and self._reply_max_age:
            expires_at = row.received_at + self._reply_max_age
        gate = may_send(send.message_class, opted_out=conversation.opted_out, expires_at=expires_at, now=writes.now)
        conversation.count += 1
        conversation.last = (send.text, send.author, writes.now)
        line = self._lines.get(conversation.line)
        writes.messages.append(
            {
                **writes.key(conversation, id_),
                "line": conversation.line,
                "channel": line.channel if line else "sms",
                "direction": "out",
                "author": send.author,
                "author_id": send.author_id,
                "author_name": send.author_name,
                "message_class": send.message_class,
                "text": send.text,
                "media": _encode(send.media).decode() if send.media else "[]",
                "segments": segments(send.text).count,
                "status": "queued" if gate.allowed else "blocked" if gate.rule == "O6" else "expired",
                "rule": gate.rule,
                "code": "",
                "detail": "" if gate.allowed else gate.reason,
                "provider_id": None,
                "source": send.source,
                "arrival_id": row.id,
                "at": writes.now,
            }
        )
        if not gate.allowed:
            data = {"rule": gate.rule, "reason": gate.reason, "author": send.author, "message": id_}
            conversation.events.append(Event("send_refused", data))
            writes.refused[conversation.line, gate.rule] += 1
            return
        waiting = {
            **writes.key(conversation, id_),
            "line": conversation.line,
            "recipient": conversation.address,
            "message_class": send.message_class,
            "priority": conversation.priority,
            "state": "queued",
            "attempts": 0,
            "due_at": writes.now,
            "expires_at": expires_at,
            "lease_until": None,
            "fence": 0,
        }
        writes.outbox.append(Queued(waiting, send.text, send.media, row.id))

    def _set_timer(self, conversation: Conversation, effect: SetTimer, writes: Writes) -> None:
        due = effect.due_at
        if effect.key.startswith(UNASKED):
            due = allowed_from(due, conversation.address, self._shelf.current.timezone)
        writes.timers[conversation.contact_id, effect.key] = {
            "bucket": conversation.bucket,
            "contact_id": conversation.contact_id,
            "key": effect.key,
            "workspace": self._workspace,
            "line": conversation.line,
            "due_at": due,
        }

    def _consent(
        self, conversation: Conversation, row: Row[Any], effect: RecordConsent, arrival: AnyArrival, writes: Writes
    ) -> None:
        # Until the ledger has been asked, for what else this batch says to them.
        conversation.opted_out = effect.change == "opt_out" or (conversation.opted_out and effect.change != "re_opt_in")
        brand, number = self._shelf.current.name, conversation.address
        fact = fact_of(effect, arrival, row, workspace=self._workspace, number=number, brand=brand, now=writes.now)
        writes.consent.append(fact)

    def _event(self, conversation: Conversation, row: Row[Any], event: Event, writes: Writes) -> None:
        conversation.events.append(event)
        data = event.data
        if event.kind == "loop_guard":
            writes.guarded.append((row.id, conversation.contact_id))
        elif event.kind == "session_started":
            writes.started[data["session"]] = {
                **writes.key(conversation, data["session"]),
                "flow": data["flow"],
                "version": data["version"],
                "started_at": writes.now,
                "ended_at": None,
                "outcome": "",
            }
        elif event.kind == "session_ended":
            started = writes.started.get(data["session"])
            if started is not None:
                started.update(ended_at=writes.now, outcome=data["outcome"])
            else:
                writes.ended.append(
                    {
                        "b": conversation.bucket,
                        "k": conversation.contact_id,
                        "i": data["session"],
                        "at": writes.now,
                        "o": data["outcome"],
                    }
                )

    def _log(
        self,
        conversation: Conversation,
        row: Row[Any],
        before: State,
        turn: Turn,
        line: Line | None,
        writes: Writes,
    ) -> None:
        """Keep what happened and what was checked; for the simulator also the state before and after, and the
        effects."""
        if not turn.checks and not conversation.events:
            return
        trace: dict[str, Any] | None = None
        if line is not None and line.provider.name == "simulator":
            trace = {"checks": turn.checks, "before": before, "after": turn.state, "effects": turn.effects}
        elif turn.checks:
            trace = {"checks": [check for check in turn.checks if check.reached]}
        writes.log.append(
            {
                **writes.key(conversation, row.id),
                "at": writes.now,
                "events": _encode(conversation.events).decode(),
                "trace": _encode(trace).decode() if trace and turn.checks else "",
            }
        )
