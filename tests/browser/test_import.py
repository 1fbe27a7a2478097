"""Importing a file in a browser: its columns chosen, watched to its end; in both schemes and on a phone."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Windows
from tests.browser.test_leads import flaws

SHOTS = os.environ.get("IMPORT_SHOTS", "")
FILE = (
    "Phone;First name;Last name;Labels;Budget;Note\n"
    "206-555-0171;Amélie;Okafor;cargo, spring;3200;called twice\n"
    "206-555-0172;Boris;Quill;;;\n"
    "555;Cyd;Rowe;;;wrong number\n"
    "206-555-0171;Amélie;Twice;;;\n"
)


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def choose(page: Page, name: str = "spring-fair.csv") -> None:
    page.goto("/leads/import")
    file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": FILE.encode()}
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Choose columns").click()
    expect(page.get_by_role("heading", name="What the columns are")).to_be_visible()


def test_the_import_is_reached_on_a_phone(windows: Windows) -> None:
    page = windows.open("/leads", viewport={"width": 390, "height": 844}, has_touch=True)
    page.get_by_role("link", name="Import", exact=True).tap()
    expect(page.get_by_label("CSV file")).to_be_visible()
    page.goto("/leads")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_file_is_imported_and_its_refused_rows_downloaded(windows: Windows) -> None:
    page = windows.open("/leads")
    page.get_by_role("link", name="Import", exact=True).click()
    choose(page)
    expect(page.get_by_label("First name")).to_have_value("name")
    expect(page.get_by_label("Labels")).to_have_value("tags")
    page.get_by_label("Budget").select_option("A field “budget”")
    page.get_by_label("Tags for all of them").fill("fair")
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_label("Budget")).to_have_value("field.budget")
    expect(page.get_by_text("2 new · 0 changed · 0 as they were · 2 refused")).to_be_visible()
    page.get_by_role("button", name="Import 4 rows").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()  # the page follows without being loaded again
    expect(page.get_by_text("4 of 4 rows · 2 new · 0 changed · 0 as they were · 2 refused")).to_be_visible()
    with page.expect_download() as begun:
        page.get_by_role("link", name="Download the refused rows").click()
    assert "The same number is in line 2." in Path(begun.value.path()).read_text(encoding="utf-8")
    page.get_by_role("link", name="See leads").click()
    page.goto("/leads?tag=fair")
    expect(page.locator("tbody tr")).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_pages_pass_axe_and_do_not_scroll_sideways(windows: Windows, scheme: Any, width: int, height: int) -> None:
    page = windows.open("/leads/import", viewport={"width": width, "height": height}, color_scheme=scheme)
    assert flaws(page) == []
    shoot(page, f"import-{scheme}-{width}")
    choose(page)
    assert flaws(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shoot(page, f"columns-{scheme}-{width}")
    page.get_by_role("button", name="Import 4 rows").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert flaws(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shoot(page, f"done-{scheme}-{width}")
