"""Models at the desk, in a browser: drafts, suggestions, why a reply came, personas side by side, what is learnt."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import conftest
from tests.browser.conftest import Windows
from tests.browser.test_access import CONTRAST, COVERED, SMALL, SPILLS, WCAG, WIDTHS, tab_through, violations
from tests.browser.test_templates_page import TWICE
from tests.web.conftest import Site
from tests.web.modelled import ASKED, GOOD, Model, draft, job_of, model_of, with_model

LONG = f"{ASKED} https://example.com/{'k' * 120}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with two personas and a model."""
    with with_model(tmp_path_factory.mktemp("models")) as made:
        yield made


@pytest.fixture
def model(site: Site) -> Model:
    """What the server asks."""
    return model_of(site)


@pytest.fixture
def windows(browser: Browser, site: Site, tmp_path: Path) -> Iterator[Windows]:
    """Windows onto this server, with its owner signed in."""
    token = site.person("owner").cookies["textback"]
    cookie = {"name": "textback", "value": token, "domain": "127.0.0.1", "path": "/"}
    here = conftest.Site(site.url, tmp_path, "", "", {"owner": {"cookies": [cookie], "origins": []}})
    opened = Windows(browser, here)
    yield opened
    opened.close()


def phone_of(site: Site, contact: str) -> str:
    """The simulated phone of this contact."""
    return str(site.rows("SELECT identifier FROM addresses WHERE contact_id = :c", c=contact)[0][0]).removeprefix("+")


def test_a_draft_is_changed_while_the_page_lives_on_and_sent(site: Site, model: Model, windows: Windows) -> None:
    contact = draft(site)
    page = windows.open(f"/c/{contact}")
    expect(page.locator("#live")).to_have_text("Live")
    reply, why = page.get_by_label("Reply", exact=True), page.get_by_label("What is wrong with it")
    expect(reply).to_have_value(GOOD)
    reply.fill("Bring the key")
    why.fill("too long")
    reply.focus()
    page.keyboard.press("Home")
    page.keyboard.type("Please: ")
    site.clock.advance(5 * 60_000)
    site.text(phone_of(site, contact), "Are you there?")
    expect(page.locator(".msg--in")).to_have_count(2)
    expect(page.locator(".handoff .over").first).to_contain_text("5 min ago")
    expect(reply).to_be_focused()
    expect(reply).to_have_value("Please: Bring the key")
    expect(why).to_have_value("too long")
    page.keyboard.type("soon, ")
    expect(reply).to_have_value("Please: soon, Bring the key")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".draft").get_by_role("button", name="Send")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".msg--you .msg__text")).to_have_text("Please: soon, Bring the key")
    expect(page.get_by_text("changed the reply and sent it")).to_be_visible()
    expect(page.locator(".draft")).to_have_count(0)
    page.wait_for_function("() => document.activeElement !== document.body")  # somewhere, once the page is whole again


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_draft_is_thrown_away_and_what_was_wrong_with_it_is_kept(
    site: Site, model: Model, windows: Windows, scripts: bool
) -> None:
    contact = draft(site)
    page = windows.open(f"/c/{contact}", java_script_enabled=scripts)
    page.get_by_label("What is wrong with it").fill("not asked")
    page.get_by_role("button", name="Throw away").click()
    expect(page.get_by_text("threw the reply away")).to_be_visible()
    expect(page.locator(".draft")).to_have_count(0)
    expect(page.locator(".msg--you")).to_have_count(0)
    page.get_by_role("link", name="Why").last.click()
    expect(page.get_by_label("Why for the record")).to_have_value("not asked")


def test_a_phone_leads_to_the_draft(site: Site, model: Model, windows: Windows) -> None:
    page = windows.open(f"/c/{draft(site)}", viewport={"width": 390, "height": 844})
    page.get_by_role("link", name=ASKED).click()
    expect(page.get_by_label("Reply", exact=True)).to_have_value(GOOD)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".draft")).to_have_count(0)
    page.get_by_role("link", name="Back to messages").click()
    expect(page.locator(".msg--you .msg__text")).to_have_text(GOOD)


def test_a_suggestion_stands_beside_what_is_written_and_a_failure_says_why(
    site: Site, model: Model, windows: Windows
) -> None:
    page = windows.open(f"/c/{site.waiting()}")
    field, note = page.get_by_label("Text to"), page.locator("#suggestion")
    button = page.get_by_role("button", name="Suggest")
    field.fill("Hello Ana,")
    for _ in range(8):  # saved replies, a picture, another time
        page.keyboard.press("Tab")
        if button.evaluate("(one) => one === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(note).to_contain_text("Suggested by a model")
    expect(page.locator("#suggested p")).to_have_text(GOOD)
    expect(field).to_have_value("Hello Ana,")
    expect(page.get_by_role("button", name="Use", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_have_value(f"Hello Ana,\n{GOOD}")
    expect(field).to_be_focused()
    expect(page.locator("#meter")).to_contain_text("1 segment")
    model.says = "timeout"
    button.click()
    expect(note).to_have_text("There is no suggestion. No model answered in time.")
    expect(field).to_have_value(f"Hello Ana,\n{GOOD}")
    expect(page.locator(".msg--you")).to_have_count(0)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".msg--you .msg__text")).to_have_text(f"Hello Ana,\n{GOOD}")
    expect(note).to_be_hidden()


def test_a_suggestion_needs_no_script(site: Site, model: Model, windows: Windows) -> None:
    page = windows.open(f"/c/{site.waiting()}", java_script_enabled=False)
    page.get_by_role("button", name="Suggest").click()
    expect(page.get_by_label("Text to")).to_have_value(GOOD)
    expect(page.get_by_text("Suggested by a model")).to_be_visible()


def test_why_leads_to_the_page_of_a_reply_and_a_verdict_counts(site: Site, model: Model, windows: Windows) -> None:
    page = windows.open(f"/c/{draft(site)}")
    page.locator(".event").get_by_role("link", name="Why").click()
    expect(page.get_by_role("heading", name="Why this reply")).to_be_visible()
    expect(page.get_by_text("$0.0015")).to_be_visible()
    page.get_by_label("Why for the record").fill("it has a pedal motor")
    page.get_by_role("button", name="Wrong").click()
    expect(page.get_by_text("Somebody said: wrong.")).to_be_visible()
    expect(page.get_by_label("Why for the record")).to_have_value("it has a pedal motor")
    page.get_by_role("button", name="Good").click()
    expect(page.get_by_text("Somebody said: good.")).to_be_visible()
    page.get_by_role("link", name="Back to the conversation").click()
    expect(page.get_by_label("Reply", exact=True)).to_have_value(GOOD)


def test_personas_stand_side_by_side_where_there_is_room(site: Site, model: Model, windows: Windows) -> None:
    page = windows.open("/models/try")
    page.get_by_label("Questions").fill("What about e-bikes?\n\nAnd on Saturdays?")
    for name in ("formal", "helper"):
        page.get_by_label(name).check()
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".side")).to_have_count(4)
    expect(page.locator(".side").first).to_contain_text(GOOD)
    tops = "(all) => all.slice(0, 2).map((one) => one.getBoundingClientRect().top)"
    left, right = page.locator(".side").evaluate_all(tops)
    assert left == right
    page.set_viewport_size({"width": 390, "height": 844})
    left, right = page.locator(".side").evaluate_all(tops)
    assert left < right


def test_what_people_answered_goes_into_the_draft(site: Site, model: Model, windows: Windows) -> None:
    contact = draft(site)
    page = windows.open(f"/c/{contact}")
    page.get_by_label("Reply", exact=True).fill("Bring the key and a lock.")
    page.locator(".draft").get_by_role("button", name="Send").click()
    expect(page.locator(".draft")).to_have_count(0)
    page.goto("/models/learn")
    card = page.locator("form", has_text="Bring the key and a lock.")
    card.get_by_label("Question").fill("What should I bring?")
    card.get_by_role("button", name="Add to the knowledge").click()
    expect(page.get_by_role("status")).to_contain_text("It is in the draft")
    page.get_by_role("link", name="Check and publish it").click()
    expect(page.get_by_role("heading", name="Flows", level=1)).to_be_visible()


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, str]:
    """A page of each kind, with a question that has a word as long as can be."""
    site.app.road.thinker._models = Model()
    waits, decided = draft(site, LONG), draft(site)
    decision = {"job": job_of(site, decided), "do": "send", "text": LONG, "why": "shorter"}
    assert site.person("owner").submit(f"/c/{decided}/draft", **decision).status_code == 303
    return {
        "draft": f"/c/{waits}?view=needs-you",
        "card": f"/c/{waits}/card",
        "decided": f"/c/{decided}?view=all",
        "reply": f"/c/{decided}/calls/{job_of(site, decided)}",
        "overview": "/models",
        "try": "/models/try",
        "learn": "/models/learn",
    }


def faults_of(page: Page, name: str) -> list[str]:
    """What somebody would complain about, at any width, in either theme."""
    faults = []
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        faults += [f"{name} {width} spills {one}" for one in page.evaluate(SPILLS)]
        faults += [f"{name} {width} scrolls twice"] * page.evaluate(TWICE)
        faults += [f"{name} {width} covers {one}" for one in page.evaluate(COVERED)]
        faults += [f"{name} {width} small {one}" for one in page.evaluate(SMALL, width < 700)]
        page.emulate_media(color_scheme="light")
        faults += [f"{name} {width} light {one}" for one in violations(page, WCAG)]
        page.emulate_media(color_scheme="dark")
        faults += [f"{name} {width} dark {one}" for one in violations(page, CONTRAST)]
    return faults


def test_the_pages_are_for_everybody(pages: dict[str, str], model: Model, windows: Windows) -> None:
    page = windows.open("/models")
    faults = []
    for name, path in pages.items():
        page.goto(path)
        faults += faults_of(page, name)
    page.goto("/models/try")
    page.get_by_label("formal").check()
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".side").first).to_be_visible()
    faults += faults_of(page, "tried")
    assert faults == []


def test_tab_reaches_everything_in_reading_order(pages: dict[str, str], windows: Windows) -> None:
    page = windows.open("/models")
    for name in ("draft", "reply", "overview", "try", "learn"):
        page.goto(pages[name])
        wanted, reached, blind = tab_through(page)
        place = reached.index(wanted[0])
        assert reached[place:] + reached[:place] == wanted, name
        assert blind == [], name
