"""A website of our own, on this machine."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from textback.sources.fetch import Fetcher

Answer = tuple[int, dict[str, str], bytes]


class Site:
    """Pages by path; a text is HTML. `asked` is every path that was asked for, with its headers."""

    def __init__(self) -> None:
        self.pages: dict[str, str | Answer | Callable[[dict[str, str]], Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.asked.append((self.path, headers))
                found = site.pages.get(self.path, (404, {}, b""))
                if callable(found):
                    found = found(headers)
                if isinstance(found, str):
                    found = (200, {"Content-Type": "text/html; charset=utf-8"}, found.encode())
                status, given, body = found
                self.send_response(status)
                for name, value in given.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://shop.example.com:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.stop()


@pytest.fixture
def fetcher() -> Fetcher:
    """Finds every host on this machine."""
    return Fetcher(lambda host, port: "127.0.0.1")
