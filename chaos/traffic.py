"""The outside world: people who text, providers that deliver each webhook up to three times, statuses in any order."""

import asyncio
import itertools
import json
import random
import time
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from chaos.nodes import Node
from tests.support.fake_provider import (
    Answer,
    FakeProvider,
    Posted,
    encoded,
    sign_telnyx,
    sign_twilio,
    telnyx_status,
    telnyx_text,
    twilio_status,
    twilio_text,
)

PUBLIC_URL = "https://bot.example.com"
TWILIO_NUMBER = "+12065550101"
TROUBLE = Answer(429, {}, {"Retry-After": "0"})
"""A refusal that is certain: the text has not gone, and may be posted again."""
ENDS = {"telnyx": ("delivered", "delivery_failed"), "twilio": ("delivered", "undelivered")}
GIVE_UP = 0.2
"""How many of the texts whose first webhook failed are never sent again, as Twilio does it."""


@dataclass
class Said:
    """One text: the `n`th of its contact. It is acknowledged when one of its webhooks was. `spooled` says that one of
    several servers had texts in its spool at that moment, maybe this one."""

    id: str
    contact: str
    n: int
    acknowledged: bool = False
    spooled: bool = False


@dataclass
class Traffic:
    """Texts and statuses, posted to whichever node is drawn. What was acknowledged is remembered."""

    http: aiohttp.ClientSession
    nodes: Sequence[Node]
    folder: Path
    fake: FakeProvider
    chance: random.Random
    said: dict[str, Said] = field(default_factory=dict)
    statuses: dict[str, list[str]] = field(default_factory=dict)
    """Acknowledged statuses that name their message, by our message's id."""
    webhooks: int = 0
    unanswered: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    """Answers that nobody may get: neither yes nor "send it again"."""
    _later: set[asyncio.Task[None]] = field(default_factory=set)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def texts(self, count: int, contacts: int, seconds: float) -> None:
        """So many texts from so many people, over about so many seconds. Nobody sends the next one before the last one
        was acknowledged or given up, so that everybody's texts have one right order."""
        each = [count // contacts + (n < count % contacts) for n in range(contacts)]
        await asyncio.gather(*[self._person(n, texts, seconds) for n, texts in enumerate(each)])

    async def settle(self) -> None:
        """Return when no webhook is under way any more."""
        while self._later:
            await asyncio.wait(self._later)

    async def _person(self, number: int, texts: int, seconds: float) -> None:
        provider = "telnyx" if number % 2 else "twilio"
        contact = f"+1555555{1000 + number:04}"
        end = time.monotonic() + seconds
        for n in range(1, texts + 1):
            left = max(end - time.monotonic(), 0.0)
            # Now and then two or three at once, and now and then a silence that timers notice.
            pause = 0.0 if self.chance.random() < 0.3 else self.chance.uniform(0.3, 2.4) * left / (texts - n + 1)
            await asyncio.sleep(min(pause, left))
            await self._say(Said(self._new_id(provider), contact, n), provider)

    def _new_id(self, provider: str) -> str:
        number = next(self._ids)
        return f"SMf{number:031x}" if provider == "twilio" else f"00000000-0000-4000-9000-{number:012x}"

    async def _say(self, said: Said, provider: str) -> None:
        self.said[said.id] = said
        words = f"note {said.n}"
        if provider == "telnyx":
            moment = time.strftime("%Y-%m-%dT%H:%M:%S.000+00:00", time.gmtime())
            event: Mapping[str, Any] = telnyx_text(words, said.contact, said.id, received_at=moment)
        else:
            event = twilio_text(words, said.contact, said.id)
        copies = self.chance.choice((1, 1, 2, 3))
        together = self.chance.random() < 0.3
        answers = await asyncio.gather(*[self._post(provider, event) for _ in range(copies if together else 1)])
        gives_up = self.chance.random() < GIVE_UP
        while not any(answers) and not gives_up:
            await asyncio.sleep(self.chance.uniform(0.05, 0.3))
            answers = [await self._post(provider, event)]
        said.acknowledged = any(answers)
        said.spooled = len(self.nodes) > 1 and spooled(self.folder) > 0
        if said.acknowledged and not together:
            for _ in range(copies - 1):
                self._start(self._again(provider, event))

    async def _again(self, provider: str, event: Mapping[str, Any]) -> None:
        await asyncio.sleep(self.chance.uniform(0.0, 1.5))
        await self._post(provider, event)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def report(self) -> None:
        """Play the provider until cancelled: refuse now and then, and say what became of the texts that were taken."""
        seen, posts = 0, 0
        while True:
            fresh = list(itertools.islice(self.fake.taken.items(), seen, None))
            seen += len(fresh)
            for provider_id, posted in fresh:
                self._start(self._statuses_of(provider_id, posted))
            # Not while nobody posts: all that had gathered would hit one text then.
            if self.chance.random() < 0.02 and len(self.fake.posts) > posts:
                posts = len(self.fake.posts)
                self.fake.misbehave(TROUBLE)
            await asyncio.sleep(0.02)

    async def _statuses_of(self, provider_id: str, posted: Posted) -> None:
        provider = "telnyx" if posted.json else "twilio"
        if self.chance.random() < 0.1:
            return  # nothing is ever heard of it
        steps = ["sent", self.chance.choice(ENDS[provider])] * self.chance.choice((1, 1, 2))
        self.chance.shuffle(steps)
        # Some come to the address in the number's own settings, which does not say which of our texts it is.
        query = urlsplit(address_of(posted)).query if self.chance.random() < 0.8 else ""
        await asyncio.gather(*[self._status(provider, provider_id, posted, step, query) for step in steps])

    async def _status(self, provider: str, provider_id: str, posted: Posted, status: str, query: str) -> None:
        await asyncio.sleep(self.chance.uniform(0.0, 0.4))
        to = str(posted.fields().get("to") or posted.fields().get("To"))
        if provider == "telnyx":
            event: Mapping[str, Any] = telnyx_status(
                status, provider_id, to=[{"phone_number": to, "carrier": "", "line_type": "", "status": status}]
            )
        else:
            event = twilio_status(status, provider_id, To=to)
        while not await self._post(provider, event, query):
            await asyncio.sleep(self.chance.uniform(0.05, 0.3))
        if query:
            self.statuses.setdefault(message_of(posted), []).append(status)

    async def _post(self, provider: str, event: Mapping[str, Any], query: str = "") -> bool:
        """Post one webhook to one node; whether it was acknowledged."""
        path = f"/webhooks/{provider}" + (f"?{query}" if query else "")
        if provider == "telnyx":
            body = json.dumps(event).encode()
            headers = sign_telnyx(body, time.time_ns() // 1_000_000)
        else:
            body = encoded(event)
            headers = sign_twilio(PUBLIC_URL + path, event)
        self.webhooks += 1
        node = self.chance.choice(self.nodes)
        try:
            async with self.http.post(node.url + path, data=body, headers=headers) as answer:
                said = await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            self.unanswered += 1
            return False
        if answer.status == 503:
            self.refused += 1
        elif answer.status != 200:
            self.wrong.append(f"{answer.status} to a webhook of {provider}: {said[:200]!r}")
        return answer.status == 200


def spooled(folder: Path) -> int:
    """How many files of the spools of the servers in this folder hold texts."""
    count = 0
    for path in folder.glob("spool/**/*.spool"):
        with suppress(FileNotFoundError):  # it was emptied meanwhile
            count += path.stat().st_size > 0
    return count


def address_of(posted: Posted) -> str:
    """Where the provider was asked to report about this text."""
    fields = posted.fields()
    return str(fields.get("webhook_url") or fields.get("StatusCallback") or "")


def message_of(posted: Posted) -> str:
    """The id of our message that this POST is about."""
    return urlsplit(address_of(posted)).query.removeprefix("m=")
