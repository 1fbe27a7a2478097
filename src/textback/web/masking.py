"""Numbers and e-mail addresses, masked in everything that goes to a person whose role may not see them.

It is done to the finished answer, in one place, and not where pages are made: so a page, a search, an export or a live
event that somebody adds tomorrow is masked too. What looks like a phone number is masked even where it is none.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator, Collection

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from textback.core.phone import mask
from textback.store import people
from textback.web.auth import User
from textback.web.context import WebContext

# Seven to fifteen digits as people write numbers, and no date. Not in a longer word, such as an id.
_WRITTEN = re.compile(r"(?<![\w./=-])(?!\d{4}-\d\d-\d\d(?!\d))(?:\+|%2B|&#43;)?\(?\d(?:[ ().-]{0,2}\d){6,14}(?![\w-])")
# As programs write them: nothing else in a tag or in JSON looks like that.
_EXACT = re.compile(
    r"(?:\+|%2B|&#43;|\\u002b)\d{8,15}(?!\d)|\(\d{3}\) ?\d{3}-\d{4}|(?<![\w-])1?[2-9]\d\d[2-9]\d{6}(?![\w-])"
    r"|(?<![\w-])\d{3}-\d{3}-\d{4}(?![\w-])|\+\d{1,3}(?: \d{2,5}){2,5}"
)
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_TAG = re.compile(r"(<[^>]*>)")
_DIGITS = re.compile(r"\D")


class Mask:
    """Masks all but what may be seen by everybody here: our own numbers (digits) and our people's addresses."""

    def __init__(self, numbers: Collection[str] = (), emails: Collection[str] = ()) -> None:
        self._numbers, self._emails = frozenset(numbers), frozenset(emails)

    def _number(self, found: re.Match[str]) -> str:
        digits = _DIGITS.sub("", found[0].replace("%2B", "").replace("&#43;", "").replace("\\u002b", ""))
        if digits in self._numbers or digits.removeprefix("1") in self._numbers:
            return found[0]
        if len(digits) in (10, 11) and digits.removeprefix("1")[:1] > "1":
            return mask(f"+1{digits[-10:]}")
        return mask(digits)

    def _email(self, found: re.Match[str]) -> str:
        if found[0].lower() in self._emails:
            return found[0]
        return f"{found[0][0]}•••@{found[0].rpartition('@')[2]}"

    def plain(self, text: str) -> str:
        """Words that are no page: JSON, CSV, an event."""
        return _MAIL.sub(self._email, _EXACT.sub(self._number, text))

    def page(self, text: str) -> str:
        """A page: what people read, and what stands in its tags."""
        parts = _TAG.split(text)
        for place, part in enumerate(parts):
            if place % 2:
                parts[place] = _MAIL.sub(self._email, _EXACT.sub(self._number, part))
            else:
                parts[place] = _MAIL.sub(self._email, _WRITTEN.sub(self._number, part))
        return "".join(parts)


async def masked(request: Request, user: User, response: Response) -> Response:
    """The answer as this person may see it."""
    kind = response.headers.get("content-type", "")
    if user.may("numbers.see") or not kind.startswith(("text/", "application/json", "application/x-ndjson")):
        return response
    ctx: WebContext = request.app.state.ctx
    ours = [_DIGITS.sub("", line.number) for line in ctx.lines.values()]
    shown = [_DIGITS.sub("", number) for number in getattr(request.state, "revealed", ())]
    numbers = {number.removeprefix("1") for number in (*ours, *shown) if number} | {*ours, *shown} - {""}
    mask_ = Mask(numbers, await ctx.db.read(people.emails, ctx.workspace))
    if isinstance(response, StreamingResponse):
        response.body_iterator = _lines(response.body_iterator, mask_)
        return response
    text = bytes(response.body).decode()
    response.body = (mask_.page(text) if kind.startswith("text/html") else mask_.plain(text)).encode()
    response.headers["content-length"] = str(len(response.body))
    return response


async def _lines(parts: AsyncIterable[str | bytes | memoryview], mask_: Mask) -> AsyncIterator[bytes]:
    """Whole lines, so that no number is cut in two."""
    rest = ""
    async for part in parts:
        rest += part if isinstance(part, str) else bytes(part).decode()
        whole, newline, rest = rest.rpartition("\n")
        if newline:
            yield mask_.plain(whole + newline).encode()
    if rest:
        yield mask_.plain(rest).encode()
