"""What becomes of a text that is sent: whatever the API answers is one of a few kinds, and nothing is ever repeated."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.channels.examination.conftest import Api
from tests.channels.examination.examinee import ANA, NUMBER, OURS, PUBLIC_URL, AnswerCase, Examinee, text_out
from tests.support.misbehaving import HANG, RESET, Answer
from textback.channels.base import Accepted, Failure, Outgoing
from textback.channels.client import Session
from textback.core.errors import SettingsError
from textback.engine.arrivals import Media

STATUS_URL = f"{PUBLIC_URL}/webhooks/main?m={OURS}"
A, B = Media("https://example.com/a.jpg", "image/jpeg"), Media("https://example.com/b.jpg")
OUTGOING: dict[str, Outgoing] = {
    "text": text_out(),
    "text in other letters": text_out(text="We close at 6. 😀 שלום"),
    "text with a status address": text_out(status_url=STATUS_URL),
    "text with a picture": text_out(media=(A,), status_url=STATUS_URL),
    "two pictures without a text": text_out(text="", media=(A, B)),
    "long text": text_out(text="x" * 1500),
}


def digits(number: str) -> str:
    return number.lstrip("+")


async def sent(
    examinee: Examinee, api: Api, http: Session, *answers: Answer, outgoing: Outgoing | None = None
) -> Accepted | Failure:
    """Post a text, which is answered like this; the line never posts it twice."""
    api.posts.clear()
    api.misbehave(*answers)
    result = await examinee.line(http=http, base_url=api.url).send(outgoing or text_out())
    assert len(api.posts) == 1, "it is never repeated here"
    return result


async def failed(examinee: Examinee, api: Api, http: Session, answer: Answer) -> Failure:
    result = await sent(examinee, api, http, answer)
    assert isinstance(result, Failure)
    assert len(result.code) <= 32
    assert len(result.detail) <= 200
    assert b"\\u0000" not in msgspec.json.encode(result)
    for kept in (*examinee.hidden, "5550123"):
        assert kept not in f"{result.detail} {result.code}"
    return result


def without(value: Any, gone: str) -> Any:
    """A JSON value without this text, wherever it stands."""
    if isinstance(value, dict):
        return {key: without(inner, gone) for key, inner in value.items() if inner != gone}
    return [without(inner, gone) for inner in value if inner != gone] if isinstance(value, list) else value


def sends_media(examinee: Examinee) -> bool:
    assert examinee.spec.traits is not None
    return "out" in examinee.spec.traits.media.split(", ")


# --- What is asked for


@pytest.mark.parametrize("out", OUTGOING)
async def test_what_is_posted_says_what_was_meant(examinee: Examinee, api: Api, http: Session, out: str) -> None:
    outgoing = OUTGOING[out]
    if outgoing.media and not sends_media(examinee):
        return
    told: list[int] = []
    outgoing = msgspec.structs.replace(outgoing, answered=told.append)
    result = await sent(examinee, api, http, outgoing=outgoing)
    assert isinstance(result, Accepted)
    assert told
    assert 200 <= told[0] < 300
    sender, recipient, text, media, status_url = examinee.said(api.posts[0])
    assert (digits(sender), digits(recipient), text) == (digits(NUMBER), digits(ANA), outgoing.text)
    assert media == [one.url for one in outgoing.media]
    assert status_url == examinee.reports_to(outgoing)


@pytest.mark.parametrize("out", OUTGOING)
async def test_what_is_posted_fits_the_providers_specification(
    examinee: Examinee, api: Api, http: Session, shared: Path, out: str
) -> None:
    outgoing = OUTGOING[out]
    if outgoing.media and not sends_media(examinee):
        return
    await sent(examinee, api, http, outgoing=outgoing)
    assert examinee.problems(api.posts[0], shared) == []


async def test_the_check_itself_finds_what_is_wrong(examinee: Examinee, api: Api, http: Session, shared: Path) -> None:
    await sent(examinee, api, http)
    posted = api.posts[0]
    form = tuple((name, value) for name, value in posted.form if value != examinee.said(posted)[1])
    body = without(posted.json, examinee.said(posted)[1])
    assert examinee.problems(msgspec.structs.replace(posted, form=form, json=body), shared) != []
    assert examinee.problems(msgspec.structs.replace(posted, path="/elsewhere"), shared) != []


@pytest.mark.parametrize("text", ["😀" * 400, "שלום", 'quotes " and \\', "a\nb", "100% + 1 & 2 = 3", "; ,"])
async def test_the_text_goes_out_as_it_was_written(examinee: Examinee, api: Api, http: Session, text: str) -> None:
    await sent(examinee, api, http, outgoing=text_out(text=text))
    assert examinee.said(api.posts[0])[2] == text


async def test_every_text_is_a_message_of_its_own(examinee: Examinee, api: Api, http: Session) -> None:
    first, second = await sent(examinee, api, http), await sent(examinee, api, http)
    assert isinstance(first, Accepted)
    assert first.provider_id
    assert first != second


async def test_a_text_whose_time_is_over_is_not_posted(examinee: Examinee, api: Api, http: Session) -> None:
    result = await examinee.line(http=http, base_url=api.url).send(text_out(ours=lambda: False))
    assert isinstance(result, Failure)
    assert (result.kind, api.posts) == ("retry", [])


async def test_while_secrets_change_texts_go(examinee: Examinee, api: Api, http: Session) -> None:
    line = examinee.line(",".join(examinee.secrets[:2]), http, api.url)
    assert isinstance(await line.send(text_out()), Accepted)


async def test_the_address_may_end_in_a_slash(examinee: Examinee, api: Api, http: Session) -> None:
    for end in ("", "/"):
        options = examinee.options(api.url)
        options["base_url"] += end
        line = examinee.spec.make(NUMBER, options, http)
        assert isinstance(await line.send(text_out()), Accepted)
    assert api.posts[0].path == api.posts[1].path


# --- What is answered


async def test_an_answer(examinee: Examinee, api: Api, http: Session, answered: AnswerCase) -> None:
    if answered.id:
        assert await sent(examinee, api, http, answered.answer) == Accepted(answered.id)
        return
    failure = await failed(examinee, api, http, answered.answer)
    assert (failure.kind, failure.code) == (answered.kind, answered.code)
    if answered.retry_after is not None:
        assert failure.retry_after == answered.retry_after


async def test_every_code_is_of_its_class(examinee: Examinee, api: Api, http: Session) -> None:
    for code, kind in examinee.codes.items():
        failure = await failed(examinee, api, http, examinee.refused(code))
        assert (failure.kind, failure.code) == (kind, code)
    strange = await failed(examinee, api, http, examinee.refused("98765"))
    assert (strange.kind, strange.code) == ("rejected", "98765" if examinee.answers_codes else "400")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(301, "misconfigured"), (400, "rejected"), (401, "misconfigured"), (403, "misconfigured"), (429, "throttled")]
    + [(status, "unknown") for status in (500, 502, 503, 504)],
)
@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"{}", b"[1]", b"null", b'{"message": 5}', b"[" * 100_000])
async def test_an_answer_without_a_code(
    examinee: Examinee, api: Api, http: Session, status: int, kind: str, body: bytes
) -> None:
    failure = await failed(examinee, api, http, Answer(status, body))
    assert (failure.kind, failure.code) == (kind, str(status))


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        (None, None),
        ("7", 7.0),
        ("0.5", 0.5),
        ("0", 0.0),
        ("86400", 3600.0),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("Fri, 20 Nov 2026 12:00:00 GMT", None),
    ],
)
async def test_too_many_requests(
    examinee: Examinee, api: Api, http: Session, said: str | None, wait: float | None
) -> None:
    failure = await failed(examinee, api, http, Answer(429, b"", {} if said is None else {"Retry-After": said}))
    assert (failure.kind, failure.retry_after) == ("throttled", wait)


@pytest.mark.parametrize(
    "body", [b"", b"<html>welcome</html>", b"\xff", b"{}", b"[]", b"null", b"[" * 100_000, b'{"data":{"id":7}}']
)
async def test_a_yes_that_can_not_be_read_leaves_it_unknown(
    examinee: Examinee, api: Api, http: Session, body: bytes
) -> None:
    status = examinee.taken("x").status
    failure = await failed(examinee, api, http, Answer(status, body))
    assert (failure.kind, failure.code) == ("unknown", str(status))


@pytest.mark.parametrize(
    "answer",
    [RESET, Answer(200, b"x" * 3_000_000), Answer(200, b"{}", {"Content-Encoding": "gzip"})],
    ids=["a connection that breaks", "an answer without end", "an answer that is compressed"],
)
async def test_it_may_have_gone(examinee: Examinee, api: Api, http: Session, answer: Answer) -> None:
    assert (await failed(examinee, api, http, answer)).kind == "unknown"


async def test_an_answer_that_never_comes_leaves_it_unknown(examinee: Examinee, api: Api) -> None:
    async with Session(total=0.2) as impatient:
        assert (await failed(examinee, api, impatient, HANG)).kind == "unknown"


async def test_a_provider_that_is_not_there_is_tried_again(examinee: Examinee, http: Session) -> None:
    async with Api(examinee) as gone:
        url = gone.url
    result = await examinee.line(http=http, base_url=url).send(text_out())
    assert isinstance(result, Failure)
    assert result.kind == "retry"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(examinee: Examinee, api: Api, http: Session, status: int) -> None:
    async with Api(examinee) as elsewhere:
        failure = await failed(examinee, api, http, Answer(status, b"", {"Location": f"{elsewhere.url}/"}))
        assert elsewhere.posts == [], "the login goes nowhere else"
    assert failure.kind == "misconfigured"


@pytest.mark.parametrize("id_", ["a\0b", "x" * 300])
async def test_the_id_can_be_stored(examinee: Examinee, api: Api, http: Session, id_: str) -> None:
    result = await sent(examinee, api, http, examinee.taken(id_))
    assert isinstance(result, Accepted)
    assert 0 < len(result.provider_id) <= 255
    assert "\0" not in result.provider_id


# --- Options


def test_a_line_without_a_needed_option_stops_the_start(examinee: Examinee) -> None:
    options = examinee.options("https://api.example.com")
    for option in examinee.spec.options:
        if not option.required or option.name == "number":
            continue
        for missing in ({k: v for k, v in options.items() if k != option.name}, {**options, option.name: ""}):
            with pytest.raises(SettingsError, match=f"(?i){option.env}") as error:
                examinee.spec.make(NUMBER, missing, None)  # type: ignore[arg-type]
            assert not any(value and value in str(error.value) for value in missing.values())


def test_an_option_that_is_no_text_stops_the_start(examinee: Examinee) -> None:
    for secret in [option for option in examinee.spec.options if option.secret]:
        options = {**examinee.options("https://api.example.com"), secret.name: "\ud800"}
        with pytest.raises(SettingsError, match=secret.env):
            examinee.spec.make(NUMBER, options, None)  # type: ignore[arg-type]


async def test_an_option_adds_no_header(examinee: Examinee, api: Api, http: Session) -> None:
    for secret in [option for option in examinee.spec.options if option.secret]:
        options = {**examinee.options(api.url), secret.name: "a\r\nX-Admin: 1"}
        with suppress(SettingsError):  # where it would be part of one
            await examinee.spec.make(NUMBER, options, http).send(text_out())
    assert not any("x-admin" in posted.headers for posted in api.posts)


@pytest.mark.parametrize("address", ["api.example.com", "ftp://127.0.0.1", "http://127.0.0.1:99999", "https://"])
def test_an_address_that_is_none_stops_the_start(examinee: Examinee, address: str) -> None:
    options = {**examinee.options("https://api.example.com"), "base_url": address}
    with pytest.raises(SettingsError, match="BASE_URL"):
        examinee.spec.make(NUMBER, options, None)  # type: ignore[arg-type]


def test_a_line_does_not_show_its_secrets(examinee: Examinee) -> None:
    line: Any = examinee.line()
    assert not any(secret in f"{line!r} {line}" for secret in examinee.hidden)


def test_the_app_can_answer_the_words_itself(examinee: Examinee) -> None:
    assert not examinee.line(keyword_owner="app").keywords
    assert set(examinee.line().keywords) <= {"stop", "start", "help"}
    assert all(word == word.upper() for words in examinee.line().keywords.values() for word in words)


async def test_a_harmless_question(examinee: Examinee, api: Api, http: Session) -> None:
    question = examinee.spec.question
    if question is None:
        return
    api.misbehave(Answer(200, {}))
    options = {**examinee.options(api.url), examinee.secret_option: ",".join(examinee.secrets[:2])}
    asked = question(options)
    assert asked is not None
    await http.get(asked)
    assert api.posts[0].body == b""
    assert "authorization" in api.posts[0].headers
