"""Short links in the database: what a token says and does not say, clicks, and what became of each wording."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.core.ids import bucket_of, new_contact_id
from textback.engine.named_files import definitions
from textback.pipeline import approvals as glue
from textback.store import approvals, bots, desk, short_links
from textback.store.bots import DraftRefused
from textback.store.db import Db, Tx
from textback.store.tables_desk import audit

W = "default"
TARGET = "https://shop.example.com/pay?order=12"


@given(st.integers(0, 255))
def test_a_token_names_its_bucket_and_the_rest_is_chance(bucket: int) -> None:
    one, other = short_links.new_token(bucket), short_links.new_token(bucket)
    assert short_links.bucket_of_token(one) == bucket
    assert one[:2] == other[:2]
    assert one[2:] != other[2:]
    assert len(short_links.ALPHABET) ** short_links.CHANCE > 2**64


@pytest.mark.parametrize(
    "token", ["", "z" * 13, "1" * 12, "1" * 14, "0" * 13, "1" * 12 + "\n", "11/../../etc/p", "é" * 13]
)
def test_what_is_no_token_names_no_bucket(token: str) -> None:
    assert short_links.bucket_of_token(token) is None


async def test_clicks_are_counted_and_stand_in_the_contacts_timeline(db: Db) -> None:
    contact = new_contact_id()
    bucket = bucket_of(contact)
    tokens = [short_links.new_token(bucket) for _ in range(3)]

    def work(tx: Tx) -> tuple[Any, dict[str, int], list[desk.Happening]]:
        row = {
            "bucket": bucket,
            "workspace": W,
            "contact_id": contact,
            "target": TARGET,
            "created_at": 1,
            "expires_at": 9,
        }
        messages = ["m1", "m1", "m2"]
        short_links.add(tx, [{**row, "token": t, "message_id": m} for t, m in zip(tokens, messages, strict=True)])
        assert short_links.find(tx, "another", tokens[0]) is None
        for token in (tokens[0], tokens[0], tokens[1]):
            link = short_links.find(tx, W, token)
            assert link is not None
            short_links.clicked(tx, link, "192.0.2.0/24", 5)
        last = short_links.find(tx, W, tokens[0])
        return last, short_links.opened(tx, contact, bucket, ""), desk.happenings(tx, contact, bucket, "")

    last, opened, events = await db.write(work)
    assert (last.clicks, last.clicked_at, opened) == (2, 5, {"m1": 3})
    data = {"message": "m1", "target": TARGET, "network": "192.0.2.0/24"}
    assert [(event.kind, event.data) for event in events] == [("link_clicked", data)] * 3


FILES = {
    "bot.yml": "bot: A\n",
    "templates/a.yml": "a:\n  class: conversational\n  text: One\nb:\n  class: conversational\n  text: Two\n",
}


async def test_a_wording_is_approved_by_another_and_stays_so_wherever_it_is_written(db: Db) -> None:
    def work(tx: Tx) -> None:
        a, b = definitions(FILES).values()
        assert glue.ask_for(tx, W, [a, b], "ann", 1) == 2
        assert glue.ask_for(tx, W, [a], "ann", 2) == 0
        assert [row.name for row in approvals.waiting(tx, W)] == ["a", "b"]
        with pytest.raises(DraftRefused, match="Somebody else"):
            approvals.decide(tx, W, "a", a.digest, True, "ann", "", True, 3)
        approvals.decide(tx, W, "a", a.digest, True, "ben", "", True, 3)
        approvals.decide(tx, W, "b", b.digest, False, "ben", "no", True, 3)
        with pytest.raises(DraftRefused, match="wait"):
            approvals.decide(tx, W, "b", b.digest, True, "ben", "", True, 4)
        assert [one.name for one in glue.unapproved(tx, W, FILES)] == ["b"]
        moved = {"bot.yml": "bot: B\n", "templates/x.yml": "a: {text: One, class: conversational}\n"}
        assert glue.unapproved(tx, W, moved) == []
        renamed = {"templates/x.yml": "c: {text: One, class: conversational}\n"}
        assert [one.name for one in glue.unapproved(tx, W, renamed)] == ["c"]
        assert glue.unapproved(tx, "another", moved) != []

    await db.write(work)


async def test_a_server_does_not_publish_a_folder_with_a_wording_that_nobody_approved(db: Db) -> None:
    def work(tx: Tx) -> None:
        with pytest.raises(DraftRefused, match="a, b are not approved"):
            glue.settle(tx, W, FILES, 1, approval=True)
        settled, missing = glue.settle(tx, W, {"bot.yml": "bot: A\n"}, 1, approval=True)
        assert (settled.number, missing) == (1, [])
        settled, missing = glue.settle(tx, W, FILES, 2, approval=True)
        assert (settled.number, settled.files, len(missing)) == (1, {"bot.yml": "bot: A\n"}, 2)
        for row in approvals.waiting(tx, W):
            approvals.decide(tx, W, row.name, row.digest, True, "ben", "", True, 3)
        settled, missing = glue.settle(tx, W, FILES, 4, approval=True)
        assert (settled.number, missing) == (2, [])
        assert bots.newest(tx, W) == 2

    await db.write(work)


async def test_each_change_of_a_wording_is_in_the_audit_trail_with_what_it_was_before(db: Db) -> None:
    def work(tx: Tx) -> list[tuple[str, str, str]]:
        bots.publish(tx, W, FILES, 1, by="ann")

        def change(files: dict[str, str]) -> str:
            files["templates/a.yml"] = files["templates/a.yml"].replace("One", "Three")
            return "templates/a.yml"

        glue.change_draft(tx, W, change, "ben", 2)
        rows = tx.execute(audit.select().where(audit.c.action == "template.write"))
        return [(row.actor, row.subject, row.data) for row in rows]

    ((actor, subject, data),) = await db.write(work)
    assert (actor, subject) == ("ben", "a")
    assert definitions(FILES)["a"].digest in data
