"""Setting up a line: what its provider needs, and waiting until the first webhook comes."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import typer

from textback.app import make_lines
from textback.channels.base import Option
from textback.channels.client import Session
from textback.channels.probe import address_verdict
from textback.channels.registry import PROVIDERS, ProviderSpec
from textback.core.errors import SettingsError, shown
from textback.core.phone import is_e164, is_short_code
from textback.engine.bot import LineSpec
from textback.pipeline.coming import Coming, coming
from textback.settings import Settings, load_settings
from textback.store import line_seen
from textback.store.db import parse_url

PUBLIC_URL = "PUBLIC_URL"
LOOK_EVERY, ASK_EVERY = 0.5, 5.0
"""Seconds between two looks into the database, and between two questions to our own address."""


def spec_of(provider: str) -> ProviderSpec:
    """What is known of a provider. Raises SettingsError for one that we do not have."""
    known = [name for name, spec in PROVIDERS.items() if spec.traits is not None]
    if provider not in known:
        raise SettingsError(f"There is no provider {shown(provider)}.", f"Known are {', '.join(known)}.")
    return PROVIDERS[provider]


def ask(spec: ProviderSpec, found: Mapping[str, str]) -> dict[str, str]:
    """Ask for what the environment does not have, one variable after the other; returns what is to be kept, by name.
    Raises SettingsError when there is nobody to ask."""
    given: dict[str, str] = {}
    wanted = [option for option in spec.options if option.required and option.env]
    for option in wanted:
        if found.get(option.env, "").strip():
            typer.echo(f"{option.env} is set already.")
        else:
            given |= _answer(option)
    if found.get(PUBLIC_URL, "").strip():
        typer.echo(f"{PUBLIC_URL} is set already: {found[PUBLIC_URL].strip()}")
    else:
        help_ = "The https address that providers call, without a path, such as https://texts.example.com."
        given |= _answer(Option(PUBLIC_URL, PUBLIC_URL, help_))
        load_settings({PUBLIC_URL: given[PUBLIC_URL]})  # says now what is wrong with it
    return given


def _answer(option: Option) -> dict[str, str]:
    typer.echo(option.help)
    more = " (hidden; or @ and the path of a file that has it)" if option.secret else ""
    try:
        answer: str = typer.prompt(f"{option.env}{more}", hide_input=option.secret).strip()
    except typer.Abort:
        typer.echo()
        fix = f"Set {option.env}, or run this in a terminal and answer."
        raise SettingsError(f"{option.env} is missing.", fix) from None
    if not option.secret or not answer.startswith("@"):
        return {option.env: answer}
    path = Path(answer[1:]).expanduser().absolute()
    if not path.is_file():
        raise SettingsError(f"{option.env}: {path} is not a file.", "Give the path of the file that has it.")
    return {f"{option.env}_FILE": str(path)}


def line_of(spec: ProviderSpec, found: Mapping[str, str]) -> LineSpec:
    """The line that these variables make."""
    options = {
        option.name: value for option in spec.options if option.env and (value := found.get(option.env, "").strip())
    }
    return LineSpec(name=spec.name, provider=spec.name, number=options.pop("number", ""), options=options)


def check_form(spec: ProviderSpec, line: LineSpec, found: Mapping[str, str], http: Session) -> None:
    """Raises SettingsError, in one line, for keys or a number that can't be any."""
    number = next((option.env for option in spec.options if option.name == "number"), "")
    if number.endswith("_PHONE_NUMBER") and not (is_e164(line.number) or is_short_code(line.number)):
        raise SettingsError(f"{number} is not in E.164 form.", "Write it like +12065550100.")
    make_lines({line.name: line}, found, http)


async def wait_for_first(
    http: Session, line: LineSpec, settings: Settings, address: str, since: int, seconds: float
) -> bool:
    """Print how webhooks come, each thing once, until the first good one has, or time is up; whether it has."""
    loop = asyncio.get_running_loop()
    end, ask_at, told, there = loop.time() + seconds, 0.0, "", ""
    while True:
        now = await _look(line, settings, address, since)
        if now.state == "came":
            typer.echo(f"The first webhook has come, and its signature is right. {line.name} is ready.")
            return True
        if now.state == "nothing" and loop.time() >= ask_at:
            verdict = await address_verdict(http, address)
            there = "" if verdict.level == "ok" else f"{address}: {verdict.seen} {verdict.fix}"
            ask_at = loop.time() + ASK_EVERY
        words = there if now.state == "nothing" and there else f"{now.seen} {now.fix}"
        if words != told:
            typer.echo(words)
            told = words
        if loop.time() >= end:
            typer.echo(
                "No webhook has come that is signed as it should be. Mend what stands above, and run this again."
            )
            return False
        await asyncio.sleep(min(LOOK_EVERY, max(0.0, end - loop.time())))


async def _look(line: LineSpec, settings: Settings, address: str, since: int) -> Coming:
    found = await asyncio.to_thread(line_seen.look, parse_url(settings.database_url), settings.workspace)
    return coming(line.name, line.provider, found or line_seen.NOTHING, address, since)
