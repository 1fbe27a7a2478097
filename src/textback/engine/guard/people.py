"""Phone numbers, e-mail addresses and names in a reply that nobody gave."""

import re
from collections.abc import Iterable
from functools import lru_cache

from textback.engine.guard.facts import in_digits
from textback.engine.guard.people_words import KNOWN_NAMES

_PHONE = re.compile(r"(?<![\w.])(?:\+|00)?\(?\d(?:[\s().\-/\u2022]{0,3}[\doOlI](?![a-zA-Z]{2})){6,16}")
_VANITY = re.compile(r"\b1?[\s.\-]?\(?(?:8\d\d|[2-9]\d\d)\)?[\s.\-][A-Z0-9]{3,7}[\s.\-]?[A-Z0-9]{0,7}\b")
_NOT_DIGIT = re.compile(r"\D")
_ZERO = str.maketrans("oOlI", "0011")
_OH = re.compile(r"\boh?\b(?=[\s\-,]+\d)|(?<=\d )\boh?\b")
_NAME = re.compile(r"(?<![\w'])[A-ZÁÉÍÓÚÑÜ][^\W\d_]{1,20}(?!\w)")
_INTRODUCED = re.compile(
    r"\b(?:I'm|I am|I’m|this is|my name is|me llamo|mi nombre es|soy|le habla)\s+(?:the )?([A-ZÁÉÍÓÚÑ][a-záéíóúñ]+)",
    re.IGNORECASE,
)
_START = re.compile(r"(?:^|[.!?:;¡¿\"(\n]\s*)$")


@lru_cache(maxsize=2_000)
def phones(text: str) -> tuple[str, ...]:
    """The phone numbers in a text, as their digits. Digits may be written as words."""
    found = [_NOT_DIGIT.sub("", hit[0].translate(_ZERO)) for hit in _PHONE.finditer(text)]
    found += [
        hit[0] for hit in _VANITY.finditer(text) if sum(c.isalpha() for c in hit[0]) > 2 and hit[0].count("-") > 1
    ]
    return tuple(one for one in found if len(one) >= 7)


def spelt_phones(low: str) -> list[str]:
    """The phone numbers in a folded text that are written in words, as their digits."""
    text = re.sub(r"\bone\b|\buno\b", "1  ", low)
    digits = re.sub(r"[\s\-,]+", " ", _OH.sub("0", in_digits(text)))
    digits = re.sub(r"\boh?\b", "0", digits)
    found = [re.sub(r"\D", "", hit[0]) for hit in re.finditer(r"(?:\b\d{1,2}\b ?){6,16}", digits)]
    return [one for one in found if len(one) >= 7]


def same_number(one: str, other: str) -> bool:
    """Whether two numbers, as digits, are one: with or without the country, or without the area."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= 7 and longer.endswith(shorter)


def names(text: str) -> list[str]:
    """Words in a text that look like names: with a capital inside a sentence."""
    found = []
    for hit in _NAME.finditer(text):
        word = hit[0].casefold()
        if word not in KNOWN_NAMES and not _START.search(text[max(0, hit.start() - 4) : hit.start()]):
            found.append(hit[0])
    return found


def introduced(text: str) -> list[str]:
    """The names that the text gives its writer."""
    return [
        hit[1] for hit in _INTRODUCED.finditer(text) if hit[1][0].isupper() and hit[1].casefold() not in KNOWN_NAMES
    ]


_HAS = re.compile(
    r"^(?:['’]s\b| (?:has|have|had|is|was|will|bought|rented|wrote|called|said|paid|lives|works|owes|"
    r"tiene|esta|está|es|vive|compró|fue)\b)"
)


_DOES = re.compile(
    r"(?:^|[.!?,]\s+)([A-ZÁÉÍÓÚÑ][a-záéíóúñ]{1,20})(?= (?:has|had|was|bought|rented|wrote|called|said|"
    r"paid|lives|works|owes|came|compró|vive|pagó)\b)"
)


def doing(text: str) -> list[str]:
    """Words that begin a sentence and do what people do."""
    return [hit[1] for hit in _DOES.finditer(text) if hit[1].casefold() not in KNOWN_NAMES]


def spoken_of(text: str, name: str) -> bool:
    """Whether a text says something about whom it names."""
    return any(_HAS.match(text[hit.end() :]) for hit in re.finditer(re.escape(name), text))


def unknown(found: Iterable[str], known: str) -> list[str]:
    """Those of some names that are not among the words that are known."""
    return [name for name in found if f" {name.casefold()} " not in known]
