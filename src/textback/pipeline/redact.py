"""A rejected webhook as people may see it: what it was made of, without whole numbers, words or signatures. Pure."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from textback.channels.base import Webhook
from textback.compliance.redact import mask as secret
from textback.core.phone import mask
from textback.core.text import clean

MOST_SHOWN = 4000
"""Characters of a body that are kept for people."""
MOST_VALUES = 200
MOST_DEPTH = 12
HEADERS = ("host", "content-type", "content-length", "user-agent", "x-forwarded-proto", "x-forwarded-host")
"""Headers that say why a signature may be wrong, beside those of the signature itself."""

_SAYS = frozenset({"text", "body", "message", "subject", "content"})
"""Fields that hold somebody's words, in small letters."""
_DIGITS = re.compile(r"\+?[0-9]{7,}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.,+Z-]*)?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SECRET = ("signature", "token", "secret", "authorization", "cookie", "key")


def is_signing(header: str) -> bool:
    """Whether a header (in small letters) is part of what a provider signs with."""
    return "signature" in header or "timestamp" in header


def network_of(address: str) -> str:
    """The network that an address is in: its /24, or its /48 in IPv6. Empty for what is no address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(ip, "ipv4_mapped", None)
    return str(ip_network((mapped or ip, 24 if (mapped or ip).version == 4 else 48), strict=False))


def shown(webhook: Webhook) -> dict[str, Any]:
    """Where it was posted, the headers that matter, and the body: as JSON can hold it."""
    return {
        "path": _digits(clean(webhook.url))[:300],
        "headers": dict(_headers(webhook.headers)),
        "size": len(webhook.body),
        "body": _body(webhook.body, webhook.headers.get("content-type", ""))[:MOST_SHOWN],
    }


def _headers(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        if "timestamp" in name:
            yield clean(name)[:64], clean(value)[:64]
        elif is_signing(name):
            yield clean(name)[:64], _length(value)
        elif name in HEADERS:
            yield name, _digits(clean(value))[:200]


def _body(body: bytes, content_type: str) -> str:
    if not body:
        return ""
    if "form" in content_type:
        try:
            pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_VALUES)
        except ValueError:
            pairs = []
        if pairs:
            return "\n".join(f"{_name(name)}: {_text(name, value)}" for name, value in pairs)
    else:
        try:
            found = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found = None
        if isinstance(found, dict | list):
            left = [MOST_VALUES]
            return msgspec.json.format(msgspec.json.encode(_value("", found, left, 0)), indent=2).decode()
    return f"({len(body):,} bytes that can't be read)"


def _value(name: str, value: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth > MOST_DEPTH:
        return "(more)"
    if isinstance(value, dict):
        return {_name(key): _value(key, one, left, depth + 1) for key, one in list(value.items())[:MOST_VALUES]}
    if isinstance(value, list):
        return [_value(name, one, left, depth + 1) for one in value[:MOST_VALUES]]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        digits = str(value)
        return value if len(digits) < 7 else _digits(digits)
    return _text(name, value)


def _name(name: str) -> str:
    return _digits(clean(name))[:64]


def _text(name: str, value: str) -> str:
    """Somebody's words, secrets, and whatever is long or has blanks, only as its length."""
    value = clean(value)
    low = name.lower()
    if not value:
        return ""
    if low in _SAYS or any(word in low for word in _SECRET):
        return _length(value)
    if _DAY.fullmatch(value) or _UUID.fullmatch(value):
        return value
    if value.startswith(("http://", "https://")):
        try:
            return f"{urlsplit(value).scheme}://{urlsplit(value).hostname or ''}/…"
        except ValueError:
            return _length(value)
    return _digits(secret(value, "everywhere")) if len(value) <= 64 and not re.search(r"\s", value) else _length(value)


def _digits(text: str) -> str:
    return _DIGITS.sub(lambda found: mask(found.group()), text)


def _length(value: str) -> str:
    return f"({len(value):,} character{'s' * (len(value) != 1)})"
