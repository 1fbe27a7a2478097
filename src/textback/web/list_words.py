"""What happened to a conversation's place in people's lists, in words. Pure."""

from collections.abc import Mapping
from typing import Any

from textback.web.phrases import tell


def list_event(kind: str, data: Mapping[str, Any], who: str) -> tuple[str, str, str, str] | None:
    """Icon, sentence, detail and tone of an event; None for one that says nothing to people."""
    match kind:
        case "snoozed":
            return "moon", tell("{who} snoozed it", who=who), "" if data.get("until") else tell("until they text"), ""
        case "unsnoozed":
            why = data.get("why")
            words = {"text": tell("Back from snooze: they texted"), "time": tell("Back from snooze")}
            return "moon", words.get(str(why)) or tell("{who} brought it back from snooze", who=who), "", ""
        case "prioritised":
            by = tell("The flow {flow}", flow=data["flow"]) if data.get("flow") else who
            priority = tell(str(data.get("priority", "")))
            return "flag", tell("{who} set the priority to {priority}", who=by, priority=priority), "", ""
        case "reopened":
            return "return", tell("{who} opened it again", who=who), "", ""
        case _:
            return None
