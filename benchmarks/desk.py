"""What the desk costs with many conversations: how long its pages take, as a browser has them of a real server.

Each page is asked for by itself, one after the other, by somebody who is signed in; what is measured is the time from
the request to the last byte of the page. The page of a conversation has list, thread and context in one.
"""

import asyncio
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import urlencode

from benchmarks.desk_fill import KINDS, LONG, filled, vocabulary
from benchmarks.fill import contact_ids
from benchmarks.load import percentile
from benchmarks.loader import Load
from benchmarks.report import NAMES, markdown
from benchmarks.screens import Browser
from benchmarks.texts import known

TRIES = 100
WARM = 5
MOST = {"list": 100.0, "thread": 100.0, "context": 100.0, "search": 300.0}
"""Milliseconds at most, of 95 in a hundred, by the first word of a question."""
KEEP = {"ARRIVAL_DAYS": "3650", "TURN_DAYS": "3650"}
"""The database is kept for another run: nothing in it is old enough to be deleted."""
_EARLIER = re.compile(r'data-from="([^"]+)"')

Page = tuple[str, str]
"""The address of a page, and something that stands in it."""


def questions(count: int, ids: Mapping[int, str], earlier: Sequence[str]) -> dict[str, Callable[[int], Page]]:
    """The n-th page of each kind: of conversations all over the database, and of other words each time. `ids` are the
    contacts', `earlier` the addresses of what is before the end of long threads."""
    chance = random.Random(count)
    words = vocabulary()
    some = [chance.randrange(LONG, count) for _ in range(TRIES + WARM)]
    waits = [n - n % 100 + KINDS.index(2) for n in some if n > 100]
    few = len(waits)

    def search(words_: str) -> Page:
        return f"/search?{urlencode({'q': words_})}", f'value="{words_}"'

    def talk(n: int, view: str = "all") -> Page:
        return f"/c/{ids[n]}?view={view}", ids[n]

    def same(path: str, has: str = "/c/") -> Callable[[int], Page]:
        return lambda _: (path, has)

    return {
        "list: needs you": same("/desk/needs-you"),
        "list: mine": same("/desk/mine"),
        "list: bot": same("/desk/bot"),
        "list: all": same("/desk/all"),
        "list: completed": same("/desk/completed"),
        "list: by a tag that nobody has": same("/desk/all?tag=none", "/desk/"),
        "thread: any": lambda n: talk(some[n]),
        "thread: one that waits, with needs you": lambda n: talk(waits[n % few], "needs-you"),
        "thread: a long one": lambda n: talk(n % LONG),
        "thread: the earlier part of a long one": lambda n: (earlier[n % LONG], "earlier"),
        "context: the card of one that waits": lambda n: (f"/c/{ids[waits[n % few]]}/card", ids[waits[n % few]]),
        "context: the contact's own page": lambda n: (f"/contacts/{ids[some[n]]}", known(some[n])[-4:]),
        "search: one of the commonest words": lambda n: search(words[n % 5]),
        "search: a rare word": lambda n: search(words[-1 - n]),
        "search: the beginning of a word": lambda n: search(words[n % 200][:3]),
        "search: two common words": lambda n: search(f"{words[n % 7]} {words[3 + n % 11]}"),
        "search: a number": lambda n: search(known(some[n])),
        "search: the list by words": lambda n: (f"/desk/all?{urlencode({'q': words[n % 50]})}", "/c/"),
        "search: a name": lambda n: search(words[some[n] % 3000]),
    }


async def _asked(browser: Browser, count: int) -> dict[str, dict[str, float]]:
    ids = {n: contact for contact, n in contact_ids(count)}
    earlier = []
    for n in range(LONG):
        address = _EARLIER.search(await browser.ask(f"/c/{ids[n]}?view=all"))
        if address is None or not address[1]:
            raise RuntimeError("a long thread has no earlier part")
        earlier.append(unescape(address[1]))
    found = {}
    for name, page in questions(count, ids, earlier).items():
        took = []
        for n in range(TRIES + WARM):
            path, has = page(n)
            began = time.perf_counter()
            body = await browser.ask(path)
            took.append(time.perf_counter() - began)
            if has not in body:
                raise RuntimeError(f"{path} is not the page that was asked for: {body[:200]!r}")
        took = took[WARM:]
        found[name] = {
            "p50_ms": round(percentile(took, 0.5), 1),
            "p95_ms": round(percentile(took, 0.95), 1),
            "most_ms": round(max(took) * 1000, 1),
        }
        print(f"  {name:40} {found[name]}", flush=True)
    return found


def desk(name: str, load: Load, count: int) -> dict[str, Any]:
    """Measure against a server of its own, with so many conversations."""
    with (
        filled(name, load, count) as (url, server, told),
        load.textback(name, url=url, server=server, extra=KEEP) as target,
    ):

        async def ask() -> dict[str, Any]:
            browser = Browser(target.ports[0])
            await browser.sign_in(target, new=False)
            return await _asked(browser, count)

        return {**told, "pages": asyncio.run(ask()), "rss_mb": round(target.rss(), 1)}


def _most(question: str) -> float:
    return MOST[question.partition(":")[0]]


def table(results: dict[str, Any]) -> str:
    """The table of the docs."""
    columns = ["page", *(f"{NAMES[name]}: p50 / p95 ms" for name in results), "p95 at most"]
    rows = []
    for question in next(iter(results.values()))["pages"]:
        cells = [r["pages"][question] for r in results.values()]
        times = [f"{one['p50_ms']:.0f} / {one['p95_ms']:.0f}" for one in cells]
        rows.append([question, *times, f"{_most(question):.0f}"])
    held = [f"{r['conversations']:,} / {r['messages']:,}" for r in results.values()]
    return markdown(columns, [["conversations / texts in the database", *held, ""], *rows])


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    return [
        f"{NAMES[name]}: {question} takes {one['p95_ms']} ms (p95), over {_most(question):.0f}"
        for name, r in results.items()
        for question, one in r["pages"].items()
        if one["p95_ms"] > _most(question)
    ]
