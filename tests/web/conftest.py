"""The whole program on a real socket in a thread of its own: real database, real road, the simulator as its line."""

import asyncio
import itertools
import re
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import httpx
import pytest
import uvicorn
from sqlalchemy import Connection, text

from textback.app import App, read_folder
from textback.cli.serving import example_bot
from textback.pipeline.clock import clock as real_clock
from textback.pipeline.road import Road
from textback.settings import Settings
from textback.store import accounts, keys, migrate
from textback.store.db import open_db, parse_url
from textback.web.access import FRESH

T = TypeVar("T")

WORKSPACE = "default"
FORM_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Clock:
    """The server's clock: the real time and whatever a test has added to it."""

    def __init__(self) -> None:
        self.added = 0

    def __call__(self) -> int:
        return real_clock() + self.added

    def advance(self, ms: int) -> None:
        """Let time pass."""
        self.added += ms


class _Server(uvicorn.Server):
    """uvicorn that says when it has started or failed to."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self.up = threading.Event()
        self.loop: asyncio.AbstractEventLoop
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        try:
            await super().startup(sockets)
        finally:
            self.up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.road.hub.close()
        await super().shutdown(sockets)


class Browser(httpx.Client):
    """Somebody's browser: keeps cookies, follows nothing by itself. `csrf` is the secret of their forms."""

    csrf = ""
    user_id = ""
    email = ""
    name = ""

    def submit(self, path: str, /, **fields: str) -> httpx.Response:
        """Post a form as one of our own pages would."""
        return self.post(path, data={"csrf": self.csrf, **fields}, headers={"Origin": str(self.base_url).rstrip("/")})


class Site:
    """A running server and its database."""

    def __init__(
        self, url: str, server: "_Server", app: App, database_url: str, clock: Clock, open_: ExitStack
    ) -> None:
        self.url = url
        self.app: Any = app
        self.clock = clock
        self._loop = server.loop
        self._db = open_db(database_url)
        self._open = open_
        self._open.callback(self._db.dispose)
        self._phones = (f"1206555{last:04}" for last in range(101, 200))
        self._people = itertools.count(1)
        self._texter: Browser | None = None

    def write(self, work: Callable[..., T], *args: Any) -> T:
        """Do something to the database, as the command line does while the server runs."""
        with self._db.transaction() as tx:
            return work(tx, *args)

    async def on_its_loop(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something on the server's own event loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def until_subscribed(self, most: int = 1000) -> None:
        """Return when a live page listens: it subscribes just after its greeting."""

        async def look() -> None:
            for _ in range(most):
                if self.app.road.hub.subscriptions:
                    return
                await asyncio.sleep(0)
            raise AssertionError("nobody listens")

        asyncio.run_coroutine_threadsafe(look(), self._loop).result(10)

    def rows(self, query: str, **values: Any) -> list[Any]:
        """What the database holds."""

        def read(tx: Connection) -> list[Any]:
            return list(tx.execute(text(query), values))

        return self.write(read)

    def browser(self, **more: Any) -> Browser:
        """Somebody who is not signed in."""
        return self._open.enter_context(Browser(base_url=self.url, timeout=30, trust_env=False, **more))

    def stranger(self, path: str = "/login", **more: Any) -> Browser:
        """Somebody who has opened a page that is for anyone, and so has its form's secret."""
        made = self.browser(**more)
        made.csrf = FORM_TOKEN.findall(made.get(path).text)[0]
        return made

    def user(self, role: str = "agent", name: str = "") -> tuple[str, str]:
        """A new person without a password: id and address."""
        number = next(self._people)
        email = f"p{number}@example.com"
        id_ = self.write(accounts.add_user, WORKSPACE, email, name or f"Person {number}", role, self.clock())
        assert id_ is not None
        return id_, email

    def person(self, role: str = "agent", name: str = "") -> Browser:
        """A new person, signed in."""
        id_, email = self.user(role, name)
        made = self.browser()
        self.sign_in(made, id_)
        made.user_id, made.email = id_, email
        made.name = name
        return made

    def sign_in(self, browser: Browser, user_id: str) -> str:
        """Give the browser a session; returns its token."""
        token = self.write(accounts.add_session, user_id, self.clock())
        row = self.write(accounts.session, WORKSPACE, token, self.clock())
        assert row is not None
        browser.cookies.set("textback", token, domain="127.0.0.1")
        browser.csrf = row.csrf
        return token

    def key(self, name: str) -> str:
        """A new API key."""
        made = self.write(keys.add, WORKSPACE, name, self.clock())
        assert made is not None
        return made[1]

    def revoke(self, name: str) -> None:
        """End a key, and wait until every server knows."""
        key = self.write(keys.by_name, WORKSPACE, name, self.clock())
        assert key is not None
        assert self.write(keys.revoke, WORKSPACE, key.id, self.clock())
        time.sleep(FRESH / 1_000)

    def program(self, name: str) -> httpx.Client:
        """A program that calls the API with a key of its own."""
        headers = {"Authorization": f"Bearer {self.key(name)}"}
        return self._open.enter_context(httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False))

    def phone(self) -> str:
        """A simulated phone that has not texted yet."""
        return next(self._phones)

    def text(self, phone: str, words: str) -> str:
        """Text the bot from a simulated phone and wait for the turn; returns the contact's id."""
        if self._texter is None:
            self._texter = self.person("owner", "Tester")
        assert self._texter.submit(f"/try/{phone}/text", text=words).status_code == 303
        found = self.rows("SELECT contact_id FROM addresses WHERE identifier = :i", i=f"+{phone}")
        return str(found[0].contact_id)

    def contact(self, *words: str) -> str:
        """A new contact who has texted these words."""
        phone = self.phone()
        return [self.text(phone, each) for each in words or ("HOURS",)][-1]

    def waiting(self) -> str:
        """A new contact who waits for a person."""
        return self.contact("PERSON")

    def messages(self, contact: str) -> list[Any]:
        """All texts of a conversation, in order."""
        return self.rows("SELECT * FROM messages WHERE contact_id = :c ORDER BY id", c=contact)

    def audit(self, actor: str) -> list[tuple[str, str]]:
        """What this person is recorded to have done, in order: action and subject."""
        found = self.rows("SELECT action, subject FROM audit WHERE actor = :a ORDER BY id", a=actor)
        return [(row.action, row.subject) for row in found]


@contextmanager
def running(
    folder: Path,
    bot_files: Mapping[str, str] | None = None,
    found: Mapping[str, str] | None = None,
    clock: Clock | None = None,
    **settings: Any,
) -> Iterator[Site]:
    """A server of this bot, or the example, on a free port, stopped at the end; `found` are its variables."""
    url = f"sqlite:///{folder / 'textback.db'}"
    migrate.upgrade(parse_url(url))
    clock = clock or Clock()
    app = App(Settings(database_url=url, **settings), bot_files or read_folder(example_bot()), found or {})
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, lifespan="on", ws="none", log_config=None, access_log=False, server_header=False, proxy_headers=False
    )
    server = _Server(config, app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="textback")
    with ExitStack() as open_:
        with patch("textback.app.Road", partial(Road, now=clock)):
            thread.start()
            assert server.up.wait(30), "it did not start"
        try:
            assert server.started, "it failed to start"
            yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}", server, app, url, clock, open_)
        finally:
            server.should_exit = True
            open_.close()
            thread.join(30)
            listener.close()
    assert not thread.is_alive(), "it did not stop"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for all tests of a module."""
    with running(tmp_path_factory.mktemp("site")) as made:
        yield made
