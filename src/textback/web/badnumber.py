"""A number that a provider says can't get texts (N1), and a person who says that it can."""

from starlette.requests import Request
from starlette.responses import Response

from textback.engine.arrivals import CanText
from textback.web.desk import act, conversation_of
from textback.web.routing import Route


async def can_text(request: Request) -> Response:
    """POST /c/{contact}/can-text: a person says that the number gets texts, so that these go there again."""
    user = request.state.user
    row = await conversation_of(request)
    return await act(request, row, CanText(user.id, user.name), "number.works")


ROUTES = (Route("POST", "/c/{contact}/can-text", "contacts.edit", can_text),)
