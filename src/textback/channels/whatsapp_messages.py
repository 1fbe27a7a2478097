"""What is posted to WhatsApp for a text of ours: words, a file with its caption, buttons or a list."""

from collections.abc import Sequence
from typing import Any

from textback.channels.base import Outgoing
from textback.core.provider_templates import CODE, HEADER, LINK, Filled
from textback.engine.arrivals import Media

MOST_CAPTION, MOST_WORDS = 1024, 1024
"""Characters of a caption, and of the words above buttons."""
MOST_BUTTONS, BUTTON, ROW = 3, 20, 24
"""How many buttons there may be, and characters of a button's title and of a row's; more options are rows of a list."""
MOST_ROWS, MOST_ID = 10, 200
KINDS = ("image", "video", "audio")
"""Files that are shown as what they are; all others are documents."""
ENDINGS = {"jpg": "image", "jpeg": "image", "png": "image", "mp4": "video", "3gp": "video"} | dict.fromkeys(
    ("mp3", "m4a", "amr", "ogg", "aac"), "audio"
)
LIST = "☰"
"""What opens a list: Meta wants a word there, and a sign needs no language."""


def content_of(outgoing: Outgoing) -> dict[str, Any]:
    """The part of the body that says what is sent. Options are buttons, or a list, where they fit; else the text says
    them. A message has one file: further ones go as addresses in its words, and so does the first where the words are
    too long for a caption. What goes as a template of Meta's is only its name and its values."""
    if outgoing.template is not None:
        return {"type": "template", "template": _template(outgoing.template, outgoing.media)}
    chosen = _interactive(outgoing)
    if chosen is not None:
        return {"type": "interactive", "interactive": chosen}
    media = list(outgoing.media)
    first = media[0] if media and len(outgoing.text) <= MOST_CAPTION else None
    rest = media[1:] if first is not None else media
    kind = "" if first is None else _kind(first)
    words = "\n".join(part for part in (outgoing.text, *(one.url for one in rest)) if part)
    if first is None or (kind == "audio" and words) or len(words) > MOST_CAPTION:  # what is heard has no caption
        words = "\n".join(part for part in (outgoing.text, *(one.url for one in media)) if part)
        return {"type": "text", "text": {"body": words, "preview_url": bool(media)}}
    return {"type": kind, kind: {"link": first.url, **({"caption": words} if words else {})}}


def _template(filled: Filled, media: Sequence[Media]) -> dict[str, Any]:
    """A template with its values, and the file that it begins with."""
    parts: list[dict[str, Any]] = []
    if filled.header and media:
        file = {"type": filled.header, filled.header: {"link": media[0].url}}
        parts.append({"type": "header", "parameters": [file]})
    for kind, values in (("header", filled.of(HEADER)), ("body", filled.of(""))):
        if values:
            parts.append({"type": kind, "parameters": _words(values)})
    parts += [
        {"type": "button", "sub_type": "url", "index": place, "parameters": [{"type": "text", "text": value}]}
        for place, value in filled.of(LINK)
    ]
    parts += [
        {
            "type": "button", "sub_type": "COPY_CODE", "index": int(place),  # so Meta's page of coupons has it
            "parameters": [{"type": "coupon_code", "coupon_code": value}],
        }
        for place, value in filled.of(CODE)
    ]  # fmt: skip
    found: dict[str, Any] = {"name": filled.name, "language": {"policy": "deterministic", "code": filled.language}}
    return found | ({"components": parts} if parts else {})


def _words(values: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Values as parameters: by name, or in the order of their numbers, by which they are put in."""
    if any(not name.isdigit() for name, _ in values):
        return [{"type": "text", "text": value, "parameter_name": name} for name, value in values]
    return [{"type": "text", "text": value} for _, value in sorted(values, key=lambda one: int(one[0]))]


def _interactive(outgoing: Outgoing) -> dict[str, Any] | None:
    """The options as buttons or as a list; None where there are none, or they or the words do not fit."""
    offer, media = outgoing.offer, outgoing.media
    if offer is None or len(media) > 1 or not 1 <= len(offer.options) <= MOST_ROWS:
        return None
    words = offer.without(outgoing.text)
    if not words or len(words) > MOST_WORDS or any(not one.strip() or len(one) > MOST_ID for one in offer.options):
        return None
    header: dict[str, Any] = {}
    if media:
        kind = _kind(media[0])
        if kind == "audio" or len(offer.options) > MOST_BUTTONS:  # a list has no picture, and nothing has a sound
            return None
        header = {"header": {"type": kind, kind: {"link": media[0].url}}}
    long = any(len(one) > BUTTON for one in offer.options)
    as_list = len(offer.options) > MOST_BUTTONS or (long and not media)
    titles = _titles(offer.options, ROW if as_list else BUTTON)
    if titles is None:
        return None
    pairs = list(zip(offer.options, titles, strict=True))
    body = {"body": {"text": words}}
    if not as_list:
        buttons = [{"type": "reply", "reply": {"id": id_, "title": title}} for id_, title in pairs]
        return {"type": "button", **header, **body, "action": {"buttons": buttons}}
    rows = [{"id": id_, "title": title} | _more(id_, title) for id_, title in pairs]
    return {"type": "list", **body, "action": {"button": LIST, "sections": [{"rows": rows}]}}


def _titles(options: Sequence[str], most: int) -> list[str] | None:
    """Titles of at most so many characters; None where two would look the same."""
    found = [one if len(one) <= most else f"{one[: most - 1].rstrip()}…" for one in options]
    return found if len(set(found)) == len(found) else None


def _more(option: str, title: str) -> dict[str, str]:
    """A row whose title had to be cut says all of it below."""
    return {} if option == title else {"description": option[:72]}


def _kind(medium: Media) -> str:
    """The type of message that a file is sent as: by what it is said to be, else by the end of its address."""
    said = medium.content_type.partition("/")[0]
    if said:
        return said if said in KINDS else "document"
    ending = medium.url.partition("?")[0].rpartition(".")[2].lower()
    return ENDINGS.get(ending, "document")
