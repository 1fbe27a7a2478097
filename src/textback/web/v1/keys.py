"""The HTTP API for API keys: which there are, and making one. A key makes, and changes, only keys that can do no more
than it can itself. Changing is in `keyring`."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.text import clean
from textback.core.when import DAY, to_iso
from textback.store import accounts
from textback.store import keys as store
from textback.store.db import Tx
from textback.store.keys import ALL, Key
from textback.web.access import key_of
from textback.web.context import WebContext
from textback.web.describing import BODY, JSON, QUERY, Described, Operation
from textback.web.problems import Refused, missing, wrong
from textback.web.reading import Data, Listed, Paged, after, answer, page_of, read_body, read_query
from textback.web.routing import Route
from textback.web.scopes import SCOPES
from textback.web.v1.kinds import Id, Time, iso

LISTED = "keys"
MOST_DAYS = 3_650
MOST_NAME = 64

Scopes = Annotated[list[str], Meta(min_length=1, max_length=50, examples=[["messages:write", "messages:read"]])]
Lines = Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=50)]
Days = Annotated[int, Meta(ge=1, le=MOST_DAYS, examples=[90])]
Name = Annotated[str, Meta(min_length=1, max_length=MOST_NAME, examples=["crm"])]


class KeyBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /v1/keys takes: a name that no other key has, what it is good for ("*" is everything), the lines that
    it is for (none: those of the key that makes it), and for how many days."""

    name: Name
    scopes: Scopes
    lines: Lines = []
    days: Days | None = None


class KeyInfo(msgspec.Struct):
    """A key, but for the key itself: `start` is how it begins. `rotates_until` is how long the one before still
    works."""

    id: Id
    name: Name
    start: Annotated[str, Meta(examples=["tb_x7Qm2LpA"])]
    scopes: Scopes
    lines: list[str]
    created_at: Time
    created_by: Annotated[str, Meta(examples=["command line"])]
    expires_at: Time | None
    last_used_at: Time | None
    rotates_until: Time | None


class NewKey(KeyInfo):
    """A key, with the key itself: this is the only time that it is shown."""

    key: Annotated[str, Meta(examples=["tb_x7Qm2LpAq0v1J9cKd3NfR8sTzWbYeGhU4iOyMoPlQaE"])]


def key_info(key: Key) -> KeyInfo:
    return KeyInfo(
        key.id, key.name, key.start, sorted(key.scopes), sorted(key.lines), to_iso(key.created_at), key.created_by,
        iso(key.expires_at), iso(key.last_used_at), iso(key.rotates_until),
    )  # fmt: skip


def shown_key(key: Key, secret: str) -> NewKey:
    return NewKey(**msgspec.structs.asdict(key_info(key)), key=secret)


def check_lines(mine: Key, lines: frozenset[str], what: str) -> None:
    if mine.lines and not (lines and lines <= mine.lines):
        raise Refused(403, "beyond_key", f"{what} is for lines that the key {mine.name} is not for.", "lines")


def check_within(mine: Key, other: Key, what: str) -> None:
    """Raises Refused where the other key can do what this one can't."""
    beyond = sorted(scope for scope in other.scopes if not (ALL in mine.scopes or scope in mine.scopes))
    if beyond:
        detail = f"{what} has the scope {beyond[0]}, which the key {mine.name} does not have."
        raise Refused(403, "beyond_key", detail, "scopes")
    check_lines(mine, other.lines, what)
    if mine.expires_at is not None and (other.expires_at is None or other.expires_at > mine.expires_at):
        raise Refused(403, "beyond_key", f"{what} would outlive the key {mine.name}.", "days")


def known_scopes(given: list[str]) -> frozenset[str]:
    for scope in given:
        if scope != ALL and scope not in SCOPES:
            raise wrong(f"There is no scope {scope[:40]!r}.", "scopes")
    return frozenset(given)


def known_lines(ctx: WebContext, given: list[str]) -> frozenset[str]:
    for line in given:
        if line not in ctx.lines:
            raise wrong("There is no such line.", "lines")
    return frozenset(given)


def name_of(given: str) -> str:
    name = clean(given).strip()
    if not name:
        raise wrong("name is empty.", "name")
    return name


def actor_of(request: Request) -> str:
    return f"API key {request.state.key_name}"


async def find_key(request: Request, *, change: bool) -> Key:
    """The key that is asked for. Raises Refused: also where it is beyond the caller's, to see or to change."""
    ctx: WebContext = request.app.state.ctx
    id_ = request.path_params["id"]
    known = len(id_) <= 32 and id_.isalnum()
    key = await ctx.db.read(store.by_id, ctx.workspace, id_, ctx.road.now()) if known else None
    if key is None:
        raise missing("There is no such key.", "id")
    if change:
        check_within(key_of(request), key, "That key")
    else:
        check_lines(key_of(request), key.lines, "That key")
    return key


async def list_keys(request: Request) -> Response:
    """GET /v1/keys: a page of the keys that work, in the order in which they were made."""
    ctx: WebContext = request.app.state.ctx
    asked = read_query(request, Paged)
    place = after(asked.cursor, LISTED, (str,))
    lines = key_of(request).lines
    rows = [
        key
        for key in sorted(await ctx.db.read(store.live, ctx.workspace, ctx.road.now()), key=lambda key: key.id)
        if (not lines or (key.lines and key.lines <= lines)) and (place is None or key.id > place[0])
    ]
    return answer(200, page_of(LISTED, rows, asked.limit, key_info, lambda key: (key.id,)))


async def show_key(request: Request) -> Response:
    """GET /v1/keys/{id}: one key, but for the key itself."""
    return answer(200, Data(key_info(await find_key(request, change=False))))


async def make_key(request: Request) -> Response:
    """POST /v1/keys: make a key, and show it once: 201."""
    ctx: WebContext = request.app.state.ctx
    mine, body, now = key_of(request), await read_body(request, KeyBody), ctx.road.now()
    lines = known_lines(ctx, body.lines) or mine.lines
    expires_at = now + body.days * DAY if body.days is not None else mine.expires_at
    wanted = Key("", name_of(body.name), known_scopes(body.scopes), lines, now, expires_at)
    check_within(mine, wanted, "That key")

    def work(tx: Tx) -> tuple[str, str] | None:
        made = store.add(
            tx, ctx.workspace, wanted.name, now, scopes=wanted.scopes, lines=lines, expires_at=expires_at,
            created_by=actor_of(request),
        )  # fmt: skip
        if made is not None:
            data = {"scopes": " ".join(sorted(wanted.scopes)), "lines": " ".join(sorted(lines))}
            accounts.write_audit(tx, ctx.workspace, actor_of(request), "apikey.add", wanted.name, now, data)
        return made

    made = await ctx.db.write(work)
    if made is None:
        raise Refused(409, "exists", "There is a key of this name already.", "name")
    id_, secret = made
    start = secret[: len(store.PREFIX) + store.SHOWN]
    key = msgspec.structs.replace(wanted, id=id_, start=start, created_by=actor_of(request))
    return answer(201, Data(shown_key(key, secret)))


ROUTES = (
    Route("GET", "/v1/keys", "api", list_keys, "keys:read"),
    Route("POST", "/v1/keys", "api", make_key, "keys:write"),
    Route("GET", "/v1/keys/{id}", "api", show_key, "keys:read"),
)
GONE = "There is no such key."
DESCRIBED: Described = {
    ("GET", "/v1/keys"): Operation(
        "The keys that work, in the order in which they were made.",
        {200: ("They are these.", {JSON: Listed[KeyInfo]}), **QUERY},
        query=Paged,
    ),
    ("POST", "/v1/keys"): Operation(
        "Make a key that can do no more than this one. It is shown once.",
        {201: ("It is made.", {JSON: Data[NewKey]}), **BODY, 409: "There is a key of this name."},
        {JSON: KeyBody},
    ),
    ("GET", "/v1/keys/{id}"): Operation("One key.", {200: ("It is this.", {JSON: Data[KeyInfo]}), 404: GONE}),
}
