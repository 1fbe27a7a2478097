"""The data map has every column that holds something about a person, and says of each what an erasure really does."""

import re

from tests.docs.pages import read
from textback.settings import Settings
from textback.store.erase import ERASED
from textback.store.tables import metadata

PAGE = "docs/privacy.md"
ROW = re.compile(r"^\| `([a-z_]+)\.([a-z_]+)` \|(.+)\| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)

KEYS = set(
    "bucket workspace contact_id id line kind family channel direction author message_class status state rule code "
    "source segments flow version outcome programme event_id arrival_id message_id at since reason type matched_by "
    "attempts due_at created_at".split()
)
"""Names of columns that say when, where, of which kind: nothing about a person."""
OTHERS = {
    "addresses": "", "agreements": "expires_at",
    "api_keys": "name key_hash revoked_at scopes lines expires_at last_used_at start created_by "
    "previous_hash previous_until",
    "api_requests": "key_id key digest", "arrivals": "received_at handled_at",
    "audit": "action", "bot_drafts": "base files updated_at", "bot_versions": "number digest files note",
    "bulk_sends": "key_id key_name ids position fence lease_until done_at",
    "consent_events": "occurred_at recorded_at brand method wording wording_version language honoured_at "
    "confirmation_id claimed_at pending_until seq prev_hash row_hash", "contacts": "",
    "consent_heads": "entries row_hash key_id seal", "consent_days": "day entries digest key_id seal",
    "contact_keys": "key_id", "listed_numbers": "scope", "ledger_keys": "key_id check_value",
    "list_imports": "digest name as_of position lines counts started_at updated_at finished_at",
    "conversations": "owner_kind last_author last_at waiting_since unread message_count priority snoozed_until",
    "dead_letters": "redriven_at discarded", "early_statuses": "", "erased_texts": "", "line_pace": "next_at",
    "gate_decisions": "stage outcome judged until basis zone_source programme",
    "jobs": "session step action key timeout retries fence made_at", "short_links": "token expires_at",
    "template_approvals": "name digest body written_at asked_at decided_at note",
    "saved_replies": "", "media_files": "place said content_type size digest fence",
    "media_contents": "digest newest size", "pictures": "token content_type size",
    "simulated_phones": "phone faults waiting",
    "simulated_clock": "ahead",
    "line_seen": "what first_at",
    "line_use": "counter day", "login_failures": "count until", "login_links": "token_hash user_id expires_at",
    "contact_imports": "columns choice stopping total position counts fence lease_until done_at",
    "contact_import_parts": "import_id part done", "contact_import_refused": "import_id",
    "contact_fields": "name title kind choices sensitive seen_by position", "tag_colours": "tag colour",
    "messages": "", "message_details": "send_at",
    "model_calls": "model why tokens_in tokens_out cost ms confidence evidence flaws",
    "outbox": "asks expires_at lease_until fence priority",
    "privacy_requests": "received_at answered_at data",
    "routing_rules": "number changes saved_at again",
    "mailboxes": "box validity uid read_at holder lease_until",
    "provider_templates": "provider account name language category body header buttons unfit status_at",
    "template_syncs": "provider account next_at synced_at problem",
    "reconciliations": "began_at read_until next_at holder lease_until",
    "rejected_webhooks": "provider detail times last_at redriven_at discarded", "schema_compatibility": "oldest",
    "text_requests": "day times",
    "sessions": "started_at ended_at", "signature_trials": "provider number", "suppressions": "",
    "sweeps": "next_at began_at finished_at floors counts", "timers": "key", "turns": "",
    "users": "role deactivated_at sight lines totp_last",
    "trainings": "key_name asked progress tries fence lease_until updated_at",
    "events": "ref made number", "event_numbers": "last queued changes",
    "webhooks": "url events key_id secret old_secret old_until enabled why created_by failures open_until succeeded_at "
    "failed_at failed_why",
    "webhook_deliveries": "webhook_id number finished_at fence ms",
    "search_texts": "", "search_people": "", "search_progress": "position holder lease_until",
    "saved_views": "shared", "undos": "", "preferences": "name",
    "merges": "kept other undone_at", "merged_contacts": "home kept_home",
    "handoffs": "queue priority asked_at waiting_since due_at late late_at owner_since",
    "availability": "available seen_at capacity given_at", "turns_at_giving": "holder lease_until",
    "web_sessions": "token_hash user_id csrf expires_at seen_at",
    "login_steps": "token_hash user_id how expires_at", "recovery_codes": "user_id code_hash", "teams": "name lines",
    "team_members": "team_id user_id", "desk_settings": "name value",
}  # fmt: skip
"""Columns of each table that hold nothing about a person, beside KEYS. Of contacts the id itself is in the map."""


def mapped() -> dict[tuple[str, str], tuple[str, str]]:
    """How long each column of the map is kept, and what becomes of it on erasure."""
    return {(hit[1], hit[2]): (hit[4], hit[5]) for hit in ROW.finditer(read(PAGE))}


def test_every_column_is_in_the_map_or_known_to_be_about_nobody() -> None:
    listed = mapped()
    unknown = []
    for table in metadata.sorted_tables:
        plain = (KEYS if table.name != "contacts" else KEYS - {"id"}) | set(OTHERS.get(table.name, "").split())
        if table.name == "conversations":
            plain = plain - {"state"}
        unknown += [
            f"{table.name}.{c.name}" for c in table.c if c.name not in plain and (table.name, c.name) not in listed
        ]
    assert unknown == [], "say in docs/privacy.md what these hold, or here that it is nothing about a person"


def test_the_map_names_no_column_that_does_not_exist() -> None:
    assert len(mapped()) > 30
    assert [key for key in mapped() if key[0] not in metadata.tables or key[1] not in metadata.tables[key[0]].c] == []


def test_the_map_says_what_an_erasure_does() -> None:
    for (table, column), (_, erased) in mapped().items():
        rule = ERASED.get(table)
        if table == "consent_events" and column in ("raw_text", "hidden"):
            wanted = "emptied"  # with its key: see pipeline.erase
        elif table == "listed_numbers":
            wanted = "kept"
        elif rule == "delete" or table == "rejected_webhooks":
            wanted = "row deleted"
        elif table == "erased_texts":
            wanted = "kept"
        elif rule is None:
            wanted = "of the business"
        else:
            wanted = "emptied" if isinstance(rule, dict) and column in rule else "kept"
        assert erased.startswith(wanted), f"{table}.{column}"


def test_every_setting_of_the_map_exists() -> None:
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", read(PAGE)))
    assert named <= {name.upper() for name in Settings.model_fields}
    days = re.findall(r"\| (\d+) days \| `([A-Z_]+)` \|", read(PAGE))
    assert len(days) == 5
    assert all(Settings.model_fields[name.lower()].default == int(count) for count, name in days)
    years = re.findall(r"\| (\d) years, at least 2 \| `([A-Z_]+)` \|", read(PAGE))
    assert [Settings.model_fields[name.lower()].default for _, name in years] == [1095] * 2
