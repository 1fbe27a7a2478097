"""What models, other systems and programs did in a conversation, in words. Pure."""

from collections.abc import Mapping
from typing import Any

from textback.web.phrases import tell

ACTION_ERRORS = {
    "retry": "It could not be reached, or failed.",
    "throttled": "It asked to wait, each time.",
    "rejected": "It refused.",
    "misconfigured": "Its address or key is wrong.",
    "unknown": "It gave no answer that makes sense. It may have done it.",
}
"""What actions.ERRORS say to people."""


def machine_event(kind: str, data: Mapping[str, Any], who: str) -> tuple[str, str, str, str] | None:
    """Icon, sentence, detail and tone of an event; None for another kind. `who` decided on a draft."""
    return _model(kind, data, who) or _system(kind, data)


def _model(kind: str, data: Mapping[str, Any], who: str) -> tuple[str, str, str, str] | None:
    match kind:
        case "model_answered":
            acts = {
                "say": tell("it was sent"), "draft": tell("it waits for a person"),
                "clarify": tell("they were asked what they meant"),
                "escalate": tell("a person was asked for"), "without": tell("it was not said"),
            }  # fmt: skip
            number = f"{float(data.get('confidence', 0)) * 100:.0f}"
            sure = tell("{n} % sure, {what}", n=number, what=acts.get(str(data.get("act", "")), ""))
            return "bot", tell("A model proposed a reply"), sure, ""
        case "model_failed":
            why = str(data.get("error", "")).replace("_", " ")
            return "fail", tell("A model was asked, and gave no reply"), why, ""
        case "draft_settled":
            dones = {
                "approved": tell("{who} sent the reply", who=who),
                "edited": tell("{who} changed the reply and sent it", who=who),
            }
            away = tell("{who} threw the reply away", who=who)
            return "check", dones.get(str(data.get("outcome", "")), away), "", ""
        case _:
            return None


def _system(kind: str, data: Mapping[str, Any]) -> tuple[str, str, str, str] | None:
    match kind:
        case "action_done":
            return "check", tell("Asked {what}", what=data.get("action", "")), "", ""
        case "action_failed":
            why = tell(ACTION_ERRORS.get(str(data.get("error", "")), ""))
            return "fail", tell("Asked {what}: no result", what=data.get("action", "")), why, "wait"
        case "event_received":
            by = tell("program {name}", name=data["by"]) if data.get("by") else ""
            what = tell("Event {name}", name=str(data.get("name", "")).replace("_", " "))
            starts = str(data.get("starts", "")).replace("_", " ")
            came = tell("starts {flow}", flow=starts) if starts else tell("nobody waited for it")
            came = "" if data.get("awaited") else came
            return "return", what, ", ".join(word for word in (by, came) if word), ""
        case "contact_changed":
            fields = ", ".join(str(name).replace("_", " ") for name in data.get("fields", ()))
            return "person", tell("Program {name} changed the contact", name=data.get("by", "")), fields, ""
        case "flow_refused":
            flow = str(data.get("flow", "")).replace("_", " ")
            words = tell("Program {name} could not start {flow}", name=data.get("by", ""), flow=flow)
            return "flows", words, "", ""
        case _:
            return None
