"""Web chat: a line that is this program itself. Visitors of the business's website write in a widget, and read there.

Nothing is posted outward: a text that is sent is in the thread, and the page that shows the thread fetches it.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlsplit

import msgspec

from textback.channels.base import Accepted, BadSignature, Failure, Option, Outgoing, Traits, Webhook
from textback.channels.client import Session
from textback.core.errors import SettingsError, shown
from textback.core.messages import Channel
from textback.engine.arrivals import DeliveryStatus, Message

NAME = "web"
LONGEST_WORDS = 1000
LIMITS = ("per_visitor", "per_source", "per_number", "per_day")
"""Of requests to go on by text, each a day."""
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?|\[[0-9a-f:]+\]")


class Agreement(msgspec.Struct, frozen=True):
    """What visitors agree to before they chat: its words, and whether they tick a box or only read a line.

    `version` changes with every letter of it.
    """

    words: str
    ticked: bool

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits."""
        return hashlib.sha256(f"{self.ticked}:{self.words}".encode()).hexdigest()[:12]


class ByText(msgspec.Struct, frozen=True):
    """Going on by text: the line by which, the countries (ISO) of numbers that it may text (none: the bot's own), the
    words that visitors agree to where they are not the usual ones, and how many requests a day one visitor, one network
    address, one number and the whole web chat may make."""

    line: str
    countries: frozenset[str] = frozenset()
    words: str = ""
    per_visitor: int = 3
    per_source: int = 10
    per_number: int = 2
    per_day: int = 200


class WebChat:
    """One widget: the websites that may show it, and what it says there."""

    name: ClassVar[str] = NAME
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "origins", "WEB_CHAT_ORIGINS", "The websites that may show the widget, such as https://www.example.com."
        ),
        Option("title", "WEB_CHAT_TITLE", "The name above the chat. Default: the bot's name.", required=False),
        Option("greeting", "WEB_CHAT_GREETING", "What the open chat says first.", required=False),
        Option("consent", "WEB_CHAT_CONSENT", "What visitors agree to by ticking a box before they write.", False),
        Option("notice", "WEB_CHAT_NOTICE", "What visitors read above the field instead of ticking a box.", False),
        Option("continue_by_text", "WEB_CHAT_CONTINUE_BY_TEXT", "The line by which a chat can go on by text.", False),
        Option(
            "continue_consent",
            "WEB_CHAT_CONTINUE_CONSENT",
            "What visitors agree to who go on by text. Default: the usual words.",
            False,
        ),
        Option(
            "continue_countries",
            "WEB_CHAT_CONTINUE_COUNTRIES",
            "Whose numbers it may text, such as US, CA. Default: the bot's country.",
            False,
        ),
        Option(
            "continue_per_visitor",
            "WEB_CHAT_CONTINUE_PER_VISITOR",
            "How often a day one visitor may ask for that. Default: 3.",
            False,
        ),
        Option(
            "continue_per_source",
            "WEB_CHAT_CONTINUE_PER_SOURCE",
            "How often a day one network address may. Default: 10.",
            False,
        ),
        Option(
            "continue_per_number",
            "WEB_CHAT_CONTINUE_PER_NUMBER",
            "How often a day it may be asked for one number. Default: 2.",
            False,
        ),
        Option(
            "continue_per_day",
            "WEB_CHAT_CONTINUE_PER_DAY",
            "How often a day it may be asked for in all. Default: 200.",
            False,
        ),
    )
    content_types: ClassVar[tuple[str, ...]] = ("application/json",)
    acknowledgement: ClassVar[tuple[str, bytes]] = ("application/json", b"{}")
    channels: ClassVar[tuple[Channel, ...]] = ("web",)
    offers: ClassVar[bool] = True
    traits: ClassVar[Traits | None] = None

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        self.number = number
        self.origins = frozenset(_origin(one) for one in re.split(r"[\s,]+", options.get("origins", "")) if one)
        if not self.origins:
            raise SettingsError(
                "A web chat has no origins: no website may show it.",
                "Set WEB_CHAT_ORIGINS, or origins: in bot.yml, to the website's address.",
            )
        self.title, self.greeting = _words("title", options), _words("greeting", options)
        consent, notice = _words("consent", options), _words("notice", options)
        if consent and notice:
            raise SettingsError("A web chat has both consent and notice.", "Keep one of them: a box, or a line.")
        self.agreement = Agreement(consent or notice, bool(consent)) if consent or notice else None
        self.by_text = _by_text(options)
        self.keywords: Mapping[str, frozenset[str]] = {}

    def verify(self, webhook: Webhook, now: int) -> None:
        """Always refuses: visitors come by addresses of their own."""
        raise BadSignature("a web chat takes no webhooks")

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """Nothing ever comes this way."""
        return []

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """It is in the thread already, where the visitor's page finds it."""
        return Accepted(provider_id(outgoing.message_id))


def provider_id(message_id: str) -> str:
    """What the line calls a text of ours."""
    return f"web-{message_id}"


def _words(name: str, options: Mapping[str, str]) -> str:
    words = options.get(name, "").strip()
    if len(words) > LONGEST_WORDS:
        raise SettingsError(f"The {name} of a web chat has {len(words)} characters.", f"Use at most {LONGEST_WORDS}.")
    return words


def _by_text(options: Mapping[str, str]) -> ByText | None:
    """Whether a chat can go on by text, and how. Raises SettingsError."""
    given = {name: value for name, value in options.items() if name.startswith("continue_")}
    line = given.get("continue_by_text", "").strip()
    if not line:
        if given:
            fix = "Set WEB_CHAT_CONTINUE_BY_TEXT to a line of yours, or remove it."
            raise SettingsError(f"A web chat has {min(given)} and no continue_by_text.", fix)
        return None
    words = _words("continue_consent", options)
    if words and not all(re.search(rf"\b{word}\b", words) for word in ("STOP", "HELP")):
        fix = "Carriers want that it does. Add: Reply STOP to end, HELP for help."
        raise SettingsError("The continue_consent of a web chat does not say STOP and HELP.", fix)
    countries = [one for one in re.split(r"[\s,]+", given.get("continue_countries", "").upper()) if one]
    for one in countries:
        if not re.fullmatch("[A-Z]{2}", one):
            raise SettingsError(f"{shown(one)} is no country.", "Write continue_countries as two letters each: US, CA.")
    usual = ByText(line)
    return ByText(
        line,
        frozenset(countries),
        words,
        **{name: _limit(name, given, getattr(usual, name)) for name in LIMITS},
    )


def _limit(name: str, given: Mapping[str, str], usual: int) -> int:
    text = given.get(f"continue_{name}", "").strip()
    if not text:
        return usual
    if not re.fullmatch(r"[0-9]{1,6}", text) or not int(text):
        raise SettingsError(f"continue_{name} of a web chat is {shown(text)}.", "Write a number from 1 to 999999.")
    return int(text)


def _origin(given: str) -> str:
    """One website as browsers name it. Raises SettingsError for what is none: a path, a pattern, plain http."""
    text = given.strip().rstrip("/").lower()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    bare = not (parts.path or parts.query or parts.fragment or parts.username or parts.password or "@" in text)
    if not bare or not _HOST.fullmatch(host) or parts.scheme not in ("https", "http"):
        fix = "Write scheme and host, such as https://www.example.com, without a path and without *."
        raise SettingsError(f"{shown(given)} is no origin of a website.", fix)
    if parts.scheme == "http" and host not in _LOCAL:
        raise SettingsError(f"The origin {shown(given)} is not https.", "Chats on it could be read and changed.")
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in (None, usual) else f":{port}")
