"""POST /v1/events: what it takes and refuses, and where what happened shows."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.web.conftest import Site

PHONE = "+12065550147"


@pytest.fixture(scope="module")
def till(site: Site) -> httpx.Client:
    program = site.program("till-events")
    assert program.post("/sms/send", json={"to": PHONE, "message": "Hello."}).status_code == 200
    return program


def report(program: httpx.Client, key: str = "", **body: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return program.post("/v1/events", json={"to": PHONE, "event": "paid", **body}, headers=headers)


def stored(site: Site) -> set[str]:
    """The ids of all events in the inbox."""
    return {row.id for row in site.rows("SELECT id FROM arrivals WHERE kind = 'event'")}


def test_it_is_stored_and_shows_in_the_timeline(site: Site, till: httpx.Client):
    answer = report(till, event="bike_ready", data={"shelf": "B 4", "n": [1, 2.5, None, True]})
    assert answer.status_code == 200
    contact = site.rows(f"SELECT contact_id FROM addresses WHERE identifier = '{PHONE}'")[0].contact_id
    trace = answer.json()["data"]["trace"]
    assert trace in stored(site)
    assert answer.json()["data"] == {"event": "bike_ready", "contact": contact, "trace": trace, "repeated": False}
    shown = site.person().get(f"/c/{contact}?view=all").text
    assert "Event bike ready" in shown
    assert "nobody waited for it" in shown


def test_by_contact_and_with_a_number_as_people_write_it(site: Site, till: httpx.Client):
    first = report(till, to="(206) 555-0147").json()["data"]
    assert report(till, to="", contact=first["contact"]).json()["data"]["contact"] == first["contact"]


def test_the_same_id_is_stored_once_whoever_asks_when(site: Site, till: httpx.Client):
    before = stored(site)
    with ThreadPoolExecutor(4) as pool:
        answers = [one.json()["data"] for one in pool.map(lambda _: report(till, "pay-1", event="paid_once"), range(4))]
    again = report(till, event="paid_once", id="pay-1").json()["data"]
    (id_,) = stored(site) - before
    assert {one["trace"] for one in [*answers, again]} == {id_}
    assert sorted(one["repeated"] for one in answers) == [False, True, True, True]
    assert again["repeated"] is True
    assert report(site.program("other-events"), "pay-1", event="paid_once").json()["data"]["repeated"] is False


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"event": "Paid!"}, 400, "event"),
        ({"event": ""}, 400, "event"),
        ({"to": ""}, 400, "to"),
        ({"contact": "a" * 24}, 400, "to"),
        ({"to": "", "contact": "nobody"}, 404, "contact"),
        ({"to": "hello"}, 400, "to"),
        ({"to": "+12065550199"}, 404, "to"),
        ({"data": [1]}, 400, "data"),
        ({"data": {"a": "x" * 4000}}, 400, "data"),
        ({"data": {"a": 2**64}}, 400, "data"),
        ({"id": "x" * 201}, 400, "id"),
        ({"colour": "red"}, 400, "colour"),
    ],
)
def test_what_can_not_be_used_is_refused_with_its_field(
    till: httpx.Client, body: dict[str, Any], status: int, field: str
):
    answer = report(till, **body)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize("value", ["1e999", '"\\u0000a"', '{"\\u0000": {"\\u202e": "\\u0007"}}', "-0.0", "1e300"])
def test_odd_values_do_no_harm(till: httpx.Client, value: str):
    body = f'{{"to": "{PHONE}", "event": "odd", "data": {{"a": {value}}}}}'
    answer = till.post("/v1/events", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 400)
    assert report(till).status_code == 200


def test_an_event_makes_no_contact(site: Site, till: httpx.Client):
    assert report(till, to="+12065550188").status_code == 404
    assert site.rows("SELECT 1 FROM addresses WHERE identifier = '+12065550188'") == []


def test_without_a_key_nothing_is_taken(site: Site):
    assert site.person().post("/v1/events", json={"to": PHONE, "event": "paid"}).status_code in (401, 403)
