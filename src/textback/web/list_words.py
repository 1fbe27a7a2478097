"""What happened to a conversation's place in people's lists, in words. Pure."""

from collections.abc import Mapping
from typing import Any


def list_event(kind: str, data: Mapping[str, Any], who: str) -> tuple[str, str, str, str] | None:
    """Icon, sentence, detail and tone of an event; None for one that says nothing to people."""
    match kind:
        case "snoozed":
            return "moon", f"{who} snoozed it", "" if data.get("until") else "until they text", ""
        case "unsnoozed":
            why = data.get("why")
            words = {"text": "Back from snooze: they texted", "time": "Back from snooze"}
            return "moon", words.get(str(why)) or f"{who} brought it back from snooze", "", ""
        case "prioritised":
            by = f"The flow {data['flow']}" if data.get("flow") else who
            return "flag", f"{by} set the priority to {data.get('priority', '')}", "", ""
        case "reopened":
            return "return", f"{who} opened it again", "", ""
        case _:
            return None
