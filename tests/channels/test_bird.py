"""Bird beyond the examination: its channel, its reference, and what it posts."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.channels.examination.bird.examinee import CHANNEL, EXAMINEE, WORKSPACE, outbound
from tests.channels.examination.conftest import Api
from tests.channels.examination.examinee import ANA, NOW, NUMBER, OURS, changed, text_out
from textback.channels.bird import MOST_MEDIA
from textback.channels.client import Session
from textback.core.errors import SettingsError
from textback.core.when import HOUR
from textback.engine.arrivals import DeliveryStatus, Media


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """Bird's API."""
    async with Api(EXAMINEE) as server:
        yield server


def test_a_webhook_of_hours_ago_is_believed() -> None:
    """Bird tries for hours and signs the time of its first try."""
    webhook = EXAMINEE.signed(EXAMINEE.text("hi", "m-1"))
    assert EXAMINEE.believes(webhook, NOW + 8 * HOUR)
    assert not EXAMINEE.believes(webhook, NOW + 25 * HOUR)


@pytest.mark.parametrize("time", ["", "soon", "²", "-1", "1" * 12, "1795176000.0"])
def test_a_time_that_is_none_is_refused(time: str) -> None:
    webhook = EXAMINEE.signed(EXAMINEE.text("hi", "m-1"))
    assert not EXAMINEE.believes(changed(webhook, headers={"messagebird-request-timestamp": time}))


@pytest.mark.parametrize(("reference", "ours"), [(OURS, OURS), ("x" * 99, "x" * 32), ("", None), (None, None)])
def test_our_own_id_comes_back_as_the_reference(reference: str | None, ours: str | None) -> None:
    (found,) = EXAMINEE.line().parse(EXAMINEE.json(outbound("delivered", "m-1", reference=reference)))
    assert isinstance(found, DeliveryStatus)
    assert found.message_id == ours


@pytest.mark.parametrize("name", ["workspace", "channel"])
@pytest.mark.parametrize("value", ["../admin", "a b", "a/b", "a?b", "-", "é", "a\n"])
def test_an_id_that_is_none_stops_the_start(name: str, value: str) -> None:
    options = {**EXAMINEE.options("https://api.example.com"), name: value}
    with pytest.raises(SettingsError, match=f"BIRD_{name.upper()}_ID") as error:
        EXAMINEE.spec.make(NUMBER, options, None)  # type: ignore[arg-type]
    assert value not in str(error.value) or value == "-"


async def test_what_is_posted(api: Api, http: Session) -> None:
    await EXAMINEE.line(http=http, base_url=api.url).send(text_out())
    assert api.posts[0].path == f"/workspaces/{WORKSPACE}/channels/{CHANNEL}/messages"
    assert api.posts[0].json == {
        "receiver": {"contacts": [{"identifierKey": "phonenumber", "identifierValue": ANA}]},
        "reference": OURS,
        "body": {"type": "text", "text": {"text": "We close at 6."}},
    }


async def test_only_so_many_pictures_go(api: Api, http: Session) -> None:
    many = tuple(Media(f"https://example.com/{n}.jpg") for n in range(MOST_MEDIA + 2))
    await EXAMINEE.line(http=http, base_url=api.url).send(text_out(text="Look", media=many))
    image: dict[str, Any] = api.posts[0].json["body"]["image"]
    assert image["text"] == "Look"
    assert [one["mediaUrl"] for one in image["images"]] == [media.url for media in many[:MOST_MEDIA]]
    assert NUMBER not in str(api.posts[0].json), "the channel has the number"
