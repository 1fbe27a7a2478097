"""Who a request comes from, and the cookies that say so."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from textback.store import accounts
from textback.web.context import WebContext
from textback.web.security import PRE_CSRF, read_cookie


@dataclass(frozen=True, slots=True)
class User:
    """The person who is signed in."""

    id: str
    name: str
    email: str
    role: str
    csrf: str
    has_password: bool

    @property
    def initials(self) -> str:
        """Up to two letters for the round badge."""
        return initials(self.name)


def initials(name: str) -> str:
    """Up to two letters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def cookie_name(ctx: WebContext) -> str:
    """The session cookie; behind https the browser itself guards the name."""
    return "__Host-textback" if ctx.secure else "textback"


async def current_user(request: Request) -> User | None:
    """Whoever is signed in."""
    ctx: WebContext = request.app.state.ctx
    token = read_cookie(request, cookie_name(ctx))
    if not token:
        return None
    row = await ctx.db.read(accounts.session, ctx.workspace, token, ctx.road.now())
    if row is None:
        return None
    return User(row.user_id, row.name, row.email, row.role, row.csrf, bool(row.has_password))


def set_session(ctx: WebContext, response: Response, token: str) -> None:
    """Give the browser its session."""
    response.set_cookie(
        cookie_name(ctx),
        token,
        max_age=accounts.SESSION_LIFE // 1000,
        path="/",
        secure=ctx.secure,
        httponly=True,
        samesite="lax",
    )
    response.delete_cookie(PRE_CSRF, path="/")


def set_form_secret(ctx: WebContext, response: Response, secret: str) -> None:
    """Give a browser that is not signed in the secret that its form must repeat."""
    response.set_cookie(PRE_CSRF, secret, max_age=3600, path="/", secure=ctx.secure, httponly=True, samesite="strict")
