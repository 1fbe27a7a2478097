"""What stands under a simulated phone: its faults, and the clock with what comes due next."""

from typing import Any

from textback.core.when import DAY, HOUR, to_datetime
from textback.pipeline.simulating import FAULTS
from textback.store import simulator as store
from textback.web.context import WebContext
from textback.web.phrases import tell
from textback.web.present import clock, day_words

STEPS = {"hour": HOUR, "day": DAY}
#: What timers are for, by the beginning of their key.
TIMERS = {"remind": "reminder", "expire": "gives up", "owner_idle": "back to waiting", "text": "scheduled text"}


def words_of(key: str) -> str:
    """What a timer is for."""
    return tell(TIMERS.get(key.partition(":")[0], key.partition(":")[0].replace("_", " ")))


async def rig(ctx: WebContext, phone: str, contact: str | None) -> dict[str, Any]:
    """The faults of a phone and the clock, for its page."""
    behaviour = await ctx.db.read(store.behaviour, ctx.workspace, phone)
    found = await ctx.db.read(store.next_due, contact) if contact else None
    due = ""
    if found is not None:
        zone, now = ctx.bot().timezone, ctx.road.now()
        local = to_datetime(found[0], zone)
        same = local.date() == to_datetime(now, zone).date()
        when = clock(found[0], zone) if same else f"{day_words(local)}, {clock(found[0], zone)}"
        due = f"{words_of(found[1])}, {when}"
    return {
        "faults": [(name, words, name in behaviour.faults) for name, words in FAULTS.items()],
        "held_back": bool(behaviour.waiting),
        "coming": ctx.phones.coming(phone) if ctx.phones is not None else [],
        "movable": ctx.road.ahead is not None,
        "ahead": ctx.road.ahead is not None and ctx.road.ahead.ahead > 0,
        "next_due": due,
    }
