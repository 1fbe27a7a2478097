"""Finding people and texts by words: the search page, and the list's own filter by words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import made_at, new_id
from textback.core.text import clean
from textback.core.words import Query, marked, number_tokens, query_of, tokens
from textback.engine.state import load_state
from textback.store import desk_lists, merges, search
from textback.store.db import Row, Tx
from textback.store.sight import Sight
from textback.web.context import WebContext
from textback.web.desk_rows import row_of
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import ListRow, name_of, short_time

LONGEST = 80
MOST_TEXTS = 60
MOST_PEOPLE = 20
MOST_OF_ONE = 3
"""Texts of one person on the page; of more it says how many there are."""
MOST_IN_LIST = 200
"""Conversations that the list's filter by words finds: those with the latest texts."""
MOST_LOOKED_AT = 300
"""People that are looked at, whatever many have the name."""
SPARE = 4
"""Of so many times as many texts those are kept that really have the words: an index knows only beginnings."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that was found: its pieces, each with whether it is what was looked for."""

    id: str
    time: str
    by: str
    pieces: Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Found:
    """A person with the texts of theirs that were found; `more` were found besides."""

    contact_id: str
    name: str
    hits: list[Hit]
    more: int


def _texts(tx: Tx, query: Query, most: int) -> list[Row[Any]]:
    """Messages that have these words, newest first."""
    now = made_at(new_id())
    exact = query.start == query.edge or not query.start
    keys = search.texts(tx, query, most if exact else most * SPARE, now)
    rows = search.said(tx, keys) if keys else []
    return [row for row in rows if row.text and (exact or query.holds(tokens(row.text)))][:most]


def people_with(tx: Tx, workspace: str, query: Query, most: int, sight: Sight) -> list[Row[Any]]:
    """Conversations of people with this name or number, the latest text first. Contacts that are merged are found by
    what any of them is called, all of them."""
    keys = search.people(tx, query, min(most * SPARE, MOST_LOOKED_AT))
    found = {id_ for _, id_ in keys}
    wholes = set(merges.wholes(tx, workspace, found).values()) if found else set()
    whole_of = {one: whole for whole in wholes for one in whole}
    rows = desk_lists.states(tx, workspace, found | set(whole_of), sight) if found else {}
    hits = {one for one, row in rows.items() if query.holds([*tokens(row.name), *number_tokens(row.address)])}
    hits |= {one for hit in hits for one in whole_of.get(hit, ())}
    return sorted((rows[one] for one in hits if one in rows), key=lambda row: (-row.last_at, row.contact_id))[:most]


async def contacts_with(ctx: WebContext, words: str, sight: Sight) -> frozenset[str]:
    """The contacts whose name, number or texts have these words; of many those who texted last."""
    query = query_of(words)
    if not query:
        return frozenset()
    people = await ctx.db.read(people_with, ctx.workspace, query, MOST_IN_LIST, sight)
    found = [row.contact_id for row in people]
    if not query.number:
        found += [row.contact_id for row in await ctx.db.read(_texts, query, MOST_IN_LIST)]
    return frozenset(list(dict.fromkeys(found))[: 2 * MOST_IN_LIST])


def _by_person(rows: Sequence[Row[Any]], names: dict[str, str], query: Query, zone: str, now: int) -> list[Found]:
    found: dict[str, list[Hit]] = {}
    for row in rows:
        by = {"contact": "", "bot": tell("Bot"), "api": tell("Program")}.get(row.author, row.author_name)
        hit = Hit(row.id, short_time(row.at, zone, now), by, marked(row.text, query))
        found.setdefault(row.contact_id, []).append(hit)
    return [
        Found(contact, names[contact], hits[:MOST_OF_ONE], max(0, len(hits) - MOST_OF_ONE))
        for contact, hits in found.items()
        if contact in names
    ]


async def search_page(request: Request) -> Response:
    """GET /search?q=: people with these words in their name or number, and texts with the words marked, by person."""
    ctx: WebContext = request.app.state.ctx
    user = request.state.user
    words = clean(request.query_params.get("q", "")).strip()[:LONGEST]
    query = query_of(words)
    now, zone = ctx.road.now(), ctx.bot().timezone
    people: list[ListRow] = []
    texts: list[Found] = []
    full = False
    if query:
        # Who may not see numbers must not find out by asking for them.
        if not query.number or user.may("numbers.see"):
            rows = await ctx.db.read(people_with, ctx.workspace, query, MOST_PEOPLE, user.sight)
            people = [row_of(row, load_state(row.state), user.id, zone, now) for row in rows]
        said = await ctx.db.read(_texts, query, MOST_TEXTS)
        full = len(said) == MOST_TEXTS
        known = await ctx.db.read(desk_lists.states, ctx.workspace, {row.contact_id for row in said}, user.sight)
        names = {id_: name_of(row.name, row.address) for id_, row in known.items()}
        texts = _by_person(said, names, query, zone, now)
    shown = {"words": words, "people": people, "texts": texts, "full": full, "asked_for": bool(query)}
    return page(request, "search.html", shown)
