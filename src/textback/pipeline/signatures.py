"""How a line checks signatures: it enforces them, or, for seven days at most while it is set up, it only logs."""

from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime

import msgspec

from textback.core.errors import SettingsError
from textback.core.when import DAY, to_iso, to_ms
from textback.pipeline.lines import Line
from textback.store import signatures
from textback.store.db import Tx

ENFORCE, LOG_ONLY = "enforce", "log-only"
MODE, UNTIL = "signature", "signature_log_only_until"
LONGEST = 7 * DAY
"""How long a number may go without, from the first start in this mode."""
FORGOTTEN = 30 * DAY
"""After so long, a number may be set up again."""


def log_only_until(line: str, options: MutableMapping[str, str]) -> int:
    """Takes the mode out of a line's options: when log-only ends (ms), 0 where signatures are enforced.

    Raises SettingsError, in one line that names the line and the option.
    """
    mode = options.pop(MODE, ENFORCE).strip() or ENFORCE
    until = options.pop(UNTIL, "").strip()
    if mode not in (ENFORCE, LOG_ONLY):
        raise SettingsError(f"Line {line}: {MODE} {mode!r} is not one.", f"Use {ENFORCE} or {LOG_ONLY}.")
    if mode == ENFORCE:
        return 0
    if not until:
        raise SettingsError(
            f"Line {line} is {LOG_ONLY} but does not say until when.",
            f"Set {UNTIL} to a day at most 7 days away, such as 2030-01-31.",
        )
    try:
        moment = datetime.fromisoformat(until)
        return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise SettingsError(f"Line {line}: {UNTIL} {until!r} is not a day.", "Write it like 2030-01-31.") from None


def latest(since: int | None, now: int) -> int:
    """The last moment at which log-only may end, for a number that began it at `since`."""
    return (now if since is None or since + FORGOTTEN <= now else since) + LONGEST


def check_until(line: str, until: int, end: int) -> None:
    """Raises SettingsError when the day is too far away."""
    if until > end:
        raise SettingsError(
            f"Line {line}: {UNTIL} is more than 7 days after its first start in this mode.",
            f"Set it to {to_iso(end)} or before, or remove it and {MODE}.",
        )


def begin_trials(tx: Tx, workspace: str, lines: Mapping[str, Line], now: int) -> None:
    """Note since when lines are log-only. Raises SettingsError for a line that would be so for too long."""
    for line in lines.values():
        if line.log_only_until <= now:
            continue
        since = signatures.since(tx, workspace, line.provider.name, line.number)
        end = latest(since, now)
        check_until(line.name, line.log_only_until, end)
        if end == now + LONGEST:
            signatures.begin(tx, workspace, line.provider.name, line.number, now)


class Unchecked(msgspec.Struct, frozen=True):
    """A line that takes webhooks without checking who sent them, and until when (ms)."""

    line: str
    until: int


def unchecked(lines: Mapping[str, Line], now: int) -> list[Unchecked]:
    """The lines that do so now."""
    return [Unchecked(line.name, line.log_only_until) for line in lines.values() if now < line.log_only_until]
