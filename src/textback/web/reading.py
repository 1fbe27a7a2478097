"""Reading what programs send: bodies, numbers, what is asked for in an address, and where a list goes on."""

import base64
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import bucket_of
from textback.core.phone import normalise
from textback.core.when import to_ms
from textback.store import desk, inbox
from textback.store.db import Row
from textback.store.keys import Key
from textback.web.access import check_line_of
from textback.web.context import WebContext
from textback.web.problems import Refused, missing, wrong

MOST_BODY = 64 * 1024
JSON_TYPE = "application/json"
MOST_LISTED = 200
CONTACT = re.compile(r"[0-9a-f]{24}")
_FIELD = re.compile(r"`\$\.([\w.\[\]]+)|field `(\w+)`")

_T = TypeVar("_T", bound=msgspec.Struct)
_D = TypeVar("_D")


class Addressed(msgspec.Struct):
    """What a body names a contact by: `to`, a number in E.164 or as people write it."""

    to: Annotated[str, Meta(examples=["+12065550123"])]


_A = TypeVar("_A", bound=Addressed)


class Paged(msgspec.Struct, forbid_unknown_fields=True):
    """What every list can be asked for: how many, and after which `cursor`."""

    limit: Annotated[int, Meta(ge=1, le=MOST_LISTED)] = 50
    cursor: Annotated[str, Meta(max_length=500)] = ""


class Data(msgspec.Struct, Generic[_D]):
    """An answer."""

    data: _D


class Listed(msgspec.Struct, Generic[_D]):
    """A part of a list. `next_cursor` is where it goes on; null at its end."""

    data: list[_D]
    next_cursor: str | None = None


def answer(status: int, data: object) -> Response:
    """A JSON response."""
    return Response(msgspec.json.encode(data), status, media_type="application/json")


def _named(error: msgspec.ValidationError) -> str:
    found = _FIELD.search(str(error))
    return (found[1] or found[2]) if found else ""


async def read_bytes(request: Request, most: int = MOST_BODY) -> bytes:
    """A body of JSON, of so many bytes at most. Raises Refused."""
    check_json(request.headers.get("content-type", ""), request.headers.get("content-encoding", ""))
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise too_large(most)
    return bytes(body)


def check_json(content_type: str, content_encoding: str) -> None:
    """Raises Refused for a body that says that it is something else than plain JSON."""
    if content_type != JSON_TYPE and content_type.split(";", 1)[0].strip().lower() != JSON_TYPE:
        raise Refused(415, "unsupported_media_type", "Expected application/json.")
    if content_encoding and content_encoding.strip().lower() not in ("", "identity"):
        detail = "Compressed bodies are not taken. Send it without Content-Encoding."
        raise Refused(415, "unsupported_media_type", detail)


def too_large(most: int) -> Refused:
    """A body of more than so many bytes."""
    return Refused(413, "too_large", f"The body is over {most // 1024} KB.")


@cache
def _decoder(kind: type[_T]) -> "msgspec.json.Decoder[_T]":
    return msgspec.json.Decoder(kind)


def decoded(body: bytes, kind: type[_T]) -> _T:
    """A body as this type. Raises Refused."""
    try:
        found: _T = _decoder(kind).decode(body)
        return found
    except msgspec.ValidationError as error:
        raise wrong(f"{error}.", _named(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(400, "invalid_json", "The body is not JSON.") from None


async def read_body(request: Request, kind: type[_T], most: int = MOST_BODY) -> _T:
    """The body of a request, of so many bytes at most, as this type. Raises Refused."""
    return decoded(await read_bytes(request, most), kind)


async def read_addressed(request: Request, kind: type[_A]) -> tuple[_A, str]:
    """The body of a request as this type, and its number in E.164. Raises Refused."""
    body = await read_body(request, kind)
    try:
        return body, normalise(body.to)
    except ValueError as error:
        raise wrong(str(error), "to") from None


def read_query(request: Request, kind: type[_T]) -> _T:
    """What stands behind the question mark, as this type: each name at most once. Raises Refused."""
    pairs = request.query_params.multi_items()
    given = dict(pairs)
    if len(given) < len(pairs):
        twice = next(name for name in given if sum(one == name for one, _ in pairs) > 1)
        raise wrong(f"{twice[:40]} is given more than once.", twice[:40])
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise wrong(f"{error}.", _named(error)) from None


def cursor_of(*place: str | int) -> str:
    """A place in a list, as programs hand it back."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def place_of(cursor: str, kinds: Sequence[type]) -> list[Any] | None:
    """The place that a cursor names, which has values of these types; None where none was given. Raises Refused."""
    if not cursor:
        return None
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, msgspec.DecodeError):
        found = None
    if not isinstance(found, list) or [type(one) for one in found] != list(kinds) or not all(map(_kept, found)):
        raise wrong("This is not a cursor of this list. Use next_cursor of the page before.", "cursor")
    return found


def read_time(text: str, field: str) -> int:
    """A time in ISO 8601, in UTC where it has no offset, as ms; 0 for none. Raises Refused."""
    if not text:
        return 0
    try:
        found = datetime.fromisoformat(text)
        return max(to_ms(found if found.tzinfo else found.replace(tzinfo=UTC)), 0)
    except (ValueError, OverflowError):
        raise wrong(f"{field} is no time. Write it like 2026-12-01T09:00:00Z.", field) from None


def _kept(value: str | int) -> bool:
    """Whether it is something that a database can look for."""
    return value.isprintable() if isinstance(value, str) else abs(value) < 2**53


def after(cursor: str, listed: str, kinds: Sequence[type]) -> tuple[Any, ...] | None:
    """The place in this list that a cursor of `page_of` names; None where none was given. Raises Refused."""
    found = place_of(cursor, [str, *kinds])
    if found is not None and found[0] != listed:
        raise wrong("This is a cursor of another list. Use next_cursor of the page before.", "cursor")
    return None if found is None else tuple(found[1:])


def page_of(
    listed: str,
    rows: Sequence[Any],
    limit: int,
    show: Callable[[Any], _D],
    place: Callable[[Any], Sequence[str | int]],
) -> Listed[_D]:
    """A part of this list: up to `limit` of these rows, of which there is one more where the list goes on."""
    some = rows[:limit]
    return Listed([show(row) for row in some], cursor_of(listed, *place(some[-1])) if len(rows) > limit else None)


def moment_of(text: str, field: str) -> int | None:
    """A time in ISO 8601, in ms; None where none was given. Raises Refused."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year < 1990:
        raise wrong(f"{field} is not a time such as 2026-11-21T10:00:00Z.", field)
    return to_ms(moment)


async def conversation_of(request: Request, named: str, field: str = "contact") -> Row[Any]:
    """The conversation with the contact of this id or phone number. Raises Refused where there is none, and where it is
    on a line that the key is not for."""
    ctx: WebContext = request.app.state.ctx
    return await conversation_for(ctx, getattr(request.state, "key", None), named, field)


async def conversation_for(ctx: WebContext, key: Key | None, named: str, field: str) -> Row[Any]:
    """As `conversation_of`, for a key, or for people, who see all lines."""
    id_ = named if CONTACT.fullmatch(named) else ""
    if not id_:
        try:
            home = ("phone", normalise(named, ctx.bot().country))
        except ValueError:
            raise missing("There is no such contact.", field) from None
        homes = await ctx.db.read(inbox.find_homes, ctx.workspace, [home])
        id_ = homes[home].contact_id if home in homes else ""
    found = await ctx.db.read(desk.conversation, ctx.workspace, id_, bucket_of(id_)) if id_ else None
    if found is None:
        raise missing("There is no such contact.", field)
    if key is not None:
        check_line_of(key, found.line)
    return found


async def check_home(ctx: WebContext, key: Key, number: str) -> None:
    """Raises Refused where this number's conversation is on a line that the key is not for: a text would move it."""
    home = ("phone", number)
    if key.lines and home in await ctx.db.read(inbox.find_homes, ctx.workspace, [home]):
        await conversation_for(ctx, key, number, "to")


async def contact_of(request: Request, named: str, field: str = "contact") -> str:
    """The contact of this id or phone number. Raises Refused as `conversation_of`."""
    found: str = (await conversation_of(request, named, field)).contact_id
    return found
