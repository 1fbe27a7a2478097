"""Webhooks: verify, parse, store, and only then say yes.

A bare ASGI application, because every text comes through here: no routing table, no middleware, no request object.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import msgspec
import structlog

from textback.channels.base import Answering, BadPayload, BadSignature, Greeted, Methods, Shared, Templated, Webhook
from textback.channels.probe import POSTED, UNKNOWN
from textback.core.ids import new_id
from textback.core.provider_templates import Change
from textback.core.tracing import caller_of
from textback.engine.arrivals import DeliveryStatus, Message
from textback.pipeline import spans
from textback.pipeline.fairness import Flood
from textback.pipeline.lines import Line
from textback.pipeline.quarantine import Quarantine
from textback.pipeline.road import Road
from textback.pipeline.seen import LineMarks
from textback.pipeline.spool import SpoolFull
from textback.store.trouble import reason
from textback.web.metrics import WEBHOOKS

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
SendMessage = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = structlog.get_logger("textback.webhooks")

PREFIX = "/webhooks/"
MOST_BYTES = 256 * 1024
MOST_BATCH = 4 * 1024 * 1024
"""The same for a provider that puts what has happened on many lines into one request."""
_JSON = "application/json"
OUTCOMES = ("stored", "ignored", "unsigned", "malformed", "failed", "flood", "too_large", "wrong_type", "unchecked")
"""What can become of a webhook of a line that there is."""


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


_NOT_STORED = problem(503, "It could not be stored. Send it again.")
_GONE = problem(400, "The body ended early.")
_METHOD = problem(405, POSTED)
_STRANGER = problem(403, "The token is not the one of this line.")


class TooLarge(Exception):
    """The body is over MOST_BYTES."""


class Gone(Exception):
    """The caller went away before the body was whole."""


class Webhooks:
    """POST /webhooks/{line}: messages and delivery statuses of one line; GET where its provider says that it does."""

    def __init__(
        self,
        road: Road,
        lines: Mapping[str, Line],
        public_url: str,
        *,
        most_refused: int = 0,
        quarantine: Quarantine | None = None,
        marks: LineMarks | None = None,
    ) -> None:
        self._road = road
        self._lines = lines
        self._public_url = public_url
        self._flood = Flood(most_refused)
        self._quarantine = quarantine
        self._marks = marks
        telnyx = [line for line in lines.values() if line.provider.name == "telnyx"]
        self._sms = telnyx[0] if len(telnyx) == 1 and "sms" not in lines else None
        # Asked once, not for each webhook: whether something is of such a protocol is slow to find out.
        self._answering = {name: line.provider for name, line in lines.items() if isinstance(line.provider, Answering)}
        self._sharing = {name: line.provider for name, line in lines.items() if isinstance(line.provider, Shared)}
        self._templated = {name: line.provider for name, line in lines.items() if isinstance(line.provider, Templated)}
        self._shared = {(one.name, one.account): lines[name] for name, one in self._sharing.items()}
        self._most = {name: MOST_BATCH if name in self._sharing else MOST_BYTES for name in lines}
        self._methods = {name: _methods(line) for name, line in lines.items()}
        self._counts = {
            (name, outcome): WEBHOOKS.labels(line=name, outcome=outcome) for name in lines for outcome in OUTCOMES
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
            await self._stray(name, scope, receive)
            return problem(404, f"{UNKNOWN}{name[:64]!r} here.")
        method, methods = scope["method"], self._methods[line.name]
        if method not in methods:
            if method != "OPTIONS":  # which is how set-up asks who answers here
                self._mark(line.name, "wrong_method")
            return msgspec.structs.replace(_METHOD, allow=", ".join(methods))
        headers = _headers(scope)
        try:
            body = await _read(headers, receive, self._most[line.name])
        except TooLarge:
            self._counts[line.name, "too_large"].inc()
            self._mark(line.name, "too_large")
            return problem(413, f"The body is over {self._most[line.name] // 1024} KB.")
        except Gone:
            return _GONE
        if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            return problem(415, "Compressed bodies are not taken. Send it without Content-Encoding.")
        content_type = headers.get("content-type", "").split(";", 1)[0].strip().lower()
        if method == "POST" and content_type not in line.provider.content_types:
            self._counts[line.name, "wrong_type"].inc()
            self._mark(line.name, "wrong_type")
            return problem(415, f"Expected {' or '.join(line.provider.content_types)}.")
        target, query = _target(scope)
        webhook = Webhook(method, f"{self._public_url}{target}", query, headers, body)
        if method == "GET" and isinstance(line.provider, Greeted):
            said = line.provider.greet(webhook)
            self._mark(line.name, "stranger" if said is None else "greeted")
            return _STRANGER if said is None else Reply(200, *said)
        return await self._accept(line, webhook, example, scope)

    async def _stray(self, name: str, scope: Scope, receive: Receive) -> None:
        """Keep what was posted to a line that we don't have: its name may be misspelt at the provider, or here."""
        if scope["method"] != "POST" or self._quarantine is None or self._flood.one_more("", self._road.now()):
            return
        headers = _headers(scope)
        try:
            body = await _read(headers, receive)
        except (TooLarge, Gone):
            return
        target, query = _target(scope)
        webhook = Webhook("POST", target, query, headers, body)
        self._keep(name[:64], "", "no_line", "", scope, webhook)

    def _keep(self, line: str, provider: str, reason: str, detail: str, scope: Scope, webhook: Webhook) -> None:
        if self._quarantine is not None:
            kept = msgspec.structs.replace(webhook, url=_target(scope)[0])
            source = _source(scope, webhook.headers)
            self._quarantine.keep(line, provider, reason, detail, source, kept, self._road.now())

    def _mark(self, line: str, what: str) -> None:
        if self._marks is not None:
            self._marks.note(line, what)

    def _flooded(self, line: Line, now: int) -> bool:
        """Count a bad request; whether its line gets more of them than are worth a word each. A good one is never
        refused for that: whoever floods a line must not be able to shut its provider out."""
        if not self._flood.one_more(line.name, now):
            return False
        self._counts[line.name, "flood"].inc()
        return True

    async def _accept(self, line: Line, webhook: Webhook, example: bool, scope: Scope) -> Reply:
        now = self._road.now()
        began = time.time_ns() if self._road.tracer is not None else 0
        unchecked = False
        try:
            line.provider.verify(webhook, now)
        except BadSignature as error:
            self._mark(line.name, "unsigned")
            unchecked = now < line.log_only_until
            if not unchecked:
                if self._flooded(line, now):
                    return _TOO_MANY
                self._counts[line.name, "unsigned"].inc()
                trace = self._trace(line, webhook, [new_id()], began, 401, "not signed")
                log.warning("webhook refused", trace=trace, line=line.name, reason=str(error))
                self._keep(line.name, line.provider.name, "unsigned", str(error), scope, webhook)
                return problem(401, "The signature is missing, wrong or stale.")
            self._counts[line.name, "unchecked"].inc()
            log.warning("webhook taken in although its signature is bad", line=line.name, reason=str(error))
        said = None
        try:
            arrivals = line.provider.parse(webhook)
            if not arrivals and (answering := self._answering.get(line.name)) is not None:
                said = answering.answer(webhook)
            sharing = self._sharing.get(line.name)
            others = [] if sharing is None else self._of_others(line, sharing, webhook)
            templated = self._templated.get(line.name)
            changes = [] if templated is None else templated.changes(webhook)
        except BadPayload as error:
            self._mark(line.name, "malformed")
            if self._flooded(line, now):
                return _TOO_MANY
            self._counts[line.name, "malformed"].inc()
            trace = self._trace(line, webhook, [new_id()], began, 400, "malformed")
            log.warning("webhook malformed", trace=trace, line=line.name, field=error.field, problem=error.problem)
            self._keep(line.name, line.provider.name, "malformed", str(error), scope, webhook)
            return problem(400, f"{error.field}: {error.problem}", field=error.field)
        if unchecked:
            arrivals, others = _doubted(arrivals), [(other, _doubted(theirs)) for other, theirs in others]
        if not unchecked:
            for name in (line.name, *(other.name for other, _ in others)):
                self._mark(name, "webhook")
        if changes and not unchecked and not await self._changed(line, changes):
            return _NOT_STORED
        if not arrivals and not others and not changes:
            self._counts[line.name, "ignored"].inc()
        for whose, some in ((line, arrivals), *others):
            if not some:
                continue
            try:
                ids = await self._road.receive(whose.name, some, webhook=True)
            except Exception as error:
                self._counts[line.name, "failed"].inc()
                why = str(error) if isinstance(error, SpoolFull) else reason(error)
                trace = self._trace(line, webhook, [new_id()], began, 503, "not stored")
                log.error("webhook not stored", trace=trace, line=whose.name, reason=why)
                return _NOT_STORED
            self._counts[whose.name, "stored"].inc()
            self._trace(whose, webhook, ids, began, 200)
        if example:
            return _example_reply(arrivals)
        content_type, answer = said or line.provider.acknowledgement
        return Reply(200, content_type, answer)

    async def _changed(self, line: Line, changes: list[Change]) -> bool:
        """Keep how the provider's templates stand; False where that could not be stored."""
        try:
            await self._road.templating.take(line.provider.name, changes)
        except Exception as error:
            self._counts[line.name, "failed"].inc()
            log.error("webhook not stored", line=line.name, reason=reason(error))
            return False
        self._counts[line.name, "stored"].inc()
        return True

    def _of_others(
        self, line: Line, provider: Shared, webhook: Webhook
    ) -> list[tuple[Line, list[Message | DeliveryStatus]]]:
        """What a request says for other lines of the same provider, with those lines. Its signature was checked with
        this line's secret, so it is for lines that have the same. Raises BadPayload."""
        found = []
        for account in sorted(provider.of_others(webhook)):
            other = self._shared.get((line.provider.name, account))
            if other is None:
                log.warning("webhook for a number that is no line here", line=line.name, account=account[:64])
                continue
            try:
                other.provider.verify(webhook, self._road.now())
            except BadSignature:
                log.warning("webhook for a line with another secret", line=line.name, other=other.name)
                continue
            found.append((other, other.provider.parse(webhook)))
        return found

    def _trace(self, line: Line, webhook: Webhook, ids: list[str], began: int, status: int, error: str = "") -> str:
        """Note a request for its arrivals' traces, or for one of its own when nothing is stored; returns the first."""
        tracer = self._road.tracer
        if tracer is not None and (wanted := [id_ for id_ in ids if tracer.wants(id_)]):
            caller = caller_of(webhook.headers.get("traceparent", ""))
            links = () if caller is None else (caller,)
            tracer.note(spans.of_webhook(wanted, line, began, time.time_ns(), status, error, links))
        return ids[0]


def _example_reply(arrivals: list[Message | DeliveryStatus]) -> Reply:
    """The Telnyx example's keys. The answer is sent after this acknowledgement, so nothing about it is promised."""
    text = arrivals[0].text if arrivals and isinstance(arrivals[0], Message) else None
    status = "accepted" if arrivals else "ignored"
    answer = {"status": status, "inbound_message": text, "response_sent": None, "message_id": None}
    return Reply(200, _JSON, msgspec.json.encode(answer))


def _doubted(arrivals: list[Message | DeliveryStatus]) -> list[Message | DeliveryStatus]:
    return [msgspec.structs.replace(arrival, doubt="unsigned") for arrival in arrivals]


def _methods(line: Line) -> tuple[str, ...]:
    if isinstance(line.provider, Methods):
        return line.provider.methods
    return ("GET", "POST") if isinstance(line.provider, Greeted) else ("POST",)


def _headers(scope: Scope) -> dict[str, str]:
    return {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}


def _target(scope: Scope) -> tuple[str, str]:
    """Path and query as they were asked for, and the query alone."""
    query = scope["query_string"].decode("latin-1")
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
    return (f"{path}?{query}" if query else path), query


def _source(scope: Scope, headers: Mapping[str, str]) -> str:
    """The address it came from; a proxy on this machine may name it, nobody else may."""
    address = (scope.get("client") or ("",))[0]
    if address in ("127.0.0.1", "::1"):
        address = headers.get("x-forwarded-for", address).rpartition(",")[2].strip()
    return str(address)


async def _read(headers: Mapping[str, str], receive: Receive, most: int = MOST_BYTES) -> bytes:
    declared = headers.get("content-length", "")
    if len(declared) > 18 or (declared.isascii() and declared.isdigit() and int(declared) > most):
        raise TooLarge
    message = await _next(receive)
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        if len(body) > most:
            raise TooLarge
        return body
    parts = [body]
    size = len(body)
    while message.get("more_body"):
        message = await _next(receive)
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


async def _next(receive: Receive) -> MutableMapping[str, Any]:
    """The next piece of the body. What came before the caller went away is no body."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Gone
    return message
