"""What a front end and a back end could read in two ways is refused by a served program: nothing is smuggled in behind
a request, nothing is left over for the next one."""

import json
import re
import select
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.support.served import Served

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
AFTER = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
"""What an attacker hides: an answer of 200 shows that it was read as a request of its own."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("wire")
    with Served(["serve", "--database", f"sqlite:///{folder}/textback.db", "--port", "0"], folder, {}) as program:
        yield program.wait_ready()


def say(served: Served, data: bytes) -> tuple[list[int], bytes]:
    """Send these bytes over a connection of their own; the statuses that come back, and everything that does, until the
    server hangs up or has nothing more to say."""
    host, port = served.url.removeprefix("http://").split(":")
    answer = b""
    with socket.create_connection((host, int(port)), timeout=10) as connection, suppress(ConnectionError):
        connection.sendall(data)
        while select.select([connection], [], [], 0.5 if answer else 5.0)[0] and (part := connection.recv(65536)):
            answer += part
    return [int(status) for status in STATUS.findall(answer)], answer


def request(*headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join(["POST /webhooks/simulator HTTP/1.1", "Host: x", *headers, "", ""]).encode() + body


SMUGGLED = {
    "a length and chunks": request("Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + AFTER),
    "chunks and a length": request("Transfer-Encoding: chunked", "Content-Length: 60", body=b"0\r\n\r\n" + AFTER),
    "two lengths": request("Content-Length: 0", "Content-Length: 36", body=AFTER),
    "two lengths that agree": request("Content-Length: 0", "Content-Length: 0", body=AFTER),
    "a list of lengths": request("Content-Length: 0, 36", body=AFTER),
    "a length with a sign": request("Content-Length: +0", body=AFTER),
    "a length below nothing": request("Content-Length: -1", body=AFTER),
    "a length in hex": request("Content-Length: 0x0", body=AFTER),
    "a length too long to count": request(f"Content-Length: {'9' * 40}", body=AFTER),
    "an encoding nobody knows": request("Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + AFTER),
    "chunks that are not the last encoding": request("Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n" + AFTER),
    "a space before the colon": request("Transfer-Encoding : chunked", body=b"0\r\n\r\n" + AFTER),
    "a chunk whose size is none": request("Transfer-Encoding: chunked", body=b"zz\r\n\r\n" + AFTER),
    "a chunk with a sign": request("Transfer-Encoding: chunked", body=b"+0\r\n\r\n" + AFTER),
    "a chunk longer than it says": request("Transfer-Encoding: chunked", body=b"1\r\nab\r\n0\r\n\r\n" + AFTER),
    "a folded header": request("X-One: a", " Transfer-Encoding: chunked", "Content-Length: 0, 1", body=AFTER),
    "a NUL in a header": request("X-One: a\0b", "Content-Length: 0", body=AFTER),
    "a line feed alone": b"POST /webhooks/simulator HTTP/1.1\nHost: x\nContent-Length: 0\n\n" + AFTER,
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + AFTER,
}


@pytest.mark.parametrize("how", SMUGGLED)
def test_what_can_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_read(served: Served, how: str) -> None:
    statuses, answer = say(served, SMUGGLED[how])
    assert 200 not in statuses, answer
    assert statuses[:1] == [400] or statuses == []


def test_what_can_be_read_in_one_way_only_is_answered(served: Served) -> None:
    """So that the test above does not pass because nothing is ever answered."""
    unsigned = request("Content-Type: application/json", "Content-Length: 2", body=b"{}")
    chunked = request("Content-Type: application/json", "Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n\r\n")
    assert say(served, unsigned + chunked + AFTER)[0] == [401, 401, 200]


def test_a_request_without_end_is_refused(served: Served) -> None:
    for endless in (b"GET /" + b"a" * 300_000, b"GET / HTTP/1.1\r\n" + b"X-One: " + b"a" * 300_000):
        assert say(served, endless)[0] == [400]
    many = b"GET /healthz HTTP/1.1\r\n" + b"".join(b"X-%d: %b\r\n" % (n, b"a" * 500) for n in range(300)) + b"\r\n"
    assert say(served, many)[0] == [400]


def test_a_body_of_a_megabyte_is_refused_without_being_read_to_its_end(served: Served) -> None:
    statuses, answer = say(served, request("Content-Type: application/json", f"Content-Length: {2**20}"))
    assert statuses == [413]
    assert "256 KB" in json.loads(answer.rpartition(b"\r\n\r\n")[2])["error"]


def test_an_upgrade_is_not_taken(served: Served) -> None:
    asked = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    assert say(served, asked)[0] == [200]


def test_a_path_that_is_encoded_oddly_finds_nothing(served: Served) -> None:
    for path in ("/%2e%2e/etc/passwd", "/static/..%2f..%2fapp.py", "//webhooks/simulator", "/webhooks%2Fsimulator?x"):
        statuses, answer = say(served, f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
        assert statuses[0] in (401, 403, 404, 405, 415), answer
        assert b"passwd" not in answer
