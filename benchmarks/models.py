"""What a reply of a language model costs beside the model's own time: 50 calls in flight, against a slow model server.

The server is a process of its own. It says in each answer how long it took, so that what is left is ours: making the
prompt, masking, the client, the connection, and reading the answer. Beside the calls a clock ticks on the same event
loop, as other conversations would: how late it is shows what they feel.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from typing import Any

import numpy as np
import uvloop
from aiohttp import web

from benchmarks.report import markdown
from textback.engine.guard.base import Shown
from textback.engine.persona import Persona
from textback.llm.access import accesses
from textback.llm.base import Line
from textback.llm.models import Models
from textback.llm.prompt import prompt_of

IN_FLIGHT, ROUNDS = 50, 6
THINKS = (1.5, 2.5)
"""Seconds that the model takes, two on average."""
TICK = 0.005
USE = "compatible:slow-model"
TARGETS = {"overhead_p99_ms": 30.0, "lag_p99_ms": 20.0}


def serve() -> None:
    """A slow model server; it prints its port."""
    chance = random.Random(7)

    async def answer(request: web.Request) -> web.Response:
        begun = time.perf_counter()
        asked = await request.json()
        await asyncio.sleep(chance.uniform(*THINKS))
        took = time.perf_counter() - begun
        said = {"reply": "A tune-up is $80.", "confidence": 0.9, "intent": "price", "escalate_reason": ""}
        said |= {"sources": ["p1"], "memory": str(took)}
        message = {"role": "assistant", "content": json.dumps(said)}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960}
        whole = {"id": "x", "object": "chat.completion", "created": 1, "model": asked["model"]}
        return web.json_response({**whole, "choices": [choice], "usage": usage})

    async def run() -> None:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=256).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


async def call(models: Models, number: int) -> float:
    """One reply; returns the seconds that were ours."""
    begun = time.perf_counter()
    prompt = prompt_of(
        brand="Harbor Bikes",
        persona=Persona(name="desk", prompt="You help the customers of a bike shop.", tone="Warm, short."),
        locale="en",
        memory="They have a red road bike and want it back before the weekend.",
        fields={"name": "Ana", "city": "Oakland"},
        history=[
            Line("user" if n % 2 else "assistant", f"This is text {n} of a long conversation.") for n in range(20)
        ],
        passages=[Shown(f"knowledge/{n}.md", f"Question {n}", "A tune-up is $80. " * 12, 0.8) for n in range(5)],
        question=f"How much is a tune-up number {number}?",
        now_text="Monday, 3 June 2030, 10:15",
    )
    asked = await models.ask([USE], prompt, 20)
    spent = time.perf_counter() - begun
    if asked.proposal is None:
        raise RuntimeError(f"no answer: {asked.why}, {[one.detail for one in asked.tries]}")
    return spent - float(asked.proposal.memory)


async def ticking(lags: list[float]) -> None:
    """Note how late each tick is."""
    while True:
        due = time.perf_counter() + TICK
        await asyncio.sleep(TICK)
        lags.append(time.perf_counter() - due)


async def measured(port: int) -> dict[str, float]:
    """All calls, and the clock beside them and alone."""
    models = Models(accesses({"MODEL_BASE_URL": f"http://127.0.0.1:{port}/v1"}))
    idle: list[float] = []
    busy: list[float] = []
    ours: list[float] = []

    async def conversation(number: int) -> None:
        await asyncio.sleep(number * THINKS[1] / IN_FLIGHT)
        await call(models, number)  # connects
        ours.extend([await call(models, turn) for turn in range(ROUNDS)])

    try:
        await models.ready([USE])
        clock = asyncio.create_task(ticking(idle))
        await asyncio.sleep(2)
        clock.cancel()
        clock = asyncio.create_task(ticking(busy))
        spent = time.process_time()
        await asyncio.gather(*(conversation(number) for number in range(IN_FLIGHT)))
        spent = time.process_time() - spent
        clock.cancel()
        burst = await asyncio.gather(*(call(models, number) for number in range(IN_FLIGHT)))
    finally:
        await models.close()
    return {
        "calls": len(ours),
        "in_flight": IN_FLIGHT,
        "overhead_p50_ms": _percentile(ours, 50),
        "overhead_p99_ms": _percentile(ours, 99),
        "cpu_ms": round(spent / (IN_FLIGHT * (ROUNDS + 1)) * 1_000, 2),
        "burst_p99_ms": _percentile(burst, 99),
        "idle_lag_p99_ms": _percentile(idle, 99),
        "lag_p50_ms": _percentile(busy, 50),
        "lag_p99_ms": _percentile(busy, 99),
    }


def _percentile(seconds: list[float], which: int) -> float:
    return round(float(np.percentile(seconds, which)) * 1_000, 2)


def models(_: str = "") -> dict[str, Any]:
    """Measure against a server of its own."""
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.models"], stdout=subprocess.PIPE, text=True)
    try:
        port = int((server.stdout.readline() if server.stdout else "") or 0)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(measured(port))
    finally:
        server.terminate()
        server.wait()


def table(results: dict[str, Any]) -> str:
    """The results as a Markdown table."""
    r = results["models"]
    rows = [
        ["our part of a reply, p50 / p99 ms", f"{r['overhead_p50_ms']:.1f} / {r['overhead_p99_ms']:.1f}", "30 (p99)"],
        ["the same when all 50 begin at the same moment, p99 ms", f"{r['burst_p99_ms']:.0f}", ""],
        ["CPU of a call, the clock's included, ms", f"{r['cpu_ms']:.1f}", ""],
        ["how late other work is, p50 / p99 ms", f"{r['lag_p50_ms']:.1f} / {r['lag_p99_ms']:.1f}", "20 (p99)"],
        ["how late it is without calls, p99 ms", f"{r['idle_lag_p99_ms']:.1f}", ""],
    ]
    return markdown([f"{r['in_flight']} calls in flight, {r['calls']} calls", "measured", "at most"], rows)


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    r = results["models"]
    return [f"models: {key} is {r[key]}, over {most:g}" for key, most in TARGETS.items() if r[key] > most]


if __name__ == "__main__":
    serve()
