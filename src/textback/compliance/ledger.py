"""What follows from the ledger of consent: whether a contact is suppressed, and what they have agreed to (K6 to K9, O6,
O8). And the chain that shows whether the ledger is as it was written.

A fold over the entries by the time at which each happened: the same entries give the same standing, in whatever order
they came and however often they were told of. An older entry that arrives late never undoes a newer one.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from textback.compliance.agreement import Agreement, AgreementState
from textback.core.messages import ENDED_WITH
from textback.core.when import HOUR

PENDING_FOR = 72 * HOUR
"""How long a web form's opt-in waits for a YES (K5: product rule, as of 2026-11-20)."""
CHAT_PENDING_FOR = 24 * HOUR
"""As PENDING_FOR, of a web chat's visitor who wants to go on by text: later nobody is talking any more."""

OWN = frozenset({"keyword", "provider", ""})
"""Methods by which only the contact can have acted: their own text, or their provider's word for it. Entries of older
releases have no method and are all texts. Nothing else lifts a suppression: no model, flow, import or person (O6)."""


class Entry(msgspec.Struct, frozen=True):
    """What the fold reads of one entry. Times are ms; `proven` says that an import brought its evidence (K9)."""

    id: str
    type: str
    occurred_at: int
    family: str = "phone"
    programme: str = ""
    message_class: str = ""
    method: str = ""
    rule: str = ""
    pending_until: int | None = None
    proven: bool = False


class Suppression(msgspec.Struct, frozen=True):
    """A family of channels on which nothing may be sent: since when (ms), by which rule, and the entry that says so."""

    family: str
    since: int
    rule: str
    event_id: str


class LedgerStanding(msgspec.Struct, frozen=True):
    """Where a contact stands: what is suppressed, and their agreements in the order of their scopes."""

    suppressions: tuple[Suppression, ...] = ()
    agreements: tuple[Agreement, ...] = ()

    def suppressed(self, family: str) -> bool:
        """Whether nothing may be sent on this family of channels."""
        return any(one.family == _reach(family) for one in self.suppressions)


_Scope = tuple[str, str, str]


class _Fold:
    """The standing while entries are read, oldest first."""

    def __init__(self) -> None:
        self.suppressions: dict[str, Suppression] = {}
        self.scopes: dict[_Scope, Agreement] = {}
        self.before: dict[str, dict[_Scope, Agreement]] = {}  # by suppressed family: what START brings back (O8)

    def take(self, entry: Entry) -> None:
        out = _reach(entry.family) in self.suppressions
        match entry.type:
            case "opt_out":
                if not out:
                    self._suppress(entry)
            case "re_opt_in":
                if out and entry.method in OWN:
                    self.suppressions.pop(_reach(entry.family))
                    self.scopes |= self.before.pop(_reach(entry.family))
            case "opt_in" | "import" if not out:
                self._agree(entry)
            case "confirm" | "expire" if not out:
                self._answered(entry)
            case "erase":
                self.scopes.clear()
                self.before = {family: {} for family in self.suppressions}

    def _suppress(self, entry: Entry) -> None:
        """K7: wider than any consent. All that they had agreed to in the family, and in what ends with it, is over."""
        reach = _reach(entry.family)
        self.suppressions[reach] = Suppression(reach, entry.occurred_at, entry.rule, entry.id)
        theirs = {scope: one for scope, one in self.scopes.items() if _reach(scope[0]) == reach}
        kept = {s: one for s, one in theirs.items() if one.state in ("agreed", "unproven")}
        # Who has the number now can't bring back what somebody else agreed to (D3, D4).
        self.before[reach] = {} if entry.rule in ("D3", "D4") else kept
        for scope in theirs:
            self._set(scope, "revoked", entry)

    def _agree(self, entry: Entry) -> None:
        scope = (entry.family, entry.programme, entry.message_class or "promotional")
        now = self.scopes.get(scope)
        state = now.state if now is not None else "revoked"
        if state == "agreed":
            return
        if entry.type == "import" and not entry.proven:
            if state == "revoked":
                self._set(scope, "unproven", entry)
        elif entry.pending_until is not None:
            self._set(scope, "pending", entry, entry.pending_until)
        else:
            self._set(scope, "agreed", entry)

    def _answered(self, entry: Entry) -> None:
        scope = self._asked_for(entry)
        asked = self.scopes.get(scope)
        if asked is None or asked.state != "pending" or asked.expires_at is None:
            return
        in_time = entry.occurred_at < asked.expires_at
        if in_time and entry.type == "confirm" and entry.method in OWN:
            self._set(scope, "agreed", entry)
        elif not in_time and entry.type == "expire":
            self._set(scope, "revoked", entry)

    def _asked_for(self, entry: Entry) -> _Scope:
        """What an answer, or its absence, is about: what they were asked for on that channel, else on another that
        reaches the phone. It stays consent to what they were asked for."""
        what = (entry.programme, entry.message_class or "promotional")
        waiting = [
            scope
            for scope, one in self.scopes.items()
            if scope[1:] == what and one.state == "pending" and _reach(scope[0]) == _reach(entry.family)
        ]
        mine = (entry.family, *what)
        return mine if mine in waiting or not waiting else min(waiting)

    def _set(self, scope: _Scope, state: AgreementState, entry: Entry, until: int | None = None) -> None:
        self.scopes[scope] = Agreement(*scope, state, entry.occurred_at, entry.id, until)


def _reach(family: str) -> str:
    """The family whose opt-out ends this one."""
    return ENDED_WITH.get(family, family)


def fold(entries: Iterable[Entry]) -> LedgerStanding:
    """Where a contact stands after these entries, which may come in any order and more than once."""
    found = _Fold()
    once = {entry.id: entry for entry in entries}
    for entry in sorted(once.values(), key=lambda one: (one.occurred_at, one.id)):
        found.take(entry)
    suppressions = tuple(one for _, one in sorted(found.suppressions.items()))
    return LedgerStanding(suppressions, tuple(one for _, one in sorted(found.scopes.items())))


def happened(occurred_at: int, recorded_at: int) -> tuple[int, int | None]:
    """When something happened that is said to have happened then, and what was said where that can't be: nothing
    happens after it is recorded, so a clock that runs ahead is not believed."""
    return (occurred_at, None) if occurred_at <= recorded_at else (recorded_at, occurred_at)


# ---- The chain ----

HASHED = (
    "seq", "prev_hash", "workspace", "bucket", "contact_id", "id", "type", "family", "brand", "programme",
    "message_class", "occurred_at", "recorded_at", "claimed_at", "pending_until", "method", "matched_by", "rule",
    "wording", "wording_version", "language", "action", "source", "actor", "line", "arrival_id", "raw_text", "hidden",
    "honoured_at", "confirmation_id",
)  # fmt: skip
"""The columns that an entry's hash covers, in this order: all but the hash itself."""

BEGINNING = "0" * 64
"""What the first entry of a chain follows."""


def written(row: Mapping[str, Any]) -> bytes:
    """What is hashed of an entry: the columns of HASHED, in order, as a JSON array in UTF-8 without spaces."""
    return msgspec.json.encode([row[name] for name in HASHED])


def row_hash(row: Mapping[str, Any]) -> str:
    """The SHA-256 of an entry and, through `prev_hash`, of all before it."""
    return hashlib.sha256(written(row)).hexdigest()
