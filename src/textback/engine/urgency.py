"""How urgent a conversation is. There is one priority, which is the conversation's: people set it, flows do, and so
does the route of a hand-over, for as long as that lasts."""

from textback.engine.queues import PRIORITIES, Priority
from textback.engine.state import State


def raise_to(state: State, priority: str) -> None:
    """A hand-over makes the conversation as urgent as its route says, and never less urgent than it was."""
    handoff = state.handoff
    for one in PRIORITIES:
        if one == priority and _rank(one) > _rank(state.priority):
            if handoff is not None:
                handoff.usual = handoff.usual or state.priority
            state.priority = one


def end_handoff(state: State) -> None:
    """No person is asked for any more. What only the hand-over made urgent is as it was before."""
    handoff, state.handoff = state.handoff, None
    for one in PRIORITIES:
        if handoff is not None and handoff.usual == one:
            state.priority = one


def _rank(priority: Priority) -> int:
    return PRIORITIES.index(priority)
