"""textback apikey and textback user: who may come in. Works beside a running server."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import typer

from textback.cli.opening import open_logged
from textback.core.errors import SettingsError
from textback.core.when import DAY, HOUR, to_iso
from textback.pipeline.clock import clock
from textback.settings import Settings, environment, load_settings
from textback.store import accounts, keys, migrate
from textback.store.db import Tx, parse_url
from textback.web.permissions import ROLES
from textback.web.scopes import SCOPES

MOST_DAYS, MOST_HOURS = 3_650, 720
P = ParamSpec("P")
T = TypeVar("T")


def _settings(database: str | None) -> Settings:
    return load_settings(environment(Path.cwd()), database_url=database)


def _write(settings: Settings, work: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs) -> T:
    """Run one transaction on the database, made or upgraded first if need be."""
    migrate.upgrade(parse_url(settings.database_url))
    db = open_logged(settings)
    try:
        with db.transaction() as tx:
            return work(tx, *args, **more)
    finally:
        db.dispose()


def _audit(tx: Tx, settings: Settings, action: str, subject: str) -> None:
    accounts.write_audit(tx, settings.workspace, "command line", action, subject, clock())


def add_api_key(
    name: str, database: str | None, scopes: Sequence[str] = (), lines: Sequence[str] = (), days: int | None = None
) -> None:
    """Make a key and print it: good for these scopes (none: everything), for these lines (none: all), for so long."""
    settings = _settings(database)
    for scope in scopes:
        if scope not in SCOPES:
            raise SettingsError(f"There is no scope {scope!r}.", f"Known are {', '.join(SCOPES)}.")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise SettingsError(f"A key can't last {days} days.", f"Give 1 to {MOST_DAYS}, or leave it out.")
    expires_at = clock() + days * DAY if days is not None else None

    def work(tx: Tx) -> str | None:
        made = keys.add(
            tx, settings.workspace, name, clock(), scopes=scopes or (keys.ALL,), lines=lines, expires_at=expires_at,
            created_by="command line",
        )  # fmt: skip
        if made is None:
            return None
        _audit(tx, settings, "apikey.add", name)
        return made[1]

    if not name.strip() or len(name) > 64:
        raise SettingsError("A key's name has 1 to 64 characters.", "Name it after the program that will use it.")
    key = _write(settings, work)
    if key is None:
        raise SettingsError(f"There is a key called {name!r} already.", "Choose another name, or revoke that one.")
    typer.echo(key)
    typer.echo("Keep it now: it can't be shown again.", err=True)


def list_api_keys(database: str | None) -> None:
    """Print the names of all keys that work."""
    settings = _settings(database)
    for key in _write(settings, keys.live, settings.workspace, clock()):
        parts = [key.name, f"{key.start}…" if key.start else "", f"since {to_iso(key.created_at)}"]
        parts.append(f"last used {to_iso(key.last_used_at)}" if key.last_used_at else "never used")
        parts.append(f"until {to_iso(key.expires_at)}" if key.expires_at else "")
        parts.append("" if keys.ALL in key.scopes else f"for {' '.join(sorted(key.scopes))}")
        parts.append(f"on {' '.join(sorted(key.lines))}" if key.lines else "")
        typer.echo("\t".join(part for part in parts if part))


def revoke_api_key(name: str, database: str | None) -> None:
    """Revoke a key."""
    settings = _settings(database)

    def work(tx: Tx) -> bool:
        key = keys.by_name(tx, settings.workspace, name, clock())
        gone = key is not None and keys.revoke(tx, settings.workspace, key.id, clock())
        if gone:
            _audit(tx, settings, "apikey.revoke", name)
        return gone

    if not _write(settings, work):
        raise SettingsError(f"There is no key called {name!r}.", "See textback apikey list.")
    typer.echo(f"{name} is revoked.")


def rotate_api_key(name: str, hours: int, database: str | None) -> None:
    """Print a new key in the place of one, which goes on working for so many hours."""
    settings = _settings(database)
    if not 0 <= hours <= MOST_HOURS:
        raise SettingsError(f"The old key can't work for {hours} hours more.", f"Give 0 to {MOST_HOURS}.")

    def work(tx: Tx) -> str | None:
        key = keys.by_name(tx, settings.workspace, name, clock())
        made = keys.rotate(tx, settings.workspace, key.id, clock(), clock() + hours * HOUR) if key else None
        if made is not None:
            _audit(tx, settings, "apikey.rotate", name)
        return made

    made = _write(settings, work)
    if made is None:
        raise SettingsError(f"There is no key called {name!r}.", "See textback apikey list.")
    typer.echo(made)
    typer.echo("Keep it now: it can't be shown again.", err=True)


def add_user(email: str, name: str, role: str, database: str | None) -> None:
    """Add a person and print their first login link."""
    settings = _settings(database)
    address = email.strip().lower()
    if "@" not in address or len(address) > 320:
        raise SettingsError(f"{email!r} is not an e-mail address.", "People sign in with theirs.")
    if role not in ROLES:
        raise SettingsError(f"{role!r} is not a role.", f"Use {', '.join(ROLES[:-1])} or {ROLES[-1]}.")
    shown = name.strip() or address.partition("@")[0]

    def work(tx: Tx) -> str | None:
        user_id = accounts.add_user(tx, settings.workspace, address, shown, role, clock())
        if user_id is None:
            return None
        _audit(tx, settings, "user.add", address)
        return accounts.add_link(tx, user_id, clock())

    token = _write(settings, work)
    if token is None:
        raise SettingsError(f"{address} is there already.", f"Get a login link: textback user link {address}")
    _print_link(settings, token)


def login_link(email: str, database: str | None) -> None:
    """Print a new login link for a person."""
    settings = _settings(database)
    address = email.strip().lower()

    def work(tx: Tx) -> str | None:
        user = accounts.user_by_email(tx, address)
        if user is None:
            return None
        _audit(tx, settings, "user.link", address)
        return accounts.add_link(tx, user.id, clock())

    token = _write(settings, work)
    if token is None:
        raise SettingsError(f"Nobody signs in as {address}.", f"Add them: textback user add {address}")
    _print_link(settings, token)


def _print_link(settings: Settings, token: str) -> None:
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    typer.echo(f"{base}/login/{token}")
    typer.echo("It works once, for 30 minutes.", err=True)


def demo_login(settings: Settings, base_url: str) -> str:
    """A one-time login link for the demo's owner."""

    def work(tx: Tx) -> str:
        email = "owner@example.com"
        user = accounts.user_by_email(tx, email)
        user_id = user.id if user else accounts.add_user(tx, settings.workspace, email, "Owner", "owner", clock())
        return accounts.add_link(tx, str(user_id), clock(), 24 * HOUR)

    return f"{base_url}/login/{_write(settings, work)}"
