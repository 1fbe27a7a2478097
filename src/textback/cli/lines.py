"""textback lines: setting up a number with its provider, and how each line is."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from textback.app import line_specs, read_folder, resolve
from textback.channels.client import Session
from textback.channels.hooking import SETTERS, NotSet, set_webhook
from textback.channels.probe import keys_verdict, probe
from textback.channels.registry import PROVIDERS
from textback.cli.env_file import write_env
from textback.cli.line_setup import ask, check_form, line_of, spec_of, wait_for_first
from textback.cli.opening import open_logged
from textback.cli.serving import example_bot
from textback.compliance.registering import registered
from textback.core.errors import SettingsError, TextbackError
from textback.core.when import to_iso
from textback.engine.bot import LineSpec
from textback.engine.load import load_bot
from textback.pipeline.clock import clock
from textback.pipeline.coming import coming
from textback.pipeline.simulating import LINE as SIMULATED
from textback.settings import Settings, environment, load_settings
from textback.store import accounts, line_seen, migrate
from textback.store.db import parse_url
from textback.web.webhooks import PREFIX

WAIT = 300
lines = typer.Typer()
Database = Annotated[
    str | None, typer.Option("--database", help="sqlite:///file.db or postgresql://user@host/name.", show_default=False)
]


@lines.command("add")
def lines_add(
    provider: Annotated[str, typer.Argument(help="Its provider, such as telnyx or twilio. Default: it asks.")] = "",
    hook: Annotated[
        bool, typer.Option("--set-webhook", help="Give the provider the address, by its API.", show_default=False)
    ] = False,
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for the first webhook; 0: not at all.")] = WAIT,
    untested: Annotated[
        bool, typer.Option("--untested", help="Keep the keys without asking the provider.", show_default=False)
    ] = False,
    database: Database = None,
) -> None:
    """Set up a number: ask for keys, test and keep them, wait for the first webhook. Exits with 1 where that fails."""
    known = ", ".join(name for name, spec in PROVIDERS.items() if spec.posted)
    spec = spec_of(provider or typer.prompt(f"Provider ({known})").strip().lower())
    raise typer.Exit(asyncio.run(_add(spec.name, hook, wait, untested, database)))


async def _add(provider: str, hook: bool, wait: int, untested: bool, database: str | None) -> int:
    """Returns the exit code."""
    folder, spec = Path.cwd(), spec_of(provider)
    if hook and provider not in SETTERS:
        raise SettingsError(f"{spec.title} can't be given the address by its API.", "Leave --set-webhook out.")
    found = environment(folder)
    given = ask(spec, found)
    merged = _with(found, given)
    settings = load_settings(merged, database_url=database)
    line = line_of(spec, merged)
    address = f"{settings.public_url}{PREFIX}{line.name}"
    async with Session() as http:
        check_form(spec, line, merged, http)
        if not untested and not await _keys_are_good(http, line, spec.title):
            typer.echo("Nothing was written.", err=True)
            return 1
        _keep(folder, settings, line, given)
        typer.echo(f"The address of its webhooks: {address}")
        if hook and not await _give_address(http, settings, line, address):
            return 1
        if not hook:
            more = ", or run this with --set-webhook" if provider in SETTERS else ""
            typer.echo(f"Paste it into {spec.title}'s console (docs/how-to/{provider}.md says where){more}.")
        if not wait:
            return 0
        typer.echo(f"Start the server, or start it again, and text the number. Waiting for up to {wait} s.")
        return 0 if await wait_for_first(http, line, settings, address, clock(), wait) else 1


def _with(found: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """The environment with what was given, and with the contents of files that were named."""
    found = {**found, **given}
    for name, path in given.items():
        if name.endswith("_FILE"):
            try:
                found[name.removesuffix("_FILE")] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(f"{path} can't be read: {type(error).__name__}.", "Mend it.") from None
    return found


async def _keys_are_good(http: Session, line: LineSpec, title: str) -> bool:
    answered = await probe(http, line.provider, line.options)
    if answered is None:
        typer.echo(f"{title} can't be asked about the keys with what the line has; a text will show whether they work.")
        return True
    verdict = keys_verdict(title, answered)
    typer.echo(f"Keys: {verdict.seen} {verdict.fix}".rstrip(), err=verdict.level == "error")
    return verdict.level != "error"


def _keep(folder: Path, settings: Settings, line: LineSpec, given: dict[str, str]) -> None:
    """Into .env, with a line in the audit log; the names only are printed."""
    if not given:
        return
    migrate.upgrade(parse_url(settings.database_url))  # raises before anything is written
    path = write_env(folder, given)
    _audit(settings, "line.set_up", line, {"variables": " ".join(given)})
    typer.echo(f"Written to {path}, which only you can read: {', '.join(given)}.")


async def _give_address(http: Session, settings: Settings, line: LineSpec, address: str) -> bool:
    try:
        said = await set_webhook(http, line.provider, line.number, line.options, address)
    except NotSet as error:
        typer.echo(f"The address was not set: {error}", err=True)
        return False
    _audit(settings, "line.set_webhook", line, {"address": address})
    typer.echo(f"The address was set: {said}")
    return True


def _audit(settings: Settings, action: str, line: LineSpec, data: dict[str, str]) -> None:
    migrate.upgrade(parse_url(settings.database_url))
    db = open_logged(settings)
    try:
        with db.transaction() as tx:
            accounts.write_audit(tx, settings.workspace, "command line", action, line.name, clock(), data)
    finally:
        db.dispose()


@lines.command("list")
def lines_list(
    bot_dir: Annotated[Path | None, typer.Argument(help="The bot folder. Default: the bike shop example.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.", show_default=False)] = False,
    database: Database = None,
) -> None:
    """List the lines: number, address, how webhooks come, the last text sent, registration, what was rejected."""
    found = environment(Path.cwd())
    settings = load_settings(found, database_url=database)
    specs = line_specs(load_bot(read_folder(bot_dir or example_bot())), found)
    standing = line_seen.look(parse_url(settings.database_url), settings.workspace) or line_seen.NOTHING
    shown = [_shown(spec, found, settings, standing) for spec in specs.values() if spec.provider != SIMULATED]
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
        return
    _print(shown)


def _shown(spec: LineSpec, found: dict[str, str], settings: Settings, standing: line_seen.Standing) -> dict[str, Any]:
    address = f"{settings.public_url or f'http://{settings.host}:{settings.port}'}{PREFIX}{spec.name}"
    if spec.provider in PROVIDERS and PROVIDERS[spec.provider].fetched:
        address = ""  # nobody calls it
    how = coming(spec.name, spec.provider, standing, address)
    marks = standing.seen.get(spec.name, {})
    try:
        number, problem = resolve(spec, found)[0], ""
    except TextbackError as error:
        number, problem = "", str(error)
    known = registered(spec.registration, number)
    return {
        "line": spec.name, "provider": spec.provider, "number": number, "address": address, "problem": problem,
        "webhooks": {"state": how.state, "seen": how.seen, "fix": how.fix},
        "last_webhook_at": to_iso(marks["webhook"].at) if "webhook" in marks else None,
        "last_sent_at": to_iso(marks["sent"].at) if "sent" in marks else None,
        "registration": {"status": spec.registration.status, "kind": spec.registration.kind, "seen": known.seen},
        "rejected": standing.waiting.get(spec.name, 0),
    }  # fmt: skip


def _print(shown: Sequence[dict[str, Any]]) -> None:
    for one in shown:
        how = one["webhooks"]
        last = f" The last: {one['last_webhook_at']}." if one["last_webhook_at"] else f" {how['fix']}"
        typer.echo(f"{one['line']}  {one['provider']}  {one['number']}".rstrip())
        rows = {
            "problem": one["problem"], "address": one["address"], "webhooks": f"{how['seen']}{last}",
            "last sent": one["last_sent_at"] or "nothing yet", "registration": one["registration"]["seen"],
            "rejected": f"{one['rejected']:,}; see textback dead list" if one["rejected"] else "none",
        }  # fmt: skip
        for name, words in rows.items():
            if words:
                typer.echo(f"  {name:<14}{words}")
    if not shown:
        typer.echo("There is no real number yet. Set one up: textback lines add", err=True)
