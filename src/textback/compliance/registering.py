"""What is known of a line's registration with the carriers (N1, N2), in words."""

from typing import Literal

import msgspec

from textback.compliance.tables import registrations
from textback.core.phone import is_short_code
from textback.core.registration import Registration


class Registered(msgspec.Struct, frozen=True):
    """How bad it is, what is known, and what to do."""

    level: Literal["ok", "warning"]
    seen: str
    fix: str = ""


def registered(mine: Registration, number: str) -> Registered:
    """Whether carriers let a line's texts to the United States through, as far as bot.yml says."""
    status = registrations().statuses.get(mine.status)
    if status is None:
        if not number.startswith("+1") and not is_short_code(number):
            return Registered("ok", "It is not declared, and this is no number of North America.")
        fix = "Write registration: {status: verified, kind: 10dlc} in bot.yml; see docs/how-to/quiet-hours.md."
        return Registered("warning", "Nobody has said how it is registered; carriers block texts that are not.", fix)
    if not status.sends:
        return Registered("warning", f"The line {status.says}: nothing goes from it to the United States.", status.fix)
    kinds = registrations().kinds
    if mine.kind and mine.kind not in kinds:
        return Registered("warning", f"Nobody knows the kind {mine.kind!r}.", f"Use one of {', '.join(kinds)}.")
    return Registered("warning" if status.fix else "ok", f"Declared as {mine.status}.", status.fix)
