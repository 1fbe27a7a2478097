"""textback templates: what the providers of the lines have approved. Works beside a running server."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from textback.app import line_specs, make_lines, read_folder
from textback.channels.client import Session
from textback.cli.serving import example_bot
from textback.core.errors import SettingsError
from textback.core.provider_templates import ProviderTemplate
from textback.core.when import to_iso
from textback.engine.load import load_bot
from textback.pipeline.clock import clock
from textback.pipeline.templating import Templating, title_of
from textback.settings import environment, load_settings
from textback.store import accounts, migrate
from textback.store import provider_templates as store
from textback.store.db import open_db, parse_url
from textback.store.provider_templates import Account

templates = typer.Typer(help="Templates that a provider must approve, such as WhatsApp's.", no_args_is_help=True)
BotDir = Annotated[Path | None, typer.Argument(help="The bot folder. Default: the bike shop example.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.", show_default=False)]
Database = Annotated[
    str | None, typer.Option("--database", help="sqlite:///file.db or postgresql://user@host/name.", show_default=False)
]


@templates.command("sync")
def templates_sync(bot_dir: BotDir = None, as_json: AsJson = False, database: Database = None) -> None:
    """Read the providers' lists of templates now, and print them. Exits with 1 where one can't be read."""
    raise typer.Exit(asyncio.run(_show(bot_dir, as_json, database, read=True)))


@templates.command("list")
def templates_list(bot_dir: BotDir = None, as_json: AsJson = False, database: Database = None) -> None:
    """Print the providers' templates as they were last read or told of. Nobody is asked."""
    raise typer.Exit(asyncio.run(_show(bot_dir, as_json, database, read=False)))


async def _show(bot_dir: Path | None, as_json: bool, database: str | None, *, read: bool) -> int:
    """Returns the exit code."""
    found = environment(Path.cwd())
    settings = load_settings(found, database_url=database)
    specs = line_specs(load_bot(read_folder(bot_dir or example_bot())), found)
    migrate.upgrade(parse_url(settings.database_url))
    db = open_db(settings.database_url)
    code, shown = 0, []
    try:
        async with Session() as http:
            known = Templating(db, settings.workspace, make_lines(specs, found, http), clock)
            if not known.accounts:
                raise SettingsError(
                    "No line has templates that a provider approves.",
                    "Set WHATSAPP_BUSINESS_ACCOUNT_ID, or business_account_id of a line in bot.yml.",
                )
            for account in known.accounts:
                if read:
                    count, problem = await known.sync(account)
                    data = {"templates": str(count), "problem": problem}
                    await db.write(
                        accounts.write_audit, settings.workspace, "command line", "templates.sync", account.provider,
                        clock(), data,
                    )  # fmt: skip
                    if problem:
                        typer.echo(problem, err=True)
                        code = 1
                rows = await db.read(store.templates, settings.workspace, account)
                sync = await db.read(store.sync_of, settings.workspace, account)
                shown.append((account, sync, rows))
    finally:
        await db.close()
    if as_json:
        plain = [
            {"provider": account.provider, "account": account.id, "read_at": sync.synced_at, "templates": rows}
            for account, sync, rows in shown
        ]
        typer.echo(msgspec.json.format(msgspec.json.encode(plain), indent=2).decode())
    else:
        for account, sync, rows in shown:
            _print(account, sync, rows)
    return code


def _print(account: Account, sync: store.Sync, rows: Sequence[ProviderTemplate]) -> None:
    when = f"read {to_iso(sync.synced_at)}" if sync.synced_at else "never read"
    typer.echo(f"{title_of(account.provider)}, account {account.id}: {len(rows)} templates, {when}")
    for one in rows:
        more = one.unfit or one.reason
        typer.echo(
            f"  {one.name:<32} {one.language:<6} {one.status:<12} {one.category:<15} {len(one.blanks)} values"
            + (f"  {more}" if more else "")
        )
