"""The words of the law with a slip of the finger, as a whole text: "cancle", "unsubscirbe", "quti" (CTIA 5.1.3).

Only slips that make no other word: two letters that changed places, one that is doubled, and of longer words one that
is missing, another vowel, or one too many.
"""

from collections.abc import Iterator, Sequence

from textback.compliance.lexicon import BREAK, COMMA

WORDS = ("stop", "quit", "end", "revoke", "optout", "cancel", "unsubscribe", "stopall")
"""47 CFR 64.1200(a)(10), and what providers take besides."""
LONG = 6
"""Letters from where on more slips leave a word what it is."""
_VOWELS = "aeiou"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_OTHERS = frozenset("ned eend evoke ends cancels revoked revokes revoker".split())
"""Words, names among them, that would be slips and are not."""


def _slips(word: str) -> Iterator[str]:
    for at, letter in enumerate(word):
        before, after = word[:at], word[at + 1 :]
        if after:
            yield before + after[0] + letter + after[1:]
        yield before + letter + letter + after
        if len(word) < LONG:
            continue
        yield before + after
        if letter in _VOWELS:
            yield from (before + other + after for other in _VOWELS)
        if at:
            yield from (before + other + letter + after for other in _LETTERS)


MISTYPED = frozenset(slip for word in WORDS for slip in _slips(word)) - frozenset(WORDS) - _OTHERS | {"stoip", "stiop"}


def mistyped(words: Sequence[str]) -> str:
    """The word of the law that a text is meant to be, as it is written; empty where it is none."""
    if len(words) > 4:
        return ""
    own = [word for word in words if word not in (BREAK, COMMA)]
    if own[:1] == ["opt"]:
        own = ["".join(own)]
    return own[0] if len(own) == 1 and own[0] in MISTYPED else ""
