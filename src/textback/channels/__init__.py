"""Channels: one module per provider, each doing three things only: verify, parse, send."""
