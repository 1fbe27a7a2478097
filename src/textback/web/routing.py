"""What a route is: an address, and who may call it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from textback.web.permissions import permission_of
from textback.web.security import MOST_FORM

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `role` is the permission that a caller must have ("agent" and "owner" are short for the usual ones),
    or public, signed, api, visitor or mailed; `handler` is None where the webhooks take over; `scope`
    is what a program's key must be good for; `form` is how many bytes a posted form may have, `takes_file` says that it
    may bring a file, `most_file` how many bytes of it; 0 is what UPLOAD_MB says."""

    method: str
    path: str
    role: str
    handler: Handler | None
    scope: str = ""
    form: int = MOST_FORM
    takes_file: bool = False
    most_file: int = 0

    @property
    def permission(self) -> str:
        """The permission that it asks for, written out. Raises KeyError for what is none."""
        return permission_of(self.method, self.role)
