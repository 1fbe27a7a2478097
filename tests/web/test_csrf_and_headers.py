"""Forms only from our own pages, the headers of every page, and nothing that a contact writes runs as code."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import Connection, insert

from tests.web.conftest import FORM_TOKEN, Browser, Site
from textback.store import accounts, codes
from textback.store.tables import rejected_webhooks
from textback.store.tables_hooks import webhook_deliveries
from textback.web.context import LineInfo
from textback.web.routes import ROUTES

FORMS = {
    "/login": "/login",
    "/login/{token}": "/login/no-such-token",
    "/logout": "/logout",
    "/account/password": "/account/password",
    "/c/{contact}/take": "/c/{c}/take",
    "/c/{contact}/return": "/c/{c}/return",
    "/c/{contact}/reply": "/c/{c}/reply",
    "/c/{contact}/complete": "/c/{c}/complete",
    "/c/{contact}/withdraw": "/c/{c}/withdraw",
    "/c/{contact}/later": "/c/{c}/later",
    "/c/{contact}/unsuggest": "/c/{c}/unsuggest",
    "/c/{contact}/measure": "/c/{c}/measure",
    "/c/{contact}/picture": "/c/{c}/picture",
    "/c/{contact}/files/{file}/again": "/c/{c}/files/nothing/again",
    "/settings/replies": "/settings/replies",
    "/settings/replies/remove": "/settings/replies/remove",
    "/c/{contact}/answer": "/c/{c}/answer",
    "/c/{contact}/assign": "/c/{c}/assign",
    "/c/{contact}/ask": "/c/{c}/ask",
    "/c/{contact}/note": "/c/{c}/note",
    "/c/{contact}/here": "/c/{c}/here",
    "/c/{contact}/snooze": "/c/{c}/snooze",
    "/c/{contact}/priority": "/c/{c}/priority",
    "/desk/bulk": "/desk/bulk",
    "/desk/undo": "/desk/undo",
    "/desk/views": "/desk/views",
    "/desk/views/remove": "/desk/views/remove",
    "/leads": "/leads",
    "/leads/import": "/leads/import",
    "/leads/import/{id}": "/leads/import/none",
    "/contacts/{contact}/change": "/contacts/{c}/change",
    "/contacts/{contact}/owner": "/contacts/{c}/owner",
    "/contacts/{contact}/reveal": "/contacts/{c}/reveal",
    "/settings/fields": "/settings/fields",
    "/settings/tags": "/settings/tags",
    "/settings/webhooks": "/settings/webhooks",
    "/settings/webhooks/{id}/test": "/settings/webhooks/{h}/test",
    "/settings/webhooks/{id}/rotate": "/settings/webhooks/{h}/rotate",
    "/settings/webhooks/{id}/enabled": "/settings/webhooks/{h}/enabled",
    "/settings/webhooks/{id}/remove": "/settings/webhooks/{h}/remove",
    "/settings/webhooks/{id}/redeliver": "/settings/webhooks/{h}/redeliver",
    "/settings/keys": "/settings/keys",
    "/settings/keys/{id}/rotate": "/settings/keys/{k}/rotate",
    "/settings/keys/{id}/revoke": "/settings/keys/{k}/revoke",
    "/lines/{line}/test": "/lines/none/test",
    "/account/available": "/account/available",
    "/account/capacity": "/account/capacity",
    "/c/{contact}/erase": "/c/{c}/erase",
    "/c/{contact}/merge": "/c/{c}/merge",
    "/c/{contact}/merges/{merge}/undo": "/c/{c}/merges/0192f0c1a5e00000a1b2c3d4/undo",
    "/c/{contact}/consent": "/c/{c}/consent",
    "/c/{contact}/opt-out": "/c/{c}/opt-out",
    "/c/{contact}/settle": "/c/{c}/settle",
    "/c/{contact}/can-text": "/c/{c}/can-text",
    "/c/{contact}/draft": "/c/{c}/draft",
    "/c/{contact}/suggest": "/c/{c}/suggest",
    "/c/{contact}/calls/{job}": "/c/{c}/calls/nothing",
    "/models/try": "/models/try",
    "/models/learn": "/models/learn",
    "/flows/try": "/flows/try",
    "/flows/save": "/flows/save",
    "/flows/files": "/flows/files",
    "/c/{contact}/reveal": "/c/{c}/reveal",
    "/login/code": "/login/code",
    "/login/link": "/login/link",
    "/account/sessions": "/account/sessions",
    "/account/language": "/account/language",
    "/account/two-step": "/account/two-step",
    "/settings/people": "/settings/people",
    "/settings/people/{person}": "/settings/people/{u}",
    "/settings/teams": "/settings/teams",
    "/settings/routing": "/settings/routing",
    "/settings/sign-in": "/settings/sign-in",
    "/flows/discard": "/flows/discard",
    "/flows/publish": "/flows/publish",
    "/flows/again": "/flows/again",
    "/flows/move": "/flows/move",
    "/templates/sync": "/templates/sync",
    "/templates/save": "/templates/save",
    "/templates/decide": "/templates/decide",
    "/compliance/numbers": "/compliance/numbers",
    "/compliance/lists": "/compliance/lists",
    "/compliance/ledger": "/compliance/ledger",
    "/dead-letters/redrive": "/dead-letters/redrive",
    "/dead-letters/discard": "/dead-letters/discard",
    "/try/new": "/try/new",
    "/try/{phone}/text": "/try/{p}/text",
    "/try/{phone}/faults": "/try/{p}/faults",
    "/try/{phone}/clock": "/try/{p}/clock",
}
PUBLIC = ("/login", "/login/{token}", "/login/code", "/login/link")
OF_MODELS = (
    "/c/{contact}/draft", "/c/{contact}/suggest", "/c/{contact}/calls/{job}", "/models/try", "/models/learn",
)  # fmt: skip
"""Forms that are only on pages of a bot that asks a model; test_models.py has those pages."""
BY_SCRIPT = ("/c/{contact}/measure", "/c/{contact}/unsuggest", "/c/{contact}/here")
"""What a script of ours posts by itself."""
OF_SECRETS = ("/c/{contact}/answer",)
"""A button beside a sensitive answer; the bot of these tests asks for none."""
OF_LETTERS = ("/login/link",)
OF_FILES = ("/c/{contact}/files/{file}/again", "/c/{contact}/can-text")
"""A button beside a file that could not be fetched, or a number that gets no texts; tests/web/test_media.py and
test_bad_number.py have one."""
#: What is there only with two contacts, or with a line of WhatsApp; tests/web/test_merges.py and
#: test_provider_templates.py send these.
OF_PAIRS = ("/c/{contact}/merge", "/c/{contact}/merges/{merge}/undo", "/templates/sync")
"""A button of another form, where there is a mail server; test_signing_in.py has it."""
FIELDS = {"text": "Hello", "password": "a long enough password", "email": "nobody@example.com"}
STATIC = Path(__file__).parents[2] / "src" / "textback" / "web" / "static"
SCRIPT = "<script>alert(1)</script>"
QUOTES = """"' onmouseover="alert(2)" x='<b>&"""


class Desk:
    """Somebody at work, and a conversation they have."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.person = site.person("owner", "Ada")
        self.contact = site.waiting()
        self.phone = site.phone()
        assert self.person.submit(f"/c/{self.contact}/take").status_code == 303

    def path(self, form: str) -> str:
        return FORMS[form].format(c=self.contact, p=self.phone, u=self.person.user_id, h="none", k="none")

    def sender(self, form: str) -> Browser:
        """Somebody who may post this form."""
        return self.site.stranger() if form in PUBLIC else self.person

    def recorded(self) -> list[int]:
        tables = ("arrivals", "messages", "audit", "web_sessions", "login_failures", "bot_versions")
        return [self.site.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables]


@pytest.fixture(scope="module")
def desk(site: Site) -> Desk:
    return Desk(site)


def test_every_form_is_tried_here():
    # Visitors of a website have no cookie that could be abused: their token is in the body, and the origin is checked.
    # Nor has a mail program: its token is in the address (web/test_unsubscribe.py).
    others = ("api", "signed", "visitor", "mailed")
    posted = {route.path for route in ROUTES if route.method == "POST" and route.role not in others}
    assert set(FORMS) == posted


@pytest.mark.parametrize("form", list(FORMS))
def test_a_form_without_its_own_secret_does_nothing(desk: Desk, form: str):
    sender = desk.sender(form)
    colleague = desk.site.person("owner")
    stranger = desk.site.stranger()
    before = desk.recorded()
    for secret in (None, "", "x", sender.csrf[:-1], sender.csrf + "x", colleague.csrf, stranger.csrf, "é\ud83d\udd11"):
        data = FIELDS if secret is None else {**FIELDS, "csrf": secret.encode("utf-8", "replace").decode()}
        answer = sender.post(desk.path(form), data=data)
        assert answer.status_code == 403, secret
        assert answer.json()["error"] == "This page is too old. Load it again and repeat what you did."
    assert desk.recorded() == before


@pytest.mark.parametrize("form", PUBLIC)
def test_a_public_form_without_its_cookie_does_nothing(desk: Desk, form: str):
    bare = desk.site.browser()
    for secret in ("", desk.site.stranger().csrf):
        assert bare.post(desk.path(form), data={**FIELDS, "csrf": secret}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Origin": "evil"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    ],
    ids=str,
)
@pytest.mark.parametrize("form", list(FORMS))
def test_another_sites_form_does_nothing_even_with_the_secret(desk: Desk, form: str, headers: dict[str, str]):
    sender = desk.sender(form)
    before = desk.recorded()
    answer = sender.post(desk.path(form), data={**FIELDS, "csrf": sender.csrf}, headers=headers)
    assert answer.status_code == 403
    assert answer.json() == {"error": "This form was sent by another site."}
    assert desk.recorded() == before


def test_a_form_of_our_own_page_works(desk: Desk):
    for headers in ({"Origin": desk.site.url, "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}):
        data = {"csrf": desk.person.csrf, "text": "HOURS"}
        answer = desk.person.post(f"/try/{desk.phone}/text", data=data, headers=headers)
        assert answer.status_code == 303


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b'{"csrf": "x"}', "application/json", 415),
        (b"csrf=x", "text/plain", 415),
        (b"csrf=x", "", 415),
        (b"--b--", "multipart/form-data; boundary=b", 415),
        (b"text=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"no equals sign", "application/x-www-form-urlencoded", 400),
        (b"text=\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=1" for _ in range(200)), "application/x-www-form-urlencoded", 400),
    ],
    ids=["json", "plain", "none", "multipart", "too long", "no form", "not utf-8", "many fields"],
)
@pytest.mark.parametrize("form", ["/login", "/c/{contact}/reply"])
def test_what_is_not_a_form_is_refused(desk: Desk, form: str, content: bytes, content_type: str, status: int):
    headers = {"Content-Type": content_type} if content_type else {}
    before = desk.recorded()
    answer = desk.sender(form).post(desk.path(form), content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert desk.recorded() == before


# ---- headers


class Page(HTMLParser):
    """Collects what a strict content policy would block: inline scripts, styles and handlers, foreign addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.tags: list[str] = []
        self.posts: list[dict[str, str | None]] = []
        self._in = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")
            if name in ("src", "href", "action", "formaction") and (value or "").strip().lower().startswith(
                ("javascript:", "data:", "//", "http:")
            ):
                self.inline.append(f"{tag} {name}={value}")
        if tag == "form" and given.get("method") == "post":
            self.posts.append({"action": given.get("action"), "csrf": None})
        if tag == "input" and given.get("name") == "csrf" and self.posts:
            self.posts[-1]["csrf"] = given.get("value")
        self._in = tag if tag == "script" else ""

    def handle_data(self, data: str) -> None:
        if self._in == "script" and data.strip():
            self.inline.append(f"script text {data[:20]!r}")

    def handle_endtag(self, tag: str) -> None:
        self._in = ""


def reject(tx: Connection, now: int) -> None:
    """A webhook with a hostile name was rejected."""
    row: dict[str, object] = {
        "workspace": "default",
        "id": "0" * 24,
        "line": SCRIPT,
        "provider": "",
        "reason": "no_line",
        "raw": "",
    }
    row |= {"detail": SCRIPT, "source": SCRIPT, "times": 1, "at": now, "last_at": now}
    payload = {"path": SCRIPT, "headers": {SCRIPT: SCRIPT}, "size": 1, "body": f"</pre>{SCRIPT}"}
    tx.execute(insert(rejected_webhooks), {**row, "payload": json.dumps(payload)})


def pages(desk: Desk) -> dict[str, httpx.Response]:
    """Every kind of page, in the states that look different."""
    site, person = desk.site, desk.person
    html = {"Accept": "text/html"}
    stranger = site.stranger()
    user_id, _ = site.user()
    link = site.write(accounts.add_link, user_id, site.clock())
    opted_out = site.contact("BOOK", "STOP")
    mates = site.waiting()
    mate = site.person()
    mate.submit(f"/c/{mates}/take")
    simulated = site.rows("SELECT address FROM conversations WHERE contact_id = :c", c=opted_out)[0].address
    found = {
        "login": stranger.get("/login"),
        "login refused": stranger.submit("/login", email="nobody@example.com", password="wrong password"),
        "link": stranger.get(f"/login/{link}"),
        "old link": stranger.get("/login/none"),
        "account": person.get("/account"),
        "account refused": person.submit("/account/password", password="short"),
        "lines": lines(desk),
        "not found": person.get("/nothing", headers=html),
        "forbidden": mate.get("/lines", headers=html),
        "try": person.get(f"/try/{simulated.lstrip('+')}"),
        "try, first": person.get(f"/try/{simulated.lstrip('+')}?t=1"),
        "try, nothing": person.get(f"/try/{site.phone()}"),
        "reply refused": person.submit(f"/c/{mates}/reply", text="Mine!"),
        "erase": person.get(f"/c/{mates}/erase"),
        "consent": person.get(f"/c/{mates}/consent"),
        "consent, opted out": person.get(f"/c/{opted_out}/consent"),
        "consent refused": person.submit(f"/c/{mates}/opt-out", reason=""),
    }
    for view in ("needs-you", "mine", "bot", "all"):
        found[f"list {view}"] = person.get(f"/desk/{view}")
    for name, contact in (
        ("mine", desk.contact),
        ("mates", mates),
        ("opted out", opted_out),
        ("waiting", site.waiting()),
        ("perhaps opted out", site.contact("who gave you my number")),
        ("bot", site.contact("BOOK")),
    ):
        found[f"thread {name}"] = person.get(f"/c/{contact}?view=all")
    site.write(reject, site.clock())
    found["stuck"] = person.get("/dead-letters")
    found["stuck, all"] = person.get("/dead-letters/all?do=discard")
    assert SCRIPT not in found["stuck"].text
    found["compliance"] = person.get("/compliance")
    found["number"] = person.submit("/compliance/numbers", number="+12065550199")
    found["number refused"] = person.submit("/compliance/numbers", number=SCRIPT)
    found["lists"] = person.get("/compliance/lists")
    found["list refused"] = person.submit("/compliance/lists", kind="registry")
    found["ledger"] = person.get("/compliance/ledger")
    colleague, _ = site.user("supervisor", SCRIPT)
    found["auditor"] = site.person("auditor").get(f"/c/{desk.contact}?view=all")
    assert person.submit("/settings/teams", do="save", name=QUOTES).status_code == 303
    found["people"] = person.get("/settings/people")
    found["invited"] = person.submit("/settings/people", email="new@example.com", name=QUOTES, role="agent")
    found["invitation refused"] = person.submit("/settings/people", email=SCRIPT, role="agent")
    found["person"] = person.get(f"/settings/people/{colleague}")
    found["teams"] = person.get("/settings/teams")
    found["routing"] = person.get("/settings/routing")
    found["signing in"] = person.get("/settings/sign-in")
    found["audit"] = person.get("/settings/audit?by=" + QUOTES.replace("&", ""))
    found["audit, all"] = person.get("/settings/audit")
    found["second step"] = person.get("/account/two-step")
    found["signed out there"] = person.submit("/account/sessions")
    site.write(codes.turn_on, "default", (colleague, ""), "A" * 32, 0, site.clock())
    colleagues = site.stranger()
    token = site.write(codes.begin, colleague, "password", site.clock())
    colleagues.cookies.set("textback_step", token, domain="127.0.0.1", path="/login")
    found["code"] = colleagues.get("/login/code")
    site.sign_in(site.browser(), person.user_id)
    found["account, signed in twice"] = person.get("/account")
    found["card"] = person.get(f"/c/{desk.contact}/card")
    return found | writing(desk) | listing(desk) | known(desk) | programs(desk) | flows(desk)


def lines(desk: Desk) -> httpx.Response:
    """The Lines page, as if there was a line with a provider."""
    shown = desk.site.app._pages.state.ctx.lines
    usual = shown["simulator"]
    shown["simulator"] = LineInfo("simulator", "twilio", "+12065550100")
    try:
        return desk.person.get("/lines")
    finally:
        shown["simulator"] = usual


def writing(desk: Desk) -> dict[str, httpx.Response]:
    """What the composer has beside its field: saved replies, a template, a text that waits, and one to take back."""
    person, contact = desk.person, desk.contact
    assert person.submit("/settings/replies", shortcut="evil", text=SCRIPT + QUOTES, shared="1").status_code == 303
    id_ = desk.site.rows("SELECT id FROM saved_replies")[0].id
    later = "2027-01-04T08:00"
    assert person.submit(f"/c/{contact}/reply", text=QUOTES, at="other", at_other=later).status_code == 303
    assert person.submit(f"/c/{contact}/reply", text=SCRIPT, undo="1").status_code == 303
    return {
        "texts that wait": person.get(f"/c/{contact}?view=all"),
        "saved replies": person.get("/settings/replies"),
        "saved reply refused": person.submit("/settings/replies", shortcut=QUOTES, text=SCRIPT),
        "choosing a reply": person.get(f"/c/{contact}/saved"),
        "with a saved reply": person.get(f"/c/{contact}/saved/{id_}"),
    }


def listing(desk: Desk) -> dict[str, httpx.Response]:
    """The list with a saved view, and with what can be taken back; a conversation to be asked for."""
    site, person = desk.site, desk.person
    assert person.submit("/desk/views?view=all&tag=vip", name=QUOTES, shared="1").status_code == 303
    waiting = site.waiting()
    answer = person.submit("/desk/bulk?view=all", do="tag", tag="vip", ids=waiting)
    assert answer.status_code == 303
    hers = site.waiting()
    assert site.person("agent", QUOTES).submit(f"/c/{hers}/take").status_code == 303
    asking = site.waiting()
    assert person.submit(f"/c/{asking}/take").status_code == 303
    asker = site.person("agent", SCRIPT)
    assert asker.submit(f"/c/{asking}/ask").status_code == 303
    assert person.submit(f"/c/{asking}/note", text=SCRIPT).status_code == 303
    return {
        "list, filtered": person.get("/desk/all?tag=vip"),
        "list, done": person.get(answer.headers["location"]),
        "somebody else's": asker.get(f"/c/{asking}?view=all"),
        "asked for": person.get(f"/c/{asking}?view=all"),
    }


def known(desk: Desk) -> dict[str, httpx.Response]:
    """Leads, a contact with fields and tags, and what they may be."""
    person, contact = desk.person, desk.contact
    fields = {"title": QUOTES, "kind": "text", "choices": "", "sensitive": "1"}
    assert person.submit("/settings/fields", name="insurance", **fields).status_code == 303
    assert person.submit(f"/contacts/{contact}/change", tag="vip").status_code == 303
    assert person.submit(f"/contacts/{contact}/change", **{"field.insurance": SCRIPT}).status_code in (200, 303)
    file = ("leads.csv", f"phone,{SCRIPT},name\n2065550123,{SCRIPT},{SCRIPT}\n12,x,y\n".encode(), "text/csv")
    headers = {"Origin": desk.site.url}
    answer = person.post("/leads/import", data={"csrf": person.csrf}, files={"file": file}, headers=headers)
    assert answer.status_code == 303
    return {
        "import": person.get("/leads/import"),
        "import refused": person.submit("/leads/import"),
        "import, a file": person.get(answer.headers["location"]),
        "leads": person.get("/leads"),
        "lead refused": person.submit("/leads", number=SCRIPT, name=QUOTES),
        "contact": person.get(f"/contacts/{contact}"),
        "fields": person.get("/settings/fields"),
        "field": person.get("/settings/fields?name=insurance"),
        "tags": person.get("/settings/tags"),
        "found": person.get("/search?q=" + "evil"),
    }


def programs(desk: Desk) -> dict[str, httpx.Response]:
    """Webhooks with a delivery, and keys."""
    person = desk.person
    added = person.submit("/settings/webhooks", url="https://hooks.example.com/" + "x", events="message.*")
    id_ = re.findall(r"/settings/webhooks/(\w+)/test", added.text)[0]
    numbers = ("event_id", "number", "attempts", "fence", "status", "ms", "at", "finished_at")
    given_up: dict[str, Any] = dict.fromkeys(numbers, 1)
    given_up |= {"bucket": 0, "contact_id": desk.contact, "id": "0" * 24, "workspace": "default", "webhook_id": id_}
    given_up |= {"kind": SCRIPT, "state": "dead", "detail": QUOTES}
    desk.site.write(lambda tx: tx.execute(insert(webhook_deliveries), given_up))
    return {
        "webhooks": person.get("/settings/webhooks"),
        "webhook refused": person.submit("/settings/webhooks", url=SCRIPT, events=QUOTES),
        "webhook, new": added,
        "webhook, tested": person.submit(f"/settings/webhooks/{id_}/test"),
        "webhook": person.get(f"/settings/webhooks/{id_}"),
        "keys": person.get("/settings/keys"),
        "key, new": person.submit("/settings/keys", name="till", all="1"),
        "key refused": person.submit("/settings/keys", name=SCRIPT),
    }


def flows(desk: Desk) -> dict[str, httpx.Response]:
    """The flows pages, with a draft, and with two versions."""
    person = desk.person
    assert person.submit("/flows/files", do="add", folder="flows", name="parking").status_code == 303
    found = {
        "flows": person.get("/flows"),
        "flow": person.get("/flows/edit/flows/parking.yml"),
        "trying a flow": person.submit("/flows/try", v="0", text=SCRIPT),
        "differences": person.get("/flows/versions?from=1&to=draft"),
    }
    seen = re.findall(r'name="seen" value="(\w+)"', found["flows"].text)[0]
    assert person.submit("/flows/publish", seen=seen, latest="1", note=SCRIPT).status_code == 303
    moving = person.get("/flows/move?from=1")
    return {**found, "versions": person.get("/flows/versions"), "moving": moving, **wordings(person)}


def wordings(person: Browser) -> dict[str, httpx.Response]:
    """The templates pages: a new one, one that is there, and one that waits for approval."""
    new = person.get("/templates/new")
    texts = {"text.en": f"Harbor: {SCRIPT}", "text.es": f"Harbor: {QUOTES}"}
    fields = {"name": "bike_ready", "seen": "", "class": "conversational", "sender": QUOTES, **texts}
    assert person.submit("/templates/save", do="save", **fields).status_code == 303
    page = person.get("/templates/edit/bike_ready")
    seen = re.findall(r'name="seen" value="(\w+)"', page.text)[0]
    assert person.submit("/templates/save", do="ask", name="bike_ready", seen=seen).status_code == 303
    found = {"new template": new, "template": page, "templates": person.get("/templates")}
    return {**found, "approvals": person.get("/templates/approvals")}


@pytest.fixture(scope="module")
def every_page(desk: Desk) -> dict[str, httpx.Response]:
    return pages(desk)


def policy(answer: httpx.Response) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";") if part.strip()]
    return {name: values for name, *values in parts}


def test_every_page_has_the_headers_that_keep_it_safe(every_page: dict[str, httpx.Response]):
    for name, answer in every_page.items():
        rules = policy(answer)
        assert answer.headers["content-type"] == "text/html; charset=utf-8", name
        assert rules["default-src"] == ["'none'"], name
        assert rules["script-src"] == ["'self'"], name
        assert rules["style-src"] == ["'self'"], name
        assert rules["frame-ancestors"] == ["'none'"], name
        assert rules["base-uri"] == ["'none'"], name
        assert rules["form-action"] == ["'self'"], name
        assert "unsafe" not in answer.headers["content-security-policy"], name
        assert "*" not in answer.headers["content-security-policy"], name
        assert answer.headers["x-content-type-options"] == "nosniff", name
        assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin"), name
        assert answer.headers["cache-control"] == "no-store", name
        assert "strict-transport-security" not in answer.headers, name  # this server is not behind https
        assert "access-control-allow-origin" not in answer.headers, name


def test_the_api_and_redirects_have_them_too(desk: Desk):
    program = desk.site.program("headers")
    anyone = desk.site.browser()
    answers = (program.get("/conversations"), program.get("/metrics"), anyone.get("/"), anyone.get("/healthz"))
    for answer in (*answers, anyone.get("/conversations"), anyone.get("/nothing"), anyone.put("/login")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert policy(answer)["frame-ancestors"] == ["'none'"]


def test_no_page_has_inline_script_or_style(every_page: dict[str, httpx.Response]):
    assert {name: found for name, answer in every_page.items() if (found := Page(answer.text).inline)} == {}


def test_every_posted_form_of_every_page_carries_a_secret_and_goes_to_a_route(every_page: dict[str, httpx.Response]):
    patterns = [re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in FORMS]
    seen = set()
    for name, answer in every_page.items():
        for form in Page(answer.text).posts:
            assert form["csrf"], name
            action = (form["action"] or answer.request.url.path).partition("?")[0]
            matched = [pattern.pattern for pattern in patterns if pattern.fullmatch(action)]
            assert matched, action
            seen.update(matched)
    others = (*OF_MODELS, *BY_SCRIPT, *OF_SECRETS, *OF_LETTERS, *OF_FILES, *OF_PAIRS)
    elsewhere = {re.sub(r"\{\w+\}", "[^/]+", path) for path in others}
    assert {pattern.pattern for pattern in patterns} - seen == elsewhere, "these forms are on no page"


# ---- what others write


def texts_of(answer: httpx.Response) -> str:
    """A page without its tags, as people read it."""
    return unescape(re.sub(r"<[^>]*>", " ", answer.text))


@pytest.mark.parametrize("words", [SCRIPT, QUOTES, "{{ 7 * 7 }} {% raw %}", "</textarea><svg onload=alert(3)>"])
def test_what_a_contact_writes_is_shown_and_never_run(desk: Desk, words: str):
    site, person = desk.site, desk.person
    phone = site.phone()
    contact = site.text(phone, "PERSON")
    assert person.submit(f"/c/{contact}/take").status_code == 303  # so that their text stays the last one
    site.text(phone, words)
    shown = {
        "list": person.get("/desk/all"),
        "thread": person.get(f"/c/{contact}?view=all"),
        "card": person.get(f"/c/{contact}/card?view=all"),
        "simulator": person.get(f"/try/{phone}"),
    }
    for place, answer in shown.items():
        assert answer.status_code == 200
        assert words in texts_of(answer), place
        assert "<script>alert" not in answer.text, place
        assert "<svg onload" not in answer.text, place
        assert Page(answer.text).inline == [], place


def test_what_a_contact_answers_is_escaped_in_the_handoff_and_the_trace(desk: Desk):
    site, person = desk.site, desk.person
    phone = site.phone()
    for words in ("BOOK", "1", QUOTES, SCRIPT):
        site.text(phone, words)
    contact = site.text(phone, "PERSON")
    for path in (f"/c/{contact}?view=all", f"/c/{contact}/card", f"/try/{phone}", f"/try/{phone}?t=3"):
        answer = person.get(path)
        assert Page(answer.text).inline == []
        assert "<script>alert" not in answer.text
    assert QUOTES in texts_of(person.get(f"/c/{contact}/card"))


def test_names_and_drafts_are_escaped(desk: Desk):
    site = desk.site
    contact = site.waiting()
    agent = site.person("agent", QUOTES)
    agent.submit(f"/c/{contact}/take")
    agent.submit(f"/c/{contact}/reply", text=SCRIPT)
    site.write(lambda tx: tx.exec_driver_sql("UPDATE contacts SET name = ? WHERE id = ?", (QUOTES, contact)))
    draft = "</textarea>" + SCRIPT + "x" * 1600
    answers = [
        agent.get(f"/c/{contact}?view=mine"),
        desk.person.get(f"/c/{contact}?view=all"),
        agent.get("/account"),
        agent.submit(f"/c/{contact}/reply", text=draft),
    ]
    for answer in answers:
        assert Page(answer.text).inline == []
        assert "<script>alert" not in answer.text
    for answer in (answers[0], answers[1], answers[3]):
        assert QUOTES in texts_of(answer)
        assert SCRIPT in texts_of(answer)


def test_the_address_typed_at_login_and_the_path_are_escaped(desk: Desk):
    guest = desk.site.stranger()
    refused = guest.submit("/login", email=f'"><{SCRIPT}', password="wrong password", next=f'/"><{SCRIPT}')
    missing = guest.get('/"><script>alert(1)</script>', headers={"Accept": "text/html"})
    for answer in (refused, missing):
        assert "<script>alert" not in answer.text
        assert Page(answer.text).inline == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", '"><script>alert(1)//'])
def test_an_unsafe_picture_address_is_not_a_link(desk: Desk, url: str):
    media = msgspec.json.encode([{"url": url, "content_type": QUOTES}]).decode()
    contact = desk.site.contact("HOURS")
    query = "UPDATE messages SET media = ? WHERE contact_id = ? AND direction = 'in'"
    desk.site.write(lambda tx: tx.exec_driver_sql(query, (media, contact)))
    answer = desk.person.get(f"/c/{contact}?view=all")
    assert Page(answer.text).inline == []
    assert "<script>alert" not in answer.text
    assert url not in unescape(answer.text)
    assert QUOTES in texts_of(answer)


# ---- files

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@pytest.mark.parametrize("path", sorted(p.relative_to(STATIC).as_posix() for p in STATIC.rglob("*.*") if p.is_file()))
def test_files_have_their_type_and_need_no_session(desk: Desk, path: str):
    answer = desk.site.browser().get(f"/static/{path}")
    assert answer.status_code == 200
    assert answer.content == (STATIC / path).read_bytes()
    if Path(path).suffix in TYPES:
        assert answer.headers["content-type"].split(";")[0] == TYPES[Path(path).suffix]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"


def test_files_that_pages_name_are_kept_for_a_year(desk: Desk, every_page: dict[str, httpx.Response]):
    pattern = re.compile(r'(?:src|href)="(/static/[^"#]+)')
    named = {path for answer in every_page.values() for path in pattern.findall(answer.text)}
    assert len(named) >= 3
    for path in named:
        answer = desk.site.browser().get(unescape(path))
        assert answer.status_code == 200, path
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable", path


def test_a_file_that_has_not_changed_is_not_sent_again(desk: Desk):
    browser = desk.site.browser()
    first = browser.get("/static/desk.css")
    again = browser.get("/static/desk.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_each_person_has_a_secret_of_their_own(desk: Desk):
    shown = [FORM_TOKEN.findall(desk.site.person().get("/account").text)[0] for _ in range(2)]
    assert len(set(shown)) == 2
    assert len(shown[0]) >= 24
