"""Going on by text, over HTTP: who may ask, for which number, how often, and that nobody can find out who opted out."""

import itertools
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.web.conftest import Site, running
from tests.web.test_webchat import SHOP
from tests.web.test_webchat import Visitor as AnyVisitor
from textback.app import read_folder
from textback.cli.serving import example_bot
from textback.web import webchat

LINES = f"""
lines:
  site: {{provider: web, origins: "{SHOP}", continue_by_text: simulator, continue_per_source: 9999,
         continue_per_day: 9999}}
  tight: {{provider: web, origins: "{SHOP}", continue_by_text: simulator, continue_per_visitor: 2,
          continue_per_source: 4, continue_per_number: 1, continue_per_day: 3, continue_countries: "GB CA",
          continue_consent: "Text me. STOP to end, HELP for help."}}
  plain: {{provider: web, origins: "{SHOP}"}}
"""
_numbers = (f"(206) 555-{n:04}" for n in itertools.count(101))
_others = (f"(206) 555-{n:04}" for n in itertools.count(7000))  # not those of simulated phones
_refs = (f"wish-{n:08}" for n in itertools.count(1))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    bot = dict(read_folder(example_bot()))
    bot["bot.yml"] += LINES
    with running(tmp_path_factory.mktemp("by-text"), bot) as made:
        yield made


@pytest.fixture(autouse=True)
def no_limits(site: Site) -> None:
    """Each test begins as if nobody had asked for anything yet."""
    site.app._pages.state.visits = webchat.Visits()
    site.write(lambda tx: tx.exec_driver_sql("DELETE FROM text_requests"))


class Visitor(AnyVisitor):
    """A browser that can ask to go on by text."""

    def ask(self, number: str, ref: str = "", **more: str) -> httpx.Response:
        body = {"token": self.token, "ref": ref or next(_refs), "number": number, "agreed": self.version, **more}
        return self.post("by-text", body)

    @property
    def version(self) -> str:
        return str(self.config()["by_text"]["version"])


@pytest.fixture
def visitor(site: Site) -> Visitor:
    made = Visitor(site)
    made.say("book")
    made.hear(2)
    return made


def e164(number: str) -> str:
    return "+1" + "".join(one for one in number if one.isdigit())


def texts_to(site: Site, number: str) -> list[Any]:
    """What was sent to a number; its turn is waited for."""
    site.text(e164(number)[1:], "hello")  # comes after whatever was stored before
    (row,) = site.rows("SELECT contact_id FROM addresses WHERE identifier = :n", n=e164(number))
    return [one for one in site.messages(row.contact_id) if one.source == "consent.request"]


def test_a_request_is_one_text_and_is_in_the_ledger_as_pending(visitor: Visitor, site: Site) -> None:
    number = next(_numbers)
    words = visitor.config()["by_text"]["words"]
    for _ in range(3):
        answer = visitor.ask(number, "wish-first", page="/prices")
        assert (answer.status_code, answer.json()) == (200, {})
    (text,) = texts_to(site, number)
    assert text.text.startswith("Harbor Cycle Works: you asked on our website to go on by text. Reply YES")
    (row,) = site.rows(
        "SELECT e.*, a.state FROM consent_events e JOIN addresses x ON x.contact_id = e.contact_id "
        "LEFT JOIN agreements a ON a.contact_id = e.contact_id WHERE x.identifier = :n",
        n=e164(number),
    )
    assert (row.type, row.family, row.method, row.state) == ("opt_in", "phone", "web", "pending")
    assert (row.wording, row.source, row.action) == (words, f"{SHOP}/prices", "ticked the box and gave the number")
    for said in ("Harbor Cycle Works", "(206) 555-0100", "STOP", "HELP", "Msg & data rates", "frequency"):
        assert said in words


def test_a_page_in_spanish_has_the_words_in_spanish_and_the_ledger_those_that_were_read(
    visitor: Visitor, site: Site
) -> None:
    number, origin = next(_numbers), {"Origin": SHOP}
    said = visitor.http.get("/web/site/config?lang=es", headers=origin).json()["by_text"]
    for words in ("Acepto", "Harbor Cycle Works", "(206) 555-0100", "STOP", "HELP", "tarifas", "frecuencia"):
        assert words in said["words"]
    assert said != visitor.config()["by_text"]
    assert visitor.ask(number, agreed=said["version"]).status_code == 200
    assert len(texts_to(site, number)) == 1
    rows = site.rows(
        "SELECT e.wording FROM consent_events e JOIN addresses x ON x.contact_id = e.contact_id "
        "WHERE x.identifier = :n",
        n=e164(number),
    )
    assert {row.wording for row in rows if row.wording} == {said["words"]}
    # Another language is answered in English; a line's own words are as they are.
    assert visitor.http.get("/web/site/config?lang=fr", headers=origin).json() == visitor.config()
    own = Visitor(site, "tight").http.get("/web/tight/config?lang=es", headers=origin).json()["by_text"]["words"]
    assert own == "Text me. STOP to end, HELP for help."


@pytest.mark.parametrize("agreed", ["", "yes", "0" * 12])
def test_without_the_tick_nothing_is_asked(visitor: Visitor, site: Site, agreed: str) -> None:
    number = next(_numbers)
    answer = visitor.ask(number, agreed=agreed)
    assert (answer.status_code, answer.json()["code"]) == (403, "agree_text")
    assert site.rows("SELECT 1 FROM addresses WHERE identifier = :n", n=e164(number)) == []


@pytest.mark.parametrize("number", ["(206) 555-0100", "+1 206 555 0100", "+44 7700 900123", "+1 876 555 0123", "555",
                                    "", "<b>206</b>", "+1 800 555 0199", "2065550123 " * 500, "\u0000"])  # fmt: skip
def test_a_number_that_no_text_goes_to_is_refused_and_not_counted(visitor: Visitor, site: Site, number: str) -> None:
    before = site.rows("SELECT count(*) AS n FROM addresses")[0].n
    answer = visitor.ask(number)
    assert (answer.status_code, answer.json()["code"]) == (400, "number")
    assert site.rows("SELECT count(*) AS n FROM addresses")[0].n == before
    assert site.rows("SELECT * FROM text_requests") == []


def test_a_line_that_does_not_go_on_by_text_says_so_and_offers_nothing(site: Site) -> None:
    visitor = Visitor(site, "plain")
    assert "by_text" not in visitor.config()
    body = {"token": visitor.token, "ref": "wish-plain", "number": next(_numbers), "agreed": "x"}
    answer = visitor.post("by-text", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_texts")


def test_who_has_said_nothing_has_nothing_to_go_on_with(site: Site) -> None:
    answer = Visitor(site).ask(next(_numbers))
    assert (answer.status_code, answer.json()["code"]) == (409, "no_chat")


def test_other_websites_may_not_ask(site: Site, visitor: Visitor) -> None:
    number = next(_numbers)
    body = {"token": visitor.token, "ref": "wish-evil", "number": number, "agreed": visitor.version}
    answer = visitor.post("by-text", body, Origin="https://evil.example.com")
    assert (answer.status_code, answer.json()["code"]) == (403, "origin")


def test_the_answer_is_the_same_whoever_opted_out(visitor: Visitor, site: Site) -> None:
    out, fine = next(_numbers), next(_numbers)
    site.text(e164(out)[1:], "STOP")
    answers = [visitor.ask(number) for number in (out, fine)]
    assert answers[0].status_code == answers[1].status_code == 200
    assert answers[0].content == answers[1].content
    assert sorted(answers[0].headers) == sorted(answers[1].headers)
    assert (len(texts_to(site, fine)), texts_to(site, out)) == (1, [])


def test_a_hundred_requests_are_few_texts(site: Site, visitor: Visitor) -> None:
    first = next(_numbers)
    codes = [visitor.ask(first if n % 2 else next(_others)).status_code for n in range(100)]
    assert codes == [200] * 3 + [429] * 97
    assert len(texts_to(site, first)) == 1


def test_each_limit_holds_and_the_number_s_tells_nobody(site: Site) -> None:
    numbers = [f"+44 7700 9001{n:02}" for n in range(20, 30)]
    visitors = [Visitor(site, "tight") for _ in range(4)]
    for one in visitors:
        one.say("hours")
        one.hear(2)
    one, two, three, four = visitors
    assert one.config()["by_text"]["words"] == "Text me. STOP to end, HELP for help."
    assert one.ask("(206) 555-0123").json()["code"] == "number"  # the line's countries are others
    assert [one.ask(numbers[n]).status_code for n in (0, 1, 2)] == [200, 200, 429]
    assert two.ask(numbers[0]).status_code == 200  # this number has been asked today: nothing goes
    assert three.ask(numbers[3]).status_code == 200  # the third of the day
    assert four.ask(numbers[4]).status_code == 429
    known = {row.identifier for row in site.rows("SELECT identifier FROM addresses WHERE family = 'phone'")}
    assert {number.replace(" ", "") for number in (numbers[0], numbers[1], numbers[3])} <= known
    assert {number.replace(" ", "") for number in (numbers[2], numbers[4])} & known == set()


def test_counts_name_nobody(site: Site, visitor: Visitor) -> None:
    number = next(_numbers)
    visitor.ask(number)
    rows = site.rows("SELECT * FROM text_requests")
    assert sorted(row.who.split()[0] for row in rows) == ["line", "number", "source", "visitor"]
    whole = " ".join(row.who for row in rows)
    assert e164(number)[2:] not in whole
    assert "127.0.0.1" not in whole
