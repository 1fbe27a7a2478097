"""Reading a thread back to its beginning: windows of it in episodes, and words of a text that failed, to write anew."""

from dataclasses import dataclass, replace
from typing import Any

from textback.core.ids import bucket_of
from textback.core.messages import FAILED
from textback.store import history as store
from textback.store import media, short_links
from textback.store.db import Row, Tx
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.episodes import Episode, Looks, Part, episode_of, parts_of
from textback.web.media import Shown, keys_of, shown
from textback.web.remedies import without_links

MOST_MESSAGES = 100


@dataclass(frozen=True, slots=True)
class History:
    """A window of a thread: its episodes, oldest first, and the id before which older ones are, "" for none. `messages`
    are all texts that were read for it, `files` those that came with them, by the text's id."""

    episodes: list[Episode]
    older: str
    messages: list[Row[Any]]
    files: dict[str, list[Shown]]


def looks_of(ctx: WebContext, user: User) -> Looks:
    """How this person reads a thread now."""
    bot = ctx.bot()
    flows = {name: flow.label.render(bot.locale, dict) for name, flow in bot.flows.items() if flow.label is not None}
    return Looks(user.id, bot.timezone, ctx.road.now(), flows)


def _read(
    tx: Tx, contact_id: str, bucket: int, before: str
) -> tuple[list[tuple[Part, Part | None]], str, list[Row[Any]], dict[str, int], dict[str, list[Row[Any]]]]:
    found = store.window(tx, contact_id, bucket, MOST_MESSAGES, before)
    parts, older = parts_of(found)
    first = found.messages[0].id if found.messages else ""
    opened = short_links.opened(tx, contact_id, bucket, first) if found.messages else {}
    files = media.of_messages(tx, keys_of(found.messages))
    made: list[tuple[Part, Part | None]] = []
    for place, part in enumerate(parts):
        cut = (not part.key and bool(found.since)) or (bool(before) and place == len(parts) - 1)
        if not cut:
            made.append((part, None))
            continue
        at = max([row.id for row in part.messages] + [event.arrival_id for event in part.events])
        start, end = store.episode_at(tx, contact_id, bucket, at)
        known = Part(part.key or start, part.messages, part.events)
        whole = None
        if before and (not part.key or end != before):
            whole = Part(known.key, *store.told(tx, contact_id, bucket, start, end))
        made.append((known, whole))
    return made, older, found.messages, opened, files


async def history_of(
    ctx: WebContext, user: User, contact_id: str, before: str = "", *, folded: bool = False
) -> History:
    """A window of a thread, the newest one or the one before an id. The latest episode of it is open, unless all are to
    be `folded`."""
    parts, older, messages, opened, files = await ctx.db.read(_read, contact_id, bucket_of(contact_id), before)
    looks = looks_of(ctx, user)
    episodes = [episode_of(part, whole, opened, looks) for part, whole in parts]
    if episodes and not folded:
        episodes[-1] = replace(episodes[-1], now=not before, open=True)
    return History(episodes, older, messages, {id_: [shown(row) for row in rows] for id_, rows in files.items()})


def thread_of(ctx: WebContext, user: User, row: Row[Any], past: History) -> dict[str, Any]:
    """What the templates of a thread need: `pictures` is how addresses of our own pictures begin, `files` are those
    that came with texts, `may_again` says whether this person may write anew what failed."""
    return {
        "episodes": past.episodes,
        "older": past.older,
        "files": past.files,
        "pictures": f"{ctx.public_url.rstrip('/')}/m/",
        "may_again": user.may("conversations.answer") and not row.opted_out and row.line in ctx.lines,
    }


async def words_again(ctx: WebContext, contact_id: str, id_: str, *, plain: bool) -> str:
    """The words of a text that failed, to be written anew; "" where there are none. `plain` leaves links out."""
    row = await ctx.db.read(store.message, contact_id, bucket_of(contact_id), id_) if id_ else None
    if row is None or row.direction != "out" or row.status not in FAILED:
        return ""
    return without_links(row.text) if plain else str(row.text)
