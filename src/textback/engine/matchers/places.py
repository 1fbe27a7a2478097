"""Places: coordinates, map links, addresses."""

import re
from collections.abc import Mapping
from functools import cache

from textback.engine.match import NO, YES
from textback.engine.matchers.lexicon import Lexicon, lexicon
from textback.engine.matchers.line import Line, Span, either
from textback.engine.matchers.numerals import unused
from textback.engine.matchers.shapes import LONGEST, Found, Here, Reading, Value

_NUMBER = r"[-+]?\d{1,3}(?:\.\d{1,15})?"
_LINK = re.compile(
    rf"(?:https?://\S{{0,400}}?(?:[@=/:]|%3a|%40)|geo:)(?P<lat>{_NUMBER})(?:,|%2c)(?:%20|\+)?(?P<lon>{_NUMBER})(?!\d)\S*"
)
_MARKED = re.compile(
    rf"https?://\S{{0,400}}?(?:[?&]mlat=|#map=\d{{1,2}}/|!3d)(?P<lat>{_NUMBER})(?:&mlon=|/|!4d)(?P<lon>{_NUMBER})(?!\d)\S*"
)
_DECIMAL = re.compile(
    r"(?<![\w.,/-])(?P<lat>[-+]?\d{1,2}\.\d{3,15}) ?[,; ] ?(?P<lon>[-+]?\d{1,3}\.\d{3,15})(?![\w/]|[.,]\d)"
)
_DEGREES = re.compile(
    r"(?<![\w.])(?P<lat>\d{1,2}(?:\.\d{1,15})?) ?(?:°|º|o)? ?(?P<ns>[ns]),? ?"
    r"(?P<lon>\d{1,3}(?:\.\d{1,15})?) ?(?:°|º|o)? ?(?P<ew>[ewo])(?!\w)"
)
_MAP = re.compile(
    r"https?://(?:maps\.app\.goo\.gl|goo\.gl/maps|maps\.google\.[a-z.]+|(?:www\.)?google\.[a-z.]+/maps|maps\.apple\.com|(?:www\.)?openstreetmap\.org)/?\S*"
)
_NO_STREET = frozenset("a an on in at by to for is my your are and or with from".split())
LONGEST_ADDRESS = 200
SHORTEST_ADDRESS = 3


@cache
def _street(lex: Lexicon) -> re.Pattern[str]:
    """ "12 Oak Street" or "Calle Mayor 12"."""
    word = r"[^\W\d_][\w.]{0,29}"
    after, before = either(lex.all("street_after")), either(lex.all("street_before"))
    return re.compile(
        rf"(?<!\w)(?:\d{{1,5}}[a-z]?,? (?:{word} ){{1,4}}(?:{after})(?!\w)\.?"
        rf"|(?:{before})\.? ?(?:{word},? ){{1,5}}(?:n[ou]?\.? ?|num\.? |numero )?\d{{1,5}}[a-z]?(?!\w))"
    )


def _point(line: Line) -> tuple[dict[str, str | float], Span, str] | None:
    """Coordinates in a link or in digits, when there is such a place on earth."""
    for pattern, how in ((_MARKED, "map link"), (_LINK, "map link"), (_DEGREES, "degrees"), (_DECIMAL, "coordinates")):
        for found in pattern.finditer(line.normal):
            lat, lon = float(found["lat"]), float(found["lon"])
            if pattern is _DEGREES:
                lat, lon = (-lat if found["ns"] == "s" else lat), (lon if found["ew"] == "e" else -lon)
            if abs(lat) <= 90 and abs(lon) <= 180:
                return {"lat": lat, "lon": lon}, found.span(), how
    return None


def _reading(value: Value, said: str, how: str, rest: str) -> Reading:
    return Reading(value, how, said, rest)


def find_location(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """Coordinates, a map link or a street with its number inside a longer text."""
    if len(text) > LONGEST or (not any(char.isdigit() for char in text) and "http" not in text):
        return None
    line, lex = Line(text), lexicon(here.locale)
    point = _point(line)
    if point is not None:
        value, span, how = point
        return Reading(value, how, f"{value['lat']}, {value['lon']}", unused(line, [span], lex))
    link = _MAP.search(line.normal)
    found = link or _street(lex).search(line.normal)
    if found is None or (not link and any(word in _NO_STREET for word in found[0].split())):
        return None
    address = line.original(found.span()).strip(" ,.")
    how = "map link" if link else "street and number"
    return Reading({"address": address}, how, address, unused(line, [found.span()], lex))


def location(text: str, here: Here, options: Mapping[str, str]) -> Found:
    """{"lat": …, "lon": …} from coordinates or a map link, else the text as {"address": …}."""
    found = find_location(text, here, options)
    if isinstance(found, Reading) and (found.how != "street and number"):
        return found
    address = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    normal = Line(address).normal.strip(" .!?")
    if not SHORTEST_ADDRESS <= len(address) <= LONGEST_ADDRESS or normal in YES or normal in NO:
        return None
    words = re.findall(r"[^\W\d_]{2,}", normal)
    if not words or all(word in lexicon(here.locale).all("not_names") for word in words):
        return None
    return Reading({"address": address}, "address", address)
