"""The routing page as a supervisor uses it: try a change, save it, take it back; by mouse, by keyboard, on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site, Windows
from tests.browser.test_access import WCAG, phone_says, violations
from tests.browser.test_settings import checked
from tests.support.served import Served
from tests.web.test_rules import FILES

HERE = "/settings/routing"
PHONE = "/try/12535550177"
ASKED = "Queue: Asked for a person"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server whose bot has queues, knowledge and a persona."""
    folder: Path = tmp_path_factory.mktemp("routing")
    for name, text in FILES.items():
        path = folder / "bot" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    with Served(["serve", str(folder / "bot"), "--port", "0"], folder, {"UNDERSTANDING": "lite"}) as server:
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


def test_a_change_is_tried_saved_and_taken_back(windows: Windows) -> None:
    page = windows.open("/try")
    contact = phone_says(page, PHONE, "agent")
    page.goto("/settings/people")
    page.get_by_role("link", name="Routing").click()
    checked(page)
    page.get_by_label(ASKED, exact=True).select_option("office")
    page.get_by_role("button", name="Preview on last week").click()
    expect(page.get_by_role("heading", name="1 conversation would have gone another way")).to_be_visible()
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    expect(page.get_by_label(ASKED, exact=True)).to_have_value("office")
    checked(page)
    with page.expect_popup() as opened:  # the draft stays where it is
        page.locator(".routing__changed a").click()
    opened.value.wait_for_url(f"**/c/{contact}*")
    opened.value.close()

    page.goto(HERE)
    page.get_by_label("Answer from").fill("0.4")
    page.get_by_label(ASKED, exact=True).select_option("office")
    windows.allow("400")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The lower threshold is above the upper one.").first).to_be_visible()
    checked(page)
    page.get_by_label("Answer from").fill("0.85")
    page.keyboard.press("Enter")  # looks first
    expect(page.get_by_role("heading", name="Preview on the last seven days")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Version 1 is in force.")).to_be_visible()
    checked(page)
    page.get_by_role("button", name="Back to the file’s value for Asked for a person: queue").click()
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Version 2 is in force.")).to_be_visible()
    page.get_by_role("button", name="Back to version 1").click()
    expect(page.get_by_text("Version 3 is in force.")).to_be_visible()
    expect(page.get_by_label(ASKED, exact=True)).to_have_value("office")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_used_on_a_phone(windows: Windows, scheme: str) -> None:
    page = windows.open(HERE, viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page.get_by_label("Priority: They are upset", exact=True).select_option("urgent")
    page.get_by_role("button", name="Preview on last week").click()
    expect(page.get_by_role("heading", name="Preview on the last seven days")).to_be_visible()
    assert violations(page, WCAG) == []
    small = page.evaluate(
        """() => [...document.querySelectorAll('main .btn, main select, main .field input')]
          .filter((e) => e.checkVisibility() && !e.matches('.sr') && e.getBoundingClientRect().height < 43.5)
          .map((e) => e.outerHTML.slice(0, 90))"""
    )
    assert small == []
