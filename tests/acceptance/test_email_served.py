"""E-mail through the served program: a mail comes into the mailbox, the bot's answer goes out in its thread."""

import asyncio
import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

from tests.acceptance.carrier import FALLBACK, IS_OPEN, STOPPED, idle, rows, write_bot
from tests.support.mailbox import MailboxServer, environment, mail
from tests.support.mailing import MailServer
from tests.support.served import Served


async def sent(server: MailServer, count: int) -> list[EmailMessage]:
    """So many messages, once they were handed in."""
    async with asyncio.timeout(40):
        while len(server.messages) < count:
            await asyncio.sleep(0.05)
    return [email.message_from_bytes(one, policy=email.policy.default) for one in server.messages]


async def seen(box: MailboxServer, count: int) -> None:
    """Return once so many mails are marked as read."""
    async with asyncio.timeout(40):
        while sum("\\Seen" in one.flags for one in box.mails) < count:
            await asyncio.sleep(0.05)


async def listening(box: MailboxServer) -> None:
    """Return once the mailbox was opened for the first time."""
    async with asyncio.timeout(40):
        while not any(line.startswith("SELECT") for line in box.heard):
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)


async def test_a_mail_is_answered_in_its_thread_and_stop_is_obeyed(tmp_path: Path, sqlite_url: str) -> None:
    bot = write_bot(tmp_path / "bot")
    arguments = ["serve", str(bot), "--database", sqlite_url, "--port", "0"]
    async with MailServer() as out, MailboxServer() as box:
        box.put(mail("An old one, from before."))
        with Served(arguments, tmp_path, {**environment(out, box), "LOG_LEVEL": "debug"}) as served:
            await asyncio.to_thread(served.wait_ready)
            await listening(box)
            asked = mail("hours", Subject="Opening hours?", Message_ID="<q1@example.com>", In_Reply_To="<x@y>")
            box.put(asked)
            (first,) = await sent(out, 1)
            box.put(asked)  # the same mail once more, as a copy
            box.put(mail("I am away until Monday.", sender="ben@example.com", Auto_Submitted="auto-replied"))
            box.put(mail("What is this?\n\nOn 22 Nov 2026, Shop wrote:\n> hours", In_Reply_To="<x@y>"))
            _, second = await sent(out, 2)
            box.put(mail("STOP", Subject="Re: Opening hours?"))
            _, _, third = await sent(out, 3)
            await seen(box, 4)
            await idle(sqlite_url)
            assert await asyncio.to_thread(served.stop) == 0
        log = served.output
    assert first.get_content().strip() == IS_OPEN
    assert (first["To"], first["From"]) == ("ana@example.com", "bot@shop.example.com")
    assert first["Subject"] == "Re: Opening hours?"
    assert (first["In-Reply-To"], first["References"]) == ("<q1@example.com>", "<q1@example.com>")
    assert first["Auto-Submitted"] == "auto-replied"
    assert first["List-Unsubscribe"] == "<mailto:bot@shop.example.com?subject=STOP>"
    assert second.get_content().strip() == FALLBACK
    assert third.get_content().strip() == STOPPED
    texts = rows(sqlite_url, "SELECT text FROM messages WHERE direction = 'in' ORDER BY id")
    assert [row[0] for row in texts] == ["hours", "What is this?", "STOP"]
    assert rows(sqlite_url, "SELECT family, identifier FROM addresses") == [("email", "ana@example.com")]
    assert ["\\Seen" in one.flags for one in box.mails] == [False, True, True, False, True, True]
    for private in ("secret-1", "ana@example.com", "ben@example.com"):
        assert private not in log, private
