"""Consent on the way in: what a text changes. Whether one may go out is for the gate to say (compliance.gate)."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import msgspec

from textback.compliance.detect import Keyword, keyword
from textback.compliance.revocation import NOTHING, Finding, revocation
from textback.core.when import MINUTE

CONFIRM_WITHIN = 5 * MINUTE
"""A confirmation of an opt-out goes within five minutes or not at all (O7; 47 CFR 64.1200(a)(12), as of 2026-11-20)."""

_FLAGS = {"stop": "opt_out", "start": "opt_in", "help": "help"}
_RESULTS = {
    "opt_out": "Opt-out",
    "opt_in": "Opt-in",
    "help": "Help",
    "hold": "Perhaps an opt-out",
}


class Brand(msgspec.Struct, frozen=True):
    """Who texts, as consent replies must say it."""

    name: str
    phone: str = ""
    email: str = ""
    frequency: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """What a text means for consent. Unless `action` is "none" the text is used up and no flow sees it.

    `reply` is a text of class compliance, None where the provider has already answered; `reply_expires_at` (ms) is the
    moment after which it must not go. `result` is the trace's word for it. "hold": they may have meant to opt out, and
    a person must say (O3). `more`: they asked for something else as well (O4). `keyword` has the words that decided.
    """

    action: str  # none | opt_out | opt_in | help | hold
    rule: str = ""
    matched_by: str = ""  # provider | keyword | rule | model | failure
    keyword: str = ""
    reply: str | None = None
    reply_expires_at: int | None = None
    result: str = "None"
    more: bool = False


_NOTHING = Verdict("none")


def consider(
    text: str,
    *,
    flagged: str | None,
    opted_out: bool,
    provider_keywords: Mapping[str, frozenset[str]],
    brand: Brand,
    received_at: int,
    now: int,
    help_text: str | None = None,
) -> Verdict:
    """Read a text for consent, before any flow or model (O1 to O9).

    Args:
        flagged: the provider's own word for it ("stop", "start", "help"): it has acted and answered (O1).
        opted_out: whether the contact has opted out already.
        provider_keywords: whole messages that the provider answers, in upper case, by kind (section 4).
        received_at, now: ms.
    """
    found = keyword(text)
    if flagged == "start" and found is not None and found.kind == "yes" and not opted_out:
        return _NOTHING
    if flagged in _FLAGS:
        if found is not None and found.kind == "stop" and flagged != "stop":
            flagged = "stop"  # the stricter reading wins
        word = found.word if found else ""
        return _verdict(_FLAGS[flagged], "O1", "provider", word, None, None)
    if found is None:
        return _NOTHING if opted_out else _in_words(text, brand, received_at, now)
    silent = text.strip().upper() in provider_keywords.get("start" if found.kind == "yes" else found.kind, ())
    if found.kind == "stop":
        return _stop(found, opted_out, silent, brand, received_at, now)
    if found.kind == "help":
        reply = None if silent else help_text or help_reply(brand)
        return _verdict("help", "O9", "keyword", found.word, reply, None)
    # START and YES mean consent only to someone who has opted out; to anyone else they are ordinary answers (O8).
    if not opted_out:
        return _NOTHING
    return _verdict("opt_in", "O8", "keyword", found.word, None if silent else welcome_back(brand), None)


@lru_cache(maxsize=256)
def _found(find: Callable[[str], Finding], text: str) -> Finding:
    """A text of a burst, and one whose reading is awaited, is looked at more than once within a moment."""
    return find(text)


def _in_words(text: str, brand: Brand, received_at: int, now: int) -> Verdict:
    """An opt-out in a sentence of their own (O3), or of somebody else who has the number now (D4). When it can't be
    read, that is no pass: a person looks at it."""
    try:
        found = _found(revocation, text)
    except Exception:
        return Verdict("hold", "O3", "failure", result="Could not be read")
    if found == NOTHING:
        return _NOTHING
    if found.reading == "unsure":
        return _worded("hold", "O3", found, None, None)
    expires_at = received_at + CONFIRM_WITHIN
    reply = goodbye(brand) if now < expires_at else None
    return _worded("opt_out", "D4" if found.wrong else "O3", found, reply, expires_at if reply else None)


def _worded(action: str, rule: str, found: Finding, reply: str | None, expires_at: int | None) -> Verdict:
    verdict = _verdict(action, rule, found.by, found.words, reply, expires_at)
    return msgspec.structs.replace(verdict, more=found.more)


def _stop(found: Keyword, opted_out: bool, silent: bool, brand: Brand, received_at: int, now: int) -> Verdict:
    expires_at = received_at + CONFIRM_WITHIN
    # O7: one confirmation per revocation, and none that comes too late.
    reply = None if silent or opted_out or now >= expires_at else goodbye(brand)
    rule = "O6" if not opted_out else "O7"
    return _verdict("opt_out", rule, "keyword", found.word, reply, expires_at if reply else None)


def _verdict(action: str, rule: str, matched_by: str, word: str, reply: str | None, expires_at: int | None) -> Verdict:
    by = "the provider says so" if matched_by == "provider" else f"“{word.upper()}”"
    if matched_by in ("rule", "model"):
        by = f"by {matched_by}, “{word}”"
    silent = "" if reply or action == "hold" else ", no reply due"
    return Verdict(action, rule, matched_by, word, reply, expires_at, f"{_RESULTS[action]}, {by}{silent}")


def goodbye(brand: Brand) -> str:
    """The one confirmation of an opt-out (O7): it confirms, says how to come back, and sells nothing."""
    return f"{brand.name}: you are unsubscribed and will get no more messages. Reply START to resubscribe."


def welcome_back(brand: Brand) -> str:
    """The confirmation of an opt-in (K4): programme, frequency, fees, HELP and STOP."""
    frequency = brand.frequency or "Message frequency varies"
    return (
        f"{brand.name}: you are subscribed again. {frequency.rstrip('.')}. Msg & data rates may apply. "
        "Reply HELP for help, STOP to end."
    )


def help_reply(brand: Brand) -> str:
    """The answer to HELP (O9): who this is, how to reach them, frequency, fees, STOP."""
    reach = " or ".join(part for part in (brand.phone, brand.email) if part)
    contact = f"For help contact {reach}. " if reach else ""
    frequency = brand.frequency or "Message frequency varies"
    return f"{brand.name}: {contact}{frequency.rstrip('.')}. Msg & data rates may apply. Reply STOP to end."
