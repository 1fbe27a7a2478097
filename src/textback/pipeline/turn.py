"""The turn: claim conversations, handle their arrivals in order, and write everything that follows in one transaction.

A crash anywhere before the commit re-runs the turn from the same state; after it, the turn has happened once.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from textback.compliance.gate import permit
from textback.compliance.limits import OFF, REPLY, Guard, priority_of
from textback.core.faults import point
from textback.core.ids import new_id
from textback.core.offer import dump_offer
from textback.core.text import segments
from textback.core.tracing import Span, Tracer, link_to
from textback.engine import by_text
from textback.engine.arrivals import AgentReply, AnyArrival, ApiSend, ContactChange, Message, TimerFired
from textback.engine.bot import Bot
from textback.engine.context import HIDDEN
from textback.engine.effects import (
    CancelQueued,
    CancelTimers,
    Check,
    Event,
    Mask,
    NoteReply,
    Perform,
    RecordConsent,
    Send,
    SetTimer,
    UpdateDelivery,
)
from textback.engine.state import State
from textback.engine.step import NONE, Turn
from textback.pipeline import bursts, media, newer, parts, spans
from textback.pipeline.bots import Shelf
from textback.pipeline.bursts import MESSAGE
from textback.pipeline.claim import LEASE, Claim, Queued, claim_new
from textback.pipeline.consents import LATE, fact_of
from textback.pipeline.dead import AGAIN, of_arrival
from textback.pipeline.decide import Standing, asks_for_secret, decide, failed_turn
from textback.pipeline.erase import take_home
from textback.pipeline.gating import ANSWERS, Gatekeeper, Wish
from textback.pipeline.handing import changed
from textback.pipeline.happened import public
from textback.pipeline.jobs import of_perform, of_reply
from textback.pipeline.lines import Line
from textback.pipeline.masking import Hidden, hide, hide_in_handoff, masked
from textback.pipeline.quiet import UNASKED, allowed_from
from textback.pipeline.readings import REST, Readings, ReadingWanted, Wanted
from textback.pipeline.resting import Resting
from textback.pipeline.shortener import RULE as TOO_LONG
from textback.pipeline.shortener import Shortener, too_long
from textback.pipeline.writes import Conversation, Said, Writes, text_row
from textback.store import contacts, inbox, turns, values
from textback.store import gate as gate_store
from textback.store.db import Row, Tx
from textback.store.events import Happened
from textback.store.ledger import suppressed_since

_arrival = msgspec.json.Decoder(AnyArrival)
_encode = msgspec.json.Encoder().encode


SEND = "api_send"
"""The kind of a program's text in the inbox."""


class Handled(msgspec.Struct):
    """What a batch of turns did: the arrivals that had their turn, the contacts whose conversation changed, the texts
    that are claimed for posting, whether more are queued, and whether arrivals are left that could not be taken."""

    arrivals: list[str] = []
    contacts: set[str] = set()
    claims: list[Claim] = []
    queued: bool = False
    jobs: frozenset[int] = frozenset()  # when (ms) what other systems are to be asked for, files too, is due
    left: bool = False
    guarded: list[tuple[str, str]] = []  # arrivals that the loop guard met, and their contacts
    failed: list[tuple[str, str]] = []  # arrivals whose turn broke, and why
    outcomes: Mapping[tuple[str, str], int] = {}  # turns by line and what came of them
    refused: Mapping[tuple[str, str], int] = {}  # texts that the gate refused, by line and rule
    limits: Mapping[tuple[str, str], int] = {}  # limits that passed, by queue and limit
    spans: list[Span] = []
    strays: Collection[str] = ()  # erased contacts for whom something came
    given_up: bool = False  # the one arrival of this batch became a dead letter
    said: Mapping[str, Said] = {}  # what became of programs' texts, by arrival
    unread: list[tuple[str, Wanted]] = []  # contacts whose turn waits for the reading of a text
    look_at: int = 0  # when the next burst is over, in ms


def read_arrival(data: str) -> AnyArrival | None:
    """An arrival as the inbox keeps it; None for one that can't be read."""
    try:
        found: AnyArrival = _arrival.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return found


class Turns:
    """Runs turns for one workspace. Stateless between calls but for the shelf of compiled bots."""

    def __init__(
        self,
        workspace: str,
        lines: Mapping[str, Line],
        shelf: Shelf,
        gate: Gatekeeper,
        lease: int = LEASE,
        guard: Guard = OFF,
        reply_max_age: int = 0,
        late_after: int = 0,
        tracer: Tracer | None = None,
        shortener: Shortener | None = None,
        redact: bool = True,
        files: bool = False,
    ) -> None:
        self._files = files
        self._shortener = shortener or Shortener()
        self._workspace = workspace
        self._redact = redact
        self._tracer = tracer
        self._guard = guard
        self._lease = lease
        self._reply_max_age = reply_max_age
        self._late_after = late_after
        self._lines = lines
        self._shelf = shelf
        self._gate = gate
        self.readings = Readings()
        self.resting = Resting()
        self._parted = parts.parted_lines(lines)

    def run(self, tx: Tx, now: int, most: int, room: int, shut: Collection[str] = ()) -> Handled:
        """Handle up to `most` arrivals: all that is pending of each conversation that could be locked. Of the texts
        that follow, up to `room` are claimed for posting in the same transaction, but none on the lines in `shut`."""
        rows = inbox.pending(tx, most, self.resting.ids(now) if self.resting and most > 1 else ())
        if not rows:
            return Handled()
        wanted = {row.contact_id for row in rows}
        open_ = {row.contact_id: Conversation(row) for row in turns.lock_conversations(tx, wanted)}
        left = len(rows) >= most or len(open_) < len(wanted)
        if not open_:
            return Handled(left=left)
        point("turn.locked")
        if tx.dialect.name != "sqlite" or (self.resting and self.resting.any(open_)):
            # Between reading and locking, another node may have handled some of these. Ask again under the lock. And
            # what rests comes before what has come since.
            rows = inbox.pending_of(tx, open_)[: most if most == 1 else None]
        began = time.time_ns() if self._tracer is not None else 0
        writes = Writes(self._workspace, now, tx)
        done: list[Row[Any]] = []
        strays: set[str] = set()
        again = False
        unread: dict[str, Wanted] = {}
        plan = bursts.NONE
        if self._shelf.current.burst and most > 1 and not self.resting.full:
            plan = bursts.gather(rows, open_, self._lines, self._shelf.current, now, self._late_after)
        if self._parted and most > 1 and not self.resting.full:
            homes = [contact_id for contact_id, one in open_.items() if one.address]
            plan = parts.gather(rows, self._parted, homes, now, plan)
        sends = [(open_[row.contact_id], row.data) for row in rows if row.kind == SEND and row.contact_id in open_]
        if sends:
            who = {(c.bucket, c.contact_id): c.address for c, _ in sends}
            # The class that is left out of an arrival is promotional.
            selling = {(c.bucket, c.contact_id) for c, data in sends if '"message_class":' not in data}
            writes.ahead = self._gate.ahead(tx, who, selling, now)
        for row in rows:
            conversation = open_.get(row.contact_id)
            if conversation is None or row.contact_id in unread or row.id in plan.waiting or row.id in plan.joined:
                continue
            if not conversation.address:
                strays.add(row.contact_id)
                again = take_home(tx, self._workspace, row, now) or again
                done.append(row)
                continue
            earlier = plan.earlier.get(row.id, ())
            try:
                self._turn(tx, conversation, row, writes, earlier)
            except ReadingWanted as needs:
                unread[row.contact_id] = needs.wanted
            else:
                done += [one for one, _ in earlier]
                done.append(row)
        look_at = min(plan.until.values(), default=0)
        if unread or plan.until:
            self.resting.take(rows, done, {**plan.until, **dict.fromkeys(unread, now + REST)})
            open_ = {row.contact_id: open_[row.contact_id] for row in done}
        if not done:
            return Handled(left=left, unread=list(unread.items()), look_at=look_at)
        under_way = newer.settle(tx, writes) if writes.outbox and (room or writes.answered) else ()
        claims = claim_new(writes.outbox, self._lines, now, room, self._lease, shut, under_way)
        writes.apply(tx)
        for contact_id, suppressed in writes.suppressed.items():
            open_[contact_id].opted_out = suppressed
        turns.save_conversations(tx, [c.saved(now) for c in open_.values() if c.address])
        known = [(c.bucket, c.contact_id, c.values, c.state.tags) for c in open_.values() if c.told_more]
        if known:
            values.keep(tx, self._workspace, known)
        inbox.mark_handled(tx, done, now, writes.kept)
        point("turn.written")
        queued = len(claims) < len(writes.outbox)
        due = frozenset([job["due_at"] for job in writes.jobs] + [file["due_at"] for file in writes.files])
        if self._tracer is not None:
            self._trace_batch(self._tracer, writes, claims, began)
        return Handled(
            [row.id for row in done], set(open_), claims, queued, due, left or again, writes.guarded, writes.failed,
            writes.outcomes, writes.refused, spans=writes.spans, strays=strays,
            said=writes.said, unread=list(unread.items()), look_at=look_at, limits=writes.limits,
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

    def _turn(
        self, tx: Tx, conversation: Conversation, row: Row[Any], writes: Writes, earlier: Sequence[bursts.Text] = ()
    ) -> None:
        """`earlier` are texts that are heard together with this one. Raises ReadingWanted, having changed nothing."""
        now = writes.now
        began = time.time_ns() if self._tracer is not None else 0
        said = len(writes.messages)
        before = conversation.state
        line = self._lines.get(row.line)
        sent_at, late = row.received_at, False
        conversation.hidden = ()
        try:
            arrival = _arrival.decode(row.data)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            # Of a kind that only another release knows: it must not stop the others.
            writes.dead.append(of_arrival(writes.key(conversation, row.id), row.line, None, str(error), now))
            writes.kept.add(row.id)
            writes.failed.append((row.id, "unreadable"))
            writes.outcomes[row.line, "unreadable"] += 1
            self._trace_turn(row, line, None, writes, said, began)
            return
        if isinstance(arrival, Message):
            if row.kind != AGAIN:
                sent_at, late = bursts.sent(row, arrival, self._late_after)
        elif isinstance(arrival, TimerFired) and arrival.key.startswith(UNASKED):
            later = allowed_from(now, conversation.address, self._shelf.current.timezone, self._gate.policy)
            if later > now:
                self._set_timer(conversation, SetTimer(arrival.key, later), writes)
                return
        # People try the bot out in the simulator, and quickly.
        guard = OFF if line is None or line.provider.name == "simulator" else self._guard
        overtaken = conversation.opted_out and row.received_at - sent_at > LATE
        overtaken = overtaken and suppressed_since(tx, conversation.contact_id) > sent_at
        words, bad = (line.keywords, line.bad_numbers) if line else ({}, {})
        standing = Standing(conversation.opted_out, words, sent_at, guard, late, overtaken, bad)
        bot = self.readings.served(self._shelf.current)
        if earlier and isinstance(arrival, Message) and arrival.part is not None:
            arrival, earlier = parts.whole(earlier, arrival), ()
        alone = arrival
        if earlier and isinstance(arrival, Message):
            arrival = bursts.whole(earlier, arrival)
        shown = ""
        if isinstance(arrival, Message):
            shown, conversation.hidden = self._masked(arrival)
        try:
            older = self._older(tx, before, bot) if before.session or before.parked else NONE
            if (came := by_text.brought(arrival)) is not None:
                older = {**older, **self._older(tx, came, bot)}
            turn = decide(bot, before, arrival, now, standing, session_id=new_id(), older=older)
        except ReadingWanted:  # nothing has been changed yet: the turn is run again when the text was read
            raise
        except Exception as error:  # whatever breaks, the text is kept and a person sees it
            turn = failed_turn(before, now, error)
            why = str(turn.events[-1].data["error"])
            seen = self._give_up(conversation, row, arrival, turn, bot, writes)
            writes.dead.append(of_arrival(writes.key(conversation, row.id), row.line, seen, why, now))
            writes.failed.append((row.id, type(error).__name__))
        if isinstance(alone, Message):
            conversation.line = row.line
            conversation.address = alone.sender
            turn.state.channel = line.heard_on(alone.channel) if line else ""
            if earlier:
                self._gathered(conversation, earlier, turn, line, writes)
            if row.kind != AGAIN:
                self._inbound(conversation, row, alone, self._masked(alone)[0] if earlier else shown, writes)
                if late:
                    writes.messages[-1]["source"] = "late"
        elif isinstance(arrival, ApiSend):
            conversation.line = row.line or conversation.line
            if arrival.zone or arrival.region:
                gate_store.set_place(tx, conversation.contact_id, arrival.zone, arrival.region, "api")
                writes.ahead.known.pop(conversation.contact_id, None)
        elif by_text.asks(arrival) and not by_text.busy(before):
            # They are asked on the line that the chat goes on by, whatever they have last used.
            conversation.line, turn.state.channel = row.line or conversation.line, ""
        elif isinstance(arrival, ContactChange) and not any(one.kind == "contact_refused" for one in turn.events):
            contacts.change(tx, conversation.contact_id, arrival.name, arrival.zone, arrival.region)
        conversation.state = turn.state
        hide_in_handoff(turn.state, conversation.hidden)
        if (turn.state.handoff or before.handoff) and changed(before, turn.state):
            writes.handoffs[conversation.contact_id] = conversation
        conversation.events = []
        conversation.said = []
        for event in turn.events:
            self._event(conversation, row, event, writes)
        # The texts of one turn belong together: they go in the order in which they were said, with the most urgent.
        urgency = [priority_of(effect.message_class) for effect in turn.effects if isinstance(effect, Send)]
        conversation.priority = min(urgency, default=REPLY)
        for effect in turn.effects:
            self._effect(conversation, row, effect, arrival, writes)
            if isinstance(effect, Mask):
                for one, _ in earlier:
                    self._hide(conversation, one, writes)
        if isinstance(arrival, ApiSend):
            self._said(conversation, row, arrival, writes, said)
        elif isinstance(arrival, AgentReply) and arrival.send_at and len(writes.messages) > said:
            key = writes.key(conversation, arrival.message_id)
            writes.details.append({**key, "metadata": "{}", "send_at": arrival.send_at})
        if conversation.said:
            conversation.standing = newer.answered(
                writes, conversation.contact_id, conversation.said, conversation.standing, text=row.kind == MESSAGE
            )
        self._log(conversation, row, before, turn, line, writes)
        failed = bool(writes.failed) and writes.failed[-1][0] == row.id
        writes.outcomes[row.line, "failed" if failed else "spoke" if urgency else "silent"] += 1
        self._trace_turn(row, line, turn, writes, said, began)

    @staticmethod
    def _said(conversation: Conversation, row: Row[Any], arrival: ApiSend, writes: Writes, before: int) -> None:
        """What became of a program's text, for whoever waits to hear it."""
        id_ = arrival.message_id
        text = next((one for one in writes.messages[before:] if one["id"] == id_), None)
        if text is None:
            why = next((event.data["reason"] for event in conversation.events if event.kind == "send_refused"), "")
            writes.said[row.id] = Said({}, why=why)
            return
        queued = next((q.row for q in reversed(writes.outbox) if q.row["id"] == id_), None)
        due_at, later = (queued["due_at"], queued["state"] == "later") if queued is not None else (0, False)
        writes.said[row.id] = Said(text, due_at, later)
        if arrival.metadata or arrival.send_at:
            details = _encode(arrival.metadata).decode()
            key = writes.key(conversation, id_)
            writes.details.append({**key, "metadata": details, "send_at": arrival.send_at or None})

    def _gathered(
        self, conversation: Conversation, earlier: Sequence[bursts.Text], turn: Turn, line: Line | None, writes: Writes
    ) -> None:
        """The texts that were heard together with a later one: each is in the thread, and its trace says so."""
        before = conversation.state
        for row, text in earlier:
            self._inbound(conversation, row, text, self._masked(text)[0], writes)
            conversation.events = []
            heard = Turn(before, [], [], [Check(bursts.BURST_ROW, "heard together with the text that followed", True)])
            self._log(conversation, row, before, heard, line, writes)
            writes.outcomes[row.line, "silent"] += 1
            self._trace_turn(row, line, heard, writes, len(writes.messages), time.time_ns())
        turn.checks.insert(0, Check(bursts.BURST_ROW, f"heard together with {len(earlier)} before it"))
        turn.events.append(Event("heard_together", {"texts": [row.id for row, _ in earlier]}))

    def _older(self, tx: Tx, state: State, bot: Bot) -> dict[int, Bot]:
        """The versions that its sessions began with, where they are not the current one."""
        sessions = [*state.parked, state.session] if state.session else state.parked
        return {one.version: self._shelf.get(tx, one.version) for one in sessions if one.version != bot.version}

    def _give_up(
        self, conversation: Conversation, row: Row[Any], arrival: AnyArrival, turn: Turn, bot: Bot, writes: Writes
    ) -> AnyArrival:
        """What a dead letter may show of the arrival. One that was to be hidden is not kept: it can't come again."""
        secret = isinstance(arrival, Message) and asks_for_secret(bot, conversation.state, writes.now)
        if secret:
            turn.effects.append(Mask())
        if not secret and not conversation.hidden:
            writes.kept.add(row.id)
            return arrival
        if not isinstance(arrival, Message):
            return msgspec.structs.replace(arrival, text="")
        return msgspec.structs.replace(arrival, text=HIDDEN if secret else masked(arrival.whole)[0], attached=())

    def _masked(self, arrival: Message) -> tuple[str, Hidden]:
        """A text as it may be kept, and what of it must not be."""
        return masked(arrival.whole) if self._redact else (arrival.whole, ())

    def _inbound(self, conversation: Conversation, row: Row[Any], arrival: Message, text: str, writes: Writes) -> None:
        conversation.unread += 1
        conversation.count += 1
        conversation.last = (text, "contact", row.received_at)
        writes.happened.append(Happened(conversation.contact_id, "message.received", row.id, None, row.received_at))
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
                "text": text,
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
        if arrival.media and self._files:
            line = self._lines.get(row.line)
            writes.files += media.rows_of(writes.key(conversation, row.id), line, arrival.media, writes.now)
        if arrival.subject:
            subject = masked(arrival.subject)[0] if self._redact else arrival.subject
            details = _encode({"subject": subject}).decode()
            writes.details.append({**writes.key(conversation, row.id), "metadata": details, "send_at": None})

    @staticmethod
    def _hide(conversation: Conversation, row: Row[Any], writes: Writes) -> None:
        """Keep this turn's text from everybody's eyes."""
        conversation.last = (HIDDEN, *conversation.last[1:])
        writes.files = [file for file in writes.files if file["message_id"] != row.id]
        writes.details = [details for details in writes.details if details["id"] != row.id]
        for message in reversed(writes.messages):
            if message["id"] == row.id:
                message["text"] = HIDDEN
                break

    def _effect(
        self, conversation: Conversation, row: Row[Any], effect: object, arrival: AnyArrival, writes: Writes
    ) -> None:
        match effect:
            case Send():
                if effect.links or len(effect.text) > self._shortener.surely:
                    self._prepared(conversation, row, effect, writes)
                else:
                    self._send(conversation, row, effect, writes)
            case SetTimer():
                self._set_timer(conversation, effect, writes)
            case Mask():
                self._hide(conversation, row, writes)
            case CancelTimers(keys):
                writes.cancels.append((conversation.contact_id, keys))
                for key in [k for k in writes.timers if k[0] == conversation.contact_id and (not keys or k[1] in keys)]:
                    del writes.timers[key]
            case Perform():
                mine = writes.key(conversation, effect.job)
                writes.jobs.append(of_perform(mine, effect, conversation.line, row, writes.now))
            case NoteReply():
                writes.replies.append(of_reply(conversation.bucket, conversation.contact_id, effect))
            case UpdateDelivery():
                writes.deliveries.append(
                    {
                        **writes.key(conversation, row.id),
                        "provider_id": effect.provider_id,
                        "message_id": effect.message_id,
                        "status": effect.status,
                        "code": effect.code,
                        "detail": effect.detail,
                        "channel": effect.channel,
                        "at": writes.now,
                    }
                )
            case RecordConsent():
                self._consent(conversation, row, effect, arrival, writes)
            case CancelQueued(rule, author):
                writes.withdrawn.append((conversation.contact_id, rule, author))
                self._withdraw_new(conversation, rule, author, writes)
            case _:
                raise TypeError(f"no one performs {type(effect).__name__}")

    def _withdraw_new(self, conversation: Conversation, rule: str, author: str, writes: Writes) -> None:
        """What earlier turns of this same batch queued is withdrawn as well, all or an author's."""
        mine = {q.row["id"] for q in writes.outbox if q.row["contact_id"] == conversation.contact_id}
        if author and mine:
            rows = (row for row in writes.messages if row["id"] in mine)
            mine = {row["id"] for row in rows if row["author"] == author and row["message_class"] != "compliance"}
        if mine:
            conversation.said.clear()
            conversation.standing.clear()
            writes.outbox = [q for q in writes.outbox if q.row["id"] not in mine]
            for row in writes.messages:
                if row["id"] in mine:
                    row.update(status="canceled", rule=rule)

    def _prepared(self, conversation: Conversation, row: Row[Any], send: Send, writes: Writes) -> None:
        """A text with links that become short ones, or one that may have too many parts, which is not sent (E3)."""
        out, bot = self._shortener, self._shelf.current
        key = {**writes.key(conversation, ""), "arrival_id": row.id}
        if send.links:
            send, links = out.shortened(send, bot, key, writes.now)
            writes.links += links
        parts = out.overflows(send)
        if not parts:
            self._send(conversation, row, send, writes)
            return
        id_ = send.message_id or new_id()
        self._keep(conversation, row, send, id_, parts, ("blocked", TOO_LONG, too_long(parts)), writes)

    def _keep(
        self,
        conversation: Conversation,
        row: Row[Any],
        send: Send,
        id_: str,
        parts: int,
        verdict: tuple[str, str, str],
        writes: Writes,
    ) -> None:
        """Our text becomes part of the conversation. The `verdict` is its status, the rule and the reason."""
        line = self._lines.get(conversation.line)
        key = {**writes.key(conversation, id_), "arrival_id": row.id}
        channel = send.channel or conversation.channel(line)
        writes.messages.append(text_row(send, key, conversation.line, channel, parts, verdict, writes.now))
        conversation.count += 1
        conversation.last = (send.text, send.author, writes.now)
        status, rule, reason = verdict
        if status != "queued":
            data = {"rule": rule, "reason": reason, "author": send.author, "message": id_}
            conversation.events.append(Event("send_refused", data))
            writes.refused[conversation.line, rule] += 1

    def _send(self, conversation: Conversation, row: Row[Any], send: Send, writes: Writes) -> None:
        id_ = send.message_id or new_id()
        expires_at = send.expires_at
        answers = send.author == "bot" and send.message_class == "conversational" and row.kind in (MESSAGE, AGAIN)
        if answers and expires_at is None and self._reply_max_age:
            expires_at = row.received_at + self._reply_max_age
        # Their last text waits for a person while nobody has said anything since, or the bot has asked for one.
        waits = conversation.waiting_since is not None or conversation.last[1] == "contact"
        contact = (conversation.bucket, conversation.contact_id)
        template, until = self._gate.templates.way(writes.tx, conversation.line, send, contact, writes.messages)
        wish = Wish(
            conversation.bucket, conversation.contact_id, id_, conversation.line, conversation.address, send,
            expires_at, conversation.opted_out, conversation.state.last_inbound_at, waits, until,
        )  # fmt: skip
        gate, log = self._gate.queue(writes.tx, wish, writes.now, writes.ahead)
        writes.decisions += log
        later = gate.allowed and send.send_at > writes.now
        verdict = (gate.status, gate.rule, "" if gate.outcome == "go" else gate.reason)
        if later:  # what the gate says of then is asked again when it is due
            verdict = ("queued", "", "")
        self._keep(conversation, row, send, id_, segments(send.text).count, verdict, writes)
        if not gate.allowed:
            return
        held = gate.outcome == "hold"
        line = self._lines.get(conversation.line)
        offer = send.offer if line is not None and line.offers else None
        if later and expires_at is None:
            expires_at = send.send_at + self._gate.policy.hold
        waiting = {
            **writes.key(conversation, id_),
            "line": conversation.line,
            "recipient": conversation.address,
            "message_class": gate.judged,
            # What is held must not keep answers waiting.
            "priority": max(conversation.priority, priority_of(gate.judged)) if held else conversation.priority,
            "state": "later" if later else "queued",
            "attempts": 0,
            "due_at": send.send_at if later else gate.until if held else writes.now,
            "expires_at": expires_at if later else gate.expires_at,
            "lease_until": None,
            "fence": 0,
            "asks": newer.ASKS[send.asks],
            "programme": send.programme,
            "offer": "" if offer is None else dump_offer(offer),
        }
        if offer is not None and line is not None and line.shows_thread:
            writes.offers.append({**writes.key(conversation, id_), "offer": waiting["offer"]})
        leave = permit(gate, id_) if gate.judged in ANSWERS and not later else None
        channel = send.channel or conversation.channel(line)
        queued = Queued(waiting, send.text, send.media, row.id, send.source, leave, channel, offer, template)
        writes.outbox.append(queued)
        if answers:
            conversation.said.append(queued)

    def _set_timer(self, conversation: Conversation, effect: SetTimer, writes: Writes) -> None:
        due = effect.due_at
        if effect.key.startswith(UNASKED):
            due = allowed_from(due, conversation.address, self._shelf.current.timezone, self._gate.policy)
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
        family = self._gate.family(conversation.line)
        fact = fact_of(
            effect, arrival, row, workspace=self._workspace, number=number, brand=brand, now=writes.now, family=family
        )
        writes.consent.append(fact)

    def _event(self, conversation: Conversation, row: Row[Any], event: Event, writes: Writes) -> None:
        conversation.events.append(event)
        told = public(event)
        if told is not None:
            kind, known = told
            if conversation.hidden and known:
                known = msgspec.json.decode(hide(_encode(known).decode(), conversation.hidden))
            writes.happened.append(Happened(conversation.contact_id, kind, "", known))
        data = event.data
        if event.kind == "loop_guard":
            writes.guarded.append((row.id, conversation.contact_id))
        elif event.kind == "limit_passed":
            writes.limits[data["queue"], data["limit"]] += 1
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
                "events": hide(_encode(conversation.events).decode(), conversation.hidden),
                "trace": hide(_encode(trace).decode(), conversation.hidden) if trace and turn.checks else "",
            }
        )
