"""WhatsApp beyond the examination: the handshake, one address for several numbers, and what a message may hold."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.channels.examination.conftest import Api
from tests.channels.examination.examinee import ANA, NOW, PUBLIC_URL, changed, text_out
from tests.channels.examination.test_road import Node, node
from tests.channels.examination.whatsapp.examinee import ACCOUNT, EXAMINEE
from tests.pipeline.working import bot
from textback.channels.base import Accepted, BadPayload, Webhook
from textback.channels.client import Session
from textback.core.errors import SettingsError
from textback.core.ids import new_id
from textback.core.offer import Offer
from textback.core.when import DAY
from textback.engine.arrivals import ApiSend, Media
from textback.pipeline.lines import Line
from textback.store.db import Db
from textback.web.webhooks import MOST_BATCH, Webhooks

OTHER, ELSEWHERE = "106540352249999", "106540352240000"
TOKEN = "verify-token-of-the-examination"


def asking(query: str) -> Webhook:
    return Webhook("GET", f"{PUBLIC_URL}/webhooks/whatsapp?{query}", query, {}, b"")


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (f"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={TOKEN}", b"1158201444"),
        (f"hub.challenge=1158201444&hub.verify_token={TOKEN}", None),
        (f"hub.mode=unsubscribe&hub.challenge=1158201444&hub.verify_token={TOKEN}", None),
        ("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=other", None),
        ("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=", None),
        ("hub.mode=subscribe&hub.challenge=1158201444", None),
        (f"hub.mode=subscribe&hub.verify_token={TOKEN}", None),
        (f"hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token={TOKEN}", None),
        (f"hub.mode=subscribe&hub.challenge={'1' * 65}&hub.verify_token={TOKEN}", None),
        ("hub.verify_token=%ED%A0%80&hub.challenge=1&hub.mode=subscribe", None),
        ("", None),
    ],
)
def test_the_handshake(query: str, answer: bytes | None) -> None:
    found: Any = EXAMINEE.line()
    assert found.greet(asking(query)) == (None if answer is None else ("text/plain", answer))


async def get(made: Node, query: str) -> tuple[int, bytes]:
    answer: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        answer.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/webhooks/whatsapp",
        "query_string": query.encode(),
        "headers": [],
    }
    await made.webhooks(scope, receive, send)
    return answer[0]["status"], answer[1]["body"]


async def test_the_address_answers_the_handshake(db: Db) -> None:
    async with node(db, EXAMINEE) as made:
        right = f"hub.mode=subscribe&hub.challenge=42&hub.verify_token={TOKEN}"
        assert await get(made, right) == (200, b"42")
        assert (await get(made, right.replace(TOKEN, "x")))[0] == 403


def several(*parts: tuple[str, str, str]) -> Webhook:
    """A request with a text for each (account, words, id)."""
    entry = []
    for account, words, id_ in parts:
        body = json.loads(EXAMINEE.text(words, id_).body)["entry"][0]
        body["changes"][0]["value"]["metadata"]["phone_number_id"] = account
        entry.append(body)
    return EXAMINEE.json({"object": "whatsapp_business_account", "entry": entry})


def lines(made: Node, **options: str) -> None:
    """A second line, with an account of its own."""
    second = EXAMINEE.line("", None, "https://api.example.com", number="+12065550111", phone_number_id=OTHER, **options)
    road: Any = made.road
    road.lines["second"] = Line("second", second, "+12065550111", ("whatsapp",))
    made.webhooks = Webhooks(made.road, road.lines, PUBLIC_URL)


async def rows(made: Node, count: int) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    async def heard() -> int:
        found[:] = [(row.line, row.text) for row in await made.thread() if row.direction == "in"]
        return len(found)

    await made.until(heard, count)
    return sorted(found)


async def test_one_request_reaches_every_line_that_it_is_for(db: Db) -> None:
    async with node(db, EXAMINEE) as made:
        lines(made)
        webhook = several(
            (ACCOUNT, "for one", "wamid.1"), (OTHER, "for two", "wamid.2"), (ELSEWHERE, "for none", "wamid.3")
        )
        for _ in range(2):
            assert await made.post(EXAMINEE.signed(webhook)) == 200
        assert await rows(made, 2) == [("second", "for two"), ("whatsapp", "for one")]


async def test_a_line_with_another_secret_is_not_reached(db: Db) -> None:
    async with node(db, EXAMINEE) as made:
        lines(made, app_secret="of another app")
        assert (
            await made.post(EXAMINEE.signed(several((OTHER, "for two", "wamid.2"), (ACCOUNT, "mine", "wamid.1"))))
            == 200
        )
        assert await rows(made, 1) == [("whatsapp", "mine")]


async def test_a_request_may_be_as_large_as_meta_makes_it(db: Db) -> None:
    async with node(db, EXAMINEE) as made:
        large = several(*((ACCOUNT, "x" * 3000, f"wamid.{n}") for n in range(300)))
        assert 600_000 < len(large.body) < MOST_BATCH
        assert await made.post(EXAMINEE.signed(large)) == 200
        too_large = changed(large, body=large.body + b" " * MOST_BATCH)
        assert await made.post(EXAMINEE.signed(too_large)) == 413


PICTURE, SOUND, PAPER = (
    Media("https://example.com/a.jpg", "image/jpeg"),
    Media("https://example.com/a.mp3", "audio/mpeg"),
    Media("https://example.com/a.pdf"),
)


@pytest.mark.parametrize(
    ("text", "media", "kind", "content"),
    [
        ("hi", (), "text", {"body": "hi", "preview_url": False}),
        ("look", (PICTURE,), "image", {"link": PICTURE.url, "caption": "look"}),
        ("", (PICTURE,), "image", {"link": PICTURE.url}),
        ("look", (PAPER,), "document", {"link": PAPER.url, "caption": "look"}),
        ("", (SOUND,), "audio", {"link": SOUND.url}),
        ("listen", (SOUND,), "text", {"body": f"listen\n{SOUND.url}", "preview_url": True}),
        ("look", (PICTURE, PAPER), "image", {"link": PICTURE.url, "caption": f"look\n{PAPER.url}"}),
        ("x" * 1025, (PICTURE,), "text", {"body": "x" * 1025 + f"\n{PICTURE.url}", "preview_url": True}),
        ("x" * 1000, (PICTURE, PAPER), "text",
         {"body": f"{'x' * 1000}\n{PICTURE.url}\n{PAPER.url}", "preview_url": True}),
    ],
)  # fmt: skip
async def test_what_a_message_holds(
    http: Session, shared: Path, text: str, media: tuple[Media, ...], kind: str, content: dict[str, Any]
) -> None:
    async with Api(EXAMINEE) as api:
        sent = await EXAMINEE.line(http=http, base_url=api.url).send(text_out(text=text, media=media))
    assert isinstance(sent, Accepted)
    (posted,) = api.posts
    assert (posted.json["type"], posted.json[kind]) == (kind, content)
    assert EXAMINEE.problems(posted, shared) == []


TAIL = "Reply A or B."


def reply(*titles: str, ids: tuple[str, ...] = ()) -> dict[str, Any]:
    pairs = zip(ids or titles, titles, strict=True)
    return {"buttons": [{"type": "reply", "reply": {"id": id_, "title": title}} for id_, title in pairs]}


@pytest.mark.parametrize(
    ("options", "media", "kind", "action"),
    [
        (("Yes", "No"), (), "button", reply("Yes", "No")),
        (("A", "B", "C"), (PICTURE,), "button", reply("A", "B", "C")),
        (("Yes", "x" * 21), (PICTURE,), "button", reply("Yes", f"{'x' * 19}…", ids=("Yes", "x" * 21))),
        (tuple("ABCD"), (), "list", [{"id": one, "title": one} for one in "ABCD"]),
        (("Yes", "x" * 21), (), "list", [{"id": "Yes", "title": "Yes"}, {"id": "x" * 21, "title": "x" * 21}]),
        (("Yes", "x" * 80), (), "list", [{"id": "Yes", "title": "Yes"},
                                          {"id": "x" * 80, "title": f"{'x' * 23}…", "description": "x" * 72}]),
        (tuple("ABCDEFGHIJK"), (), "", None),
        (tuple("ABCD"), (PICTURE,), "", None),
        (("A", "B"), (SOUND,), "", None),
        (("A", "B"), (PICTURE, PAPER), "", None),
        (("x" * 30 + "1", "x" * 30 + "2"), (), "", None),
        (("A", "x" * 201), (), "", None),
        (("A", " "), (), "", None),
    ],
)  # fmt: skip
async def test_options_are_buttons_or_a_list_where_they_fit(
    http: Session, shared: Path, options: tuple[str, ...], media: tuple[Media, ...], kind: str, action: Any
) -> None:
    out = text_out(text=f"Which one? {TAIL}", media=media, offer=Offer(options, TAIL))
    async with Api(EXAMINEE) as api:
        assert isinstance(await EXAMINEE.line(http=http, base_url=api.url).send(out), Accepted)
    (posted,) = api.posts
    assert EXAMINEE.problems(posted, shared) == []
    if not kind:
        assert posted.json["type"] != "interactive"
        assert TAIL in json.dumps(posted.json), "the words say what may be answered"
        return
    sent = posted.json["interactive"]
    assert (sent["type"], sent["body"], "header" in sent) == (kind, {"text": "Which one?"}, bool(media))
    assert sent["action"] == (action if kind == "button" else {"button": "☰", "sections": [{"rows": action}]})


def test_a_button_says_its_title_or_all_of_what_was_cut() -> None:
    line: Any = EXAMINEE.line()
    for pressed, said in (
        ({"id": "Yes please", "title": "Yes"}, "Yes"),
        ({"id": "A long answer to choose", "title": "A long answer to c…"}, "A long answer to choose"),
        ({"title": "Cut…"}, "Cut…"),
    ):
        button = {"type": "button_reply", "button_reply": pressed}
        message = {"from": "12065550123", "id": "wamid.1", "type": "interactive", "interactive": button}
        assert line.parse(EXAMINEE.json(EXAMINEE.changes(messages=[message])))[0].text == said


CHOOSE = """
- ask: need
  text: What do you need?
  choices: {repair: {label: Repair}, quote: {label: A quote}}
- say: Noted.
  quick: [Thanks, Bye]
"""


async def test_a_flow_offers_its_choices_as_buttons(db: Db) -> None:
    async with node(db, EXAMINEE, told=bot(CHOOSE)) as made:
        assert await made.post(EXAMINEE.signed(EXAMINEE.text("book", "wamid.1"))) == 200
        await made.until(lambda: count(made), 1)
        asked = made.outgoing[0]
        menu = "Reply 1 for Repair, 2 for A quote."
        assert (asked.text, asked.channel) == (f"What do you need? {menu}", "whatsapp")
        assert asked.offer == Offer(("Repair", "A quote"), menu)
        assert await made.post(EXAMINEE.signed(EXAMINEE.text("A quote", "wamid.2"))) == 200
        await made.until(lambda: count(made), 2)
        assert made.outgoing[1].offer == Offer(("Thanks", "Bye"), "Reply Thanks or Bye.")


async def count(made: Node) -> int:
    return len(made.outgoing)


async def test_buttons_survive_a_restart(db: Db) -> None:
    """What waits in the outbox keeps what it offers."""
    clock_at = NOW
    async with node(db, EXAMINEE, clock_at, told=bot(CHOOSE), roles=frozenset({"turn"})) as made:
        await made.road.receive("whatsapp", EXAMINEE.line().parse(EXAMINEE.text("book", "wamid.1")), wait=15.0)
    async with node(db, EXAMINEE, clock_at, told=bot(CHOOSE)) as made:
        await made.until(lambda: count(made), 1)
        assert made.outgoing[0].offer is not None
        assert made.outgoing[0].offer.options == ("Repair", "A quote")


@pytest.mark.parametrize(("after", "status"), [(DAY - 1, "accepted"), (DAY, "blocked")])
async def test_w1_words_of_ones_own_go_for_a_day_after_their_last_text(db: Db, after: int, status: str) -> None:
    async with node(db, EXAMINEE) as made:
        await made.road.receive("whatsapp", EXAMINEE.line().parse(EXAMINEE.text("hello", "wamid.1")), wait=15.0)
        await made.until(lambda: count(made), 1)
        made.clock.at += after
        send = ApiSend("k", "Your bike is ready.", new_id(), message_class="informational")
        await made.road.send_to("whatsapp", ANA, send, wait=15.0)
        row = [row for row in await made.thread() if row.direction == "out"][-1]
        assert row.rule == ("W1" if status == "blocked" else "C3")
        if status == "accepted":
            await made.until(lambda: count(made), 2)


@pytest.mark.parametrize(("name", "value"), [("phone_number_id", "1/../2"), ("version", "v23/x")])
def test_an_option_can_not_lead_elsewhere(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"WHATSAPP_{name.upper()}"):
        EXAMINEE.line(**{"http": None, name: value})  # type: ignore[arg-type]


def test_what_is_for_another_number_is_named_and_not_read() -> None:
    line: Any = EXAMINEE.line()
    webhook = several((OTHER, "hi", "wamid.1"))
    assert (line.parse(webhook), line.of_others(webhook)) == ([], {OTHER})
    with pytest.raises(BadPayload):
        line.of_others(EXAMINEE.json([]))
