"""/v1/webhooks and GET /v1/events: what they take and refuse, and how a program sees what became of it."""

import time
from typing import Any

import httpx
import pytest

from tests.web.conftest import Site

URL = "https://hooks.example.com/texts"  # which nobody answers


@pytest.fixture(scope="module")
def crm(site: Site) -> httpx.Client:
    return site.program("crm")


def made(crm: httpx.Client, *events: str, **more: Any) -> dict[str, Any]:
    answer = crm.post("/v1/webhooks", json={"url": URL, "events": events or ["*"], **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


def test_the_secret_is_shown_only_when_it_is_new(crm: httpx.Client) -> None:
    one = made(crm, "message.*")
    assert one["secret"].startswith("whsec_")
    assert made(crm, secret="one of our own")["secret"] == "one of our own"
    for path in (f"/v1/webhooks/{one['id']}", "/v1/webhooks"):
        answer = crm.get(path)
        assert answer.status_code == 200
        assert "secret" not in answer.text
    rotated = crm.post(f"/v1/webhooks/{one['id']}/rotate", json={}).json()["data"]["secret"]
    assert rotated.startswith("whsec_")
    assert rotated != one["secret"]


def test_it_is_changed_and_removed(crm: httpx.Client) -> None:
    path = f"/v1/webhooks/{made(crm)['id']}"
    changed = crm.patch(path, json={"events": ["goal.*"], "enabled": False}).json()["data"]
    assert (changed["events"], changed["enabled"], changed["state"]) == (["goal.*"], False, "disabled")
    assert crm.patch(path, json={"enabled": True}).json()["data"]["state"] == "ok"
    assert crm.delete(path).status_code == 200
    assert crm.delete(path).status_code == crm.get(path).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://hooks.example.com/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://[::1]/"}, "url"),
        ({"url": "https://10.1.2.3/"}, "url"),
        ({"url": "https://user:pass@example.com/"}, "url"),
        ({"url": "https://example.com/#x"}, "url"),
        ({"url": "https://example.com:0/"}, "url"),
        ({"url": "https://example.com/ x"}, "url"),
        ({"url": "https://example.com/\r\nX: y"}, "url"),
        ({"url": "ftp://example.com/"}, "url"),
        ({"url": "none"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["message.none"]}, "events"),
        ({"events": ["webhook.test"]}, "events"),
        ({"secret": "short"}, "secret"),
        ({"secret": "whsec_not base64"}, "secret"),
        ({"secret": "not\u0000visible"}, "secret"),
    ],
)
def test_what_can_not_be_used_is_named(crm: httpx.Client, body: dict[str, Any], field: str) -> None:
    answer = crm.post("/v1/webhooks", json={"url": URL, "events": ["*"], **body})
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_a_test_says_what_came_of_it(crm: httpx.Client) -> None:
    found = crm.post(f"/v1/webhooks/{made(crm, 'goal.*')['id']}/test").json()["data"]
    assert (found["ok"], found["status"]) == (False, 0)
    assert found["detail"]


def test_the_log_and_the_deliveries_tell_the_same(site: Site, crm: httpx.Client) -> None:
    hook = made(crm, "message.received")
    time.sleep(1.5)  # a server without webhooks looks for them once a second
    before = crm.get("/v1/events").json()["next_cursor"]
    contact = site.waiting()
    seen: list[dict[str, Any]] = []
    end = time.monotonic() + 10
    while not seen and time.monotonic() < end:
        page = crm.get("/v1/events", params={"after": before, "types": "message.received", "conversation": contact})
        seen = page.json()["data"]
        time.sleep(0.1)
    assert {one["event"] for one in seen} == {"message.received"}
    assert {one["data"]["contact_id"] for one in seen} == {contact}
    found: list[dict[str, Any]] = []
    while not any(one["attempts"] for one in found) and time.monotonic() < end:
        found = crm.get(f"/v1/webhooks/{hook['id']}/deliveries").json()["data"]
        time.sleep(0.1)
    assert found[-1]["event_id"] == seen[0]["id"]
    assert found[-1]["event"] == "message.received"
    again = crm.post(f"/v1/webhooks/{hook['id']}/deliveries/{found[-1]['id']}/redeliver")
    assert (again.status_code, again.json()["code"]) == (409, "not_finished")


def test_pages_of_the_log_follow_each_other(crm: httpx.Client) -> None:
    whole = crm.get("/v1/events", params={"limit": 200}).json()["data"]
    assert len(whole) > 3
    first = crm.get("/v1/events", params={"limit": 2}).json()
    second = crm.get("/v1/events", params={"limit": 2, "after": first["next_cursor"]}).json()
    assert first["data"] + second["data"] == whole[:4]
    assert [one["number"] for one in whole] == sorted({one["number"] for one in whole})


@pytest.mark.parametrize(
    ("query", "status"),
    [("after=-1", 400), ("after=x", 400), ("limit=0", 400), ("limit=201", 400), ("types=none", 400), ("x=1", 400),
     ("conversation=nobody", 404), ("after=999999999999999999", 200)],
)  # fmt: skip
def test_what_of_the_log_can_not_be_asked_for(crm: httpx.Client, query: str, status: int) -> None:
    assert crm.get(f"/v1/events?{query}").status_code == status
