"""The signature of Vonage's SMS API: a hash of all fields of a request, which is one of its fields.

Contract: Vonage's page on signing messages, and its SDKs for Python and Java, as read on 2026-11-22.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping

import msgspec

from textback.channels.base import BadSignature, Webhook
from textback.channels.reading import UNREADABLE, signed_pairs
from textback.core.when import SECOND

METHODS = ("md5hash", "md5", "sha1", "sha256", "sha512")
"""How an account signs: a plain MD5 with the secret at the end, or an HMAC with one of these hashes."""

_object = msgspec.json.Decoder(dict[str, str | int | float | bool | None])


def digest(method: str, text: bytes, secret: bytes) -> bytes:
    """The signature, in hexadecimal digits."""
    if method == "md5hash":
        return hashlib.md5(text + secret, usedforsecurity=False).hexdigest().encode()
    return hmac.digest(secret, text, method).hex().encode()


def fields_of(webhook: Webhook) -> dict[str, str]:
    """What is signed, and the signature. Raises BadSignature: a field that comes twice could be read as either, and a
    name with a separator as two."""
    kind = webhook.headers.get("content-type", "").lower()
    if webhook.method == "GET":
        pairs = signed_pairs(webhook.query.encode("latin-1", "replace"))
    elif kind.startswith("application/json"):
        try:
            said = _object.decode(webhook.body)
        except UNREADABLE:
            raise BadSignature("the body is not an object of words and numbers") from None
        pairs = [(name, _word(value)) for name, value in said.items() if value is not None]
    elif kind.startswith("application/x-www-form-urlencoded"):
        pairs = signed_pairs(webhook.body)
    else:
        raise BadSignature("neither a form nor JSON")
    fields = dict(pairs)
    if len(fields) != len(pairs) or any("&" in name or "=" in name for name in fields):
        raise BadSignature("a field comes twice, or has a name that can't be")
    return fields


def _word(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def signed_texts(fields: Mapping[str, str]) -> Iterator[bytes]:
    """What may have been signed: all fields, by name; or those that have something in them, as Java's SDK has it."""
    for some in (sorted(fields), sorted(name for name in fields if fields[name].strip())):
        spelt = (f"&{name}={fields[name].replace('&', '_').replace('=', '_')}" for name in some)
        yield "".join(spelt).encode("utf-8", "surrogatepass")


def time_of(fields: Mapping[str, str]) -> int | None:
    """The time (ms) that is signed; None where there is none that can be."""
    text = fields.get("timestamp", "")
    return int(text) * SECOND if text.isascii() and text.isdigit() and len(text) <= 11 else None
