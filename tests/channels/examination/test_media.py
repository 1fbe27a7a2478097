"""Files that come in: fetched from the provider alone with its key, never from a private network, never without end."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import msgspec
import pytest

from tests.channels.examination.examinee import Examinee
from tests.support.fake_files import PNG, FakeFiles
from textback.actions.fetch import Allowed
from textback.actions.files import File, NoFile, download, origin_of, trusted
from textback.channels.base import Holding
from textback.core.files import FileAsk

MOST = 256 * 1024
LOCAL = Allowed(["127.0.0.1", "localhost"], "MEDIA_PRIVATE")
WITHOUT = {"vonage-sms", "senderz"}
"""Those whose texts bring no files."""
OPEN = {"telnyx"}
"""Those whose addresses need no key."""


@pytest.fixture
async def files() -> AsyncIterator[FakeFiles]:
    async with FakeFiles() as made:
        yield made


def ask(examinee: Examinee, files: FakeFiles, path: str = "/file", host: str = "127.0.0.1") -> FileAsk | None:
    """How this provider asks for a file of its own, as if its API stood where the files are."""
    provider = examinee.line(base_url=files.url, http=object())  # type: ignore[arg-type]  # nothing is posted
    if not isinstance(provider, Holding):
        return None
    return provider.ask_for(f"http://{host}:{files.port}{path}")


def straight(one: FileAsk) -> FileAsk:
    """The second of two steps."""
    return msgspec.structs.replace(one, told=False)


def test_who_has_files(examinee: Examinee) -> None:
    assert isinstance(examinee.line(), Holding) is (examinee.name not in WITHOUT)


async def test_a_file_is_fetched_with_what_the_provider_wants(examinee: Examinee, files: FakeFiles) -> None:
    one = ask(examinee, files)
    if one is None:
        return
    if one.told:
        one = msgspec.structs.replace(one, url=f"{files.url}/told")
    found = await download(one, 5.0, LOCAL, MOST)
    assert isinstance(found, File)
    assert (found.data, found.kind) == (PNG, "image/png")
    assert len(files.asked) == (2 if one.told else 1)
    for _, headers in files.asked:
        assert ("authorization" in headers) is (examinee.name not in OPEN)


async def test_a_private_address_is_never_asked(examinee: Examinee, files: FakeFiles) -> None:
    one = ask(examinee, files)
    if one is None:
        return
    found: object = None
    secure = msgspec.structs.replace(one, url=one.url.replace("http://", "https://"))
    for each in (one, secure):
        found = await download(each, 5.0, Allowed((), "MEDIA_PRIVATE"), MOST)
        assert isinstance(found, NoFile)
        assert found.why == "failed"
    assert isinstance(found, NoFile)
    assert "private address" in found.detail
    assert files.asked == []


async def test_a_redirect_to_a_private_address_is_not_followed(examinee: Examinee, files: FakeFiles) -> None:
    one = ask(examinee, files, "/away", "localhost")
    if one is None:
        return
    files.elsewhere = f"https://127.0.0.1:{files.port}/secret"
    found = await download(straight(one), 5.0, Allowed(["localhost"], "MEDIA_PRIVATE"), MOST)
    assert isinstance(found, NoFile)
    assert found.why == "failed"
    assert [path for path, _ in files.asked] == ["/away"]


async def test_the_key_goes_to_no_other_host(examinee: Examinee, files: FakeFiles) -> None:
    one = ask(examinee, files, "/away")
    if one is None:
        return
    files.elsewhere = f"http://localhost:{files.port}/file"
    assert isinstance(await download(straight(one), 5.0, LOCAL, MOST), File)
    foreign = ask(examinee, files, host="localhost")
    assert foreign is not None
    assert isinstance(await download(straight(foreign), 5.0, LOCAL, MOST), File)
    first, *others = [headers.get("authorization") for _, headers in files.asked]
    assert (first is None) is (examinee.name in OPEN)
    assert others == [None, None]


async def test_a_body_without_end_is_left(examinee: Examinee, files: FakeFiles) -> None:
    one = ask(examinee, files, "/endless")
    if one is None:
        return
    found = await download(straight(one), 20.0, LOCAL, MOST)
    assert isinstance(found, NoFile)
    assert found.why == "large"
    files.body = b"\x89PNG\r\n\x1a\n" + b"x" * MOST
    here = ask(examinee, files)
    assert here is not None
    assert await download(straight(here), 5.0, LOCAL, MOST) == NoFile("large", "", MOST + 8)


async def test_a_circle_of_redirects_ends(examinee: Examinee, files: FakeFiles) -> None:
    one = ask(examinee, files, "/round")
    if one is None:
        return
    found = await download(straight(one), 5.0, LOCAL, MOST)
    assert found == NoFile("failed", "It was sent on again and again.")
    assert len(files.asked) == 5


@pytest.mark.parametrize(
    "body", [b"<html><script>alert(1)</script>", b"<svg xmlns='x'/>", b"", b"MZ\x90", b"\xff\xfea"]
)
async def test_what_a_file_is_its_first_bytes_say(examinee: Examinee, files: FakeFiles, body: bytes) -> None:
    one = ask(examinee, files)
    if one is None:
        return
    files.body = body
    found = await download(straight(one), 5.0, LOCAL, MOST)
    assert isinstance(found, NoFile)
    assert found.why == "refused"


@pytest.mark.parametrize(
    ("status", "why"), [(404, "expired"), (410, "expired"), (403, ""), (429, "retry"), (500, "retry")]
)
async def test_what_an_answer_without_a_file_means(examinee: Examinee, files: FakeFiles, status: int, why: str) -> None:
    one = ask(examinee, files)
    if one is None:
        return
    files.status = status
    found = await download(straight(one), 5.0, LOCAL, MOST)
    assert isinstance(found, NoFile)
    # Who knows us and refuses us has been given a wrong key; a signed address says so when its time is over.
    assert found.why == (why or ("expired" if examinee.name in OPEN else "failed"))
    assert not any(secret in found.detail for secret in examinee.hidden)
    assert one.url not in found.detail


@pytest.mark.parametrize(
    ("url", "sees"),
    [
        ("https://api.example.com/a", True), ("https://API.example.com:443/a", True), ("https://x.own.example/a", True),
        ("http://api.example.com/a", False), ("https://api.example.com:8443/a", False),
        ("https://api.example.com.evil.example/a", False), ("https://evilown.example/a", False),
        ("https://api.example.com@evil.example/a", False), ("https://own.example.evil.example/", False), ("x", False),
    ],
)  # fmt: skip
def test_only_the_providers_own_hosts_see_the_key(url: str, sees: bool) -> None:
    one = FileAsk(url, {"Authorization": "x"}, ("https://api.example.com", "https://*.own.example"))
    assert bool(trusted(one, url)) is sees


#: Where the providers' own pages say that media lie, and hosts beside them.
HOSTS = {
    "telnyx": ([], ["https://us-east-1.telnyxcloudstorage.com/x"]),
    "twilio": (
        ["https://api.twilio.com/2010-04-01/Accounts/x", "https://api.dublin.ie1.twilio.com/2010-04-01/x"],
        ["https://mms.twiliocdn.com/x", "https://x.sip.twilio.com/x", "https://api.twilio.com.example.com/x"],
    ),
    "plivo": (["https://media.plivo.com/x", "https://aps1.media.plivo.com/x"], ["https://plivo.com.example.com/x"]),
    "vonage": (
        ["https://api-us.nexmo.com/v3/media/x", "https://api.nexmo.com/v3/media/x"], ["https://nexmo.com.example.com"],
    ),
    "messagebird": (["https://messaging.messagebird.com/v1/files/x"], ["https://media.example.com/x"]),
    "bird": (
        ["https://media.nest.messagebird.com/workspaces/x", "https://media.api.bird.com/workspaces/x"],
        [
            "https://channels--message-media.s3.eu-west-1.amazonaws.com/x", "https://rest.messagebird.com/x",
            "https://media.api.bird.com/workspaces/x?X-Amz-Signature=1",
        ],
    ),
    "whatsapp": (["https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"], ["https://x.fbsbx.com/"]),
    "slack": (
        ["https://files.slack.com/files-pri/T1-F1/bike.png"],
        ["https://acme.slack.com/?redir=x", "https://slack-files.com/x", "https://drive.google.com/x"],
    ),
}  # fmt: skip


def test_the_key_goes_where_the_providers_media_lie(examinee: Examinee) -> None:
    provider = examinee.line()
    if isinstance(provider, Holding):
        seen, unseen = HOSTS[examinee.name]
        assert [bool(trusted(provider.ask_for(url), url)) for url in (*seen, *unseen)] == [True] * len(seen) + [
            False
        ] * len(unseen)


async def test_a_page_that_asks_to_sign_in_is_a_missing_permission(examinee: Examinee, files: FakeFiles) -> None:
    one = ask(examinee, files, "/away")
    if one is None:
        return
    files.elsewhere = f"http://localhost:{files.port}/signin"
    files.body = b"<!DOCTYPE html><title>Sign in</title>"
    found = await download(straight(one), 5.0, LOCAL, MOST)
    assert isinstance(found, NoFile)
    assert found.why == ("refused" if examinee.name in OPEN else "failed")


def test_every_origin_is_one(examinee: Examinee) -> None:
    provider = examinee.line()
    if isinstance(provider, Holding):
        for origin in provider.ask_for("https://files.example.com/1").origins:
            assert origin.startswith("https://")
            assert origin_of(origin.replace("*", "x")) == origin.replace("*", "x")
            assert urlsplit(origin).path == ""
