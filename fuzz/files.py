"""What operators write and what lies on disks: settings, command lines, spool files, backups, news between nodes."""

import base64
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from fuzz.target import Target, check, joined, parts
from textback.channels.client import Session
from textback.channels.registry import PROVIDERS
from textback.cli import main as cli
from textback.core.errors import SettingsError, TextbackError
from textback.core.faults import arm
from textback.pipeline.lines import line_limits
from textback.pipeline.spool import Found, frame, read_frames
from textback.settings import Settings, environment, load_settings
from textback.store import backup, migrate
from textback.store.db import parse_url, sqlite_path

_place: list[tempfile.TemporaryDirectory[str]] = []


def place() -> Path:
    """A folder for files that do not outlive this process."""
    if not _place:
        _place.append(tempfile.TemporaryDirectory(prefix="textback-fuzz-"))
    return Path(_place[0].name)


def close() -> None:
    """Remove the folder."""
    while _place:
        _place.pop().cleanup()


def _pairs(data: bytes) -> dict[str, str]:
    """NAME=value lines as an environment has them: no NUL, bytes that are not UTF-8 as lone surrogates."""
    found = {}
    for line in data.replace(b"\0", b"").split(b"\n"):
        name, equals, value = line.decode("utf-8", "surrogateescape").partition("=")
        if name and equals:
            found[name] = value
    return found


def settings(data: bytes) -> None:
    """The environment."""
    made = load_settings(_pairs(data))
    check(isinstance(made, Settings), "no settings")
    made.model_dump_json()


def dotenv(data: bytes) -> None:
    """A file .env, and the files that its variables name."""
    folder = place()
    (folder / ".env").write_bytes(data)
    with patch.dict("os.environ", {"HOME": "/"}, clear=True):
        found = environment(folder)
    check(all(isinstance(value, str) for value in found.values()), "no text")


def database_url(data: bytes) -> None:
    """Where the database is."""
    url = parse_url(data.decode("utf-8", "surrogateescape"))
    sqlite_path(url)
    url.render_as_string()


def line_options(data: bytes) -> None:
    """The options of a line, in bot.yml or in the environment."""
    provider, options = parts(data, 2)
    given = _pairs(options)
    limits = line_limits("main", given)
    check(limits.rate is None or 0 < limits.rate < float("inf"), "no rate")
    made = PROVIDERS["twilio" if provider == b"twilio" else "telnyx"].make(given.pop("number", ""), given, _http)
    check(bool(made.name), "no provider")


_http = Session()


def fault(data: bytes) -> None:
    """TEXTBACK_FAULT."""
    try:
        arm(data.decode("utf-8", "surrogateescape"))
    finally:
        arm("")


_ROOMS = ("accounts", "backup", "chat", "checks", "dead", "doctor", "serving")


def _quiet(name: str) -> Any:
    """A room of commands that do nothing: only how they are asked for is of interest."""
    return SimpleNamespace(**{word: lambda *_, **__: 0 for word in dir(getattr(cli, name))})


def command_line(data: bytes) -> None:
    """The words after `textback`."""
    words = [word.decode("utf-8", "surrogateescape") for word in data.replace(b"\0", b"").split(b" ")]
    with ExitStack() as doing_nothing:
        for name in _ROOMS:
            doing_nothing.enter_context(patch.object(cli, name, _quiet(name)))
        try:
            get_command(cli.app)(words, standalone_mode=False)
        except SystemExit as end:
            check(end.code in (0, 1, 2, None), "no exit code")
        except typer.Exit:
            return
        except TyperException as error:
            if str(error):  # else it has shown the help
                raise


def _whole(found: Found, data: bytes) -> None:
    kept = sum(map(len, found.torn)) + sum(len(frame(record)) for record in found.records)
    check(kept == len(data), "bytes are lost")


def spool_file(data: bytes) -> None:
    """A segment of the spool, as it lies on the disk."""
    found = read_frames(data)
    _whole(found, data)
    check(read_frames(data + frame(b"{}")).records[-1:] == [b"{}"], "what is behind damage is not found")


def restored(data: bytes) -> None:
    """A backup. Restored over nothing; what is restored can be opened."""
    source, target = place() / "backup.db", place() / "restored.db"
    source.write_bytes(data)
    target.unlink(missing_ok=True)
    try:
        copy, kept = backup.restore(source, target, 1_800_000_000_000)
    except TextbackError:
        check(not target.exists(), "refused, and yet there is something")
        raise
    check(copy.size > 0 and kept is None and target.is_file(), "nothing was restored")
    with closing(sqlite3.connect(target)) as db:
        db.execute("SELECT count(*) FROM outbox").fetchone()


def _backup() -> bytes:
    """A small one, made once."""
    path, copy = place() / "sample.db", place() / "sample.backup"
    if not copy.exists():
        migrate.upgrade(parse_url(f"sqlite:///{path}"))
        backup.back_up(path, copy)
    return copy.read_bytes()


class _Backups(Sequence[bytes]):
    """Samples that are only made when somebody asks for one."""

    def __len__(self) -> int:
        return 2

    def __getitem__(self, at: Any) -> Any:
        whole = _backup()
        return [whole, whole[: len(whole) // 2]][at]


_ENVIRONMENT = b"""DATABASE_URL=postgresql://me:secret@host:5432/name?sslmode=require
HOST=127.0.0.1
PORT=8000
PUBLIC_URL=https://bot.example.com
ROLES=accept,turn
LEASE_SECONDS=60
SPOOL_MB=256
RESEND_UNSENT=true
WORKSPACE=default
LOG_LEVEL=info
"""
_DOTENV = b"A='x # y'\nexport B=\"z\\n\"\nC_FILE=/etc/hostname\n"
_OPTIONS = b"number=+12065550100\nrate=2.5\ncap=2000\nbrand=cafe\nbrand_tier=low\ncampaign_class=standard"
_KEY = base64.b64encode(b"k" * 32)
_WORDS = [
    "serve bot --database sqlite:///a.db --port 8000 --roles accept,turn", "demo --port 8000 --folder x", "check bot",
    "apikey add crm", "user add ana@example.com --name Ana --role owner", "dead redrive --all --line main --kind send",
    "backup a.db --database sqlite:///a.db", "doctor --online --json", "--version", "dead list --kind arrival",
    "--help",
]  # fmt: skip

TARGETS = [
    Target("settings", settings, [_ENVIRONMENT], (SettingsError,)),
    Target(
        ".env file",
        dotenv,
        [_ENVIRONMENT, b"A='x # y'\nexport B=\"z\\n\"\nC_FILE=/etc/hostname\n"],
        (SettingsError,),
        50,
    ),
    Target(
        "database address",
        database_url,
        [
            b"postgresql://me:secret@host:5432/name?sslmode=require",
            b"sqlite:///textback.db",
            b"postgresql:///n?host=/run",
        ],
        (SettingsError,),
    ),
    Target(
        "line options",
        line_options,
        [
            joined(
                "telnyx", b"api_key=KEY\npublic_key=" + _KEY + b"\nbase_url=https://api.example.com/v2\n" + _OPTIONS
            ),
            joined("twilio", b"account_sid=AC" + b"0" * 32 + b"\nauth_token=a,b\n" + _OPTIONS),
        ],
        (SettingsError,),
    ),
    Target("fault", fault, [b"deliver.posted:3", b"tick.swept"], (SettingsError,), 10),
    Target("command line", command_line, [one.encode() for one in _WORDS], (TyperException, TextbackError), 30),
    Target("spool file", spool_file, [frame(b'{"id": 1}') + frame(b"x" * 300) + frame(b"")]),
    Target("backup file", restored, _Backups(), (TextbackError,), 4),
]
