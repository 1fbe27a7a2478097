"""Signature vectors that the official SDKs agree with: every one of Telnyx and Twilio."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from textback.channels.base import BadSignature, Webhook
from textback.channels.telnyx import Telnyx
from textback.channels.twilio import Twilio

FILE = Path(__file__).parents[3] / "shared" / "vectors" / "webhook_signatures.json"
ALL: list[dict[str, Any]] = json.loads(FILE.read_text())["vectors"] if FILE.is_file() else []
OURS = [vector for vector in ALL if vector["provider"] in ("telnyx", "twilio")]


def believed(vector: dict[str, Any]) -> bool:
    url = vector.get("url", "https://bot.example.com/webhooks/x")
    form = vector.get("params", vector.get("params_multi"))
    body = vector["body"] if form is None else urlencode(form, doseq=True)
    headers = {name.lower(): value for name, value in vector["header"].items()}
    webhook = Webhook(vector["method"], url, urlsplit(url).query, headers, body.encode())
    number = "+12065550100"
    line: Telnyx | Twilio
    if vector["provider"] == "telnyx":
        line = Telnyx(number, {"api_key": "x", "public_key": vector["public_key"]}, None)  # type: ignore[arg-type]
    else:
        account = {"account_sid": "AC" + "0" * 32, "auth_token": vector["secret"]}
        line = Twilio(number, account, None)  # type: ignore[arg-type]
    try:
        line.verify(webhook, vector.get("clock", 0) * 1000)
    except BadSignature:
        return False
    return True


@pytest.mark.parametrize("vector", OURS or [{}], ids=lambda v: f"{v['provider']}: {v['case']}" if v else "absent")
def test_a_vector(shared: Path, vector: dict[str, Any]) -> None:
    assert believed(vector) is vector["valid"]


@pytest.mark.parametrize("provider", ["telnyx", "twilio"])
def test_there_are_vectors_of_both_kinds(shared: Path, provider: str) -> None:
    assert {vector["valid"] for vector in OURS if vector["provider"] == provider} == {True, False}
