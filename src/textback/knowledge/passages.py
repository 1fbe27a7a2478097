"""A passage: a piece of the business's knowledge that answers one thing, and where it is from."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import msgspec

from textback.core.sentences import spans

FOLDER = "knowledge/"
SUFFIXES = (".md", ".csv")
"""Files that are read for passages. What else there may be, `knowledge/urls.yml`, says where to get more."""
URLS = "knowledge/urls.yml"
LONGEST = 600
"""Characters that a passage of running text has at most; a longer one is cut where a sentence ends."""
LONGEST_ANSWER = 1_500
"""Characters of an answer from which on it answers more than one thing."""
LONGEST_TEXT = 6_000
"""Characters of a passage that are used at all."""
MOST_PASSAGES = 20_000

_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 60
_SPAN = re.compile(r"([1-9][0-9]{0,3})\s*d(?:ays)?")
_DAY = 86_400_000


class Passage(msgspec.Struct, frozen=True):
    """One piece of knowledge.

    Attributes:
        id: The file and what the passage is about: `prices.md#tune-up`. Stays while these stay.
        file: The file in the bot folder, and `line` where in it.
        text: What it says, without markup.
        questions: How people ask for it, where somebody has written that down: then `text` is the answer.
        headings: What it stands under, from the file's title down.
        locale: The language it was declared to be in; empty where nobody did.
        date: When it was written, as an ISO date, if known.
        url: The page it is from, if any.
        stale_at: From then on (ms) it is no longer said; 0 for never.
    """

    id: str
    file: str
    line: int
    text: str
    questions: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    locale: str = ""
    date: str = ""
    url: str = ""
    stale_at: int = 0

    @property
    def about(self) -> str:
        """What it is about, in a few words: its first question, or what it stands under."""
        return self.questions[0] if self.questions else " - ".join(self.headings[-2:])

    @property
    def source(self) -> str:
        """Where people can read it: the page, or the file."""
        return self.url or self.file

    def stale(self, now: int) -> bool:
        """Whether its time is over."""
        return 0 < self.stale_at <= now


class Flaw(msgspec.Struct, frozen=True):
    """Something wrong or unwise in a knowledge file, and what to do about it."""

    file: str
    line: int
    message: str
    fix: str = ""
    level: Literal["error", "warning"] = "warning"


class About(msgspec.Struct, frozen=True):
    """What a file says of itself, for all of its passages."""

    title: str = ""
    locale: str = ""
    date: str = ""
    url: str = ""
    stale_at: int = 0


KEYS = ("title", "locale", "date", "url", "stale_after")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


def about(values: Mapping[str, str], file: str, lines: Mapping[str, int], flaws: list[Flaw]) -> About:
    """Read what a file, or a row of one, says of itself. What can't be read is noted and left out."""

    def wrong(key: str, message: str, fix: str) -> str:
        flaws.append(Flaw(file, lines.get(key, 1), message, fix, "error"))
        return ""

    locale, day, url = values.get("locale", ""), values.get("date", ""), values.get("url", "")
    if locale and not _LOCALE.fullmatch(locale):
        locale = wrong("locale", f"There is no locale {locale!r}.", "Use a code such as en, es or en-US.")
    if day and _day(day) is None:
        day = wrong("date", f"{day!r} is no date.", "Write it like 2026-01-31.")
    if url and not url.startswith(("https://", "http://")):
        url = wrong("url", f"{url!r} is no web address.", "Write it with https:// in front.")
    stale_at = 0
    after = values.get("stale_after", "")
    if after:
        end = _stale(after, day)
        if end is None:
            fix = "Write a date like 2026-06-30, or with date: a number of days, like 180d."
            wrong("stale_after", f"stale_after can't be {after!r}.", fix)
        else:
            stale_at = int(datetime(end.year, end.month, end.day, tzinfo=UTC).timestamp()) * 1000 + _DAY
    return About(values.get("title", ""), locale, day, url, stale_at)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _stale(text: str, day: str) -> date | None:
    span, begun = _SPAN.fullmatch(text), _day(day)
    if span is not None:
        return begun + timedelta(days=int(span[1])) if begun is not None else None
    return _day(text)


class Names:
    """Gives each passage of a file a name of its own."""

    def __init__(self, file: str) -> None:
        self._file = file.removeprefix(FOLDER)
        self._taken: dict[str, int] = {}

    def of(self, what: str) -> str:
        """`faq.md#do-you-ship`; the second of the same name is `faq.md#do-you-ship-2`."""
        slug = slug_of(what) or "text"
        count = self._taken[slug] = self._taken.get(slug, 0) + 1
        return f"{self._file}#{slug}" if count == 1 else f"{self._file}#{slug}-{count}"


def slug_of(text: str) -> str:
    """Small letters, digits and hyphens."""
    bare = unicodedata.normalize("NFKD", text.lower().replace("'", "").replace("’", ""))
    kept = "".join(c for c in bare if unicodedata.category(c) != "Mn")
    return _SLUG.sub("-", kept).strip("-")[:_LONGEST_SLUG].rstrip("-")


def pieces(text: str, longest: int = LONGEST) -> Iterable[str]:
    """A text cut where sentences end, each piece as long as it may be. A sentence that is longer stays whole."""
    start = end = 0
    for begin, stop in spans(text):
        if end and stop - start > longest:
            yield text[start:end]
            start = begin
        elif not end:
            start = begin
        end = stop
    if end:
        yield text[start:end]
