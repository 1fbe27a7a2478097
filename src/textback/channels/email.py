"""E-mail: texts go out by SMTP, and what people write comes from a mailbox, by IMAP.

Contract: RFC 5321 and 6409 (handing in), 3463 (codes), 8314 (TLS), 3834 (automatic answers), 2369 (leaving), 3464
(reports), 3501 (mailboxes). A conversation is an address; threads are for the programs that show them.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import ClassVar

import msgspec

from textback.channels.base import Accepted, BadSignature, Failure, FailureKind, Option, Outgoing, Traits, Webhook
from textback.channels.client import Session
from textback.channels.email_box import Imap
from textback.channels.email_out import letter_of, message_id_of
from textback.channels.email_reading import STATUSES as STATUSES
from textback.channels.email_reading import Reader
from textback.channels.files import ANY, MB
from textback.channels.http import accepted, need
from textback.channels.mailbox import BoxAway, Fetched, Mark
from textback.core.errors import SettingsError, shown
from textback.core.mail import is_address, normal
from textback.core.messages import Channel
from textback.core.smtp import AUTH_CODES, Letter, NoTls, Refused, Talk, TooLate
from textback.engine.arrivals import DeliveryStatus, Message

TLS = ("starttls", "implicit", "none")
TOTAL = 30.0
"""Seconds for a whole message."""
AT_ONCE = 4
"""Connections to the mail server of one line."""
SMTP_PORTS = {"starttls": 587, "implicit": 465, "none": 25}
IMAP_PORTS = {"implicit": 993, "starttls": 143, "none": 143}
CODES: dict[str, FailureKind] = {}
"""None of its own: `kind_of` reads them by their place in the conversation."""


class Email:
    """One address, with the server that its messages go out by and, where there is one, the mailbox."""

    name: ClassVar[str] = "email"
    options: ClassVar[tuple[Option, ...]] = (
        Option("number", "EMAIL_ADDRESS", "The address that messages come to and go out from."),
        Option("smtp_host", "EMAIL_SMTP_HOST", "The mail server that takes messages, such as smtp.example.com."),
        Option("smtp_port", "EMAIL_SMTP_PORT", "Its port. Default: 587, with implicit TLS 465.", required=False),
        Option("smtp_user", "EMAIL_SMTP_USER", "The user at it.", required=False),
        Option("smtp_password", "EMAIL_SMTP_PASSWORD", "The user's password.", required=False, secret=True),
        Option("smtp_tls", "EMAIL_SMTP_TLS", "starttls (the default), implicit, or none, then without user.", False),
        Option("from_name", "EMAIL_NAME", "The name beside the address. Default: none.", required=False),
        Option("imap_host", "EMAIL_IMAP_HOST", "The server of the mailbox. Without it nothing comes in.", False),
        Option("imap_port", "EMAIL_IMAP_PORT", "Its port. Default: 993, without implicit TLS 143.", required=False),
        Option("imap_user", "EMAIL_IMAP_USER", "The user at it. Default: the one who sends.", required=False),
        Option("imap_password", "EMAIL_IMAP_PASSWORD", "The password. Default: the one for sending.", False, True),
        Option("imap_tls", "EMAIL_IMAP_TLS", "implicit (the default), starttls, or none, on this machine.", False),
        Option("imap_folder", "EMAIL_IMAP_FOLDER", "The folder that is read. Default: INBOX", required=False),
        Option("authserv", "EMAIL_AUTHSERV", "Whose Authentication-Results must say that a sender is real.", False),
    )
    content_types: ClassVar[tuple[str, ...]] = ()
    methods: ClassVar[tuple[str, ...]] = ()
    acknowledgement: ClassVar[tuple[str, bytes]] = ("text/plain", b"")
    channels: ClassVar[tuple[Channel, ...]] = ("email",)
    threads: ClassVar[bool] = True
    attaches: ClassVar[int] = 5 * MB
    traits: ClassVar[Traits | None] = Traits(
        title="E-mail",
        header="",
        signature="none; the receiving server's word on the sender, where it is set",
        opt_out="none",
        fail_over="waits in the mailbox",
        limits="as the mail server allows",
        media="out, inside the mail or as an address in the text",
        files=ANY,
        inbound="e-mail",
    )

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        need(options, self.options)
        self.keywords: Mapping[str, frozenset[str]] = {}
        self.number = normal(number)
        if not self.number:
            raise SettingsError("EMAIL_ADDRESS is no e-mail address.", "Write it like hello@example.com.")
        self._name = options.get("from_name", "")
        self._host = options["smtp_host"]
        self._mode = _mode(options, "smtp_tls", "starttls", "EMAIL_SMTP_TLS")
        self._port = _port(options, "smtp_port", SMTP_PORTS[self._mode], "EMAIL_SMTP_PORT")
        self._user, self._password = options.get("smtp_user", ""), options.get("smtp_password", "")
        if self._mode == "none" and self._user:
            raise SettingsError("EMAIL_SMTP_USER can't be used without TLS.", "Set EMAIL_SMTP_TLS to starttls.")
        self._few = asyncio.Semaphore(AT_ONCE)
        self._imap: Imap | None = None
        if options.get("imap_host"):
            mode = _mode(options, "imap_tls", "implicit", "EMAIL_IMAP_TLS")
            port = _port(options, "imap_port", IMAP_PORTS[mode], "EMAIL_IMAP_PORT")
            user, password = options.get("imap_user") or self._user, options.get("imap_password") or self._password
            if not (user and password):
                raise SettingsError("EMAIL_IMAP_USER or EMAIL_IMAP_PASSWORD is missing.", "A mailbox needs both.")
            if any(not char.isprintable() for char in f"{user}{password}{options.get('imap_folder', '')}"):
                raise SettingsError("EMAIL_IMAP_ settings have a character that can't be sent.", "Copy them again.")
            reader = Reader(self.number, options.get("authserv", ""))
            folder = options.get("imap_folder") or "INBOX"
            self._imap = Imap(options["imap_host"], port, mode, user, password, folder, reader)

    # --- Nothing is posted to it

    def verify(self, webhook: Webhook, now: int) -> None:
        """Nobody posts e-mail."""
        raise BadSignature("nobody posts e-mail")

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """Nobody posts e-mail."""
        return []

    # --- The mailbox

    @property
    def box(self) -> str:
        """User, server and folder."""
        return self._imap.box if self._imap is not None else ""

    def look(self, mark: Mark | None, now: int) -> Fetched:
        """What is new in the mailbox."""
        if self._imap is None:
            raise BoxAway("There is no mailbox.")
        return self._imap.look(mark, now)

    def seen(self, uids: Sequence[int]) -> None:
        """Show them as read."""
        if self._imap is not None:
            self._imap.seen(uids)

    def leave(self) -> None:
        """Let the mailbox go."""
        if self._imap is not None:
            self._imap.leave()

    # --- Sending

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """Hand one message to the mail server. Its Message-ID is made of our id, so that a second one of the same would
        be shown as one; but what may have gone is not sent again."""
        if not is_address(outgoing.recipient):
            return Failure("rejected", "address", "That is not an e-mail address.")
        try:
            if outgoing.attached:  # megabytes to be written anew
                letter = await asyncio.to_thread(self._letter, outgoing)
            else:
                letter = self._letter(outgoing)
        except (ValueError, UnicodeError):
            return Failure("rejected", "message", "The message has something in it that no mail can have.")
        async with self._few:
            failure = await self._hand_in(letter, outgoing)
        return accepted(message_id_of(outgoing.message_id, self.number)) if failure is None else failure

    def _letter(self, outgoing: Outgoing) -> Letter:
        """The message as it is handed in. Raises ValueError for what no mail can have."""
        message = letter_of(outgoing, self.number, self._name, leaves=self._imap is not None)
        return Letter(self._user, self._password, self.number, outgoing.recipient, message)

    async def _hand_in(self, letter: Letter, outgoing: Outgoing) -> Failure | None:
        talk: Talk | None = None
        tls = None if self._mode == "none" else ssl.create_default_context()
        try:
            async with asyncio.timeout(TOTAL):
                secure = {"ssl": tls, "server_hostname": self._host} if self._mode == "implicit" else {}
                talk = Talk(*await asyncio.open_connection(self._host, self._port, **secure))  # type: ignore[arg-type]
                await talk.begin(tls if self._mode == "starttls" else None, self._host, required=True)
                if outgoing.attached and 0 < talk.most < len(letter.message):
                    letter = self._letter(msgspec.structs.replace(outgoing, attached=()))
                await talk.hand_in(letter, outgoing.ours)
        except Refused as refused:
            code = refused.enhanced or str(refused.code)
            return Failure(kind_of(refused), code, f"The mail server answered {refused.code} ({refused.stage}).")
        except TooLate:
            return Failure("retry", detail="The time to send it was over.")
        except NoTls:
            return Failure("misconfigured", "tls", "The mail server has no STARTTLS.")
        except (OSError, TimeoutError, ValueError) as error:
            if talk is not None and talk.handed:
                return Failure("unknown", detail="The mail server did not say whether it has the message.")
            if isinstance(error, ssl.SSLError):
                return Failure("misconfigured", "tls", "The mail server's TLS or certificate is not right.")
            return Failure("retry", detail="The mail server could not be reached, or broke off.")
        finally:
            if talk is not None:
                talk.writer.close()
                with suppress(OSError, TimeoutError):
                    async with asyncio.timeout(1):
                        await talk.writer.wait_closed()
        return None


def kind_of(refused: Refused) -> FailureKind:
    """What a refusal means, by where in the conversation it came: up to the sender it is about us, then about this
    message."""
    code, about_us = refused.code, refused.stage in ("greeting", "hello", "tls", "login", "sender")
    if code == 421:
        return "throttled"
    if code < 500:
        return "retry" if about_us else "later"
    if code in AUTH_CODES or (about_us and code != 552):
        return "misconfigured"
    return "filtered" if refused.enhanced.startswith("5.7.") else "rejected"


def _mode(options: Mapping[str, str], name: str, usual: str, variable: str) -> str:
    mode = options.get(name) or usual
    if mode not in TLS:
        raise SettingsError(f"{variable} is {shown(mode)}.", f"Use one of {', '.join(TLS)}.")
    return mode


def _port(options: Mapping[str, str], name: str, usual: int, variable: str) -> int:
    text = options.get(name) or str(usual)
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) < 65536):
        raise SettingsError(f"{variable} is no port.", f"Write a number such as {usual}.")
    return int(text)
