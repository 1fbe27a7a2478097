"""Cells of the CSV files that people export. Pure."""

import re

_PLAIN = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")


def guarded(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if value[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") and not _PLAIN.fullmatch(value):
        return f"'{value}"
    return value
