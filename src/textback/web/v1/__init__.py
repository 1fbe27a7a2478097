"""The HTTP API, version 1: a module for each kind of thing, with its ROUTES and how they are DESCRIBED."""

from textback.web.describing import Described
from textback.web.routing import Route
from textback.web.v1 import (
    ai,
    bulk,
    cards,
    consent,
    contacts,
    conversations,
    events,
    flows,
    handoffs,
    keyring,
    keys,
    lines,
    log,
    merges,
    messages,
    moves,
    tags,
    templates,
    training,
    webhooks,
)

MODULES = (
    messages,
    contacts,
    consent,
    events,
    log,
    webhooks,
    templates,
    ai,
    training,
    conversations,
    moves,
    handoffs,
    cards,
    merges,
    tags,
    flows,
    lines,
    keys,
    keyring,
    bulk,
)

ROUTES: tuple[Route, ...] = tuple(route for module in MODULES for route in module.ROUTES)
DESCRIBED: Described = {key: one for module in MODULES for key, one in module.DESCRIBED.items()}
