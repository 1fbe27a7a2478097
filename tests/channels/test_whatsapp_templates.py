"""WhatsApp's templates: reading Meta's list, hearing of changes, and what goes when only templates may."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.channels.examination.examinee import ANA, NOW, NUMBER, PUBLIC_URL, text_out
from tests.channels.examination.test_road import Node
from tests.channels.examination.whatsapp.examinee import EXAMINEE
from tests.engine.talk import BOT, flow
from tests.pipeline.working import ECHO, WORKSPACE, Clock, Phones
from tests.support.fake_graph import BUSINESS, FakeGraph, changed, template
from tests.support.misbehaving import HANG, Answer
from textback.channels.base import ListFailed, Templated
from textback.channels.client import Session
from textback.core.errors import SettingsError
from textback.core.ids import new_id
from textback.core.provider_templates import Filled, ProviderTemplate
from textback.core.when import DAY, HOUR, SECOND
from textback.engine.arrivals import ApiSend, Media
from textback.engine.load import load_bot
from textback.pipeline.bots import Shelf
from textback.pipeline.lines import Line
from textback.pipeline.road import Road
from textback.store import provider_templates as store
from textback.store.db import Db
from textback.store.provider_templates import Account
from textback.web.webhooks import Webhooks

ACCOUNT = Account("whatsapp", BUSINESS)
VISIT = "Hi {{1}}, we will see you on {{2}}."
TEMPLATES = """
visit_reminder:
  class: informational
  text: Hi {{ name }}, we will see you on {{ day }}.
not_there:
  class: informational
  text: We are closed today.
"""


def line(http: Session, url: str, **more: str) -> Any:
    return EXAMINEE.line(http=http, base_url=url, business_account_id=BUSINESS, **more)


async def test_the_list_is_read_page_by_page(http: Session) -> None:
    listed = [template(f"t{n}", f"Text {n}", "en_US" if n % 2 else "es") for n in range(130)]
    async with FakeGraph(listed) as graph:
        provider = line(http, graph.url)
        assert isinstance(provider, Templated)
        found = await provider.templates()
        assert [(one.name, one.language, one.body) for one in found] == [
            (one["name"], one["language"], f"Text {n}") for n, one in enumerate(listed)
        ]
        assert [one.get("after") for one in graph.asked] == [None, "cursor-50", "cursor-100"]
        graph.templates = []
        assert await provider.templates() == []
    assert graph.wrong == []


YES = {"type": "QUICK_REPLY", "text": "Yes"}
URL = {"type": "URL", "text": "Track", "url": "https://example.com/track"}


@pytest.mark.parametrize(
    ("parts", "more", "expected"),
    [
        ([], {}, {}),
        ([{"type": "HEADER", "format": "TEXT", "text": "Harbor"}, {"type": "FOOTER", "text": "Bye"}], {}, {}),
        ([{"type": "HEADER", "format": "IMAGE"}], {}, {"header": "image"}),
        ([{"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}, URL]}], {}, {"buttons": ("Yes",)}),
        ([{"type": "HEADER", "format": "TEXT", "text": "For {{ 1 }}"}], {}, {"body": f"For {{{{HEADER_1}}}}\n{VISIT}"}),
        ([{"type": "HEADER", "format": "TEXT", "text": "For {{Ana?}}"}], {},
         {"body": f"For {{{{Ana?}}}}\n{VISIT}", "unfit": "Its header has values."}),
        ([{"type": "HEADER", "format": "LOCATION"}], {}, {"unfit": "Its header has values."}),
        ([{"type": "BUTTONS", "buttons": [YES, {**URL, "url": "https://example.com/{{1}}"}]}], {},
         {"body": f"{VISIT}\nTrack: https://example.com/{{{{LINK_1}}}}", "buttons": ("Yes",)}),
        ([{"type": "BUTTONS", "buttons": [URL, {"type": "COPY_CODE", "text": "Copy offer code"}]}], {},
         {"body": f"{VISIT}\nCopy offer code: {{{{CODE_1}}}}"}),
        ([{"type": "BUTTONS", "buttons": [{**URL, "url": "https://{{1}}/x"}]}], {},
         {"unfit": "A button of it needs values."}),
        ([{"type": "BUTTONS", "buttons": [{"type": "OTP"}]}], {}, {"unfit": "A button of it needs values."}),
        ([{"type": "CAROUSEL"}], {}, {"unfit": "It has a part of the kind carousel."}),
        ([], {"status": "REJECTED", "rejected_reason": "INVALID_FORMAT"},
         {"status": "REJECTED", "state": "rejected", "reason": "INVALID_FORMAT"}),
        ([], {"rejected_reason": "NONE"}, {}),
        ([], {"status": "IN_APPEAL"}, {"status": "IN_APPEAL", "state": "pending"}),
        ([], {"status": "SOMETHING_NEW"}, {"status": "SOMETHING_NEW", "state": "other"}),
    ],
)  # fmt: skip
async def test_what_a_template_is(
    http: Session, parts: list[Any], more: dict[str, Any], expected: dict[str, Any]
) -> None:
    listed = {**template("visit", VISIT, "en_US", "APPROVED", *parts), **more}
    async with FakeGraph([listed]) as graph:
        (found,) = await line(http, graph.url).templates()
    plain = {"name": "visit", "language": "en_US", "status": "APPROVED", "state": "approved", "category": "UTILITY"}
    assert found == ProviderTemplate(**{**plain, "body": VISIT, **expected})
    assert tuple(name for name in found.blanks if name.isdigit()) == ("1", "2")


def text(value: str, **more: str) -> dict[str, str]:
    return {"type": "text", "text": value, **more}


@pytest.mark.parametrize(
    "answer",
    [Answer(500), Answer(401, {"error": {"code": 190}}), Answer(404), Answer(200, b"<html>"), Answer(200, {"data": 1})],
)
async def test_a_list_that_can_not_be_read(http: Session, answer: Answer) -> None:
    async with FakeGraph() as graph:
        graph.fail = answer
        with pytest.raises(ListFailed, match="WhatsApp"):
            await line(http, graph.url).templates()


async def test_a_list_that_goes_round_in_circles_ends(http: Session) -> None:
    async with FakeGraph() as graph:
        graph.fail = Answer(200, {"data": [], "paging": {"cursors": {"after": "x"}, "next": "https://example.com/"}})
        with pytest.raises(ListFailed, match="twice"):
            await line(http, graph.url).templates()
        assert len(graph.asked) == 2


def test_an_account_that_is_no_id_is_refused() -> None:
    with pytest.raises(SettingsError, match="WHATSAPP_BUSINESS_ACCOUNT_ID"):
        EXAMINEE.line(business_account_id="1/../2")


@pytest.mark.parametrize(
    ("use", "components"),
    [
        (Filled("visit", "en_US"), None),
        (Filled("visit", "en_US", (("2", "Monday"), ("1", "Ana"))),
         [{"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "Monday"}]}]),
        (Filled("visit", "es", (("day", "lunes"),)),
         [{"type": "body", "parameters": [{"type": "text", "text": "lunes", "parameter_name": "day"}]}]),
        (Filled("visit", "en_US", (("HEADER_1", "Ana"), ("2", "Monday"), ("1", "Ben"), ("LINK_1", "42?a=b"))),
         [{"type": "header", "parameters": [text("Ana")]},
          {"type": "body", "parameters": [text("Ben"), text("Monday")]},
          {"type": "button", "sub_type": "url", "index": "1", "parameters": [text("42?a=b")]}]),
        (Filled("visit", "es", (("HEADER_who", "Ana"),)),
         [{"type": "header", "parameters": [text("Ana", parameter_name="who")]}]),
        (Filled("visit", "es", (), "image"),
         [{"type": "header", "parameters": [{"type": "image", "image": {"link": "https://example.com/a.jpg"}}]}]),
    ],
)  # fmt: skip
async def test_what_is_posted_for_a_template(http: Session, shared: Path, use: Filled, components: Any) -> None:
    media = (Media("https://example.com/a.jpg"),) if use.header else ()
    async with FakeGraph() as graph:
        await line(http, graph.url).send(text_out(text="Hi Ana.", media=media, template=use))
    (posted,) = graph.posts
    assert EXAMINEE.problems(posted, shared) == []
    assert posted.json["type"] == "template"
    expected = {"name": "visit", "language": {"policy": "deterministic", "code": use.language}}
    assert posted.json["template"] == expected | ({"components": components} if components else {})


async def test_a_code_to_copy(http: Session) -> None:
    """As Meta's pages on coupon codes have it; its description of the API knows no such button."""
    async with FakeGraph() as graph:
        await line(http, graph.url).send(text_out(text="25OFF", template=Filled("sale", "en", (("CODE_0", "25OFF"),))))
    (posted,) = graph.posts
    code = {"type": "coupon_code", "coupon_code": "25OFF"}
    assert posted.json["template"]["components"] == [
        {"type": "button", "sub_type": "COPY_CODE", "index": 0, "parameters": [code]}
    ]


# --- On the road


@asynccontextmanager
async def node(db: Db, http: Session, graph: FakeGraph, at: int = NOW, **more: Any) -> AsyncIterator[Node]:
    """A node with a line of WhatsApp whose Graph is ours, and a bot with two templates."""
    templates = more.pop("templates", TEMPLATES)
    files = {"bot.yml": BOT, "flows/main.yml": flow(ECHO, start="book"), "templates/a.yml": templates}
    provider, clock = line(http, graph.url), Clock(at)
    lines = {"whatsapp": Line("whatsapp", provider, NUMBER, ("whatsapp",), offers=True, templates=BUSINESS)}
    road = Road(db, WORKSPACE, lines, Shelf(WORKSPACE, load_bot(files, 1)), now=clock, **more)
    made = Node(db, road, Phones(), clock)
    made.webhooks = Webhooks(road, lines, PUBLIC_URL)
    made.said = []
    await road.start()
    try:
        yield made
    finally:
        async with asyncio.timeout(20):
            await road.stop()


async def known(made: Node) -> list[tuple[str, str]]:
    found = await made.db.read(store.templates, WORKSPACE, ACCOUNT)
    return [(one.name, one.status) for one in found]


async def read(made: Node) -> bool:
    """Whether the list has been read."""
    return (await made.db.read(store.sync_of, WORKSPACE, ACCOUNT)).synced_at > 0


async def hears(made: Node, words: str = "hello") -> None:
    await made.road.receive("whatsapp", EXAMINEE.line().parse(EXAMINEE.text(words, new_id())), wait=15.0)


async def sends(made: Node, **more: Any) -> Any:
    """A program's text, and what became of it."""
    send = ApiSend("k", more.pop("text", ""), new_id(), **more)
    await made.road.send_to("whatsapp", ANA, send, wait=15.0)
    return next(row for row in await made.thread() if row.id == send.message_id)


def visit(day: str = "Monday") -> dict[str, Any]:
    return {"template": "visit_reminder", "variables": {"name": "Ana", "day": day}}


async def until(made: Node, *expected: tuple[str, str]) -> None:
    async with asyncio.timeout(10):
        while await known(made) != sorted(expected):
            await asyncio.sleep(0.02)


async def test_outside_the_window_only_an_approved_template_goes(db: Db, http: Session, shared: Path) -> None:
    async with FakeGraph([template("visit_reminder", VISIT)]) as graph, node(db, http, graph) as made:
        await until(made, ("visit_reminder", "APPROVED"))
        await hears(made)
        (answer,) = await graph.posted(1)
        assert answer.json["type"] == "text"
        made.clock.at += 2 * DAY
        shut = await sends(made, text="Your bike is ready.", message_class="informational")
        assert (shut.status, shut.rule) == ("blocked", "W1")
        assert "These may go: visit_reminder." in shut.detail
        other = await sends(made, template="not_there")
        assert (other.status, other.rule) == ("blocked", "W1")
        assert "WhatsApp has no template not_there. These may go: visit_reminder." in other.detail
        went = await sends(made, **visit())
        posted = (await graph.posted(2))[1]
        assert EXAMINEE.problems(posted, shared) == []
        assert posted.json["template"]["components"][0]["parameters"] == [
            {"type": "text", "text": "Ana"}, {"type": "text", "text": "Monday"},
        ]  # fmt: skip
        assert went.text == "Hi Ana, we will see you on Monday."
        assert went.rule == "C3"


TRACKED = """
tracked:
  class: informational
  text: "Order {{ n }}\\nHi {{ name }}, it is on its way.\\nTrack: https://example.com/o/{{ n }}"
"""


async def test_values_of_the_header_and_of_buttons_are_read_from_the_text(db: Db, http: Session, shared: Path) -> None:
    buttons = [YES, {**URL, "url": "https://example.com/o/{{1}}"}]
    head = {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}"}
    parts: list[dict[str, Any]] = [head, {"type": "BUTTONS", "buttons": buttons}]
    listed = template("tracked", "Hi {{1}}, it is on its way.", "en_US", "APPROVED", *parts)
    async with FakeGraph([listed]) as graph, node(db, http, graph, templates=TRACKED) as made:
        await until(made, ("tracked", "APPROVED"))
        await hears(made)
        await graph.posted(1)
        made.clock.at += 2 * DAY
        went = await sends(made, template="tracked", variables={"name": "Ana", "n": "A-42"})
        assert went.text == "Order A-42\nHi Ana, it is on its way.\nTrack: https://example.com/o/A-42"
        posted = (await graph.posted(2))[1]
        assert EXAMINEE.problems(posted, shared) == []
        assert posted.json["template"]["components"] == [
            {"type": "header", "parameters": [text("A-42")]}, {"type": "body", "parameters": [text("Ana")]},
            {"type": "button", "sub_type": "url", "index": "1", "parameters": [text("A-42")]},
        ]  # fmt: skip
        odd = await sends(made, template="tracked", variables={"name": "Ana", "n": "A 42"})
        assert (odd.status, odd.rule) == ("blocked", "W1")  # no address has a space


async def test_a_template_goes_as_one_while_words_may_go_too(db: Db, http: Session) -> None:
    async with FakeGraph([template("visit_reminder", VISIT)]) as graph, node(db, http, graph) as made:
        await until(made, ("visit_reminder", "APPROVED"))
        await hears(made)
        await sends(made, **visit())
        await sends(made, template="not_there")
        posted = await graph.posted(3)
        assert sorted(one.json["type"] for one in posted[1:]) == ["template", "text"]


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ([], "WhatsApp has no template visit_reminder. None of the bot's templates is approved at WhatsApp."),
        ([template("visit_reminder", VISIT, status="PAUSED")], "visit_reminder is PAUSED at WhatsApp."),
        ([template("visit_reminder", "Hi {{1}}, we see you on {{2}}.")],
         "WhatsApp has approved other words for visit_reminder."),
        ([template("visit_reminder", VISIT, "en_US", "APPROVED", {"type": "CAROUSEL"})],
         "visit_reminder can't be sent from here. It has a part of the kind carousel."),
    ],
)  # fmt: skip
async def test_why_a_template_does_not_go(db: Db, http: Session, listed: list[dict[str, Any]], said: str) -> None:
    async with FakeGraph(listed) as graph, node(db, http, graph, roles=frozenset({"accept", "turn"})) as made:
        await made.road.templating.sync(ACCOUNT)
        await hears(made)
        made.clock.at += 2 * DAY
        row = await sends(made, **visit())
        assert (row.status, row.rule) == ("blocked", "W1")
        assert said in row.detail


async def test_a_template_that_is_paused_while_it_waits_does_not_go(db: Db, http: Session) -> None:
    """It is judged again when it is about to be posted."""
    roles = frozenset({"accept", "turn"})
    async with FakeGraph([template("visit_reminder", VISIT)]) as graph:
        async with node(db, http, graph, roles=roles) as made:
            await made.road.templating.sync(ACCOUNT)
            await hears(made)
            made.clock.at += 2 * DAY
            at = made.clock.at
            row = await sends(made, **visit())
            assert (row.status, row.rule) == ("queued", "C3")
            webhook = EXAMINEE.json(changed("visit_reminder", "PAUSED", at // SECOND + 1))
            assert await made.post(EXAMINEE.signed(webhook)) == 200
        async with node(db, http, graph, at) as made, asyncio.timeout(10):
            while (row := next(r for r in await made.thread() if r.id == row.id)).status == "queued":
                await asyncio.sleep(0.02)
            assert (row.status, row.rule) == ("blocked", "W1")
        assert [one.json["type"] for one in graph.posts] in ([], ["text"])


async def test_a_webhook_says_at_once_how_a_template_stands(db: Db, http: Session) -> None:
    listed = [template("visit_reminder", VISIT, status="PENDING")]
    roles = frozenset({"accept", "turn"})
    async with FakeGraph(listed) as graph, node(db, http, graph, roles=roles) as made:
        await made.road.templating.sync(ACCOUNT)
        assert await known(made) == [("visit_reminder", "PENDING")]
        at = NOW // SECOND
        for event, seconds, status in (
            ("APPROVED", 10, "APPROVED"),
            ("PAUSED", 30, "PAUSED"),
            ("APPROVED", 20, "PAUSED"),  # came late
            ("FLAGGED", 40, "PAUSED"),  # says nothing of whether it may be sent
            ("REJECTED", 50, "REJECTED"),
        ):
            body = changed("visit_reminder", event, at + seconds, reason="INVALID_FORMAT")
            assert await made.post(EXAMINEE.signed(EXAMINEE.json(body))) == 200
            assert await known(made) == [("visit_reminder", status)], event
        (found,) = await made.db.read(store.templates, WORKSPACE, ACCOUNT)
        assert found.reason == "INVALID_FORMAT"


async def test_nobody_else_says_how_a_template_stands(db: Db, http: Session) -> None:
    async with FakeGraph([template("visit_reminder", VISIT)]) as graph, node(db, http, graph) as made:
        await until(made, ("visit_reminder", "APPROVED"))
        later = NOW // SECOND + 60
        unsigned = EXAMINEE.json(changed("visit_reminder", "PAUSED", later))
        assert await made.post(unsigned) == 401
        stranger = EXAMINEE.json(changed("visit_reminder", "PAUSED", later, account="999"))
        assert await made.post(EXAMINEE.signed(stranger)) == 200
        odd = EXAMINEE.json(changed("visit_reminder", "PAUSED", later, message_template_name=7))
        assert await made.post(EXAMINEE.signed(odd)) == 200
        assert await known(made) == [("visit_reminder", "APPROVED")]


@pytest.mark.parametrize("being_read", [False, True])
async def test_a_template_that_nobody_knew_is_asked_for(db: Db, http: Session, being_read: bool) -> None:
    """Also where the list is just being read, and what comes of it is older than the template."""
    async with FakeGraph() as graph:
        if being_read:
            graph.pause()
        async with node(db, http, graph) as made:
            async with asyncio.timeout(10):
                while not (graph.asked if being_read else await read(made)):
                    await asyncio.sleep(0.02)
            graph.templates = [template("visit_reminder", VISIT)]
            webhook = EXAMINEE.json(changed("visit_reminder", "APPROVED", NOW // SECOND))
            assert await made.post(EXAMINEE.signed(webhook)) == 200
            graph.resume()
            await until(made, ("visit_reminder", "APPROVED"))


async def test_the_list_is_read_again_on_a_slow_beat(db: Db, http: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textback.pipeline.templating.LOOK", 0.02)
    async with FakeGraph() as graph, node(db, http, graph) as made:
        graph.fail = Answer(500)
        async with asyncio.timeout(10):
            while not (await made.db.read(store.sync_of, WORKSPACE, ACCOUNT)).problem:
                await asyncio.sleep(0.02)
        graph.fail, graph.templates = None, [template("visit_reminder", VISIT)]
        made.clock.at += HOUR
        await until(made, ("visit_reminder", "APPROVED"))
        sync = await made.db.read(store.sync_of, WORKSPACE, ACCOUNT)
        assert (sync.synced_at, sync.problem) == (made.clock.at, "")
        asked = len(graph.asked)
        made.clock.at += HOUR
        await asyncio.sleep(0.2)
        assert len(graph.asked) == asked
        made.clock.at += 6 * HOUR
        graph.templates = []
        await until(made)


async def test_a_graph_that_says_nothing_keeps_nobody(db: Db, http: Session) -> None:
    async with FakeGraph() as graph:
        graph.fail = HANG
        async with node(db, http, graph) as made, asyncio.timeout(10):
            while not graph.asked:
                await asyncio.sleep(0.02)
            await hears(made)
