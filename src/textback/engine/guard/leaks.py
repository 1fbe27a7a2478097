"""What nobody may read: the prompt, the secrets, and what looks like a key, a card's number or an ID."""

import base64
import binascii
import codecs
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from textback.engine.guard.said import fold, squeezed

RUN, _PART = 24, 18
"""Letters and digits in a row that the prompt and the reply may not share, unless the passages have them too."""
SHORTEST_SECRET = 4
PIECE = 8
"""So much of a long secret is as good as all of it."""
_ENCODED = re.compile(r"(?<![\w+/=])[A-Za-z0-9+/_\-]{12,4000}={0,2}")
_HEX = re.compile(r"\b(?:[0-9a-fA-F]{2}[ :]?){10,4000}\b")
_KEYS = re.compile(
    r"\b(?:sk|pk|rk|ghp|gho|ghs|xox[abprs]|glpat|npm|pypi|hf|whsec|key|shpat|SG|AIza|ya29)[_\-.]?[A-Za-z0-9_\-]{14,200}"
    r"|\bAKIA[0-9A-Z]{12,20}\b|\beyJ[\w\-]{8,2000}\.[\w\-]{4,2000}|-----BEGIN [A-Z ]{3,40}-----"
    r"|\b[A-Z][A-Z0-9_]{3,40}(?:_KEY|_TOKEN|_SECRET|_URL|_PASSWORD)\b|\b\w*(?:api|access|secret)_\w*key\w*\s*[=:]"
    r"|\b[a-z][a-z0-9+]{2,20}://[^\s/@:]{1,100}:[^\s/@]{1,100}@"
)
_OPAQUE = re.compile(
    r"(?<![\w/.\-])(?=[\w\-+/]{0,80}\d)(?=[\w\-+/]{0,80}[a-z])(?=[\w\-+/]{0,80}[A-Z])[\w\-+/]{20,400}={0,2}"
)
_SSN = re.compile(r"(?<![\d\-])(?!000|666|9)\d{3}([\- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\d\-])")
_CARD = re.compile(r"(?<![\d])\d(?:[ \-.]?\d){12,18}(?!\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")


@lru_cache(maxsize=64)
def _runs(text: str) -> frozenset[str]:
    """All runs of letters and digits of a text, so short that each run that is shared has one at every sixth place."""
    letters = squeezed(text)
    return frozenset(letters[n : n + _PART] for n in range(len(letters) - _PART + 1))


def told(text: str, prompt: str, known: Iterable[str], brand: str = "") -> bool:
    """Whether a text gives away a piece of the prompt, plainly, backwards, turned by 13 letters or encoded. What is
    also in the `known` texts is no secret, nor is the name of the `brand`."""
    if not prompt.strip():
        return False
    if brand.strip():
        prompt, text = (re.sub(re.escape(brand), " ", one, flags=re.IGNORECASE) for one in (prompt, text))
    hidden = _runs(prompt)
    letters_known: list[str] = []
    for letters in variants(text):
        for start in range(0, len(letters) - _PART + 1, RUN - _PART):
            if letters[start : start + _PART] in hidden:
                letters_known = letters_known or [squeezed(one) for one in known]
                if _shared(letters[max(0, start - RUN) : start + 2 * RUN], squeezed(prompt), letters_known):
                    return True
    return False


def _shared(letters: str, prompt: str, known: Sequence[str]) -> bool:
    pieces = (letters[n : n + RUN] for n in range(len(letters) - RUN + 1))
    return any(piece in prompt and not any(piece in one for one in known) for piece in pieces)


def gives(text: str, secrets: Iterable[str]) -> bool:
    """Whether a text holds a secret, or a good piece of a long one, in any of these ways."""
    found = None
    for secret in secrets:
        letters = squeezed(secret)
        if len(letters) < SHORTEST_SECRET:
            continue
        if found is None:
            found = variants(text)
        pieces = [letters]
        if len(letters) >= PIECE + 4:
            pieces += [letters[n : n + PIECE] for n in range(len(letters) - PIECE + 1)]
        if any(piece in one for one in found for piece in pieces):
            return True
    return False


def variants(text: str) -> list[str]:
    """The letters and digits of a text as they are, backwards, turned by 13 letters, undone of leet, and decoded."""
    letters = squeezed(text)
    leet = squeezed(fold(text).translate(str.maketrans("0134578@$!", "oieastbasi")))
    found = [letters, letters[::-1], codecs.encode(letters, "rot13")]
    if leet != letters:
        found.append(leet)
    return found + [squeezed(one) for one in decoded(text)]


def decoded(text: str) -> list[str]:
    """What base64 or hex in a text says."""
    found = []
    for hit in _ENCODED.finditer(text):
        raw = hit[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            found.append(base64.b64decode(raw + "=" * (-len(raw) % 4), validate=True))
        except (binascii.Error, ValueError):
            continue
    for hit in _HEX.finditer(text):
        digits = re.sub(r"[ :]", "", hit[0])
        found.append(bytes.fromhex(digits[: len(digits) // 2 * 2]))
    return [one.decode("ascii", "ignore") for one in found if _readable(one)]


def _readable(data: bytes) -> bool:
    return len(data) > 7 and sum(32 <= byte < 127 for byte in data) >= 0.9 * len(data)


def secret_looking(text: str) -> str:
    """What kind of secret something in the text looks like; empty where nothing does."""
    if _KEYS.search(text) or decoded(text) or _OPAQUE.search(text):
        return "a key or token"
    if _SSN.search(text):
        return "a social security number"
    if _IBAN.search(text):
        return "a bank account"
    for hit in _CARD.finditer(text):
        digits = [int(char) for char in hit[0] if char.isdecimal()]
        if luhn(digits) and len(set(digits)) > 1:
            return "a card number"
    return ""


def luhn(digits: list[int]) -> bool:
    """Whether the last digit is right by Luhn's rule."""
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
