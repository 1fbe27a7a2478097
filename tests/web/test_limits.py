"""What operators see of limits: lines that are used up, loops that were stopped, floods that are cut short."""

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from textback.channels.base import BadPayload, BadSignature, Webhook
from textback.core.when import MINUTE
from textback.pipeline.lines import Line
from textback.web.metrics import WEBHOOKS
from textback.web.present import line_limits, line_of
from textback.web.webhooks import Webhooks


class Signer:
    """A provider whose webhooks say themselves what is wrong with them."""

    name = "scripted"
    content_types = ("application/json",)
    acknowledgement = ("application/json", b"{}")
    keywords: Mapping[str, frozenset[str]] = {}

    def verify(self, webhook: Webhook, now: int) -> None:
        if webhook.body == b"unsigned":
            raise BadSignature("wrong signature")

    def parse(self, webhook: Webhook) -> list[Any]:
        if webhook.body == b"malformed":
            raise BadPayload("data", "is missing")
        return []


class Door:
    """The webhooks of the lines `flooded` and `quiet`."""

    def __init__(self, most: int) -> None:
        self.now = 1_780_513_200_000
        road: Any = SimpleNamespace(now=lambda: self.now, tracer=None)
        lines = {name: Line(name, Signer(), "+12065550100") for name in ("flooded", "quiet")}  # type: ignore[arg-type]
        self.kept: list[tuple[str, str]] = []
        keep: Any = SimpleNamespace(keep=lambda line, _provider, reason, *_: self.kept.append((line, reason)))
        self.webhooks = Webhooks(road, lines, "https://texts.example.com", most_refused=most, quarantine=keep)

    async def post(self, body: bytes, line: str = "flooded") -> int:
        """Post a webhook; returns the HTTP status."""
        said: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            said.append(message)

        path = f"/webhooks/{line}"
        headers = [(b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
        await self.webhooks(scope, receive, send)
        return int(said[0]["status"])


async def test_a_flood_of_bad_requests_is_cut_short_and_good_ones_still_come_through() -> None:
    door = Door(3)
    counter = WEBHOOKS.labels(line="flooded", outcome="flood")._value
    before = counter.get()
    assert [await door.post(b"unsigned") for _ in range(3)] == [401, 401, 401]
    assert [await door.post(body) for body in (b"unsigned", b"malformed")] == [429, 429]
    assert counter.get() - before == 2
    assert door.kept == [("flooded", "unsigned")] * 3
    assert await door.post(b"{}") == 200
    assert await door.post(b"unsigned", "quiet") == 401
    door.now += MINUTE
    assert [await door.post(b"unsigned"), await door.post(b"malformed")] == [401, 400]


@pytest.mark.parametrize(
    ("rate", "cap", "used", "over", "words"),
    [
        (None, 2000, 0, False, "0 of today's 2,000 segments are used."),
        (4.0, 2000, 1999, False, "At most 4 segments a second. 1,999 of today's 2,000 segments are used."),
        (None, 2000, 2000, True, "Today's 2,000 segments are used up. Texts wait until midnight Pacific time."),
        (0.25, None, 0, False, "At most 0.25 segments a second."),
    ],
)
def test_the_lines_page_says_what_a_line_may_send(
    rate: float | None, cap: int | None, used: int, over: bool, words: str
) -> None:
    assert line_limits(rate, cap, used) == (over, words)


@pytest.mark.parametrize(
    ("why", "most", "detail"),
    [
        ("replies", 30, "It would have sent more than 30 replies in an hour"),
        ("repeated", 5, "The same text got the same answer 5 times: perhaps another program answers"),
    ],
)
def test_the_thread_says_that_a_loop_was_stopped(why: str, most: int, detail: str) -> None:
    row = SimpleNamespace(id="1", at=0, kind="loop_guard", data=json.loads(json.dumps({"why": why, "most": most})))
    line = line_of(row, "me", "UTC")
    assert line is not None
    assert (line.words, line.detail, line.tone) == ("Bot stopped answering and asked for a person.", detail, "wait")
