"""Writing settings into the folder's `.env` file, which only its owner can read afterwards."""

import os
import re
import tempfile
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values

from textback.core.errors import SettingsError

_PLAIN = re.compile(r"[A-Za-z0-9_./:@+=,-]+")


def write_env(folder: Path, values: Mapping[str, str]) -> Path:
    """Put these variables into the file and leave all others as they are; returns where it is. Either all of it is
    written or nothing. Raises SettingsError, without any value."""
    path = (folder / ".env").resolve()
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} can't be read: {type(error).__name__}.", "Save it as UTF-8 text.") from None
    text = before
    for name in values:
        text = re.sub(rf"(?m)^[ \t]*(export[ \t]+)?{re.escape(name)}[ \t]*=.*\n?", "", text)
    if text and not text.endswith("\n"):
        text += "\n"
    text += "".join(f"{name}={_quoted(value)}\n" for name, value in values.items())
    if _read(text) != {**_read(before), **values}:
        names = ", ".join(values)
        raise SettingsError(f"{names} can't be written into {path} so that they are read again.", "Set them yourself.")
    try:
        _replace(path, text)
    except OSError as error:
        raise SettingsError(f"{path} can't be written: {error.strerror}.", "Set the variables yourself.") from None
    return path


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _read(text: str) -> dict[str, str | None]:
    return dict(dotenv_values(stream=StringIO(text, newline=None)))  # with line ends as a file has them


def _replace(path: Path, text: str) -> None:
    handle, made = tempfile.mkstemp(prefix=".env.", dir=path.parent)  # it has mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(made, path)
    except BaseException:
        os.unlink(made)
        raise
