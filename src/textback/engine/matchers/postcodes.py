"""Postcodes, by the business's country; the countries are data in regions.py."""

import re
from collections.abc import Mapping
from functools import cache

from textback.engine.matchers.lexicon import Lexicon, lexicon
from textback.engine.matchers.line import NEAR, Line, either
from textback.engine.matchers.numerals import unused
from textback.engine.matchers.regions import ANY_POSTCODE, POSTCODES
from textback.engine.matchers.shapes import LONGEST, Found, Here, Reading, settle


@cache
def _announced(lex: Lexicon) -> re.Pattern[str]:
    """ "my zip is", before a postcode."""
    return re.compile(rf"(?<!\w)(?:{either(lex.all('postcode_words'))})(?: code)?(?: is| es| is:)?:? ?$")


def _read(text: str, here: Here, *, strict: bool) -> Found:
    if len(text) > LONGEST:
        return None
    line, lex = Line(text), lexicon(here.locale)
    if not any(char.isdigit() for char in line.normal):
        return None
    kind = POSTCODES.get(here.country, ANY_POSTCODE)
    capitals = "".join(char.upper() if "a" <= char <= "z" else char for char in line.normal)
    readings: list[tuple[str, tuple[int, int]]] = []
    for found in kind.pattern.finditer(capitals):
        said = _announced(lex).search(line.normal, max(0, found.start() - NEAR), found.start())
        if (
            strict
            and kind.plain
            and not said
            and not (here.country == "US" and found[found.lastindex or 1] != found[1])
        ):
            continue
        span = (said.start() if said else found.start(), found.end())
        readings.append((kind.joint.join(group for group in found.groups() if group), span))
    rest = unused(line, [span for _, span in readings], lex)
    how = f"postcode of {here.country}" if here.country in POSTCODES else "postcode"
    return settle([Reading(code, how, code, rest) for code, _ in readings], "several postcodes")


def postcode(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A postcode as the country writes it: 98101, SW1A 1AA, K1A 0B1."""
    return _read(text, here, strict=False)


def find_postcode(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A postcode inside a longer text, when its form or a word such as "zip" shows that it is one."""
    return _read(text, here, strict=True)
