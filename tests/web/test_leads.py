"""Working the data: the leads table, a contact's page, fields, tags, and the export."""

import csv
import io
import re

import pytest

from tests.web.conftest import Browser, Site
from textback.store import leads as store
from textback.store.leads import Field
from textback.web.csvcells import guarded


@pytest.fixture(scope="module")
def lead(site: Site) -> Browser:
    return site.person("supervisor", "Sam Lee")


def add(person: Browser, site: Site, name: str) -> str:
    """A contact that somebody added by hand; their id."""
    answer = person.submit("/leads", number=site.phone(), name=name)
    assert answer.status_code == 303, answer.text
    found = re.match(r"/contacts/([0-9a-f]{24})", answer.headers["location"])
    assert found
    return found[1]


def ids(person: Browser, path: str) -> list[str]:
    """The contacts that a view lists, in its order."""
    answer = person.get(path)
    assert answer.status_code == 200
    return re.findall(r'id="lead-([0-9a-f]{24})"', answer.text)


def define(site: Site, *fields: Field) -> None:
    for one in fields:
        site.write(store.define, "default", one)


def test_a_lead_is_found_by_name_number_tag_and_field(site: Site, lead: Browser) -> None:
    define(site, Field("wants", "Wants"))
    contact = add(lead, site, "Amélie O'Brien-Ñandú")
    other = add(lead, site, "Boris Quill")
    changed = lead.submit(f"/contacts/{contact}/change", **{"field.wants": "Cargo E-bike", "tag": "vip"})
    assert changed.status_code == 303
    (number,) = site.rows("SELECT address FROM conversations WHERE contact_id = :c", c=contact)
    for query in (
        "q=amél", "q=O'BRIEN", f"q={number.address[2:]}", "wants=cargo  e-bike", "tag=vip&wants=CARGO+E-BIKE",
    ):  # fmt: skip
        assert ids(lead, f"/leads?{query}") == [contact], query
    assert "No leads match" in lead.get("/leads?wants=cargo").text
    assert contact in ids(lead, "/leads")
    assert other in ids(lead, "/leads")


def test_what_was_not_asked_is_said_and_answers_are_counted(site: Site, lead: Browser) -> None:
    define(site, Field("wants", "Wants"), Field("when", "When"))
    contact = add(lead, site, "Cyd Rowe")
    lead.submit(f"/contacts/{contact}/change", **{"field.wants": "Tandem"})
    page = lead.get("/leads?q=cyd").text
    assert "Tandem" in page
    assert "not asked" in page
    assert 'aria-label="1 of 2 answers"' in page


def test_the_stage_is_changed_in_place_and_leads_back_to_the_view(site: Site, lead: Browser) -> None:
    contact = add(lead, site, "Dora Finch")
    answer = lead.submit(f"/contacts/{contact}/change", **{"field.stage": "ready", "back": "/leads?q=dora"})
    assert answer.headers["location"] == "/leads?q=dora"
    assert ids(lead, "/leads?stage=Ready&q=dora") == [contact]
    assert ids(lead, "/leads?stage=Lost&q=dora") == []
    assert ("contact.change", contact) in site.audit(lead.email)
    for elsewhere in ("//example.com", "https://example.com", "/\\example.com", "/leads//example.com"):
        answer = lead.submit(f"/contacts/{contact}/change", **{"field.stage": "Won", "back": elsewhere})
        assert answer.headers["location"].startswith(f"/contacts/{contact}")


def test_a_value_must_fit_its_field(site: Site, lead: Browser) -> None:
    define(site, Field("seats", "Seats", "number"), Field("due", "Due", "date"), Field("pets", "Pets", "yes_no"))
    contact = add(lead, site, "Eve Stone")
    for name, wrong in (
        ("seats", "many"), ("seats", "inf"), ("due", "soon"), ("pets", "maybe"), ("stage", "Sold"), ("name2!", "x"),
    ):  # fmt: skip
        assert lead.submit(f"/contacts/{contact}/change", **{f"field.{name}": wrong}).status_code == 400, wrong
    good = {"field.seats": "1,200", "field.due": "2026-03-02", "field.pets": "Yes"}
    assert lead.submit(f"/contacts/{contact}/change", **good).status_code == 303
    assert ids(lead, "/leads?seats=1200&due=2026-03-02&pets=yes") == [contact]


def test_a_sensitive_field_is_hidden_until_revealed_and_that_is_noted(site: Site, lead: Browser) -> None:
    define(site, Field("passport", "Passport", sensitive=True))
    contact = add(lead, site, "Finn Marsh")
    lead.submit(f"/contacts/{contact}/change", **{"field.passport": "X-404-Q"})
    for page in (f"/contacts/{contact}", f"/leads?open={contact}", "/leads/export"):
        assert "X-404-Q" not in lead.get(page).text, page
    assert ids(lead, "/leads?q=finn&passport=x-404-z") == [contact]  # no filter, so that nobody can guess it
    assert "X-404-Q" in lead.submit(f"/contacts/{contact}/reveal", name="passport").text
    assert ("contact.reveal", contact) in site.audit(lead.email)
    viewer = site.person("viewer")
    assert viewer.submit(f"/contacts/{contact}/reveal", name="passport").status_code == 403


def test_a_field_is_only_for_those_who_may_see_it(site: Site, lead: Browser) -> None:
    define(site, Field("margin", "Margin", seen_by="lead"))
    contact = add(lead, site, "Gil Howe")
    lead.submit(f"/contacts/{contact}/change", **{"field.margin": "forty"})
    agent = site.person("agent")
    assert "forty" in lead.get(f"/contacts/{contact}").text
    for page in (f"/contacts/{contact}", f"/leads?open={contact}"):
        assert "forty" not in agent.get(page).text
    assert agent.submit(f"/contacts/{contact}/change", **{"field.margin": "1"}).status_code == 403
    viewer = site.person("viewer").get(f"/leads?open={contact}").text
    (number,) = site.rows("SELECT address FROM conversations WHERE contact_id = :c", c=contact)
    assert number.address[-4:] not in viewer
    assert number.address[-2:] in viewer


def test_a_tag_is_renamed_into_another_and_deleted(site: Site, lead: Browser) -> None:
    one, two = add(lead, site, "Hal Imber"), add(lead, site, "Ida Jolt")
    lead.submit(f"/contacts/{one}/change", tag="colour-a")
    lead.submit(f"/contacts/{two}/change", tag="colour-b")
    answer = lead.submit("/settings/tags", tag="colour-a", do="rename", to="colour-b")
    assert answer.headers["location"] == "/settings/tags?done=1"
    assert set(ids(lead, "/leads?tag=colour-b")) == {one, two}
    assert ids(lead, "/leads?tag=colour-a") == []
    lead.submit("/settings/tags", tag="colour-b", do="colour", colour="green")
    assert "tag--green" in lead.get("/settings/tags").text
    lead.submit("/settings/tags", tag="colour-b", do="delete")
    assert "colour-b" not in lead.get("/settings/tags").text
    assert [done for done, subject in site.audit(lead.email) if subject.startswith("colour-")] == [
        "tag.rename", "tag.colour", "tag.delete",
    ]  # fmt: skip


def test_fields_are_defined_by_owners(site: Site) -> None:
    owner = site.person("owner")
    good = {"name": "frame", "title": "Frame", "kind": "choice", "choices": "Steel\nAlu", "seen_by": "all"}
    assert owner.submit("/settings/fields", **good).status_code == 303
    for wrong in (
        {"name": "tags"},
        {"name": "sort"},
        {"name": "A b"},
        {"choices": " "},
        {"kind": "x"},
        {"seen_by": ""},
    ):
        assert owner.submit("/settings/fields", **(good | wrong)).status_code == 400, wrong
    page = owner.get("/leads").text
    assert "Frame" in page
    owner.submit("/settings/fields", name="frame", do="delete")
    assert '<label for="by-frame">' not in owner.get("/leads").text


def test_the_export_has_the_view_and_no_formula(site: Site, lead: Browser) -> None:
    define(site, Field("wants", "Wants"))
    contact = add(lead, site, "=cmd()")
    lead.submit(f"/contacts/{contact}/change", **{"field.wants": "@SUM(A1)", "tag": "danger"})
    answer = lead.get("/leads/export?tag=danger")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 1
    assert (rows[0]["name"], rows[0]["wants"], rows[0]["tags"]) == ("'=cmd()", "'@SUM(A1)", "danger")
    assert rows[0]["number"].startswith("+1206555")
    assert ("contacts.export", "") in site.audit(lead.email)
    assert site.person("agent").get("/leads/export").status_code == 403


@pytest.mark.parametrize(
    ("cell", "safe"),
    [("-1+1", "'-1+1"), ("+12065550123", "+12065550123"), ("\tx", "'\tx"), ("-4.5", "-4.5"), ("a=b", "a=b"), ("", "")],
)
def test_cells_that_spreadsheets_would_run_are_guarded(cell: str, safe: str) -> None:
    assert guarded(cell) == safe


def test_pages_follow_each_other_without_gap_or_repetition(site: Site, lead: Browser) -> None:
    made = {add(lead, site, f"Page Turner{n}") for n in range(3)}
    for n in range(50):
        site.write(_copy, min(made), n)
    for order in ("", "&sort=oldest"):
        first = lead.get(f"/leads?q=turner{order}")
        next_ = re.search(r'href="(/leads[^"]*after=[^"]*)">Next', first.text)
        assert next_
        seen = re.findall(r'id="lead-([0-9a-f]{24})"', first.text)
        seen += ids(lead, next_[1].replace("&amp;", "&"))
        assert len(seen) == len(set(seen)) == 53
        assert made <= set(seen)


def _copy(tx: object, contact: str, n: int) -> None:
    """Another contact like this one, as if it had come at the same time."""
    from sqlalchemy import text

    new = f"{contact[:2]}{n:022x}"
    for table, key in (("contacts", "id"), ("conversations", "contact_id"), ("contact_values", "contact_id")):
        (cols,) = [[r[1] for r in tx.execute(text(f"PRAGMA table_info({table})"))]]  # type: ignore[attr-defined]
        names = ", ".join(cols)
        values = ", ".join(":new" if one == key else one for one in cols)
        tx.execute(  # type: ignore[attr-defined]
            text(f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {key} = :old"),
            {"new": new, "old": contact},
        )


def test_erasing_a_contact_takes_their_values(site: Site, lead: Browser) -> None:
    contact = add(lead, site, "Kit Gone")
    assert ids(lead, "/leads?q=kit+gone") == [contact]
    site.person("owner").submit(f"/c/{contact}/erase", sure="1")
    left = site.rows("SELECT name FROM contact_values WHERE contact_id = :c", c=contact)
    gone = site.rows("SELECT address FROM conversations WHERE contact_id = :c", c=contact)
    assert (left if not gone[0].address else None) == []
    assert ids(lead, "/leads?q=kit+gone") == []


def test_the_owner_is_changed_beside_the_table(site: Site) -> None:
    agent = site.person("agent", "Tara Agent")
    contact = site.contact("hello")
    assert agent.submit(f"/contacts/{contact}/owner", to="me").status_code == 303
    assert ids(agent, "/leads?owner=me") == [contact]
    other = site.person("agent")
    assert other.submit(f"/contacts/{contact}/owner", to="me").status_code == 409
    agent.submit(f"/contacts/{contact}/owner", to="bot")
    assert ids(agent, "/leads?owner=me") == []


def test_script_in_a_name_stays_text(site: Site, lead: Browser) -> None:
    contact = add(lead, site, "<script>alert(1)</script>")
    for path in (f"/leads?open={contact}", f"/contacts/{contact}"):
        page = lead.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_who_sees_some_conversations_lists_and_exports_no_others(site: Site, lead: Browser) -> None:
    contact = add(lead, site, "Nora Hidden")
    narrow = site.person("supervisor", "Nils Narrow")
    site.write(_restrict, narrow.user_id)
    for view in ("/leads", "/leads?q=nora", f"/leads?open={contact}"):
        assert contact not in ids(narrow, view)
        assert "Nora Hidden" not in narrow.get(view).text
    assert "Nora" not in narrow.get("/leads/export").text
    assert narrow.get(f"/contacts/{contact}").status_code == 404
    assert narrow.submit("/settings/tags", tag="vip", do="delete").status_code == 403


def _restrict(tx: object, user_id: str) -> None:
    from sqlalchemy import text

    tx.execute(text("UPDATE users SET sight = 'some' WHERE id = :u"), {"u": user_id})  # type: ignore[attr-defined]
