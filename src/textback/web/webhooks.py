"""Webhooks: verify, parse, store, and only then say yes.

A bare ASGI application, because every text comes through here: no routing table, no middleware, no request object.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import msgspec
import structlog

from textback.channels.base import BadPayload, BadSignature, Webhook
from textback.engine.arrivals import DeliveryStatus, Message
from textback.pipeline.fairness import Flood
from textback.pipeline.lines import Line
from textback.pipeline.road import Road
from textback.pipeline.spool import SpoolFull
from textback.store.trouble import reason
from textback.web.metrics import WEBHOOKS

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
SendMessage = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = structlog.get_logger("textback.webhooks")

PREFIX = "/webhooks/"
MOST_BYTES = 256 * 1024
_JSON = "application/json"


class RefusedWebhook(msgspec.Struct, frozen=True):
    """A webhook that was not signed by its provider: when it came, for which line, and why it was refused."""

    at: int
    line: str
    reason: str


class Reply(msgspec.Struct, frozen=True):
    """What to answer: an HTTP status, a content type, a body and, where the method was wrong, the right one."""

    status: int
    content_type: str
    body: bytes
    allow: str = ""


def problem(status: int, error: str, **more: str) -> Reply:
    """An error reply as JSON."""
    return Reply(status, _JSON, msgspec.json.encode({"error": error, **more}))


async def respond(send: SendMessage, reply: Reply) -> None:
    """Send a reply."""
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [
                (b"content-type", reply.content_type.encode()),
                (b"content-length", str(len(reply.body)).encode()),
                *([(b"allow", reply.allow.encode())] if reply.allow else []),
            ],
        }
    )
    await send({"type": "http.response.body", "body": reply.body})


_TOO_MANY = problem(429, "Too many requests that were not signed, or made no sense.")


_GONE = problem(400, "The body ended early.")
_METHOD = msgspec.structs.replace(problem(405, "Webhooks are posted."), allow="POST")


class TooLarge(Exception):
    """The body is over MOST_BYTES."""


class Gone(Exception):
    """The caller went away before the body was whole."""


class Webhooks:
    """POST /webhooks/{line}: messages and delivery statuses of one line."""

    def __init__(self, road: Road, lines: Mapping[str, Line], public_url: str, *, most_refused: int = 0) -> None:
        self._road = road
        self._lines = lines
        self._public_url = public_url
        self._flood = Flood(most_refused)
        self.refused: deque[RefusedWebhook] = deque(maxlen=200)
        telnyx = [line for line in lines.values() if line.provider.name == "telnyx"]
        self._sms = telnyx[0] if len(telnyx) == 1 and "sms" not in lines else None
        self._counts = {
            (name, outcome): WEBHOOKS.labels(line=name, outcome=outcome)
            for name in lines
            for outcome in ("stored", "ignored", "unsigned", "malformed", "failed", "flood")
        }

    async def __call__(self, scope: Scope, receive: Receive, send: SendMessage) -> None:
        """Answer one request."""
        await respond(send, await self._answer(scope, receive))

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        name = scope["path"][len(PREFIX) :]
        line = self._lines.get(name)
        example = line is None and name == "sms" and self._sms is not None
        if example:
            line = self._sms
        if line is None:
            return problem(404, f"There is no line {name[:64]!r} here.")
        if scope["method"] != "POST":
            return _METHOD
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        try:
            body = await _read(headers, receive)
        except TooLarge:
            return problem(413, "The body is over 256 KB.")
        except Gone:
            return _GONE
        if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            return problem(415, "Compressed bodies are not taken. Send it without Content-Encoding.")
        content_type = headers.get("content-type", "").split(";", 1)[0].strip().lower()
        if content_type not in line.provider.content_types:
            return problem(415, f"Expected {' or '.join(line.provider.content_types)}.")
        query = scope["query_string"].decode("latin-1")
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
        url = f"{self._public_url}{path}?{query}" if query else f"{self._public_url}{path}"
        return await self._accept(line, Webhook("POST", url, query, headers, body), example)

    def _flooded(self, line: Line, now: int) -> bool:
        """Count a bad request; whether its line gets more of them than are worth a word each. A good one is never
        refused for that: whoever floods a line must not be able to shut its provider out."""
        if not self._flood.one_more(line.name, now):
            return False
        self._counts[line.name, "flood"].inc()
        return True

    async def _accept(self, line: Line, webhook: Webhook, example: bool) -> Reply:
        now = self._road.now()
        try:
            line.provider.verify(webhook, now)
        except BadSignature as error:
            if self._flooded(line, now):
                return _TOO_MANY
            self.refused.append(RefusedWebhook(now, line.name, str(error)))
            self._counts[line.name, "unsigned"].inc()
            log.warning("webhook refused", line=line.name, reason=str(error))
            return problem(401, "The signature is missing, wrong or stale.")
        try:
            arrivals = line.provider.parse(webhook)
        except BadPayload as error:
            if self._flooded(line, now):
                return _TOO_MANY
            self._counts[line.name, "malformed"].inc()
            log.warning("webhook malformed", line=line.name, field=error.field, problem=error.problem)
            return problem(400, f"{error.field}: {error.problem}", field=error.field)
        if not arrivals:
            self._counts[line.name, "ignored"].inc()
        else:
            try:
                await self._road.receive(line.name, arrivals)
            except Exception as error:
                self._counts[line.name, "failed"].inc()
                why = str(error) if isinstance(error, SpoolFull) else reason(error)
                log.error("webhook not stored", line=line.name, reason=why)
                return problem(503, "It could not be stored. Send it again.")
            self._counts[line.name, "stored"].inc()
        if example:
            return _example_reply(arrivals)
        content_type, answer = line.provider.acknowledgement
        return Reply(200, content_type, answer)


def _example_reply(arrivals: list[Message | DeliveryStatus]) -> Reply:
    """The Telnyx example's keys. The answer is sent after this acknowledgement, so nothing about it is promised."""
    text = arrivals[0].text if arrivals and isinstance(arrivals[0], Message) else None
    status = "accepted" if arrivals else "ignored"
    answer = {"status": status, "inbound_message": text, "response_sent": None, "message_id": None}
    return Reply(200, _JSON, msgspec.json.encode(answer))


async def _read(headers: Mapping[str, str], receive: Receive) -> bytes:
    declared = headers.get("content-length", "")
    if len(declared) > 18 or (declared.isascii() and declared.isdigit() and int(declared) > MOST_BYTES):
        raise TooLarge
    message = await _next(receive)
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        if len(body) > MOST_BYTES:
            raise TooLarge
        return body
    parts = [body]
    size = len(body)
    while message.get("more_body"):
        message = await _next(receive)
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


async def _next(receive: Receive) -> MutableMapping[str, Any]:
    """The next piece of the body. What came before the caller went away is no body."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Gone
    return message
