"""A web chat's visitor asks to go on by text: the number they give is asked for a YES, once.

Whoever asks hears the same whether or not anything goes to the number: who has opted out, or is being asked already,
is nobody else's business.
"""

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response

from textback.channels.web import ByText
from textback.pipeline.by_text import WrongNumber, agreed_words, asked, number_of
from textback.pipeline.spool import SpoolFull
from textback.store import by_text as store
from textback.store import webchat
from textback.store.by_text import Limit
from textback.store.trouble import reason
from textback.web.routing import Route
from textback.web.webchat import PREFIX, REF, NotTaken, Visits, address_of, found, read, source_of, visit_of

log = structlog.get_logger("textback.webchat")

NUMBER = "number"
LONGEST = 40


class ByTextWanted(msgspec.Struct, frozen=True):
    """A visitor's wish to go on by text. `ref` is the page's own name for it, `agreed` the version of what they agreed
    to, `page` the path that they are on."""

    token: str
    ref: str
    number: str
    agreed: str
    page: str = ""


async def go_on(request: Request) -> Response:
    """POST /web/{line}/by-text: the visitor wants to go on by text at this number, and has agreed to texts."""
    ctx, line, provider = found(request)
    wanted = await read(request, ByTextWanted)
    by_text = provider.by_text
    if by_text is None:
        raise NotTaken(404, "no_texts", "This chat does not go on by text.")
    address = address_of(line, wanted.token)
    if not REF.fullmatch(wanted.ref):
        raise NotTaken(400, "malformed", "The request has no name that could be used.")
    visits: Visits = request.app.state.visits
    visits.text(address, source_of(request), ctx.road.now())
    words = agreed_words(ctx.road.lines, by_text, ctx.bot(), wanted.agreed)
    if not words:
        raise NotTaken(403, "agree_text", "Tick the box to agree to texts. If its words have changed, read them again.")
    try:
        number = number_of(wanted.number[:LONGEST], by_text, ctx.bot().country, ctx.road.lines)
    except WrongNumber as error:
        raise NotTaken(400, "number", str(error)) from None
    try:
        home = await ctx.db.read(webchat.home, ctx.workspace, address)
        if home is None:
            raise NotTaken(409, "no_chat", "Write something in the chat first.")
        limits = _limits(by_text, line.name, address, source_of(request), number)
        full = await ctx.db.write(store.count, ctx.workspace, limits, ctx.road.now())
        if full not in ("", NUMBER):
            log.warning("request to go on by text refused", line=line.name, limit=full)
            raise NotTaken(429, "slow_down", "That was asked for too often today. Go on here, or try again tomorrow.")
        if not full and not await ctx.db.read(store.left_alone, ctx.workspace, number):
            visit = visit_of(request, address, wanted.page)
            await ctx.road.take(asked(line, by_text, visit, home.contact_id, wanted.ref, number, words))
    except NotTaken:
        raise
    except Exception as error:
        why = str(error) if isinstance(error, SpoolFull) else reason(error)
        log.error("request to go on by text not stored", line=line.name, reason=why)
        raise NotTaken(503, "not_stored", "It could not be stored. Try again.") from None
    return Response(b"{}", media_type="application/json")


def _limits(by_text: ByText, line: str, visitor: str, source: str, number: str) -> list[Limit]:
    return [
        Limit("visitor", visitor, by_text.per_visitor),
        Limit("source", source, by_text.per_source),
        Limit(NUMBER, number, by_text.per_number),
        Limit("line", line, by_text.per_day),
    ]


ROUTES = (Route("POST", PREFIX + "{line}/by-text", "visitor", go_on),)
