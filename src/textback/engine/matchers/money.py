"""Amounts of money in digits and words."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import NamedTuple

from textback.engine.matchers.lexicon import Lexicon, lexicon
from textback.engine.matchers.line import Line, Span, either, whole
from textback.engine.matchers.numerals import Count, counts, decimal_comma, unused
from textback.engine.matchers.regions import CURRENCIES, DOLLARS, NO_CENTS, PESOS, SYMBOL_PREFIXES, SYMBOLS
from textback.engine.matchers.shapes import LONGEST, Found, Here, Reading, settle

_CODES = frozenset(CURRENCIES.values())
_SYMBOL = "|".join(sorted(map(re.escape, [*SYMBOL_PREFIXES, *SYMBOLS, "$"]), key=len, reverse=True))
_CODE = "|".join(sorted(code.lower() for code in _CODES - {"ALL", "TRY"}))
_BEFORE = re.compile(rf"(?:(?<!\w)(?P<code>{_CODE}) ?|(?P<symbol>(?:(?<!\w)(?:[a-z]{{1,2}}\$)|{_SYMBOL})) ?)$")


class Amount(NamedTuple):
    """An amount in a line. `currency` is empty when none was said."""

    span: Span
    value: Decimal
    currency: str
    how: str


@cache
def _after(home: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What may follow a number: a symbol, code or name; the word for cents; "and" before the cents."""
    names = either(home.merged("currencies"))
    unit = re.compile(rf" ?(?:(?P<symbol>{_SYMBOL})|(?P<code>{_CODE})(?!\w)|(?:de )?(?P<name>{names})(?!\w))")
    cents = re.compile(rf" ?(?:{either(home.all('cents'))}|¢|c(?!\w))(?!\w)")
    return unit, cents, whole(either(home.all("with_cents")))


def local_currency(here: Here) -> str:
    """The currency of the business's country; US dollars where the country is not known."""
    return CURRENCIES.get(here.country, "USD")


def _named(name: str, here: Here, lex: Lexicon) -> str:
    """The currency that a name means here: "dollars" are Canadian in Canada, "pesos" Mexican where none is local."""
    own = local_currency(here)
    code: str = lex.merged("currencies")[name]
    if code != "local":
        return code
    if name.startswith("peso"):
        return own if here.country in PESOS else "MXN"
    return own if here.country in DOLLARS else "USD"


def _symbol(symbol: str, here: Here) -> str:
    if symbol == "$":
        return local_currency(here) if here.country in DOLLARS | PESOS else "USD"
    return SYMBOL_PREFIXES.get(symbol) or SYMBOLS.get(symbol, "")


def _amounts(line: str, here: Here) -> list[Amount]:
    lex = lexicon(here.locale)
    unit, cents, _ = _after(lex)
    found: list[Amount] = []
    numbers = counts(_spaced(line), here)
    used: set[int] = set()
    for place, one in enumerate(numbers):
        if place in used:
            continue
        value, end = Decimal(repr(one.value)), one.end
        following = numbers[place + 1] if place + 1 < len(numbers) else None
        if following and _together(line, one, following):
            value, end, following = value + Decimal(str(following.value)) / 100, following.end, None
            used.add(place + 1)
        start, currency = one.start, ""
        lead = _BEFORE.search(line, max(0, one.start - 5), one.start)
        if lead:
            start = lead.start()
            currency = lead["code"].upper() if lead["code"] else _symbol(lead["symbol"], here)
        tail = unit.match(line, end)
        if tail and not currency:
            end = tail.end()
            currency = (
                tail["code"].upper()
                if tail["code"]
                else _symbol(tail["symbol"], here)
                if tail["symbol"]
                else _named(tail["name"].replace("-", " "), here, lex)
            )
        small = cents.match(line, end)
        if small and not currency:
            own = "USD" if local_currency(here) in NO_CENTS else local_currency(here)
            found.append(Amount((start, small.end()), value / 100, own, f"{one.how}, cents"))
            continue
        if following and currency and (more := _cents(line, end, following, lex)):
            value, end = value + Decimal(repr(following.value)) / 100, more
            used.add(place + 1)
        found.append(Amount((start, end), value, currency, one.how))
    return [one for one in found if one.value >= 0]


def _spaced(line: str) -> str:
    """The line with the units that are written right behind an amount made blanks: "20eur"."""
    return re.sub(rf"(?<=\d)(?:{_CODE})(?!\w)|(?<=\d)c(?!\w)", lambda m: " " * len(m[0]), line)


def _together(line: str, one: Count, other: Count) -> bool:
    """ "twelve fifty", "doce con cincuenta": 12.50."""
    return (
        one.how == other.how == "words"
        and line[one.end : other.start] in {" ", "-", " con "}
        and one.value >= 1
        and other.value in range(10, 100)
        and one.value < 100
    )


def _cents(line: str, end: int, other: Count, lex: Lexicon) -> int | None:
    """Where "and 50 cents" ends, behind an amount with a currency."""
    _, cents, joiner = _after(lex)
    if other.value not in range(1, 100) or not (
        re.fullmatch(r",? ?", line[end : other.start]) or joiner.fullmatch(line[end : other.start].strip(" ,"))
    ):
        return None
    tail = cents.match(line, other.end)
    return tail.end() if tail else None


def _reading(one: Amount, currency: str, here: Here, rest: str) -> Reading | None:
    step = Decimal(1) if currency in NO_CENTS else Decimal("0.01")
    if one.value >= 10**15:
        return None
    value = one.value.quantize(step, ROUND_HALF_UP)
    if value != one.value:
        return None  # nobody pays 2.345
    said = f"{value:,}"
    if decimal_comma(here):
        said = said.translate({ord(","): ".", ord("."): ","})
    said = f"{said} {currency}" if currency != "USD" else f"${said}"
    how = f"{one.how}, {currency}" + ("" if one.currency else " as nothing else was said")
    return Reading({"amount": str(value), "currency": currency}, how, said, rest)


def _read(text: str, here: Here, options: Mapping[str, str], *, strict: bool) -> Found:
    if len(text) > LONGEST:
        return None
    line = Line(text)
    found = _amounts(line.normal, here)
    if strict or any(one.currency for one in found):
        found = [one for one in found if one.currency]
    usual = options.get("currency") or local_currency(here)
    rest = unused(line, [one.span for one in found], lexicon(here.locale))
    readings = [_reading(one, one.currency or usual, here, rest) for one in found]
    return settle([reading for reading in readings if reading is not None], "several amounts")


def money(text: str, here: Here, options: Mapping[str, str]) -> Found:
    """An amount, as {"amount": "12.50", "currency": "USD"}. Without a currency it is `currency` or the country's."""
    return _read(text, here, options, strict=False)


def find_money(text: str, here: Here, options: Mapping[str, str]) -> Found:
    """An amount with its currency inside a longer text."""
    return _read(text, here, options, strict=True)
