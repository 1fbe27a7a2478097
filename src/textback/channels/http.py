"""What providers share: the session they post with, what its failures mean, and reading their options."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from textback.channels.base import Accepted, Failure, FailureKind, Option
from textback.channels.client import Target, TooSlow, Unreachable
from textback.core.errors import SettingsError
from textback.core.text import clean


def failure_of(error: Exception) -> Failure:
    """What a failed request means. Only one that never left this machine may be tried again: a request that was
    written may have been obeyed, whatever became of the answer."""
    match error:
        case Unreachable():
            return Failure("retry", detail="The provider could not be reached.")
        case TooSlow():
            return Failure("unknown", detail="The provider did not answer in time.")
        case _:
            return Failure("unknown", detail=f"It may have gone: {error}."[:200])


def target(url: str, headers: Mapping[str, str], variable: str) -> Target:
    """Where a line posts to. Raises SettingsError naming the variable whose value can't be part of a request."""
    try:
        return Target(url, headers)
    except ValueError:
        raise SettingsError(f"{variable} has a character in it that can't be sent.", "Copy it again.") from None


def need(options: Mapping[str, str], wanted: Iterable[Option]) -> None:
    """Raise SettingsError, naming the variable, when an option that a line can't do without is missing or empty, or
    one holds what no text can."""
    for option in wanted:
        if not _encodes(options.get(option.name, "")):
            raise SettingsError(f"{option.env or option.name} has bytes that are not UTF-8.", "Copy it again.")
        if option.required and option.name != "number" and not options.get(option.name, "").strip(" ,"):
            raise SettingsError(
                f"{option.env} is missing or empty (in bot.yml: {option.name}).", "Set it and start again."
            )


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def api_address(options: Mapping[str, str], default: str, variable: str) -> str:
    """The address of the provider's API, without a slash at its end. Raises SettingsError when it is none."""
    url = options.get("base_url", "").strip() or default
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise SettingsError(f"{variable} is not the address of an API.", "Write it like https://api.example.com.")
    return url.rstrip("/")


def accepted(provider_id: str) -> Accepted:
    """What the provider calls the text, as a database can keep it."""
    return Accepted(clean(provider_id)[:255])


def refused(kind: FailureKind, code: str, detail: str, retry_after: float | None = None) -> Failure:
    """A failure in the provider's own words, as a database can keep them."""
    return Failure(kind, clean(code)[:32], clean(detail)[:200], retry_after)


def seconds(text: str | None) -> float | None:
    """A waiting time that a provider named in a header, in seconds; None when it named none that makes sense."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return min(value, 3600.0) if 0 <= value < float("inf") else None
