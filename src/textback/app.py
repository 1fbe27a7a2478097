"""The composition root, the only file that knows everyone: lines, bot, database, road and web become one program."""

import asyncio
import fcntl
import os
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import msgspec
import structlog

from textback.actions import notify
from textback.actions.fetch import Allowed
from textback.actions.performing import Actions
from textback.actions.poster import Poster
from textback.channels.client import Session
from textback.channels.registry import PROVIDERS
from textback.channels.simulator import Simulator
from textback.compliance.limits import Guard
from textback.compliance.retention import Retention
from textback.core.errors import SettingsError, StartError, TextbackError
from textback.core.roles import parse_roles
from textback.core.when import MINUTE, SECOND, to_iso
from textback.engine.bot import Bot, LineSpec
from textback.engine.load import load_bot, make_ready
from textback.llm.access import accesses
from textback.llm.models import Models
from textback.pipeline import approvals
from textback.pipeline.bots import Shelf
from textback.pipeline.by_text import check_lines
from textback.pipeline.checking import LedgerCheck
from textback.pipeline.clock import clock
from textback.pipeline.floor import Staffed
from textback.pipeline.knowing import PATIENCE
from textback.pipeline.line_checks import LineChecks
from textback.pipeline.lines import (
    Line,
    channels_of,
    has_threads,
    line_limits,
    line_price,
    room_for_files,
    shows_offers,
    templates_account,
)
from textback.pipeline.media import Keeping
from textback.pipeline.notices import Notices
from textback.pipeline.quarantine import Quarantine
from textback.pipeline.road import Road
from textback.pipeline.shortener import Shortener
from textback.pipeline.signatures import begin_trials, log_only_until, unchecked
from textback.pipeline.simulating import Phones
from textback.pipeline.spool import Spool, open_spool
from textback.pipeline.stops import Stops
from textback.pipeline.suggesting import Suggester
from textback.pipeline.tick import Keep
from textback.pipeline.training import Trainings
from textback.pipeline.trust import Trust
from textback.pipeline.understanding import Understanding
from textback.pipeline.uploads import Uploads
from textback.settings import Settings, parse_retries
from textback.sources.folder import read_documents
from textback.store import bots as bot_store
from textback.store import events, migrate, rules
from textback.store.db import Db, open_db, parse_url, sqlite_path
from textback.store.events import LOG_EVERY
from textback.store.vault import open_keys
from textback.telemetry import switch
from textback.web.context import LineInfo, Watch, WebContext, Wording
from textback.web.elsewhere import HEALTH, no_pages, no_webhooks
from textback.web.mailer import make_mailer
from textback.web.quick import PATH as TEXTS
from textback.web.quick import Texts
from textback.web.reasons import reason_words
from textback.web.server import build_app
from textback.web.webhooks import PREFIX, Receive, Scope, SendMessage, Webhooks

log = structlog.get_logger("textback")

SIMULATOR = "simulator"
SIMULATOR_NUMBER = "+12065550100"


def read_folder(folder: Path) -> dict[str, str]:
    """The YAML files of a bot folder and its knowledge, by relative path. Documents that are no text, such as PDF, are
    read as the text that is in them. Raises SettingsError when it is not a bot folder."""
    if not (folder / "bot.yml").is_file():
        raise SettingsError(f"There is no bot.yml in {folder}.", "Name a bot folder, for example: textback serve mybot")
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.yml")):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in Path(name).parts):
            continue
        try:
            found[name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} can't be read: {type(error).__name__}.", "Save it as UTF-8 text.") from None
    return {**found, **read_documents(folder)}


def line_specs(bot: Bot, found: Mapping[str, str]) -> dict[str, LineSpec]:
    """The lines to run: those of bot.yml, and one for each provider whose variables are in the environment.

    Raises SettingsError naming the first variable that is missing or empty.
    """
    specs = {line.name: line for line in bot.lines}
    used = {line.provider for line in bot.lines}
    for provider in PROVIDERS.values():
        names = {option.env: option for option in provider.options if option.env}
        present = [name for name, option in names.items() if option.required and name in found]
        if not present or provider.name in used:
            continue
        options = {}
        for name, option in names.items():
            value = found.get(name, "")
            if option.required and not value.strip():
                state = "is empty" if name in found else "is missing"
                given = [other for other in present if found[other].strip()]
                because = f", but {given[0]} is set" if given else ""
                raise SettingsError(f"{name} {state}{because}.", f"Set {name}, or remove the others.")
            if value.strip():
                options[option.name] = value.strip()
        specs[provider.name] = LineSpec(
            name=provider.name, provider=provider.name, number=options.pop("number", ""), options=options
        )
    return specs


def resolve(spec: LineSpec, found: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """A line's number and options with every ${NAME} replaced. Raises SettingsError naming what is missing."""

    def value(text: str) -> str:
        if not (text.startswith("${") and text.endswith("}")):
            return text
        name = text[2:-1]
        got = found.get(name, "").strip()
        if not got:
            state = "empty" if name in found else "missing"
            raise SettingsError(
                f"{name} is {state}; line {spec.name} in bot.yml needs it.", f"Set {name} and start again."
            )
        return got

    return value(spec.number), {name: value(text) for name, text in spec.options.items()}


def make_lines(
    specs: Mapping[str, LineSpec], found: Mapping[str, str], http: Session, price: float = 0.0
) -> dict[str, Line]:
    """Every line with its provider's connection, the simulator included; `price` is what a segment usually costs."""
    lines = {}
    for spec in specs.values():
        provider = PROVIDERS.get(spec.provider)
        if provider is None:
            known = ", ".join(PROVIDERS)
            raise SettingsError(f"Line {spec.name} names the provider {spec.provider!r}.", f"Known are {known}.")
        number, options = resolve(spec, found)
        number = number or spec.name  # a web chat has none
        limits = line_limits(spec.name, options)
        until = log_only_until(spec.name, options)
        each = line_price(spec.name, options, price)
        made = provider.make(number, options, http)
        lines[spec.name] = Line(
            spec.name, made, number, channels_of(made), rate=limits.rate, cap=limits.cap, brand=limits.brand,
            price=each, log_only_until=until, registration=spec.registration, offers=shows_offers(made),
            threads=has_threads(made), templates=templates_account(made), attaches=room_for_files(made),
        )  # fmt: skip
    if SIMULATOR not in lines:
        simulator = PROVIDERS[SIMULATOR].make(SIMULATOR_NUMBER, {}, http)
        lines[SIMULATOR] = Line(SIMULATOR, simulator, SIMULATOR_NUMBER, price=price)
    check_lines(lines)
    return lines


def make_actions(
    settings: Settings, bot: Bot, specs: Mapping[str, LineSpec] | None, found: Mapping[str, str]
) -> Actions:
    """What performs the bot's actions. Raises SettingsError naming the first variable that is missing or empty, unless
    all these lines are the simulator's, where actions are only played."""
    real = specs is None or settings.simulator_actions or any(spec.provider != SIMULATOR for spec in specs.values())
    for action in bot.actions.values() if real else ():
        for name in sorted(action.secrets):
            if not found.get(name, "").strip():
                state = "empty" if name in found else "missing"
                raise SettingsError(
                    f"{name} is {state}; action {action.name} in bot.yml needs it.", f"Set {name} and start again."
                )
    if real:
        check_destinations(bot, found)
    return Actions(found, allowed(settings.actions_private, "ACTIONS_PRIVATE"))


def check_destinations(bot: Bot, found: Mapping[str, str]) -> None:
    """Raises SettingsError naming the first address that people can't be told at. The address itself is a secret."""
    for name, where in bot.destinations.items():
        given = found.get(where.to, "").strip()
        if not given:
            state = "empty" if where.to in found else "missing"
            raise SettingsError(
                f"{where.to} is {state}; notify.{name} in bot.yml needs it.", f"Set {where.to} and start again."
            )
        if wrong := notify.refusal(given):
            raise SettingsError(f"{where.to}, the address of notify.{name}, can't be used.", wrong)


def allowed(given: str | None, setting: str) -> Allowed:
    """The private hosts and networks that a setting lists. Raises SettingsError."""
    try:
        return Allowed([name.strip() for name in (given or "").split(",") if name.strip()], setting)
    except ValueError as error:
        fix = "Write hosts and networks with commas, such as booking.internal,10.1.0.0/16."
        raise SettingsError(f"{setting} is wrong: {error}.", fix) from None


def keeping_of(settings: Settings) -> Keeping | None:
    """What is kept of files that come with texts; None for nothing. Raises SettingsError."""
    private = allowed(settings.media_private, "MEDIA_PRIVATE")
    if not settings.media_mb:
        return None
    return Keeping(settings.media_mb * 2**20, settings.media_conversation_mb * 2**20, private)


def lock_database(settings: Settings) -> IO[str] | None:
    """Hold a SQLite database for this process alone. Raises StartError when another server has it."""
    path = sqlite_path(parse_url(settings.database_url))
    if path is None:
        return None
    try:
        handle = open(f"{path}.lock", "a+")  # noqa: SIM115 (held for as long as the process lives)
    except OSError as error:
        raise StartError(
            f"The folder of {path} can't be written: {error.strerror}.", "Choose another --database."
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise StartError(
            f"Another textback serve is already using {path}.",
            "Stop it first, or use PostgreSQL to run several.",
        ) from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


def understanding_of(settings: Settings, patience: float | None = PATIENCE) -> Understanding:
    """What teaches bots their intents and their knowledge, as the settings want it."""
    return Understanding(Path(settings.model_dir).expanduser(), settings.understanding, patience)


def retention_of(settings: Settings) -> Retention:
    """How long each kind of data is kept (K10)."""
    return Retention(
        settings.message_days,
        settings.media_days,
        settings.turn_days,
        settings.arrival_days,
        settings.unresolved_dead_letter_days,
        settings.audit_days,
        settings.privacy_request_days,
        settings.event_days,
    )


def keep_of(settings: Settings) -> Keep:
    """How long what the road leaves behind is kept."""
    return Keep(
        settings.dead_letter_days,
        settings.unresolved_dead_letter_days,
        settings.rejected_webhook_days,
        settings.gate_decision_days,
        settings.turn_days,
    )


class App:
    """One server: an ASGI application with a lifespan. Nothing is opened before `start`."""

    def __init__(
        self, settings: Settings, bot_files: Mapping[str, str], found: Mapping[str, str], *, example: bool = False
    ) -> None:
        self.settings = settings
        self._files = bot_files
        self._example = example
        self._found = found
        self._stops: asyncio.Task[None] | None = None
        self.bot = load_bot(bot_files)  # fails early, before anything is opened
        self._specs = line_specs(self.bot, found)
        self.db: Db
        self.road: Road
        self.spool: Spool | None = None
        self.by_bucket = False
        switch.wanted(found)  # says now, in one line, what would keep traces from being exported

    async def check(self) -> None:
        """Make every line and let it go again. Raises SettingsError, in one line, where one can't be made."""
        http = Session()
        try:
            make_lines(self._specs, self._found, http)
            self._make_actions(parse_roles(self.settings.roles))
            allowed(self.settings.webhooks_private, "WEBHOOKS_PRIVATE")
            keeping_of(self.settings)
        finally:
            await http.close()

    def _make_actions(self, roles: frozenset[str]) -> Actions | None:
        return make_actions(self.settings, self.bot, self._specs, self._found) if "perform" in roles else None

    async def check_signatures(self) -> None:
        """Begin what lines may do without signatures, in the database. Raises SettingsError, in one line, where one
        would do so for too long."""
        http = Session()
        db = open_db(self.settings.database_url, by_bucket=self.by_bucket)
        try:
            await self._settle(db)
            lines = make_lines(self._specs, self._found, http)
            await db.write(begin_trials, self.settings.workspace, lines, clock())
        finally:
            await db.close()
            await http.close()

    async def _settle(self, db: Db) -> None:
        """Publish the folder if it has changed, or find the version that goes on in its place."""
        workspace = self.settings.workspace
        approval = self.settings.template_approval
        try:
            settled, missing = await db.write(
                approvals.settle, workspace, self._files, clock(), self._example, approval
            )
        except bot_store.DraftRefused as refused:
            fix = "Start once without TEMPLATE_APPROVAL, or with a folder without templates."
            raise StartError(str(refused), fix) from None
        if missing:
            log.warning("the folder is not published; approve its templates first", why=approvals.sentence(missing))
        if settled.files is None:
            self.bot = msgspec.structs.replace(self.bot, version=settled.number)
            return
        whence = {"desk": "the desk", "api": "a program"}.get(settled.source, "a folder")
        try:
            self.bot = load_bot(settled.files, settled.number)
        except TextbackError as error:
            raise StartError(
                f"Version {settled.number}, published from {whence}, can't be used by this release: {error.message}",
                "Publish a folder that textback check accepts: textback publish DIR",
            ) from None
        self._specs = line_specs(self.bot, self._found)
        log.info("the folder was overtaken; the newest version goes on", version=settled.number, source=settled.source)

    def _line_options(self) -> dict[str, tuple[str, dict[str, str]]]:
        return {name: (spec.provider, resolve(spec, self._found)[1]) for name, spec in self._specs.items()}

    def _make_phones(self, lines: Mapping[str, Line]) -> Phones:
        """The simulated phones, which the simulator's texts go to."""
        phones = Phones(self.db, self.settings.workspace, self.road.receive)
        for line in lines.values():
            if isinstance(line.provider, Simulator):
                line.provider.behaves = phones.send
        return phones

    async def start(self) -> None:
        """Open the database and the lines, publish the bot if it has changed, and begin work."""
        settings = self.settings
        url, given = parse_url(settings.database_url), settings.ledger_keys
        keys = await asyncio.to_thread(open_keys, url, given, settings.spool_dir, clock())
        self.db = open_db(
            settings.database_url, lease=settings.lease_seconds, by_bucket=self.by_bucket, keys=keys,
            events=settings.workspace if settings.event_days else "",
        )  # fmt: skip
        self.poster = Poster(allowed(settings.webhooks_private, "WEBHOOKS_PRIVATE"))
        await self._settle(self.db)
        await self._look_at_log()
        self._http = Session()
        lines = make_lines(self._specs, self._found, self._http, settings.segment_price)
        await self.db.write(begin_trials, settings.workspace, lines, clock())
        understanding = understanding_of(settings)
        self.trust = Trust(self.db, settings.workspace, clock)
        self.staff = Staffed()

        def taught(bot: Bot) -> Bot:
            return msgspec.structs.replace(understanding.taught(bot), trust=self.trust, staff=self.staff)

        self.bot = await asyncio.to_thread(taught, self.bot)
        shelf = Shelf(settings.workspace, self.bot, taught)
        roles = parse_roles(settings.roles)
        self.tracer = switch.start(self._found)
        self.models = Models(accesses(self._found), self.tracer)
        signed_url = settings.public_url or f"http://{settings.host}:{settings.port}"
        self.road = Road(
            self.db,
            settings.workspace,
            lines,
            shelf,
            public_url=settings.public_url,
            roles=roles,
            lease=settings.lease_seconds * SECOND,
            guard=Guard(settings.replies_per_hour, settings.same_exchanges),
            reply_max_age=settings.reply_max_age * MINUTE,
            late_after=settings.late_minutes * MINUTE,
            reconcile_every=settings.reconcile_minutes * MINUTE,
            resend_unsent=settings.resend_unsent,
            spool=self.spool,
            keep=keep_of(settings),
            tracer=self.tracer,
            shortener=Shortener(
                settings.short_link_url or settings.public_url or "", settings.short_link_days, settings.max_parts
            ),
            performs=self._make_actions(roles),
            models=self.models,
            notices=self._notices(signed_url),
            simulate=not settings.simulator_actions,
            redact=settings.redact == "store",
            retention=retention_of(settings),
            posts=self.poster if settings.event_days else None,
            keeping=keeping_of(settings),
            hook_retries=[minutes * MINUTE for minutes in parse_retries(settings.webhook_retries)],
        )
        if "turn" in roles:  # beside the first texts: a server that starts is not held up by it
            threading.Thread(target=make_ready, args=(self.bot,), name="textback-words", daemon=True).start()
        self.staff.floor = self.road.floor
        self.quarantine = Quarantine(self.db, settings.workspace, settings.rejected_webhooks)
        self.webhooks = Webhooks(
            self.road,
            lines,
            signed_url,
            most_refused=settings.webhook_refusals_per_minute,
            quarantine=self.quarantine,
            marks=self.road.marks,
        )
        self.uploads = Uploads(self.db, uploads_folder(settings), self.road.now)
        await asyncio.to_thread(self.uploads.clear)
        self.ledger_check = LedgerCheck(self.db, settings.workspace, self.road.now)
        self.trainings = Trainings(
            self.db,
            settings.workspace,
            self.road.now,
            self.road.versions.look,
            approval=settings.template_approval,
            most_parts=settings.max_parts,
        )
        self.phones = self._make_phones(lines)
        self._pages = build_app(
            WebContext(
                db=self.db,
                road=self.road,
                lines={name: LineInfo(name, line.provider.name, line.number) for name, line in lines.items()},
                bot=lambda: shelf.current,
                workspace=settings.workspace,
                public_url=signed_url,
                secure=bool(settings.public_url and settings.public_url.startswith("https://")),
                uploads=self.uploads,
                ledger_check=self.ledger_check,
                suggester=Suggester(self.db, shelf, self.road.thinker),
                trainings=self.trainings,
                most_requests=settings.api_requests,
                watch=Watch(settings.opt_out_alert, settings.upload_mb * 2**20, settings.filtered_alert),
                mailer=make_mailer(
                    settings.smtp_url, settings.mail_from, allowed(settings.mail_private, "MAIL_PRIVATE")
                ),
                wording=Wording(settings.template_editors, settings.template_approval, settings.max_parts),
                undo=settings.undo_seconds * SECOND,
                phones=self.phones,
                checks=LineChecks(self._http, self._line_options()),
            )
        )
        self._on_webhook = self.webhooks if "accept" in roles else no_webhooks(roles)
        self._on_page = self._pages if "web" in roles else no_pages(roles)
        self._on_text = Texts(self._pages) if "web" in roles else self._on_page
        shelf.adopt_rules(*await self.db.read(rules.newest, settings.workspace))
        await self.road.start()
        if self.bot.model is not None:
            await self.models.ready(self.bot.model.use)
        self._begin_beside(shelf)
        for line in lines.values():
            log.info(
                "line ready", line=line.name, provider=line.provider.name, webhook=f"{signed_url}{PREFIX}{line.name}"
            )
        for one in unchecked(lines, clock()):
            log.warning("line takes webhooks without checking who sent them", line=one.line, until=to_iso(one.until))

    def _begin_beside(self, shelf: Shelf) -> None:
        """Begin what is done beside the road."""
        settings, roles = self.settings, parse_roles(self.settings.roles)
        self._learning = asyncio.create_task(self.trust.run(lambda: shelf.current.model is not None), name="trust")
        self._logging = asyncio.create_task(self._follow_log(), name="log of events")
        if "tick" in roles:
            stops = Stops(self.db, settings.workspace, self.road.post)
            self._stops = asyncio.create_task(stops.run(), name="stops")
        if "web" in roles:
            self.trainings.start()

    def _notices(self, url: str) -> Notices:
        """What tells people outside of the desk."""
        db, workspace = self.db, self.settings.workspace
        return Notices(db, workspace, lambda: self.road.shelf.current, self._found, url, notify.tell, reason_words)

    async def _look_at_log(self) -> None:
        """Write events down where somebody has asked for their log."""
        if self.db.log is not None:
            self.db.log.on = await self.db.read(events.begun, self.settings.workspace)

    async def _follow_log(self) -> None:
        """Notice when somebody asks for it, on whichever server."""
        while self.db.log is not None and not self.db.log.on:
            await asyncio.sleep(LOG_EVERY)
            try:
                await self._look_at_log()
            except Exception as error:  # the database is away, and back some time
                log.debug("not looked whether events are asked for", error=type(error).__name__)

    async def stop(self) -> None:
        """Finish what is claimed, then close everything."""
        await self.trainings.stop()
        self._learning.cancel()
        self._logging.cancel()
        if self._stops is not None:
            self._stops.cancel()
        await self.uploads.stop()
        await self.ledger_check.stop()
        await self.quarantine.stop()
        self.phones.stop()
        await self.road.stop()
        if self.spool is not None:
            await self.spool.close()
        await self._http.close()
        await self.poster.close()
        await self.models.close()
        await self.db.close()
        if self.tracer is not None:
            await self.tracer.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: SendMessage) -> None:
        """ASGI. Webhooks and programs' texts skip the routing table: they are most of the traffic."""
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self._on_webhook(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["path"] == TEXTS and scope["type"] == "http" and scope["method"] == "POST":
            await self._on_text(scope, receive, send)
        elif scope["path"] in HEALTH:
            await self._pages(scope, receive, send)
        else:
            await self._on_page(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: SendMessage) -> None:
        await receive()
        await self.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})


def uploads_folder(settings: Settings) -> Path:
    """Where lists of numbers lie until they are read in: beside a SQLite file, else in the folder of the spool."""
    path = sqlite_path(parse_url(settings.database_url))
    return Path(settings.spool_dir) / "lists" if path is None else path.with_name(f"{path.name}.lists")


def prepare_spool(settings: Settings) -> Spool | None:
    """Where texts wait while PostgreSQL is away. A SQLite file is no more likely to be away than the spool itself."""
    url = parse_url(settings.database_url)
    if sqlite_path(url) is not None or not settings.spool_mb or "accept" not in parse_roles(settings.roles):
        return None
    name = re.sub(r"[^A-Za-z0-9]+", "_", f"{url.database}-{settings.workspace}")
    return open_spool(Path(settings.spool_dir), name, settings.spool_mb * 2**20)


def prepare(settings: Settings) -> IO[str] | None:
    """Lock and upgrade the database before the server starts. Returns the lock to hold."""
    url = parse_url(settings.database_url)
    path = sqlite_path(url)
    if path is not None and not path.absolute().parent.is_dir():
        migrate.upgrade(url)  # raises with the right sentence
    lock = lock_database(settings)
    migrate.upgrade(url)
    return lock
