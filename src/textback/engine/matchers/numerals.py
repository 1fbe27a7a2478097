"""Numbers in digits and words: number and integer."""

import re
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from textback.engine.matchers.lexicon import Lexicon, lexicon
from textback.engine.matchers.line import NEAR, Line, Span, either, mask, whole
from textback.engine.matchers.shapes import LONGEST, Found, Here, Reading, settle

#: Countries that speak Spanish and write 1,200.50.
_POINT_COUNTRIES = frozenset("MX US PR GT HN SV NI DO PA PE CU".split())
#: Countries that write 1.200,50, whatever the language.
_COMMA_COUNTRIES = frozenset("ES DE FR IT PT NL BE AT DK NO SE FI PL CZ GR RO BR AR CL CO UY PY BO VE EC CR".split())

_DIGITS = re.compile(
    r"(?<![\w.,:/⁄])(?<!\d-)(?P<sign>[-−+]?)(?P<whole>\d{1,15}(?:[.,]\d{1,15}){0,6})"
    r"(?: ?(?P<over>\d{1,3}[⁄/]\d{1,3}))?(?P<unit> ?%|[a-z]{0,6})(?![\w:/⁄])(?![.,-]\d)"
)
_FRACTION = re.compile(r"(?<![\w.,:/])(\d{1,3})[⁄/](\d{1,3})(?![\w:/⁄])")
_NOT_UNITS = frozenset("st nd rd th am pm a p h hs o ish".split())
_THE_ONE = re.compile(r"(?:\b(?:the|this|that|each|which|any|every|no|no\.|el|la|ese|este|cada|ningun)\s|#)$")
_BEFORE_OTHER = re.compile(r"(?:\b(?:at|on|by|the|las?|el|dia|until|before|after)\s|[$€£#@]\s?)$")
_MOST = 10**15
#: A text with more numbers than this is a list, not an answer.
MOST_COUNTS = 30


class Count(NamedTuple):
    """A number in a line: where, its value, and how it was written."""

    start: int
    end: int
    value: float
    how: str


def decimal_comma(here: Here) -> bool:
    """Whether "1.200" is one thousand two hundred where this business is."""
    if here.country in _COMMA_COUNTRIES:
        return True
    return lexicon(here.locale).home.decimal_comma and here.country not in _POINT_COUNTRIES


def digits(text: str, comma: bool) -> str | None:
    """A written number as a plain decimal: "1,200.5" is 1200.5. None when the groups make no sense."""
    points, commas = text.count("."), text.count(",")
    if not points and not commas:
        return text
    if points and commas:
        mark = max(".", ",", key=text.rfind)
        return None if text.count(mark) > 1 else _grouped(text, mark)
    mark = "." if points else ","
    left, _, right = text.rpartition(mark)
    own = (mark == ",") == comma
    if text.count(mark) > 1 or (len(right) == 3 and not own and 1 <= len(left) <= 3 and left[0] != "0"):
        return _grouped(text, "")
    return f"{left}.{right}"


def _grouped(text: str, mark: str) -> str | None:
    """The number when its whole part is in groups of three; `mark` is its decimal sign."""
    left, _, right = text.rpartition(mark) if mark else (text, "", "")
    groups = re.split(r"[.,]", left)
    if not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:]):
        return None
    return "".join(groups) + (f".{right}" if right else "")


def spell(text: str, lex: Lexicon) -> int | None:
    """The value of number words or digits, such as "twenty five"; None when they make no number."""
    if text.isascii() and text.isdigit():
        return int(text)
    total = current = 0
    room = above = _MOST  # what may still be added, and which power of a thousand may still come
    empty = True
    for word in text.replace("-", " ").split():
        if word in lex.joiners:
            continue
        power = lex.powers.get(word)
        if power == 100:
            if current >= 100:
                return None
            current, room = (current or 1) * 100, 100
        elif power is not None:
            if power >= above:
                return None
            total, current, room, above = total + (current or 1) * power, 0, 1000, power
        else:
            value = lex.numbers.get(word)
            if value is None or value >= room or (value == 0 and not empty):
                return None
            current += value
            room = 100 if value >= 100 else 10 if value >= 20 and value % 10 == 0 else 1
        empty = False
    return None if empty or total + current >= _MOST else total + current


@cache
def _patterns(locale: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Number words; fixed amounts; what may follow either of them for a half more."""
    lex = lexicon(locale)
    word, joiner = lex.number_word, either(lex.joiners)
    power = either(lex.powers)
    some = rf"(?:(?:an?|un) (?=(?:{power})\b))?"
    minus = rf"(?:(?:{either(lex.all('minus'))}) )?"
    spelt = whole(rf"{minus}{some}(?:{word})(?:(?:[ -]|-? (?:{joiner}) )(?:{word})){{0,12}}")
    return spelt, whole(either(lex.amounts)), re.compile(rf" (?:{either(lex.all('halves'))})(?!\w)")


def counts(line: str, here: Here) -> list[Count]:
    """Every number in a normal line, in order. Numbers that belong to something else (4:30, 5th, 3/4) are left out."""
    lex = lexicon(here.locale)
    spelt, amounts, halves = _patterns(here.locale)
    comma = decimal_comma(here)
    found: list[Count] = []
    if any(char.isdigit() for char in line):
        for m in _DIGITS.finditer(line):
            value = _written(m, comma)
            if value is not None:
                found.append(Count(m.start(), m.end(), value, "digits"))
        for m in _FRACTION.finditer(line):
            if int(m[2]) and not any(one.start <= m.start() < one.end for one in found):
                found.append(Count(m.start(), m.end(), int(m[1]) / int(m[2]), "fraction"))
    if len(found) > MOST_COUNTS:
        return []
    taken = [(one.start, one.end) for one in found]
    for m in amounts.finditer(line):
        found.append(Count(m.start(), m.end(), lex.amounts[m[0].replace("-", " ")], "amount in words"))
        taken.append(m.span())
    for m in spelt.finditer(line):
        if any(start < m.end() and m.start() < end for start, end in taken):
            continue
        words = m[0].split(" ")
        negative = words[0] in lex.all("minus")
        number = spell(" ".join(word for word in words[negative:] if word not in {"a", "an"}), lex)
        if number is not None:
            found.append(Count(m.start(), m.end(), -number if negative else number, "words"))
        elif not negative:
            found += _pieces(m, lex)
    return [_and_a_half(line, one, halves) for one in sorted(found) if not _part_of_half(line, one, halves)]


def _pieces(found: re.Match[str], lex: Lexicon) -> list[Count]:
    """The numbers in words that make no single one: "twelve fifty", "four and five"."""
    pieces: list[Count] = []
    for word in re.finditer(r"\w+", found[0]):
        start, end = found.start() + word.start(), found.start() + word.end()
        if pieces and (more := spell(found.string[pieces[-1].start : end], lex)) is not None:
            if word[0] not in lex.joiners:
                pieces[-1] = pieces[-1]._replace(end=end, value=more)
        elif (alone := spell(word[0], lex)) is not None:
            pieces.append(Count(start, end, alone, "words"))
    return pieces


def _written(found: re.Match[str], comma: bool) -> float | None:
    unit = found["unit"].strip()
    if unit in _NOT_UNITS:
        return None
    plain = digits(found["whole"], comma)
    if plain is None or len(plain) > 17:
        return None
    value = float(plain)
    if found["over"]:
        top, bottom = map(int, re.split("[⁄/]", found["over"]))
        if not bottom or top >= bottom:
            return None
        value += top / bottom
    if unit == "k":
        value *= 1000
    return -value if found["sign"] in {"-", "−"} else value


def _and_a_half(line: str, one: Count, halves: re.Pattern[str]) -> Count:
    more = halves.match(line, one.end)
    if more is None or one.value != int(one.value):
        return one
    return one._replace(end=more.end(), value=one.value + 0.5, how=f"{one.how} and a half")


def _part_of_half(line: str, one: Count, halves: re.Pattern[str]) -> bool:
    """Whether this is the "a half" of "2 and a half", which the 2 has taken."""
    return any(m.end() >= one.end and m.start() < one.start for m in halves.finditer(line, max(0, one.start - 8)))


def plain(value: float) -> int | float:
    """A whole number as an int."""
    return int(value) if value == int(value) else value


def say(value: float, here: Here) -> str:
    """A number as it is written where the business is."""
    written = str(plain(round(value, 6)))
    return written.replace(".", ",") if decimal_comma(here) else written


def leftover(line: Line, spans: list[Span], lex: Lexicon) -> bool:
    """Whether there are words outside of these spans that carry a meaning."""
    ignored = lex.fillers | lex.negations | lex.refusals
    return any(word not in ignored for word in re.findall(r"\w+", mask(line.normal, spans)))


def unused(line: Line, spans: list[Span], lex: Lexicon) -> str:
    """What was written outside of these spans and of the "at" or "on" before them; empty when that says nothing."""
    if not leftover(line, spans, lex):
        return ""
    led = [
        lead.start() if (lead := lex.lead.search(line.normal, max(0, start - NEAR), start)) else start
        for start, _ in spans
    ]
    return line.rest([(start, end) for start, (_, end) in zip(led, spans, strict=True)])


def _of_other(line: str, one: Count, lex: Lexicon) -> bool:
    """Whether a number is one of something else: "at 5", "room 12", "$20"."""
    before = max(0, one.start - NEAR)
    return bool(_BEFORE_OTHER.search(line, before, one.start) or lex.labelled.search(line, before, one.start))


def _read(text: str, here: Here, *, whole_only: bool, strict: bool) -> Found:
    if len(text) > LONGEST:
        return None
    line = Line(text)
    lex = lexicon(here.locale)
    bare = " ".join(re.findall(r"\w+", line.normal))
    if not strict and bare in lex.all("only_me"):
        return Reading(1, "only me", "1")
    found = [
        one
        for one in counts(line.normal, here)
        if not _THE_ONE.search(line.normal, max(0, one.start - NEAR), one.start)
    ]
    if strict:
        found = [one for one in found if not _of_other(line.normal, one, lex)]
        if len(found) != 1:
            return None
    elif any(a.end + 1 >= b.start and "words" in (a.how, b.how) for a, b in pairwise(found)):
        return None
    if whole_only and any(one.value != int(one.value) for one in found):
        return None
    rest = unused(line, [(one.start, one.end) for one in found], lex)
    readings = [Reading(plain(one.value), one.how, say(one.value, here), rest) for one in found]
    return settle(readings, "several numbers")


def number(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A number: an int when it is whole, else a float."""
    return _read(text, here, whole_only=False, strict=False)


def integer(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A whole number. A text with a number that is not whole has no reading."""
    return _read(text, here, whole_only=True, strict=False)


def find_number(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """The only number in a longer text, when it is not part of a date, time, price or address."""
    return _read(text, here, whole_only=False, strict=True)


def find_integer(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """The only number in a longer text, when it is whole."""
    return _read(text, here, whole_only=True, strict=True)
