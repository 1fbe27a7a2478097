"""Harmless questions from outside: does a provider know our keys, and what time is it there; who answers at an address
of ours?"""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Literal

import msgspec

from textback.channels.client import Broken, Session, Target, TooSlow, Unreachable
from textback.channels.registry import PROVIDERS
from textback.core.when import to_ms

POSTED = "Webhooks are posted."
"""What the address of a line answers to what is no webhook."""
UNKNOWN = "There is no line "
"""How it answers where there is no such line."""


class Answered(msgspec.Struct, frozen=True):
    """What a provider said. `status` is that of HTTP, 0 when it did not answer, and then `problem` says why; `time` is
    its clock in ms, None when it did not tell."""

    status: int
    problem: str = ""
    time: int | None = None


class Verdict(msgspec.Struct, frozen=True):
    """What an answer means: how bad it is, what was seen, and what to do."""

    level: Literal["ok", "warning", "error"]
    seen: str
    fix: str = ""


class _Error(msgspec.Struct):
    error: str = ""


_error = msgspec.json.Decoder(_Error)


async def probe(http: Session, provider: str, options: Mapping[str, str]) -> Answered | None:
    """Ask the provider of a line with these options, as its constructor takes them. It reads one thing and changes
    nothing. None for a provider that can't be asked. Raises SettingsError for an address that is none."""
    spec = PROVIDERS.get(provider)
    question = spec.question(options) if spec is not None and spec.question is not None else None
    return None if question is None else (await _ask(http, question))[0]


def keys_verdict(provider: str, answered: Answered) -> Verdict:
    """What a provider's answer says of our keys."""
    if answered.status == 0:
        fix = "Check this machine's network, DNS and firewall."
        return Verdict("error", f"{provider} could not be asked: {answered.problem}.", fix)
    if answered.status in (401, 403):
        seen = f"{provider} does not accept them (HTTP {answered.status})."
        return Verdict("error", seen, "Copy them again from the provider's console.")
    if answered.status == 404:
        seen = f"{provider} knows no such account (HTTP 404)."
        return Verdict("error", seen, "Check the account's id and the API's address.")
    if not 200 <= answered.status < 300:
        fix = "Ask again later; the provider's status page may say more."
        return Verdict("warning", f"{provider} answered HTTP {answered.status}.", fix)
    return Verdict("ok", f"{provider} accepts them.")


async def address_verdict(http: Session, url: str) -> Verdict:
    """Whether the address that a provider is to call, a line's, leads to a Textback that has the line. Nothing is kept
    of the question. Raises ValueError for what is no address."""
    answered, body = await _ask(http, Target(url, {}, "OPTIONS"))
    try:
        said = _error.decode(body).error
    except (msgspec.MsgspecError, ValueError):
        said = ""
    if answered.status == 405 and said == POSTED:
        return Verdict("ok", "It leads here.")
    if answered.status == 404 and said.startswith(UNKNOWN):
        fix = "Start the server again: it reads its lines when it starts."
        return Verdict("error", "It leads to a Textback that does not have this line.", fix)
    if answered.status == 0:
        fix = "Start the server with textback serve, and the tunnel or proxy in front of it; then check PUBLIC_URL."
        return Verdict("error", f"It can't be reached from here: {answered.problem}.", fix)
    fix = "Start the server with textback serve; then check PUBLIC_URL, and where the tunnel or proxy leads."
    return Verdict("error", f"Something else answers there, with HTTP {answered.status}.", fix)


async def serves(http: Session, host: str, port: int) -> bool:
    """Whether a Textback answers at this address."""
    name = f"[{host}]" if ":" in host else host
    return (await _ask(http, Target(f"http://{name}:{port}/healthz", {}, "GET")))[0].status == 200


async def _ask(http: Session, target: Target) -> tuple[Answered, bytes]:
    try:
        answer = await http.get(target)
    except (Unreachable, Broken, TooSlow) as error:
        return Answered(0, str(error)), b""
    try:
        moment = parsedate_to_datetime(answer.headers["date"])
        time = to_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (KeyError, ValueError, TypeError, OverflowError):
        return Answered(answer.status), answer.body
    return Answered(answer.status, "", time), answer.body
