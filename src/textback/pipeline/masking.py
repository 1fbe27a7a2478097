"""Masking as a text is kept: no card, ID, password or code of a contact is written down (rule P5). Pure.

The turn itself reads what they wrote: opt-outs are found before anything is masked, and a flow may ask for a number.
"""

from typing import TypeAlias

import msgspec

from textback.compliance.redact import LABELS, cover, secrets
from textback.engine.arrivals import AnyArrival, Message
from textback.engine.state import State

Hidden: TypeAlias = tuple[tuple[str, str], ...]
"""What was said and must not be seen, each with what stands in its place."""
_encode = msgspec.json.Encoder().encode


def masked(text: str) -> tuple[str, Hidden]:
    """The text as it is kept, and what was taken out of it."""
    spans = secrets(text)
    if not spans:
        return text, ()
    said: dict[str, str] = {}
    for span in spans:
        words = text[span.start : span.end]
        said[words] = LABELS[span.kind]
        bare = "".join(char for char in words if char.isalnum())
        if len(bare) > 5:
            said[bare] = LABELS[span.kind]  # as an answer is written once it is understood
    return cover(text, spans), tuple(sorted(said.items(), key=lambda one: -len(one[0])))


def hide(written: str, hidden: Hidden) -> str:
    """JSON without what was said."""
    for words, label in hidden:
        written = written.replace(_encode(words).decode()[1:-1], label)
    return written


def hide_in_handoff(state: State, hidden: Hidden) -> None:
    """What whoever is asked for is shown of the text."""
    if hidden and state.handoff is not None:
        ask = state.handoff.ask
        for words, label in hidden:
            ask = ask.replace(words, label)
        state.handoff = msgspec.structs.replace(state.handoff, ask=ask)


def shown(arrival: AnyArrival) -> tuple[AnyArrival, bool]:
    """The arrival as people may see it, and whether anything of it was masked."""
    if not isinstance(arrival, Message):
        return arrival, False
    text, hidden = masked(arrival.whole)
    return (msgspec.structs.replace(arrival, text=text, attached=()), True) if hidden else (arrival, False)
