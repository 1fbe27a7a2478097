"""Forms with a file in them, without scripts: the file is written to disk as it comes, and is never whole in memory."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from textback.core.text import clean
from textback.web.phrases import tell
from textback.web.security import MOST_FORM, Denied

TOGETHER = 1 << 20
"""Bytes that are written at once."""
MOST_FIELDS = 20
BROKEN = "The form could not be read."


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that came with a form: where it lies, what its sender calls it, its SHA-256, how long it is, and how it
    begins."""

    path: Path
    name: str
    digest: str
    size: int
    head: bytes


class _Reader:
    """Takes a form apart. `check` is asked about the fields before a file is let in."""

    def __init__(self, check: Callable[[dict[str, str]], None]) -> None:
        self.fields: dict[str, str] = {}
        self.pending = bytearray()
        self.file_name: str | None = None
        self.ended = False
        self._check = check
        self._header = bytearray()
        self._value = bytearray()
        self._part: tuple[str, bool] = ("", False)
        self._text = bytearray()
        self._headers: dict[bytes, bytes] = {}

    def parser(self, boundary: bytes) -> MultipartParser:
        """What calls this reader."""
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._on_header,
                "on_header_value": self._on_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers,
                "on_part_data": self._on_data,
                "on_part_end": self._on_part,
                "on_end": self._on_end,
            },
        )

    def _begin(self) -> None:
        self._headers.clear()
        self._text.clear()

    def _on_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _on_headers(self) -> None:
        kind, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if kind != b"form-data" or b"name" not in options:
            raise Denied(400, BROKEN)
        self._part = (clean(options[b"name"].decode("utf-8", "replace")), b"filename" in options)
        if self._part[1]:
            if self.file_name is not None:
                raise Denied(400, "One file at a time.")
            self._check(self.fields)
            given = clean(options[b"filename"].decode("utf-8", "replace"))
            self.file_name = given.replace("\\", "/").rpartition("/")[2][:120]
        elif len(self.fields) >= MOST_FIELDS:
            raise Denied(400, BROKEN)

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        place = self.pending if self._part[1] else self._text
        place += data[start:end]
        if len(self._text) > MOST_FORM:
            raise Denied(413, "That is too much text for one form.")

    def _on_part(self) -> None:
        name, is_file = self._part
        if not is_file:
            self.fields[name] = clean(self._text.decode("utf-8", "replace"))

    def _on_end(self) -> None:
        self.ended = True


async def read_upload(
    request: Request, folder: Callable[[], Path], most: int, check: Callable[[dict[str, str]], None], hint: str = ""
) -> tuple[dict[str, str], Uploaded | None]:
    """The fields of a form, and its file, of `most` bytes, if somebody has chosen one. Whoever asks deletes the file.
    `check` sees the fields that stand before the file and may refuse it; `hint` says what to do with one that is too
    large. Raises Denied."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise Denied(415, "Files are sent as multipart/form-data.")
    reader, file = _Reader(check), _File(folder)
    try:
        parser = reader.parser(options[b"boundary"])
        async for chunk in request.stream():
            parser.write(chunk)
            if file.size + len(reader.pending) > most:
                raise Denied(413, tell("The file is larger than {n} MB.", n=f"{most // 2**20:,}") + hint)
            if len(reader.pending) >= TOGETHER:
                await file.add(reader.pending)
        parser.finalize()
        if not reader.ended:
            raise Denied(400, BROKEN)
        if reader.pending:
            await file.add(reader.pending)
        return reader.fields, file.done(reader.file_name or "")
    except FormParserError:
        file.drop()
        raise Denied(400, BROKEN) from None
    except BaseException:
        file.drop()
        raise


class _File:
    """The file as it grows. It is made with the first bytes that come."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self.size = 0
        self._folder = folder
        self._digest = hashlib.sha256()
        self._head = b""
        self._path: Path | None = None
        self._open: IO[bytes] | None = None

    async def add(self, pending: bytearray) -> None:
        """Write what is pending, and empty it."""
        await asyncio.to_thread(self._write, bytes(pending))
        pending.clear()

    def _write(self, data: bytes) -> None:
        if self._open is None:
            handle, name = tempfile.mkstemp(dir=self._folder(), suffix=".part")
            self._open, self._path, self._head = os.fdopen(handle, "wb"), Path(name), data[:1024]
        self._open.write(data)
        self._digest.update(data)
        self.size += len(data)

    def done(self, name: str) -> Uploaded | None:
        """The whole file, if there is one."""
        if self._open is None or self._path is None:
            return None
        self._open.close()
        return Uploaded(self._path, name, self._digest.hexdigest(), self.size, self._head)

    def drop(self) -> None:
        """Away with it."""
        if self._open is not None and self._path is not None:
            self._open.close()
            self._path.unlink(missing_ok=True)
