"""Between the turn and the gate: links that authors marked become short ones, and what takes too many parts stops."""

import re

import pytest

from tests.engine.talk import BOT, flow
from tests.pipeline.working import NOON, bot, working
from textback.core.when import DAY
from textback.engine.effects import Send
from textback.engine.load import load_bot
from textback.pipeline.rehearse import Rehearsal
from textback.pipeline.shortener import Shortener
from textback.store import short_links
from textback.store.db import Db

GO = "https://go.example.com"
PAY = """
- ask: order
  text: Which order?
- say: >-
    Pay {{ link("https://shop.example.com/pay?o=" ~ order) }} or
    {{ link("https://shop.example.com/") }}, not {{ order }}
"""
KEY = {"bucket": 7, "workspace": "default", "contact_id": "c"}


async def test_a_marked_link_goes_out_short_and_leads_where_it_said(db: Db) -> None:
    async with working(db, bot(PAY), shortener=Shortener(GO, 2)) as node:
        await node.text("BOOK")
        await node.text("https://evil.example/")
        text = (await node.phones.took(2))[1]
        tokens = re.findall(rf"{GO}/l/(\w+)", text)
        assert text == f"Pay {GO}/l/{tokens[0]} or {GO}/l/{tokens[1]}, not https://evil.example/"
        found = [await db.read(short_links.find, "default", token) for token in tokens]
        targets = ["https://shop.example.com/pay?o=https://evil.example/", "https://shop.example.com/"]
        assert [row.target for row in found if row] == targets
        home = await node.home()
        last = (await node.thread())[-1]
        for row in found:
            assert row is not None
            assert (row.contact_id, row.bucket, row.message_id) == (home.contact_id, home.bucket, last.id)
            assert row.expires_at == NOON + 2 * DAY


async def test_without_an_address_of_ours_links_stay_as_they_are(db: Db) -> None:
    async with working(db, bot(PAY)) as node:
        await node.text("BOOK")
        await node.text("12")
        assert (await node.phones.took(2))[1].startswith("Pay https://shop.example.com/pay?o=12 or https://shop.exam")


async def test_a_text_of_too_many_parts_is_kept_and_not_sent(db: Db) -> None:
    async with working(db, shortener=Shortener(most_parts=2)) as node:
        await node.text("BOOK")
        await node.text("é" * 400)
        await node.text("BOOK")
        await node.phones.took(2)
        assert await node.phones.took(2) == ["Go on.", "Go on."]
        assert [(status, rule) for text, status, rule in await node.ours() if text.startswith("You")] == [
            ("blocked", "E3")
        ]
        ((_, data),) = await node.events("send_refused")
        assert (data["rule"], data["author"]) == ("E3", "bot")


def test_a_rehearsal_shows_the_address_itself() -> None:
    played = Rehearsal(load_bot({"bot.yml": BOT, "flows/main.yml": flow(PAY, start="book")}), NOON)
    played.text("BOOK")
    assert "https://shop.example.com/pay?o=7 or https://shop.example.com/," in str(played.text("7").done[0].effect)


@pytest.mark.parametrize(
    ("text", "links", "count"),
    [
        (
            "https://a.example.com/x https://a.example.com/xy",
            ("https://a.example.com/x", "https://a.example.com/xy"),
            2,
        ),
        (f"https://a.example.com/long and {GO}/", ("https://a.example.com/long", f"{GO}/"), 2),
        ("twice https://a.example.com/ https://a.example.com/", ("https://a.example.com/",), 1),
        ("gone", ("https://a.example.com/",), 0),
        ("bad javascript:alert(1)", ("javascript:alert(1)",), 0),
    ],
)
def test_one_link_is_no_part_of_another(text: str, links: tuple[str, ...], count: int) -> None:
    send, rows = Shortener(GO).shortened(Send(text, links=links), bot(), KEY, 1)
    assert len(rows) == count
    assert all(f"{GO}/l/{row['token']}" in send.text for row in rows)
    for row in rows:
        again = send.text.replace(f"{GO}/l/{row['token']}", row["target"])
        send = Send(again)
    assert send.text == text
