"""One message handed to a mail server (RFC 5321): over TLS from the start on port 465, else by STARTTLS, and never a
password without. The server's addresses are checked as those of any other system."""

import asyncio
import base64
import ssl
from contextlib import suppress

import msgspec

from textback.actions.asking import Asker, NoResult
from textback.actions.base import Failed
from textback.actions.fetch import FetchError, look_up

TLS_PORT = 465
MOST_LINES = 100
"""Lines of one answer."""


class Letter(msgspec.Struct, frozen=True):
    """A message, and who hands it to whom. `user` is empty where the server wants none."""

    server: str
    port: int
    user: str
    password: str
    sender: str
    recipient: str
    message: bytes


class _Session:
    """A conversation with a mail server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.features: set[str] = set()
        self.handed = False

    async def say(self, line: str, *fine: int) -> list[str]:
        """Send a line, and read the answer. Raises NoResult unless its code is one of `fine`."""
        self.writer.write(f"{line}\r\n".encode("ascii"))
        return await self.hear(*fine)

    async def hear(self, *fine: int) -> list[str]:
        """The lines of an answer, without their code."""
        found: list[str] = []
        while len(found) < MOST_LINES:
            line = (await self.reader.readline()).decode("latin-1").rstrip("\r\n")
            if len(line) < 3 or not line[:3].isdigit():
                raise ConnectionError("no answer of a mail server")
            found.append(line[4:])
            if line[3:4] != "-":
                if int(line[:3]) not in fine:
                    raise NoResult(_failed(int(line[:3])))
                return found
        raise ConnectionError("an answer without an end")

    async def greet(self) -> None:
        """EHLO, and what the server can do."""
        lines = await self.say("EHLO textback.invalid", 250)
        self.features = {line.upper() for line in lines[1:]}

    def can(self, feature: str) -> bool:
        """Whether it said so."""
        return any(line.split()[0] == feature for line in self.features if line.split())


async def hand_in(asker: Asker, letter: Letter) -> None:
    """Hand a message to its server. Raises NoResult."""
    session: _Session | None = None
    tls = ssl.create_default_context()
    try:
        async with asyncio.timeout(asker.left):
            addresses = await look_up(letter.server, letter.port, asker.allowed)
            session = await _open(addresses[0], letter, tls)
            await session.hear(220)
            await session.greet()
            if letter.port != TLS_PORT:
                await _secure(session, letter, tls)
            await _send(session, letter)
    except FetchError as error:
        raise NoResult(Failed("misconfigured" if error.how == "refused" else "retry", detail=error.detail)) from None
    except ssl.SSLError:
        raise NoResult(Failed("misconfigured", detail="The mail server's certificate is not right.")) from None
    except (OSError, TimeoutError, ValueError):
        handed = session is not None and session.handed
        detail = "The mail server did not say whether it has the message." if handed else "The mail server is away."
        raise NoResult(Failed("unknown" if handed else "retry", detail=detail)) from None
    finally:
        if session is not None:
            session.writer.close()
            with suppress(OSError):
                await session.writer.wait_closed()


async def _open(address: str, letter: Letter, tls: ssl.SSLContext) -> _Session:
    secure = {"ssl": tls, "server_hostname": letter.server} if letter.port == TLS_PORT else {}
    return _Session(*await asyncio.open_connection(address, letter.port, **secure))  # type: ignore[arg-type]


async def _secure(session: _Session, letter: Letter, tls: ssl.SSLContext) -> None:
    """STARTTLS, where the server has it; without it nothing that is secret is said."""
    if session.can("STARTTLS"):
        await session.say("STARTTLS", 220)
        await session.writer.start_tls(tls, server_hostname=letter.server)
        await session.greet()
    elif letter.user:
        raise NoResult(Failed("misconfigured", detail="The mail server has no STARTTLS, so no password is sent to it."))


async def _send(session: _Session, letter: Letter) -> None:
    if letter.user:
        secret = base64.b64encode(f"\0{letter.user}\0{letter.password}".encode()).decode()
        await session.say(f"AUTH PLAIN {secret}", 235)
    await session.say(f"MAIL FROM:<{letter.sender}>", 250)
    await session.say(f"RCPT TO:<{letter.recipient}>", 250, 251)
    await session.say("DATA", 354)
    session.handed = True
    lines = letter.message.replace(b"\r\n", b"\n").split(b"\n")
    # A line that begins with a dot gets another; one dot alone is the end.
    body = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
    session.writer.write(body.rstrip(b"\r\n") + b"\r\n.\r\n")
    await session.hear(250)
    session.writer.write(b"QUIT\r\n")


def _failed(code: int) -> Failed:
    """What a code that we did not want means."""
    if code in (530, 534, 535, 538):
        return Failed("misconfigured", str(code), "The mail server does not accept the user or the password.")
    if code in (421, 450, 451, 452):
        return Failed("throttled", str(code), "The mail server wants to be asked later.")
    if 400 <= code < 500:
        return Failed("retry", str(code), "The mail server failed.")
    return Failed("rejected", str(code), "The mail server refused the message.")
