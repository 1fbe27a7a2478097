"""Slack in the examination. Its channels' ids are opaque, so that a number stands for one as well as any other."""

import hashlib
import hmac
import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from slack_sdk.signature import Clock, SignatureVerifier

from tests.channels.examination.examinee import ANA, FORM, NUMBER, OURS, Examinee, changed
from tests.support.misbehaving import Answer, Posted
from textback.channels import slack
from textback.channels.base import Outgoing, Webhook
from textback.core.when import MINUTE, SECOND

TOKEN = "xoxb-examination"
_TEXT = {"type": "string", "minLength": 1}
FIELDS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["channel", "text"],
    "properties": {
        "channel": _TEXT,
        "text": {"type": "string", "maxLength": 40_000},
        "thread_ts": {"type": "string"},
        "blocks": {
            "type": "array",
            "maxItems": 50,
            "items": {
                "oneOf": [
                    {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["type", "text"],
                        "properties": {
                            "type": {"const": "section"},
                            "text": {
                                "type": "object",
                                "required": ["type", "text"],
                                "properties": {
                                    "type": {"const": "mrkdwn"},
                                    "text": {"type": "string", "minLength": 1, "maxLength": 3000},
                                },
                            },
                        },
                    },
                    {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["type", "elements"],
                        "properties": {
                            "type": {"const": "actions"},
                            "elements": {
                                "type": "array",
                                "minItems": 1,
                                "maxItems": 25,
                                "items": {
                                    "type": "object",
                                    "additionalProperties": False,
                                    "required": ["type", "text", "action_id", "value"],
                                    "properties": {
                                        "type": {"const": "button"},
                                        "action_id": {"type": "string", "maxLength": 255},
                                        "value": {"type": "string", "maxLength": 2000},
                                        "text": {
                                            "type": "object",
                                            "properties": {
                                                "type": {"const": "plain_text"},
                                                "text": {"type": "string", "minLength": 1, "maxLength": 75},
                                            },
                                        },
                                    },
                                },
                            },
                        },
                    },
                ]
            },
        },
    },
}
"""What chat.postMessage and its blocks may have, by Slack's reference."""


class _At(Clock):
    def __init__(self, now: int) -> None:
        self._now = now

    def now(self) -> float:
        return self._now / SECOND


class SlackExaminee(Examinee):
    """Slack."""

    name = "slack"
    module = slack
    secret_option = "signing_secret"
    secrets = ("signing-secret-of-the-examination", "the-second-signing-secret", "the-third-signing-secret")
    tolerance = 5 * MINUTE
    ids = "1795176001.{:0>6}"
    with_media = without_media = "slack"
    reports = False
    signs_bytes = True

    def options(self, base_url: str) -> dict[str, str]:
        return {"bot_token": TOKEN, "signing_secret": self.secrets[0], "base_url": base_url}

    def sign(self, plain: Webhook, secret: str, now: int) -> Webhook:
        at = str(now // SECOND)
        digest = hmac.new(secret.encode(), f"v0:{at}:".encode() + plain.body, hashlib.sha256).hexdigest()
        return changed(plain, headers={"x-slack-signature": f"v0={digest}", "x-slack-request-timestamp": at})

    def sdk_believes(self, webhook: Webhook, secret: str, now: int) -> bool | None:
        """It reads the body as text, so that it can't say of bytes that are none."""
        try:
            body = webhook.body.decode()
        except UnicodeDecodeError:
            return None
        return SignatureVerifier(secret, _At(now)).is_valid_request(body, dict(webhook.headers))

    def text(self, words: str, id_: str, sender: str = ANA, media: Sequence[str] = ()) -> Webhook:
        event: dict[str, Any] = {
            "type": "message",
            "channel": sender,
            "channel_type": "im",
            "user": "U061F7AUR",
            "text": slack.escaped(words),
            "ts": f"1795176000.{zlib.crc32(id_.encode()) % 1_000_000:06}",
            "client_msg_id": id_,
        }
        if media:
            files = [{"id": "F1", "url_private": url, "mimetype": "image/jpeg"} for url in media]
            event |= {"subtype": "file_share", "files": files}
        whole = {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event_id": id_, "event": event}
        return self.json(whole)

    def report(self, said: str, id_: str, code: str = "", ours: str = OURS) -> Webhook:
        raise AssertionError("Slack reports on nothing")

    def pressed(self, value: str, **more: Any) -> Webhook:
        """Somebody presses a button below a text of ours."""
        action = {"type": "button", "action_id": "option_0", "value": value, "action_ts": "1795176002.000100"}
        body = {"type": "block_actions", "user": {"id": "U1"}, "channel": {"id": ANA}, "actions": [action], **more}
        return self.plain(FORM, urlencode({"payload": json.dumps(body)}).encode())

    def taken(self, id_: str) -> Answer:
        return Answer(200, {"ok": True, "channel": ANA, "ts": id_, "message": {"text": "x"}})

    def refused(self, code: str) -> Answer:
        return Answer(200, {"ok": False, "error": code})

    def said(self, posted: Posted) -> tuple[str, str, str, list[str], str | None]:
        words = posted.json.get("text", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        lines = words.split("\n")
        media = [line for line in lines if line.startswith("https://example.com/")]
        text = "\n".join(line for line in lines if line not in media)
        return NUMBER, posted.json.get("channel", ""), text, media, None

    def reports_to(self, outgoing: Outgoing) -> None:
        return None

    def problems(self, posted: Posted, shared: Path) -> list[str]:
        wrong = [] if posted.path == "/chat.postMessage" else [f"posted to {posted.path}"]
        wrong += [] if posted.headers["authorization"] == f"Bearer {TOKEN}" else ["no token"]
        found = Draft202012Validator(FIELDS).iter_errors(posted.json)
        return [*wrong, *(f"{error.json_path}: {error.message}" for error in found)]


EXAMINEE = SlackExaminee()
