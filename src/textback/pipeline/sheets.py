"""Reading a CSV file as people's programs write it: separators, quotes, what the letters are, and what is no CSV."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import chain

import msgspec

from textback.core.phone import normalise
from textback.core.text import clean

MOST_ROWS = 100_000
"""Rows of one file."""
MOST_COLUMNS = 60
SEPARATORS = (",", ";", "\t", "|")

_SAVE = "Save it as CSV in UTF-8 and choose it again."
_DIRECTIVE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"?')
_GUARDED = re.compile(r"'[=+\-@\t\r]")


class Unreadable(Exception):
    """A file that can't be read, why, and what to do, in sentences."""


class Sheet(msgspec.Struct, frozen=True):
    """A file's columns by name, and its rows: the number of the first line of each, and its cells."""

    columns: list[str]
    rows: Iterator[tuple[int, list[str]]]


def text_of(data: bytes) -> str:
    """A file's letters: UTF-8 with or without its mark, or UTF-16 with one. Raises Unreadable."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise Unreadable(f"The file breaks off in the middle of a letter. {_SAVE}") from None
    if data.startswith(b"PK") or b"\0" in data[:4096]:
        raise Unreadable(f"That is not a CSV file, but perhaps a workbook. {_SAVE}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"Line {line} has letters that are not UTF-8. {_SAVE}") from None


def separator_of(line: str) -> str:
    """What stands between the values of a line: what it has most of outside quotes, else a comma."""
    plain = _QUOTED.sub("", line)
    return max(SEPARATORS, key=plain.count)


def read_sheet(data: bytes, region: str = "US") -> Sheet:
    """A file's columns and rows. Its first line names the columns, unless there is a phone number in it. Rows in which
    there is nothing are left out. Raises Unreadable, also while its rows are read."""
    file = io.StringIO(text_of(data), newline="")
    first = file.readline()
    before = 0
    if directive := _DIRECTIVE.fullmatch(first):
        separator, before = directive[1], 1
    else:
        separator = separator_of(first)
        file.seek(0)
    rows = _rows(file, separator, before)
    head = next(rows, None)
    if head is None:
        raise Unreadable("There is nothing in the file. Choose another one.")
    line, cells = head
    if len(cells) > MOST_COLUMNS:
        raise Unreadable(f"The file has {len(cells)} columns; at most {MOST_COLUMNS} go. Take some away.")
    if any(_is_number(cell, region) for cell in cells):
        return Sheet([f"Column {place}" for place in range(1, len(cells) + 1)], _counted(chain([(line, cells)], rows)))
    return Sheet([cell[:80] or f"Column {place}" for place, cell in enumerate(cells, 1)], _counted(rows))


def _rows(file: io.StringIO, separator: str, before: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(file, delimiter=separator, strict=True)
    line = before + 1
    try:
        for row in reader:
            cells = [cell_of(cell) for cell in row]
            if any(cells):
                yield line, cells
            line = before + reader.line_num + 1
    except csv.Error as error:
        if "limit" in str(error):
            raise Unreadable(f"Line {line} has a value that is too long. Perhaps a quote is never closed.") from None
        raise Unreadable(f"Line {line} has quotes that do not fit. Mend it, and choose the file again.") from None


def _counted(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for count, row in enumerate(rows):
        if count >= MOST_ROWS:
            raise Unreadable(f"The file has more than {MOST_ROWS:,} rows. Cut it into several.")
        yield row


def cell_of(text: str) -> str:
    """A value as it is kept. The apostrophe by which an export keeps a formula from running goes."""
    return clean(text[1:] if _GUARDED.match(text) else text).strip()


def _is_number(text: str, region: str) -> bool:
    if sum(char.isdigit() for char in text) < 7 or any(char.isalpha() for char in text):
        return False
    try:
        normalise(text, region)
    except ValueError:
        return False
    return True


def parts_of(rows: Iterator[tuple[int, list[str]]], size: int) -> Iterator[Sequence[tuple[int, list[str]]]]:
    """The rows, so many at a time."""
    some: list[tuple[int, list[str]]] = []
    for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some
