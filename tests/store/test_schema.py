"""The schema can be spread over many servers by bucket: whatever must be unique is unique within one bucket."""

import pytest
from sqlalchemy import Table, UniqueConstraint

from textback.store.spread import spread_by
from textback.store.tables import metadata

CONFIGURATION = {
    "api_keys",
    "audit",
    "bot_drafts",
    "bot_versions",
    "login_failures",
    "ledger_keys",
    "line_seen",
    "line_use",
    "list_imports",
    "login_links",
    "mailboxes",
    "provider_templates",
    "reconciliations",
    "rejected_webhooks",
    "routing_rules",
    "signature_trials",
    "template_syncs",
    "users",
    "web_sessions",
}
"""Small tables that every server would have a copy of."""

ROAD = [table for table in metadata.sorted_tables if spread_by(table) == "bucket"]


def test_every_table_is_of_the_road_or_small() -> None:
    small = {table.name for table in metadata.sorted_tables if spread_by(table) is None}
    assert small >= CONFIGURATION
    other = {table.name for table in metadata.sorted_tables} - small - {table.name for table in ROAD}
    # One finds a contact's bucket, so it can't know it yet; two are locked, which copies can't be; one is of numbers
    # that need not be anybody's; one is of requests, and a program may give any of them the same key; one counts what
    # visitors of websites ask for, by whoever asks.
    assert other == {"addresses", "api_requests", "event_numbers", "line_pace", "listed_numbers", "text_requests"}
    assert all(str(spread_by(metadata.tables[name])) in metadata.tables[name].primary_key.columns for name in other)
    assert len(ROAD) >= 11


@pytest.mark.parametrize("table", ROAD, ids=lambda table: table.name)
def test_unique_keys_lead_with_the_bucket(table: Table) -> None:
    keys = [list(table.primary_key.columns)]
    keys += [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    keys += [list(one.columns) for one in table.indexes if one.unique]
    for key in keys:
        assert key[0].name == "bucket", [column.name for column in key]


@pytest.mark.parametrize("table", ROAD, ids=lambda table: table.name)
def test_on_sqlite_only_long_rows_lie_beside_their_key(table: Table) -> None:
    beside = table.dialect_options["sqlite"]["with_rowid"]
    assert beside is (table.name in {"arrivals", "events", "media_contents", "messages", "pictures", "turns"})
