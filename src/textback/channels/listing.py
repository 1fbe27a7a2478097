"""Reading the lists that providers keep: one page at a time, at most so many, and never from another address."""

from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from textback.channels.base import ListFailed
from textback.channels.client import Broken, Session, Target, TooSlow, Unreachable

PAGE = 50
"""Entries in a page. More, and a page of long texts would be more than an answer may be."""
PAGES = 100
"""Pages that one listing reads at most."""

_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_T = TypeVar("_T")


class Reader:
    """Gets pages from one provider's API. `who` is its name in sentences."""

    def __init__(self, http: Session, base: str, headers: Mapping[str, str], who: str) -> None:
        self._http = http
        self.base = base
        self._headers = headers
        self._who = who

    async def get(self, path: str, query: Sequence[tuple[str, str]], decoder: msgspec.json.Decoder[_T]) -> _T | None:
        """What is at this path of the API; None when nothing is (404). Raises ListFailed."""
        url = f"{self.base}{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            answer = await self._http.get(Target(url, self._headers, "GET"))
        except (Unreachable, Broken, TooSlow) as error:
            raise ListFailed(f"{self._who} could not be asked for its list: {error}"[:200]) from None
        except ValueError:
            raise ListFailed(f"{self._who} named a page that can't be asked for.") from None
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise ListFailed(f"{self._who} answered {answer.status} when asked for its list.")
        try:
            return decoder.decode(answer.body)
        except _UNREADABLE:
            raise ListFailed(f"{self._who} answered with a list that can't be read.") from None

    async def page(self, path: str, query: Sequence[tuple[str, str]], decoder: msgspec.json.Decoder[_T]) -> _T:
        """As `get`, for what must be there."""
        found = await self.get(path, query, decoder)
        if found is None:
            raise ListFailed(f"{self._who} answered 404 when asked for its list.")
        return found


def squeezed(text: str) -> str:
    """A text for comparing: providers may change its white space."""
    return " ".join(text.split())
