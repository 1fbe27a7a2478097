"""The client that posts to providers: it keeps connections, and says exactly how far a failed request got."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from textback.channels import client
from textback.channels.client import Broken, Session, Target, TooSlow, Unreachable

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
CHUNKED = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """A server that answers by a script. `requests` are the bodies it got, `connections` how many were opened."""

    def __init__(self, *answers: bytes, then_close: bool = False, delay: asyncio.Event | None = None) -> None:
        self.answers = list(answers)
        self.requests: list[bytes] = []
        self.heads: list[bytes] = []
        self.connections = 0
        self.writers: list[asyncio.StreamWriter] = []
        self.port = 0
        self._then_close = then_close
        self._delay = delay

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                found = head.lower().partition(b"content-length: ")[2]
                length = int(found.split(b"\r\n")[0]) if found else 0
                self.heads.append(head)
                self.requests.append(await reader.readexactly(length))
                if self._delay is not None:
                    await self._delay.wait()
                answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
                if not answer:
                    writer.transport.abort()
                    return
                writer.write(answer)
                await writer.drain()
                if self._then_close:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    def target(self, path: str = "/send", **headers: str) -> Target:
        return Target(f"http://127.0.0.1:{self.port}{path}", headers)


@asynccontextmanager
async def serving(
    *answers: bytes, then_close: bool = False, delay: asyncio.Event | None = None
) -> AsyncIterator[Server]:
    server = Server(*answers, then_close=then_close, delay=delay)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield server
        for writer in server.writers:
            writer.close()


async def test_one_connection_serves_many_posts(http: Session) -> None:
    async with serving(OK) as server:
        for body in (b"one", b"", b"three"):
            answer = await http.post(server.target(), body)
            assert (answer.status, answer.body) == (200, b"ok")
        assert server.requests == [b"one", b"", b"three"]
        assert server.connections == 1


async def test_what_is_sent(http: Session) -> None:
    async with serving(OK) as server:
        await http.post(server.target("/v2/messages?a=1", Authorization="Bearer k"), b"{}")
        lines = server.heads[0].decode().split("\r\n")
        assert lines[0] == "POST /v2/messages?a=1 HTTP/1.1"
        assert f"Host: 127.0.0.1:{server.port}" in lines
        assert "Authorization: Bearer k" in lines
        assert "Content-Length: 2" in lines


async def test_a_page_is_got(http: Session) -> None:
    async with serving(OK) as server:
        page = Target(f"http://127.0.0.1:{server.port}/list?To=%2B1&Page=2", {"Authorization": "Bearer k"}, "GET")
        for _ in range(2):
            answer = await http.get(page)
            assert (answer.status, answer.body) == (200, b"ok")
        await http.post(server.target(), b"x")
        lines = server.heads[0].decode().split("\r\n")
        assert lines[0] == "GET /list?To=%2B1&Page=2 HTTP/1.1"
        assert "Authorization: Bearer k" in lines
        assert not any(line.lower().startswith(("content-", "transfer-")) for line in lines)
        assert server.requests == [b"", b"", b"x"]
        assert server.connections == 1


@pytest.mark.parametrize(("answer", "error"), [(b"", Broken), (b"SSH-2.0-OpenSSH\r\n\r\n", Broken)])
async def test_a_page_that_breaks_off(http: Session, answer: bytes, error: type[Exception]) -> None:
    async with serving(answer) as server:
        page = Target(f"http://127.0.0.1:{server.port}/list", {}, "GET")
        with pytest.raises(error):
            await http.get(page)
    with pytest.raises(Unreachable):
        await http.get(page)


async def test_a_page_that_does_not_come() -> None:
    never = asyncio.Event()
    async with serving(OK, delay=never) as server, Session(total=0.05) as impatient:
        with pytest.raises(TooSlow):
            await impatient.get(Target(f"http://127.0.0.1:{server.port}/list", {}, "GET"))
        never.set()


@pytest.mark.parametrize("path", ["/a b", "/a\r\nX-Admin: 1", "/é"])
def test_an_address_is_one_word(path: str) -> None:
    with pytest.raises(ValueError):
        Target(f"http://127.0.0.1:1{path}", {}, "GET")


@pytest.mark.parametrize(
    ("answer", "then_close", "status", "body"),
    [
        (
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            False,
            201,
            b"hello",
        ),
        (b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nto the end", True, 200, b"to the end"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, False, 200, b"ok"),
        (b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", False, 204, b""),
        (b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example.com\r\nContent-Length: 0\r\n\r\n", False, 302, b""),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", True, 200, b"ok"),
        (b"HTTP/1.1 429 Slow\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n", False, 429, b""),
    ],
    ids=["chunked", "until the end", "continue", "no content", "redirect", "old", "throttled"],
)
async def test_answers(http: Session, answer: bytes, then_close: bool, status: int, body: bytes) -> None:
    async with serving(answer, then_close=then_close) as server:
        got = await http.post(server.target(), b"x")
        assert (got.status, got.body) == (status, body)
        assert got.headers.get("retry-after") == ("3" if status == 429 else None)
        again = await http.post(server.target(), b"x")
        assert again.status == status


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000,
    ],
    ids=["reset", "cut short", "half a head", "not HTTP", "bad length", "bad chunk", "endless"],
)
async def test_a_broken_answer_may_have_been_obeyed(http: Session, answer: bytes) -> None:
    async with serving(answer, then_close=True) as server:
        with pytest.raises(Broken):
            await http.post(server.target(), b"x")
        server.answers = [OK]
        assert (await http.post(server.target(), b"x")).status == 200, "a new connection is not spoilt by the last one"


async def test_nobody_there(http: Session) -> None:
    async with serving(OK) as server:
        target = server.target()
    with pytest.raises(Unreachable):
        await http.post(target, b"x")
    with pytest.raises(Unreachable):
        await http.post(Target("http://name.invalid", {}), b"x")


async def test_a_server_without_encryption_is_not_spoken_to(http: Session) -> None:
    async with serving(OK) as server:
        with pytest.raises(Unreachable):
            await http.post(Target(f"https://127.0.0.1:{server.port}", {"Authorization": "secret"}), b"x")
        assert server.requests == []


async def test_no_answer_in_time() -> None:
    never = asyncio.Event()
    async with serving(OK, delay=never) as server, Session(total=0.05) as impatient:
        with pytest.raises(TooSlow):
            await impatient.post(server.target(), b"x")
        never.set()
        assert (await impatient.post(server.target(), b"y")).body == b"ok", "a late answer is not taken for another's"
        assert server.connections == 2


async def test_a_connection_that_ended_while_it_was_kept_is_not_used(http: Session) -> None:
    async with serving(OK) as server:
        await http.post(server.target(), b"one")
        server.writers[0].close()
        await server.writers[0].wait_closed()
        await asyncio.sleep(0.05)  # until the end has come through the loopback
        assert (await http.post(server.target(), b"two")).status == 200
        assert server.connections == 2


async def test_posts_wait_for_a_free_connection(http: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MOST", 2)
    gate = asyncio.Event()
    async with serving(OK, delay=gate) as server:
        posts = [asyncio.create_task(http.post(server.target(), b"%d" % n)) for n in range(6)]
        while len(server.requests) < 2:
            await asyncio.sleep(0.01)
        assert server.connections == 2
        gate.set()
        assert [answer.status for answer in await asyncio.gather(*posts)] == [200] * 6
        assert sorted(server.requests) == [b"%d" % n for n in range(6)]
        assert server.connections == 2


async def test_a_canceled_post_leaves_nothing_behind(http: Session) -> None:
    gate = asyncio.Event()
    async with serving(OK, delay=gate) as server:
        post = asyncio.create_task(http.post(server.target(), b"x"))
        while not server.requests:
            await asyncio.sleep(0.01)
        post.cancel()
        with pytest.raises(asyncio.CancelledError):
            await post
        gate.set()
        assert (await http.post(server.target(), b"y")).status == 200
        assert server.connections == 2


@pytest.mark.parametrize("value", ["a\r\nX-Admin: 1", "a\nb", "a\0"])
def test_a_header_is_one_line(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        Target("https://api.example.com/", {"Authorization": value})
