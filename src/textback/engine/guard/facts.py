"""The facts in a text that can be looked up in another: prices, times, days, dates, spans, shares and other numbers."""

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec

from textback.engine.guard.facts_words import (
    ALL_DAYS,
    FREE,
    HOLIDAYS,
    MONTHS,
    NUMBERS,
    RELATIVE,
    TENS,
    UNITS,
    WEEKDAYS,
    WEEKEND,
    WORKDAYS,
)


class Fact(msgspec.Struct, frozen=True):
    """One fact and where it stands in the folded text. `kind` is phone, money, clock, share, span, one (a week),
    date, day, holiday, month, part (half) or number; equal facts have equal values."""

    kind: str
    value: str
    start: int
    end: int


_NUM = r"\d[\d.,]{0,14}\d|\d"
_WD = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_CURRENCY = {"$": "$", "us$": "$", "usd": "$", "€": "€", "eur": "€", "£": "£", "gbp": "£", "dollar": "$", "buck": "$",
             "dolar": "$", "euro": "€", "pound": "£", "libra": "£", "peso": "peso", "cent": "c", "centavo": "c",
             "quid": "£", "grand": "k"}  # fmt: skip
_TAIL = (
    r"\$|€|£|usd\b|eur\b|gbp\b|dollars?\b|bucks?\b|dolar(?:es)?\b|euros?\b|pounds?\b|libras?\b|pesos?\b|cents?\b|"
    r"centavos?\b|quid\b|grand\b"
)
_MONEY = re.compile(
    rf"(us\$|\$|€|£|\busd|\beur)\s?({_NUM})(\s?k\b|\s?mil\b)?|(?<![\d.,])({_NUM})[\s-]{{0,12}}({_TAIL})"
)
_SHARE = re.compile(rf"(?<![\d.,])({_NUM})\s{{0,12}}(?:%|percent\b|per cent\b|por ciento\b)")
_AMPM = re.compile(r"\b(\d{1,2})(?:[:.](\d\d))?\s?([ap])\.?\s?m\b\.?")
_RANGE_AMPM = re.compile(r"\b(\d{1,2})(?:[:.](\d\d))?\s?(?:-|to|and)\s?(?=\d{1,2}(?:[:.]\d\d)?\s?([ap])\.?\s?m\b)")
_HALF_DAY = re.compile(r"\b(\d{1,2})(?:[:.](\d\d))? (?:de|por|en) la (manana|tarde|noche|madrugada)\b")
_CLOCK24 = re.compile(r"\b([01]?\d|2[0-3])[:h]([0-5]\d)\b")
_NAMED_CLOCK = re.compile(
    r"\b(24/7|24 ?hours a day|(?<=open )24 ?hours|all night|all day|around the clock|overnight|day and night|24 horas|"
    r"toda la noche|todo el dia|noon|midday|midnight|mediodia|medianoche)\b"
)
_PAST = re.compile(r"\b(half|quarter) (past|to) (\d{1,2})\b|\b(\d{1,2}) y (media|cuarto)\b")
_DATES = (
    re.compile(rf"\b(?P<m>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:| ?[ap]\.?m)"),
    re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of| de)? (?P<m>{_MONTH})\b"),
    re.compile(r"\b\d{4}-(?P<m>\d\d)-(?P<d>\d\d)\b"),
    re.compile(r"\b(?P<m>\d{1,2})/(?P<d>\d{1,2})(?:/\d{2,4})?\b"),
)
_LONE_MONTH = re.compile(
    rf"\b(?:in|until|till|by|of|from|to|since|during|and|or|every|en|de|a|hasta|desde|y)\s({_MONTH})\b"
)
_DAYS = re.compile(rf"\b({_WD})\s?(?:to|through|thru|until|till|-|a|al|hasta)\s?(?:el |los )?({_WD})\b")
_DAY = re.compile(rf"\b({_WD})\b")
_ALL = re.compile(rf"\b(?:{'|'.join(ALL_DAYS)})\b")
_WEEKEND = re.compile(rf"\b(?:{'|'.join(WEEKEND)})\b")
_WORKDAYS = re.compile(rf"\b(?:{'|'.join(WORKDAYS)})\b")
_RELATIVE = re.compile(rf"(?<!la )\b(?:{'|'.join(RELATIVE)})\b")
_HOLIDAY = re.compile(rf"\b(?:{'|'.join(HOLIDAYS)})\b")
_EXTRA = r"(?:working |business |full |more |monthly |dias |additional )?"
_SPAN = re.compile(
    rf"(?<![\d.,])({_NUM})(?:\s{{0,12}}(?:-|\bto\b|\ba\b|\bor\b|\bo\b|\band\b|"
    rf"\by\b)\s?({_NUM}))?[\s-]{{0,12}}{_EXTRA}({_UNIT})\b"
)
_ONE = re.compile(rf"\b(?:an?|one|una?|per|each|cada) ({_UNIT})\b")
_HALF_SPAN = re.compile(rf"\b(?:half an?|media?) ({_UNIT})\b")
_FREE = re.compile(rf"(?<!feel )(?<!toll )(?<!toll-)\b(?:{'|'.join(FREE)})\b(?! to\b| slots?\b| time\b)")
_PART = re.compile(r"\b(half|double|twice|triple|mitad|doble|tercio|quarter|third)\b")
_NAMED = {"midnight": "0:00", "medianoche": "0:00", "noon": "12:00", "midday": "12:00", "mediodia": "12:00"}
_PARTS = {"mitad": "half", "doble": "double", "twice": "double", "tercio": "third"}
_NUMBER = re.compile(_NUM)
_PHONE = re.compile(r"(?<![\d.,])(?:\+?1[ .\-]?)?\(?\d{3}\)?[ .\-]{0,2}\d{3}[ .\-]\d{4}(?!\d)|\+\d[\d \-]{7,16}\d")
_NOT_DIGIT = re.compile(r"\D")
_WORDED = re.compile(
    rf"\b(?:({'|'.join(TENS)})(?:[ -]|(?: y )))?({'|'.join(sorted(NUMBERS, key=len, reverse=True))})\b"
    rf"|\b({'|'.join(TENS)})\b"
)
_ONE_UNIT = re.compile(
    rf"\b(?:one|una|un|uno)(?=[ -](?:working |business |monthly |single )?(?:(?:{_UNIT})\b|dollar|buck|"
    rf"euro|dolar|peso|cent\b))"
)


Found = list[Fact]


@lru_cache(maxsize=4_000)
def facts(low: str) -> tuple[Fact, ...]:
    """The facts of a folded text, in order. Nothing stands in two of them."""
    found: Found = []
    text = in_digits(low)
    numbers = _NUMBER.search(text) is not None
    text = _take(_FREE, text, found, "money", lambda _: ["free"])
    if numbers:
        text = _take(_PHONE, text, found, "phone", lambda hit: [_NOT_DIGIT.sub("", hit[0])])
        text = _money(text, found)
        text = _clocks(text, found)
        text = _dates(text, found)
    text = _take(_NAMED_CLOCK, text, found, "clock", lambda hit: [_NAMED.get(hit[0], hit[0])])
    text = _take(_LONE_MONTH, text, found, "month", lambda hit: [str(MONTHS[hit[1]])])
    text = _take(_ALL, text, found, "day", lambda _: [*"0123456"])
    text = _take(_HALF_SPAN, text, found, "span", lambda hit: [span("0.5", hit[1])])
    if numbers:
        text = _spans(text, found)
    text = _take(_ONE, text, found, "one", lambda hit: [span("1", hit[1])])
    text = _days(text, found)
    text = _take(_PART, text, found, "part", lambda hit: [_PARTS.get(hit[0], hit[0])])
    if numbers:
        text = _take(_SHARE, text, found, "share", lambda hit: [number(hit[1])])
        _take(_NUMBER, text, found, "number", lambda hit: [number(hit[0])])
    return tuple(sorted(found, key=lambda fact: fact.start))


def number(text: str) -> str:
    """A number in one way of writing: 1,150 and 1.150 are 1150; 12.50 and 12,5 are 12.5."""
    cut = max(text.rfind("."), text.rfind(","))
    if cut >= 0:
        digits, rest = re.sub(r"[.,]", "", text[:cut]), text[cut + 1 :]
        thousands = len(rest) == 3 and digits != "0" and not ("." in text and "," in text)
        text = digits + rest if thousands else f"{digits}.{rest}".rstrip("0").rstrip(".")
    return text.lstrip("0") or "0"


def in_digits(low: str) -> str:
    """The folded text with its number words as digits, each in as many characters as the word has."""

    def digits(hit: re.Match[str]) -> str:
        value = NUMBERS.get(hit[2] or "", 0) + TENS.get(hit[1] or hit[3] or "", 0)
        text = str(value)
        return text.ljust(len(hit[0])) if len(text) <= len(hit[0]) else hit[0]

    return _WORDED.sub(digits, _ONE_UNIT.sub(lambda hit: "1".ljust(len(hit[0])), low))


def _take(
    pattern: re.Pattern[str], text: str, found: Found, kind: str, values: Callable[[re.Match[str]], list[str]]
) -> str:
    """Add what a pattern finds, and blank it out of the text."""
    parts, at = [], 0
    for hit in pattern.finditer(text):
        found += [Fact(kind, value, hit.start(), hit.end()) for value in values(hit)]
        parts += [text[at : hit.start()], "~" * (hit.end() - hit.start())]
        at = hit.end()
    return "".join([*parts, text[at:]]) if parts else text


def _money(text: str, found: Found) -> str:
    def values(hit: re.Match[str]) -> list[str]:
        tail = hit[5] or ""
        sign = hit[1] or (tail[:-2] if tail.endswith("es") and tail[:-2] in _CURRENCY else tail.removesuffix("s"))
        value = number(hit[2] or hit[4])
        unit = _CURRENCY.get(sign, sign)
        if hit[3] or unit == "k":
            return [f"$ {number(str(float(value) * 1000))}"]
        return [f"$ {float(value) / 100:g}" if unit == "c" else f"{unit} {value}"]

    return _take(_MONEY, text, found, "money", values)


def _minutes(hour: str, minutes: str | None, half: str = "") -> list[str]:
    """A time of day as h:mm of 24 hours; with `half` it is one of twelve."""
    value = int(hour)
    if half:
        value = value % 12 + (12 if half in "ptn" else 0)
    return [f"{value}:{minutes or '00'}"]


def _clocks(text: str, found: Found) -> str:
    past = {"half": "30", "quarter": "15", "media": "30", "cuarto": "15"}
    text = _take(_RANGE_AMPM, text, found, "number", lambda hit: [number(hit[1])])
    text = _take(_AMPM, text, found, "clock", lambda hit: _minutes(hit[1], hit[2], hit[3]))
    text = _take(_HALF_DAY, text, found, "clock", lambda hit: _minutes(hit[1], hit[2], hit[3][0]))
    text = _take(_CLOCK24, text, found, "clock", lambda hit: _minutes(hit[1], hit[2]))
    return _take(
        _PAST, text, found, "clock",
        lambda hit: _minutes(hit[4] or hit[3], past[hit[5] or hit[1]] if hit[2] != "to" else "45"),
    )  # fmt: skip


def _dates(text: str, found: Found) -> str:
    def values(hit: re.Match[str]) -> list[str]:
        month = MONTHS.get(hit["m"]) or int(hit["m"])
        return [f"{month}-{int(hit['d'])}"]

    for pattern in _DATES:
        text = _take(pattern, text, found, "date", values)
    return text


def _days(text: str, found: Found) -> str:
    def between(hit: re.Match[str]) -> list[str]:
        first, last = WEEKDAYS[hit[1]], WEEKDAYS[hit[2]]
        return [str((first + n) % 7) for n in range((last - first) % 7 + 1)]

    text = _take(_DAYS, text, found, "day", between)
    text = _take(_WEEKEND, text, found, "day", lambda _: ["5", "6"])
    text = _take(_WORKDAYS, text, found, "day", lambda _: [*"01234"])
    text = _take(_DAY, text, found, "day", lambda hit: [str(WEEKDAYS[hit[1]])])
    text = _take(_HOLIDAY, text, found, "holiday", lambda hit: [hit[0]])
    return _take(_RELATIVE, text, found, "day", lambda hit: [hit[0]])


def span(value: str, unit: str) -> str:
    """A span in its smallest unit: 2 days are 2880 minutes."""
    kind, times = UNITS[unit]
    return f"{kind} {float(value) * times:g}"


def _spans(text: str, found: Found) -> str:
    return _take(
        _SPAN, text, found, "span",
        lambda hit: [span(number(one), hit[3]) for one in (hit[1], hit[2]) if one is not None],
    )  # fmt: skip
