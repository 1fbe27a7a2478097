"""The web application: routes with their roles enforced in one place, security headers, errors that people can read."""

from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import msgspec
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Mount
from starlette.routing import Route as StarletteRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from textback.core.ids import bucket_of
from textback.pipeline import letters
from textback.store import sight
from textback.web import webchat
from textback.web.access import Access, as_program
from textback.web.auth import User, current_user
from textback.web.context import WebContext
from textback.web.hiding import without_dead
from textback.web.masking import masked
from textback.web.openapi import describe
from textback.web.pages import page
from textback.web.permissions import OPEN, who_may
from textback.web.phrases import language_of, say, speak
from textback.web.problems import BROKEN, CODES, Refused, ended_early, refusal
from textback.web.reading import CONTACT
from textback.web.routes import ROUTES
from textback.web.routing import Handler, Route
from textback.web.security import PRE_CSRF, Denied, SecurityHeaders, check_csrf, check_origin, read_cookie, read_form
from textback.web.upload import read_upload

log = structlog.get_logger("textback.web")

STATIC = Path(__file__).parent / "static"
_KNOWN = tuple((route.method, route.path, route.permission) for route in ROUTES)


class Files(StaticFiles):
    """The desk's own files. Their address carries their version, so they may be kept."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file: to be kept where its address names its version, else to be asked about each time."""
        response = await super().get_response(path, scope)
        versioned = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if versioned else "no-cache"
        return response


async def _as_person(handler: Handler, permission: str, request: Request) -> Response:
    """Only signed in, with this permission, and only from our own pages."""
    user = await current_user(request)
    if user is None:
        path = request.scope["path"]
        if request.method == "GET" and path != "/events":
            query = request.scope["query_string"].decode("latin-1")
            place = f"{path}?{query}" if query else path
            return RedirectResponse(f"/login?next={quote(place)}", 303)
        raise Denied(401, "You are signed out. Sign in and try again.")
    if not user.may(permission):
        raise Denied(403, f"Only {who_may(permission)} may {'see' if request.method == 'GET' else 'do'} this.")
    request.state.user = user
    speak(language_of(request))
    if user.needs_code and permission != "own":
        if request.method == "GET" and request.scope["path"] != "/events":
            return RedirectResponse("/account/two-step", 303)
        raise Denied(403, "Set up your second step first: your account page has it.")
    await _check_sight(request, user)
    if user.may("letters") and request.url.path != "/events":
        ctx: WebContext = request.app.state.ctx
        request.state.stuck = await ctx.db.read(letters.some, ctx.workspace)
    answer = await masked(request, user, await _handled(handler, user, request))
    if not user.may("conversations.answer") and answer.headers.get("content-type", "").startswith("text/html"):
        page_ = without_dead(bytes(answer.body).decode(), user.role, _KNOWN)
        answer.body = page_.encode()
        answer.headers["content-length"] = str(len(answer.body))
    return answer


async def _handled(handler: Handler, user: User, request: Request) -> Response:
    """What the handler answers; to a form, only if it is of one of our own pages."""
    if request.method == "POST":
        check_origin(request)
        if request.state.takes_file and request.headers.get("content-type", "").startswith("multipart/"):
            return await _with_file(handler, user, request)
        request.state.file = None
        request.state.form = await read_form(request)
        check_csrf(request.state.form.get("csrf", ""), user.csrf)
    return await handler(request)


async def _check_sight(request: Request, user: User) -> None:
    """Only conversations that this person sees: an address that names a contact is nothing to the others. Here, so that
    no page can forget it. Raises Denied."""
    contact = request.path_params.get("contact", "")
    if user.sight.everything or not contact:
        return
    ctx: WebContext = request.app.state.ctx
    row = None
    if CONTACT.fullmatch(contact):
        row = await ctx.db.read(sight.of_contact, ctx.workspace, contact, bucket_of(contact))
    if row is None or not sight.sees(user.sight, row):
        raise Denied(404, "There is no such conversation.")


async def _with_file(handler: Handler, user: User, request: Request) -> Response:
    """With a file in the form, which is gone afterwards unless the handler has taken it away. The form's secret stands
    before the file, so that nothing is kept of a form that is not ours."""
    ctx: WebContext = request.app.state.ctx

    def check(fields: dict[str, str]) -> None:
        check_csrf(fields.get("csrf", ""), user.csrf)

    own: int = request.state.most_file
    hint = "" if own else " Use the command line for it."
    request.state.form, file = await read_upload(request, ctx.uploads.place, own or ctx.watch.most_upload, check, hint)
    request.state.file = file
    try:
        check(request.state.form)
        return await handler(request)
    finally:
        if file is not None:
            file.path.unlink(missing_ok=True)


async def _as_anyone(handler: Handler, request: Request) -> Response:
    """Anyone, but forms only from our own pages."""
    if request.method == "POST":
        check_origin(request)
        request.state.form = await read_form(request)
        check_csrf(request.state.form.get("csrf", ""), read_cookie(request, PRE_CSRF))
    return await handler(request)


GUARDS: dict[str, Callable[[Route], Callable[[Handler], Callable[[Request], Awaitable[Response]]]]] = {
    "public": lambda _: lambda handler: partial(_as_anyone, handler),
    "api": as_program,
    "visitor": lambda _: webchat.as_visitor,
    "mailed": lambda _: lambda handler: handler,  # the address is the proof, and the handler checks it
}


def _guard(route: Route) -> Callable[[Handler], Callable[[Request], Awaitable[Response]]]:
    """What stands before a handler. Raises KeyError for a route that says nobody who may call it."""
    permission = route.permission
    if permission in OPEN:
        return GUARDS[permission](route)
    return lambda handler: partial(_as_person, handler, permission)


def _endpoint(route: Route, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    guarded, path = _guard(route)(handler), route.path

    async def endpoint(request: Request) -> Response:
        speak("en")
        request.state.most_form = route.form
        request.state.takes_file, request.state.most_file = route.takes_file, route.most_file
        try:
            return await guarded(request)
        except (Denied, HTTPException):
            raise
        except Refused as refused:
            return refusal(path, refused)
        except ClientDisconnect:  # nobody is there to read it
            return refusal(path, ended_early())
        except Exception:
            log.exception("request failed", path=path)  # not as it was asked for: a path may hold a number or a token
            return _problem(request, 500, BROKEN)

    return endpoint


def _wants_page(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return b"text/html" in headers.get(b"accept", b"")


def _problem(request: Request, status: int, sentence: str) -> Response:
    if _wants_page(request.scope):
        said = say(language_of(request), sentence)
        return page(request, "error.html", {"sentence": said, "status": status}, status)
    return refusal(request.scope["path"], Refused(status, CODES.get(status, "refused"), sentence))


async def _denied(request: Request, error: Exception) -> Response:
    if not isinstance(error, Denied):
        raise error
    return _problem(request, error.status, error.sentence)


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    sentences = {404: "There is nothing at this address.", 405: "This address does not take that kind of request."}
    response = _problem(
        request, error.status_code, sentences.get(error.status_code, HTTPStatus(error.status_code).phrase)
    )
    response.headers.update(error.headers or {})
    if error.status_code == 405:
        response.headers["Allow"] = ", ".join(sorted(_methods(request)))
    return response


def _methods(request: Request) -> set[str]:
    """What may be asked of the address that a request is for: each method has a route of its own."""
    found: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, StarletteRoute) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return found


def build_app(ctx: WebContext) -> Starlette:
    """The application for everything but webhooks."""
    routes: list[BaseRoute] = [
        StarletteRoute(route.path, _endpoint(route, route.handler), methods=[route.method])
        for route in ROUTES
        if route.handler is not None
    ]
    routes.append(Mount("/static", Files(directory=STATIC)))
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(SecurityHeaders, secure=ctx.secure),
            # A proxy on this machine may say where a request really came from; nobody else may.
            Middleware(ProxyHeadersMiddleware, trusted_hosts="127.0.0.1"),
        ],
        exception_handlers={Denied: _denied, HTTPException: _http_error},
    )
    app.state.ctx = ctx
    app.state.access = Access(ctx.most_requests)
    app.state.visits = webchat.Visits()
    app.state.openapi = msgspec.json.encode(describe(ROUTES))
    return app
