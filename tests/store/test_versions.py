"""Versions and the draft: what a starting server publishes, who published what, and whose change is not lost."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, select

from textback.store import bots, migrate
from textback.store.bots import DraftRefused, Files
from textback.store.db import make_engine, parse_url
from textback.store.tables_desk import audit

A, B, C, D = ({"bot.yml": f"bot: {name}\n"} for name in "ABCD")
W = "default"


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """A transaction on each database."""
    migrate.upgrade(parse_url(database_url))
    engine = make_engine(parse_url(database_url))
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def serve(tx: Connection, files: Files, example: bool = False) -> tuple[int, Files]:
    """What a server that starts with this folder runs."""
    settled = bots.settle(tx, W, files, 1, example)
    return settled.number, settled.files or files


def desk(tx: Connection, files: Files) -> int:
    return bots.publish(tx, W, files, 1, by="ann@example.com", source="desk")


def test_a_restart_does_not_undo_what_was_published_since(tx: Connection) -> None:
    assert serve(tx, A) == (1, A)
    assert serve(tx, A) == (1, A)
    assert desk(tx, B) == 2
    assert serve(tx, A) == (2, B)
    assert bots.publish(tx, W, C, 1, by="command line", source="folder") == 3
    assert serve(tx, A) == (3, C)
    assert serve(tx, B) == (3, C)  # a folder that was pulled from the desk's version, and overtaken too


def test_a_folder_that_has_changed_is_published_even_back_to_what_it_was(tx: Connection) -> None:
    serve(tx, A)
    desk(tx, B)
    assert serve(tx, C) == (3, C)
    desk(tx, D)
    assert serve(tx, C) == (4, D)
    assert serve(tx, A) == (5, A)  # a server has published C since, so A is a change


def test_the_example_is_published_only_where_nothing_was(tx: Connection) -> None:
    assert serve(tx, A, example=True) == (1, A)
    assert serve(tx, B, example=True) == (1, A)
    assert serve(tx, B) == (2, B)


def test_a_version_says_who_published_it_and_why_and_so_does_the_audit_log(tx: Connection) -> None:
    serve(tx, A)
    bots.publish(tx, W, B, 7, by="ann@example.com", note="New prices", source="desk")
    assert bots.publish(tx, W, B, 8, by="bob@example.com", source="desk") == 2  # the same again is nothing
    found = [(row.number, row.created_at, row.published_by, row.note, row.source) for row in bots.versions(tx, W, 9)]
    assert found == [(2, 7, "ann@example.com", "New prices", "desk"), (1, 1, bots.SERVE, "", "serve")]
    rows = tx.execute(select(audit.c.actor, audit.c.action, audit.c.subject).order_by(audit.c.id))
    assert [tuple(row) for row in rows] == [
        (bots.SERVE, "bot.publish", "version 1"),
        ("ann@example.com", "bot.publish", "version 2"),
    ]


def change(tx: Connection, path: str, text: str, who: str = "ann@example.com") -> bots.Draft:
    def work(files: Files) -> str:
        files[path] = text
        return path

    changed = bots.change_draft(tx, W, work, who, 5)
    assert changed is not None
    return changed[0]


def test_a_draft_begins_as_what_is_live_and_is_gone_once_published(tx: Connection) -> None:
    serve(tx, A)
    assert bots.change_draft(tx, W, lambda _: "", "ann@example.com", 5) is None
    assert bots.draft(tx, W) is None
    change(tx, "flows/x.yml", "flow: x\n")
    draft = change(tx, "flows/y.yml", "flow: y\n", "bob@example.com")
    assert draft == bots.draft(tx, W)
    assert draft == bots.Draft(1, {**A, "flows/x.yml": "flow: x\n", "flows/y.yml": "flow: y\n"}, 5, "bob@example.com")
    assert bots.publish_draft(tx, W, bots.digest(draft.files), 1, "ann@example.com", "Two flows", 6) == 2
    assert bots.draft(tx, W) is None
    assert bots.load_files(tx, W, 2) == draft.files


def test_only_what_was_seen_is_published(tx: Connection) -> None:
    serve(tx, A)
    seen = bots.digest(change(tx, "flows/x.yml", "flow: x\n").files)
    bots.publish(tx, W, B, 1, by="command line", source="folder")
    with pytest.raises(DraftRefused, match="published a version meanwhile"):
        bots.publish_draft(tx, W, seen, 1, "ann@example.com", "", 6)
    change(tx, "flows/x.yml", "flow: changed\n")
    with pytest.raises(DraftRefused, match="has changed since"):
        bots.publish_draft(tx, W, seen, 2, "ann@example.com", "", 6)
    assert bots.newest(tx, W) == 2
    assert bots.discard_draft(tx, W, "ann@example.com", 7)
    assert not bots.discard_draft(tx, W, "ann@example.com", 7)
