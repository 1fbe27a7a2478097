"""Who a request comes from, and the cookies that say so."""

from dataclasses import dataclass
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import Response

from textback.core.text import clean
from textback.store import people
from textback.store.desk_settings import DeskSettings
from textback.store.sight import NOTHING, Sight
from textback.web.context import WebContext
from textback.web.permissions import allowed
from textback.web.security import PRE_CSRF, read_cookie


@dataclass(frozen=True, slots=True)
class User:
    """The person who is signed in. `session` names their session, `sight` is whose conversations they see, `needs_code`
    says that they must set up a second step before anything else."""

    id: str
    name: str
    email: str
    role: str
    csrf: str
    has_password: bool
    session: str = ""
    sight: Sight = NOTHING
    language: str = ""
    has_code: bool = False
    needs_code: bool = False

    def may(self, permission: str) -> bool:
        """Whether they have this permission."""
        return allowed(self.role, permission)

    @property
    def initials(self) -> str:
        """Up to two letters for the round badge."""
        return initials(self.name)


def initials(name: str) -> str:
    """Up to two letters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def network(request: Request) -> str:
    """The network that a request comes from, masked: "203.0.•.•". A proxy says so in words of any length."""
    given = clean(request.client.host)[:64] if request.client else ""
    try:
        address = ip_address(given)
    except ValueError:
        return ""
    if address.version == 4:
        return ".".join(given.split(".")[:2]) + ".•.•"
    return ":".join(address.exploded.split(":")[:2]) + ":•"


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device(request: Request) -> str:
    """What a request comes from, as its browser says: "Firefox on Linux"; "" where it says nothing known."""
    agent = request.headers.get("user-agent", "")[:400]
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return f"{browser} on {system}" if browser and system else browser or system


def cookie_name(ctx: WebContext) -> str:
    """The session cookie; behind https the browser itself guards the name."""
    return "__Host-textback" if ctx.secure else "textback"


async def current_user(request: Request) -> User | None:
    """Whoever is signed in."""
    ctx: WebContext = request.app.state.ctx
    token = read_cookie(request, cookie_name(ctx))
    if not token:
        return None
    now = ctx.road.wall()
    signed = await ctx.db.read(people.signed_in, ctx.workspace, token, now)
    if signed is None:
        return None
    row = signed.row
    if now - row.seen_at >= people.SEEN_EVERY:
        await ctx.db.write(people.note_seen, row.token_hash, now, network(request))
    return User(
        row.user_id, row.name, row.email, row.role, row.csrf, bool(row.has_password), row.token_hash, signed.sight,
        row.language, bool(row.has_code), signed.settings.two_step and not row.has_code,
    )  # fmt: skip


def set_session(ctx: WebContext, response: Response, token: str, settings: DeskSettings) -> None:
    """Give the browser its session."""
    response.set_cookie(
        cookie_name(ctx),
        token,
        max_age=settings.session_life // 1000,
        path="/",
        secure=ctx.secure,
        httponly=True,
        samesite="lax",
    )
    response.delete_cookie(PRE_CSRF, path="/")


def set_form_secret(ctx: WebContext, response: Response, secret: str) -> None:
    """Give a browser that is not signed in the secret that its form must repeat."""
    response.set_cookie(PRE_CSRF, secret, max_age=3600, path="/", secure=ctx.secure, httponly=True, samesite="strict")
