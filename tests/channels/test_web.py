"""The web chat's line: which websites, what they agree to, and that nothing comes or goes by any other way."""

import pytest

from textback.channels.base import Accepted, BadSignature, Outgoing, Webhook
from textback.channels.client import Session
from textback.channels.web import ByText, WebChat, provider_id
from textback.core.errors import SettingsError

SHOP = "https://www.example.com"


def line(http: Session, **options: str) -> WebChat:
    return WebChat("site", {"origins": SHOP, **options}, http)


@pytest.fixture
def http() -> Session:
    return Session()


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (SHOP, {SHOP}),
        (f"{SHOP}/", {SHOP}),
        ("HTTPS://WWW.Example.com", {SHOP}),
        ("https://www.example.com:443", {SHOP}),
        ("https://www.example.com:8443", {f"{SHOP}:8443"}),
        (f"{SHOP}, https://shop.example.com", {SHOP, "https://shop.example.com"}),
        (f"{SHOP}\n https://xn--bcher-kva.example", {SHOP, "https://xn--bcher-kva.example"}),
        ("http://localhost:3000", {"http://localhost:3000"}),
        ("http://127.0.0.1:80", {"http://127.0.0.1"}),
        ("http://[::1]:8000", {"http://[::1]:8000"}),
    ],
)
def test_origins_are_read_as_browsers_write_them(http: Session, given: str, found: set[str]) -> None:
    assert line(http, origins=given).origins == found


@pytest.mark.parametrize(
    "given",
    ["", " , ", "*", "https://*.example.com", "www.example.com", "null", "http://www.example.com", f"{SHOP}/shop",
     f"{SHOP}?a", f"{SHOP}#a", "https://me@example.com", "https://me:pw@example.com", "https://", "https://exa_mple.com",
     "https://example.com:99999", "https://example.com:x", "ftp://example.com", "javascript:alert(1)", f"{SHOP} *",
     "https://[::1", "https://-example.com", "https://example..com"],
)  # fmt: skip
def test_what_is_no_origin_is_refused_by_name(http: Session, given: str) -> None:
    with pytest.raises(SettingsError) as refused:
        line(http, origins=given)
    assert "\n" not in str(refused.value)


def test_an_agreement_is_a_box_or_a_line_and_not_both(http: Session) -> None:
    assert line(http).agreement is None
    ticked, read = line(http, consent="Yes.").agreement, line(http, notice="Yes.").agreement
    assert ticked is not None
    assert read is not None
    assert (ticked.words, ticked.ticked, read.ticked) == ("Yes.", True, False)
    assert ticked.version != read.version
    with pytest.raises(SettingsError, match="both"):
        line(http, consent="Yes.", notice="Yes.")


def test_another_letter_is_another_version(http: Session) -> None:
    versions = {line(http, consent=words).agreement.version for words in ("Yes.", "Yes!", "yes.")}  # type: ignore[union-attr]
    assert len(versions) == 3


def test_too_many_words_are_refused(http: Session) -> None:
    assert line(http, greeting="x" * 1000).greeting
    with pytest.raises(SettingsError, match="greeting"):
        line(http, greeting="x" * 1001)


def test_no_webhook_is_believed(http: Session) -> None:
    webhook = Webhook("POST", "https://chat.example.com/webhooks/site", "", {}, b'{"text": "STOP"}')
    with pytest.raises(BadSignature):
        line(http).verify(webhook, 0)
    assert line(http).parse(webhook) == []


async def test_every_text_is_taken_at_once_under_a_name_of_its_own(http: Session) -> None:
    text = Outgoing("0123456789abcdef01234567", "site", "web-1", "Hello")
    assert await line(http).send(text) == Accepted(provider_id(text.message_id))


def test_going_on_by_text_is_off_unless_a_line_is_named(http: Session) -> None:
    assert line(http).by_text is None
    usual = line(http, continue_by_text="main").by_text
    assert usual == ByText("main", frozenset(), "", 3, 10, 2, 200)
    mine = line(
        http, continue_by_text=" main ", continue_countries="us, ca GB", continue_per_visitor="1",
        continue_per_source="2", continue_per_number="3", continue_per_day="4",
        continue_consent="Text me. STOP to end, HELP for help.",
    ).by_text  # fmt: skip
    words = "Text me. STOP to end, HELP for help."
    assert mine == ByText("main", frozenset({"US", "CA", "GB"}), words, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"continue_by_text": ""}, "continue_by_text"),
        ({"continue_countries": "America"}, "is no country"),
        ({"continue_countries": "U$"}, "is no country"),
        ({"continue_per_day": "0"}, "continue_per_day"),
        ({"continue_per_number": "many"}, "continue_per_number"),
        ({"continue_per_visitor": "-1"}, "continue_per_visitor"),
        ({"continue_per_source": "1.5"}, "continue_per_source"),
        ({"continue_consent": "I agree."}, "STOP and HELP"),
        ({"continue_consent": "I agree to unSTOPpable texts. HELP"}, "STOP and HELP"),
    ],
)
def test_what_makes_no_sense_about_texts_is_refused_by_name(http: Session, more: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        line(http, **{"continue_by_text": "main", "continue_per_day": "5", **more})
    assert "\n" not in str(refused.value)
