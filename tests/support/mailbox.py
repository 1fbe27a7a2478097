"""A mailbox that answers as a test wants: enough IMAP for a folder to be read."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from tests.support.mailing import MailServer

HANG = "hang"


@dataclass
class Kept:
    """A mail in the folder."""

    uid: int
    raw: bytes
    at: str = field(default_factory=lambda: time.strftime("%d-%b-%Y %H:%M:%S +0000", time.gmtime()))
    flags: set[str] = field(default_factory=set)


class MailboxServer:
    """One folder. `says` has another answer for a verb (FETCH, STORE, SEARCH ...): a tagged one such as "NO full"; an
    empty one breaks the connection, HANG never answers. `heard` are the lines that came."""

    def __init__(self, user: str = "bot", password: str = "secret-1", says: Mapping[str, str] | None = None) -> None:
        self.user, self.password = user, password
        self.says = dict(says or {})
        self.mails: list[Kept] = []
        self.validity, self.next = 1, 1
        self.heard: list[str] = []
        self.also = b""  # what it tells before a mail that is asked for
        self.port = 0
        self._open: set[asyncio.StreamWriter] = set()

    def put(self, raw: bytes, **more: Any) -> Kept:
        """A mail has come."""
        kept = Kept(self.next, raw, **more)
        self.mails.append(kept)
        self.next += 1
        return kept

    def number_anew(self) -> None:
        """All mails get other numbers, as after a repair."""
        self.validity += 1
        for n, kept in enumerate(self.mails, 1):
            kept.uid = n
        self.next = len(self.mails) + 1

    def break_off(self) -> None:
        """End all connections."""
        for writer in self._open:
            writer.transport.abort()

    async def __aenter__(self) -> "MailboxServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.break_off()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            writer.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
            while line := (await reader.readline()).decode().strip():
                tag, _, rest = line.partition(" ")
                self.heard.append(rest)
                verb = rest.upper().removeprefix("UID ").split(" ")[0]
                other = self.says.get(verb)
                if other == "":
                    return
                if other == HANG:
                    await asyncio.sleep(60)
                answer = b"" if other else self._answer(verb, rest)
                writer.write(answer + f"{tag} {other or self._end(verb, rest)}\r\n".encode())
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    def _end(self, verb: str, rest: str) -> str:
        if verb == "LOGIN" and rest != f'LOGIN "{self.user}" "{self.password}"':
            return "NO [AUTHENTICATIONFAILED] no"
        return "OK done"

    def _answer(self, verb: str, rest: str) -> bytes:
        if verb == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if verb == "SELECT":
            head = f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] v\r\n"
            return f"{head}* OK [UIDNEXT {self.next}] n\r\n".encode()
        if verb == "SEARCH":
            found = self.mails
            if hit := re.search(r"UID (\d+):\*$", rest):
                found = [one for one in found if one.uid >= int(hit[1])] or found[-1:]
            if hit := re.search(r"SINCE (\S+)$", rest):
                found = [one for one in found if _day(one.at[:11]) >= _day(hit[1])]
            return f"* SEARCH {' '.join(str(one.uid) for one in found)}".rstrip().encode() + b"\r\n"
        if verb == "FETCH":
            wanted_mails = [one for one in self.mails if one.uid == int(rest.split()[2])]
            for one in wanted_mails:
                one.flags |= set() if "PEEK" in rest else {"\\Seen"}  # reading it marks it
            return self.also + b"".join(self._fetched(one) for one in wanted_mails)
        if verb == "STORE":
            wanted = {int(uid) for uid in rest.split()[2].split(",")}
            for one in self.mails:
                if one.uid in wanted:
                    one.flags |= set(re.findall(r"\\\w+", rest))
        return b""

    def _fetched(self, one: Kept) -> bytes:
        head = (
            f'* {self.mails.index(one) + 1} FETCH (UID {one.uid} INTERNALDATE "{one.at}" BODY[]<0> {{{len(one.raw)}}}'
        )
        return head.encode() + b"\r\n" + one.raw + b")\r\n"


def _day(text: str) -> time.struct_time:
    return time.strptime(text.strip(), "%d-%b-%Y")


def mail(text: str, sender: str = "ana@example.com", to: str = "bot@shop.example.com", **headers: str) -> bytes:
    """A mail as somebody's program writes it; a header's name has _ for -."""
    message = EmailMessage()
    given = {"From": sender, "To": to, "Subject": "Question", "Message-ID": f"<{abs(hash(text))}@example.com>"}
    for name, value in {**given, **{key.replace("_", "-"): value for key, value in headers.items()}}.items():
        if value:
            message[name] = value
    message.set_content(text)
    return bytes(message).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def environment(out: MailServer, box: MailboxServer | None) -> dict[str, str]:
    """The variables of an e-mail line."""
    found = {
        "EMAIL_ADDRESS": "bot@shop.example.com",
        "EMAIL_SMTP_HOST": "127.0.0.1",
        "EMAIL_SMTP_PORT": str(out.port),
        "EMAIL_SMTP_TLS": "none",
    }
    if box is not None:
        found |= {
            "EMAIL_IMAP_HOST": "127.0.0.1",
            "EMAIL_IMAP_PORT": str(box.port),
            "EMAIL_IMAP_USER": box.user,
            "EMAIL_IMAP_PASSWORD": box.password,
            "EMAIL_IMAP_TLS": "none",
        }
    return found
