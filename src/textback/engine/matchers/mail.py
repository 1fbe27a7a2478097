"""E-mail addresses, written or spelt out."""

import re
from collections.abc import Mapping
from functools import cache

from textback.engine.matchers.lexicon import Lexicon, lexicon
from textback.engine.matchers.line import Line, Span, either, whole
from textback.engine.matchers.numerals import unused
from textback.engine.matchers.shapes import LONGEST, Found, Here, Reading, settle

_LOCAL = re.compile(r"[a-z0-9!#$%&*+/=?^_{|}~-]+(?:\.[a-z0-9!#$%&*+/=?^_{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_PUNCTUATION = ".,;:!?()[]<>\"'&/="


def _checked(local: str, domain: str) -> str | None:
    """The address in lower case, when it can be one."""
    if len(local) > 64 or len(domain) > 253 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        return None
    return f"{local}@{domain}"


def _written(line: Line) -> list[tuple[str, Span]]:
    """Addresses with an @ in them. A blank beside the @ is taken for a slip."""
    found = []
    normal = line.normal
    for at in re.finditer(r" ?@ ?", normal):
        start, end = at.start(), at.end()
        while start and normal[start - 1] not in ' \n,;:<>()[]"@' and at.start() - start <= 64:
            start -= 1
        while end < len(normal) and normal[end] not in ' \n,;:<>()[]"@' and end - at.end() <= 253:
            end += 1
        while start < at.start() and normal[start] in _PUNCTUATION:
            start += 1
        while end > at.end() and normal[end - 1] in _PUNCTUATION:
            end -= 1
        if normal[start - 1 : start] == "@" or normal[end : end + 1] == "@":
            continue
        if not line.original((start, end)).isascii():
            continue  # an accent is part of the address, or a slip; either way this is not it
        address = _checked(normal[start : at.start()], normal[at.end() : end])
        if address is not None:
            found.append((address, (start, end)))
    return found


@cache
def _spelt_pattern(lex: Lexicon) -> tuple[re.Pattern[str], dict[str, str]]:
    """ "ana dot lopez at example dot com", and what each word in it stands for."""
    marks: dict[str, str] = {word: sign for words in lex.languages for word, sign in words.marks.items()}
    dot = either(lex.all("dot"))
    at = either(lex.all("at"))
    joint = rf"(?: (?:{dot}|{either(marks)}) |[._+-])"
    stop = rf"(?: ?[(\[]?(?:{dot})[)\]]? ?|\.)"
    piece = r"[a-z0-9]+"
    name = rf"{piece}(?:{joint}{piece}){{0,5}}"
    domain = rf"{piece}(?:-{piece}){{0,3}}(?:{stop}{piece}(?:-{piece}){{0,3}}){{0,3}}{stop}[a-z]{{2,12}}"
    pattern = whole(rf"(?P<local>{name})(?P<at> ?[(\[] ?(?:{at}|@) ?[)\]] ?| (?:{at}) )(?P<domain>{domain})")
    return pattern, {**marks, **dict.fromkeys(lex.all("dot"), ".")}


def _spelt(line: Line, lex: Lexicon) -> list[tuple[str, Span]]:
    pattern, signs = _spelt_pattern(lex)
    if not any(word in line.normal for word in lex.all("at")):
        return []
    said = re.compile(rf" ?[(\[]?(?<!\w)({either(signs)})(?!\w)[)\]]? ?")
    found = []
    for match in pattern.finditer(line.normal):
        local, domain = (said.sub(lambda m: signs[m[1]], match[part]) for part in ("local", "domain"))
        address = _checked(local, domain)
        if address is not None and line.original(match.span()).isascii():
            found.append((address, match.span()))
    return found


def _read(text: str, here: Here, *, strict: bool) -> Found:
    if len(text) > LONGEST:
        return None
    line, lex = Line(text), lexicon(here.locale)
    found, how = _written(line), "written"
    if not found and (not strict or any(word in line.normal for word in lex.all("email_words"))):
        found, how = _spelt(line, lex), "spelt out"
    rest = unused(line, [span for _, span in found], lex)
    return settle([Reading(address, how, address, rest) for address, _ in found], "several addresses")


def email(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """An address in lower case. What may be a typing error is not corrected."""
    return _read(text, here, strict=False)


def find_email(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """An address inside a longer text; a spelt one only where e-mail is spoken of."""
    return _read(text, here, strict=True)
