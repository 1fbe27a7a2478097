"""Bird's channels API in the examination. Its SDK is for another API: what is posted is compared with its pages."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.channels.examination.examinee import ANA, NUMBER, OURS, Examinee, changed
from tests.support.misbehaving import Answer, Posted
from textback.channels import bird
from textback.channels.base import Outgoing, Webhook
from textback.core.when import SECOND

WORKSPACE, CHANNEL = "a1405560-c8d3-4b1a-877d-3f449ad95352", "614208aa-b153-4d5d-9989-2fddfc0ce4c3"


def _object(required: Sequence[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": [*required], "properties": properties}


_TEXT = {"type": "string"}
_IMAGE = _object(["mediaUrl"], mediaUrl={"type": "string", "pattern": "^https?://"}, altText=_TEXT)
_IMAGES = {"type": "array", "minItems": 1, "maxItems": 10, "items": _IMAGE}
_CONTACT = _object(["identifierValue"], identifierKey={"enum": ["phonenumber"]}, identifierValue=_TEXT)
FIELDS = _object(
    ["receiver", "body"],
    receiver=_object(["contacts"], contacts={"type": "array", "minItems": 1, "items": _CONTACT}),
    reference=_TEXT,
    body={
        "oneOf": [
            _object(["type", "text"], type={"const": "text"}, text=_object(["text"], text=_TEXT)),
            _object(["type", "image"], type={"const": "image"}, image=_object(["images"], text=_TEXT, images=_IMAGES)),
        ]
    },
)


class BirdExaminee(Examinee):
    """Bird."""

    name = "bird"
    module = bird
    secret_option = "signing_key"
    secrets = ("bird-key-of-the-examination", "the-second-bird-key", "the-third-bird-key")
    tolerance = bird.TOLERANCE
    address_signed = True
    ids = "96a0b5fa-a986-453d-be5c-3117f989f{:03}"

    def options(self, base_url: str) -> dict[str, str]:
        return {
            "access_key": "access-of-the-examination",
            "workspace": WORKSPACE,
            "channel": CHANNEL,
            "signing_key": self.secrets[0],
            "base_url": base_url,
        }

    def vectors(self, every: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return [vector for vector in every if vector["provider"] == "bird_channels"]

    def sign(self, plain: Webhook, secret: str, now: int) -> Webhook:
        time = str(now // SECOND)
        signed = f"{time}\n{plain.url}\n".encode() + hashlib.sha256(plain.body).digest()
        digest = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
        return changed(plain, headers={"messagebird-signature": digest, "messagebird-request-timestamp": time})

    def sdk_believes(self, webhook: Webhook, secret: str, now: int) -> None:
        return None

    def text(self, words: str, id_: str, sender: str = ANA, media: Sequence[str] = ()) -> Webhook:
        images = [{"mediaUrl": url} for url in media]
        text: dict[str, Any] = {"type": "text", "text": {"text": words}}
        image: dict[str, Any] = {"type": "image", "image": {"text": words, "images": images}}
        return self.json(inbound(image if media else text, id_, sender))

    def report(self, said: str, id_: str, code: str = "", ours: str = OURS) -> Webhook:
        why = {"failure": {"code": 15001, "source": {"name": "sms-messagebird", "code": code}}} if code else {}
        return self.json(outbound(said, id_, **why), f"m={ours}")

    def taken(self, id_: str) -> Answer:
        return Answer(202, {"id": id_, "channelId": CHANNEL, "status": "accepted", "direction": "outgoing"})

    def refused(self, code: str) -> Answer:
        return Answer(422, {"code": code, "message": f"About {ANA}.", "details": {}})

    def said(self, posted: Posted) -> tuple[str, str, str, list[str], str | None]:
        body = posted.json["body"]
        content = body[body["type"]]
        media = [image["mediaUrl"] for image in content.get("images", [])]
        (contact,) = posted.json["receiver"]["contacts"]
        return NUMBER, contact["identifierValue"], content.get("text", ""), media, None  # the channel has the number

    def reports_to(self, outgoing: Outgoing) -> None:
        return None

    def problems(self, posted: Posted, shared: Path) -> list[str]:
        there = posted.path == f"/workspaces/{WORKSPACE}/channels/{CHANNEL}/messages"
        wrong = [] if there else [f"posted to {posted.path}"]
        wrong += [] if posted.headers["authorization"] == "AccessKey access-of-the-examination" else ["no key"]
        found = Draft202012Validator(FIELDS).iter_errors(posted.json)
        return [*wrong, *(f"{error.json_path}: {error.message}" for error in found)]


def inbound(body: object, id_: str, sender: str = ANA) -> dict[str, Any]:
    """The event of a text that came in."""
    payload = {
        "id": id_,
        "channelId": CHANNEL,
        "sender": {"contact": {"identifierKey": "phonenumber", "identifierValue": sender}},
        "receiver": {"connector": {"id": "86cc4dc0-3dc0-41b7-ac43-8ec829ead56f", "identifierValue": NUMBER}},
        "body": body,
        "parts": [{"platformReference": "ref"}],
        "status": "delivered",
        "direction": "incoming",
        "createdAt": "2026-11-20T12:00:00.000Z",
    }
    return {"service": "channels", "event": "sms.inbound", "payload": payload}


def outbound(status: str, id_: str, **more: Any) -> dict[str, Any]:
    """The event of a text of ours."""
    payload = {
        "id": id_,
        "channelId": CHANNEL,
        "receiver": {"contacts": [{"identifierKey": "phonenumber", "identifierValue": ANA}]},
        "status": status,
        "direction": "outgoing",
        "lastStatusAt": "2026-11-20T12:00:01.000Z",
        **more,
    }
    return {"service": "channels", "event": "sms.outbound", "payload": payload}


EXAMINEE = BirdExaminee()
