"""Texts that are made, to train the model of compliance/likeness.py: from templates, misspelt, and two put together.

The templates are in benchmarks/revocation: `wish_*` are clear opt-outs, `rest_*` are none. Nothing here is left to
chance: what is chosen goes by a checksum, so the same files give the same texts.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from textback.compliance.tagging import is_of_interest, words_of

FOLDER = Path(__file__).resolve().parent / "revocation"
EACH = {"clear": 36, "none": 36}
"""Texts of a template, at most."""
_CHOICE = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[^\W\d_]{4,}")
_NEAR = {"a": "s", "e": "r", "i": "o", "o": "p", "s": "d", "t": "y", "n": "m", "r": "t", "l": "k", "u": "i"}
Text = dict[str, str]


def _number(*parts: object) -> int:
    """A number that looks like chance, and is the same for the same parts. CRC alone mixes its low bits badly."""
    mixed = zlib.crc32(" ".join(map(str, parts)).encode()) * 0x9E3779B1 & 0xFFFFFFFF
    return (mixed ^ (mixed >> 15)) * 0x85EBCA6B >> 9 & 0x7FFFFF


def expanded(template: str, most: int) -> list[str]:
    """Up to so many texts of a template."""
    found = {_filled(template, turn): None for turn in range(most * 2)}
    return list(found)[:most]


def _filled(template: str, turn: int) -> str:
    place = 0
    while (choice := _CHOICE.search(template)) is not None:
        options = choice[1].split("|")
        chosen = options[_number(turn, place, choice[1]) % len(options)]
        template = f"{template[: choice.start()]}{chosen}{template[choice.end() :]}"
        place += 1
    return " ".join(template.split())


def from_templates() -> Iterator[Text]:
    for path in sorted(FOLDER.glob("*.txt")):
        label = "clear" if path.name.startswith("wish") else "none"
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            if line.startswith("#"):
                continue
            lang, template = line.split(" ", 1)
            for text in expanded(template, EACH[label]):
                yield {"text": text, "label": label, "lang": lang, "group": f"made-{path.stem}-{at}"}


def misspelt(text: str, turn: int = 0) -> str:
    """The text with a slip of the finger in one word, or in two of a long one; the text itself where it has no word
    that is long enough."""
    words = list(_WORD.finditer(text))
    for slip in range(1 if len(words) < 5 else 2):
        if not words:
            break
        word = words.pop(_number(text, turn, slip) % len(words))
        wrong = _slipped(word[0], _number(text, turn, slip, "how"))
        text = f"{text[: word.start()]}{wrong}{text[word.end() :]}"
        words = [other for other in words if other.end() <= word.start()]
    return text


def _slipped(word: str, number: int) -> str:
    at = 1 + number // 8 % (len(word) - 2)
    match number % 6:
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1 | 2:
            return word[:at] + word[at + 1 :]
        case 3:
            return word[:at] + word[at] + word[at:]
        case 4:
            return word[:at] + _NEAR.get(word[at], word[at]) + word[at + 1 :]
        case _:
            return word[0] + (re.sub("[aeiou]", "", word[1:]) or word[1:])


def from_texts(data: Sequence[Text]) -> Iterator[Text]:
    """Of texts there are: each misspelt, and two put together, of which the other is small talk."""
    talk: dict[str, list[str]] = {}
    for one in data:
        if one["label"] == "none" and len(one["text"]) < 60 and not is_of_interest(words_of(one["text"])):
            talk.setdefault(one["lang"], []).append(one["text"].strip())
    for at, one in enumerate(data):
        text = one["text"]
        if one["label"] == "unsure" or len(text) > 120 or one["group"] == "prose":
            continue
        wrong = misspelt(text)
        if wrong != text:
            yield {**one, "text": wrong, "made": "misspelt"}
        if at % 2 == 0 and (others := talk.get(one["lang"])):
            other = others[_number(text, "talk") % len(others)]
            pause = (". ", ", ", "! ", " ", "\n")[_number(text, "pause") % 5]
            both = (other, text) if at % 4 else (text, other)
            yield {**one, "text": pause.join(both), "made": "two"}
