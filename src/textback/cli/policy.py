"""`textback policy explain`: what the gate would say to a text, step by step, and why. Nothing is read or sent but the
bot folder."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import typer

from textback.app import line_specs, read_folder
from textback.cli.serving import example_bot
from textback.compliance.agreement import Agreement
from textback.compliance.gate import Ask, Decision, Step, decide_send
from textback.compliance.hours import local
from textback.compliance.places import Place, place_of
from textback.compliance.policy import policy_of
from textback.core.errors import SettingsError
from textback.core.phone import normalise
from textback.core.registration import UNDECLARED, Registration
from textback.core.when import to_ms
from textback.engine.bot import Bot
from textback.engine.joining import promises_of
from textback.engine.load import load_bot
from textback.pipeline.clock import clock
from textback.settings import environment

CLASSES = ("conversational", "informational", "promotional")
WORDS = {"go": "goes now", "hold": "waits", "refuse": "is refused"}


class Given(msgspec.Struct, frozen=True):
    """What the command line says of the text and of the contact."""

    to: str
    at: str
    message_class: str
    line: str = ""
    agreed: bool = False
    opted_out: bool = False
    texted: str = ""
    zone: str = ""
    region: str = ""
    sent: int = 0
    programme: str = ""
    of_programme: int = 0


def explain(bot_dir: Path | None, given: Given, *, as_json: bool) -> int:
    """Print it; returns the exit code: 0 when the text would go now, 1 when it waits or is refused."""
    bot = load_bot(read_folder(bot_dir or example_bot()))
    ask = question(bot, given)
    steps: list[Step] = []
    decision = decide_send(ask, steps)
    place = decision.place or place_of(ask.to, ask.zone, ask.region)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(_answer(ask, decision, steps, place))).decode())
    else:
        for line in _lines(ask, decision, steps, place):
            typer.echo(line)
    return 0 if decision.outcome == "go" else 1


def question(bot: Bot, given: Given) -> Ask:
    """What the gate is asked. Raises SettingsError, in one line, where the command line makes no sense."""
    try:
        to = normalise(given.to)
    except ValueError as error:
        raise SettingsError(f"--to: {error}", "") from None
    if given.message_class not in CLASSES:
        raise SettingsError(f"--class {given.message_class!r} is not one.", f"Use {', '.join(CLASSES)}.")
    zone = given.zone
    if zone:
        _known(zone)
    now = _moment(given.at, zone or (place_of(to, region=given.region).zones or (bot.timezone,))[0])
    texted = _moment(given.texted, bot.timezone) if given.texted else 0
    agreed = [Agreement("phone", "", "promotional", "agreed", 0, "assumed")] if given.agreed else []
    return Ask(
        message_class=given.message_class,
        now=now,
        opted_out=given.opted_out,
        author="api",
        last_inbound_at=texted,
        wrote=bool(texted),
        to=to,
        zone=zone,
        region=given.region,
        home_zone=bot.timezone,
        agreements=agreed,
        registration=_registration(bot, given.line),
        sent=[now] * given.sent,
        programme=given.programme,
        promise=promises_of(bot).of(given.programme),
        of_programme=[now] * given.of_programme,
        policy=policy_of(bot.policy),
    )


def _known(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        raise SettingsError(f"--zone {zone!r} is no time zone.", "Use an IANA name such as America/New_York.") from None


def _moment(text: str, zone: str) -> int:
    """A time in ms. One without an offset is on the contact's own clock."""
    if not text:
        return clock()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"{text!r} is no time.", "Write it like 2026-11-22T07:30-08:00.") from None
    return to_ms(moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone)))


def _registration(bot: Bot, line: str) -> Registration:
    if not line:
        return UNDECLARED
    specs = line_specs(bot, environment(Path.cwd()))
    if line not in specs:
        raise SettingsError(f"There is no line {line!r}.", f"Known are {', '.join(specs) or 'none'}.")
    return specs[line].registration


def _answer(ask: Ask, decision: Decision, steps: list[Step], place: Place) -> dict[str, Any]:
    return {
        "outcome": decision.outcome,
        "rule": decision.rule,
        "reason": decision.reason,
        "class": ask.message_class,
        "judged_as": decision.judged,
        "at": _shown(ask.now, place, ask.home_zone),
        "next_allowed": _shown(decision.until, place, ask.home_zone) if decision.outcome == "hold" else None,
        "place": place,
        "policy": ask.policy.name,
        "steps": steps,
    }


def _shown(at: int, place: Place, fallback: str) -> str:
    return local(at, place.zones[0] if place.zones else fallback).isoformat(timespec="minutes")


def _lines(ask: Ask, decision: Decision, steps: list[Step], place: Place) -> list[str]:
    where = ", ".join(part for part in (place.country or "unknown country", "/".join(place.states)) if part)
    zones = ", ".join(place.zones) or "any zone that is served"
    shown = [
        f"at            {_shown(ask.now, place, ask.home_zone)}",
        f"where         {where}; {zones} (by {place.source})",
        f"policy        {ask.policy.name}",
    ]
    for step in steps:
        shown.append(f"{step.name:<13} {step.rule:<3} {step.result}")
        inputs = {key: value for key, value in step.inputs.items() if value not in ("", [], None)}
        if inputs:
            shown.append(f"{'':<18}{', '.join(f'{key} {_plain(value)}' for key, value in inputs.items())}")
    shown.append(f"the text      {WORDS[decision.outcome]}, by rule {decision.rule}: {decision.reason}")
    if decision.outcome == "hold":
        shown.append(f"next allowed  {_shown(decision.until, place, ask.home_zone)}")
    return shown


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
