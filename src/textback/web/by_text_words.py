"""A web chat that goes on by text, in words, in both of its conversations. Pure."""

from collections.abc import Mapping
from typing import Any

from textback.web.phrases import tell

OTHERS = {
    "agreed_by_text": "Open the text conversation",
    "moved_to_text": "Open the text conversation",
    "came_by_text": "Open the web chat",
}


def by_text_event(kind: str, data: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Icon, sentence, detail and tone of an event."""
    if kind == "asked_by_text":
        digits = data.get("digits", "")
        words = tell("They asked to go on by text, at the number that ends in {digits}", digits=digits)
        return "phone", words, "", ""
    if kind == "moved_to_text":
        return "phone", tell("This chat goes on by text."), "", "turn"
    if kind == "agreed_by_text":
        words = tell("They agreed to go on by text, where something else is open.")
        return "phone", words, tell("This chat stays as it is."), ""
    if data.get("busy"):
        words = tell("They agreed to go on here with their web chat.")
        return "say", words, tell("What is open here was left as it is."), ""
    return "say", tell("Their web chat goes on here."), "", "turn"


def other_conversation(kind: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """The contact whose conversation the event is also about, and the words of the link; empty where there is none."""
    contact = str(data.get("contact") or "")
    return (contact, tell(OTHERS[kind])) if contact and kind in OTHERS else ("", "")
