"""Vonage's Messages API in the examination."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError
from vonage_jwt.verify_jwt import (  # type: ignore[import-untyped]
    VonageVerifyJwtError,
    verify_signature,
)
from vonage_messages.models import MmsContent, MmsImage, Sms  # type: ignore[import-untyped]

from tests.channels.examination.examinee import ANA, NUMBER, OURS, Examinee, changed
from tests.support.misbehaving import Answer, Posted
from textback.channels import vonage
from textback.channels.base import Webhook
from textback.core.when import HOUR, MINUTE, SECOND

APPLICATION = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab"
KEY = rsa.generate_private_key(65537, 2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
ERRORS = "https://developer.vonage.com/api-errors/messages#"


class VonageExaminee(Examinee):
    """Vonage."""

    name = "vonage"
    module = vonage
    secret_option = "signature_secret"
    secrets: ClassVar = (
        "signature-secret-of-the-examination",
        "the-second-signature-secret-of-it",
        "the-third-signature-secret-of-it",
    )
    tolerance = 25 * HOUR
    ahead = 5 * MINUTE

    def options(self, base_url: str) -> dict[str, str]:
        return {
            "application_id": APPLICATION,
            "private_key": PEM,
            "signature_secret": self.secrets[0],
            "api_key": "abcd1234",
            "api_secret": "api-secret-of-it",
            "base_url": base_url,
        }

    def sign(self, plain: Webhook, secret: str, now: int, **more: Any) -> Webhook:
        claims = {
            "iat": now // SECOND,
            "jti": "00000000-0000-0000-0000-0000000000f1",
            "iss": "Vonage",
            "payload_hash": hashlib.sha256(plain.body).hexdigest(),
            "api_key": "abcd1234",
            "application_id": APPLICATION,
            **more,
        }
        return changed(plain, headers={"authorization": f"Bearer {jwt.encode(claims, secret, algorithm='HS256')}"})

    def sdk_believes(self, webhook: Webhook, secret: str, now: int) -> bool | None:
        """It asks neither for the time nor for the body's hash, so that it can only say no."""
        token = webhook.headers.get("authorization", "").partition(" ")[2]
        try:
            return None if verify_signature(token, secret) else False
        except VonageVerifyJwtError:
            return False

    def vectors(self, every: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return [vector for vector in every if vector["provider"] == "vonage_messages"]

    def options_of_vector(self, vector: Mapping[str, Any]) -> dict[str, str]:
        return {"signature_secret": vector["secret"]}

    def text(self, words: str, id_: str, sender: str = ANA, media: Sequence[str] = ()) -> Webhook:
        event = {
            "message_uuid": id_,
            "to": _digits(NUMBER),
            "from": _digits(sender),
            "timestamp": "2026-11-20T12:00:00Z",
            "channel": "mms" if media else "sms",
            "message_type": "content" if media else "text",
        }
        if not media:
            return self.json({**event, "text": words, "sms": {"num_messages": "1", "keyword": "HI"}})
        files = [{"type": "image", "url": url} for url in media]
        return self.json({**event, "content": [{**files[0], "caption": words}, *files[1:]]})

    def report(self, said: str, id_: str, code: str = "", ours: str = OURS) -> Webhook:
        event: dict[str, Any] = {
            "message_uuid": id_,
            "to": _digits(ANA),
            "from": _digits(NUMBER),
            "timestamp": "2026-11-20T12:00:01Z",
            "status": said,
            "channel": "sms",
            "client_ref": ours,
        }
        if code:
            event["error"] = {"type": f"{ERRORS}{code}", "title": code, "detail": f"About {ANA}", "instance": "i"}
        return self.json(event, f"m={ours}")

    def taken(self, id_: str) -> Answer:
        return Answer(202, {"message_uuid": id_})

    def refused(self, code: str) -> Answer:
        return Answer(422, {"type": f"{ERRORS}{code}", "title": "An error", "detail": f"About {ANA}", "instance": "i"})

    def said(self, posted: Posted) -> tuple[str, str, str, list[str], str | None]:
        asked: dict[str, Any] = posted.json
        files = asked.get("content") or ([asked["image"]] if "image" in asked else [])
        text = asked.get("text") or (files[0].get("caption", "") if files else "")
        return asked["from"], asked["to"], text, [file["url"] for file in files], asked.get("webhook_url")

    def problems(self, posted: Posted, shared: Path) -> list[str]:
        """The SDK's model of the same posts the same; our token is one that lasts a quarter of an hour."""
        asked = dict(posted.json or {})
        kind = {"text": Sms, "image": MmsImage, "content": MmsContent}[asked.get("message_type", "text")]
        try:
            made = kind.model_validate({**asked, "from_": asked.get("from")}).model_dump(
                by_alias=True, exclude_none=True, mode="json"
            )
        except ValidationError as error:
            return [str(error)]
        wrong = [] if made == asked else [f"{made} and not {asked}"]
        token = posted.headers["authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, KEY.public_key(), algorithms=["RS256"])
        right = claims["application_id"] == APPLICATION and claims["exp"] - claims["iat"] == vonage.LIFETIME
        wrong += [] if right and abs(claims["iat"] - time.time()) < 60 else [str(claims)]
        return [*wrong, *([] if posted.path == "/v1/messages" else [f"posted to {posted.path}"])]


def _digits(number: str) -> str:
    return number.removeprefix("+")


EXAMINEE = VonageExaminee()
