"""Reading large files in: line by line, in batches, on from where it stood. Memory does not grow with the file."""

import csv
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from textback.core.errors import SettingsError
from textback.core.evidence import Evidence
from textback.core.phone import normalise
from textback.core.text import clean
from textback.core.when import EARLIEST, to_ms
from textback.store.db import Tx
from textback.store.imports import Line, Progress, Source, keep_progress, progress_of, take_in
from textback.store.trouble import is_held_up

BATCH = 5_000
"""Lines in one transaction."""
PATIENCE = 30
"""How often a batch is tried again that another transaction holds up."""
LONGEST = 64 * 1024
"""Bytes of a line. What is longer is no line of such a file."""
MOST_ROWS = 200
"""Lines of a file that one quoted value may run over."""
COLUMNS = (
    "number", "programme", "message_class", "occurred_at", "wording", "wording_version", "language", "action", "source",
    "ip", "user_agent", "session",
)  # fmt: skip
OTHER_NAMES = {"phone": "number", "to": "number", "program": "programme", "class": "message_class"}
ANSWERS = ("yes", "no", "no data")
CLASSES = ("informational", "promotional")

_US = re.compile(r"(?:\+?1)?([2-9][0-9]{9})")
_WRITTEN = re.compile(r"[0-9+(). /\-]{3,40}")
_PAIR = re.compile(r"([2-9][0-9]{2}),([0-9]{7})")
_PROGRAMME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

Transaction = Callable[[], AbstractContextManager[Tx]]


class Bad(Exception):
    """A line that can't be used, and why in a sentence without what it says."""


class Row(msgspec.Struct, frozen=True):
    """One record of a file: the number of its first line, where it ends (bytes), and what it says."""

    line: int
    end: int
    lines: int
    text: str


def digest_of(path: Path, told: Callable[[int], None] | None = None) -> str:
    """What tells this file from every other: the SHA-256 of all of it. Raises SettingsError."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                found.update(chunk)
                if told is not None:
                    told(len(chunk))
    except OSError as error:
        raise SettingsError(f"{path} can't be read: {error.strerror}.", "Name a file that can.") from None
    return found.hexdigest()


def rows_of(file: BinaryIO, position: int, lines: int, *, quoted: bool) -> Iterator[Row | tuple[int, int, int, str]]:
    """The records of a file from this position (bytes) on, `lines` of which lie before it. A record of a CSV may run
    over several lines. What is too long to be one comes as (line, end, lines, reason)."""
    file.seek(position)
    end, number = position, lines
    while raw := file.readline(LONGEST):
        first, count = number + 1, 1
        end, number = end + len(raw), number + 1
        if not raw.endswith(b"\n") and len(raw) == LONGEST:
            while (rest := file.readline(LONGEST)) and not rest.endswith(b"\n"):
                end += len(rest)
            end += len(rest)
            yield first, end, 1, "is too long"
            continue
        while quoted and raw.count(b'"') % 2 and count < MOST_ROWS and len(raw) < LONGEST:
            more = file.readline(LONGEST)
            if not more:
                break
            raw, count = raw + more, count + 1
            end, number = end + len(more), number + 1
        try:
            yield Row(first, end, count, raw.decode("utf-8-sig" if first == 1 else "utf-8").rstrip("\r\n"))
        except UnicodeDecodeError:
            yield first, end, count, "is not UTF-8"


def number_in(text: str, region: str) -> str:
    """The phone number of a cell in E.164. Raises Bad."""
    plain = text.strip()
    if region == "US" and (us := _US.fullmatch(plain)):  # most of such files, and a hundred times as quick
        return f"+1{us[1]}"
    try:
        if _WRITTEN.fullmatch(plain):
            return normalise(plain, region)
    except ValueError:
        pass
    raise Bad("has no phone number")


def moment_in(text: str) -> int:
    """The time of a cell in ms, 0 for none; one without a time zone is in UTC. Raises Bad."""
    if not text.strip():
        return 0
    try:
        moment = datetime.fromisoformat(text.strip())
        found = to_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise Bad("has a time that is none; write 2026-11-21T10:00:00Z") from None
    if found < EARLIEST - 30 * 365 * 86_400_000:
        raise Bad("has a time before 1990")
    return found


def header_of(text: str) -> dict[str, int]:
    """Where each known column of a file stands. Raises SettingsError."""
    names = [cell.strip().lower().replace(" ", "_") for cell in next(csv.reader([text]), [])]
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        known = OTHER_NAMES.get(name, name)
        if known not in COLUMNS:
            raise SettingsError(f"The file has a column {name[:40]!r}.", f"Known are {', '.join(COLUMNS)}.")
        if known in found:
            raise SettingsError(f"The file has two columns {known!r}.", "Remove one.")
        found[known] = place
    if "number" not in found:
        raise SettingsError("The file has no column 'number'.", "Its first line names the columns.")
    return found


def claim_in(text: str, columns: Mapping[str, int], region: str) -> Line:
    """A line of a file of consents. Raises Bad."""
    try:
        cells = next(csv.reader(text.splitlines(keepends=True), strict=True), [])
    except csv.Error:
        raise Bad("has quotes that do not fit") from None
    if len(cells) != len(columns):
        raise Bad(f"has {len(cells)} values for {len(columns)} columns")
    given = {name: clean(cells[place]).strip() for name, place in columns.items()}
    number = number_in(given.pop("number"), region)
    at = moment_in(given.pop("occurred_at", ""))
    kind = given.pop("message_class", "") or "promotional"
    if kind not in CLASSES:
        raise Bad("has a class that is neither informational nor promotional")
    programme = given.pop("programme", "")
    if programme and not _PROGRAMME.fullmatch(programme):
        raise Bad("has a programme that is not written in small letters, digits, - and _")
    for name, most in (("wording_version", 64), ("language", 16)):
        if len(given.get(name, "")) > most:
            raise Bad(f"has more than {most} characters of {name}")
    return Line(
        number, at, evidence=msgspec.convert({"programme": programme, "message_class": kind, **given}, Evidence)
    )


def listed_in(text: str, region: str) -> Line:
    """A line of a list of numbers: the number stands first; 206,5550123 is one too. Raises Bad."""
    if pair := _PAIR.fullmatch(text.strip()):
        return Line(f"+1{pair[1]}{pair[2]}")
    return Line(number_in(text.split(",", 1)[0].strip(' "'), region))


def given_up_in(text: str, region: str) -> Line:
    """A line of a carrier's file of deactivations: a number, and the day if it names one (D4). Raises Bad."""
    cells = [cell.strip(' "') for cell in re.split(r"[,|;\t]", text)]
    return Line(number_in(cells[0], region), moment_in(cells[1]) if len(cells) > 1 else 0)


def answer_in(text: str, region: str) -> Line:
    """A line of answers of the database of reassigned numbers: a number, the day that was asked about, and yes, no or
    no data (D3). Raises Bad."""
    cells = [cell.strip(' "') for cell in re.split(r"[,|;\t]", text)]
    if len(cells) < 3:
        raise Bad("has no number, day and answer")
    found = " ".join(cells[2].lower().replace("_", " ").split())
    said = "no data" if found == "nodata" else found
    if said not in ANSWERS:
        raise Bad("has an answer that is neither yes, no nor no data")
    at = moment_in(cells[1])
    if not at:
        raise Bad("does not say which day was asked about")
    return Line(number_in(cells[0], region), at, said)


READERS: Mapping[str, Callable[[str, str], Line]] = {"deactivated": given_up_in, "reassigned": answer_in}
"""How lines of files other than lists are read."""


class Import:
    """One file that is read in. `bad` is where its bad lines go, with their numbers and reasons."""

    def __init__(
        self,
        path: Path,
        source: Source,
        bad: Path,
        transaction: Transaction,
        now: Callable[[], int],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.path = path
        self.source = source
        self.bad = bad
        self.first_bad: list[str] = []
        self.progress = Progress()
        self._transaction = transaction
        self._now = now
        self._pause = pause

    def begin(self) -> Progress:
        """How far it was read before. What was written of bad lines after the last commit is taken back."""
        with self._transaction() as tx:
            self.progress = progress_of(tx, self.source) or Progress(counts={})
        if self.bad.exists():
            os.truncate(self.bad, min(self.progress.bad_bytes, self.bad.stat().st_size))
        return self.progress

    def run(self, region: str, told: Callable[[Progress], None], *, batch: int = BATCH) -> Progress:
        """Read on to its end. Raises SettingsError, before anything is read, where it is no such file."""
        progress = self.progress
        if progress.finished:
            return progress
        progress.size = self.path.stat().st_size
        claims = self.source.kind == "consent"
        with self.path.open("rb") as file:
            columns: dict[str, int] = {}
            read_line = READERS.get(self.source.kind, listed_in)
            if claims:
                first = next(rows_of(file, 0, 0, quoted=True), None)
                if not isinstance(first, Row):
                    raise SettingsError(f"{self.path.name} does not begin with the names of its columns.", "Add them.")
                columns = header_of(first.text)
                if not progress.position:
                    progress.position, progress.lines = first.end, first.lines
            good: list[Line] = []
            bad: list[tuple[int, str, str]] = []
            for read, row in enumerate(rows_of(file, progress.position, progress.lines, quoted=claims), 1):
                if isinstance(row, Row):
                    number, progress.position = row.line, row.end
                    progress.lines += row.lines
                    if row.text.strip():
                        try:
                            good.append(claim_in(row.text, columns, region) if claims else read_line(row.text, region))
                        except Bad as why:
                            bad.append((number, str(why), row.text))
                else:
                    number, progress.position, lines, why_ = row
                    progress.lines += lines
                    bad.append((number, why_, ""))
                if read % batch == 0:
                    self._commit(good, bad)
                    good, bad = [], []
                    told(progress)
            progress.finished = True
            self._commit(good, bad)
            told(progress)
        return progress

    def _commit(self, good: Sequence[Line], bad: Sequence[tuple[int, str, str]]) -> None:
        """Write a batch and how far it goes. Bad lines are written first: after a crash they are taken back."""
        progress = self.progress
        if bad:
            progress.bad_bytes = self._write_bad(bad, progress.bad_bytes)
            progress.count("bad", len(bad))
        for tries in range(PATIENCE, -1, -1):
            try:
                progress.counts = self._written(good)
                return
            except Exception as error:
                if not tries or not is_held_up(error):
                    raise
            self._pause(1.0)  # a server has some of these contacts; its turn is soon over

    def _written(self, good: Sequence[Line]) -> dict[str, int]:
        with self._transaction() as tx:
            now = self._now()
            counts = dict(self.progress.counts)
            for what, more in (take_in(tx, self.source, good, now) if good else {}).items():
                counts[what] = counts.get(what, 0) + more
            counts = {name: count for name, count in counts.items() if count}
            keep_progress(tx, self.source, msgspec.structs.replace(self.progress, counts=counts), now)
        return counts

    def _write_bad(self, bad: Sequence[tuple[int, str, str]], before: int) -> int:
        with self.bad.open("a", encoding="utf-8", newline="") as file:
            if not before:
                csv.writer(file).writerow(("line", "why", "text"))
            csv.writer(file).writerows((number, f"line {why}", text) for number, why, text in bad)
            file.flush()
            os.fsync(file.fileno())
            self.first_bad += [f"line {number} {why}" for number, why, _ in bad][: 20 - len(self.first_bad)]
            return file.tell()
