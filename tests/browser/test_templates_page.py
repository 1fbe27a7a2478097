"""The templates pages in a browser: the meter follows what is written, and a message is written without scripts too."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Windows
from tests.browser.test_access import CONTRAST, COVERED, SMALL, SPILLS, WCAG, WIDTHS, violations
from tests.browser.test_segments import PLAIN, TEXTS, in_browser
from textback.core.text import culprits, gsm_safe


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_template_is_written_made_plain_and_saved(windows: Windows, scripts: bool) -> None:
    name = f"ready_{str(scripts).lower()}"
    page = windows.open("/templates/new", java_script_enabled=scripts)
    page.get_by_label("Name", exact=True).first.fill(name)
    page.get_by_label("Class").select_option("conversational")
    text = page.get_by_role("textbox", name="Text in en")
    text.fill("We’re ready, {{ who }} – see https://example.com/a–b …")
    page.get_by_label("Name", exact=True).nth(1).fill("who")
    page.get_by_label("Sample").first.fill("Ana")
    part = page.locator("[data-text]").first
    if scripts:
        expect(part.locator("[data-preview]")).to_have_text("We’re ready, Ana – see https://example.com/a–b …")
        expect(part.locator("[data-culprits]")).to_contain_text("’ at 3")
        expect(part.get_by_role("button", name="Replace them")).to_be_hidden()  # its address keeps it in UCS-2
        text.fill("We’re ready, {{ who }} – see https://example.com/ab …")
        part.get_by_role("button", name="Replace them").click()
        expect(part.locator("[data-meter]")).to_contain_text("1 segment, GSM-7")
        expect(part.locator("[data-culprits]")).to_be_empty()
    else:
        text.fill("We're ready, {{ who }} - see https://example.com/ab ...")
    wanted = "We're ready, {{ who }} - see https://example.com/ab ..."
    expect(text).to_have_value(wanted)
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("Saved in the draft.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Text in en")).to_have_value(wanted)
    expect(page.locator("[data-preview]").first).to_have_text("We're ready, Ana - see https://example.com/ab ...")
    page.goto("/templates")
    expect(page.get_by_role("link", name=name)).to_be_visible()


#: The page is taller than the window, and so is something in it: then one of the two scrolls into nothing.
TWICE = """() => {
  const high = (e) => e.scrollHeight > e.clientHeight + 1 && getComputedStyle(e).overflowY !== 'visible';
  return document.documentElement.scrollHeight > innerHeight + 1 && high(document.querySelector('main'));
}"""


@pytest.fixture
def written(windows: Windows, demo: Site) -> Page:
    """A page of a message with something of everything."""
    page = windows.open("/templates/new")
    page.get_by_label("Name", exact=True).first.fill("everything")
    page.get_by_label("Class").select_option("promotional")
    page.get_by_role("textbox", name="Text in en").fill("Beer “now” {{ who }} " + "x" * 90 + " bit.ly/x")
    page.get_by_label("Name", exact=True).nth(1).fill("who")
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("Saved in the draft.")).to_be_visible()
    return page


def test_the_pages_are_for_everybody_at_any_width_in_either_theme(written: Page) -> None:
    faults = []
    for path in ("/templates/edit/everything", "/templates", "/templates/approvals", "/templates/new"):
        written.goto(path)
        for width in (1440, 390, 320):
            written.set_viewport_size({"width": width, "height": WIDTHS[width]})
            faults += [f"{path} {width} spills {one}" for one in written.evaluate(SPILLS)]
            faults += [f"{path} {width} scrolls twice"] * written.evaluate(TWICE)
            faults += [f"{path} {width} covers {one}" for one in written.evaluate(COVERED)]
            faults += [f"{path} {width} small {one}" for one in written.evaluate(SMALL, width < 700)]
            for theme in ("light", "dark"):
                written.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                options = WCAG if theme == "light" else CONTRAST
                faults += [f"{path} {width} {theme} {one}" for one in violations(written, options)]
    assert faults == []


def test_the_browser_makes_plain_and_finds_culprits_as_the_server_does(windows: Windows) -> None:
    page = windows.open("/templates")
    texts = [
        *PLAIN.values(),
        *TEXTS.values(),
        "AB12–CD34 9AM–5PM {{ a’b }}’ {% if x %}’{% endif %}",
        "…" * 70,
        "x" * 69 + "“”",
    ]
    assert in_browser(page, texts, "gsmSafe") == [gsm_safe(text) for text in texts]
    found = [[{"char": c.char, "place": c.place, "twin": c.twin} for c in culprits(text)] for text in texts]
    assert in_browser(page, texts, "culprits") == found
