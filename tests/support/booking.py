"""Another system, such as a booking calendar, that answers as a test wants."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from tests.support.listening import Listening

FORM = "application/x-www-form-urlencoded"


class Asked(msgspec.Struct, frozen=True):
    """One request as it came. Header names are lower case; `form` is its body where that was a form."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    form: dict[str, str] = {}

    @property
    def key(self) -> str:
        """The key by which a repetition is known."""
        return self.headers.get("idempotency-key", "")


class Says(msgspec.Struct, frozen=True):
    """One answer: `body` is sent as it is when bytes, else as JSON; `hang` says nothing until the fake stops."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = {}
    hang: bool = False


class Booking(Listening):
    """Answers every path with what `script` has for it, in turn; the last answer stays. `asked` are the requests so
    far, in order."""

    def __init__(self, script: Mapping[str, tuple[Says, ...]] | None = None) -> None:
        super().__init__()
        self.script = dict(script or {})
        self.asked: list[Asked] = []
        self._count: Counter[str] = Counter()
        self.app.router.add_route("*", "/{path:.*}", self._answer)

    def of(self, path: str) -> list[Asked]:
        """The requests for one path."""
        return [one for one in self.asked if one.path == path]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        form = dict(parse_qsl(raw.decode())) if request.content_type == FORM else {}
        body = json.loads(raw) if raw and not form else None
        self.asked.append(Asked(request.method, request.path, dict(request.query), headers, body, form))
        script = self.script.get(request.path, (Says(404),))
        says = script[min(self._count[request.path], len(script) - 1)]
        self._count[request.path] += 1
        if says.hang:
            await self.stopping.wait()
        sent = (
            says.body if isinstance(says.body, bytes) else b"" if says.body is None else json.dumps(says.body).encode()
        )
        return web.Response(status=says.status, body=sent, headers=says.headers)
