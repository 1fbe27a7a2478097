"""The most texts that people were promised, read from the words that promise it, in English or Spanish (Q3). Pure."""

import calendar
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal

import msgspec

from textback.core.when import DAY, to_datetime, to_ms

Period = Literal["day", "week", "month"]
LONGEST = 62 * DAY
"""No period that reaches further back (ms) is counted, so that the gate need not read more of its record."""
_TOKEN = re.compile(r"\d+|[a-z]+|[/+-]")
_DAYS: Mapping[Period, int] = {"day": 1, "week": 7, "month": 31}
_BETWEEN = frozenset({"-", "to", "or", "and", "a", "o", "y"})
_AT_LEAST = frozenset({"+", "least", "minimum", "over", "menos", "minimo", "minima"})


class Promise(msgspec.Struct, frozen=True):
    """At most `most` texts in any period of `every` days, weeks or months."""

    most: int
    period: Period
    every: int = 1

    @property
    def reach(self) -> int:
        """How far back (ms) texts may count, however the clocks were changed."""
        return (_DAYS[self.period] * self.every + 1) * DAY

    @property
    def pace(self) -> float:
        """Texts a day: the smaller, the stricter."""
        return self.most / (_DAYS[self.period] * self.every)

    @property
    def words(self) -> str:
        """Such as "4 a month" or "1 in 2 weeks"."""
        span = f"a {self.period}" if self.every == 1 else f"in {self.every} {self.period}s"
        return f"{self.most} {span}"

    def over(self, at: int, zone: str) -> int:
        """Until when (ms) a text of that time counts: the same hour a period later, on the clock of that zone. After
        31 January comes the end of February."""
        then = to_datetime(at, zone)
        if self.period != "month":
            return to_ms(then + timedelta(days=_DAYS[self.period] * self.every))
        years, month = divmod(then.month - 1 + self.every, 12)
        year = then.year + years
        day = min(then.day, calendar.monthrange(year, month + 1)[1])
        return to_ms(then.replace(year=year, month=month + 1, day=day))


class _Language(msgspec.Struct, frozen=True):
    numbers: Mapping[str, int]
    periods: Mapping[str, Period]
    adverbs: Mapping[str, Period]
    links: frozenset[str]
    each: frozenset[str]


def _words(**kinds: str) -> dict[str, Period]:
    return {word: kind for kind in _DAYS for word in kinds[kind].split()}


def _numbers(text: str) -> dict[str, int]:
    return {word: number for number, words in enumerate(text.split(), 1) for word in words.split("/")}


_ENGLISH = _Language(
    _numbers("one/once/single two/twice three four five six seven eight nine ten eleven twelve"),
    _words(day="day days", week="week weeks wk wks", month="month months mo mos mth"),
    _words(day="daily", week="weekly", month="monthly"),
    frozenset({"/", "per", "a", "an", "each", "every", "in", "any"}),
    frozenset({"each", "every"}),
)
_SPANISH = _Language(
    _numbers("un/uno/una dos tres cuatro cinco seis siete ocho nueve diez once doce"),
    _words(day="dia dias", week="semana semanas sem", month="mes meses"),
    _words(
        day="diario diaria diarios diarias diariamente",
        week="semanal semanales semanalmente",
        month="mensual mensuales mensualmente",
    ),
    frozenset({"/", "por", "al", "la", "cada", "en"}),
    frozenset({"cada"}),
)


def _tokens(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("–", "-").replace("—", "-")
    return _TOKEN.findall("".join(char for char in plain if not unicodedata.combining(char)))


def promise_of(text: str) -> Promise | None:
    """The number and the period that words such as "Up to 4 msgs/month" promise; None where they can't be read for
    sure, as where they name two periods or the least number instead of the most."""
    tokens = _tokens(text)
    for at, token in enumerate(tokens):
        more = token in ("more", "mas") and (at == 0 or tokens[at - 1] not in ("no", "not"))
        if token in _AT_LEAST or more:
            return None
    return _read(tokens, _ENGLISH) or _read(tokens, _SPANISH)


def speaks_of_number(text: str) -> bool:
    """Whether words about how often texts come name a number or a period at all, as "Frequency varies" does not."""
    known = {*_ENGLISH.numbers, *_SPANISH.numbers} - {"a", "un", "una", "uno"}
    for one in (_ENGLISH, _SPANISH):
        known |= {*one.periods, *one.adverbs}
    return any(token.isdigit() or token in known for token in _tokens(text))


def _read(tokens: list[str], language: _Language) -> Promise | None:
    places = [at for at, token in enumerate(tokens) if token in language.periods or token in language.adverbs]
    if len(places) != 1:
        return None
    (at,) = places
    if any(token.isdigit() for token in tokens[at + 1 :]):
        return None
    if tokens[at] in language.adverbs:
        most = _most(tokens[:at], language, alone=True)
        return Promise(most, language.adverbs[tokens[at]]) if most else None
    every, link = 1, at - 1
    if link > 0 and (number := _number(tokens[link], language)):
        every, link = number, link - 1
    elif link > 0 and tokens[link] == "other" and tokens[link - 1] == "every":
        every, link = 2, link - 1
    if link < 0 or tokens[link] not in language.links:
        return None
    most = _most(tokens[:link], language, alone=tokens[link] in language.each)
    promise = Promise(most, language.periods[tokens[at]], every)
    return promise if most and promise.reach <= LONGEST else None


def _number(token: str, language: _Language) -> int:
    return int(token) if token.isdigit() and len(token) < 4 else language.numbers.get(token, 0)


def _most(tokens: Sequence[str], language: _Language, *, alone: bool) -> int:
    """The number before a period, the larger one of two such as 2-4; 0 where there is none or too many. `alone` makes
    it 1 where nothing names a number, as in "every week"."""
    if any(token.isdigit() and not _number(token, language) for token in tokens):
        return 0
    places = [at for at, token in enumerate(tokens) if _number(token, language)]
    found = [_number(tokens[at], language) for at in places]
    if not found:
        return int(alone)
    if len(found) == 1:
        return found[0]
    near = len(found) == 2 and places[1] == places[0] + 2 and tokens[places[0] + 1] in _BETWEEN
    return max(found) if near else 0
