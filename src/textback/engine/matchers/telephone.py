"""Phone numbers, by the business's country."""

import re
from collections.abc import Mapping

from textback.core import phone as numbers
from textback.engine.matchers.lexicon import lexicon
from textback.engine.matchers.line import Line
from textback.engine.matchers.numerals import unused
from textback.engine.matchers.shapes import LONGEST, Found, Here, Reading, settle

_RUN = re.compile(r"(?<![\w@.,$€£#/-])(?:tel:)?(\+|\(\+?)?\d(?:[ \d().\-–/]{0,30}\d)?(?![\w@]|[.,]\d)")
_EXTENSION = re.compile(r",? ?(?:x|ext|extension|ext\.|int|interno)\.? ?\d")
_LIKE_A_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}([ -]\d{4}){3}")
_FEWEST = 7
_SURE = 9
#: libphonenumber's code for no country: only numbers with a + have a reading.
_NOWHERE = "ZZ"


def _read(text: str, here: Here, *, strict: bool) -> Found:
    if len(text) > LONGEST:
        return None
    line = Line(text)
    readings: list[tuple[str, str, tuple[int, int]]] = []
    for run in _RUN.finditer(line.normal):
        written = run[0].strip(" ./-–")
        count = sum(char.isdigit() for char in written)
        if not _FEWEST <= count <= 18 or _EXTENSION.match(line.normal, run.end()) or _LIKE_A_DATE.fullmatch(written):
            continue
        if strict and count < _SURE and not written.startswith("+"):
            continue
        try:
            number = numbers.normalise(written.removeprefix("tel:"), here.country or _NOWHERE)
        except ValueError:
            continue
        how = "international number" if "+" in written else f"number of {here.country}"
        readings.append((number, how, run.span()))
    rest = unused(line, [span for _, _, span in readings], lexicon(here.locale))
    return settle(
        [Reading(number, how, numbers.pretty(number), rest) for number, how, _ in readings], "several numbers"
    )


def phone(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A number in E.164 form. Without a + it is one of the business's country; an extension has no reading."""
    return _read(text, here, strict=False)


def find_phone(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A number of nine digits or more inside a longer text."""
    return _read(text, here, strict=True)
