"""How long the engine thinks: one turn of each kind, and loading a bot of 200 flows. Nothing is stored or sent."""

import gc
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

from textback.compliance.revocation import revocation
from textback.engine.arrivals import Message
from textback.engine.bot import Bot
from textback.engine.load import load_bot
from textback.engine.state import State, dump_state, load_state
from textback.engine.step import step

NOW = 1_772_474_400_000
TURNS = 400
FLOWS = 200
BOT = 'bot: Harbor Cycle Works\ntimezone: America/Los_Angeles\nhours: {mon-sat: "9:00-18:00"}\n'
FLOW = """
flow: go
start: {keywords: [go]}
vars: {urgent: yes_no, when: datetime, price: money, name: name}
steps:
  - ask: service
    text: What do you need?
    choices: {repair: {label: Repair, also: [fix, broken]}, fitting: Bike fitting, tune_up: Tune-up}
  - ask: urgent
    text: Is it urgent?
  - ask: when
    text: When suits you?
    check: [future, open_hours]
  - ask: name
    text: And your name?
  - ask: note
    text: Anything else?
  - say: Thanks, {{ name }}.
"""
#: A turn of each kind: what is texted before it, the text, and what its median may take in µs.
KINDS: dict[str, tuple[tuple[str, ...], str, int]] = {
    "keyword": ((), "go", 100),
    "choice": (("go",), "the second one", 100),
    "yes or no": (("go", "repair"), "yep", 100),
    "date and time": (("go", "repair", "yes"), "next thursday at half past 4", 2000),
    "name": (("go", "repair", "yes", "next thursday at 4"), "I'm Ana Lopez", 2000),
    "free text": (("go", "repair", "yes", "next thursday at 4", "Ana"), "the brakes squeak when it rains", 2000),
    "all in one text": ((), "go, a repair next thursday at 4, I'm Ana", 2000),
    "correction": (("go", "repair", "yes", "next thursday at 4"), "actually 5pm", 2000),
}
#: Texts that are read for an opt-out, and what the median may take in µs (O3).
READ = {
    "opt-out: a usual text": ("what time do you close on friday", 200),
    "opt-out: one in other words": ("please take me off your list, I never signed up", 1000),
    "opt-out: 1,600 characters": (("could we move it to friday, it is not for six but for eight. " * 30)[:1600], 2000),
}
MOST_LOAD = 2.0
"""Seconds that a bot of so many flows may take to load."""


def _texts(bot: Bot, state: State, text: str, number: int) -> State:
    turn = step(bot, state, Message("+12065550123", "+12065550100", text, f"m{number}"), NOW, session_id=f"s{number}")
    return load_state(dump_state(turn.state))


def _median(work: Callable[[], object], times: int) -> float:
    """In µs."""
    took = []
    for _ in range(times):
        start = time.perf_counter_ns()
        work()
        took.append((time.perf_counter_ns() - start) / 1000)
    return statistics.median(took)


def turns() -> dict[str, Any]:
    """The median of each kind of turn, in µs."""
    bot = load_bot({"bot.yml": BOT, "flows/go.yml": FLOW}, 1)
    found = {}
    for kind, (before, text, target) in KINDS.items():
        state = State()
        for number, said in enumerate(before):
            state = _texts(bot, state, said, number)
        arrival = Message("+12065550123", "+12065550100", text, "m")

        def one(state: State = state, arrival: Message = arrival) -> object:
            return step(bot, state, arrival, NOW, session_id="s")

        _median(one, TURNS // 4)
        found[kind] = {"us": _median(one, TURNS), "target_us": target}
    for kind, (text, target) in READ.items():

        def read(text: str = text) -> object:
            return revocation(text)

        found[kind] = {"us": _median(read, TURNS), "target_us": target}
    return found


def large_bot() -> dict[str, Any]:
    """How long a bot of many flows takes to load, and what it adds to the memory."""
    files = {"bot.yml": BOT}
    for n in range(FLOWS):
        flow = FLOW.replace("flow: go", f"flow: go{n}").replace("[go]", f"[word{n}]")
        files[f"flows/go{n}.yml"] = flow
    load_bot({"bot.yml": BOT, "flows/go.yml": FLOW}, 1)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    bot = load_bot(files, 1)
    took = time.perf_counter() - start
    steps = sum(len(flow.steps) for flow in bot.flows.values())
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"flows": FLOWS, "steps": steps, "seconds": took, "memory_mb": more, "target_seconds": MOST_LOAD}


def engine(_name: str) -> dict[str, Any]:
    """Both."""
    return {"turns": turns(), "large_bot": large_bot()}


def table(results: dict[str, Any]) -> str:
    """The table of the docs."""
    found = results["engine"]
    lines = ["| turn | median µs | at most |", "|---|---|---|"]
    lines += [f"| {kind} | {one['us']:,.0f} | {one['target_us']:,} |" for kind, one in found["turns"].items()]
    bot = found["large_bot"]
    lines.append(
        f"| loading a bot of {bot['flows']} flows and {bot['steps']:,} steps | {bot['seconds'] * 1e6:,.0f} "
        f"| {bot['target_seconds'] * 1e6:,.0f} |"
    )
    return "\n".join(lines)


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    found = results["engine"]
    wrong = [
        f"a turn with a {kind} takes {one['us']:.0f} µs, over {one['target_us']}"
        for kind, one in found["turns"].items()
        if one["us"] > one["target_us"]
    ]
    bot = found["large_bot"]
    if bot["seconds"] > bot["target_seconds"]:
        wrong.append(
            f"a bot of {bot['flows']} flows takes {bot['seconds']:.1f} s to load, over {bot['target_seconds']}"
        )
    return wrong
