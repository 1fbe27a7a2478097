"""The files of a text that a program asks for: reading them, and whether the line's provider takes them."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from textback.channels.files import MOST, unfit
from textback.channels.registry import PROVIDERS
from textback.core.text import clean
from textback.engine.arrivals import Media
from textback.web.context import WebContext
from textback.web.problems import Refused, wrong

MOST_URL = 2_000


class MediaFile(msgspec.Struct, forbid_unknown_fields=True):
    """A picture or file that goes with a text: where it is, and what is known of it. What is said of its type and size
    (bytes) is checked before it is stored; without `content_type` the end of the address tells."""

    url: Annotated[str, Meta(examples=["https://www.example.com/map.png"])]
    content_type: Annotated[str, Meta(max_length=120, examples=["image/png"])] = ""
    size: Annotated[int, Meta(ge=1, le=2**40)] | None = None


def files_of(wanted: Sequence[str | MediaFile], channel: str) -> tuple[Media, ...]:
    """The files that are asked for. Raises Refused where one can't be used by any provider."""
    if wanted and channel == "sms":
        raise wrong("sms carries no media. Use mms or auto.", "channel")
    if len(wanted) > MOST:
        raise wrong(f"Give at most {MOST} media.", "media")
    found = tuple(
        Media(one) if isinstance(one, str) else Media(one.url, clean(one.content_type), one.size) for one in wanted
    )
    for media in found:
        if not _good(media.url):
            raise wrong("Media are https addresses such as https://www.example.com/map.png.", "media")
    return found


def _good(url: str) -> bool:
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and bool(parts.hostname) and not parts.username and url == clean(url)
    except ValueError:
        return False
    return good and len(url) <= MOST_URL and not any(char <= " " for char in url)


def check_fit(ctx: WebContext, line: str, media: Sequence[Media], field: str) -> None:
    """Whether the line's provider takes these files, which came in this field. Raises Refused."""
    found = ctx.road.lines.get(line)
    spec = PROVIDERS.get(found.provider.name) if found is not None else None
    if spec is None or spec.traits is None:
        return
    bad = unfit(spec.title, spec.traits.files, media)
    if bad is not None:
        place = f"{field}.{bad.place}" if bad.place >= 0 and field == "media" else field
        raise Refused(422, bad.code, bad.why, place)
