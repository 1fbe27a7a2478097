"""Open desks: what they cost a server while nothing happens, and how soon a text is on a screen.

Each desk is a tab as the browser keeps one: an event stream, and, on one of them, the page that it fetches again when
the stream says that there is news of its conversation. A text counts as shown when that page has its words. It is
measured with that desk alone, and with many beside it.
"""

import asyncio
import re
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from nacl.signing import SigningKey

from benchmarks.load import Provider, Run, connect, percentile
from benchmarks.report import NAMES, markdown
from benchmarks.subjects import BIN, Subject, textback
from benchmarks.texts import known, make_keys, telnyx_text

OWNER = "owner@example.com"
DESKS = 200
IDLE = 20.0
"""Seconds for which the open desks are watched while nothing happens: longer than their streams are silent."""
TEXTS, EVERY = 101, 0.5
"""Texts to the conversation on the screen, and the seconds between them."""
MOST_CORE, MOST_MS = 25.0, 300.0
_FIELD = re.compile(r'name="csrf" value="([^"]+)"')
_COOKIE = re.compile(rb"(?im)^set-cookie: ([^;\r\n]+)")


class Browser:
    """A person's browser: requests with their cookies, one connection each."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}

    async def ask(self, path: str, form: dict[str, str] | None = None) -> str:
        """The body of a page, or of what a form leads to, at its own address."""
        reader, writer = await self.open(path, form)
        whole = await reader.read()
        writer.close()
        head, _, body = whole.partition(b"\r\n\r\n")
        for cookie in _COOKIE.findall(head + b"\r\n"):
            name, _, value = cookie.decode().partition("=")
            self._cookies[name] = value
        return body.decode(errors="replace")

    async def open(
        self, path: str, form: dict[str, str] | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which a request is sent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**24)
        body = urlencode(form).encode() if form is not None else b""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        head = (
            f"{'GET' if form is None else 'POST'} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"Cookie: {cookies}\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        return reader, writer

    async def sign_in(self, target: Subject, *, new: bool = True) -> None:
        """As an owner that is new, or that the database knows."""
        what = ["add", OWNER, "--name", "Owner", "--role", "owner"] if new else ["link", OWNER]
        command = [str(BIN / "textback"), "user", *what]
        done = await asyncio.to_thread(
            subprocess.run, [*command, "--database", target.url], cwd=target.folder, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        found = re.search(r"/login/\S+", done.stdout)
        if found is None:
            raise RuntimeError(f"no login in {done.stdout!r}")
        field = _FIELD.search(await self.ask(found[0]))
        if field is None:
            raise RuntimeError("the login has no form")
        await self.ask(found[0], {"csrf": field[1]})


class Desk:
    """One open tab: how often its stream said something, and when it last did."""

    def __init__(self, browser: Browser, number: int, contact: str = "") -> None:
        self._browser, self._path = browser, f"/events?c={contact}&tab=bench{number:06}"
        self.news = asyncio.Event()
        self.open = False

    async def watch(self) -> None:
        """Read the stream until it ends."""
        reader, writer = await self._browser.open(self._path)
        try:
            while line := await reader.readline():
                self.open = self.open or line.startswith(b"event: hello")
                if line.startswith(b"data: here"):
                    self.news.set()
        finally:
            self.open = False
            writer.close()


@asynccontextmanager
async def watched(desks: list[Desk]) -> AsyncIterator[None]:
    """These desks while they are open. Raises RuntimeError where one is closed by the server."""
    tasks = [asyncio.create_task(desk.watch()) for desk in desks]
    try:
        while not all(desk.open for desk in desks):
            if any(task.done() for task in tasks):
                raise RuntimeError("a desk was refused")
            await asyncio.sleep(0.05)
        yield
        if not all(desk.open for desk in desks):
            raise RuntimeError("a desk was closed")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _share(target: Subject) -> float:
    """The share of a core (%) that the server uses while nothing is asked of it."""
    spent, begun = target.cpu(), time.perf_counter()
    await asyncio.sleep(IDLE)
    return (target.cpu() - spent) / (time.perf_counter() - begun) * 100


async def measured(name: str) -> dict[str, Any]:
    """The server alone, with desks, and how soon texts are shown on one of them."""
    key, public = make_keys()
    run = Run()
    provider = await asyncio.get_running_loop().create_server(lambda: Provider(run), "127.0.0.1", 0)
    server = textback(name, provider.sockets[0].getsockname()[1], public)
    target = await asyncio.to_thread(server.__enter__)
    try:
        browser = Browser(target.ports[0])
        await browser.sign_in(target)
        (client,) = await connect(target.ports, 1)
        await client.send(_text(key, target, 0))
        contact = await _contact(browser)
        await asyncio.sleep(3)
        alone = await _share(target)
        screen = Desk(browser, 0, contact)

        async def all_shown(first: int) -> list[float]:
            numbers = range(first, first + TEXTS - 1)
            return [await _shown(browser, target, screen, contact, _text(key, target, n), n) for n in numbers]

        async with watched([screen]):
            alone_shown = await all_shown(1)
        screen = Desk(browser, 0, contact)
        async with watched([screen, *(Desk(browser, n + 1) for n in range(DESKS - 1))]):
            idle = await _share(target)
            shown = await all_shown(TEXTS)
    finally:
        await asyncio.to_thread(server.__exit__, None, None, None)
        provider.close()
    return {
        "desks": DESKS,
        "alone_percent": round(alone, 1),
        "idle_percent": round(idle, 1),
        "alone_shown_p50_ms": round(percentile(alone_shown, 0.5), 1),
        "alone_shown_p99_ms": round(percentile(alone_shown, 0.99), 1),
        "shown_p50_ms": round(percentile(shown, 0.5), 1),
        "shown_p99_ms": round(percentile(shown, 0.99), 1),
    }


def _text(key: SigningKey, target: Subject, n: int) -> bytes:
    return telnyx_text(key, known(1), f"screen-{n}", target.path, f"number{n:05} hours")


async def _contact(browser: Browser) -> str:
    for _ in range(100):
        found = re.search(r'href="/c/([0-9a-f]{24})', await browser.ask("/desk/all"))
        if found is not None:
            return found[1]
        await asyncio.sleep(0.1)
    raise RuntimeError("the first text is not on the desk")


async def _shown(browser: Browser, target: Subject, screen: Desk, contact: str, text: bytes, n: int) -> float:
    """Seconds from the webhook to the page with its words."""
    await asyncio.sleep(EVERY)
    (client,) = await connect(target.ports, 1)
    screen.news.clear()
    begun = time.perf_counter()
    sent = client.send(text)
    shown = False
    while not shown:
        await asyncio.wait_for(screen.news.wait(), 20)
        screen.news.clear()
        shown = f"number{n:05}" in await browser.ask(f"/c/{contact}")
    took = time.perf_counter() - begun
    if await sent != 200:
        raise RuntimeError("a webhook was refused")
    client.close()
    return took


def screens(name: str) -> dict[str, Any]:
    """Measure against a server of its own."""
    return asyncio.run(measured(name))


def table(results: dict[str, Any]) -> str:
    """The table of the docs."""
    rows = [
        [NAMES[name], f"{r['alone_percent']:.1f} %", f"{r['idle_percent']:.1f} %",
         f"{r['alone_shown_p50_ms']:.0f} / {r['alone_shown_p99_ms']:.0f}",
         f"{r['shown_p50_ms']:.0f} / {r['shown_p99_ms']:.0f}"]
        for name, r in results.items()
    ]  # fmt: skip
    shown = ["text to screen, one open desk, p50 / p99 ms", f"with {DESKS} open desks"]
    return markdown(["", "idle, of a core", f"idle with {DESKS} open desks", *shown], rows)


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    found = []
    for name, r in results.items():
        if r["idle_percent"] > MOST_CORE:
            found.append(f"{NAMES[name]}: {DESKS} desks take {r['idle_percent']} % of a core, over {MOST_CORE:g}")
        found += [
            f"{NAMES[name]}: a text is shown after {r[key]} ms (p99), over {MOST_MS:g}"
            for key in ("alone_shown_p99_ms", "shown_p99_ms")
            if r[key] > MOST_MS
        ]
    return found
