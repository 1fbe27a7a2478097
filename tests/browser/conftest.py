"""A Chromium, a served desk and pages that fail the test when the browser complains.

Everything is at most as wide as a module: Playwright keeps an event loop running while it is open, and async tests of
other modules need their own.
"""

import itertools
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.support.served import Served, command

SYSTEM = ("chromium", "chromium-browser", "google-chrome")
_LINK = re.compile(r"http://\S+/login/\S+")
_phones = itertools.count(101)


def login_link(text: str) -> str:
    """The one-time login in what a command printed."""
    found = _LINK.search(text)
    assert found, f"no login link in:\n{text}"
    return found.group()


@dataclass
class Site:
    """A running Textback, and the cookies of whoever signed in last by name."""

    url: str
    folder: Path
    database: str
    link: str
    sessions: dict[str, Any] = field(default_factory=dict)

    def add_user(self, email: str, name: str, role: str = "agent") -> str:
        """A new person; returns their one-time login."""
        told = command(
            "user", "add", email, "--name", name, "--role", role, "--database", self.database, folder=self.folder
        )
        assert told.returncode == 0, told.stderr
        path = login_link(told.stdout).partition("/login/")[2]
        return f"{self.url}/login/{path}"


class Windows:
    """Opens browser windows and remembers what they complain about."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.site = site
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._complaints: list[str] = []
        self._allowed: list[str] = []

    def context(self, who: str | None = "owner", **options: Any) -> BrowserContext:
        """A browser profile: signed in as somebody, or as nobody."""
        if who is not None:
            options["storage_state"] = self._session(who)
        options = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", **options}
        context = self._browser.new_context(base_url=self.site.url, **options)
        context.set_default_timeout(10_000)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._complaints.append(str(error.error)))
        self._contexts.append(context)
        return context

    def open(self, path: str, who: str | None = "owner", **options: Any) -> Page:
        """A window in a profile of its own."""
        page = self.context(who, **options).new_page()
        page.goto(path)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _session(self, who: str) -> Any:
        """The cookies of a person; their one-time login is used once per site."""
        if who not in self.site.sessions:
            owner = who == "owner"
            link = self.site.link if owner else self.site.add_user(f"{who}@example.com", who.title())
            context = self._browser.new_context()
            page = context.new_page()
            page.goto(link)
            page.get_by_role("button", name="Sign in to the desk").click()
            page.wait_for_url("**/desk/needs-you")
            self.site.sessions[who] = context.storage_state()
            context.close()
        return self.site.sessions[who]

    def allow(self, status: str) -> None:
        """This test asks for something that is refused with this status; the browser may say so."""
        self._allowed.append(f"with a status of {status} ")

    def allow_all(self, words: str) -> None:
        """The browser may complain in these words."""
        self._allowed.append(words)

    def close(self) -> None:
        """Close every window. What the console complained about fails the test."""
        for context in self._contexts:
            context.close()
        unexpected = [one for one in self._complaints if not any(words in one for words in self._allowed)]
        assert unexpected == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium where there is one, else Playwright's own."""
    path = next((found for name in SYSTEM if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        expect.set_options(timeout=10_000)
        opened = playwright.chromium.launch(executable_path=path)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`textback demo` with an empty SQLite database."""
    folder = tmp_path_factory.mktemp("demo")
    with Served(["demo", "--port", "0", "--folder", str(folder)], folder, {}) as server:
        server.wait_ready()
        yield Site(server.url, folder, f"sqlite:///{folder / 'demo.db'}", login_link(server.output))
        assert server.stop() == 0, server.output


@pytest.fixture
def postgres_site(postgres_url: str, tmp_path: Path) -> Iterator[Site]:
    """`textback serve` on PostgreSQL, with one owner."""
    with Served(["serve", "--port", "0", "--database", postgres_url], tmp_path, {}) as server:
        server.wait_ready()
        site = Site(server.url, tmp_path, postgres_url, "")
        site.link = site.add_user("owner@example.com", "Owner", "owner")
        yield site
        assert server.stop() == 0, server.output


@pytest.fixture
def windows(browser: Browser, demo: Site) -> Iterator[Windows]:
    """Windows onto the demo. An error or a warning in the console, or an uncaught exception, fails the test."""
    opened = Windows(browser, demo)
    yield opened
    opened.close()


@pytest.fixture
def phone() -> str:
    """The path of a simulated phone that no other test uses."""
    return f"/try/1206555{next(_phones):04}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """BROWSER_RERUNS, which CI sets, is how many more tries a test of the browser has; the report names those that took
    one. Chromium shares two cores with other tests there, and is at times slower than any patience."""
    more = int(os.environ.get("BROWSER_RERUNS", "0"))
    for item in items:
        if more and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=more))
