"""How deliveries to webhooks are signed, in two ways over the same bytes. Pure."""

import base64
import binascii
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"


def key_of(secret: str) -> bytes:
    """The key that a secret stands for: base64 after whsec_, or the text itself in UTF-8."""
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()


def headers(id_: str, seconds: int, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The headers that sign this body, for an event's id and the time (s since 1970). The newest secret comes first:
    Standard Webhooks takes a signature of each, the other header has room for one. Of that one the key is the secret's
    text, whatever it begins with: so programs do it that know no other."""
    if not secrets:
        return {}
    keys = [key_of(secret) for secret in secrets]
    signed = f"{id_}.{seconds}.".encode() + body
    all_ = [f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}" for key in keys]
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(all_),
        "X-SenderZ-Signature": f"sha256={hmac.digest(secrets[0].encode(), body, 'sha256').hex()}",
    }
