"""Reading a mailbox by IMAP (RFC 3501), over a connection that is kept. All of it blocks."""

import imaplib
import re
import ssl
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol

from textback.channels.mailbox import BoxAway, Fetched, Mark
from textback.core.when import DAY, SECOND, to_datetime
from textback.engine.arrivals import DeliveryStatus, Message

TIMEOUT = 15.0
"""Seconds that the server may take for one answer."""
MOST = 20
"""Mails that are read at once."""
MOST_BYTES = 256 * 1024
"""Bytes that are fetched of one mail: what is beyond them are attachments."""
BACK = DAY
"""How far before the last reading (ms) is looked where the server numbers its mails anew."""
TRIES = 5
"""How often the server may refuse to show one mail, until that is left alone."""
_UID = re.compile(rb"\bUID (\d+)")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_FAULTS = (imaplib.IMAP4.error, OSError, ValueError, EOFError, AttributeError, IndexError, TypeError)
"""What Python's client raises for a server that is away, says no, or makes no sense."""


class Reads(Protocol):
    """Reads one mail that came at a time (ms), or says why it is left alone."""

    def read(self, raw: bytes, at: int) -> Message | DeliveryStatus | str: ...


class Imap:
    """One folder at one server. `mode` is implicit, starttls or none."""

    def __init__(self, host: str, port: int, mode: str, user: str, password: str, folder: str, reader: Reads) -> None:
        self._host, self._port, self._mode = host, port, mode
        self._user, self._password = user, password
        self._folder = folder
        self._reader = reader
        self._open: imaplib.IMAP4 | None = None
        self._refused: Counter[int] = Counter()

    @property
    def box(self) -> str:
        """Which mailbox it is."""
        return f"{self._user}@{self._host}/{self._folder}"[:320]

    def look(self, mark: Mark | None, now: int) -> Fetched:
        """What is new since the mark. What was there before the first look is none of ours."""
        try:
            return self._look(mark, now)
        except BoxAway:
            self.leave()
            raise
        except _FAULTS as error:
            self.leave()
            raise BoxAway(f"The mailbox could not be read ({type(error).__name__}).") from None

    def seen(self, uids: Sequence[int]) -> None:
        """Show these as read."""
        try:
            if self._open is not None and uids:
                self._open.uid("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", r"(\Seen)")
        except _FAULTS as error:
            self.leave()
            raise BoxAway(f"Mails could not be marked as read ({type(error).__name__}).") from None

    def leave(self) -> None:
        """Let the connection go, which ends what another thread waits for."""
        connection, self._open = self._open, None
        if connection is not None:
            with suppress(Exception):
                connection.shutdown()

    def _look(self, mark: Mark | None, now: int) -> Fetched:
        connection = self._connected()
        validity, after = self._select(connection)
        if mark is None or mark.box != self.box:
            return Fetched((), (), {}, Mark(self.box, validity, after - 1, now))
        last = mark.uid
        if mark.validity != validity:
            day = to_datetime(max(mark.read_at - BACK, 0))
            since = f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year}"
            found = self._search(connection, "SINCE", since)
            last = min(found) - 1 if found else after - 1
        # "n:*" has the last mail in it even where that is before n.
        new = sorted(uid for uid in self._search(connection, "UID", f"{last + 1}:*") if uid > last)
        arrivals: list[Message | DeliveryStatus] = []
        taken: list[int] = []
        left: Counter[str] = Counter()
        for uid in new[:MOST]:
            mail = self._fetch(connection, uid, now)
            if mail is None:
                continue
            said = self._reader.read(*mail) if mail[0] else "unreadable"
            if isinstance(said, str):
                left[said] += 1
            else:
                arrivals.append(said)
                taken.append(uid)
        last = new[:MOST][-1] if new else last
        return Fetched(tuple(arrivals), tuple(taken), dict(left), Mark(self.box, validity, last, now), len(new) > MOST)

    def _connected(self) -> imaplib.IMAP4:
        if self._open is not None:
            return self._open
        tls = ssl.create_default_context()
        if self._mode == "implicit":
            connection: imaplib.IMAP4 = imaplib.IMAP4_SSL(self._host, self._port, ssl_context=tls, timeout=TIMEOUT)
        else:
            connection = imaplib.IMAP4(self._host, self._port, timeout=TIMEOUT)
        self._open = connection
        if self._mode == "starttls":
            connection.starttls(tls)
        try:
            connection.login(_quoted(self._user), self._password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:  # its words may have the user in them
            raise BoxAway("The mailbox does not accept the user or the password.") from None
        return connection

    def _select(self, connection: imaplib.IMAP4) -> tuple[int, int]:
        """Open the folder anew, which shows what has come: the numbering of its mails, and the next number."""
        kind, _ = connection.select(_quoted(self._folder))
        if kind != "OK":
            raise BoxAway("The mailbox has no such folder, or does not open it.")
        validity, after = (_number(connection.response(name)[1]) for name in ("UIDVALIDITY", "UIDNEXT"))
        if not validity:
            raise BoxAway("The mailbox does not number its mails.")
        if not after:
            after = max(self._search(connection, "ALL"), default=0) + 1
        return validity, after

    def _search(self, connection: imaplib.IMAP4, *wanted: str) -> list[int]:
        kind, data = connection.uid("SEARCH", *wanted)
        if kind != "OK":
            raise BoxAway("The mailbox does not say what is in it.")
        return [int(one) for line in data if isinstance(line, bytes) for one in line.split() if one.isdigit()]

    def _fetch(self, connection: imaplib.IMAP4, uid: int, now: int) -> tuple[bytes, int] | None:
        """A mail, up to MOST_BYTES of it, and when it came (ms); None where it is gone. Whether it was read is left as
        it is."""
        kind, data = connection.uid("FETCH", str(uid), f"(UID INTERNALDATE BODY.PEEK[]<0.{MOST_BYTES}>)")
        if kind != "OK":
            self._refused[uid] += 1
            if self._refused[uid] < TRIES:
                raise BoxAway("A mail could not be read.")
            return b"", now
        for place, one in enumerate(data):
            if isinstance(one, tuple) and len(one) == 2:
                behind = data[place + 1] if place + 1 < len(data) else b""
                said = one[0] + (behind if isinstance(behind, bytes) else b"")
                found = _UID.search(said)
                if found is not None and int(found[1]) == uid:
                    return one[1], _moment(said, now)
        return None


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _number(said: Any) -> int:
    first = said[0] if said else None
    return int(first) if isinstance(first, bytes) and first.isdigit() else 0


def _moment(said: bytes, now: int) -> int:
    """When the server got a mail (ms): never later than now."""
    found = imaplib.Internaldate2tuple(said)
    if found is None:
        return now
    with suppress(ValueError, OverflowError):
        return min(int(time.mktime(found)) * SECOND, now)
    return now
