"""Turns about consent that are not a STOP, START or HELP: the bot's own opt-in words, YES to a request, what a form, a
program or a person brings, and requests that nobody answered. Pure, as `decide` is, which asks here.
"""

import msgspec

from textback.compliance import opting
from textback.compliance.consent import Brand, Verdict
from textback.compliance.ledger import CHAT_PENDING_FOR, PENDING_FOR
from textback.core.evidence import Evidence
from textback.engine import by_text
from textback.engine.arrivals import ConsentChange, Message, TimerFired
from textback.engine.bot import Bot
from textback.engine.effects import AnyEffect, Check, Event, RecordConsent, Send, SetTimer
from textback.engine.match import normalise
from textback.engine.state import Asked, State
from textback.engine.step import Turn

ROW = "Opt-in words"
TIMER = "consent"
"""The timer that fires when a request for a YES is too old."""


def heard(bot: Bot, state: State, arrival: Message, now: int, verdict: Verdict, *, opted_out: bool) -> Turn | None:
    """The turn of a text that opts in: YES where one was asked for, or a word of the bot's own. None for others."""
    if verdict.action in ("opt_out", "help") or arrival.doubt or not (state.asked or bot.opt_ins):
        return None
    if state.asked and not opted_out and opting.affirmative(arrival.text):
        return _confirmed(bot, state, now)
    word = normalise(arrival.text) if len(arrival.text) <= opting.LONGEST_YES else ""
    joined = bot.opt_ins.get(word)
    if joined is None:
        return None
    evidence = Evidence(
        joined.programme, joined.message_class, "keyword", joined.wording, joined.version, state_locale(bot, state),
        f"texted {word.upper()}", f"{word.upper()} {arrival.recipient}",
    )  # fmt: skip
    effects: list[AnyEffect] = [RecordConsent("opt_in", "K1", "keyword", word, evidence)]
    if opted_out:  # their own word for it: it lifts the suppression, and adds what they ask for to what comes back
        effects.insert(0, RecordConsent("re_opt_in", "O8", "keyword", word))
    effects.append(_send(opting.welcome(_brand(bot), joined.name, joined.frequency), "consent.opt_in"))
    events = [Event("opted_in", {"rule": "K1", "matched_by": "keyword", "keyword": word})]
    state = msgspec.structs.replace(state, last_inbound_at=now)
    return Turn(state, effects, events, [Check(ROW, f"Opt-in, “{word.upper()}”", hit=True)])


def state_locale(bot: Bot, state: State) -> str:
    """The language that the contact is spoken to in."""
    return str(state.fields.get("locale") or bot.locale)


def _brand(bot: Bot) -> Brand:
    return Brand(bot.name, bot.phone, bot.email, bot.frequency)


def _send(text: str, source: str, expires_at: int | None = None) -> Send:
    return Send(text, message_class="compliance", source=source, expires_at=expires_at)


def _confirmed(bot: Bot, state: State, now: int) -> Turn | None:
    """YES: everything that was asked for and is not too old (K5). Each programme is confirmed in its own words (K4)."""
    asked = [one for one in state.asked if now < one.until]
    if not asked:
        return None
    effects: list[AnyEffect] = []
    for one in asked:
        evidence = Evidence(one.programme, one.message_class, "keyword", action="texted YES")
        effects.append(RecordConsent("confirm", "K5", "keyword", "yes", evidence))
    programmes = {one.programme: one for one in asked if one.chat is None}.values()
    effects += [_send(opting.welcome(_brand(bot), one.name, one.frequency), "consent.confirm") for one in programmes]
    chats = [one.chat for one in asked if one.chat is not None]
    for chat in chats:
        effects += by_text.said_yes(state, chat, state_locale(bot, state), bot.version)
    state = msgspec.structs.replace(state, asked=[], last_inbound_at=now)
    events = [Event("opted_in", {"rule": "K5", "matched_by": "keyword", "keyword": "yes"})]
    if by_text.busy(state):  # it is left as it is, and people find the chat from here
        events += [Event("came_by_text", {"contact": chat.contact_id, "busy": True}) for chat in chats]
    return Turn(state, effects, events, [Check(ROW, "Opt-in confirmed, “YES”", hit=True)])


def brought(bot: Bot, state: State, arrival: ConsentChange, now: int, *, opted_out: bool) -> Turn:
    """The turn of an opt-in that a form, a program or a person at the desk brings. Nobody but the contact lifts a
    suppression (O6): to someone who opted out it does nothing and says so."""
    evidence = arrival.evidence
    if opted_out:
        return Turn(state, [], [Event("opt_in_refused", {"rule": "O6", "by": evidence.actor})], [])
    word = next((one for one in bot.opt_ins.values() if one.programme == evidence.programme), None)
    name = word.name if word is not None else evidence.programme
    frequency = word.frequency if word is not None else ""
    if not arrival.double:
        record = RecordConsent("opt_in", "K1", "human", "", evidence, arrival.occurred_at, None, arrival.words)
        events = [Event("opted_in", {"rule": "K1", "by": evidence.actor})]
        if arrival.quiet:
            return Turn(state, [record], events, [])
        send = _send(opting.welcome(_brand(bot), name, frequency), "consent.opt_in")
        return Turn(state, [record, send], events, [])
    until = now + (CHAT_PENDING_FOR if arrival.chat else PENDING_FOR)
    scope = (evidence.programme, evidence.message_class)
    others = [one for one in state.asked if (one.programme, one.message_class) != scope and now < one.until]
    again = len(others) < len([one for one in state.asked if now < one.until])
    asked = [*others, Asked(*scope, name, frequency, until, arrival.chat)]
    effects: list[AnyEffect] = [
        RecordConsent("opt_in", "K5", "human", "", evidence, arrival.occurred_at, until, arrival.words),
        SetTimer(TIMER, min(one.until for one in asked)),
    ]
    if not again:  # who fills in a form twice is asked once
        request = opting.request_chat(_brand(bot)) if arrival.chat else opting.request(_brand(bot), name, frequency)
        effects.append(_send(request, "consent.request", until))
    state = msgspec.structs.replace(state, asked=asked)
    return Turn(state, effects, [Event("opt_in_asked", {"rule": "K5", "by": evidence.actor})], [])


def expired(state: State, arrival: TimerFired, now: int) -> Turn:
    """Requests that nobody answered in time are over (K5)."""
    over = [one for one in state.asked if one.until <= now]
    left = [one for one in state.asked if one.until > now]
    effects: list[AnyEffect] = [
        RecordConsent("expire", "K5", "rule", "", Evidence(one.programme, one.message_class)) for one in over
    ]
    if left:
        effects.append(SetTimer(arrival.key, min(one.until for one in left)))
    return Turn(msgspec.structs.replace(state, asked=left), effects, [], [])
