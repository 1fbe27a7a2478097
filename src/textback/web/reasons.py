"""Why a person was asked for, and what they should do about it, in words."""

from textback.engine.state import State
from textback.web.phrases import tell

REASONS = {
    "asked": "Asked for a person",
    "not_understood": "Answer not understood",
    "fallback": "Bot did not understand",
    "flow": "The flow asks for a person",
    "owner_idle": "The person who had it went quiet",
    "limit": "The flow ran in a circle",
    "template": "A text of the flow is broken",
    "step_gone": "The flow has changed",
    "loop_guard": "Too many automatic replies",
    "late": "The text came late",
    "assigned": "A colleague passed it on",
    "action_failed": "Another system gave no result",
    "opt_out_unsure": "Perhaps they opted out",
    "opted_out_asked": "They opted out, and asked for something else",
    "wrong_person": "The number is somebody else's now",
    "draft": "A reply waits for you",
    "unsure": "Too unsure of the answer",
    "not_answered": "Nothing known answers it",
    "model": "The model asks for a person",
    "self_harm": "They may be in danger",
    "emergency": "It may be an emergency",
    "legal": "They speak of the law",
    "billing": "Billing",
    "upset": "They are upset",
    "vip": "A VIP",
    "not_verified": "Could not verify who they are",
    "guard": "The model's reply was not safe to send",
    "turn_failed": "The bot could not go on",
}

#: What to do next, by why a person was asked for. Of all others it is to take over and answer.
NEXT = {
    "draft": "Read the suggested reply. Send it, change it, or throw it away.",
    "unsure": "Take over and answer. If the answer is not in the knowledge base, add it there.",
    "not_answered": "Take over and answer. Then add it to the knowledge base, so that the bot knows it next time.",
    "upset": "Take over. Say that you have read what went wrong, before anything else.",
    "self_harm": "Take over now. Give them the number of a crisis line, and stay until they answer.",
    "emergency": "Take over now. Tell them to call the emergency services.",
    "billing": "Take over and look up what was charged before you answer.",
    "vip": "Take over and greet them by name.",
    "not_verified": "Take over and find out who they are before you say anything of their account.",
    "turn_failed": "Take over and answer. Somebody should look at the flow.",
    "legal": "Take over, promise nothing, and pass it to whoever answers for the business.",
    "action_failed": "Do by hand what the other system did not, then answer them.",
    "not_understood": "Take over and ask again in your own words.",
    "fallback": "Take over and ask what they need.",
    "loop_guard": "Look whether a program answers them. If so, complete it.",
    "assigned": "Read what was said, then answer them.",
    "late": "Decide whether an answer is still of use to them.",
    "wrong_person": "Take the number off your lists. Do not text it.",
    "opted_out_asked": "Do what they asked without texting them.",
}


def next_action(state: State, held: str) -> str:
    """What whoever looks at a conversation should do next; empty where there is nothing."""
    if held == "you":
        return tell("Answer, then return it to the bot or complete it.")
    if held != "wait":
        return ""
    if state.opt_out_unsure:
        return tell("Say whether they opted out, then answer them.")
    reason = state.handoff.reason if state.handoff is not None else ""
    return tell(NEXT.get(reason, "Take over and answer them."))


def reason_words(reason: str) -> str:
    """Why a person was asked for; an author's own reason as it is."""
    return tell(REASONS[reason]) if reason in REASONS else reason
