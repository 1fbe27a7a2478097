"""JSON that JavaScript writes the same, byte for byte."""

import random
import shutil
import struct
import subprocess

import pytest

from textback.core.plain import encode

CASES = [
    (1.0, "1"), (-0.0, "0"), (0.1, "0.1"), (1e21, "1e+21"), (1e20, "100000000000000000000"), (1e-6, "0.000001"),
    (1e-7, "1e-7"), (1.5e-7, "1.5e-7"), (1.2345678901234567e20, "123456789012345670000"), (float("nan"), "null"),
    (2**53 - 1, "9007199254740991"), (2**53, '"9007199254740992"'), (True, "true"), (None, "null"),
    ("\b\f\n\r\t\x00\x1f\x7f\u2028/é😀", '"\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\u2028/é😀"'), ("a\ud800", '"a\ufffd"'),
    ({"b": 1, "10": 2, "2": 3, "01": 4, "4294967295": 5}, '{"2":3,"10":2,"b":1,"01":4,"4294967295":5}'),
    ([1, [], {}], "[1,[],{}]"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "wanted"), CASES, ids=[wanted[:20] for _, wanted in CASES])
def test_it_is_written_as_javascript_writes_it(value: object, wanted: str) -> None:
    assert encode(value).decode() == wanted


def test_node_gives_back_the_same_bytes() -> None:
    if shutil.which("node") is None:
        pytest.skip("needs Node")
    chance = random.Random(7)
    values: list[object] = [value for value, _ in CASES]
    for _ in range(2000):
        values.append(struct.unpack("d", chance.randbytes(8))[0])
        values.append(chance.randint(1, 99_999) * 10.0 ** chance.randint(-30, 30))
        values.append("".join(map(chr, chance.sample(range(0x20_00), 5))))
    body = encode(values)
    script = "process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8'))))"
    back = subprocess.run(["node", "-e", script], input=body, capture_output=True, check=True).stdout
    assert back == body
