"""A number that can't get texts, from the provider's answer to the person who says that it works."""

import re
import time
from html import unescape

import pytest

from tests.web.conftest import Browser, Site

MARK = "code 21211. Only answers to their texts go there."


@pytest.fixture
def ada(site: Site) -> Browser:
    return site.person("owner", "Ada Park")


def bad(site: Site, ada: Browser) -> tuple[str, str]:
    """A conversation whose number the provider has refused for good; its phone."""
    phone = site.phone()
    contact = site.text(phone, "HOURS")
    assert ada.submit(f"/try/{phone}/faults", fault="bad_number").status_code == 303
    assert ada.submit(f"/c/{contact}/reply", text="We open at nine.").status_code == 303
    for _ in range(100):
        if "bad_number" in site.rows("SELECT state FROM conversations WHERE contact_id = :c", c=contact)[0].state:
            break
        time.sleep(0.05)
    return contact, phone


def context(person: Browser, contact: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", person.get(f"/c/{contact}/card").text)).split())


def test_a_number_that_is_refused_for_good_is_marked_and_gets_only_answers(site: Site, ada: Browser) -> None:
    contact, phone = bad(site, ada)
    assert re.search(rf"This number does not exist\. Today, [^,]+, {MARK}", context(ada, contact))
    failed = [row for row in site.messages(contact) if row.text == "We open at nine."]
    assert [(row.status, row.code) for row in failed] == [("failed", "21211")]
    crm = site.program("crm-bad-number")
    body = {"to": f"+{phone}", "body": "Your bike is ready.", "class": "informational"}
    refused = crm.post("/v1/messages", json=body)
    assert (refused.status_code, refused.json()["code"], refused.json()["rule"]) == (422, "unreachable", "N1")
    site.text(phone, "HOURS")
    assert MARK not in context(ada, contact)
    assert "They texted, so the number gets texts" in unescape(ada.get(f"/c/{contact}?view=all").text)
    assert crm.post("/v1/messages", json=body).status_code == 202


def test_a_person_says_that_it_works_and_that_is_on_record(site: Site, ada: Browser) -> None:
    contact, phone = bad(site, ada)
    viewer = site.person("viewer")
    assert viewer.submit(f"/c/{contact}/can-text").status_code == 403
    assert "It gets texts" not in context(viewer, contact)
    assert "It gets texts" in context(ada, contact)
    form = ada.get(f"/c/{contact}/card").text.partition(f'action="/c/{contact}/can-text')[2].partition("</form>")[0]
    assert 'name="csrf"' in form
    assert ada.submit(f"/c/{contact}/can-text?view=all").status_code == 303
    assert MARK not in context(ada, contact)
    assert ("number.works", contact) in site.audit(ada.email)
    assert "You said that the number gets texts" in unescape(ada.get(f"/c/{contact}?view=all").text)
    body = {"to": f"+{phone}", "body": "Your bike is ready.", "class": "informational"}
    assert site.program("crm-works").post("/v1/messages", json=body).status_code == 202


def test_the_leads_show_and_find_numbers_that_get_no_texts(site: Site, ada: Browser) -> None:
    contact, _ = bad(site, ada)
    other = site.contact()
    page = ada.get("/leads").text
    row = page.partition(f'id="lead-{contact}"')[2].partition("</tr>")[0]
    assert "gets no texts" in row
    assert "gets no texts" not in page.partition(f'id="lead-{other}"')[2].partition("</tr>")[0]
    found = ada.get("/leads?bad_number=1")
    assert contact in found.text
    assert other not in found.text
    assert "gets no texts" in unescape(found.text.partition("lfilter")[2].partition("</span>")[2])
    assert "This number does not exist." in ada.get(f"/contacts/{contact}").text
    ada.submit(f"/c/{contact}/can-text")
    assert contact not in ada.get("/leads?bad_number=1").text
