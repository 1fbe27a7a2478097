"""Telemetry: exporting traces. The only room that knows OpenTelemetry."""
