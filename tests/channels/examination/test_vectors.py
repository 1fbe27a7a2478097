"""Signature vectors that the official SDKs agree with."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.channels.examination.conftest import ALL
from tests.channels.examination.examinee import Examinee
from textback.channels.base import BadSignature, Webhook

FILE = Path(__file__).parents[4] / "shared" / "vectors" / "webhook_signatures.json"
EVERY: list[dict[str, Any]] = json.loads(FILE.read_text())["vectors"] if FILE.is_file() else []
OURS = [(one, vector) for one in ALL.values() for vector in one.vectors(EVERY) or [{}]]


def believed(examinee: Examinee, vector: dict[str, Any]) -> bool:
    url = vector.get("url", "https://bot.example.com/webhooks/x")
    form = vector.get("params", vector.get("params_multi"))
    body = vector["body"] if form is None else urlencode(form, doseq=True)
    headers = {name.lower(): value for name, value in vector.get("header", {}).items()}
    webhook = Webhook(vector["method"], url, urlsplit(url).query, headers, body.encode())
    options = examinee.options("https://api.example.com") | examinee.options_of_vector(vector)
    line = examinee.spec.make("+12065550100", options, None)  # type: ignore[arg-type]
    try:
        line.verify(webhook, vector.get("clock", 0) * 1000)
    except BadSignature:
        return False
    return True


@pytest.mark.parametrize(
    ("one", "vector"), OURS, ids=lambda v: v.name if isinstance(v, Examinee) else v.get("case", "absent")
)
def test_a_vector(shared: Path, one: Examinee, vector: dict[str, Any]) -> None:
    assert believed(one, vector) is vector["valid"]


def test_there_are_vectors_of_both_kinds(shared: Path, examinee: Examinee) -> None:
    assert {vector["valid"] for vector in examinee.vectors(EVERY)} == {True, False}
