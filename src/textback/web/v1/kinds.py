"""What several kinds of thing in the API share: how ids and times look, and which lines and owners are asked for."""

from typing import Annotated

from msgspec import Meta
from starlette.requests import Request

from textback.core.text import clean
from textback.core.when import to_iso
from textback.web.access import check_line, key_of
from textback.web.api import default_line
from textback.web.context import WebContext
from textback.web.problems import wrong

TAG = r"^([a-z0-9][a-z0-9_-]{0,39})?$"
QUEUE = r"^([a-z0-9][a-z0-9_-]{0,39})?$"
OWNER = r"^[a-z0-9]{0,32}$"
PLACE = (int, str)
"""What cursors of conversations and contacts hold."""
CONTACT_PATH = "The contact's id or phone number."

Id = Annotated[str, Meta(examples=["7c0f9a2be4d1835c6a90b1f2"])]
Number = Annotated[str, Meta(examples=["+12065550123"])]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"}, examples=["2026-11-21T10:00:00Z"])]
LineName = Annotated[str, Meta(max_length=64)]


def iso(at: int | None) -> str | None:
    """A time as programs read it; None for none."""
    return to_iso(at) if at else None


def lines_for(request: Request, wanted: str) -> frozenset[str]:
    """The lines that a list is of: the one that is wanted, else those of the key; none is all. Raises Refused."""
    if wanted:
        check_line(request, clean(wanted))
        return frozenset((clean(wanted),))
    return key_of(request).lines


def owner_of(request: Request, wanted: str) -> str:
    """Whose conversations are wanted."""
    return key_of(request).id if wanted == "me" else wanted


def line_for_new(request: Request, wanted: str) -> str:
    """The line that a new conversation starts on: the one that is wanted, else the usual one, or the key's first.
    Raises Refused."""
    ctx: WebContext = request.app.state.ctx
    key = key_of(request)
    line = clean(wanted) or default_line(ctx).name
    if not wanted and not key.for_line(line):
        line = next((name for name in ctx.lines if name in key.lines), line)
    check_line(request, line)
    if line not in ctx.lines:
        raise wrong("There is no such line.", "line")
    return line
