"""Two thousand signed texts through the served program: every reply is the right one, once, in order."""

import asyncio
import json
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest
import telnyx
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.acceptance.carrier import (
    AGAIN,
    FALLBACK,
    IS_OPEN,
    PUBLIC_URL,
    TWILIO_NUMBER,
    WHICH,
    Carrier,
    api_key,
    environment,
    idle,
    now_ms,
    rows,
    text_of,
    write_bot,
)
from tests.channels.specification import Spec
from tests.channels.test_contract import TELNYX_PATH, TWILIO_PATH
from tests.support.fake_provider import (
    NUMBER,
    TELNYX_PUBLIC_KEY,
    TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN,
    FakeProvider,
    Posted,
    encoded,
    fake_provider,
    sign_telnyx,
    sign_twilio,
    telnyx_status,
    telnyx_text,
    twilio_status,
    twilio_text,
)
from tests.support.served import Served

CONTACTS = 200
"""On each line, with five texts each."""

PICTURE_URL = "https://example.com/bike.jpg"
PICTURE = {"url": PICTURE_URL, "content_type": "image/jpeg", "size": 1024}
Script = list[tuple[str, str]]


def script(n: int) -> Script:
    """The five texts of the n-th contact and the reply that each gets. An empty text comes with a picture."""
    note = "Anything that we should know?"
    long = f"{n:04d} {'long words ' * 145}"[:1529] + "."  # ten parts, as many as one text may have (E3)
    rtl = f"\u05d1\u05dc\u05d9 \u05e1\u05d5\u05db\u05e8 {n} \u0628\u062f\u0648\u0646 \u0633\u0643\u0631"
    tricky = f"{n} {{{{ 7*7 }}}} <b>&amp;</b> +1%20 caf\u00e9\nsecond line"
    smile = f"Oat milk for {n}, please \U0001f600\U0001f469\u200d\U0001f373"
    scripts: list[Script] = [
        [("hours", IS_OPEN), ("Order", WHICH), ("coffee", f"Coffee. {note}"), (smile, smile), ("\U0001f937", FALLBACK)],
        [("order", WHICH), ("2", f"Tea. {note}"), (rtl, rtl), ("HOURS!", IS_OPEN), ("What is this", FALLBACK)],
        [("order", WHICH), ("", AGAIN), ("Coffee", f"Coffee. {note}"), (long, long), ("hours", IS_OPEN)],
        [(rtl, FALLBACK), ("order", WHICH), ("1", f"Coffee. {note}"), (tricky, tricky), ("hours", IS_OPEN)],
        [("x" * 1600, FALLBACK), ("hours", IS_OPEN), ("order", WHICH), ("", AGAIN), ("tea please", f"Tea. {note}")],
    ]
    return scripts[n % len(scripts)]


def telnyx_contact(n: int) -> str:
    return f"+1206555{1000 + n}"


def twilio_contact(n: int) -> str:
    return f"+1425555{1000 + n}"


async def text_telnyx(carrier: Carrier, n: int) -> None:
    """All texts of the n-th contact, one after the other; every tenth webhook comes twice."""
    for place, (words, _) in enumerate(script(n)):
        media: dict[str, Any] = {"media": [PICTURE]} if not words else {}
        event = telnyx_text(words, telnyx_contact(n), f"telnyx-{n}-{place}", **media)
        times = 2 if (n * 5 + place) % 10 == 0 else 1
        answers = await asyncio.gather(*[carrier.telnyx(event, plain=n % 2 == 0) for _ in range(times)])
        assert [answer.status for answer in answers] == [200] * times


async def text_twilio(carrier: Carrier, n: int) -> None:
    """All texts of the n-th contact, one after the other; every tenth webhook comes twice."""
    for place, (words, _) in enumerate(script(n)):
        media = {} if words else {"NumMedia": "1", "MediaUrl0": PICTURE_URL, "MediaContentType0": "image/jpeg"}
        sid = f"SMf{n * 5 + place:031x}"
        form = twilio_text(words, twilio_contact(n), sid, To=TWILIO_NUMBER, **media)
        for _ in range(2 if (n * 5 + place) % 10 == 0 else 1):
            answer = await carrier.twilio(form)
            assert (answer.status, answer.body) == (200, b"<Response/>")


def check_replies(posts: list[Posted]) -> None:
    """Each contact got the reply to each of its texts, in order, from the line it texted, and nobody got more."""
    got: dict[str, list[str]] = defaultdict(list)
    for posted in posts:
        fields = posted.fields()
        over_telnyx = posted.path.endswith("/v2/messages")
        sender, recipient = (fields["from"], fields["to"]) if over_telnyx else (fields["From"], fields["To"])
        assert sender == (NUMBER if over_telnyx else TWILIO_NUMBER)
        assert recipient.startswith("+1206555" if over_telnyx else "+1425555")
        got[recipient].append(text_of(fields))
    expected = {phone(n): [reply for _, reply in script(n)] for phone in PHONES for n in range(CONTACTS)}
    assert {phone: texts for phone, texts in got.items() if texts != expected.get(phone)} == {}
    assert set(got) == set(expected)


PHONES = (telnyx_contact, twilio_contact)

#: What the providers report, in this order, and what is known afterwards.
TELNYX_REPORTS = [
    (["sent"], "sent"),
    (["sent", "delivered"], "delivered"),
    (["delivered", "sent"], "delivered"),
    (["sent", "delivery_failed", "sent"], "undelivered"),
    (["sending_failed"], "failed"),
    (["delivered", "delivered"], "delivered"),
]
TWILIO_REPORTS = [
    (["queued", "sent"], "sent"),
    (["sent", "delivered"], "delivered"),
    (["delivered", "sent", "queued"], "delivered"),
    (["sent", "undelivered", "sent"], "undelivered"),
    (["failed"], "failed"),
    (["failed", "delivered"], "delivered"),
]


async def report(carrier: Carrier, fake: FakeProvider, database_url: str) -> None:
    """Statuses come to the address that was asked for with each text, in and out of order; the last word wins."""
    taken = list(fake.taken.items())
    ours = [(i, p) for i, p in taken if p.json is not None][: len(TELNYX_REPORTS)]
    theirs = [(i, p) for i, p in taken if p.form][: len(TWILIO_REPORTS)]
    for (id_, posted), (statuses, _) in zip(ours, TELNYX_REPORTS, strict=True):
        path = asked_for(posted.json["webhook_url"], "telnyx")
        for status in statuses:
            event = telnyx_status(status, id_, "40008" if "failed" in status else "")
            event["data"]["payload"]["to"][0]["phone_number"] = posted.json["to"]
            assert (await carrier.telnyx(event, path)).status == 200
    for (id_, posted), (statuses, _) in zip(theirs, TWILIO_REPORTS, strict=True):
        path = asked_for(posted.fields()["StatusCallback"], "twilio")
        for status in statuses:
            form = twilio_status(status, id_, To=posted.fields()["To"], From=TWILIO_NUMBER)
            assert (await carrier.twilio(form, path)).status == 200
    await idle(database_url)
    found = dict(map(tuple, rows(database_url, "SELECT provider_id, status FROM messages WHERE direction = 'out'")))
    expected = {
        **{id_: end for (id_, _), (_, end) in zip(ours, TELNYX_REPORTS, strict=True)},
        **{id_: end for (id_, _), (_, end) in zip(theirs, TWILIO_REPORTS, strict=True)},
    }
    assert {id_: found[id_] for id_ in expected} == expected
    assert {status for id_, status in found.items() if id_ not in expected} == {"accepted"}


def asked_for(url: str, line: str) -> str:
    """The path and query of an address that statuses were asked for at."""
    assert url.startswith(f"{PUBLIC_URL}/webhooks/{line}?")
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


async def check_conversations(carrier: Carrier, key: str) -> None:
    """Every contact is listed once, with its ten texts and the state that its script leaves it in."""
    listed = (await carrier.get("/conversations", key)).json
    ends = ["waiting_on_customer", "waiting_on_customer", "completed", "completed", "waiting_on_customer"]
    found = {row["phone_number"]: (row["state"], row["message_count"]) for row in listed}
    assert len(listed) == len(found)
    assert found == {phone(n): (ends[n % 5], 10) for phone in PHONES for n in range(CONTACTS)}


async def test_two_thousand_texts(http: aiohttp.ClientSession, tmp_path: Path, database_url: str) -> None:
    bot = write_bot(tmp_path / "bot")
    arguments = ["serve", str(bot), "--database", database_url, "--port", "0"]
    # On a slow machine the server would else ask the provider itself what became of the texts.
    alone = {"RECONCILE_MINUTES": "0"}
    with fake_provider() as fake, Served(arguments, tmp_path, {**environment(fake), **alone}) as served:
        carrier = Carrier(http, served.wait_ready().url)
        everyone = [text(carrier, n) for n in range(CONTACTS) for text in (text_telnyx, text_twilio)]
        await asyncio.gather(*everyone)
        await fake.posted(2 * CONTACTS * 5, 60)
        await idle(database_url)
        check_replies(fake.posts)
        await check_conversations(carrier, api_key(database_url, tmp_path))
        await report(carrier, fake, database_url)
        assert await asyncio.to_thread(served.stop) == 0
        check_replies(fake.posts)
        assert rows(database_url, "SELECT direction, count(*) FROM messages GROUP BY direction ORDER BY direction") == [
            ("in", 2000),
            ("out", 2000),
        ]
        (media,) = rows(database_url, "SELECT count(*) FROM messages WHERE media LIKE '%bike.jpg%'")
        assert media == (2 * CONTACTS * 2 // 5,)


async def test_what_is_posted_fits_the_specifications(
    http: aiohttp.ClientSession, tmp_path: Path, shared: Path, sqlite_url: str
) -> None:
    bot = write_bot(tmp_path / "bot")
    arguments = ["serve", str(bot), "--database", sqlite_url, "--port", "0"]
    with fake_provider() as fake, Served(arguments, tmp_path, environment(fake)) as served:
        carrier = Carrier(http, served.wait_ready().url)
        for n in range(5):
            await text_telnyx(carrier, n)
            await text_twilio(carrier, n)
        posts = await fake.posted(50)
    ours = Spec(shared / "openapi" / "telnyx_messages_v2.json")
    theirs = Spec(shared / "openapi" / "twilio_messages_v2010.strict.json")
    schema = ours.request(TELNYX_PATH)
    known = set(ours.resolved(schema)["properties"])
    for posted in posts:
        if posted.json is not None:
            assert posted.path == f"/v2{TELNYX_PATH}"
            assert ours.problems(schema, posted.json) == []
            assert set(posted.json) <= known
        else:
            assert posted.path == TWILIO_PATH.replace("{AccountSid}", TWILIO_ACCOUNT_SID)
            assert theirs.problems(theirs.request(TWILIO_PATH), posted.fields()) == []


@pytest.mark.parametrize("words", ["Hi", "", "\U0001f600 caf\u00e9", "\u05e9\u05dc\u05d5\u05dd", "x" * 1600])
def test_the_texts_are_signed_as_the_providers_sign(words: str) -> None:
    """The providers' own libraries believe the webhooks that these tests are made of, and no altered ones."""
    body = json.dumps(telnyx_text(words, telnyx_contact(1))).encode()
    headers = sign_telnyx(body, now_ms())
    client = telnyx.Telnyx(api_key="unused", public_key=TELNYX_PUBLIC_KEY)
    client.webhooks.unwrap(body.decode(), headers=headers)
    with pytest.raises(Exception, match="does not match"):  # its class depends on what of the SDK was imported
        client.webhooks.unwrap(body.decode() + " ", headers=headers)
    form = twilio_text(words, twilio_contact(1), To=TWILIO_NUMBER)
    url = f"{PUBLIC_URL}/webhooks/twilio"
    signature = sign_twilio(url, form)["x-twilio-signature"]
    received = dict(parse_qsl(encoded(form).decode(), keep_blank_values=True))
    validator = RequestValidator(TWILIO_AUTH_TOKEN)
    assert validator.validate(url, received, signature)
    assert not validator.validate(url, {**received, "Body": words + " "}, signature)
