"""Whether a text asks, in whatever words, not to be written to any more (O3, 47 CFR 64.1200(a)(10)).

Rules read the classes of the words (tagging), the same rules for every language. Of texts that have such words in them
at all a small model says how likely it is: it adds what the rules miss, and doubts what they may have misread.
"""

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from textback.compliance.likeness import likeness
from textback.compliance.tagging import LONGEST, Tagged, is_of_interest, tag, words_of

Reading = Literal["clear", "unsure", "none"]


class Finding(msgspec.Struct, frozen=True):
    """What a text says about being written to. `by` is "rule" or "model", `words` those that decided, `language` the
    one they were read in, `more` that they ask for something else as well (O4), `wrong` that the number is not that of
    the person who is meant (D4)."""

    reading: Reading
    by: str = ""
    words: str = ""
    language: str = ""
    more: bool = False
    wrong: bool = False


CLEAR, UNSURE, DOUBT = 0.6, 0.5, 0.35
"""From where on the model makes a text clear that the rules do not, and unsure; and below what it doubts a text that is
clear to the rules, which is unsure then. Chosen on kinds of texts that neither the model nor the rules had seen."""
SHORT = 5
"""Words of a question that is no more than that."""
_QUESTIONS = ("?", "？", "؟")
MOST_WORDS = 60
"""The model knows short texts alone."""
_CODE = re.compile(r"[<>{}\\]|;[^;]{0,40}--|\w\(\w*\)")
NOTHING = Finding("none")
_UNREAD = Tagged("", "", ())
"""What no language reads."""
_RANK = {"none": 0, "unsure": 1, "clear": 2}

# Letters are the classes of lexicon.CLASSES. A gap never goes over the end of a sentence.
_CLEAR = tuple(
    re.compile(pattern)
    for pattern in (
        r"!",  # take me off your list
        r"[ZG]",  # wrong number (D4); leave me alone
        r"(?:^|[|,])[pPYQ]*z",
        r"U",  # unsubscribe me
        r"S[.pPAW,&]{0,3}[XMBDh]",  # stop texting
        r"S[.pPAW]{0,3}KP?[pPA]*(?=[|,]|$)",  # stop calling me
        r"s[.pPAWXhL]{0,4}M",  # cancel these alerts
        r"N[pPY]{0,2}[XB][.pP]{0,1}[PALM]",  # don't text me
        r"N[pY]{0,2}PA?[XB]",  # no me escriban
        r"N[.pPAY]{0,2}W[.pPAWYNL]{0,5}[XMDh]",  # I don't want to get texts
        r"W[.pPAY]{0,3}N[.pPA]{0,3}[MXh]",  # will keine SMS
        r"N[.]{0,1}A[.pP]{0,2}[MX]",  # no more texts
        r"N[.p]{0,1}M[.p]{0,1}A",  # keine SMS mehr
        r"N[.pPA]{0,2}h[.pPA]{0,3}M",
        r"R[.pPA]{0,4}L",  # delete my number
        r"D",
        r"N[pP]{0,2}KP?A",  # don't call me again
        r"(?:^|[|,])[pPIAYg]*S[pAS]*(?=[|,&]|$)",  # stop, and no more than that
        r"(?:^|[|,])p*Sp+(?=Q)",
        r"[wm][.pPA]{0,3}[MXh]",  # I don't need your texts
        r"m[pPA]*(?=[|,&]|$)",
        r"M[^|H]{0,9}[|,]?[^|H]{0,5}t",  # about the texts: please turn them off
        r"^p*S(?=[pA]*(?:N[WX]|[mwD?gZ]))",  # stop, I want nothing
        r"\?[^?]*[|,&][pP]*S(?![^|,&]*[HYE])",  # I never signed up, stop this
        r"(?:^|[|,&])[pP]*S(?![^|,&]*[HYE])[^?|]*[|,&][^?|]*\?",
        r"[?g][^?|]*[|,&][pP]*R[pP]*(?=[|,]|$)",  # I never signed up, please delete
        r"^[pPINYg|,&]*S[pPAgjNIY|,&]*$",  # no thanks, and stop
        r"(?:^|[|,&])[pPINYgA]*j[pPAgjNIY|,&]*$",  # stop it, and nothing after it
        r"k[pPAgjNIY|,&]*$",
        r"^[^HQF?]*&p*S[pA]*$",  # respect my wishes and stop
        r"M[^?|]*\|[pP]*R[pP]*(?=[|,]|$)",  # spam. remove.
        r"(?<!Q)(?:^|[^QPYHF])N[pPY]{0,2}X[pPA]*$",  # he moved and dont text
        r"[L?][^|?]{0,3}\|[pP]*R[pP]*(?=[|,]|$)",  # how did you get my number? remove it
        r"[gj][.pP]{0,3}[MX]",  # piss off with your texts
        r"x[^?]*[SRU!D]|[SRU].*x",  # he died, stop sending him these
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
# Where the verb comes first and the negative last: schreibt mir nicht mehr.
_VERB_FIRST = tuple(
    re.compile(pattern)
    for pattern in (
        r"[XM][.pPM]{0,4}N[pP]{0,1}A",
        r"X[.p]{0,2}P[.p]{0,2}N[.p]{0,2}(?=[|,]|$)",
        r"N[.pPA]{0,3}X(?=p{0,2}(?:[|,]|$))",
        r"L[.pP]{0,3}R",
        r"W[.pP]{0,2}M[.p]{0,1}NA?(?=[|,&]|$)",
    )
)
# Where the verb comes last: mesaj göndermeyi bırakın.
_VERB_LAST = tuple(
    re.compile(pattern)
    for pattern in (
        r"[XMK][.pPA]{0,2}S",
        r"L[.pP]{0,6}R",
        r"M[.pPAY]{0,3}N[.p]{0,1}W",
        r"(?<![.H])S[pA]*(?=[|,&]|$)",
        r"[MX][.pPA]{0,3}[wm]",
    )
)
_RULES = {
    **dict.fromkeys(("de", "nl", "sv"), _CLEAR + _VERB_FIRST),
    **dict.fromkeys(("zh", "id"), (*_CLEAR, re.compile(r"L[.pP]{0,3}R"))),
    **dict.fromkeys(("tr", "ja", "ko", "hi"), _CLEAR + _VERB_LAST),
}
_LATE = frozenset(("tr", "ja", "ko", "hi", "zh", "tl"))  # the time comes first, the question last
_WRONG_ALONE = re.compile(r"(?:^|[|,])[pPYQ]*z")
_ASKED = re.compile(r"[QF]")
_BREATH = re.compile(r"[,&]")
_PART = re.compile(r"[|,&]")
_ABOUT = re.compile(r"[SsXMNRUBDZzG!?gKLwmt]")


_SHOUTED = re.compile(
    r"^\W*STOP(?:[.!]+(?=\s|$)|\s*$|\s+(?=(?:[yY]ou|[uU]|[iI]|[wW]hy|[wW]ho|[wW]hat|[mM]y|[pP]lease)\b))"
    r"|(?:(?<=\d[xX] )|(?<=already )|(?<=said )|(?<=asked )|(?<=so )|(?<=[.!,?] ))STOP[.!]*\s*$"
)
"""STOP in capitals where the rest is not, and as a command: what nobody writes of a bus."""


def revocation(text: str) -> Finding:
    """What the text says about being written to. Looks at no more than tagging.LONGEST characters."""
    words = words_of(text)
    if not is_of_interest(words):
        return NOTHING
    if (shouted := _SHOUTED.search(text[:LONGEST])) is not None and text.upper() != text:
        return Finding("clear", "rule", shouted[0].strip(), "en")
    read = tag(words)
    found = by_rules(read)
    if found.wrong and len(words) <= SHORT and text.rstrip().endswith(_QUESTIONS):
        return msgspec.structs.replace(found, reading="unsure")  # wrong number?
    return _by_likeness(words, read[0] if read else _UNREAD, found) if _is_for_likeness(text, words) else found


def _is_for_likeness(text: str, words: Sequence[str]) -> bool:
    """Whether the model may be asked: of what is written for machines it knows nothing."""
    return len(words) <= MOST_WORDS and _CODE.search(text) is None


def by_rules(read: Sequence[Tagged]) -> Finding:
    """The strongest reading of any sentence in any language that it could be in."""
    best = NOTHING
    for tagged in read:
        found = _read(tagged)
        if _RANK[found.reading] > _RANK[best.reading]:
            best = found
            if best.reading == "clear":
                break
    return best


def _by_likeness(words: Sequence[str], read: Tagged, found: Finding) -> Finding:
    """What the model makes of a text: it hears what the rules miss, and has a person look at what they may misread."""
    likely = likeness(words, read.letters)
    said = f"{' '.join(words)[:60]} ({likely:.2f})"
    if found.reading == "clear":
        return found if likely >= DOUBT else msgspec.structs.replace(found, reading="unsure", by="model", words=said)
    if likely >= CLEAR:
        return Finding("clear", "model", said, read.language)
    return found if found.reading == "unsure" or likely < UNSURE else Finding("unsure", "model", said, read.language)


def _read(tagged: Tagged) -> Finding:
    letters = tagged.letters
    unsure: re.Match[str] | None = None
    for rule in _RULES.get(tagged.language, _CLEAR):
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
    while start < end and letters[start] in "|,":
        start += 1
    core = letters[start:end]
    before = letters[letters.rfind("|", 0, start) + 1 : start]
    stop = letters.find("|", end)
    after = letters[end : stop if stop >= 0 else len(letters)]
    if core[-1:] in "!DXP" and _another_object(tagged, end):
        return "none"
    if "V" in before[-2:] or (core[-1:] in "SU!" and "V" in after[:2]):
        return "none"
    if core in ("Z", "z") and not _AMENDS.isdisjoint(tagged.words):
        return "none"
    if core.endswith("X") and end == len(letters) and not _OTHER_WAYS.isdisjoint(" ".join(tagged.words).split()):
        return "unsure"
    if core in ("G", "Z") or "x" in core:
        return "clear"
    if ("N" in before[-1:] and core[0] not in "N!W") or "H" in core or "O" in after:
        return "none"
    if (core[-1:] == "X" and after[:1] == "Y") or (core == "S" and "H" in before[-2:]):
        return "none"
    if _ASKED.search(before.rpartition(",")[2][-6:] if core == "!" else before.rpartition(",")[2]) or "Q" in core:
        return "unsure"
    if core[:1] == "m" and not set("MhX") & set(core) and ("H" in before or "." in before[-3:]):
        return "unsure" if "H" not in before else "none"  # of the cheese
    if core[-1:] == "t" and "H" in before:
        return "unsure"
    near = _BREATH.split(after.lstrip(",p") if core[-1:] == "S" else after, maxsplit=1)[0].replace("TP", "PP")
    if near and (tagged.words[end][:1] in _AND_PREFIXES or tagged.words[end - 1].endswith("고")):
        near = ""  # and another wish (O4)
    if tagged.language in _LATE and ("Q" in near or "T" in before.rpartition(",")[2]):
        return "unsure"
    if core not in ("U", "!") and "M" not in core and ("E" in core or "E" in near[:4]):
        return "unsure"
    if core in ("U", "!") and "E" in near[:3]:
        return "none"
    if core != "U" and "T" in near[:5]:
        return "unsure"
    if core == "U" and ("H" in near[:4] or (tagged.language in _LATE and "H" in before[-4:])):
        return "none"  # to cancel a contract
    if "H" in near[:2]:
        return "unsure" if core != "!" else "none"
    return "clear"


_AND_PREFIXES = ("و", "ו")
_AMENDS = frozenset("ignore disregard oops whoops meant scratch".split())
_OTHER_WAYS = frozenset("call email phone ring mail".split())
_ARTICLES = frozenset("the my a an el la los las le les das die der den il lo gli o os as um una un uma".split())


def _another_object(tagged: Tagged, at: int) -> bool:
    """Whether what follows is something that is sent or removed other than texts: don't text me the address."""
    near = tagged.letters[at : at + 3]
    last = tagged.words[at - 1].rpartition(" ")[2] if at else ""
    if last not in _ARTICLES:
        if not near or tagged.words[at] not in _ARTICLES:
            return False
        near = near[1:]
    return near[:1] in (".", "H") and not set("LMX") & set(near.partition("|")[0])


def _finding(reading: Reading, tagged: Tagged, found: re.Match[str]) -> Finding:
    words = " ".join(word for word in tagged.words[found.start() : found.end()] if word)
    wrong = "Z" in tagged.letters or _WRONG_ALONE.search(tagged.letters) is not None
    return Finding(reading, "rule", words[:80], tagged.language, _asks_more(tagged, found.span()), wrong)


def _asks_more(tagged: Tagged, span: tuple[int, int]) -> bool:
    """Whether another part of the text is about something else: before it a question, after it three words or more."""
    at = 0
    for part in _PART.split(tagged.letters):
        end = at + len(part)
        apart = end <= span[0] or at >= span[1]
        if apart and _ABOUT.search(part) is None:
            words = sum(
                len(tagged.words[place].split()) for place in range(at, end) if tagged.letters[place] not in "pIY"
            )
            if words >= 3 and (at >= span[1] or "Q" in part):
                return True
        at = end + 1
    return False
