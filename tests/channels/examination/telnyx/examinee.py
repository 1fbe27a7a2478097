"""Telnyx in the examination."""

import base64
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from unittest.mock import patch

from nacl.signing import SigningKey
from telnyx.lib import webhook_verification as sdk

from tests.channels.examination.examinee import ANA, OURS, Examinee, changed
from tests.channels.specification import Spec
from tests.support.fake_provider import TELNYX_SIGNING_KEY, sign_telnyx, telnyx_status, telnyx_text
from tests.support.misbehaving import Answer, Posted
from textback.channels import telnyx
from textback.channels.base import Webhook
from textback.core.when import SECOND

KEYS = [TELNYX_SIGNING_KEY, *(SigningKey(b"textback fake provider, key no %d" % n) for n in (2, 3))]


def _public(key: SigningKey) -> str:
    return base64.b64encode(bytes(key.verify_key)).decode()


class TelnyxExaminee(Examinee):
    """Telnyx: its secrets are the halves of key pairs that everybody may know."""

    name = "telnyx"
    module = telnyx
    secret_option = "public_key"
    secrets: ClassVar = (_public(KEYS[0]), _public(KEYS[1]), _public(KEYS[2]))
    tolerance = 300 * SECOND

    def options(self, base_url: str) -> dict[str, str]:
        return {"api_key": "KEY-of-the-examination", "public_key": self.secrets[0], "base_url": f"{base_url}/v2"}

    def sign(self, plain: Webhook, secret: str, now: int) -> Webhook:
        return changed(plain, headers=sign_telnyx(plain.body, now, KEYS[self.secrets.index(secret)]))

    def sdk_believes(self, webhook: Webhook, secret: str, now: int) -> bool:
        with patch.object(sdk, "time", SimpleNamespace(time=lambda: now / 1000)):
            try:
                sdk.verify_webhook_signature(webhook.body, dict(webhook.headers), secret)
            except sdk.WebhookVerificationError:
                return False
        return True

    def text(self, words: str, id_: str, sender: str = ANA, media: Sequence[str] = ()) -> Webhook:
        files = [{"url": url, "content_type": "image/jpeg", "size": 5} for url in media]
        received_at = "2026-11-20T12:00:00.000+00:00"
        return self.json(telnyx_text(words, sender, id_, media=files, received_at=received_at))

    def report(self, said: str, id_: str, code: str = "", ours: str = OURS) -> Webhook:
        return self.json(telnyx_status(said, id_, code), f"m={ours}")

    def taken(self, id_: str) -> Answer:
        return Answer(200, {"data": {"id": id_}})

    def refused(self, code: str) -> Answer:
        return Answer(400, {"errors": [{"code": code, "title": "An error", "detail": f"About {ANA}"}]})

    def said(self, posted: Posted) -> tuple[str, str, str, list[str], str | None]:
        asked: dict[str, Any] = posted.json
        media = asked.get("media_urls", [])
        return asked["from"], asked["to"], asked.get("text", ""), media, asked.get("webhook_url")

    def problems(self, posted: Posted, shared: Path) -> list[str]:
        spec = Spec(shared / "openapi" / "telnyx_messages_v2.json")
        schema = spec.request("/messages")
        strange = set(posted.json) - set(spec.resolved(schema)["properties"])
        wrong = [] if posted.path == "/v2/messages" else [f"posted to {posted.path}"]
        wrong += [] if posted.headers["authorization"].startswith("Bearer KEY") else ["no key"]
        return [*wrong, *spec.problems(schema, posted.json), *(f"{name} is not a field" for name in strange)]


EXAMINEE = TelnyxExaminee()
