"""Logs: one event a line on stderr, libraries' own included. They hold no texts, no secrets and no whole number."""

import asyncio
import logging
import traceback
import types
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from textback.compliance.redact import mask
from textback.core.errors import StartError
from textback.settings import Settings

IDS = frozenset({"trace", "contact", "message", "id", "line", "webhook"})
"""What lines are found by. It holds nothing personal, and is written as it is."""


def configure_logging(settings: Settings) -> None:
    """Set up structlog and the standard library's logging, to the same lines. Raises StartError for a wrong level."""
    level = getattr(logging, settings.log_level.upper(), None)
    if not isinstance(level, int):
        raise StartError(f"LOG_LEVEL {settings.log_level!r} is not a level.", "Use debug, info, warning or error.")
    shared: list[Processor] = [
        masked,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    exceptions = structlog.processors.ExceptionRenderer(where)
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_write)
    renderers: list[Processor] = [exceptions, structlog.processors.JSONRenderer()] if settings.log_json else [plain]
    stderr = open(2, "w", closefd=False)  # noqa: SIM115
    structlog.configure(
        processors=[*shared, *renderers],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=stderr),
    )
    handler = logging.StreamHandler(stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    # What libraries say below a warning is about themselves, and may hold more than we would write.
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    logging.captureWarnings(True)


def _logger_name(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["logger"] = event["_record"].name
    return event


def masked(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Should a line hold somebody's words or number after all, such as one of a library's, they are masked (P5)."""
    for name, value in event.items():
        if isinstance(value, str) and name not in IDS:
            event[name] = mask(value)
    return event


def where(exc_info: ExcInfo) -> str:
    """A traceback without local variables and without messages: both may hold somebody's text, or a key."""
    parts: list[str] = []
    error: BaseException | None = exc_info[1]
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames: types.TracebackType | None = error.__traceback__
        parts.insert(0, f"{''.join(traceback.format_tb(frames))}{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nand then\n".join(parts)


def _write(out: TextIO, exc_info: ExcInfo) -> None:
    out.write("\n" + where(exc_info))


def on_stray_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What the event loop has to say: asyncio's own handler would write whole exceptions."""
    error = context.get("exception")
    log = structlog.get_logger("textback.loop")
    log.error("stray error", what=context.get("message", ""), exc_info=error if error is not None else False)
