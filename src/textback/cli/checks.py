"""textback check: what is wrong with a bot folder, where, and how to mend it."""

from pathlib import Path

import typer

from textback.app import read_folder
from textback.engine.load import check_bot


def check(bot_dir: Path, quiet: bool = False) -> int:
    """Print each problem as file:line:column; returns the exit code: 1 when there is an error. A `quiet` check prints
    nothing where there is none, and all else to standard error."""
    problems = check_bot(read_folder(bot_dir))
    for p in problems:
        typer.echo(f"{bot_dir / p.file}:{p.line}:{p.column}: {p.level}: {p.message}", err=quiet)
        if p.fix:
            typer.echo(f"    {p.fix}", err=quiet)
    errors = sum(p.level == "error" for p in problems)
    warnings = len(problems) - errors
    if problems:
        typer.echo(f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}", err=quiet)
    elif not quiet:
        typer.echo("No problems found.")
    return 1 if errors else 0
