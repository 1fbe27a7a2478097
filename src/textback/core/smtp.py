"""Speaking with a mail server (RFC 5321) over streams that its caller has opened: TLS, login, and one message."""

import asyncio
import base64
import ssl
from collections.abc import Callable
from typing import Literal

import msgspec

TLS_PORT = 465
"""The port on which TLS begins with the connection."""
MOST_LINES = 100
"""Lines of one answer."""
AUTH_CODES = frozenset({530, 534, 535, 538})
"""Codes that are about the user, the password, or how they were given."""

Stage = Literal["greeting", "hello", "tls", "login", "sender", "recipient", "message"]


class Letter(msgspec.Struct, frozen=True):
    """A message, and who hands it to whom. `user` is empty where the server wants none."""

    user: str
    password: str
    sender: str
    recipient: str
    message: bytes


class Refused(Exception):
    """The server said no. `enhanced` is its code of RFC 3463, such as 5.1.1, or empty. What it said in words is left
    out: addresses are in it."""

    def __init__(self, code: int, stage: Stage, enhanced: str = "") -> None:
        super().__init__(f"{code} at {stage}")
        self.code, self.stage, self.enhanced = code, stage, enhanced


class NoTls(Exception):
    """The server has no STARTTLS, and it must have."""


class TooLate(Exception):
    """The time to send it was over before the message was written."""


class Talk:
    """A conversation with a mail server. `handed`: the message was written, so that the server may have it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.features: set[str] = set()
        self.handed = False

    async def say(self, line: str, stage: Stage, *fine: int) -> list[str]:
        """Send a line, and read the answer. Raises Refused unless its code is one of `fine`, and ValueError for what is
        no line."""
        if "\r" in line or "\n" in line:
            raise ValueError("a line break where none may be")
        self.writer.write(f"{line}\r\n".encode("ascii"))
        return await self.hear(stage, *fine)

    async def hear(self, stage: Stage, *fine: int) -> list[str]:
        """The lines of an answer, without their code."""
        found: list[str] = []
        while len(found) < MOST_LINES:
            line = (await self.reader.readline()).decode("latin-1").rstrip("\r\n")
            if len(line) < 3 or not (line[:3].isascii() and line[:3].isdigit()):
                raise ConnectionError("no answer of a mail server")
            found.append(line[4:])
            if line[3:4] != "-":
                if int(line[:3]) not in fine:
                    raise Refused(int(line[:3]), stage, _enhanced(line[4:]))
                return found
        raise ConnectionError("an answer without an end")

    async def greet(self) -> None:
        """EHLO, and what the server can do."""
        lines = await self.say("EHLO textback.invalid", "hello", 250)
        self.features = {line.upper() for line in lines[1:]}

    def can(self, feature: str) -> bool:
        """Whether it said so."""
        return any(line.split()[0] == feature for line in self.features if line.split())

    @property
    def most(self) -> int:
        """Bytes that a message may have (RFC 1870); 0 where the server does not say."""
        said = next((line.split() for line in self.features if line.startswith("SIZE ")), [])
        return int(said[1]) if len(said) == 2 and said[1].isascii() and said[1].isdigit() and len(said[1]) < 16 else 0

    async def begin(self, tls: ssl.SSLContext | None, server: str, *, required: bool) -> None:
        """Hear the greeting and, with `tls`, go over to it by STARTTLS where the server has it. Raises NoTls where it
        has not, and it is `required`."""
        await self.hear("greeting", 220)
        await self.greet()
        if tls is None:
            return
        if self.can("STARTTLS"):
            await self.say("STARTTLS", "tls", 220)
            await self.writer.start_tls(tls, server_hostname=server)
            await self.greet()
        elif required:
            raise NoTls

    async def hand_in(self, letter: Letter, ours: Callable[[], bool] | None = None) -> None:
        """Log in, where the letter has a user, and hand its message over. `ours` is asked before the message is
        written: TooLate where it says no."""
        if letter.user:
            secret = base64.b64encode(f"\0{letter.user}\0{letter.password}".encode()).decode()
            await self.say(f"AUTH PLAIN {secret}", "login", 235)
        await self.say(f"MAIL FROM:<{letter.sender}>", "sender", 250)
        await self.say(f"RCPT TO:<{letter.recipient}>", "recipient", 250, 251)
        await self.say("DATA", "message", 354)
        if ours is not None and not ours():
            raise TooLate
        self.handed = True
        lines = letter.message.replace(b"\r\n", b"\n").split(b"\n")
        # A line that begins with a dot gets another; one dot alone is the end.
        body = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
        self.writer.write(body.rstrip(b"\r\n") + b"\r\n.\r\n")
        await self.hear("message", 250)
        self.writer.write(b"QUIT\r\n")


def _enhanced(said: str) -> str:
    """The code of RFC 3463 that an answer begins with."""
    first = said.partition(" ")[0]
    fine = first.isascii() and len(first) <= 11 and first[:1] in "245" and first.count(".") == 2
    return first if fine and first.replace(".", "").isdigit() else ""
