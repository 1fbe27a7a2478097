"""HTTP as uvicorn reads it, with an end to what comes before and after a body: nobody may fill the memory with it."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 64 * 1024
"""Bytes of a request's address and headers together, and of a single line that never ends."""


class _TooLong(Exception):
    """The parser hands it on as an error of its own, and the caller is told that this is no request."""


class BoundedHttp(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._head = 0
        self._moved = False
        self._unread = 0  # bytes that have come since the parser last made anything of them

    def data_received(self, data: bytes) -> None:
        """Bytes of one request or more."""
        self._moved = False
        super().data_received(data)
        self._unread = 0 if self._moved else self._unread + len(data)
        if self._unread > MOST_HEAD and not self.transport.is_closing():
            self.send_400_response("A line of this request has no end.")

    def on_message_begin(self) -> None:
        """A request."""
        self._head = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Its address, or a part of it."""
        self._grew(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer behind a chunked body."""
        self._grew(name + value)
        super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """A part of its body, which the application bounds."""
        self._moved = True
        super().on_body(body)

    def _grew(self, part: bytes) -> None:
        self._moved = True
        self._head += len(part)
        if self._head > MOST_HEAD:
            raise _TooLong
