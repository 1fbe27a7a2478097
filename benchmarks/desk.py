"""What the desk reads, with many conversations: how long the list, a thread, its context and a search take.

On SQLite and PostgreSQL, in the database alone. The rows are made here, with words as frequent as people's are; the
index of words is filled by the code that serves it.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.subjects import postgres
from textback.core.ids import bucket_of
from textback.core.words import query_of
from textback.engine.state import Owner, State, dump_state
from textback.store import desk, desk_lists, migrate, search
from textback.store.db import Db, open_db, parse_url
from textback.store.desk_lists import View, Wanted
from textback.store.many import Inserts
from textback.store.tables import contacts, conversations, messages

W = "default"
NOW = 1_795_000_000_000
SPAN = 90 * 86_400_000
SYLLABLES = ("ka", "ro", "mi", "te", "lu", "sa", "ne", "po", "vi", "da", "go", "fe", "ri", "mo", "bu", "ze")
TRIES = 40
VIEWS: tuple[View, ...] = ("needs-you", "mine", "bot", "all", "completed")
TOGETHER = 2_000


def vocabulary(size: int = 20_000) -> list[str]:
    """Words by how common they are, the commonest first."""
    chance = random.Random(7)
    found: dict[str, None] = {}
    while len(found) < size:
        found["".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4)))] = None
    return list(found)


def made(count: int, each: int) -> Iterator[tuple[list[Any], list[Any], list[Any]]]:
    """Rows of contacts, conversations and messages, some thousand at a time. Of a hundred conversations 85 are over,
    ten the bot's, three wait, one is ours and one a colleague's."""
    chance = random.Random(1)
    words = vocabulary()
    weights = [1 / (n + 3) for n in range(len(words))]
    texts = [" ".join(chance.choices(words, weights, k=9)) for _ in range(20_000)]
    kinds = [("completed", "bot", "")] * 85 + [("waiting_on_customer", "bot", "")] * 10
    kinds += [("waiting_on_agent", "nobody", "")] * 3 + [("engaged", "person", "me"), ("engaged", "person", "mate")]
    people: list[Any] = []
    talks: list[Any] = []
    said: list[Any] = []
    for n in range(count):
        id_ = f"{chance.getrandbits(96):024x}"
        key = {"bucket": bucket_of(id_), "workspace": W}
        status, kind, owner = kinds[n % 100]
        last = NOW - chance.randrange(SPAN)
        tags = ["vip"] if n % 50 == 0 else []
        state = dump_state(State(owner=Owner(kind, owner, owner.title(), last), tags=tags))  # type: ignore[arg-type]
        name = f"{words[n % 3000].title()} {words[n % 7919].title()}"
        people.append({**key, "id": id_, "name": name, "created_at": last, "zone": "", "region": "", "zone_source": ""})
        talks.append({
            **key, "contact_id": id_, "state": state, "status": status, "owner_kind": kind, "owner_id": owner,
            "line": "shop", "address": f"+1206{n % 10_000_000:07}", "last_text": texts[n % len(texts)],
            "last_author": "contact", "last_at": last, "waiting_since": last if kind == "nobody" else None,
            "unread": 0, "message_count": each, "opted_out": False, "created_at": last, "priority": 0,
            "snoozed_until": None,
        })  # fmt: skip
        for place in range(each):
            at = last - (each - place) * chance.randrange(60_000, 3_600_000)
            said.append({
                **key, "contact_id": id_, "id": f"{at:011x}{place:05x}{chance.getrandbits(32):08x}", "line": "shop",
                "channel": "sms", "direction": "in" if place % 2 == 0 else "out",
                "author": "contact" if place % 2 == 0 else "bot", "author_id": "", "author_name": "",
                "message_class": "", "text": chance.choice(texts), "media": "[]", "segments": 1,
                "status": "received", "rule": "", "code": "", "detail": "", "provider_id": None, "source": "",
                "arrival_id": "", "at": at,
            })  # fmt: skip
        if len(talks) == TOGETHER or n == count - 1:
            yield people, talks, said
            people, talks, said = [], [], []


def fill(db: Db, count: int, each: int) -> float:
    """Write them; the seconds that the index alone took."""
    add = [Inserts(table) for table in (contacts, conversations, messages)]
    indexing = 0.0
    for rows in made(count, each):
        with db.transaction() as tx:
            for insert, some in zip(add, rows, strict=True):
                insert(tx, some)
        began = time.perf_counter()
        keys = sorted((row["bucket"], row["contact_id"], row["id"]) for row in rows[2])
        with db.transaction() as tx:
            search.add_texts(tx, W, keys)
            search.set_people(tx, [(row["bucket"], row["contact_id"]) for row in rows[1]])
        indexing += time.perf_counter() - began
    with db.transaction() as tx:
        tx.exec_driver_sql("ANALYZE")
    return indexing


def timed(db: Db, work: Callable[[Any, int], Any]) -> dict[str, float]:
    """Median and 95th percentile of the tries, in ms."""
    found = []
    for n in range(TRIES):
        began = time.perf_counter()
        db._read(work, (n,))
        found.append((time.perf_counter() - began) * 1000)
    found.sort()
    return {"median_ms": round(statistics.median(found), 2), "p95_ms": round(found[int(len(found) * 0.95)], 2)}


def _list(view: View, tx: Any, _: int) -> None:
    desk_lists.page(tx, W, view, "me", 50)
    desk_lists.counts(tx, W, "me")


def _search(tx: Any, typed: str) -> None:
    query = query_of(typed)
    keys = search.texts(tx, query, 60, NOW)
    search.said(tx, keys)
    desk_lists.states(tx, W, {key[1] for key in keys})
    search.people(tx, query, 80)


def measured(db: Db) -> dict[str, dict[str, float]]:
    """Each kind of question."""
    words = vocabulary()
    ids = [row.contact_id for _, row in db._read(desk_lists.page, (W, "all", "me", TRIES)).rows]
    found = {}
    for view in VIEWS:
        found[f"list {view}"] = timed(db, partial(_list, view))
    found["list by a rare tag"] = timed(db, lambda tx, _: desk_lists.page(tx, W, "all", "me", 50, Wanted(tag="none")))
    found["thread"] = timed(db, lambda tx, n: desk.thread(tx, ids[n % len(ids)], bucket_of(ids[n % len(ids)]), 100))
    found["context"] = timed(
        db, lambda tx, n: desk.past_sessions(tx, ids[n % len(ids)], bucket_of(ids[n % len(ids)]), 5)
    )
    found["search a common word"] = timed(db, lambda tx, n: _search(tx, words[n % 5]))
    found["search a rare word"] = timed(db, lambda tx, n: _search(tx, words[-1 - n]))
    found["search a beginning"] = timed(db, lambda tx, n: _search(tx, words[n][:3]))
    found["search two common words"] = timed(db, lambda tx, n: _search(tx, f"{words[n % 7]} {words[3 + n % 11]}"))
    found["search a number"] = timed(db, lambda tx, n: _search(tx, f"206 000 {n:04}"))
    return found


@contextmanager
def _opened(name: str, folder: Path) -> Iterator[str]:
    if name == "sqlite":
        yield f"sqlite:///{folder / 'desk.db'}"
        return
    with postgres(folder / "pg") as (url, _):
        yield url


def measure(conversations_: int, each: int = 10) -> dict[str, Any]:
    """Both databases."""
    found: dict[str, Any] = {"conversations": conversations_, "messages": conversations_ * each}
    for name in ("sqlite", "postgresql"):
        with TemporaryDirectory(prefix="textback-desk-") as folder, _opened(name, Path(folder)) as url:
            migrate.upgrade(parse_url(url))
            db = open_db(url)
            try:
                took = fill(db, conversations_, each)
                rate = round(conversations_ * each / took)
                found[name] = {"indexed_per_second": rate, **measured(db)}
            finally:
                db.dispose()
        print(f"{name}: {found['messages']} messages, {found[name]['indexed_per_second']} indexed a second")
        for question, result in found[name].items():
            if isinstance(result, dict):
                print(f"  {question:26} {result['median_ms']:8.2f} ms median {result['p95_ms']:8.2f} ms p95")
    return found
