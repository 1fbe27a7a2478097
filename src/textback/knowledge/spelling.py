"""Undoes what thumbs do to words: abbreviations, dropped vowels, one wrong letter.

A word that the bot's examples use, or that the encoder knows as a whole, is left alone. Anything else becomes the
nearest word of the examples, or failing that the commonest of the encoder's, or stays as it is.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz.distance import OSA

from textback.knowledge.language import Language, guess
from textback.knowledge.spanish import MEANINGS, gloss

LONGEST_TEXT = 2_000
"""Characters that are looked at."""

#: What texters write, in English and Spanish. Only words that mean nothing else are here.
LEXICON: Mapping[str, str] = {
    "u": "you", "ur": "your", "r": "are", "y": "why", "n": "and", "b": "be", "c": "see", "k": "ok", "kk": "ok",
    "pls": "please", "plz": "please", "plse": "please", "pleas": "please", "thx": "thanks", "tnx": "thanks",
    "thnx": "thanks", "ty": "thank you", "tysm": "thank you so much", "yw": "you are welcome", "np": "no problem",
    "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow", "tom": "tomorrow", "2morrow": "tomorrow",
    "2moro": "tomorrow", "tomoz": "tomorrow", "2day": "today", "tdy": "today", "2nite": "tonight", "2night": "tonight",
    "tonite": "tonight", "b4": "before", "l8r": "later", "l8": "late", "gr8": "great", "m8": "mate", "w8": "wait",
    "asap": "as soon as possible", "appt": "appointment", "apt": "appointment", "apptmt": "appointment",
    "appmt": "appointment", "mins": "minutes", "min": "minutes", "hrs": "hours", "hr": "hour", "wk": "week",
    "wks": "weeks", "wknd": "weekend", "mon": "monday", "tue": "tuesday", "tues": "tuesday", "wed": "wednesday",
    "thu": "thursday", "thur": "thursday", "thurs": "thursday", "fri": "friday", "sat": "saturday", "sun": "sunday",
    "msg": "message", "txt": "text", "pic": "picture", "pics": "pictures", "info": "information", "addr": "address",
    "acct": "account", "amt": "amount", "num": "number", "nbr": "number", "pwd": "password", "pw": "password",
    "qty": "quantity", "approx": "about", "abt": "about", "bc": "because", "cuz": "because", "coz": "because",
    "cos": "because", "becuz": "because", "b/c": "because", "w/": "with", "w/o": "without", "wo": "without",
    "idk": "i do not know", "dunno": "do not know", "lmk": "let me know", "rn": "right now", "btw": "by the way",
    "fyi": "for your information", "omg": "oh my god", "imo": "in my opinion", "gonna": "going to", "gotta": "got to",
    "wanna": "want to", "gimme": "give me", "lemme": "let me", "kinda": "kind of", "cud": "could", "shud": "should",
    "wud": "would", "wld": "would", "cld": "could", "shld": "should", "wat": "what", "wut": "what", "wot": "what",
    "wats": "what is", "whats": "what is", "wht": "what", "wen": "when", "wer": "where", "wheres": "where is",
    "hows": "how is", "whos": "who is", "whens": "when is", "im": "i am", "ive": "i have", "ill": "i will",
    "hav": "have", "hv": "have", "gud": "good", "gd": "good", "luv": "love", "yr": "your", "yrs": "years", "ya": "you",
    "yall": "you", "dont": "do not", "doesnt": "does not", "didnt": "did not", "cant": "can not", "cannot": "can not",
    "wont": "will not", "isnt": "is not", "arent": "are not", "wasnt": "was not", "havent": "have not",
    "hasnt": "has not", "couldnt": "could not", "wouldnt": "would not", "thru": "through", "tho": "though",
    "nite": "night", "ppl": "people", "pmt": "payment", "pymt": "payment", "rcvd": "received", "recd": "received",
    "sched": "schedule", "resched": "reschedule", "rez": "reservation", "reso": "reservation", "addy": "address",
    "hws": "how is", "prob": "problem", "cn": "can", "hw": "how", "tme": "time", "ths": "this", "lk": "like",
    "lke": "like", "nd": "need", "wnt": "want", "wth": "with", "wll": "will", "tht": "that", "th": "the", "teh": "the",
    "hs": "has", "gt": "get", "giv": "give", "mk": "make", "tk": "take", "nt": "not", "jst": "just", "mch": "much",
    "mny": "many", "hlp": "help", "knw": "know", "opn": "open", "nxt": "next", "lst": "last", "mve": "move",
    "thnk": "think", "mrng": "morning", "bck": "back", "dnt": "do not", "ddnt": "did not", "smth": "something",
    "sth": "something", "frm": "from", "dis": "this", "dat": "that", "da": "the", "probs": "problems",
    "cust": "customer", "svc": "service", "avail": "available", "xfer": "transfer", "bday": "birthday",
    "srsly": "seriously",
}  # fmt: skip
SPANISH_LEXICON: Mapping[str, str] = {
    "q": "que", "k": "que", "xq": "porque", "pq": "porque", "porq": "porque", "x": "por", "xfa": "por favor",
    "xfavor": "por favor", "porfa": "por favor", "porfis": "por favor", "pf": "por favor", "d": "de", "tb": "tambien",
    "tmb": "tambien", "tbn": "tambien", "bn": "bien", "grax": "gracias", "grcs": "gracias", "mñn": "manana",
    "mnn": "manana", "hr": "hora", "hrs": "horas", "cto": "cuanto", "cdo": "cuando", "dnd": "donde", "toy": "estoy",
    "ta": "esta", "tas": "estas", "pa": "para", "ntp": "no te preocupes", "msj": "mensaje", "tel": "telefono",
    "info": "informacion", "kiero": "quiero", "qiero": "quiero", "aki": "aqui", "s": "es", "l": "el",
}  # fmt: skip

_WORD = re.compile(r"[^\W_]+(?:/[^\W_]*)?|[^\w\s]")
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼ"))
_REPEATED = re.compile(r"(.)\1{2,}")
_VOWELS = re.compile(r"(?<=.)[aeiou]")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST_FIX, _LONGEST_FIX = 4, 20
_SHORTEST_SKELETON = 3
_MOST_WORDS = 400
_UNCOMMON = 12_000
_INDEXED = 10_000
"""Dictionaries up to this size are indexed by their words' parts: quicker, for some 10 MB of memory."""


def plain(text: str) -> str:
    """Lower case, without accents, apostrophes and invisible characters; soooo is soo."""
    text = text[:LONGEST_TEXT].translate(_APOSTROPHES)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cf", "Cs", "Co", "Cn"))
    return _REPEATED.sub(r"\1\1", text.lower())


def split(text: str) -> list[str]:
    """The words and marks of a text that is plain."""
    return _WORD.findall(text)[:_MOST_WORDS]


def _skeleton(word: str) -> str:
    """The word without the vowels after its first letter, and without doubled letters."""
    bare = _VOWELS.sub("", word)
    return "".join(c for i, c in enumerate(bare) if i == 0 or c != bare[i - 1])


def _cut(word: str) -> set[str]:
    """The word, and all that it becomes when one of its letters is left out."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _one_off(word: str) -> set[str]:
    """Every word that one dropped, doubled, wrong or swapped letter away from this one."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    return {
        *(a + b[1:] for a, b in cuts if b),
        *(a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1),
        *(a + c + b[1:] for a, b in cuts if b for c in _LETTERS),
        *(a + c + b for a, b in cuts for c in _LETTERS),
    }


class Dictionary:
    """Words by rank, the best first, with what they look like without their vowels."""

    def __init__(self, words: Iterable[str]) -> None:
        self.ranks: dict[str, int] = {}
        for word in words:
            self.ranks.setdefault(word, len(self.ranks))
        self._skeletons: dict[str, str] = {}
        for word in self.ranks:
            if len(word) > _SHORTEST_SKELETON:
                self._skeletons.setdefault(_skeleton(word), word)

        self._shorter: dict[str, list[str]] | None = None
        if len(self.ranks) <= _INDEXED:
            self._shorter = {}
            for word in self.ranks:
                for form in _cut(word):
                    self._shorter.setdefault(form, []).append(word)

    def _candidates(self, word: str) -> set[str]:
        """Every word of ours that is one letter off."""
        if self._shorter is None:
            return {candidate for candidate in _one_off(word) if candidate in self.ranks}
        near = {candidate for form in _cut(word) for candidate in self._shorter.get(form, ())}
        return {candidate for candidate in near if OSA.distance(word, candidate, score_cutoff=1) <= 1}

    def __contains__(self, word: str) -> bool:
        return word in self.ranks

    def near(self, word: str) -> str | None:
        """The best word that is one letter off, else the best with the same consonants in a row."""
        if len(word) >= _SHORTEST_FIX:
            known = [candidate for candidate in self._candidates(word) if len(candidate) > 2]
            if known:
                # People seldom get the first letter wrong.
                return min(known, key=lambda candidate: (candidate[0] != word[0], self.ranks[candidate]))
        if len(word) >= _SHORTEST_SKELETON and sum(c in "aeiou" for c in word[1:]) * 3 < len(word):
            return self._skeletons.get(_skeleton(word))
        return None


class Speller:
    """Writes the words of a text as the bot's examples would have."""

    def __init__(self, own: Sequence[str], common: Dictionary | None) -> None:
        """`own` are the examples' words, the most frequent first; `common` the encoder's, when there is one."""
        self.own = Dictionary(own)
        self._common = common
        self._seen: dict[tuple[str, bool], list[str]] = {}

    def words(self, text: str, spanish: bool = False) -> list[str]:
        """The text's words and marks, mended."""
        found: list[str] = []
        for word in split(plain(text)):
            key = (word, spanish)
            mended = self._seen.get(key)
            if mended is None:
                mended = self._mend(word, spanish)
                if len(self._seen) >= 4_000:
                    self._seen.clear()
                self._seen[key] = mended
            found += mended
        return found

    def is_english(self, words: Sequence[str]) -> bool:
        """Whether there are two words or more, and all are common ones of the encoder's, which reads only English."""
        letters = [word for word in words if word.isalpha()]
        common = self._common
        return (
            common is not None
            and len(letters) > 1
            and all(common.ranks.get(word, _UNCOMMON) < _UNCOMMON and word not in MEANINGS for word in letters)
        )

    def _mend(self, word: str, spanish: bool) -> list[str]:
        lexicon = SPANISH_LEXICON if spanish else LEXICON
        if word in lexicon:
            return lexicon[word].split()
        if word in self.own or not word.isascii() or not word.isalpha():
            return [word]
        common = self._common
        if not _SHORTEST_SKELETON <= len(word) <= _LONGEST_FIX or (common is not None and word in common):
            return [word]
        mended = self.own.near(word)
        if mended is None and common is not None and not spanish:
            mended = common.near(word)
        return [mended or word]


def read(text: str, speller: Speller) -> tuple[Language, tuple[str, ...], tuple[str, ...]]:
    """The text's language, its words as n-grams see them, and its words as the encoder does.

    Spanish is glossed for the encoder, which knows only English; the n-grams see both, so that examples in one language
    help with texts in the other.
    """
    text = text[:LONGEST_TEXT]
    language = guess(split(text.lower()), text)
    words = speller.words(text, spanish=language == "es")
    if language != "es":
        return ("en" if speller.is_english(words) else language), tuple(words), tuple(words)
    meant = gloss(words)
    return language, (*words, *(word for word in meant if word not in words)), tuple(meant)


def vocabulary(texts: Iterable[str]) -> list[str]:
    """The words of some texts, the most frequent first."""
    counts = Counter(word for text in texts for word in split(plain(text)) if word.isalpha() and len(word) > 1)
    return sorted(counts, key=lambda word: (-counts[word], word))
