"""The list pane of the desk: which view, which filters, which page of it, all of it in the address."""

from collections.abc import Mapping
from typing import Any, get_args
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request

from textback.core.text import clean
from textback.engine.state import load_state
from textback.store import desk_lists, desk_people, mentions, sight, values
from textback.store.db import Row, Tx
from textback.store.desk_lists import MOST_COUNTED, Place, View, Wanted
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.desk_rows import group_of, row_of
from textback.web.finding import contacts_with
from textback.web.permissions import PERMISSIONS
from textback.web.phrases import tell
from textback.web.security import Denied

VIEWS: tuple[View, ...] = get_args(View)
STEP = 50
"""Rows that a list shows at first, and how many more come when its end is seen."""
MOST_ROWS = 500
"""Rows of one page; behind them the list goes on in another."""
UNDER_ALL = ("all", "snoozed", "completed")
FILTERS = {
    "q": "Text",
    "owner": "Who has it",
    "team": "Team",
    "line": "Line",
    "queue": "Queue",
    "tag": "Tag",
    "language": "Language",
    "priority": "Priority",
    "unread": "Unread",
}
"""Filters by their name in the address, and as people read them."""
SNOOZES = {
    "3h": "In 3 hours",
    "tomorrow": "Tomorrow, 9:00 am",
    "monday": "Monday, 9:00 am",
    "text": "Until they text",
}
"""The ways to snooze, by their name in a form; see web.snoozing."""
LONGEST = 80
FEW = 500
"""Contacts that a tag is said to be rare by: those are looked at, where of a common one the list soon meets enough."""
LANGUAGES = {"en": "English", "es": "Spanish"}
_place = msgspec.json.Decoder(Place)


def snoozes() -> tuple[tuple[str, str], ...]:
    """The ways to snooze: the name in a form, and the words."""
    return tuple((name, tell(words)) for name, words in SNOOZES.items())


class Asked(msgspec.Struct, frozen=True):
    """What an address asks of the list."""

    view: View
    filters: dict[str, str]
    rows: int = STEP
    after: str = ""

    def query(self, *, view: str = "", without: str = "", **more: str) -> str:
        """These choices as an address has them, with the view where it is wanted."""
        kept = {name: value for name, value in self.filters.items() if name != without}
        return urlencode({**({"view": view} if view else {}), **kept, **more})

    def path(self, *, view: str = "", without: str = "", **more: str) -> str:
        """The address of the list itself."""
        query = self.query(without=without, **more)
        return f"/desk/{view or self.view}{'?' if query else ''}{query}"


def view_of(text: str) -> View:
    """A view by its name. Raises Denied."""
    for view in VIEWS:
        if view == text:
            return view
    raise Denied(404, "There is no such list.")


def asked(request: Request) -> Asked:
    """What the address asks for: of /desk/{view} in its path, of a conversation in its query. Raises Denied."""
    given = request.query_params
    view = view_of(request.path_params.get("view") or given.get("view", "needs-you"))
    filters = {name: clean(given.get(name, "")).strip()[:LONGEST] for name in FILTERS}
    if filters["priority"] not in ("", "normal", "high", "urgent"):
        filters["priority"] = ""
    if filters["unread"] not in ("", "1"):
        filters["unread"] = ""
    number = given.get("rows", "")
    rows = int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else STEP
    kept = {name: value for name, value in filters.items() if value}
    return Asked(view, kept, min(max(rows, STEP), MOST_ROWS), given.get("after", "")[:120])


def _after(text: str) -> Place | None:
    """The place that an address names; the top where it can't be read."""
    try:
        place = _place.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        return None
    return (
        place if 0 <= place.part < 10 and len(place.keys) < 2 and all(abs(key) < 2**60 for key in place.keys) else None
    )


async def list_data(request: Request) -> dict[str, Any]:
    """What the list pane shows."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    wish = asked(request)
    now, zone = ctx.road.now(), ctx.bot().timezone
    wanted = await _wanted(ctx, wish.filters, user.sight)
    done = clean(request.query_params.get("done", ""))[:32]

    def read(tx: Tx) -> tuple[Any, ...]:  # all of it is of one moment
        place = _after(wish.after)
        return (
            desk_lists.page(tx, ctx.workspace, wish.view, user.id, wish.rows, wanted, place, user.sight),
            desk_lists.counts(tx, ctx.workspace, user.id, user.sight),
            desk_people.views(tx, ctx.workspace, user.id),
            desk_people.people(tx, ctx.workspace, PERMISSIONS["conversations.answer"]),
            sight.team_names(tx, ctx.workspace),
            desk_people.undo(tx, ctx.workspace, user.id, done, now) if done else None,
            len(mentions.mentions(tx, ctx.workspace, user.id, user.sight, unseen=True)),
        )

    found, counts, views, people, teams, undo, mentioned = await ctx.db.read(read)
    names = {row.id: row.name for row in people} | teams
    groups: dict[tuple[str, str], list[Any]] = {}
    for part, row in found.rows:
        state = load_state(row.state)
        shown = row_of(row, state, user.id, zone, now)
        groups.setdefault(group_of(wish.view, part, state), []).append(shown)
    shown_counts = {name: n if n < MOST_COUNTED else f"{MOST_COUNTED - 1}+" for name, n in counts.items()}
    more = msgspec.json.encode(found.after).decode() if found.after is not None else ""
    return {
        "view": wish.view,
        "groups": [(*title, rows) for title, rows in groups.items()],
        "counts": shown_counts,
        "zone": zone,
        "now": now,
        "asked": wish,
        "under_all": wish.view in UNDER_ALL,
        "filters": [(name, tell(FILTERS[name]), _said(name, value, names)) for name, value in wish.filters.items()],
        "keep": wish.query(view=wish.view, **({"rows": str(wish.rows)} if wish.rows > STEP else {})),
        "more": more and _more(wish, more),
        "grows": bool(more) and wish.rows < MOST_ROWS,
        "saved": [_view(row, wish, user) for row in views],
        "people": people,
        "teams": teams,
        "queues": list(ctx.bot().handoff.queues),
        "lines": sorted(ctx.lines),
        "languages": [(name, tell(LANGUAGES.get(name, name))) for name in ctx.bot().locales],
        "undo": undo,
        "mentioned": mentioned,
        "snoozes": snoozes(),
    }


def _more(wish: Asked, after: str) -> str:
    """Where the list goes on: longer, and once it is long enough on a page of its own."""
    if wish.rows < MOST_ROWS:
        kept = {"after": wish.after} if wish.after else {}
        return wish.path(rows=str(min(wish.rows + STEP, MOST_ROWS)), **kept)
    return wish.path(after=after)


async def _wanted(ctx: WebContext, filters: Mapping[str, str], seen: sight.Sight) -> Wanted:
    words = filters.get("q", "")
    ids = await contacts_with(ctx, words, seen) if words else None
    tag = filters.get("tag", "")
    if tag and ids is None:
        tagged = await ctx.db.read(values.having, ctx.workspace, [values.Term(values.TAG, tag)], FEW + 1)
        ids = frozenset(contact for _, contact in tagged) if len(tagged) <= FEW else None
    return Wanted(
        line=filters.get("line", ""),
        tag=tag,
        queue=filters.get("queue", ""),
        language=filters.get("language", ""),
        owner=filters.get("owner", ""),
        priority=filters.get("priority", ""),
        unread=bool(filters.get("unread")),
        team=await ctx.db.read(sight.of_team, ctx.workspace, filters["team"]) if "team" in filters else None,
        ids=ids,
    )


def _said(name: str, value: str, names: Mapping[str, str]) -> str:
    """A filter's value as people read it."""
    if name == "owner":
        said = {"bot": tell("the bot"), "nobody": tell("nobody yet")}.get(value)
        return said or names.get(value) or tell("somebody who left")
    if name == "team":
        return names.get(value) or tell("one that is gone")
    if name == "language":
        return tell(LANGUAGES.get(value, value))
    if name == "priority":
        return tell(value)
    return tell("only") if name == "unread" else value


def _view(row: Row[Any], wish: Asked, user: User) -> dict[str, Any]:
    """A saved view: its name, address, whether it is the one that is open, and whether this person may remove it."""
    view, _, query = str(row.query).partition("?")
    path = f"/desk/{view}{'?' if query else ''}{query}"
    return {
        "id": row.id,
        "name": row.name,
        "path": path,
        "here": path == wish.path(),
        "mine": row.user_id == user.id,
        "shared": row.shared,
    }
