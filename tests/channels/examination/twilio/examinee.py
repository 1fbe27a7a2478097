"""Twilio in the examination."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.channels.examination.examinee import ANA, OURS, Examinee, changed
from tests.channels.specification import Spec
from tests.support.fake_provider import TWILIO_ACCOUNT_SID, sign_twilio, twilio_status, twilio_text
from tests.support.misbehaving import Answer, Posted
from textback.channels import twilio
from textback.channels.base import Webhook

PATH = "/2010-04-01/Accounts/{AccountSid}/Messages.json"


class TwilioExaminee(Examinee):
    """Twilio."""

    name = "twilio"
    module = twilio
    secret_option = "auth_token"
    secrets: ClassVar = ("token-of-the-examination", "the-second-token", "the-third-token")
    address_signed = True
    ids = "SM{:032}"

    def options(self, base_url: str) -> dict[str, str]:
        return {"account_sid": TWILIO_ACCOUNT_SID, "auth_token": self.secrets[0], "base_url": base_url}

    def options_of_vector(self, vector: Mapping[str, Any]) -> dict[str, str]:
        return {"account_sid": "AC" + "0" * 32, "auth_token": vector["secret"]}

    def sign(self, plain: Webhook, secret: str, now: int) -> Webhook:
        return changed(plain, headers=sign_twilio(plain.url, self._fields(plain), secret))

    def sdk_believes(self, webhook: Webhook, secret: str, now: int) -> bool:
        signature = webhook.headers.get("x-twilio-signature", "")
        return bool(RequestValidator(secret).validate(webhook.url, self._fields(webhook), signature))

    @staticmethod
    def _fields(webhook: Webhook) -> dict[str, str]:
        return dict(parse_qsl(webhook.body.decode(), keep_blank_values=True))

    def text(self, words: str, id_: str, sender: str = ANA, media: Sequence[str] = ()) -> Webhook:
        files = {f"MediaUrl{n}": url for n, url in enumerate(media)}
        return self.form(twilio_text(words, sender, id_, NumMedia=str(len(media)), **files))

    def report(self, said: str, id_: str, code: str = "", ours: str = OURS) -> Webhook:
        more = {"ErrorCode": code} if code else {}
        return self.form(twilio_status(said, id_, **more), f"m={ours}")

    def taken(self, id_: str) -> Answer:
        return Answer(201, {"sid": id_, "status": "queued"})

    def refused(self, code: str) -> Answer:
        return Answer(400, {"code": int(code), "message": f"It is about {ANA}.", "status": 400})

    def said(self, posted: Posted) -> tuple[str, str, str, list[str], str | None]:
        asked = dict(posted.form)
        media = [value for name, value in posted.form if name == "MediaUrl"]
        return asked["From"], asked["To"], asked.get("Body", ""), media, asked.get("StatusCallback")

    def problems(self, posted: Posted, shared: Path) -> list[str]:
        # With unknown fields refused and a sender and content required, which Twilio's own document leaves out.
        spec = Spec(shared / "openapi" / "twilio_messages_v2010.strict.json")
        login = base64.b64encode(f"{TWILIO_ACCOUNT_SID}:{self.secrets[0]}".encode()).decode()
        wrong = [] if posted.path == PATH.replace("{AccountSid}", TWILIO_ACCOUNT_SID) else [f"to {posted.path}"]
        wrong += [] if posted.headers["authorization"] == f"Basic {login}" else ["no login"]
        taken = spec.document["paths"][PATH]["post"]["requestBody"]["content"]
        wrong += [] if posted.headers["content-type"] in taken else ["not a form"]
        return [*wrong, *spec.problems(spec.request(PATH), posted.fields())]


EXAMINEE = TwilioExaminee()
