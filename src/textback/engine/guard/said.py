"""A text as the checks read it: folded to small letters without accents, cut into words, undone of disguises."""

import re
import unicodedata
from functools import lru_cache

import msgspec

#: Letters of other scripts that look like Latin ones.
_ALIKE = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d\u0261"
    "\u03b1\u03b2\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03b7\u03b3\u0131\u0578\u057d\u0585\u0566\u3002",
    "abekmhopctyxijsdqwgabeikvoptuxnyinuoz.",
)
_LEET = str.maketrans("0134578@$!", "oleastbasi")
_LEET_I = str.maketrans("0134578@$!", "oieastbasi")
_WRITTEN_OUT = (
    (re.compile(r"\bcan(?:'|no)?t\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"\b(i)'m\b"), r"\1 am"),
    (re.compile(r"\b(it|that|he|she|there|here|what|who|how|where|when|let|everything|all)'s\b"), r"\1 is"),
    (re.compile(r"'s\b"), ""),
)
_SHORT = {
    "im": "i am", "ive": "i have", "youre": "you are", "youve": "you have", "youll": "you will", "weve": "we have",
    "theyre": "they are", "thats": "that is", "dont": "do not", "doesnt": "does not", "isnt": "is not",
    "arent": "are not", "wont": "will not", "ur": "your", "u": "you", "al": "a el", "del": "de el",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,2}[^\W_]){3,400}(?![^\W_])")
_BETWEEN = re.compile(r"[\W_]+")
_DISGUISED = re.compile(r"[a-z][0-9@$!][a-z0-9@$!]|[0-9@$!][a-z]{2}|[a-z]{2}[0-9@$]")
_EBIKE = re.compile(r"\b([a-z])-(?=[a-z]{3})")


class Said(msgspec.Struct, frozen=True):
    """A text ready to be looked through.

    Attributes:
        text: As it is.
        low: In small letters, without accents, contractions written out; punctuation stays.
        words: Its words with a space around each.
        undone: The same with letters in the place of digits and signs that stand for them, and single letters joined;
            empty where nothing is disguised.
    """

    text: str
    low: str
    words: str
    undone: str


@lru_cache(maxsize=2_000)
def said(text: str) -> Said:
    """Prepare a text."""
    low = fold(text)
    words = spaced(low)
    return Said(text, low, words, _undone(low))


@lru_cache(maxsize=4_000)
def fold(text: str) -> str:
    """Small letters without accents, in Latin letters where others only look like them; contractions written out."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Cf"))
        text = text.replace("’", "'").replace("‘", "'")
    low = text.casefold().translate(_ALIKE)
    if "'" in low or "cannot" in low:
        for pattern, instead in _WRITTEN_OUT:
            low = pattern.sub(instead, low)
    return _EBIKE.sub(r"\1", low)


def spaced(low: str) -> str:
    """The words of a folded text with a space around each."""
    return f" {' '.join(_SHORT.get(word, word) for word in _WORD.findall(low.replace(chr(39), '')))} "


def _undone(low: str) -> str:
    """The words without disguises: fr33, f r e e."""
    found = []
    if _DISGUISED.search(low):
        found += [spaced(low.translate(table)) for table in (_LEET, _LEET_I)]
    if _LETTERS.search(low):
        found.append(spaced(_LETTERS.sub(lambda run: _BETWEEN.sub("", run[0]), low)))
    return "|".join(found)


@lru_cache(maxsize=2_000)
def squeezed(text: str) -> str:
    """The letters and digits alone."""
    return _BETWEEN.sub("", fold(text))


_LIGHT_ENDS = ("ciones", "cion", "mente", "ando", "iendo", "amos", "emos", "imos", "ados", "adas", "idos", "idas")
_ENDS = ("ing", "ado", "ada", "ido", "ida", "ied", "ed", "ar", "er", "ir", "an", "en", "es", "ly")
_SAME = {
    "cierra": "cerr", "cierran": "cerr", "closes": "clos", "closing": "clos", "fixed": "fix", "bicycle": "bike",
    "bicycles": "bike", "bici": "bicicleta", "bicis": "bicicleta", "store": "shop", "children": "kid", "kids": "kid",
    "child": "kid", "automobile": "car", "hire": "rent", "rental": "rent", "rentals": "rent", "given": "give",
    "taken": "take", "took": "take", "gave": "give", "sold": "sell", "worn": "wear", "brought": "bring",
    "mails": "mail", "cancelled": "cancel", "canceled": "cancel", "cancellation": "cancel", "dogs": "dog",
}  # fmt: skip


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """What a word has in common with its other forms, roughly, in English and Spanish."""
    word = _SAME.get(word, word)
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    for end in (*_LIGHT_ENDS, *_ENDS):
        if word.endswith(end) and len(word) - len(end) >= 3:
            word = word[: -len(end)]
            break
    if len(word) > 3 and word[-1] in "aeoy":
        word = word[:-1]
    if len(word) > 4 and word[-1] == word[-2]:
        word = word[:-1]
    return word
