"""The thread's past in a real browser: it loads without a jump, stays folded or open, and live news leave it alone."""

import base64
import os
import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert

from tests.browser.conftest import Windows
from tests.browser.test_access import WCAG, phone_says, violations
from tests.support.past import message, remember
from textback.core.when import DAY
from textback.store.db import open_db
from textback.store.tables import messages

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
#: Where the first item in view stands, and which one it is.
IN_VIEW = """(log) => {
  const top = log.getBoundingClientRect().top;
  const all = [...log.querySelectorAll('.msgs > li:not(.day), .episode > summary')];
  const one = all.find((e) => e.getBoundingClientRect().height && e.getBoundingClientRect().top >= top);
  window.mark = one;
  return one.getBoundingClientRect().top;
}"""
#: The same, and then 700 px up: where that item must stand now, and how far from the top the log is.
SCROLL = f"""(log) => {{
  const top = ({IN_VIEW})(log);
  const before = log.scrollTop;
  log.scrollTop = Math.max(0, before - 700);
  return [top + before - log.scrollTop, log.scrollTop];
}}"""
MARK = "() => window.mark.isConnected ? window.mark.getBoundingClientRect().top : null"
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def now() -> int:
    return int(time.time() * 1000)


def past(windows: Windows, contact: str, episodes: int, each: int, days: int = 60) -> list[str]:
    """Give a conversation a past."""
    db = open_db(windows.site.database)
    try:
        with db.transaction() as tx:
            return remember(tx, contact, now() - days * DAY, episodes, each)
    finally:
        db.dispose()


def add(windows: Windows, *rows: dict[str, Any]) -> None:
    db = open_db(windows.site.database)
    try:
        with db.transaction() as tx:
            tx.execute(insert(messages), list(rows))
    finally:
        db.dispose()


def shot(page: Page, name: str) -> None:
    folder = os.environ.get("TEXTBACK_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")


def to_the_beginning(page: Page) -> None:
    """Scroll up until there is nothing more to load."""
    for _ in range(50):
        page.get_by_role("log").evaluate("(log) => { log.scrollTop = 0; }")
        page.evaluate(SETTLED)
        if page.locator("#earlier[data-from='']").count():
            return
        page.wait_for_function("() => !document.querySelector('#earlier[aria-busy]')")
    raise AssertionError("it never ends")


def lively(windows: Windows, contact: str, count: int) -> list[str]:
    """Give a conversation's latest episode so many texts."""
    at = now()
    rows = [message(contact, at + n, f"line {n}", side="bot" if n % 3 else "in") for n in range(count)]
    add(windows, *rows)
    return [str(row["text"]) for row in rows]


@pytest.mark.parametrize("width", [1440, 390])
def test_the_past_loads_as_its_top_comes_near_and_nothing_in_view_moves(
    windows: Windows, phone: str, width: int
) -> None:
    page = windows.open("/", viewport={"width": width, "height": 800})
    contact = phone_says(page, phone, "I want a person")
    texts = lively(windows, contact, 420)
    page.goto(f"/c/{contact}?view=all")
    log = page.get_by_role("log")
    loads, moved = 0, []
    for _ in range(200):
        count = page.locator(".msg").count()
        expected, top = log.evaluate(SCROLL)
        page.evaluate(SETTLED)
        page.wait_for_function("() => !document.querySelector('#earlier[aria-busy]')")
        page.evaluate(SETTLED)
        loads += page.locator(".msg").count() > count
        moved.append(abs(page.evaluate(MARK) - expected))
        if top == 0 and page.locator("#earlier[data-from='']").count():
            break
    assert loads >= 3
    assert max(moved) < 1, "what is in view stays where it is"
    shown = page.locator(".episode .msg__text").all_text_contents()
    assert shown[0] == "I want a person"
    assert shown[-420:] == texts
    expect(page.get_by_text("The conversation begins here")).to_be_in_viewport()


def test_at_the_very_top_too_nothing_moves(windows: Windows, phone: str) -> None:
    page = windows.open("/")
    contact = phone_says(page, phone, "I want a person")
    lively(windows, contact, 150)
    held: list[Any] = []
    page.route("**/_messages*", lambda route: held.append(route) if not held else route.continue_())
    page.goto(f"/c/{contact}?view=all")
    log = page.get_by_role("log")
    expect(page.locator("#live")).to_be_visible()
    log.evaluate("(log) => { log.scrollTop = 0; }")
    page.wait_for_function("() => document.querySelector('#earlier[aria-busy]')")
    page.evaluate(SETTLED)
    expected, _ = log.evaluate(SCROLL)
    count = page.locator(".msg").count()
    held[0].continue_()
    page.wait_for_function(f"() => document.querySelectorAll('.msg').length > {count}")
    page.evaluate(SETTLED)
    assert abs(page.evaluate(MARK) - expected) < 1


def test_news_leave_the_past_where_it_is_and_folds_as_they_are(windows: Windows, phone: str) -> None:
    page = windows.open("/")
    contact = phone_says(page, phone, "I want a person")
    past(windows, contact, episodes=30, each=8)
    page.goto(f"/c/{contact}?view=all")
    expect(page.locator("#live")).to_be_visible()
    to_the_beginning(page)
    expect(page.locator(".episode")).to_have_count(31)
    old = page.locator(".episode").nth(4)
    old.locator("summary").click()
    expect(old.get_by_text("episode 4 text 3")).to_be_visible()
    shot(page, "history-open")
    log = page.get_by_role("log")
    top = log.evaluate(IN_VIEW)
    customer = windows.open(phone)
    customer.get_by_label("Text as the customer").fill("are you there?")
    customer.keyboard.press("Enter")
    expect(page.locator(".msg--in").last).to_contain_text("are you there?")
    page.evaluate(SETTLED)
    assert abs(page.evaluate(MARK) - top) < 1
    expect(page.locator(".episode")).to_have_count(31)
    expect(old.get_by_text("episode 4 text 3")).to_be_visible()
    expect(page.locator(".episode").nth(5).get_by_text("episode 5 text 3")).to_be_hidden()
    expect(page.get_by_role("button", name="New text below")).to_be_visible()
    assert page.evaluate(
        "() => { const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);"
        " return new Set(ids).size === ids.length; }"
    )


def test_a_new_episode_leaves_the_one_before_open_while_somebody_reads_it(windows: Windows, phone: str) -> None:
    page = windows.open("/")
    contact = phone_says(page, phone, "hours")
    page.goto(f"/c/{contact}?view=all")
    expect(page.locator("#live")).to_be_visible()
    expect(page.locator(".episode--now")).to_have_count(1)
    customer = windows.open(phone)
    customer.get_by_label("Text as the customer").fill("book")
    customer.keyboard.press("Enter")
    expect(page.locator(".episode")).to_have_count(2)
    expect(page.locator(".episode--now")).to_have_count(1)
    expect(page.locator(".msg--in").first).to_be_visible()
    expect(page.locator(".msg--in").last).to_be_visible()
    page.reload()
    expect(page.locator(".msg--in").first).to_be_hidden()


def test_the_past_can_be_read_without_scripts_and_by_keyboard(windows: Windows, phone: str) -> None:
    page = windows.open("/")
    contact = phone_says(page, phone, "I want a person")
    past(windows, contact, episodes=20, each=8)
    bare = windows.open(f"/c/{contact}?view=all", java_script_enabled=False)
    bare.get_by_role("link", name="Show earlier").click()
    expect(bare.get_by_role("link", name="Back to the newest")).to_be_visible()
    expect(bare.locator(".episode").last.locator(".msg").last).to_be_visible()
    expect(bare.locator(".episode").first.locator(".msg").last).to_be_hidden()
    page.goto(f"/c/{contact}?view=all")
    # Older ones may be loaded before it meanwhile.
    folded = page.locator(".episode:not(.episode--now)").last
    expect(folded.locator(".msg").first).to_be_hidden()
    folded.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(folded.locator(".msg").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(windows: Windows, phone: str, scheme: Any) -> None:
    page = windows.open("/", color_scheme=scheme)
    contact = phone_says(page, phone, "I want a person")
    past(windows, contact, episodes=5, each=6)
    at = now()
    add(windows, message(contact, at, "Side door: bit.ly/dock", side="bot", status="filtered", code="30007"))
    add(windows, message(contact, at + 1, "Your frame is ready", side="bot", status="undelivered", code="30006"))
    page.goto(f"/c/{contact}?view=all")
    page.get_by_role("button", name="Take over").first.click()
    expect(page.get_by_text("You have this")).to_be_visible()
    page.locator(".episode summary").nth(2).click()
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 844})
        shot(page, f"history-{scheme}-{width}")
        assert violations(page, WCAG) == []
        if width == 390:
            page.locator(".ask-strip").click()  # what they ask leads to the card
            page.get_by_text("Edit fields").click()
            shot(page, f"history-card-{scheme}")
            assert violations(page, WCAG) == []


def test_a_failed_texts_words_go_to_the_composer_and_nothing_is_sent(windows: Windows, phone: str) -> None:
    page = windows.open("/")
    contact = phone_says(page, phone, "I want a person")
    add(windows, message(contact, now(), "Side door: bit.ly/dock at 4", side="bot", status="filtered", code="30007"))
    page.goto(f"/c/{contact}?view=all")
    page.get_by_role("button", name="Take over").first.click()
    expect(page.get_by_text("You have this")).to_be_visible()
    expect(page.get_by_text("The carrier blocked it as spam.")).to_be_visible()
    count = page.locator(".msg").count()
    page.get_by_role("link", name="Edit without the link").click()
    expect(page.get_by_label("Text to")).to_have_value("Side door: at 4")
    expect(page.get_by_label("Text to")).to_be_focused()
    assert page.locator(".msg").count() == count
    page.get_by_label("Text to").fill("")


def test_a_picture_is_small_in_the_thread_and_opens_large_in_place(windows: Windows, phone: str) -> None:
    page = windows.open("/")
    contact = phone_says(page, phone, "I want a person")
    page.goto(f"/c/{contact}?view=all")
    page.get_by_role("button", name="Take over").first.click()
    expect(page.get_by_text("You have this")).to_be_visible()
    page.locator("#file").set_input_files({"name": "dock.png", "mimeType": "image/png", "buffer": PIXEL})
    expect(page.locator("#picture img")).to_be_visible()
    page.get_by_label("Text to").fill("The side door")
    page.get_by_role("button", name="Send", exact=True).click()
    small = page.locator(".thumb img")
    expect(small).to_be_visible()
    box = small.bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (198, 148)
    expect(small).to_have_attribute("alt", re.compile(r"Picture from You, \d"))
    link = page.locator(".thumb")
    link.focus()
    page.keyboard.press("Enter")
    large = page.get_by_role("dialog", name=re.compile("Picture from You"))
    expect(large).to_be_visible()
    expect(large.locator("img")).to_be_visible()
    shot(page, "history-picture")
    # What is told of the text meanwhile takes nobody's place away.
    expect(page.locator(".msg--you").last.locator(".msg__meta")).to_have_text(re.compile("Sent$"))
    page.keyboard.press("Escape")
    expect(large).to_be_hidden()
    expect(link).to_be_focused()


def test_tags_and_fields_change_in_place_and_the_thread_stays(windows: Windows, phone: str) -> None:
    page = windows.open("/")
    contact = phone_says(page, phone, "I want a person")
    past(windows, contact, episodes=30, each=8)
    page.goto(f"/c/{contact}?view=all")
    expect(page.locator("#live")).to_be_visible()
    to_the_beginning(page)
    log = page.get_by_role("log")
    log.evaluate("(log) => { log.scrollTop = 40; }")
    top = log.evaluate(IN_VIEW)
    page.get_by_label("New tag").fill("vip")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove the tag vip")).to_be_visible()
    expect(page.get_by_label("New tag")).to_have_value("")
    page.get_by_text("Edit fields").click()
    page.locator("#person-name").fill("Lena Brandt")
    page.get_by_role("button", name="Save fields").click()
    expect(page.locator(".thread__name h2")).to_have_text("Lena Brandt")
    assert page.url.endswith(f"/c/{contact}?view=all")
    page.evaluate(SETTLED)
    assert abs(page.evaluate(MARK) - top) < 1
    link = page.locator(".line a", has_text="Episode 29")
    place = page.locator(f"#{link.get_attribute('data-episode')}")
    expect(place.locator(".msg").first).to_be_hidden()
    link.click()
    expect(place.locator(".msg").first).to_be_in_viewport()
    expect(place.locator("summary")).to_be_focused()
