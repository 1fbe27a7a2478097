"""Plivo in the examination."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

import plivo as sdk  # type: ignore[import-untyped]
from plivo.exceptions import ValidationError  # type: ignore[import-untyped]
from plivo.utils.signature_v3 import construct_post_url, get_signature_v3  # type: ignore[import-untyped]

from tests.channels.examination.examinee import ANA, NUMBER, OURS, Examinee, changed
from tests.support.misbehaving import Answer, Posted
from textback.channels import plivo
from textback.channels.base import Webhook

AUTH_ID = "MA" + "X0" * 9
NONCE = "12345678901234567890"


class PlivoExaminee(Examinee):
    """Plivo."""

    name = "plivo"
    module = plivo
    answers_codes = False
    secret_option = "auth_token"
    secrets: ClassVar = ("token-of-the-examination", "the-second-token", "the-third-token")
    address_signed = True

    def options(self, base_url: str) -> dict[str, str]:
        return {"auth_id": AUTH_ID, "auth_token": self.secrets[0], "base_url": base_url}

    def sign(self, plain: Webhook, secret: str, now: int) -> Webhook:
        signed = construct_post_url(plain.url, self._fields(plain)).decode()
        signature = get_signature_v3(secret.encode(), signed, NONCE.encode()).decode()
        return changed(plain, headers={"x-plivo-signature-v3": signature, "x-plivo-signature-v3-nonce": NONCE})

    def sdk_believes(self, webhook: Webhook, secret: str, now: int) -> bool:
        signature = webhook.headers.get("x-plivo-signature-v3", "")
        fields = self._fields(webhook)
        return bool(sdk.utils.validate_v3_signature("POST", webhook.url, NONCE, secret, signature, fields))

    @staticmethod
    def _fields(webhook: Webhook) -> dict[str, list[str]]:
        return parse_qs(webhook.body.decode(), keep_blank_values=True)

    def vectors(self, every: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        # Ours are posted, so that a vector of a GET has no part here.
        return [vector for vector in super().vectors(every) if vector["method"] == "POST"]

    def options_of_vector(self, vector: Mapping[str, Any]) -> dict[str, str]:
        version = "v2" if "X-Plivo-Signature-V2" in vector["header"] else "v3"
        return {"auth_token": vector["secret"], "signature_version": version}

    def text(self, words: str, id_: str, sender: str = ANA, media: Sequence[str] = ()) -> Webhook:
        files = {f"Media{n}": url for n, url in enumerate(media)}
        kind = {"Type": "mms", "Body": words, **files} if media else {"Type": "sms", "Text": words}
        both = {"From": _digits(sender), "To": _digits(NUMBER), "MessageIntent": ""}
        return self.form({**both, **kind, "MessageUUID": id_, "Units": "1"})

    def report(self, said: str, id_: str, code: str = "", ours: str = OURS) -> Webhook:
        form = {
            "From": _digits(NUMBER),
            "To": _digits(ANA),
            "Status": said,
            "MessageUUID": id_,
            "ParentMessageUUID": id_,
            "ErrorCode": code or "000",
            "Units": "1",
        }
        return self.form(form, f"m={ours}")

    def taken(self, id_: str) -> Answer:
        return Answer(202, {"api_id": "a", "message": "message(s) queued", "message_uuid": [id_]})

    def refused(self, code: str) -> Answer:
        return Answer(400, {"api_id": "a", "error": f"{ANA} is not valid"})

    def said(self, posted: Posted) -> tuple[str, str, str, list[str], str | None]:
        asked: dict[str, Any] = posted.json
        return asked["src"], asked["dst"], asked.get("text", ""), asked.get("media_urls", []), asked.get("url")

    def problems(self, posted: Posted, shared: Path) -> list[str]:
        """The SDK, asked for the same, posts the same."""
        client = sdk.RestClient(AUTH_ID, self.secrets[0])
        made: list[Any] = []
        client.send_request = lambda method, path, data=None, **_: made.append((method, path, data))
        client.request = lambda method, path, data=None, **_: made.append((method, path, data))
        asked = {**posted.json}
        kind = asked.pop("type", "")
        try:
            client.messages.create(**asked, type_=kind)
        except (TypeError, ValidationError) as error:
            return [str(error)]
        ((method, path, data),) = made
        whole = {name: value for name, value in data.items() if name not in ("log", "trackable")}
        if "url" not in asked:
            whole.pop("method", None)
        wrong = [] if whole == posted.json else [f"{whole} and not {posted.json}"]
        right = f"/v1/Account/{AUTH_ID}/{'/'.join(path)}/"
        return [*wrong, *([] if (method, posted.path) == ("POST", right) else [f"posted to {posted.path}"])]


def _digits(number: str) -> str:
    return number.removeprefix("+") if number in (NUMBER, ANA) or number.startswith("+1") else number


EXAMINEE = PlivoExaminee()
