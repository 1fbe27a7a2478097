"""What WhatsApp has approved, in a browser: the page of templates, and the composer where only templates may go."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_access import COVERED, SMALL, SPILLS, WCAG, WIDTHS, violations
from tests.support.fake_graph import FakeGraph, fake_graph, signed, template, written
from tests.web.conftest import Site, running
from tests.web.test_provider_templates import FILES, LISTED, until
from textback.core.when import DAY

NUMBER = "+12065550143"
LONG = template("very_long_name_of_a_template_" + "x" * 40, "Look at https://example.com/" + "a" * 120 + " {{1}}")


@pytest.fixture(scope="module")
def graph() -> Iterator[FakeGraph]:
    with fake_graph([*LISTED, LONG, template("new_one", "Hello.", status="PENDING")]) as made:
        yield made


@pytest.fixture(scope="module")
def shop(graph: FakeGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("shop"), FILES, graph.environment()) as made:
        until(made, "SELECT 1 FROM provider_templates")
        yield made


@pytest.fixture(scope="module")
def contact(shop: Site) -> str:
    """Somebody who wrote by WhatsApp two days ago."""
    body, headers = signed(written("Where is my bike?", "wamid.1", NUMBER))
    assert httpx.post(f"{shop.url}/webhooks/whatsapp", content=body, headers=headers, trust_env=False).is_success
    until(shop, "SELECT 1 FROM messages WHERE text LIKE 'Sorry%'")
    shop.clock.advance(2 * DAY)
    return str(shop.rows("SELECT contact_id FROM addresses WHERE identifier = :i", i=NUMBER)[0].contact_id)


@pytest.fixture
def page(browser: Browser, shop: Site) -> Iterator[Page]:
    """An owner's window."""
    owner = shop.person("owner", "Ada Park")
    context = browser.new_context(base_url=shop.url, viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "textback", "value": owner.cookies["textback"], "url": shop.url}])
    yield context.new_page()
    context.close()


def faults(page: Page) -> list[str]:
    found = []
    for width in (1440, 390, 320):
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        found += [f"{width} spills {one}" for one in page.evaluate(SPILLS)]
        found += [f"{width} covers {one}" for one in page.evaluate(COVERED)]
        found += [f"{width} small {one}" for one in page.evaluate(SMALL, width < 700)]
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            found += [f"{width} {theme} {one}" for one in violations(page, WCAG)]
    return found


def test_the_page_is_for_everybody_and_reads_the_list_again(page: Page, graph: FakeGraph) -> None:
    page.goto("/templates")
    there = page.get_by_role("region", name="At WhatsApp")
    expect(there.get_by_text("visit_reminder")).to_be_visible()
    expect(there.get_by_text("Pending")).to_be_visible()
    assert faults(page) == []
    asked = len(graph.asked)
    there.get_by_role("button", name="Read again").click()
    expect(page.get_by_text("The lists were read.")).to_be_visible()
    assert len(graph.asked) == asked + 1


def test_where_only_templates_may_go_one_is_chosen_filled_in_and_sent(
    page: Page, contact: str, graph: FakeGraph
) -> None:
    page.goto(f"/c/{contact}?view=all")
    if page.get_by_role("button", name="Take over").count():
        page.get_by_role("button", name="Take over").first.click()
    expect(page.get_by_text("The channel takes only agreed templates then.")).to_be_visible()
    expect(page.get_by_label("Text to", exact=False)).to_be_hidden()
    assert faults(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="visit_reminder").click()
    page.get_by_label("Name").fill("Ana")
    page.get_by_label("Day").fill("on Monday")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Harbor: Ana, see you on Monday.")).to_be_visible()
    posted = len(graph.posts)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Harbor: Ana, see you on Monday.").first).to_be_visible()
    values = graph.wait_posted(posted + 1)[posted].json["template"]["components"][0]["parameters"]
    assert [one["text"] for one in values] == ["Ana", "on Monday"]
