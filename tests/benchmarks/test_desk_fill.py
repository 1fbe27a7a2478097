"""The desk's large database: its index of words has the messages that it holds, in the order in which they came."""

from functools import cache
from typing import Any

from benchmarks import desk, desk_fill, screens
from benchmarks.desk_fill import EACH, KINDS, LONG, LONG_EACH, Plan
from benchmarks.fill import Shape, tables_of
from textback.core.ids import bucket_of
from textback.core.when import DAY
from textback.store.search import doc_of

AT = 1_795_000_000_000
COUNT = 250
OWNER = "01a1ad8e68000000ab12cd34"


def shape() -> Shape:
    """A contact as a server might have written it."""
    contact, number = "0a" * 12, "+12065551000"
    ids = [f"{AT + 40 * n:011x}{n % 3:05x}5f5e1001" for n in range(EACH)]
    talk = {
        "bucket": 10,
        "contact_id": contact,
        "state": "",
        "status": "engaged",
        "last_at": AT,
        "last_text": "hours",
        "owner_id": "",
    }
    return {
        "contacts": [{"bucket": 10, "id": contact, "name": "", "created_at": AT}],
        "addresses": [{"identifier": number, "bucket": 10, "contact_id": contact}],
        "conversations": [talk],
        "messages": [{"bucket": 10, "contact_id": contact, "id": id_, "text": "{hours}"} for id_ in ids],
        "turns": [
            {"bucket": 10, "contact_id": contact, "id": id_, "at": AT, "events": f'[{{"at":{AT}}}]'} for id_ in ids[::2]
        ],
    }


@cache
def plan() -> Plan:
    short = desk_fill._worded(shape())
    long = desk_fill._worded(desk_fill._longer(shape(), LONG_EACH // EACH))
    waits = desk_fill._state(short, "waiting_on_agent", "nobody", "", "")
    mine = desk_fill._state(short, "engaged", "person", "@OWNER@", "Me")
    return Plan([short, short, waits, mine, mine, long], COUNT, AT, OWNER)


def rows(made: Plan, table: str, *, copied: bool = False) -> list[Any]:
    place = list(tables_of(made.shapes[0])).index(table)
    return [row for batch in made.batches(copied=copied) for row in batch[place]]


def test_the_index_has_every_message_with_its_own_words_and_in_order():
    made = plan()
    held = {(contact, id_): words for _, contact, id_, words in rows(made, "messages")}
    indexed = [(contact, id_) for contact, id_, _ in made.messages()]
    assert len(indexed) == len(set(indexed)) == (COUNT - LONG) * EACH + LONG * LONG_EACH
    assert {(contact, id_): made.texts[k] for contact, id_, k in made.messages()} == held
    docs = [doc_of(id_) for _, id_ in indexed]
    assert docs == sorted(docs), "SQLite's index would be slow to fill in another order"


def test_conversations_are_in_every_state_and_say_their_latest_text():
    made = plan()
    last = {contact: words for _, contact, _, words in rows(made, "messages")}
    found = rows(made, "conversations")
    assert len(found) == COUNT
    columns = tables_of(made.shapes[2])["conversations"]
    for values, (contact, n) in zip(found, made.ids, strict=True):
        one = dict(zip(columns, values, strict=False))
        waits = n >= LONG and KINDS[n % 100] == 2
        assert (one["contact_id"], one["bucket"], one["last_text"]) == (contact, bucket_of(contact), last[contact])
        assert (one["status"] == "waiting_on_agent") == waits
        assert (one["owner_id"] == OWNER) == (n >= LONG and KINDS[n % 100] > 2)


def test_a_long_thread_goes_back_day_by_day():
    long = desk_fill._longer(shape(), 20)
    ids = [row["id"] for row in long["messages"]]
    assert len(ids) == len(set(ids)) == 20 * EACH
    assert ids == sorted(ids)
    turns = long["turns"]
    assert len(turns) == 20 * EACH // 2
    assert turns[0]["at"] == AT - 19 * DAY
    assert turns[0]["events"] == f'[{{"at":{AT - 19 * DAY}}}]'
    assert turns[0]["id"] == ids[0]
    assert long["messages"][-EACH:] == shape()["messages"]
    assert {row["contact_id"] for row in long["messages"]} == {shape()["contacts"][0]["id"]}


def test_lines_for_a_copy_say_the_same_as_rows():
    made = plan()
    lines = rows(made, "messages", copied=True)
    assert [line.rstrip("\n").split("\t") for line in lines] == [
        [str(v) for v in row] for row in rows(made, "messages")
    ]


def test_pages_and_screens_that_took_too_long_are_named():
    pages = {
        "list: all": {"p50_ms": 20.0, "p95_ms": 100.1},
        "thread: any": {"p50_ms": 20.0, "p95_ms": 100.0},
        "search: a name": {"p50_ms": 20.0, "p95_ms": 300.0},
        "search: a number": {"p50_ms": 20.0, "p95_ms": 300.1},
    }
    found = {"sqlite": {"pages": pages, "conversations": 1_000_000, "messages": 10_000_000}}
    assert [sentence.split(" takes ")[0] for sentence in desk.missed(found)] == [
        "Textback, SQLite: list: all", "Textback, SQLite: search: a number",
    ]  # fmt: skip
    assert "| thread: any | 20 / 100 | 100 |" in desk.table(found)
    assert "| 1,000,000 / 10,000,000 |" in desk.table(found), "nobody takes a small run for a large one"
    slow = {"idle_percent": 25.0, "alone_shown_p99_ms": 300.1, "shown_p99_ms": 300.0}
    assert len(screens.missed({"sqlite": slow})) == 1
