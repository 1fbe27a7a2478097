"""What providers share: the session they post with, what its failures mean, and reading their options."""

import base64
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit, urlunsplit

from textback.channels.base import Accepted, Failure, FailureKind, Option, Outgoing
from textback.channels.client import Answer, Broken, Session, Target, TooSlow, Unreachable
from textback.core.errors import SettingsError
from textback.core.text import clean
from textback.core.when import named_wait


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


async def exchange(http: Session, to: Target, body: bytes, outgoing: Outgoing) -> Answer | Failure:
    """Post a text: the provider's answer, whatever its status, or the failure when there is none."""
    try:
        answer = await http.post(to, body, outgoing.ours)
    except (Unreachable, Broken, TooSlow) as error:
        return failure_of(error)
    if outgoing.answered is not None:
        outgoing.answered(answer.status)
    return answer


def refusal(answer: Answer, code: str, detail: str, codes: Mapping[str, FailureKind]) -> Failure:
    """What an answer means that is not 2xx. `code` is the provider's own or empty; `codes` says what its codes mean."""
    status, kind = answer.status, codes.get(code)
    code = code or str(status)
    if status == 429 or kind == "throttled":
        return refused("throttled", code, detail, seconds(answer.headers.get("retry-after")))
    if status >= 500:
        # It may have been taken before it broke: a double is worse than asking.
        return refused("unknown", code, detail)
    if 300 <= status < 400:
        return refused("misconfigured", code, "The address of the API answers with a redirect.")
    if kind is None and status in (401, 402, 403, 404):
        return refused("misconfigured", code, detail)
    return refused(kind or "rejected", code, detail)


def secrets_of(options: Mapping[str, str], name: str, variable: str) -> list[str]:
    """The secrets in an option, which may hold several with commas between them while one is changed for another.
    Raises SettingsError when there are none."""
    found = [part.strip() for part in options.get(name, "").split(",") if part.strip()]
    if not found:
        raise SettingsError(f"{variable} has nothing but commas and spaces.", "Copy it from the console.")
    return found


def keywords_of(options: Mapping[str, str], words: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """The words that the provider answers itself: none, where a line's option says that we do."""
    return {} if options.get("keyword_owner") == "app" else words


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


def origins(address: str, *more: str) -> tuple[str, ...]:
    """The hosts that may read what says who we are: that of the API's address, and others of the provider's own."""
    parts = urlsplit(address)
    return (f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}", *more)


def either_port(url: str) -> list[str]:
    """The address as configured, and with its port spelt out and left out: some providers sign either."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    port = parts.port
    default = 443 if parts.scheme == "https" else 80
    bare = host.rsplit(":", 1)[0] if port is not None else host
    return [
        urlunsplit(parts._replace(netloc=netloc, fragment=""))
        for netloc in dict.fromkeys((host, bare, f"{bare}:{port or default}"))
    ]


def basic(user: str, password: str) -> str:
    """The header Authorization for a name and a password."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def accepted(provider_id: str) -> Accepted:
    """What the provider calls the text, as a database can keep it."""
    return Accepted(clean(provider_id)[:255])


def refused(kind: FailureKind, code: str, detail: str, retry_after: float | None = None) -> Failure:
    """A failure in the provider's own words, as a database can keep them."""
    return Failure(kind, clean(code)[:32], clean(detail)[:200], retry_after)


def seconds(text: str | None) -> float | None:
    """A waiting time that a provider named in a header, in seconds; None when it named none that makes sense."""
    return named_wait(text, 3600.0)
