"""Performs jobs: every kind of action is in one table here."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from textback.actions import hubspot, mail, slack, stripe
from textback.actions.asking import Asker, NoResult
from textback.actions.base import Done, Failed, Job, Order, Wrong, filled
from textback.actions.fetch import Allowed
from textback.actions.google_calendar import GoogleCalendar
from textback.actions.http import HttpActions
from textback.engine.actions import Action, Http, Service


class Actions:
    """Performs actions of every kind. `found` is the environment, `allowed` the private hosts that may be asked."""

    def __init__(self, found: Mapping[str, str], allowed: Allowed) -> None:
        self._found = found
        self._allowed = allowed
        self._http = HttpActions(found, allowed)
        # Who asks each of `engine.services.KINDS`.
        self.services: Mapping[str, Callable[[Asker, Order], Awaitable[Any]]] = {
            "google_calendar": GoogleCalendar().ask,
            "hubspot": hubspot.ask,
            "stripe": stripe.ask,
            "slack": slack.ask,
            "email": mail.ask,
        }

    async def perform(self, action: Action, job: Job) -> Done | Failed:
        """Ask once. Never raises for anything that an author, the network or the other system does."""
        if isinstance(action.asks, Http):
            return await self._http.perform(action, action.asks, job)
        try:
            return Done(await self.services[action.asks.kind](Asker(job, self._allowed), self._order(action.asks, job)))
        except NoResult as none:
            return none.failed
        except Wrong as wrong:
            return Failed("misconfigured", detail=str(wrong))

    def _order(self, service: Service, job: Job) -> Order:
        options = {name: filled(text, self._found) for name, text in service.options.items()}
        return Order(service.does, options, job.arguments, job.key, service.timezone, service.currency)
