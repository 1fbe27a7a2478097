"""The Lines page in a browser: the address is copied, the first webhook appears by itself, a test answers in place."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site, Windows
from tests.browser.test_access import WCAG
from tests.support.fake_provider import FakeProvider, fake_provider, sign_telnyx, telnyx_text
from tests.support.served import Served
from textback.pipeline.clock import clock


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    with fake_provider() as made:
        yield made


@pytest.fixture
def shop(fake: FakeProvider, tmp_path: Path) -> Iterator[Site]:
    """`textback serve` with one Telnyx line, whose provider is the fake."""
    url = f"sqlite:///{tmp_path / 'textback.db'}"
    env = {**fake.environment("telnyx"), "PUBLIC_URL": fake.url}
    with Served(["serve", "--port", "0", "--database", url], tmp_path, env) as server:
        server.wait_ready()
        site = Site(server.url, tmp_path, url, "")
        site.link = site.add_user("owner@example.com", "Owner", "owner")
        yield site
        assert server.stop() == 0, server.output


@pytest.fixture
def shop_windows(browser: Browser, shop: Site) -> Iterator[Windows]:
    opened = Windows(browser, shop)
    yield opened
    opened.close()


def test_the_first_webhook_appears_and_the_keys_are_tested(
    shop_windows: Windows, shop: Site, fake: FakeProvider
) -> None:
    page = shop_windows.open("/lines", permissions=["clipboard-read", "clipboard-write"])
    card = page.locator(".line")
    expect(card).to_contain_text("Nothing has come yet.")
    card.get_by_role("button", name="Copy the address of telnyx").click()
    expect(card.get_by_role("button", name="Copied the address of telnyx")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{fake.url}/webhooks/telnyx"

    card.get_by_role("button", name="Test keys and address of telnyx").click()
    expect(card.get_by_role("alert")).to_contain_text("Telnyx accepts them.")
    assert page.url.endswith("/lines")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert [one["id"] for one in Axe().run(page, options=WCAG).response["violations"]] == []

    body = json.dumps(telnyx_text("hours")).encode()
    request = urllib.request.Request(f"{shop.url}/webhooks/telnyx", body, sign_telnyx(body, clock()))
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200
    expect(card).to_contain_text("Webhooks come, and they are signed as they should be.")
    expect(card.get_by_role("alert")).to_contain_text("Telnyx accepts them.")  # news do not take it away unread
    expect(card.get_by_text("Last webhook")).to_be_visible()


def test_without_scripts_the_test_is_a_page_and_nothing_offers_to_copy(shop_windows: Windows) -> None:
    page = shop_windows.open("/lines", java_script_enabled=False)
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    page.get_by_role("button", name="Test keys and address of telnyx").click()
    expect(page.get_by_role("alert")).to_contain_text("Telnyx accepts them.")
