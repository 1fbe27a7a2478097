"""Choices on RCS by Twilio: a content template for each number of them, made once in the account and found there again.

Contract: Twilio's pages on the Content API, on the type twilio/card, which by RCS is a list of chips where it has no
picture, and on sending with a ContentSid, and its OpenAPI specification of Content, as read on 2026-11-22. What has
several types goes as the first that the channel knows, so by SMS it is its twilio/text. RCS needs nobody's approval.
"""

import asyncio
import json
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from textback.channels.base import ListFailed, Outgoing
from textback.channels.client import Broken, Session, TooSlow, Unreachable
from textback.channels.http import target
from textback.channels.listing import PAGE, PAGES, Reader
from textback.channels.reading import UNREADABLE

BASE_URL = "https://content.twilio.com"
NAME = "textback_choices_1_"
"""How our templates are called there; their number of choices follows. The 1 is of these words: others get another."""
MOST_CHIPS, MOST_TITLE, MOST_ID = 10, 25, 200
"""How many chips there may be, and characters of what one says and of what it sends back."""
MOST_WORDS, MOST_TEXT = 1024, 1600
"""Characters of the words above chips, and of the text by SMS."""
TAPPED = "textback:"
"""How what a chip of ours sends back begins; the choice follows."""
BROKEN = frozenset({"21655", "21656"})
"""Twilio's codes for a template or for values that it does not take: the text goes in words then."""
PAUSE = 300.0
"""Seconds until Twilio is asked again for a template that could not be had."""
_SID = re.compile(r"HX[0-9a-fA-F]{32}")


class _Content(msgspec.Struct):
    sid: str = ""
    friendly_name: str | None = None


class _Meta(msgspec.Struct):
    next_page_url: str | None = None


class _Page(msgspec.Struct):
    contents: list[_Content]
    meta: _Meta = msgspec.field(default_factory=_Meta)


_content = msgspec.json.Decoder(_Content)
_page = msgspec.json.Decoder(_Page)


def card(count: int) -> dict[str, Any]:
    """The template of so many choices. Its values: 1 the words, 2 all of it for SMS, then each chip and its answer."""
    chips = [
        {"type": "QUICK_REPLY", "title": f"{{{{{3 + 2 * n}}}}}", "id": f"{{{{{4 + 2 * n}}}}}"} for n in range(count)
    ]
    usual = {"1": "Which one?", "2": "Which one? Reply 1 or 2."}
    for n in range(count):
        usual |= {str(3 + 2 * n): f"Choice {n + 1}", str(4 + 2 * n): f"{TAPPED}Choice {n + 1}"}
    types = {"twilio/card": {"body": "{{1}}", "actions": chips}, "twilio/text": {"body": "{{2}}"}}
    return {"friendly_name": f"{NAME}{count}", "language": "en", "variables": usual, "types": types}


def values(outgoing: Outgoing) -> dict[str, str] | None:
    """The values of a text's card; None where it offers nothing, or has files or words that no chip can show."""
    offer = outgoing.offer
    if offer is None or outgoing.media or not 1 <= len(offer.options) <= MOST_CHIPS:
        return None
    words = offer.without(outgoing.text)
    if not words.strip() or len(words) > MOST_WORDS or len(outgoing.text) > MOST_TEXT:
        return None
    titles = [one if len(one) <= MOST_TITLE else f"{one[: MOST_TITLE - 1].rstrip()}…" for one in offer.options]
    answers = [f"{TAPPED}{one}" for one in offer.options]
    if len(set(titles)) < len(titles) or any(not one.strip() for one in titles) or len(max(answers, key=len)) > MOST_ID:
        return None
    found = {"1": words, "2": outgoing.text}
    for n, (title, answer) in enumerate(zip(titles, answers, strict=True)):
        found |= {str(3 + 2 * n): title, str(4 + 2 * n): answer}
    return found


def tapped(form: Mapping[str, str]) -> str | None:
    """What somebody chose who tapped a chip; None where this is no tap. A chip of another program is its own words."""
    if not ("ButtonPayload" in form or "ButtonText" in form):
        return None
    answer = form.get("ButtonPayload", "")
    if answer.startswith(TAPPED):
        return answer[len(TAPPED) :]
    return form.get("Body", "").strip() or form.get("ButtonText", "") or answer


class Contents:
    """The templates of one account. What could not be had is asked for again after PAUSE."""

    def __init__(self, http: Session, base: str, login: Mapping[str, str]) -> None:
        self._http = http
        self._reader = Reader(http, base, login, "Twilio")
        login = {**login, "Content-Type": "application/json"}
        self._target = target(f"{base}/v1/Content", login, "TWILIO_CONTENT_URL")
        self._known: dict[int, str] = {}
        self._read = False
        self._next_at = 0.0
        self._one = asyncio.Lock()

    async def fields(self, outgoing: Outgoing) -> list[tuple[str, str]] | None:
        """The fields that send a text as a card; None where it goes in words."""
        said = values(outgoing)
        if said is None or outgoing.offer is None:
            return None
        sid = await self._sid(len(outgoing.offer.options))
        return [("ContentSid", sid), ("ContentVariables", json.dumps(said, ensure_ascii=False))] if sid else None

    def forget(self) -> None:
        """Twilio does not take what was known: ask it again, not at once."""
        self._known.clear()
        self._read = False
        self._next_at = time.monotonic() + PAUSE

    async def _sid(self, count: int) -> str:
        """The template of so many choices, found or made; "" where it can't be had now."""
        async with self._one:
            if count in self._known:
                return self._known[count]
            if time.monotonic() < self._next_at:
                return ""
            try:
                if not self._read:
                    await self._look()
                    self._read = True
                if count not in self._known:
                    self._known[count] = await self._make(count)
            except (ListFailed, Unreachable, Broken, TooSlow):
                self._next_at = time.monotonic() + PAUSE
                return ""
            return self._known[count]

    async def _look(self) -> None:
        """Which of ours are there. Of two of a kind, which two servers made at once, either will do."""
        query = [("ContentName", NAME), ("PageSize", str(PAGE))]
        for _ in range(PAGES):
            page = await self._reader.page("/v2/Content", query, _page)
            for one in page.contents:
                count = (one.friendly_name or "").removeprefix(NAME)
                ours = (one.friendly_name or "").startswith(NAME) and count.isascii() and count.isdigit()
                if ours and len(count) < 3 and _SID.fullmatch(one.sid):
                    self._known.setdefault(int(count), one.sid)
            if not page.meta.next_page_url:
                return
            try:  # only its query: what an answer says is no reason to send the login anywhere else
                query = parse_qsl(urlsplit(page.meta.next_page_url).query, keep_blank_values=True)
            except ValueError:
                raise ListFailed("Twilio named a page that can't be asked for.") from None

    async def _make(self, count: int) -> str:
        answer = await self._http.post(self._target, json.dumps(card(count)).encode())
        try:
            sid = _content.decode(answer.body).sid if 200 <= answer.status < 300 else ""
        except UNREADABLE:
            sid = ""
        if not _SID.fullmatch(sid):
            raise ListFailed(f"Twilio answered {answer.status} when asked to make a template.")
        return sid
