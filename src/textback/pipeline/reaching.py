"""Numbers that can't get texts (N1): a provider says so by its code, and it is kept until they text, or a person says
that the number works. Answers to their own texts still go; nothing else does. Pure."""

from collections.abc import Mapping

from textback.core.messages import FAILED
from textback.engine.arrivals import AnyArrival, DeliveryStatus, Message
from textback.engine.effects import Event
from textback.engine.state import BadNumber
from textback.engine.step import Turn


def settle(turn: Turn, arrival: AnyArrival, now: int, codes: Mapping[str, str]) -> None:
    """Keep in a turn what its arrival says of the number; `codes` are those of the line's provider that say that a
    number is bad, with why."""
    state = turn.state
    if isinstance(arrival, DeliveryStatus):
        why = codes.get(arrival.code or "") if arrival.status in FAILED and arrival.doubt != "unsigned" else None
        if why is not None and state.bad_number is None:
            state.bad_number = BadNumber(why, arrival.code or "", now)
            turn.events.append(Event("bad_number", {"why": why, "code": arrival.code}))
    elif state.bad_number is not None and isinstance(arrival, Message) and not arrival.doubt:
        state.bad_number = None
        turn.events.append(Event("number_works", {}))
