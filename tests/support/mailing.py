"""A mail server that answers as a test wants."""

import asyncio
import ssl
from collections.abc import Mapping


class MailServer:
    """Speaks enough SMTP to take a message. `says` has another answer for a verb; an empty one breaks the connection.
    `heard` are the lines that came before the messages, `messages` these; with `tls` it does STARTTLS when asked.
    """

    def __init__(
        self,
        says: Mapping[str, str] | None = None,
        features: tuple[str, ...] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.says = dict(says or {})
        self.features = features
        self.tls = tls
        self.heard: list[str] = []
        self.messages: list[bytes] = []
        self.port = 0

    async def __aenter__(self) -> "MailServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com\r\n")
        try:
            while line := (await reader.readline()).decode().strip():
                self.heard.append(line)
                verb = line.split()[0].upper()
                answer = self.says.get(verb, self._usual(verb))
                if not answer:
                    return
                writer.write(f"{answer}\r\n".encode())
                if verb == "STARTTLS" and self.tls is not None:
                    await writer.start_tls(self.tls)
                if verb == "DATA" and answer.startswith("354"):
                    await self._take(reader, writer)
                if verb == "QUIT":
                    return
        finally:
            writer.close()

    def _usual(self, verb: str) -> str:
        if verb == "EHLO":
            names = ["mail.example.com", *self.features]
            return "\r\n".join(f"250{'-' if n < len(names) - 1 else ' '}{one}" for n, one in enumerate(names))
        return {"DATA": "354 go on", "QUIT": "221 bye", "STARTTLS": "220 go on", "AUTH": "235 ok"}.get(verb, "250 ok")

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = []
        while (line := await reader.readline()) not in (b".\r\n", b""):
            lines.append(line)
        answer = self.says.get(".", "250 taken")
        if answer:
            self.messages.append(b"".join(lines))
            writer.write(f"{answer}\r\n".encode())
        else:
            writer.close()
