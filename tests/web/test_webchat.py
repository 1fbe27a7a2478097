"""Web chat over HTTP: who may ask, what is stored, what a visitor gets to read, and how much is too much."""

import base64
import itertools
import json
import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.web.conftest import Site, running
from textback.app import read_folder
from textback.cli.serving import example_bot
from textback.pipeline.webchat import address_of
from textback.web import webchat

SHOP, OTHER = "https://www.example.com", "https://shop.example.com:8443"
AGREE = "I agree that this chat is kept."
LINES = f"""
lines:
  site: {{provider: web, origins: ["{SHOP}", "{OTHER}"], title: Harbor chat, greeting: Hello.}}
  asks: {{provider: web, origins: "{SHOP}", consent: "{AGREE}"}}
  tells: {{provider: web, origins: "{SHOP}", notice: "{AGREE}"}}
"""
_refs = (f"ref-{n:08}" for n in itertools.count(1))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    bot = dict(read_folder(example_bot()))
    bot["bot.yml"] += LINES
    with running(tmp_path_factory.mktemp("chat"), bot) as made:
        yield made


@pytest.fixture(autouse=True)
def no_limits(site: Site) -> None:
    """Each test begins as if nobody had written yet."""
    site.app._pages.state.visits = webchat.Visits()


class Visitor:
    """A browser on the shop's website."""

    def __init__(self, site: Site, line: str = "site", origin: str = SHOP, token: str = "") -> None:
        self.site, self.line, self.origin = site, line, origin
        self.token = token or base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        self.http = site.browser()

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Origin": self.origin, "Content-Type": "text/plain;charset=UTF-8", **headers}
        return self.http.post(f"/web/{self.line}/{path}", content=raw, headers=headers)

    def say(self, text: str, ref: str = "", **more: str) -> httpx.Response:
        return self.post("texts", {"token": self.token, "ref": ref or next(_refs), "text": text, **more})

    def config(self) -> Any:
        return self.http.get(f"/web/{self.line}/config", headers={"Origin": self.origin}).json()

    def hear(self, count: int, after: str = "") -> list[dict[str, Any]]:
        """What the page is told until it has so many texts, in order."""
        found: dict[str, dict[str, Any]] = {}
        body = json.dumps({"token": self.token, "after": after})
        with self.http.stream(
            "POST", f"/web/{self.line}/stream", content=body, headers={"Origin": self.origin}
        ) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            kind = ""
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                if name == "data" and kind == "hello" and not count:
                    return []
                if name == "data" and kind == "texts":
                    found |= {one["id"]: one for one in json.loads(value)}
                    if len(found) >= count:
                        break
        return [found[id_] for id_ in sorted(found)]

    @property
    def contact(self) -> str:
        address = address_of(self.line, self.token)
        (row,) = self.site.rows("SELECT contact_id FROM addresses WHERE identifier = :i", i=address)
        return str(row.contact_id)


@pytest.fixture
def visitor(site: Site) -> Visitor:
    return Visitor(site)


def contacts(site: Site) -> int:
    return int(site.rows("SELECT count(*) AS n FROM contacts")[0].n)


def test_a_text_is_stored_and_the_answer_is_told(visitor: Visitor) -> None:
    answer = visitor.say("hours", "ref-first")
    assert (answer.status_code, answer.json()) == (200, {})
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert answer.headers["vary"] == "Origin"
    assert "set-cookie" not in answer.headers
    mine, ours = visitor.hear(2)
    assert (mine["from"], mine["text"], mine["ref"]) == ("you", "hours", "ref-first")
    assert ours["from"] == "us"
    assert "Tue to Fri 9 to 6" in ours["text"]
    assert set(ours) == {"id", "from", "text", "at"}


def test_a_text_that_is_posted_again_is_stored_once(visitor: Visitor) -> None:
    for _ in range(3):
        assert visitor.say("hours", "ref-again").status_code == 200
    visitor.say("person")
    assert [one["text"] for one in visitor.hear(4) if one["from"] == "you"] == ["hours", "person"]


def test_the_token_is_kept_nowhere(visitor: Visitor, site: Site) -> None:
    visitor.say("hours")
    visitor.hear(2)
    with site._db.transaction() as tx:
        whole = "\n".join(tx.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert visitor.token not in whole
    assert address_of("site", visitor.token) in whole


def test_choices_are_told_apart_from_the_words_for_them(visitor: Visitor) -> None:
    visitor.say("book")
    _, ours = visitor.hear(2)
    assert ours["options"] == ["Repair", "Tune-up", "Bike fitting"]
    assert ours["text"] == "What do you need?"
    visitor.say("Tune-up")
    assert "options" not in visitor.hear(4)[-1] or visitor.hear(4)[-1]["options"] != ours["options"]


def test_a_page_gets_what_came_after_what_it_has(visitor: Visitor) -> None:
    visitor.say("hours")
    first = visitor.hear(2)
    visitor.say("person")
    found = visitor.hear(2, first[-1]["id"])
    assert found[0]["text"] == "person"
    assert {one["id"] for one in found}.isdisjoint(one["id"] for one in first)
    assert len(visitor.hear(4)) == 4


def test_a_text_of_ours_is_delivered_when_a_page_has_it(visitor: Visitor, site: Site) -> None:
    visitor.say("hours")
    visitor.hear(2)
    visitor.say("person")
    visitor.hear(4)
    assert status_of_all(site, visitor, 2) == ["delivered", "delivered"]


def status_of_all(site: Site, visitor: Visitor, count: int) -> list[str]:
    """The statuses of our texts once that many are delivered, or as they are when a page has been told everything."""
    rows: list[Any] = []
    for _ in range(200):
        rows = [row for row in site.messages(visitor.contact) if row.direction == "out"]
        if [row.status for row in rows].count("delivered") >= count:
            break
        visitor.hear(0)
    return [row.status for row in rows]


def test_what_came_while_no_page_was_open_waits_for_the_next(visitor: Visitor, site: Site) -> None:
    visitor.say("PERSON")
    visitor.hear(2)
    person = site.person("owner", "Sue Smith")
    assert person.submit(f"/c/{visitor.contact}/take").status_code == 303
    assert person.submit(f"/c/{visitor.contact}/note", text="a private note").status_code in (200, 303)
    assert person.submit(f"/c/{visitor.contact}/reply", text="I am here.").status_code in (200, 303)
    told = visitor.hear(3)
    assert told[-1]["text"] == "I am here."
    assert told[-1]["from"] == "us"
    assert "Sue" not in json.dumps(told)
    assert "private" not in json.dumps(told)


def test_nobody_reads_the_thread_of_another_token_or_line(visitor: Visitor, site: Site) -> None:
    visitor.say("my secret")
    visitor.hear(2)
    other = Visitor(site)
    other.say("hours")
    assert "secret" not in json.dumps(other.hear(2))
    elsewhere = Visitor(site, "tells", token=visitor.token)
    assert elsewhere.hear(0) == []
    assert elsewhere.say("hours", agreed=elsewhere.config()["agreement"]["version"]).status_code == 200
    assert "secret" not in json.dumps(elsewhere.hear(2))


@pytest.mark.parametrize("origin", ["", "null", "https://evil.example.com", f"{SHOP}.evil.example.com", "http://www.example.com",
                                    f"{SHOP}:444", f"{SHOP}/", SHOP.upper(), "https://example.com"])  # fmt: skip
def test_only_the_listed_websites_may_ask(site: Site, origin: str) -> None:
    before = contacts(site)
    stranger = Visitor(site, origin=origin)
    answers = [stranger.say("hours"), stranger.post("stream", {"token": stranger.token})]
    answers.append(stranger.http.get("/web/site/config", headers={"Origin": origin} if origin else {}))
    for answer in answers:
        assert answer.status_code == 403
        assert answer.json()["code"] == "origin"
        assert "access-control-allow-origin" not in answer.headers
    assert contacts(site) == before


def test_a_second_listed_website_is_answered_by_its_own_name(site: Site) -> None:
    assert Visitor(site, origin=OTHER).say("hours").headers["access-control-allow-origin"] == OTHER
    assert Visitor(site, "asks", origin=OTHER).say("hours").status_code == 403


def test_what_the_widget_says_comes_from_the_line(site: Site) -> None:
    assert Visitor(site).config() == {
        "title": "Harbor chat", "greeting": "Hello.", "longest": 2000, "agreement": None
    }  # fmt: skip
    said = Visitor(site, "asks").config()
    assert said["title"] == "Harbor Cycle Works"
    assert (said["agreement"]["words"], said["agreement"]["ticked"]) == (AGREE, True)
    assert Visitor(site, "tells").config()["agreement"]["ticked"] is False


@pytest.mark.parametrize("line", ["asks", "tells"])
def test_nothing_is_taken_before_they_agree_and_that_they_did_is_in_the_ledger(site: Site, line: str) -> None:
    visitor = Visitor(site, line)
    before = contacts(site)
    for agreed in ("", "yes", "0" * 12):
        answer = visitor.say("hours", agreed=agreed)
        assert (answer.status_code, answer.json()["code"]) == (403, "agree")
    assert contacts(site) == before
    version = visitor.config()["agreement"]["version"]
    for _ in range(2):
        assert visitor.say("hours", agreed=version, page="/prices").status_code == 200
    texts = visitor.hear(4)
    assert not [one for one in texts if "subscribed" in one["text"]]
    rows = site.rows("SELECT * FROM consent_events WHERE contact_id = :c", c=visitor.contact)
    (entry,) = rows
    assert (entry.type, entry.family, entry.method, entry.wording) == ("opt_in", "web", "web", AGREE)
    assert (entry.wording_version, entry.source) == (version, f"{SHOP}/prices")
    assert entry.action == ("ticked the box and sent a text" if line == "asks" else "sent a text below the notice")
    assert entry.message_class == "conversational"


def test_stop_and_start_count_on_the_page(visitor: Visitor, site: Site) -> None:
    visitor.say("hours")
    visitor.hear(2)
    visitor.say("STOP")
    assert "no more" in visitor.hear(4)[-1]["text"].lower()

    def opted_out() -> bool:
        row = site.rows("SELECT opted_out FROM conversations WHERE contact_id = :c", c=visitor.contact)[0]
        return bool(row.opted_out)

    assert opted_out()
    visitor.say("hours")
    assert len(visitor.hear(5)) == 5
    visitor.say("START")
    assert visitor.hear(7)[-1]["from"] == "us"
    assert not opted_out()
    assert site.rows("SELECT family FROM consent_events WHERE contact_id = :c", c=visitor.contact)[0].family == "web"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed"),
        (b"{}", "malformed"),
        (b"[" * 9000, "malformed"),
        (b'{"token":1,"ref":2,"text":3}', "malformed"),
        (b"\xff\xfe", "malformed"),
        ({"token": "short", "ref": "ref-00000", "text": "hi"}, "malformed"),
        ({"token": "a" * 43, "ref": "short", "text": "hi"}, "malformed"),
        ({"token": "a" * 43, "ref": "r" * 41, "text": "hi"}, "malformed"),
        ({"token": "a" * 43, "ref": "ref-00000", "text": " \n "}, "empty"),
        ({"token": "a" * 43, "ref": "ref-00000", "text": "x" * 2001}, "too_long"),
        ({"token": "a" * 43, "ref": "ref-00000", "text": "x" * 20_000}, "too_long"),
    ],
)
def test_what_makes_no_sense_is_refused(site: Site, body: Any, code: str) -> None:
    before = contacts(site)
    answer = Visitor(site).post("texts", body)
    assert answer.status_code in (400, 413)
    assert answer.json()["code"] == code
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert contacts(site) == before


@pytest.mark.parametrize("body", [b"", b"{}", {"token": "x"}, {"token": "a" * 43, "after": "' OR 1"}])
def test_a_page_that_listens_with_nonsense_is_refused(site: Site, body: Any) -> None:
    assert Visitor(site).post("stream", body).status_code == 400


def test_a_line_that_is_no_web_chat_has_no_widget(site: Site) -> None:
    visitor = Visitor(site, "simulator")
    assert visitor.say("hours").status_code == 404
    assert visitor.http.get("/web/simulator/widget.js").status_code == 404
    assert visitor.http.post("/webhooks/site", json={}).status_code == 401


def test_the_script_is_kept_by_browsers_and_asked_for_by_its_version(site: Site) -> None:
    answer = site.browser().get("/web/site/widget.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=600"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    tag = answer.headers["etag"]
    again = site.browser().get("/web/site/widget.js", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    kept = site.browser().get(f"/web/site/widget.js?v={webchat.VERSION}")
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert site.browser().get("/web/site/widget.js?v=other").headers["cache-control"] == "public, max-age=600"


def test_one_visitor_can_not_flood_and_another_is_not_kept_out(visitor: Visitor, site: Site) -> None:
    said = [visitor.say("hours", f"ref-{n:05}").status_code for n in range(webchat.PER_VISITOR + 3)]
    assert said == [200] * webchat.PER_VISITOR + [429] * 3
    assert visitor.say("hours").json()["code"] == "slow_down"
    assert Visitor(site).say("hours").status_code == 200
    site.clock.advance(60_000)
    assert visitor.say("hours").status_code == 200


def test_one_network_has_so_many_new_visitors(site: Site) -> None:
    known = Visitor(site)
    assert known.say("hours").status_code == 200
    before = contacts(site)
    said = [Visitor(site).say("hours").status_code for _ in range(webchat.NEW_PER_SOURCE + 2)]
    assert said.count(200) == webchat.NEW_PER_SOURCE - 1
    assert contacts(site) == before + webchat.NEW_PER_SOURCE - 1
    assert known.say("hours").status_code == 200


def test_one_visitor_has_so_many_live_pages_and_closed_ones_do_not_count(visitor: Visitor, site: Site) -> None:
    visits = site.app._pages.state.visits
    visitor.say("hours")
    visitor.hear(2)
    for _ in range(webchat.OPEN_PER_VISITOR):
        visits.count(address_of("site", visitor.token), "somewhere", 1)
    assert visitor.post("stream", {"token": visitor.token}).status_code == 429
    assert Visitor(site).hear(0) == []
    for _ in range(webchat.OPEN_PER_VISITOR):
        visits.count(address_of("site", visitor.token), "somewhere", -1)
    assert len(visitor.hear(2)) == 2


def test_an_erased_visitor_is_nobody_and_their_choices_are_gone(site: Site) -> None:
    visitor = Visitor(site)
    visitor.say("book")
    visitor.hear(2)
    contact = visitor.contact
    assert site.rows("SELECT * FROM message_offers WHERE contact_id = :c", c=contact)
    page = site.person("owner")
    assert page.submit(f"/c/{contact}/erase", sure="1").status_code == 303
    assert site.rows("SELECT * FROM addresses WHERE contact_id = :c", c=contact) == []
    assert site.rows("SELECT * FROM message_offers WHERE contact_id = :c", c=contact) == []
    assert visitor.hear(0) == []


def test_the_desk_names_a_visitor_and_the_lines_page_has_the_script(visitor: Visitor, site: Site) -> None:
    visitor.say("PERSON")
    visitor.hear(2)
    owner = site.person("owner")
    page = owner.get(f"/c/{visitor.contact}").text
    address = address_of("site", visitor.token)
    assert f"Web visitor {address[4:8]}" in page
    assert address not in page
    lines = owner.get("/lines").text
    assert "/web/site/widget.js" in lines
    assert SHOP in lines


def test_programs_text_phones_by_a_line_that_has_a_number(site: Site) -> None:
    program = site.program("till")
    answer = program.post("/sms/send", json={"to": "+12065550188", "message": "Ready.", "class": "conversational"})
    assert answer.json()["from"] == "+12065550100"
