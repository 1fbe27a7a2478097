"""A harmless question to a provider: does it know our keys, and what time is it there?"""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

import msgspec

from textback.channels.client import Broken, Session, Target, TooSlow, Unreachable
from textback.channels.registry import PROVIDERS
from textback.core.when import to_ms


class Answered(msgspec.Struct, frozen=True):
    """What a provider said. `status` is that of HTTP, 0 when it did not answer, and then `problem` says why; `time` is
    its clock in ms, None when it did not tell."""

    status: int
    problem: str = ""
    time: int | None = None


async def probe(http: Session, provider: str, options: Mapping[str, str]) -> Answered | None:
    """Ask the provider of a line with these options, as its constructor takes them. It reads one thing and changes
    nothing. None for a provider that can't be asked. Raises SettingsError for an address that is none."""
    spec = PROVIDERS.get(provider)
    question = spec.question(options) if spec is not None and spec.question is not None else None
    return None if question is None else await _ask(http, question)


async def serves(http: Session, host: str, port: int) -> bool:
    """Whether a Textback answers at this address."""
    name = f"[{host}]" if ":" in host else host
    return (await _ask(http, Target(f"http://{name}:{port}/healthz", {}, "GET"))).status == 200


async def _ask(http: Session, target: Target) -> Answered:
    try:
        answer = await http.get(target)
    except (Unreachable, Broken, TooSlow) as error:
        return Answered(0, str(error))
    try:
        moment = parsedate_to_datetime(answer.headers["date"])
        time = to_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (KeyError, ValueError, TypeError, OverflowError):
        return Answered(answer.status)
    return Answered(answer.status, "", time)
