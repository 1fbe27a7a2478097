"""Rows as pages say them: names, times, owners, delivery states and happenings in words. Pure."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
from textback.web.machine_words import machine_event
from textback.web.phrases import tell
from textback.web.reasons import reason_words
from textback.web.remedies import CAUSES
from textback.web.retelling import retell

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

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

OUTCOMES = frozenset({"completed", "abandoned", "moved_to_text", "handed_over"})
"""How flows end, by our own words; others are an author's."""

MOST_UNDO = 31 * SECOND
"""What waits for no longer (ms) is on its way, and can be taken back until then."""

#: Why a text was withdrawn, by its rule.
WITHDRAWN = {
    "canceled": "The program that sent it called it back.",
    "O6": "They opted out before it went.",
    "taken": "A person took over before it went.",
    "newer": "They texted again before it went, and the next answer stands for it.",
}


def name_of(name: str, address: str) -> str:
    """A contact's name, or the number as people write it."""
    return name or (pretty(address) if address else tell("Unknown number"))


def clock(at: int, zone: str) -> str:
    """The time of day: 9:47."""
    moment = to_datetime(at, zone)
    return f"{moment.hour % 12 or 12}:{moment:%M} {tell('am') if moment.hour < 12 else tell('pm')}"


def day_words(moment: datetime) -> str:
    """The day: "Tue 17 Nov"."""
    return f"{tell(WEEKDAYS[moment.weekday()])} {moment.day} {tell(MONTHS[moment.month - 1])}"


def day(at: int, zone: str, now: int) -> str:
    """The day: "Today, Tue 17 Nov"; with the year when it is another one."""
    moment, today = to_datetime(at, zone), to_datetime(now, zone)
    words = day_words(moment)
    if moment.year != today.year:
        return f"{words} {moment.year}"
    if moment.date() == today.date():
        return tell("Today, {day}", day=words)
    yesterday = moment.date() == to_datetime(now - DAY, zone).date()
    return tell("Yesterday, {day}", day=words) if yesterday else words


def moment(at: int, zone: str, now: int) -> str:
    """A day and a time: "Tue 17 Nov, 9:47 am"."""
    return f"{day(at, zone, now)}, {clock(at, zone)}"


def short_time(at: int, zone: str, now: int) -> str:
    """For lists: the time today, else the day."""
    moment, today = to_datetime(at, zone), to_datetime(now, zone)
    return clock(at, zone) if moment.date() == today.date() else f"{moment.day} {tell(MONTHS[moment.month - 1])}"


def lasted(ms: int) -> str:
    """How long: "under a minute", "6 min", "3 h", "2 days"."""
    if ms < MINUTE:
        return tell("under a minute")
    if ms < HOUR:
        return f"{ms // MINUTE} min"
    if ms < 2 * DAY:
        return f"{ms // HOUR} h"
    return tell("{n} days", n=ms // DAY)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a conversation: `kind` is bot, wait, you, mate or off; `short` fits a badge, `words` a line."""

    kind: str
    short: str
    words: str


def holder(owner: Owner, status: str, me: str, *, opted_out: bool = False) -> Holder:
    """Who has it, as this person sees it."""
    if opted_out:
        return Holder("off", "", tell("Opted out"))
    if owner.kind == "person":
        letters = "".join(word[0] for word in owner.name.split()[:2]).upper() or "?"
        if owner.user_id == me:
            return Holder("you", letters, tell("You have this"))
        return Holder("mate", letters, tell("{name} has this", name=owner.name))
    if owner.kind == "nobody" or status == "waiting_on_agent":
        return Holder("wait", "", tell("Waiting on a person"))
    return Holder("bot", "", tell("The bot has this"))


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
    by = tell("You") if data.get("user") == me else str(data.get("name", ""))
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
    return f"{day_words(local)}, {clock(at, zone)}"


def bubble(row: Any, me: str, zone: str, now: int = 0, opened: int = 0) -> Bubble:
    """A message row as a bubble; `opened` is how often its links were."""
    words, icon, tone = DELIVERY.get(row.status, ("", "", ""))
    words = tell(words)
    side = "in" if row.direction == "in" else {"bot": "bot", "api": "api"}.get(row.author, "mate")
    by = {"in": "", "bot": tell("Bot"), "api": tell("Program {name}", name=row.author_name)}.get(side, row.author_name)
    if side == "mate" and row.author_id == me:
        side, by = "you", tell("You")
    cause = ""
    if row.status == "queued" and getattr(row, "waits", "") == "later" and row.due_at - row.at > MOST_UNDO:
        words = tell("Scheduled for {when}", when=_until(row.due_at, zone, now))
    elif row.status == "queued" and row.rule in HOLDS and getattr(row, "due_at", None):
        words = tell("Held until {when} (rule {rule})", when=_until(row.due_at, zone, now), rule=row.rule)
        cause = retell(row.detail)
    if row.status in FAILED:
        refused = row.status in ("blocked", "expired")
        cause = row.detail if refused else CAUSES.get(row.code) or row.detail
        cause = retell(cause or ("" if refused else "The carrier refused it without a reason."))
    elif row.status == "canceled":
        cause = tell(WITHDRAWN.get(row.rule, ""))
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
        tell(CHANNELS.get(row.channel, "")),
    )


def bad_number_words(why: str) -> str:
    """Why a number can't get texts, as a sentence."""
    return {
        "landline": tell("This looks like a landline, which cannot get texts."),
        "gone": tell("This number is not in service."),
    }.get(why) or tell("This number does not exist.")


def bad_number_of(state: State, zone: str, now: int) -> dict[str, str] | None:
    """Why a number can't get texts, the provider's code, and since when; None where it can."""
    bad = state.bad_number
    if bad is None:
        return None
    return {"words": bad_number_words(bad.why), "code": bad.code, "when": day(bad.since, zone, now)}


def _event(kind: str, data: Mapping[str, Any], me: str) -> tuple[str, str, str, str] | None:
    """Icon, sentence, detail and tone of an event; None for one that says nothing to people."""
    who = tell("You") if data.get("user") == me else data.get("name") or tell("Somebody")
    match kind:
        case "escalated":
            words = tell("Bot stopped and asked for a person.")
            return "up-person", words, reason_words(data.get("reason", "")), "wait"
        case "taken_over":
            before = {
                "person": tell("{who} took over from {name}", who=who, name=data.get("from_name", "")),
                "bot": tell("{who} took over from the bot", who=who),
            }
            return "person", before.get(data.get("from", "")) or tell("{who} took over", who=who), "", "turn"
        case "handed_back":
            modes = {
                "ask": tell("it asks again"), "wait": tell("it waits for the next text"),
                "end": tell("the flow is over"),
            }  # fmt: skip
            how = modes.get(data.get("mode", ""), "")
            if data.get("mode") == "step":
                how = tell("it carries on at {step}", step=str(data.get("step", "")).replace("_", " "))
            return "return", tell("{who} returned it to the bot", who=who), how, "turn"
        case "completed":
            return "check", tell("{who} completed it", who=who), "", ""
        case "assigned":
            to = str(data.get("to_name") or "")
            queue = tell("the queue {queue}", queue=data["queue"]) if data.get("queue") else ""
            to = (tell("you") if data.get("to") == me else to) or queue
            taken = tell("taken from {name}", name=data["from_name"]) if data.get("from_name") else ""
            given = tell("{who} gave it to {to}" if to else "{who} put it back to waiting", who=who, to=to)
            return "person", given, taken, "turn"
        case "asked_for":
            whom = tell("you") if data.get("holder_id") == me else data.get("holder", "")
            return "person", tell("{who} asked {whom} for it", who=who, whom=whom), "", ""
        case "owner_idle":
            name = data.get("name") or tell("The person")
            return "clock", tell("{who} went quiet. It waits for a person again.", who=name), "", "wait"
        case "opted_out":
            how = _by(data)
            return "block", tell("They opted out. Nothing is sent to them."), how[:1].upper() + how[1:], ""
        case "opt_out_unsure":
            words = data.get("words", "")
            why = tell("They wrote “{words}”", words=words) if words else tell("Their text could not be read for it")
            return "block", tell("Perhaps they opted out. A person must say."), why, "wait"
        case "opt_out_settled":
            said = tell("{who} said that they did not opt out", who=who)
            if data.get("opted_out"):
                said = tell("{who} said that they opted out", who=who)
            return "check", said, "", ""
        case "bad_number":
            return "fail", bad_number_words(str(data.get("why", ""))), tell("Only answers to their texts go there."), ""
        case "number_works":
            said = tell("{who} said that the number gets texts", who=who)
            return "check", said if data.get("user") else tell("They texted, so the number gets texts"), "", ""
        case "opted_in":
            again = data.get("rule") not in ("K1", "K5")
            return "check", tell("They opted in again" if again else "They opted in"), _by(data), ""
        case "opt_in_asked":
            return "clock", tell("They were asked to confirm by YES"), _by(data), ""
        case "help_asked":
            return "phone", tell("They asked for help"), _by(data), ""
        case "session_started":
            version = tell("version {n}", n=data.get("version", ""))
            return "flows", tell("Started {flow}", flow=data.get("flow", "")), version, ""
        case "session_ended":
            ended = outcome_words(str(data.get("outcome", "")))
            return "flows", tell("{flow} ended: {outcome}", flow=data.get("flow", ""), outcome=ended), "", ""
        case "turn_failed":
            why = reason_words(data.get("reason") or data.get("error", ""))
            return "fail", tell("The bot could not go on."), f"{why} {data.get('flow', '')}".strip(), "wait"
        case "loop_guard":
            most = data.get("most", "")
            why = tell("The same text got the same answer {n} times: perhaps another program answers", n=most)
            if data.get("why") == "replies":
                why = tell("It would have sent more than {n} replies in an hour", n=most)
            return "up-person", tell("Bot stopped answering and asked for a person."), why, "wait"
        case "late_message":
            ago = _length(int(data.get("minutes", 0)))
            words = tell("This text came {span} after it was sent.", span=ago)
            return "clock", words, tell("The bot did not answer it."), "wait"
        case "opt_in_refused":
            if data.get("rule") == "O6":
                words = tell("They opted out. Only they can opt in again, by texting START.")
                return "block", words, _by(data), ""
            word = str(data.get("keyword", "")).upper() or "START"
            why = tell("Nobody knows that they sent it: the line does not enforce signatures.")
            if data.get("doubt") == "redriven":
                why = tell("It was taken out of quarantine, and may be older than their STOP.")
            if data.get("doubt") == "overtaken":
                why = tell("It is older than their opt-out.")
            return "block", tell("{word} did not opt them in. They can text it again.", word=word), why, ""
        case "doubted":
            if data.get("doubt") == "redriven":
                return "return", tell("This came out of quarantine"), "", ""
            words = tell("The signature of this was bad. Perhaps the provider did not send it.")
            return "shield", words, "", "wait"
        case "link_clicked":
            return "right", tell("They opened a link"), str(data.get("target", "")), ""
        case "reminded":
            return "clock", tell("Reminder sent"), "", ""
        case "limit_passed" | "requeued":
            return handoff_event(kind, data)
        case "asked_by_text" | "agreed_by_text" | "moved_to_text" | "came_by_text":
            return by_text_event(kind, data)
        case _:
            return machine_event(kind, data, who) or list_event(kind, data, who)


def _by(data: Mapping[str, Any]) -> str:
    keyword = data.get("keyword", "")
    if data.get("matched_by") == "provider":
        if not keyword:
            return tell("the provider says so")
        return tell("the provider handled {word}", word=keyword.upper())
    if data.get("by"):
        return tell("recorded by {name}", name=data["by"])
    if data.get("matched_by") in ("rule", "model"):
        return tell("they wrote “{words}”", words=keyword)
    return tell("they texted {word}", word=keyword.upper()) if keyword else ""


def _length(minutes: int) -> str:
    """A stretch of time, roughly: "90 minutes", "3 hours", "2 days"."""
    if minutes >= 2 * 1440:
        return tell("{n} days", n=minutes // 1440)
    return tell("{n} hours", n=minutes // 60) if minutes >= 2 * 60 else tell("{n} minutes", n=minutes)


def outcome_words(outcome: str) -> str:
    """How a flow ended: one of our own words, or an author's."""
    words = outcome.replace("_", " ")
    return tell(words) if outcome in OUTCOMES else words


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
        chips.append(("", "lock", tell("Opted out, no texts allowed")))
    elif row.waiting_since is not None:
        waited = now - row.waiting_since
        chips.append(("wait" if waited > 5 * MINUTE else "quiet", "clock", lasted(waited)))
        if state.handoff is not None:
            chips.append(("", "", reason_words(state.handoff.reason)))
    elif row.status in ("completed", "archived"):
        chips.append(("", "", tell(STATUS[row.status])))
    said = {"contact": "", "bot": tell("Bot: "), "api": tell("Program: ")}.get(row.last_author, "")
    if row.last_author == "person":
        said = tell("You: ") if state.owner.user_id == me else tell("Reply: ")
    return ListRow(
        row.contact_id,
        name_of(row.name, row.address),
        short_time(row.last_at, zone, now),
        said + (row.last_text or tell("(picture)")),
        holder(state.owner, row.status, me, opted_out=bool(row.opted_out)),
        row.unread,
        chips,
    )


def line_limits(rate: float | None, cap: int | None, used: int) -> tuple[bool, str]:
    """What a line may send, for the Lines page: whether it may send nothing more today, and words that say so."""
    pace = tell("At most {n} segments a second. ", n=f"{rate:,.3g}") if rate is not None else ""
    if cap is None:
        return False, pace.strip()
    if used >= cap:
        over = tell("Today's {n} segments are used up. Texts wait until midnight Pacific time.", n=f"{cap:,}")
        return True, pace + over
    return False, pace + tell("{n} of today's {all} segments are used.", n=f"{used:,}", all=f"{cap:,}")


def line_state(condition: Condition) -> tuple[bool, str]:
    """How a line is, for the Lines page: whether it is in trouble, and words that say what to do."""
    code = " " + tell("(code {code})", code=condition.code) if condition.code else ""
    since = lasted(int(condition.since * SECOND))
    waits = {
        "closed": "",
        "open": " " + tell("Texts wait; the next try is in {n} s.", n=math.ceil(condition.next_try)),
        "probing": " " + tell("Texts wait; one is tried now."),
    }[condition.state]
    if condition.why == "misconfigured":
        words = tell("The provider has refused our account or key for {span}{code}.", span=since, code=code)
        return True, f"{words} {tell('Put it right and restart.')}{waits}"
    if condition.why == "away":
        words = tell("The provider has not taken any text for {span}{code}.", span=since, code=code)
        return True, words + waits
    return False, tell("Texts go out.")
