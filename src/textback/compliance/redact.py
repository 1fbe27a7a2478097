"""Personal data in a text: found, named by class, and masked (rule P5). Pure; words and shapes are in redact_words.

Codes, passwords, cards and IDs are masked everywhere; the rest in what leaves the desk, such as logs and exports.
Whether a text is an opt-out is asked of what they wrote, before anything is masked.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from re import Match, Pattern
from typing import Literal

import msgspec

from textback.compliance import redact_words as words

Class = Literal[
    "card", "bank", "id", "passport", "code", "password", "token",
    "birth", "health", "address", "email", "phone", "name", "minor",
]  # fmt: skip
Level = Literal["everywhere", "outside"]

LABELS: dict[Class, str] = {
    "card": "[card]",
    "bank": "[bank account]",
    "id": "[ID number]",
    "passport": "[ID document]",
    "code": "[code]",
    "password": "[password]",
    "token": "[key]",
    "birth": "[date of birth]",
    "health": "[health]",
    "address": "[address]",
    "email": "[email]",
    "phone": "[phone]",
    "name": "[name]",
    "minor": "[age]",
}
"""What stands in its place."""
EVERYWHERE: frozenset[Class] = frozenset({"card", "bank", "id", "passport", "code", "password", "token"})
OUTSIDE: frozenset[Class] = frozenset(LABELS)

_LONG = re.compile(rf"\d(?:{words.GAP}{{0,2}}\d){{5}}")
_RUN = re.compile(rf"\d+(?:{words.GAP}{{1,2}}\d+){{0,60}}")
_GROUP = re.compile(r"\d+")
_GROUPED = ((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 1), (6, 13), (8, 8))
"""How people break a card's number up."""
_LOOKS_BACK = 40


class Span(msgspec.Struct, frozen=True):
    """A piece of a text, and the class of what it holds."""

    start: int
    end: int
    kind: Class


def secrets(text: str) -> list[Span]:
    """What is to be masked everywhere, in order. Nearly all texts hold nothing of it, and are done with at once."""
    number = _LONG.search(text) is not None
    low = text.lower()
    if not number:
        for word in words.TRIGGERS:
            if word in low:
                break
        else:
            return []
    return _settled(_secret_spans(text, low, number))


def find(text: str, *, names: Collection[str] = (), kept: Collection[str] = ()) -> list[Span]:
    """All personal data, in order and without overlaps. `names` are what the person is known by; `kept` numbers of the
    business's own, in digits, which are nobody's secret."""
    return _settled([*secrets(text), *_other_spans(text, names, kept)])


def cover(text: str, spans: Iterable[Span]) -> str:
    """The text with a label in the place of each span."""
    parts, at = [], 0
    for span in spans:
        parts += [text[at : span.start], LABELS[span.kind]]
        at = span.end
    return "".join([*parts, text[at:]])


def mask(text: str, level: Level = "outside", *, names: Collection[str] = (), kept: Collection[str] = ()) -> str:
    """The text as it may be seen: `everywhere` (desk, models) only without secrets, `outside` (logs, exports) without
    anything personal."""
    spans = secrets(text) if level == "everywhere" else find(text, names=names, kept=kept)
    return cover(text, spans) if spans else text


def _settled(spans: Iterable[Span]) -> list[Span]:
    """By place. What overlaps becomes one, of the class of what begins first."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.kind not in EVERYWHERE, -span.end)):
        if not found or span.start >= found[-1].end:
            found.append(span)
        elif span.end > found[-1].end:  # what sticks out must not be seen
            found[-1] = Span(found[-1].start, span.end, found[-1].kind)
    return found


def _secret_spans(text: str, low: str, number: bool) -> Iterator[Span]:
    """`low` is the text in small letters; `number` says that it has six digits close together."""
    if number:
        yield from _cards(text)
        yield from _ibans(text)
        for pattern, valid in _IDS:
            for hit in pattern.finditer(text):
                if valid(hit) and not _thing(text, hit.start()):
                    yield Span(hit.start(), hit.end(), "id")
    for kind, hints, pattern in words.NAMED_SECRETS:
        if any(hint in low for hint in hints):
            yield from _group(kind, pattern, text)
    if any(hint in low for hint in words.PASSWORD_HINTS):
        yield from _passwords(text)


def _group(kind: Class, pattern: Pattern[str], text: str) -> Iterator[Span]:
    """What the pattern's group caught; the whole where it has none."""
    for hit in pattern.finditer(text):
        place = hit.lastindex or 0
        yield Span(hit.start(place), hit.end(place), kind)


def _thing(text: str, start: int) -> bool:
    """Whether the words before say that it is the number of an order, a parcel, a part."""
    return words.NUMBERED.search(text[max(0, start - _LOOKS_BACK) : start]) is not None


def _digits(text: str) -> list[int]:
    return [int(char) for char in text if char.isdecimal()]


def luhn(digits: list[int]) -> bool:
    """Whether the last digit is right by Luhn's rule."""
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_card(digits: list[int]) -> bool:
    count = len(digits)
    if not 13 <= count <= 19 or len(set(digits)) == 1:
        return False
    two, four = digits[0] * 10 + digits[1], digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3]
    known = (
        (digits[0] == 4 and count in (13, 16, 19))
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and count == 16)
        or (two in (34, 37) and count == 15)
        or ((two in (36, 38, 39) or 3000 <= four <= 3059) and count in (14, 16))
        or ((four == 6011 or two in (65, 62, 35, 60, 81) or 6440 <= four <= 6499) and count >= 16)
        or ((two in (50, 56, 57, 58, 63, 67) or four == 6390) and count in (16, 18, 19))
    )
    return known and luhn(digits)


def _cards(text: str) -> Iterator[Span]:
    for run in _RUN.finditer(text):
        if run.end() - run.start() < 13 or text[max(0, run.start() - 1) : run.start()] == "+":
            continue
        groups = [(one.start() + run.start(), one.group()) for one in _GROUP.finditer(run.group())]
        at = 0
        while at < len(groups):
            size = _card_at(groups, at)
            if size:
                start, (last, digits) = groups[at][0], groups[at + size - 1]
                yield Span(start, last + len(digits), "card")
            at += size or 1


def _card_at(groups: list[tuple[int, str]], at: int) -> int:
    """How many groups of digits from here on are a card's number; 0 for none. The date and the code on its back may
    follow it."""
    whole = at == 0
    lengths: list[int] = []
    digits: list[int] = []
    for size, (_, group) in enumerate(groups[at : at + 19], start=1):
        lengths.append(len(group))
        if sum(lengths) > 19:
            return 0
        digits += _digits(group)
        after = len(groups[at + size][1]) if at + size < len(groups) else 0
        usual = size == 1 or tuple(lengths) in _GROUPED or (whole and after == 0)
        alone = (whole or len(groups[at - 1][1]) <= 3) and after <= 4
        if usual and alone and _is_card(digits):
            return size
    return 0


def _ibans(text: str) -> Iterator[Span]:
    for hit in words.IBAN_START.finditer(text):
        length = words.IBAN_LENGTH.get(hit.group()[:2].upper())
        if length is None:
            continue
        taken, at = "", hit.start()
        while at < len(text) and len(taken) < length:
            char = text[at]
            if char.isascii() and char.isalnum():
                taken += char.upper()
            elif char not in " -" or text[at - 1] in " -":
                break
            at += 1
        ends = at >= len(text) or not text[at].isalnum()
        if len(taken) == length and ends and int("".join(str(int(c, 36)) for c in taken[4:] + taken[:4])) % 97 == 1:
            yield Span(hit.start(), at, "bank")


def _dni(hit: Match[str]) -> bool:
    number = int("".join(str(digit) for digit in _digits(hit[1])))
    return words.DNI_LETTERS[number % 23] == hit[2].upper()


def _nie(hit: Match[str]) -> bool:
    return words.DNI_LETTERS[int(f"{'XYZ'.index(hit[1].upper())}{hit[2]}") % 23] == hit[3].upper()


def _cpf(hit: Match[str]) -> bool:
    digits = _digits(hit.group())
    checks = [sum(d * w for d, w in zip(digits, range(n + 1, 1, -1), strict=False)) * 10 % 11 % 10 for n in (9, 10)]
    return checks == digits[9:] and len(set(digits)) > 1


def _curp(hit: Match[str]) -> bool:
    values = ["0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ".index(char) for char in hit.group().upper()]
    total = sum(value * weight for value, weight in zip(values[:17], range(18, 1, -1), strict=True))
    return (10 - total % 10) % 10 == values[17]


def _nir(hit: Match[str]) -> bool:
    digits = "".join(str(digit) for digit in _digits(hit.group()))
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


_IDS: tuple[tuple[Pattern[str], Callable[[Match[str]], bool]], ...] = (
    (words.SSN, lambda _: True),
    (words.NINO, lambda _: True),
    (words.DNI, _dni),
    (words.NIE, _nie),
    (words.CPF, _cpf),
    (words.CURP, _curp),
    (words.NIR, _nir),
)


def _passwords(text: str) -> Iterator[Span]:
    for hit in words.PASSWORD.finditer(text):
        said = text[hit.start() : hit.start(1)]
        value = hit[1].strip(".,;:!?\"'()").lower()
        shaped = any(char.isdecimal() for char in value) and any(not char.isdecimal() for char in value)
        if value in words.NOT_PASSWORDS or len(value) < 3:
            continue
        if shaped or words.PASSWORD_LINK.search(said) is not None:
            yield Span(hit.start(1), hit.end(1), "password")
    for hit in words.KEYED.finditer(text):
        place = hit.lastindex or 0
        if hit[place].strip(".,;:!?").lower() not in words.NOT_PASSWORDS:
            yield Span(hit.start(place), hit.end(place), "password")


def _other_spans(text: str, names: Collection[str], kept: Collection[str]) -> Iterator[Span]:
    if "@" in text:
        yield from _group("email", words.EMAIL, text)
    yield from _phones(text, {_number(one) for one in kept})
    yield from _group("birth", words.BIRTH, text)
    yield from _group("health", words.HEALTH, text)
    yield from _addresses(text)
    for pattern in words.MINORS:
        yield from _whole("minor", pattern, text)
    yield from _group("name", words.NAMED, text)
    yield from _names(text, names)


def _whole(kind: Class, pattern: Pattern[str], text: str) -> Iterator[Span]:
    return (Span(hit.start(), hit.end(), kind) for hit in pattern.finditer(text))


def _number(text: str) -> str:
    return "".join(str(digit) for digit in _digits(text))[-10:]


def _phones(text: str, kept: Collection[str]) -> Iterator[Span]:
    ours: list[Span] = []
    for pattern in words.PHONES:
        for hit in pattern.finditer(text):
            span = Span(hit.start(), hit.end(), "phone")
            if kept and _number(hit.group()) in kept:
                ours.append(span)
            elif not _thing(text, span.start) and not any(o.start < span.end and span.start < o.end for o in ours):
                yield span


def _addresses(text: str) -> Iterator[Span]:
    for hit in words.STREET.finditer(text):
        if not any(word.strip(".,").lower() in words.NOT_STREETS for word in hit[1].split()):
            yield Span(hit.start(), hit.end(), "address")
    for pattern in (words.CALLE, *words.PLACES):
        yield from _whole("address", pattern, text)


def _names(text: str, names: Collection[str]) -> Iterator[Span]:
    parts = {part for name in names for part in [name.strip(), *name.split()] if len(part) > 2}
    if parts:
        longest_first = sorted(parts, key=len, reverse=True)
        either = "|".join(re.escape(part) for part in longest_first)
        yield from _whole("name", re.compile(rf"(?i)(?<!\w)(?:{either})(?!\w)"), text)
