"""textback consent: check the ledger of consent, and hand out what it proves. Works beside a running server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from textback.cli.opening import open_logged
from textback.core.errors import SettingsError
from textback.core.ids import BUCKETS
from textback.core.phone import normalise
from textback.pipeline.checking import note
from textback.pipeline.clock import clock
from textback.settings import Settings, environment, load_settings
from textback.store import accounts, inbox, ledger_check, migrate, vault
from textback.store.db import Db, Tx, parse_url
from textback.store.ledger_check import Report
from textback.store.proof import proof_of
from textback.web.proof import proof_page

ACTOR = "command line"
MOST_SHOWN = 50
"""Broken entries that are printed."""

consents = typer.Typer()

Database = Annotated[
    str | None, typer.Option("--database", help="sqlite:///file.db or postgresql://user@host/name.", show_default=False)
]


@contextmanager
def opened(database: str | None) -> Iterator[tuple[Settings, Db]]:
    """The database, upgraded if need be, with the keys of its ledger."""
    settings = load_settings(environment(Path.cwd()), database_url=database)
    url = parse_url(settings.database_url)
    migrate.upgrade(url)
    db = open_logged(settings, vault.open_keys(url, settings.ledger_keys, settings.spool_dir, clock()))
    try:
        yield settings, db
    finally:
        db.dispose()


def found_contact(tx: Tx, workspace: str, whom: str) -> str:
    """The contact of this id or phone number. Raises SettingsError."""
    if len(whom) == 24 and all(digit in "0123456789abcdef" for digit in whom):
        return whom
    try:
        number = normalise(whom)
    except ValueError:
        raise SettingsError(f"{whom!r} is neither a contact's id nor a phone number.", "Mend it.") from None
    homes = inbox.find_homes(tx, workspace, [("phone", number)])
    if not homes:
        raise SettingsError("Nobody with that number is known here.", "Write it like +12065550123.")
    return homes["phone", number].contact_id


@consents.command("verify")
def verify(
    contact: Annotated[str, typer.Argument(help="Only this contact: an id or a phone number.")] = "",
    database: Database = None,
) -> None:
    """Check that the ledger of consent is as it was written. Exits with 1 when it is not, and says where."""
    with opened(database) as (settings, db):
        report = Report(broken=[])
        if contact:
            with db.transaction() as tx:
                report.add(ledger_check.check_contact(tx, found_contact(tx, settings.workspace, contact)))
        else:
            for bucket in range(BUCKETS):
                with db.transaction() as tx:
                    report.add(ledger_check.check_bucket(tx, settings.workspace, bucket))
            with db.transaction() as tx:
                note(tx, settings.workspace, ACTOR, report, clock())
    for broken in report.broken[:MOST_SHOWN]:
        typer.echo(shown(broken))
    if len(report.broken) > MOST_SHOWN:
        typer.echo(f"... and {len(report.broken) - MOST_SHOWN:,} more.")
    if report.unchained:
        typer.echo(f"{report.unchained:,} entries are from before there were chains; nothing proves those.", err=True)
    if report.unread:
        typer.echo(f"{report.unread:,} seals were made with keys that are not here.", err=True)
    checked = f"{report.entries:,} entries in {report.chains:,} chains, {report.days:,} sealed days"
    if report.broken:
        typer.echo(f"Checked {checked}: {len(report.broken):,} things are not as they were written.")
        raise typer.Exit(1)
    typer.echo(f"Checked {checked}: all is as it was written.")


@consents.command("export")
def export(
    contact: Annotated[str, typer.Argument(help="The contact: an id or a phone number.")],
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path(),
    database: Database = None,
) -> None:
    """Write all that proves a contact's consent: a page to read, and JSON to check. The audit log notes it."""
    with opened(database) as (settings, db), db.transaction() as tx:
        contact_id = found_contact(tx, settings.workspace, contact)
        now = clock()
        proof = proof_of(tx, settings.workspace, contact_id, now)
        if proof is None:
            raise SettingsError("There is no such contact.", "Give the id that the desk's address has, or the number.")
        accounts.write_audit(tx, settings.workspace, ACTOR, "consent.export", contact_id, now)
    brand = next((entry["brand"] for entry in reversed(proof.entries) if entry["brand"]), settings.workspace)
    written = {"html": proof_page(proof, brand).encode(), "json": msgspec.json.format(msgspec.json.encode(proof))}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for kind, content in written.items():
            path = out / f"consent-{contact_id}.{kind}"
            path.write_bytes(content)
            typer.echo(str(path))
    except OSError as error:
        raise SettingsError(f"{out} can't be written: {error.strerror}.", "Choose another --out.") from None
    if not proof.chain.whole:
        typer.echo("The record is not as it was written: textback consent verify says where.", err=True)
        raise typer.Exit(1)


@consents.command("new-key")
def new_key(
    name: Annotated[str, typer.Argument(help="What the key is called: small letters, digits and -.")],
) -> None:
    """Print a new key for the ledger. Put it before the others, and keep those."""
    line = vault.new_key(name)
    vault.parse_keys(line)
    typer.echo(line)


def shown(broken: ledger_check.Broken) -> str:
    """What is broken, for people."""
    whose = f"contact {broken.contact_id}" if broken.contact_id else "ledger"
    which = f", entry {broken.seq} ({broken.event_id})" if broken.event_id else ""
    return f"{whose}{which}: {broken.why}."
