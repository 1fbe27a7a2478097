"""What is posted to WhatsApp for a text of ours: words, a file with its caption, buttons or a list."""

from typing import Any

from textback.channels.base import Outgoing
from textback.engine.arrivals import Media

MOST_CAPTION = 1024
KINDS = ("image", "video", "audio")
"""Files that are shown as what they are; all others are documents."""
ENDINGS = {"jpg": "image", "jpeg": "image", "png": "image", "mp4": "video", "3gp": "video"} | dict.fromkeys(
    ("mp3", "m4a", "amr", "ogg", "aac"), "audio"
)


def content_of(outgoing: Outgoing) -> dict[str, Any]:
    """The part of the body that says what is sent. A message has one file: further ones go as addresses in its words,
    and so does the first where the words are too long for a caption."""
    media = list(outgoing.media)
    first = media[0] if media and len(outgoing.text) <= MOST_CAPTION else None
    rest = media[1:] if first is not None else media
    kind = "" if first is None else _kind(first)
    words = "\n".join(part for part in (outgoing.text, *(one.url for one in rest)) if part)
    if first is None or (kind == "audio" and words) or len(words) > MOST_CAPTION:  # what is heard has no caption
        words = "\n".join(part for part in (outgoing.text, *(one.url for one in media)) if part)
        return {"type": "text", "text": {"body": words, "preview_url": bool(media)}}
    return {"type": kind, kind: {"link": first.url, **({"caption": words} if words else {})}}


def _kind(medium: Media) -> str:
    """The type of message that a file is sent as: by what it is said to be, else by the end of its address."""
    said = medium.content_type.partition("/")[0]
    if said:
        return said if said in KINDS else "document"
    ending = medium.url.partition("?")[0].rpartition(".")[2].lower()
    return ENDINGS.get(ending, "document")
