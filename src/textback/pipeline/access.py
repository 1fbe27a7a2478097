"""All that is kept about one contact, as JSON and as a page that they can read (rule P6).

People of the business are not named, and neither are other people's numbers in what the business wrote.
"""

from collections.abc import Collection
from html import escape
from typing import Any

import msgspec

from textback.compliance.redact import cover, find
from textback.core.phone import pretty
from textback.core.when import to_iso
from textback.engine.state import load_state
from textback.pipeline.erase import reference
from textback.store import accounts, erase
from textback.store.access import INTERNAL, rows_of
from textback.store.db import Tx
from textback.store.erase import Person
from textback.store.ledger import Recorded, entries_of
from textback.store.proof import entry_fields

STAFF = "a person of the business"
WORDS = {
    "profile": "What is known of you",
    "contacts": "Contact",
    "addresses": "Numbers",
    "conversations": "Conversation",
    "messages": "Texts",
    "sessions": "Flows you were in",
    "turns": "What the bot did with your texts",
    "timers": "Reminders that are set",
    "outbox": "Texts that wait to be sent",
    "dead_letters": "Texts that could not be handled or sent",
    "consent_events": "Record of consent",
    "suppressions": "Opt-outs",
    "agreements": "What you have agreed to",
    "audit": "What people did with your conversation",
    "privacy_requests": "Your requests",
}
"""The headings of the page, in their order."""
STYLE = (
    "<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem}th,td{border:1px solid #ccc;padding:.25rem .5rem;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}</style></head><body>"
)
_ACTORS = ("textback", "command line")
_TIMES = ("at", "since", "until")
_JSON = frozenset({"media", "events", "trace", "payload", "data"})


def collect(tx: Tx, workspace: str, who: Person, actor: str, now: int, ours: Collection[str]) -> dict[str, Any]:
    """All that is kept about them, ready to be shown, and a note that they asked. `ours` are the business's numbers."""
    found = rows_of(tx, workspace, who)
    state = load_state("".join(row.pop("state", "") for row in found.get("conversations", ())))
    sessions = [*state.parked, *([state.session] if state.session else [])]
    profile = {"fields": state.fields, "tags": state.tags, "answers": {one.flow: one.vars for one in sessions}}
    shown: dict[str, Any] = {"profile": {name: value for name, value in profile.items() if value}}
    if "consent_events" in found:
        found["consent_events"] = [_entry(one) for one in entries_of(tx, who.contact_id)]
    for name, rows in found.items():
        shown[name] = [{key: _value(name, key, value, row, who, ours) for key, value in row.items()} for row in rows]
    count = {name: len(rows) for name, rows in found.items()}
    named = reference(tx, who.address)
    request = erase.log_request(
        tx, workspace, "access", actor, now, contact_id=who.contact_id, number=who.address, reference=named,
        data=count,
    )  # fmt: skip
    accounts.write_audit(tx, workspace, actor, "privacy.access", who.contact_id, now, {"request": request})
    return {
        "about": {"number": who.address, "contact": who.contact_id, "as_of": to_iso(now), "request": request},
        **shown,
    }


def _entry(recorded: Recorded) -> dict[str, Any]:
    """An entry of the ledger with the words and the other personal fields that it keeps encrypted."""
    fields = entry_fields(recorded)
    return {name: value for name, value in fields.items() if name not in INTERNAL and value is not None}


def _value(table: str, key: str, value: Any, row: dict[str, Any], who: Person, ours: Collection[str]) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and (key in _TIMES or key.endswith(("_at", "_since"))):
        return to_iso(value)
    if key in ("actor", "author_id", "author_name", "owner_id"):
        mine = key == "actor" and value in _ACTORS
        return value if mine or not value else STAFF
    if key == "text" and row.get("direction") == "out":
        return _without_others(value, who, ours)
    if key in _JSON and table != "messages":
        try:
            return msgspec.json.decode(value) if value else ""
        except msgspec.DecodeError:
            return ""
    return value


def _without_others(text: str, who: Person, ours: Collection[str]) -> str:
    """What we wrote, without the numbers and addresses of others."""
    return cover(text, [span for span in find(text, kept=[who.address, *ours]) if span.kind in ("phone", "email")])


def page_of(data: dict[str, Any], brand: str) -> str:
    """The page: one document, without links, scripts or pictures."""
    about = data["about"]
    title = f"What {brand} keeps about {pretty(about['number'])}"
    parts = [
        "<!doctype html>", '<html lang="en"><head><meta charset="utf-8">', f"<title>{escape(title)}</title>",
        STYLE,
        f"<h1>{escape(title)}</h1>", f"<p>As of {escape(about['as_of'])}. Request {escape(about['request'])}.</p>",
    ]  # fmt: skip
    for name, heading in WORDS.items():
        held = data.get(name)
        if held:
            parts += [f"<h2>{escape(heading)}</h2>", _table(held if isinstance(held, list) else [held])]
    return "\n".join([*parts, "</body></html>", ""])


def _table(rows: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name, value in row.items() if value not in ("", "[]", None)))
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in names)
    body = ["".join(f"<td>{escape(_cell(row.get(name, '')))}</td>" for name in names) for row in rows]
    return f"<table><tr>{head}</tr>\n" + "\n".join(f"<tr>{cells}</tr>" for cells in body) + "</table>"


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
