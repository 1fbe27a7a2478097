"""Every page for everybody: checked by axe, on every width, in both themes, by keyboard, by touch, without scripts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Site, Windows

WIDTHS = {1440: 900, 768: 1024, 390: 844, 320: 640}
PHONES = (390, 320)
WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    # A practice, not a criterion: on a phone the list is away, and with it the h1 above the conversation's name.
    "rules": {"page-has-heading-one": {"enabled": False}},
}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}

WAITING, TAKEN, BOT, OUT = "/try/12535550101", "/try/12535550102", "/try/12535550103", "/try/12535550104"
LONG = "https://example.com/" + "a" * 180 + " " + "Which bike fits somebody of my height best? " * 6

#: Name, who looks, and the path; a name of a conversation in braces stands for its contact.
PAGES: dict[str, tuple[str | None, str]] = {
    "login": (None, "/login"),
    "link": (None, "{link}"),
    "used link": (None, "/login/not-a-link-that-was-ever-given"),
    "desk empty": ("tom", "/desk/mine"),
    "desk": ("owner", "/desk/all"),
    "mentions empty": ("tom", "/mentions"),
    "thread waiting": ("owner", "/c/{waiting}?view=needs-you"),
    "thread taken": ("owner", "/c/{taken}?view=mine"),
    "thread of a teammate": ("tom", "/c/{taken}?view=all"),
    "thread of the bot": ("owner", "/c/{bot}?view=bot"),
    "thread opted out": ("owner", "/c/{out}?view=all"),
    "card": ("owner", "/c/{taken}/card?view=mine"),
    "merging": ("owner", "/c/{bot}/merge?view=all&who=253-555-0102"),
    "merging both": ("owner", "/c/{bot}/merge?view=all&with={out}"),
    "phone empty": ("owner", "/try/12535550150"),
    "phone": ("owner", BOT),
    "flows": ("owner", "/flows"),
    "flow": ("owner", "/flows/edit/flows/quote.yml"),
    "trying a flow": ("owner", "/flows/try"),
    "versions": ("owner", "/flows/versions?from=1&to=1"),
    "import": ("owner", "/leads/import"),
    "lines": ("owner", "/lines"),
    "stuck": ("owner", "/dead-letters"),
    "consent": ("owner", "/compliance"),
    "lists": ("owner", "/compliance/lists"),
    "account": ("owner", "/account"),
    "not found": ("owner", "/c/nobody"),
}
REFUSED = {"used link": "410", "not found": "404"}

#: What a person may touch or tab to, as far as it is on the page and not within a closed popover.
CONTROLS = """() => [...document.querySelectorAll('a[href], button, input, textarea, summary, [tabindex="0"]')].filter(
    (e) => e.type !== 'hidden' && !e.disabled && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true}))"""
DESCRIBE = """(e) => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + ' '
  + (e.ariaLabel || e.textContent || e.name || '').trim().slice(0, 40)"""


def phone_says(page: Page, phone: str, *texts: str) -> str:
    """Text from a simulated phone; returns the contact's id."""
    page.goto(phone)
    for words in texts:
        page.get_by_label("Text as the customer").fill(words)
        page.keyboard.press("Enter")
        expect(page.locator(".sms--me").last).to_have_text(words)
    page.reload()
    href = page.get_by_role("link", name="See it on the desk").get_attribute("href")
    found = re.search(r"/c/(\w+)", href or "")
    assert found
    return found[1]


@pytest.fixture(scope="module")
def places(browser: Browser, demo: Site) -> Iterator[dict[str, str]]:
    """A desk with a conversation of every kind, and the contacts' ids."""
    windows = Windows(browser, demo)
    page = windows.open("/try")
    found = {
        "waiting": phone_says(page, WAITING, "hi", "can I talk to a real person about the price of a tune-up?"),
        "taken": phone_says(page, TAKEN, "book", "1", LONG, "person"),
        "bot": phone_says(page, BOT, "hours", "book", "tune up", LONG),
        "out": phone_says(page, OUT, "hi", "STOP"),
        "link": demo.add_user("ann@example.com", "Ann").removeprefix(demo.url),
    }
    page.goto(f"/c/{found['taken']}")
    page.get_by_role("button", name="Take over").click()
    page.get_by_label("Text to").fill(LONG)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".msg--you")).to_have_count(1)
    yield found
    windows.close()


@pytest.fixture
def show(windows: Windows, places: dict[str, str]) -> Any:
    """Opens a page by its name."""

    def opened(name: str, **options: Any) -> Page:
        who, path = PAGES[name]
        if name in REFUSED:
            windows.allow(REFUSED[name])
        return windows.open(path.format(**places), who=who, **options)

    return opened


#: Waits until nothing fades or moves any more, also in shadow trees. What never ends is not waited for.
STILL = """() => {
  const inner = (root) => [...root.querySelectorAll('*')].filter((e) => e.shadowRoot);
  const roots = (root) => [root, ...inner(root).flatMap((e) => roots(e.shadowRoot))];
  const moving = roots(document).flatMap((root) => root.getAnimations());
  const ending = moving.filter((one) => one.effect && Number.isFinite(one.effect.getComputedTiming().endTime));
  return Promise.all(ending.map((one) => one.finished.catch(() => null))).then(() => null);
}"""


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe finds, one line each, when nothing on the page moves: a text that fades in has too little contrast."""
    page.evaluate(STILL)
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node['html'][:120]}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_at_any_width_in_either_theme(show: Any, name: str) -> None:
    page = show(name, color_scheme="light")
    found = {}
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        found[f"{width} light"] = violations(page, WCAG)
    page.emulate_media(color_scheme="dark")
    for width in (320, 1440):
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        found[f"{width} dark"] = violations(page, CONTRAST)
    assert {where: what for where, what in found.items() if what} == {}


SPILLS = """() => {
  const panes = '.log, .list, .list__scroll, .trace, .context, .thread, .thread__head, .composer, .stage, .code, '
    + '.lint, main';
  const wide = (e) => e.clientWidth && e.scrollWidth > e.clientWidth + 1;
  return [document.documentElement, ...document.querySelectorAll(panes)].filter(wide).map(
    (e) => `${e.tagName} ${e.className}: ${e.scrollWidth} in ${e.clientWidth}`);
}"""


#: A control that something else lies over, even after scrolling to it. A text that is higher than the window scrolls.
COVERED = f"""() => ({CONTROLS})().filter((e) => {{
  if (e.matches('.skip')) return false;
  e.scrollIntoView({{block: 'nearest', inline: 'nearest'}});
  const r = e.getClientRects()[0];
  if (r.height > innerHeight) return false;
  const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
  return !(top && (e.contains(top) || top.contains(e)));
}}).map({DESCRIBE})"""

#: Links within a sentence are as high as its line (WCAG 2.5.8 leaves them out); regions that scroll are no targets.
#: On a phone everything is 44 px high but the notes under a bubble, which only choose what the page shows below.
SMALL = f"""(touch) => ({CONTROLS})().filter((e) => {{
  if (e.matches('.skip, [tabindex]')) return false;
  if (e.matches('a') && e.closest('p') && getComputedStyle(e).display === 'inline') return false;
  const r = e.getBoundingClientRect();
  return r.height < (touch && !e.matches('.sms a') ? 44 : 24) - .5 || r.width < 24;
}}).map((e) => `${{({DESCRIBE})(e)}}: ${{e.getBoundingClientRect().width}} x ${{e.getBoundingClientRect().height}}`)"""


@pytest.mark.parametrize("name", PAGES)
def test_everything_fits_and_can_be_hit_at_any_width(show: Any, name: str) -> None:
    page = show(name)
    found = {}
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        found[width] = {
            "scrolls sideways": page.evaluate(SPILLS),
            "is covered": page.evaluate(COVERED),
            "is too small": page.evaluate(SMALL, width in PHONES),
        }
    faults = [
        f"{width}: {one} {fault}" for width, all_ in found.items() for fault, ones in all_.items() for one in ones
    ]
    assert faults == []


def within(page: Page, selector: str) -> bool:
    """Whether the whole of it lies on the screen."""
    script = """(e) => { const r = e.getBoundingClientRect();
      return r.left >= 0 && r.top >= 0 && r.right <= innerWidth && r.bottom <= innerHeight; }"""
    return bool(page.locator(selector).evaluate(script))


@pytest.mark.parametrize("action", ["return", "assign"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_popover_lies_on_the_screen(show: Any, width: int, action: str) -> None:
    page = show("thread taken", viewport={"width": width, "height": WIDTHS[width]})
    card = f".pop__card[action*='/{action}?']"
    page.locator("details", has=page.locator(card)).locator("summary").click()
    expect(page.locator(card)).to_be_visible()
    assert within(page, card)


@pytest.mark.parametrize("name", ["thread waiting", "thread taken", "thread of the bot"])
def test_a_phone_shows_whose_conversation_it_is(show: Any, name: str) -> None:
    page = show(name, viewport={"width": 320, "height": 640})
    cut = page.locator("main h2").evaluate("(e) => e.scrollWidth > e.clientWidth + 1")
    assert not cut, "the number is cut off"


@pytest.mark.parametrize("width", [1440, 390])
def test_a_long_draft_leaves_the_newest_text_in_sight(show: Any, width: int) -> None:
    page = show("thread taken", viewport={"width": width, "height": WIDTHS[width]})
    newest = page.locator("#msgs .msgs > li").last.locator(".msg__meta")
    expect(newest).to_be_in_viewport(ratio=1)
    page.get_by_label("Text to").fill("A few more words. " * 14)
    expect(newest).to_be_in_viewport(ratio=1)


def tab_through(page: Page) -> tuple[list[str], list[str], list[str]]:
    """Press Tab through the page: what should be reached in reading order, what was, and what showed no focus."""
    page.evaluate("() => { document.activeElement?.blur(); window.getSelection().removeAllRanges(); scrollTo(0, 0); }")
    page.evaluate(f"() => {{ window.tabs = ({CONTROLS})(); }}")
    wanted: list[str] = page.evaluate(f"() => window.tabs.map((e, n) => n + ' ' + ({DESCRIBE})(e))")
    reached, blind = [], []
    for _ in range(len(wanted) + 2):
        page.keyboard.press("Tab")
        place, lit = page.evaluate(
            f"""() => {{
              const e = document.activeElement;
              let n = window.tabs.indexOf(e);
              if (n < 0) {{
                // A refresh may have put a new element in the old one's place: to whoever presses Tab it is the same.
                const now = ({CONTROLS})();
                const was = window.tabs[now.indexOf(e)];
                const alike = was && was.tagName === e.tagName && was.id === e.id && was.href === e.href;
                if (alike && now.length === window.tabs.length) n = now.indexOf(e);
              }}
              const s = getComputedStyle(e);
              const r = e.getBoundingClientRect();
              const lit = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && r.right > 0 && r.bottom > 0
                && r.left < innerWidth && r.top < innerHeight;
              return [n, lit];
            }}"""
        )
        if place >= 0 and (name := wanted[place]) not in reached:
            reached.append(name)
            if not lit:
                blind.append(name)
    return wanted, reached, blind


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("name", ["login", "desk", "thread waiting", "thread taken", "phone", "account"])
def test_tab_reaches_every_control_in_reading_order_and_shows_where_it_is(show: Any, name: str, width: int) -> None:
    page = show(name, viewport={"width": width, "height": WIDTHS[width]})
    page.evaluate("() => document.querySelector('[autofocus]')?.removeAttribute('autofocus')")
    wanted, reached, blind = tab_through(page)
    place = reached.index(wanted[0])
    assert reached[place:] + reached[:place] == wanted
    assert blind == []


def test_the_skip_link_comes_first_and_leads_to_the_content(show: Any) -> None:
    page = show("thread taken")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => Boolean(document.activeElement.closest('main'))")


def test_a_conversation_can_be_handled_by_keyboard_alone(windows: Windows, phone: str) -> None:
    page = windows.open(phone)
    expect(page.get_by_label("Text as the customer")).to_be_focused()
    page.keyboard.type("I want a person")
    page.keyboard.press("Enter")
    expect(page.locator(".sms--me")).to_have_count(1)
    expect(page.get_by_label("Text as the customer")).to_be_focused()

    page.goto("/desk/needs-you")
    page.locator(".row a", has_text=re.compile(rf"\({phone[-10:-7]}\) 555-{phone[-4:]}")).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_be_visible()  # until its script runs, a button loads a whole page
    page.get_by_role("button", name="Take over").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have this")).to_be_visible()
    expect(page.get_by_label("Text to")).to_be_focused()  # the button is gone; the next thing to do has the focus

    page.keyboard.type("First line")
    page.keyboard.press("Enter")
    page.keyboard.type("second line")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg--you .msg__text")).to_have_text("First line\nsecond line", use_inner_text=True)
    expect(page.get_by_label("Text to")).to_be_focused()

    summary = page.locator("summary", has_text="Return to bot")
    summary.focus()
    page.keyboard.press("Enter")
    choice = page.get_by_role("button", name="Wait")
    expect(choice).to_be_visible()
    page.keyboard.press("Tab")
    expect(choice).to_be_focused()
    page.keyboard.press("Escape")
    expect(choice).to_be_hidden()
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The bot has this")).to_be_visible()
    # News may show it before the answer to the form does, which sets the focus.
    page.wait_for_function("() => document.activeElement !== document.body")


def test_the_focus_stays_where_a_person_has_gone_while_their_text_was_on_its_way(windows: Windows, phone: str) -> None:
    page = windows.open("/")
    contact = phone_says(page, phone, "I want a person")
    page.goto(f"/c/{contact}")
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_label("Text to")).to_be_focused()
    under_way: list[Route] = []
    page.route("**/reply*", lambda route: under_way.append(route))  # noqa: PLW0108 (a method of C has no place for its marks)
    page.keyboard.type("One moment")
    with page.expect_request("**/reply*"):
        page.keyboard.press("Control+Enter")
    summary = page.locator("summary", has_text="Return to bot")
    summary.focus()
    under_way[0].continue_()
    expect(page.get_by_label("Text to")).to_have_value("")
    expect(page.locator(".msg--you .msg__text")).to_have_text("One moment")
    expect(summary).to_be_focused()


def test_a_click_elsewhere_closes_a_popover(show: Any) -> None:
    page = show("thread taken")
    page.locator("summary", has_text="Return to bot").click()
    expect(page.get_by_role("button", name="Wait")).to_be_visible()
    page.get_by_role("heading", name="Desk").click()
    expect(page.get_by_role("button", name="Wait")).to_be_hidden()


def test_news_are_announced_by_name_and_the_bots_own_are_not(windows: Windows, phone: str) -> None:
    customer = windows.open(phone)
    customer.get_by_label("Text as the customer").fill("book")
    customer.keyboard.press("Enter")
    expect(customer.locator(".sms--biz")).to_have_count(1)
    desk = windows.open("/desk/bot")
    desk.locator(".row a").first.click()
    said = desk.locator("#said")
    expect(said).to_have_text("")
    customer.get_by_label("Text as the customer").fill("repair")
    customer.keyboard.press("Enter")
    expect(said).to_have_text(re.compile(r"^\(\d+\) 555-\d+: repair$"))
    expect(desk.get_by_role("log")).to_have_attribute("aria-relevant", "additions")


@pytest.mark.parametrize(("motion", "animation"), [("no-preference", "fresh"), ("reduce", "none")])
def test_new_texts_fade_in_unless_motion_is_reduced(windows: Windows, phone: str, motion: str, animation: str) -> None:
    page = windows.open(phone, reduced_motion=motion)
    style = "(e) => { e.classList.add('is-fresh'); return getComputedStyle(e).animationName; }"
    assert page.locator("#texts > li").first.evaluate(style) == animation
    moving = """() => [...document.querySelectorAll('*')].filter(
      (e) => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"""
    assert page.evaluate(moving) == 0


def test_the_theme_is_chosen_once_and_kept(show: Any) -> None:
    page = show("account", color_scheme="light")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    dark = page.evaluate(ground)
    assert dark != light
    page.goto("/desk/all")
    assert page.evaluate(ground) == dark
    page.goto("/account")
    page.get_by_role("button", name="As the system").click()
    assert page.evaluate(ground) == light


def test_everything_works_without_scripts(windows: Windows, phone: str) -> None:
    page = windows.open(phone, java_script_enabled=False)
    page.get_by_label("Text as the customer").fill("I want a person")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".sms--biz")).to_contain_text("I've asked the shop to step in.")
    expect(page.get_by_role("heading", name="Turn 1")).to_be_visible()
    page.get_by_role("button", name="HOURS").click()
    expect(page.get_by_role("heading", name="Turn 2")).to_be_visible()
    page.get_by_role("link", name="turn 1,").click()
    expect(page.get_by_role("heading", name="Turn 1")).to_be_visible()
    page.get_by_role("link", name="See it on the desk").click()
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_text("You have this")).to_be_visible()
    page.get_by_label("Text to").fill("Hello from the bench")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".msg--you")).to_contain_text("Hello from the bench")
    expect(page.get_by_label("Text to")).to_have_value("")
    page.locator("summary", has_text="Return to bot").click()
    page.get_by_role("button", name="Wait").click()
    expect(page.get_by_text("The bot has this")).to_be_visible()
    expect(page.get_by_label("Text to")).to_be_hidden()
    page.get_by_role("button", name="Take over").first.click()
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("You completed it")).to_be_visible()


def test_signing_in_works_without_scripts(windows: Windows) -> None:
    windows.allow("401")
    page = windows.open("/login", who=None, java_script_enabled=False)
    page.get_by_label("Email").fill("nobody@example.com")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value("nobody@example.com")
    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Password")).to_have_accessible_description(re.compile(r"\w+"))
