"""What a route is: an address, and who may call it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from textback.web.security import MOST_FORM

Role = Literal["public", "signed", "api", "agent", "owner"]
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `role` is the least that a caller must be; `handler` is None where the webhooks take over; `scope`
    is what a program's key must be good for; `form` is how many bytes a posted form may have, `takes_file` says that it
    may bring a file."""

    method: str
    path: str
    role: Role
    handler: Handler | None
    scope: str = ""
    form: int = MOST_FORM
    takes_file: bool = False
