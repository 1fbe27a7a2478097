"""textback dead: what was given up, and sending it again. Works beside a running server."""

from pathlib import Path
from typing import Any

import msgspec
import typer

from textback.core.errors import SettingsError
from textback.core.when import to_iso
from textback.pipeline.dead import Redriven, redrive
from textback.pipeline.road import clock
from textback.settings import Settings, environment, load_settings
from textback.store import accounts, dead, migrate
from textback.store.db import Db, Row, Tx, open_db, parse_url

KINDS = ("send", "arrival")
MOST = 1000
"""Dead letters that are listed, or redriven in one go."""
WORDS = {"sent": "is on its way again.", "handled": "is handled again.", "done": "was redriven before."}


def list_dead(line: str, kind: str, database: str | None) -> None:
    """Print the dead letters that were not redriven, the oldest first."""
    _check(kind)
    settings, db = _open(database)
    try:
        with db.transaction() as tx:
            rows = dead.letters(tx, settings.workspace, line=line, kind=kind, most=MOST)
    finally:
        db.dispose()
    for row in rows:
        typer.echo(_shown(row))
    if len(rows) == MOST:
        typer.echo(f"These are the oldest {MOST:,}; there may be more.", err=True)
    elif not rows:
        typer.echo("There are none.", err=True)


def redrive_dead(id_: str, everything: bool, line: str, kind: str, database: str | None) -> None:
    """Put one dead letter on the road again, or all that fit. One that can't go again ends in exit code 1."""
    _check(kind)
    if bool(id_) == everything:
        raise SettingsError("Say which: an ID of textback dead list, or --all.", "Give one of the two.")
    settings, db = _open(database)
    count = kept = 0
    after = (0, "")
    try:
        while True:
            with db.transaction() as tx:
                rows = dead.letters(tx, settings.workspace, id_=id_, line=line, kind=kind, after=after, most=MOST)
            for row in rows:
                with db.transaction() as tx:
                    done = _redrive(tx, settings, row)
                kept += done.result not in WORDS
                typer.echo(f"{row.id} {WORDS.get(done.result) or f'stays: {done.why}'}")
            count += len(rows)
            if len(rows) < MOST:
                break
            after = (rows[-1].at, rows[-1].id)
    finally:
        db.dispose()
    if id_ and not count:
        raise SettingsError(f"There is no dead letter {id_!r}.", "See textback dead list.")
    if not count:
        typer.echo("There are none.", err=True)
    if kept:
        raise typer.Exit(1)


def _redrive(tx: Tx, settings: Settings, row: Row[Any]) -> Redriven:
    done = redrive(tx, row, clock())
    if done.result in ("sent", "handled"):
        data = {"kind": row.kind, "line": row.line, "reason": row.reason}
        accounts.write_audit(tx, settings.workspace, "command line", "dead.redrive", row.id, clock(), data)
    return done


def _shown(row: Row[Any]) -> str:
    payload = msgspec.json.decode(row.payload)
    who = payload.get("to") or payload.get("from") or payload.get("arrival", "")
    text = " ".join(str(payload.get("text", "")).split())
    why = " ".join(part for part in (row.reason, row.code, row.detail) if part)
    return "\t".join((row.id, to_iso(row.at), row.kind, row.line, who, why, text[:80]))


def _check(kind: str) -> None:
    if kind and kind not in KINDS:
        raise SettingsError(f"--kind {kind!r} is not one.", "Use send or arrival.")


def _open(database: str | None) -> tuple[Settings, Db]:
    settings = load_settings(environment(Path.cwd()), database_url=database)
    migrate.upgrade(parse_url(settings.database_url))
    return settings, open_db(settings.database_url)
