"""A number that gets no texts, in a browser: what the desk and the leads show of it, and who says that it works."""

import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.test_walk import text

SHOTS = os.environ.get("TEXTBACK_PICTURES", "")


def looks_right(page: Page, name: str) -> None:
    """What axe finds, and whether the page scrolls sideways; with a picture for whoever wants to look."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")
    options = {"rules": {"page-has-heading-one": {"enabled": False}}}
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    assert [(one["id"], [node["html"][:100] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("scheme", "width", "last"),
    [("light", 1440, "185"), ("dark", 1440, "186"), ("light", 390, "187"), ("dark", 390, "188")],
)
def test_a_number_that_gets_no_texts_says_so_until_a_person_knows_better(
    windows: Windows, scheme: str, width: int, last: str
) -> None:
    phone = f"12535550{last}"
    page = windows.open("/try", viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.goto(f"/try/{phone}")
    text(page, "can I talk to a real person about a kite?")
    page.get_by_role("button", name="Number does not exist").click()
    expect(page.get_by_role("button", name="Number does not exist")).to_have_attribute("aria-pressed", "true")
    page.goto("/desk/needs-you")
    page.locator(".row", has_text=f"555-0{last}").locator("a").click()
    page.get_by_role("button", name="Take over").first.click()
    page.get_by_label("Text to").fill("Which kite?")
    page.get_by_label("Text to").press("Control+Enter")
    expect(page.locator("#msgs")).to_contain_text("Only answers to their texts go there.")
    here = page.url
    if width == 390:
        page.goto(here.split("?")[0] + "/card?view=all")
    mark = page.locator("#context").get_by_text("This number does not exist.")
    expect(mark).to_be_visible()
    looks_right(page, f"bad-number-{scheme}-{width}")
    page.goto("/leads?bad_number=1")
    expect(page.locator("tbody tr")).to_have_count(1)
    looks_right(page, f"bad-number-leads-{scheme}-{width}")
    page.goto(here.split("?")[0] + ("/card?view=all" if width == 390 else "?view=all"))
    page.get_by_role("button", name="It gets texts").click()
    expect(mark).to_have_count(0)
    page.goto("/leads?bad_number=1")
    expect(page.locator("tbody tr")).to_have_count(0)
