"""One text is one trace, whichever nodes it passes; its id is the arrival's."""

import asyncio
import json
from collections.abc import Iterator, Sequence

import aiohttp
import pytest

from tests.acceptance.carrier import IS_OPEN, Carrier, now_ms, rows
from tests.nodes.conftest import Serve
from tests.nodes.test_sharing import ready
from tests.support.collector import Collector, Seen, collector
from tests.support.fake_provider import Answer, FakeProvider, sign_telnyx, telnyx_status, telnyx_text
from tests.support.served import clean_environment
from textback.core.tracing import span_id_of

ANA = "+12065550123"
CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def traces() -> Iterator[Collector]:
    with collector() as made:
        yield made


def named(spans: Sequence[Seen], name: str, trace_id: str = "") -> list[Seen]:
    """The spans of this name, in the order in which they began."""
    found = [span for span in spans if span.name == name and trace_id in ("", span.trace_id)]
    return sorted(found, key=lambda span: span.begin)


async def test_one_text_is_one_trace_over_three_nodes(
    http: aiohttp.ClientSession, serve: Serve, fake: FakeProvider, postgres_url: str, traces: Collector
) -> None:
    """Accepted on one node, answered on a second, posted (twice) on a third; then the provider reports on it."""
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" not in clean_environment({})
    env = traces.environment(LOG_LEVEL="debug")
    accept, turn, deliver = (serve("--roles", roles, **env) for roles in ("accept", "turn", "deliver,tick"))
    await ready(accept, turn, deliver)
    fake.misbehave(Answer(429, {"errors": [{"code": "10011", "title": "Too many requests"}]}, {"retry-after": "0"}))
    carrier = Carrier(http, accept.url)
    event = json.dumps(telnyx_text("HOURS", ANA, "text-1")).encode()
    headers = {**sign_telnyx(event, now_ms()), "traceparent": CALLER}
    assert (await carrier.post("/webhooks/telnyx", event, headers)).status == 200
    await fake.posted(2, 20)

    ((arrival_id,),) = rows(postgres_url, "SELECT id FROM arrivals")
    trace_id = arrival_id.rjust(32, "0")
    (message_id,) = rows(postgres_url, "SELECT id FROM messages WHERE direction = 'out'")[0]
    await asyncio.to_thread(traces.wait, lambda spans: len(named(spans, "POST", trace_id)) == 2)
    provider_id = next(iter(fake.taken))
    status = telnyx_status("delivered", provider_id)
    assert (await carrier.telnyx(status, f"/webhooks/telnyx?m={message_id}")).status == 200
    spans = await asyncio.to_thread(traces.wait, lambda spans: bool(named(spans, "status")))

    mine = [span for span in spans if span.trace_id == trace_id]
    by_id = {span.span_id: span for span in mine}
    tree = sorted((span.name, by_id[span.parent_id].name if span.parent_id else "") for span in mine)
    assert tree == [
        ("POST", "claim"), ("POST", "claim"), ("claim", "turn"), ("claim", "turn"), ("gate", "turn"),
        ("status", "turn"), ("store", "webhook"), ("turn", "store"), ("webhook", ""),
    ]  # fmt: skip
    assert len({span.resource["service.instance.id"] for span in mine}) == 3
    assert {span.resource["service.name"] for span in mine} == {"textback"}
    check_what_spans_say(mine)
    # The callback is a trace of its own; the two know each other.
    (about,) = named(mine, "status")
    ((callback, _),) = about.links
    (its_turn,) = [span for span in named(spans, "turn") if span.trace_id == callback]
    assert its_turn.links == ((trace_id, span_id_of(arrival_id, "turn")),)
    assert set(traces.requests) == {("/v1/traces", "application/x-protobuf")}
    for secret in (b"HOURS", IS_OPEN.encode(), ANA.encode(), ANA[1:].encode()):
        assert secret not in traces.raw
    for node, line in ((accept, "arrival stored"), (turn, "turn taken"), (deliver, "text posted")):
        assert any(line in told and arrival_id in told for told in node.lines), node.output


def check_what_spans_say(mine: Sequence[Seen]) -> None:
    (webhook,), (turn,), (gate,), (status,) = (named(mine, name) for name in ("webhook", "turn", "gate", "status"))
    assert webhook.links == ((CALLER[3:35], CALLER[36:52]),)
    assert webhook.attributes["http.response.status_code"] == 200
    assert (turn.attributes["textback.provider"], turn.attributes["textback.texts"]) == ("telnyx", 1)
    assert turn.attributes["textback.decided_by"]
    assert turn.attributes["textback.flow"] == "hours"
    assert gate.attributes["textback.allowed"] is True
    refused, taken = named(mine, "POST")
    assert (refused.attributes["textback.attempt"], taken.attributes["textback.attempt"]) == (1, 2)
    assert refused.attributes["http.response.status_code"] == 429
    assert (refused.attributes["textback.failure"], refused.error) == ("throttled", "throttled 10011")
    assert (taken.attributes["http.response.status_code"], taken.error) == (200, "")
    assert taken.kind == 3  # a client's
    assert refused.end <= taken.begin
    assert status.attributes["textback.status"] == "delivered"
