"""Consent over HTTP: what forms and programs bring, what people record, and the proof that is handed out."""

import json
import re
from typing import Any

import httpx
import pytest

from tests.web.conftest import Site

FORM: dict[str, Any] = {
    "programme": "offers", "wording": "Text me weekly offers.", "action": "ticked a box",
    "source": "https://example.com/join", "ip": "192.0.2.7",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(site: Site) -> httpx.Client:
    return site.program("shop")


def number(site: Site) -> str:
    return f"+{site.phone()}"


def test_a_web_form_is_asked_for_by_text_and_counts_after_yes(site: Site, shop: httpx.Client) -> None:
    to = number(site)
    answer = shop.post("/v1/consent", json={"to": to, **FORM})
    assert answer.status_code == 200
    body = answer.json()["data"]
    assert [(one["programme"], one["state"]) for one in body["agreements"]] == [("offers", "pending")]
    (asked,) = site.messages(body["contact_id"])
    assert "Reply YES to confirm" in asked.text
    assert asked.message_class == "compliance"
    site.text(to[1:], "YES")
    seen = shop.get(f"/v1/contacts/{body['contact_id']}/consent").json()["data"]
    assert [one["state"] for one in seen["agreements"]] == ["agreed"]
    assert [one["type"] for one in seen["events"]] == ["opt_in", "confirm"]
    assert (seen["events"][0]["ip"], seen["events"][0]["actor"]) == ("192.0.2.7", "API key shop")
    assert shop.get(f"/v1/contacts/{to}/consent").json()["data"] == seen


def test_the_same_request_sent_again_is_one_entry(site: Site, shop: httpx.Client) -> None:
    to = number(site)
    once = {"Idempotency-Key": "form-1"}
    answers = [shop.post("/v1/consent", json={"to": to, **FORM}, headers=once).json()["data"] for _ in range(2)]
    assert [len(answer["events"]) for answer in answers] == [1, 1]


def test_consent_on_paper_counts_at_once_with_the_time_it_was_given(site: Site, shop: httpx.Client) -> None:
    given = {"to": number(site), **FORM, "method": "paper", "occurred_at": "2020-01-02T03:04:05+00:00"}
    body = shop.post("/v1/consent", json=given).json()["data"]
    assert [(one["state"], one["since"]) for one in body["agreements"]] == [("agreed", 1_577_934_245_000)]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"wording": " "}, "wording"), ({"action": ""}, "action"), ({"source": ""}, "source"), ({"to": "x"}, "to"),
        ({"programme": "Ä"}, "programme"), ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"method": "import"}, "method"), ({"message_class": "compliance"}, "message_class"),
    ],
)  # fmt: skip
def test_what_proves_nothing_is_refused_and_named(
    site: Site, shop: httpx.Client, changed: dict[str, str], field: str
) -> None:
    answer = shop.post("/v1/consent", json={"to": number(site), **FORM, **changed})
    assert (answer.status_code, answer.json().get("field")) == (400, field)


def test_nobody_opts_in_somebody_who_opted_out(site: Site, shop: httpx.Client) -> None:
    contact = site.contact("STOP")
    sent = len(site.messages(contact))
    to = site.rows("SELECT identifier FROM addresses WHERE contact_id = :c", c=contact)[0].identifier
    answer = shop.post("/v1/consent", json={"to": to, **FORM})
    assert (answer.status_code, "START" in answer.json()["detail"]) == (409, True)
    person = site.person()
    given = {"wording": "w", "action": "a", "source": "s"}
    assert person.submit(f"/c/{contact}/consent", **given).status_code == 409
    assert len(site.messages(contact)) == sent
    assert shop.get(f"/v1/contacts/{contact}/consent").json()["data"]["opted_out"] is True


def test_a_program_and_a_person_record_an_opt_out(site: Site, shop: httpx.Client) -> None:
    one, other = site.contact(), site.contact()
    to = site.rows("SELECT identifier FROM addresses WHERE contact_id = :c", c=one)[0].identifier
    body = shop.post("/v1/consent", json={"to": to, "change": "opt_out", "reason": "By e-mail"}).json()["data"]
    assert body["opted_out"] is True
    person = site.person()
    assert person.submit(f"/c/{other}/opt-out", reason="").status_code == 409
    assert person.submit(f"/c/{other}/opt-out", reason="She rang us").status_code == 303
    page = person.get(f"/c/{other}/consent").text
    assert "Opted out" in page
    assert "She rang us" in page
    assert ("consent.opt_out", other) in site.audit(person.email)


def test_a_person_records_consent_that_was_given_on_the_phone(site: Site, shop: httpx.Client) -> None:
    contact = site.contact()
    person = site.person()
    given = {"wording": "May we text you offers?", "action": "said yes", "source": "phone call", "method": "voice"}
    assert person.submit(f"/c/{contact}/consent", **given).status_code == 303
    (event,) = shop.get(f"/v1/contacts/{contact}/consent").json()["data"]["events"]
    assert (event["method"], event["actor"], event["action"]) == ("voice", person.email, "said yes")
    assert ("consent.opt_in", contact) in site.audit(person.email)


def test_the_proof_is_one_page_that_shows_everything_and_runs_nothing(site: Site, shop: httpx.Client) -> None:
    contact = site.contact("<script>alert(1)</script> hello", "STOP")
    owner = site.person("owner")
    answer = owner.get(f"/c/{contact}/proof")
    assert answer.headers["content-disposition"] == f'attachment; filename="consent-{contact}.html"'
    assert "<script" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
    assert "As it was written." in answer.text
    assert not re.findall(r"(?:src|href)=", answer.text)
    assert site.person("agent").get(f"/c/{contact}/proof").status_code == 403
    assert ("consent.export", contact) in site.audit(owner.email)
    proof = shop.get(f"/v1/contacts/{contact}/proof").json()["data"]
    assert proof["chain"]["whole"] is True
    assert [message["text"] for message in proof["messages"]][-2:][0] == "STOP"
    written = json.loads(proof["entries"][0]["written"])
    assert dict(zip(proof["chain"]["hashed"], written, strict=True))["type"] == "opt_out"


def test_an_unknown_contact_is_said_to_be_one(site: Site, shop: httpx.Client) -> None:
    for named in ("0" * 24, "+12065559999", "nobody"):
        assert shop.get(f"/v1/contacts/{named}/consent").status_code == 404
        assert shop.get(f"/v1/contacts/{named}/proof").status_code == 404
