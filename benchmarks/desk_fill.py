"""A large database for the desk: the rows that the road itself wrote, with words as frequent as people's are and
conversations in every state, and the index of words that belongs to them.

It is filled in steps that are kept, so that a run which was ended goes on where it was.
"""

import copy
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import insert, text

from benchmarks.fill import (
    DAYS,
    ID,
    TIME,
    Row,
    Shape,
    contact_ids,
    maker,
    shape_of,
    tables_of,
    write_postgres,
    write_sqlite,
)
from benchmarks.loader import Load
from benchmarks.screens import OWNER
from benchmarks.subjects import BIN, CACHE, postgres
from benchmarks.texts import Crowd, known
from textback.core.ids import bucket_of
from textback.core.when import DAY
from textback.core.words import number_tokens, tokens
from textback.engine.state import Handoff, Owner, State, dump_state, load_state
from textback.store import migrate, search
from textback.store.db import open_db, parse_url
from textback.store.tables import metadata
from textback.store.tables_search import search_progress

WORKSPACE = "default"
EACH = 10
"""Messages of a conversation."""
LONG, LONG_EACH = 50, 200
"""So many conversations have more: as a customer of years has."""
ALIVE = 5_000
"""The latest texts are added to the index by the code that serves it, as they would have been since the night."""
LEFT_OUT = ("arrivals", "gate_decisions")
"""Tables that no page of the desk reads by contact."""
KINDS = (0,) * 85 + (1,) * 10 + (2,) * 3 + (3, 4)
"""Which shape each of a hundred contacts has: 85 are over, ten the bot's, three wait, one is ours, one a mate's."""
TEXTS = 20_000
SYLLABLES = ("ka", "ro", "mi", "te", "lu", "sa", "ne", "po", "vi", "da", "go", "fe", "ri", "mo", "bu", "ze")
_BATCH = 2_500
_TOGETHER = 100_000


def vocabulary(size: int = 20_000) -> list[str]:
    """Words by how common they are, the commonest first."""
    chance = random.Random(7)
    found: dict[str, None] = {}
    while len(found) < size:
        found["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))] = None
    return list(found)


def said() -> list[str]:
    """What people say: texts of nine words, of which few are common."""
    words = vocabulary()
    weights = 1 / (np.arange(len(words)) + 3)
    chosen = np.random.default_rng(1).choice(len(words), size=(TEXTS, 9), p=weights / weights.sum())
    return [" ".join(words[n] for n in line) for line in chosen]


def name_of(n: int, words: list[str]) -> str:
    """What the n-th contact is called."""
    return f"{words[n % 3000].title()} {words[n % 7919].title()}"


# ---- Shapes


def _state(shape: Shape, status: str, kind: str, user: str, name: str) -> Shape:
    """The same contact with its conversation in another state."""
    made = copy.deepcopy(shape)
    row = made["conversations"][0]
    state: State = load_state(row["state"])
    state.episode.status = status  # type: ignore[assignment]
    state.owner = Owner(kind, user, name, row["last_at"])  # type: ignore[arg-type]
    if kind != "bot":
        state.handoff = Handoff("asked", asked_at=row["last_at"], ask="Wants to talk to a person")
    row |= {"state": dump_state(state), "status": status, "owner_kind": kind, "owner_id": user}
    row["waiting_since"] = row["last_at"] if kind == "nobody" else None
    return made


def _longer(shape: Shape, times: int) -> Shape:
    """The same contact, who has had the same conversation every day for so many days."""
    made = copy.deepcopy(shape)
    for table in ("messages", "turns"):
        made[table] = [
            {name: value if name == "contact_id" else _shifted(value, -back * DAY) for name, value in row.items()}
            for back in reversed(range(times))
            for row in shape[table]
        ]
    return made


def _shifted(value: Any, by: int) -> Any:
    """A value with its times, and the ids that are made of times, at another time (ms)."""
    if isinstance(value, int):
        return value + by if 10**12 < value < 10**13 else value
    if not isinstance(value, str):
        return value
    text_ = ID.sub(lambda m: f"{int(m[1], 16) + by:011x}{m[0][11:]}", value)
    return TIME.sub(lambda m: str(int(m[0]) + by), text_)


def _worded(shape: Shape) -> Shape:
    """The same contact, with marks where the words and the name go."""
    made = copy.deepcopy(shape)
    rows = sorted(made["messages"], key=lambda row: str(row["id"]))
    for place, row in enumerate(rows):
        row["text"] = f"@T{place}@"
    made["conversations"][0]["last_text"] = f"@T{len(rows) - 1}@"
    made["contacts"][0]["name"] = "@NAME@"
    return made


def _given(shape: Shape) -> dict[str, str]:
    return {
        "@NAME@": "more[0]",
        "@OWNER@": "more[2]",
        **{f"@T{n}@": f"more[1][{n}]" for n in range(len(shape["messages"]))},
    }


def shapes(load: Load) -> list[Shape]:
    """Contacts as a server wrote them, in the states that KINDS tells of; the last one is that with many texts."""
    with load.textback("sqlite") as target:
        if load.run(target, EACH, 4.0, crowd=Crowd(2))["lost"]:
            raise SystemExit("the server did not answer; nothing can be filled from its rows")
        time.sleep(0.5)  # what the provider said is recorded after it was said
        with closing(sqlite3.connect(target.url.removeprefix("sqlite:///"))) as reader:
            reader.row_factory = sqlite3.Row
            rows = shape_of(reader, known(0))
    if len(rows["messages"]) != EACH:
        raise SystemExit("the server has not as many messages as it was texted and has answered")
    wrote = {table: some for table, some in rows.items() if table not in LEFT_OUT}
    short, long = _worded(wrote), _worded(_longer(wrote, LONG_EACH // EACH))
    return [
        _state(short, "completed", "bot", "", ""),
        _state(short, "engaged", "bot", "", ""),
        _state(short, "waiting_on_agent", "nobody", "", ""),
        _state(short, "engaged", "person", "@OWNER@", "Owner"),
        _state(short, "engaged", "person", "mate", "Mate"),
        long,
    ]


# ---- The plan: which contact says what, and when


class Plan:
    """Which contact says what, and when: the same each time that it is made."""

    def __init__(self, found: list[Shape], count: int, now: int, owner: str) -> None:
        chance = np.random.default_rng(count)
        self.count, self.shapes, self.owner = count, found, owner
        self.ids = contact_ids(count)
        self.when = now - chance.integers(60_000, DAYS * 86_400_000, size=count)
        self.picks = chance.integers(TEXTS, size=(count, EACH), dtype=np.int16)
        self.long_picks = chance.integers(TEXTS, size=(LONG, LONG_EACH), dtype=np.int16)
        self.words, self.texts = vocabulary(), said()

    def batches(self, *, copied: bool) -> Iterator[list[list[Any]]]:
        """All rows, some thousand contacts at a time."""
        makers = [maker(shape, copy=copied, given=_given(shape)) for shape in self.shapes]
        for at in range(0, self.count, _BATCH):
            batch: list[list[Any]] = [[] for _ in self.shapes[0]]
            for contact, n in self.ids[at : at + _BATCH]:
                long = n < LONG
                said_ = [self.texts[k] for k in (self.long_picks if long else self.picks)[n]]
                more = (name_of(n, self.words), said_, self.owner)
                make = makers[-1] if long else makers[KINDS[n % 100]]
                rows = make(contact, bucket_of(contact), known(n), n, int(self.when[n]), more)
                for all_, some in zip(batch, rows, strict=True):
                    all_.extend(some)
            yield batch

    def messages(self) -> Iterator[tuple[str, str, int]]:
        """Every message in order of time: contact, id, which text."""
        id_of = [""] * self.count
        for contact, n in self.ids:
            id_of[n] = contact
        some = [
            self._of(self.shapes[0], np.arange(LONG, self.count), self.picks[LONG:]),
            self._of(self.shapes[-1], np.arange(LONG), self.long_picks),
        ]
        at, tick, who, what = (np.concatenate(parts) for parts in zip(*some, strict=True))
        order = np.lexsort(((tick + who) & 0xFFFFF, at))
        for first in range(0, len(order), _TOGETHER):
            piece = order[first : first + _TOGETHER]
            columns = (at[piece].tolist(), tick[piece].tolist(), who[piece].tolist(), what[piece].tolist())
            for when, count, n, k in zip(*columns, strict=True):
                yield id_of[n], f"{when:011x}{count:05x}{n:08x}", k

    def _of(self, shape: Shape, who: Any, picks: Any) -> tuple[Any, ...]:
        """Arrays of the messages of the contacts that have this shape: time, counter, n, text."""
        start = shape["contacts"][0]["created_at"]
        ids = sorted(str(row["id"]) for row in shape["messages"])
        after = np.array([int(one[:11], 16) - start for one in ids])
        ticks = np.array([int(one[11:16], 16) for one in ids])
        at = self.when[who][:, None] + after[None, :]
        tick = np.broadcast_to(ticks, at.shape)
        return at.ravel(), tick.ravel(), np.repeat(who, len(ids)), picks.ravel()


# ---- The index of words


def index_sqlite(path: Path, plan: Plan) -> None:
    """Fill SQLite's index, in the order in which it would have been filled."""
    words = [" ".join(tokens(one)) for one in plan.texts]
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in ("synchronous=OFF", "cache_size=-600000", "locking_mode=EXCLUSIVE"):
            db.execute(f"PRAGMA {pragma}")
        add = "INSERT INTO search_words (rowid, words, contact_id, id) VALUES (?, ?, ?, ?)"
        for some in _in_turn(plan):
            rows = {search.doc_of(id_): (search.doc_of(id_), words[k], contact, id_) for contact, id_, k in some}
            db.execute("BEGIN")
            db.executemany(add, list(rows.values()))
            db.execute("COMMIT")
        db.execute("BEGIN")
        db.executemany("INSERT INTO search_names (rowid, words, contact_id) VALUES (?, ?, ?)", (
            (int(contact[:15], 16), " ".join([*tokens(name_of(n, plan.words)), *number_tokens(known(n))]), contact)
            for contact, n in plan.ids
        ))  # fmt: skip
        db.execute("COMMIT")


def _in_turn(plan: Plan) -> Iterator[list[tuple[str, str, int]]]:
    """The messages but for the latest, some at a time."""
    messages = islice(plan.messages(), _behind(plan))
    while some := list(islice(messages, _TOGETHER)):
        yield some


def copy_postgres(url: str, plan: Plan) -> None:
    """Write the rows of PostgreSQL's index, in the order in which they would have come, without indexes."""
    words = [search._lexemes(tokens(one)) for one in plan.texts]
    with psycopg.connect(url, autocommit=True) as db:
        _loading(db)
        db.execute("DROP INDEX IF EXISTS search_texts_words, search_people_words")
        db.execute("ALTER TABLE search_texts DROP CONSTRAINT IF EXISTS search_texts_pkey")
        db.execute("TRUNCATE search_texts, search_people")
        for some in _in_turn(plan):
            lines = []
            for contact, id_, k in some:
                at = int(id_[:11], 16)
                times = " ".join(f"'@{size}:{at >> size}'" for size in search.STRETCHES)
                lines.append(f"{bucket_of(contact)}\t{contact}\t{id_}\t{WORKSPACE}\t{words[k]} {times}\n")
            with db.cursor().copy("COPY search_texts (bucket, contact_id, id, workspace, words) FROM STDIN") as into:
                into.write("".join(lines))
        for at in range(0, plan.count, _BATCH):
            lines = []
            for contact, n in plan.ids[at : at + _BATCH]:
                found = search._lexemes([*tokens(name_of(n, plan.words)), *number_tokens(known(n))])
                lines.append(f"{bucket_of(contact)}\t{contact}\t{WORKSPACE}\t{found}\n")
            with db.cursor().copy("COPY search_people (bucket, contact_id, workspace, words) FROM STDIN") as into:
                into.write("".join(lines))


def _loading(db: "psycopg.Connection[Any]") -> None:
    db.execute("SET synchronous_commit = off")
    db.execute("SET maintenance_work_mem = '2GB'")


def index_postgres(url: str) -> None:
    """Make the indexes of PostgreSQL's index."""
    with psycopg.connect(url, autocommit=True) as db:
        _loading(db)
        db.execute("DROP INDEX IF EXISTS search_texts_words, search_people_words")
        db.execute("ALTER TABLE search_texts DROP CONSTRAINT IF EXISTS search_texts_pkey")
        db.execute("ALTER TABLE search_texts ADD CONSTRAINT search_texts_pkey PRIMARY KEY (bucket, contact_id, id)")
        db.execute("CREATE INDEX search_people_words ON search_people USING gin (words)")
        db.execute("CREATE INDEX search_texts_words ON search_texts USING gin (words)")
        db.execute("VACUUM (ANALYZE)")
        db.execute("CHECKPOINT")


def index_rest(url: str, plan: Plan) -> None:
    """Add the latest texts by the code that serves the index, and say that it is complete."""
    keys = [(bucket_of(contact), contact, id_) for contact, id_, _ in islice(plan.messages(), _behind(plan), None)]
    db = open_db(url)
    try:
        for first in range(0, len(keys), 250):
            with db.transaction() as tx:
                search.add_texts(tx, WORKSPACE, keys[first : first + 250])
        row = {"workspace": WORKSPACE, "position": keys[-1][2], "holder": "", "lease_until": 0}
        with db.transaction() as tx:
            tx.execute(text("DELETE FROM search_progress"))
            tx.execute(insert(search_progress), row)
    finally:
        db.dispose()


def _behind(plan: Plan) -> int:
    return (plan.count - LONG) * EACH + LONG * LONG_EACH - ALIVE


# ---- The database


def _owner(url: str) -> str:
    """A new database with one person; their id."""
    migrate.upgrade(parse_url(url))
    command = [str(BIN / "textback"), "user", "add", OWNER, "--name", "Owner", "--role", "owner", "--database", url]
    subprocess.run(command, check=True, capture_output=True, cwd=CACHE, env={**os.environ, "LOG_LEVEL": "warning"})
    db = open_db(url)
    try:
        with db.transaction() as tx:
            return str(tx.execute(text("SELECT id FROM users")).scalar())
    finally:
        db.dispose()


@contextmanager
def filled(name: str, load: Load, count: int) -> Iterator[tuple[str, Any, Row]]:
    """A database of so many conversations: its address, PostgreSQL's process, and how it was filled. Kept in the
    cache."""
    keys = json.dumps([sorted(table.c.keys()) for table in metadata.sorted_tables])
    folder = CACHE / f"desk-{name}-{count}-{hashlib.sha256(keys.encode()).hexdigest()[:8]}"
    note = folder / "filled.json"
    steps = json.loads(note.read_text())["steps"] if note.is_file() else {}
    if folder.exists() and ("index" if name == "sqlite" else "rows") not in steps:  # its files may be half written
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if name == "sqlite":
        url = f"sqlite:///{folder / 'textback.db'}"
        yield url, None, _fill(name, url, note, load, count)
        return
    with postgres(folder / "pg", keep=True) as (url, server):
        yield url, server, _fill(name, url, note, load, count)


def _fill(name: str, url: str, note: Path, load: Load, count: int) -> Row:
    """What is not filled yet."""
    done: Row = json.loads(note.read_text()) if note.is_file() else {"steps": {}}

    def step(what: str, work: Callable[[], object]) -> None:
        if what not in done["steps"]:
            began = time.monotonic()
            work()
            done["steps"][what] = round(time.monotonic() - began, 1)
            note.write_text(json.dumps(done))

    if "owner" not in done:
        done["owner"] = _owner(url)
        done["now"] = time.time_ns() // 1_000_000
        done["shapes"] = shapes(load)
    plan = Plan(done["shapes"], count, done["now"], done["owner"])
    if name == "sqlite":
        path = Path(url.removeprefix("sqlite:///"))
        step("rows", lambda: write_sqlite(path, tables_of(plan.shapes[0]), plan.batches(copied=False)))
        step("index", lambda: index_sqlite(path, plan))
        step("rest", lambda: index_rest(url, plan))
        size = path.stat().st_size
    else:
        step("rows", lambda: write_postgres(url, tables_of(plan.shapes[0]), plan.batches(copied=True)))
        step("words", lambda: copy_postgres(url, plan))
        step("index", lambda: index_postgres(url))
        step("rest", lambda: index_rest(url, plan))
        with psycopg.connect(url) as admin:
            size = int((admin.execute("SELECT pg_database_size(current_database())").fetchone() or [0])[0])
    return {
        "conversations": count,
        "messages": _behind(plan) + ALIVE,
        "bytes": size,
        "fill_seconds": round(sum(done["steps"].values()), 1),
    }
