"""A text of ours as an e-mail."""

import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate

from textback.channels.base import Outgoing, Thread

MOST_SUBJECT = 200
FIRST_WORDS = 60
_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_ANSWER = re.compile(r"(re|aw|sv|antw|res|odp)\s*(\[\d+\])?\s*:", re.IGNORECASE)


def is_message_id(text: str) -> bool:
    """Whether it can stand in a header as the id of a message."""
    return _ID.fullmatch(text) is not None


def message_id_of(message_id: str, sender: str) -> str:
    """The Message-ID of a text of ours: the same each time that it is sent."""
    return f"<{message_id}@{sender.partition('@')[2]}>"


def letter_of(outgoing: Outgoing, sender: str, name: str, *, leaves: bool) -> bytes:
    """The message as it is handed in: the words, the addresses of files below them, and the files that are attached
    instead. `leaves`: an answer with STOP is read. Raises ValueError for what no header can hold."""
    thread = outgoing.thread or Thread()
    inside = {one.url for one in outgoing.attached}
    addresses = [one.url for one in outgoing.media if one.url not in inside]
    text = "\n".join(part for part in (outgoing.text, *addresses) if part)
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((" ".join(name.split()), sender)) if name.strip() else sender
    message["To"] = outgoing.recipient
    message["Subject"] = _subject(thread.subject, text)
    message["Message-ID"] = message_id_of(outgoing.message_id, sender)
    message["Date"] = formatdate()
    if is_message_id(thread.answers):
        message["In-Reply-To"] = thread.answers
        message["References"] = thread.answers
    if not thread.person:
        message["Auto-Submitted"] = "auto-replied" if thread.answers else "auto-generated"
    message.set_content(text, cte="quoted-printable")
    for one in outgoing.attached:
        kind, _, subtype = one.content_type.partition("/")
        message.add_attachment(one.data, maintype=kind, subtype=subtype, filename=one.name)
    return _leaving(thread.unsubscribe, sender if leaves else "") + bytes(message)


def _leaving(url: str, sender: str) -> bytes:
    """The headers that say how to leave: by one click (RFC 8058), and by a mail to the sender (RFC 2369). They are
    written as they are: the library encodes an address that is longer than a line, and no program reads that."""
    ways = [*([f"<{url}>"] if url else []), *([f"<mailto:{sender}?subject=STOP>"] if sender else [])]
    if not ways:
        return b""
    lines = ["List-Unsubscribe: " + ",\r\n ".join(ways)]
    if url:
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    if not url.isprintable() or set(url) & set(" <>,"):
        raise ValueError("an address that no header can hold")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def is_answer(subject: str) -> bool:
    """Whether a subject says that it is one of an answer."""
    return _ANSWER.match(subject.strip()) is not None


def _subject(theirs: str, text: str) -> str:
    """That of their mail, as its answer; or the first words of ours. Control characters would be a header of their
    own."""
    subject = _one_line(theirs)[:MOST_SUBJECT]
    if subject:
        return subject if is_answer(subject) else f"Re: {subject}"
    return _one_line(text)[:FIRST_WORDS].strip() or "Message"


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
