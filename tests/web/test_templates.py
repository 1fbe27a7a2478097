"""The templates pages: what is written goes live only as the workspace wants it, and nobody approves their own."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.web.conftest import Browser, Site, running
from textback.store import bots
from textback.web.context import Wording

SEEN = re.compile(r'name="seen" value="(\w*)"')
DIGEST = re.compile(r'name="digest" value="(\w+)"')
FIELDS = {
    "class": "conversational",
    "sender": "Harbor",
    "use_case": "appointment",
    "text.en": "Harbor: {{ name }}, your bike is ready at {{ at }}.",
    "text.es": "Harbor: {{ name }}, su bici esta lista a las {{ at }}.",
    "var.0.name": "name",
    "var.0.type": "text",
    "var.1.name": "at",
    "var.1.type": "time",
    "var.1.sample": "9:00".zfill(5),
}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("strict"), template_approval=True) as made:
        yield made


@pytest.fixture
def ann(strict: Site) -> Iterator[Browser]:
    """An owner, and no draft before and after."""
    made = strict.person("owner", "Ann")
    made.submit("/flows/discard")
    yield made
    made.submit("/flows/discard")


def page(who: Browser, name: str) -> str:
    answer = who.get(f"/templates/edit/{name}")
    assert answer.status_code == 200, answer.text
    return answer.text


def save(who: Browser, name: str, do: str = "save", seen: str | None = None, **more: str) -> tuple[int, str]:
    if seen is None:
        found = who.get(f"/templates/edit/{name}")
        seen = SEEN.findall(found.text)[0] if found.status_code == 200 else ""
    answer = who.submit("/templates/save", name=name, do=do, seen=seen, **{**FIELDS, **more})
    return answer.status_code, answer.text


def publish(who: Browser) -> tuple[int, str]:
    html = who.get("/flows").text
    latest = re.search(r'name="latest" value="(\d+)"', html)
    assert latest
    answer = who.submit("/flows/publish", seen=SEEN.findall(html)[0], latest=latest[1], note="")
    return answer.status_code, answer.text


def decide(who: Browser, name: str, do: str, note: str = "") -> tuple[int, str]:
    html = who.get("/templates/approvals").text
    digest = re.search(rf'name="name" value="{name}"><input type="hidden" name="digest" value="(\w+)"', html)
    answer = who.submit("/templates/decide", name=name, digest=digest[1] if digest else "", do=do, note=note)
    return answer.status_code, answer.text


def live(site: Site, name: str) -> Any:
    return site.app.road.shelf.current.templates.get(name)


def test_what_one_owner_writes_another_approves_before_it_goes_live(strict: Site, ann: Browser) -> None:
    ben = strict.person("owner", "Ben")
    assert save(ann, "bike_ready")[0] == 303
    html = page(ann, "bike_ready")
    assert all(words in html for words in ("Draft", "Written by you", "Harbor: Ana Maria Gonzalez, your bike is ready"))
    status, said = publish(ann)
    assert status == 409
    assert "the template bike_ready is not approved" in said
    assert save(ann, "bike_ready", "ask")[0] == 303
    status, said = decide(ann, "bike_ready", "approve")
    assert status == 409
    assert "You wrote it or asked for it" in said
    assert decide(ben, "bike_ready", "approve")[0] == 303
    assert "Approved by" in page(ann, "bike_ready")
    assert publish(ann)[0] == 303
    assert live(strict, "bike_ready").message_class == "conversational"
    assert [one for one in strict.audit(ann.email) if one[0].startswith("template")] == [
        ("template.write", "bike_ready"), ("template.ask", "bike_ready"),
    ]  # fmt: skip
    (row,) = strict.rows("SELECT data FROM audit WHERE action = 'template.approve' AND actor = :a", a=ben.email)
    assert '"after"' in row.data
    assert ann.email in row.data

    # A letter more, and it is not what was approved; as it was again, it is.
    assert save(ann, "bike_ready", sender="Harbor Cycles")[0] == 303
    assert publish(ann)[0] == 409
    assert save(ann, "bike_ready")[0] == 303
    assert publish(ann)[0] == 303
    assert "Version" in page(ann, "bike_ready")


def test_nobody_approves_what_they_wrote_and_another_asked_for(strict: Site, ann: Browser) -> None:
    ben = strict.person("owner", "Ben")
    assert save(ann, "spoke")[0] == 303
    assert save(ben, "spoke", "ask")[0] == 303
    assert decide(ann, "spoke", "approve")[0] == 409
    assert decide(ben, "spoke", "approve")[0] == 409
    assert decide(strict.person("owner", "Cat"), "spoke", "approve")[0] == 303


def test_what_is_refused_says_why_and_can_be_asked_for_again(strict: Site, ann: Browser) -> None:
    ben = strict.person("owner", "Ben")
    save(ann, "pump")
    save(ann, "pump", "ask")
    assert decide(ben, "pump", "refuse")[0] == 400
    assert decide(ben, "pump", "refuse", "Too <loud>")[0] == 303
    html = page(ann, "pump")
    assert "Refused by" in html
    assert "Too &lt;loud&gt;" in html
    assert publish(ann)[0] == 409
    assert decide(ben, "pump", "approve")[0] == 409  # it waits no more
    assert save(ann, "pump", "ask")[0] == 303
    assert decide(ben, "pump", "approve")[0] == 303


def test_the_yaml_editor_and_an_older_version_are_no_way_round(strict: Site, ann: Browser) -> None:
    first = strict.app.road.shelf.current.version
    ann.submit("/flows/files", do="add", folder="templates", name="sly")
    assert publish(ann)[0] == 409
    assert ("template.write", "sly") in strict.audit(ann.email)
    ann.submit("/flows/discard")
    strict.write(_slip_in, strict)
    latest = str(first + 1)
    strict.write(_slip_out, strict)
    answer = ann.submit("/flows/again", number=latest, latest=str(first + 2))
    assert answer.status_code == 409
    assert "is not approved" in answer.text


def _slip_in(tx: Any, site: Site) -> None:
    files = bots.load_files(tx, "default", bots.newest(tx, "default"))
    files["templates/old.yml"] = "old:\n  class: conversational\n  text: From before approvals.\n"
    bots.publish(tx, "default", files, site.clock(), by="before", source="desk")


def _slip_out(tx: Any, site: Site) -> None:
    files = bots.load_files(tx, "default", bots.newest(tx, "default"))
    del files["templates/old.yml"]
    bots.publish(tx, "default", files, site.clock(), by="before", source="desk")


def test_a_change_that_somebody_has_not_seen_is_not_written_over(strict: Site, ann: Browser) -> None:
    save(ann, "chain")
    seen = SEEN.findall(page(ann, "chain"))[0]
    assert save(ann, "chain", **{"text.en": "Harbor: {{ name }}, at {{ at }}!"})[0] == 303
    status, html = save(ann, "chain", seen=seen, **{"text.en": "Harbor: mine, {{ name }}, {{ at }}."})
    assert status == 409
    assert "Somebody has changed this template" in html
    assert "Harbor: mine" in html  # nothing that they wrote is lost
    assert save(ann, "chain", seen="")[0] == 409  # another of the same name


def test_the_form_keeps_everything_and_says_what_is_wrong_where(strict: Site, ann: Browser) -> None:
    long = "Harbor: “Sí” – {{ name }} {{ at }} " + "x" * 60
    status, html = save(ann, "lamp", "check", **{"text.en": long, "class": "promotional", "var.1.name": "when"})
    assert status == 200
    assert "Checked, not saved." in html
    for words in ("which is not one of its variables", "These force UCS-2", '<b class="mono">“</b> at 9'):
        assert words in html, words
    assert ann.get("/templates/edit/lamp").status_code == 404
    status, html = save(
        ann, "lamp", "plain", **{"text.en": "Harbor: don’t — {{ name }} {{ at }} https://example.com/a"}
    )
    assert "Harbor: don&#39;t - {{ name }} {{ at }} https://example.com/a" in html
    assert "Replaced, not saved." in html
    assert save(ann, "Not A Name")[0] == 400
    more = {"media": "https://example.com/a.jpg", "quick": "Yes, No", "var.0.optional": "1"}
    assert save(ann, "lamp", **more)[0] == 303
    html = page(ann, "lamp")
    for words in ("https://example.com/a.jpg", 'value="Yes, No"', 'value="09:00"', " checked", "Harbor"):
        assert words in html, words
    assert save(ann, "lamp", "delete")[0] == 303
    assert ann.get("/templates/edit/lamp").status_code == 404


def test_a_text_of_more_than_ten_parts_is_not_asked_for(strict: Site, ann: Browser) -> None:
    save(ann, "novel", **{"text.en": "Harbor: {{ name }} {{ at }} " + "word " * 320})
    html = page(ann, "novel")
    assert "one of more than 10 is not sent (E3)" in html
    assert save(ann, "novel", "ask")[0] == 409


def test_agents_write_only_where_the_workspace_lets_them_and_never_decide(strict: Site, ann: Browser) -> None:
    tom = strict.person("agent", "Tom")
    assert save(tom, "bell")[0] == 403
    app = strict.app._pages
    before = app.state.ctx
    app.state.ctx = replace(before, wording=Wording("agent", approval=True))
    try:
        assert save(tom, "bell")[0] == 303
        assert save(tom, "bell", "ask")[0] == 303
        assert "An owner decides." in tom.get("/templates/approvals").text
        assert tom.submit("/templates/decide", name="bell", digest="x", do="approve").status_code == 403
        assert decide(ann, "bell", "approve")[0] == 303
    finally:
        app.state.ctx = before


def test_the_list_shows_what_a_text_costs_in_each_language(strict: Site, ann: Browser) -> None:
    save(ann, "wheel", **{"text.es": "Harbor: {{ name }} está {{ at }} " + "x" * 60})
    html = ann.get("/templates").text
    row = html[html.index("wheel") : html.index("</li>", html.index("wheel"))]
    assert re.search(r"en <span class=\"num\">1 segment</span> · es <span class=\"num costly\">2 segments, UCS-2", row)


def test_programs_send_by_template_and_its_class_is_the_templates_own(strict: Site, ann: Browser) -> None:
    ben = strict.person("owner", "Ben")
    save(ann, "fork")
    save(ann, "fork", "ask")
    decide(ben, "fork", "approve")
    assert publish(ann)[0] == 303
    program = strict.program("till")
    listed = {one["name"]: one for one in program.get("/v1/templates").json()["data"]}
    assert listed["fork"]["class"] == "conversational"
    assert [(one["name"], one["type"]) for one in listed["fork"]["variables"]] == [("name", "text"), ("at", "time")]
    shown = program.get("/v1/templates/fork").json()["data"]
    assert shown["texts"][0]["preview"] == "Harbor: Ana Maria Gonzalez, your bike is ready at 9:00 AM."
    assert program.get("/v1/templates/none").status_code == 404
    phone = strict.phone()
    contact = strict.text(phone, "HOURS")
    body = {"to": f"+{phone}", "template": "fork", "variables": {"name": "Ana", "at": "16:30"}}
    answer = program.post("/v1/messages", json=body)
    assert (answer.status_code, answer.json()["data"]["body"]) == (202, "Harbor: Ana, your bike is ready at 4:30 PM.")
    last = strict.messages(contact)[-1]
    assert (last.message_class, last.source, last.author) == ("conversational", "template.fork", "api")
    es = program.post("/v1/messages", json={**body, "locale": "es"}).json()["data"]["body"]
    assert es == "Harbor: Ana, su bici esta lista a las 16:30."
    for wrong, field, words in (
        ({"variables": {"name": "Ana"}}, "variables.at", "needs at"),
        ({"variables": {"name": "Ana", "at": "late"}}, "variables.at", "a time such as"),
        ({"variables": {"name": "Ana", "at": "16:30", "x": "1"}}, "variables.x", "has no variable"),
        ({"locale": "fr"}, "locale", "known are"),
        ({"body": "Hello"}, "template", "either"),
    ):
        answer = program.post("/v1/messages", json={**body, **wrong})
        assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text
        assert words in answer.json()["detail"]
    assert program.post("/v1/messages", json={**body, "template": "none"}).status_code == 404
    before = len(strict.messages(contact))
    assert program.post("/v1/messages", json={"to": f"+{phone}", "body": "x" * 1601}).status_code == 400
    assert len(strict.messages(contact)) == before


def test_a_live_template_that_nobody_approved_is_not_sent(strict: Site, ann: Browser) -> None:
    strict.write(_slip_in, strict)
    strict.app.road.versions.wake()
    while live(strict, "old") is None:
        strict.browser().get("/healthz")
    phone = strict.phone()
    strict.text(phone, "HOURS")
    answer = strict.program("old till").post("/v1/messages", json={"to": f"+{phone}", "template": "old"})
    assert (answer.status_code, answer.json()["field"]) == (409, "template")
