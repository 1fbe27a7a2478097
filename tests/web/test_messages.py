"""POST /v1/messages and what is asked about messages afterwards, as a program does it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.web.conftest import Site, running
from textback.core.when import DAY, HOUR, MINUTE, to_iso
from textback.store import keys

BOT = {
    "bot.yml": """
bot: Harbor Cycle Works
timezone: America/Los_Angeles
country: GB
lines:
  front: {provider: simulator, number: "+12065550100"}
  back: {provider: simulator, number: "+12065550101"}
fallback: {text: "Sorry?"}
""",
    "flows/hours.yml": "flow: hours\nstart: {keywords: [hours]}\nsteps:\n  - say: 9 to 5.\n",
}


def made(site: Site, name: str, **more: Any) -> httpx.Client:
    found = site.write(lambda tx: keys.add(tx, "default", name, site.clock(), **more))
    assert found is not None
    return site.browser(headers={"Authorization": f"Bearer {found[1]}"})


@pytest.fixture(scope="module")
def till(site: Site) -> httpx.Client:
    return made(site, "till")


@pytest.fixture(scope="module")
def british(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("british"), BOT) as found:
        yield found


def send(program: httpx.Client, number: str, key: str = "", **more: Any) -> httpx.Response:
    body = {"to": number, "body": "Harbor: your bike is ready.", "class": "informational", **more}
    return program.post("/v1/messages", json=body, headers={"Idempotency-Key": key} if key else {})


def test_a_text_is_taken_in_and_can_be_asked_about(site: Site, till: httpx.Client) -> None:
    phone = site.phone()
    answer = send(till, f"+{phone}", metadata={"order": "12", "shop.no": "é"})
    assert answer.status_code == 202, answer.text
    said = answer.json()["data"]
    assert (said["status"], said["to"], said["class"]) == ("queued", f"+{phone}", "informational")
    assert (said["segments"], said["encoding"], said["channel"]) == (1, "GSM-7", "sms")
    assert said["metadata"] == {"order": "12", "shop.no": "é"}
    one = till.get(f"/v1/messages/{said['id']}").json()["data"]
    assert one["metadata"] == said["metadata"]
    assert one["history"][0]["status"] == "queued"
    assert [step["stage"] for step in one["decisions"]] in ([], ["dispatch"])
    (listed,) = till.get(f"/v1/messages?contact=%2B{phone}").json()["data"]
    assert listed["id"] == said["id"]


def test_the_same_key_answers_the_same_and_sends_once(site: Site, till: httpx.Client) -> None:
    phone = f"+{site.phone()}"
    first = send(till, phone, "order-12")
    again = send(till, phone, "order-12")
    assert (again.status_code, again.json()) == (202, first.json())
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert len(till.get("/v1/messages", params={"contact": phone}).json()["data"]) == 1
    other = send(till, phone, "order-12", body="Harbor: something else.")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    assert other.json()["message_id"] == first.json()["data"]["id"]
    assert send(made(site, "another key"), phone, "order-12").json()["data"]["id"] != first.json()["data"]["id"]


def test_a_refusal_is_the_same_refusal_again(site: Site, till: httpx.Client) -> None:
    phone = site.phone()
    site.text(phone, "STOP")
    first, again = send(till, f"+{phone}", "r"), send(till, f"+{phone}", "r")
    assert (first.status_code, first.json()["code"], first.json()["rule"]) == (422, "consent_refused", "O6")
    assert again.json() == first.json()
    recorded = till.get(f"/v1/messages/{first.json()['message_id']}").json()["data"]
    assert (recorded["status"], recorded["rule"]) == ("blocked", "O6")
    assert [step["outcome"] for step in recorded["decisions"]] == ["refuse"]


def test_a_channel_that_no_line_has_is_refused_by_name(site: Site, till: httpx.Client) -> None:
    for more in ({}, {"line": "simulator"}):
        answer = send(till, f"+{site.phone()}", channel="imessage", **more)
        assert answer.status_code == 422, answer.text
        problem = answer.json()
        assert (problem["code"], problem["field"]) == ("channel_unavailable", "channel")
        assert "imessage" in problem["detail"]


def test_an_answer_has_the_headers_of_every_other(site: Site, till: httpx.Client) -> None:
    """Texts are taken in front of the routes; nobody may notice."""
    other = till.get("/v1/messages")
    own = {"content-length", "ratelimit", "date"}
    shared = {name: value for name, value in other.headers.items() if name not in own}
    for answer in (send(till, f"+{site.phone()}"), send(till, "nobody"), till.post("/v1/messages", content=b"{")):
        assert {*shared, "date"} <= answer.headers.keys() | {"content-type"}
        assert {name: answer.headers[name] for name in shared if name != "content-type"} == {
            name: value for name, value in shared.items() if name != "content-type"
        }
    assert site.browser().post("/v1/messages", json={}).status_code == 401


def test_a_text_of_too_many_bytes_is_refused_while_it_comes(site: Site, till: httpx.Client) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(70):
            yield b" " * 1024

    answer = till.post("/v1/messages", content=parts(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"to": "nobody"}, "to"),
        ({"body": ""}, "body"),
        ({"body": "x" * 1601}, "body"),
        ({"body": "é" * 10 + "ж" * 900}, "body"),
        ({"body": "Reply 2 to stop."}, ""),
        ({"template": "none"}, "template"),
        ({"locale": "en"}, "template"),
        ({"variables": {"a": "b"}}, "template"),
        ({"channel": "pigeon"}, "channel"),
        ({"line": "none"}, "line"),
        ({"class": "urgent"}, "class"),
        ({"class": "compliance"}, "class"),
        ({"media": ["http://www.example.com/a.png"]}, "media"),
        ({"media": ["https://user@www.example.com/a.png"]}, "media"),
        ({"media": ["https:///a.png"]}, "media"),
        ({"media": ["https://www.example.com/a b"]}, "media"),
        ({"media": ["https://www.example.com/a"] * 11}, "media"),
        ({"media": ["https://www.example.com/a"], "channel": "sms"}, "channel"),
        ({"media": [{"url": "http://www.example.com/a.png"}]}, "media"),
        ({"media": [{"url": "https://www.example.com/a.png", "size": 0}]}, "media"),
        ({"media": [{"url": "https://www.example.com/a.png", "colour": "red"}]}, "colour"),
        ({"media": [{"content_type": "image/png"}]}, "url"),
        ({"metadata": {"1": "x"}}, "metadata"),
        ({"metadata": {"a b": "x"}}, "metadata"),
        ({"metadata": {"a": "x" * 501}}, "metadata.a"),
        ({"metadata": {f"n{n}": "x" for n in range(21)}}, "metadata"),
        ({"metadata": {"a": 1}}, "metadata"),
        ({"send_at": "tomorrow"}, "send_at"),
        ({"send_at": "2020-01-01T00:00:00Z"}, "send_at"),
        ({"send_at": "9999-12-31T23:59:59-23:59"}, "send_at"),
        ({"send_at": "0001-01-01T00:00:00+23:00"}, "send_at"),
        ({"zone": "Mars"}, "zone"),
        ({"region": "Texas"}, "region"),
        ({"programme": "A B"}, "programme"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_can_not_be_sent_is_named(site: Site, till: httpx.Client, more: dict[str, Any], field: str) -> None:
    before = site.rows("SELECT count(*) FROM messages")[0][0]
    answer = send(till, f"+{site.phone()}", **more)
    assert answer.status_code in (400, 404), answer.text
    if field:
        assert answer.json().get("field", "").startswith(field), answer.text
    assert site.rows("SELECT count(*) FROM messages")[0][0] == before


@pytest.mark.parametrize("key", ["", "x" * 256, "a b"])
def test_a_key_that_is_none_is_refused(site: Site, till: httpx.Client, key: str) -> None:
    body = {"to": f"+{site.phone()}", "body": "Hello"}
    answer = till.post("/v1/messages", json=body, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


def test_numbers_are_read_as_those_of_the_workspaces_country(british: Site) -> None:
    program = made(british, "till")
    answer = send(program, "07400 123456")
    assert (answer.status_code, answer.json()["data"]["to"]) == (202, "+447400123456")
    landline = send(program, "020 7946 0018")
    assert (landline.status_code, landline.json()["code"]) == (422, "unreachable")
    assert landline.json()["rule"] == "landline"


def test_a_key_for_one_line_sends_and_reads_on_that_line_only(british: Site) -> None:
    whole, back = made(british, "whole"), made(british, "back", lines=["back"])
    mine = send(back, "+447400123457").json()["data"]
    assert (mine["line"], mine["from"]) == ("back", "+12065550101")
    refused = send(back, "+447400123457", line="front")
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_line")
    theirs = send(whole, "+447400123458", line="front").json()["data"]
    assert back.get(f"/v1/messages/{theirs['id']}").status_code == 403
    assert back.post(f"/v1/messages/{theirs['id']}/cancel").status_code == 403
    assert back.get("/v1/messages?line=front").status_code == 403
    moved = send(back, "+447400123458")
    assert (moved.status_code, moved.json()["code"]) == (403, "wrong_line"), "a text would take the conversation over"
    assert {one["line"] for one in back.get("/v1/messages").json()["data"]} == {"back"}
    assert {one["line"] for one in whole.get("/v1/messages").json()["data"]} >= {"front", "back"}


def test_a_text_for_later_shows_at_the_desk_and_can_be_called_back(site: Site, till: httpx.Client) -> None:
    phone = site.phone()
    contact = site.text(phone, "HOURS")
    at = to_iso(site.clock() + 2 * DAY)
    said = send(till, f"+{phone}", "later", send_at=at).json()["data"]
    assert (said["status"], said["send_at"]) == ("scheduled", at)
    assert send(till, f"+{phone}", "later", send_at=at).json()["data"] == said
    listed = till.get(f"/v1/messages?status=scheduled&contact={contact}").json()["data"]
    assert [one["id"] for one in listed] == [said["id"]]
    assert "Scheduled for" in site.person().get(f"/c/{contact}").text
    for _ in range(2):
        answer = till.post(f"/v1/messages/{said['id']}/cancel")
        assert (answer.status_code, answer.json()["data"]["status"]) == (200, "canceled")
    assert "called it back" in site.person().get(f"/c/{contact}").text
    (came,) = till.get(f"/v1/messages?contact={contact}&direction=in").json()["data"]
    late = till.post(f"/v1/messages/{came['id']}/cancel")
    assert (late.status_code, late.json()["code"]) == (409, "not_cancelable")


def test_a_time_without_an_offset_is_the_contacts_own(site: Site, till: httpx.Client) -> None:
    day = to_iso(site.clock() + 40 * DAY)[:10]
    for zone, to in (("", "+12125550123"), ("America/New_York", f"+{site.phone()}")):
        said = send(till, to, send_at=f"{day}T09:00", zone=zone)
        assert said.status_code == 202, said.text
        assert said.json()["data"]["send_at"][11:] in ("13:00:00Z", "14:00:00Z")
    just = to_iso(site.clock() - MINUTE // 2)
    assert send(till, f"+{site.phone()}", send_at=just).json()["data"]["status"] == "queued"
    too_far = to_iso(site.clock() + 367 * DAY)
    assert send(till, f"+{site.phone()}", send_at=too_far).json()["field"] == "send_at"


def test_a_promotional_text_at_night_waits_and_says_until_when(site: Site, till: httpx.Client) -> None:
    phone = f"+{site.phone()}"
    body = {"to": phone, "method": "paper", "wording": "Yes to offers.", "action": "signed", "source": "the counter"}
    agreed = till.post("/v1/consent", json=body)
    if agreed.status_code != 200:
        pytest.fail(agreed.text)
    now = site.clock()
    hours = next(n for n in range(24) if to_iso(now + n * HOUR)[11:13] == "10")  # 2 or 3 am in Seattle
    site.clock.advance(hours * HOUR)
    answer = send(till, phone, "night", **{"class": "promotional", "body": "Harbor: sale! Reply STOP to opt out."})
    assert answer.status_code == 202, answer.text
    said = answer.json()["data"]
    assert (said["status"], said["rule"]) == ("queued", "Q1")
    assert said["held_until"]
    assert said["reason"]
    again = send(till, phone, "night", **{"class": "promotional", "body": "Harbor: sale! Reply STOP to opt out."})
    assert again.json() == answer.json()


def test_who_was_away_reads_on_from_the_last_text_they_have(site: Site, till: httpx.Client) -> None:
    phone = site.phone()
    contact = site.text(phone, "HOURS")
    newest = till.get("/v1/messages?direction=in&limit=1").json()["data"][0]["id"]
    assert till.get(f"/v1/messages?direction=in&after={newest}").json() == {"data": [], "next_cursor": None}
    site.text(phone, "One")
    site.text(phone, "Two")
    first = till.get(f"/v1/messages?direction=in&after={newest}&limit=1&contact={contact}").json()
    assert [one["body"] for one in first["data"]] == ["One"]
    more = till.get(
        "/v1/messages", params={"direction": "in", "contact": contact, "cursor": first["next_cursor"]}
    ).json()
    assert [one["body"] for one in more["data"]] == ["Two"]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=WzFd", "after=x", "direction=up", "status=lost", "class=x",
     "since=x", "until=x", "line=none", "contact=x&conversation=y", "colour=red", "limit=1&limit=2",
     "cursor=W2ZhbHNlLCJ4Il0"],
)  # fmt: skip
def test_what_can_not_be_asked_for_is_named(till: httpx.Client, query: str) -> None:
    answer = till.get(f"/v1/messages?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json"), answer.text


def test_a_contact_that_is_not_there_is_said_so(till: httpx.Client) -> None:
    assert till.get("/v1/messages?contact=%2B12065559999").status_code == 404
    for id_ in ("nothing", "0" * 24, "0" * 400):
        assert till.get(f"/v1/messages/{id_}").status_code == 404


def test_many_texts_at_once(site: Site, till: httpx.Client) -> None:
    good, out = site.phone(), site.phone()
    site.text(out, "STOP")
    body = {
        "message": {"body": "Harbor: we close early today.", "class": "informational"},
        "recipients": [{"to": f"+{good}", "metadata": {"n": "0"}}, {"to": "nobody"}, {"to": f"+{out}"}],
    }
    headers = {"Idempotency-Key": "bulk-1"}
    answer = till.post("/v1/messages/bulk", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    id_ = answer.json()["data"]["id"]
    assert till.post("/v1/messages/bulk", json=body, headers=headers).json()["data"]["id"] == id_
    changed = till.post("/v1/messages/bulk", json={**body, "recipients": [{"to": f"+{good}"}]}, headers=headers)
    assert (changed.status_code, changed.json()["code"]) == (409, "idempotency_conflict")
    state = answer.json()["data"]
    for _ in range(200):
        if state["status"] == "done":
            break
        state = till.get(f"/v1/messages/bulk/{id_}").json()["data"]
    assert (state["status"], state["total"]) == ("done", 3)
    assert (state["counts"]["invalid"], state["counts"]["blocked"], sum(state["counts"].values())) == (1, 1, 3)
    assert [(one["index"], one["code"]) for one in state["errors"]] == [(1, "invalid_field"), (2, "consent_refused")]
    assert state["errors"][1]["rule"] == "O6"
    (one,) = till.get(f"/v1/messages?contact=%2B{good}").json()["data"]
    assert one["metadata"] == {"n": "0"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messages": []},
        {"messages": [{"to": "+12065550188", "body": "x"}], "message": {"body": "x"}},
        {"message": {"body": "x"}},
        {"messages": [{"to": "+12065550188", "body": "x"}], "recipients": [{"to": "+12065550188"}]},
        {"messages": [{"to": "+12065550188", "body": "x"}] * 1001},
        {"messages": [{"to": 1}]},
    ],
)
def test_a_bulk_send_that_makes_no_sense_is_refused(till: httpx.Client, body: dict[str, Any]) -> None:
    assert till.post("/v1/messages/bulk", json=body).status_code == 400


def test_a_bulk_send_is_no_conversation(site: Site, till: httpx.Client) -> None:
    text = {"to": f"+{site.phone()}", "body": "Harbor: hello.", "class": "conversational"}
    state = till.post("/v1/messages/bulk", json={"messages": [text]}).json()["data"]
    assert (state["counts"], state["status"]) == ({"invalid": 1}, "done")
    narrow = made(site, "narrow", lines=["none"])
    assert narrow.post("/v1/messages/bulk", json={"messages": [text]}).status_code == 403
    assert narrow.get(f"/v1/messages/bulk/{state['id']}").status_code == 403
