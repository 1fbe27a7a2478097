"""What an API key can be good for."""

from collections.abc import Mapping

SCOPES: Mapping[str, str] = {
    "messages:write": "send texts, and cancel those that wait",
    "messages:read": "read texts",
    "conversations:read": "read conversations and hand-overs",
    "conversations:write": "take over, hand back and complete conversations",
    "contacts:read": "read contacts",
    "contacts:write": "change contacts, their fields and tags",
    "contacts:erase": "erase contacts",
    "consent:read": "read consent and what proves it",
    "consent:write": "record opt-ins and opt-outs",
    "events:read": "read the log of events",
    "events:write": "say that something happened to a contact",
    "webhooks:read": "see where events are sent, and what came of it",
    "webhooks:write": "have events sent, and sent again",
    "templates:read": "read templates",
    "flows:read": "read flows and versions of the bot",
    "lines:read": "read lines",
    "ai:reply": "ask for replies",
    "knowledge:write": "teach the bot",
    "keys:read": "see which API keys there are",
    "keys:write": "make, change and revoke API keys",
    "metrics:read": "read the counters",
}
