"""JSON Web Tokens: those that a provider signed with a secret that it shares with us, and those that we sign for it.

Contract: RFC 7515, 7518 and 7519. Of a token that comes only the HMAC algorithms that the caller names
are known; it can't choose.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from textback.channels.base import BadSignature
from textback.channels.reading import UNREADABLE

HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
MOST = 8192
"""Characters that a token may have."""


class _Header(msgspec.Struct):
    alg: str


_header = msgspec.json.Decoder(_Header)
_claims = msgspec.json.Decoder(dict[str, Any])


def claims_of(token: str, secrets: Sequence[bytes], algorithms: Collection[str] = ("HS256",)) -> dict[str, Any]:
    """What the token claims, once one of the secrets proves to have signed it. Raises BadSignature. Whether the claims
    are true of the request, and of now, is for the caller to ask."""
    parts = token.encode("latin-1", "replace").split(b".")
    if len(token) > MOST or len(parts) != 3:
        raise BadSignature("no token")
    try:
        algorithm = _header.decode(_plain(parts[0])).alg
        signature = _plain(parts[2])
    except UNREADABLE:
        raise BadSignature("the token can't be read") from None
    if algorithm not in algorithms:
        raise BadSignature("unknown signature algorithm")
    signed = parts[0] + b"." + parts[1]
    right = [hmac.compare_digest(hmac.digest(secret, signed, HASHES[algorithm]), signature) for secret in secrets]
    if not any(right):
        raise BadSignature("wrong signature")
    try:
        return _claims.decode(_plain(parts[1]))
    except UNREADABLE:
        raise BadSignature("the claims can't be read") from None


def match_hash(claims: Mapping[str, Any], name: str, of: bytes) -> None:
    """Raise BadSignature unless the claim is the SHA-256 of these bytes, in hexadecimal digits."""
    claimed = claims.get(name)
    actual = hashlib.sha256(of).hexdigest()
    if not isinstance(claimed, str) or not hmac.compare_digest(
        actual.encode(), claimed.lower().encode("utf-8", "replace")
    ):
        raise BadSignature(f"{name} does not match" if claimed else f"no {name}")


def seconds_of(claims: Mapping[str, Any], name: str) -> int | None:
    """A time that a token claims, in ms; None where there is none that can be."""
    value = claims.get(name)
    fine = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12
    return int(value * 1000) if fine and value is not None else None


def _plain(part: bytes) -> bytes:
    """The bytes of a part. Raises one of UNREADABLE."""
    try:
        return base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise msgspec.DecodeError("not base64") from None


class Signer:
    """Makes tokens with a private RSA key (RS256), which `claims` are put into and which last `lifetime` seconds.

    Raises ImportError where the package cryptography is missing, and ValueError for a key that is none.
    """

    def __init__(self, private_key: str, claims: Mapping[str, Any], lifetime: int) -> None:
        # Only who uses such a provider needs it.
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415

        try:
            key = serialization.load_pem_private_key(private_key.replace("\\n", "\n").encode(), None)
        except (TypeError, UnsupportedAlgorithm) as error:
            raise ValueError(type(error).__name__) from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("not an RSA key")
        self._sign: Callable[[bytes], bytes] = partial(_sign, key, padding.PKCS1v15(), hashes.SHA256())
        self._claims = dict(claims)
        self.lifetime = lifetime

    def token(self, now: int, id_: str) -> str:
        """A token that is good from now (s), for its lifetime."""
        claims = {**self._claims, "iat": now, "exp": now + self.lifetime, "jti": id_}
        signed = f"{_packed({'alg': 'RS256', 'typ': 'JWT'})}.{_packed(claims)}"
        return f"{signed}.{_b64(self._sign(signed.encode()))}"


def _sign(key: Any, padding: Any, algorithm: Any, text: bytes) -> bytes:
    signature: bytes = key.sign(text, padding, algorithm)
    return signature


def _packed(value: Mapping[str, Any]) -> str:
    return _b64(msgspec.json.encode(value))


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
