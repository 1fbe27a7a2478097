"""Codes that change every 30 seconds (TOTP, RFC 6238): six digits of HMAC-SHA-1, as every authenticator app makes them.
Time and chance come in as values."""

import base64
import binascii
import hashlib
import hmac
from urllib.parse import quote

STEP = 30_000
"""How long (ms) a code lasts."""
DRIFT = 1
"""Steps before and after now whose codes are taken too: a phone's clock may be off by half a minute."""
DIGITS = 6


def secret_of(chance: bytes) -> str:
    """A secret of 20 random bytes as apps take it: 32 letters and digits (base32)."""
    return base64.b32encode(chance).decode().rstrip("=")


def code(secret: str, step: int) -> str:
    """The code of a step (30 seconds since 1970, counted). Raises ValueError for a secret that is none."""
    try:
        key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    except binascii.Error:
        raise ValueError("The secret is not base32.") from None
    digest = hmac.digest(key, step.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: str, given: str, now: int, last: int) -> int | None:
    """The step whose code this is, at the time `now` (ms); None when it is wrong, or not newer than `last`, the step of
    the code that was taken last: no code is taken twice."""
    digits = "".join(given.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    here = now // STEP
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        if hmac.compare_digest(code(secret, step), digits) and step > last:
            found = step
    return found


def address(secret: str, account: str, issuer: str) -> str:
    """What the square picture says to an authenticator app."""
    label = quote(f"{issuer}:{account}", safe="")
    more = f"issuer={quote(issuer, safe='')}&digits={DIGITS}&period={STEP // 1000}"
    return f"otpauth://totp/{label}?secret={secret}&{more}"
