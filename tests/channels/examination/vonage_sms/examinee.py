"""Vonage's SMS API in the examination. Vonage's own SDK checks the signatures."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from vonage_http_client.auth import Auth  # type: ignore[import-untyped]

from tests.channels.examination.examinee import ANA, FORM, NOW, NUMBER, OURS, Examinee, changed
from tests.support.misbehaving import Answer, Posted
from textback.channels import vonage_sms
from textback.channels.base import Outgoing, Webhook
from textback.core.when import HOUR, MINUTE, SECOND

ID = "0B0000000000001"
#: What the SMS API's page says of a text that is posted.
FIELDS = {
    "type": "object",
    "required": ["api_key", "api_secret", "from", "to", "text"],
    "additionalProperties": False,
    "properties": {
        "api_key": {"const": "abcd1234"},
        "api_secret": {"const": "api-secret-of-it"},
        "from": {"type": "string", "pattern": "^[0-9]{1,15}$"},
        "to": {"type": "string", "pattern": "^[0-9]{7,15}$"},
        "text": {"type": "string", "minLength": 1},
        "type": {"enum": ["text", "unicode"]},
        "status-report-req": {"const": "1"},
        "callback": {"type": "string", "maxLength": 100, "pattern": "^https://[^?]+$"},
        "client-ref": {"type": "string", "maxLength": 100},
    },
}


def said_by(webhook: Webhook) -> dict[str, Any]:
    """All fields of a request, as a program that uses the SDK reads them."""
    if webhook.method == "GET":
        return dict(parse_qsl(webhook.query, keep_blank_values=True))
    if webhook.headers.get("content-type") == FORM:
        return dict(parse_qsl(webhook.body.decode(), keep_blank_values=True))
    found: dict[str, Any] = json.loads(webhook.body)
    return found


class VonageSMSExaminee(Examinee):
    """Vonage's older API."""

    name = "vonage-sms"
    module = vonage_sms
    secret_option = "signature_secret"
    secrets: ClassVar = (
        "signature-secret-of-the-examination",
        "the-second-signature-secret-of-it",
        "the-third-signature-secret-of-it",
    )
    tolerance = 73 * HOUR
    ahead = 5 * MINUTE
    ids = "0C00000{}"

    def options(self, base_url: str) -> dict[str, str]:
        return {
            "api_key": "abcd1234",
            "api_secret": "api-secret-of-it",
            "signature_secret": self.secrets[0],
            "signature_method": "sha256",
            "base_url": base_url,
        }

    def sign(self, plain: Webhook, secret: str, now: int, method: str = "sha256") -> Webhook:
        fields = {**said_by(plain), "timestamp": str(now // SECOND), "nonce": "n-1"}
        fields["sig"] = Auth("k", signature_secret=secret, signature_method=method).sign_params(dict(fields))
        return self._with(plain, fields)

    @staticmethod
    def _with(webhook: Webhook, fields: Mapping[str, Any]) -> Webhook:
        """The same request with these fields."""
        if webhook.method == "GET":
            return changed(webhook, url=f"{webhook.url.partition('?')[0]}?{urlencode(fields)}")
        if webhook.headers.get("content-type") == FORM:
            return changed(webhook, body=urlencode(fields).encode())
        return changed(webhook, body=json.dumps(fields).encode())

    def signature_of(self, webhook: Webhook) -> str:
        return str(said_by(webhook)["sig"])

    def resigned(self, webhook: Webhook, signature: str | None) -> Webhook:
        fields = {name: value for name, value in said_by(webhook).items() if name != "sig"}
        return self._with(webhook, fields if signature is None else {**fields, "sig": signature})

    def sdk_believes(self, webhook: Webhook, secret: str, now: int) -> bool | None:
        """It does not ask for the time, so that of an old one it can only say no."""
        fields = said_by(webhook)
        age = now - int(fields["timestamp"]) * SECOND
        believed = Auth("k", signature_secret=secret, signature_method="sha256").check_signature(fields)
        return bool(believed) if not believed or self.fresh(age) else None

    def vectors(self, every: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Theirs are all good; each comes back with another text, too."""
        good = [
            {**vector, "clock": int(vector["params"]["timestamp"])}
            for vector in every
            if vector["provider"] == "vonage_sms_legacy"
        ]
        bad = [
            {**one, "case": f"tampered: {one['case']}", "params": {**one["params"], "text": "b"}, "valid": False}
            for one in good
        ]
        for one in (*good, *bad):
            one["url"] = f"https://bot.example.com/webhooks/x?{urlencode(one['params'])}"
        return [*good, *bad]

    def options_of_vector(self, vector: Mapping[str, Any]) -> dict[str, str]:
        return {"signature_secret": vector["secret"], "signature_method": vector["case"].rpartition(" ")[2]}

    def text(self, words: str, id_: str, sender: str = ANA, media: Sequence[str] = ()) -> Webhook:
        return self.form(
            {
                "msisdn": sender.lstrip("+") if sender.startswith("+") else sender,
                "to": NUMBER.lstrip("+"),
                "messageId": id_,
                "text": words,
                "type": "text",
                "keyword": "HI",
                "message-timestamp": "2026-11-20 12:00:00",
                "api-key": "abcd1234",
            }
        )

    def report(self, said: str, id_: str, code: str = "", ours: str = OURS) -> Webhook:
        fields = {
            "msisdn": ANA.lstrip("+"),
            "to": NUMBER.lstrip("+"),
            "messageId": id_,
            "status": said,
            "err-code": code or "0",
            "scts": "2611201200",
            "message-timestamp": "2026-11-20 12:00:00",
            "client-ref": ours,
        }
        return self.form(fields, f"m={ours}")

    def taken(self, id_: str) -> Answer:
        return Answer(200, {"message-count": "1", "messages": [{"to": "1", "message-id": id_, "status": "0"}]})

    def refused(self, code: str) -> Answer:
        failed = {"to": ANA.lstrip("+"), "status": code, "error-text": f"About {ANA}"}
        return Answer(200, {"message-count": "1", "messages": [failed]})

    def said(self, posted: Posted) -> tuple[str, str, str, list[str], str | None]:
        asked = dict(posted.form)
        lines = asked["text"].split("\n")
        media = [line for line in lines if line.startswith("https://")]
        text = "\n".join(line for line in lines if line not in media)
        return asked["from"], asked["to"], text, media, asked.get("callback")

    def reports_to(self, outgoing: Outgoing) -> str | None:
        return outgoing.status_url and outgoing.status_url.partition("?")[0]

    def problems(self, posted: Posted, shared: Path) -> list[str]:
        wrong = [] if posted.path == "/sms/json" else [f"posted to {posted.path}"]
        found = Draft202012Validator(FIELDS).iter_errors(dict(posted.form))
        return [*wrong, *(f"{error.json_path}: {error.message}" for error in found)]

    def get(self, plain: Webhook) -> Webhook:
        """The same as a GET, not signed."""
        url = f"{self.address}?{plain.body.decode()}"
        return changed(msgspec.structs.replace(plain, method="GET", body=b"", headers={}), url=url)

    def signed_get(self, plain: Webhook, now: int = NOW) -> Webhook:
        """The same as a GET."""
        return self.sign(self.get(plain), self.secrets[0], now)


EXAMINEE = VonageSMSExaminee()
