"""Consent per channel (K6): what is agreed to on WhatsApp is no consent to SMS, nor the other way; STOP ends both."""

from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from tests.engine.talk import BOT, flow
from tests.pipeline.test_opting import FORM, JOIN, agreements
from tests.pipeline.working import ANA, ECHO, LINE, WORKSPACE, Working, working
from textback.core.ids import new_id
from textback.core.messages import Channel
from textback.core.when import HOUR
from textback.engine.arrivals import ApiSend, ConsentChange, Message
from textback.engine.load import load_bot
from textback.store import ledger
from textback.store.db import Db
from textback.store.proof import proof_of
from textback.web.proof import proof_page


@dataclass(frozen=True)
class Way:
    """A line, its channel, and the family that consent to it is of."""

    line: str
    channel: Channel
    family: str


WHATSAPP, SMS = Way("one", "whatsapp", "whatsapp"), Way("two", "sms", "phone")
BOTH = [(WHATSAPP, SMS), (SMS, WHATSAPP)]


def at_work(db: Db) -> Any:
    """A node whose first line is of WhatsApp and whose second of SMS."""
    told = load_bot({"bot.yml": f"{BOT}{JOIN}", "flows/main.yml": flow(ECHO, start="book")}, 1)
    return working(db, told, one=("whatsapp",))


async def says(node: Working, way: Way, words: str) -> None:
    message = Message(ANA, LINE, words, new_id(), channel=way.channel)
    await node.road.receive(way.line, [message], wait=15.0)


async def offered(node: Working, way: Way) -> tuple[str, str, str]:
    """What becomes of a promotional text on this line: status, rule, reason."""
    send = ApiSend("k", "Harbor: 10% off. Reply STOP to end.", new_id(), message_class="promotional")
    send = msgspec.structs.replace(send, programme="offers")
    await node.road.send_to(way.line, ANA, send, wait=15.0)
    row = next(row for row in await node.thread() if row.id == send.message_id)
    return ("blocked" if row.status == "blocked" else "goes"), row.rule, row.detail


async def standing(node: Working) -> dict[str, str]:
    return {one.family: one.state for one in await agreements(node)}


@pytest.mark.parametrize(("asked", "other"), BOTH)
async def test_consent_on_one_channel_does_not_travel_to_another(db: Db, asked: Way, other: Way) -> None:
    async with at_work(db) as node:
        await says(node, other, "hello")
        await says(node, asked, "JOIN")
        assert await standing(node) == {asked.family: "agreed"}
        assert (await offered(node, asked))[0] == "goes"
        status, rule, why = await offered(node, other)
        assert (status, rule) == ("blocked", "K6")
        assert "which is no consent to" in why
        await says(node, other, "JOIN")
        assert await standing(node) == {"phone": "agreed", "whatsapp": "agreed"}
        assert (await offered(node, other))[0] == "goes"


@pytest.mark.parametrize(("asked", "other"), BOTH)
async def test_stop_on_either_ends_both_and_start_brings_both_back(db: Db, asked: Way, other: Way) -> None:
    async with at_work(db) as node:
        await says(node, asked, "JOIN")
        await says(node, other, "JOIN")
        await says(node, asked, "STOP")
        assert await standing(node) == {"phone": "revoked", "whatsapp": "revoked"}
        for way in (asked, other):
            assert (await offered(node, way))[:2] == ("blocked", "O6")
        await says(node, other, "START")
        assert await standing(node) == {"phone": "agreed", "whatsapp": "agreed"}


async def test_a_form_is_for_sms_unless_it_says_whatsapp_wherever_they_wrote_last(db: Db) -> None:
    async with at_work(db) as node:
        await says(node, WHATSAPP, "hello")
        await node.road.send_to("two", ANA, ConsentChange("opt_in", FORM), wait=15.0)
        assert await standing(node) == {"phone": "agreed"}
        whatsapp = msgspec.structs.replace(FORM, channel="whatsapp")
        await node.road.send_to("two", ANA, ConsentChange("opt_in", whatsapp), wait=15.0)
        assert await standing(node) == {"phone": "agreed", "whatsapp": "agreed"}


async def test_the_proof_says_for_which_channel(db: Db) -> None:
    async with at_work(db) as node:
        await says(node, WHATSAPP, "JOIN")
        home = await node.home()
        assert [one.row["family"] for one in await node.db.read(ledger.entries_of, home.contact_id)] == ["whatsapp"]
        proof = await node.db.read(proof_of, WORKSPACE, home.contact_id, node.clock())
        assert proof is not None
        assert proof.chain.whole
        page = proof_page(proof, "Harbor")
        assert "<td>WhatsApp</td>" in page
        assert "promotional, for WhatsApp" in page
        assert "<td>whatsapp</td>" in page
        await says(node, SMS, "STOP")
        proof = await node.db.read(proof_of, WORKSPACE, home.contact_id, node.clock())
        assert proof is not None
        assert "Opted out of texts by SMS and WhatsApp" in proof_page(proof, "Harbor")


async def test_w1_a_text_by_sms_does_not_open_whatsapp(db: Db) -> None:
    async with at_work(db) as node:
        for way in BOTH[0]:
            await says(node, way, "JOIN")
        node.clock.at += 20 * HOUR
        await says(node, SMS, "hello")
        assert (await offered(node, WHATSAPP))[0] == "goes"
        node.clock.at += 8 * HOUR
        assert (await offered(node, WHATSAPP))[:2] == ("blocked", "W1")
        assert (await offered(node, SMS))[0] == "goes"
        await says(node, WHATSAPP, "hello")
        assert (await offered(node, WHATSAPP))[0] == "goes"
