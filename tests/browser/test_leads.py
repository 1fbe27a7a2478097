"""The leads table in a browser: looked at, filtered, and changed in place; in both schemes and on a phone."""

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows

SHOTS = os.environ.get("LEADS_SHOTS", "")


def flaws(page: Page) -> list[str]:
    """What axe finds."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [f"{one['id']}: {[(node['target'], node['html'][:100]) for node in one['nodes']]}" for one in found]


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def define(page: Page, name: str, title: str, choices: str = "") -> None:
    page.goto("/settings/fields")
    new = page.get_by_role("region", name="New field")
    new.get_by_label("Name in flows").fill(name)
    new.get_by_label("Title").fill(title)
    if choices:
        new.get_by_label("Type").select_option("choice")
        new.get_by_label("Choices").fill(choices)
    new.get_by_role("button", name="Save field").click()
    expect(page.locator("details", has_text=title)).to_have_count(1)


def test_leads_are_added_found_and_changed_in_place(windows: Windows) -> None:
    page = windows.open("/leads")
    expect(page.get_by_text("No leads yet.")).to_be_visible()
    define(page, "wants", "Wants")
    define(page, "budget", "Budget")
    define(page, "when", "When", "This week\nThis month\nSpring")
    for last, name, wants, stage in (
        ("0111", "Priscilla Adeyemi", "Cargo e-bike", "Ready"),
        ("0112", "Hugo Marchetti", "Commuter e-bike", "Asking"),
        ("0113", "", "", ""),
    ):
        page.goto("/leads")
        page.locator("summary", has_text="Add lead").click()
        page.get_by_label("Phone number").fill(f"206-555-{last}")
        page.locator("#called").fill(name)
        page.locator(".pop__card").get_by_role("button", name="Add lead").click()
        expect(page.get_by_role("status")).to_contain_text("Added. They have agreed to nothing yet.")
        if wants:
            page.get_by_label("Wants").fill(wants)
            page.get_by_label("When").select_option("Spring")
            page.get_by_role("button", name="Save fields").click()
            page.get_by_label("New tag").fill("vip")
            page.get_by_role("button", name="Tag", exact=True).click()
            expect(page.get_by_role("button", name="Remove the tag vip")).to_be_visible()
            expect(page.locator("[data-spare]").first).to_be_hidden()  # until then it is saved by a button
            with page.expect_navigation():
                page.get_by_label("Stage of").select_option(stage)
    shoot(page, "contact")
    page.goto("/leads")
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("tbody tr").first).to_contain_text("(206) 555-0113")
    row = page.locator("tbody tr", has_text="Hugo Marchetti")
    expect(row.locator("[data-spare]")).to_be_hidden()
    with page.expect_navigation():
        row.get_by_label("Stage of Hugo Marchetti").select_option("Ready")
    page.goto("/leads?stage=Ready")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("Search leads").fill("hug")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Hugo Marchetti").click()
    peek = page.get_by_role("complementary", name="Hugo Marchetti")
    expect(peek).to_contain_text("Commuter e-bike")
    page.get_by_role("link", name="Remove the filter Stage").click()
    expect(page.get_by_label("Search leads")).to_have_value("hug")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_pages_pass_axe_and_do_not_scroll_sideways(windows: Windows, scheme: str, width: int, height: int) -> None:
    page = windows.open("/leads", viewport={"width": width, "height": height}, color_scheme=scheme)
    first = page.locator("tbody th a").nth(1).get_attribute("data-phone") or ""
    open_ = first.rpartition("/")[2]
    for name, path in (
        ("leads", f"/leads?open={open_}"), ("one", first), ("fields", "/settings/fields"), ("tags", "/settings/tags"),
        ("nothing", "/leads?q=zzz"),
    ):  # fmt: skip
        page.goto(path)
        assert flaws(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        shoot(page, f"{name}-{scheme}-{width}")
