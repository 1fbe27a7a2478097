"""What comes over the network to a running server: HTTP itself, webhooks, the API, forms, cookies, and what the
database gives back. One program, in this process; its providers take every text at once."""

import asyncio
import base64
import hashlib
import hmac
import logging
import re
import tempfile
import time
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import structlog
import uvicorn
from argon2 import PasswordHasher
from uvicorn.server import ServerState

from fuzz.target import Target, Wrong, check
from tests.support.fake_provider import (
    NUMBER,
    TELNYX_API_KEY,
    TELNYX_PUBLIC_KEY,
    TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN,
    encoded,
    sign_telnyx,
    telnyx_status,
    telnyx_text,
    twilio_status,
    twilio_text,
)
from textback.app import App, read_folder
from textback.channels.client import Answer
from textback.cli.serving import example_bot
from textback.core.ids import new_id
from textback.core.when import DAY
from textback.engine.arrivals import Message
from textback.pipeline.accept import incoming
from textback.pipeline.detour import Detour
from textback.pipeline.spool import Found
from textback.settings import Settings
from textback.store import accounts, inbox, keys, migrate
from textback.store.db import Tx, parse_url
from textback.store.inbox import Incoming, store_arrivals
from textback.store.notify import Notifier
from textback.web import account
from textback.web.protocol import BoundedHttp

PUBLIC_URL = "https://bot.example.com"
PATIENCE = 20.0
"""Seconds after which a request that has all it needs counts as hanging."""
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")


class Wire(asyncio.Transport):
    """A connection on which the server's answers gather."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 80)})
        self.said = bytearray()
        self.closed = False

    def write(self, data: Any) -> None:
        """The server says something."""
        self.said += data

    def close(self) -> None:
        """The server hangs up."""
        self.closed = True

    def abort(self) -> None:
        """The server hangs up."""
        self.closed = True

    def is_closing(self) -> bool:
        """Whether it has hung up."""
        return self.closed

    def pause_reading(self) -> None:
        """All is here already."""

    def resume_reading(self) -> None:
        """All is here already."""

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """It stays the same."""


class Program:
    """A server and its database, on an event loop that runs only while an input is tried."""

    def __init__(self) -> None:
        self._saved = structlog.get_config()
        self.trouble: list[str] = []
        structlog.configure(processors=[self._hear], wrapper_class=structlog.make_filtering_bound_logger(0))
        logging.getLogger("uvicorn.error").disabled = True
        self._hasher = account._hasher
        account._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self._folder = tempfile.TemporaryDirectory(prefix="textback-fuzz-")
        url = f"sqlite:///{Path(self._folder.name) / 'textback.db'}"
        migrate.upgrade(parse_url(url))
        found = {
            "TELNYX_API_KEY": TELNYX_API_KEY, "TELNYX_PUBLIC_KEY": TELNYX_PUBLIC_KEY, "TELNYX_PHONE_NUMBER": NUMBER,
            "TWILIO_ACCOUNT_SID": TWILIO_ACCOUNT_SID, "TWILIO_AUTH_TOKEN": TWILIO_AUTH_TOKEN,
            "TWILIO_PHONE_NUMBER": NUMBER,
        }  # fmt: skip
        more: dict[str, Any] = {"replies_per_hour": 0, "same_exchanges": 0, "webhook_refusals_per_minute": 0}
        settings = Settings(database_url=url, public_url=PUBLIC_URL, reconcile_minutes=0, **more)
        self.app: Any = App(settings, read_folder(example_bot()), found)
        self.loop = asyncio.new_event_loop()
        self.loop.run_until_complete(self.app.start())
        http: Any = self.app._http
        http.post = self._taken
        self._secrets = self.loop.run_until_complete(self.app.db.write(self._people))
        config = uvicorn.Config(
            self.app, http=BoundedHttp, ws="none", lifespan="off", log_config=None, access_log=False
        )
        config.load()
        self._config = config

    def _hear(self, _: object, method: str, event: MutableMapping[str, Any]) -> str:
        if method in ("error", "exception", "critical"):
            self.trouble.append(str(dict(event)))
        raise structlog.DropEvent

    async def _taken(self, *_: object) -> Answer:
        return Answer(200, {}, b'{"data": {"id": "p-1"}, "sid": "p-1"}')

    def _people(self, tx: Tx) -> dict[bytes, bytes]:
        """Somebody who is signed in, a program, a conversation."""
        now = time.time_ns() // 1_000_000
        user = accounts.add_user(tx, "default", "ana@example.com", "Ana", "owner", now)
        token = accounts.add_session(tx, str(user), now)
        row = accounts.session(tx, "default", token, now)
        made = keys.add(tx, "default", "crm", now)
        key = made[1] if made else ""
        first = Message("+12065550101", NUMBER, "PERSON", "m-0")
        homes = store_arrivals(tx, "default", [incoming("simulator", first)], {}, now)
        self.contact = next(iter(homes.values())).contact_id
        check(row is not None, "nobody is signed in")
        return {
            b"@SESSION@": token.encode(), b"@CSRF@": str(row.csrf if row else "").encode(), b"@KEY@": str(key).encode(),
            b"@CONTACT@": self.contact.encode(), b"@LINK@": accounts.add_link(tx, str(user), now, 99 * DAY).encode(),
        }  # fmt: skip

    def close(self) -> None:
        """Stop, and leave everything as it was."""
        self.loop.run_until_complete(self.app.stop())
        self.loop.close()
        self._folder.cleanup()
        account._hasher = self._hasher
        logging.getLogger("uvicorn.error").disabled = False
        structlog.configure(**self._saved)

    def sound(self) -> None:
        """Raise Wrong when the log has had to report a defect."""
        trouble, self.trouble = self.trouble, []
        if trouble:
            raise Wrong(f"the log: {trouble[0][:2000]}")

    def filled(self, data: bytes) -> bytes:
        """The input with the secrets in their places."""
        for name, value in self._secrets.items():
            data = data.replace(name, value)
        return data

    async def _exchange(self, pieces: Sequence[bytes]) -> bytes:
        state, wire = ServerState(), Wire()
        protocol: Any = BoundedHttp(self._config, state, {})
        protocol.connection_made(wire)
        for piece in pieces:
            if not wire.closed:
                protocol.data_received(piece)
                await asyncio.sleep(0)
        end = self.loop.time() + PATIENCE
        while state.tasks and self.loop.time() < end:
            cycle = protocol.cycle
            waits = cycle.more_body or (cycle.scope.get("path") == "/events" and cycle.response_started)
            if waits and not protocol.pipeline:
                break
            await asyncio.wait(state.tasks, timeout=0.02)
        tasks = set(state.tasks)
        protocol.connection_lost(None)
        self.app.road.hub.publish([])
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=PATIENCE)
            check(not left, "a request hangs")
        return bytes(wire.said)

    def exchange(self, data: bytes) -> list[int]:
        """Send these bytes over a connection of their own, then end it. Returns the statuses of the answers."""
        data = self.filled(data)
        half = len(data) // 2
        said = self.loop.run_until_complete(self._exchange([data[:half], data[half:]]))
        statuses = [int(status) for status in _STATUS.findall(said)]
        check(all(status < 500 for status in statuses), f"answered {statuses}: {said[:300]!r}")
        self.sound()
        return statuses

    async def _request(self, method: str, path: str, query: bytes, headers: Mapping[str, str], body: bytes) -> int:
        answers: list[Any] = []
        coming = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            return coming.pop() if coming else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            answers.append(message)

        named = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query, "root_path": "", "headers": named,
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        await self.app(scope, receive, send)
        return int(answers[0]["status"])

    def post(self, path: str, query: str, headers: Mapping[str, str], body: bytes) -> int:
        """Post a request that is whole. Returns the status."""
        status = self.loop.run_until_complete(self._request("POST", path, query.encode(), headers, body))
        check(status < 500, f"answered {status}")
        self.settle()
        return status

    def settle(self, *, loud: bool = False) -> None:
        """Take every turn that is due; none may be left. Where it may be `loud`, the log may report what was wrong."""

        async def work() -> int:
            left = 1
            for _ in range(50):
                (turned,) = self.app.road._submit()
                await asyncio.wait([turned])
                left = await self.app.db.read(inbox.backlog)
                if not left:
                    return 0
            return left

        check(self.loop.run_until_complete(work()) == 0, "arrivals are left without a turn")
        if loud:
            self.trouble.clear()
        self.sound()


_program: list[Program] = []


def program() -> Program:
    """The one program, started when somebody asks for it."""
    if not _program:
        _program.append(Program())
    return _program[0]


def close() -> None:
    """Stop it."""
    while _program:
        _program.pop().close()


def http(data: bytes) -> None:
    """The bytes of a connection."""
    program().exchange(data)


def telnyx(data: bytes) -> None:
    """A body that Telnyx has signed: whatever it is, it is stored and has its turn, or is refused."""
    headers = sign_telnyx(data, time.time_ns() // 1_000_000)
    check(program().post("/webhooks/telnyx", "", headers, data) in (200, 400, 413), "no such answer")


def twilio(data: bytes) -> None:
    """A body that Twilio has signed, by its hash."""
    query = f"bodySHA256={hashlib.sha256(data).hexdigest()}"
    url = f"{PUBLIC_URL}/webhooks/twilio?{query}"
    signature = base64.b64encode(hmac.digest(TWILIO_AUTH_TOKEN.encode(), url.encode(), "sha1")).decode()
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    check(program().post("/webhooks/twilio", query, headers, data) in (200, 400, 413), "no such answer")


def stored_arrival(data: bytes) -> None:
    """What stands in the inbox, as another release may have written it."""
    made = program()
    kind = ("message", "status/sent/", "timer", "agent_reply")[len(data) % 4]
    row = Incoming(new_id(), "telnyx", kind, new_id(), data.decode("utf-8", "replace").replace("\0", ""), "phone", "")
    row = msgspec.structs.replace(row, contact_id=made.contact)
    made.loop.run_until_complete(made.app.db.write(store_arrivals, "default", [row], {}, time.time_ns() // 1_000_000))
    made.settle(loud=True)


class _Spool:
    """A spool with one segment, whose records are the input."""

    def __init__(self, records: list[bytes]) -> None:
        self.empty, self.drained, self.records = False, 0, 0
        self.found = Found(records)
        self.refused: list[bytes] = []

    async def first(self) -> tuple[str, Found]:
        """The segment."""
        return "one", self.found

    async def done(self, _: str, __: Found, refused: list[bytes]) -> None:
        """It is drained."""
        self.empty, self.refused = True, list(refused)


def spool_records(data: bytes) -> None:
    """Whole records whose payload is not ours, on their way to the inbox: each is stored or kept aside."""
    made = program()
    records = data.split(b"|||")
    stored: list[Incoming] = []

    async def store(items: Sequence[Incoming]) -> None:
        named = [msgspec.structs.replace(item, id=new_id()) for item in items]  # ids are ours, and never come twice
        await made.app.db.write(store_arrivals, "default", named, {}, 1)
        stored.extend(items)

    async def drain() -> None:
        spool: Any = _Spool(records)
        await Detour(spool, lambda: 5, store, lambda *_: None)._drain()
        check(len(stored) + len(spool.refused) == len(records), "records are lost")

    made.loop.run_until_complete(drain())
    made.settle(loud=True)


def news(data: bytes) -> None:
    """What another node (or a person with psql) says."""
    heard: list[Any] = []
    Notifier(program().app.db, "default", heard.append)._hear(data.decode("utf-8", "surrogateescape"))
    check(len(heard) <= 1, "heard twice")


def _request(first: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [first, "Host: 127.0.0.1", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


_FORM = "Content-Type: application/x-www-form-urlencoded"
_SIGNED_IN = "Cookie: a=b; textback=@SESSION@; __Host-textback=@SESSION@"
_PROGRAM = "Authorization: Bearer @KEY@"


def _form(path: str, fields: str, cookie: str = _SIGNED_IN) -> bytes:
    """Chunked, so that a spoilt body keeps its length."""
    body = f"csrf=@CSRF@&{fields}".encode()
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body.replace(b"@CSRF@", b"x" * 32)), body)
    head = _request(f"POST {path} HTTP/1.1", cookie, _FORM, "Origin: http://127.0.0.1", "Transfer-Encoding: chunked")
    return head + chunks


_SEND = b'{"to": "+12065550123", "message": "Your bike is ready."}'
_HTTP = [
    _request("GET /healthz HTTP/1.1"),
    _request("GET /readyz HTTP/1.0", "Accept: text/html"),
    _request("GET /openapi.json HTTP/1.1"),
    _request("GET /conversations HTTP/1.1", _PROGRAM) + _request("GET /metrics HTTP/1.1", _PROGRAM),
    _request("POST /sms/send HTTP/1.1", _PROGRAM, "Content-Type: application/json", body=_SEND),
    _request("POST /webhooks/telnyx HTTP/1.1", "Content-Type: application/json", "telnyx-timestamp: 1", body=b"{}"),
    _request("POST /webhooks/twilio?m=1 HTTP/1.1", _FORM, "X-Twilio-Signature: eA==", body=b"Body=hours"),
    _request("GET /login?next=/desk/mine HTTP/1.1", "Accept: text/html", "X-Forwarded-For: 10.0.0.1"),
    _request("GET /login/@LINK@ HTTP/1.1", "Cookie: textback_form=x"),
    _request(
        "POST /login HTTP/1.1", "Cookie: textback_form=x", _FORM, body=b"csrf=x&email=a%40b.c&password=p&next=%2F"
    ),
    _request("GET /desk/needs-you HTTP/1.1", _SIGNED_IN),
    _request("GET /c/@CONTACT@?view=all&before=0192f0c1a5e00000a1b2c3d4 HTTP/1.1", _SIGNED_IN),
    _request("GET /c/@CONTACT@/card HTTP/1.1", _SIGNED_IN),
    _request("GET /try/12065550101?t=1 HTTP/1.1", _SIGNED_IN),
    _request("GET /events?c=@CONTACT@ HTTP/1.1", _SIGNED_IN),
    _request("GET /lines HTTP/1.1", _SIGNED_IN, "Accept: text/html"),
    _request("GET /static/desk.css?v=1 HTTP/1.1", "Range: bytes=0-5", "If-None-Match: x"),
    _request("GET /account HTTP/1.1", _SIGNED_IN, "Upgrade: websocket", "Connection: Upgrade"),
    _request("OPTIONS * HTTP/1.1", "Expect: 100-continue"),
    _form("/c/@CONTACT@/take", "force=1"),
    _form("/c/@CONTACT@/reply?view=all", "text=Hello&once=1"),
    _form("/c/@CONTACT@/return", "mode=wait"),
    _form("/try/12065550101/text", "text=hours"),
    _form("/try/new", "a=b"),
    _form("/account/password", "password=x&current=y"),
]


def _encoded(value: Any) -> bytes:
    return msgspec.json.encode(value)


_ARRIVALS = [
    b'{"kind":"message","sender":"+12065550101","recipient":"+12065550100","text":"hours","provider_id":"m-1"}',
    b'{"kind":"status","provider_id":"p-1","recipient":"+12065550101","status":"sent","code":"1"}',
    b'{"kind":"timer","key":"remind:a","due_at":1800000000000}',
    b'{"kind":"agent_reply","user_id":"u","user_name":"Ana","text":"Hello","message_id":"0192f0c1a5e00000a1b2c3d4"}',
]
_RECORDS = [
    _encoded(Incoming(new_id(), "telnyx", "message", f"m-{n}", one.decode(), "phone", "+12065550101", received_at=5))
    for n, one in enumerate(_ARRIVALS)
]
_NEWS = b'{"node":"n","workspace":"default","arrivals":true,"outbox":true,"contacts":["0192f0c1a5e00000a1b2c3d4"]}'

TARGETS = [
    Target("HTTP", http, _HTTP, (), 40),
    Target(
        "signed telnyx",
        telnyx,
        [
            _encoded(telnyx_text("book")),
            _encoded(telnyx_text("STOP", "+12065550102")),
            _encoded(telnyx_status("delivered", "p-1")),
        ],
        (),
        12,
    ),
    Target(
        "signed twilio",
        twilio,
        [encoded(twilio_text("book")), encoded(twilio_text("hours", NumMedia="1", MediaUrl0="x")),
         encoded(twilio_status("delivered", "p-1"))],
        (),
        12,
    ),
    Target("stored arrival", stored_arrival, _ARRIVALS, (), 12),
    Target("spool record", spool_records, [b"|||".join(_RECORDS[:2]), _RECORDS[2], _RECORDS[3]], (), 12),
    Target("news of a node", news, [_NEWS, _NEWS.replace(b'"many"', b"")]),
]  # fmt: skip
