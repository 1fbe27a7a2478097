"""What a node answers for a role that it does not have: this is somebody else's work, and whose."""

from collections.abc import Collection

from textback.web.webhooks import Receive, Reply, Scope, SendMessage, problem, respond

HEALTH = frozenset({"/healthz", "/readyz", "/metrics"})
"""What every node answers, whatever its roles."""


class Elsewhere:
    """An ASGI application in place of one that this node does not serve."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    async def __call__(self, _scope: Scope, _receive: Receive, send: SendMessage) -> None:
        """Say so."""
        await respond(send, self._reply)


def no_webhooks(roles: Collection[str]) -> Elsewhere:
    """In place of webhooks: 503, so that a proxy asks another node and a provider sends it again."""
    return Elsewhere(problem(503, f"This node takes no webhooks. {_roles(roles)} Send it to one that has accept."))


def no_pages(roles: Collection[str]) -> Elsewhere:
    """In place of the desk and the API: 404."""
    return Elsewhere(problem(404, f"This node has no pages and no API. {_roles(roles)} Ask one that has web."))


def _roles(roles: Collection[str]) -> str:
    return f"Its roles are {', '.join(sorted(roles))}."
