"""Keys by way of the API, and what a key that is for some scopes or lines alone may see and do."""

import time
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.web.conftest import Site
from tests.web.test_access import client, made
from tests.web.test_resources import code, data
from textback.core.when import DAY, HOUR
from textback.web.access import FRESH
from textback.web.routes import ROUTES

BOTH = ["keys:read", "keys:write", "lines:read"]
FOR_PROGRAMS = [route for route in ROUTES if route.role == "api"]


def path_of(route: Any, contact: str) -> str:
    """An address with somebody, or nothing, in its places."""
    parts = [contact if part in ("{contact}", "{id}") else "nothing" if "{" in part else part
             for part in route.path.split("/")]  # fmt: skip
    return "/".join(parts)


def moved(site: Site, contact: str, line: str) -> str:
    """The contact, whose conversation is on this line now."""
    site.write(
        lambda tx: tx.execute(
            text("UPDATE conversations SET line = :l WHERE contact_id = :c"), {"l": line, "c": contact}
        )
    )
    return contact


@pytest.mark.parametrize("route", FOR_PROGRAMS, ids=lambda route: f"{route.method} {route.path}")
def test_the_scope_is_asked_before_anything_is_looked_up(site: Site, route: Any) -> None:
    _, other = made(site, f"{route.method} {route.path}"[:64], scopes=[
        "templates:read" if route.scope != "templates:read" else "lines:read"
    ])  # fmt: skip
    for who in ("0" * 24, "nonsense"):
        answer = other.request(route.method, path_of(route, who), content=b"\xff")
        assert answer.status_code == 403, "who may not ask learns nothing: not that it is there, nor that it is not"
        said = answer.json()
        assert route.scope in (said.get("detail") or said["error"])


def test_a_key_is_made_shown_once_changed_and_revoked(site: Site) -> None:
    program = site.program("keeper")
    new = data(program.post("/v1/keys", json={"name": "crm", "scopes": ["lines:read"], "days": 9}), 201)
    works = client(site, new["key"])
    assert works.get("/v1/lines").status_code == 200
    shown = data(program.get(f"/v1/keys/{new['id']}"))
    assert "key" not in shown
    assert (shown["start"], shown["created_by"]) == (new["key"][: len(shown["start"])], "API key keeper")
    assert (shown["scopes"], shown["lines"]) == (["lines:read"], [])
    assert new["id"] in [one["id"] for one in data(program.get("/v1/keys?limit=200"))]
    assert new["key"] not in program.get("/v1/keys").text
    assert code(program.post("/v1/keys", json={"name": "crm", "scopes": ["*"]})) == (409, "exists", "name")
    assert code(program.patch(f"/v1/keys/{new['id']}", json={"name": "keeper"})) == (409, "exists", "name")
    data(program.patch(f"/v1/keys/{new['id']}", json={"name": "sales", "scopes": ["flows:read"]}))
    time.sleep(FRESH / 1_000)
    assert (works.get("/v1/lines").status_code, works.get("/v1/flows").status_code) == (403, 200)
    assert data(program.delete(f"/v1/keys/{new['id']}")) == {"id": new["id"], "name": "sales"}
    time.sleep(FRESH / 1_000)
    assert works.get("/v1/flows").status_code == 401
    assert program.get(f"/v1/keys/{new['id']}").status_code == 404
    done = [action for action, subject in site.audit("API key keeper") if subject in ("crm", "sales")]
    assert done == ["apikey.add", "apikey.change", "apikey.revoke"]


def test_a_rotated_key_works_beside_the_new_one_for_as_long_as_was_said(site: Site) -> None:
    id_, old = made(site, "turning")
    new = data(old.post(f"/v1/keys/{id_}/rotate", json={"hours": 1}))
    assert new["rotates_until"]
    works = client(site, new["key"])
    assert {old.get("/v1/lines").status_code, works.get("/v1/lines").status_code} == {200}
    site.clock.advance(HOUR + FRESH)
    assert (old.get("/v1/lines").status_code, works.get("/v1/lines").status_code) == (401, 200)
    assert ("apikey.rotate", "turning") in site.audit("API key turning")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": ["*"]}, "scopes"),
        ({"scopes": ["lines:read", "messages:write"]}, "scopes"),
        ({"scopes": ["lines:read"], "days": 30}, "days"),
    ],
)
def test_no_key_makes_one_that_can_do_more_than_itself(site: Site, body: dict[str, Any], field: str) -> None:
    _, small = made(site, f"small {body}"[:64], scopes=BOTH, expires_at=site.clock() + DAY)
    assert code(small.post("/v1/keys", json={"name": "more", **body})) == (403, "beyond_key", field)
    as_much = data(small.post("/v1/keys", json={"name": f"as much {body}"[:64], "scopes": BOTH}), 201)
    assert as_much["expires_at"] is not None, "it ends with the key that made it"
    assert code(small.patch(f"/v1/keys/{as_much['id']}", json=body)) == (403, "beyond_key", field)


def test_no_key_gets_hold_of_one_that_can_do_more(site: Site) -> None:
    _, small = made(site, "small", scopes=BOTH)
    great, _ = made(site, "great")
    for answer in (
        small.post(f"/v1/keys/{great}/rotate", json={"hours": 1}),
        small.patch(f"/v1/keys/{great}", json={"scopes": ["lines:read"]}),
        small.delete(f"/v1/keys/{great}"),
    ):
        assert code(answer) == (403, "beyond_key", "scopes")
    assert data(small.get(f"/v1/keys/{great}"))["scopes"] == ["*"]


def test_a_key_for_one_line_makes_and_sees_keys_for_it_alone(site: Site) -> None:
    all_lines, _ = made(site, "all lines", scopes=["lines:read"])
    mine, one = made(site, "one line", scopes=BOTH, lines=["simulator"])
    other, _ = made(site, "other line", scopes=["lines:read"], lines=["shop"])
    for id_ in (all_lines, other):
        assert code(one.get(f"/v1/keys/{id_}")) == (403, "beyond_key", "lines")
        assert code(one.delete(f"/v1/keys/{id_}")) == (403, "beyond_key", "lines")
    assert [key["id"] for key in data(one.get("/v1/keys"))] == [mine]
    new = data(one.post("/v1/keys", json={"name": "from one line", "scopes": ["lines:read"]}), 201)
    assert new["lines"] == ["simulator"]
    assert code(one.post("/v1/keys", json={"name": "x", "scopes": ["*"], "lines": ["none"]}))[2] == "lines"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x", "scopes": ["all"]}, "scopes"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": " ", "scopes": ["*"]}, "name"),
        ({"name": "x" * 65, "scopes": ["*"]}, "name"),
        ({"name": "x", "scopes": ["*"], "days": 0}, "days"),
        ({"name": "x", "scopes": ["*"], "lines": ["none"]}, "lines"),
        ({"scopes": ["*"]}, "name"),
    ],
)
def test_a_key_that_cannot_be_is_refused(site: Site, body: dict[str, Any], field: str) -> None:
    program = client(site, site.key(f"maker {body}"[:64]))
    answer = program.post("/v1/keys", json=body)
    assert code(answer) == (400, "invalid_field", field)


def test_a_key_for_one_line_sees_what_is_on_it_and_no_more(site: Site) -> None:
    mine, theirs = site.waiting(), moved(site, site.waiting(), "shop")
    for contact in (mine, theirs):
        data(site.program(f"tagger {contact}").put(f"/v1/contacts/{contact}/tags/lined"))
    moved(site, theirs, "shop")
    _, one = made(site, "simulator only", lines=["simulator"])
    for path, name in (
        ("/v1/conversations", "id"), ("/v1/handoffs", "conversation"), ("/v1/contacts", "id"),
    ):  # fmt: skip
        seen = [row[name] for row in data(one.get(path, params={"limit": 200}))]
        assert mine in seen, path
        assert theirs not in seen, path
        assert code(one.get(path, params={"line": "shop"})) == (403, "wrong_line", "line")
    assert data(one.get("/v1/tags")) == [{"tag": "lined", "contacts": 1}]
    _, other = made(site, "shop only", lines=["shop"])
    assert data(other.get("/v1/lines")) == []
    assert code(other.post("/v1/contacts", json={"to": "+12065550188"})) == (403, "wrong_line", "line")
    bodies: dict[str, Any] = {"handoff": {"reason": "x"}, "flow": {"flow": "hours"}}
    number = site.rows("SELECT identifier FROM addresses WHERE contact_id = :c", c=theirs)[0].identifier
    consent = {"to": number, "change": "opt_out"}
    event = {"contact": theirs, "event": "paid"}
    refused: list[tuple[str, str, Any]] = [
        ("GET", f"/v1/conversations/{theirs}", None),
        ("GET", "/v1/conversations?contact=" + theirs, None),
        *(("POST", f"/v1/conversations/{theirs}/{what}", bodies.get(what, {})) for what in
          ("take", "handoff", "return", "complete", "flow")),
        ("GET", f"/v1/contacts/{theirs}", None),
        ("PATCH", f"/v1/contacts/{theirs}", {}),
        ("PUT", f"/v1/contacts/{theirs}/tags/vip", None),
        ("DELETE", f"/v1/contacts/{theirs}/tags/vip", None),
        ("DELETE", f"/v1/contacts/{theirs}", None),
        ("GET", f"/v1/contacts/{theirs}/consent", None),
        ("GET", f"/v1/contacts/{theirs}/proof", None),
        ("POST", "/v1/consent", consent),
        ("POST", "/v1/events", event),
    ]  # fmt: skip
    listed = one.get("/conversations").json()
    assert number not in [row["phone_number"] for row in listed]
    assert listed
    assert one.post("/sms/send", json={"to": number, "message": "Hello"}).status_code == 403
    assert other.post("/sms/send", json={"to": number, "message": "Hello"}).status_code == 403
    before = site.rows("SELECT state, status FROM conversations WHERE contact_id = :c", c=theirs)
    for method, path, body in refused:
        assert code(one.request(method, path, json=body)) == (403, "wrong_line", "line"), path
    assert site.rows("SELECT state, status FROM conversations WHERE contact_id = :c", c=theirs) == before
    assert one.get(f"/v1/conversations/{mine}").status_code == 200


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("id_", ["nothing", "0" * 24, "%00", "%F0%9F%9A%B2", "x" * 5000])
def test_a_key_that_is_not_there_is_not_found(site: Site, method: str, id_: str) -> None:
    program: httpx.Client = site.browser(headers={"Authorization": f"Bearer {site.key(f'{method} {id_}'[:64])}"})
    assert program.request(method, f"/v1/keys/{id_}", json={}).status_code == 404
