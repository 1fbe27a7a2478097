"""People's names: the answer to "What's your name?", and "I'm Ana" in the middle of something else."""

import re
from collections.abc import Mapping
from functools import cache

from textback.engine.match import NO, YES
from textback.engine.matchers.lexicon import Lexicon, lexicon
from textback.engine.matchers.line import Line, Span, either
from textback.engine.matchers.numerals import unused
from textback.engine.matchers.shapes import LONGEST, Found, Here, Reading

_WORD = re.compile(r"[^\W\d_]+(?:[-.][^\W\d_]+)*\.?")
_NOT_LETTERS = re.compile(r"[\d@#$€£%*+=<>{}\[\]\\|~^_/]")
MOST_WORDS = 5
MOST_WORDS_INSIDE = 3
LONGEST_WORD = 30


@cache
def _patterns(lex: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str]]:
    introduced = re.compile(rf"(?<!\w)(?:{either(lex.all('introductions'))})(?!\w):? (?=\w)")
    return introduced, re.compile(rf",? (?:{either(lex.all('here'))})(?!\w)")


def capitalised(name: str, particles: frozenset[str]) -> str:
    """A name with capitals where it was typed without any, or in nothing but capitals."""
    letters = [char for char in name if char.isalpha()]
    if not (all(char.islower() for char in letters) or (all(char.isupper() for char in letters) and len(letters) > 2)):
        return name
    words = name.lower().split()
    made = [word if place and word in particles else _capital(word) for place, word in enumerate(words)]
    return " ".join(made)


def _capital(word: str) -> str:
    """Ana, Jean-Luc, O'Brien."""
    word = re.sub(r"(^|-)(\w)", lambda m: m[1] + m[2].upper(), word)
    return re.sub(r"^([OD]['’])(\w)", lambda m: m[1] + m[2].upper(), word)


def _run(line: Line, start: int, most: int, lex: Lexicon) -> Span | None:
    """The words from `start` that can be a name: to the end of the clause or the first word that is none."""
    end, place, taken = start, start, 0
    clause = line.clause((start, start + 1))[1]
    never = lex.all("not_names")
    while place < clause and taken < most + 1:
        word = _WORD.match(line.normal, place)
        if word is None or len(word[0]) > LONGEST_WORD:
            break
        plain = word[0].rstrip(".")
        if plain in never and not (taken and plain in lex.all("particles")):
            break
        end, place, taken = word.end(), word.end(), taken + 1
        if line.normal[place : place + 1] == " ":
            place += 1
    while taken and line.normal[start:end].rsplit(" ", 1)[-1] in lex.all("particles"):
        end, taken = max(start, line.normal.rfind(" ", start, end)), taken - 1
    return (start, end) if 0 < taken <= most and end > start else None


def _made(line: Line, span: Span, used: Span, how: str, lex: Lexicon) -> Reading | None:
    written = re.sub(r"\s+", " ", line.original(span)).strip(" .,")
    written = "".join(char for char in written if char.isprintable())
    if not any(char.isalpha() for char in written) or _NOT_LETTERS.search(written):
        return None
    name = capitalised(written, lex.all("particles"))
    return Reading(name, how, name, unused(line, [used], lex))


def _introduced(line: Line, lex: Lexicon, *, strict: bool) -> Reading | None:
    """ "I'm Ana", "me llamo Ana", anywhere. After "it's" only a capital shows that a name follows."""
    introduced, _ = _patterns(lex)
    for found in introduced.finditer(line.normal):
        span = _run(line, found.end(), MOST_WORDS_INSIDE, lex)
        if span is None:
            continue
        first = line.normal[span[0] : span[1]].split()[0]
        said = found[0].strip(" :")
        doubtful = (first.endswith("ing") and len(first) > 5) or first in lex.all("particles")
        if (doubtful or (strict and said in lex.weak_introductions)) and not line.original(span)[:1].isupper():
            continue
        return _made(line, span, (found.start(), span[1]), f'after "{said}"', lex)
    return None


def _signed(line: Line, lex: Lexicon) -> Reading | None:
    """ "Ana Lopez here", as a clause of its own."""
    _, here = _patterns(lex)
    for found in here.finditer(line.normal):
        start, _ = line.clause((found.start(), found.start() + 1))
        start += len(line.normal[start:]) - len(line.normal[start:].lstrip(" "))
        span = _run(line, start, MOST_WORDS_INSIDE, lex)
        if span is not None and span[1] == found.start():
            return _made(line, span, (start, found.end()), f'before "{found[0].strip(" ,")}"', lex)
    return None


def find_name(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A name that somebody gives as theirs inside a longer text."""
    if len(text) > LONGEST:
        return None
    line, lex = Line(text), lexicon(here.locale)
    return _introduced(line, lex, strict=True) or _signed(line, lex)


def name(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A name of one to five words. Capitals are added only where the text has none or nothing else."""
    if len(text) > LONGEST:
        return None
    line, lex = Line(text), lexicon(here.locale)
    found = _introduced(line, lex, strict=False) or _signed(line, lex)
    if found is not None:
        return found
    start = 0
    polite = _POLITE.match(line.normal)
    if polite:
        start = polite.end()
    normal = line.normal[start:].strip(" .,!?")
    if not normal or normal in YES or normal in NO or _NOT_LETTERS.search(normal):
        return None
    start = line.normal.index(normal, start)
    span = _run(line, start, MOST_WORDS, lex)
    if span is None:
        return None
    rest = line.normal[span[1] :].strip(" .,!?")
    goes_on = line.normal[span[1] : line.clause(span)[1]]
    if any(word not in lex.fillers for word in re.findall(r"\w+", goes_on)):
        return None  # the sentence goes on, so it was no name
    return _made(line, span, span, "the whole text" if not rest else "the first words", lex)


_POLITE = re.compile(r"(?:\W*(?:hi|hello|hey|hola|sure|ok|okay|yes|claro|si|its|it is|the name is)\b[\s,.!:]*){1,3}")
