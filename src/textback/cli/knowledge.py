"""textback ask and textback knowledge: what a bot's knowledge base says, how well it answers, and what is in it."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import typer

from textback.app import read_folder, understanding_of
from textback.cli.checks import print_problems
from textback.core.errors import SettingsError
from textback.core.text import clean, segments
from textback.core.when import DAY, to_iso
from textback.engine.bot import Knowledge
from textback.engine.load import load_bot
from textback.knowledge.answering import Answered, answer
from textback.knowledge.base import Base
from textback.knowledge.passages import URLS, Passage
from textback.knowledge.rating import QuestionsError, Rated, rate, read_questions, unknown_sources
from textback.pipeline.clock import clock
from textback.pipeline.knowing import Knowing
from textback.settings import environment, load_settings
from textback.sources.crawl import Crawled, Known, crawl
from textback.sources.fetch import Fetcher
from textback.sources.urls import read_sites

_WRITE = "Write what the bot should know in knowledge/NAME.md; see docs/how-to/knowledge.md."
_LONGEST_SHOWN = 100
_WIDTH = 30
_MOST_TOLD = 20


def ask(bot_dir: Path, question: str, *, locale: str, top: int, lite: bool, as_json: bool) -> int:
    """Print the answer and the passages that were looked at; the exit code: 1 when it is not sure enough to answer."""
    files = read_folder(bot_dir)
    how = load_bot(files).knowledge
    base = _base(files, bot_dir, how, lite=lite)
    now = clock()
    start = time.perf_counter()
    found = answer(base, clean(question), locale, now, how.segments)
    spent = (time.perf_counter() - start) * 1_000
    does = _does(found, how)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(_plain(found, does, base, top, spent))).decode())
        return 0 if does == "answer" else 1
    typer.echo(found.text or "Nothing was found.")
    if found.passage is not None:
        dated = f", {found.passage.date}" if found.passage.date else ""
        typer.echo(f"\nconfidence {found.confidence:.0%} ({_DOES[does]}), from {found.passage.source}{dated}")
        if found.against is not None:
            typer.echo(f"{found.against.id} says otherwise: {_shown(found.against.text)}")
        typer.echo(f"\n{'score':>6} {'asked':>6} {'said':>6} {'words':>6}  passage ({base.method}, {spent:.0f} ms)")
    for hit in found.asked.hits[:top]:
        typer.echo(f"{hit.score:6.2f} {hit.asked:6.2f} {hit.said:6.2f} {hit.words:6.2f}  {hit.passage.id}")
        typer.echo(f"{'':29}{_shown(hit.passage.text)}")
    return 0 if does == "answer" else 1


_DOES = {"answer": "it is sent", "clarify": "they are asked whether they meant it", "nothing": "it is not said"}


def _does(found: Answered, how: Knowledge) -> str:
    if found.text and found.confidence >= how.answer:
        return "answer"
    return "clarify" if found.text and found.confidence >= how.clarify else "nothing"


def _base(files: dict[str, str], bot_dir: Path, how: Knowledge, *, lite: bool) -> Base:
    """The base of a folder, with all of its vectors. Raises SettingsError where it has nothing in it."""
    settings = load_settings(environment(Path.cwd()))
    encoder = None if lite or settings.understanding != "auto" else understanding_of(settings).encoder()
    library = Knowing(Path(settings.model_dir).expanduser(), patience=None).library(files, how, encoder)
    if library is None:
        raise SettingsError(f"{bot_dir} knows nothing: there is no text in {bot_dir / 'knowledge'}.", _WRITE)
    return library.base


def _plain(found: Answered, does: str, base: Base, top: int, spent: float) -> dict[str, object]:
    return {
        "answer": found.text,
        "confidence": round(found.confidence, 4),
        "does": does,
        "segments": segments(found.text).count,
        "source": found.passage.source if found.passage is not None else None,
        "date": (found.passage.date or None) if found.passage is not None else None,
        "against": found.against.id if found.against is not None else None,
        "method": base.method,
        "language": found.asked.language or None,
        "ms": round(spent, 2),
        "passages": [
            {
                "id": hit.passage.id,
                "source": hit.passage.source,
                "about": hit.passage.about,
                "text": hit.passage.text,
                "score": round(hit.score, 4),
                "asked": round(hit.asked, 4),
                "said": round(hit.said, 4),
                "words": round(hit.words, 4),
            }
            for hit in found.asked.hits[:top]
        ],
    }


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[: _LONGEST_SHOWN - 1].rstrip()}…"


def list_passages(bot_dir: Path, *, as_json: bool) -> None:
    """Print every passage with its place."""
    files = read_folder(bot_dir)
    base = _base(files, bot_dir, Knowledge(), lite=True)
    now = clock()
    if as_json:
        rows = [{**msgspec.to_builtins(one), "about": one.about, "stale": one.stale(now)} for one in base.passages]
        typer.echo(msgspec.json.format(msgspec.json.encode(rows)).decode())
        return
    for one, language in zip(base.passages, base.languages, strict=True):
        notes = [note for note in (language, one.date, _until(one, now), one.url) if note]
        typer.echo(f"{one.id}  ({one.file}:{one.line}{''.join(f', {note}' for note in notes)})")
        typer.echo(f"    {_shown(one.text)}")
    stale = sum(one.stale(now) for one in base.passages)
    count = len(base.passages)
    typer.echo(f"{count} passage{'s' * (count != 1)}{f', {stale} out of date' if stale else ''}")


def _until(passage: Passage, now: int) -> str:
    if not passage.stale_at:
        return ""
    day = to_iso(passage.stale_at - DAY)[:10]
    return f"out of date since {day}" if passage.stale(now) else f"good until {day}"


def evaluate(bot_dir: Path, questions: Path, *, as_json: bool, lite: bool) -> None:
    """Ask every question of a file in every way, and print how well each did."""
    base = _base(read_folder(bot_dir), bot_dir, Knowledge(), lite=lite)
    try:
        asked = read_questions(questions.read_text(encoding="utf-8"), str(questions))
    except OSError as error:
        raise SettingsError(f"{questions} can't be read: {error.strerror}.", "Name a CSV or JSONL file.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{questions} is not UTF-8.", "Save it as UTF-8 text.") from None
    except QuestionsError as error:
        raise SettingsError(str(error), "The columns are question and source; see docs/how-to/knowledge.md.") from None
    missing = unknown_sources(base, asked)
    for name in missing[:5]:
        typer.echo(
            f"warning: no passage is called {name!r}; textback knowledge list {bot_dir} has their names", err=True
        )
    rated = rate(base, asked, time.perf_counter, clock())
    if as_json:
        found = {"passages": len(base.passages), "questions": len(asked), "unknown_sources": missing, "methods": rated}
        typer.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
        return
    unanswerable = sum(not one.sources for one in asked)
    typer.echo(f"{len(asked)} questions, {unanswerable} of them without an answer; {len(base.passages)} passages\n")
    typer.echo(_table(rated))


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


_ROWS: tuple[tuple[str, Callable[[Rated], str]], ...] = (
    ("right passage first", lambda one: _share(one.recall["1"])),
    ("among the first 3", lambda one: _share(one.recall["3"])),
    ("among the first 5", lambda one: _share(one.recall["5"])),
    ("mean reciprocal rank", lambda one: _number(one.mrr)),
    ("answerable or not: AUROC", lambda one: _number(one.answerable_auroc)),
    ("calibration error", lambda one: _number(one.calibration_error)),
    ("answered (confidence 0.8 and more)", lambda one: _share(one.answered)),
    ("right, of those answered", lambda one: _share(one.answered_right)),
    ("answered, of those without an answer", lambda one: _share(one.wrongly_answered)),
    ("ms per question: p50, p99", lambda one: f"{one.ms_p50:.1f}, {one.ms_p99:.1f}"),
)


def _table(rated: Sequence[Rated]) -> str:
    lines = [f"{'':<38}" + "".join(f"{one.method:>16}" for one in rated)]
    lines += [f"{name:<38}" + "".join(f"{show(one):>16}" for one in rated) for name, show in _ROWS]
    lines += ["", "confidence: said, right, how many"]
    for place in range(len(rated[0].buckets)):
        span = f"{place * 0.2:.1f} to {(place + 1) * 0.2:.1f}"
        cells = [one.buckets[place] for one in rated]
        lines.append(f"{span:<38}" + "".join(f"{_bucket(c.confidence, c.right, c.count):>16}" for c in cells))
    return "\n".join(lines)


def _bucket(said: float, right: float, count: int) -> str:
    return f"{said:.2f} {right:.2f} {count:>4}" if count else "–"


STATE = "knowledge/crawled/state.json"


def crawl_sites(bot_dir: Path, *, as_json: bool) -> int:
    """Read the sites of knowledge/urls.yml into knowledge/crawled/; the exit code: 1 when nothing could be read."""
    files = read_folder(bot_dir)
    sites, problems = read_sites(files)
    if problems:
        print_problems(bot_dir, problems)
        return 2
    if not sites:
        raise SettingsError(f"There is no site in {bot_dir / URLS}.", "Write `urls: [https://www.example.com/help]`.")
    try:
        known = msgspec.json.decode((bot_dir / STATE).read_bytes(), type=Known)
    except (OSError, msgspec.MsgspecError):
        known = Known()  # then everything is read anew
    with _Bar(as_json=as_json) as bar:
        done = crawl(sites, known, files, Fetcher(), bar.tell)
    _put(bot_dir, files, done)
    if as_json:
        counts = {"new": done.new, "changed": done.changed, "same": done.same, "gone": done.gone}
        found = {**counts, "skipped": done.skipped, "cut": done.cut}
        typer.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        _tell(done)
    return 0 if done.kept else 1


def _put(bot_dir: Path, files: dict[str, str], done: Crawled) -> None:
    """Write what is new, remove what is gone, and leave everything else as it is."""
    known = msgspec.json.encode(Known(done.kept, tuple(sorted(done.common))))
    wanted = {**done.files, STATE: msgspec.json.format(known).decode() + "\n"}
    try:
        for name, text in wanted.items():
            if files.get(name) != text:
                path = bot_dir / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        for name in files:
            if name.startswith("knowledge/crawled/") and name not in wanted:
                (bot_dir / name).unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(f"{bot_dir / 'knowledge'} can't be written: {error.strerror}.") from None


def _tell(done: Crawled) -> None:
    skipped = list(done.skipped.items())
    for url, why in skipped[:_MOST_TOLD]:
        typer.echo(f"left out: {url}: {why}", err=True)
    if len(skipped) > _MOST_TOLD:
        typer.echo(f"left out: {len(skipped) - _MOST_TOLD} more; --json lists them all", err=True)
    counts = {"new": done.new, "changed": done.changed, "as before": done.same, "gone": done.gone}
    typer.echo(", ".join(f"{len(urls)} {what}" for what, urls in counts.items()))
    if done.cut:
        typer.echo("Not everything was seen: a page could not be had, or `pages` in knowledge/urls.yml is too few.")
    if done.new or done.changed or done.gone:
        typer.echo("Look at knowledge/crawled/, then run textback publish.")


class _Bar:
    """A progress bar on standard error, where that is a terminal."""

    def __init__(self, *, as_json: bool) -> None:
        self._shown = sys.stderr.isatty() and not as_json

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def tell(self, done: int, waiting: int, url: str) -> None:
        """Draw it: pages read, of those known so far."""
        if not self._shown:
            return
        full = _WIDTH * done // max(1, done + waiting)
        shown = "".join(c if c.isprintable() else "?" for c in url)[-60:]
        sys.stderr.write(f"\r\x1b[K[{'#' * full:-<{_WIDTH}}] {done} read, {waiting} waiting  {shown}")
        sys.stderr.flush()
