"""What programs do to conversations on the road: in order with texts, through the gate, and once where a turn is run
again."""

from typing import Any

from sqlalchemy import select

from tests.pipeline.working import Working, bot, make, working
from textback.core.ids import bucket_of
from textback.engine.arrivals import AnyArrival, ContactChange, HandOver, StartFlow
from textback.engine.state import load_state
from textback.store import contacts as store
from textback.store.db import Db, Tx
from textback.store.tables import contacts

STEPS = """
- ask: name
  text: Who is this?
- say: Hello {{ name }}.
"""
CARD = ContactChange("crm", {"bike": "Surly"}, tag=("vip",), name="Ana", zone="America/Chicago", region="TX")


async def does(node: Working, arrival: AnyArrival, key: str = "") -> str:
    home = await node.home()
    await node.road.post(home.contact_id, arrival, key=key, wait=15.0)
    return home.contact_id


def row_of(tx: Tx, contact: str) -> Any:
    p = contacts.c
    return tx.execute(select(contacts).where(p.bucket == bucket_of(contact), p.id == contact)).one()


async def test_what_a_program_says_of_a_contact_is_in_their_state_and_on_their_card(db: Db) -> None:
    async with working(db, bot(STEPS)) as node:
        await node.text("BOOK")
        contact = await does(node, CARD)
        state = load_state((await node.conversation()).state)
        assert (state.fields, state.tags) == ({"bike": "Surly", "name": "Ana"}, ["vip"])
        assert state.session is not None, "an open question stays open"
        row = await db.read(row_of, contact)
        assert (row.name, row.zone, row.region, row.zone_source) == ("Ana", "America/Chicago", "TX", "api")
        assert await db.read(store.tags_in_use, "default") == {"vip": 1}
        assert [kind for kind, _ in await node.events("contact_changed")] == ["contact_changed"]


async def test_what_is_refused_changes_nothing_of_the_card(db: Db) -> None:
    async with working(db, bot(STEPS)) as node:
        await node.text("BOOK")
        fields = {f"f{n}": n for n in range(101)}
        contact = await does(node, ContactChange("crm", fields, name="Ana", zone="America/Chicago"))
        row = await db.read(row_of, contact)
        assert (row.name, row.zone) == ("", "")


async def test_a_flow_is_started_once_under_its_key_also_after_a_crash(db: Db) -> None:
    starts = StartFlow("crm", "main", "informational")
    async with working(db, bot(STEPS)) as node:
        await node.text("hello")
        home = await node.home()
    stopped = make(db, bot(STEPS))
    stopped.road.roles = frozenset({"accept"})
    await stopped.road.post(home.contact_id, starts, key="order-1")
    async with working(db, bot(STEPS)) as node:
        await does(node, starts, "order-1")
        started = await node.events("session_started")
        assert len([data for _, data in started if data["flow"] == "main"]) == 1


async def test_a_hand_over_is_told_the_contact_unless_they_have_opted_out(db: Db) -> None:
    async with working(db, bot(STEPS)) as node:
        await node.text("BOOK")
        await does(node, HandOver("k1", "crm", "Wants a refund", text="A person will be with you."))
        assert (await node.phones.took(2))[-1] == "A person will be with you."
        row = await node.conversation()
        assert (row.owner_kind, row.status) == ("nobody", "waiting_on_agent")
        assert row.waiting_since
        await node.text("STOP")
        await does(node, StartFlow("crm", "main", "informational"))
        assert [data["why"] for _, data in await node.events("flow_refused")] == ["opted_out"]
