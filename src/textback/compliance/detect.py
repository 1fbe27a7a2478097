"""Recognises consent words: a whole message, however it is dressed up (rule O2)."""

import re
import unicodedata

import msgspec

from textback.compliance.keywords import LISTS, Kind

LONGEST = 64
"""A message whose own part is longer than this, once normalised, is no keyword."""

#: Letters of other scripts that look like Latin ones. Applied only to words that mix scripts or are all look-alikes,
#: so that Russian words stay Russian.
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһӏкмтвнАЕОРСУХІЈЅКМТВНαεορυτικνχΑΕΟΡΥΤΙΚΝΧΜΒΗΖ",
    "aeopcyxijsdhlkmtbhAEOPCYXIJSKMTBHaeoputiknxAEOPYTIKNXMBHZ",
)
_SIGNATURE = re.compile(
    r"^(--\s*$|__+\s*$|sent from my\b|sent via\b|sent with\b|get outlook\b|enviado desde mi\b|envoye de mon\b|"
    r"von meinem .* gesendet)",
    re.IGNORECASE,
)
_FAST = re.compile(r"[A-Za-z0-9 ',.!?]+")
_SPACE = re.compile(r"\s+")
_REPEAT = re.compile(r"(.)\1{2,}")


class Keyword(msgspec.Struct, frozen=True):
    """A consent word that was the whole message: its kind, and the list's word that it matched."""

    kind: Kind
    word: str


def _is_vowel(c: str) -> bool:
    """Whether a mark is no accent but a part of the word: the vowels of Indian scripts, the voicing of Japanese."""
    return "\u0900" <= c <= "\u0eff" or c in "\u3099\u309a"


def _strip_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in decomposed if unicodedata.category(c) != "Mn" or _is_vowel(c))
    return unicodedata.normalize("NFC", kept)


def _without_signature(text: str) -> str:
    """The lines before a signature; a message that is nothing else is kept."""
    if "\n" not in text and "\r" not in text:
        return text
    kept: list[str] = []
    for line in text.splitlines():
        if _SIGNATURE.match(_strip_accents(line.strip())):
            break
        kept.append(line)
    return "\n".join(kept) if any(line.strip() for line in kept) else text


def normalise(text: str) -> str:
    """The text as keywords are compared (O2): NFKC, no invisible characters, look-alikes mapped, lower case, no
    quotes, punctuation, emoji or accents, single spaces, no signature. Idempotent."""
    text = _without_signature(text)
    if text.isascii() and _FAST.fullmatch(text):
        letters = text.casefold()
    else:
        letters = _strip_accents(unicodedata.normalize("NFKC", text)).casefold()
    kept = []
    for c in letters:
        if c.isalnum() or (_is_vowel(c) and unicodedata.category(c)[0] == "M"):
            kept.append(c)
        elif c in "'’`´\"" or unicodedata.category(c) in ("Cf", "Mn", "Me", "Sk"):
            continue  # quotes and invisible characters join what they stand in: s'top, s​top
        else:
            kept.append(" ")
    plain = unicodedata.normalize("NFC", _SPACE.sub(" ", "".join(kept)).strip())
    latin = plain.translate(_LOOKALIKES)
    return latin if latin.isascii() or any("a" <= c <= "z" for c in plain) else plain


_KINDS: dict[str, Kind] = {}
for _list in LISTS:
    for _word in _list.words:
        _KINDS.setdefault(normalise(_word), _list.kind)
_JOINED: dict[str, Kind] = {word.replace(" ", ""): kind for word, kind in _KINDS.items()}
_STARTS = frozenset(word[0] for word in _KINDS)


def keyword(text: str) -> Keyword | None:
    """The consent word that this message is, or None. A keyword inside a sentence is not one (O5, O9)."""
    plain = normalise(text)
    if not plain or len(plain) > LONGEST:
        return None
    return _match(plain) or _match_repeated(plain)


def _match(plain: str) -> Keyword | None:
    kind = _KINDS.get(plain)
    if kind is not None:
        return Keyword(kind, plain)
    joined = plain.replace(" ", "")
    # "s t o p" and "stopall" are words; "end it" is not, so only single letters may be joined, or a listed pair.
    if joined != plain and (kind := _JOINED.get(joined)) and all(len(part) == 1 for part in plain.split()):
        return Keyword(kind, joined)
    kind = _JOINED.get(plain)
    return Keyword(kind, plain) if kind is not None else None


def _match_repeated(plain: str) -> Keyword | None:
    """STOOOP, and STOP STOP STOP: repeats collapse to one or two of the same."""
    for replacement in (r"\1", r"\1\1") if _REPEAT.search(plain) else ():
        squeezed = _REPEAT.sub(replacement, plain)
        if squeezed != plain and (found := _match(squeezed)):
            return found
    words = plain.split()
    for size in (1, 2):
        if len(words) > size and words == words[:size] * (len(words) // size):
            return _match(" ".join(words[:size]))
    return None
