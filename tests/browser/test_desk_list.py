"""The list pane in a real browser: keys, the command bar, selecting, taking back, and an order that waits."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, Windows
from tests.browser.test_walk import text

PHONES = ("12535550171", "12535550172", "12535550173")


@pytest.fixture(scope="module")
def windows(browser: Browser, demo: Site) -> Iterator[Windows]:
    made = Windows(browser, demo)
    page = made.open("/try")
    for phone in PHONES:
        page.goto(f"/try/{phone}")
        text(page, "can I talk to a real person about a zeppelin?")
    page.close()
    yield made
    made.close()


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    folder = os.environ.get("TEXTBACK_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")


def rows(page: Page) -> list[str]:
    return [str(row.get_attribute("id")) for row in page.locator(".row").all()]


def test_many_are_selected_by_keyboard_done_with_and_taken_back(windows: Windows) -> None:
    page = windows.open("/desk/needs-you")
    picture(page, "list")
    before = len(rows(page))
    assert before >= 3
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#bulk-count")).to_have_text("2 selected")
    expect(page.locator(".tabs")).to_be_hidden()
    picture(page, "list-selected")
    page.get_by_role("button", name="Complete", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("2 conversations completed")
    expect(page.locator(".row")).to_have_count(before - 2)
    picture(page, "list-toast")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".row")).to_have_count(before)


@pytest.mark.parametrize(("width", "last"), [(1440, "0183"), (390, "0184")])
def test_one_is_given_away_and_taken_back_where_it_is_read(windows: Windows, width: int, last: str) -> None:
    page = windows.open("/try", viewport={"width": width, "height": 844})
    page.goto(f"/try/1253555{last}")
    text(page, "can I talk to a real person about a kite?")
    page.goto("/desk/needs-you")
    page.locator(".row", has_text=last).locator("a").click()
    page.get_by_role("button", name="Take over").first.click()
    expect(page.get_by_label("Text to")).to_be_editable()
    card = page.locator("details", has=page.locator(".pop__card[action*='/assign?']"))
    card.locator("summary").click()
    card.get_by_role("button", name="Assign").click()
    toast = page.locator(".toast")
    expect(toast).to_contain_text("1 conversation left to whoever comes first")
    expect(toast).to_be_in_viewport(ratio=1)
    picture(page, f"given-{width}")
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("Taken back for 1 conversation")
    expect(page.get_by_label("Text to")).to_be_editable()
    assert "/c/" in page.url


def test_keys_open_snooze_and_do_nothing_in_fields_or_when_off(windows: Windows) -> None:
    page = windows.open("/desk/needs-you")
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.locator("main h2")).to_be_visible()
    expect(page.locator("#live")).to_be_visible()  # its scripts run
    page.keyboard.press("z")
    expect(page.get_by_role("button", name="In 3 hours")).to_be_visible()
    picture(page, "snooze")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Shortcuts")).to_be_visible()
    picture(page, "keys")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    page.keyboard.type("?zj")
    expect(page.locator("#f-q")).to_have_value("?zj")
    picture(page, "filter")
    page.goto("/account")
    page.get_by_role("button", name="Off", exact=True).click()
    page.goto("/desk/needs-you")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()


def test_the_command_bar_finds_actions_places_and_people(windows: Windows) -> None:
    page = windows.open("/desk/all")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Filter the list")).to_be_visible()
    picture(page, "command")
    page.keyboard.type("flo")
    expect(page.get_by_role("listbox", name="Found").get_by_role("option").first).to_have_text("Flows")
    page.locator("#command-field").fill("555 0171")
    expect(page.get_by_role("option", name="(253) 555-0171")).to_be_visible(timeout=20_000)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/c/[0-9a-f]+"))


def test_a_new_order_waits_while_somebody_points_at_the_list(windows: Windows) -> None:
    page = windows.open("/desk/all")
    page.locator(".row").first.hover()
    before = rows(page)
    other = windows.open(f"/try/{PHONES[0]}") if not before[0].endswith(PHONES[0]) else windows.open("/try")
    text(other, "hello again")
    expect(page.locator("#moves")).to_be_visible()
    assert rows(page) == before
    expect(page.locator("#moves")).to_have_text(re.compile(r"^\d+ moved$"))
    page.keyboard.press(".")
    expect(page.locator("#moves")).to_be_hidden()
    assert rows(page) != before


def test_texts_are_found_and_marked(windows: Windows) -> None:
    page = windows.open("/search")
    page.get_by_label("Name, number or words").fill("zeppelin")
    page.keyboard.press("Enter")
    for _ in range(20):
        if page.locator("mark").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("mark").first).to_have_text("zeppelin")
    picture(page, "search")
    page.locator(".found__one ul a").first.click()
    expect(page.locator("main h2")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1440, "dark")])
def test_it_fits(windows: Windows, width: int, scheme: str) -> None:
    page = windows.context(viewport={"width": width, "height": 844}, color_scheme=scheme).new_page()
    for path, name in (("/desk/all?priority=normal", "all"), ("/search?q=zeppelin", "search")):
        page.goto(path)
        picture(page, f"{name}-{width}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
