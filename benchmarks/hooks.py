"""Whether dead webhooks keep the others waiting: 1,000 endpoints that are told of everything, first all of them well,
then one of ten dead.

The endpoints are one server in a process of its own. Of the bad ones a third takes no connection, a third never
answers, and a third takes three seconds. A delay is from the moment that an event is committed until its request is
with an endpoint that is well.
"""

import asyncio
import logging
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import structlog
import uvloop
from aiohttp import web

from benchmarks.report import markdown
from benchmarks.subjects import free_port
from textback.actions.fetch import Allowed
from textback.actions.poster import Poster
from textback.core.ids import new_contact_id
from textback.pipeline.clock import clock
from textback.pipeline.hooks import Hooks
from textback.pipeline.hub import Hub
from textback.store import events, hooks, migrate
from textback.store.db import Db, Tx, open_db, parse_url
from textback.store.events import Happened

ENDPOINTS, EVENTS, EVERY = 1_000, 8, 4.0
SLOW = 3.0
MOST_MORE_MS = 1_000
"""What the dead may add to the 99th percentile of the others."""


def serve() -> None:
    """The endpoints; it prints its port. GET /late gives the delays so far in ms, by endpoint."""
    late: list[tuple[int, float]] = []

    async def told(request: web.Request) -> web.Response:
        body = msgspec.json.decode(await request.read())
        number, kind = int(request.match_info["number"]), request.match_info["kind"]
        if kind == "well":
            late.append((number, time.time() * 1000 - body["data"]["made"]))
        elif kind == "slow":
            await asyncio.sleep(SLOW)
        elif kind == "silent":
            await asyncio.sleep(3600)
        return web.Response()

    async def report(_: web.Request) -> web.Response:
        return web.json_response(late)

    async def run() -> None:
        app = web.Application()
        app.router.add_post("/{kind}/{number}", told)
        app.router.add_get("/late", report)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


def _urls(port: int, dead: int, bad: bool) -> list[str]:
    found = []
    for number in range(ENDPOINTS):
        kind = "well" if number % 10 or not bad else ("refuses", "silent", "slow")[number // 10 % 3]
        at = f"127.0.0.1:{dead}" if kind == "refuses" else f"127.0.0.1:{port}"
        found.append(f"http://{at}/{kind}/{number}")
    return found


def _register(tx: Tx, urls: list[str]) -> None:
    for url in urls:
        hooks.add(tx, "default", url, ["*"], "a secret of the benchmark", "benchmark", clock())


def _happen(tx: Tx) -> None:
    data = {"made": time.time_ns() // 1_000_000}
    events.note(tx, [Happened(new_contact_id(), "goal.reached", "", data)])


async def _tell(db: Db, port: int, bad: bool) -> None:
    await db.write(_register, _urls(port, free_port(), bad))
    poster = Poster(Allowed(["127.0.0.0/8"]))
    hub = Hub()
    runner = Hooks(db, "default", {}, clock, hub, poster)
    task = asyncio.create_task(runner.run())
    await asyncio.sleep(2)
    for _ in range(EVENTS):
        await db.write(_happen)
        hub.publish(["something"])
        await asyncio.sleep(EVERY)
    await asyncio.sleep(3)
    runner.stop()
    hub.close()
    await task
    await poster.close()
    await db.close()


def measured(bad: bool) -> dict[str, Any]:
    """All events, with bad endpoints or without."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.hooks"], stdout=subprocess.PIPE, text=True)
    try:
        port = int((server.stdout.readline() if server.stdout else "") or 0)
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'hooks.db'}"
            migrate.upgrade(parse_url(url))
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_tell(open_db(url, events="default"), port, bad))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/late", timeout=10) as found:
            late = [ms for number, ms in msgspec.json.decode(found.read()) if number % 10]
    finally:
        server.kill()
        server.wait()
    return {
        "told": len(late),
        "wanted": EVENTS * ENDPOINTS * 9 // 10,
        "p50_ms": round(float(np.percentile(late, 50))),
        "p99_ms": round(float(np.percentile(late, 99))),
    }


def webhooks(_: str = "") -> dict[str, Any]:
    """Without bad endpoints, and with them."""
    return {"all_well": measured(False), "some_dead": measured(True)}


def table(results: dict[str, Any]) -> str:
    """The results as a Markdown table."""
    found = results["hooks"]
    names = {"all_well": "all well", "some_dead": "one of ten dead, silent or slow"}
    rows = [
        [names[name], f"{r['p50_ms']:,} / {r['p99_ms']:,}", f"{r['told']:,} of {r['wanted']:,}"]
        for name, r in found.items()
    ]
    more = found["some_dead"]["p99_ms"] - found["all_well"]["p99_ms"]
    rows.append(["what the dead add to the 99th percentile", f"{more:+,} (at most {MOST_MORE_MS:,})", ""])
    head = f"{ENDPOINTS:,} webhooks, an event for all of them every {EVERY:g} s"
    return markdown([head, "from event to request at those that are well, p50 / p99 ms", "told"], rows)


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    well, dead = results["hooks"]["all_well"], results["hooks"]["some_dead"]
    found = [f"hooks: {r['told']} of {r['wanted']} were told" for r in (well, dead) if r["told"] < r["wanted"]]
    if dead["p99_ms"] - well["p99_ms"] > MOST_MORE_MS:
        found.append(f"hooks: the dead add {dead['p99_ms'] - well['p99_ms']} ms, over {MOST_MORE_MS}")
    return found


if __name__ == "__main__":
    serve()
