"""Exports spans by the OpenTelemetry SDK: OTLP over HTTP, in a thread of its own, in batches."""

import asyncio
import os
import threading
from collections.abc import Iterable
from hashlib import blake2b

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    INVALID_SPAN,
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from textback import __version__
from textback.core.ids import new_id
from textback.core.tracing import Span, span_id_of, trace_id_of

FLUSH = 2.0
"""Seconds that the last spans get when the server stops."""
QUEUE = 16_384
"""Spans that may wait, unless OTEL_BSP_MAX_QUEUE_SIZE says otherwise; the SDK's own number is one busy moment."""

_KINDS = {"internal": SpanKind.INTERNAL, "server": SpanKind.SERVER, "client": SpanKind.CLIENT}
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_ROOT = set_span_in_context(INVALID_SPAN)


class _Ids(IdGenerator):
    """Hands out the ids that the next span is to have."""

    def __init__(self) -> None:
        self.trace_id = 0
        self.span_id = 0

    def generate_trace_id(self) -> int:
        return self.trace_id

    def generate_span_id(self) -> int:
        return self.span_id


class Exporter:
    """The tracer that exports `share` of all traces. `note` is called from one thread only."""

    def __init__(self, share: float) -> None:
        self._bound = round(share * 2**64)
        self._ids = _Ids()
        size = os.environ.get("OTEL_BSP_MAX_QUEUE_SIZE", "")
        given = {"service.name": "textback"} if not _named() else {}
        resource = Resource.create({"service.version": __version__, "service.instance.id": new_id(), **given})
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,  # what comes here was sampled by `wants`
            resource=resource,
            shutdown_on_exit=False,
            id_generator=self._ids,
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(), max_queue_size=None if size else QUEUE)
        )
        self._tracer = self._provider.get_tracer("textback", __version__)

    def wants(self, trace: str) -> bool:
        """Decided by the trace alone. Arrivals' ids are not random, so they are mixed first."""
        digest = blake2b(trace.encode(), digest_size=8).digest()
        return int.from_bytes(digest) < self._bound

    def note(self, spans: Iterable[Span]) -> None:
        """Queue these for the exporting thread."""
        for span in spans:
            self._note(span)

    def _note(self, span: Span) -> None:
        trace_id = self._ids.trace_id = int(trace_id_of(span.trace), 16)
        self._ids.span_id = int(span_id_of(span.trace, span.key), 16)
        above = _ROOT
        if span.parent:
            parent = SpanContext(trace_id, int(span_id_of(span.trace, span.parent), 16), False, _SAMPLED)
            above = set_span_in_context(NonRecordingSpan(parent))
        links = [Link(SpanContext(int(x.trace_id, 16), int(x.span_id, 16), True)) for x in span.links]
        made = self._tracer.start_span(
            span.name, above, _KINDS[span.kind], span.attributes, links or None, start_time=span.begin
        )
        if span.error:
            made.set_status(Status(StatusCode.ERROR, span.error))
        made.end(max(span.end, span.begin))

    async def stop(self) -> None:
        """Send what waits, within FLUSH seconds; what is left then is lost."""
        loop = asyncio.get_running_loop()
        done = asyncio.Event()

        def flush() -> None:
            self._provider.shutdown()
            try:
                loop.call_soon_threadsafe(done.set)
            except RuntimeError:  # it took too long: the loop is gone
                return

        threading.Thread(target=flush, name="textback-traces", daemon=True).start()
        try:
            await asyncio.wait_for(done.wait(), FLUSH)
        except TimeoutError:
            return


def _named() -> bool:
    """Whether somebody has named the service."""
    in_attributes = "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    return in_attributes or bool(os.environ.get("OTEL_SERVICE_NAME", ""))
