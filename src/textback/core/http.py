"""What an HTTP/1.1 answer is made of, as a parser reads it piece by piece."""


class Pieces:
    """The answer under way: its headers, with lower-case names, and its body. The parser calls `on_...`."""

    def __init__(self) -> None:
        self.afresh()

    def afresh(self) -> None:
        """Another answer is to come."""
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.begun = False

    @property
    def ends_with_connection(self) -> bool:
        """Whether the end of the connection is the end of the answer: it says no length."""
        return self.begun and "content-length" not in self.headers and "transfer-encoding" not in self.headers

    def interim(self, status: int) -> bool:
        """Whether it was "continue" or the like, so that the answer itself is still to come."""
        if 100 <= status < 200:
            self.afresh()
            return True
        return False

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header was read."""
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """All headers were read."""
        self.begun = True

    def on_body(self, body: bytes) -> None:
        """A piece of the body was read."""
        self.body += body
