"""Letters to people who work here: invitations and login links, by the desk's own mail server."""

import asyncio
import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import structlog

from textback.actions import mail
from textback.actions.asking import Asker, NoResult
from textback.actions.base import Job, Order, Wrong
from textback.actions.fetch import Allowed
from textback.core.errors import SettingsError
from textback.core.ids import new_id

log = structlog.get_logger("textback.mail")

SECONDS = 20
_URL = re.compile(r"smtps?://\S+")


@dataclass(slots=True)
class Mailer:
    """Where letters go in, and from whom. A letter leaves in the background: no page waits for a mail server, and none
    tells by its speed whether there was a letter."""

    options: dict[str, str]
    allowed: Allowed
    _sending: set[asyncio.Task[None]] = field(default_factory=set)

    def send(self, to: str, subject: str, text: str) -> None:
        """Send a letter."""
        task = asyncio.create_task(self._send(to, subject, text), name="mail")
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, to: str, subject: str, text: str) -> None:
        arguments = {"to": to, "subject": subject, "text": text}
        key = new_id()
        asker = Asker(Job(arguments, key, SECONDS * 1000), self.allowed)
        try:
            await mail.ask(asker, Order("", self.options, arguments, key))
        except (NoResult, Wrong) as error:
            log.warning("a letter to a person of the desk was not sent", why=str(error))


def make_mailer(url: str | None, sender: str | None, allowed: Allowed) -> Mailer | None:
    """The mailer of these settings; None where there is none. Raises SettingsError."""
    if url is None:
        return None
    if not sender or "@" not in sender:
        raise SettingsError("MAIL_FROM is missing.", "SMTP_URL needs it: MAIL_FROM=desk@example.com.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsError("SMTP_URL can't be read.", "Write smtp://USER:PASSWORD@smtp.example.com:587.") from None
    if not _URL.fullmatch(url) or not parts.hostname:
        raise SettingsError("SMTP_URL is no address of a mail server.", "Write smtp://smtp.example.com:587.")
    options = {
        "server": parts.hostname, "port": str(port or (465 if parts.scheme == "smtps" else 587)),
        "user": unquote(parts.username or ""), "password": unquote(parts.password or ""), "from": sender,
    }  # fmt: skip
    return Mailer(options, allowed)
