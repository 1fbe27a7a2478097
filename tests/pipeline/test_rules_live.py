"""What somebody saves of routes and thresholds holds on every server, and with every version of the bot; on both
databases."""

import msgspec

from tests.engine.talk import flow
from tests.engine.test_adjusting import BOT, CLERK, bot_of
from tests.store.test_listings import W
from textback.pipeline.bots import Follower, Shelf
from textback.store import bots, rules
from textback.store.db import Db

FILES = {"bot.yml": BOT, "flows/main.yml": flow("- escalate: bench"), "personas/clerk.yml": CLERK}


async def test_each_server_goes_by_what_one_has_saved_also_with_a_newer_bot(db: Db) -> None:
    assert await db.write(bots.publish, W, FILES, 1) == 1
    shelves = [Shelf(W, msgspec.structs.replace(bot_of(), version=1)) for _ in range(2)]
    servers = [Follower(db, W, shelf) for shelf in shelves]
    await db.write(rules.save, W, 0, {"usual///queue": "bench", "gate/clerk//send": 0.9}, "ana@example.com", 2)
    for server in servers:
        await server.look()
    assert [(one.current.handoff.queue, one.current.personas["clerk"].gate.send) for one in shelves] == [
        ("bench", 0.9)
    ] * 2
    assert [one.written.handoff.queue for one in shelves] == ["office", "office"]
    newer = {**FILES, "bot.yml": BOT.replace("Harbor", "Bay")}
    assert await db.write(bots.publish, W, newer, 3) == 2
    await servers[0].look()
    assert (shelves[0].current.name, shelves[0].current.handoff.queue) == ("Bay Cycle Works", "bench")
    await db.write(rules.save, W, 1, {}, "ana@example.com", 4)
    for server in servers:
        await server.look()
    assert [(one.current.name, one.current.handoff.queue) for one in shelves] == [("Bay Cycle Works", "office")] * 2
