"""senderZ beyond the examination: its channels, and the copy of the signature that a body may carry."""

import hashlib
import hmac
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.channels.examination.conftest import Api
from tests.channels.examination.examinee import ANA, NOW, NUMBER, PUBLIC_URL, changed, text_out
from tests.channels.examination.senderz.examinee import EXAMINEE
from tests.pipeline.working import WORKSPACE, bot
from tests.support.misbehaving import Answer
from textback.channels.base import Accepted, Webhook
from textback.channels.client import Session
from textback.core.messages import Channel
from textback.engine.arrivals import DeliveryStatus, Message
from textback.pipeline.bots import Shelf
from textback.pipeline.lines import Line, channels_of
from textback.pipeline.road import Road
from textback.store import desk, inbox
from textback.store.db import open_db
from textback.web.webhooks import Webhooks

SECRET = EXAMINEE.secrets[0]


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """senderZ's API."""
    async with Api(EXAMINEE) as server:
        yield server


def digest(body: bytes, secret: str = SECRET) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def posted(body: bytes, signature: str) -> Webhook:
    return changed(EXAMINEE.plain("application/json", body), headers={"x-senderz-signature": signature})


# --- A body that carries a copy of its signature


PLAIN = '{"event":"message.received","data":{"id":"msg_1","from":"+12065550123","body":"caf\\u00e9 \\/ 1.0"}}'


def test_a_body_may_carry_a_copy_of_its_signature() -> None:
    """What is signed is what was there before the copy, letter for letter."""
    signature = digest(PLAIN.encode())
    carried = f'{PLAIN[:-1]},"signature":"{signature}"}}'.encode()
    assert EXAMINEE.believes(posted(carried, signature))
    (message,) = EXAMINEE.line().parse(posted(carried, signature))
    assert isinstance(message, Message)
    assert message.text == "café / 1.0"


@pytest.mark.parametrize(
    "forge",
    [
        lambda body: body.replace(b"caf", b"cat"),
        lambda body: body.replace(b"msg_1", b"msg_2"),
        lambda body: body[:-1] + b',"event":"message.failed"}',
        lambda body: body[:-1] + b',"data":{"id":"x","from":"+12065550123"}}',
        lambda body: body[:-1] + b',"more":1}',
        lambda body: body.replace(b"/ 1.0", b"/ 1.00"),
    ],
)
def test_beside_the_copy_nothing_may_be_changed(forge: Any) -> None:
    signature = digest(PLAIN.encode())
    carried = f'{PLAIN[:-1]},"signature":"{signature}"}}'.encode()
    assert EXAMINEE.believes(posted(carried, signature))
    assert not EXAMINEE.believes(posted(forge(carried), signature))


def test_without_a_copy_the_body_counts_as_it_came() -> None:
    """Not as somebody would write the same JSON."""
    assert not EXAMINEE.believes(posted(PLAIN.replace('":', '": ').encode(), digest(PLAIN.encode())))
    assert not EXAMINEE.believes(posted(PLAIN.encode(), digest(PLAIN.encode()).removeprefix("sha256=")))
    assert not EXAMINEE.believes(posted(PLAIN.encode(), digest(PLAIN.encode()).replace("sha256", "sha1")))


# --- Channels


@pytest.mark.parametrize(("channel", "asked"), [("imessage", "auto"), ("rcs", "auto"), ("sms", "sms")])
async def test_how_a_text_is_asked_for(api: Api, http: Session, channel: Channel, asked: str) -> None:
    await EXAMINEE.line(http=http, base_url=api.url).send(text_out(channel=channel))
    assert api.posts[0].json == {
        "to": ANA,
        "from_number": NUMBER,
        "body": "We close at 6.",
        "channel": asked,
    }


@pytest.mark.parametrize(
    ("said", "channel"), [("imessage", "imessage"), ("sms", "sms"), ("rcs", "rcs"), ("auto", None), (None, None)]
)
async def test_it_says_which_channel_it_took(
    api: Api, http: Session, said: str | None, channel: Channel | None
) -> None:
    api.misbehave(Answer(201, {"message_id": "m-1", "status": "queued", "channel": said}))
    result = await EXAMINEE.line(http=http, base_url=api.url).send(text_out(channel="imessage"))
    assert result == Accepted("m-1", channel)


def test_a_status_says_which_channel_it_was() -> None:
    (found,) = EXAMINEE.line().parse(EXAMINEE.report("message.delivered", "m-1"))
    assert isinstance(found, DeliveryStatus)
    assert found.channel == "imessage"


async def came(webhooks: Webhooks, webhook: Webhook) -> int:
    answer: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": webhook.body}

    async def send(message: Any) -> None:
        answer.append(message)

    headers = [(name.encode(), value.encode()) for name, value in webhook.headers.items()]
    scope = {"method": webhook.method, "path": "/webhooks/senderz", "query_string": b"", "headers": headers}
    await webhooks(scope, receive, send)
    return int(answer[0]["status"])


@pytest.mark.parametrize(("channel", "asked", "took"), [("imessage", "auto", "sms"), ("sms", "sms", "sms")])
async def test_a_text_is_answered_on_its_channel_on_the_whole_road(
    api: Api, http: Session, sqlite_template: Path, tmp_path: Path, channel: str, asked: str, took: str
) -> None:
    """A webhook comes in, the answer is posted, and the thread says how each went; iMessage fell back to SMS."""
    shutil.copyfile(sqlite_template, tmp_path / "textback.db")
    db = open_db(f"sqlite:///{tmp_path / 'textback.db'}")
    provider = EXAMINEE.line(http=http, base_url=api.url)
    lines = {"senderz": Line("senderz", provider, NUMBER, channels_of(provider))}
    road = Road(db, WORKSPACE, lines, Shelf(WORKSPACE, bot()), now=lambda: NOW)
    api.misbehave(Answer(201, {"message_id": "m-2", "status": "queued", "channel": took}))
    await road.start()
    try:
        said = json.loads(EXAMINEE.text("BOOK", "m-1").body)
        webhook = EXAMINEE.signed(EXAMINEE.json({**said, "channel": channel}))
        assert await came(Webhooks(road, lines, PUBLIC_URL), webhook) == 200
        await api.posted(1)
        assert api.posts[0].json["channel"] == asked
        home = (await db.read(inbox.find_homes, WORKSPACE, [("phone", ANA)]))["phone", ANA]
        async with road.hub.subscribe() as changes:
            while True:
                thread = await db.read(desk.thread, home.contact_id, home.bucket, 10)
                if thread[-1].status == "accepted":
                    break
                await changes.changes(0.05)
        assert [(row.text, row.channel) for row in thread] == [("BOOK", channel), ("Go on.", took)]
    finally:
        await road.stop()
        await db.close()
