"""Teaching a bot its knowledge: the files of its folder become a base that can be asked.

The vectors of what is compared are kept in a folder, so that a server that starts again, or another on the same
machine, has them at once, and a changed file costs only what is new in it. Encoding thousands of passages takes a
minute: until that is done, in the background, the base answers by words alone.
"""

import hashlib
import os
import threading
import zlib
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from textback.core.when import DAY
from textback.engine.bot import Answer, Bot, Knowledge
from textback.engine.guard.base import Shown
from textback.engine.load import Problem
from textback.knowledge.answering import answer
from textback.knowledge.base import Base, Unit, units_of
from textback.knowledge.classify import Encoder, Floats
from textback.knowledge.lint import check_hours, check_passages
from textback.knowledge.markdown import read_passages
from textback.knowledge.passages import Passage

log = structlog.get_logger("textback.knowledge")

REMEMBERED = 2_000
"""Questions whose answer is remembered."""
AT_ONCE = 31
"""Units that are encoded together. So few are left to one processor: the others have texts to answer."""
PATIENCE = 3.0
"""Seconds that a start or a new version waits for vectors; then the base answers by words until they are there."""
LONGEST_PASSAGE = 1_500
"""Characters of a passage that a model is shown."""
_KEPT = 6
_MAGIC = b"TBKNOW1\0"
_KEY, _HEAD = 16, 64


class Library:
    """A base as the engine asks it. It may get a better base while it is in use."""

    def __init__(self, base: Base, how: Knowledge) -> None:
        self._how = how
        self.put(base)

    def put(self, base: Base) -> None:
        """Answer from this base from now on."""
        self.base = base
        self._asked = lru_cache(maxsize=REMEMBERED)(self._look_up)

    def answer(self, text: str, locale: str, now: int) -> Answer:
        """What is known about a question. Passages go out of date at midnight, so a day's answers are the same."""
        return self._asked(text, locale, now // DAY)

    def passages(self, text: str, locale: str, now: int, files: Collection[str] = (), most: int = 5) -> list[Shown]:
        """The passages that come nearest to a question, the nearest first: of these files (named as in personas), or of
        all. The first has the confidence that it answers, the others less by how far they are behind."""
        found = answer(self.base, text, locale, now // DAY * DAY, self._how.segments)
        hits = self.base.search(text, locale, now // DAY * DAY, most=most * 4 if files else most).hits
        wanted = [hit for hit in hits if not files or _named(hit.passage, files)][:most]
        best = found.asked.hits[0].score if found.asked.hits else 0.0
        return [
            Shown(
                hit.passage.id, hit.passage.about, hit.passage.text[:LONGEST_PASSAGE],
                round(found.confidence * min(1.0, max(0.0, hit.score / best)), 3) if best > 0 else 0.0,
            )
            for hit in wanted
        ]  # fmt: skip

    def _look_up(self, text: str, locale: str, day: int) -> Answer:
        found = answer(self.base, text, locale, day * DAY, self._how.segments)
        if found.passage is None:
            return Answer()
        against = found.against.id if found.against is not None else ""
        return Answer(found.text, found.confidence, found.passage.id, found.passage.about, against)


def _named(passage: Passage, files: Collection[str]) -> bool:
    name = passage.source.removeprefix("knowledge/")
    return name in files or name.rpartition(".")[0] in files


class Knowing:
    """Makes bases and keeps their vectors. `patience` is how many seconds to wait for new vectors; None is for ever."""

    def __init__(self, folder: Path, patience: float | None = PATIENCE) -> None:
        self._folder = folder
        self._patience = patience

    def library(self, files: Mapping[str, str], how: Knowledge, encoder: Encoder | None) -> Library | None:
        """What the files say, ready to be asked; None where they say nothing. This takes up to seconds of work: not for
        an event loop."""
        passages, _ = read_passages(files)
        if not passages:
            return None
        units = units_of(passages)
        if encoder is None:
            return Library(Base(passages, units=units), how)
        vectors = _Vectors(self._folder, encoder, [unit.text for unit in units])
        if not vectors.missing:
            return Library(Base(passages, encoder, vectors.rows, units), how)
        if self._patience is None:
            return Library(Base(passages, encoder, vectors.fill(), units), how)
        return self._later(passages, units, encoder, vectors, how)

    def _later(
        self, passages: Sequence[Passage], units: Sequence[Unit], encoder: Encoder, vectors: "_Vectors", how: Knowledge
    ) -> Library:
        """Encode beside everything else. What is there in time is used at once; else words must do for a while."""
        whole: list[Base] = []
        library: list[Library] = []
        lock = threading.Lock()

        def fill() -> None:
            base = Base(passages, encoder, vectors.fill(), units)
            with lock:
                whole.append(base)
                if library:
                    library[0].put(base)
                    log.info("knowledge is found by meaning now", passages=len(passages))

        thread = threading.Thread(target=fill, name="knowledge", daemon=True)
        thread.start()
        thread.join(self._patience)
        with lock:
            if whole:
                return Library(whole[0], how)
        log.info("knowledge is found by words until its meaning is read", passages=len(passages))
        by_words = Library(Base(passages, units=units), how)
        with lock:
            if whole:
                by_words.put(whole[0])
            library.append(by_words)
        return by_words


class _Vectors:
    """One row for each text. Those that any earlier base had are taken from what is kept."""

    def __init__(self, folder: Path, encoder: Encoder, texts: Sequence[str]) -> None:
        self._encoder = encoder
        self._texts = texts
        self._folder = folder
        self._prefix = f"knowledge-{hashlib.sha256(encoder.fingerprint.encode()).hexdigest()[:8]}-"
        keys = [hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_KEY).digest() for text in texts]
        self._keys = b"".join(keys)
        self._path = folder / f"{self._prefix}{hashlib.sha256(self._keys).hexdigest()[:24]}.bin"
        self.missing: list[int] = []
        kept = _read(self._path)
        if kept is not None and kept[0] == self._keys:
            self.rows: Floats = kept[1]
            return
        self.rows, self.missing = self._gathered(keys)

    def _gathered(self, keys: list[bytes]) -> tuple[Floats, list[int]]:
        known: dict[bytes, NDArray[np.float32]] = {}
        for path in _newest(self._folder, self._prefix):
            kept = _read(path)
            if kept is not None:
                for n in range(len(kept[1])):
                    known.setdefault(kept[0][n * _KEY : (n + 1) * _KEY], kept[1][n])
        width = len(next(iter(known.values()))) if known else len(self._encoder.encode(["a"])[0])
        rows = np.zeros((len(keys), width), np.float32)
        missing = []
        for n, key in enumerate(keys):
            if key in known:
                rows[n] = known[key]
            else:
                missing.append(n)
        return rows, missing

    def fill(self) -> Floats:
        """Encode what is missing, keep everything, and give all rows."""
        for start in range(0, len(self.missing), AT_ONCE):
            some = self.missing[start : start + AT_ONCE]
            self.rows[some] = self._encoder.encode([self._texts[n] for n in some])
        self.missing = []
        self._keep()
        kept = _read(self._path)
        return self.rows if kept is None else kept[1]

    def _keep(self) -> None:
        """A folder that can't be written costs the next start the encoding, and nothing else."""
        body = self._keys + bytes(-(_HEAD + len(self._keys)) % _HEAD) + self.rows.tobytes()
        size = np.array([len(self.rows), self.rows.shape[1], zlib.crc32(body)], "<u8").tobytes()
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes((_MAGIC + size).ljust(_HEAD, b"\0") + body)
            part.replace(self._path)
            for path in _newest(self._folder, self._prefix)[_KEPT:]:
                path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("what knowledge means can't be kept", folder=str(self._folder), reason=error.strerror)


def _newest(folder: Path, prefix: str) -> list[Path]:
    """What is kept, the newest first."""
    found = []
    for path in folder.glob(f"{prefix}*.bin"):
        try:
            found.append((path.stat().st_mtime_ns, path))
        except OSError:  # another server has just cleared it away
            continue
    return [path for _, path in sorted(found, reverse=True)]


def _read(path: Path) -> tuple[bytes, Floats] | None:
    """Keys and rows of a kept file, mapped; None when there is none, or a broken one."""
    try:
        content = np.memmap(path, np.uint8, "r")
    except (OSError, ValueError):
        return None
    if len(content) < _HEAD or bytes(content[: len(_MAGIC)]) != _MAGIC:
        return None
    count, width, check = (int(n) for n in content[len(_MAGIC) : len(_MAGIC) + 24].view("<u8"))
    begin = -(-(_HEAD + count * _KEY) // _HEAD) * _HEAD
    if len(content) != begin + count * width * 4 or zlib.crc32(np.asarray(content)[_HEAD:].data) != check:
        return None
    rows: Floats = content[begin:].view("<f4").reshape(count, width)
    return bytes(content[_HEAD : _HEAD + count * _KEY]), rows


def knowledge_problems(files: Mapping[str, str], bot: Bot, now: int) -> list[Problem]:
    """What is wrong or unwise in the knowledge files of a bot folder, at `now` (ms)."""
    passages, flaws = read_passages(files)
    flaws += check_passages(passages, bot.locales, now, bot.knowledge.segments)
    flaws += check_hours(passages, _times(bot))
    return [Problem(flaw.file, max(1, flaw.line), 1, flaw.level, flaw.message, flaw.fix) for flaw in flaws]


def _times(bot: Bot) -> frozenset[str]:
    """When bot.yml says that they open and close, in any week, as hours and minutes of 24."""
    if bot.hours is None:
        return frozenset()
    spans = [span for day in bot.hours.weekly.values() for span in day]
    return frozenset(f"{minute // 60 % 24}:{minute % 60:02}" for span in spans for minute in span)
