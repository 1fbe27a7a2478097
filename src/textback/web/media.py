"""Files that contacts send, as a thread shows them and as programs are told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textback.core.files import ENDINGS, SHOWN, size_words
from textback.web.context import WebContext
from textback.web.retelling import retell

PATH = "/media/"


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as the thread shows it. `what` is picture, audio, video, pdf, card or file; `inline` whether a page may
    draw it; `kind` its type in a word, such as JPEG; `size` in words, "" where it is not known; `link` the provider's
    address, where that helps."""

    id: str
    state: str
    what: str
    kind: str
    size: str
    inline: bool
    detail: str
    link: str


def _what(kind: str) -> str:
    if kind in ("application/pdf", "text/vcard", "text/x-vcard"):
        return "pdf" if kind == "application/pdf" else "card"
    family = kind.partition("/")[0]
    return {"image": "picture", "audio": "audio", "video": "video"}.get(family, "file")


def shown(row: Any) -> Shown:
    """One file."""
    kind = row.content_type or str(row.said).partition(";")[0].strip().lower()
    helps = row.state in ("large", "full") and str(row.url).startswith("https://")
    return Shown(
        row.id, row.state, _what(kind), ENDINGS.get(kind, "").upper(), size_words(row.size) if row.size else "",
        row.state == "kept" and kind in SHOWN, retell(row.detail), row.url if helps else "",
    )  # fmt: skip


def keys_of(messages: Sequence[Any]) -> list[tuple[int, str, str]]:
    """The keys of those of these messages that came with files."""
    return [(row.bucket, row.contact_id, row.id) for row in messages if row.direction == "in" and row.media != "[]"]


def addresses(ctx: WebContext, given: Sequence[str], files: Sequence[Any]) -> list[str]:
    """The addresses that a program reads a message's files at: ours of those that are kept, or will be; of others the
    provider's."""
    ours = {row.place: f"{ctx.public_url.rstrip('/')}{PATH}{row.contact_id}/{row.id}" for row in files
            if row.state in ("kept", "waiting")}  # fmt: skip
    return [ours.get(place, url) for place, url in enumerate(given)]
