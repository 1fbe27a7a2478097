"""The bot folder as the flows pages show it: the draft, or a published version, with what is wrong with it."""

import asyncio
import difflib
import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request

from textback.core.text import MOST_PARTS
from textback.engine.bot import Bot, Flow
from textback.engine.load import Problem
from textback.pipeline import wording
from textback.store import bots
from textback.store.bots import Draft, Files
from textback.store.db import Tx
from textback.web.context import WebContext
from textback.web.phrases import tell
from textback.web.security import Denied

#: Files that may be added: where they go, what a new one is like, and the words in it that its author writes over.
FOLDERS = {
    "flows": (
        'flow: {name}\nstart: {{keywords: []}}\nsteps:\n  - say: "{words}"\n', "Write here what the bot says."
    ),
    "personas": ("persona: {name}\nprompt: |\n  {words}\n", "Write here what it answers for, and how."),
    "templates": (
        "{name}:\n  class: informational\n  text: {words}\n", "Write here the words that were agreed on."
    ),
    "tests": (
        'conversation: {name}\nturns:\n  - in: "hello"\n  - out: "{words}"\n', "Write here what the bot answers."
    ),
}  # fmt: skip
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
BOT = "bot.yml"
MOST_FILES = 1000
MOST_FOLDER = 8_000_000
"""Characters in all files of a draft together."""
_KEEP = 4
Change = Literal["new", "changed", "deleted"]


@dataclass(frozen=True, slots=True)
class Folder:
    """What a page shows. `version` is 0 for the draft; `newest` is the live version and `live` its files."""

    version: int
    files: Files
    draft: Draft | None
    newest: int
    live: Files

    @property
    def editable(self) -> bool:
        """Whether this is what the next save changes: the draft, or the live version where there is no draft yet."""
        return self.version == 0 or (self.draft is None and self.version == self.newest)

    def changed(self) -> dict[str, Change]:
        """How the files differ from those that are live, by path."""
        found: dict[str, Change] = {}
        for path in sorted({*self.files, *self.live}):
            if self.files.get(path) != self.live.get(path):
                found[path] = "new" if path not in self.live else "deleted" if path not in self.files else "changed"
        return found


def _wanted(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _read(tx: Tx, workspace: str, wanted: int | None) -> Folder:
    newest = bots.newest(tx, workspace)
    live = bots.load_files(tx, workspace, newest) if newest else {}
    draft = bots.draft(tx, workspace)
    if not wanted:  # the draft may have been published since it was asked for
        return Folder(0, draft.files, draft, newest, live) if draft else Folder(newest, live, None, newest, live)
    return Folder(wanted, bots.load_files(tx, workspace, wanted), draft, newest, live)


async def folder(request: Request, wanted: str = "") -> Folder:
    """The folder that a page is about: the draft where there is one, else what is live; or the version it asks for."""
    ctx: WebContext = request.app.state.ctx
    number = _wanted(wanted)
    if wanted and number is None:
        raise Denied(404, "There is no such version.")
    try:
        return await ctx.db.read(_read, ctx.workspace, number)
    except KeyError:
        raise Denied(404, "There is no such version.") from None


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found, and the bot where it found no error."""

    problems: list[Problem]
    bot: Bot | None

    @property
    def errors(self) -> list[Problem]:
        """What keeps the files from being published."""
        return [problem for problem in self.problems if problem.level == "error"]


_checked: OrderedDict[str, Checked] = OrderedDict()


def _check(files: Mapping[str, str], most_parts: int) -> Checked:
    bot, problems = wording.checked(files, most_parts=most_parts)
    return Checked(problems, bot)


async def checked(files: Mapping[str, str], most_parts: int = MOST_PARTS) -> Checked:
    """Check these files, in which a text may have so many parts; the last few answers are kept."""
    key = f"{bots.digest(files)}:{most_parts}"
    found = _checked.get(key)
    if found is None:
        found = await asyncio.to_thread(_check, dict(files), most_parts)
        _checked[key] = found
        while len(_checked) > _KEEP:
            _checked.popitem(last=False)
    return found


def flow_of(bot: Bot | None, path: str) -> Flow | None:
    """The flow that this file holds."""
    flows = bot.flows.values() if bot else ()
    return next((flow for flow in flows if any(step.file == path for step in flow.steps.values())), None)


async def last_good(shown: Folder, path: str, found: Checked) -> tuple[Flow | None, bool]:
    """The flow in a file, and whether it is as it is now: where the file has errors, it is the live one."""
    flow = flow_of(found.bot, path)
    if flow is None and path in shown.files and not any(one.file in (path, BOT) for one in found.errors):
        alone = {name: text for name, text in shown.files.items() if name in (path, BOT)}
        flow = flow_of((await checked(alone)).bot, path)
    if flow is not None:
        return flow, True
    return flow_of((await checked(shown.live)).bot if path in shown.live else None, path), False


def mark(text: str | None) -> str:
    """What names a file's content in a form: so that nobody writes over what they have not seen."""
    return "" if text is None else hashlib.sha256(text.encode()).hexdigest()[:24]


def tidy(text: str) -> str:
    """A text area's content as a file's: plain line ends, and one at the end."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain.rstrip() + "\n"


def new_path(place: str, name: str) -> str:
    """The path of a file to be added. Raises Denied, in a sentence, where it can't be called so."""
    if place not in FOLDERS:
        raise Denied(400, "Files are added to flows, personas, templates or tests.")
    if not NAME.fullmatch(name):
        raise Denied(400, "Name it with small letters, digits and _, beginning with a letter.")
    return f"{place}/{name}.yml"


def begun(path: str) -> str:
    """What stands in a new file of this path, in the words of the language of the page."""
    place, _, name = path.removesuffix(".yml").partition("/")
    content, words = FOLDERS[place]
    return content.format(name=name, words=tell(words))


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a difference. `kind` is add, del, hunk or empty."""

    kind: str
    text: str


MOST_LINES = 4000
"""Lines of differences on one page."""


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, Change, list[DiffLine]]]:
    """How two folders differ, file by file: path, what happened to it, and the lines of a unified diff."""
    found: list[tuple[str, Change, list[DiffLine]]] = []
    room = MOST_LINES
    for path in sorted({*old, *new}):
        before, after = old.get(path), new.get(path)
        if before == after:
            continue
        lines = difflib.unified_diff((before or "").splitlines(), (after or "").splitlines(), lineterm="", n=3)
        shown = [_line(line) for number, line in enumerate(lines) if number > 1][:room]
        room -= len(shown)
        what: Change = "new" if before is None else "deleted" if after is None else "changed"
        found.append((path, what, shown))
    return found


def _line(line: str) -> DiffLine:
    kinds = {"+": "add", "-": "del", "@": "hunk"}
    return DiffLine(kinds.get(line[:1], ""), line)
