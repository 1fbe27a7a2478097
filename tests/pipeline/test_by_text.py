"""A web chat that goes on by text: two conversations in two buckets, one flow, and nobody is texted who did not ask."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.talk import BOT, flow
from tests.pipeline.test_buckets import watching
from tests.pipeline.test_perform import STEPS, Other
from tests.pipeline.test_webchat import VISIT
from tests.pipeline.working import ANA, BEN, CAT, LINE, NOON, WORKSPACE, Phones, Working, count_pending, working
from textback.actions.base import Done
from textback.channels.client import Session
from textback.channels.web import ByText, WebChat
from textback.compliance.ledger import CHAT_PENDING_FOR
from textback.core.errors import SettingsError
from textback.core.ids import new_id
from textback.core.when import HOUR, MINUTE
from textback.engine.arrivals import AgentReply, ApiSend, Complete, Message, Takeover
from textback.engine.bot import Bot
from textback.engine.load import load_bot
from textback.engine.state import State, load_state
from textback.pipeline import by_text
from textback.pipeline import webchat as chat
from textback.pipeline.lines import Line
from textback.store import bots, desk, listed, webchat
from textback.store import by_text as counts
from textback.store.by_text import Limit
from textback.store.db import Db

BIKE = """
- ask: need
  text: What do you need?
  choices: {repair: {label: Repair}, tune: {label: Tune-up}}
- ask: name
  text: And your name?
- set: {contact.called: "{{ name }}"}
- ask: day
  text: Which day, {{ name }}?
- say: "{{ need }} for {{ name }}: {{ day }}."
"""
ASKED = (
    "Harbor Cycle Works: you asked on our website to go on by text. Reply YES to go on here. "
    "Msg & data rates may apply. Reply HELP for help, STOP to end."
)
HERE = "Thank you. We go on here."
MOVED = "This chat goes on by text now, at the number that ends in 23."
FIRST = "Thank you. Let's finish first what is open here."
WAY = ByText("two")
WORDS = "I agree to texts. STOP to end, HELP for help."


class Nobody:
    """No other system is asked for anything."""

    async def perform(self, *_: Any) -> Done:
        return Done()


def bike(**more: str) -> Bot:
    files = {"bot.yml": BOT, "flows/main.yml": flow(BIKE, start="book"), **more}
    return load_bot(files, 1)


class Chat:
    """A web chat on the line `one`, and texts on the line `two`."""

    def __init__(self, node: Working, who: chat.Visit = VISIT) -> None:
        self.node, self.visit = node, who
        self.refs = 0

    async def say(self, text: str) -> None:
        """The visitor writes; returns when their page has what the bot says to it."""
        self.refs += 1
        before = len(await self.ours())
        await self.node.road.take(
            chat.heard(self.node.road.lines["one"], self.visit, f"{self.visit.address}-{self.refs}", text, None)
        )
        await until(self.ours, lambda found: len(found) > before)

    async def contact(self) -> str:
        home = await self.node.db.read(webchat.home, WORKSPACE, self.visit.address)
        assert home is not None
        return home.contact_id

    async def ours(self) -> list[str]:
        """What the page shows of us."""
        _, rows = await self.node.db.read(webchat.thread_of, WORKSPACE, self.visit.address, "one", 100)
        return [row.text for row in rows if row.direction == "out"]

    async def ask(self, number: str = ANA, ref: str = "wish-0001") -> None:
        """The visitor asks to go on by text."""
        line = self.node.road.lines["one"]
        items = by_text.asked(line, WAY, self.visit, await self.contact(), ref, number, WORDS)
        await self.node.road.take(items)
        await self.handled()

    async def handled(self) -> None:
        """Return once nothing waits for a turn."""
        await self.node.until(lambda: self.node.db.read(count_pending), 0)

    async def row(self) -> Any:
        home = await self.node.db.read(webchat.home, WORKSPACE, self.visit.address)
        assert home is not None
        return await self.node.db.read(desk.conversation, WORKSPACE, home.contact_id, home.bucket)

    async def state(self) -> State:
        return load_state((await self.row()).state)

    async def events(self, *kinds: str) -> list[dict[str, Any]]:
        home = await self.node.db.read(webchat.home, WORKSPACE, self.visit.address)
        assert home is not None
        return [one.data for one in await self.node.db.read(desk.happenings, home.contact_id, home.bucket, "", kinds)]


async def until(look: Callable[[], Any], enough: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(20):
        while not enough(found := await look()):
            await asyncio.sleep(0.01)
    return found


async def phone_state(node: Working, number: str = ANA) -> State:
    return load_state((await node.conversation(number)).state)


async def yes(node: Working, text: str = "YES", number: str = ANA) -> None:
    await node.text(text, number, line="two")


def going(db: Db, bot: Bot | None = None, **more: Any) -> Any:
    return working(db, bot or bike(), one=("web",), performs=Nobody(), **more)


async def test_yes_takes_the_flow_over_at_the_same_step(db: Db) -> None:
    async with going(db) as node:
        web = Chat(node)
        await web.say("BOOK")
        await web.say("Repair")
        await web.say("Ana")
        await web.ask()
        assert await node.phones.took(1, ANA) == [ASKED]
        assert (await node.consent())[-1][:2] == ("opt_in", "K5")
        await yes(node)
        texts = await node.phones.took(2, ANA)
        assert texts[1:] == [f"{HERE} Which day, Ana?"]
        assert (await web.ours())[-1] == MOVED
        assert (await web.state()).session is None
        assert (await phone_state(node)).fields["called"] == "Ana"
        assert (await node.consent())[-1][:2] == ("confirm", "K5")
        await node.text("Tuesday", line="two")
        assert (await node.phones.took(3, ANA))[-1] == "Repair for Ana: Tuesday."
        # Each leads to the other at the desk.
        home = await node.home()
        assert [one["contact"] for one in await web.events("moved_to_text")] == [home.contact_id]
        assert await node.events("came_by_text") == [("came_by_text", {"contact": await web.contact()})]
        assert [one["outcome"] for one in await web.events("session_ended")] == ["moved_to_text"]
        assert [data["outcome"] for _, data in await node.events("session_ended")] == ["completed"]


async def test_what_the_visitor_said_after_asking_comes_along(db: Db) -> None:
    async with going(db) as node:
        web = Chat(node)
        await web.say("BOOK")
        await web.ask()
        await web.say("Tune-up")
        await web.say("Ana")
        await yes(node)
        assert (await node.phones.took(2, ANA))[-1] == f"{HERE} Which day, Ana?"


async def test_without_a_flow_it_only_says_that_it_goes_on(db: Db) -> None:
    async with going(db) as node:
        web = Chat(node)
        await web.say("what is this")
        await web.ask()
        await yes(node)
        assert (await node.phones.took(2, ANA))[-1] == HERE
        assert (await web.ours())[-1] == MOVED


async def test_asking_again_is_one_text_and_the_newest_chat_comes(db: Db) -> None:
    async with going(db) as node:
        web, other = Chat(node), Chat(node, chat.Visit(chat.address_of("one", "u" * 43), VISIT.page, "192.0.2.8", "B"))
        await web.say("BOOK")
        await other.say("BOOK")
        await other.say("Repair")
        for n in range(100):
            await web.node.road.take(
                by_text.asked(node.road.lines["one"], WAY, VISIT, await web.contact(), "wish-0001", ANA, WORDS)
            )
            if n == 50:
                await web.ask(ref="wish-0002")
        await other.ask(ref="wish-0003")
        await yes(node)
        assert await node.phones.took(2, ANA) == [ASKED, f"{HERE} And your name?"]
        assert (await web.state()).session is not None
        assert MOVED not in await web.ours()


async def test_another_number_replaces_the_first_which_gets_nothing_of_the_chat(db: Db) -> None:
    async with going(db) as node:
        web = Chat(node)
        await web.say("BOOK")
        await web.ask(BEN)
        await web.ask(ANA, "wish-0002")
        await yes(node, number=BEN)
        assert await node.phones.took(2, BEN) == [ASKED, HERE]
        assert (await web.state()).session is not None
        assert await node.events("came_by_text", number=BEN) == []
        await yes(node)
        assert (await node.phones.took(2, ANA))[-1].startswith(f"{HERE} What do you need?")


@pytest.mark.parametrize("word", ["STOP", "who is this", ""])
async def test_a_wrong_number_gets_nothing_more_and_the_chat_goes_on(db: Db, word: str) -> None:
    async with going(db) as node:
        web = Chat(node)
        await web.say("BOOK")
        await web.ask()
        if word:
            await yes(node, word)
        if word == "STOP":
            await web.ask(ref="wish-0002")
            await yes(node, "YES")  # they have not been asked since
            assert "and your name" not in " ".join(node.phones.texts(ANA)).lower()
        await web.say("Repair")
        assert (await web.ours())[-1] == "And your name?"
        assert node.phones.texts(ANA).count(ASKED) == 1
        assert HERE not in " ".join(node.phones.texts(ANA))


async def test_who_has_opted_out_is_not_texted(db: Db) -> None:
    async with going(db) as node:
        await yes(node, "STOP")
        before = len(await node.phones.took(1, ANA))
        web = Chat(node)
        await web.say("BOOK")
        await web.ask()
        assert len(node.phones.texts(ANA)) == before
        assert await node.events("opt_in_refused") == [("opt_in_refused", {"rule": "O6", "by": ""})]
        assert (await phone_state(node)).asked == []


async def test_a_yes_that_comes_too_late_is_a_text_like_any_other(db: Db) -> None:
    async with going(db) as node:
        web = Chat(node)
        await web.say("BOOK")
        await web.ask()
        await node.phones.took(1, ANA)
        node.clock.at += CHAT_PENDING_FOR - MINUTE
        assert (await node.consent())[-1][0] == "opt_in"
        node.clock.at += 2 * MINUTE
        await node.until(lambda: first_of(node), "expire")
        await yes(node)
        assert HERE not in " ".join(await node.phones.took(2, ANA))
        assert (await web.state()).session is not None


async def first_of(node: Working) -> str:
    return (await node.consent())[-1][0]


async def test_an_open_flow_is_not_overwritten(db: Db) -> None:
    async with going(db) as node:
        await node.text("BOOK", line="two")
        web = Chat(node)
        await web.say("BOOK")
        await web.say("Repair")
        await web.ask()
        await yes(node)
        assert (await node.phones.took(3, ANA))[1:] == [ASKED, FIRST]
        await web.handled()
        await until(lambda: web.events("agreed_by_text"), bool)
        await web.say("Ana")
        assert (await web.ours())[-1] == "Which day, Ana?"
        await node.text("Tune-up", line="two")
        assert (await node.phones.took(4, ANA))[-1] == "And your name?"
        ((_, data),) = await node.events("came_by_text")
        assert data == {"contact": await web.contact(), "busy": True}


async def test_a_person_keeps_what_they_have(db: Db) -> None:
    async with going(db) as node:
        await node.text("hello", line="two")
        home = await node.home()
        await node.road.post(home.contact_id, Takeover("u1", "Ana"), wait=15)
        web = Chat(node)
        await web.say("BOOK")
        await web.ask()
        before = len(await node.phones.took(2, ANA))
        await yes(node)
        await until(lambda: web.events("agreed_by_text"), bool)
        assert len(node.phones.texts(ANA)) == before
        assert (await phone_state(node)).owner.name == "Ana"
        assert (await web.state()).session is not None


async def test_who_waits_for_a_person_waits_by_text_and_a_person_goes_along(db: Db) -> None:
    async with going(db) as node:
        web = Chat(node)
        await web.say("BOOK")
        await web.say("person")
        await web.ask()
        await yes(node)
        assert (await node.phones.took(2, ANA))[-1] == HERE
        there, here = await web.state(), await phone_state(node)
        assert (there.owner.kind, there.handoff) == ("bot", None)
        assert here.owner.kind == "nobody"
        assert here.handoff is not None
        assert (here.handoff.ask, here.handoff.stopped_at) == ("person", "main.need")
        assert (await web.row()).waiting_since is None
        assert (await node.conversation()).waiting_since is not None
        home = await node.home()
        reply = AgentReply("u1", "Ana", "I am here.", new_id())
        await node.road.post(home.contact_id, reply, wait=15)
        assert (await node.phones.took(3, ANA))[-1] == "I am here."
        await node.road.post(home.contact_id, Complete("u1", "Ana"), wait=15)
        assert (await node.conversation()).status == "completed"


async def test_a_person_who_has_the_chat_has_it_by_text(db: Db) -> None:
    async with going(db) as node:
        web = Chat(node)
        await web.say("BOOK")
        await node.road.post(await web.contact(), Takeover("u1", "Ana"), wait=15)
        await web.ask()
        await yes(node)
        await node.phones.took(2, ANA)
        here = await phone_state(node)
        assert (here.owner.kind, here.owner.name) == ("person", "Ana")
        assert here.session is not None
        assert set(await node.timers()) >= {"owner_idle"}
        assert (await web.state()).owner.kind == "bot"


async def test_a_sleeping_flow_sleeps_on_by_text(db: Db) -> None:
    steps = "- ask: name\n  text: Who?\n- wait: 2h\n- say: Still there, {{ name }}?\n"
    bot = load_bot({"bot.yml": BOT, "flows/main.yml": flow(steps, start="book")}, 1)
    async with going(db, bot) as node:
        web = Chat(node)
        await web.say("BOOK")
        await node.road.take(chat.heard(node.road.lines["one"], VISIT, "ref-name1", "Ana", None))
        await until(web.state, lambda state: state.session is not None and state.session.sleeping)
        await web.ask()
        await yes(node)
        assert (await node.phones.took(2, ANA))[-1] == HERE
        node.clock.at += 2 * HOUR + MINUTE
        assert (await node.phones.took(3, ANA))[-1] == "Still there, Ana?"


async def test_what_another_system_is_being_asked_for_is_waited_for_and_asked_once(db: Db) -> None:
    held: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    other = Other(held)
    steps = f"{STEPS}- ask: more\n  text: Anything else?\n- say: Noted.\n"
    declared = "actions: {book: {http: 'https://example.com', timeout: 2s, retries: 1}}\n"
    bot = load_bot({"bot.yml": f"{BOT}{declared}", "flows/main.yml": flow(steps, start="book")}, 1)
    async with working(db, bot, one=("web",), performs=other) as node:
        web = Chat(node)
        await web.say("BOOK")
        await node.road.take(chat.heard(node.road.lines["one"], VISIT, "ref-friday", "friday", None))
        await until(web.state, lambda state: state.session is not None and state.session.pending is not None)
        await web.ask()
        await yes(node)
        await until(web.state, lambda state: state.leaving is not None and state.leaving.to != "")
        assert MOVED not in await web.ours()
        held.set_result(Done({"ref": "R1"}))
        await until(web.ours, lambda found: "Anything else?" in found[-1])
        node.clock.at += 2 * MINUTE
        assert (await node.phones.took(2, ANA))[-1] == f"{HERE} Anything else?"
        assert (await web.ours())[-1] == MOVED
        await node.text("no", line="two")
        assert (await node.phones.took(3, ANA))[-1] == "Noted."
        assert len(other.asked) == 1


def versions(node: Working) -> Any:
    async def current() -> int:
        return node.road.shelf.current.version

    return current


async def test_it_goes_on_in_the_version_that_it_began_with(db: Db) -> None:
    files = {"bot.yml": BOT, "flows/main.yml": flow(BIKE, start="book")}
    newer = {"bot.yml": BOT, "flows/main.yml": flow("- say: Closed for good.", start="book")}
    assert await db.write(bots.publish, WORKSPACE, files, NOON) == 1
    async with going(db) as node:
        web = Chat(node)
        await web.say("BOOK")
        await web.say("Repair")
        assert await db.write(bots.publish, WORKSPACE, newer, NOON) == 2
        node.road.versions.wake()
        await until(versions(node), lambda version: version == 2)
        await web.ask()
        await yes(node)
        assert (await node.phones.took(2, ANA))[-1] == f"{HERE} And your name?"
        await node.text("Ana", line="two")
        assert (await node.phones.took(3, ANA))[-1] == "Which day, Ana?"


async def test_a_request_does_not_stand_in_the_way_of_other_texts(db: Db) -> None:
    async with going(db) as node:
        web = Chat(node)
        await web.say("BOOK")
        await web.ask()
        send = ApiSend("k", "Your bike is ready.", new_id(), message_class="informational")
        await node.road.say("two", ANA, send, wait=15)
        assert (await node.phones.took(2, ANA))[-1] == "Your bike is ready."


async def test_every_statement_names_the_one_bucket_of_its_transaction(by_bucket: Db) -> None:
    with watching(by_bucket) as watched:
        async with going(by_bucket) as node:
            web = Chat(node)
            await web.say("BOOK")
            await web.ask()
            await yes(node)
            assert (await node.phones.took(2, ANA))[-1].startswith(HERE)
    for bucket, statements in watched.done:
        assert bucket is not None, [one.sql for one in statements]
        for statement in statements:
            assert statement.named == statement.meant == {bucket}, (statement.sql, statement.given)


async def test_what_has_come_is_not_lost_where_something_began_meanwhile(db: Db) -> None:
    """Their YES and the word that starts a flow come together: the flow is begun before the chat is here."""
    async with going(
        db, bike(**{"flows/open.yml": flow("- ask: when\n  text: When?\n- say: Noted.", "hours", "open")})
    ) as node:
        web = Chat(node)
        await web.say("BOOK")
        await web.ask()
        await node.road.receive("two", [Message(ANA, LINE, "YES", "y-1"), Message(ANA, LINE, "HOURS", "y-2")], wait=15)
        await until(lambda: node.events("came_by_text"), bool)
        await node.phones.took(2, ANA)
        state = await phone_state(node)
        sessions = [one.flow for one in (*state.parked, *([state.session] if state.session else ()))]
        assert sorted(sessions) == ["main", "open"]


@pytest.mark.parametrize(("to", "said"), [("nobody", "none of"), ("site", "sends no texts"), ("two", "")])
def test_a_chat_goes_on_only_by_a_line_that_sends_texts(to: str, said: str) -> None:
    provider = WebChat("site", {"origins": "https://www.example.com", "continue_by_text": to}, Session())
    lines = {**LINES, "site": Line("site", provider, "site", ("web",))}
    if not said:
        by_text.check_lines(lines)
        return
    with pytest.raises(SettingsError, match=said):
        by_text.check_lines(lines)


# ---- The number, and how often ----

LINES = {"one": Line("one", Phones(), "one", ("web",)), "two": Line("two", Phones(), LINE)}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("(206) 555-0123", ANA),
        (" +1 206 555 0123 ", ANA),
        ("206.555.0124", BEN),
        (LINE, "our own"),
        ("(206) 555-0100", "our own"),
        ("+44 7700 900123", "country"),
        ("+1 876 555 0123", "country"),  # Jamaica, under the same +1
        ("+1 800 555 0199", "can't get texts"),
        ("+1 900 234 5678", "can't get texts"),
        ("55501", "too few"),
        ("206 555 0123 x4", "too few or too many"),
        ("call me", "not a phone number"),
        ("", "not a phone number"),
        ("12065550123, 12065550124", "phone number"),
    ],
)
def test_which_numbers_are_asked(typed: str, wanted: str) -> None:
    if wanted.startswith("+"):
        assert by_text.number_of(typed, WAY, "US", LINES) == wanted
    else:
        with pytest.raises(by_text.WrongNumber, match=wanted):
            by_text.number_of(typed, WAY, "US", LINES)


def test_other_countries_are_asked_where_the_line_allows_them() -> None:
    way = ByText("two", frozenset({"GB", "US"}))
    assert by_text.number_of("+44 7700 900123", way, "US", LINES) == "+447700900123"
    with pytest.raises(by_text.WrongNumber, match="can't get texts"):
        by_text.number_of("+44 20 7946 0123", way, "US", LINES)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_that_may_be_texted_or_is_refused(typed: str) -> None:
    try:
        number = by_text.number_of(typed, WAY, "US", LINES)
    except by_text.WrongNumber:
        return
    assert number.startswith("+1")
    assert len(number) == 12
    assert number != LINE


async def test_requests_are_counted_by_day_and_up_to_the_first_that_is_full(db: Db) -> None:
    def limits(visitor: str) -> list[Limit]:
        return [Limit("visitor", visitor, 2), Limit("line", "one", 4)]

    now = 20_000 * 24 * HOUR
    ask = [await db.write(counts.count, WORKSPACE, limits("a"), now) for _ in range(50)]
    assert ask == ["", ""] + ["visitor"] * 48
    assert [await db.write(counts.count, WORKSPACE, limits("b"), now) for _ in range(2)] == ["", ""]
    assert await db.write(counts.count, WORKSPACE, limits("c"), now) == "line"
    assert await db.write(counts.count, "other", limits("c"), now) == ""
    assert await db.write(counts.count, WORKSPACE, limits("a"), now + 24 * HOUR) == ""


async def test_a_number_that_must_stay_nobody_s_is_left_alone(db: Db) -> None:
    """P3: by a form that anybody can fill in, nobody comes back who was erased, or whose number is suppressed."""
    async with going(db) as node:
        await yes(node, "hello", CAT)
        await db.write(listed.suppress_numbers, WORKSPACE, [ANA, CAT], "P1", "erasure", 1, listed.ERASED)
        await db.write(listed.suppress_numbers, WORKSPACE, [BEN], "P2", "a list", 1)
        found = [await db.read(counts.left_alone, WORKSPACE, one) for one in (ANA, BEN, CAT, "+12065550126")]
        assert found == [True, True, False, False]
