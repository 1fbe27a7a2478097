"""The HTTP API for changing API keys: what they are good for, a new one in the place of an old one, and their end."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.when import DAY, HOUR
from textback.store import accounts
from textback.store import keys as store
from textback.store.db import Tx
from textback.web.access import key_of
from textback.web.context import WebContext
from textback.web.describing import BODY, JSON, Described, Operation
from textback.web.problems import Refused, missing
from textback.web.reading import Data, answer, read_body
from textback.web.routing import Route
from textback.web.v1.keys import (
    GONE,
    Days,
    KeyInfo,
    Lines,
    Name,
    NewKey,
    Scopes,
    actor_of,
    check_within,
    find_key,
    key_info,
    known_lines,
    known_scopes,
    name_of,
    shown_key,
)
from textback.web.v1.kinds import Id

MOST_HOURS = 720


class KeyChange(msgspec.Struct, forbid_unknown_fields=True):
    """What PATCH /v1/keys/{id} takes. What is left out stays; `days` are counted from now."""

    name: Name | None = None
    scopes: Scopes | None = None
    lines: Lines | None = None
    days: Days | None = None


class RotateBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /v1/keys/{id}/rotate takes: for how many hours the key as it was still works."""

    hours: Annotated[int, Meta(ge=0, le=MOST_HOURS, examples=[24])] = 24


class RevokedKey(msgspec.Struct):
    """A key that works no more."""

    id: Id
    name: Name


async def change_key(request: Request) -> Response:
    """PATCH /v1/keys/{id}: change a key's name, scopes, lines or end."""
    ctx: WebContext = request.app.state.ctx
    body, key, now = await read_body(request, KeyChange), await find_key(request, change=True), ctx.road.now()
    mine = key_of(request)
    after_ = msgspec.structs.replace(
        key,
        name=key.name if body.name is None else name_of(body.name),
        scopes=key.scopes if body.scopes is None else known_scopes(body.scopes),
        lines=key.lines if body.lines is None else known_lines(ctx, body.lines) or mine.lines,
        expires_at=key.expires_at if body.days is None else now + body.days * DAY,
    )
    check_within(mine, after_, "That key")

    def work(tx: Tx) -> bool:
        done = store.change(tx, ctx.workspace, after_, now)
        if done:
            data = {"scopes": " ".join(sorted(after_.scopes)), "lines": " ".join(sorted(after_.lines))}
            accounts.write_audit(tx, ctx.workspace, actor_of(request), "apikey.change", after_.name, now, data)
        return done

    if not await ctx.db.write(work):
        raise Refused(409, "exists", "There is a key of this name already.", "name")
    return answer(200, Data(key_info(after_)))


async def rotate_key(request: Request) -> Response:
    """POST /v1/keys/{id}/rotate: a new key in its place, shown once; the one before works for some hours."""
    ctx: WebContext = request.app.state.ctx
    body, key, now = await read_body(request, RotateBody), await find_key(request, change=True), ctx.road.now()
    until = now + body.hours * HOUR

    def work(tx: Tx) -> str | None:
        secret = store.rotate(tx, ctx.workspace, key.id, now, until)
        if secret is not None:
            data = {"hours": body.hours}
            accounts.write_audit(tx, ctx.workspace, actor_of(request), "apikey.rotate", key.name, now, data)
        return secret

    secret = await ctx.db.write(work)
    if secret is None:
        raise missing("There is no such key.", "id")
    start = secret[: len(store.PREFIX) + store.SHOWN]
    return answer(200, Data(shown_key(msgspec.structs.replace(key, start=start, rotates_until=until), secret)))


async def revoke_key(request: Request) -> Response:
    """DELETE /v1/keys/{id}: end a key. One can end itself."""
    ctx: WebContext = request.app.state.ctx
    key, now = await find_key(request, change=True), ctx.road.now()

    def work(tx: Tx) -> bool:
        gone = store.revoke(tx, ctx.workspace, key.id, now)
        if gone:
            accounts.write_audit(tx, ctx.workspace, actor_of(request), "apikey.revoke", key.name, now)
        return gone

    if not await ctx.db.write(work):
        raise missing("There is no such key.", "id")
    return answer(200, Data(RevokedKey(key.id, key.name)))


ROUTES = (
    Route("PATCH", "/v1/keys/{id}", "api", change_key, "keys:write"),
    Route("DELETE", "/v1/keys/{id}", "api", revoke_key, "keys:write"),
    Route("POST", "/v1/keys/{id}/rotate", "api", rotate_key, "keys:write"),
)
DESCRIBED: Described = {
    ("PATCH", "/v1/keys/{id}"): Operation(
        "Change a key's name, scopes, lines or end.",
        {200: ("It is this now.", {JSON: Data[KeyInfo]}), **BODY, 404: GONE, 409: "There is a key of this name."},
        {JSON: KeyChange},
        example={"scopes": ["messages:write"], "days": 90},
    ),
    ("DELETE", "/v1/keys/{id}"): Operation(
        "Revoke a key. It stops within half a second.",
        {200: ("It works no more.", {JSON: Data[RevokedKey]}), 404: GONE},
    ),
    ("POST", "/v1/keys/{id}/rotate"): Operation(
        "Put a new key in the place of this one. The one before works for some hours.",
        {200: ("It is made.", {JSON: Data[NewKey]}), **BODY, 404: GONE},
        {JSON: RotateBody},
    ),
}
