"""The Lines page: the address to paste, whether webhooks come, the test of keys and address, and who may test."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.fake_provider import NUMBER, TELNYX_API_KEY, FakeProvider, fake_provider, sign_telnyx, telnyx_text
from tests.web.conftest import Site, running
from textback.pipeline.clock import clock


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    with fake_provider() as made:
        yield made


@pytest.fixture
def shop(fake: FakeProvider, tmp_path: Path) -> Iterator[Site]:
    """A server with one Telnyx line, whose provider is the fake."""
    with running(tmp_path, found=fake.environment("telnyx"), public_url=fake.url) as site:
        yield site


def hook(site: Site, body: bytes, headers: dict[str, str], line: str = "telnyx") -> int:
    return httpx.post(f"{site.url}/webhooks/{line}", content=body, headers=headers, trust_env=False).status_code


def until(site: Site, query: str, **values: str) -> None:
    """What happens to lines is written down soon, not at once."""
    for _ in range(200):
        if site.rows(query, **values):
            return
        time.sleep(0.05)
    raise AssertionError(query)


MARK = "SELECT 1 FROM line_seen WHERE line = 'telnyx' AND what = :w"


def test_a_line_that_nobody_has_called_waits_and_shows_its_address(shop: Site, fake: FakeProvider) -> None:
    shown = shop.person("owner").get("/lines").text
    assert "Nothing has come yet." in shown
    assert f"{fake.url}/webhooks/telnyx" in shown
    assert "data-poll" in shown
    assert "Nobody has said how it is registered" in shown
    assert TELNYX_API_KEY not in shown


def test_a_bad_signature_is_said_and_then_the_first_webhook(shop: Site) -> None:
    owner = shop.person("owner")
    body = json.dumps(telnyx_text("hours")).encode()
    assert hook(shop, body, {**sign_telnyx(body, clock()), "telnyx-signature-ed25519": "A" * 88}) == 401
    until(shop, MARK, w="unsigned")
    shown = owner.get("/lines").text
    assert "its signature is not right" in shown
    assert "TELNYX_PUBLIC_KEY" in shown
    assert hook(shop, body, sign_telnyx(body, clock())) == 200
    until(shop, MARK, w="webhook")
    until(shop, MARK, w="sent")
    shown = owner.get("/lines").text
    assert "Webhooks come, and they are signed as they should be." in shown
    assert "data-poll" not in shown
    assert "Nothing yet." not in shown


def test_a_wrong_path_is_named(shop: Site) -> None:
    body = json.dumps(telnyx_text("hours")).encode()
    assert hook(shop, body, sign_telnyx(body, clock()), line="telnix") == 404
    until(shop, "SELECT 1 FROM rejected_webhooks")
    shown = shop.person("owner").get("/lines").text
    assert "Something was posted to /webhooks/telnix, and there is no line of that name." in shown


@pytest.mark.parametrize(
    ("method", "content_type", "what"),
    [("GET", "", "wrong_method"), ("POST", "text/plain", "wrong_type"), ("POST", "application/json", "malformed")],
)
def test_other_wrong_requests_are_remembered(shop: Site, method: str, content_type: str, what: str) -> None:
    body = b'{"data": 5}'
    headers = {**sign_telnyx(body, clock()), "content-type": content_type}
    httpx.request(method, f"{shop.url}/webhooks/telnyx", content=body, headers=headers, trust_env=False)
    until(shop, MARK, w=what)


def test_the_test_asks_the_provider_and_is_written_down(shop: Site, fake: FakeProvider) -> None:
    owner = shop.person("owner")
    shown = owner.submit("/lines/telnyx/test")
    assert shown.status_code == 200
    assert "Telnyx accepts them." in shown.text
    assert "Something else answers there" in shown.text  # its public address is the fake's
    assert shop.audit(owner.email) == [("line.test", "telnyx")]
    assert TELNYX_API_KEY not in shown.text
    fake.numbers._bearer = "another key"
    assert "Telnyx does not accept them (HTTP 401)." in owner.submit("/lines/telnyx/test").text
    assert owner.submit("/lines/simulator/test").status_code == 404
    assert owner.submit("/lines/nothing/test").status_code == 404
    assert len(shop.audit(owner.email)) == 2


@pytest.mark.parametrize("role", ["supervisor", "agent", "viewer", "auditor"])
def test_only_an_owner_may_test(shop: Site, role: str) -> None:
    person = shop.person(role)
    assert person.submit("/lines/telnyx/test").status_code == 403
    assert shop.audit(person.email) == []


def test_asking_who_answers_leaves_no_trace(shop: Site) -> None:
    asked = httpx.options(f"{shop.url}/webhooks/telnyx", trust_env=False)
    assert (asked.status_code, asked.json()) == (405, {"error": "Webhooks are posted."})
    body = json.dumps(telnyx_text("hours", NUMBER)).encode()
    assert hook(shop, body, {**sign_telnyx(body, clock()), "telnyx-signature-ed25519": "A" * 88}) == 401
    until(shop, MARK, w="unsigned")
    assert not shop.rows(MARK, w="wrong_method")
