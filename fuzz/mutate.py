"""Spoiling good input: a valid sample goes in, something that a careless or hostile sender might send comes out."""

import re
from collections.abc import Callable, Sequence
from random import Random

LONGEST = 80 * 1024
"""Inputs are no longer than this (bytes), or than their sample: beyond it only time is spent."""

ODD: tuple[bytes, ...] = (
    b"", b"\x00", b"\xff", b"\xfe\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"\\ud800",
    b"\\u0000", b"\\", b'"', b"'", b"\r\n", b"\r\n\r\n", b"\n", b"\t", b" ", b"\x0b", b"\x1b[0m", b"\x7f",
    b"0", b"-1", b"-0", b"1e400", b"-1e-400", b"NaN", b"Infinity", b"-Infinity", b"2147483648", b"-9223372036854775809",
    b"18446744073709551616", b"1" + b"0" * 30, b"9" * 400, b"9" * 5000, b"0.1", b"0x10", b"1_000", b"1,5",
    b"null", b"true", b"false", b"[]", b"{}", b'""', b"[" * 50, b"[" * 20_000, b'{"a":' * 5000, b"]" * 50, b"}",
    b"%", b"%00", b"%zz", b"%u0041", b"%ff", b"%C0%AF", b"%2e%2e%2f", b"../../", b"+", b"&", b"=", b"&&==", b";", b"?",
    b"//", b"/", b"http://[", b"http://[::1", b"https://a:b@c:99999/", b"javascript:1", b"@", b"#", b"[", b"]:x",
    b"A" * 70_000, b"\xef\xb7\xba" * 3000, b"\xf0\x9f\x9a\xb2" * 500, "²".encode(), "٣".encode(), "Ⅷ".encode(),
    "İıſ".encode(), "\u202e\u200f\u200b\ufeff".encode(), "e\u0301".encode() * 200, b"\xf0\x9f\x91\xa8\xe2\x80\x8d" * 20,
    b"{{", b"}}", b"{{ x }}", b"{% if x %}", b"{#", b"${HOME}", b"*a", b"&a ", b"!!python/object:os.system",
    b"- " * 300, b": ", b"---\n", b"? ", b"<script>", b"'; DROP TABLE messages; --", b"STOP", b"stop", b"S\xcc\xb2TOP",
    b"1970-01-01T00:00:00Z", b"2106-02-07T06:28:16Z", b"9999-12-31T23:59:59.999999+00:00", b"0001-01-01T00:00:00+23:59",
    b"Thu, 01 Jan 1970 00:00:00 -2400", b"Mon, 99 Foo 99999 25:61:61 +9999", b"+1206555\xd9\xa0123", b"+" + b"1" * 300,
)  # fmt: skip

_VALUES = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|(?<=[=:\s])[^\s&=,:;"{}\[\]]+')


def _values(rng: Random, data: bytes) -> list[re.Match[bytes]]:
    """The values in a part of it, so that long inputs cost no more."""
    start = rng.randint(0, max(len(data) - 2048, 0))
    return list(_VALUES.finditer(data, start, start + 2048))


def _place(rng: Random, data: bytes) -> int:
    return rng.randint(0, len(data))


def _stretch(rng: Random, data: bytes) -> tuple[int, int]:
    start = _place(rng, data)
    return start, min(start + rng.choice((1, 2, 4, 16, 64, 1024)), len(data))


def truncate(rng: Random, data: bytes, _: bytes) -> bytes:
    """It ends early."""
    return data[: _place(rng, data)]


def drop(rng: Random, data: bytes, _: bytes) -> bytes:
    """A stretch is missing."""
    start, end = _stretch(rng, data)
    return data[:start] + data[end:]


def repeat(rng: Random, data: bytes, _: bytes) -> bytes:
    """A stretch comes again and again."""
    start, end = _stretch(rng, data)
    return data[:end] + data[start:end] * rng.choice((1, 2, 30, 2000)) + data[end:]


def flip(rng: Random, data: bytes, _: bytes) -> bytes:
    """A few bytes are others."""
    changed = bytearray(data)
    for _time in range(rng.choice((1, 1, 2, 8))):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def insert(rng: Random, data: bytes, _: bytes) -> bytes:
    """Something odd stands where nothing was."""
    at = _place(rng, data)
    return data[:at] + rng.choice(ODD) + data[at:]


def replace(rng: Random, data: bytes, _: bytes) -> bytes:
    """A value (of JSON, of a form, of a header, of YAML) is something odd, with its quotes or without."""
    found = _values(rng, data)
    if not found:
        return insert(rng, data, b"")
    hit = rng.choice(found)
    odd = rng.choice(ODD)
    if hit[0].startswith(b'"') and rng.random() < 0.6:
        odd = b'"' + odd + b'"'
    return data[: hit.start()] + odd + data[hit.end() :]


def exchange(rng: Random, data: bytes, _: bytes) -> bytes:
    """Two values have changed places: each is of the wrong type, perhaps."""
    found = _values(rng, data)
    if len(found) < 2:
        return flip(rng, data, b"")
    one, two = sorted(rng.sample(found, 2), key=lambda hit: hit.start())
    return data[: one.start()] + two[0] + data[one.end() : two.start()] + one[0] + data[two.end() :]


def again(rng: Random, data: bytes, _: bytes) -> bytes:
    """A line, a field or a key is there twice, with another value."""
    for cut in (b"\n", b"&", b","):
        parts = data.split(cut)
        if len(parts) > 1:
            part = rng.choice(parts)
            parts.insert(rng.randint(0, len(parts)), replace(rng, part, b""))
            return cut.join(parts)
    return data + data


def cross(rng: Random, data: bytes, other: bytes) -> bytes:
    """The beginning of one and the end of another."""
    return data[: _place(rng, data)] + other[_place(rng, other) :]


Step = Callable[[Random, bytes, bytes], bytes]
STEPS: tuple[Step, ...] = (
    truncate,
    drop,
    repeat,
    flip,
    insert,
    insert,
    replace,
    replace,
    replace,
    exchange,
    again,
    cross,
)


def spoil(rng: Random, samples: Sequence[bytes], data: bytes | None = None) -> bytes:
    """A sample (or `data`) with one to four things wrong; now and then as it is, so that good input is met too."""
    if data is None:
        data = rng.choice(samples)
    most = max(LONGEST, len(data))
    for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3, 4))):
        data = rng.choice(STEPS)(rng, data, rng.choice(samples))[:most]
    return data
