"""Merging two contacts in a browser: by keyboard in the dialog, on a phone, undone, and passed by axe."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, Windows

SHOTS = os.environ.get("MERGE_SHOTS", "")


def flaws(page: Page) -> list[str]:
    """What axe finds."""
    # On a phone the list is away, and with it the h1 above the conversation's name.
    options = {"rules": {"page-has-heading-one": {"enabled": False}}}
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {[(node['target'], node['html'][:100]) for node in one['nodes']]}" for one in found]


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def add(page: Page, last: str, name: str, tag: str) -> str:
    """A contact that somebody added by hand; their id."""
    page.goto("/leads")
    page.locator("summary", has_text="Add lead").click()
    page.get_by_label("Phone number").fill(f"206-555-{last}")
    page.locator("#called").fill(name)
    page.locator(".pop__card").get_by_role("button", name="Add lead").click()
    expect(page.get_by_role("status")).to_contain_text("Added.")
    page.get_by_label("New tag").fill(tag)
    page.get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_role("button", name=f"Remove the tag {tag}")).to_be_visible()
    found = re.search(r"/contacts/(\w{24})", page.url)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def pair(browser: Browser, demo: Site) -> Iterator[tuple[str, str]]:
    windows = Windows(browser, demo)
    page = windows.open("/leads")
    yield add(page, "0131", "Ana Ruiz", "vip"), add(page, "0132", "Ana at work", "work")
    windows.close()


def test_two_contacts_are_merged_by_keyboard_and_it_is_undone(windows: Windows, pair: tuple[str, str]) -> None:
    ana, work = pair
    page = windows.open(f"/c/{ana}?view=all")
    link = page.get_by_role("link", name="Merge with…")
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_contain_text("Merge Ana Ruiz with…")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("at work")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("link", name="Ana at work")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("table")).to_contain_text("not shown")
    shoot(page, "dialog-light-1440")
    assert flaws(page) == []
    dialog.get_by_role("button", name="Merge", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#merged-notice")).to_contain_text("are one contact now.")
    expect(page.locator("#merged").get_by_role("link", name="(206) 555-0132")).to_have_attribute(
        "href", re.compile(f"/c/{work}")
    )
    expect(page.locator("#person")).to_contain_text("work")
    expect(page.locator("#timeline")).to_contain_text("Merged: (206) 555-0132 into (206) 555-0131")
    shoot(page, "merged-light-1440")
    assert flaws(page) == []
    page.goto("/leads?q=ana")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("(206) 555-0132")
    shoot(page, "leads-light-1440")
    page.goto(f"/c/{work}?view=all")
    page.locator("#timeline").get_by_role("button", name="Undo").click()
    expect(page.locator("#merged-notice")).to_contain_text("are two contacts again.")
    expect(page.locator("#merged")).to_contain_text("No other address is known.")
    page.goto("/leads?q=ana")
    expect(page.locator("tbody tr")).to_have_count(2)


def test_it_works_on_a_phone_without_javascript(windows: Windows, pair: tuple[str, str]) -> None:
    ana, work = pair
    page = windows.open(f"/c/{ana}/card", viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page.get_by_role("link", name="Merge with…").click()
    page.get_by_label("Name or number").fill("206-555-0132")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Ana at work").click()
    page.get_by_role("link", name="Keep the other one").click()
    page.get_by_role("button", name="Merge", exact=True).click()
    notice = page.locator("#merged-notice")
    expect(notice).to_contain_text("(206) 555-0131 and (206) 555-0132 are one contact now.")
    notice.get_by_role("button", name="Undo").click()
    expect(notice).to_contain_text("are two contacts again.")
    assert page.url.startswith(f"{windows.site.url}/c/{ana}")
    assert work not in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_pages_pass_axe_and_do_not_scroll_sideways(
    windows: Windows, pair: tuple[str, str], scheme: str, width: int, height: int
) -> None:
    ana, work = pair
    page = windows.open(f"/c/{ana}/merge", viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto(f"/c/{ana}/merge?with={work}")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.locator("#merged-notice")).to_contain_text("are one contact now.")
    for name, path in (
        ("find", f"/c/{ana}/merge?who=ana"), ("card", f"/c/{ana}/card"), ("thread", page.url),
        ("erase", f"/c/{ana}/erase"),
    ):  # fmt: skip
        page.goto(path)
        shoot(page, f"{name}-{scheme}-{width}")
        assert flaws(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(f"/c/{ana}/card")
    page.locator("#merged").get_by_role("button", name="Undo").click()
    expect(page.locator("#merged-notice")).to_contain_text("are two contacts again.")
    page.goto(f"/c/{ana}/merge?with={work}")
    shoot(page, f"both-{scheme}-{width}")
    assert flaws(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
