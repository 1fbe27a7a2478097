"""What programs read and do under /v1: conversations, hand-overs, contacts, tags, flows, versions and lines."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.web.conftest import Site
from tests.web.test_access import made


@pytest.fixture(scope="module")
def program(site: Site) -> httpx.Client:
    return site.program("crm")


def data(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()["data"]


def code(answer: httpx.Response) -> tuple[int, str, str]:
    said = answer.json()
    return answer.status_code, said["code"], said.get("field", "")


def pages(program: httpx.Client, path: str, **more: Any) -> Iterator[list[Any]]:
    cursor = ""
    while True:
        answer = program.get(path, params={**more, **({"cursor": cursor} if cursor else {})})
        yield data(answer)
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return


def number_of(site: Site, contact: str) -> str:
    return str(site.rows("SELECT identifier FROM addresses WHERE contact_id = :c", c=contact)[0].identifier)


def test_a_conversation_stands_as_the_desk_shows_it(site: Site, program: httpx.Client) -> None:
    contact = site.contact("BOOK")
    found = data(program.get(f"/v1/conversations/{contact}"))
    assert found == data(program.get(f"/v1/conversations/{number_of(site, contact)}"))
    assert (found["id"], found["status"], found["owner"]["kind"]) == (contact, "waiting_on_customer", "bot")
    assert found["flow"]["flow"] == "book_visit"
    assert found["flow"]["step"] in [
        step["id"] for step in data(program.get(f"/v1/flows/{found['flow']['flow']}"))["steps"]
    ]
    assert next(text["author"] for text in found["texts"]) == "contact"
    assert found["texts"][0]["text"] == "BOOK"
    assert (found["handoff"], found["last"]["author"]) == (None, "bot")


def test_lists_of_conversations_can_be_narrowed_and_read_page_by_page(site: Site, program: httpx.Client) -> None:
    ids = [site.contact("HOURS") for _ in range(3)]
    found = [one["id"] for page in pages(program, "/v1/conversations", limit=2) for one in page]
    assert len(found) == len(set(found))
    assert [id_ for id_ in found if id_ in ids] == ids[::-1]
    oldest = [one["id"] for page in pages(program, "/v1/conversations", limit=2, order="oldest") for one in page]
    assert oldest == found[::-1]
    waits = site.waiting()
    listed = data(program.get("/v1/conversations", params={"waiting": "true", "owner": "nobody"}))
    assert waits in [one["id"] for one in listed]
    assert all(one["waiting_since"] for one in listed)
    one = data(program.get("/v1/conversations", params={"contact": number_of(site, waits)}))
    assert [row["id"] for row in one] == [waits]
    assert data(program.get("/v1/conversations", params={"updated_since": "2099-01-01T00:00:00Z"})) == []


def test_a_program_takes_hands_over_returns_and_completes(site: Site, program: httpx.Client) -> None:
    contact = site.contact("BOOK")
    path = f"/v1/conversations/{contact}"
    taken = data(program.post(f"{path}/take", json={}))
    assert (taken["owner"]["kind"], taken["owner"]["name"]) == ("person", "crm")
    assert contact in [one["id"] for one in data(program.get("/v1/conversations", params={"owner": "me"}))]
    site.text(number_of(site, contact)[1:], "Hello?")
    assert data(program.get(path))["texts"][-1]["author"] == "contact", "the bot is quiet"
    body = {"reason": "Wants to change an order", "ask": "Can it be blue?", "text": "A person will be with you."}
    over = data(program.post(f"{path}/handoff", json=body))
    assert (over["owner"]["kind"], over["status"]) == ("nobody", "waiting_on_agent")
    assert over["texts"][-1]["text"] == body["text"]
    (listed,) = [one for one in data(program.get("/v1/handoffs")) if one["conversation"] == contact]
    assert (listed["reason"], listed["ask"]) == (body["reason"], body["ask"])
    assert (listed["owner"]["kind"], listed["waiting_since"]) == ("nobody", over["waiting_since"])
    back = data(program.post(f"{path}/return", json={"mode": "ask"}))
    assert (back["owner"]["kind"], back["handoff"]) == ("bot", None)
    assert contact not in [one["conversation"] for one in data(program.get("/v1/handoffs"))]
    assert data(program.post(f"{path}/complete", json={}))["status"] == "completed"
    done = [action for action, subject in site.audit("API key crm") if subject == contact]
    assert done == ["take", "handoff", "return", "complete"]


def test_what_a_person_has_is_not_taken_from_them_unless_forced(site: Site, program: httpx.Client) -> None:
    contact, ana = site.waiting(), site.person(name="Ana")
    assert ana.submit(f"/c/{contact}/take").status_code == 303
    path = f"/v1/conversations/{contact}"
    bodies: dict[str, dict[str, Any]] = {
        "take": {}, "handoff": {"reason": "x"}, "return": {}, "complete": {}, "flow": {"flow": "hours"},
    }  # fmt: skip
    for what, body in bodies.items():
        refused = program.post(f"{path}/{what}", json=body)
        assert code(refused) == (409, "held", ""), what
    assert "Ana" in program.post(f"{path}/take", json={}).json()["detail"]
    assert data(program.post(f"{path}/take", json={"force": True}))["owner"]["name"] == "crm"


def test_a_program_starts_a_flow_once_under_its_key(site: Site, program: httpx.Client) -> None:
    contact = site.contact("HOURS")
    path = f"/v1/conversations/{contact}/flow"
    for _ in range(2):
        started = data(program.post(path, json={"flow": "book_visit"}, headers={"Idempotency-Key": "order-1"}))
        assert started["flow"]["flow"] == "book_visit"
    events = site.rows("SELECT events FROM turns WHERE contact_id = :c", c=contact)
    assert sum('"book_visit"' in row.events and "session_started" in row.events for row in events) == 1
    assert code(program.post(path, json={"flow": "none"})) == (400, "invalid_field", "flow")
    assert code(program.post(path, json={"flow": "book_visit", "step": "none"})) == (400, "invalid_field", "step")
    assert code(program.post(path, json={"flow": "book_visit", "values": {"none": 1}}))[2] == "values.none"
    site.text(number_of(site, contact)[1:], "STOP")
    for _ in range(2):
        again = program.post(path, json={"flow": "book_visit"}, headers={"Idempotency-Key": "order-2"})
        assert code(again) == (409, "opted_out", "")


def test_contacts_are_made_changed_and_tagged(site: Site, program: httpx.Client) -> None:
    body = {"to": "(206) 555-0171", "name": "Ana", "fields": {"bike": "Surly", "age": 3}, "tags": ["vip", "late"]}
    new = data(program.post("/v1/contacts", json={**body, "zone": "America/Chicago", "region": "TX"}), 201)
    assert (new["number"], new["name"], new["fields"]) == ("+12065550171", "Ana", {"bike": "Surly", "age": 3})
    assert (new["tags"], new["zone"], new["region"]) == (["late", "vip"], "America/Chicago", "TX")
    assert new["addresses"] == [{"family": "phone", "identifier": "+12065550171"}]
    assert (new["opted_out"], new["agreements"], new["last_text_at"]) == (False, [], None)
    assert site.messages(new["id"]) == []
    assert code(program.post("/v1/contacts", json=body)) == (409, "exists", "to")
    path = f"/v1/contacts/{new['id']}"
    changed = data(program.patch(path, json={"fields": {"bike": None, "size": "M"}, "tags": ["new"], "region": ""}))
    assert (changed["fields"], changed["tags"], changed["region"]) == ({"age": 3, "size": "M"}, ["new"], "")
    assert (changed["name"], changed["zone"]) == ("Ana", "America/Chicago")
    assert data(program.put(f"{path}/tags/gold")) == {"contact": new["id"], "tags": ["gold", "new"]}
    assert data(program.delete(f"{path}/tags/new"))["tags"] == ["gold"]
    assert data(program.delete(f"{path}/tags/new"))["tags"] == ["gold"]
    assert {"tag": "gold", "contacts": 1} in data(program.get("/v1/tags"))
    assert [one["id"] for one in data(program.get("/v1/contacts", params={"tag": "gold"}))] == [new["id"]]
    assert data(program.get("/v1/contacts/+12065550171")) == data(program.get(path))


def test_a_language_of_the_bot_is_what_the_contact_is_texted_in(site: Site, program: httpx.Client) -> None:
    contact = site.contact("HOURS")
    path = f"/v1/contacts/{contact}"
    assert code(program.patch(path, json={"language": "xx"})) == (400, "invalid_field", "language")
    assert data(program.patch(path, json={"language": "en"}))["language"] == "en"
    assert data(program.patch(path, json={"language": ""}))["language"] == ""


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"fields": {"Bad Name": 1}}, "fields.Bad Name"),
        ({"fields": {"tags": "x"}}, "fields.tags"),
        ({"fields": {"name": "x"}}, "fields.name"),
        ({"fields": {"note": "x" * 1001}}, "fields.note"),
        ({"fields": {"big": 2**60}}, "fields.big"),
        ({"fields": {"deep": {"a": 1}}}, "fields[...]"),
        ({"tags": ["Not A Tag"]}, "tags"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"region": "tx"}, "region"),
        ({"nothing": 1}, "nothing"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_what_cannot_be_kept_of_a_contact_is_refused(
    site: Site, program: httpx.Client, body: dict[str, Any], field: str
) -> None:
    before = data(program.get(f"/v1/contacts/{somebody(site)}"))
    assert code(program.patch(f"/v1/contacts/{somebody(site)}", json=body)) == (400, "invalid_field", field)
    assert data(program.get(f"/v1/contacts/{somebody(site)}")) == before


_contacts: dict[str, str] = {}


def somebody(site: Site) -> str:
    return _contacts.setdefault(site.url, site.contact("HOURS"))


def test_more_than_a_contact_may_have_is_refused_whole(site: Site, program: httpx.Client) -> None:
    path = f"/v1/contacts/{somebody(site)}"
    data(program.patch(path, json={"fields": {f"f{n}": n for n in range(100)}}))
    assert code(program.patch(path, json={"fields": {"more": 1}, "tags": ["vip"]})) == (409, "too_many", "fields")
    assert data(program.get(path))["tags"] == []
    data(program.patch(path, json={"fields": {f"f{n}": None for n in range(100)}}))


def test_flows_versions_and_lines_are_those_that_are_live(site: Site, program: httpx.Client) -> None:
    flows = {one["name"]: one for one in data(program.get("/v1/flows"))}
    version = data(program.get("/v1/versions"))[0]
    assert version["live"]
    assert {one["version"] for one in flows.values()} == {version["version"]}
    visit = data(program.get("/v1/flows/book_visit"))
    assert "book" in visit["keywords"]
    assert visit["step_count"] == len(visit["steps"])
    asks = next(step for step in visit["steps"] if step["kind"] == "ask")
    assert asks["variable"] in visit["variables"]
    assert asks["texts"]["en"]
    known = {step["id"] for step in visit["steps"]}
    assert {next_ for step in visit["steps"] for next_ in step["following"]} <= known
    (line,) = data(program.get("/v1/lines"))
    assert (line["name"], line["state"], line["used"]) == ("simulator", "closed", None)
    assert line["number"].startswith("+")
    _, narrow = made(site, "lines only", scopes=["lines:read"])
    assert "•" in data(narrow.get("/v1/lines"))[0]["number"]


@pytest.mark.parametrize("path", ["/v1/conversations", "/v1/handoffs", "/v1/contacts", "/v1/versions", "/v1/keys"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=201", "limit"), ("limit=ten", "limit"), ("limit=5&limit=6", "limit"),
        ("nothing=1", "nothing"), ("cursor=x", "cursor"), ("cursor=%00", "cursor"), ("cursor=WzFd", "cursor"),
        ("cursor=%F0%9F%9A%B2", "cursor"), ("cursor=WyJjb252ZXJzYXRpb25zIiwxZTUwXQ", "cursor"),
        ("%F0%9F%9A%B2=1", "🚲"),
    ],
)  # fmt: skip
def test_what_no_list_can_be_asked_for_is_refused(program: httpx.Client, path: str, query: str, field: str) -> None:
    status, said, named = code(program.get(f"{path}?{query}"))
    assert (status, said) == (400, "invalid_field")
    assert named in (field, "")


def test_a_cursor_is_good_for_its_own_list_alone(site: Site, program: httpx.Client) -> None:
    for _ in range(2):
        site.waiting()
    data(program.post("/v1/keys", json={"name": "second", "scopes": ["lines:read"]}), 201)
    lists = [
        "/v1/conversations", "/v1/conversations?order=oldest", "/v1/handoffs", "/v1/contacts", "/v1/keys",
    ]  # fmt: skip
    cursors = {}
    for path in lists:
        cursors[path] = program.get(path, params={**httpx.URL(path).params, "limit": 1}).json()["next_cursor"]
        assert cursors[path]
    for path in [*lists, "/v1/versions"]:
        for of, cursor in cursors.items():
            answer = program.get(path, params={**httpx.URL(path).params, "cursor": cursor})
            assert answer.status_code == (200 if of == path else 400), (path, of)


@pytest.mark.parametrize("given", ["nobody", "+1206555", "0" * 24, "a" * 5000, "%00", "%F0%9F%9A%B2", "..%2F.."])
def test_who_is_not_there_is_the_same_as_what_is_nonsense(program: httpx.Client, given: str) -> None:
    for path in (f"/v1/conversations/{given}", f"/v1/contacts/{given}"):
        answer = program.get(path)
        assert answer.status_code == 404, path
    assert program.get("/v1/conversations", params={"contact": "nobody"}).status_code == 404


@pytest.mark.parametrize(
    "query", ["tag=Not+a+tag", "owner=%00", "status=gone", "waiting=perhaps", "updated_since=yesterday", "order=best"]
)
def test_filters_that_mean_nothing_are_refused(program: httpx.Client, query: str) -> None:
    answer = program.get(f"/v1/conversations?{query}")
    assert code(answer) == (400, "invalid_field", query.partition("=")[0])
