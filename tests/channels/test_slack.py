"""Slack beyond the examination: the first question, buttons, threads, and what is posted."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.channels.examination.conftest import Api
from tests.channels.examination.examinee import ANA, FORM, NUMBER, text_out
from tests.channels.examination.slack.examinee import EXAMINEE
from tests.channels.examination.test_road import Node, node
from tests.channels.test_whatsapp import CHOOSE
from tests.pipeline.working import bot
from textback.channels.base import Accepted, BadPayload
from textback.channels.client import Session
from textback.core.offer import Offer
from textback.store.db import Db

TAIL = "Reply A or B."


async def test_slack_gets_its_challenge_back(db: Db) -> None:
    question = EXAMINEE.json({"token": "t", "challenge": "c123", "type": "url_verification"})
    async with node(db, EXAMINEE) as made:
        assert await made.post(EXAMINEE.signed(question)) == 200
        assert await made.post(question) == 401
        assert made.said[0] == b"c123"
        assert b"c123" not in made.said[1]


async def count(made: Node) -> int:
    return len(made.outgoing)


async def test_a_button_answers_the_question(db: Db) -> None:
    async with node(db, EXAMINEE, told=bot(CHOOSE)) as made:
        assert await made.post(EXAMINEE.signed(EXAMINEE.text("book", "e-1"))) == 200
        await made.until(lambda: count(made), 1)
        assert made.outgoing[0].offer == Offer(("Repair", "A quote"), "Reply 1 for Repair, 2 for A quote.")
        for _ in range(2):
            assert await made.post(EXAMINEE.signed(EXAMINEE.pressed("A quote"))) == 200
        await made.until(lambda: count(made), 2)
        assert made.outgoing[1].text.startswith("Noted.")
        assert await made.heard() == ["book", "A quote"]


@pytest.mark.parametrize(
    ("more", "sender"),
    [
        ({}, ANA),
        ({"container": {"type": "message", "channel_id": "C9", "thread_ts": "1.2"}}, f"{ANA}:1.2"),
        ({"channel": None, "container": {"channel_id": "C9"}}, "C9"),
        ({"message": {"ts": "3.4", "thread_ts": "1.2"}}, f"{ANA}:1.2"),
        ({"type": "view_submission"}, None),
        ({"actions": []}, None),
        ({"actions": [{"type": "static_select", "action_ts": "1.2"}]}, None),
    ],
)
def test_where_a_button_was_pressed(more: dict[str, Any], sender: str | None) -> None:
    found = EXAMINEE.line().parse(EXAMINEE.pressed("Yes", **more))
    assert [one.sender for one in found] == ([] if sender is None else [sender])  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "payload",
    ["", "x", "[]", json.dumps({"type": "block_actions", "actions": [{"type": "button", "value": "x"}]}),
     json.dumps({"type": "block_actions", "channel": {"id": "C"}, "actions": [{"type": "button", "value": "x"}]})],
)  # fmt: skip
def test_a_button_that_makes_no_sense(payload: str) -> None:
    with pytest.raises(BadPayload):
        EXAMINEE.line().parse(EXAMINEE.plain(FORM, urlencode({"payload": payload}).encode()))


async def posted(http: Session, **more: Any) -> dict[str, Any]:
    async with Api(EXAMINEE) as api:
        assert isinstance(await EXAMINEE.line(http=http, base_url=api.url).send(text_out(**more)), Accepted)
    (one,) = api.posts
    assert EXAMINEE.problems(one, None) == []  # type: ignore[arg-type]
    body: dict[str, Any] = one.json
    return body


async def test_an_answer_goes_into_its_thread(http: Session) -> None:
    body = await posted(http, recipient="C1:1795170000.000200")
    assert (body["channel"], body["thread_ts"]) == ("C1", "1795170000.000200")
    assert "thread_ts" not in await posted(http, recipient="D1")


async def test_words_can_not_call_a_channel(http: Session) -> None:
    assert (await posted(http, text="<!channel> a & b"))["text"] == "&lt;!channel&gt; a &amp; b"


@pytest.mark.parametrize(
    ("options", "shown"),
    [(("A", "B"), True), (tuple(map(str, range(25))), True), (tuple(map(str, range(26))), False), (("A", "A"), False),
     (("A", "x" * 76), False), (("A", " "), False)],
)  # fmt: skip
async def test_options_are_buttons_where_they_fit(http: Session, options: tuple[str, ...], shown: bool) -> None:
    body = await posted(http, text=f"Which? {TAIL}", offer=Offer(options, TAIL))
    assert body["text"] == ("Which?" if shown else f"Which? {TAIL}")
    assert ("blocks" in body) is shown
    if shown:
        section, row = body["blocks"]
        assert section["text"]["text"] == "Which?"
        assert [one["value"] for one in row["elements"]] == list(options)


async def test_words_too_long_for_buttons_say_the_options(http: Session) -> None:
    body = await posted(http, text=f"{'x' * 3001} {TAIL}", offer=Offer(("A", "B"), TAIL))
    assert "blocks" not in body
    assert body["text"].endswith(TAIL)


def test_our_number_is_the_bots_id() -> None:
    assert EXAMINEE.line().number == NUMBER  # type: ignore[attr-defined]
