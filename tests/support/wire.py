"""The wire between a served Textback and its PostgreSQL, which a test can cut, and make swallow everything."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import make_url


class Wire:
    """A TCP address that leads to a PostgreSQL server's socket. `url` is the database's address by way of it."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url)
        self._socket = f"{url.query['host']}/.s.PGSQL.{url.port or 5432}"
        self._url = url
        self._server: asyncio.Server | None = None
        self._port = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self) -> str:
        """What to give to textback serve."""
        by_wire = self._url.set(host="127.0.0.1", port=self._port, query={"sslmode": "disable"})
        return by_wire.render_as_string(hide_password=False)

    def cut(self) -> None:
        """End every connection and refuse new ones, as a server that was stopped."""
        self._do(self._cut())

    def freeze(self) -> None:
        """Keep connections and take new ones, but carry nothing, as a network that has lost its way."""
        self._do(self._set(False))

    def mend(self) -> None:
        """Carry everything again."""
        self._do(self._set(True))
        self._do(self._listen())

    def __enter__(self) -> "Wire":
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._set(True))
        self._do(self._cut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _set(self, flows: bool) -> None:
        if flows:
            self._flows.set()
        else:
            self._flows.clear()

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._join, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_unix_connection(self._socket)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, back}
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, back))
                both.create_task(self._carry(there, writer))
        finally:
            self._open -= {writer, back}

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()


@contextmanager
def wire(database_url: str) -> Iterator[Wire]:
    """A wire to this database."""
    with Wire(database_url) as made:
        yield made
