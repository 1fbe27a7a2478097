"""docs/reference/providers.md says what the code does: every table is compared with it, or tried out."""

import json
import re
from collections.abc import AsyncIterator, Mapping

import pytest

from tests.channels import reference
from tests.channels.examination.conftest import Api
from tests.channels.examination.examinee import examinees
from tests.channels.test_plivo import Listing
from tests.docs.pages import read
from tests.support.fake_provider import (
    NUMBER,
    RESET,
    Answer,
    FakeProvider,
    encoded,
    telnyx_status,
    telnyx_text,
    twilio_status,
    twilio_text,
)
from textback.channels import bird, client, messagebird, senderz, telnyx, telnyx_lists, twilio
from textback.channels import http as http_module
from textback.channels.base import BadPayload, Failure, FailureKind, Lists, Outgoing, Provider, Webhook
from textback.channels.client import Session
from textback.channels.registry import PROVIDERS
from textback.core.when import DAY, HOUR, MINUTE
from textback.pipeline import breaker, reconcile
from textback.pipeline.deliver import KEEP, MAX_ATTEMPTS, MEND, Deliverer
from textback.web.webhooks import MOST_BYTES

PAGE = "docs/reference/providers.md"
EXAMINEES = {one.name: one for one in examinees()}
NAMES = list(EXAMINEES)
TEXT = Outgoing("0123456789abcdef01234567", NUMBER, "+12065550123", "We close at 6.")


def section(heading: str) -> str:
    """The text under one heading, up to the next of its level or above."""
    text = re.sub(r"\A", "\n", read(PAGE))
    found = re.search(rf"\n(#+) {re.escape(heading)}\n(.*?)(?=\n#|\Z)", text, re.DOTALL)
    assert found is not None, f"{PAGE} has no section {heading!r}"
    return found.group(2)


def tables(heading: str) -> list[list[list[str]]]:
    """The tables under one heading: rows of cells, the heads left out."""
    found = []
    for block in re.findall(r"(?:^\|.*\n?)+", section(heading), re.MULTILINE):
        rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in block.splitlines()]
        assert set("".join(rows[1])) == {"-"}, f"no table: {block}"
        found.append(rows[2:])
    return found


def plain(cell: str) -> str:
    """A cell that is one word in code."""
    return cell.strip("`")


def words(cell: str) -> frozenset[str]:
    """A cell that is a list."""
    return frozenset(plain(word) for word in cell.split(", ") if word)


def make(name: str, fake: FakeProvider, http: Session | None = None, number: str = NUMBER) -> Provider:
    options = {"telnyx": fake.telnyx_options, "twilio": fake.twilio_options}[name]()
    return PROVIDERS[name].make(number, options, http)  # type: ignore[arg-type]


def webhook(body: bytes) -> Webhook:
    return Webhook("POST", "https://bot.example.com/webhooks/x", "", {}, body)


def test_every_provider_has_its_part() -> None:
    parts = set(re.findall(r"^## (.+)$", read(PAGE), re.MULTILINE))
    assert parts == {"All providers", "Channels", *(spec.title for spec in PROVIDERS.values())}


@pytest.fixture
async def api(name: str) -> AsyncIterator[Api]:
    """The API of a provider."""
    async with Api(EXAMINEES[name]) as server:
        yield server


def test_the_table_of_providers() -> None:
    assert reference.BEGIN in read(PAGE)
    assert reference.FILES_BEGIN in read(PAGE)
    assert reference.CHANNELS[0] in read(PAGE)
    assert reference.rewritten(read(PAGE)) == read(PAGE), "run python -m tests.channels.reference"


# --- Options


@pytest.mark.parametrize("name", NAMES)
def test_the_options(name: str) -> None:
    (rows,) = tables(f"{PROVIDERS[name].title} options")
    documented = [(plain(key), plain(env), needed, meaning) for key, env, needed, meaning in rows]
    code = [(o.name, o.env, "yes" if o.required else "no", o.help) for o in PROVIDERS[name].options]
    assert documented == code


def test_the_options_of_the_web_chat() -> None:
    (rows,) = tables("Web options")
    documented = [(plain(key), plain(env), needed, meaning) for key, env, needed, meaning in rows]
    code = [(o.name, o.env, "yes" if o.required else "no", o.help) for o in PROVIDERS["web"].options]
    assert documented == code


def test_the_simulator_has_no_options() -> None:
    assert "no options" in section("Simulator")
    assert PROVIDERS["simulator"].options == ()


# --- Webhooks


@pytest.mark.parametrize("name", NAMES)
def test_how_webhooks_come_and_are_answered(name: str) -> None:
    facts = {what: value.replace("`", "") for what, value in tables(f"{PROVIDERS[name].title} webhooks")[0]}
    provider = EXAMINEES[name].line()
    assert facts == {
        "content type": ", ".join(provider.content_types),
        "answer": provider.acknowledgement[1].decode() or "empty",
    }


def used_for(provider: Provider, body: bytes) -> str:
    found = provider.parse(webhook(body))
    kinds = {"Message": "a text", "DeliveryStatus": "a status"}
    return kinds[type(found[0]).__name__] if found else "ignored"


def test_which_events_of_telnyx_are_used() -> None:
    provider = make("telnyx", FakeProvider())
    documented = {plain(event): use for event, use in tables("Telnyx webhooks")[1]}
    assert documented.pop("any other") == "ignored"
    for kind in ("message.failed", "call.initiated"):
        documented[kind] = "ignored"
    for kind, use in documented.items():
        event = telnyx_text("hi") if use == "a text" else telnyx_status("sent")
        event["data"]["event_type"] = kind
        assert used_for(provider, json.dumps(event).encode()) == use, kind


@pytest.mark.parametrize(
    ("form", "row"),
    [
        (twilio_text("hi", NumMedia=""), 0),
        (twilio_status("", SmsStatus="", NumMedia="0"), 0),
        (twilio_status("sent"), 1),
        (twilio_status("", SmsStatus="sent"), 1),
        (twilio_text("hi", sender="whatsapp:+12065550123"), 2),
        (twilio_text("hi", To="whatsapp:+12065550123"), 2),
    ],
)
def test_what_of_twilio_is_used(form: dict[str, str], row: int) -> None:
    rows = tables("Twilio webhooks")[1]
    assert len(rows) == 3
    assert used_for(make("twilio", FakeProvider()), encoded(form)) == rows[row][1]


# --- Statuses


@pytest.mark.parametrize("name", NAMES)
def test_the_statuses(name: str) -> None:
    (rows,) = tables(f"{PROVIDERS[name].title} statuses")
    assert {plain(said): status for said, status in rows} == EXAMINEES[name].module.STATUSES


# --- Lists


def test_which_providers_keep_a_list() -> None:
    documented = {name: within for name, _, within in tables("Lists")[1]}
    assert list(documented) == [*NAMES, "simulator"]
    for name in NAMES:
        line = EXAMINEES[name].line()
        assert documented[name] == (f"{line.lag // MINUTE} minutes" if isinstance(line, Lists) else "")


LISTED = [name for name in NAMES if isinstance(EXAMINEES[name].line(), Lists)]


@pytest.mark.parametrize("name", NAMES)
async def test_whose_list_is_whole(name: str, fake: FakeProvider, http: Session) -> None:
    documented = {row[0]: row[1] for row in tables("Lists")[1]}
    if name not in LISTED:
        assert documented[name] == "there is none"
        return
    if name == "plivo":
        async with Listing() as listing:
            provider: Provider = EXAMINEES[name].line(http=http, base_url=listing.url)
            assert isinstance(provider, Lists)
            found = await provider.find(TEXT, 0, MINUTE)
    else:
        provider = make(name, fake, http)
        assert isinstance(provider, Lists)
        found = await provider.find(TEXT, 0, MINUTE)
    assert documented[name] == ("yes" if found.surely else "no")


def test_the_statuses_of_detail_records() -> None:
    (rows,) = tables("Telnyx lists")
    documented = {plain(said): status for said, status in rows}
    code = telnyx_lists.RECORD_STATUSES.items()
    assert documented == {said: status for said, status in code if said not in telnyx.STATUSES}


def test_the_times_of_reconciliation() -> None:
    words_of = " ".join(section("Lists").split())
    assert f"at most it goes back {reconcile.FURTHEST // DAY} days" in words_of
    assert f"{reconcile.SETTLED // MINUTE} minutes after" in words_of
    assert reconcile.RETRY == MINUTE, "asked for again after a minute"


# --- Failures


@pytest.mark.parametrize("name", NAMES)
def test_the_error_codes(name: str) -> None:
    module, title = EXAMINEES[name].module, PROVIDERS[name].title
    codes = tables(f"{title} failures")[0] if module.CODES else []
    assert {code: kind for cell, kind in codes for code in words(cell)} == module.CODES
    if hasattr(module, "REPORT_CODES"):
        (codes,) = tables(f"{title} codes in reports")
        assert {code: kind for cell, kind in codes for code in words(cell)} == module.REPORT_CODES


def test_the_kinds_of_failure() -> None:
    kinds, _ = tables("Failures")
    assert [kind for kind, _ in kinds] == list(FailureKind.__args__)  # type: ignore[attr-defined]
    assert f"at most {MAX_ATTEMPTS} times in all" in section("Failures")
    text = " ".join(section("Failures").split())
    assert f"every {MEND // MINUTE} minutes, more or less, for {KEEP // HOUR} hours" in text
    assert f"at most {Deliverer.__init__.__kwdefaults__['most']} texts under way" in text  # type: ignore[index]
    assert f"texts of {breaker.AFTER} conversations in a row" in text
    assert f"After {breaker.FIRST:.0f} seconds one text" in text
    assert f"up to {breaker.MOST:.0f} seconds" in text
    assert f"{client.CONNECT:.0f} seconds for a connection and {client.TOTAL:.0f} for" in section("Failures")


@pytest.mark.parametrize("name", NAMES)
async def test_the_http_statuses(name: str, api: Api, http: Session) -> None:
    provider = EXAMINEES[name].line(http=http, base_url=api.url)
    *_, rows = tables(f"{PROVIDERS[name].title} failures")
    for said, kind in rows:
        for status in {int(number) for number in said.split(" to ")}:
            api.misbehave(Answer(status, {}))
            failure = await provider.send(TEXT)
            assert isinstance(failure, Failure)
            assert (status, failure.kind) == (status, kind)


@pytest.mark.parametrize("name", NAMES)
async def test_what_may_happen_on_the_way(name: str, api: Api, http: Session) -> None:
    documented = {row[0]: row[1] for row in tables("Failures")[1]}
    happened: dict[str, Failure] = {}

    async def fail(what: str, session: Session, *answers: Answer) -> None:
        api.misbehave(*answers)
        result = await EXAMINEES[name].line(http=session, base_url=api.url).send(TEXT)
        assert isinstance(result, Failure), what
        happened[what] = result

    await fail("the connection broke", http, RESET)
    await fail("an answer that can't be read", http, Answer(200, b"<html>"))
    async with Session(total=0.2) as impatient:
        await fail("no answer in time", impatient, Answer(then="hang"))
    async with FakeProvider() as gone:
        api.url = gone.url
    await fail("no connection", http)
    assert {what: failure.kind for what, failure in happened.items()} == documented


# --- Opt-outs


def documented_keywords(cells: list[str]) -> Mapping[str, frozenset[str]]:
    return {kind: found for kind, cell in zip(("stop", "start", "help"), cells, strict=True) if (found := words(cell))}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "twilio"])
def test_the_words_that_a_provider_answers(name: str) -> None:
    answered = EXAMINEES[name].line().keywords
    if not answered:
        assert f"{PROVIDERS[name].title} answers no words" in section(f"{PROVIDERS[name].title} opt-outs")
        return
    ((row,),) = tables(f"{PROVIDERS[name].title} opt-outs")
    assert documented_keywords(row) == answered


@pytest.mark.parametrize(("row", "number"), [(0, "+12065550100"), (1, "+18885550100"), (2, "22395")])
def test_the_words_that_twilio_answers(row: int, number: str) -> None:
    (rows,) = tables("Twilio opt-outs")
    assert len(rows) == 3
    assert documented_keywords(rows[row][1:]) == make("twilio", FakeProvider(), number=number).keywords


@pytest.mark.parametrize("name", NAMES)
def test_the_codes_that_opt_out(name: str) -> None:
    documented = set(re.findall(r"`([^`]+)`", section(f"{PROVIDERS[name].title} opt-outs")))
    module = EXAMINEES[name].module
    codes = {**module.CODES, **getattr(module, "REPORT_CODES", {})}
    assert documented & set(codes) == {code for code, kind in codes.items() if kind == "opted_out"}


def test_the_channels_of_senderz() -> None:
    (rows,) = tables("senderZ channels")
    documented = {plain(said): channel for said, channel, _ in rows if said.startswith("`")}
    assert documented.items() <= senderz.CHANNELS.items()
    assert {channel for _, channel, _ in rows} == set(senderz.SenderZ.channels)
    assert rows[-1][1] == senderz.SenderZ.channels[0]


# --- Numbers in the text


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        ("Webhooks", f"The body is over {MOST_BYTES // 1024} KB."),
        ("Telnyx webhooks", f"may be {telnyx.TOLERANCE // 1000} seconds from"),
        ("MessageBird webhooks", f"clock may be {messagebird.LEEWAY // 1000} seconds off"),
        ("MessageBird webhooks", f"time may be {messagebird.TOLERANCE // 1000} seconds from"),
        ("Bird webhooks", f"time may be {bird.TOLERANCE // HOUR} hours from"),
        ("Bird limits", f"At most {bird.MOST_MEDIA} pictures go with a text"),
        ("Twilio limits", f"At most {twilio.MOST_MEDIA} pictures go with a text, and at most {twilio.MOST_MEDIA} are"),
    ],
)
def test_a_number(heading: str, sentence: str) -> None:
    assert sentence in " ".join(section(heading).split())


def test_the_longest_wait() -> None:
    assert "at most an hour" in section("Failures")
    assert http_module.seconds("86400") == 3600


@pytest.mark.parametrize(("fields", "refused"), [(500, False), (501, True)])
def test_a_form_of_too_many_fields(fields: int, refused: bool) -> None:
    most = int(re.findall(r"A form of more than (\d+) fields is refused", section("Twilio limits"))[0])
    form = twilio_text("hi")
    form |= {f"Extra{n}": "1" for n in range(fields - len(form))}
    assert refused is (len(form) > most)
    provider = make("twilio", FakeProvider())
    if not refused:
        assert provider.parse(webhook(encoded(form)))
        return
    with pytest.raises(BadPayload, match="too many fields"):
        provider.parse(webhook(encoded(form)))
