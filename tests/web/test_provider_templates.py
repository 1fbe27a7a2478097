"""Templates that WhatsApp must approve: the desk's page, the composer and the API, with Meta's Graph played."""

import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from tests.support.fake_graph import APP_SECRET, TOKEN, FakeGraph, changed, fake_graph, signed, template, written
from tests.support.misbehaving import Answer
from tests.web.conftest import Browser, Site, running
from textback.core.when import DAY, SECOND

FILES = {
    "bot.yml": "bot: Harbor\ntimezone: America/Los_Angeles\nfallback: {text: Sorry?}\n",
    "flows/main.yml": "flow: main\nstart: {keywords: [hours]}\nsteps:\n  - say: 9 to 5.\n",
    "templates/a.yml": """
visit_reminder: {class: informational, text: "Harbor: {{ name }}, see you {{ day }}."}
bike_ready: {class: informational, text: "Harbor: your bike is ready."}
closed: {class: informational, text: "Harbor: we are closed today."}
""",
}
LISTED = [
    template("visit_reminder", "Harbor: {{1}}, see you {{2}}."),
    template("bike_ready", "Harbor: your bike is waiting."),
    template("bike_ready", "Harbor: su bici esta lista.", "es", "REJECTED", rejected_reason="INVALID_FORMAT"),
    template("elsewhere", "Track <b>it</b> with {{1}}"),
]


@pytest.fixture(scope="module")
def graph() -> Iterator[FakeGraph]:
    with fake_graph(LISTED) as made:
        yield made


@pytest.fixture(scope="module")
def shop(graph: FakeGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("shop"), FILES, graph.environment()) as made:
        until(made, "SELECT 1 FROM provider_templates")
        yield made


def until(site: Site, query: str, **values: str) -> None:
    for _ in range(400):
        if site.rows(query, **values):
            return
        time.sleep(0.025)
    raise AssertionError(query)


def heard(site: Site, number: str) -> str:
    """Somebody texts by WhatsApp; returns their contact's id."""
    body, headers = signed(written("Where is my bike?", f"wamid.{number}", number))
    answer = httpx.post(f"{site.url}/webhooks/whatsapp", content=body, headers=headers, trust_env=False)
    assert answer.status_code == 200
    until(site, "SELECT 1 FROM messages WHERE text LIKE 'Sorry%' AND contact_id IN "
                "(SELECT contact_id FROM addresses WHERE identifier = :i)", i=number)  # fmt: skip
    return str(site.rows("SELECT contact_id FROM addresses WHERE identifier = :i", i=number)[0].contact_id)


@pytest.fixture
def agent(shop: Site) -> Browser:
    return shop.person("agent", "Ada Park")


def test_the_page_says_how_each_template_stands_there(shop: Site) -> None:
    shown = unescape(shop.person("owner").get("/templates").text)
    assert "At WhatsApp" in shown
    for words in ("Goes", "The words differ from those here", "invalid format", "No template of that name here"):
        assert words in shown, words
    assert "2 values" in shown
    assert "Track <b>it</b>" not in shop.person("viewer").get("/templates").text
    assert APP_SECRET not in shown
    assert TOKEN not in shown


def test_an_owner_has_the_list_read_again(shop: Site, graph: FakeGraph) -> None:
    owner = shop.person("owner")
    graph.templates = [*LISTED, template("new_one", "Hello.", status="PENDING")]
    try:
        assert owner.submit("/templates/sync").headers["location"] == "/templates?did=read"
        assert "new_one" in owner.get("/templates").text
        graph.fail = Answer(500)
        after = owner.submit("/templates/sync").headers["location"]
        assert "could not be read" in owner.get(after).text
        assert "new_one" in owner.get("/templates").text
        assert "WhatsApp answered 500" in owner.get("/templates").text
    finally:
        graph.templates, graph.fail = LISTED, None
        owner.submit("/templates/sync")
    assert {one[0] for one in shop.audit(owner.email)} == {"templates.sync"}
    assert shop.person("viewer").submit("/templates/sync").status_code == 403
    assert graph.wrong == []


def test_a_webhook_shows_on_the_page_at_once(shop: Site) -> None:
    owner = shop.person("owner")
    now = shop.clock() // SECOND
    for event, word in (("PAUSED", "Paused"), ("APPROVED", "Approved")):
        now += 5
        body, headers = signed(changed("elsewhere", event, now))
        answer = httpx.post(f"{shop.url}/webhooks/whatsapp", content=body, headers=headers, trust_env=False)
        assert answer.status_code == 200
        row = owner.get("/templates").text.partition("<b>elsewhere</b>")[2].partition("</li>")[0]
        assert word in row


def test_the_composer_offers_the_templates_that_may_go(shop: Site, agent: Browser, graph: FakeGraph) -> None:
    contact = heard(shop, "+12065550141")
    assert agent.submit(f"/c/{contact}/take").status_code == 303
    assert "agreed templates" not in unescape(agent.get(f"/c/{contact}").text)
    shop.clock.advance(2 * DAY)
    page = unescape(agent.get(f"/c/{contact}").text)
    assert "The channel takes only agreed templates then." in page
    assert f'href="/c/{contact}/template/visit_reminder' in page
    assert f'href="/c/{contact}/template/bike_ready' not in page
    posted = len(graph.posts)
    agent.submit(f"/c/{contact}/reply", text="Your bike is ready.")
    (row,) = shop.rows("SELECT status, rule, detail FROM messages WHERE text = 'Your bike is ready.'")
    assert (row.status, row.rule) == ("blocked", "W1")
    assert "These may go: visit_reminder." in row.detail
    assert agent.submit(
        f"/c/{contact}/reply", template="visit_reminder", **{"var.name": "Ana", "var.day": "on Monday"}
    ).status_code == 303  # fmt: skip
    went = graph.wait_posted(posted + 1)[posted]
    assert went.json["template"]["name"] == "visit_reminder"
    until(shop, "SELECT 1 FROM messages WHERE text = 'Harbor: Ana, see you on Monday.' AND status = 'accepted'")


def test_a_program_is_told_which_templates_may_go(shop: Site, graph: FakeGraph) -> None:
    heard(shop, "+12065550142")
    shop.clock.advance(2 * DAY)
    till = shop.program("till")
    to = {"to": "+12065550142", "line": "whatsapp"}
    answer = till.post("/v1/messages", json={**to, "body": "Harbor: hi.", "class": "informational"})
    assert answer.status_code == 422
    said = answer.json()
    assert (said["code"], said["rule"]) == ("consent_refused", "W1")
    assert "These may go: visit_reminder." in said["detail"]
    posted = len(graph.posts)
    values = {"name": "Ana", "day": "today"}
    answer = till.post("/v1/messages", json={**to, "template": "visit_reminder", "variables": values})
    assert answer.status_code == 202
    assert graph.wait_posted(posted + 1)[posted].json["type"] == "template"


def test_without_such_a_line_the_page_is_as_it_was(site: Site, tmp_path: Path) -> None:
    owner = site.person("owner")
    assert "Read again" not in owner.get("/templates").text
    assert owner.submit("/templates/sync").status_code == 303
    assert not site.audit(owner.email)


def test_programs_see_how_each_template_stands_on_each_line(shop: Site) -> None:
    program = shop.program("states")
    listed = {one["name"]: one["providers"] for one in program.get("/v1/templates").json()["data"]}
    assert set(listed) == {"visit_reminder", "bike_ready", "closed"}, "not those of others at the provider"
    (goes,) = listed["visit_reminder"]
    assert goes["read_at"].endswith("Z")
    del goes["read_at"]
    assert goes == {
        "line": "whatsapp", "provider": "whatsapp", "language": "en_US", "state": "approved", "status": "APPROVED",
        "reason": "", "goes": True, "why_not": "",
    }  # fmt: skip
    stands = {one["language"]: one for one in listed["bike_ready"]}
    assert (stands["en_US"]["state"], stands["en_US"]["goes"]) == ("approved", False)
    assert stands["en_US"]["why_not"] == "The words differ from those here."
    refused = stands["es"]
    assert (refused["state"], refused["status"], refused["reason"]) == ("rejected", "REJECTED", "INVALID_FORMAT")
    assert (refused["goes"], refused["why_not"]) == (False, "It is rejected there.")
    assert listed["closed"] == [], "WhatsApp does not know it"
    one = program.get("/v1/templates/bike_ready").json()["data"]
    assert one["providers"] == listed["bike_ready"]


def test_programs_see_at_once_that_one_was_paused(shop: Site) -> None:
    program = shop.program("paused")
    at = shop.clock() // SECOND + 60  # newer than whatever another test has said of it
    for said in ("PAUSED", "PENDING", "APPROVED"):
        at += 5
        body, headers = signed(changed("visit_reminder", said, at))
        assert httpx.post(f"{shop.url}/webhooks/whatsapp", content=body, headers=headers, trust_env=False).is_success
        query = "SELECT 1 FROM provider_templates WHERE name = 'visit_reminder' AND status = :s"
        until(shop, query, s=said)
        (now,) = program.get("/v1/templates/visit_reminder").json()["data"]["providers"]
        assert (now["state"], now["goes"]) == (said.lower(), said == "APPROVED")
