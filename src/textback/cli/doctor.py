"""textback doctor: what may keep this server from working, and what to do about it. It changes nothing."""

import asyncio
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import typer

from textback.app import line_specs, make_actions, make_lines, read_folder, resolve
from textback.channels.client import Session
from textback.channels.probe import Answered, keys_verdict, probe, serves
from textback.cli.models import look as look_at_models
from textback.cli.serving import example_bot
from textback.compliance.registering import registered
from textback.core.errors import TextbackError
from textback.core.messages import FAMILY
from textback.core.phone import is_e164, is_short_code
from textback.core.when import MINUTE, SECOND, to_iso
from textback.engine.bot import Bot, LineSpec
from textback.engine.load import load_bot
from textback.knowledge.markdown import read_passages
from textback.llm import quick, weights
from textback.pipeline.lines import channels_of
from textback.pipeline.signatures import check_until, latest
from textback.pipeline.wording import checked
from textback.settings import Settings, environment, load_settings
from textback.store import hook_trouble, signatures
from textback.store.checkup import look
from textback.store.db import parse_url
from textback.telemetry import switch

Level = Literal["ok", "warning", "error"]

LITTLE, TOO_LITTLE = 1 << 30, 100 << 20
"""Bytes free on the database's disk that are worth a warning, and an error."""
SKEW, TOO_SKEWED = 30 * SECOND, 4 * MINUTE
"""How far our clock may be from a provider's. Webhooks older than five minutes are refused."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at: its name, how it is, what was seen, and what to do."""

    what: str
    level: Level
    seen: str
    fix: str = ""


def doctor(bot_dir: Path | None, *, database: str | None, online: bool, as_json: bool) -> int:
    """Look at everything and print it; returns the exit code: 1 when there is an error."""
    findings = asyncio.run(examine(environment(Path.cwd()), bot_dir or example_bot(), database, online=online))
    errors = sum(finding.level == "error" for finding in findings)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode({"ok": not errors, "findings": findings})).decode())
        return 1 if errors else 0
    for finding in findings:
        typer.echo(f"{finding.level:<8} {finding.what}: {finding.seen}")
        if finding.fix:
            typer.echo(f"         {finding.fix}")
    warnings = sum(finding.level == "warning" for finding in findings)
    typer.echo(f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}")
    return 1 if errors else 0


async def examine(found: Mapping[str, str], bot_dir: Path, database: str | None, *, online: bool) -> list[Finding]:
    """Everything, in the order in which a start needs it. What depends on something that is broken is left out."""
    http = Session()
    try:
        findings, settings = _settings(found, database)
        bot = _bot(bot_dir, findings)
        specs = _lines(bot, found, http, findings) if bot is not None else {}
        findings.append(_zone(bot))
        findings.append(_encoder())
        findings += await _models(bot, found, http if online else None)
        if settings is not None:
            findings.append(_public_url(settings, specs))
            findings += _actions(settings, bot, specs, found)
            findings += _database(settings)
            findings += _signatures(specs, found, http, settings)
            findings += _webhooks(settings)
            findings.append(_traces(found))
            findings.append(await _port(settings, http))
        if online:
            findings += await _providers(specs, found, http)
        return findings
    finally:
        await http.close()


def _settings(found: Mapping[str, str], database: str | None) -> tuple[list[Finding], Settings | None]:
    try:
        settings = load_settings(found, database_url=database)
    except TextbackError as error:
        return [_error("settings", error)], None
    return [Finding("settings", "ok", "They can be read.")], settings


def _error(what: str, error: TextbackError) -> Finding:
    return Finding(what, "error", error.message, error.fix)


def _bot(bot_dir: Path, findings: list[Finding]) -> Bot | None:
    try:
        files = read_folder(bot_dir)
    except TextbackError as error:
        findings.append(_error("bot folder", error))
        return None
    problems = checked(files)[1]
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        first = errors[0]
        findings.append(
            Finding(
                "bot folder", "error", f"{first.file}:{first.line}: {first.message}", f"Run textback check {bot_dir}."
            )
        )
        return None
    bot = load_bot(files)
    findings.append(_knowledge(bot))
    seen = f"{bot.name}, {len(bot.flows)} flow{'s' * (len(bot.flows) != 1)}."
    if problems:
        findings.append(
            Finding("bot folder", "warning", f"{seen} {len(problems)} to look at.", f"Run textback check {bot_dir}.")
        )
    else:
        findings.append(Finding("bot folder", "ok", seen))
    if bot.lines and not bot.disclosure.on:
        said = "Its first text does not say that a program writes, as several laws ask."
        findings.append(Finding("automated", "warning", said, "Put automated: true into bot.yml, or say it yourself."))
    return bot


def _actions(
    settings: Settings, bot: Bot | None, specs: Mapping[str, LineSpec], found: Mapping[str, str]
) -> list[Finding]:
    """Every secret of the bot's actions is there. Nobody is asked."""
    if bot is None or not bot.actions:
        return []
    try:
        make_actions(settings, bot, specs, found)
    except TextbackError as error:
        return [_error("actions", error)]
    return [Finding("actions", "ok", f"{', '.join(bot.actions)}; what they need is set.")]


def _knowledge(bot: Bot) -> Finding:
    passages, _ = read_passages(bot.sources)
    if not passages:
        return Finding("knowledge", "ok", "There is none: the bot answers what its flows say, and nothing else.")
    count, stale = len(passages), sum(passage.stale(_now()) for passage in passages)
    seen = f"{count:,} passage{'s' * (count != 1)} in {len(bot.sources)} file{'s' * (len(bot.sources) != 1)}."
    if stale:
        fix = "textback check says which: look them up, and move their stale_after."
        return Finding("knowledge", "warning", f"{seen} {stale} out of date, and no longer said.", fix)
    return Finding("knowledge", "ok", seen)


def _lines(bot: Bot, found: Mapping[str, str], http: Session, findings: list[Finding]) -> dict[str, LineSpec]:
    """Every line's keys have the form that its provider's have; returns the lines that could be made."""
    try:
        specs = line_specs(bot, found)
    except TextbackError as error:
        findings.append(_error("lines", error))
        return {}
    fine = {}
    for name, spec in specs.items():
        try:
            line = make_lines({name: spec}, found, http)[name]
        except TextbackError as error:
            findings.append(_error(f"line {name}", error))
            continue
        fine[name] = spec
        channels = channels_of(line.provider)
        numbered = any(FAMILY[channel] == "phone" for channel in channels)
        if numbered and not (is_e164(line.number) or is_short_code(line.number)):
            fix = "Write it like +12065550100."
            findings.append(Finding(f"line {name}", "error", "Its number is not in E.164 form.", fix))
            continue
        findings.append(Finding(f"line {name}", "ok", f"{spec.provider}; its keys have the right form."))
        if "sms" in channels and spec.provider != "simulator":
            findings.append(_registration(name, spec, line.number))
    if not specs:
        fix = "Set the variables of a provider; see docs/reference/settings.md."
        findings.append(Finding("lines", "warning", "There is no real number; only the simulated phone works.", fix))
    return fine


def _registration(name: str, spec: LineSpec, number: str) -> Finding:
    """N1, N2: whether carriers let its texts to the United States through, as far as bot.yml says."""
    found = registered(spec.registration, number)
    return Finding(f"registration of {name}", found.level, found.seen, found.fix)


def _traces(found: Mapping[str, str]) -> Finding:
    try:
        wanted = switch.wanted(found)
    except TextbackError as error:
        return _error("traces", error)
    return Finding("traces", "ok", "They are exported." if wanted else "They are off; docs/how-to/watch.md says how.")


def _zone(bot: Bot | None) -> Finding:
    for name in {"America/Los_Angeles", bot.timezone if bot else "UTC"}:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            fix = "Install the system's tzdata package."
            return Finding("time zones", "error", f"Nothing is known of {name}.", fix)
    return Finding("time zones", "ok", "Their data is there.")


def _encoder() -> Finding:
    problem = weights.check(weights.find())
    if problem:
        seen = f"Lite mode: texts are understood by their words and letters, not by what they mean. {problem}"
        return Finding("understanding", "warning", seen, weights.INSTALL)
    by = "onnxruntime" if quick.available() else "numpy; the extra onnx would make it four times as quick"
    return Finding("understanding", "ok", f"The sentence encoder is installed, with the official weights, run by {by}.")


async def _models(bot: Bot | None, found: Mapping[str, str], http: Session | None) -> list[Finding]:
    """The models that the bot may ask."""
    model = bot.model if bot is not None else None
    looked = await look_at_models(model.use, found, http) if model is not None else []
    return [Finding(f"model {one.use}", one.level, one.seen, one.fix) for one in looked]


def _public_url(settings: Settings, specs: Mapping[str, LineSpec]) -> Finding:
    url = settings.public_url
    real = any(spec.provider != "simulator" for spec in specs.values())
    if url is None:
        seen = "It is not set: providers are not told where to report, and Twilio's signatures can't be right."
        level: Level = "warning" if real else "ok"
        return Finding(
            "PUBLIC_URL", level, seen if real else "It is not set, and no line needs it.", _URL if real else ""
        )
    parts = urlsplit(url)
    if not parts.hostname or parts.query or parts.fragment or parts.username:
        return Finding("PUBLIC_URL", "error", "It is not an address with nothing but a host and a port.", _URL)
    if parts.path:
        return Finding("PUBLIC_URL", "warning", f"It has a path, {parts.path}: the proxy must take that off.", _URL)
    if parts.scheme != "https":
        return Finding("PUBLIC_URL", "warning", "It is not https: texts and logins travel in the clear.", _URL)
    return Finding("PUBLIC_URL", "ok", url)


def _signatures(
    specs: Mapping[str, LineSpec], found: Mapping[str, str], http: Session, settings: Settings
) -> list[Finding]:
    """Lines that take webhooks without checking who sent them, or that would like to."""
    findings = []
    for name, spec in specs.items():
        line = make_lines({name: spec}, found, http)[name]
        if not line.log_only_until:
            continue
        what, now = f"signatures of {name}", _now()
        if line.log_only_until <= now:
            fix = "Remove signature and signature_log_only_until."
            findings.append(Finding(what, "warning", "They are enforced again: log-only is over.", fix))
            continue
        began = signatures.look(parse_url(settings.database_url), settings.workspace, spec.provider, line.number)
        try:
            check_until(name, line.log_only_until, latest(began, now))
        except TextbackError as error:
            findings.append(_error(what, error))
            continue
        seen = f"Until {to_iso(line.log_only_until)} webhooks are taken in without checking who sent them."
        fix = "Remove signature: log-only as soon as the provider's webhooks are signed as they should be."
        findings.append(Finding(what, "warning", seen, fix))
    return findings


_URL = "Set it to what providers call, such as https://texts.example.com; see docs/how-to/run-behind-a-proxy.md."


def _database(settings: Settings) -> list[Finding]:
    try:
        seen = look(parse_url(settings.database_url))
    except TextbackError as error:
        return [_error("database", error)]
    if seen.problem:
        return [Finding("database", "error", seen.problem, "Check DATABASE_URL, and who may use it.")]
    findings = []
    if not seen.schema:
        findings.append(Finding("database", "ok", "It can be reached and is empty; the first start fills it."))
    elif not seen.known:
        fix = "Use that release, or restore a backup made before the upgrade."
        findings.append(Finding("database", "error", f"A newer Textback made it (schema {seen.schema}).", fix))
    elif seen.schema != seen.current:
        words = f"Its schema is {seen.schema}; this release has {seen.current}."
        findings.append(Finding("database", "warning", words, "Back it up. The next start upgrades it."))
    else:
        findings.append(Finding("database", "ok", f"It can be reached, and its schema is current ({seen.schema})."))
    if seen.free is not None:
        findings.append(_disk(seen.free))
    return findings


def _webhooks(settings: Settings) -> list[Finding]:
    """Webhooks out whose other end fails, or that wait for long."""
    try:
        found = hook_trouble.look(parse_url(settings.database_url), settings.workspace, _now())
    except TextbackError:  # the database says it itself
        return []
    fix = "Look at its deliveries on the page Webhooks, mend the program at its address, or disable it."
    return [
        Finding("webhooks", "warning", f"{one.sentence(_now())}{f' ({one.why})' if one.why else ''}", fix)
        for one in found
    ]


def _disk(free: int) -> Finding:
    level: Level = "error" if free < TOO_LITTLE else "warning" if free < LITTLE else "ok"
    fix = "" if level == "ok" else "Make room: when the disk is full, texts are refused until there is some."
    return Finding("disk", level, f"{free / (1 << 30):,.1f} GB free beside the database.", fix)


async def _port(settings: Settings, http: Session) -> Finding:
    where = f"{settings.host}:{settings.port}"
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((settings.host, settings.port))
    except OSError as error:
        if await serves(http, settings.host, settings.port):
            return Finding("port", "ok", f"A Textback is running at {where}.")
        return Finding("port", "error", f"{where} can't be had: {error.strerror}.", "Set another HOST or PORT.")
    return Finding("port", "ok", f"{where} is free.")


async def _providers(specs: Mapping[str, LineSpec], found: Mapping[str, str], http: Session) -> list[Finding]:
    findings = []
    for name, spec in specs.items():
        _, options = resolve(spec, found)
        sent = _now()
        answered = await probe(http, spec.provider, options)
        if answered is None:
            continue
        findings.append(_keys(name, spec.provider, answered))
        if answered.time is not None:
            # Its clock counts whole seconds; ours was somewhere between asking and being answered.
            findings.append(_skew(spec.provider, (sent + _now()) // 2 - answered.time - SECOND // 2))
    return findings


def _keys(name: str, provider: str, answered: Answered) -> Finding:
    said = keys_verdict(provider, answered)
    return Finding(f"keys of {name}", said.level, said.seen, said.fix)


def _skew(provider: str, ms: int) -> Finding:
    level: Level = "error" if abs(ms) > TOO_SKEWED else "warning" if abs(ms) > SKEW else "ok"
    if level == "ok":
        return Finding("clock", "ok", f"It agrees with that of {provider}.")
    seen = f"It is {abs(ms) // SECOND} s {'ahead of' if ms > 0 else 'behind'} that of {provider}."
    return Finding(
        "clock", level, seen, "Turn on time synchronisation (NTP): signed webhooks are refused by their age."
    )


def _now() -> int:
    return time.time_ns() // 1_000_000
