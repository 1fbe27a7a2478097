"""What a mail says: a person's words, a report on a mail of ours, or nothing that a program may answer."""

import hashlib
import re
from email import message_from_bytes
from email.header import decode_header
from email.message import Message as Mail
from email.utils import getaddresses

from textback.channels.email_attached import attached
from textback.channels.email_out import is_answer, is_message_id
from textback.channels.email_text import from_html, own_words, unfold
from textback.channels.reading import report_of
from textback.compliance.detect import keyword
from textback.core.mail import normal
from textback.core.messages import Status
from textback.core.text import clean
from textback.engine.arrivals import DeliveryStatus, Message

MOST_BYTES = 256 * 1024
"""Of a mail so much is read: attachments come behind the words."""
MOST_TEXT = 10_000
MOST_HTML = 100_000
MOST_PARTS = 100
MOST_SUBJECT = 200

STATUSES: dict[str, Status] = {"failed": "undelivered", "delivered": "delivered"}
"""The actions of a report (RFC 3464) that say how a mail of ours stands; the others say that it is under way."""
LEFT = ("ours", "automatic", "list", "report", "unproven", "unreadable", "empty")
"""Why a mail is left alone: it is from our own address; a program wrote it; it went to many; it is a report on no mail
of ours; nobody says that the sender is real; it can't be read, or nobody can be answered; it says nothing."""

_ROBOTS = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+.=_-].*)?@")
_OURS = re.compile(r"<([0-9a-f]{24})@([^<>\s]+)>")
_RESULT = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)
_DOMAIN = re.compile(r"\b(?:header\.d|header\.i|smtp\.mailfrom)\s*=\s*\"?(?:[^\s;\"]*@)?([^\s;\"@]+)", re.IGNORECASE)


class Reader:
    """Reads mails that came to `address`. With `authserv`, the name by which the receiving server signs its
    Authentication-Results, a mail counts only where that says that its sender is real."""

    def __init__(self, address: str, authserv: str = "") -> None:
        self._address = address
        self._authserv = authserv.strip().lower()

    def read(self, raw: bytes, at: int) -> Message | DeliveryStatus | str:
        """What a mail says that came at `at` (ms), or why it is left alone. Never raises."""
        try:
            return self._read(raw[:MOST_BYTES], at)
        except Exception:  # the library has raised nearly everything for a mail that was made for it
            return "unreadable"
        except RecursionError:
            return "unreadable"

    def _read(self, raw: bytes, at: int) -> Message | DeliveryStatus | str:
        if raw.lower().count(b"boundary=") > MOST_PARTS:
            return "unreadable"
        mail = message_from_bytes(raw)
        sender = normal(_address(mail, "From"))
        if mail.get_content_type() == "multipart/report":
            return self._report(mail)
        if not sender:
            return "unreadable"
        if sender == self._address:
            return "ours"
        if _ROBOTS.match(sender) or _automatic(mail):
            return "automatic"
        if _said(mail, "Precedence").lower() in ("bulk", "list", "junk") or mail["List-Id"] or mail["List-Unsubscribe"]:
            return "list"
        if self._authserv and not self._proven(mail, sender.partition("@")[2]):
            return "unproven"
        subject = _header(mail, "Subject")[:MOST_SUBJECT]
        text = _text(mail, subject)
        files = attached(mail, len(raw) < MOST_BYTES)
        if not text:  # a mail of nothing but files says what they are
            text, files = "\n".join(files), []
        if not text:
            return "empty"
        id_ = _said(mail, "Message-ID")
        return Message(
            sender=sender,
            recipient=self._address,
            text=text,
            provider_id=id_ if is_message_id(id_) else f"sha256:{hashlib.sha256(raw).hexdigest()}",
            channel="email",
            sent_at=at,
            subject=subject,
            attached=tuple(files),
        )

    def _proven(self, mail: Mail, domain: str) -> bool:
        """Whether the first result that our own server has written, on top of all others, is good for the sender."""
        for given in mail.get_all("Authentication-Results") or []:
            name, _, results = " ".join(str(given).split()).partition(";")
            if name.split(" ")[0].strip().lower() != self._authserv:
                continue
            for one in re.sub(r"\([^()]*\)", " ", results).split(";"):
                found = _RESULT.search(one)
                if found is None or found[2].lower() != "pass":
                    continue
                domains = {hit.lower().rstrip(".") for hit in _DOMAIN.findall(one)}
                if found[1].lower() == "dmarc" or any(_aligned(domain, other) for other in domains):
                    return True
            return False
        return False

    def _report(self, mail: Mail) -> DeliveryStatus | str:
        """How a mail of ours stands, by a report that has its headers with it."""
        action = code = ours = recipient = ""
        for part in mail.walk():
            kind = part.get_content_type()
            if kind == "message/delivery-status":
                for block in _parts(part):
                    action = action or _said(block, "Action").lower()
                    code = code or _said(block, "Status").split(" ")[0]
            elif kind in ("message/rfc822", "text/rfc822-headers") and not ours:
                original = _original(part)
                found = _OURS.fullmatch(_said(original, "Message-ID")) if original is not None else None
                if original is not None and found and found[2].lower() == self._address.partition("@")[2]:
                    ours, recipient = found[0], normal(_address(original, "To"))
        status = STATUSES.get(action)
        if status is None or not ours or not recipient:
            return "report"
        found = _OURS.fullmatch(ours)
        code = code if re.fullmatch(r"[245]\.\d{1,3}\.\d{1,3}", code) else ""
        made = report_of(ours, recipient, status, code or None, message_id=found[1] if found else None)
        return DeliveryStatus(
            made.provider_id, made.recipient, made.status, made.message_id, made.code, made.detail, channel="email"
        )


def _automatic(mail: Mail) -> bool:
    """Whether a program wrote it, or whoever wrote it wants no program's answer (RFC 3834)."""
    submitted = _said(mail, "Auto-Submitted").lower()
    suppressed = {word.strip() for word in _said(mail, "X-Auto-Response-Suppress").lower().split(",")}
    return (
        submitted.partition(";")[0].strip() not in ("", "no")
        or bool(suppressed & {"all", "autoreply", "oof"})
        or any(mail[name] for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
        or _said(mail, "Precedence").lower() == "auto_reply"
        or _said(mail, "Return-Path") == "<>"
    )


def _aligned(domain: str, other: str) -> bool:
    """Whether the sender's domain is the one that was checked, or a part of it. The other way round it could be that of
    somebody who shares an ending with them."""
    return domain == other or ("." in other and domain.endswith(f".{other}"))


def _original(part: Mail) -> Mail | None:
    """The mail, or the headers of it, that a report brings back."""
    if part.is_multipart():
        return next(iter(_parts(part)), None)
    content = part.get_payload(decode=True)
    return message_from_bytes(content) if isinstance(content, bytes) else None


def _parts(mail: Mail) -> list[Mail]:
    """The parts right in a part."""
    inside = mail.get_payload()
    return [one for one in inside if isinstance(one, Mail)] if isinstance(inside, list) else []


def _said(mail: Mail, name: str) -> str:
    """A header as it stands, on one line; empty where there is none."""
    return " ".join(str(mail.get(name, "")).split())


def _header(mail: Mail, name: str) -> str:
    """A header in words. What can't be decoded is left as it stands."""
    said = _said(mail, name)
    try:
        parts = [_decoded(word, charset or "ascii") for word, charset in decode_header(said)]
    except (ValueError, LookupError, UnicodeError, AssertionError):
        parts = [said]
    return " ".join(clean("".join(parts)).split())


def _address(mail: Mail, name: str) -> str:
    """The one address in a header; empty where there is none, or more."""
    given = [str(one) for one in mail.get_all(name) or []]
    found = [address for _, address in getaddresses(given) if address] if len(given) == 1 else []
    return found[0] if len(found) == 1 else ""


def _decoded(content: bytes | str, charset: str) -> str:
    """Bytes as text. A charset that nobody knows, or that it is not, is UTF-8 or what Windows writes."""
    if isinstance(content, str):
        return content
    for one in (charset, "utf-8"):
        try:
            return content.decode(one)
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def _text(mail: Mail, subject: str) -> str:
    """Their own words, without what they answer and how they sign. A mail that begins a thread says its subject first;
    one that has only a subject says that."""
    words = own_words(_body(mail))[:MOST_TEXT]
    begins = not (mail["In-Reply-To"] or mail["References"] or is_answer(subject))
    if not words:
        return clean(subject) if begins or keyword(subject) else ""
    if keyword(words) or not begins or not subject or subject.casefold() in words.casefold():
        return clean(words)
    said = keyword(subject)
    if said is not None and said.kind == "stop":  # the link that every mail of ours has
        return clean(subject)
    return clean(f"{subject}\n{words}")


def _body(mail: Mail) -> str:
    """The words of a mail: its plain parts or, where these say nothing, those in HTML."""
    plain: list[str] = []
    html: list[str] = []
    for part in _inline(mail):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html"):
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        text = _decoded(content, part.get_content_charset() or "utf-8")
        if kind == "text/html":
            html.append(from_html(text[:MOST_HTML]))
        elif str(part.get_param("format") or "").lower() == "flowed":
            plain.append(unfold(text, joined=str(part.get_param("delsp") or "").lower() == "yes"))
        else:
            plain.append(text)
    said = "\n".join(plain)
    return said if said.strip() else "\n".join(html)


def _inline(mail: Mail) -> list[Mail]:
    """The parts that are shown: not those of a mail in the mail, nor what is attached."""
    found: list[Mail] = []
    waiting = [mail]
    while waiting and len(found) < MOST_PARTS:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += reversed(_parts(part))
        elif part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
            found.append(part)
    return found
