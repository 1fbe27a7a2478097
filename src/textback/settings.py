"""Every setting of the server as data: its name in the environment, its default, and what it does."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, Field, ValidationError

from textback.core.errors import SettingsError
from textback.core.roles import EVERY, parse_roles

LONGEST_SECRET = 64 * 1024
"""Characters that are read of a file that a NAME_FILE variable names."""
OURS = (
    "TELNYX_", "TWILIO_", "VONAGE_", "PLIVO_", "MESSAGEBIRD_", "BIRD_", "SENDERZ_", "WHATSAPP_", "SLACK_",
    "EMAIL_",
    "LEDGER_KEYS_", "OPENAI_API_KEY_", "ANTHROPIC_API_KEY_", "GOOGLE_API_KEY_", "GEMINI_API_KEY_", "MODEL_API_KEY_",
)  # fmt: skip
"""How variables begin that are surely meant for us."""


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
    short_link_url: str | None = Field(
        None,
        description="Where short links stand, such as https://go.example.com; without it PUBLIC_URL.",
    )
    short_link_days: int = Field(90, ge=1, le=3650, description="Days that a short link works.")
    max_parts: int = Field(
        10, ge=1, le=20, description="How many parts (segments) a text may have; one of more is not sent."
    )
    template_editors: Literal["owner", "agent"] = Field(
        "owner", description="Who may write templates in the desk: owners, or agents too."
    )
    template_approval: bool = Field(
        False,
        description="A template goes live only when an owner has approved it who neither wrote it nor asked for it.",
    )
    undo_seconds: int = Field(
        5,
        ge=0,
        le=30,
        description="Seconds in which a person may take back a text sent in the desk; 0: none.",
    )
    segment_price: float = Field(
        0.0,
        ge=0,
        le=10,
        description="What a segment costs in US dollars, where a line's `price` does not say; 0: no cost is shown.",
    )
    workspace: str = Field("default", description="The tenant whose data this server works with.")
    roles: str = Field(
        EVERY,
        description="What this server does, where several share one PostgreSQL.",
    )
    lease_seconds: int = Field(
        60,
        ge=2,
        le=3600,
        description="How long a server may take to post what it claimed before others take it for dead.",
    )
    spool_dir: str = Field(
        "spool",
        description="The folder where texts wait while PostgreSQL can't be reached. It must be on a disk that lasts.",
    )
    spool_mb: int = Field(
        256,
        ge=0,
        le=1_000_000,
        description="How many MB may wait there; then providers are told to try again. 0 does without.",
    )
    replies_per_hour: int = Field(
        30,
        ge=0,
        description="How many automatic replies a contact gets in an hour before a person is asked for; 0 is no limit.",
    )
    same_exchanges: int = Field(
        5,
        ge=0,
        le=16,
        description="How often a text may get the same answer, quickly, before a person is asked for; 0 is no limit.",
    )
    reply_max_age: int = Field(
        60,
        ge=0,
        description="Minutes after which the bot's answer to a text is not sent any more, only shown; 0: always sent.",
    )
    reconcile_minutes: int = Field(
        10,
        ge=0,
        le=1440,
        description="Minutes between readings of the providers' own lists for what never arrived here; 0 is never.",
    )
    late_minutes: int = Field(
        60,
        ge=0,
        description="A text that comes this many minutes after it was sent waits for a person; 0: the bot answers all.",
    )
    resend_unsent: bool = Field(
        False,
        description="Send an unknown text again, once the provider's list proves that it never had it.",
    )
    webhook_refusals_per_minute: int = Field(
        60,
        ge=0,
        description="How many bad requests a minute a line answers with a reason and a log line; 0 is no limit.",
    )
    rejected_webhooks: int = Field(
        500,
        ge=0,
        le=100_000,
        description="How many rejected webhooks of a line are kept to be looked at, the newest; 0 keeps none.",
    )
    rejected_webhook_days: int = Field(7, ge=1, description="Days after which a rejected webhook is deleted.")
    dead_letter_days: int = Field(
        30, ge=1, description="Days after which a dead letter that was redriven or discarded is deleted."
    )
    unresolved_dead_letter_days: int = Field(
        90, ge=1, description="Days after which a dead letter that nobody has dealt with is deleted."
    )
    actions_private: str | None = Field(
        None,
        description="Hosts and networks that actions may call although they are private, such as "
        "booking.internal,10.1.0.0/16.",
    )
    event_days: int = Field(
        30,
        ge=0,
        le=3650,
        description="Days that the log of events is kept, and what came of telling webhooks; 0 keeps none, and then "
        "there are no webhooks.",
    )
    webhook_retries: str = Field(
        "1,5,25",
        description="Minutes before each further try to tell a webhook, with commas; after the last it is a dead "
        "letter.",
    )
    webhooks_private: str | None = Field(
        None,
        description="Hosts and networks that webhooks may have although they are private, such as "
        "crm.internal,10.1.0.0/16.",
    )
    simulator_actions: bool = Field(
        False, description="Perform the actions of conversations in the simulator; otherwise they are only played."
    )
    media_mb: int = Field(
        5,
        ge=0,
        le=100,
        description="How many MB a file that comes with a text may have to be fetched and kept; 0 fetches none.",
    )
    media_conversation_mb: int = Field(
        100, ge=1, le=10_000, description="How many MB the files of one conversation may have in all."
    )
    media_private: str | None = Field(
        None,
        description="Hosts and networks that files of texts may be fetched from although they are private, such as "
        "media.internal,10.1.0.0/16.",
    )
    message_days: int = Field(
        365,
        ge=1,
        description="Days after which the words of a text are deleted; when it went and what came of it stays.",
    )
    media_days: int = Field(
        365, ge=1, description="Days after which pictures and files and their addresses are deleted."
    )
    turn_days: int = Field(
        90, ge=1, description="Days after which the record of what the bot did with a text is deleted."
    )
    arrival_days: int = Field(
        30, ge=7, description="Days after which the inbox forgets what it has handled, and so would take it in again."
    )
    audit_days: int = Field(1095, ge=730, description="Days after which a line of the audit log is deleted.")
    privacy_request_days: int = Field(
        1095, ge=730, description="Days after which a request for access or erasure is deleted from its log."
    )
    redact: Literal["store", "off"] = Field(
        "store",
        description="store: cards, bank accounts, ID numbers, passwords, codes and keys that contacts text are masked "
        "before they are kept. off: texts are kept as they came.",
    )
    gate_decision_days: int = Field(
        1825, ge=1, description="Days after which what the gate decided about a text is deleted; five years."
    )
    opt_out_alert: float = Field(
        3.0,
        ge=0,
        le=100,
        description="Percent of the people who got a text and then opted out, above which the compliance page says so.",
    )
    filtered_alert: float = Field(
        2.0,
        ge=0,
        le=100,
        description="Percent of texts that carriers filtered as spam, above which the compliance page says so.",
    )
    api_requests: int = Field(
        6_000,
        ge=0,
        description="How many requests an API key may make in a minute on each server; 0 is no limit.",
    )
    upload_mb: int = Field(200, ge=1, le=10_000, description="How many MB a list of numbers from the desk may have.")
    model_dir: str = Field(
        "~/.cache/textback",
        description="The folder that keeps the sentence encoder's weights as they are used, 54 MB, and what was learnt "
        "with them.",
    )
    understanding: Literal["auto", "lite", "off"] = Field(
        "auto",
        description="How texts are matched with the examples of flows and with knowledge: with the sentence encoder "
        "where it is installed (auto), without it (lite, which takes 60 MB less), or not at all (off).",
    )
    ledger_keys: str | None = Field(
        None,
        repr=False,
        description="The keys of the consent ledger, newest first, as NAME:BASE64; by default a file that it makes.",
    )
    smtp_url: str | None = Field(
        None,
        repr=False,
        description="The mail server for invitations and login links: smtp://USER:PASSWORD@smtp.example.com:587. "
        "Without it links are shown to whoever makes them.",
    )
    mail_from: str | None = Field(
        None, description="The address that invitations and login links come from, such as desk@example.com."
    )
    mail_private: str | None = Field(
        None, description="Hosts and networks that the mail server may be on although they are private."
    )
    log_level: str = Field("info", description="debug, info, warning or error.")
    log_json: bool = Field(False, description="Write one JSON object a line instead of text, for log collectors.")


def environment(folder: Path) -> dict[str, str]:
    """The process's environment over the folder's `.env` file. NAME_FILE=/path gives NAME the file's contents.

    Raises SettingsError when such a file can't be read.
    """
    try:
        found = {name: value for name, value in dotenv_values(folder / ".env").items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{folder / '.env'} can't be read: {type(error).__name__}.", "Save it as UTF-8 text, or remove it."
        ) from None
    found |= os.environ
    for name, value in list(found.items()):
        plain = name.removesuffix("_FILE")
        if plain != name and plain not in found and value.startswith("/"):
            found[plain] = _read_secret(name, value)
    return found


def _read_secret(name: str, path: str) -> str:
    try:
        if Path(path).exists() and not Path(path).is_file():  # a device may have no end
            raise OSError("not a file")
        with open(path, encoding="utf-8") as file:
            return file.read(LONGEST_SECRET).strip()
    except (OSError, ValueError) as error:
        # The environment is full of other programs' *_FILE variables; only those that look like secrets are ours.
        if name.startswith(OURS):
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
        if not str(value).isascii() and any("\ud800" <= char <= "\udfff" for char in str(value)):
            raise SettingsError(f"{name.upper()} has bytes that are not UTF-8.", "Write it again.")
        if value == "" and name not in ("public_url", "short_link_url"):
            raise SettingsError(f"{name.upper()} is empty.", "Give it a value, or remove it from the environment.")
    values |= {name: value for name, value in given.items() if value is not None}
    for name in ("public_url", "short_link_url"):
        if values.get(name) == "":
            values[name] = None
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        raise SettingsError(f"{name}: {first['msg']}.", "See docs/reference/settings.md.") from None
    return _checked(settings)


def parse_retries(text: str) -> tuple[int, ...]:
    """Minutes between tries. Raises SettingsError."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 20 or not all(part.isascii() and part.isdecimal() and int(part[:6]) <= 14_400 for part in parts):
        raise SettingsError("WEBHOOK_RETRIES is wrong.", "Write minutes such as 1,5,25: up to 20, each up to 14400.")
    return tuple(int(part) for part in parts)


def _checked(settings: Settings) -> Settings:
    parse_roles(settings.roles)
    parse_retries(settings.webhook_retries)
    found = {name: url for name in ("public_url", "short_link_url") if (url := getattr(settings, name)) is not None}
    for name, url in found.items():
        if not url.startswith(("https://", "http://")):
            raise SettingsError(f"{name.upper()} must begin with https:// (or http:// for tests).", "Mend it.")
        if not _is_address(url):
            raise SettingsError(f"{name.upper()} is not an address.", "Write it like https://texts.example.com.")
    return settings.model_copy(update={name: url.rstrip("/") for name, url in found.items()})


def _is_address(url: str) -> bool:
    """Whether it has a host, and a port that can be one."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0 and url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        return False
