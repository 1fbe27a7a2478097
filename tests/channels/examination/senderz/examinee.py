"""senderZ in the examination. It has no SDK for Python: what is posted is compared with its reference's own table."""

import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.channels.examination.examinee import ANA, NUMBER, OURS, Examinee, changed
from tests.support.misbehaving import Answer, Posted
from textback.channels import senderz
from textback.channels.base import Outgoing, Webhook

_NUMBER = {"type": "string", "pattern": r"^\+[1-9][0-9]{6,14}$"}
FIELDS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["to"],
    "anyOf": [{"required": ["body"]}, {"required": ["template"]}],
    "properties": {
        "to": _NUMBER,
        "from_number": _NUMBER,
        "body": {"type": "string", "minLength": 1, "maxLength": 1600},
        "template": {"type": "string"},
        "data": {"type": "object"},
        "channel": {"enum": ["auto", "imessage", "sms", "rcs"]},
        "message_type": {"enum": ["otp", "alert", "marketing"]},
    },
}


class SenderZExaminee(Examinee):
    """senderZ."""

    name = "senderz"
    module = senderz
    secret_option = "webhook_secret"
    secrets = ("whsecret-of-the-examination", "the-second-secret", "the-third-secret")
    ids = "01HXY3M0K{}"

    def options(self, base_url: str) -> dict[str, str]:
        return {"api_key": "tf_test_examination", "webhook_secret": self.secrets[0], "base_url": base_url}

    def sign(self, plain: Webhook, secret: str, now: int) -> Webhook:
        digest = hmac.new(secret.encode(), plain.body, hashlib.sha256).hexdigest()
        return changed(plain, headers={"x-senderz-signature": f"sha256={digest}"})

    def sdk_believes(self, webhook: Webhook, secret: str, now: int) -> None:
        return None

    def text(self, words: str, id_: str, sender: str = ANA, media: Sequence[str] = ()) -> Webhook:
        said = {
            "event": "message.received",
            "message_id": id_,
            "tenant_id": "01HXY3M0TENANT",
            "from": sender,
            "to": NUMBER,
            "body": words,
            "channel": "sms",
            "received_at": "2026-11-20T12:00:00Z",
        }
        return self.json(said)

    def report(self, said: str, id_: str, code: str = "", ours: str = OURS) -> Webhook:
        why = {"reason": code} if code else {}
        return self.json({"event": said, "message_id": id_, "to": ANA, "channel": "imessage", **why}, f"m={ours}")

    def taken(self, id_: str) -> Answer:
        return Answer(201, {"message_id": id_, "status": "queued", "from": NUMBER})

    def refused(self, code: str) -> Answer:
        return Answer(400, {"error": f"About {ANA}.", "code": code})

    def said(self, posted: Posted) -> tuple[str, str, str, list[str], str | None]:
        lines = posted.json["body"].split("\n")
        media = [line for line in lines if line.startswith("https://")]
        text = "\n".join(line for line in lines if line not in media)
        return posted.json["from_number"], posted.json["to"], text, media, None

    def reports_to(self, outgoing: Outgoing) -> None:
        return None

    def problems(self, posted: Posted, shared: Path) -> list[str]:
        wrong = [] if posted.path == "/v1/messages" else [f"posted to {posted.path}"]
        wrong += [] if posted.headers["authorization"] == "Bearer tf_test_examination" else ["no key"]
        found = Draft202012Validator(FIELDS).iter_errors(posted.json)
        return [*wrong, *(f"{error.json_path}: {error.message}" for error in found)]


EXAMINEE = SenderZExaminee()
