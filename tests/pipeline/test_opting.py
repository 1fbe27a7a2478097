"""Opting in on the road: by a word, by a form that is confirmed, by a person; and what that brings back, and not."""

from typing import Any

from sqlalchemy import Connection, select

from tests.engine.talk import BOT, flow
from tests.pipeline.working import ANA, ECHO, LINE, NOON, Working, working
from textback.compliance.agreement import Agreement
from textback.compliance.ledger import PENDING_FOR
from textback.core.evidence import Evidence
from textback.core.ids import new_id
from textback.core.when import HOUR, MINUTE
from textback.engine.arrivals import ConsentChange, Message
from textback.engine.bot import Bot
from textback.engine.load import load_bot
from textback.store import ledger, ledger_check
from textback.store.agreements import agreements_of
from textback.store.db import Db
from textback.store.ledger import Recorded
from textback.store.tables import messages

JOIN = """
consent:
  keywords:
    JOIN: {programme: offers, class: promotional, name: Weekly offers, frequency: Up to 4 texts a month,
           wording: Text JOIN to get weekly offers., version: "7"}
    DEALS: {programme: deals, class: promotional, wording: Text DEALS.}
"""
WELCOME = (
    "Harbor Cycle Works: you are subscribed to Weekly offers. Up to 4 texts a month. Msg & data rates may apply. "
    "Reply HELP for help, STOP to end."
)
ASKED = (
    "Harbor Cycle Works: you asked for Weekly offers by text. Reply YES to confirm. Up to 4 texts a month. "
    "Msg & data rates may apply. Reply HELP for help, STOP to end."
)
FORM = Evidence(
    "offers", "promotional", "web", "Text me weekly offers.", "7", "en", "ticked a box", "https://example.com/join",
    "192.0.2.7", "Browser/1", "s1", "api shop",
)  # fmt: skip


def joining() -> Bot:
    return load_bot({"bot.yml": f"{BOT}{JOIN}", "flows/main.yml": flow(ECHO, start="book")}, 1)


async def agreements(node: Working, number: str = ANA) -> list[Agreement]:
    home = await node.home(number)
    found = await node.db.read(agreements_of, [(home.bucket, home.contact_id)])
    return found.get(home.contact_id, [])


async def states(node: Working) -> dict[str, str]:
    return {one.programme: one.state for one in await agreements(node)}


async def entries(node: Working) -> list[Recorded]:
    return await node.db.read(ledger.entries_of, (await node.home()).contact_id)


async def form(node: Working, **more: Any) -> None:
    await node.road.send_to("one", ANA, ConsentChange("opt_in", FORM, double=True, **more), wait=15.0)


async def test_a_word_of_the_bot_opts_in_with_its_evidence_and_is_confirmed(db: Db) -> None:
    async with working(db, joining()) as node:
        await node.text("Join!")
        assert await node.phones.took(1) == [WELCOME]
        assert await states(node) == {"offers": "agreed"}
        (entry,) = await entries(node)
        row = entry.row
        assert (row["type"], row["method"], row["programme"], row["brand"]) == (
            "opt_in", "keyword", "offers", "Harbor Cycle Works",
        )  # fmt: skip
        assert (row["wording"], row["wording_version"]) == ("Text JOIN to get weekly offers.", "7")
        assert (row["source"], row["action"], entry.words) == (f"JOIN {LINE}", "texted JOIN", "Join!")
        home = await node.home()

        def confirmed(tx: Connection) -> Any:
            return tx.execute(select(messages.c.text).where(messages.c.id == row["confirmation_id"])).scalar()

        assert await db.read(confirmed) == WELCOME
        assert (await db.read(ledger_check.check_contact, home.contact_id)).broken == []


async def test_other_texts_are_not_opt_ins(file_db: Db) -> None:
    async with working(file_db, joining()) as node:
        await node.text("BOOK")
        await node.text("can I join you on Tuesday")
        await node.text("yes")
        assert await agreements(node) == []
        assert (await node.phones.took(2))[1] == "You said can I join you on Tuesday."


async def test_a_form_asks_once_and_counts_after_yes(db: Db) -> None:
    async with working(db, joining()) as node:
        await form(node)
        await form(node)  # sent twice
        assert await node.phones.took(1) == [ASKED]
        assert await states(node) == {"offers": "pending"}
        await node.text("Yes please")
        assert (await node.phones.took(2))[1:] == [WELCOME]
        assert await states(node) == {"offers": "agreed"}
        await node.text("yes")  # an ordinary answer again
        assert [entry.row["type"] for entry in await entries(node)] == ["opt_in", "opt_in", "confirm"]
        first = (await entries(node))[0]
        assert first.personal is not None
        assert (first.personal["ip"], first.row["method"], first.row["actor"]) == ("192.0.2.7", "web", "api shop")


async def test_a_form_that_nobody_answers_is_over_after_three_days(file_db: Db) -> None:
    async with working(file_db, joining()) as node:
        await form(node)
        node.clock.at += PENDING_FOR - 1
        await node.text("BOOK")
        assert await states(node) == {"offers": "pending"}
        node.clock.at += 1

        async def now() -> object:
            return await states(node)

        await node.until(now, {"offers": "revoked"})
        await node.text("YES")
        assert await states(node) == {"offers": "revoked"}
        assert [entry.row["type"] for entry in await entries(node)] == ["opt_in", "expire"]


async def test_a_stop_between_request_and_yes_wins_and_start_does_not_bring_it_back(file_db: Db) -> None:
    async with working(file_db, joining()) as node:
        await form(node)
        await node.text("STOP")
        assert await states(node) == {"offers": "revoked"}
        await node.text("YES")  # opted out: it is a START, and restores what there was before, which is nothing
        assert await states(node) == {"offers": "revoked"}
        assert not (await node.conversation()).opted_out


async def test_start_brings_back_what_they_had_agreed_to(file_db: Db) -> None:
    async with working(file_db, joining()) as node:
        await node.text("JOIN")
        await node.text("STOP")
        assert await states(node) == {"offers": "revoked"}
        await node.text("START")
        assert await states(node) == {"offers": "agreed"}


async def test_their_own_word_after_a_stop_opts_them_in_again_and_to_more(file_db: Db) -> None:
    async with working(file_db, joining()) as node:
        await node.text("JOIN")
        await node.text("STOP")
        await node.text("DEALS")
        assert await states(node) == {"offers": "agreed", "deals": "agreed"}
        assert not (await node.conversation()).opted_out


async def test_nobody_else_opts_in_somebody_who_opted_out(file_db: Db) -> None:
    async with working(file_db, joining()) as node:
        await node.text("STOP")
        await form(node)
        await node.road.send_to("one", ANA, ConsentChange("opt_in", FORM), wait=15.0)
        assert (await node.conversation()).opted_out
        assert await agreements(node) == []
        assert len(await node.phones.took(1)) == 1
        refused = await node.events("opt_in_refused")
        assert [data["rule"] for _, data in refused] == ["O6", "O6"]


async def test_a_person_or_a_program_opts_out_with_the_same_effect_and_no_text(db: Db) -> None:
    async with working(db, joining()) as node:
        await node.text("JOIN")
        await node.phones.took(1)
        by = Evidence(method="person", source="phone call", actor="ana@example.com")
        home = await node.home()
        await node.road.post(home.contact_id, ConsentChange("opt_out", by, words="She asked on the phone"), wait=15.0)
        assert (await node.conversation()).opted_out
        assert await states(node) == {"offers": "revoked"}
        last = (await entries(node))[-1]
        assert (last.row["rule"], last.row["actor"], last.row["method"]) == ("O10", "ana@example.com", "person")
        assert last.words == "She asked on the phone"
        assert len(await node.phones.took(1)) == 1


async def test_an_older_start_that_comes_late_does_not_undo_a_newer_stop(file_db: Db) -> None:
    async with working(file_db, joining()) as node:
        await node.text("STOP")
        await node.text("START")
        node.clock.at += HOUR
        await node.text("STOP")
        sent = len(await node.phones.took(3))
        late = Message(ANA, LINE, "START", new_id(), sent_at=node.clock.at - 30 * MINUTE)
        await node.road.receive("one", [late], wait=15.0)
        assert (await node.conversation()).opted_out
        assert len(await node.phones.took(sent)) == sent
        assert [data["doubt"] for _, data in await node.events("opt_in_refused")] == ["overtaken"]


async def test_an_older_stop_that_comes_late_does_not_undo_a_newer_start(file_db: Db) -> None:
    async with working(file_db, joining()) as node:
        await node.text("STOP")
        node.clock.at += 2 * HOUR
        await node.text("START")
        late = Message(ANA, LINE, "STOP", new_id(), sent_at=NOON + HOUR)
        await node.road.receive("one", [late], wait=15.0)
        assert not (await node.conversation()).opted_out
