"""Who may call what: every address, every kind of caller."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.web.conftest import Browser, Site
from textback.core.when import DAY
from textback.store import accounts
from textback.web import server
from textback.web.routes import ROUTES
from textback.web.routing import Route

#: Every address, who it is for, and an example of it. `{c}` is a contact, `{p}` a simulated phone.
TABLE = {
    ("GET", "/healthz"): ("public", "/healthz"),
    ("GET", "/readyz"): ("public", "/readyz"),
    ("GET", "/openapi.json"): ("public", "/openapi.json"),
    ("GET", "/metrics"): ("api", "/metrics"),
    ("POST", "/webhooks/{line}"): ("signed", "/webhooks/simulator"),
    ("POST", "/sms/send"): ("api", "/sms/send"),
    ("GET", "/conversations"): ("api", "/conversations"),
    ("POST", "/v1/messages/bulk"): ("api", "/v1/messages/bulk"),
    ("GET", "/v1/messages/bulk/{id}"): ("api", "/v1/messages/bulk/nothing"),
    ("POST", "/v1/messages"): ("api", "/v1/messages"),
    ("GET", "/v1/messages"): ("api", "/v1/messages"),
    ("GET", "/v1/messages/{id}"): ("api", "/v1/messages/nothing"),
    ("POST", "/v1/messages/{id}/cancel"): ("api", "/v1/messages/nothing/cancel"),
    ("GET", "/v1/templates"): ("api", "/v1/templates"),
    ("GET", "/v1/templates/{name}"): ("api", "/v1/templates/nothing"),
    ("GET", "/l/{token}"): ("public", "/l/no-such-link"),
    ("GET", "/v1/conversations"): ("api", "/v1/conversations"),
    ("GET", "/v1/conversations/{id}"): ("api", "/v1/conversations/{c}"),
    ("POST", "/v1/conversations/{id}/take"): ("api", "/v1/conversations/{c}/take"),
    ("POST", "/v1/conversations/{id}/handoff"): ("api", "/v1/conversations/{c}/handoff"),
    ("POST", "/v1/conversations/{id}/return"): ("api", "/v1/conversations/{c}/return"),
    ("POST", "/v1/conversations/{id}/complete"): ("api", "/v1/conversations/{c}/complete"),
    ("POST", "/v1/conversations/{id}/flow"): ("api", "/v1/conversations/{c}/flow"),
    ("GET", "/v1/handoffs"): ("api", "/v1/handoffs"),
    ("GET", "/v1/contacts"): ("api", "/v1/contacts"),
    ("GET", "/v1/contacts/{contact}"): ("api", "/v1/contacts/{c}"),
    ("DELETE", "/v1/contacts/{contact}"): ("api", "/v1/contacts/12065550199"),
    ("POST", "/v1/contacts"): ("api", "/v1/contacts"),
    ("PATCH", "/v1/contacts/{contact}"): ("api", "/v1/contacts/{c}"),
    ("PUT", "/v1/contacts/{contact}/tags/{tag}"): ("api", "/v1/contacts/{c}/tags/vip"),
    ("DELETE", "/v1/contacts/{contact}/tags/{tag}"): ("api", "/v1/contacts/{c}/tags/vip"),
    ("GET", "/v1/tags"): ("api", "/v1/tags"),
    ("GET", "/v1/flows"): ("api", "/v1/flows"),
    ("GET", "/v1/flows/{name}"): ("api", "/v1/flows/nothing"),
    ("GET", "/v1/versions"): ("api", "/v1/versions"),
    ("GET", "/v1/lines"): ("api", "/v1/lines"),
    ("GET", "/v1/keys"): ("api", "/v1/keys"),
    ("POST", "/v1/keys"): ("api", "/v1/keys"),
    ("GET", "/v1/keys/{id}"): ("api", "/v1/keys/nothing"),
    ("PATCH", "/v1/keys/{id}"): ("api", "/v1/keys/nothing"),
    ("DELETE", "/v1/keys/{id}"): ("api", "/v1/keys/nothing"),
    ("POST", "/v1/keys/{id}/rotate"): ("api", "/v1/keys/nothing/rotate"),
    ("POST", "/v1/events"): ("api", "/v1/events"),
    ("GET", "/v1/events"): ("api", "/v1/events"),
    ("POST", "/v1/webhooks"): ("api", "/v1/webhooks"),
    ("GET", "/v1/webhooks"): ("api", "/v1/webhooks"),
    ("GET", "/v1/webhooks/{id}"): ("api", "/v1/webhooks/none"),
    ("PATCH", "/v1/webhooks/{id}"): ("api", "/v1/webhooks/none"),
    ("DELETE", "/v1/webhooks/{id}"): ("api", "/v1/webhooks/none"),
    ("POST", "/v1/webhooks/{id}/rotate"): ("api", "/v1/webhooks/none/rotate"),
    ("POST", "/v1/webhooks/{id}/test"): ("api", "/v1/webhooks/none/test"),
    ("GET", "/v1/webhooks/{id}/deliveries"): ("api", "/v1/webhooks/none/deliveries"),
    ("POST", "/v1/webhooks/{id}/deliveries/{delivery}/redeliver"): (
        "api",
        "/v1/webhooks/none/deliveries/none/redeliver",
    ),
    ("POST", "/v1/ai/reply"): ("api", "/v1/ai/reply"),
    ("POST", "/v1/consent"): ("api", "/v1/consent"),
    ("GET", "/v1/contacts/{contact}/consent"): ("api", "/v1/contacts/{c}/consent"),
    ("GET", "/v1/contacts/{contact}/proof"): ("api", "/v1/contacts/{c}/proof"),
    ("POST", "/v1/ai/train"): ("api", "/v1/ai/train"),
    ("GET", "/v1/ai/train/{id}"): ("api", "/v1/ai/train/nothing"),
    ("DELETE", "/v1/ai/train/documents/{name}"): ("api", "/v1/ai/train/documents/nothing"),
    ("GET", "/login"): ("public", "/login"),
    ("POST", "/login"): ("public", "/login"),
    ("GET", "/login/{token}"): ("public", "/login/no-such-token"),
    ("POST", "/login/{token}"): ("public", "/login/no-such-token"),
    ("POST", "/logout"): ("agent", "/logout"),
    ("GET", "/account"): ("agent", "/account"),
    ("POST", "/account/password"): ("agent", "/account/password"),
    ("GET", "/"): ("agent", "/"),
    ("GET", "/desk/{view}"): ("agent", "/desk/all"),
    ("GET", "/c/{contact}"): ("agent", "/c/{c}"),
    ("GET", "/c/{contact}/card"): ("agent", "/c/{c}/card"),
    ("POST", "/c/{contact}/take"): ("agent", "/c/{c}/take"),
    ("POST", "/c/{contact}/return"): ("agent", "/c/{c}/return"),
    ("POST", "/c/{contact}/reply"): ("agent", "/c/{c}/reply"),
    ("POST", "/c/{contact}/complete"): ("agent", "/c/{c}/complete"),
    ("GET", "/c/{contact}/erase"): ("owner", "/c/{c}/erase"),
    ("POST", "/c/{contact}/erase"): ("owner", "/c/{c}/erase"),
    ("GET", "/c/{contact}/consent"): ("agent", "/c/{c}/consent"),
    ("POST", "/c/{contact}/consent"): ("agent", "/c/{c}/consent"),
    ("POST", "/c/{contact}/opt-out"): ("agent", "/c/{c}/opt-out"),
    ("POST", "/c/{contact}/settle"): ("agent", "/c/{c}/settle"),
    ("POST", "/c/{contact}/draft"): ("agent", "/c/{c}/draft"),
    ("POST", "/c/{contact}/suggest"): ("agent", "/c/{c}/suggest"),
    ("GET", "/c/{contact}/calls/{job}"): ("agent", "/c/{c}/calls/nothing"),
    ("POST", "/c/{contact}/calls/{job}"): ("agent", "/c/{c}/calls/nothing"),
    ("GET", "/models"): ("owner", "/models"),
    ("GET", "/models/learn"): ("owner", "/models/learn"),
    ("POST", "/models/learn"): ("owner", "/models/learn"),
    ("GET", "/models/try"): ("owner", "/models/try"),
    ("POST", "/models/try"): ("owner", "/models/try"),
    ("GET", "/c/{contact}/proof"): ("owner", "/c/{c}/proof"),
    ("GET", "/events"): ("agent", "/events"),
    ("GET", "/try"): ("agent", "/try"),
    ("POST", "/try/new"): ("agent", "/try/new"),
    ("GET", "/try/{phone}"): ("agent", "/try/{p}"),
    ("POST", "/try/{phone}/text"): ("agent", "/try/{p}/text"),
    ("GET", "/flows"): ("agent", "/flows"),
    ("GET", "/flows/edit/{path:path}"): ("agent", "/flows/edit/bot.yml"),
    ("GET", "/flows/versions"): ("agent", "/flows/versions"),
    ("GET", "/flows/try"): ("agent", "/flows/try"),
    ("POST", "/flows/try"): ("agent", "/flows/try"),
    ("POST", "/flows/save"): ("owner", "/flows/save"),
    ("POST", "/flows/files"): ("owner", "/flows/files"),
    ("POST", "/flows/discard"): ("owner", "/flows/discard"),
    ("POST", "/flows/publish"): ("owner", "/flows/publish"),
    ("POST", "/flows/again"): ("owner", "/flows/again"),
    ("GET", "/flows/move"): ("owner", "/flows/move"),
    ("POST", "/flows/move"): ("owner", "/flows/move"),
    ("GET", "/templates"): ("agent", "/templates"),
    ("GET", "/templates/new"): ("agent", "/templates/new"),
    ("GET", "/templates/edit/{name}"): ("agent", "/templates/edit/nothing"),
    ("GET", "/templates/approvals"): ("agent", "/templates/approvals"),
    ("POST", "/templates/save"): ("agent", "/templates/save"),
    ("POST", "/templates/decide"): ("owner", "/templates/decide"),
    ("GET", "/lines"): ("owner", "/lines"),
    ("GET", "/compliance"): ("owner", "/compliance"),
    ("GET", "/compliance/numbers"): ("owner", "/compliance/numbers"),
    ("POST", "/compliance/numbers"): ("owner", "/compliance/numbers"),
    ("GET", "/compliance/lists"): ("owner", "/compliance/lists"),
    ("POST", "/compliance/lists"): ("owner", "/compliance/lists"),
    ("GET", "/compliance/lists/{kind}/{digest}/bad"): ("owner", f"/compliance/lists/registry/{'0' * 64}/bad"),
    ("GET", "/compliance/ledger"): ("owner", "/compliance/ledger"),
    ("POST", "/compliance/ledger"): ("owner", "/compliance/ledger"),
    ("GET", "/dead-letters"): ("owner", "/dead-letters"),
    ("GET", "/dead-letters/all"): ("owner", "/dead-letters/all"),
    ("POST", "/dead-letters/redrive"): ("owner", "/dead-letters/redrive"),
    ("POST", "/dead-letters/discard"): ("owner", "/dead-letters/discard"),
}

#: What somebody who may call an address gets there, where that is not 200 for GET and 303 for POST.
WELCOME = {
    ("GET", "/"): 303,
    ("GET", "/try"): 303,
    ("GET", "/login/{token}"): 410,
    ("POST", "/login/{token}"): 410,
    ("POST", "/login"): 401,
    ("POST", "/sms/send"): 200,
    ("POST", "/v1/messages"): 202,
    ("POST", "/v1/messages/bulk"): 202,
    ("GET", "/v1/messages/bulk/{id}"): 404,
    ("GET", "/v1/messages/{id}"): 404,
    ("POST", "/v1/messages/{id}/cancel"): 404,
    ("GET", "/v1/templates/{name}"): 404,
    ("GET", "/l/{token}"): 404,
    ("GET", "/templates/edit/{name}"): 404,
    ("POST", "/templates/save"): 400,  # without a name
    ("POST", "/templates/decide"): 400,
    ("POST", "/compliance/numbers"): 200,
    ("POST", "/compliance/lists"): 400,  # without a file
    ("GET", "/compliance/lists/{kind}/{digest}/bad"): 404,
    ("DELETE", "/v1/contacts/{contact}"): 404,  # nobody has that number
    ("POST", "/v1/contacts"): 201,
    ("GET", "/v1/flows/{name}"): 404,
    ("POST", "/v1/keys"): 201,
    ("GET", "/v1/keys/{id}"): 404,
    ("PATCH", "/v1/keys/{id}"): 404,
    ("DELETE", "/v1/keys/{id}"): 404,
    ("POST", "/v1/keys/{id}/rotate"): 404,
    ("POST", "/v1/events"): 200,
    ("POST", "/v1/webhooks"): 201,
    ("GET", "/v1/webhooks/{id}"): 404,
    ("PATCH", "/v1/webhooks/{id}"): 404,
    ("DELETE", "/v1/webhooks/{id}"): 404,
    ("POST", "/v1/webhooks/{id}/rotate"): 404,
    ("POST", "/v1/webhooks/{id}/test"): 404,
    ("GET", "/v1/webhooks/{id}/deliveries"): 404,
    ("POST", "/v1/webhooks/{id}/deliveries/{delivery}/redeliver"): 404,
    ("POST", "/v1/ai/train"): 202,
    ("GET", "/v1/ai/train/{id}"): 404,
    ("DELETE", "/v1/ai/train/documents/{name}"): 404,
    ("POST", "/c/{contact}/consent"): 409,
    ("POST", "/c/{contact}/opt-out"): 409,
    ("POST", "/c/{contact}/settle"): 400,  # yes or no?
    ("POST", "/c/{contact}/draft"): 400,  # send it, or throw it away?
    ("POST", "/c/{contact}/suggest"): 200,
    ("GET", "/c/{contact}/calls/{job}"): 404,
    ("POST", "/c/{contact}/calls/{job}"): 400,  # good or wrong?
    ("POST", "/models/learn"): 400,  # without a question
    ("POST", "/models/try"): 400,  # without a question
    ("POST", "/flows/try"): 200,
    ("POST", "/flows/save"): 200,  # it only checks
    ("POST", "/flows/publish"): 409,  # there is no draft
    ("GET", "/flows/move"): 400,  # from which version?
    ("POST", "/flows/move"): 400,
}
#: Forms that are filled in for those who may post them.
FIELDS = {
    ("POST", "/login"): {"email": "nobody@example.com", "password": "no such password"},
    ("POST", "/account/password"): {"password": "a long password"},
    ("POST", "/c/{contact}/reply"): {"text": "We are on it."},
    ("POST", "/try/{phone}/text"): {"text": "HOURS"},
    ("POST", "/compliance/numbers"): {"number": "206-555-0188"},
    ("POST", "/flows/try"): {"text": "HOURS"},
    ("POST", "/flows/save"): {"path": "bot.yml", "do": "check", "content": "bot: Harbor", "seen": "what it was"},
    ("POST", "/flows/files"): {"do": "add", "folder": "flows", "name": "opening"},
    ("POST", "/flows/again"): {"number": "1", "latest": "1"},
}
#: What programs post to an address, where that is not a text.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/v1/conversations/{id}/take"): {"force": True},
    ("POST", "/v1/conversations/{id}/handoff"): {"reason": "Wants to change an order"},
    ("POST", "/v1/conversations/{id}/return"): {"mode": "wait"},
    ("POST", "/v1/conversations/{id}/complete"): {},
    ("POST", "/v1/conversations/{id}/flow"): {"flow": "hours"},
    ("POST", "/v1/contacts"): {"to": "+12065550186"},
    ("PATCH", "/v1/contacts/{contact}"): {"name": "Ana"},
    ("POST", "/v1/keys"): {"name": "crm", "scopes": ["messages:write"]},
    ("PATCH", "/v1/keys/{id}"): {"name": "crm"},
    ("POST", "/v1/keys/{id}/rotate"): {"hours": 1},
    ("POST", "/v1/messages/bulk"): {"messages": [{"to": "+12065550188", "body": "Your bike is ready."}]},
    ("POST", "/v1/consent"): {"to": "+12065550187", "change": "opt_out"},
    ("POST", "/v1/ai/reply"): {"conversation": [{"role": "user", "content": "When are you open?"}]},
    ("POST", "/v1/webhooks"): {"url": "https://www.example.com/hook", "events": ["goal.*"]},
    ("POST", "/v1/webhooks/{id}/rotate"): {},
    ("PATCH", "/v1/webhooks/{id}"): {},
    ("POST", "/v1/ai/train"): {"urls": ["http://127.0.0.1:9/"]},  # of which nothing is read
}
EACH = pytest.mark.parametrize("address", list(TABLE), ids=" ".join)
WITHOUT_SESSION = ("nobody", "wrong cookie", "expired cookie", "signed out cookie", "key", "key as cookie")
WITHOUT_KEY = ("nobody", "agent", "owner", "wrong key", "revoked key", "key as basic", "session as key")


class Callers:
    """One of each kind of caller, and what they call."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.contact = site.waiting()
        self.phone = site.phone()
        self.agent = site.person("agent")
        self.owner = site.person("owner")
        self.key = site.key("till")
        self._made: dict[str, Callable[[], Browser]] = {
            "nobody": site.browser,
            "wrong cookie": lambda: self._cookie("x" * 43),
            "expired cookie": self._expired,
            "signed out cookie": self._signed_out,
            "key": lambda: self._key(f"Bearer {self.key}"),
            "key as cookie": lambda: self._cookie(self.key),
            "key as basic": lambda: self._key(f"Basic {self.key}"),
            "wrong key": lambda: self._key("Bearer tb_wrong"),
            "revoked key": self._revoked,
            "session as key": lambda: self._key(f"Bearer {self.agent.cookies['textback']}"),
            "agent": lambda: self.agent,
            "owner": lambda: self.owner,
        }
        self._known: dict[str, Browser] = {}

    def __getitem__(self, kind: str) -> Browser:
        if kind not in self._known:
            self._known[kind] = self._made[kind]()
        return self._known[kind]

    def _cookie(self, token: str) -> Browser:
        made = self.site.browser()
        made.cookies.set("textback", token, domain="127.0.0.1")
        return made

    def _key(self, authorization: str) -> Browser:
        return self.site.browser(headers={"Authorization": authorization})

    def _expired(self) -> Browser:
        id_, _ = self.site.user("owner")
        token = self.site.write(accounts.add_session, id_, self.site.clock() - 15 * DAY)
        return self._cookie(token)

    def _signed_out(self) -> Browser:
        person = self.site.person("owner")
        token = person.cookies["textback"]
        assert person.submit("/logout").status_code == 303
        made = self._cookie(token)
        made.csrf = person.csrf
        return made

    def _revoked(self) -> Browser:
        made = self._key(f"Bearer {self.site.key('old till')}")
        self.site.revoke("old till")
        return made

    def path(self, address: tuple[str, str]) -> str:
        """An example of the address."""
        return TABLE[address][1].format(c=self.contact, p=self.phone)

    def call(self, kind: str, address: tuple[str, str]) -> httpx.Response:
        """Call it, as well-formed as this caller can."""
        caller = self[kind]
        method, path = address[0], self.path(address)
        if TABLE[address][0] in ("api", "signed"):
            words = "message" if address[1] == "/sms/send" else "body"
            text = {"to": "+12065550188", words: "Your bike is ready."}
            body = BODIES.get(address, text) if method in ("POST", "PATCH") else None
            if (method, path) == ("POST", "/v1/events"):
                body = {"contact": self.contact, "event": "bike_ready"}
            return caller.request(method, path, json=body)
        if method == "POST":
            return caller.submit(path, **FIELDS.get(address, {}))
        with caller.stream(method, path) as answer:  # /events has no end
            if path != "/events":
                answer.read()
            return answer


@pytest.fixture(scope="module")
def callers(site: Site) -> Callers:
    return Callers(site)


def happened(site: Site) -> list[int]:
    """How much is recorded of texts, what people did, and who may come in."""
    tables = ("arrivals", "messages", "outbox", "turns", "audit", "contacts", "web_sessions", "login_links")
    return [site.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables]


def test_each_route_is_in_this_table_with_its_role():
    assert {(route.method, route.path): route.role for route in ROUTES} == {
        address: role for address, (role, _) in TABLE.items()
    }


@pytest.mark.parametrize("role", ["", "anyone", None])
def test_a_route_without_a_role_stops_the_server_from_starting(
    site: Site, monkeypatch: pytest.MonkeyPatch, role: Any
) -> None:
    monkeypatch.setattr(server, "ROUTES", (*ROUTES, Route("GET", "/new", role, ROUTES[0].handler)))
    with pytest.raises(KeyError):
        server.build_app(site.app._pages.state.ctx)


def of_role(*roles: str) -> list[tuple[str, str]]:
    return [address for address, (role, _) in TABLE.items() if role in roles]


def name(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize("kind", WITHOUT_SESSION)
@pytest.mark.parametrize("address", of_role("agent", "owner"), ids=name)
def test_the_desk_is_closed_without_a_session(callers: Callers, address: tuple[str, str], kind: str):
    callers[kind]
    before = happened(callers.site)
    answer = callers.call(kind, address)
    if address[0] == "GET" and address[1] != "/events":
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/login?next={callers.path(address)}"
        assert answer.text == ""
    else:
        assert answer.status_code == 401
    assert happened(callers.site) == before


@pytest.mark.parametrize("kind", WITHOUT_KEY)
@pytest.mark.parametrize("address", of_role("api"), ids=name)
def test_the_api_is_closed_without_a_live_key(callers: Callers, address: tuple[str, str], kind: str):
    callers[kind]
    before = happened(callers.site)
    answer = callers.call(kind, address)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    said = answer.json()["detail" if address[1].startswith("/v1/") else "error"]
    assert said == "An API key is needed: Authorization: Bearer KEY."
    assert happened(callers.site) == before


@pytest.mark.parametrize("kind", [*WITHOUT_SESSION, "agent", "owner"])
def test_a_webhook_is_closed_to_everybody_but_its_provider(callers: Callers, kind: str):
    callers[kind]
    before = happened(callers.site)
    assert callers.call(kind, ("POST", "/webhooks/{line}")).status_code == 401
    assert happened(callers.site) == before


@pytest.mark.parametrize("address", of_role("owner"), ids=name)
def test_an_agent_does_not_see_what_is_for_owners(callers: Callers, address: tuple[str, str]):
    answer = callers.call("agent", address)
    assert answer.status_code == 403
    assert answer.json() == {"error": "Only an owner may see this."}
    assert 'href="/lines"' not in callers["agent"].get("/account").text
    assert 'href="/lines"' in callers["owner"].get("/account").text


@pytest.mark.parametrize("role", ["agent", "owner"])
@pytest.mark.parametrize("address", of_role("agent"), ids=name)
def test_the_desk_is_open_to_agents_and_owners(callers: Callers, address: tuple[str, str], role: str):
    callers._known["fresh"] = callers.site.person(role)  # some addresses end the session
    if address[1] == "/c/{contact}/reply":
        callers.contact = callers.site.waiting()  # nobody has it
    answer = callers.call("fresh", address)
    if (role, address[1]) == ("agent", "/templates/save"):
        assert answer.status_code == 403  # agents may only look, unless the workspace lets them write
        return
    assert answer.status_code == WELCOME.get(address, 200 if address[0] == "GET" else 303)
    if address[1] != "/logout":
        assert not answer.headers.get("location", "").startswith("/login")


def test_an_owner_sees_what_is_for_owners(callers: Callers):
    for address in of_role("owner"):
        welcome = WELCOME.get(address, 200 if address[0] == "GET" else 303)
        assert callers.call("owner", address).status_code == welcome


@pytest.mark.parametrize("address", of_role("api"), ids=name)
def test_the_api_is_open_to_a_key(callers: Callers, address: tuple[str, str]):
    assert callers.call("key", address).status_code == WELCOME.get(address, 200)


@pytest.mark.parametrize("kind", ["nobody", "wrong cookie", "expired cookie", "key"])
@pytest.mark.parametrize("address", of_role("public"), ids=name)
def test_public_addresses_answer_anyone(callers: Callers, address: tuple[str, str], kind: str):
    if address[0] == "POST":
        assert callers.call(kind, address).status_code == 403  # a form without its secret
        return
    assert callers.call(kind, address).status_code == WELCOME.get(address, 200)


@pytest.mark.parametrize("address", [a for a in of_role("public") if a[0] == "POST"], ids=name)
def test_public_forms_answer_anyone_who_has_the_page(callers: Callers, address: tuple[str, str]):
    callers._known["guest"] = callers.site.stranger()
    assert callers.call("guest", address).status_code == WELCOME[address]


def test_whoever_is_signed_in_is_sent_past_the_login_page(callers: Callers):
    answer = callers["agent"].get("/login")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@EACH
def test_other_methods_are_refused(callers: Callers, address: tuple[str, str]):
    before = happened(callers.site)
    taken = {method for method, path in TABLE if path == address[1]}
    for method in {"PUT", "PATCH", "DELETE", "OPTIONS"} - taken:
        for kind in ("nobody", "owner", "key"):
            assert callers[kind].request(method, callers.path(address)).status_code == 405, (method, kind)
    assert happened(callers.site) == before


@EACH
def test_the_other_of_get_and_post_is_refused_where_it_is_not_in_the_table(callers: Callers, address: tuple[str, str]):
    other = "POST" if address[0] == "GET" else "GET"
    if (other, address[1]) not in TABLE:
        # GET /try/new is the page of a phone that can't be, GET /v1/messages/bulk a message that can't be
        wanted = {"/try/new": 404, "/v1/messages/bulk": 401}.get(address[1], 405)
        assert callers["owner"].request(other, callers.path(address)).status_code == wanted


@pytest.mark.parametrize(
    "path",
    ["/admin", "/.env", "/desk", "/c", "/c/", "/login/a/b", "/static/../server.py", "/static/%2e%2e/server.py",
     "/static/", "/static/none.js", "/docs", "/openapi.yaml", "/webhooks/none", "/webhooks/"],
)  # fmt: skip
def test_unknown_addresses_say_nothing(callers: Callers, path: str):
    for accept in ("text/html", "application/json"):
        answers = [callers[kind].get(path, headers={"Accept": accept}) for kind in ("nobody", "agent", "owner", "key")]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1, "who asks must make no difference"
        for leak in ("Traceback", "textback/", ".py", "sqlite", "starlette", "uvicorn"):
            assert leak not in answers[0].text


@pytest.mark.parametrize("path", ["/c/{}", "/c/{}/card", "/try/{}"])
@pytest.mark.parametrize("id_", ["0" * 24, "zz", "0", "%00", "\u0661\u0662", "a" * 5000, "12065550000", "12125550123"])
def test_what_is_not_there_is_the_same_as_what_is_nonsense(callers: Callers, path: str, id_: str):
    answer = callers["agent"].get(path.format(id_))
    assert answer.status_code == 404
    assert set(answer.json()) == {"error"}
