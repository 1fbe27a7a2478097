"""A list of numbers is handed over in a browser, read in, and found again; without scripts too."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Windows
from tests.browser.test_access import WCAG, violations


def files(name: str, *lines: str) -> Any:
    return {"name": name, "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_list_is_read_in_and_its_numbers_are_found(windows: Windows, scripts: bool) -> None:
    name, last = ("ours.csv", "61") if scripts else ("theirs.csv", "62")
    page = windows.open("/compliance", java_script_enabled=scripts)
    page.get_by_role("link", name="Lists").click()
    page.get_by_label("The file").set_input_files(files(name, "number", f"206-555-01{last}"))
    page.get_by_role("button", name="Read it in").click()
    done = page.locator(".finding").filter(has_text=name)
    expect(done).to_contain_text("Done")
    expect(done).to_contain_text("1 bad · 1 suppressed")
    with page.expect_download() as bad:
        done.get_by_role("link", name="Download the bad lines").click()
    assert bad.value.path().read_text().splitlines()[1] == "1,line has no phone number,number"

    page.get_by_role("link", name="Find a number").click()
    page.get_by_label("Phone number").fill(f"(206) 555-01{last}")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("main")).to_contain_text(f"(•••) •••-••{last}")
    expect(page.get_by_role("main")).to_contain_text("On the list of suppressed numbers")
    assert last not in page.url.removeprefix(windows.site.url)  # whose port may have it
    if scripts:
        assert violations(page, WCAG) == []


def test_the_ledger_is_checked(windows: Windows) -> None:
    page = windows.open("/compliance/ledger")
    page.get_by_role("button", name="Check the ledger now").click()
    expect(page.get_by_role("main")).to_contain_text("All is as it was written.")
    page.set_viewport_size({"width": 390, "height": 844})
    assert violations(page, WCAG) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
