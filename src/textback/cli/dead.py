"""textback dead: what was given up or rejected, and taking it up again. Works beside a running server."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import typer

from textback.app import line_specs, make_lines
from textback.channels.client import Session
from textback.cli.opening import open_logged
from textback.core.errors import SettingsError
from textback.core.when import to_iso
from textback.engine.load import load_bot
from textback.pipeline import letters
from textback.pipeline.clock import clock
from textback.pipeline.dead import Redriven
from textback.pipeline.letters import KINDS, Letter, Means, Wanted
from textback.pipeline.lines import Line
from textback.settings import Settings, environment, load_settings
from textback.store import bots, migrate
from textback.store.db import Db, parse_url

MOST = 1000
"""Dead letters that are listed, or redriven in one go."""
ACTOR = "command line"
WORDS = {"sent": "is on its way again.", "handled": "is handled again.", "done": "was dealt with before."}


def list_dead(line: str, kind: str, database: str | None) -> None:
    """Print what nobody has dealt with, the oldest first."""
    _check(kind)
    settings, _, db = _open(database)
    try:
        with db.transaction() as tx:
            found = letters.listing(tx, settings.workspace, Wanted(kind, line), most=MOST)
    finally:
        db.dispose()
    for letter in found:
        typer.echo(_shown(letter))
    if len(found) == MOST:
        typer.echo(f"These are the oldest {MOST:,}; there may be more.", err=True)
    elif not found:
        typer.echo("There are none.", err=True)


def redrive_dead(id_: str, everything: bool, line: str, kind: str, database: str | None) -> None:
    """Put one on the road again, or all that fit. One that can't go again ends in exit code 1."""
    wanted = _which(id_, everything, line, kind)
    settings, found, db = _open(database)
    lines: dict[str, Line] | None = None
    kept = 0

    def again(letter: Letter) -> str:
        nonlocal lines, kept
        if letter.kind == "webhook" and lines is None:
            lines = asyncio.run(_lines(settings, found, db))
        public_url = settings.public_url or f"http://{settings.host}:{settings.port}"
        means = Means(settings.workspace, lines or {}, public_url)
        with db.transaction() as tx:
            done: Redriven = letters.redrive(tx, letter.id, clock(), means, ACTOR)
        kept += done.result not in WORDS
        return WORDS.get(done.result) or f"stays: {done.why}"

    _each(db, settings, id_, wanted, again)
    if kept:
        raise typer.Exit(1)


def discard_dead(id_: str, everything: bool, line: str, kind: str, database: str | None) -> None:
    """Throw one away, or all that fit."""
    wanted = _which(id_, everything, line, kind)
    settings, _, db = _open(database)

    def away(letter: Letter) -> str:
        with db.transaction() as tx:
            gone = letters.discard(tx, letter.id, clock(), settings.workspace, ACTOR)
        return "is discarded." if gone else "was dealt with before."

    _each(db, settings, id_, wanted, away)


def _each(db: Db, settings: Settings, id_: str, wanted: Wanted, do: Callable[[Letter], str]) -> None:
    """Do it to the one letter or to all that fit, and say what came of each."""
    count = 0
    try:
        for letter in _found(db, settings, id_, wanted):
            typer.echo(f"{letter.id} {do(letter)}")
            count += 1
    finally:
        db.dispose()
    if id_ and not count:
        raise SettingsError(f"There is no dead letter {id_!r}.", "See textback dead list.")
    if not count:
        typer.echo("There are none.", err=True)


def _found(db: Db, settings: Settings, id_: str, wanted: Wanted) -> Iterator[Letter]:
    if id_:
        with db.transaction() as tx:
            one = letters.find(tx, settings.workspace, id_)
        yield from [one] if one else []
        return
    after = (0, "")
    while True:
        with db.transaction() as tx:
            page = letters.listing(tx, settings.workspace, wanted, after=after, most=MOST)
        yield from page
        if len(page) < MOST:
            return
        after = (page[-1].at, page[-1].id)


async def _lines(settings: Settings, found: Mapping[str, str], db: Db) -> dict[str, Line]:
    """The lines as the server has them: of the bot that was published last, and of the environment here."""
    with db.transaction() as tx:
        version = bots.newest(tx, settings.workspace)
        files = bots.load_files(tx, settings.workspace, version) if version else {}
    if not files:
        return {}
    async with Session() as http:
        return make_lines(line_specs(load_bot(files, version), found), found, http)


def _shown(letter: Letter) -> str:
    payload = letter.payload
    who = payload.get("to") or payload.get("from") or payload.get("arrival", "")
    text = " ".join(str(payload.get("text", "")).split())
    if letter.kind == "job":
        who, text = payload.get("action", ""), str(payload.get("step", ""))
    if letter.kind == "file":
        who, text = f"file {payload.get('file', '')}", str(payload.get("type", ""))
    if letter.kind == "webhook":
        who, text = letter.row.source, str(payload.get("path", ""))
    times = f"({letter.attempts} times)" if letter.kind == "webhook" and letter.attempts > 1 else ""
    why = " ".join(part for part in (letter.reason, letter.code, letter.detail, times) if part)
    return "\t".join((letter.id, to_iso(letter.at), letter.kind, letter.line, who, why, text[:80]))


def _which(id_: str, everything: bool, line: str, kind: str) -> Wanted:
    _check(kind)
    if bool(id_) == everything:
        raise SettingsError("Say which: an ID of textback dead list, or --all.", "Give one of the two.")
    return Wanted(kind, line, clock())


def _check(kind: str) -> None:
    if kind and kind not in KINDS:
        *others, last = KINDS
        raise SettingsError(f"--kind {kind!r} is not one.", f"Use {', '.join(others)} or {last}.")


def _open(database: str | None) -> tuple[Settings, dict[str, str], Db]:
    found = environment(Path.cwd())
    settings = load_settings(found, database_url=database)
    migrate.upgrade(parse_url(settings.database_url))
    return settings, found, open_logged(settings)
