"""textback test: play the conversations of a bot folder and say what went otherwise than expected."""

import re
import time
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml

import typer

from textback.app import read_folder
from textback.cli.checks import print_problems
from textback.cli.nlu import taught
from textback.core.errors import SettingsError
from textback.engine.load import BotError, load_bot
from textback.pipeline.conversations import Conversation, read_conversations
from textback.pipeline.judging import Coverage, Shown, Verdict, judge
from textback.pipeline.mending import mended

COLOURS = {"-": "red", "+": "green", "!": "yellow"}
_UNPRINTABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Run:
    """One go through the conversations of a folder."""

    def __init__(self, bot_dir: Path, only: str) -> None:
        self.bot_dir = bot_dir
        self.files = read_folder(bot_dir)
        self.bot = taught(load_bot(self.files))
        found, self.problems = read_conversations(self.files, self.bot)
        self.conversations = _chosen(bot_dir, found, only) if not self.problems else []
        self.coverage = Coverage(self.bot)
        self.seconds: list[float] = []
        self.verdicts = [self._judged(one) for one in self.conversations]

    def _judged(self, conversation: Conversation) -> Verdict:
        began = time.perf_counter()
        verdict = judge(self.bot, conversation, self.coverage)
        self.seconds.append(time.perf_counter() - began)
        return verdict

    @property
    def failed(self) -> list[Verdict]:
        """The conversations that went otherwise than expected."""
        return [verdict for verdict in self.verdicts if not verdict.passed]


def _chosen(bot_dir: Path, found: list[Conversation], only: str) -> list[Conversation]:
    if not found:
        raise SettingsError(f"There is no conversation in {bot_dir / 'tests'}.", "Write one in tests/NAME.yml.")
    chosen = [one for one in found if only.casefold() in one.name.casefold()]
    if not chosen:
        names = ", ".join(repr(one.name) for one in found[:10])
        raise SettingsError(f"No conversation has {only!r} in its name.", f"There are {names}.")
    return chosen


def rehearse(bot_dir: Path, *, update: bool, junit: Path | None, coverage: bool, only: str) -> int:
    """Play, print and write; the exit code: 1 when a conversation fails, 2 when the bot or a test file is broken."""
    try:
        run = Run(bot_dir, only)
        if update and _update(run):
            run = Run(bot_dir, only)
    except BotError as error:
        print_problems(bot_dir, error.problems)
        return 2
    if run.problems:
        print_problems(bot_dir, run.problems)
        return 2
    for verdict in run.failed:
        typer.secho(f"FAIL  {verdict.conversation.name}", fg="red", bold=True)
        typer.echo(f"      {bot_dir / verdict.conversation.file}:{verdict.line}")
        for shown in verdict.shown:
            typer.secho(_line(bot_dir, verdict, shown), fg=COLOURS.get(shown.sign))
        typer.echo()
    if junit is not None:
        _write_junit(junit, run)
    _summary(run, coverage)
    return 1 if run.failed else 0


def _update(run: Run) -> int:
    """Write what is said now into the test files; how many files that changed."""
    changed = 0
    for file in dict.fromkeys(verdict.conversation.file for verdict in run.failed):
        edits = [edit for verdict in run.failed if verdict.conversation.file == file for edit in verdict.edits]
        text = mended(run.files[file], edits)
        if text != run.files[file]:
            path = run.bot_dir / file
            path.write_text(text, encoding="utf-8", newline="\r\n" if b"\r\n" in path.read_bytes() else "\n")
            typer.echo(f"{run.bot_dir / file}: {len(edits)} expectation{'s' * (len(edits) != 1)} rewritten.")
            changed += 1
    return changed


def _line(bot_dir: Path, verdict: Verdict, shown: Shown) -> str:
    """A line of the conversation: sign, what happens, the text, and where that is expected."""
    text = shown.text.replace("\n", "\n" + " " * 15)
    where = f"   ({bot_dir / verdict.conversation.file}:{shown.line})" if shown.line else ""
    return f"    {shown.sign} {shown.label:<8} {text}{where}".rstrip()


def _summary(run: Run, missing: bool) -> None:
    total, failed = len(run.verdicts), len(run.failed)
    for file, line, what in run.coverage.missing if missing else ():
        typer.echo(f"{run.bot_dir / file}:{line}: not reached: {what}")
    steps, ways = _share(*run.coverage.steps), _share(*run.coverage.branches)
    typer.echo(f"Coverage: {steps} steps, {ways} branches.")
    typer.echo(f"{total} conversation{'s' * (total != 1)}, {total - failed} passed, {failed} failed.")


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f" ({100 * part // whole} %)" if whole else "")


def _write_junit(path: Path, run: Run) -> None:
    """The outcome in the form that CI systems read."""
    suites = Xml.Element("testsuites")
    totals = {"tests": str(len(run.verdicts)), "failures": str(len(run.failed)), "errors": "0"}
    seconds = f"{sum(run.seconds):.3f}"
    suite = Xml.SubElement(suites, "testsuite", {"name": _printable(run.bot.name), **totals, "time": seconds})
    for verdict, took in zip(run.verdicts, run.seconds, strict=True):
        one = verdict.conversation
        about = {"name": _printable(one.name), "classname": one.file.removesuffix(".yml").replace("/", ".")}
        case = Xml.SubElement(suite, "testcase", {**about, "file": one.file, "line": str(one.line)})
        case.set("time", f"{took:.3f}")
        if not verdict.passed:
            failure = Xml.SubElement(case, "failure", {"message": f"{one.file}:{verdict.line}"})
            failure.text = _printable("\n".join(_lines(run.bot_dir, verdict)))
    try:
        path.write_bytes(Xml.tostring(suites, encoding="utf-8", xml_declaration=True))
    except OSError as error:
        raise SettingsError(
            f"{path} can't be written: {error.strerror}.", "Name a file in a folder of yours."
        ) from None


def _lines(bot_dir: Path, verdict: Verdict) -> Sequence[str]:
    return [_line(bot_dir, verdict, shown) for shown in verdict.shown]


def _printable(text: str) -> str:
    """The text without what XML can't hold."""
    return _UNPRINTABLE.sub("�", text)
