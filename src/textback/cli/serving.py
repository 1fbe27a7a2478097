"""textback serve and textback demo."""

import asyncio
import gc
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import structlog
import typer
import uvicorn

from textback.app import App, prepare, prepare_spool, read_folder
from textback.cli.accounts import demo_login
from textback.cli.logs import configure_logging, on_stray_error
from textback.core.errors import StartError
from textback.core.faults import arm
from textback.settings import Settings, environment, load_settings
from textback.store.db import parse_url
from textback.store.distribute import at_start
from textback.web.protocol import BoundedHttp

log = structlog.get_logger("textback")

GARBAGE = 10_000
"""New objects after which the collector looks for circles among them."""
GRACE = 10
"""Seconds that requests under way get to finish when the server stops."""


def example_bot() -> Path:
    """The bike shop's folder inside the package."""
    return Path(str(resources.files("textback") / "examples" / "bike_shop"))


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises StartError where the address can't be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        reason = "is already in use" if error.errno == 98 else f"can't be had: {error.strerror}"
        raise StartError(f"Port {port} on {host} {reason}.", "Choose another with --port.") from None
    return listener


class Server(uvicorn.Server):
    """uvicorn that ends live pages before it waits for open requests, and exits with 0 when asked to stop."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and leave what is there by now out of the collector's rounds: some hundred thousand objects of modules
        and of the bot live as long as the process, and looking at them all stops it for a tenth of a second or more."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        # A batch of turns makes thousands of objects that are gone by themselves when it is written; to look for
        # circles among them every 700 takes a thirtieth of the time.
        gc.set_threshold(GARBAGE, 20, 20)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT; a second SIGINT does not wait."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(on_stray_error)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_signal, number)
        yield

    def _on_signal(self, number: int) -> None:
        if self.should_exit and number == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True
        self._app.road.hub.close()


def run(app: App, listener: socket.socket) -> None:
    """Serve until told to stop."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=BoundedHttp,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE,
    )
    Server(config, app).run(sockets=[listener])


def serve(
    bot_dir: Path | None, *, database: str | None, host: str | None, port: int | None, roles: str | None = None
) -> None:
    """Run the bot until stopped."""
    found = environment(Path.cwd())
    settings = load_settings(found, database_url=database, host=host, port=port, roles=roles)
    configure_logging(settings)
    arm(found.get("TEXTBACK_FAULT", ""))
    app = App(settings, read_folder(bot_dir or example_bot()), found, example=bot_dir is None)
    asyncio.run(app.check())
    lock = prepare(settings)
    app.by_bucket = at_start(parse_url(settings.database_url))
    asyncio.run(app.check_signatures())
    app.spool = prepare_spool(settings)
    listener = bind(settings.host, settings.port)
    address = f"http://{settings.host}:{listener.getsockname()[1]}"
    if settings.log_json:
        log.info("listening", address=address)
    else:
        typer.echo(f"Textback is at {address}", err=True)
    try:
        run(app, listener)
    finally:
        if lock is not None:
            lock.close()


def demo(port: int, folder: Path) -> None:
    """Run the example with its own database, print where it is and how to get in."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(f"The folder {folder} can't be made: {error.strerror}.", "Choose another --folder.") from None
    settings = Settings(database_url=f"sqlite:///{folder / 'demo.db'}", port=port, log_level="warning")
    configure_logging(settings)
    app = App(settings, read_folder(example_bot()), {}, example=True)
    lock = prepare(settings)
    listener = bind(settings.host, port)
    link = demo_login(settings, f"http://{settings.host}:{listener.getsockname()[1]}")
    typer.echo(
        f"\n  Textback demo: {app.bot.name}\n\n"
        f"  Sign in once with   {link}\n"
        f"  Then text the bot   http://{settings.host}:{listener.getsockname()[1]}/try\n\n"
        "  Nothing is sent to a real phone. Ctrl-C stops it.\n"
    )
    try:
        run(app, listener)
    finally:
        if lock is not None:
            lock.close()
