"""Whose webhooks are believed: what the provider signed, and nothing else."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.channels.examination.examinee import NOW, Case, Examinee, changed
from textback.channels.base import BadSignature, Timestamped, Webhook
from textback.core.errors import SettingsError
from textback.core.when import DAY, SECOND

WORDS = " café 😀 & = + % "


def signed(examinee: Examinee, which: int = 0) -> Webhook:
    return examinee.signed(examinee.text(WORDS, "m-1"), which)


def test_a_case_that_is_signed_is_believed(examinee: Examinee, case: Case) -> None:
    webhook = examinee.signed(examinee.webhook(case))
    assert examinee.believes(webhook)
    assert examinee.sdk_believes(webhook, examinee.secrets[0], NOW) in (True, None)


Spoil = Callable[[Examinee, Webhook], Webhook | None]


def spoilt(change: Callable[[str], str | None]) -> Spoil:
    return lambda examinee, webhook: examinee.resigned(webhook, change(examinee.signature_of(webhook)))


def moved(old: str, new: str) -> Spoil:
    return lambda examinee, webhook: changed(webhook, url=webhook.url.replace(old, new, 1))


def body(change: Callable[[bytes], bytes]) -> Spoil:
    return lambda _, webhook: changed(webhook, body=change(webhook.body))


FORGERIES: dict[str, Spoil] = {
    "another's secret": lambda examinee, _: signed(examinee, 2),
    "a letter changed": body(lambda text: text.replace(b"caf", b"cat")),
    "a space at the end": body(lambda text: text + b" "),
    "the end cut off": body(lambda text: text[:-1]),
    "emptied": body(lambda text: b""),
    "a field added": body(lambda text: text[:-1] + b',"x":1}' if text.endswith(b"}") else text + b"&OptOutType=STOP"),
    "another text": lambda examinee, webhook: changed(webhook, body=examinee.text("STOP", "m-2").body),
    "no signature": spoilt(lambda _: None),
    "an empty signature": spoilt(lambda _: ""),
    "a signature that is none": spoilt(lambda _: "!!!"),
    "a signature that is not ASCII": spoilt(lambda _: "é" * 88),
    "a signature without an end": spoilt(lambda _: "A" * 20_000),
    "a signature cut": spoilt(lambda text: text[:-4]),
    "a signature with a letter changed": spoilt(
        lambda text: text[:-10] + ("B" if text[-10] != "B" else "C") + text[-9:]
    ),
    "a signature twice": spoilt(lambda text: text + text),
    "no headers": lambda _, webhook: Webhook("POST", webhook.url, webhook.query, {}, webhook.body),
}
OF_THE_ADDRESS: dict[str, Spoil] = {
    "another path": moved("/webhooks/", "/webhook/"),
    "another host": moved("bot.", "bat."),
    "http for https": moved("https:", "http:"),
    "a slash at the end": moved("?m=1", "/?m=1"),
    "another message": moved("?m=1", "?m=2"),
    "something added": moved("?m=1", "?m=1&n=1"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_refused(examinee: Examinee, forgery: str) -> None:
    webhook = FORGERIES[forgery](examinee, signed(examinee))
    assert webhook is not None
    assert not examinee.believes(webhook)


@pytest.mark.parametrize("forgery", OF_THE_ADDRESS)
def test_an_address_that_is_signed_can_not_be_changed(examinee: Examinee, forgery: str) -> None:
    plain = examinee.text(WORDS, "m-1")
    webhook = examinee.signed(changed(plain, url=f"{plain.url}?m=1"))
    assert examinee.believes(webhook)
    other = OF_THE_ADDRESS[forgery](examinee, webhook)
    assert other is not None
    assert other.url != webhook.url
    assert examinee.believes(other) is not examinee.address_signed


@given(words=st.text(max_size=60), off=st.integers(-800, 800), other=st.booleans())
def test_it_believes_what_the_sdk_believes(examinee: Examinee, words: str, off: int, other: bool) -> None:
    webhook = examinee.signed(examinee.text(words, "m-1"), which=1 if other else 0)
    now = NOW + off * SECOND
    fresh = examinee.fresh(off * SECOND)
    assert examinee.believes(webhook, now) is (fresh and not other)
    assert examinee.sdk_believes(webhook, examinee.secrets[0], now) in (fresh and not other, None)


def test_how_old_a_signature_may_be(examinee: Examinee) -> None:
    webhook, tolerance = signed(examinee), examinee.tolerance
    assert examinee.dated is (tolerance is not None), "a signature has a time, or it has none"
    if tolerance is None:  # what keeps a replay out is that the same text is stored once
        assert examinee.believes(webhook, NOW + 30 * DAY)
        return
    ahead = tolerance if examinee.ahead is None else examinee.ahead
    for off in (tolerance, -ahead, 0):
        assert examinee.believes(webhook, NOW + off)
    for off in (tolerance + SECOND, -ahead - SECOND, 400 * DAY):
        assert not examinee.believes(webhook, NOW + off)
    line = examinee.line()
    assert isinstance(line, Timestamped)
    assert line.signed_at(webhook) == NOW
    assert line.signed_at(changed(webhook, headers=dict.fromkeys(webhook.headers))) is None


@pytest.mark.parametrize("form", ["{0},{1}", "{1} , {0}", " {0} ,, {1},"])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_while_secrets_change_both_are_believed(examinee: Examinee, form: str, which: int) -> None:
    both = form.format(*examinee.secrets)
    if ",," in form and examinee.name == "telnyx":
        pytest.skip("an empty key is a mistake that stops the start")
    assert examinee.believes(signed(examinee, which), secret=both) is (which < 2)


@pytest.mark.parametrize("secret", ["", " ", ",", " , "])
def test_a_secret_that_is_none_stops_the_start(examinee: Examinee, secret: str) -> None:
    options = {**examinee.options("https://api.example.com"), examinee.secret_option: secret}
    with pytest.raises(SettingsError, match=f"(?i){examinee.secret_option}"):
        examinee.spec.make("+12065550100", options, None)  # type: ignore[arg-type]


def test_a_signature_by_two_secrets_at_once_is_refused(examinee: Examinee) -> None:
    both = ",".join(examinee.secrets[:2])
    try:
        webhook = examinee.sign(examinee.text(WORDS, "m-1"), both, NOW)
    except ValueError:
        return  # two keys are no key
    assert not examinee.believes(webhook, secret=both)


def test_the_reason_names_no_secret_and_no_signature(examinee: Examinee) -> None:
    line, right = examinee.line(), signed(examinee)
    for forge in FORGERIES.values():
        webhook = forge(examinee, right)
        assert webhook is not None
        with pytest.raises(BadSignature) as error:
            line.verify(webhook, NOW)
        said = str(error.value)
        assert said
        assert len(said) < 100
        for kept in (*examinee.secrets, examinee.signature_of(right), "café", "5550123"):
            assert kept not in said
