"""The web chat in a real browser, on a page from another origin that allows scripts and styles from nowhere else."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Site, Windows
from tests.browser.test_access import CONTRAST, WCAG, violations
from tests.support.served import Served
from textback.core.phone import pretty
from textback.pipeline.webchat import address_of

AGREE = "I agree that this chat is kept. See https://www.example.com/privacy"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Bikes</h1><p>We mend them.</p><a href="#top">A link</a></main>
<script src="{src}" {more} async></script></body></html>"""


class Shop:
    """The business's own website: a page with the widget, under a strict policy."""

    def __init__(self) -> None:
        shop = self
        self.src, self.more, self.allowed, self.images = "", "", "", ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = PAGE.format(src=shop.src, more=shop.more).encode() if self.path != "/favicon.ico" else b""
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                policy = f"default-src 'none'; script-src {shop.allowed}; connect-src {shop.allowed}{shop.images}"
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def chat(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`textback serve` with the example bot and a web chat for the shop."""
    folder = tmp_path_factory.mktemp("chat")
    database = f"sqlite:///{folder / 'chat.db'}"
    env = {"WEB_CHAT_ORIGINS": shop.url, "WEB_CHAT_CONSENT": AGREE, "WEB_CHAT_GREETING": "Hello. What do you need?"}
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


class Visitor:
    """Somebody on the shop's page."""

    def __init__(self, windows: Windows, shop: Shop, **options: object) -> None:
        self.context = windows.context(None, **options)
        self.shop = shop
        self.page = self.load()

    def load(self) -> Page:
        self.page = self.context.new_page()
        self.page.goto(self.shop.url)
        return self.page

    def open(self) -> "Visitor":
        self.page.get_by_role("button", name="Chat with us").click()
        expect(self.page.get_by_role("dialog")).to_be_visible()
        return self

    def say(self, text: str, *, agree: bool = False) -> None:
        if agree:
            self.page.get_by_label("I agree").check()
        self.page.get_by_label("Your message").fill(text)
        self.page.keyboard.press("Enter")

    @property
    def called(self) -> str:
        """Their name on the desk."""
        token = self.page.evaluate("JSON.parse(Object.values(localStorage)[0]).token")
        return pretty(address_of("web", token))

    @property
    def theirs(self) -> Locator:
        return self.page.locator("#textback-chat .text:not(.mine)")

    @property
    def own(self) -> Locator:
        return self.page.locator("#textback-chat .text.mine")


@pytest.fixture
def visitor(windows: Windows, shop: Shop) -> Visitor:
    return Visitor(windows, shop)


def test_a_visitor_of_another_website_talks_with_the_bot(visitor: Visitor) -> None:
    visitor.open()
    expect(visitor.theirs).to_have_text(["We said: Hello. What do you need?"])
    visitor.say("hours", agree=True)
    expect(visitor.own).to_have_text(["You said: hours"])
    expect(visitor.theirs).to_have_count(2)
    expect(visitor.theirs.last).to_contain_text("Tue to Fri 9 to 6")


def test_nothing_is_sent_before_the_box_is_ticked(visitor: Visitor) -> None:
    visitor.open()
    visitor.say("hours")
    expect(visitor.page.get_by_text("Tick the box before you send.")).to_be_visible()
    expect(visitor.page.get_by_label("I agree")).to_be_focused()
    expect(visitor.own).to_have_count(0)
    expect(visitor.page.get_by_label("Your message")).to_have_value("hours")
    visitor.say("hours", agree=True)
    expect(visitor.theirs).to_have_count(2)
    visitor.say("person")
    expect(visitor.own).to_have_count(2)
    expect(visitor.page.get_by_label("I agree")).to_be_hidden()


def test_choices_are_buttons_and_the_words_for_them_are_gone(visitor: Visitor) -> None:
    visitor.open()
    visitor.say("book", agree=True)
    choices = visitor.page.get_by_role("group", name="Choose an answer").get_by_role("button")
    expect(choices.first).to_be_visible()
    first = choices.first.inner_text()
    expect(visitor.theirs.last).not_to_contain_text("1 for")
    visitor.page.reload()
    visitor.open()
    expect(choices.first).to_have_text(first)
    choices.first.focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.own.last).to_have_text(f"You said: {first}")
    expect(visitor.page.get_by_label("Your message")).to_be_focused()
    expect(visitor.theirs).to_have_count(3)


def test_a_page_that_comes_back_has_the_thread_and_one_that_was_closed_says_what_is_new(
    visitor: Visitor, windows: Windows
) -> None:
    visitor.open()
    visitor.say("can I talk to a real person about a price?", agree=True)
    expect(visitor.theirs).to_have_count(2)
    called = visitor.called
    visitor.page.close()
    desk = windows.open("/desk/needs-you")
    desk.get_by_role("link", name=called).click()
    desk.get_by_role("button", name="Take over").click()
    desk.get_by_label("Text to").fill("I am here. What is it about?")
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(desk.locator(".msg--you")).to_have_count(1)
    visitor.load()
    launch = visitor.page.get_by_role("button", name="Chat with us")
    expect(launch.locator(".badge")).to_have_text("1")
    visitor.open()
    expect(visitor.theirs.last).to_have_text("We said: I am here. What is it about?")
    expect(launch.locator(".badge")).to_be_hidden()
    expect(desk.get_by_text("Delivered").first).to_be_visible()
    desk.get_by_label("Text to").fill("Still there?")
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(visitor.theirs.last).to_have_text("We said: Still there?")


def test_texts_that_could_not_go_are_sent_again_and_come_once(visitor: Visitor, windows: Windows) -> None:
    windows.allow_all("ERR_INTERNET_DISCONNECTED")
    visitor.open()
    visitor.say("hours", agree=True)
    expect(visitor.theirs).to_have_count(2)
    visitor.context.set_offline(True)
    visitor.say("book")
    expect(visitor.page.get_by_text("Not sent.")).to_be_visible()
    visitor.context.set_offline(False)
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.theirs).to_have_count(3)
    expect(visitor.own).to_have_count(2)
    expect(visitor.page.get_by_text("Not sent.")).to_have_count(0)


def test_what_is_said_is_never_markup(visitor: Visitor) -> None:
    visitor.open()
    visitor.say("<img src=x onerror=alert(1)> see https://www.example.com/a?b=1&c=2.", agree=True)
    expect(visitor.own).to_contain_text("<img src=x onerror=alert(1)>")
    link = visitor.own.get_by_role("link")
    expect(link).to_have_attribute("href", "https://www.example.com/a?b=1&c=2")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    visitor.page.reload()
    visitor.open()
    expect(visitor.own).to_contain_text("<img src=x onerror=alert(1)>")


def test_another_visitor_sees_nothing_of_it(visitor: Visitor, windows: Windows, shop: Shop) -> None:
    visitor.open()
    visitor.say("my secret is a red bike", agree=True)
    expect(visitor.theirs).to_have_count(2)
    other = Visitor(windows, shop).open()
    other.say("hours", agree=True)
    expect(other.theirs).to_have_count(2)
    expect(other.page.get_by_text("red bike")).to_have_count(0)
    assert visitor.context.cookies(shop.src) == []


def test_a_website_that_is_not_listed_shows_no_chat(windows: Windows, shop: Shop) -> None:
    windows.allow("403")
    windows.allow_all("blocked by CORS policy")
    windows.allow_all("net::ERR_FAILED")
    other = Shop()
    try:
        other.src, other.allowed = shop.src, shop.allowed
        visitor = Visitor(windows, other).open()
        expect(visitor.theirs).to_have_count(0)
        visitor.say("hours")
        expect(visitor.page.get_by_text("Not sent.")).to_be_visible()
    finally:
        other.server.shutdown()
        other.server.server_close()


def test_it_is_used_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("link", name="A link").focus()
    page.keyboard.press("Tab")
    launch = page.get_by_role("button", name="Chat with us")
    expect(launch).to_be_focused()
    expect(launch).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_be_focused()
    expect(page.get_by_label("I agree")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("link", name="privacy")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("I agree")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("hours")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("please")
    page.keyboard.press("Enter")
    expect(visitor.own).to_have_text("You said: hours\nplease", use_inner_text=True)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(launch).to_be_focused()


@pytest.mark.parametrize("more", ["", 'data-color="#ffd54a"', 'data-color="#0b6e4f" data-position="left"'])
def test_axe_finds_nothing_at_any_width_in_either_theme(windows: Windows, shop: Shop, more: str) -> None:
    shop.more = more
    try:
        visitor = Visitor(windows, shop, color_scheme="light")
        found = {"closed": violations(visitor.page, WCAG)}
        visitor.open()
        expect(visitor.page.get_by_label("I agree")).to_be_visible()
        found["asked"] = violations(visitor.page, WCAG)
        visitor.say("book", agree=True)
        expect(visitor.page.get_by_role("group", name="Choose an answer")).to_be_visible()
        for width, height in ((1440, 900), (390, 844), (320, 640)):
            visitor.page.set_viewport_size({"width": width, "height": height})
            found[f"{width} light"] = violations(visitor.page, WCAG)
            wide = visitor.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width
        visitor.page.emulate_media(color_scheme="dark")
        for width in (390, 1440):
            visitor.page.set_viewport_size({"width": width, "height": 800})
            found[f"{width} dark"] = violations(visitor.page, CONTRAST)
        assert {where: what for where, what in found.items() if what} == {}
    finally:
        shop.more = ""


def test_the_script_is_small() -> None:
    assert len(Path("src/textback/web/static/widget.js").read_bytes()) <= 20 * 1024
