"""A web chat that goes on by text, in a real browser, on a page from another origin, with a simulated phone."""

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Site, Windows
from tests.browser.test_access import CONTRAST, WCAG, violations
from tests.browser.test_webchat import Shop, Visitor
from tests.support.served import Served

_numbers = itertools.count(101)


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def chat(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`textback serve` with the example bot and a web chat that goes on by the simulated line."""
    folder = tmp_path_factory.mktemp("chat")
    database = f"sqlite:///{folder / 'chat.db'}"
    env = {
        "WEB_CHAT_ORIGINS": shop.url,
        "WEB_CHAT_CONTINUE_BY_TEXT": "simulator",
        "WEB_CHAT_CONTINUE_PER_SOURCE": "1000",
    }
    with Served(["serve", "--port", "0", "--database", database], folder, env) as server:
        server.wait_ready()
        site = Site(server.url, folder, database, "")
        site.link = site.add_user("owner@example.com", "Owner", "owner")
        shop.src, shop.allowed = f"{server.url}/web/web/widget.js", server.url
        yield site
        assert server.stop() == 0, server.output


@pytest.fixture
def windows(browser: Browser, chat: Site) -> Iterator[Windows]:
    opened = Windows(browser, chat)
    yield opened
    opened.close()


@pytest.fixture
def visitor(windows: Windows, shop: Shop) -> Visitor:
    return Visitor(windows, shop)


@pytest.fixture
def digits() -> str:
    """The last four digits of a number that no other test uses."""
    return f"{next(_numbers):04}"


class Form:
    """The form that asks for a number."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.opener = page.get_by_role("button", name="Continue by text")
        self.number = page.get_by_label("Your mobile number")
        self.box = page.get_by_role("checkbox")
        self.send = page.get_by_role("button", name="Text me")

    def ask(self, digits: str) -> None:
        self.opener.click()
        self.number.fill(f"(206) 555-{digits}")
        self.box.check()
        self.send.click()

    def said(self, words: str) -> Locator:
        return self.page.get_by_text(words)


ON_ITS_WAY = "If this number can get our texts, one is on its way. Reply YES to it to go on there."


def test_the_customer_leaves_the_page_and_the_flow_goes_on_by_text(
    visitor: Visitor, windows: Windows, digits: str
) -> None:
    form = Form(visitor.open().page)
    expect(form.opener).to_be_hidden()
    visitor.say("book")
    expect(visitor.theirs).to_have_count(1)
    form.ask(digits)
    expect(form.said(ON_ITS_WAY)).to_be_visible()
    expect(visitor.page.get_by_label("Your message")).to_be_focused()
    phone = windows.open(f"/try/1206555{digits}")
    expect(phone.get_by_text("Reply YES to go on here")).to_have_count(1)
    called = visitor.called
    visitor.page.close()
    phone.get_by_label("Text as the customer").fill("YES")
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("Thank you. We go on here.")).to_be_visible()
    expect(phone.get_by_text("What do you need? Reply 1 for Repair")).to_be_visible()
    phone.get_by_label("Text as the customer").fill("Tune-up")
    phone.keyboard.press("Enter")
    visitor.load()
    visitor.open()
    expect(visitor.theirs.last).to_contain_text(
        f"This chat goes on by text now, at the number that ends in {digits[2:]}."
    )
    # At the desk each conversation leads to the other.
    desk = windows.open("/desk/all")
    desk.get_by_role("link", name=called).first.click()
    expect(desk.get_by_text("This chat goes on by text.")).to_be_visible()
    desk.get_by_role("link", name="Open the text conversation").click()
    expect(desk.get_by_role("heading", name=f"(206) 555-{digits}").first).to_be_visible()
    desk.get_by_role("link", name="Open the web chat").click()
    expect(desk.get_by_role("heading", name=called).first).to_be_visible()


def test_nothing_goes_without_the_tick_or_to_a_wrong_number(visitor: Visitor, windows: Windows) -> None:
    windows.allow("400")
    form = Form(visitor.open().page)
    visitor.say("book")
    form.opener.click()
    expect(form.number).to_be_focused()
    expect(form.box).not_to_be_checked()
    form.number.fill("(206) 555-0100")
    form.send.click()
    expect(form.said("Tick the box before you send.")).to_be_visible()
    expect(form.box).to_be_focused()
    form.box.check()
    form.send.click()
    expect(form.said("That is our own number. Write yours.")).to_be_visible()
    form.number.fill("12")
    visitor.page.keyboard.press("Enter")
    expect(form.said("That phone number has too few or too many digits.")).to_be_visible()
    expect(form.number).to_be_visible()
    visitor.page.get_by_role("button", name="Back to the chat").click()
    expect(form.number).to_be_hidden()
    visitor.say("Tune-up")
    expect(visitor.own.last).to_have_text("You said: Tune-up")
    form.opener.click()
    expect(form.box).not_to_be_checked()


def test_asking_too_often_is_refused_and_the_chat_goes_on(visitor: Visitor, windows: Windows, digits: str) -> None:
    windows.allow("429")
    form = Form(visitor.open().page)
    visitor.say("book")
    for _ in range(3):
        form.ask(digits)
        expect(form.said(ON_ITS_WAY)).to_be_visible()
    form.ask(digits)
    expect(form.said("That was asked for too often today.")).to_be_visible()
    phone = windows.open(f"/try/1206555{digits}")
    expect(phone.get_by_text("Reply YES to go on here")).to_have_count(1)
    visitor.page.get_by_role("button", name="Back to the chat").click()
    visitor.say("Tune-up")
    expect(visitor.own).to_have_count(2)


def test_axe_finds_nothing_in_the_form_at_any_width_in_either_theme(windows: Windows, shop: Shop) -> None:
    visitor = Visitor(windows, shop, color_scheme="light")
    form = Form(visitor.open().page)
    visitor.say("book")
    expect(form.opener).to_be_visible()
    found = {"closed": violations(visitor.page, WCAG)}
    form.opener.click()
    expect(form.number).to_be_focused()
    for width, height in ((1440, 900), (390, 844), (320, 640)):
        visitor.page.set_viewport_size({"width": width, "height": height})
        found[f"{width} light"] = violations(visitor.page, WCAG)
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
        expect(form.send).to_be_in_viewport()
    visitor.page.emulate_media(color_scheme="dark")
    for width in (390, 1440):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        found[f"{width} dark"] = violations(visitor.page, CONTRAST)
    assert {where: what for where, what in found.items() if what} == {}
