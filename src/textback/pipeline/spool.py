"""The spool: records on this machine's disk that wait until the database can be reached again.

A record is a marker, its length, a CRC-32 of length and payload, and the payload, which is UTF-8. The marker has bytes
that UTF-8 never has, so after a damaged record the next whole one can be found. Records are appended to segment files
and read back oldest file first; a file that is being read is no longer written to. One process holds the folder.
"""

import asyncio
import fcntl
import os
import struct
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TypeVar

import msgspec
import structlog

from textback.core.errors import StartError
from textback.core.ids import new_id

log = structlog.get_logger("textback.spool")

MARKER = b"\xff\xfeTB"
_HEAD = struct.Struct(">4sII")
_LENGTH = struct.Struct(">I")
LONGEST = 16 * 1024 * 1024
"""No record is longer. What a webhook may bring is far smaller."""
SEGMENT_BYTES = 4 * 1024 * 1024
_SUFFIX = ".spool"

T = TypeVar("T")


class SpoolFull(Exception):
    """The spool has no room for this; nothing of it was kept."""


class Found(msgspec.Struct):
    """What a segment holds: whole records, and the damaged bytes between and behind them."""

    records: list[bytes] = []
    torn: list[bytes] = []


class Segment(msgspec.Struct):
    """One file of the spool, as counted."""

    records: int = 0
    size: int = 0


def frame(payload: bytes) -> bytes:
    """A record as it stands in a file."""
    length = _LENGTH.pack(len(payload))
    return _HEAD.pack(MARKER, len(payload), zlib.crc32(payload, zlib.crc32(length))) + payload


def _record_at(data: bytes, at: int) -> bytes | None:
    """The payload of the whole record that begins here, if one does."""
    if len(data) - at < _HEAD.size:
        return None
    marker, length, crc = _HEAD.unpack_from(data, at)
    if marker != MARKER or length > LONGEST or at + _HEAD.size + length > len(data):
        return None
    payload = data[at + _HEAD.size : at + _HEAD.size + length]
    return payload if zlib.crc32(payload, zlib.crc32(_LENGTH.pack(length))) == crc else None


def read_frames(data: bytes) -> Found:
    """Every whole record in a file's bytes, in order, and what is damaged."""
    found = Found()
    at = 0
    while at < len(data):
        payload = _record_at(data, at)
        if payload is not None:
            found.records.append(payload)
            at += _HEAD.size + len(payload)
            continue
        end = data.find(MARKER, at + 1)
        while end != -1 and _record_at(data, end) is None:
            end = data.find(MARKER, end + 1)
        end = len(data) if end == -1 else end
        found.torn.append(data[at:end])
        at = end
    return found


def _made_at(name: str) -> int:
    """When a segment was begun (ms since 1970): its name is an id, which begins with that."""
    try:
        return int(name[:11], 16)
    except ValueError:
        return time.time_ns() // 1_000_000


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_durably(path: Path, data: bytes, flags: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)
    try:
        _write_all(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    _sync_folder(path.parent)


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


class Files:
    """The files of one folder. Used by one thread at a time; everything here may raise OSError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._name = ""
        self._handle = -1
        self._size = 0

    def scan(self) -> dict[str, Segment]:
        """What an earlier process left, oldest first."""
        left = {}
        for path in sorted(self.folder.glob(f"*{_SUFFIX}")):
            data = path.read_bytes()
            left[path.stem] = Segment(len(read_frames(data).records), len(data))
        return left

    def append(self, data: bytes) -> str:
        """Write these records and wait for the disk. Returns the segment; on an error nothing of them stays."""
        if self._handle == -1:
            self._begin()
        try:
            _write_all(self._handle, data)
            os.fsync(self._handle)
        except OSError:
            # Nobody was told that these are kept. Were they half there, they would look like damage later.
            try:
                os.ftruncate(self._handle, self._size)
                if not self._size:
                    self.remove(self._name)
            finally:
                self.close()
            raise
        self._size += len(data)
        name = self._name
        if self._size >= SEGMENT_BYTES:
            self.close()
        return name

    def _begin(self) -> None:
        name = new_id()
        self._handle = os.open(self._path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._name, self._size = name, 0
        _sync_folder(self.folder)

    def read(self, name: str) -> Found:
        """What a segment holds. Nothing is appended to it any more."""
        if self._handle != -1 and name == self._name:
            self.close()
        try:
            return read_frames(self._path(name).read_bytes())
        except FileNotFoundError:  # somebody took it away; what comes behind it must not wait for it for ever
            log.error("a spool file is gone", file=str(self._path(name)))
            return Found()

    def keep_aside(self, name: str, ending: str, parts: Iterable[bytes]) -> Path:
        """Keep bytes for a person to look at, under the segment's name and this ending."""
        path = self.folder / f"{name}.{ending}"
        _write_durably(path, b"".join(parts), os.O_TRUNC)
        return path

    def remove(self, name: str) -> None:
        """This segment is drained."""
        self._path(name).unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file that is being written; the next append begins another."""
        if self._handle != -1:
            os.close(self._handle)
            self._handle = -1

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{_SUFFIX}"


_Put = tuple[bytes, int, asyncio.Future[None]]


class Spool:
    """Appends in groups that share one fsync, and gives back the oldest segment. All but `__init__` runs on the loop;
    the disk is touched in a thread of its own, which begins with the first record."""

    def __init__(self, folder: Path, most: int, lock: IO[bytes] | None = None) -> None:
        self._files = Files(folder)
        self._lock = lock
        self.most = most
        self._segments = self._files.scan()
        self._thread: ThreadPoolExecutor | None = None
        self._waiting: list[_Put] = []
        self._waiting_bytes = 0
        self._writer: asyncio.Task[None] | None = None
        self._broken = False
        self.taken = 0
        """Records taken since the start."""
        self.drained = 0
        """Records that went on to the database since the start."""
        self.aside = 0
        """Damaged stretches and refused records kept aside since the start."""

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self._files.folder

    @property
    def records(self) -> int:
        """How many records wait on the disk."""
        return sum(segment.records for segment in self._segments.values())

    @property
    def size(self) -> int:
        """How many bytes of the disk they take."""
        return sum(segment.size for segment in self._segments.values())

    @property
    def oldest(self) -> int | None:
        """When the oldest file was begun (ms since 1970), None when there is none."""
        return min(map(_made_at, self._segments), default=None)

    @property
    def empty(self) -> bool:
        """Whether nothing is kept and nothing is being written."""
        return not self._segments and self._writer is None

    @property
    def room(self) -> bool:
        """Whether it could take more: it is below its bound, and the last write succeeded."""
        return not self._broken and self.size < self.most

    def append(self, payloads: Sequence[bytes]) -> asyncio.Future[None]:
        """Keep these records, behind all earlier ones. The future is done once they are on the disk, and fails with
        SpoolFull or OSError when they are not kept."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        data = b"".join(map(frame, payloads))
        if self.size + self._waiting_bytes + len(data) > self.most:
            future.set_exception(SpoolFull(f"The spool {self.folder} is full ({self.most // 2**20} MB)."))
            return future
        self._waiting.append((data, len(payloads), future))
        self._waiting_bytes += len(data)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="spool-write")
        return future

    async def _write(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            data = b"".join(part for part, _, _ in group)
            error: OSError | None = None
            try:
                name = await self._in_thread(self._files.append, data)
            except OSError as failed:
                error = failed
            else:
                segment = self._segments.setdefault(name, Segment())
                records = sum(records for _, records, _ in group)
                segment.records += records
                segment.size += len(data)
                self.taken += records
            self._waiting_bytes -= len(data)
            self._broken = error is not None
            for _, _, future in group:
                if future.done():
                    continue
                if error is None:
                    future.set_result(None)
                else:
                    future.set_exception(error)
        self._writer = None

    async def settled(self) -> None:
        """Return once what is being written is written, or has failed."""
        if self._writer is not None:
            await asyncio.wait([self._writer])

    async def first(self) -> tuple[str, Found] | None:
        """The oldest segment and what it holds; None when there is none. From now on it does not grow."""
        name = next(iter(self._segments), None)
        return None if name is None else (name, await self._in_thread(self._files.read, name))

    async def done(self, name: str, found: Found, refused: Sequence[bytes] = ()) -> None:
        """This segment is in the database. What was damaged is kept aside as NAME.torn, and what the database refused
        as NAME.refused; both are reported."""
        if found.torn:
            path = await self._in_thread(self._files.keep_aside, name, "torn", found.torn)
            log.error("damaged spool records kept aside", file=str(path), bytes=sum(map(len, found.torn)))
        if refused:
            path = await self._in_thread(self._files.keep_aside, name, "refused", map(frame, refused))
            log.error("spool records that the database refused kept aside", file=str(path), records=len(refused))
        await self._in_thread(self._files.remove, name)
        self._segments.pop(name, None)
        self.drained += len(found.records) - len(refused)
        self.aside += len(found.torn) + len(refused)
        self._broken = False  # there is room again, or will be soon

    async def close(self) -> None:
        """Finish writing, and let another process have the folder."""
        await self.settled()
        if self._thread is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)
        self._files.close()
        if self._lock is not None:
            self._lock.close()

    async def _in_thread(self, work: Callable[..., T], *args: object) -> T:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="textback-spool")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)


def _lock(folder: Path) -> IO[bytes] | None:
    """The folder's lock, None when another process has it."""
    handle = open(folder / "lock", "ab")  # noqa: SIM115 (held for as long as the process lives)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


def open_spool(base: Path, name: str, most: int) -> Spool:
    """A spool for this process alone: the first folder `base/NAME-1`, `base/NAME-2`, … that no other process has.

    What processes that are gone left in the others is taken over. `name` keeps apart what belongs to different
    databases. Raises StartError when the folder can't be used.
    """
    try:
        folder, lock = _free_folder(base, name)
        for other in sorted(base.glob(f"{name}-*")):
            if other != folder and other.name.removeprefix(f"{name}-").isdigit():
                _adopt(other, folder)
        spool = Spool(folder, most, lock)
    except OSError as error:
        raise StartError(
            f"The spool folder {base} can't be used: {error.strerror}.",
            "Choose another SPOOL_DIR, or set SPOOL_MB=0 to do without.",
        ) from None
    if not spool.empty:
        log.warning("an earlier process left texts in the spool", folder=str(folder), records=spool.records)
    return spool


def _free_folder(base: Path, name: str) -> tuple[Path, IO[bytes]]:
    number = 1
    while True:
        folder = base / f"{name}-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        lock = _lock(folder)
        if lock is not None:
            return folder, lock
        number += 1


def _adopt(other: Path, folder: Path) -> None:
    """Move the segments of a process that is gone. Their names say when they were begun, and so keep their order."""
    lock = _lock(other)
    if lock is None:
        return
    with lock:
        for path in sorted(other.glob(f"*{_SUFFIX}")):
            path.rename(folder / path.name)
        _sync_folder(folder)
        _sync_folder(other)
