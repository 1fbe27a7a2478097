"""When traces are exported, when a start is refused, and that nothing of OpenTelemetry is loaded when they are off."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.served import commands
from textback.core.errors import SettingsError
from textback.core.tracing import Link, caller_of, trace_id_of
from textback.telemetry import otlp, switch

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
HERE = {ENDPOINT: "http://127.0.0.1:9"}


@pytest.mark.parametrize(
    "found",
    [
        {},
        {ENDPOINT: " "},
        {**HERE, "OTEL_SDK_DISABLED": "TRUE"},
        {**HERE, "OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_SERVICE_NAME": "texts"},
    ],
)
def test_traces_are_off(found: Mapping[str, str]) -> None:
    assert switch.start(found) is None


@pytest.mark.parametrize("name", switch.ENDPOINTS)
def test_either_address_turns_them_on(name: str) -> None:
    assert switch.wanted({name: "https://traces.example.com"})


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({ENDPOINT: "127.0.0.1:4318"}, ENDPOINT),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL"),
        ({"OTEL_TRACES_SAMPLER": "jaeger_remote"}, "jaeger_remote"),
        ({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "half"}, "OTEL_TRACES_SAMPLER_ARG"),
        ({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "2"}, "OTEL_TRACES_SAMPLER_ARG"),
    ],
)
def test_what_can_not_be_is_refused_by_name(more: Mapping[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        switch.wanted({**HERE, **more})
    assert named in refused.value.message
    assert refused.value.fix


def test_without_the_extra_the_start_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switch, "_NEEDED", ("opentelemetry.of.another.planet",))
    with pytest.raises(SettingsError) as refused:
        switch.start(HERE)
    assert ENDPOINT in refused.value.message
    assert "textback[otel]" in refused.value.fix


def test_serve_and_doctor_say_what_is_wrong(tmp_path: Path) -> None:
    wrong = {**HERE, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
    serve, doctor = commands([(["serve", "--port", "0"], wrong), (["doctor"], {**wrong, "PORT": "0"})], tmp_path)
    assert serve.returncode == 2
    assert len(serve.stderr.strip().splitlines()) == 1
    assert doctor.returncode == 1
    assert "error    traces: OTEL_EXPORTER_OTLP_PROTOCOL" in doctor.stdout


def test_nothing_is_imported_when_they_are_off() -> None:
    program = (
        "import sys; import textback.cli.serving; from textback.telemetry import switch; "
        "assert switch.start({}) is None; "
        "print([name for name in sys.modules if name.startswith(('opentelemetry', 'google.protobuf', 'requests'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("sampler", "argument", "share"),
    [
        ("", "", 1.0),
        ("always_on", "0.5", 1.0),
        ("parentbased_always_off", "", 0.0),
        ("traceidratio", "", 1.0),
        ("parentbased_traceidratio", "0.25", 0.25),
    ],
)
def test_samplers(sampler: str, argument: str, share: float) -> None:
    assert switch.share({"OTEL_TRACES_SAMPLER": sampler, "OTEL_TRACES_SAMPLER_ARG": argument}) == share


async def test_a_share_of_traces_is_the_same_on_every_node_whatever_the_ids_have_in_common(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    nodes = [otlp.Exporter(0.25), otlp.Exporter(0.25)]
    ids = [f"{0x1A1FDE25980 + n:011x}{0:05x}046993cd" for n in range(4000)]
    wanted = [[id_ for id_ in ids if node.wants(id_)] for node in nodes]
    assert wanted[0] == wanted[1]
    assert 900 < len(wanted[0]) < 1100
    assert all(otlp.Exporter(1.0).wants(id_) for id_ in ids[:100])
    for node in nodes:
        await node.stop()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "hello",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
    ],
)
def test_a_header_that_is_no_traceparent_is_left_alone(header: str) -> None:
    assert caller_of(header) is None


def test_a_traceparent_names_the_caller() -> None:
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert caller_of(given) == Link("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")


def test_the_trace_id_ends_with_the_id_that_people_see() -> None:
    assert trace_id_of("1a1fde2599800000046993cd") == "000000001a1fde2599800000046993cd"
