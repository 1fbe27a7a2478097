"""A server on this machine that keeps what is posted, and answers as a test wants: slowly, wrongly, or not at all."""

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Self

import msgspec
from aiohttp import web

from tests.support.listening import Listening


class Posted(msgspec.Struct, frozen=True):
    """One request as it came. Header names are lower case; `json` is set for JSON bodies, `form` for forms."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    json: Any = None
    form: tuple[tuple[str, str], ...] = ()

    def fields(self) -> dict[str, Any]:
        """What was asked for, by field; of a form, a field that is given twice is a list."""
        if not self.form:
            return dict(self.json or {})
        found: dict[str, Any] = {}
        for name, value in self.form:
            if name not in found:
                found[name] = value
            elif isinstance(found[name], list):
                found[name].append(value)
            else:
                found[name] = [found[name], value]
        return found


class Answer(msgspec.Struct, frozen=True):
    """How to answer one request instead of taking the text.

    `body` is sent as it is when bytes, else as JSON. `then` is "answer", "reset" (the connection breaks once the
    request has been read) or "hang" (nothing is said until the fake stops).
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    then: str = "answer"


RESET = Answer(then="reset")
HANG = Answer(then="hang")


class Misbehaving(Listening):
    """`posts` are the requests so far, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[Posted] = []
        self._script: deque[Answer | None] = deque()
        self._open = asyncio.Event()
        self._open.set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._came = threading.Condition()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        return await super().__aenter__()

    async def __aexit__(self, *_: object) -> None:
        self._open.set()
        await super().__aexit__()

    def misbehave(self, *answers: Answer | None) -> None:
        """Answer the next requests like this, one each; None is an ordinary one. Afterwards all are ordinary again."""
        self._script.extend(answers)

    def pause(self) -> None:
        """From now on be so slow that nothing is answered: requests are noted in `posts`, then wait for `resume`."""
        self._call(self._open.clear)

    def resume(self) -> None:
        """Answer what waits, and everything after it."""
        self._call(self._open.set)

    def _call(self, what: Callable[[], None]) -> None:
        """Run it in the thread of the fake's own loop; it has happened before any later request comes."""
        assert self._loop is not None, "the fake has not started"
        self._loop.call_soon_threadsafe(what)

    def wait_posted(self, count: int, seconds: float = 10.0) -> list[Posted]:
        """Block until `count` requests have come (for tests beside a served process); returns them all."""
        with self._came:
            if not self._came.wait_for(lambda: len(self.posts) >= count, seconds):
                raise AssertionError(f"{len(self.posts)} requests came, not {count}")
            return list(self.posts)

    async def posted(self, count: int, seconds: float = 10.0) -> list[Posted]:
        """Return once `count` requests have come (for async tests)."""
        return await asyncio.to_thread(self.wait_posted, count, seconds)

    async def note(self, posted: Posted) -> Answer | None:
        """Keep a request; returns what it is to be answered, None for as usual."""
        with self._came:
            self.posts.append(posted)
            self._came.notify_all()
        await self._open.wait()
        return self._script.popleft() if self._script else None

    async def scripted(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        """Answer like this."""
        if answer.then == "hang":
            await self.stopping.wait()
        if answer.then in ("hang", "reset"):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        headers = {"Content-Type": "application/json", **answer.headers}
        return web.Response(status=answer.status, body=body, headers=headers)


def lower(request: web.Request) -> dict[str, str]:
    """The headers, their names in lower case."""
    return {name.lower(): value for name, value in request.headers.items()}


def json_of(body: bytes) -> Any:
    """What a body says; None when it is not JSON."""
    try:
        return json.loads(body)
    except ValueError:
        return None
