"""Spans arrive at a collector as they were noted, and a collector that is away holds nobody up."""

import asyncio
import socket

import pytest

from tests.support.collector import Collector, collector
from textback.core.ids import new_id
from textback.core.tracing import Link, Span, span_id_of, trace_id_of
from textback.telemetry.otlp import FLUSH, Exporter

CALLER = Link("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")


def point_to(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)


async def test_spans_arrive_as_they_were_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    with collector() as traces:
        point_to(monkeypatch, traces.url)
        monkeypatch.setenv("OTEL_SERVICE_NAME", "texts")
        trace = new_id()
        exporter = Exporter(1.0)
        exporter.note([Span(trace, "turn", "turn", 2_000, 3_000, "store", "internal", {"textback.texts": 2})])
        exporter.note([Span(trace, "webhook", "webhook", 1_000, 4_000, "", "server", {}, "not stored", (CALLER,))])
        await exporter.stop()
        turn, webhook = sorted(traces.spans, key=lambda span: span.name)
    check(traces, trace)
    assert (turn.begin, turn.end, turn.parent_id) == (2_000, 3_000, span_id_of(trace, "store"))
    assert (turn.attributes, turn.error, turn.kind) == ({"textback.texts": 2}, "", 1)
    assert (webhook.span_id, webhook.parent_id, webhook.kind) == (span_id_of(trace, "webhook"), "", 2)
    assert (webhook.error, webhook.links) == ("not stored", ((CALLER.trace_id, CALLER.span_id),))


def check(traces: Collector, trace: str) -> None:
    assert {span.trace_id for span in traces.spans} == {trace_id_of(trace)}
    assert {span.resource["service.name"] for span in traces.spans} == {"texts"}


async def test_a_collector_that_never_answers_holds_up_neither_the_road_nor_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        point_to(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}")
        exporter = Exporter(1.0)
        exporter.note([Span(new_id(), "turn", "turn", n, n + 1) for n in range(2_000)])
        async with asyncio.timeout(FLUSH + 3):
            await exporter.stop()
