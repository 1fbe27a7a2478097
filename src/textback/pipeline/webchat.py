"""Web chat: a visitor's text as arrivals, and what the visitor's page may show of the thread."""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from textback.channels.files import type_of
from textback.channels.web import Agreement, provider_id
from textback.core.evidence import Evidence
from textback.core.files import SHOWN
from textback.core.offer import load_offer
from textback.core.phone import VISITOR
from textback.engine.arrivals import ConsentChange, DeliveryStatus, Media, Message
from textback.pipeline.accept import incoming
from textback.pipeline.lines import Line
from textback.store.db import Row
from textback.store.inbox import Home, Incoming

_media = msgspec.json.Decoder(tuple[Media, ...])
_OPENS = ("https://", "http://")
TICKED, READ = "ticked the box and sent a text", "sent a text below the notice"


class Visit(msgspec.Struct, frozen=True):
    """Who writes, and from where: the address of their thread, the page, their own network address and browser."""

    address: str
    page: str
    ip: str
    user_agent: str


class Shown(msgspec.Struct, frozen=True, omit_defaults=True, rename={"from_": "from"}):
    """A text as the visitor's page has it. `from` is you or us, whoever of us wrote it; `ref` is what the page called
    its own text; `options` are what it offers to choose from; `media` are addresses of pictures and files,
    and `pictures` those of them that a page may draw."""

    id: str
    from_: str
    text: str
    at: int
    ref: str = ""
    options: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


def address_of(line: str, token: str) -> str:
    """The address of whoever has this token on this line. The token itself is kept nowhere."""
    return VISITOR + hashlib.sha256(f"{line}:{token}".encode()).hexdigest()[:32]


def heard(line: Line, visit: Visit, ref: str, text: str, agreement: Agreement | None) -> list[Incoming]:
    """What one text of a visitor puts into the inbox: that they agreed, where they did, and then the text. Each is
    stored once, however often the page posts it."""
    message = Message(visit.address, line.number, text, ref, "web")
    if agreement is None:
        return [incoming(line.name, message)]
    evidence = Evidence(
        message_class="conversational",
        method="web",
        wording=agreement.words,
        wording_version=agreement.version,
        action=TICKED if agreement.ticked else READ,
        source=visit.page,
        ip=visit.ip,
        user_agent=visit.user_agent,
        session=visit.address,
    )
    change = ConsentChange("opt_in", evidence, quiet=True)
    key = f"agreed-{agreement.version}"
    return [incoming(line.name, change, address=visit.address, key=key, family="web"), incoming(line.name, message)]


def delivered(line: str, whose: Home, address: str, rows: Sequence[Row[Any]]) -> list[Incoming]:
    """That the page has these texts of ours now, where nobody knew that."""
    return [
        incoming(line, DeliveryStatus(provider_id(row.id), address, "delivered", row.id), contact_id=whose.contact_id)
        for row in rows
        if row.direction == "out" and row.status not in ("delivered", "read")
    ]


def shown(row: Row[Any]) -> Shown:
    """One row of the thread for its visitor: no name, no note, nothing of how it came about."""
    files = [one for one in _media.decode(row.media) if one.url.startswith(_OPENS)] if row.media != "[]" else []
    media = tuple(one.url for one in files)
    pictures = tuple(one.url for one in files if type_of(one) in SHOWN)
    if row.direction == "in":
        return Shown(row.id, "you", row.text, row.at, row.provider_id or "", media=media)
    offer = load_offer(row.offer or "")
    if offer is None:
        return Shown(row.id, "us", row.text, row.at, media=media, pictures=pictures)
    words = offer.without(row.text)
    return Shown(row.id, "us", words, row.at, options=offer.options, media=media, pictures=pictures)
