"""MessageBird in the examination. Its own SDK checks the signatures, and says what a post must be like."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode, urlsplit

import jwt
import messagebird as sdk  # type: ignore[import-untyped]
from jwt import api_jwt
from messagebird import http_client
from messagebird.error import ValidationError  # type: ignore[import-untyped]
from messagebird.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.channels.examination.examinee import ANA, FORM, NUMBER, OURS, Examinee, changed
from tests.support.misbehaving import Answer, Posted
from textback.channels import messagebird
from textback.channels.base import Outgoing, Webhook
from textback.core.when import SECOND

HEADER = "messagebird-signature-jwt"
KEY = "key-of-the-examination"
LASTS = 60 * SECOND
"""How long MessageBird's tokens are good."""
SDK_LEEWAY = 1 * SECOND


def signed(plain: Webhook, secret: str, now: int, algorithm: str = "HS256", **more: Any) -> Webhook:
    """With a token as MessageBird makes them; `more` are other claims, None takes one away."""
    claims: dict[str, Any] = {
        "iss": "MessageBird",
        "nbf": now // SECOND,
        "exp": (now + LASTS) // SECOND,
        "jti": "5d0f6a51-0000-4000-8000-000000000001",
        "url_hash": hashlib.sha256(plain.url.encode()).hexdigest(),
    }
    if plain.body:
        claims["payload_hash"] = hashlib.sha256(plain.body).hexdigest()
    claims = {name: value for name, value in {**claims, **more}.items() if value is not None}
    return changed(plain, headers={HEADER: jwt.encode(claims, secret, algorithm)})


class MessageBirdExaminee(Examinee):
    """MessageBird."""

    name = "messagebird"
    module = messagebird
    secret_option = "signing_key"
    secrets = (
        "a-signing-key-of-the-examination-one",
        "a-signing-key-of-the-examination-two",
        "a-signing-key-of-the-examination-six",
    )
    tolerance = LASTS + messagebird.LEEWAY
    ahead = messagebird.LEEWAY
    address_signed = True
    signs_bytes = True
    ids = "e8077d803532c0b5937c639b6021693{}"

    def options(self, base_url: str) -> dict[str, str]:
        return {"access_key": KEY, "signing_key": self.secrets[0], "base_url": base_url}

    def sign(self, plain: Webhook, secret: str, now: int) -> Webhook:
        return signed(plain, secret, now)

    def sdk_believes(self, webhook: Webhook, secret: str, now: int) -> bool | None:
        token = webhook.headers.get(HEADER, "")
        begins = jwt.decode(token, options={"verify_signature": False})["nbf"] * SECOND
        if -self.ahead <= now - begins < -SDK_LEEWAY or LASTS + SDK_LEEWAY <= now - begins <= self.tolerance:
            return None  # it takes a second where we take five
        clock = SimpleNamespace(now=lambda tz: datetime.fromtimestamp(now / SECOND, UTC))
        with patch.object(api_jwt, "datetime", clock):
            try:
                RequestValidator(secret).validate_signature(token, webhook.url, webhook.body)
            except ValidationError:
                return False
        return True

    def text(self, words: str, id_: str, sender: str = ANA, media: Sequence[str] = ()) -> Webhook:
        pairs = [
            ("id", id_),
            ("recipient", NUMBER.lstrip("+")),
            ("originator", sender.lstrip("+") if sender == ANA else sender),
            ("body", words),
            ("createdDatetime", "2026-11-20T12:00:00+00:00"),
            *(("mediaUrls", url) for url in media),
        ]
        return self.plain(FORM, urlencode(pairs).encode())

    def report(self, said: str, id_: str, code: str = "", ours: str = OURS) -> Webhook:
        fields = {
            "id": id_,
            "recipient": ANA.lstrip("+"),
            "status": said,
            "statusDatetime": "2026-11-20T12:00:00+00:00",
            "statusErrorCode": code or "0",
        }
        return self.form(fields, f"m={ours}")

    def taken(self, id_: str) -> Answer:
        return Answer(201, {"id": id_, "recipients": {"items": [{"recipient": 12065550123, "status": "sent"}]}})

    def refused(self, code: str) -> Answer:
        return Answer(422, {"errors": [{"code": int(code), "description": f"About {ANA}", "parameter": "recipients"}]})

    def said(self, posted: Posted) -> tuple[str, str, str, list[str], str | None]:
        asked: Mapping[str, Any] = posted.json
        (recipient,) = asked["recipients"]
        return asked["originator"], recipient, asked.get("body", ""), asked.get("mediaUrls", []), asked.get("reportUrl")

    def reports_to(self, outgoing: Outgoing) -> str | None:
        return None if outgoing.media else outgoing.status_url

    def problems(self, posted: Posted, shared: Path) -> list[str]:
        theirs = as_the_sdk_posts(posted)
        ours = {**posted.json, "recipients": ",".join(posted.json["recipients"])}
        wrong = [] if posted.headers["authorization"] == theirs.headers["authorization"] else ["no key"]
        wrong += [] if posted.path == theirs.path else [f"posted to {posted.path}"]
        wrong += [] if ours["recipients"] else ["to nobody"]
        return [*wrong, *(f"{name}" for name in {**ours, **theirs.json} if ours.get(name) != theirs.json.get(name))]


def as_the_sdk_posts(posted: Posted) -> Posted:
    """What MessageBird's SDK posts when it is asked for the same."""
    asked = dict(posted.json)
    originator, recipients, body = asked.pop("originator"), asked.pop("recipients"), asked.pop("body", None)
    seen: list[Posted] = []

    def post(url: str, verify: bool, headers: Mapping[str, str], data: bytes) -> SimpleNamespace:
        lower = {name.lower(): value for name, value in headers.items()}
        said = {name: value for name, value in json.loads(data).items() if value is not None}
        seen.append(Posted(urlsplit(url).path, lower, data, said))
        return SimpleNamespace(status_code=201, text="{}", content=b"")

    client = sdk.Client(KEY)
    with patch.object(http_client.requests, "post", post):
        if "mediaUrls" in asked:
            client.mms_create(originator, recipients, body, asked["mediaUrls"], reference=asked["reference"])
        else:
            client.message_create(originator, recipients, body, asked)
    return seen[0]


EXAMINEE = MessageBirdExaminee()
