"""textback backup and textback restore: copies of a SQLite database. PostgreSQL brings its own tools."""

import shlex
from pathlib import Path

import typer

from textback.app import lock_database
from textback.core.errors import TextbackError
from textback.pipeline.clock import clock
from textback.settings import Settings, environment, load_settings
from textback.store import backup
from textback.store.db import parse_url, sqlite_path


def back_up(target: Path, database: str | None) -> None:
    """Copy the database beside a running server."""
    settings = _settings(database)
    copy = backup.back_up(_file(settings, ["pg_dump", "--format=custom", f"--file={target}"]), target)
    typer.echo(f"{target} is complete and checked: {_contents(copy)}.")


def restore(source: Path, database: str | None) -> None:
    """Put a backup in the database's place and keep the old one."""
    settings = _settings(database)
    path = _file(settings, ["pg_restore", "--clean", "--if-exists", "--single-transaction"], str(source))
    lock = lock_database(settings)
    try:
        copy, kept = backup.restore(source, path, clock())
    finally:
        if lock is not None:
            lock.close()
    typer.echo(f"{path} is now {source}: {_contents(copy)}.")
    if kept is not None:
        typer.echo(f"The database that was there is kept as {kept}.")
    if copy.uncertain:
        typer.echo(f"Texts that waited to be sent are marked unknown and will not be sent: {copy.uncertain}.")


def _settings(database: str | None) -> Settings:
    return load_settings(environment(Path.cwd()), database_url=database)


def _file(settings: Settings, words: list[str], *more: str) -> Path:
    """The SQLite file. Raises TextbackError, with the command to use instead, for PostgreSQL."""
    url = parse_url(settings.database_url)
    path = sqlite_path(url)
    if path is None:
        address = url._replace(drivername="postgresql", password=None).render_as_string()
        command = shlex.join([*words, f"--dbname={address}", *more])
        raise TextbackError("The database is PostgreSQL, which has its own tool for this.", f"Run: {command}")
    return path


def _contents(copy: backup.Copy) -> str:
    return f"{copy.conversations:,} conversations, {copy.messages:,} messages, {copy.size / 2**20:.1f} MB"
