"""Another program's webhook in a test: it keeps what it was told, and answers as it is told to, also badly."""

import asyncio
import subprocess
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def answer(status: int, *headers: str) -> str:
    """An answer with this status."""
    return "\r\n".join([f"HTTP/1.1 {status} X", *headers, "Content-Length: 0", "", ""])


class Told(msgspec.Struct):
    """One request: its path, headers in lower case, and body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """What it says."""
        found: dict[str, Any] = msgspec.json.decode(self.body)
        return found


class Listener:
    """A local server. `answers` are given in turn, the last one for ever: raw HTTP; a number is so many seconds before
    a good answer; "" closes the connection, and None never says anything."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.answers: deque[str | float | None] = deque([OK])
        self.connections = 0
        self.port = 0
        self._came = asyncio.Event()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook"

    def kinds(self) -> list[str]:
        """The kinds of the events that it was told of, in order."""
        return [one.event["event"] for one in self.told]

    async def heard(self, count: int, seconds: float = 10.0) -> list[Told]:
        """Return once it was told so much."""
        async with asyncio.timeout(seconds):
            while len(self.told) < count:
                self._came.clear()
                await self._came.wait()
        return self.told

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read requests on one connection and answer them."""
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                body = await reader.readexactly(int(headers["content-length"]))
                self.told.append(Told(first.split(" ")[1], headers, body))
                self._came.set()
                said = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
                if said is None:
                    await asyncio.sleep(60)
                if isinstance(said, float):
                    await asyncio.sleep(said)
                    said = OK
                if not said:
                    break
                writer.write(str(said).encode())
                await writer.drain()
        writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """A webhook that listens on this machine."""
    found = Listener()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()


def certificate(folder: Path) -> tuple[str, str]:
    """A certificate that nobody has signed, and its key."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1".split()
    subprocess.run(["openssl", *command, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return str(cert), str(key)
