"""Whether traces are exported, by OpenTelemetry's own variables. Without them nothing of OpenTelemetry is imported."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from textback.core.errors import SettingsError

if TYPE_CHECKING:
    from textback.telemetry.otlp import Exporter

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
SAMPLERS = ("always_on", "always_off", "traceidratio")
"""Each also with `parentbased_` before it, which says the same: an arrival has no parent."""
_NEEDED = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")


def _value(found: Mapping[str, str], name: str) -> str:
    return found.get(name, "").strip()


def wanted(found: Mapping[str, str]) -> bool:
    """Whether this environment asks for traces. Raises SettingsError, in one line, where it asks for what can't be."""
    name = next((name for name in ENDPOINTS if _value(found, name)), "")
    off = _value(found, "OTEL_SDK_DISABLED").lower() == "true" or _value(found, "OTEL_TRACES_EXPORTER") == "none"
    if not name or off:
        return False
    if not _value(found, name).startswith(("http://", "https://")):
        raise SettingsError(f"{name} must begin with http:// or https://.", "Write it like http://127.0.0.1:4318.")
    for protocol in ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        if _value(found, protocol) not in ("", "http/protobuf"):
            fix = "Remove it, and use the collector's port for OTLP over HTTP, usually 4318."
            raise SettingsError(f"{protocol}: traces go by http/protobuf only.", fix)
    share(found)
    try:
        missing = not all(find_spec(module) for module in _NEEDED)
    except ModuleNotFoundError:
        missing = True
    if missing:
        fix = "Install it with: pip install 'textback[otel]'; or remove the variable."
        raise SettingsError(f"{name} is set, but OpenTelemetry is not installed.", fix)
    return True


def share(found: Mapping[str, str]) -> float:
    """The share of traces to export, 0 to 1. Raises SettingsError."""
    name = _value(found, "OTEL_TRACES_SAMPLER").removeprefix("parentbased_") or "always_on"
    if name not in SAMPLERS:
        raise SettingsError(f"OTEL_TRACES_SAMPLER {name!r} is not known here.", f"Known are {', '.join(SAMPLERS)}.")
    if name != "traceidratio":
        return float(name == "always_on")
    try:
        ratio = float(_value(found, "OTEL_TRACES_SAMPLER_ARG") or "1")
    except ValueError:
        ratio = -1.0
    if not 0 <= ratio <= 1:
        raise SettingsError("OTEL_TRACES_SAMPLER_ARG is not a share.", "Write it like 0.1, for a tenth.")
    return ratio


def start(found: Mapping[str, str]) -> "Exporter | None":
    """Whatever exports traces, or None. Raises SettingsError as `wanted` does."""
    if not wanted(found):
        return None
    for name, value in found.items():  # its own code reads the rest of its variables, and knows no .env
        if name.startswith("OTEL_"):
            os.environ.setdefault(name, value)
    from textback.telemetry.otlp import Exporter  # noqa: PLC0415 (an optional dependency)

    return Exporter(share(found))
