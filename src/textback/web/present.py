"""Rows as pages say them: names, times, owners, delivery states and happenings in words. Pure."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import msgspec

from textback.compliance.gate import HOLDS
from textback.core.messages import FAILED
from textback.core.phone import pretty
from textback.core.when import DAY, HOUR, MINUTE, SECOND, to_datetime
from textback.engine.state import Owner, State
from textback.pipeline.breaker import Condition
from textback.web.by_text_words import by_text_event, other_conversation
from textback.web.handoff_words import handoff_event
from textback.web.list_words import list_event
from textback.web.reasons import reason_words
from textback.web.remedies import CAUSES

#: Episode statuses as people read them.
STATUS = {
    "new": "New",
    "engaged": "Engaged",
    "waiting_on_customer": "Waiting on customer",
    "waiting_on_agent": "Waiting on a person",
    "completed": "Completed",
    "archived": "Archived",
}

#: Delivery statuses: the words, the icon, and the tone of the bubble.
DELIVERY = {
    "queued": ("Sending", "clock", "sending"),
    "sending": ("Sending", "clock", "sending"),
    "unknown": ("Not sure it went. It will not go twice", "clock", "sending"),
    "accepted": ("Sent", "check", ""),
    "sent": ("Sent", "check", ""),
    "delivered": ("Delivered", "checks", ""),
    "read": ("Read", "checks", ""),
    "canceled": ("Withdrawn before it went", "x", "off"),
    "undelivered": ("Not delivered", "fail", "failed"),
    "failed": ("Not delivered", "fail", "failed"),
    "filtered": ("Not delivered", "fail", "failed"),
    "expired": ("Not sent", "fail", "failed"),
    "blocked": ("Not sent", "fail", "failed"),
}

#: What people call a channel. Of SMS and MMS nothing is said: a text is one of them unless it says otherwise.
CHANNELS = {
    "imessage": "iMessage", "rcs": "RCS", "whatsapp": "WhatsApp", "slack": "Slack", "web": "Web", "email": "Email",
}  # fmt: skip

MOST_UNDO = 31 * SECOND
"""What waits for no longer (ms) is on its way, and can be taken back until then."""

#: Why a text was withdrawn, by its rule.
WITHDRAWN = {
    "canceled": "The program that sent it called it back.",
    "O6": "They opted out before it went.",
    "taken": "A person took over before it went.",
    "newer": "They texted again before it went, and the next answer stands for it.",
}

#: Why a person was asked for.
ACTION_ERRORS = {
    "retry": "It could not be reached, or failed.",
    "throttled": "It asked to wait, each time.",
    "rejected": "It refused.",
    "misconfigured": "Its address or key is wrong.",
    "unknown": "It gave no answer that makes sense. It may have done it.",
}
"""What actions.ERRORS say to people."""


def name_of(name: str, address: str) -> str:
    """A contact's name, or the number as people write it."""
    return name or (pretty(address) if address else "Unknown number")


def clock(at: int, zone: str) -> str:
    """The time of day: 9:47."""
    moment = to_datetime(at, zone)
    return f"{moment.hour % 12 or 12}:{moment:%M} {'am' if moment.hour < 12 else 'pm'}"


def day(at: int, zone: str, now: int) -> str:
    """The day: "Today, Tue 17 Nov"; with the year when it is another one."""
    moment, today = to_datetime(at, zone), to_datetime(now, zone)
    words = f"{moment:%a} {moment.day} {moment:%b}"
    if moment.year != today.year:
        return f"{words} {moment.year}"
    if moment.date() == today.date():
        return f"Today, {words}"
    return f"Yesterday, {words}" if moment.date() == to_datetime(now - DAY, zone).date() else words


def moment(at: int, zone: str, now: int) -> str:
    """A day and a time: "Tue 17 Nov, 9:47 am"."""
    return f"{day(at, zone, now)}, {clock(at, zone)}"


def short_time(at: int, zone: str, now: int) -> str:
    """For lists: the time today, else the day."""
    moment, today = to_datetime(at, zone), to_datetime(now, zone)
    return clock(at, zone) if moment.date() == today.date() else f"{moment.day} {moment:%b}"


def lasted(ms: int) -> str:
    """How long: "under a minute", "6 min", "3 h", "2 days"."""
    if ms < MINUTE:
        return "under a minute"
    if ms < HOUR:
        return f"{ms // MINUTE} min"
    if ms < 2 * DAY:
        return f"{ms // HOUR} h"
    return f"{ms // DAY} days"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a conversation: `kind` is bot, wait, you, mate or off; `short` fits a badge, `words` a line."""

    kind: str
    short: str
    words: str


def holder(owner: Owner, status: str, me: str, *, opted_out: bool = False) -> Holder:
    """Who has it, as this person sees it."""
    if opted_out:
        return Holder("off", "", "Opted out")
    if owner.kind == "person":
        letters = "".join(word[0] for word in owner.name.split()[:2]).upper() or "?"
        if owner.user_id == me:
            return Holder("you", letters, "You have this")
        return Holder("mate", letters, f"{owner.name} has this")
    if owner.kind == "nobody" or status == "waiting_on_agent":
        return Holder("wait", "", "Waiting on a person")
    return Holder("bot", "", "The bot has this")


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text in the thread."""

    id: str
    at: int
    time: str
    side: str  # in | bot | you | mate | api
    by: str
    source: str
    text: str
    media: Sequence[Mapping[str, Any]]
    delivery: str
    icon: str
    tone: str
    cause: str
    code: str
    opened: int = 0  # how often its links were
    channel: str = ""  # how it went, where that was not SMS or MMS
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Line:
    """One happening between texts. `tone` is wait or turn where ownership changed, else empty."""

    id: str
    at: int
    time: str
    icon: str
    words: str
    detail: str = ""
    tone: str = ""
    call: str = ""  # the question to a model that it is about
    kind: str = "event"
    other: tuple[str, str] = ("", "")  # another conversation that it is about: its contact, and the words of the link


@dataclass(frozen=True, slots=True)
class Written:
    """A private note. `parts` are its words, with the names that it mentions marked: (words, marked)."""

    id: str
    at: int
    time: str
    by: str
    parts: Sequence[tuple[str, bool]]
    mine: bool = False  # it names whoever looks
    kind: str = "note"


_MENTION = re.compile(r"(@\w+(?: [A-ZÀ-Þ]\w+)?)")


def note_of(row: Any, me: str, zone: str) -> Written:
    """A note as the thread shows it."""
    data = row.data
    by = "You" if data.get("user") == me else str(data.get("name", ""))
    marked = bool(data.get("mentions"))
    words = _MENTION.split(str(data.get("text", ""))) if marked else [str(data.get("text", ""))]
    parts = [(one, place % 2 == 1) for place, one in enumerate(words) if one]
    return Written(
        str(data.get("note") or row.id), row.at, clock(row.at, zone), by, parts, me in data.get("mentions", ())
    )


@dataclass(frozen=True, slots=True)
class Day:
    """A new day begins."""

    id: str
    words: str
    kind: str = "day"


def _until(at: int, zone: str, now: int) -> str:
    """A time to come: "9:00 am", with the day when it is another one."""
    local = to_datetime(at, zone)
    if local.date() == to_datetime(now, zone).date():
        return clock(at, zone)
    return f"{local:%a} {local.day} {local:%b}, {clock(at, zone)}"


def bubble(row: Any, me: str, zone: str, now: int = 0, opened: int = 0) -> Bubble:
    """A message row as a bubble; `opened` is how often its links were."""
    words, icon, tone = DELIVERY.get(row.status, ("", "", ""))
    side = "in" if row.direction == "in" else {"bot": "bot", "api": "api"}.get(row.author, "mate")
    by = {"in": "", "bot": "Bot", "api": f"Program {row.author_name}"}.get(side, row.author_name)
    if side == "mate" and row.author_id == me:
        side, by = "you", "You"
    cause = ""
    if row.status == "queued" and getattr(row, "waits", "") == "later" and row.due_at - row.at > MOST_UNDO:
        words = f"Scheduled for {_until(row.due_at, zone, now)}"
    elif row.status == "queued" and row.rule in HOLDS and getattr(row, "due_at", None):
        words, cause = f"Held until {_until(row.due_at, zone, now)} (rule {row.rule})", row.detail
    if row.status in FAILED:
        refused = row.status in ("blocked", "expired")
        cause = (
            row.detail if refused else CAUSES.get(row.code) or row.detail or "The carrier refused it without a reason."
        )
    elif row.status == "canceled":
        cause = WITHDRAWN.get(row.rule, "")
    media = msgspec.json.decode(row.media) if row.media != "[]" else []
    source = row.source if side == "bot" else ""
    return Bubble(
        row.id,
        row.at,
        clock(row.at, zone),
        side,
        by,
        source,
        row.text,
        media,
        words,
        icon,
        tone,
        cause,
        row.code,
        opened,
        CHANNELS.get(row.channel, ""),
    )


def _event(kind: str, data: Mapping[str, Any], me: str) -> tuple[str, str, str, str] | None:
    """Icon, sentence, detail and tone of an event; None for one that says nothing to people."""
    who = "You" if data.get("user") == me else data.get("name", "Somebody")
    match kind:
        case "escalated":
            return "up-person", "Bot stopped and asked for a person.", reason_words(data.get("reason", "")), "wait"
        case "taken_over":
            before = {"person": f" from {data.get('from_name', '')}", "bot": " from the bot"}
            return "person", f"{who} took over{before.get(data.get('from', ''), '')}", "", "turn"
        case "handed_back":
            modes = {"ask": "it asks again", "wait": "it waits for the next text", "end": "the flow is over"}
            how = modes.get(data.get("mode", ""), "")
            if data.get("mode") == "step":
                how = f"it carries on at {str(data.get('step', '')).replace('_', ' ')}"
            return "return", f"{who} returned it to the bot", how, "turn"
        case "completed":
            return "check", f"{who} completed it", "", ""
        case "assigned":
            to = str(data.get("to_name") or "")
            to = ("you" if data.get("to") == me else to) or (f"the queue {data['queue']}" if data.get("queue") else "")
            taken = f"taken from {data['from_name']}" if data.get("from_name") else ""
            return "person", f"{who} gave it to {to}" if to else f"{who} put it back to waiting", taken, "turn"
        case "asked_for":
            whom = "you" if data.get("holder_id") == me else data.get("holder", "")
            return "person", f"{who} asked {whom} for it", "", ""
        case "owner_idle":
            return "clock", f"{data.get('name', 'The person')} went quiet. It waits for a person again.", "", "wait"
        case "opted_out":
            how = _by(data)
            return "block", "They opted out. Nothing is sent to them.", how[:1].upper() + how[1:], ""
        case "opt_out_unsure":
            words = data.get("words", "")
            why = f"They wrote “{words}”" if words else "Their text could not be read for it"
            return "block", "Perhaps they opted out. A person must say.", why, "wait"
        case "opt_out_settled":
            said = "they opted out" if data.get("opted_out") else "they did not opt out"
            return "check", f"{who} said that {said}", "", ""
        case "opted_in":
            again = data.get("rule") not in ("K1", "K5")
            return "check", "They opted in again" if again else "They opted in", _by(data), ""
        case "opt_in_asked":
            return "clock", "They were asked to confirm by YES", _by(data), ""
        case "help_asked":
            return "phone", "They asked for help", _by(data), ""
        case "session_started":
            return "flows", f"Started {data.get('flow', '')}", f"version {data.get('version', '')}", ""
        case "session_ended":
            return "flows", f"{data.get('flow', '')} ended: {str(data.get('outcome', '')).replace('_', ' ')}", "", ""
        case "turn_failed":
            why = reason_words(data.get("reason") or data.get("error", ""))
            return "fail", "The bot could not go on.", f"{why} {data.get('flow', '')}".strip(), "wait"
        case "loop_guard":
            most = data.get("most", "")
            why = f"the same text got the same answer {most} times: perhaps another program answers"
            if data.get("why") == "replies":
                why = f"it would have sent more than {most} replies in an hour"
            return "up-person", "Bot stopped answering and asked for a person.", why[:1].upper() + why[1:], "wait"
        case "late_message":
            ago = _length(int(data.get("minutes", 0)))
            return "clock", f"This text came {ago} after it was sent.", "The bot did not answer it.", "wait"
        case "opt_in_refused":
            if data.get("rule") == "O6":
                return "block", "They opted out. Only they can opt in again, by texting START.", _by(data), ""
            word = str(data.get("keyword", "")).upper() or "START"
            why = "Nobody knows that they sent it: the line does not enforce signatures."
            if data.get("doubt") == "redriven":
                why = "It was taken out of quarantine, and may be older than their STOP."
            if data.get("doubt") == "overtaken":
                why = "It is older than their opt-out."
            return "block", f"{word} did not opt them in. They can text it again.", why, ""
        case "doubted":
            if data.get("doubt") == "redriven":
                return "return", "This came out of quarantine", "", ""
            return "shield", "The signature of this was bad. Perhaps the provider did not send it.", "", "wait"
        case "link_clicked":
            return "right", "They opened a link", str(data.get("target", "")), ""
        case "action_done":
            return "check", f"Asked {data.get('action', '')}", "", ""
        case "action_failed":
            why = ACTION_ERRORS.get(str(data.get("error", "")), "")
            return "fail", f"Asked {data.get('action', '')}: no result", why, "wait"
        case "model_answered":
            acts = {
                "say": "it was sent", "draft": "it waits for a person", "clarify": "they were asked what they meant",
                "escalate": "a person was asked for", "without": "it was not said",
            }  # fmt: skip
            sure = f"{float(data.get('confidence', 0)) * 100:.0f} % sure, {acts.get(str(data.get('act', '')), '')}"
            return "bot", "A model proposed a reply", sure, ""
        case "model_failed":
            return "fail", "A model was asked, and gave no reply", str(data.get("error", "")).replace("_", " "), ""
        case "draft_settled":
            dones = {"approved": "sent the reply", "edited": "changed the reply and sent it"}
            return "check", f"{who} {dones.get(str(data.get('outcome', '')), 'threw the reply away')}", "", ""
        case "event_received":
            by = f"program {data['by']}" if data.get("by") else ""
            what = f"Event {str(data.get('name', '')).replace('_', ' ')}"
            starts = str(data.get("starts", "")).replace("_", " ")
            came = "" if data.get("awaited") else f"starts {starts}" if starts else "nobody waited for it"
            return "return", what, ", ".join(word for word in (by, came) if word), ""
        case "contact_changed":
            fields = ", ".join(str(name).replace("_", " ") for name in data.get("fields", ()))
            return "person", f"Program {data.get('by', '')} changed the contact", fields, ""
        case "flow_refused":
            flow = str(data.get("flow", "")).replace("_", " ")
            return "flows", f"Program {data.get('by', '')} could not start {flow}", "", ""
        case "reminded":
            return "clock", "Reminder sent", "", ""
        case "limit_passed" | "requeued":
            return handoff_event(kind, data)
        case "asked_by_text" | "agreed_by_text" | "moved_to_text" | "came_by_text":
            return by_text_event(kind, data)
        case _:
            return list_event(kind, data, who)


def _by(data: Mapping[str, Any]) -> str:
    keyword = data.get("keyword", "")
    if data.get("matched_by") == "provider":
        return f"the provider handled {keyword.upper()}" if keyword else "the provider says so"
    if data.get("by"):
        return f"recorded by {data['by']}"
    if data.get("matched_by") in ("rule", "model"):
        return f"they wrote “{keyword}”"
    return f"they texted {keyword.upper()}" if keyword else ""


def _length(minutes: int) -> str:
    """A stretch of time, roughly: "90 minutes", "3 hours", "2 days"."""
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}s"
    return f"{minutes} minutes"


def line_of(row: Any, me: str, zone: str) -> Line | None:
    """An event row as a line of the thread."""
    said = _event(row.kind, row.data, me)
    call = str(row.data.get("job", "")) if row.kind in ("model_answered", "model_failed", "draft_settled") else ""
    other = other_conversation(row.kind, row.data)
    return None if said is None else Line(row.id, row.at, clock(row.at, zone), *said, call=call, other=other)


def woven(
    messages: Sequence[Any], events: Sequence[Any], me: str, zone: str, now: int, opened: Mapping[str, int] = {}
) -> list[Bubble | Line | Written | Day]:
    """The thread: texts and happenings in the order in which they happened, with a mark where a day begins. `opened` is
    how often links were, by message."""
    items: list[Bubble | Line | Written] = [bubble(row, me, zone, now, opened.get(row.id, 0)) for row in messages]
    items += [note_of(row, me, zone) for row in events if row.kind == "noted"]
    items += [line for row in events if (line := line_of(row, me, zone)) is not None]
    items.sort(key=lambda item: (item.at, item.id))
    shown: list[Bubble | Line | Written | Day] = []
    if items:
        first = day(items[0].at, zone, now)
        shown += [Day(f"day-{items[0].id}", first), items[0]]
    for before, item in pairwise(items):
        words = day(item.at, zone, now)
        if words != day(before.at, zone, now):
            shown.append(Day(f"day-{item.id}", words))
        shown.append(item)
    return shown


@dataclass(frozen=True, slots=True)
class ListRow:
    """One conversation in the list."""

    id: str
    name: str
    time: str
    snippet: str
    holder: Holder
    unread: int
    chips: list[tuple[str, str, str]] = field(default_factory=list)  # tone, icon, words


def list_row(row: Any, state: State, me: str, zone: str, now: int) -> ListRow:
    """A conversation row for the list."""
    chips: list[tuple[str, str, str]] = []
    if row.opted_out:
        chips.append(("", "lock", "Opted out, no texts allowed"))
    elif row.waiting_since is not None:
        waited = now - row.waiting_since
        chips.append(("wait" if waited > 5 * MINUTE else "quiet", "clock", lasted(waited)))
        if state.handoff is not None:
            chips.append(("", "", reason_words(state.handoff.reason)))
    elif row.status in ("completed", "archived"):
        chips.append(("", "", STATUS[row.status]))
    said = {"contact": "", "bot": "Bot: ", "api": "Program: "}.get(row.last_author, "")
    if row.last_author == "person":
        said = "You: " if state.owner.user_id == me else "Reply: "
    return ListRow(
        row.contact_id,
        name_of(row.name, row.address),
        short_time(row.last_at, zone, now),
        said + (row.last_text or "(picture)"),
        holder(state.owner, row.status, me, opted_out=bool(row.opted_out)),
        row.unread,
        chips,
    )


def line_limits(rate: float | None, cap: int | None, used: int) -> tuple[bool, str]:
    """What a line may send, for the Lines page: whether it may send nothing more today, and words that say so."""
    pace = f"At most {rate:,.3g} segments a second. " if rate is not None else ""
    if cap is None:
        return False, pace.strip()
    if used >= cap:
        return True, f"{pace}Today's {cap:,} segments are used up. Texts wait until midnight Pacific time."
    return False, f"{pace}{used:,} of today's {cap:,} segments are used."


def line_state(condition: Condition) -> tuple[bool, str]:
    """How a line is, for the Lines page: whether it is in trouble, and words that say what to do."""
    code = f" (code {condition.code})" if condition.code else ""
    since = lasted(int(condition.since * SECOND))
    waits = {
        "closed": "",
        "open": f" Texts wait; the next try is in {math.ceil(condition.next_try)} s.",
        "probing": " Texts wait; one is tried now.",
    }[condition.state]
    if condition.why == "misconfigured":
        return True, f"The provider has refused our account or key for {since}{code}. Put it right and restart.{waits}"
    if condition.why == "away":
        return True, f"The provider has not taken any text for {since}{code}.{waits}"
    return False, "Texts go out."
