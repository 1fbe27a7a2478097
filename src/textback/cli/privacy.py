"""textback erase, access and requests: what people may ask about their data. Works beside a running server."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import typer

from textback.app import retention_of
from textback.cli.consents import opened
from textback.compliance.retention import NEVER
from textback.core.errors import SettingsError, TextbackError
from textback.core.phone import mask, normalise
from textback.core.when import to_iso
from textback.engine.load import load_bot
from textback.pipeline import access, erase
from textback.pipeline.clock import clock
from textback.pipeline.sweep import old_now
from textback.settings import Settings
from textback.store import bots
from textback.store import erase as store
from textback.store import sweep as sweep_store
from textback.store.db import Db, Tx
from textback.store.erase import Person

ACTOR = "command line"
_DAYS = {"previews": "messages", "erased_texts": "requests"}
"""Kinds that are kept as long as another."""
T = TypeVar("T")


def _in(db: Db, work: Callable[[Tx], T]) -> T:
    with db.transaction() as tx:
        return work(tx)


def _find(db: Db, settings: Settings, who: str) -> tuple[Person | None, str]:
    """The person, and the number that was given ("" for a contact's id)."""
    if len(who) == 24 and all(char in "0123456789abcdef" for char in who):
        return _in(db, lambda tx: store.person(tx, settings.workspace, contact_id=who)), ""
    try:
        number = normalise(who)
    except ValueError as error:
        raise SettingsError(f"That is neither a contact's id nor a phone number: {error}", "Mend it.") from None
    return _in(db, lambda tx: store.person(tx, settings.workspace, number=number)), number


def erase_contact(who: str, dry_run: bool, merged: bool, database: str | None) -> int:
    """Erase a contact, and with `merged` all that are merged with it, or say what that would take away. Returns the
    exit code."""
    with opened(database) as (settings, db):
        person, number = _find(db, settings, who)
        if person is None:
            if not dry_run:
                _in(db, lambda tx: erase.nobody(tx, settings.workspace, number, ACTOR, clock()))
            typer.echo("Nothing is kept of them.", err=True)
            return 1
        whole = _in(db, lambda tx: store.whole(tx, settings.workspace, person))
        codes = [_erase_one(db, settings, one, dry_run=dry_run) for one in (whole if merged else whole[:1])]
    _tell_merged([] if merged else whole[1:])
    return codes[0]


def _erase_one(db: Db, settings: Settings, person: Person, *, dry_run: bool) -> int:
    if dry_run:
        _print(_in(db, lambda tx: store.counts(tx, settings.workspace, person)))
        typer.echo(f"{mask(person.address)} would be erased. Nothing was changed.", err=True)
        return 0
    done = _in(db, lambda tx: erase.erase(tx, settings.workspace, person, ACTOR, clock()))
    if done is None:
        typer.echo("Somebody else has erased them at this moment.", err=True)
        return 1
    _print(done.rows)
    stays = " They stay opted out." if done.opted_out else ""
    typer.echo(f"{mask(person.address)} is erased; request {done.request}.{stays}", err=True)
    return 0


def _tell_merged(left: Sequence[Person]) -> None:
    """Which other contacts of theirs were left out."""
    if left:
        named = ", ".join(mask(one.address) for one in left)
        typer.echo(f"Merged with this contact, and left as they are: {named}. --merged takes them too.", err=True)


def _print(rows: dict[str, int]) -> None:
    for name, count in rows.items():
        typer.echo(f"{name}\t{count}")


def export(who: str, out: Path, merged: bool, database: str | None) -> int:
    """Write all that is kept about a contact to a folder, and with `merged` of each that is merged with it to a folder
    in that, called by its id. Returns the exit code."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SettingsError(f"{out} exists and is not an empty folder.", "Name another --out.")
    with opened(database) as (settings, db):
        person, number = _find(db, settings, who)
        if person is None:
            _in(db, lambda tx: store.log_request(
                tx, settings.workspace, "access", ACTOR, clock(), number=number, outcome="nobody"
            ))  # fmt: skip
            typer.echo("Nothing is kept of them.", err=True)
            return 1
        brand, ours = _in(db, lambda tx: _brand(tx, settings.workspace))
        whole = _in(db, lambda tx: store.whole(tx, settings.workspace, person))
        for one in whole if merged else whole[:1]:
            asked = partial(access.collect, workspace=settings.workspace, who=one, actor=ACTOR, now=clock(), ours=ours)
            data = _in(db, asked)
            _write(out if one == person else out / one.contact_id, data, brand, one)
    _tell_merged([] if merged else whole[1:])
    return 0


def _write(out: Path, data: dict[str, Any], brand: str, person: Person) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        (out / "data.json").write_bytes(msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n")
        (out / "data.html").write_text(access.page_of(data, brand), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{out} can't be written: {error.strerror}.", "Name another --out.") from None
    typer.echo(f"{out / 'data.json'} and {out / 'data.html'}: all that is kept about {mask(person.address)}.")


def _brand(tx: Tx, workspace: str) -> tuple[str, list[str]]:
    """The business's name and phone, as it was published last."""
    version = bots.newest(tx, workspace)
    if not version:
        return "this business", []
    try:
        bot = load_bot(bots.load_files(tx, workspace, version), version)
    except TextbackError:  # of another release
        return "this business", []
    return bot.name, [number for number in (bot.phone, *(line.number for line in bot.lines)) if number]


def list_requests(database: str | None) -> None:
    """Print who asked what, the newest first."""
    with opened(database) as (settings, db):
        for row in _in(db, lambda tx: store.requests(tx, settings.workspace, 1000)):
            typer.echo(
                "\t".join(
                    (row.id, to_iso(row.received_at), row.kind, row.shown, row.contact_id, row.actor, row.outcome)
                )
            )


def show_retention(database: str | None) -> None:
    """Print how long things are kept, what would go now, and how the last sweep went."""
    with opened(database) as (settings, db):
        keep = retention_of(settings)
        swept = _in(db, lambda tx: sweep_store.last(tx, settings.workspace))
        now = clock()
        old = old_now(keep, swept, now)
        counts = _in(db, lambda tx: sweep_store.counts(tx, settings.workspace, old, now))
    days = msgspec.structs.asdict(keep)
    typer.echo("kind\tdays\twould go now")
    for kind, count in counts.items():
        typer.echo(f"{kind}\t{days.get(_DAYS.get(kind, kind), '')}\t{count}")
    for kind, why in NEVER.items():
        typer.echo(f"{kind}\tkept\t{why}")
    if swept is None or swept.finished_at is None:
        typer.echo("No sweep has come to its end yet.")
    else:
        gone = ", ".join(f"{count} {kind}" for kind, count in swept.counts.items()) or "nothing"
        typer.echo(f"The last sweep ended {to_iso(swept.finished_at)} and took {gone}.")
    if swept is not None:
        typer.echo(f"The next is due {to_iso(swept.next_at)}.")
