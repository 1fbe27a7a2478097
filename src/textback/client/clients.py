"""The two clients: one that waits for answers, one whose answers are awaited. All they do is send and sleep."""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Self, TypeVar

import httpx

from textback.client.calls import Answer, Async, Call, Lost, Patience, Request, Steps, Sync, Wait, steps
from textback.client.errors import NoAnswer, TooSlow
from textback.client.operations import Operations

T = TypeVar("T")

TIMEOUT = 30.0
"""Seconds that the server gets for an answer. A send waits for its turn, and a model may be asked."""
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class _Settings:
    """What both clients are told: where the server is, with which key, and how patient to be."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        timeout: float,
        retries: int,
        patience: Patience | None,
    ) -> None:
        if not api_key.strip():
            raise ValueError("An API key is needed. `textback apikey add NAME` makes one.")
        self.base_url = base_url.strip().rstrip("/").removesuffix("/v1")
        if not self.base_url.startswith(("http://", "https://")):
            raise ValueError("base_url must begin with https:// or http://.")
        self.headers = {"authorization": f"Bearer {api_key.strip()}", "user-agent": "textback-python"}
        self.timeout = timeout
        self.patience = patience or Patience(retries)

    def steps(self, call: Call[T]) -> Steps[T]:
        """What has to be done for this call."""
        return steps(call, self.patience, random.random, secrets.token_urlsafe)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r})"


def _lost(error: httpx.TransportError) -> Lost:
    if isinstance(error, httpx.TimeoutException):
        return Lost(TooSlow("The server did not answer in time.", code="timeout"), not isinstance(error, _NEVER_SENT))
    detail = f"The server could not be reached: {str(error) or type(error).__name__}."
    return Lost(NoAnswer(detail, code="connection"), not isinstance(error, _NEVER_SENT))


def _answer(response: httpx.Response) -> Answer:
    return Answer(response.status_code, response.headers, response.content)


class Textback(_Settings, Operations[Sync], Sync):
    """A Textback server, for programs that wait for its answers.

    `with Textback("https://texts.example.com", key) as client: client.messages.send(to="+12065550123", body="Hello.")`

    `timeout` is how many seconds an answer may take, `retries` how often a request is made again. Many threads may use
    one client. `sleep` and `transport` (httpx's) are for tests.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        timeout: float = TIMEOUT,
        retries: int = 3,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        _Settings.__init__(self, base_url, api_key, timeout=timeout, retries=retries, patience=patience)
        Operations.__init__(self, self)
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=self.base_url, headers=self.headers, timeout=timeout, transport=transport, follow_redirects=False
        )

    def call(self, call: Call[T]) -> T:
        """Make this call, as often as it takes. Raises TextbackError."""
        todo = self.steps(call)
        got: Answer | Lost | None = None
        while True:
            try:
                step = todo.send(got)
            except StopIteration as done:
                found: T = done.value
                return found
            if isinstance(step, Wait):
                self._sleep(step.seconds)
                got = None
            else:
                got = self._send(step)

    def _send(self, one: Request) -> Answer | Lost:
        try:
            return _answer(
                self._http.request(one.method, one.path, params=one.query, headers=one.headers, content=one.body)
            )
        except httpx.TransportError as error:
            return _lost(error)

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncTextback(_Settings, Operations[Async], Async):
    """A Textback server, for programs that await its answers. It is used as `Textback` is, with `async with`, `await`
    and `async for`."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        timeout: float = TIMEOUT,
        retries: int = 3,
        patience: Patience | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        _Settings.__init__(self, base_url, api_key, timeout=timeout, retries=retries, patience=patience)
        Operations.__init__(self, self)
        self._sleep = sleep
        self._http = httpx.AsyncClient(
            base_url=self.base_url, headers=self.headers, timeout=timeout, transport=transport, follow_redirects=False
        )

    async def call(self, call: Call[T]) -> T:
        """Make this call, as often as it takes. Raises TextbackError."""
        todo = self.steps(call)
        got: Answer | Lost | None = None
        while True:
            try:
                step = todo.send(got)
            except StopIteration as done:
                found: T = done.value
                return found
            if isinstance(step, Wait):
                await self._sleep(step.seconds)
                got = None
            else:
                got = await self._send(step)

    async def _send(self, one: Request) -> Answer | Lost:
        try:
            return _answer(
                await self._http.request(one.method, one.path, params=one.query, headers=one.headers, content=one.body)
            )
        except httpx.TransportError as error:
            return _lost(error)

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
