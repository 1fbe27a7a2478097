"""Inputs that something could not cope with once. Each is a plain case, so that it stays mended."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fuzz.registry import TARGETS
from tests.web.conftest import Site
from textback.channels.client import MOST_ANSWER, Broken, Target, _Connection
from textback.channels.twilio import Twilio
from textback.core.errors import SettingsError
from textback.core.phone import is_e164, normalise
from textback.engine.arrivals import DeliveryStatus
from textback.pipeline.accept import incoming
from textback.settings import environment, load_settings
from textback.store.db import parse_url
from textback.web.protocol import BoundedHttp

DEEP = b"[" * 6000
NOT_OURS = (
    b'{"id":"1","line":"x","kind":"x","provider_id":"1","data":"{}","family":"x","identifier":"","contact_id":"z"}'
)
FORM = b"Cookie: __Host-textback=@SESSION@\r\nContent-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("twilio webhook", b"|||SmsSid=1&MessageStatus=undelivered&To=%2B1&ErrorCode=" + b"9" * 40),
        ("twilio signature", b"http://[|||x-twilio-signature: eA==|||"),
        ("twilio list", b'200||||||{"messages": [], "next_page_uri": "http://["}'),
        ("provider's clock", b"200|||date: Fri, 15 Jan 1" + b"0" * 30 + b" 08:00:00 GMT|||"),
        ("provider's HTTP", b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"),
        ("provider's HTTP", b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Half: "),
        ("news of a node", b'{"node": "\xff"}'),
        ("news of a node", b'{"later": ' + DEEP),
        ("spool record", NOT_OURS),
        ("spool record", b'{"later": ' + DEEP),
        ("stored arrival", b'{"kind":"message","later":' + DEEP),
        ("phone number", b"+49" + b"2" * 15),
        ("phone number", b"+432222"),
        ("settings", b"HOST=\xff"),
        ("settings", b"PUBLIC_URL=https://["),
        ("settings", b"ROLES=" + b"x" * 200_000),
        (".env file", b"A=\xff"),
        (".env file", b"A_FILE=/dev/zero"),
        ("database address", b"postgresql://me@host:port/name"),
        ("database address", b"sqlite:///\xff.db"),
        ("line options", b"twilio|||account_sid=AC" + b"0" * 32 + b"\nauth_token=\xff\nnumber=+12065550100"),
        ("line options", b"twilio|||account_sid=AC" + b"0" * 32 + b"\nauth_token=,\t,\nnumber=+12065550100"),
        ("fault", b"deliver.posted:" + b"9" * 5000),
        ("template", b"{{ x | " + b"a" * 100_500 + b" }}"),
        ("HTTP", b"POST /login HTTP/1.1\r\nHost: x\r\nOrigin: http://[\r\nContent-Length: 0\r\n\r\n"),
        ("HTTP", b"GET /login?next=http://[ HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("HTTP", b"GET /try/12065550101?t=%C2%B2 HTTP/1.1\r\nHost: x\r\nCookie: __Host-textback=@SESSION@\r\n\r\n"),
        ("HTTP", b"GET /try/12065550101?t=" + b"9" * 5000 + b" HTTP/1.1\r\nHost: x\r\n" + FORM + b"\r\n"),
        ("HTTP", b"GET /try/1206555010%D9%A3 HTTP/1.1\r\nHost: x\r\nCookie: __Host-textback=@SESSION@\r\n\r\n"),
        ("HTTP", b"GET /static/%00 HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("HTTP", b"GET /desk/all?a=\xff HTTP/1.1\r\nHost: [\r\n\r\n"),
        ("HTTP", b"GET /c/ab%00 HTTP/1.1\r\nHost: x\r\nCookie: __Host-textback=@SESSION@\r\n\r\n"),
        ("HTTP", b"POST /try/new HTTP/1.1\r\nHost: x\r\n" + FORM + b"Content-Length: 9\r\n\r\ncsrf"),
    ],
)  # fmt: skip
def test_it_is_taken_or_refused_now(name: str, data: bytes) -> None:
    TARGETS[name](data)


def test_a_backup_whose_names_are_no_text_is_refused() -> None:
    target = TARGETS["backup file"]
    whole = target.samples[0]
    assert target(whole)
    for name in (b"conversations", b"CREATE TABLE"):
        assert not target(whole.replace(name, name[:-1] + b"\xff"))


# What only shows in what comes of it


def test_a_number_that_no_text_can_go_to_is_refused() -> None:
    for text in ("+49" + "2" * 15, "+432222"):
        with pytest.raises(ValueError, match="digits"):
            normalise(text)
    assert is_e164(normalise("+49 30 1234567"))


def test_a_kind_is_no_longer_than_the_inbox_keeps() -> None:
    status = DeliveryStatus("p-1", "+12065550123", "undelivered", code="9" * 32)
    assert len(incoming("one", status).kind) == 48


def test_a_file_that_is_none_names_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELNYX_API_KEY_FILE", "/dev/zero")
    with pytest.raises(SettingsError, match="TELNYX_API_KEY_FILE"):
        environment(tmp_path)


@pytest.mark.parametrize("url", ["https://", "https://[", "https://a b", "https://a:b", "https://a:99999", "http://é"])
def test_a_public_address_that_is_none_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        load_settings({"PUBLIC_URL": url})


def test_a_port_that_is_none_is_said_without_the_password() -> None:
    with pytest.raises(SettingsError) as raised:
        parse_url("postgresql://me:secret@host:port/name")
    assert "secret" not in str(raised.value)


def test_tokens_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"account_sid": "AC" + "0" * 32, "auth_token": ",\t,"}
    with pytest.raises(SettingsError, match="TWILIO_AUTH_TOKEN"):
        Twilio("+12065550100", options, None)  # type: ignore[arg-type]


# Cookies and headers without end


def test_nobody_undoes_the_quotes_of_a_cookie(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard library takes seconds for a long one, and everybody else would wait meanwhile."""
    undone: list[str] = []
    monkeypatch.setattr("http.cookies._unquote", undone.append)
    person = site.person()
    cookie = 'a="' + "\\" * 9000 + f'"; textback_form="\\\\"; textback={person.cookies["textback"]}'
    browser = site.browser(headers={"Cookie": cookie, "Origin": site.url})
    assert browser.get("/account").status_code == 200
    assert browser.get("/login").status_code == 303
    assert browser.post("/login", data={"csrf": "x"}).status_code == 403
    assert browser.post("/logout", data={"csrf": person.csrf}).status_code == 303
    assert undone == []


class _Heard(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 80)})
        self.said = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.said += bytes(data)

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


async def spoken(pieces: list[bytes]) -> tuple[bytes, int]:
    """What a server says to these pieces, and how many it has read when it hangs up."""
    import uvicorn
    from uvicorn.server import ServerState

    async def app(scope: object, receive: object, send: object) -> None:
        await asyncio.Event().wait()

    config = uvicorn.Config(app, http=BoundedHttp, ws="none", lifespan="off", log_config=None)
    config.load()
    state, heard = ServerState(), _Heard()
    protocol = BoundedHttp(config, state, {})
    protocol.connection_made(heard)
    read = 0
    for piece in pieces:
        if heard.closed:
            break
        protocol.data_received(piece)
        read += 1
    for task in state.tasks:
        task.cancel()
    await asyncio.gather(*state.tasks, return_exceptions=True)
    protocol.connection_lost(None)
    return heard.said, read


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"GET /", b"a" * 1000),
        (b"GET / HTTP/1.1\r\nX-Endless: ", b"a" * 1000),
        (b"GET / HTTP/1.1\r\n", b"X-One: " + b"a" * 990 + b"\r\n"),
        (b"GET / HTTP/1.1\r\nX-", b"a" * 1000),
        (
            CHUNKED + b"1\r\na\r\n0\r\n",
            b"X-Trailer: " + b"a" * 987 + b"\r\n",
        ),
        (CHUNKED + b"1;ext=", b"a" * 1000),
    ],
)
async def test_what_stands_around_a_body_has_an_end(first: bytes, piece: bytes) -> None:
    said, read = await spoken([first] + [piece] * 1000)
    assert said.startswith(b"HTTP/1.1 400 ")
    assert read < 80


async def test_a_long_body_and_an_ordinary_head_are_read_to_the_end() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 30_000 + b"\r\nContent-Length: 200000\r\n\r\n"
    assert await spoken([head] + [b"a" * 1000] * 200) == (b"", 201)


def test_a_served_program_reads_http_like_this() -> None:
    source = (Path(__file__).parents[2] / "src/textback/cli/serving.py").read_text()
    assert "http=BoundedHttp," in source


async def test_an_answer_whose_headers_have_no_end_is_given_up() -> None:
    connection = _Connection()
    connection.connection_made(_Heard())
    waiting = connection.ask(Target("https://api.example.com/", {}).question())
    connection.data_received(b"HTTP/1.1 200 OK\r\nX-Endless: ")
    for _ in range(MOST_ANSWER // 50_000 + 2):
        if not connection.closed:
            connection.data_received(b"a" * 50_000)
    with pytest.raises(Broken, match="no end"):
        await waiting


async def test_half_an_answers_headers_are_no_answer() -> None:
    connection = _Connection()
    connection.connection_made(_Heard())
    waiting = connection.ask(Target("https://api.example.com/", {}).question())
    connection.data_received(b"HTTP/1.1 429 Too Many\r\nRetry-After: 3\r\nX-")
    connection.eof_received()
    connection.connection_lost(None)
    with pytest.raises(Broken):
        await waiting


# Bodies that are not whole, or compressed


async def test_a_body_that_breaks_off_is_not_taken_for_a_shorter_one(site: Site) -> None:
    sent: list[dict[str, object]] = []
    coming: list[Any] = [{"type": "http.disconnect"}, {"type": "http.request", "body": b"{}", "more_body": True}]

    async def receive() -> Any:
        return coming.pop()

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/webhooks/simulator", "raw_path": b"/webhooks/simulator",
        "query_string": b"", "headers": [(b"content-type", b"application/json")],
    }  # fmt: skip
    await site.on_its_loop(site.app(scope, receive, send))
    assert sent[0]["status"] == 400, "it was taken for a forgery"


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "GZIP, identity"])
def test_compressed_bodies_are_refused_and_the_answer_says_so(site: Site, encoding: str) -> None:
    program = site.program(f"zip {encoding}")
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    for path in ("/webhooks/simulator", "/sms/send"):
        answer = program.post(path, content=b"{}", headers=headers)
        assert answer.status_code == 415
        assert "Content-Encoding" in answer.json()["error"]
    plain = program.post("/sms/send", content=b"{}", headers={**headers, "Content-Encoding": "identity"})
    assert plain.status_code == 400


def test_a_place_of_any_length_can_be_kept(site: Site) -> None:
    """A proxy says where a request came from, and the count of wrong passwords is kept by that."""
    browser = site.stranger()
    far = {"X-Forwarded-For": "x" * 3000, "Origin": site.url}
    answer = browser.post("/login", data={"csrf": browser.csrf, "email": "a@example.com", "password": "x"}, headers=far)
    assert answer.status_code == 401
    assert max(len(row.key) for row in site.rows("SELECT key FROM login_failures")) <= 400


def test_a_phone_in_other_digits_is_no_phone(site: Site) -> None:
    assert site.person().get("/try/1206555010%D9%A3").status_code == 404


async def test_a_contact_is_named_by_its_digits_on_either_database(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL takes no NUL in any text: such an id is not asked for."""
    asked: list[str] = []
    monkeypatch.setattr("textback.web.desk.store.conversation", lambda tx, workspace, id_, bucket: asked.append(id_))
    person = site.person()
    for contact in ("ab%00", "-1", "%2B1", "ab" * 11 + "g" * 2, "AB" * 12):
        assert person.get(f"/c/{contact}").status_code == 404
    assert asked == []
    assert person.get("/c/" + "ab" * 12).status_code == 404
    assert asked == ["ab" * 12]


def test_an_error_of_ours_is_json(site: Site) -> None:
    assert msgspec.json.decode(site.browser().get("/static/%00").content) == {
        "error": "There is nothing at this address."
    }
