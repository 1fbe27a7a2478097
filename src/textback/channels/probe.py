"""A harmless question to a provider: does it know our keys, and what time is it there?"""

import base64
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

import msgspec

from textback.channels import telnyx, twilio
from textback.channels.client import Broken, Session, Target, TooSlow, Unreachable
from textback.channels.http import api_address
from textback.core.when import to_ms


class Answered(msgspec.Struct, frozen=True):
    """What a provider said. `status` is that of HTTP, 0 when it did not answer, and then `problem` says why; `time` is
    its clock in ms, None when it did not tell."""

    status: int
    problem: str = ""
    time: int | None = None


def _target(provider: str, options: Mapping[str, str]) -> Target | None:
    if provider == telnyx.Telnyx.name:
        address = api_address(options, telnyx.BASE_URL, "TELNYX_BASE_URL")
        headers = {"Authorization": f"Bearer {options.get('api_key', '')}"}
        return Target(f"{address}/messaging_profiles?page%5Bsize%5D=1", headers, "GET")
    if provider == twilio.Twilio.name:
        address = api_address(options, twilio.BASE_URL, "TWILIO_BASE_URL")
        sid = options.get("account_sid", "")
        token = options.get("auth_token", "").split(",")[0].strip()
        headers = {"Authorization": f"Basic {base64.b64encode(f'{sid}:{token}'.encode()).decode()}"}
        return Target(f"{address}/2010-04-01/Accounts/{sid}.json", headers, "GET")
    return None


async def probe(http: Session, provider: str, options: Mapping[str, str]) -> Answered | None:
    """Ask the provider of a line with these options, as its constructor takes them. It reads one thing and changes
    nothing. None for a provider that can't be asked. Raises SettingsError for an address that is none."""
    target = _target(provider, options)
    return None if target is None else await _ask(http, target)


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
