"""What signed webhooks say: whatever comes is understood or malformed, and what is understood can be stored."""

import socket
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.channels.examination.examinee import ANA, FORM, NUMBER, OURS, Case, Examinee, changed
from textback.channels.base import BadPayload, Webhook
from textback.core.messages import RANK
from textback.engine.arrivals import DeliveryStatus, Media, Message
from textback.pipeline.accept import incoming

Arrivals = list[Message | DeliveryStatus]


def sound(arrivals: Arrivals) -> None:
    """What the inbox, and every column of the database, can take."""
    for one in arrivals:
        stored = incoming("x" * 64, one)
        for text, longest in ((stored.provider_id, 255), (stored.kind, 48), (stored.identifier, 320)):
            assert 0 < len(text) <= longest
        assert msgspec.json.decode(stored.data, type=type(one)) == one
        assert "\\u0000" not in stored.data
        if isinstance(one, DeliveryStatus):
            assert one.status in RANK
            assert len(one.code or "") <= 32
            assert len(one.message_id or "") <= 32


def understood(examinee: Examinee, webhook: Webhook) -> Arrivals | None:
    """The arrivals, which are sound; None for a webhook that is malformed, and says where."""
    problem: BadPayload | None = None
    arrivals = list[Message | DeliveryStatus]()
    try:
        arrivals = examinee.line().parse(webhook)
    except BadPayload as error:
        problem = error
    if problem is not None:
        assert problem.field
        assert problem.problem
        assert "5550123" not in str(problem)
        return None
    sound(arrivals)
    return arrivals


def test_a_case(examinee: Examinee, case: Case) -> None:
    webhook = examinee.webhook(case)
    if case.malformed:
        with pytest.raises(BadPayload) as error:
            examinee.line().parse(webhook)
        assert error.value.field == case.malformed
        return
    assert understood(examinee, webhook) == (case.gives or [])


# --- Fields and types that nobody has told us of


def inside(value: Any) -> Iterator[Any]:
    """Every object in a JSON value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from inside(inner)


def test_new_fields_change_nothing(examinee: Examinee, case: Case) -> None:
    webhook = examinee.webhook(case)
    expected = understood(examinee, webhook)
    if case.raw is not None:
        return
    if case.form is not None:
        more = urlencode({"NewField": "1", "zz[]": "", "New": '{"a":1}'}).encode()
        assert understood(examinee, changed(webhook, body=webhook.body + b"&" + more)) == expected
        return
    whole = deepcopy(case.body)
    for found in list(inside(whole)):
        found["new_field"] = {"a": [1, 2.5, None, {"b": True}]}
    assert understood(examinee, examinee.json(whole, case.query)) == expected


STRANGE: list[Any] = [None, 7, -1.5, True, "", "x", "\0", "9" * 5000, 10**30, [], {}, [[]], [None], {"a": {}}]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value: what it is in, and its key there."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


def test_a_field_of_another_type_breaks_nothing(examinee: Examinee, case: Case) -> None:
    if case.raw is not None:
        return
    if case.form is not None:
        for name in case.form:
            for strange in ("", "\0", "9" * 5000, "é", "[]", "-1", "\ufffd", "999999999999999999999"):
                understood(examinee, examinee.form({**case.form, name: strange}, case.query))
            understood(examinee, examinee.form({k: v for k, v in case.form.items() if k != name}, case.query))
        return
    whole = deepcopy(case.body)
    for holder, key in list(places(whole)):
        kept = holder[key]
        for strange in STRANGE:
            holder[key] = strange
            understood(examinee, examinee.json(whole, case.query))
        holder[key] = kept
        if isinstance(holder, dict):
            del holder[key]
            understood(examinee, examinee.json(whole, case.query))
            holder[key] = kept
    assert whole == case.body


def test_a_number_may_be_written_as_one(examinee: Examinee, case: Case) -> None:
    """Where a form or a string has digits only, JSON may have an integer."""
    if case.body is None or examinee.name == "telnyx":  # whose numbers begin with a plus, and whose ids are not digits
        return
    expected, whole = understood(examinee, examinee.webhook(case)), deepcopy(case.body)
    for holder, key in list(places(whole)):
        if isinstance(holder[key], str) and holder[key].isdigit() and not holder[key].startswith("0"):
            holder[key] = int(holder[key])
    assert understood(examinee, examinee.json(whole, case.query)) == expected


@pytest.mark.parametrize(
    "junk",
    [b"", b"not json", b"\xff\xfe", b"[]", b"null", b"{}", b"[" * 100_000, b'{"a":' * 50_000, b"&" * 5000, b"%", b"="],
    ids=["nothing", "words", "bytes", "list", "null", "object", "nested", "deep", "ampersands", "percent", "equals"],
)
def test_junk_is_malformed_and_no_more(examinee: Examinee, junk: bytes) -> None:
    for kind in examinee.line().content_types:
        assert not understood(examinee, examinee.plain(kind, junk))


@given(body=st.binary() | st.text().map(str.encode), query=st.text(max_size=20))
def test_whatever_comes_it_is_understood_or_malformed(examinee: Examinee, body: bytes, query: str) -> None:
    for kind in examinee.line().content_types:
        understood(examinee, examinee.plain(kind, body, query))


# --- Texts


@pytest.mark.parametrize(
    "words",
    [
        "",
        "  two  spaces  ",
        "line\none\r\ntwo",
        "a+b & c=d;e %41 ~_-",
        'quotes " and \\',
        "👩‍👩‍👧 café",
        "שלום, מתי סוגרים? \u200f(מחר)",
        "مرحبا",
        "x" * 1600,
        "😀" * 1600,
    ],
)
def test_the_text_is_kept_as_it_was_written(examinee: Examinee, words: str) -> None:
    (message,) = examinee.line().parse(examinee.text(words, "m-1"))
    assert isinstance(message, Message)
    assert (message.text, message.sender, message.recipient) == (words, ANA, NUMBER)


def test_what_no_database_keeps_is_replaced(examinee: Examinee) -> None:
    arrivals = understood(examinee, examinee.text("a\0b", "m-1"))
    assert [one.text for one in arrivals or () if isinstance(one, Message)] == ["a\ufffdb"]


@pytest.mark.parametrize("sender", ["22395", "BANK", "+88213000", ANA])
def test_any_sender_is_kept(examinee: Examinee, sender: str) -> None:
    (message,) = examinee.line().parse(examinee.text("hi", "m-1", sender))
    assert isinstance(message, Message)
    assert message.sender == sender


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/private",
        "http://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/x.jpg",
        "http://[::1]/",
        "https://metadata.google.internal/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "javascript:alert(1)",
        "https://user:password@example.com/redirects-to-localhost",
        "https://example.com/" + "a" * 4000,
        "\0",
    ],
)
def test_an_address_of_media_is_kept_and_never_asked_for(
    examinee: Examinee, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("nobody may be asked")

    webhook = examinee.text("look", "m-1", media=[url])
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    arrivals = understood(examinee, webhook) or []
    assert [one.text for one in arrivals if isinstance(one, Message)] == ["look"]
    kept = [medium.url for one in arrivals if isinstance(one, Message) for medium in one.media]
    assert kept in ([examinee.kept(url.replace("\0", "\ufffd"))], [])


def test_media_come_along(examinee: Examinee) -> None:
    assert examinee.spec.traits is not None
    urls = ["https://example.com/a.jpg", "https://example.com/b.jpg"]
    (message,) = examinee.line().parse(examinee.text("look", "m-1", media=urls))
    assert isinstance(message, Message)
    can = "in" in examinee.spec.traits.media.split(", ")
    assert [medium.url for medium in message.media] == ([examinee.kept(url) for url in urls] if can else [])
    assert message.channel == (examinee.with_media if can else examinee.without_media)
    assert all(isinstance(medium, Media) for medium in message.media)


# --- Statuses and codes


def report(examinee: Examinee, said: str, code: str = "") -> DeliveryStatus:
    (found,) = examinee.line().parse(examinee.report(said, "m-9", code))
    assert isinstance(found, DeliveryStatus)
    return found


def test_every_status_is_mapped(examinee: Examinee) -> None:
    if not examinee.reports:
        assert not examinee.statuses
        return
    assert set(examinee.statuses.values()) >= {"accepted", "delivered", "undelivered"} or "sent" in str(
        examinee.statuses.values()
    )
    for said, status in examinee.statuses.items():
        found = report(examinee, said)
        assert (found.status, found.provider_id, found.recipient, found.message_id) == (status, "m-9", ANA, OURS), said
        assert not found.opted_out


@pytest.mark.parametrize("said", ["brand_new", "", "DELIVERED!"])
def test_a_status_that_is_new_is_ignored(examinee: Examinee, said: str) -> None:
    if not examinee.reports:
        return
    assert not understood(examinee, examinee.report(said, "m-9"))


def test_every_code_in_a_report_is_of_its_class(examinee: Examinee) -> None:
    if not examinee.reports:
        return
    failing = [said for said, status in examinee.statuses.items() if status in ("failed", "undelivered")]
    assert failing
    for said in failing:
        for code, kind in examinee.report_codes.items():
            found = report(examinee, said, code)
            plain = examinee.statuses[said]
            assert found.code == code
            assert found.status == ("filtered" if kind == "filtered" else plain), code
            assert found.opted_out is (kind == "opted_out"), code
        strange = report(examinee, said, "98765")
        assert (strange.code, strange.status, strange.opted_out) == ("98765", examinee.statuses[said], False)


@pytest.mark.parametrize(("query", "ours"), [("m=", None), ("x=1", None), ("m=a&m=b", "a"), ("m=%00", "\ufffd")])
def test_our_own_id_comes_back(examinee: Examinee, query: str, ours: str | None) -> None:
    if not examinee.reports:
        return
    delivered = next(said for said, status in examinee.statuses.items() if status == "delivered")
    webhook = changed(examinee.report(delivered, "m-9", ours=""), url=f"{examinee.address}?{query}")
    (found,) = examinee.line().parse(webhook)
    assert isinstance(found, DeliveryStatus)
    assert found.message_id == ours


def test_a_form_of_too_many_fields_is_refused(examinee: Examinee) -> None:
    if FORM not in examinee.line().content_types:
        return
    webhook = examinee.signed(examinee.form({f"f{n}": "" for n in range(600)}))
    assert dict(parse_qsl(webhook.body.decode(), keep_blank_values=True))
    assert examinee.believes(webhook) is examinee.signs_bytes
    assert understood(examinee, webhook) is None


def test_the_cases_are_what_they_seem(examinee: Examinee) -> None:
    """No two of them are the same, so that none is counted for another."""
    bodies = [(examinee.webhook(case).body, case.query) for case in examinee.cases]
    assert len(set(bodies)) == len(bodies)
