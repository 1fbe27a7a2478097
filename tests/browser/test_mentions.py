"""A note that names somebody, in a real browser: counted on their open desk, found, opened in its thread, and read."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site, Windows
from tests.browser.test_access import WCAG, phone_says, violations
from tests.browser.test_desk_list import picture


@pytest.fixture(scope="module")
def windows(browser: Browser, demo: Site) -> Iterator[Windows]:
    made = Windows(browser, demo)
    yield made
    made.close()


def test_a_mention_is_counted_found_and_read(windows: Windows) -> None:
    ann = windows.open("/try")
    contact = phone_says(ann, "/try/12535550181", "can I talk to a real person about a unicycle?")
    tom = windows.open("/desk/all", who="tom")
    expect(tom.get_by_role("link", name="Mentions", exact=True)).to_be_visible()
    ann.goto(f"/c/{contact}?view=all")
    ann.locator('[data-kind="note"]').click()
    ann.get_by_label("Private note about").fill("@Tom the unicycle is in the back room")
    ann.get_by_role("button", name="Add note").click()
    expect(ann.locator(".pnote")).to_be_visible()
    expect(tom.get_by_role("link", name="Mentions, 1 new")).to_be_visible()
    picture(tom, "mention-counted")
    tom.keyboard.press("Control+k")
    tom.keyboard.type("menti")
    tom.keyboard.press("Enter")
    expect(tom.get_by_role("heading", name="Mentions")).to_be_visible()
    for width, scheme in ((1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")):
        tom.set_viewport_size({"width": width, "height": 844})
        tom.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        picture(tom, f"mentions-{width}-{scheme}")
        assert tom.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(tom, WCAG) == []
    tom.get_by_role("link", name="the unicycle is in the back room").click()
    expect(tom.locator(".pnote--mine:target")).to_be_visible()
    expect(tom.locator(".pnote--mine:target")).to_be_in_viewport()
    tom.goto("/desk/all")
    expect(tom.get_by_role("link", name="Mentions", exact=True)).to_be_visible()
    picture(tom, "list-390-dark")
    tom.goto("/mentions")
    expect(tom.get_by_text("New", exact=True)).to_have_count(0)
