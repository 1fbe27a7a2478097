"""WhatsApp's Cloud API in the examination."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.channels.examination.examinee import ANA, NUMBER, OURS, Examinee, changed
from tests.channels.specification import Spec
from tests.support.misbehaving import Answer, Posted
from textback.channels import whatsapp
from textback.channels.base import Outgoing, Webhook

ACCOUNT, TOKEN = "106540352242922", "EAAtoken-of-the-examination"


class WhatsAppExaminee(Examinee):
    """WhatsApp. There is no SDK of Meta's for Python; its OpenAPI description says what may be posted."""

    name = "whatsapp"
    module = whatsapp
    secret_option = "app_secret"
    secrets = ("app-secret-of-the-examination", "the-second-app-secret", "the-third-app-secret")
    ids = "wamid.A{}"
    with_media = without_media = "whatsapp"

    def options(self, base_url: str) -> dict[str, str]:
        return {
            "phone_number_id": ACCOUNT,
            "access_token": TOKEN,
            "app_secret": self.secrets[0],
            "verify_token": "verify-token-of-the-examination",
            "base_url": base_url,
        }

    def sign(self, plain: Webhook, secret: str, now: int) -> Webhook:
        digest = hmac.new(secret.encode(), plain.body, hashlib.sha256).hexdigest()
        return changed(plain, headers={"x-hub-signature-256": f"sha256={digest}"})

    def sdk_believes(self, webhook: Webhook, secret: str, now: int) -> None:
        return None

    def vectors(self, every: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return [vector for vector in every if vector["provider"] == "whatsapp_cloud"]

    def options_of_vector(self, vector: Mapping[str, Any]) -> dict[str, str]:
        return {"app_secret": vector["secret"]}

    def changes(self, **value: Any) -> dict[str, Any]:
        """A whole body with one change."""
        known = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": NUMBER[1:], "phone_number_id": ACCOUNT},
        }
        change = {"field": "messages", "value": {**known, **value}}
        return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [change]}]}

    def text(self, words: str, id_: str, sender: str = ANA, media: Sequence[str] = ()) -> Webhook:
        """Meta's files have ids and no addresses; a message has one file, so that two are two kinds here."""
        message: dict[str, Any] = {"from": sender.lstrip("+"), "id": id_, "timestamp": "1795176000", "type": "text"}
        for kind, url in zip(("image", "document"), media, strict=False):
            message |= {"type": kind, kind: {"id": url, "mime_type": "image/jpeg", "sha256": "x"}}
        if media:
            message["image"]["caption"] = words
        else:
            message["text"] = {"body": words}
        who = {"profile": {"name": "Ana"}, "wa_id": sender.lstrip("+")}
        return self.json(self.changes(contacts=[who], messages=[message]))

    def kept(self, url: str) -> str:
        return f"https://api.example.com/v23.0/{url}"

    def report(self, said: str, id_: str, code: str = "", ours: str = OURS) -> Webhook:
        status: dict[str, Any] = {"id": id_, "status": said, "timestamp": "1795176001", "recipient_id": ANA[1:]}
        if code:
            status["errors"] = [{"code": int(code), "title": f"About {ANA}", "message": "m"}]
        if ours:
            status["biz_opaque_callback_data"] = ours
        return self.json(self.changes(statuses=[status]))

    def taken(self, id_: str) -> Answer:
        who = {"input": ANA, "wa_id": ANA[1:]}
        sent = {"id": id_, "message_status": "accepted"}
        return Answer(200, {"messaging_product": "whatsapp", "contacts": [who], "messages": [sent]})

    def refused(self, code: str) -> Answer:
        error = {"message": f"About {ANA}", "type": "OAuthException", "code": int(code), "fbtrace_id": "A"}
        return Answer(400, {"error": error})

    def said(self, posted: Posted) -> tuple[str, str, str, list[str], str | None]:
        asked: dict[str, Any] = posted.json
        content = asked[asked["type"]]
        lines = str(content.get("body", content.get("caption", ""))).split("\n")
        further = [line for line in lines if line.startswith("https://example.com/")]
        text = "\n".join(line for line in lines if line not in further)
        media = [content["link"]] if "link" in content else []
        sender = NUMBER if posted.path.split("/")[2] == ACCOUNT else posted.path
        return sender, asked.get("to", ""), text, [*media, *further], None

    def reports_to(self, outgoing: Outgoing) -> None:
        """They come to the address of the app."""

    def problems(self, posted: Posted, shared: Path) -> list[str]:
        spec = Spec(shared / "openapi" / "whatsapp_cloud_v23.json")
        wrong = [] if posted.path == f"/v23.0/{ACCOUNT}/messages" else [f"posted to {posted.path}"]
        wrong += [] if posted.headers["authorization"] == f"Bearer {TOKEN}" else ["no token"]
        body = dict(posted.json or {})
        # Meta's pages have it, its description does not.
        wrong += [] if len(body.pop("biz_opaque_callback_data", "")) == len(OURS) else ["no id of ours"]
        kinds = spec.document["components"]["schemas"]["Message"]["discriminator"]["mapping"]
        kind = spec.resolved({"$ref": kinds.get(body.get("type", ""), kinds["text"])})
        return [*wrong, *spec.problems(merged(spec, kind), body)]


def merged(spec: Spec, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose parts each forbid the others' fields, as it is meant: all of their fields, and no others."""
    parts = [spec.resolved(part) for part in schema["allOf"]]
    fields = {name: kind for part in parts for name, kind in part.get("properties", {}).items()}
    # What of a file has a caption is said nowhere in the description.
    for name in ("image", "video", "document"):
        if name in fields:
            fields[name] = {"allOf": [fields[name]], "properties": {"caption": {"maxLength": 1024}}}
    needed = [name for part in parts for name in part.get("required", ())]
    return {"type": "object", "properties": fields, "required": needed, "additionalProperties": False}


EXAMINEE = WhatsAppExaminee()
