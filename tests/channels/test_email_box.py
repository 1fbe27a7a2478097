"""Reading a folder by IMAP: how far it was read, what is marked, and what is never read twice or left out."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.mailbox import MailboxServer, mail
from textback.channels import email_box
from textback.channels.client import Session
from textback.channels.email import Email
from textback.channels.mailbox import Fetched, Mark
from textback.core.when import DAY, SECOND
from textback.engine.arrivals import Message

NOW = 1_795_176_000_000  # 20 November 2026, noon UTC
TODAY = "20-Nov-2026 09:00:00 +0000"


def at(ms: int) -> str:
    """A moment as IMAP says it."""
    return time.strftime("%d-%b-%Y %H:%M:%S +0000", time.gmtime(ms // SECOND))


def line(box: MailboxServer, http: Session, **more: str) -> Email:
    given = {
        "smtp_host": "127.0.0.1", "smtp_port": "1", "smtp_tls": "none", "imap_host": "127.0.0.1",
        "imap_port": str(box.port), "imap_user": box.user, "imap_password": box.password, "imap_tls": "none", **more,
    }  # fmt: skip
    return Email("bot@shop.example.com", given, http)


async def look(provider: Email, mark: Mark | None, now: int = NOW) -> Fetched:
    return await asyncio.to_thread(provider.look, mark, now)


def said(found: Fetched) -> list[str]:
    return [one.text for one in found.arrivals if isinstance(one, Message)]


def answer(text: str, **more: str) -> bytes:
    return mail(text, **{"In_Reply_To": "<x@y>", "Subject": "Re: x", **more})


def fetched(box: MailboxServer) -> list[int]:
    """The numbers of the mails that were asked for."""
    return [int(one.split()[2]) for one in box.heard if one.startswith("UID FETCH")]


def put(box: MailboxServer, *texts: str, when: str = TODAY) -> None:
    for text in texts:
        box.put(answer(text), at=when)


async def test_what_was_read_is_not_asked_for_again(http: Session) -> None:
    async with MailboxServer() as box:
        provider = line(box, http)
        put(box, "old")
        first = await look(provider, None)
        assert (said(first), first.mark.uid, fetched(box)) == ([], 1, [])
        put(box, "one", "two")
        second = await look(provider, first.mark)
        assert (said(second), second.taken, second.mark.uid) == (["one", "two"], (2, 3), 3)
        third = await look(provider, second.mark)  # a server names its last mail whatever is asked for
        assert (said(third), third.mark.uid, fetched(box)) == ([], 3, [2, 3])
        provider.leave()


@pytest.mark.parametrize(("total", "more"), [(0, False), (2, False), (3, False), (4, True), (7, True)])
async def test_so_many_are_read_at_once(http: Session, total: int, more: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email_box, "MOST", 3)
    async with MailboxServer() as box:
        provider = line(box, http)
        mark = (await look(provider, None)).mark
        texts = [f"text {n}" for n in range(total)]
        put(box, *texts)
        found: list[str] = []
        looked = await look(provider, mark)
        assert looked.more is more
        found += said(looked)
        while looked.more:
            looked = await look(provider, looked.mark)
            found += said(looked)
        assert found == texts
        provider.leave()


async def test_looking_marks_nothing_and_only_what_is_taken_is_marked(http: Session) -> None:
    async with MailboxServer() as box:
        provider = line(box, http)
        mark = (await look(provider, None)).mark
        put(box, "from a person")
        box.put(answer("from a program", Auto_Submitted="auto-replied"), at=TODAY)
        looked = await look(provider, mark)
        assert (looked.taken, dict(looked.left), looked.mark.uid) == ((1,), {"automatic": 1}, 2)
        assert [one.flags for one in box.mails] == [set(), set()]
        await asyncio.to_thread(provider.seen, looked.taken)
        assert [one.flags for one in box.mails] == [{"\\Seen"}, set()]
        provider.leave()


def since(ages: Sequence[int]) -> list[str]:
    return [at(NOW - age) for age in ages]


async def test_new_numbers_are_read_from_a_day_before_on(http: Session) -> None:
    """Where the server numbers anew nothing says what was read: the last day is read again, and nothing older."""
    async with MailboxServer() as box:
        provider = line(box, http)
        mark = (await look(provider, None)).mark
        for text, when in zip(("long ago", "yesterday", "today"), since((4 * DAY, DAY, 0)), strict=True):
            put(box, text, when=when)
        box.validity += 1
        looked = await look(provider, mark)
        assert (said(looked), looked.mark.validity, looked.mark.uid) == (["yesterday", "today"], 2, 3)
        again = await look(provider, looked.mark)
        assert said(again) == []
        provider.leave()


async def test_new_numbers_of_a_folder_that_is_empty(http: Session) -> None:
    async with MailboxServer() as box:
        provider = line(box, http)
        mark = (await look(provider, None)).mark
        box.validity += 1
        looked = await look(provider, mark)
        assert (said(looked), looked.mark.validity, looked.mark.uid) == ([], 2, 0)
        put(box, "the first")
        assert said(await look(provider, looked.mark)) == ["the first"]
        provider.leave()


async def test_another_mail_that_the_server_tells_of_is_not_taken_for_the_one(http: Session) -> None:
    async with MailboxServer() as box:
        provider = line(box, http)
        mark = (await look(provider, None)).mark
        put(box, "the one")
        other = answer("another")
        head = f'* 9 FETCH (UID 9 INTERNALDATE "{TODAY}" BODY[]<0> {{{len(other)}}}\r\n'
        box.also = head.encode() + other + b")\r\n"
        assert said(await look(provider, mark)) == ["the one"]
        provider.leave()


@pytest.mark.parametrize(("came", "sent_at"), [(NOW - 90 * SECOND, NOW - 90 * SECOND), (NOW + DAY, NOW)])
async def test_a_mail_is_as_old_as_the_server_says_and_never_of_tomorrow(
    http: Session, came: int, sent_at: int
) -> None:
    async with MailboxServer() as box:
        provider = line(box, http)
        mark = (await look(provider, None)).mark
        put(box, "hi", when=at(came))
        (one,) = (await look(provider, mark)).arrivals
        assert isinstance(one, Message)
        assert one.sent_at == sent_at
        provider.leave()


@pytest.mark.parametrize("other", [{"imap_folder": "Bot"}, {"imap_user": "bot"}])
async def test_the_mark_of_another_mailbox_says_nothing(http: Session, other: dict[str, Any]) -> None:
    async with MailboxServer() as box:
        provider = line(box, http, **other)
        put(box, "old")
        looked = await look(provider, Mark("someone@elsewhere/INBOX", 1, 0, NOW))
        assert (said(looked), looked.mark.uid, looked.mark.box) == ([], 1, provider.box)
        provider.leave()
