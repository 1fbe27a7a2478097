"""textback consent import, suppressions import and dnc import: large files, read on from where they stood."""

import fcntl
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from phonenumbers import SUPPORTED_REGIONS

from textback.cli.consents import Database, consents, opened
from textback.compliance.tables import presets
from textback.core.errors import SettingsError
from textback.core.when import DAY, to_iso, to_ms
from textback.engine.load import BotError, load_bot
from textback.pipeline.clock import clock
from textback.pipeline.imports import Import, digest_of
from textback.store import bots
from textback.store.db import Db, parse_url, sqlite_path
from textback.store.imports import Kind, Progress, Source
from textback.store.silent import silent

ON_SQLITE = 1_000
"""Lines in one transaction of a SQLite file, which a server beside it waits for."""
ACTOR = "command line"

suppressions = typer.Typer()
deactivations = typer.Typer()
reassigned = typer.Typer()
registry = typer.Typer()

File = Annotated[Path, typer.Argument(help="The file: UTF-8, one record a line.")]
Bad = Annotated[
    Path | None, typer.Option("--bad", help="Where bad lines go. Default: FILE.bad.csv.", show_default=False)
]
Country = Annotated[str, typer.Option(help="Whose numbers they are that have no country code.")]


@consents.command("import")
def import_consent(file: File, country: Country = "US", bad: Bad = None, database: Database = None) -> None:
    """Read in contacts with the consent that they are said to have given. What has no evidence counts as unproven."""
    _import(file, "consent", country, bad, database)


@suppressions.command("import")
def import_suppressions(file: File, country: Country = "US", bad: Bad = None, database: Database = None) -> None:
    """Suppress every number of a file: your own do-not-call list. Run again, it goes on where it stood."""
    _import(file, "suppressions", country, bad, database)


@registry.command("import")
def import_registry(
    file: File,
    as_of: Annotated[str, typer.Option(help="The date of the data, such as 2026-11-20.")],
    country: Country = "US",
    bad: Bad = None,
    database: Database = None,
) -> None:
    """Read in the numbers of a do-not-call registry, all of them. The data are good for 31 days."""
    date = _date(as_of)
    days = presets().limits.registry_days
    if clock() - date > days * DAY:
        typer.echo(f"These data are older than {days} days, too old to go by: get newer ones.", err=True)
    _import(file, "registry", country, bad, database, as_of=date)


@deactivations.command("import")
def import_deactivations(
    file: File,
    as_of: Annotated[str, typer.Option(help="The day of the file, such as 2026-11-20, for lines that name none.")],
    country: Country = "US",
    bad: Bad = None,
    database: Database = None,
) -> None:
    """Opt out the contacts whose number was given up since they were last in touch. Run it for each day's file."""
    _import(file, "deactivated", country, bad, database, as_of=_date(as_of))


@reassigned.command("import")
def import_reassigned(file: File, country: Country = "US", bad: Bad = None, database: Database = None) -> None:
    """Read in answers: number, day asked about, and yes, no or no data. A yes opts out who was not in touch since."""
    _import(file, "reassigned", country, bad, database)


@reassigned.command("ask")
def ask_reassigned(
    out: Annotated[Path, typer.Option(help="The file to write.")],
    days: Annotated[int, typer.Option(min=0, help="Only contacts who were silent for so many days.")] = 30,
    database: Database = None,
) -> None:
    """Write the questions for the database: numbers of silent contacts who agreed to texts, and the day to ask of."""
    count = 0
    with opened(database) as (settings, db), out.open("w", encoding="utf-8") as file, db.transaction() as tx:
        for number, at in silent(tx, settings.workspace, clock() - days * DAY):
            file.write(f"{number},{to_iso(at)[:10]}\n")
            count += 1
    typer.echo(f"{count:,} numbers to ask about are in {out}.", err=True)


def _date(as_of: str) -> int:
    try:
        date = to_ms(datetime.strptime(as_of, "%Y-%m-%d").replace(tzinfo=UTC))
    except ValueError:
        raise SettingsError(f"--as-of {as_of!r} is not a date.", "Write it like 2026-11-20.") from None
    if date > clock():
        raise SettingsError(f"--as-of {as_of} is in the future.", "Give the date of the data.")
    return date


def _import(path: Path, kind: Kind, country: str, bad: Path | None, database: str | None, as_of: int = 0) -> None:
    if not path.is_file():
        raise SettingsError(f"There is no file {path}.", "Name one.")
    if country not in SUPPORTED_REGIONS:
        raise SettingsError(f"--country {country!r} is not a country.", "Write it like US.")
    size = path.stat().st_size
    with opened(database) as (settings, db), ExitStack() as closing:
        digest = digest_of(path)
        brand = _brand(db, settings.workspace)
        source = Source(settings.workspace, kind, digest, path.name, ACTOR, as_of, brand)
        job = Import(path, source, bad or path.with_name(f"{path.name}.bad.csv"), db.transaction, clock)
        before = job.begin()
        if before.finished:
            typer.echo("This file was read in before; nothing is left to do.", err=True)
        elif before.position:
            typer.echo(f"Going on after line {before.lines:,}.", err=True)
        bar = None
        if sys.stderr.isatty() and not before.finished:
            bar = closing.enter_context(typer.progressbar(length=size, label=path.name, file=sys.stderr))
            bar.update(before.position)
        began, lines, shown = time.monotonic(), before.lines, before.position
        sqlite = sqlite_path(parse_url(settings.database_url))

        def told(progress: Progress) -> None:
            nonlocal shown
            if bar is not None:
                bar.update(progress.position - shown)
                shown = progress.position
            if sqlite is not None and _served(sqlite):
                time.sleep(0.1)  # whoever waits for an answer goes first

        done = job.run(country, told, batch=ON_SQLITE if sqlite is not None else 5_000)
        seconds = time.monotonic() - began
    _report(job, done, done.lines - lines, seconds)


def _brand(db: Db, workspace: str) -> str:
    """The business's name, as the version that is published has it."""
    with db.transaction() as tx:
        version = bots.newest(tx, workspace)
        files = bots.load_files(tx, workspace, version) if version else {}
    try:
        return load_bot(files, version).name if files else ""
    except BotError:  # published by a newer release
        return ""


def _served(path: Path) -> bool:
    """Whether a server has this SQLite file."""
    try:
        with open(f"{path}.lock") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _report(job: Import, done: Progress, lines: int, seconds: float) -> None:
    for what, count in sorted(done.counts.items()):
        typer.echo(f"{count:>12,}  {what}")
    for one in job.first_bad:
        typer.echo(f"{one}.", err=True)
    if bad := done.counts.get("bad", 0):
        typer.echo(f"All {bad:,} bad lines, with their numbers, are in {job.bad}.", err=True)
    if lines:
        typer.echo(f"{lines:,} lines in {seconds:.1f} s, {lines / max(seconds, 0.001):,.0f} a second.", err=True)
