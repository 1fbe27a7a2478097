"""The gate: whether a text may go now, later or not at all. Everybody asks it, and only it can give a permit to post.

It is asked when a text is queued and again, in the transaction that claims it, before it is posted (C3). The order is
suppression, consent for the class, registration, quiet hours, caps, content. Pure: what is known goes in, a decision
with its rule and a sentence for people comes out.
"""

from collections.abc import Collection, Sequence
from typing import Any, Literal

import msgspec

from textback.compliance.agreement import Agreement, agreed, elsewhere
from textback.compliance.hours import Clock, Hours, local, next_open, shut_at
from textback.compliance.places import US, Place, place_of
from textback.compliance.policy import Policy, policy_of
from textback.compliance.tables import registrations
from textback.core.messages import CONSENT_WORDS
from textback.core.overrides import Overrides
from textback.core.promise import Promise
from textback.core.registration import UNDECLARED, Registration
from textback.core.when import DAY, MINUTE

Outcome = Literal["go", "hold", "refuse"]
DEFAULT = policy_of(Overrides())


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when somebody wants to send a text. Times are ms.

    `unsure`: they may have opted out, and a person must settle it (O3). `bad_number`: a provider has said that their
    number can't get texts (N1). `wrote`: they have texted us at some time.
    `waits`: their last text waits for an answer by a person. `was_answer`: it was an answer when it was queued, and
    stays one until `expires_at`. `queued_at` is when the text was first queued, `to` the contact's number, `zone` and
    `region` what they, or their address, say of where they are. `sent` are the times at which promotional texts went to
    them in the last day; `promise` is the most that the programme promised, `of_programme` when its texts went (Q3).
    `jitter` is between 0 and 1. `open_until` is when the channel stops to take words of one's own (ms), None where it
    always does, or where this text goes as a template that the channel has approved (W1). `registry`: their number is
    on the do-not-call registry, or its data are too old to tell; `aloud` are the ledger's entries of agreements that
    were given in speech (D1).
    """

    message_class: str
    now: int
    opted_out: bool = False
    unsure: bool = False
    bad_number: bool = False
    expires_at: int | None = None
    author: str = "bot"
    author_name: str = ""
    last_inbound_at: int = 0
    wrote: bool = False
    waits: bool = False
    was_answer: bool = False
    queued_at: int = 0
    to: str = ""
    zone: str = ""
    region: str = ""
    home_zone: str = "UTC"
    family: str = "phone"
    programme: str = ""
    agreements: Sequence[Agreement] = ()
    registry: Literal["", "listed", "old"] = ""
    aloud: Collection[str] = ()
    registration: Registration = UNDECLARED
    sent: Sequence[int] = ()
    promise: Promise | None = None
    of_programme: Sequence[int] = ()
    jitter: float = 0.0
    open_until: int | None = None
    policy: Policy = DEFAULT


class Step(msgspec.Struct, frozen=True):
    """One question of the gate, for those who want to know why: its name, rule, what it looked at, what came of it."""

    name: str
    rule: str
    inputs: dict[str, Any]
    result: str


class Decision(msgspec.Struct, frozen=True):
    """What the gate says. Only `decide_send` makes one.

    `judged` is the class it was judged as. Held texts may go at `until`; nothing goes from `expires_at` on. `basis` is
    what they agreed by: "agreement", "their text", "a program" or "a person", `event_id` the ledger's entry of that.
    """

    outcome: Outcome
    rule: str
    reason: str
    judged: str
    at: int
    until: int = 0
    expires_at: int | None = None
    basis: str = ""
    event_id: str = ""
    place: Place | None = None

    @property
    def allowed(self) -> bool:
        """Whether it may go now or later."""
        return self.outcome != "refuse"

    @property
    def status(self) -> str:
        """The message's status that follows: blocked by the gate, or expired, when it was refused."""
        if self.outcome != "refuse":
            return "queued"
        return "expired" if self.rule in _TOO_LATE_RULES else "blocked"


HOLDS = frozenset({"O3", "Q1", "Q3"})
"""Rules by which a text waits. One that is queued under another rule goes as soon as it can."""
SHUT = "More than 24 hours have passed since they last wrote there. The channel takes only agreed templates then."
UNREACHABLE = (
    "Their number can't get texts, as a provider said. That ends when they text, or when a person says that it can."
)
LOOK_AGAIN = 10 * MINUTE
"""How long (ms) a text waits before it is seen whether a doubtful opt-out has been settled."""
_VOUCHERS = {"api": "a program", "person": "a person"}
"""Who says, by writing to somebody, that they may: whom the business gave a key or an account. The bot does not."""
_SEAL = object()
_TOO_LATE_RULES = frozenset({"O7", "Q4"})


class Permit:
    """The gate's leave to post one text. It can't be made elsewhere, nor used for another text."""

    __slots__ = ("at", "message_id", "rule")

    def __init__(self, seal: object, message_id: str, rule: str, at: int) -> None:
        if seal is not _SEAL:
            raise TypeError("Only the gate gives permits: ask compliance.gate.permit with a decision that says go.")
        self.message_id = message_id
        self.rule = rule
        self.at = at


def permit(decision: Decision, message_id: str) -> Permit:
    """Leave to post this text, on a decision that says go. TypeError on any other."""
    if decision.outcome != "go":
        raise TypeError(f"A text that the gate did not let through ({decision.rule}) can't be posted.")
    return Permit(_SEAL, message_id, decision.rule, decision.at)


def decide_send(ask: Ask, trace: list[Step] | None = None) -> Decision:
    """Ask the gate. `trace` is filled with its questions up to the one that decided."""
    kind, now = ask.message_class, ask.now
    late = ask.expires_at is not None and now >= ask.expires_at
    if kind == "compliance":
        # The three replies about consent itself: exempt from all but time (C1, O7).
        _say(trace, "suppression", "C1", {"class": kind}, "exempt")
        if late:
            return Decision("refuse", *too_late(kind), kind, now)
        return Decision("go", "C1", "Consent message.", kind, now, expires_at=ask.expires_at)
    _say(trace, "suppression", "O6", {"opted_out": ask.opted_out}, "opted out" if ask.opted_out else "not opted out")
    if ask.opted_out:
        why = "They opted out of texts. Only they can opt in again, by texting START."
        return Decision("refuse", "O6", why, kind, now)
    if late:
        _say(trace, "age", "Q4", {"expires_at": ask.expires_at}, "too old")
        return Decision("refuse", *too_late(kind), kind, now)
    if (until := ask.open_until) is not None:
        _say(trace, "window", "W1", {"open_until": until}, "shut" if now >= until else "open")
        if now >= until:
            return Decision("refuse", "W1", SHUT, kind, now)
        ask = msgspec.structs.replace(ask, expires_at=until if ask.expires_at is None else min(ask.expires_at, until))
    if kind == "conversational" and _answers(ask):
        _say(trace, "consent", "C2", {"last_inbound_at": ask.last_inbound_at, "waits": ask.waits}, "an answer")
        if ask.registration.status and (refused := _registration(ask, kind, trace)) is not None:
            return refused
        _say(trace, "quiet hours", "C4", {"class": kind}, "exempt")
        return Decision("go", "C2", "Reply to their own text.", kind, now, 0, ask.expires_at, "their text")
    return _unasked(ask, trace)


def too_late(message_class: str) -> tuple[str, str]:
    """The rule and the sentence for a text that has become too old in the queue (O7, Q4)."""
    if message_class == "compliance":
        return "O7", "More than five minutes have passed since they opted out."
    return "Q4", "It was too old to be useful when its turn came."


def _say(trace: list[Step] | None, name: str, rule: str, inputs: dict[str, Any], result: str) -> None:
    if trace is not None:
        trace.append(Step(name, rule, inputs, result))


def _answers(ask: Ask) -> bool:
    """Whether it answers the contact's recent text (C2). One that waits for a person is answered by a person, however
    long that took."""
    if ask.was_answer or (ask.last_inbound_at and ask.now < ask.last_inbound_at + ask.policy.window):
        return True
    return ask.waits and ask.author == "person" and ask.last_inbound_at > 0


def _unasked(ask: Ask, trace: list[Step] | None) -> Decision:
    """A text that is not an answer: informational, promotional, or of a class that nobody knows (C1)."""
    if ask.bad_number:
        _say(trace, "suppression", "N1", {"bad_number": True}, UNREACHABLE)
        return _refusal(ask, ask.message_class, "N1", UNREACHABLE)
    if ask.unsure:
        return _unsettled(ask, trace)
    judged = "informational" if ask.message_class in ("informational", "conversational") else "promotional"
    found = _consent(ask, judged)
    inputs = {"class": ask.message_class, "judged": judged, "agreements": [_scope(one) for one in ask.agreements]}
    if isinstance(found, Decision):
        _say(trace, "consent", found.rule, inputs, found.reason)
        return found
    basis, event_id = found
    _say(trace, "consent", "K6", {**inputs, "event_id": event_id}, f"agreed: {basis}")
    refused = _registration(ask, judged, trace)
    if refused is not None:
        return refused
    place = place_of(ask.to, ask.zone, ask.region)
    decision = Decision("go", "C3", "Not opted out.", judged, ask.now, 0, ask.expires_at, basis, event_id, place)
    timed = _timed(ask, judged, decision, trace)
    return timed if timed.outcome == "refuse" else _content(ask, judged, trace) or timed


def _unsettled(ask: Ask, trace: list[Step] | None) -> Decision:
    """They may have opted out (O3): it waits until a person has settled it, and not for ever (Q4)."""
    why = "They may have opted out. A person must settle it at the desk first."
    _say(trace, "suppression", "O3", {"unsure": True}, "not settled")
    expires_at = ask.expires_at if ask.expires_at is not None else (ask.queued_at or ask.now) + ask.policy.hold
    until = ask.now + LOOK_AGAIN
    if until >= expires_at:
        return Decision("refuse", "Q4", f"{why} Nobody did in time.", ask.message_class, ask.now)
    return Decision("hold", "O3", why, ask.message_class, ask.now, until, expires_at)


def _scope(one: Agreement) -> str:
    return f"{one.message_class} {one.programme or 'all'}: {one.state}"


def _consent(ask: Ask, judged: str) -> tuple[str, str] | Decision:
    """By what they agreed to texts of this class, and the ledger's entry; or the refusal."""
    found = agreed(ask.agreements, ask.family, judged, ask.programme, now=ask.now)
    if found is not None:
        return _on_registry(ask, judged) or ("agreement", found.event_id)
    # Anybody can ask in a web chat that a number be texted, so that request must not stand in the way of other texts.
    asked = [one for one in ask.agreements if one.message_class != "conversational"]
    mine = {one.state for one in asked if one.family == ask.family and one.programme in ("", ask.programme)}
    if judged == "promotional":
        if "pending" in mine:
            return _refusal(ask, judged, "K5", "They have been asked for their consent and have not answered yet.")
        if "unproven" in mine:
            return _refusal(ask, judged, "K9", "Their consent was imported without proof, which is enough for answers.")
        if other := elsewhere(ask.agreements, ask.family, judged, ask.programme, now=ask.now):
            why = f"They agreed to {CONSENT_WORDS[other]}, which is no consent to {CONSENT_WORDS[ask.family]}."
            return _refusal(ask, judged, "K6", why)
        return _refusal(ask, judged, "K1", "They have not agreed in writing to promotional texts.")
    stopped = [one for one in ask.agreements if one.family == ask.family and one.message_class == "informational"]
    if any(one.state == "revoked" and one.programme in ("", ask.programme) for one in stopped):
        return _refusal(ask, judged, "K7", "They have taken back their consent to texts of this kind.")
    if ask.policy.proof == "express":
        if ask.wrote or ask.last_inbound_at:
            return "their text", ""
        if "pending" in mine:
            return _refusal(ask, judged, "K5", "They have been asked for their consent and have not answered yet.")
        if "unproven" in mine:
            return _refusal(ask, judged, "K9", "Their consent was imported without proof, which is enough for answers.")
        if ask.author in _VOUCHERS:
            return _VOUCHERS[ask.author], ""
    if ask.message_class == "conversational" and ask.last_inbound_at:
        why = "Their last text is too old for this to be an answer, and no consent of theirs is on record."
        return _refusal(ask, judged, "C2", why)
    return _refusal(ask, judged, "K6", "No consent of theirs to texts of this kind is on record.")


def _on_registry(ask: Ask, judged: str) -> Decision | None:
    """D1: who is on the do-not-call registry, or may be, must have agreed in writing: what they said aloud is not
    enough."""
    if (
        judged != "promotional"
        or not ask.registry
        or (ask.registry == "old" and place_of(ask.to).country not in (US, ""))
    ):
        return None
    written = [one for one in ask.agreements if one.event_id not in ask.aloud]
    if agreed(written, ask.family, judged, ask.programme, now=ask.now) is not None:
        return None
    why = "They are on the do-not-call registry and agreed aloud. Ask them to agree in writing, by a form or a word."
    if ask.registry == "old":
        why = (
            "They agreed aloud, and the do-not-call registry is too old to go by. Read a new one: textback dnc import."
        )
    return _refusal(ask, judged, "D1", why)


def _refusal(ask: Ask, judged: str, rule: str, reason: str) -> Decision:
    return Decision("refuse", rule, reason, judged, ask.now)


def _registration(ask: Ask, judged: str, trace: list[Step] | None) -> Decision | None:
    """N1, N2: what the line's registration keeps it from sending to the United States."""
    mine = ask.registration
    inputs = {"status": mine.status or "not declared"}
    status = registrations().statuses.get(mine.status)
    if status is None:
        _say(trace, "registration", "N2", inputs, "not declared")
        return None
    country = place_of(ask.to).country
    inputs["country"] = country or "unknown"
    if not status.sends and country in (US, ""):
        why = f"The line {status.says}, so nothing goes from it to the United States. {status.fix}"
        _say(trace, "registration", "N2", inputs, why)
        return _refusal(ask, judged, "N2", why)
    _say(trace, "registration", "N2", inputs, "fine")
    return None


def _content(ask: Ask, judged: str, trace: list[Step] | None) -> Decision | None:
    """E5, N2: what the line is not registered for. It is asked of what must wait as well: waiting would not help."""
    use_case = ask.registration.use_case
    if judged == "promotional" and use_case and use_case not in registrations().promotional_use_cases:
        why = f"The line is registered for {use_case}, which promotional texts are not part of."
        _say(trace, "content", "N2", {"use_case": use_case}, why)
        return _refusal(ask, judged, "N2", why)
    _say(trace, "content", "N2", {"use_case": use_case}, "fine")
    return None


def _timed(ask: Ask, judged: str, decision: Decision, trace: list[Step] | None) -> Decision:
    """Quiet hours and caps: the decision, or another that holds the text until later (Q1 to Q4)."""
    policy, place, now = ask.policy, decision.place, ask.now
    quiet = judged == "promotional" or policy.informational_hours
    if place is None or not quiet:
        _say(trace, "quiet hours", "Q1", {"class": judged}, "not for this class")
        _say(trace, "caps", "Q3", {"class": judged}, "not for this class")
        return decision
    clocks = policy.clocks(place, ask.home_zone)
    shut, rule = None, ""
    for clock in clocks:
        if (hours := shut_at(clock, now, policy.margin)) is not None:
            shut, rule = (clock, hours), "Q1"
            break
    inputs = {
        "zones": [f"{clock.zone} {local(now, clock.zone):%a %H:%M}" for clock in clocks],
        "zone_source": place.source,
        "states": list(place.states),
        "rows": list(dict.fromkeys(hours.code for clock in clocks for hours in clock.hours)),
    } if trace is not None else {}  # fmt: skip
    _say(trace, "quiet hours", "Q1", inputs, _words(*shut, now) if shut else "open")
    most = policy.most_per_day(place)
    recent = sorted(at for at in ask.sent if now - DAY < at <= now) if judged == "promotional" else []
    full = judged == "promotional" and len(recent) >= most
    if not shut or full:
        _say(trace, "caps", "Q3", {"in_24_h": len(recent), "most": most}, "full" if full else "room")
    free_at = _promised(ask, judged, trace)
    if not shut and not full and not free_at:
        return decision
    until = max(free_at, (recent[-most] + DAY if most else now + policy.hold) if full else 0)
    if shut is not None:
        why = _words(*shut, now)
    elif full:
        why = f"They have had {len(recent)} promotional texts in 24 hours."
    else:
        why = _kept(ask)
    rule = rule or "Q3"
    found = next_open(clocks, max(until, now), policy.margin)
    expires_at = ask.expires_at if ask.expires_at is not None else (ask.queued_at or now) + policy.hold
    if found is None or found >= expires_at:
        late = f"{_kept(ask) if free_at >= expires_at else why} When it may go again, it is too old."
        return msgspec.structs.replace(decision, outcome="refuse", rule="Q4", reason=late)
    spread = min(found + int(ask.jitter * policy.jitter), expires_at - 1)
    if all(shut_at(clock, spread, policy.margin) is None for clock in clocks):
        found = spread
    return msgspec.structs.replace(decision, outcome="hold", rule=rule, reason=why, until=found, expires_at=expires_at)


def _promised(ask: Ask, judged: str, trace: list[Step] | None) -> int:
    """When the frequency that was promised leaves room again (ms); 0 when it does now (Q3). Informational texts count
    where they belong to a programme."""
    promise = ask.promise
    if promise is None or (judged != "promotional" and not ask.programme):
        return 0
    went = sorted(at for at in ask.of_programme if at <= ask.now)
    over = promise.over(went[-promise.most], ask.home_zone) if len(went) >= promise.most else 0
    full = over > ask.now
    inputs = {"promised": promise.words, "programme": ask.programme or "all"}
    _say(trace, "frequency", "Q3", inputs, _kept(ask) if full else "room")
    return over if full else 0


def _kept(ask: Ask) -> str:
    promised = "" if ask.promise is None else ask.promise.words
    whose = f"of {ask.programme} " if ask.programme else ""
    return f"They have had as many texts {whose}as they were promised: {promised}."


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _words(clock: Clock, hours: Hours, at: int) -> str:
    """Why a moment is not allowed, as a sentence."""
    now = local(at, clock.zone)
    span = hours.of(now.date())
    when = f"{_WEEKDAYS[now.weekday()]} {now.hour}:{now.minute:02} in {clock.zone}"
    if span is None:
        return f"It is {when}, a day on which none go ({hours.code})."
    return f"It is {when}; they may go from {_clock(span[0])} to {_clock(span[1])} ({hours.code})."


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
