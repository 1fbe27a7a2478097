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
