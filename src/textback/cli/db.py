"""textback db: how a database keeps its tables, and spreading them over several servers."""

from pathlib import Path

import typer

from textback.core.errors import TextbackError
from textback.settings import environment, load_settings
from textback.store import checkup, distribute, migrate
from textback.store.db import parse_url
from textback.store.distribute import Layout


def distribute_db(shards: int, force: bool, database: str | None) -> None:
    """Spread the tables over the servers of a PostgreSQL with Citus."""
    url = parse_url(load_settings(environment(Path.cwd()), database_url=database).database_url)
    distribute.check(url, shards)
    migrate.upgrade(url)
    if not checkup.look(url).known:
        raise TextbackError("A newer Textback has added to this database.", "Use that release to distribute it.")
    done: list[str] = []

    def told(name: str) -> None:
        done.append(name)
        typer.echo(f"{name} is distributed.", err=True)

    layout = distribute.distribute(url, shards, force=force, told=told)
    if not done:
        typer.echo("All tables were distributed already.", err=True)
    _print(layout)


def show(database: str | None) -> None:
    """Print whether and how the tables are distributed."""
    _print(distribute.status(parse_url(load_settings(environment(Path.cwd()), database_url=database).database_url)))


def _print(layout: Layout) -> None:
    if layout.state == "plain":
        extension = f" Citus {layout.citus} is there for it." if layout.citus else ""
        typer.echo(f"The tables are not distributed.{extension}")
        return
    typer.echo(f"Citus {layout.citus}, servers with data: {layout.servers}")
    lines = [("table", "kept", "shards", "size")]
    for name in distribute.order():
        table = layout.tables.get(name)
        if table is None:
            lines.append((name, "not distributed", "", ""))
        elif table.column:
            lines.append((name, f"by {table.column}", str(table.shards), f"{table.size / 2**20:,.1f} MB"))
        else:
            lines.append((name, "copy on each server", "", f"{table.size / 2**20:,.1f} MB"))
    widths = [max(len(line[place]) for line in lines) for place in range(4)]
    for line in lines:
        name, kept, shards, size = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo(f"{name}  {kept}  {shards}  {size.rstrip()}".rstrip())
    if layout.state == "partly":
        typer.echo("Some tables are not distributed: run textback db distribute.")
