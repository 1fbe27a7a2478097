"""The outside world of a served Textback: bots to serve, webhooks signed as the providers sign them, its database."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.support.fake_provider import FakeProvider, encoded, sign_telnyx, sign_twilio
from tests.support.served import command
from textback.store.db import parse_url

PUBLIC_URL = "https://bot.example.com"
TWILIO_NUMBER = "+12065550101"

BOT = """\
bot: Corner Cafe
email: hello@example.com
fallback: {text: "Sorry? Text HOURS or ORDER.", max: 20, then: {escalate: counter}}
handoff: {queues: [counter], queue: counter, text: "Somebody will answer you here."}
"""
HOURS = """\
flow: hours
start: {keywords: [hours]}
steps:
  - say: "Open 9 to 5. \u2615 \u0645\u0631\u062d\u0628\u0627"
"""
ORDER = """\
flow: order
start: {keywords: [order]}
steps:
  - ask: drink
    text: We brew both. What would you like?
    choices: {coffee: Coffee, tea: Tea}
    retry: {max: 5, text: Please pick one.}
  - ask: note
    text: "{{ drink }}. Anything that we should know?"
  - say: "{{ note }}"
"""

IS_OPEN = "Open 9 to 5. \u2615 \u0645\u0631\u062d\u0628\u0627"
# Each says something of its own: a reply that only asks is withdrawn when the next text is answered before it went.
WHICH = "We brew both. What would you like? Reply 1 for Coffee, 2 for Tea."
AGAIN = "Please pick one."
FALLBACK = "Sorry? Text HOURS or ORDER."
STOPPED = "Corner Cafe: you are unsubscribed and will get no more messages. Reply START to resubscribe."


def write_bot(folder: Path, lines: str = "") -> Path:
    """A small bot's folder: HOURS is answered, ORDER asks two questions and repeats the second answer."""
    (folder / "flows").mkdir(parents=True)
    (folder / "bot.yml").write_text(BOT + lines, encoding="utf-8")
    (folder / "flows" / "hours.yml").write_text(HOURS, encoding="utf-8")
    (folder / "flows" / "order.yml").write_text(ORDER, encoding="utf-8")
    return folder


def environment(fake: FakeProvider, *providers: str) -> dict[str, str]:
    """Both lines, each with a number of its own, behind a public address."""
    found = {**fake.environment(*providers), "PUBLIC_URL": PUBLIC_URL}
    if "TWILIO_PHONE_NUMBER" in found:
        found["TWILIO_PHONE_NUMBER"] = TWILIO_NUMBER
    return found


class Answered:
    """What a request got."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.body = body

    @property
    def json(self) -> Any:
        """The body, which must be JSON."""
        return json.loads(self.body)


class Carrier:
    """Posts webhooks to a server as Telnyx and Twilio do."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url

    async def post(self, path: str, body: Any, headers: Mapping[str, str]) -> Answered:
        """Post these bytes (or chunks) as they are."""
        async with self._http.post(self._url + path, data=body, headers=headers) as answer:
            return Answered(answer.status, await answer.read())

    async def telnyx(self, event: Any, path: str = "/webhooks/telnyx", *, plain: bool = True) -> Answered:
        """A signed Telnyx webhook; with `plain`, characters beyond ASCII are escaped."""
        body = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=plain).encode()
        return await self.post(path, body, sign_telnyx(body, now_ms()))

    async def twilio(self, form: Mapping[str, str], path: str = "/webhooks/twilio") -> Answered:
        """A signed Twilio webhook."""
        return await self.post(path, encoded(form), sign_twilio(PUBLIC_URL + path, form))

    async def get(self, path: str, key: str = "") -> Answered:
        """A GET, with an API key if given."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with self._http.get(self._url + path, headers=headers) as answer:
            return Answered(answer.status, await answer.read())


def now_ms() -> int:
    """The time in ms since 1970."""
    return time.time_ns() // 1_000_000


def rows(database_url: str, query: str, **values: Any) -> list[Any]:
    """What the database says (or does)."""
    engine = create_engine(parse_url(database_url), poolclass=NullPool)
    try:
        with engine.begin() as tx:
            result = tx.execute(text(query), values)
            return list(result) if result.returns_rows else []
    finally:
        engine.dispose()


def api_key(database_url: str, folder: Path, name: str = "test") -> str:
    """A new API key."""
    made = command("apikey", "add", name, "--database", database_url, folder=folder)
    assert made.returncode == 0, made.stderr
    return made.stdout.split()[0]


def sent_texts(fake: FakeProvider, contact: str) -> list[str]:
    """What this contact was sent, in order, over either provider."""
    return [text_of(p.fields()) for p in list(fake.posts) if contact in _numbers(p.fields())]


def text_of(fields: Mapping[str, Any]) -> str:
    """The text of a send request of either provider."""
    return str(fields.get("text") or fields.get("Body") or "")


def _numbers(fields: Mapping[str, Any]) -> Sequence[Any]:
    return (fields.get("to"), fields.get("To"))


async def idle(database_url: str) -> None:
    """Return once no arrival waits for its turn, and no text to be sent or for news of a send under way."""
    waiting = (
        "SELECT id FROM arrivals WHERE handled_at IS NULL UNION ALL SELECT id FROM outbox WHERE state <> 'unknown' "
        "LIMIT 1"
    )
    async with asyncio.timeout(30):
        while rows(database_url, waiting):
            await asyncio.sleep(0.05)
