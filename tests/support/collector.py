"""An OpenTelemetry collector on this machine: it takes traces by OTLP over HTTP and remembers every span."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Seen(msgspec.Struct, frozen=True):
    """One span as it came; ids are hex, `resource` and `attributes` plain values, `links` (trace id, span id)."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: int
    begin: int
    end: int
    error: str
    attributes: dict[str, Any]
    resource: dict[str, Any]
    links: tuple[tuple[str, str], ...]


class Collector:
    """Takes spans at `url`, with a path that OTEL_EXPORTER_OTLP_ENDPOINT adds itself."""

    def __init__(self) -> None:
        self.spans: list[Seen] = []
        self.requests: list[tuple[str, str]] = []  # path and content type
        self.raw = b""
        self._came = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def environment(self, **more: str) -> dict[str, str]:
        """What makes a served Textback export here, and soon."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.url, "OTEL_BSP_SCHEDULE_DELAY": "100", **more}

    def wait(self, enough: Callable[[list[Seen]], bool], seconds: float = 15.0) -> list[Seen]:
        """Block until there is enough; returns all spans so far."""
        with self._came:
            done = self._came.wait_for(lambda: enough(self.spans), seconds)
            assert done, [(span.trace_id[-6:], span.name) for span in self.spans]
            return list(self.spans)

    def _take(self, path: str, content_type: str, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        with self._came:
            self.raw += body
            self.requests.append((path, content_type))
            for group in request.resource_spans:
                resource = _values(group.resource.attributes)
                for scope in group.scope_spans:
                    self.spans += [_seen(span, resource) for span in scope.spans]
            self._came.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                collector._take(self.path, self.headers["content-type"], body)
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Says nothing."""

        return Handler

    def __enter__(self) -> "Collector":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


def _values(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


def _seen(span: Any, resource: dict[str, Any]) -> Seen:
    return Seen(
        span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(), span.name, span.kind,
        span.start_time_unix_nano, span.end_time_unix_nano, span.status.message if span.status.code == 2 else "",
        _values(span.attributes), resource, tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
    )  # fmt: skip


@contextmanager
def collector() -> Iterator[Collector]:
    """A collector in a thread of its own."""
    with Collector() as made:
        yield made
