"""Every setting of the server as data: its name in the environment, its default, and what it does."""

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values
from pydantic import BaseModel, Field, ValidationError

from textback.core.errors import SettingsError


class Settings(BaseModel):
    """The server's settings. The environment name of a field is its name in capitals."""

    database_url: str = Field(
        "sqlite:///textback.db",
        description="Where everything is kept: sqlite:///file.db or postgresql://user@host/name.",
    )
    host: str = Field("127.0.0.1", description="The address to listen on. Keep the default behind a tunnel or proxy.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on.")
    public_url: str | None = Field(
        None,
        description="The https address that providers call, without a path. Twilio signs it, so it must be exact.",
    )
    workspace: str = Field("default", description="The tenant whose data this server works with.")
    log_level: str = Field("info", description="debug, info, warning or error.")
    log_json: bool = Field(False, description="Write one JSON object a line instead of text, for log collectors.")


def environment(folder: Path) -> dict[str, str]:
    """The process's environment over the folder's `.env` file. NAME_FILE=/path gives NAME the file's contents.

    Raises SettingsError when such a file can't be read.
    """
    found = {name: value for name, value in dotenv_values(folder / ".env").items() if value is not None}
    found |= os.environ
    for name, value in list(found.items()):
        plain = name.removesuffix("_FILE")
        if plain != name and plain not in found and value.startswith("/"):
            found[plain] = _read_secret(name, value)
    return found


def _read_secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        # The environment is full of other programs' *_FILE variables; only those that look like secrets are ours.
        if name.startswith(("TELNYX_", "TWILIO_")):
            raise SettingsError(
                f"{name} names {path}, which can't be read: {type(error).__name__}.", "Mend it."
            ) from None
        return ""


def load_settings(found: Mapping[str, str], **given: object) -> Settings:
    """The settings in this environment; what the command line gave (and is not None) wins.

    Raises SettingsError, in one line that names the setting.
    """
    values: dict[str, object] = {
        name: found[name.upper()] for name in Settings.model_fields if found.get(name.upper()) is not None
    }
    for name, value in values.items():
        if value == "" and name != "public_url":
            raise SettingsError(f"{name.upper()} is empty.", "Give it a value, or remove it from the environment.")
    values |= {name: value for name, value in given.items() if value is not None}
    if values.get("public_url") == "":
        values["public_url"] = None
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        raise SettingsError(f"{name}: {first['msg']}.", "See docs/reference/settings.md.") from None
    return _checked(settings)


def _checked(settings: Settings) -> Settings:
    url = settings.public_url
    if url is not None:
        if not url.startswith(("https://", "http://")):
            raise SettingsError("PUBLIC_URL must begin with https:// (or http:// for tests).", "Mend it.")
        return settings.model_copy(update={"public_url": url.rstrip("/")})
    return settings
