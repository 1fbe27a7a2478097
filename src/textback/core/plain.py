"""JSON that a JavaScript program writes the same: JSON.stringify(JSON.parse(x)) gives back these very bytes."""

import math
import re
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any

_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_LAST_INDEX = 2**32 - 2
_SAFE = 2**53 - 1


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8. Whole numbers that JavaScript can't hold become texts; what is no number becomes null."""
    return _whole(_text(value)).encode()


def _whole(text: str) -> str:
    """The text without halves of characters, which UTF-8 has no bytes for."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value) if -_SAFE <= value <= _SAFE else f'"{value}"'
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        pairs = ",".join(f"{encode_basestring(key)}:{_text(one)}" for key, one in _in_order(value))
        return f"{{{pairs}}}"
    return f"[{','.join(map(_text, value))}]"


def _in_order(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """JavaScript puts names that look like the index of an array first, in their order."""
    items = [(str(key), one) for key, one in value.items()]
    first = [item for item in items if _INDEX.fullmatch(item[0]) and int(item[0]) <= _LAST_INDEX]
    if not first:
        return items
    names = {key for key, _ in first}
    return sorted(first, key=lambda item: int(item[0])) + [item for item in items if item[0] not in names]


def _number(value: float) -> str:
    """As JavaScript writes a number: the same shortest digits, another way to write small and large ones."""
    if not math.isfinite(value):
        return "null"
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, part = mantissa.partition(".")
    written = whole + part
    digits = written.strip("0")
    point = len(whole) + int(exponent or 0) - (len(written) - len(written.lstrip("0")))
    if 0 < point <= 21:
        if len(digits) <= point:
            return sign + digits + "0" * (point - len(digits))
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = point - 1
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'+' if power > 0 else '-'}{abs(power)}"
