"""textback check: what is wrong with a bot folder, where, and how to mend it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import typer

from textback.app import read_folder
from textback.core.text import MOST_PARTS, MOST_SEGMENTS
from textback.engine.load import Problem
from textback.pipeline.clock import clock
from textback.pipeline.conversations import read_conversations
from textback.pipeline.knowing import knowledge_problems
from textback.pipeline.wording import checked
from textback.sources.urls import read_sites


def check(
    bot_dir: Path,
    *,
    strict: bool = False,
    most_segments: int = MOST_SEGMENTS,
    most_parts: int = MOST_PARTS,
    as_json: bool = False,
    quiet: bool = False,
) -> int:
    """Print each problem as file:line:column; returns the exit code: 1 when there is an error, or a warning that counts
    as one (strict). A `quiet` check prints nothing where there is none, and all else to standard error."""
    files = read_folder(bot_dir)
    bot, problems = checked(files, most_segments, most_parts)
    if bot is not None:
        known = knowledge_problems(files, bot, clock())
        problems = sorted([*problems, *known, *read_sites(files)[1], *read_conversations(files, bot)[1]])
    errors = sum(problem.level == "error" for problem in problems)
    failed = bool(problems) if strict else errors > 0
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode({"ok": not failed, "problems": problems}), indent=2))
    elif problems:
        print_problems(bot_dir, problems, quiet=quiet)
    elif not quiet:
        typer.echo("No problems found.")
    return 1 if failed else 0


def print_problems(bot_dir: Path, problems: Sequence[Problem], *, quiet: bool = False) -> None:
    """Each problem with its place and its fix, and how many there are; to standard error where it is to be `quiet`."""
    for p in problems:
        typer.echo(f"{bot_dir / p.file}:{p.line}:{p.column}: {p.level}: {p.message}", err=quiet)
        if p.fix:
            typer.echo(f"    {p.fix}", err=quiet)
    errors = sum(p.level == "error" for p in problems)
    warnings = len(problems) - errors
    typer.echo(f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}", err=quiet)
