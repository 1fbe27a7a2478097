"""The HTTP API for other programs: what it takes, what it refuses and in which words; health and counters."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import SimpleNamespace

import httpx
import pytest
from sqlalchemy import Connection, insert

from tests.web.conftest import Site
from textback.core.when import to_datetime
from textback.store import keys
from textback.store.inbox import find_homes
from textback.store.tables import agreements
from textback.web.present import bubble

TO = "+12065550123"


@pytest.fixture(scope="module")
def till(site: Site) -> httpx.Client:
    return site.program("till")


def send(program: httpx.Client, to: object = TO, message: object = "Your bike is ready.") -> httpx.Response:
    return program.post("/sms/send", json={"to": to, "message": message})


def test_a_text_goes_out_and_joins_the_conversation(site: Site, till: httpx.Client):
    answer = send(till, "(206) 555-0131")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"message_id", "status", "from", "to", "text", "trace"}
    assert (body["from"], body["to"], body["text"]) == ("+12065550100", "+12065550131", "Your bike is ready.")
    assert body["status"] in ("queued", "sent", "delivered")
    stored = site.rows("SELECT * FROM messages WHERE id = :i", i=body["message_id"])
    assert [(row.direction, row.author, row.author_name, row.text) for row in stored] == [
        ("out", "api", "till", "Your bike is ready.")
    ]
    listed = till.get("/conversations").json()
    mine = [row for row in listed if row["phone_number"] == "+12065550131"]
    assert len(mine) == 1
    assert set(mine[0]) == {"phone_number", "state", "message_count", "created_at"}
    assert mine[0]["message_count"] == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", mine[0]["created_at"])


def test_the_desk_shows_which_program_wrote(site: Site, till: httpx.Client):
    send(till, "+12065550132", "Ring us, please.")
    contact = site.rows("SELECT contact_id FROM addresses WHERE identifier = '+12065550132'")[0].contact_id
    shown = site.person().get(f"/c/{contact}?view=all").text
    assert "Program till" in shown
    assert "Ring us, please." in shown


def test_two_texts_to_a_new_number_at_once_make_one_contact(site: Site, till: httpx.Client):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: send(till, "+12065550133", f"Text {n}"), range(4)))
    assert {answer.status_code for answer in answers} == {200}
    contacts = site.rows("SELECT contact_id FROM addresses WHERE identifier = '+12065550133'")
    assert len(contacts) == 1
    assert sorted(row.text for row in site.messages(contacts[0].contact_id)) == ["Text 0", "Text 1", "Text 2", "Text 3"]


@pytest.mark.parametrize("message", ["é" * 1600, "שלום", "🚲 ready", "a\nb", "before\x00after"])
def test_texts_of_any_script_go(till: httpx.Client, message: str):
    answer = send(till, "+12065550134", message)
    assert answer.status_code == 200
    assert "\x00" not in answer.json()["text"]
    assert len(answer.json()["text"]) >= len(message) - 1


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"message": "Hi"}, "to", "to"),
        ({"to": TO}, "message", "message"),
        ({"to": 12065550123, "message": "Hi"}, "to", "to"),
        ({"to": TO, "message": None}, "message", "message"),
        ({"to": TO, "message": ["Hi"]}, "message", "message"),
        ({"to": "", "message": "Hi"}, "to", "That is not a phone number. Write it like +12065550123."),
        ({"to": "bike shop", "message": "Hi"}, "to", "That is not a phone number. Write it like +12065550123."),
        ({"to": "+1206", "message": "Hi"}, "to", "too few or too many digits"),
        ({"to": "+1" + "2" * 30, "message": "Hi"}, "to", "phone number"),
        ({"to": TO, "message": ""}, "message", "message is empty."),
        ({"to": TO, "message": " \n\t "}, "message", "message is empty."),
        ({"to": TO, "message": "x" * 1601}, "message", "message has 1601 characters; at most 1600 go."),
        ({"to": TO, "message": "Hi", "from": TO}, "from", "from"),
    ],
    ids=str,
)
def test_a_field_that_cannot_be_used_is_named(
    site: Site, till: httpx.Client, body: dict[str, object], field: str, words: str
):
    before = site.rows("SELECT count(*) FROM arrivals")
    answer = till.post("/sms/send", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert answer.json().get("field") == field
    assert site.rows("SELECT count(*) FROM arrivals") == before


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"to": "+12065550123", "message": "\xff"}', b"hello"])
def test_what_is_not_json_is_refused(till: httpx.Client, content: bytes):
    answer = till.post("/sms/send", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"null", b"7"])
def test_json_that_is_no_object_is_refused(till: httpx.Client, content: bytes):
    answer = till.post("/sms/send", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_another_content_type_is_refused(till: httpx.Client, content_type: str):
    content = json.dumps({"to": TO, "message": "Hi"}).encode()
    headers = {"Content-Type": content_type} if content_type else {}
    answer = till.post("/sms/send", content=content, headers=headers)
    assert answer.status_code == 415
    assert answer.json() == {"error": "Expected application/json."}


def test_json_may_name_its_charset(till: httpx.Client):
    content = json.dumps({"to": TO, "message": "Hi"}).encode()
    answer = till.post("/sms/send", content=content, headers={"Content-Type": "Application/JSON; charset=utf-8"})
    assert answer.status_code == 200


def test_a_body_over_64_kb_is_refused(till: httpx.Client):
    answer = send(till, message="x" * 66_000)
    assert answer.status_code == 413
    assert answer.json() == {"error": "The body is over 64 KB."}


async def test_a_body_without_end_is_refused_before_it_fills_the_memory(site: Site):
    parts = iter(range(1000))

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b" " * 16_384, "more_body": next(parts) < 900}

    sent: list[dict] = []

    async def answer(message: dict) -> None:
        sent.append(message)

    key = site.key("chatterbox")
    headers = [(b"authorization", f"Bearer {key}".encode()), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/sms/send", "raw_path": b"/sms/send", "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    await site.on_its_loop(site.app(scope, receive, answer))
    assert sent[0]["status"] == 413
    assert next(parts) < 20, "it went on reading"


def test_somebody_who_opted_out_gets_nothing_and_the_attempt_is_recorded(site: Site, till: httpx.Client):
    phone = site.phone()
    contact = site.text(phone, "HOURS")
    site.text(phone, "STOP")
    answer = send(till, f"+{phone}")
    assert answer.status_code == 403
    body = answer.json()
    assert body["rule"]
    assert "opted out" in body["error"]
    assert (body["status"], body["to"]) == ("blocked", f"+{phone}")
    last = site.messages(contact)[-1]
    assert (last.id, last.status, last.author, last.text) == (body["message_id"], "blocked", "api", body["text"])
    assert site.rows("SELECT * FROM outbox WHERE id = :i", i=last.id) == []
    refused = site.rows("SELECT * FROM turns WHERE contact_id = :c AND events LIKE '%\"send_refused\"%'", c=contact)
    assert len(refused) == 1
    thread = site.person().get(f"/c/{contact}?view=all").text
    assert "Program till" in thread
    assert "Not sent" in thread
    site.text(phone, "START")
    assert send(till, f"+{phone}").status_code == 200


def test_a_revoked_key_no_longer_works_and_its_name_can_be_used_again(site: Site):
    old = site.program("scale")
    assert old.get("/conversations").status_code == 200
    site.revoke("scale")
    assert old.get("/conversations").status_code == 401
    assert send(old).status_code == 401
    new = site.program("scale")
    assert new.get("/conversations").status_code == 200
    assert old.get("/conversations").status_code == 401


def test_a_key_of_another_workspace_does_not_work(site: Site):
    made = site.write(keys.add, "other", "theirs", site.clock())
    assert made is not None
    answer = site.browser(headers={"Authorization": f"Bearer {made[1]}"}).get("/conversations")
    assert answer.status_code == 401


def test_a_key_is_stored_so_that_the_database_does_not_let_anyone_in(site: Site):
    key = site.key("vault")
    assert len(key) >= 40
    dumped = [str(tuple(row)) for row in site.rows("SELECT * FROM api_keys")]
    assert any(keys.digest(key) in row for row in dumped)
    assert not any(key in row or key.removeprefix("tb_") in row for row in dumped)


@pytest.mark.parametrize("value", ["Bearer", "Bearer \u00e9", "Bearer a b", "Basic eDp4", "tb_x", ""])
def test_a_malformed_authorization_is_refused(site: Site, value: str):
    answer = site.browser().get("/conversations", headers={b"Authorization": value.encode("latin-1")})
    assert answer.status_code == 401


def test_a_key_does_not_open_the_address_by_query(site: Site):
    assert site.browser().get("/conversations", params={"key": site.key("query")}).status_code == 401


def answers(site: Site) -> Iterator[httpx.Response]:
    program = site.program("curious")
    yield send(program)
    yield send(program, "nonsense")
    yield program.get("/conversations")
    yield program.get("/metrics")
    yield program.get("/readyz")
    yield program.get("/healthz")
    yield program.get("/nothing")
    yield program.put("/sms/send")
    wrong = site.browser(headers={"Authorization": "Bearer tb_guessed"})
    yield wrong.get("/conversations")


def test_no_answer_shows_a_secret(site: Site):
    for answer in answers(site):
        key = answer.request.headers["authorization"].partition(" ")[2]
        for secret in (key, keys.digest(key)):
            assert secret not in answer.text
            assert secret not in str(answer.headers)
        for word in ("tb_", "argon2", "token_hash", "key_hash", "Traceback"):
            assert word not in answer.text


# ---- watching it


def test_health_says_it_answers(site: Site):
    answer = site.browser().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


def test_ready_says_that_everything_works(site: Site):
    site.contact("HOURS")
    answer = site.browser().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "problems": [], "inbox": 0})


def test_not_ready_names_what_is_wrong(site: Site, monkeypatch: pytest.MonkeyPatch):
    async def broken(*_: object) -> None:
        raise OSError("disk /var/lib/secret is gone")

    monkeypatch.setattr(site.app.db, "read", broken)
    monkeypatch.setattr(type(site.app.road), "alive", False)
    answer = site.browser().get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "problems": ["a part of the road has stopped; see the log", "the database does not answer"],
        "inbox": None,
    }
    assert site.browser().get("/healthz").status_code == 200


def sample(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_metrics_count_webhooks_by_what_became_of_them(site: Site, till: httpx.Client):
    name = 'textback_webhooks_total{line="simulator",outcome="unsigned"}'
    before = till.get("/metrics")
    assert before.headers["content-type"].startswith("text/plain")
    assert site.browser().post("/webhooks/simulator", json={}).status_code == 401
    after = till.get("/metrics").text
    assert sample(after, name) == sample(before.text, name) + 1
    assert "# HELP textback_inbox_waiting" in after
    assert sample(after, "textback_inbox_waiting") == 0
    assert "555" not in "".join(re.findall(r"\{[^}]*\}", after)), "no phone number is a label"


def test_a_failure_inside_is_told_without_its_reason(site: Site, till: httpx.Client, monkeypatch: pytest.MonkeyPatch):
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret reason at /home/x.py")

    monkeypatch.setattr(site.app.road, "send_to", broken)
    answer = send(till)
    assert answer.status_code == 500
    assert answer.json() == {"error": "Something went wrong here. It was written to the log; try again."}


# What it is for, and where they are


def night(site: Site) -> str:
    """A time zone in which it is the middle of the night, whatever the time is here."""
    return next(zone for zone in (f"Etc/GMT{n:+}" for n in range(-12, 12)) if to_datetime(site.clock(), zone).hour == 2)


def agree(site: Site, number: str) -> None:
    def write(tx: Connection) -> None:
        home = find_homes(tx, "default", [("phone", number)])["phone", number]
        key = {"bucket": home.bucket, "contact_id": home.contact_id, "family": "phone", "programme": ""}
        scope = {"message_class": "promotional", "state": "agreed", "since": 1, "event_id": "e1"}
        tx.execute(insert(agreements), {**key, **scope, "workspace": "default"})

    site.write(write)


def test_a_promotional_text_needs_an_agreement_on_record(till: httpx.Client):
    answer = till.post("/sms/send", json={"to": "+12065550151", "message": "Sale!", "class": "promotional"})
    assert (answer.status_code, answer.json()["rule"], answer.json()["status"]) == (403, "K1", "blocked")
    assert (
        till.post("/sms/send", json={"to": "+12065550151", "message": "Hi", "class": "informational"}).status_code
        == 200
    )


def test_a_text_at_the_wrong_time_waits_and_says_until_when(site: Site, till: httpx.Client):
    to = "+12065550152"
    assert send(till, to).status_code == 200
    agree(site, to)
    body = {"to": to, "message": "Sale!", "class": "promotional", "zone": night(site), "region": "TX"}
    told = till.post("/sms/send", json=body).json()
    assert (told["status"], told["rule"]) == ("queued", "Q1")
    assert "they may go from 8:00 to 20:00" in told["reason"]
    held = datetime.fromisoformat(told["held_until"])
    assert 5 <= held.timestamp() / 3600 - site.clock() / 3_600_000 <= 6.3
    (row,) = site.rows("SELECT zone, region, zone_source FROM contacts WHERE zone != ''")
    assert tuple(row) == (night(site), "TX", "api")


@pytest.mark.parametrize(
    ("field", "value"),
    [("class", "compliance"), ("class", "sale"), ("zone", "Mars/Olympus"), ("region", "Texas"), ("region", "tx")],
)
def test_a_class_or_a_place_that_there_is_not(till: httpx.Client, field: str, value: str):
    answer = till.post("/sms/send", json={"to": TO, "message": "Hi", field: value})
    assert (answer.status_code, answer.json()["field"]) == (400, field)


@pytest.mark.parametrize(
    ("words", "rule"),
    [("Look: https://bit.ly/x", "E4"), ("Reply 9 to unsubscribe.", "O11"), ("Win at our casino tonight!", "E5")],
)
def test_what_carriers_forbid_is_refused_whoever_writes_it(till: httpx.Client, words: str, rule: str):
    answer = till.post("/sms/send", json={"to": TO, "message": words, "class": "promotional"})
    assert (answer.status_code, answer.json()["field"]) == (400, "message")
    assert f"({rule})" in answer.json()["error"]


def test_e6_a_text_that_does_not_say_who_sends_it_goes_with_a_warning(till: httpx.Client):
    answer = till.post("/sms/send", json={"to": TO, "message": "Your bike is ready.", "class": "informational"})
    assert answer.status_code == 200
    (warning,) = answer.json()["warnings"]
    assert "(E6)" in warning
    assert "warnings" not in send(till).json()


def test_e4_a_person_can_not_send_a_link_of_a_public_shortener(site: Site, till: httpx.Client):
    send(till, "+12065550139", "Hello.")
    contact = site.rows("SELECT contact_id FROM addresses WHERE identifier = '+12065550139'")[0].contact_id
    shown = site.person().submit(f"/c/{contact}/reply", text="Look: https://bit.ly/x")
    assert shown.status_code == 409
    assert "(E4)" in shown.text


def test_the_desk_says_until_when_a_text_waits():
    row = SimpleNamespace(
        id="1", at=1_800_000_000_000, direction="out", author="api", author_name="till", author_id="", status="queued",
        rule="Q1", detail="It is night.", due_at=1_800_043_200_000, text="Sale!", media="[]", source="api", code="",
        channel="sms",
    )  # fmt: skip
    shown = bubble(row, "me", "America/Los_Angeles", row.at)
    assert (shown.delivery, shown.cause) == ("Held until 12:00 pm (rule Q1)", "It is night.")
    later = bubble(row, "me", "America/Los_Angeles", row.at - 86_400_000)
    assert later.delivery == "Held until Fri 15 Jan, 12:00 pm (rule Q1)"
    row.rule = "C3"
    assert bubble(row, "me", "America/Los_Angeles", row.at).delivery == "Sending"
