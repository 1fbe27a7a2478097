"""Programs' texts in front of the routes: POST /v1/messages, answered without Starlette's stack, as webhooks are.

Who may call it, what is refused and what is answered is decided by the same functions as behind the routes; this module
only reads HTTP and writes it.
"""

import structlog
from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from textback.store.keys import Key
from textback.web.access import Access
from textback.web.context import WebContext
from textback.web.problems import Refused, broken, ended_early, refusal
from textback.web.reading import JSON_TYPE, MOST_BODY, check_json, too_large
from textback.web.security import headers_of
from textback.web.v1.sending import sent_once

log = structlog.get_logger("textback.web")

PATH = "/v1/messages"
SCOPE = "messages:write"
_JSON = (b"content-type", JSON_TYPE.encode())
_WANTED = frozenset({b"authorization", b"content-type", b"content-encoding", b"content-length", b"idempotency-key"})


class Texts:
    """POST /v1/messages of the application behind the routes."""

    def __init__(self, pages: Starlette) -> None:
        self._ctx: WebContext = pages.state.ctx
        self._access: Access = pages.state.access
        self._headers = headers_of(secure=self._ctx.secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            status, headers, body = await self._answer(scope, receive)
        except Refused as refused:
            response = refusal(PATH, refused)
            status, headers, body = response.status_code, response.raw_headers, bytes(response.body)
        except Exception:
            log.exception("request failed", path=PATH)
            response = refusal(PATH, broken())
            status, headers, body = response.status_code, response.raw_headers, bytes(response.body)
        await send({"type": "http.response.start", "status": status, "headers": [*headers, *self._headers]})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        given = {name: value.decode("latin-1") for name, value in reversed(scope["headers"]) if name in _WANTED}
        key, left = await self._access.caller(self._ctx, given.get(b"authorization", ""), SCOPE)
        try:
            data, more = await self._take(key, given, receive)
        except Refused as refused:
            refused.headers = {**left, **refused.headers}
            raise
        headers = [_JSON, (b"content-length", b"%d" % len(data))]
        headers += [(name.lower().encode(), value.encode()) for pairs in (left, more) for name, value in pairs.items()]
        return 202, headers, data

    async def _take(self, key: Key, given: dict[bytes, str], receive: Receive) -> tuple[bytes, "dict[str, str]"]:
        check_json(given.get(b"content-type", ""), given.get(b"content-encoding", ""))
        body = await _read(receive)
        data, more = await sent_once(self._ctx, key, PATH, given.get(b"idempotency-key"), body)
        return data, dict(more)


async def _read(receive: Receive) -> bytes:
    """The body. Raises Refused."""
    message = await _next(receive)
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        if len(body) > MOST_BODY:
            break
        message = await _next(receive)
        body += message.get("body", b"")
    if len(body) > MOST_BODY:
        raise too_large(MOST_BODY)
    return body


async def _next(receive: Receive) -> Message:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ended_early()
    return message
