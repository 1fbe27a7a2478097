"""Quarantine: rejected webhooks are kept apart, bounded and redacted, and are taken in once they prove to be right."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from nacl.signing import SigningKey
from sqlalchemy import insert, select, update

from tests.pipeline.working import ANA, LINE, NOON, WORKSPACE, Clock, Phones, Working, bot
from tests.support.fake_provider import (
    TELNYX_PUBLIC_KEY,
    encoded,
    sign_telnyx,
    telnyx_status,
    telnyx_text,
    twilio_text,
)
from textback.channels.base import Accepted, Outgoing, Webhook
from textback.channels.client import Session
from textback.channels.telnyx import Telnyx
from textback.core.errors import SettingsError
from textback.core.when import DAY, HOUR, SECOND
from textback.pipeline import letters, quarantine
from textback.pipeline.bots import Shelf
from textback.pipeline.letters import Letter, Means, Wanted
from textback.pipeline.lines import Line
from textback.pipeline.quarantine import MOST_RAW, Quarantine
from textback.pipeline.redact import network_of, shown
from textback.pipeline.road import Road
from textback.pipeline.signatures import begin_trials, log_only_until
from textback.pipeline.tick import Keep, before, tidy
from textback.store.db import Db, Tx
from textback.store.retention import Gone
from textback.store.spread import with_old_letters
from textback.store.tables import dead_letters, line_use, rejected_webhooks
from textback.store.tables_desk import audit
from textback.web.metrics import WEBHOOKS
from textback.web.webhooks import Webhooks

URL = "https://texts.example.com"
OTHER = SigningKey(b"a key that the owner pasted once")


def text(words: str, id_: str = "m-1", **more: Any) -> bytes:
    """The body of a webhook that brings Ana's text; Telnyx got it at noon."""
    return json.dumps(telnyx_text(words, ANA, id_, received_at="2026-06-03T19:00:00Z", **more)).encode()


class Signed(Telnyx):
    """A Telnyx line that sends nowhere."""

    def __init__(self) -> None:
        super().__init__(LINE, {"api_key": "KEY", "public_key": TELNYX_PUBLIC_KEY}, Session())

    async def send(self, outgoing: Outgoing) -> Accepted:
        return Accepted(f"p-{outgoing.message_id}")


class Node(Working):
    """A node with the line `main` and its webhooks."""

    webhooks: Webhooks
    kept: Quarantine
    lines: dict[str, Line]

    async def post(self, body: bytes, headers: dict[str, str], path: str = "/webhooks/main") -> int:
        """Post a webhook; returns the answer's status."""
        said: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            said.append(message)

        pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": pairs}
        await self.webhooks({**scope, "client": ("203.0.113.77", 4000)}, receive, send)
        return int(said[0]["status"])

    async def say(self, words: str, *, id_: str = "m-1", age: int = 0) -> int:
        """A contact's text comes by a webhook that is signed with the other key, so many ms ago."""
        body = text(words, id_)
        return await self.post(body, sign_telnyx(body, self.clock() - age, OTHER))

    async def letters(self, wanted: Wanted = Wanted()) -> list[Letter]:  # noqa: B008
        """What is stuck, once all is written."""
        while self.kept._writer is not None:
            await asyncio.sleep(0.01)
        return await self.db.read(lambda tx: letters.listing(tx, WORKSPACE, wanted))

    async def again(self, letter: Letter) -> tuple[str, str]:
        """Take it in again, with the lines as they are."""
        means = Means(WORKSPACE, self.lines, URL)
        done = await self.db.write(letters.redrive, letter.id, self.clock(), means, "ann@example.com")
        return done.result, done.why


@asynccontextmanager
async def node(db: Db, *, log_only_until: int = 0, most: int = 100, **more: Any) -> AsyncIterator[Node]:
    """A node at work."""
    clock = Clock()
    lines = {"main": Line("main", Signed(), LINE, log_only_until=log_only_until)}
    road = Road(db, WORKSPACE, lines, Shelf(WORKSPACE, bot()), now=clock)
    made = Node(db, road, Phones(), clock)
    made.lines = lines
    made.kept = Quarantine(db, WORKSPACE, most, pause=0.01)
    made.webhooks = Webhooks(road, lines, URL, quarantine=made.kept, **more)
    await road.start()
    try:
        yield made
    finally:
        await made.kept.stop()
        async with asyncio.timeout(20):
            await road.stop()


def raws(tx: Tx) -> list[str]:
    return [row.raw for row in tx.execute(select(rejected_webhooks.c.raw))]


def audited(tx: Tx) -> list[tuple[str, str]]:
    return [(row.actor, row.action) for row in tx.execute(select(audit).order_by(audit.c.id))]


def right_key(made: Node) -> None:
    """The owner has put right what was wrong: the line knows the key that the webhooks were signed with."""
    main = made.lines["main"].provider
    assert isinstance(main, Telnyx)
    main._keys.append(OTHER.verify_key)


# What is kept


async def test_a_rejected_webhook_is_kept_with_its_reason_and_nothing_private(db: Db) -> None:
    async with node(db) as made:
        assert await made.say("my secret words") == 401
        assert await made.say("my secret words") == 401
        (letter,) = await made.letters()
        assert (letter.kind, letter.line, letter.reason, letter.detail) == (
            "webhook",
            "main",
            "unsigned",
            "wrong signature",
        )
        assert (letter.attempts, letter.row.source, letter.row.provider) == (2, "203.0.113.0/24", "telnyx")
        said = json.dumps(letter.payload, ensure_ascii=False)
        assert not any(private in said for private in ("secret", "2065550123", "203.0.113.77"))
        assert "(•••) •••-••23" in said
        assert "message.received" in said
        assert letter.payload["headers"]["telnyx-signature-ed25519"] == "(88 characters)"
        assert letter.payload["headers"]["telnyx-timestamp"] == str(NOON // SECOND)


async def test_each_reason_has_its_letter_and_a_line_that_is_none_too(file_db: Db) -> None:
    async with node(file_db) as made:
        assert await made.post(b"{}", sign_telnyx(b"{}", NOON)) == 400
        assert await made.post(b"{}", sign_telnyx(b"{}", NOON), "/webhooks/mian") == 404
        assert await made.say("hi", age=HOUR) == 401
        found = {(one.line, one.reason) for one in await made.letters()}
        assert found == {("main", "malformed"), ("mian", "no_line"), ("main", "unsigned")}
        assert len(await made.letters(Wanted(line="mian"))) == 1
        assert await made.letters(Wanted(kind="send")) == []


async def test_no_more_are_kept_than_the_setting_says_the_oldest_go_first(db: Db) -> None:
    async with node(db, most=3) as made:
        for n in range(5):
            await made.say("hi", id_=f"m-{n}")
            await made.post(b"{}", {}, f"/webhooks/x{n}")
            await made.letters()
            made.clock.at += SECOND
        found = await made.letters()
        assert [one.line for one in found if one.line != "main"] == ["x2", "x3", "x4"]
        assert [one.at for one in found if one.line == "main"] == [NOON + n * SECOND for n in (2, 3, 4)]


async def test_a_flood_is_answered_but_not_kept_and_what_gathers_is_bounded(
    file_db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "MOST_WAITING", 4)
    async with node(file_db, most_refused=2) as made:
        assert [await made.say("hi", id_=f"m-{n}") for n in range(3)] == [401, 401, 429]
        assert [await made.post(b"{}", {}, f"/webhooks/x{n}") for n in range(3)] == [404, 404, 404]
        assert sorted(one.line for one in await made.letters()) == ["main", "main", "x0", "x1"]
    async with node(file_db) as made:
        assert {await made.post(b"{}", {}, f"/webhooks/y{n}") for n in range(9)} == {404}
        assert len([one for one in await made.letters() if one.line.startswith("y")]) == 4


async def test_the_answer_does_not_wait_for_the_database(file_db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise OSError("no database")

    monkeypatch.setattr("textback.store.rejected.keep", broken)
    async with node(file_db) as made:
        assert await made.say("hi") == 401
        assert await made.letters() == []


def test_words_are_cut_to_their_length_and_numbers_masked_whatever_the_form() -> None:
    form = Webhook("POST", "/webhooks/x?m=12065550123", "", {"content-type": "application/x-www-form-urlencoded"},
                   encoded(twilio_text("STOP", ANA)))  # fmt: skip
    seen = shown(form)
    assert "Body: (4 characters)" in seen["body"]
    assert "From: (•••) •••-••23" in seen["body"]
    assert "2065550123" not in json.dumps(seen)
    tree = {"data": [{"+12065550123": {"note": "call me at once", "n": 12065550123, "deep": [[["secret words"]]]}}]}
    seen = shown(Webhook("POST", "/", "", {"cookie": "c", "authorization": "a"}, json.dumps(tree).encode()))
    assert seen["headers"] == {}
    assert '"note": "(15 characters)"' in seen["body"]
    assert not any(private in seen["body"] for private in ("2065550123", "secret"))
    assert shown(Webhook("POST", "/", "", {}, b"\xff\x00words"))["body"] == "(7 bytes that can't be read)"
    assert "(more)" in shown(Webhook("POST", "/", "", {}, b"[" * 90 + b"]" * 90))["body"]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("nonsense", ""),
    ],
)
def test_only_the_network_of_a_source_is_kept(address: str, network: str) -> None:
    assert network_of(address) == network


# Taking in again


async def test_once_the_key_is_right_a_rejected_text_is_taken_in_and_answered(db: Db) -> None:
    async with node(db) as made:
        await made.say("BOOK")
        made.clock.at += 2 * HOUR  # far too old for its signature
        (letter,) = await made.letters()
        assert await made.again(letter) == ("refused", "Its signature is still not right: wrong signature.")
        assert len(await made.letters()) == 1
        right_key(made)
        assert await made.again(letter) == ("handled", "")
        assert await made.again(letter) == ("done", "")
        await made.becomes(("Go on.", "accepted", "C2"))
        assert [row.text for row in await made.thread() if row.direction == "in"] == ["BOOK"]
        assert await made.letters() == []
        assert await made.db.read(raws) == [""]
        assert await made.db.read(audited) == [("ann@example.com", "dead.redrive")]


async def test_what_came_by_another_way_meanwhile_is_in_the_thread_once(file_db: Db) -> None:
    async with node(file_db) as made:
        await made.say("BOOK")
        right_key(made)
        assert await made.say("BOOK") == 200
        await made.becomes(("Go on.", "accepted", "C2"))
        (letter,) = await made.letters()
        assert (await made.again(letter))[0] == "handled"
        await made.text("blue", line="main")
        assert [row.text for row in await made.thread() if row.direction == "in"] == ["BOOK", "blue"]


async def test_what_makes_no_sense_or_was_too_long_or_has_no_line_stays(file_db: Db) -> None:
    async with node(file_db) as made:
        await made.post(b"{}", sign_telnyx(b"{}", NOON))
        long = text("x" * MOST_RAW)
        await made.post(long, sign_telnyx(long, NOON, OTHER))
        await made.post(b"{}", {}, "/webhooks/mian")
        right_key(made)
        whys = {(await made.again(letter))[1] for letter in await made.letters()}
        assert whys == {
            "It is signed, but makes no sense: data: is missing.",
            "Its body was too long to be kept.",
            "There is no line 'mian' here.",
        }
        assert len(await made.letters()) == 3


async def test_a_discarded_letter_is_gone_and_cannot_come_back(file_db: Db) -> None:
    async with node(file_db) as made:
        await made.say("BOOK")
        (letter,) = await made.letters()

        def discard(tx: Tx) -> bool:
            return letters.discard(tx, letter.id, NOON, WORKSPACE, "ann@example.com")

        assert await file_db.write(discard) is True
        assert await file_db.write(discard) is False
        right_key(made)
        assert (await made.again(letter))[0] == "done"
        assert await made.letters() == []
        assert await made.db.read(audited) == [("ann@example.com", "dead.discard")]


async def test_a_start_out_of_quarantine_does_not_undo_a_later_stop(file_db: Db) -> None:
    async with node(file_db) as made:
        await made.say("START", id_="m-1")
        right_key(made)
        assert await made.say("STOP", id_="m-2") == 200
        await made.until(lambda: opted_out(made), True)
        (letter,) = await made.letters()
        assert (await made.again(letter))[0] == "handled"
        await made.until(lambda: kinds(made, "opt_in_refused"), ["opt_in_refused"])
        assert await opted_out(made)
        assert [row[0] for row in await made.consent()] == ["opt_out"]


async def opted_out(made: Node, number: str = ANA) -> bool:
    try:
        return bool((await made.conversation(number)).opted_out)
    except KeyError:
        return False


async def kinds(made: Node, *wanted: str) -> list[str]:
    return [kind for kind, _ in await made.events(*wanted)]


# Log-only


async def test_a_log_only_line_takes_a_bad_signature_in_and_marks_it_until_the_time_is_over(db: Db) -> None:
    counter = WEBHOOKS.labels(line="main", outcome="unchecked")._value
    before = counter.get()
    async with node(db, log_only_until=NOON + HOUR) as made:
        assert await made.say("BOOK") == 200
        await made.becomes(("Go on.", "accepted", "C2"))
        assert counter.get() - before == 1
        assert await made.events("doubted") == [("doubted", {"doubt": "unsigned"})]
        assert await made.letters() == []
        made.clock.at += HOUR
        assert await made.say("blue", id_="m-2") == 401
        assert len(await made.letters()) == 1


async def test_a_signed_text_on_a_log_only_line_is_not_marked(file_db: Db) -> None:
    async with node(file_db, log_only_until=NOON + HOUR) as made:
        right_key(made)
        assert await made.say("BOOK") == 200
        await made.becomes(("Go on.", "accepted", "C2"))
        assert await made.events("doubted") == []


async def test_an_unverified_stop_counts_and_an_unverified_start_does_not(db: Db) -> None:
    async with node(db, log_only_until=NOON + HOUR) as made:
        assert await made.say("BOOK") == 200
        await made.becomes(("Go on.", "accepted", "C2"))
        assert await made.say("STOP", id_="m-2") == 200
        await made.until(lambda: opted_out(made), True)
        for n, word in enumerate(("START", "yes")):
            assert await made.say(word, id_=f"m-3{n}") == 200
            await made.until(lambda: kinds(made, "opt_in_refused"), ["opt_in_refused"] * (n + 1))
        assert await opted_out(made)
        right_key(made)
        assert await made.say("START", id_="m-4") == 200
        await made.until(lambda: opted_out(made), False)


async def test_a_provider_flag_that_nobody_signed_opts_out_but_not_in(file_db: Db) -> None:
    async with node(file_db, log_only_until=NOON + HOUR) as made:
        await made.say("BOOK")
        await made.becomes(("Go on.", "accepted", "C2"))
        (sent,) = [row for row in await made.thread() if row.direction == "out"]
        refused = telnyx_status("delivery_failed", sent.provider_id, code="40300")
        body = json.dumps(refused).encode()
        assert await made.post(body, sign_telnyx(body, NOON, OTHER)) == 200
        await made.until(lambda: opted_out(made), True)
        flagged = text("Start", "m-9", autoresponse_type="START")
        assert await made.post(flagged, sign_telnyx(flagged, NOON, OTHER)) == 200
        await made.until(lambda: kinds(made, "opt_in_refused"), ["opt_in_refused"])
        assert await opted_out(made)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"signature": "off"}, "signature 'off' is not one"),
        ({"signature": "log-only"}, "does not say until when"),
        ({"signature": "log-only", "signature_log_only_until": "soon"}, "'soon' is not a day"),
    ],
)
def test_a_mode_that_makes_no_sense_is_refused_in_one_line(options: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as raised:
        log_only_until("main", options)
    assert "Line main" in str(raised.value)


def test_a_line_enforces_unless_it_says_otherwise_and_its_options_are_taken_out() -> None:
    assert log_only_until("main", {"signature": "enforce", "signature_log_only_until": "2026-06-09"}) == 0
    options = {"signature": "log-only", "signature_log_only_until": "2026-06-04", "rate": "1"}
    assert log_only_until("main", options) == NOON + 5 * HOUR  # the day begins in UTC
    assert options == {"rate": "1"}


async def test_seven_days_from_the_first_start_whatever_is_restarted_or_changed(db: Db) -> None:
    async def start(at: int, until: int, name: str = "main") -> bool:
        lines = {name: Line(name, Signed(), LINE, log_only_until=until)}
        try:
            await db.write(begin_trials, WORKSPACE, lines, at)
        except SettingsError:
            return False
        return True

    assert not await start(NOON, NOON + 8 * DAY)
    assert await start(NOON, NOON + 2 * DAY)
    assert await start(NOON + DAY, NOON + 7 * DAY)
    assert not await start(NOON + DAY, NOON + 7 * DAY + 1)
    assert not await start(NOON + DAY, NOON + 8 * DAY, "renamed")
    assert not await start(NOON + 29 * DAY, NOON + 30 * DAY)
    assert await start(NOON + 29 * DAY, NOON + 3 * DAY)  # over, so it is no trial
    assert await start(NOON + 31 * DAY, NOON + 38 * DAY)
    assert not await start(NOON + 33 * DAY, NOON + 39 * DAY)


# Retention


def letter_row(n: int, at: int, settled: int | None = None) -> dict[str, Any]:
    base = {"bucket": 1, "contact_id": "01", "id": f"d{n}", "workspace": WORKSPACE, "kind": "send", "line": "main"}
    rest = {"reason": "rejected", "code": "", "detail": "", "payload": "{}", "attempts": 1}
    return {**base, **rest, "at": at, "redriven_at": settled}


async def tidied(db: Db, now: int) -> Gone:
    """One batch everywhere."""
    old = before(Keep(), now)
    buckets = (
        await db.read(with_old_letters, WORKSPACE, old.settled, old.unsettled, old.decisions, old.calls)
        if db.by_bucket
        else []
    )
    done = [await db.write_within(place, "tick", tidy, WORKSPACE, Keep(), now) for place in (None, *buckets)]
    return Gone(sum(one.unsettled for one in done), sum(one.all for one in done), any(one.more for one in done))


async def test_what_was_kept_long_enough_is_deleted_and_nothing_else(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textback.store.retention.BATCH", 2)
    now = NOON

    def fill(tx: Tx) -> None:
        old = [letter_row(n, now - 100 * DAY, now - 31 * DAY) for n in range(3)]
        stale = [letter_row(n, now - 91 * DAY) for n in (3, 4)]
        young = [letter_row(5, now - 100 * DAY, now - 29 * DAY), letter_row(6, now - 89 * DAY)]
        tx.execute(insert(dead_letters), [*old, *stale, *young])
        for day, segments in (("2026-04-01", 1), ("2026-06-01", 2)):
            tx.execute(insert(line_use), {"workspace": WORKSPACE, "counter": "main", "day": day, "segments": segments})

    async with node(db) as made:
        await made.say("hi")
        await made.letters()
        await db.write(lambda tx: tx.execute(update(rejected_webhooks).values(at=now - 8 * DAY)))
        await db.write(fill)
        gone = await tidied(db, now)
        assert (gone.unsettled, gone.more) == (2, True)
        assert (await tidied(db, now)).all == 1
        assert (await tidied(db, now)).all == 0
        left = await db.read(lambda tx: sorted(row.id for row in tx.execute(select(dead_letters.c.id))))
        assert left == ["d5", "d6"]
        assert await db.read(raws) == []
        assert await db.read(lambda tx: [row.segments for row in tx.execute(select(line_use))]) == [2]
        rows = await db.read(lambda tx: list(tx.execute(select(audit))))
        assert [(row.actor, row.action, msgspec.json.decode(row.data)["count"]) for row in rows] == [
            ("textback", "dead.expire", 2)
        ]


async def test_a_node_at_work_tidies_by_itself(file_db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textback.pipeline.road.TICK", 0.1)

    def fill(tx: Tx) -> None:
        tx.execute(insert(dead_letters), letter_row(1, NOON - 91 * DAY))

    await file_db.write(fill)
    async with node(file_db) as made:

        async def left() -> int:
            return len(await made.letters())

        await made.until(left, 0)
