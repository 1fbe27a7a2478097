"""Every address of the server and who may call it, in one table. A route without a role is a failing test."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from textback.web import account, api, desk, health, letters, live, simulator
from textback.web.webhooks import PREFIX

Role = Literal["public", "signed", "api", "agent", "owner"]
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `role` is the least that a caller must be; `handler` is None where the webhooks take over."""

    method: str
    path: str
    role: Role
    handler: Handler | None


ROUTES: tuple[Route, ...] = (
    Route("GET", "/healthz", "public", health.healthz),
    Route("GET", "/readyz", "public", health.readyz),
    Route("GET", "/metrics", "api", health.metrics),
    Route("POST", PREFIX + "{line}", "signed", None),
    Route("POST", "/sms/send", "api", api.send_sms),
    Route("GET", "/conversations", "api", api.list_conversations),
    Route("GET", "/login", "public", account.login_page),
    Route("POST", "/login", "public", account.login),
    Route("GET", "/login/{token}", "public", account.link_page),
    Route("POST", "/login/{token}", "public", account.use_link),
    Route("POST", "/logout", "agent", account.logout),
    Route("GET", "/account", "agent", account.account_page),
    Route("POST", "/account/password", "agent", account.set_password),
    Route("GET", "/", "agent", desk.home),
    Route("GET", "/desk/{view}", "agent", desk.desk_page),
    Route("GET", "/c/{contact}", "agent", desk.conversation_page),
    Route("GET", "/c/{contact}/card", "agent", desk.card_page),
    Route("POST", "/c/{contact}/take", "agent", desk.take),
    Route("POST", "/c/{contact}/return", "agent", desk.hand_back),
    Route("POST", "/c/{contact}/reply", "agent", desk.reply),
    Route("POST", "/c/{contact}/complete", "agent", desk.complete),
    Route("GET", "/events", "agent", live.events),
    Route("GET", "/try", "agent", simulator.try_home),
    Route("POST", "/try/new", "agent", simulator.new_phone),
    Route("GET", "/try/{phone}", "agent", simulator.try_page),
    Route("POST", "/try/{phone}/text", "agent", simulator.send_text),
    Route("GET", "/lines", "owner", desk.lines_page),
    Route("GET", "/dead-letters", "owner", letters.letters_page),
    Route("GET", "/dead-letters/all", "owner", letters.confirm_page),
    Route("POST", "/dead-letters/redrive", "owner", letters.redrive),
    Route("POST", "/dead-letters/discard", "owner", letters.discard),
)
