"""The signature that Bird's two platforms share: an HMAC over a time, something of the address, and a hash of the body.

Contract: MessageBird's SDKs for Python and Node.js, and Bird's page on verifying webhooks, as read on 2026-11-22.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, urlencode

from textback.channels.base import BadSignature, Webhook
from textback.core.when import SECOND

SIGNATURE, TIME = "messagebird-signature", "messagebird-request-timestamp"


def stamped_at(webhook: Webhook) -> int | None:
    """The time (ms) that is signed; None where there is none that can be."""
    text = webhook.headers.get(TIME) or ""
    return int(text) * SECOND if text.isascii() and text.isdigit() and len(text) <= 11 else None


def check_stamp(webhook: Webhook, middles: Iterable[str], keys: Sequence[bytes], now: int, tolerance: int) -> None:
    """Raise BadSignature unless one of the keys signed the time, one of these middles, and the body; and the time is no
    more than `tolerance` (ms) from now, either way."""
    at = stamped_at(webhook)
    if at is None:
        raise BadSignature("no timestamp")
    if abs(now - at) > tolerance:
        raise BadSignature("stale timestamp")
    try:
        given = base64.b64decode(webhook.headers.get(SIGNATURE) or "", validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature("signature is not base64") from None
    body = hashlib.sha256(webhook.body).digest()
    for middle in middles:
        signed = f"{webhook.headers[TIME]}\n{middle}\n".encode("utf-8", "replace") + body
        if any(hmac.compare_digest(hmac.digest(key, signed, "sha256"), given) for key in keys):
            return
    raise BadSignature("wrong signature" if given else "no signature")


def sorted_queries(query: str) -> list[str]:
    """What of the address the older form may sign: the query, sorted; MessageBird writes the plus of a time zone as it
    is, and signs it as %2B."""
    pairs = sorted(parse_qsl(query, keep_blank_values=True, errors="replace"), key=lambda pair: pair[0])
    spelt = [(name, value.replace(" ", "+") if name == "statusDatetime" else value) for name, value in pairs]
    return [urlencode(pairs), urlencode(spelt)]
