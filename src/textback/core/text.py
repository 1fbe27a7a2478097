"""Texts as carriers see them: which encoding, how many segments, and what can't be carried at all (rules E1 to E3)."""

import re

import msgspec

MOST_SEGMENTS = 3
"""A text that may take more than this is worth a warning."""
MOST_PARTS = 10
"""Segments that a text may have, unless a command says otherwise (E3)."""
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The basic character set of 3GPP TS 23.038: one septet each."""
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
"""The extension table: an escape and a septet, so two each (E2)."""

_ASCII_EXTENDED = re.compile(r"[\f^{}\\\[~\]|]")
_ASCII_FOREIGN = re.compile(r"[\x00-\x09\x0b\x0e-\x1f\x7f`]")  # ASCII that GSM-7 lacks, the backtick among it
_UNSAFE = re.compile("[\x00\ud800-\udfff]")
_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "′": "'", "″": '"', "‐": "-", "‑": "-",
        "‒": "-", "–": "-", "—": "-", "−": "-", "…": "...", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "`": "'",
        "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None, "\t": " ",
    }
)  # fmt: skip
_DASHES = "\u2010-\u2014\u2212"
_KEPT = re.compile(
    r"([hH][tT]{2}[pP][sS]?://\S+|[wW]{3}\.\S+"  # addresses
    r"|\{\{.*?\}\}|\{%.*?%\}"  # what stands for a name or another value
    rf"|(?<![A-Za-z0-9])(?![0-9]{{1,4}}[AP]M)(?=[A-Z0-9{_DASHES}]*[A-Z])(?=[A-Z0-9{_DASHES}]*[0-9])"
    rf"[A-Z0-9]{{3,}}(?:[{_DASHES}][A-Z0-9]{{3,}})+(?![A-Za-z0-9]))",  # codes such as AB12-CD34
    re.DOTALL,
)


class Segments(msgspec.Struct, frozen=True):
    """How a text is cut for the air.

    `used` and `capacity` are septets (GSM-7) or UTF-16 code units (UCS-2): of the whole text, and of all its segments
    together. `culprits` are the characters that force UCS-2, each once, in order.
    """

    encoding: str
    count: int
    used: int
    capacity: int
    culprits: tuple[str, ...] = ()


def clean(text: str) -> str:
    """The text without what no database or carrier can hold: NUL and lone surrogates become U+FFFD. Never raises."""
    return _UNSAFE.sub("\ufffd", text)


def segments(text: str) -> Segments:
    """Encoding and segment count of a text (E1): 160 or 153 septets, 70 or 67 UTF-16 units, a segment.

    A pair of escape and septet, and a surrogate pair, is never cut in two (E2), so a segment may end one short.
    """
    if text.isascii() and not _ASCII_FOREIGN.search(text):
        used = len(text) + len(_ASCII_EXTENDED.findall(text))
        if used <= 160:
            return Segments("GSM-7", 1 if text else 0, used, 160)
        return _cut("GSM-7", [2 if c in GSM_EXTENDED else 1 for c in text], 160, 153)
    culprits = tuple(dict.fromkeys(c for c in text if c not in GSM_BASIC and c not in GSM_EXTENDED))
    if not culprits:
        return _cut("GSM-7", [2 if c in GSM_EXTENDED else 1 for c in text], 160, 153)
    return _cut("UCS-2", [2 if ord(c) > 0xFFFF else 1 for c in text], 70, 67, culprits)


def _cut(encoding: str, widths: list[int], alone: int, part: int, culprits: tuple[str, ...] = ()) -> Segments:
    used = sum(widths)
    if used <= alone:
        return Segments(encoding, 1 if widths else 0, used, alone, culprits)
    count, room = 1, part
    for width in widths:
        if width > room:
            count, room = count + 1, part
        room -= width
    return Segments(encoding, count, used, count * part, culprits)


_JOINER, _SKIN, _FLAG, _KEYCAP = "\u200d", "\U0001f3fb-\U0001f3ff", "\U0001f1e6-\U0001f1ff", "\u20e3"
_TAGS = "\U000e0020-\U000e007f"
_SEQUENCE = re.compile(
    rf"[{_FLAG}]{{2}}|[0-9#*]\ufe0f?{_KEYCAP}"
    rf"|[^\x00-\u00a8\s](?:[\ufe0f{_SKIN}]|[{_TAGS}]|{_JOINER}(?=[\u2190-\u2bff\U0001f000-\U0001faff])[^\s])+"
)
"""An emoji that is made of several characters: a flag, a keycap, one with a colour of skin, those that are joined."""


def torn(text: str) -> list[str]:
    """The emoji of several characters that the end of a segment tears apart, in order (E2).

    Carriers cut between characters, so that a phone that shows the segments apart, or loses one, shows the pieces. The
    count of segments is theirs, and moving the text by a few characters is all that helps.
    """
    size = segments(text)
    if size.count < 2 or size.encoding != "UCS-2":
        return []
    ends, room = set(), 67
    for place, char in enumerate(text):
        width = 2 if ord(char) > 0xFFFF else 1
        if width > room:
            ends.add(place)
            room = 67
        room -= width
    return [hit[0] for hit in _SEQUENCE.finditer(text) if any(hit.start() < end < hit.end() for end in ends)]


class Culprit(msgspec.Struct, frozen=True):
    """A character that forces UCS-2: its place in the text, counted from 1, and what takes its place, "" where nothing
    does."""

    char: str
    place: int
    twin: str


def culprits(text: str, most: int = 20) -> list[Culprit]:
    """The characters that force UCS-2, with their places (E1, E3)."""
    found = []
    for place, char in enumerate(text, 1):
        if char not in GSM_BASIC and char not in GSM_EXTENDED:
            found.append(Culprit(char, place, char.translate(_PLAIN) if ord(char) in _PLAIN else ""))
            if len(found) == most:
                break
    return found


def plain(text: str) -> str:
    """The text with typographic characters replaced by their GSM-7 twins (E3).

    Web addresses, codes and what stands in braces for a name or another value stay as they are.
    """
    pieces = _KEPT.split(text)
    return "".join(piece if n % 2 else piece.translate(_PLAIN) for n, piece in enumerate(pieces))


def gsm_safe(text: str) -> str:
    """The text made plain, if that saves segments or makes it GSM-7 for no more of them; else as it is (E3).

    So what can't be GSM-7 anyway keeps its characters: in many scripts, and in emoji, they mean something.
    """
    made = plain(text)
    if made == text:
        return text
    before, after = segments(text), segments(made)
    if after.count < before.count or (after.count == before.count and after.encoding == "GSM-7"):
        return made
    return text
