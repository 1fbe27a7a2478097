"""What the widget on the business's website asks for: its script, its words, a place to write to, and live texts.

Nobody signs in and no cookie is set. A visitor is whoever holds a token that their browser has made up; the origin of
every request must be one of the line's. Requests are of the kind that browsers send without asking first, so a text
costs one round trip.
"""

import asyncio
import hashlib
import ipaddress
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from textback.channels.web import WebChat
from textback.core.text import clean
from textback.pipeline import webchat as chat
from textback.pipeline.by_text import version_of, words_of
from textback.pipeline.fairness import Flood
from textback.pipeline.hub import EVERYTHING
from textback.pipeline.lines import Line
from textback.pipeline.spool import SpoolFull
from textback.store import webchat as store
from textback.store.trouble import reason
from textback.web.context import WebContext
from textback.web.routing import Handler, Route

log = structlog.get_logger("textback.webchat")

PREFIX = "/web/"
WIDGET = (Path(__file__).parent / "static" / "widget.js").read_bytes()
VERSION = hashlib.sha256(WIDGET).hexdigest()[:16]
LONGEST, MOST_BODY = 2000, 16 * 1024
"""Characters of a text; bytes of a request."""
SHOWN = 100
"""Texts of a thread that a page gets: the newest."""
QUIET, LIFE, GAP = 15.0, 900.0, 0.25
"""Seconds between signs of life, until the page is to ask again, and between looks for somebody nobody knows yet."""
HAD = ("received", "delivered", "read")
"""What a page has when it is older than what it has last had."""
TOKEN, REF, AFTER = re.compile(r"[A-Za-z0-9_-]{43}"), re.compile(r"[A-Za-z0-9_-]{8,40}"), re.compile(r"([0-9a-f]{24})?")
PER_VISITOR, PER_SOURCE, NEW_PER_SOURCE = 20, 90, 30
"""Texts a minute of one visitor and of one address of the network; visitors an hour who are new there."""
OPEN_PER_VISITOR, OPEN_PER_SOURCE, OPEN = 8, 60, 2000
"""Live pages at once."""
_T = TypeVar("_T")


class Say(msgspec.Struct, frozen=True):
    """A text of a visitor. `ref` is the page's own name for it, `agreed` the version of what they agreed to, `page` the
    path that they are on."""

    token: str
    ref: str
    text: str
    agreed: str = ""
    page: str = ""


class Listen(msgspec.Struct, frozen=True):
    """A page that wants what is new `after` this text, and what it has not had before."""

    token: str
    after: str = ""


class NotTaken(Exception):
    """A request that is refused: the status, a word for the page and a sentence for people."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.code, self.sentence = status, code, sentence


class Visits:
    """How much visitors ask of this server."""

    def __init__(self) -> None:
        self._texts = Flood(PER_VISITOR)
        self._sources = Flood(PER_SOURCE)
        self._new = Flood(NEW_PER_SOURCE)
        self.open: Counter[str] = Counter()

    def text(self, address: str, source: str, now: int) -> None:
        """Count a text. Raises NotTaken."""
        if self._sources.one_more(source, now) or self._texts.one_more(address, now):
            raise NotTaken(429, "slow_down", "That were many texts in a short time. Wait a minute and send it again.")

    def stranger(self, source: str, now: int) -> None:
        """Count somebody new; by the hour, so the minutes of an hour count as one. Raises NotTaken."""
        if self._new.one_more(source, now // 60):
            raise NotTaken(429, "slow_down", "Too many new chats came from your network. Try again in an hour.")

    def page(self, address: str, source: str) -> None:
        """Whether there is room for one more live page. Raises NotTaken."""
        room = self.open[address] < OPEN_PER_VISITOR and self.open[source] < OPEN_PER_SOURCE and self.open[""] < OPEN
        if not room:
            raise NotTaken(429, "too_many_pages", "Too many pages are open. Close some of them.")

    def count(self, address: str, source: str, by: int) -> None:
        """A live page has begun (1) or ended (-1)."""
        for key in (address, source, ""):
            self.open[key] += by
            if not self.open[key]:
                del self.open[key]


def as_visitor(handler: Handler) -> Handler:
    """Only pages of the line's own websites: each refusal is a word for the widget, which may read it only there."""

    async def guarded(request: Request) -> Response:
        origin = request.headers.get("origin", "")
        line, provider = _line(request)
        if line is None or provider is None:
            return _refuse(NotTaken(404, "no_line", "There is no such web chat."), "")
        if origin not in provider.origins:
            said = "This website may not show this chat. Add its address to the line's origins."
            return _refuse(NotTaken(403, "origin", said), "")
        try:
            response = await handler(request)
        except NotTaken as error:
            return _refuse(error, origin)
        except ClientDisconnect:
            return _refuse(NotTaken(400, "ended_early", "The request ended early."), origin)
        response.headers.update(_cors(origin))
        return response

    return guarded


def _line(request: Request) -> tuple[Line | None, WebChat | None]:
    ctx: WebContext = request.app.state.ctx
    line = ctx.road.lines.get(request.path_params["line"])
    return (line, line.provider) if line is not None and isinstance(line.provider, WebChat) else (None, None)


def _cors(origin: str) -> dict[str, str]:
    shared = {"Access-Control-Allow-Origin": origin} if origin else {}
    return {**shared, "Vary": "Origin", "Cross-Origin-Resource-Policy": "cross-origin"}


def _refuse(error: NotTaken, origin: str) -> Response:
    body = msgspec.json.encode({"error": error.sentence, "code": error.code})
    return Response(body, error.status, _cors(origin), media_type="application/json")


def found(request: Request) -> tuple[WebContext, Line, WebChat]:
    """What the request is about; the guard has looked whether there is such a line. Raises NotTaken."""
    line, provider = _line(request)
    if line is None or provider is None:
        raise NotTaken(404, "no_line", "There is no such web chat.")
    return request.app.state.ctx, line, provider


def source_of(request: Request) -> str:
    """The network that a request comes from: an address, or what one customer has of IPv6."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host[:64]
    return str(address) if address.version == 4 else str(ipaddress.ip_network(f"{address}/64", strict=False))


async def read(request: Request, kind: type[_T]) -> _T:
    """What a page has posted. Raises NotTaken."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY:
            raise NotTaken(413, "too_long", "That is too much for one text.")
    try:
        return msgspec.json.decode(bytes(body), type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise NotTaken(400, "malformed", "The request could not be read.") from None


def address_of(line: Line, token: str) -> str:
    """The address of the visitor who has this token. Raises NotTaken."""
    if not TOKEN.fullmatch(token):
        raise NotTaken(400, "malformed", "The visitor's token has another form.")
    return chat.address_of(line.name, token)


def visit_of(request: Request, address: str, path: str) -> chat.Visit:
    """Who asks, and from where; `path` is that of the page they are on."""
    page = clean(path)[:300] if path.startswith("/") else "/"
    return chat.Visit(
        address,
        f"{request.headers['origin']}{page}",
        request.client.host if request.client else "",
        clean(request.headers.get("user-agent", ""))[:300],
    )


async def widget(request: Request) -> Response:
    """GET /web/{line}/widget.js: the script that a website shows the chat with. The same for all lines."""
    line, _ = _line(request)
    if line is None:
        return _refuse(NotTaken(404, "no_line", "There is no such web chat."), "*")
    tag = f'"{VERSION}"'
    kept = "public, max-age=31536000, immutable" if request.url.query == f"v={VERSION}" else "public, max-age=600"
    headers = {"ETag": tag, "Cache-Control": kept, **_cors("*")}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(WIDGET, headers=headers, media_type="text/javascript")


async def config(request: Request) -> Response:
    """GET /web/{line}/config: what the widget says: {title, greeting, agreement, longest}, and `by_text` where the chat
    can go on by text, in the language of the page (`lang`)."""
    ctx, _, provider = found(request)
    agreement = provider.agreement
    said: dict[str, Any] = {
        "title": provider.title or ctx.bot().name,
        "greeting": provider.greeting,
        "longest": LONGEST,
        "agreement": agreement and {"words": agreement.words, "ticked": agreement.ticked, "version": agreement.version},
    }
    if provider.by_text is not None:
        words = words_of(ctx.road.lines, provider.by_text, ctx.bot(), request.query_params.get("lang", ""))
        said["by_text"] = {"words": words, "version": version_of(words)}
    return Response(msgspec.json.encode(said), media_type="application/json")


async def say(request: Request) -> Response:
    """POST /web/{line}/texts: what a visitor says; stored before it is answered, and once however often it comes."""
    ctx, line, provider = found(request)
    said = await read(request, Say)
    address, source, now = address_of(line, said.token), source_of(request), ctx.road.now()
    text = clean(said.text.replace("\r\n", "\n")).strip()
    if not REF.fullmatch(said.ref):
        raise NotTaken(400, "malformed", "The text has no name that could be used.")
    if not text:
        raise NotTaken(400, "empty", "There is nothing to send.")
    if len(text) > LONGEST:
        raise NotTaken(413, "too_long", f"A text has at most {LONGEST} characters; this one has {len(text)}.")
    agreement = provider.agreement
    if agreement is not None and said.agreed != agreement.version:
        raise NotTaken(403, "agree", "What this chat asks you to agree to has changed. Read it and send again.")
    visits: Visits = request.app.state.visits
    visits.text(address, source, now)
    try:
        if await ctx.db.read(store.home, ctx.workspace, address) is None:
            visits.stranger(source, now)
    except NotTaken:
        raise
    except Exception as error:  # the database is away: the spool takes it
        log.debug("visitor not looked up", error=type(error).__name__)
    visit = visit_of(request, address, said.page)
    try:
        await ctx.road.take(chat.heard(line, visit, said.ref, text, agreement))
    except Exception as error:
        why = str(error) if isinstance(error, SpoolFull) else reason(error)
        log.error("visitor's text not stored", line=line.name, reason=why)
        raise NotTaken(503, "not_stored", "It could not be stored. Send it again.") from None
    return Response(b"{}", media_type="application/json")


async def stream(request: Request) -> Response:
    """POST /web/{line}/stream: the visitor's own thread, and what is said in it from now on, as server-sent events."""
    ctx, line, _ = found(request)
    wanted = await read(request, Listen)
    address, source = address_of(line, wanted.token), source_of(request)
    if not AFTER.fullmatch(wanted.after):
        raise NotTaken(400, "malformed", "The place in the thread has another form.")
    visits: Visits = request.app.state.visits
    visits.page(address, source)

    async def live() -> AsyncIterator[bytes]:
        visits.count(address, source, 1)
        try:
            async for part in _live(ctx, line.name, address, wanted.after):
                yield part
        except Exception as error:  # the database is away: the page asks again
            log.warning("live page ended", line=line.name, error=type(error).__name__)
        finally:
            visits.count(address, source, -1)

    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return StreamingResponse(live(), media_type="text/event-stream", headers=headers)


async def _live(ctx: WebContext, line: str, address: str, after: str) -> AsyncIterator[bytes]:
    """Events `texts`, each a list. First what the page can't have: what is newer than `after`, and whatever of ours
    no page has had, wherever it stands in the thread."""
    had: set[str] | None = None
    end = time.monotonic() + LIFE
    async with ctx.road.hub.subscribe() as subscription:
        while time.monotonic() < end:
            whose, rows = await ctx.db.read(store.thread_of, ctx.workspace, address, line, SHOWN)
            if had is None:
                had = {row.id for row in rows if row.id <= after and row.status in HAD}
                yield b"event: hello\ndata: {}\n\n"
            if new := [row for row in rows if row.id not in had]:
                had |= {row.id for row in new}
                texts = msgspec.json.encode([chat.shown(row) for row in new])
                yield b"id: %s\nevent: texts\ndata: %s\n\n" % (new[-1].id.encode(), texts)
            if whose is not None and (told := chat.delivered(line, whose, address, new)):
                await ctx.road.take(told)
            wanted = {EVERYTHING} if whose is None else {EVERYTHING, whose.contact_id}
            while time.monotonic() < end:
                changed = await subscription.changes(QUIET)
                if subscription.closed:
                    return
                if not changed:
                    yield b": still here\n\n"
                elif whose is None:
                    await asyncio.sleep(GAP)
                    break
                elif changed & wanted:
                    break


ROUTES = (
    Route("GET", PREFIX + "{line}/widget.js", "public", widget),
    Route("GET", PREFIX + "{line}/config", "visitor", config),
    Route("POST", PREFIX + "{line}/texts", "visitor", say),
    Route("POST", PREFIX + "{line}/stream", "visitor", stream),
)
