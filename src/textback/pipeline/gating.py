"""What the gate is asked with: by turns when a text is queued, by deliver when it is about to be posted, by whoever
sends one again. And the record of what it said."""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec

from textback.compliance.agreement import Agreement
from textback.compliance.gate import Ask, Decision, Permit, decide_send, permit
from textback.compliance.hours import local
from textback.compliance.limits import priority_of
from textback.compliance.places import place_of
from textback.compliance.policy import Policy, policy_of
from textback.core.ids import new_id
from textback.core.messages import CONSENT, FAMILY
from textback.core.offer import load_offer
from textback.core.provider_templates import Filled
from textback.core.registration import UNDECLARED, Registration
from textback.core.when import DAY
from textback.engine.bot import Bot
from textback.engine.effects import Send
from textback.engine.joining import Promises, promises_of
from textback.engine.state import load_state
from textback.pipeline.lines import Line
from textback.pipeline.templating import TEMPLATE, Templates, load_media
from textback.store import gate, outbox
from textback.store.db import Row, Tx

ANSWERS = frozenset({"compliance", "conversational"})
"""Classes that the gate judges by what every turn knows: they cost no look into the database."""


class Ahead(msgspec.Struct):
    """What is known of contacts before their texts are judged, by id; of those that something is `sold` to also what
    the do-not-call registry says, of the `counted` how much they had."""

    known: dict[str, gate.Known] = {}
    sold: Collection[str] = ()
    counted: Collection[str] = ()


NOBODY = Ahead()


class Wish(msgspec.Struct, frozen=True):
    """A text that somebody wants to queue, and what the conversation says about it."""

    bucket: int
    contact_id: str
    message_id: str
    line: str
    address: str
    send: Send
    expires_at: int | None
    opted_out: bool
    last_inbound_at: int
    waits: bool
    open_until: int | None = None
    """When the channel stops to take words of one's own (ms); None where that is nothing to this text (W1)."""


class Gatekeeper:
    """Asks the gate for one workspace, by the policy of the bot's current version."""

    def __init__(self, workspace: str, lines: Mapping[str, Line], bot: Callable[[], Bot]) -> None:
        self.workspace = workspace
        self._lines = lines
        self._bot = bot
        self._known: tuple[Bot, Policy, Promises] | None = None
        self.templates = Templates(workspace, lines, bot)
        place_of("+12065550123", region="WA")  # so that no contact waits for its tables

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self._current()[1]

    @property
    def promises(self) -> Promises:
        """How often texts were promised to come (Q3)."""
        return self._current()[2]

    def _current(self) -> tuple[Bot, Policy, Promises]:
        bot = self._bot()
        if self._known is None or self._known[0] is not bot:
            self._known = (bot, policy_of(bot.policy), promises_of(bot))
        return self._known

    @property
    def home_zone(self) -> str:
        """The business's own time zone."""
        return self._bot().timezone

    def family(self, line: str) -> str:
        """The family of channels that a line's texts belong to, which an opt-out ends (K7)."""
        found = self._lines.get(line)
        return FAMILY[found.channels[0]] if found is not None else "phone"

    def consent_family(self, line: str) -> str:
        """The family of channels by which consent to a line's texts is asked for (K6)."""
        found = self._lines.get(line)
        return CONSENT[found.channels[0]] if found is not None else "phone"

    def registration(self, line: str) -> Registration:
        """How a line is registered."""
        found = self._lines.get(line)
        return UNDECLARED if found is None else found.registration

    def ahead(
        self, tx: Tx, who: Mapping[tuple[int, str], str], selling: Collection[tuple[int, str]], now: int
    ) -> Ahead:
        """What is known of these contacts (bucket, id), with their numbers: looked up together for `queue`. Those that
        something is sold to are counted."""
        counted = set(who) if "informational" in self.counted else set(selling)
        found = self.known(tx, sorted(who), sorted(counted), now)
        numbers = {key: who[key] for key in selling if key[1] in found}
        if numbers:
            found = gate.with_registry(tx, self.workspace, found, numbers, now - self.policy.registry)
        sold, all_counted = {id_ for _, id_ in selling}, {id_ for _, id_ in counted}
        return Ahead(found, sold, all_counted)

    def _of_one(self, tx: Tx, wish: Wish, judged: str, ahead: Ahead, now: int) -> gate.Known:
        """What is known of one contact for a text that is judged as of this class."""
        key, counts = (wish.bucket, wish.contact_id), judged in self.counted
        enough = wish.contact_id in (
            ahead.sold if judged == "promotional" else ahead.counted if counts else ahead.known
        )
        found: Mapping[str, gate.Known] = ahead.known
        if not enough or wish.contact_id not in found:
            mine = self.known(tx, [key], [key] if counts else [], now)
            if mine and judged == "promotional":
                since = now - self.policy.registry
                mine = gate.with_registry(tx, self.workspace, mine, {key: wish.address}, since)
            found = mine
        known = found.get(wish.contact_id, gate.NOTHING)
        return known if counts or not known.sent else msgspec.structs.replace(known, sent=())

    def queue(self, tx: Tx, wish: Wish, now: int, ahead: Ahead = NOBODY) -> tuple[Decision, list[dict[str, Any]]]:
        """Whether a text may be queued, and the rows of the record that say so. An answer costs no statement, nor does
        a text to a contact that was looked up `ahead`. One that is to go later is judged as of then."""
        send = wish.send
        at = max(now, send.send_at)
        asked = Ask(
            message_class=send.message_class,
            programme=send.programme,
            now=at,
            opted_out=wish.opted_out,
            expires_at=wish.expires_at,
            author=send.author,
            author_name=send.author_name,
            last_inbound_at=wish.last_inbound_at,
            waits=wish.waits,
            to=wish.address,
            registration=self.registration(wish.line),
            open_until=wish.open_until,
            family=self.consent_family(wish.line),
            policy=self.policy,
        )
        decision = decide_send(asked)
        if decision.judged not in ANSWERS and decision.rule != "O6":
            known = self._of_one(tx, wish, decision.judged, ahead, now)
            asked = self.with_contact(asked, known, wish.message_id, at)
            decision = decide_send(asked)
        if decision.outcome == "go" or (decision.outcome == "hold" and at > now):
            return decision, []
        decision = msgspec.structs.replace(decision, at=now)
        if decision.rule == "W1":
            decision = self.templates.named(tx, wish.line, send, decision)
        about = _About(wish.bucket, wish.contact_id, wish.message_id, wish.line)
        return decision, [self.log(about, asked, decision, "queue")]

    @property
    def counted(self) -> tuple[str, ...]:
        """The classes of which a contact gets so many at most (Q3)."""
        return ("promotional", "informational") if self.policy.informational_hours else ("promotional",)

    def known(
        self, tx: Tx, who: Sequence[tuple[int, str]], counted: Sequence[tuple[int, str]], now: int
    ) -> dict[str, gate.Known]:
        """What is known of contacts, and for those that are `counted` what went to them for as long as it counts."""
        return gate.known(tx, who, counted, now - max(DAY, self.promises.reach), self.counted)

    def with_contact(self, asked: Ask, known: gate.Known, message_id: str, queued_at: int) -> Ask:
        """The same question with what is known of the contact. The text itself does not count against its own cap."""
        mine = [one for one in known.sent if one.message_id != message_id]
        return msgspec.structs.replace(
            asked,
            opted_out=asked.opted_out or bool(known.suppressed),
            unsure=known.unsure,
            bad_number=known.bad_number,
            zone=known.zone,
            region=known.region,
            home_zone=self.home_zone,
            wrote=asked.wrote or known.wrote,
            agreements=known.agreements,
            registry=known.registry,
            aloud=known.aloud,
            sent=[one.at for one in mine if one.judged == "promotional"],
            promise=self.promises.of(asked.programme),
            of_programme=[one.at for one in mine if one.programme == asked.programme],
            queued_at=queued_at,
            jitter=random.random(),  # noqa: S311
        )

    def again(
        self, tx: Tx, old: Row[Any], conversation: Row[Any], id_: str, now: int, programme: str = ""
    ) -> tuple[Decision, list[dict[str, Any]]]:
        """Whether a text that was given up may be queued once more, under a new id."""
        send = Send(
            old.text, old.author, author_name=old.author_name, message_class=old.message_class, programme=programme,
            media=load_media(old.media), source=old.source,
        )  # fmt: skip
        _, until = self.templates.way(tx, old.line, send, (old.bucket, old.contact_id))
        wish = Wish(
            old.bucket, old.contact_id, id_, old.line, conversation.address, send, None,
            bool(conversation.opted_out), load_state(conversation.state).last_inbound_at,
            conversation.waiting_since is not None,
            until,
        )  # fmt: skip
        return self.queue(tx, wish, now)

    def judge(self, tx: Tx, now: int) -> "Judge":
        """Judges what is about to be posted, in the transaction that claims it."""
        return Judge(self, tx, now)

    def log(self, about: "_About", asked: Ask, decision: Decision, stage: str) -> dict[str, Any]:
        """A row of the record (C3): what was decided, by which rule, with what was known."""
        place = decision.place
        zone = place.zones[0] if place is not None and place.zones else ""
        inputs = {
            "author": asked.author,
            "program": asked.author_name if asked.author == "api" else "",
            "opted_out": asked.opted_out,
            "wrote": asked.wrote or bool(asked.last_inbound_at),
            "agreements": [f"{one.message_class}: {one.state}" for one in asked.agreements],
            "registry": asked.registry,
            "registration": asked.registration.status,
            "zones": list(place.zones) if place is not None else [],
            "states": list(place.states) if place is not None else [],
            "sent_in_24_h": sum(at > decision.at - DAY for at in asked.sent),
            "promised": "" if asked.promise is None else asked.promise.words,
            "sent_of_programme": len(asked.of_programme),
            "policy": asked.policy.name,
        }
        return {
            "bucket": about.bucket,
            "contact_id": about.contact_id,
            "id": new_id(),
            "workspace": self.workspace,
            "message_id": about.message_id,
            "at": decision.at,
            "stage": stage,
            "outcome": decision.outcome,
            "rule": decision.rule,
            "reason": decision.reason,
            "message_class": asked.message_class,
            "judged": decision.judged,
            "line": about.line,
            "until": decision.until or None,
            "basis": decision.basis,
            "event_id": decision.event_id,
            "zone": zone,
            "zone_source": place.source if place is not None else "",
            "local_time": local(decision.at, zone).isoformat(timespec="seconds") if zone else "",
            "inputs": msgspec.json.encode({key: value for key, value in inputs.items() if value}).decode(),
            "programme": asked.programme,
        }


class _About(msgspec.Struct, frozen=True):
    bucket: int
    contact_id: str
    message_id: str
    line: str


class Judge:
    """One transaction's judgement of queued texts. `permits` are those of the texts that may go, by their id, and
    `templates` the provider's, for those that go as one."""

    def __init__(self, keeper: Gatekeeper, tx: Tx, now: int) -> None:
        self._keeper = keeper
        self._tx = tx
        self._now = now
        self.permits: dict[str, Permit] = {}
        self.templates: dict[str, Filled] = {}
        self.refused: list[tuple[Row[Any], str]] = []
        self._asked: dict[str, tuple[Row[Any], Ask, Decision]] = {}

    def passed(self, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        """Those of these rows that may go now (C3). What an answer needs is in its row; for the others their contacts
        are looked up together."""
        keeper, now = self._keeper, self._now
        others = {(row.bucket, row.contact_id) for row in rows if row.message_class not in ANSWERS}
        known: dict[str, gate.Known] = {}
        if others:
            wanted = {
                (row.bucket, row.contact_id)
                for row in rows
                if row.message_class not in ANSWERS and row.message_class != "informational"
            }
            counted = others if "informational" in keeper.counted else wanted
            known = keeper.known(self._tx, sorted(others), sorted(counted), now)
            if wanted:
                numbers = {key: row.recipient for row in rows if (key := (row.bucket, row.contact_id)) in wanted}
                good_since = now - keeper.policy.registry
                known = gate.with_registry(self._tx, keeper.workspace, known, numbers, good_since)
        fine = []
        policy = keeper.policy
        for row in rows:
            asked = Ask(
                message_class=row.message_class,
                programme=row.programme,
                now=now,
                opted_out=bool(row.opted_out),
                expires_at=row.expires_at,
                author=row.author,
                author_name=row.author_name,
                was_answer=True,
                to=row.recipient,
                registration=keeper.registration(row.line),
                family=keeper.consent_family(row.line),
                policy=policy,
            )
            if row.message_class not in ANSWERS:
                asked = keeper.with_contact(asked, known.get(row.contact_id, gate.NOTHING), row.id, row.at)
            if row.source.startswith(TEMPLATE) and keeper.templates.windowed(row.line):
                asked = self._as_template(asked, row)
            decision = decide_send(asked)
            self._asked[row.id] = (row, asked, decision)
            if decision.outcome == "go":
                self.permits[row.id] = permit(decision, row.id)
                fine.append(row)
        return fine

    def _as_template(self, asked: Ask, row: Row[Any]) -> Ask:
        """The same question of a text by a template, where the channel takes only such after a while (W1): it may have
        been approved when the text was queued, and be no more."""
        send = Send(row.text, media=load_media(row.media), source=row.source, offer=load_offer(row.offer))
        template, until = self._keeper.templates.way(self._tx, row.line, send, (row.bucket, row.contact_id))
        if template is not None:
            self.templates[row.id] = template
        return msgspec.structs.replace(asked, open_until=until)

    def write(self, claimed: Sequence[Row[Any]]) -> list[str]:
        """Write down what was held and refused, and why the others that were `claimed` may go. Returns the contacts
        whose thread changed for it."""
        going = {row.id for row in claimed}
        log, held, ruled, refused = [], [], [], []
        for row, asked, decision in self._asked.values():
            key = {"b": row.bucket, "k": row.contact_id, "i": row.id}
            if decision.outcome == "refuse":
                self.refused.append((row, decision.rule))
                refused.append({**key, "s": decision.status, "r": decision.rule, "c": "", "d": decision.reason})
            elif decision.outcome == "hold":
                rank = max(row.priority, priority_of(decision.judged))
                held.append({**key, "due": decision.until, "x": decision.expires_at, "p": rank})
                ruled.append({**key, "r": decision.rule, "d": decision.reason})
            elif row.id not in going or decision.judged in ANSWERS:
                continue
            elif row.rule != decision.rule:
                ruled.append({**key, "r": decision.rule, "d": ""})
            about = _About(row.bucket, row.contact_id, row.id, row.line)
            log.append(self._keeper.log(about, asked, decision, "dispatch"))
        if refused:
            outbox.settle(self._tx, refused)
        if held:
            gate.hold(self._tx, held)
        if ruled:
            gate.say_rule(self._tx, ruled)
        if log:
            gate.add(self._tx, log)
        return [row["k"] for row in [*refused, *held]]


_AGREED = tuple(Agreement("phone", "", kind, "agreed", 0, "") for kind in ("promotional", "informational"))


def rehearsed(send: Send, *, opted_out: bool, now: int) -> Decision:
    """What the gate says where a conversation is only played: to somebody who has agreed to everything, at noon."""
    return decide_send(
        Ask(
            message_class="informational" if send.message_class == "promotional" else send.message_class,
            now=now,
            opted_out=opted_out,
            expires_at=send.expires_at,
            author=send.author,
            last_inbound_at=now,
            agreements=_AGREED,
        )
    )
