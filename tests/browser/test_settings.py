"""The pages of webhooks and API keys, as an owner uses them, by mouse and on a phone."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, Windows
from tests.browser.test_access import WCAG, violations
from tests.support.served import Served


class _Program(BaseHTTPRequestHandler):
    """A program that is told of events: it answers what the test wants, and keeps what it is told."""

    status = 204
    told: list[str] = []  # noqa: RUF012 (one server at a time)

    def do_POST(self) -> None:
        self.told.append(self.rfile.read(int(self.headers["content-length"])).decode())
        self.send_response(self.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def program() -> Iterator[str]:
    _Program.status, _Program.told = 204, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Program)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/told"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server that may tell programs on this machine, with one owner."""
    folder: Path = tmp_path_factory.mktemp("settings")
    with Served(["serve", "--port", "0"], folder, {"WEBHOOKS_PRIVATE": "127.0.0.1"}) as server:
        server.wait_ready()
        site = Site(server.url, folder, f"sqlite:///{folder / 'textback.db'}", "")
        site.link = site.add_user("owner@example.com", "Owner", "owner")
        yield site
        assert server.stop() == 0, server.output


@pytest.fixture
def windows(browser: Browser, demo: Site) -> Iterator[Windows]:
    opened = Windows(browser, demo)
    yield opened
    opened.close()


def checked(page: Page) -> None:
    """axe finds nothing on the page, as wide and as narrow, in light and in dark, and nothing sticks out."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 844})
            assert violations(page, WCAG) == [], (page.url, scheme, width)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (page.url, width)
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_webhook_from_its_address_to_a_delivery_that_is_sent_again(windows: Windows, program: str) -> None:
    page = windows.open("/lines")
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_label("Address").fill(program)
    page.get_by_label("Events").fill("nonsense.at.all")
    windows.allow("400")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_contain_text("nonsense.at.all")
    expect(page.get_by_label("Address")).to_have_value(program)
    page.get_by_label("Events").fill("message.*")
    page.get_by_role("button", name="Add").click()
    secret = page.locator(".once__secret").inner_text()
    assert re.fullmatch(r"whsec_\S{40,}", secret)
    checked(page)
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("status")).to_contain_text("It took the test: it answered 204")
    assert '"event":"webhook.test"' in _Program.told[-1]
    page.get_by_role("button", name="Rotate the secret").click()
    assert page.locator(".once__secret").inner_text() != secret
    here = page.url.rpartition("/rotate")[0]

    phone = windows.open("/try/12535550161")
    phone.get_by_label("Text as the customer").fill("hours")
    phone.keyboard.press("Enter")
    expect(phone.locator(".sms--me").last).to_have_text("hours")
    page.goto(here)
    for _ in range(100):
        if page.get_by_role("button", name="Send again").count():
            break
        page.wait_for_timeout(100)
        page.reload()
    checked(page)
    before = len(_Program.told)
    page.get_by_role("button", name="Send again").first.click()
    expect(page.get_by_role("status")).to_contain_text("on its way again")
    for _ in range(100):
        if len(_Program.told) > before:
            break
        page.wait_for_timeout(100)
    assert len(_Program.told) > before
    page.goto(here)
    page.get_by_role("button", name="Disable").click()
    expect(page.locator("main")).to_contain_text("It is told nothing.")
    page.get_by_text("Remove", exact=True).click()
    page.get_by_role("button", name="Remove for good").click()
    expect(page.locator("main")).to_contain_text("No program is told of events yet.")
    checked(page)


def test_a_key_is_shown_once_and_works_until_it_is_revoked(windows: Windows, demo: Site) -> None:
    page = windows.open("/settings/keys")
    page.get_by_label("Name").fill("crm")
    windows.allow("400")
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what it is good for.")
    page.get_by_role("checkbox", name="messages:read").check()
    page.get_by_role("button", name="Make the key").click()
    key = page.locator(".once__secret").inner_text()
    checked(page)

    def asked(path: str, with_key: str) -> int:
        return httpx.get(demo.url + path, headers={"Authorization": f"Bearer {with_key}"}).status_code

    assert (asked("/v1/messages", key), asked("/v1/contacts", key)) == (200, 403)
    page.goto("/settings/keys")
    assert key not in page.content()
    expect(page.locator("main")).to_contain_text("Last used")
    page.get_by_role("button", name="Rotate crm").click()
    new = page.locator(".once__secret").inner_text()
    assert new != key
    assert asked("/v1/messages", new) == 200
    page.goto("/settings/keys")
    page.locator("summary", has_text="Revoke").click()
    page.get_by_role("button", name="Revoke for good").click()
    expect(page.locator("main")).to_contain_text("There is no API key yet.")
    page.wait_for_timeout(700)  # a key is believed for half a second
    assert (asked("/v1/messages", key), asked("/v1/messages", new)) == (401, 401)


@pytest.mark.parametrize("path", ["/settings/webhooks", "/settings/keys"])
def test_only_owners_see_them(windows: Windows, path: str) -> None:
    windows.allow("403")
    page = windows.open(path, who="tom")
    expect(page.locator("body")).to_contain_text("Only an owner may see this.")
    page.goto("/desk/mine")
    assert page.get_by_role("link", name="Lines").count() == 0
