"""Notices: what people are told outside of the desk when somebody waits, by jobs that turns have made.

The job holds no word of the contact's. What is said is put together when it goes: the queue, the reason, the end of
their number and a link; more only where bot.yml asks for it.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from textback.actions.base import Done, Failed
from textback.core.phone import mask, pretty
from textback.core.when import MINUTE
from textback.engine.bot import Bot, Destination
from textback.engine.state import State, load_state
from textback.store import desk
from textback.store.db import Db, Row

MOST_TEXT = 300
"""Characters of what the contact asks that are told."""
TITLES = {
    "waiting": "Somebody waits in {queue}",
    "late": "Somebody has waited too long in {queue}",
    "unsettled": "A conversation in {queue} is not settled in time",
}
Tell = Callable[[str, str, str, int], Awaitable[Done | Failed]]
"""Tells people: where, a title, words, and how long it may take (ms)."""


class Notices:
    """Tells people. `found` is the environment, which has the addresses; `url` where the desk is; `reasons` puts a
    reason into words."""

    def __init__(
        self, db: Db, workspace: str, bot: Callable[[], Bot], found: Mapping[str, str], url: str, tell: Tell,
        reasons: Callable[[str], str],
    ) -> None:  # fmt: skip
        self._db = db
        self._workspace = workspace
        self._bot = bot
        self._found = found
        self._url = url.rstrip("/")
        self._tell = tell
        self._reasons = reasons

    async def perform(self, job: Any, now: int) -> Done | Failed:
        """Do one job. One that came too late to matter is done. Raises nothing but what the database does."""
        arguments = msgspec.json.decode(job.arguments, type=dict[str, Any])
        bot = self._bot()
        where = bot.destinations.get(str(arguments.get("to")))
        if where is None:
            return Done()  # bot.yml names it no more
        address = self._found.get(where.to, "").strip()
        if not address:
            return Failed("misconfigured", detail=f"{where.to} is missing or empty. Set it and start again.")
        row = await self._db.read(desk.conversation, self._workspace, job.contact_id, job.bucket)
        if row is None or not row.address:
            return Done()  # they were erased
        state = load_state(row.state)
        if state.handoff is None or (arguments["what"] == "waiting" and state.owner.kind != "nobody"):
            return Done()  # somebody was faster
        title, body = self.words(bot, where, arguments, row, state, now)
        return await self._tell(address, title, body, job.timeout)

    def words(
        self, bot: Bot, where: Destination, arguments: Mapping[str, Any], row: Row[Any], state: State, now: int
    ) -> tuple[str, str]:
        """Title and words."""
        handoff = state.handoff
        name = str(arguments.get("queue") or (handoff.queue if handoff else ""))
        queue = bot.queues.get(name)
        label = queue.label.render(bot.locale, dict) if queue is not None and queue.label is not None else name
        number = pretty(row.address) if "number" in where.shows else mask(row.address)
        called = str(state.fields.get("name") or row.name) if "name" in where.shows else ""
        waited = (now - handoff.since) // MINUTE if handoff is not None and handoff.since else 0
        lines = [f"{called}, {number}" if called else number, self._reasons(str(arguments.get("reason", "")))]
        if waited:
            lines.append(f"Waits for {waited} min.")
        if "text" in where.shows and handoff is not None and handoff.ask:
            lines.append(f"“{handoff.ask[:MOST_TEXT]}”")
        lines.append(f"{self._url}/c/{row.contact_id}")
        title = TITLES.get(str(arguments["what"]), TITLES["waiting"]).format(queue=label or bot.name)
        return f"{title} ({bot.name})", "\n".join(line for line in lines if line)
