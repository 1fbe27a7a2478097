"""Files that go out inside a message: read where they lie, within limits; what can't be goes as an address."""

from typing import ClassVar

import pytest

from tests.pipeline.working import ANA, LINE, WORKSPACE, Phones, working
from tests.support.fake_files import PNG, FakeFiles
from textback.actions.fetch import Allowed
from textback.channels.base import Attachment
from textback.core.ids import new_id
from textback.engine.arrivals import ApiSend, Media
from textback.pipeline.attaching import Attacher, name_of
from textback.pipeline.lines import Line
from textback.pipeline.media import Keeping
from textback.store import pictures
from textback.store.db import Db

LOCAL = Allowed(["127.0.0.1"], "MEDIA_PRIVATE")
MOST = 400
OURS = "https://bot.example.com"


class Mail(Phones):
    """A provider whose messages have files inside them."""

    attaches: ClassVar[int] = MOST


@pytest.mark.parametrize(
    ("given", "kind", "name"),
    [
        ("/a/bike.png", "image/png", "bike.png"), ("/a/bike.JPEG", "image/jpeg", "bike.JPEG"),
        ("/a/price%20list", "application/pdf", "price list.pdf"), ("/a/menu.html", "image/png", "menu.png"),
        ("/", "image/gif", "file.gif"), ("", "image/gif", "file.gif"), ("C:\\x\\me.gif", "image/gif", "me.gif"),
        ("/..%2f..%2fetc%2fpasswd", "image/png", "passwd.png"), ("/.png", "image/png", "png.png"),
        ("/a%0d%0aX%3A%201.png", "image/png", "aX 1.png"), ("/" + "n" * 300 + ".png", "image/png", "n" * 80 + ".png"),
    ],
)  # fmt: skip
def test_a_file_has_a_name_that_fits_what_it_is(given: str, kind: str, name: str) -> None:
    assert name_of(given, kind) == name


async def test_a_text_takes_its_files_along(file_db: Db) -> None:
    async with FakeFiles() as files:
        files.elsewhere = "http://127.0.0.1:9/"  # nobody is there
        media = (Media(f"{files.url}/bike.png"), Media(f"{files.url}/away"))
        async with working(file_db, phones=Mail(), keeping=Keeping(1024, 4096, LOCAL)) as node:
            ready = ApiSend("crm", "Ready.", new_id(), message_class="informational", media=media)
            await node.road.send_to("one", ANA, ready)
            await node.phones.took(1)
    (text,) = node.phones.sent
    assert text.media == media
    assert text.attached == (Attachment(media[0].url, "bike.png", "image/png", PNG),)


async def test_a_line_without_room_for_files_asks_nobody(file_db: Db) -> None:
    async with FakeFiles() as files:
        async with working(file_db, keeping=Keeping(1024, 4096, LOCAL)) as node:
            media = (Media(f"{files.url}/bike.png"),)
            ready = ApiSend("crm", "Ready.", new_id(), message_class="informational", media=media)
            await node.road.send_to("one", ANA, ready)
            await node.phones.took(1)
        assert (node.phones.sent[0].attached, files.asked) == ((), [])


async def test_what_is_too_large_of_another_type_or_private_is_left_out(file_db: Db) -> None:
    line = Line("one", Mail(), LINE, ("email",), attaches=MOST)
    assert len(PNG) * 2 < MOST < len(PNG) * 3
    async with FakeFiles() as files:
        given = [Media(f"{files.url}/{name}") for name in ("a.png", "b.png", "c.png")]
        found = await Attacher(file_db, WORKSPACE, OURS, LOCAL).files_of(line, given)
        assert [one.name for one in found] == ["a.png", "b.png"], "the third is more than they may have together"
        files.body = b"<html>"
        assert await Attacher(file_db, WORKSPACE, OURS, LOCAL).files_of(line, given) == ()
        asked = len(files.asked)
        assert await Attacher(file_db, WORKSPACE, OURS, None).files_of(line, given) == ()
        assert len(files.asked) == asked


async def test_a_picture_of_the_desk_is_read_where_it_is_kept(file_db: Db) -> None:
    line = Line("one", Mail(), LINE, ("email",), attaches=MOST)
    contact = new_id()
    values = {
        "content_type": "image/png",
        "name": "my bike.png",
        "size": len(PNG),
        "user_id": "u",
        "at": 1,
        "data": PNG,
    }
    id_ = await file_db.write(pictures.add, WORKSPACE, contact, values)
    token = (await file_db.read(pictures.find, contact, id_)).token
    own, unknown = Media(f"{OURS}/m/{token}"), Media(f"{OURS}/m/{token[:-1]}")
    found = await Attacher(file_db, WORKSPACE, OURS, None).files_of(line, [own, unknown])
    assert found == (Attachment(own.url, "my bike.png", "image/png", PNG),)
