"""What guards every page: response headers, forms with a secret, and request bodies of a bounded size."""

import hmac
import secrets
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from textback.core.text import clean

MOST_FORM = 64 * 1024
MOST_FIELDS = 100
"""Fields of a form; one that may be larger may have as many times more."""
FORM = "application/x-www-form-urlencoded"
PRE_CSRF = "textback_form"
"""The cookie that holds the form secret of someone who is not signed in yet."""

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
_HEADERS = (
    (b"content-security-policy", _CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
_HSTS = (b"strict-transport-security", b"max-age=31536000")
_NOT_KEPT = (b"cache-control", b"no-store")


class Denied(Exception):
    """A request that must not go on: the HTTP status and one sentence for whoever sent it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def headers_of(*, secure: bool) -> tuple[tuple[bytes, bytes], ...]:
    """All that every answer to a program has."""
    return (*_HEADERS, *((_HSTS,) if secure else ()), _NOT_KEPT)


class SecurityHeaders:
    """Adds the headers to every response. Pages are never cached by others; files say for themselves."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = (*_HEADERS, _HSTS) if secure else _HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                own = {name for name, _ in headers}
                headers += [header for header in self._headers if header[0] not in own]
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append(_NOT_KEPT)
                message["headers"] = headers
            await send(message)

        await self._app(scope, receive, with_headers)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form; of a repeated field the last. Raises Denied."""
    most = getattr(request.state, "most_form", MOST_FORM)
    fields = MOST_FIELDS * max(1, most // MOST_FORM)
    if request.headers.get("content-type", "").split(";", 1)[0].strip().lower() != FORM:
        raise Denied(415, "Forms are sent as application/x-www-form-urlencoded.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise Denied(413, "That is too much text for one form.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=fields)
    except ValueError:
        raise Denied(400, "The form could not be read.") from None
    return {clean(name): clean(value) for name, value in pairs}


def check_origin(request: Request) -> None:
    """Refuse a form that another site's page has sent. Raises Denied."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise Denied(403, "This form was sent by another site.")
    origin = request.headers.get("origin")
    if origin is not None and _host_of(origin) != request.headers.get("host", ""):
        raise Denied(403, "This form was sent by another site.")


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def read_cookie(request: Request, name: str) -> str:
    """A cookie of ours as it was set, empty when there is none. Ours need no quotes, and so none are undone: what the
    standard library makes of a long quoted one takes it seconds."""
    found = ""
    for part in request.headers.get("cookie", "").split(";"):
        key, _, value = part.partition("=")
        if key.strip() == name:
            found = value.strip()
    return found


def check_csrf(given: str, wanted: str) -> None:
    """Compare a form's secret in constant time. Raises Denied."""
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Denied(403, "This page is too old. Load it again and repeat what you did.")


def form_secret(request: Request) -> str:
    """The form secret of someone who is not signed in: from their cookie, or a new one."""
    return read_cookie(request, PRE_CSRF) or secrets.token_urlsafe(24)
