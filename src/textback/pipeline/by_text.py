"""Web chat that goes on by text: what a visitor's request puts into the inbox, and how two conversations, which no turn
sees both of, hear of each other."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from textback.actions.base import Done, Failed
from textback.channels.web import ByText, WebChat
from textback.compliance.consent import Brand
from textback.compliance.opting import chat_words
from textback.compliance.places import place_of
from textback.core.errors import SettingsError, shown
from textback.core.evidence import Evidence
from textback.core.phone import is_costly, is_e164, is_landline, is_short_code, is_toll_free, normalise, pretty
from textback.engine.arrivals import AgreedByText, AnyArrival, AskedByText, CameByText, ConsentChange
from textback.engine.bot import Bot
from textback.engine.by_text import TO, WHAT
from textback.engine.state import Chat
from textback.pipeline.accept import incoming
from textback.pipeline.lines import Line
from textback.pipeline.webchat import Visit
from textback.store.db import Row
from textback.store.inbox import Incoming
from textback.store.trouble import reason

Carries = Callable[[Row[Any]], Awaitable[Done | Failed]]
"""Does the job that brings an arrival to another conversation."""
ACTION = "ticked the box and gave the number"
LANGUAGES = ("en", "es")
"""The languages that the usual words are in."""
DIGITS = 2
"""How many of a number's last digits the web chat shows."""


class WrongNumber(ValueError):
    """A number that no text goes to from here; the sentence says why, for whoever typed it."""


def check_lines(lines: Mapping[str, Line]) -> None:
    """Whether the web chats that can go on by text name a line that sends texts. Raises SettingsError."""
    for line in lines.values():
        by_text = line.provider.by_text if isinstance(line.provider, WebChat) else None
        if by_text is None:
            continue
        to = lines.get(by_text.line)
        if to is None or "sms" not in to.channels:
            why = "which sends no texts" if to is not None else "which there is none of"
            fix = "Set WEB_CHAT_CONTINUE_BY_TEXT, or continue_by_text: in bot.yml, to the name of an SMS line."
            raise SettingsError(f"Line {line.name} goes on by text by {shown(by_text.line)}, {why}.", fix)


def number_of(typed: str, by_text: ByText, country: str, lines: Mapping[str, Line]) -> str:
    """The number (E.164) that somebody typed, read as one of this country. Raises WrongNumber."""
    try:
        number = normalise(typed, country)
    except ValueError as error:
        raise WrongNumber(str(error)) from None
    if number in {line.number for line in lines.values()}:
        raise WrongNumber("That is our own number. Write yours.")
    if place_of(number).country not in (by_text.countries or (country,)):
        raise WrongNumber("We can't text numbers of that country.")
    if is_toll_free(number) or is_landline(number) or is_costly(number):
        raise WrongNumber("That number can't get texts. Write the number of a mobile phone.")
    return number


def request_of(visit: Visit, ref: str, number: str) -> str:
    """What a visitor's request is called: the same however often their page makes it."""
    return hashlib.sha256(f"{visit.address}:{ref}:{number}".encode()).hexdigest()[:24]


def asked(
    line: Line, by_text: ByText, visit: Visit, contact_id: str, ref: str, number: str, words: str
) -> list[Incoming]:
    """What one request puts into the inbox: in the web chat (`contact_id`) that it was made, and at the number that
    whoever has it is to be asked. `words` are what the visitor has agreed to."""
    request, digits = request_of(visit, ref, number), number[-DIGITS:]
    evidence = Evidence(
        message_class="conversational",
        method="web",
        wording=words,
        wording_version=version_of(words),
        action=ACTION,
        source=visit.page,
        ip=visit.ip,
        user_agent=visit.user_agent,
        session=visit.address,
    )
    change = ConsentChange("opt_in", evidence, double=True, chat=Chat(contact_id, request, digits))
    return [
        incoming(line.name, AskedByText(request, digits), contact_id=contact_id, key=request),
        incoming(by_text.line, change, address=number, key=request),
    ]


def version_of(words: str) -> str:
    """Which words these are: twelve hexadecimal digits."""
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def words_of(lines: Mapping[str, Line], by_text: ByText, bot: Bot, language: str = "en") -> str:
    """What a visitor agrees to who goes on by text: the line's own words, or the usual ones with our number in the
    language of the page."""
    number = lines[by_text.line].number
    ours = pretty(number) if is_e164(number) or is_short_code(number) else ""
    return by_text.words or chat_words(Brand(bot.name, bot.phone, bot.email, bot.frequency), ours, language)


def agreed_words(lines: Mapping[str, Line], by_text: ByText, bot: Bot, version: str) -> str:
    """The words of this version, in whichever language they were read; "" where there are none."""
    every = (words_of(lines, by_text, bot, language) for language in LANGUAGES)
    return next((words for words in every if version_of(words) == version), "")


async def carried(store: Callable[[Sequence[Incoming]], Awaitable[Any]], row: Row[Any]) -> Done | Failed:
    """Bring an arrival to another conversation, from the one whose job this is. Once, however often it is done."""
    arguments = msgspec.json.decode(row.arguments, type=dict[str, Any])
    arrival = msgspec.convert(arguments[WHAT], AnyArrival)
    if isinstance(arrival, AgreedByText | CameByText):
        arrival = msgspec.structs.replace(arrival, contact_id=row.contact_id)
    try:
        await store([incoming("", arrival, contact_id=arguments[TO], key=row.id)])
    except Exception as error:  # the database is away, or the other conversation's part of it
        return Failed("retry", detail=reason(error))
    return Done()
