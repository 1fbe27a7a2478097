"""Merging two contacts into one person, and undoing it: on the desk, in the leads, in searches, and by the API."""

import csv
import io
import re
import time
from typing import Any

import httpx
import pytest

from tests.web.conftest import Browser, Site
from textback.store import leads as store
from textback.store.leads import Field


@pytest.fixture(scope="module")
def lead(site: Site) -> Browser:
    site.write(store.define, "default", Field("bike", "Bike"))
    site.write(store.define, "default", Field("city", "City"))
    site.write(store.define, "default", Field("passport", "Passport", sensitive=True))
    return site.person("supervisor", "Sam Lee")


GIVE = "UPDATE conversations SET owner_kind = 'person', owner_id = :u WHERE contact_id = :c RETURNING 1"


def two(site: Site, lead: Browser, name: str = "Ana Ruiz") -> tuple[str, str]:
    """A contact with a name and fields, and another one of theirs."""
    ana, other = site.contact(), site.contact()
    lead.submit(f"/contacts/{ana}/change", **{"field.name": name, "field.bike": "Surly", "tag": "vip"})
    lead.submit(f"/contacts/{other}/change", **{"field.bike": "Trek", "field.city": "Reno", "tag": "work"})
    return ana, other


def merge(person: Browser, kept: str, other: str) -> str:
    """Merge two contacts at the desk; the merge's id."""
    answer = person.submit(f"/c/{kept}/merge", **{"with": other, "kept": kept})
    assert answer.status_code == 303, answer.text
    found = re.search(r"merged=([0-9a-f]{24})", answer.headers["location"])
    assert found
    return found[1]


def number(site: Site, contact: str) -> str:
    (row,) = site.rows("SELECT address FROM conversations WHERE contact_id = :c", c=contact)
    return str(row.address)


def pretty(phone: str) -> str:
    return f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}"


def kept_of(site: Site) -> list[Any]:
    """All that is known of contacts, as it is stored."""
    return site.rows("SELECT contact_id, state FROM conversations ORDER BY contact_id")


def pane(page: str, title: str) -> str:
    """The card of a conversation's page with this title."""
    return page.partition(f">{title}</")[2].partition("</section>")[0]


def test_the_desk_shows_two_contacts_as_one_and_an_undo_restores_each(site: Site, lead: Browser) -> None:
    ana, other = two(site, lead)
    before, page = kept_of(site), ""
    id_ = merge(lead, ana, other)
    for one, another in ((ana, other), (other, ana)):
        page = lead.get(f"/c/{one}?view=all").text
        assert f'href="/c/{another}?' in pane(page, "Other channels"), "the other address, with its conversation"
        about = pane(page, "Fields and tags")
        assert about.count("Surly") >= 1
        assert "Reno" in about
        assert "Bike, not shown, of another address: <bdi>Trek</bdi>" in about
        assert "vip" in about
        assert "work" in about
        assert f"/merges/{id_}/undo" in pane(page, "Timeline")
    assert kept_of(site) == before, "nothing is written to either of them"
    assert f"Merged: {pretty(number(site, other))} into {pretty(number(site, ana))}" in page
    undone = lead.submit(f"/c/{other}/merges/{id_}/undo")
    assert undone.status_code == 303
    assert kept_of(site) == before
    page = lead.get(f"/c/{other}").text
    assert "Trek" in pane(page, "Fields and tags")
    assert "Surly" not in page
    assert "vip" not in pane(page, "Fields and tags")
    assert "Merge undone" in page
    assert f"/merges/{id_}/undo" not in page
    assert [done for done in site.audit(lead.email) if "merge" in done[0]] == [
        ("contact.merge", ana), ("contact.merge", other), ("contact.unmerge", ana), ("contact.unmerge", other),
    ]  # fmt: skip


def test_the_notice_offers_the_undo_and_says_what_became_of_it(site: Site, lead: Browser) -> None:
    ana, other = two(site, lead)
    answer = lead.submit(f"/c/{ana}/merge?view=bot", **{"with": other, "kept": ana})
    page = lead.get(answer.headers["location"]).text
    notice = page.partition('id="merged-notice"')[2].partition("</form>")[0]
    assert "are one contact now." in notice
    action = re.search(r'action="([^"]+/undo[^"]*)"', notice)
    assert action
    undone = lead.submit(action[1].replace("&amp;", "&"))
    page = lead.get(undone.headers["location"]).text
    notice = page.partition('id="merged-notice"')[2].partition("</form>")[0]
    assert "are two contacts again." in notice
    assert "<button" not in notice


def test_a_change_goes_to_the_kept_one_and_what_is_taken_away_goes_from_all(site: Site, lead: Browser) -> None:
    ana, other = two(site, lead)
    merge(lead, ana, other)
    shown = {"field.name": "Ana Ruiz", "field.bike": "Kona", "field.city": "Reno"}
    lead.submit(f"/contacts/{other}/change", **shown)
    states = {row.contact_id: row.state for row in kept_of(site)}
    assert '"Kona"' in states[ana]
    assert "Reno" not in states[ana], "what was not changed is copied nowhere"
    assert '"Trek"' in states[other]
    lead.submit(f"/contacts/{ana}/change", **{"field.bike": "", "field.city": ""})
    lead.submit(f"/contacts/{ana}/change", untag="work")
    states = {row.contact_id: row.state for row in kept_of(site)}
    assert "Trek" not in states[other]
    assert "Reno" not in states[other]
    assert '"work"' not in states[other]
    assert '"vip"' in states[ana]


def test_the_leads_have_one_row_with_all_addresses(site: Site, lead: Browser) -> None:
    ana, other = two(site, lead, "Bea Stone")
    before = lead.get("/leads?q=bea").text
    assert before.count("<tr id=") == 1
    merge(lead, ana, other)
    digits = number(site, other)
    for query in (
        "q=bea",
        f"q={digits[2:]}",
        f"q={number(site, ana)[2:]}",
        "tag=work&q=bea",
        "city=reno&bike=surly&q=bea",
    ):
        page = lead.get(f"/leads?{query}").text
        assert re.findall(r'<tr id="lead-(\w+)"', page) == [ana], query
        row = page.partition("<tbody>")[2].partition("</tbody>")[0]
        assert "Reno" in row
        assert "Surly" in row
        assert pretty(digits) in row
    (line,) = csv.DictReader(io.StringIO(lead.get("/leads/export?q=bea").text))
    assert (line["number"], line["other_numbers"], line["bike"], line["city"], line["tags"]) == (
        number(site, ana), digits, "Surly", "Reno", "vip work",
    )  # fmt: skip
    for one, another in ((ana, other), (other, ana)):
        page = lead.get(f"/contacts/{one}").text
        assert f'href="/contacts/{another}"' in page
        assert "Reno" in page


def test_a_sensitive_value_of_another_address_stays_hidden(site: Site, lead: Browser) -> None:
    ana, other = two(site, lead)
    for one, secret in ((ana, "A-11-Q"), (other, "B-22-Q")):
        lead.submit(f"/contacts/{one}/change", **{"field.passport": secret})
    shown = lead.get(f"/c/{ana}/merge?with={other}").text
    merge(lead, ana, other)
    for page in (shown, *(lead.get(path).text for path in (f"/c/{ana}", f"/contacts/{other}", "/leads"))):
        assert "-11-Q" not in page
        assert "-22-Q" not in page
    assert "A-11-Q" in lead.submit(f"/contacts/{other}/reveal", name="passport").text


def test_search_finds_the_person_by_either_address(site: Site, lead: Browser) -> None:
    ana, other = two(site, lead, "Cora Vance")
    merge(lead, ana, other)
    time.sleep(0)
    for words in ("cora", number(site, ana)[2:], number(site, other)[2:]):
        for path in (f"/search?q={words}", f"/desk/all?q={words}"):
            found = set(re.findall(r'href="/c/([0-9a-f]{24})\?', lead.get(path).text))
            assert {ana, other} <= found, path


def test_the_page_looks_for_the_other_and_shows_both_side_by_side(site: Site, lead: Browser) -> None:
    ana, other = two(site, lead, "Dora Quill")
    page = lead.get(f"/c/{other}/merge?who=dora").text
    assert f"with={ana}" in page
    assert f"with={other}" not in page
    assert "No other contact" in lead.get(f"/c/{ana}/merge?who=dora").text
    page = lead.get(f"/c/{other}/merge?with={ana}").text
    kept, _, aside = page.partition("<td><b><bdi>Trek</bdi></b></td>")
    assert kept
    assert '<bdi>Surly</bdi> <span class="muted">not shown</span>' in aside
    swapped = lead.get(f"/c/{other}/merge?with={ana}&kept={ana}").text
    assert "<td><b><bdi>Surly</bdi></b></td>" in swapped
    assert f'name="kept" value="{ana}"' in swapped
    merge(lead, ana, other)
    assert "one contact already" in lead.get(f"/c/{other}/merge?with={ana}").text


def test_what_can_not_be_merged_says_so(site: Site, lead: Browser) -> None:
    ana, other = two(site, lead)
    same = lead.submit(f"/c/{ana}/merge", **{"with": ana})
    assert same.status_code == 409
    assert "That is the same contact." in same.text
    for with_ in ("", "f" * 24, "nobody"):
        assert lead.submit(f"/c/{ana}/merge", **{"with": with_}).status_code == 404
    owner = site.person("owner")
    owner.submit(f"/c/{other}/erase", sure="1")
    gone = lead.submit(f"/c/{ana}/merge", **{"with": other})
    assert gone.status_code == 404
    assert "erased" in gone.text
    assert lead.submit(f"/c/{ana}/merges/{'f' * 24}/undo").status_code == 404


def test_only_who_leads_merges_and_only_what_they_see(site: Site, lead: Browser) -> None:
    ana, other = two(site, lead)
    agent = site.person("agent")
    assert agent.submit(f"/c/{ana}/merge", **{"with": other}).status_code == 403
    assert f"/c/{ana}/merge" not in agent.get(f"/c/{ana}").text
    id_ = merge(lead, ana, other)
    assert agent.submit(f"/c/{ana}/merges/{id_}/undo").status_code == 403
    page = agent.get(f"/c/{ana}").text
    assert f"/c/{other}?" in pane(page, "Other channels"), "who answers sees who it is"
    assert "/undo" not in pane(page, "Other channels")
    third = site.contact()
    assert lead.submit(f"/c/{third}/merges/{id_}/undo").status_code == 404, "it is another contact's"
    kim = site.person("supervisor")
    owner = site.person("owner")
    seen = {"do": "save", "name": "Kim", "role": "supervisor", "sight": "some"}
    assert owner.submit(f"/settings/people/{kim.user_id}", **seen).status_code == 303
    kim.submit(f"/c/{ana}/take")
    assert kim.get(f"/c/{ana}").status_code == 404
    hers = site.contact()
    for one in (ana, hers):
        site.rows(GIVE, u=kim.user_id, c=one)
    page = kim.get(f"/c/{ana}").text
    assert other not in page, "what they do not see is not there, in a merge neither"
    assert "Reno" not in page
    assert kim.submit(f"/c/{hers}/merge", **{"with": third}).status_code == 404
    refused = kim.submit(f"/c/{hers}/merge", **{"with": ana})
    assert refused.status_code == 403
    assert "not yours to see" in refused.text
    assert site.rows("SELECT 1 FROM merges WHERE kept = :c OR other = :c", c=hers) == []


def test_a_stop_on_one_number_stops_them_all_and_a_start_only_itself(site: Site, lead: Browser) -> None:
    one, two_ = site.phone(), site.phone()
    ana, other = site.text(one, "HOURS"), site.text(two_, "HOURS")
    id_ = merge(lead, ana, other)
    site.text(one, "STOP")
    site.text(one, "HOURS")
    assert _until(lambda: _out(site, other), 1) == 1
    assert not [row for row in site.messages(other) if row.source == "consent.opt_out"], "nobody texts them that"
    page = lead.get(f"/c/{other}").text
    assert "Opted out" in page
    refused = lead.submit(f"/c/{other}/reply", text="Hello", once="0" * 24)
    assert refused.status_code in (200, 303, 409)
    assert not [
        row for row in site.messages(other) if row.text == "Hello" and row.status not in ("blocked", "canceled")
    ]
    site.text(two_, "START")
    assert (_out(site, ana), _out(site, other)) == (1, 0)
    site.text(one, "START")
    assert (_out(site, ana), _out(site, other)) == (0, 0)
    site.text(two_, "STOP")
    assert _until(lambda: _out(site, ana), 1) == 1
    lead.submit(f"/c/{ana}/merges/{id_}/undo")
    assert _out(site, ana) == 1, "no person lifts an opt-out"


def test_merging_somebody_who_has_opted_out_says_so_and_stops_the_other(site: Site, lead: Browser) -> None:
    one = site.phone()
    ana, other = site.text(one, "STOP"), site.contact()
    page = lead.get(f"/c/{other}/merge?with={ana}").text
    assert "nothing more goes to" in page
    assert pretty(number(site, other)) in page.partition("nothing more goes to")[2].partition("</li>")[0]
    assert "nothing more goes to" not in lead.get(f"/c/{other}/merge?with={site.contact()}").text
    merge(lead, other, ana)
    assert _out(site, other) == 1
    (entry,) = site.rows(
        "SELECT type, rule, source, actor FROM consent_events WHERE contact_id = :c", c=other
    )  # fmt: skip
    assert tuple(entry) == ("opt_out", "O10", "merged contact", "textback")


def test_consent_does_not_travel(site: Site, lead: Browser) -> None:
    ana, other = two(site, lead)
    given = {
        "method": "voice",
        "class": "promotional",
        "wording": "Offers by text?",
        "action": "said yes",
        "source": "phone",
    }
    lead.submit(f"/c/{ana}/consent", **given)
    merge(lead, other, ana)
    agreed = site.rows("SELECT contact_id FROM agreements WHERE contact_id IN (:a, :b)", a=ana, b=other)
    assert [row.contact_id for row in agreed] == [ana]


def _out(site: Site, contact: str) -> int:
    (row,) = site.rows("SELECT opted_out FROM conversations WHERE contact_id = :c", c=contact)
    return int(row.opted_out)


def _until(look: Any, wanted: Any) -> Any:
    for _ in range(200):
        if look() == wanted:
            break
        time.sleep(0.1)
    return look()


def test_an_erasure_shows_the_choice_and_takes_what_is_ticked(site: Site, lead: Browser) -> None:
    ana, other = two(site, lead)
    third = site.contact()
    merge(lead, ana, other)
    merge(lead, ana, third)
    owner = site.person("owner")
    asked = owner.get(f"/c/{ana}/erase").text
    for one in (other, third):
        assert f'name="also.{one}" value="1" checked' in asked
        assert pretty(number(site, one)) in asked
    owner.submit(f"/c/{ana}/erase", **{"sure": "1", f"also.{other}": "1"})
    assert [owner.get(f"/c/{one}").status_code for one in (ana, other, third)] == [404, 404, 200]
    assert site.rows("SELECT 1 FROM merges WHERE kept IN (:a, :b) OR other IN (:a, :b)", a=ana, b=other) == []
    assert site.rows("SELECT 1 FROM merged_contacts WHERE contact_id = :c", c=third) == []


def ok(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_a_program_merges_sees_and_undoes(site: Site, lead: Browser) -> None:
    crm = site.program("crm-merges")
    ana, other = two(site, lead)
    assert ok(crm.get(f"/v1/contacts/{ana}"))["merged"] == []
    done = ok(crm.post(f"/v1/contacts/{ana}/merge", json={"other": number(site, other)}))
    assert (done["kept"], done["other"], done["merged_by"], done["undone_at"]) == (
        ana,
        other,
        "API key crm-merges",
        None,
    )
    again = ok(crm.post(f"/v1/contacts/{other}/merge", json={"other": ana}))
    assert again == done
    merged = ok(crm.get(f"/v1/contacts/{other}"))["merged"]
    assert [(one["id"], one["number"], one["kept"], one["merge"]) for one in merged] == [
        (ana, number(site, ana), True, None), (other, number(site, other), False, done["id"]),
    ]  # fmt: skip
    assert ok(crm.get(f"/v1/contacts/{other}"))["fields"]["bike"] == "Trek", "its own"
    undone = ok(crm.post(f"/v1/contacts/{other}/merges/{done['id']}/undo"))
    assert undone["undone_by"] == "API key crm-merges"
    assert ok(crm.post(f"/v1/contacts/{ana}/merges/{done['id']}/undo")) == undone
    assert ok(crm.get(f"/v1/contacts/{ana}"))["merged"] == []
    assert [action for action, _ in site.audit("API key crm-merges")] == ["contact.merge"] * 2 + ["contact.unmerge"] * 2


def test_a_program_changes_the_one_that_it_names_or_the_whole_person(site: Site, lead: Browser) -> None:
    crm = site.program("crm-whole")
    ana, other = two(site, lead)
    ok(crm.post(f"/v1/contacts/{ana}/merge", json={"other": other}))
    kept, merged = (ok(crm.get(f"/v1/contacts/{one}")) for one in (ana, other))
    done = ok(crm.patch(f"/v1/contacts/{number(site, other)}", json={"fields": {"bike": "Cube"}, "tags": ["own"]}))
    assert (done["id"], done["fields"]["bike"], done["tags"]) == (other, "Cube", ["own"])
    assert ok(crm.get(f"/v1/contacts/{other}")) == done, "what it writes it reads again"
    assert ok(crm.get(f"/v1/contacts/{ana}"))["fields"] == kept["fields"] != merged["fields"]
    whole = ok(crm.get(f"/v1/contacts/{other}?merged=true"))
    assert (whole["id"], whole["number"], whole["tags"]) == (other, number(site, other), ["vip", "own"])
    assert whole["fields"] == {**done["fields"], **kept["fields"]}, "the kept contact's first"
    body = {"name": "Ana B", "fields": {"bike": "Bianchi"}, "tags": ["own", "new"], "region": "TX"}
    whole = ok(crm.patch(f"/v1/contacts/{other}?merged=true", json=body))
    assert (whole["name"], whole["fields"]["bike"], sorted(whole["tags"])) == ("Ana B", "Bianchi", ["new", "own"])
    first, second = (ok(crm.get(f"/v1/contacts/{one}")) for one in (ana, other))
    assert (first["fields"]["bike"], first["tags"], first["region"]) == ("Bianchi", ["new"], "TX")
    assert (second["fields"]["bike"], second["tags"], second["region"]) == ("Cube", ["own"], "TX")
    page = lead.get(f"/contacts/{other}").text
    assert "Bianchi" in page
    whole = ok(crm.patch(f"/v1/contacts/{ana}?merged=true", json={"fields": {"bike": None}}))
    assert "bike" not in whole["fields"]
    assert "bike" not in ok(crm.get(f"/v1/contacts/{other}"))["fields"], "it goes from all that have it"
    assert [at for action, at in site.audit("API key crm-whole") if action == "contact.change"] == [
        other, ana, other, ana, other,
    ]  # fmt: skip


def test_a_program_tags_the_one_that_it_names_or_the_whole_person(site: Site, lead: Browser) -> None:
    crm = site.program("crm-tags")
    ana, other = two(site, lead)
    ok(crm.post(f"/v1/contacts/{ana}/merge", json={"other": other}))

    def tags(one: str) -> list[str]:
        return list(ok(crm.get(f"/v1/contacts/{one}"))["tags"])

    before = tags(ana)
    assert "one" in ok(crm.put(f"/v1/contacts/{other}/tags/one"))["tags"]
    assert ("one" in tags(other), tags(ana)) == (True, before)
    assert "both" in ok(crm.put(f"/v1/contacts/{other}/tags/both?merged=true"))["tags"]
    assert ("both" in tags(other), tags(ana)) == (False, sorted([*before, "both"]))
    ok(crm.put(f"/v1/contacts/{other}/tags/both"))
    assert "both" not in ok(crm.delete(f"/v1/contacts/{other}/tags/both"))["tags"]
    assert "both" in tags(ana), "of the whole person it is there"
    ok(crm.put(f"/v1/contacts/{other}/tags/both"))
    left = ok(crm.delete(f"/v1/contacts/{ana}/tags/both?merged=true"))["tags"]
    assert ("both" in left, "both" in tags(ana), "both" in tags(other)) == (False, False, False)
    assert crm.get(f"/v1/contacts/{ana}?merged=perhaps").status_code == 400


def test_texts_and_consent_are_of_the_number_that_is_named(site: Site, lead: Browser) -> None:
    crm = site.program("crm-sends")
    one, two_ = site.phone(), site.phone()
    ana, other = site.text(one, "HOURS"), site.text(two_, "HOURS")
    ok(crm.post(f"/v1/contacts/{ana}/merge", json={"other": other}))
    sent = crm.post("/v1/messages", json={"to": number(site, other), "body": "Ready.", "class": "informational"})
    assert (sent.status_code, sent.json()["data"]["contact_id"]) == (202, other)
    assert [row.text for row in site.messages(other)][-1] == "Ready."
    assert "Ready." not in [row.text for row in site.messages(ana)]
    proof = {"method": "voice", "wording": "Offers?", "action": "said yes", "source": "a call"}
    ok(crm.post("/v1/consent", json={"to": number(site, other), **proof}))
    assert ok(crm.get(f"/v1/contacts/{other}/consent"))["agreements"] != []
    assert ok(crm.get(f"/v1/contacts/{ana}/consent"))["agreements"] == []
    ok(crm.post("/v1/consent", json={"to": number(site, other), "change": "opt_out"}))
    assert _until(lambda: _out(site, ana), 1) == 1, "an opt-out stops the others"
    again = crm.post("/v1/consent", json={"to": number(site, ana), **proof})
    assert (again.status_code, again.json()["code"]) == (409, "opted_out")
    refused = crm.post("/v1/messages", json={"to": number(site, ana), "body": "Hello?"})
    assert (refused.status_code, refused.json()["code"]) == (422, "consent_refused")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"other": "+12065550000"}, 404, "not_found"),
        ({}, 400, "invalid_field"),
        ({"other": "self"}, 409, "cannot_merge"),
    ],
)
def test_a_program_is_told_what_is_wrong(site: Site, body: dict[str, str], status: int, code: str) -> None:
    crm = site.program(f"crm-wrong-{status}")
    ana = site.contact()
    given = {name: ana if value == "self" else value for name, value in body.items()}
    answer = crm.post(f"/v1/contacts/{ana}/merge", json=given)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert crm.post(f"/v1/contacts/{ana}/merges/nothing/undo").status_code == 404


def test_a_program_erases_one_or_all_that_are_merged(site: Site, lead: Browser) -> None:
    crm = site.program("crm-erases-merged")
    ana, other = two(site, lead)
    merge(lead, ana, other)
    done = ok(crm.delete(f"/v1/contacts/{ana}"))
    assert done["left"] == [other]
    assert crm.get(f"/v1/contacts/{other}").status_code == 200
    ana, other = two(site, lead)
    merge(lead, ana, other)
    done = ok(crm.delete(f"/v1/contacts/{other}?merged=true"))
    assert done["left"] == []
    assert done["erased"]["contacts"] == 2
    assert [crm.get(f"/v1/contacts/{one}").status_code for one in (ana, other)] == [404, 404]
