"""textback publish, versions, pull and migrate-sessions: the versions of the bot. Works beside a running server."""

from pathlib import Path, PurePosixPath

import typer

from textback.app import read_folder
from textback.cli.checks import check
from textback.cli.opening import open_logged
from textback.core.errors import SettingsError
from textback.core.phone import mask
from textback.core.when import to_iso
from textback.engine.bot import Bot
from textback.engine.load import load_bot
from textback.pipeline import approvals, moving
from textback.pipeline.clock import clock
from textback.settings import Settings, environment, load_settings
from textback.store import accounts, bots, migrate, running
from textback.store.db import Db, Tx, parse_url

ACTOR = "command line"
MOST = 1000
"""Versions that are listed."""


def _open(database: str | None) -> tuple[Settings, Db]:
    settings = load_settings(environment(Path.cwd()), database_url=database)
    migrate.upgrade(parse_url(settings.database_url))
    return settings, open_logged(settings)


def publish(bot_dir: Path, note: str, database: str | None) -> int:
    """Publish a folder and print the version's number. Returns the exit code: 1 when the folder has an error."""
    if len(note) > bots.MOST_NOTE:
        raise SettingsError(f"The note has {len(note)} characters.", f"At most {bots.MOST_NOTE} are kept.")
    files = read_folder(bot_dir)
    if check(bot_dir, quiet=True):
        typer.echo("Nothing is published.", err=True)
        return 1
    settings, db = _open(database)
    try:
        with db.transaction() as tx:
            before = bots.newest(tx, settings.workspace)
            missing = approvals.unapproved(tx, settings.workspace, files) if settings.template_approval else []
            if missing:
                approvals.ask_for(tx, settings.workspace, missing, ACTOR, clock())
                number = 0
            else:
                number = bots.publish(tx, settings.workspace, files, clock(), by=ACTOR, note=note, source="folder")
    finally:
        db.dispose()
    if missing:
        typer.echo(f"{approvals.sentence(missing)} Approve it in the desk, then publish again.", err=True)
        return 1
    if number == before:
        typer.echo(f"Version {number} has these files already.", err=True)
    typer.echo(number)
    return 0


def list_versions(database: str | None) -> None:
    """Print the versions, the newest first."""
    settings, db = _open(database)
    try:
        with db.transaction() as tx:
            found = bots.versions(tx, settings.workspace, MOST)
            stands = running.stands(tx, settings.workspace)
    finally:
        db.dispose()
    if not found:
        typer.echo("Nothing is published yet.", err=True)
    for row in found:
        sessions = sum(stand.count for stand in stands if stand.version == row.number)
        note = " ".join(row.note.split())
        who = row.published_by or bots.SERVE
        words = (str(row.number), to_iso(row.created_at), who, f"{bots.flows_in(row.files)} flows")
        typer.echo("\t".join((*words, f"{sessions} running", note)))


def pull(bot_dir: Path, version: int | None, force: bool, database: str | None) -> None:
    """Write the files of a version into a folder. Files that differ stay, and nothing is written, unless forced."""
    settings, db = _open(database)
    try:
        with db.transaction() as tx:
            number = version if version is not None else bots.newest(tx, settings.workspace)
            files = _files(tx, settings, number)
    finally:
        db.dispose()
    targets = {bot_dir / _inside(path): text for path, text in files.items()}
    differ = [path for path, text in targets.items() if path.exists() and _text(path) != text]
    if differ and not force:
        names = ", ".join(str(path) for path in differ[:5]) + (f" and {len(differ) - 5} more" if differ[5:] else "")
        raise SettingsError(f"These files differ from version {number}: {names}.", "Overwrite them with --force.")
    try:
        for path, text in targets.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise SettingsError(f"{bot_dir} can't be written: {error.strerror}.", "Choose another folder.") from None
    typer.echo(f"Version {number}: {len(targets)} files in {bot_dir}.")
    if bot_dir.is_dir():
        for name in sorted(_others(bot_dir, files)):
            typer.echo(f"{bot_dir / name} is not in version {number}.", err=True)


def _others(bot_dir: Path, files: bots.Files) -> set[str]:
    """Files of the folder that the version does not have."""
    found = {path.relative_to(bot_dir) for path in bot_dir.rglob("*.yml")}
    return {path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts)} - set(files)


def _files(tx: Tx, settings: Settings, number: int) -> bots.Files:
    try:
        return bots.load_files(tx, settings.workspace, number)
    except KeyError:
        raise SettingsError(f"There is no version {number}.", "See textback versions.") from None


def _inside(path: str) -> Path:
    """The path, if it stays inside the folder."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts:
        raise SettingsError(f"The version has a file {path!r}, which is outside its folder.", "Publish it again.")
    return Path(*parts)


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def migrate_sessions(old: int, new: int, dry_run: bool, database: str | None) -> None:
    """Move the running sessions of one version to another, and print what becomes of each."""
    if old == new:
        raise SettingsError("--from and --to are the same version.", "Give two of textback versions.")
    settings, db = _open(database)
    try:
        with db.transaction() as tx:
            _files(tx, settings, old)
            bot = load_bot(_files(tx, settings, new), new)
            planned = moving.listed(tx, settings.workspace, old, bot)
        done = [plan for _, plan in planned] if dry_run else _moved(db, settings, planned, old, bot)
    finally:
        db.dispose()
    for move in done:
        fate = f"stays: {move.why}" if move.why else "would move" if dry_run else "moved"
        typer.echo("\t".join((move.contact_id, mask(move.address), move.flow, move.step, fate)))
    stay = sum(bool(move.why) for move in done)
    verb = "would move" if dry_run else "moved"
    typer.echo(f"{len(done) - stay} {verb} from version {old} to {new}, {stay} stay.", err=True)


def _moved(db: Db, settings: Settings, planned: list[tuple[int, moving.Move]], old: int, bot: Bot) -> list[moving.Move]:
    done = []
    for bucket, plan in planned:
        with db.transaction() as tx:
            done.append(moving.move(tx, bucket, plan, old, bot))
    count = sum(not move.why for move in done)
    with db.transaction() as tx:
        data = {"from": old, "moved": count, "stay": len(done) - count}
        accounts.write_audit(tx, settings.workspace, ACTOR, "bot.migrate", f"version {bot.version}", clock(), data)
    return done
