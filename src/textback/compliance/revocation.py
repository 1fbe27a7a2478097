"""Whether a text asks, in whatever words, not to be written to any more (O3, 47 CFR 64.1200(a)(10)).

Rules read the classes of the words (tagging), the same rules for every language. What they are sure of is settled;
of what is left, texts that have such words in them at all, a small model says how likely it is.
"""

import re
from typing import Literal

import msgspec

from textback.compliance.tagging import Tagged, is_of_interest, tag, words_of

Reading = Literal["clear", "unsure", "none"]


class Finding(msgspec.Struct, frozen=True):
    """What a text says about being written to. `by` is "rule" or "model", `words` those that decided, `language` the
    one they were read in."""

    reading: Reading
    by: str = ""
    words: str = ""
    language: str = ""


NOTHING = Finding("none")
_RANK = {"none": 0, "unsure": 1, "clear": 2}

# Letters are the classes of tagging.CLASSES. A gap never goes over the end of a sentence.
_CLEAR = tuple(
    re.compile(pattern)
    for pattern in (
        r"!",  # take me off your list
        r"[ZG]",  # wrong number (D4); leave me alone
        r"U",  # unsubscribe me
        r"S[.pPAW,]{0,3}[XMBDh]",  # stop texting
        r"S[.pPAW]{0,3}KP?[pPA]*(?=[|,]|$)",  # stop calling me
        r"s[.pPAWXhL]{0,4}M",  # cancel these alerts
        r"N[pPY]{0,2}[XB][.pP]{0,1}[PAL]",  # don't text me
        r"N[pY]{0,2}PA?[XB]",  # no me escriban
        r"[XM][.pPM]{0,4}N[pP]{0,1}A",  # schreibt mir nicht mehr
        r"XP[.p]{0,2}N[.p]{0,2}(?=[|,]|$)",
        r"N[.pPAY]{0,2}W[.pPAWYNL]{0,5}[XMDh]",  # I don't want to get texts
        r"W[.pPAY]{0,3}N[.pPA]{0,3}[MXh]",  # will keine SMS
        r"N[.]{0,1}A[.pP]{0,2}[MX]",  # no more texts
        r"N[.p]{0,1}M[.p]{0,1}A",  # keine SMS mehr
        r"N[.pPA]{0,2}h[.pPA]{0,3}M",
        r"R[.pPA]{0,4}L",  # delete my number
        r"D",
        r"(?:^|[|,])[pPIAYg]*S[pA]*(?=[|,]|$)",  # stop, and no more than that
        r"(?:^|[|,])p*Sp+(?=Q)",
    )
)
_UNSURE = tuple(
    re.compile(pattern)
    for pattern in (
        r"\?",
        r"(?:^|[|,])[pPY]*g[pPYA]*(?=[|,]|$)",  # not interested, and no more than that
        r"N[pP]{0,2}KP",
    )
)
# Where the verb comes last: mesaj göndermeyi bırakın.
_CLEAR_VERB_LAST = tuple(
    re.compile(pattern)
    for pattern in (
        r"[XMK][.pPA]{0,2}S",
        r"L[.pP]{0,3}R",
        r"M[.pPAY]{0,3}N[.p]{0,1}[WX]",
        r"N[.p]{0,1}X",
        r"X[.p]{0,1}N",
    )
)
_VERB_LAST = frozenset(("tr", "ja", "ko", "hi"))
_ASKED = re.compile(r"[QF]")
_TURNED = re.compile(r"[THEO]")


def revocation(text: str) -> Finding:
    """What the text says about being written to. Never raises; looks at no more than tagging.LONGEST characters."""
    words = words_of(text)
    if not is_of_interest(words):
        return NOTHING
    return by_rules(words)


def by_rules(words: list[str]) -> Finding:
    """The strongest reading of any sentence in any language that it could be in."""
    best = NOTHING
    for tagged in tag(words):
        found = _read(tagged)
        if _RANK[found.reading] > _RANK[best.reading]:
            best = found
            if best.reading == "clear":
                break
    return best


def _read(tagged: Tagged) -> Finding:
    letters = tagged.letters
    unsure: re.Match[str] | None = None
    for rule in _CLEAR + _CLEAR_VERB_LAST if tagged.language in _VERB_LAST else _CLEAR:
        for found in rule.finditer(letters):
            reading = _weigh(tagged, found)
            if reading == "clear":
                return _finding("clear", tagged, found)
            if reading == "unsure":
                unsure = unsure or found
    for rule in _UNSURE:
        unsure = unsure or rule.search(letters)
    return _finding("unsure", tagged, unsure) if unsure else NOTHING


def _weigh(tagged: Tagged, found: re.Match[str]) -> Reading:
    """A clear wording, in its sentence: a question about it or a condition makes it unsure, another object nothing."""
    letters = tagged.letters
    start, end = found.span()
    before = letters[letters.rfind("|", 0, start) + 1 : start]
    stop = letters.find("|", end)
    after = letters[end : stop if stop >= 0 else len(letters)]
    core = found.group().strip("|,")
    if core == "G" or core == "Z":
        return "none" if "V" in before[-2:] else "clear"
    if core == "!":
        return "unsure" if "Q" in before[-3:] or "F" in before else "none" if "O" in after else "clear"
    if "H" in core or after[:2].lstrip("pP.")[:1] in ("H", "Y") or "O" in after:
        return "none"
    if "N" in before[-1:] or "V" in before[-2:] or "V" in after[:2]:
        return "none"
    if _ASKED.search(before) or "Q" in core:
        return "unsure"
    if "E" in core or "E" in after[:4] and "M" not in core:
        return "unsure"
    near = after.split(",", 1)[0]
    if "T" in near[:6]:
        return "unsure"
    if "H" in near[:3]:
        return "unsure"
    return "clear"


def _finding(reading: Reading, tagged: Tagged, found: re.Match[str]) -> Finding:
    words = " ".join(word for word in tagged.words[found.start() : found.end()] if word)
    return Finding(reading, "rule", words[:80], tagged.language)
