"""Mailboxes: every mail is taken in once, whatever becomes of the connection, of this node, and of its number."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select

from tests.engine.talk import PATIENT
from tests.pipeline.working import ANA, LINE, WORKSPACE, bot, working
from tests.support.mailbox import HANG, MailboxServer, mail
from tests.support.mailing import MailServer
from textback.channels import email_box
from textback.channels.client import Session
from textback.channels.email import Email
from textback.channels.mailbox import BoxAway
from textback.engine.arrivals import AnyArrival, Message
from textback.pipeline.bots import Shelf
from textback.pipeline.clock import clock
from textback.pipeline.lines import Line
from textback.pipeline.mailboxes import Mailboxes
from textback.pipeline.road import Road
from textback.store.db import Db
from textback.store.tables import messages
from textback.store.tables_mail import mailboxes


class Node:
    """A server with one e-mail line; each look into its mailbox is taken by the test."""

    def __init__(self, db: Db, road: Road, line: Line) -> None:
        self.db, self.road, self.line = db, road, line
        self.marks: list[tuple[str, str]] = []
        self.boxes = self.made()

    def made(self, **more: Any) -> Mailboxes:
        lines = {"email": self.line}
        return Mailboxes(self.db, WORKSPACE, lines, clock, self.road.receive, self.note, **more)

    def note(self, line: str, what: str) -> None:
        self.marks.append((line, what))

    async def look(self) -> None:
        """Until there is no more."""
        while await self.boxes.once("email"):
            pass

    async def heard(self) -> list[str]:
        query = select(messages.c.text).where(messages.c.direction == "in").order_by(messages.c.id)
        return list(await self.db.read(lambda tx: tx.execute(query).scalars().all()))

    async def until(self, count: int) -> list[str]:
        async with asyncio.timeout(20):
            while len(found := await self.heard()) < count:
                await asyncio.sleep(0.05)
        return found


@asynccontextmanager
async def node(db: Db, box: MailboxServer) -> AsyncIterator[Node]:
    async with MailServer() as out, Session() as http:
        options = {
            "smtp_host": "127.0.0.1", "smtp_port": str(out.port), "smtp_tls": "none", "imap_host": "127.0.0.1",
            "imap_port": str(box.port), "imap_user": box.user, "imap_password": box.password, "imap_tls": "none",
        }  # fmt: skip
        provider = Email("bot@shop.example.com", options, http)
        line = Line("email", provider, "bot@shop.example.com", ("email",), threads=True)
        road = Road(db, WORKSPACE, {"email": line}, Shelf(WORKSPACE, bot()), roles={"turn"})
        await road.start()
        made = Node(db, road, line)
        try:
            yield made
        finally:
            made.boxes.stop()
            await road.stop()


def answer(text: str, **more: str) -> bytes:
    return mail(text, **{"In_Reply_To": "<x@y>", "Subject": "Re: x", **more})


async def test_what_was_there_before_is_left_alone_and_all_that_comes_is_taken_in(db: Db) -> None:
    async with MailboxServer() as box, node(db, box) as made:
        box.put(answer("old"))
        await made.look()
        for n in range(email_box.MOST + 5):
            box.put(answer(f"text {n}", sender=f"ana{n}@example.com"))
        await made.look()
        assert sorted(await made.until(25)) == sorted(f"text {n}" for n in range(25))
        assert ["\\Seen" in one.flags for one in box.mails] == [False] + [True] * 25
        assert made.marks[0] == ("email", "box_read")
        assert ("email", "webhook") in made.marks


async def test_the_same_mail_twice_is_one_text(db: Db) -> None:
    async with MailboxServer() as box, node(db, box) as made:
        await made.look()
        for _ in range(2):
            box.put(answer("once", Message_ID="<same@example.com>"))
        box.put(answer("another's", sender="ben@example.com", Message_ID="<same@example.com>"))
        await made.look()
        assert sorted(await made.until(2)) == ["another's", "once"]


async def test_new_numbers_lose_nothing_and_double_nothing(db: Db) -> None:
    async with MailboxServer() as box, node(db, box) as made:
        box.put(answer("zero"))
        await made.look()
        box.put(answer("one"))
        await made.look()
        await made.until(1)
        box.put(answer("two"))
        box.mails.pop(0)
        box.number_anew()
        await made.look()
        assert await made.until(2) == ["one", "two"]


async def test_a_node_that_dies_between_storing_and_marking_doubles_nothing(
    db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with MailboxServer() as box, node(db, box) as made:
        await made.look()
        box.put(answer("one"))

        async def receive(line: str, arrivals: Sequence[AnyArrival]) -> object:
            await made.road.receive(line, arrivals)
            raise RuntimeError("the power is cut")

        made.boxes = Mailboxes(db, WORKSPACE, {"email": made.line}, clock, receive, made.note)
        made.boxes._me = "dead"
        await db.write(lambda tx: tx.execute(mailboxes.update().values(holder="", lease_until=0)))
        with pytest.raises(RuntimeError):
            await made.look()
        assert box.mails[0].flags == set()
        await db.write(lambda tx: tx.execute(mailboxes.update().values(lease_until=0)))
        made.boxes = made.made()
        await made.look()
        assert box.mails[0].flags == {"\\Seen"}
        box.put(answer("two"))
        await made.look()
        assert await made.until(2) == ["one", "two"]


async def test_what_could_not_be_stored_is_read_again(db: Db) -> None:
    async with MailboxServer() as box, node(db, box) as made:
        await made.look()
        box.put(answer("one"))

        async def away(line: str, arrivals: Sequence[AnyArrival]) -> object:
            raise OSError("the database is away")

        boxes, made.boxes = made.boxes, Mailboxes(db, WORKSPACE, {"email": made.line}, clock, away, made.note)
        made.boxes._me = boxes._me
        with pytest.raises(OSError, match="away"):
            await made.look()
        assert box.mails[0].flags == set()
        made.boxes = boxes
        await made.look()
        assert await made.until(1) == ["one"]


async def test_one_node_reads_at_a_time(db: Db) -> None:
    async with MailboxServer() as box, node(db, box) as made:
        await made.look()
        other = made.made()
        heard = len(box.heard)
        assert await other.once("email") is False
        assert len(box.heard) == heard
        await made.boxes._let_go("email")
        await other.once("email")
        assert len(box.heard) > heard


@pytest.mark.parametrize(
    "says", [{"SELECT": "NO gone"}, {"SEARCH": ""}, {"FETCH": "BAD what"}, {"LOGIN": "NO secret-1"}]
)
async def test_a_mailbox_that_is_away_is_read_when_it_is_back(db: Db, says: dict[str, str]) -> None:
    async with MailboxServer() as box, node(db, box) as made:
        await made.look()
        made.line.provider.leave()  # type: ignore[attr-defined]
        box.put(answer("one"))
        box.says = says
        with pytest.raises(BoxAway) as caught:
            await made.look()
        assert "secret" not in str(caught.value)
        box.says = {}
        await made.look()
        assert await made.until(1) == ["one"]


async def test_a_broken_connection_is_made_anew(db: Db) -> None:
    async with MailboxServer() as box, node(db, box) as made:
        await made.look()
        box.put(answer("one"))
        box.break_off()
        with pytest.raises(BoxAway):
            await made.look()
        await made.look()
        assert await made.until(1) == ["one"]


async def test_a_mail_that_the_server_will_not_show_does_not_hold_up_the_others(db: Db) -> None:
    async with MailboxServer() as box, node(db, box) as made:
        await made.look()
        box.put(answer("never"))
        box.says = {"FETCH": "NO broken"}
        for _ in range(email_box.TRIES - 1):
            with pytest.raises(BoxAway):
                await made.look()
        await made.look()
        box.says = {}
        box.put(answer("one"))
        await made.look()
        assert await made.until(1) == ["one"]


async def test_a_server_that_says_nothing_does_not_keep_us(db: Db) -> None:
    async with MailboxServer() as box, node(db, box) as made:
        box.says = {"SELECT": HANG}
        running = asyncio.create_task(made.boxes.run())
        async with asyncio.timeout(20):
            while not any(line.startswith("SELECT") for line in box.heard):
                await asyncio.sleep(0.02)
        made.boxes.stop()
        await asyncio.wait([running], timeout=10)
        assert running.done()


async def test_another_mailbox_is_begun_afresh(db: Db) -> None:
    async with MailboxServer() as box, MailboxServer() as second, node(db, box) as made:
        await made.look()
        second.put(answer("old"))
        async with node(db, second) as moved:
            await made.boxes._let_go("email")
            moved.line.provider._imap._folder = "Other"  # type: ignore[attr-defined]
            await moved.look()
            second.put(answer("one"))
            await moved.look()
            assert await moved.until(1) == ["one"]


async def test_a_report_marks_the_mail_that_did_not_arrive(db: Db) -> None:
    async with MailboxServer() as box, node(db, box) as made:
        await made.look()
        box.put(answer("hello"))
        await made.look()
        await made.until(1)
        query = select(messages.c.id).where(messages.c.direction == "out")
        (sent, *_) = await db.read(lambda tx: tx.execute(query).scalars().all())
        report = (
            'From: MAILER-DAEMON@x.test\r\nContent-Type: multipart/report; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
            "Action: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
            f"To: ana@example.com\r\nMessage-ID: <{sent}@shop.example.com>\r\n\r\n--b--\r\n"
        )
        box.put(report.encode())
        await made.look()
        async with asyncio.timeout(20):
            status = select(messages.c.status, messages.c.code).where(messages.c.id == sent)
            while (found := await db.read(lambda tx: tx.execute(status).one())).status != "undelivered":
                await asyncio.sleep(0.05)
        assert found.code == "5.1.1"


async def test_a_file_on_a_mail_is_in_the_way_of_no_word(db: Db) -> None:
    """What they attached is seen under their words, and the words alone are understood."""
    async with working(db, bot(PATIENT)) as node:
        for n, word in enumerate(("book", "STOP")):
            text = Message(ANA, LINE, word, f"m-{n}", attached=("[bike.jpg, 34 KB]", "[4111 1111 1111 1111.pdf]"))
            await node.road.receive("one", [text], wait=15.0)
        assert (await node.phones.took(1))[0] == "Who is this?"
        assert [row[0] for row in await node.consent()] == ["opt_out"]
        texts = [row.text.splitlines() for row in await node.thread() if row.direction == "in"]
    assert [(one[0], one[1]) for one in texts] == [("book", "[bike.jpg, 34 KB]"), ("STOP", "[bike.jpg, 34 KB]")]
    assert all("4111" not in one[2] for one in texts), "a card's number is masked in a file's name too"
