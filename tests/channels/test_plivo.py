"""Plivo, where it is like no other provider. What all have in common is in the examination."""

import base64
import hashlib
import hmac
import inspect
from typing import Any

import msgspec
import plivo as sdk  # type: ignore[import-untyped]
import pytest
from aiohttp import web

from tests.channels.examination.conftest import Api
from tests.channels.examination.examinee import ANA, NOW, NUMBER, changed, text_out
from tests.channels.examination.plivo.examinee import AUTH_ID, EXAMINEE, NONCE
from textback.channels.base import BadSignature, ListFailed, Lists, ListTooLong, Provider, Webhook
from textback.channels.client import Session
from textback.channels.plivo_lists import PAGE
from textback.core.errors import SettingsError
from textback.core.when import HOUR, MINUTE, SECOND, to_iso
from textback.engine.arrivals import Media

TEXT = EXAMINEE.signed(EXAMINEE.text("hello", "m-1"))
HEADER = "x-plivo-signature-v3"


def line_with(**options: str) -> Provider:
    known = {**EXAMINEE.options("https://api.example.com"), **options}
    return EXAMINEE.spec.make(NUMBER, known, None)  # type: ignore[arg-type]


def believed(webhook: Webhook, **options: str) -> bool:
    try:
        line_with(**options).verify(webhook, NOW)
    except BadSignature:
        return False
    return True


def test_the_main_account_may_sign_too() -> None:
    main = {f"{HEADER}": "of-a-subaccount", "x-plivo-signature-ma-v3": TEXT.headers[HEADER]}
    assert believed(changed(TEXT, headers=main))
    assert not believed(changed(TEXT, headers={**main, "x-plivo-signature-ma-v3": "neither"}))


def test_a_header_may_have_several_signatures() -> None:
    assert believed(changed(TEXT, headers={HEADER: f"other, {TEXT.headers[HEADER]}"}))
    assert not believed(changed(TEXT, headers={HEADER: "other," * 9 + TEXT.headers[HEADER]})), "not without end"


@pytest.mark.parametrize("nonce", ["", "12345678901234567891"])
def test_the_nonce_is_signed(nonce: str) -> None:
    assert not believed(changed(TEXT, headers={f"{HEADER}-nonce": nonce}))


def signed_v2(webhook: Webhook) -> Webhook:
    digest = hmac.digest(EXAMINEE.secrets[0].encode(), (webhook.url.partition("?")[0] + NONCE).encode(), hashlib.sha256)
    signature = base64.b64encode(digest).decode()
    assert sdk.utils.validate_signature(webhook.url, NONCE, signature, EXAMINEE.secrets[0])
    return changed(
        webhook,
        headers={HEADER: None, "x-plivo-signature-v2": signature, "x-plivo-signature-v2-nonce": NONCE},
    )


def test_v2_which_signs_no_text_is_believed_only_where_it_is_asked_for() -> None:
    webhook = signed_v2(TEXT)
    assert not believed(webhook)
    assert not believed(webhook, signature_version="v3")
    assert believed(webhook, signature_version="V2 ")
    assert believed(changed(webhook, body=b"Text=other"), signature_version="v2"), "that is what is wrong with it"
    assert not believed(changed(webhook, url=webhook.url + "x"), signature_version="v2")
    assert not believed(TEXT, signature_version="v2")


@pytest.mark.parametrize("options", [{"signature_version": "v1"}, {"auth_id": "MA/../x"}, {"auth_id": "é"}])
def test_options_that_are_none_stop_the_start(options: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="PLIVO_"):
        line_with(**options)


# --- Lists


def row(at: int, **more: Any) -> dict[str, Any]:
    return {
        "message_uuid": f"m-{at}",
        "message_direction": "outbound",
        "message_state": "delivered",
        "message_type": "sms",
        "message_time": to_iso(at).replace("T", " ").replace("Z", "+00:00"),
        "from_number": NUMBER.lstrip("+"),
        "to_number": ANA.lstrip("+"),
        "units": 1,
        "error_code": "000",
        **more,
    }


class Listing(Api):
    """Plivo's list: `rows` are of the account, the newest first."""

    def __init__(self) -> None:
        super().__init__(EXAMINEE)
        self.rows: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []
        self.status = 200

    async def _take(self, request: web.Request) -> web.StreamResponse:
        assert request.path == f"/v1/Account/{AUTH_ID}/Message/"
        query = dict(request.query)
        self.asked.append(query)
        offset, limit = int(query["offset"]), int(query["limit"])
        names = ("message_direction", "from_number", "to_number")
        mine = [one for one in self.rows if all(one[name] == query.get(name, one[name]) for name in names)]
        found = {"objects": mine[offset : offset + limit], "meta": {"next": None}}
        if len(mine) > offset + limit:
            found["meta"] = {"next": "/v1/Account/elsewhere/"}
        return web.json_response(found, status=self.status)


@pytest.fixture
async def listing():
    async with Listing() as server:
        yield server


@pytest.fixture
def line(listing: Listing, http: Session) -> Lists:
    made = EXAMINEE.line(http=http, base_url=listing.url)
    assert isinstance(made, Lists)
    return made


async def test_what_is_asked_is_what_the_sdk_would_ask(listing: Listing, line: Lists) -> None:
    await line.recent(NOW, NOW + HOUR)
    assert listing.asked[0] == {
        "message_direction": "inbound",
        "to_number": "12065550100",
        "message_time__gte": "2026-11-20 11:59:59",
        "message_time__lte": "2026-11-20 13:00:01",
        "limit": str(PAGE),
        "offset": "0",
    }
    client = sdk.RestClient(AUTH_ID, "x")
    known = set(inspect.signature(client.messages.list).parameters)
    for query in listing.asked:
        assert set(query) - known == set()


async def test_texts_that_came_in_are_known_but_not_their_words(listing: Listing, line: Lists) -> None:
    listing.rows = [
        row(NOW + SECOND, message_direction="inbound", from_number="12065550123", to_number="12065550100"),
        row(NOW, message_direction="inbound", from_number="12065550123", to_number="12065550100"),
        row(NOW, message_direction="inbound", message_type="whatsapp", to_number="12065550100"),
    ]
    recent = await line.recent(NOW, NOW + HOUR)
    assert [(one.sender, one.at, one.message) for one in recent.heard] == [(ANA, NOW, None), (ANA, NOW + SECOND, None)]
    assert await line.read(recent.heard[0]) is None


async def test_how_our_texts_stand(listing: Listing, line: Lists) -> None:
    listing.rows = [
        row(NOW + 2 * SECOND, message_state="failed", error_code="200"),
        row(NOW + SECOND, message_state="undelivered", error_code="30"),
        row(NOW),
        row(NOW, message_state="new_state"),
        row(NOW - HOUR),
    ]
    statuses = (await line.recent(NOW, NOW + HOUR)).statuses
    assert [(one.status, one.code, one.opted_out) for one in statuses] == [
        ("delivered", None, False),
        ("filtered", "30", False),
        ("failed", "200", True),
    ]


async def test_an_unknown_text_is_known_by_its_kind_and_length(listing: Listing, line: Lists) -> None:
    listing.rows = [row(NOW + 2), row(NOW + 1, units=2), row(NOW, message_type="mms", units=1)]
    found = await line.find(text_out(), NOW - MINUTE, NOW + MINUTE)
    assert [one.provider_id for one in found.same] == [f"m-{NOW + 2}"]
    assert (found.others, found.surely) == ((f"m-{NOW + 1}", f"m-{NOW}"), True)
    long = await line.find(text_out(text="x" * 200), NOW - MINUTE, NOW + MINUTE)
    assert [one.provider_id for one in long.same] == [f"m-{NOW + 1}"]
    picture = await line.find(text_out(media=(Media("https://example.com/a.jpg"),)), NOW - MINUTE, NOW + MINUTE)
    assert [one.provider_id for one in picture.same] == [f"m-{NOW}"]


async def test_many_pages(listing: Listing, line: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    listing.rows = [row(NOW + n) for n in range(PAGE * 2 + 5)]
    assert len((await line.recent(NOW, NOW + HOUR)).statuses) == PAGE * 2 + 5
    monkeypatch.setattr("textback.channels.plivo_lists.PAGES", 2)
    with pytest.raises(ListTooLong):
        await line.recent(NOW, NOW + HOUR)
    assert (await line.find(text_out(), NOW, NOW + HOUR)).surely is False


@pytest.mark.parametrize("status", [401, 404, 429, 500])
async def test_a_list_that_is_refused(listing: Listing, line: Lists, status: int) -> None:
    listing.status = status
    with pytest.raises(ListFailed, match=str(status)):
        await line.recent(NOW, NOW + HOUR)


@pytest.mark.parametrize(
    "change", [{"units": None}, {"error_code": 0}, {"from_number": 12065550100}, {"message_time": "x"}]
)
async def test_a_row_of_other_types_breaks_nothing(listing: Listing, line: Lists, change: dict[str, Any]) -> None:
    listing.rows = [{**row(NOW), "from_number": NUMBER.lstrip("+"), **change}]
    found = await line.recent(NOW, NOW + HOUR)
    assert msgspec.json.encode(found)
