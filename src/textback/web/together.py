"""Several contacts that are one, shown as one: what is known of them together, and where a change of it goes. Pure.

The kept contact comes first. Of a field that several have the first one's value is shown; the others keep theirs, so
that they have it again when the merge is undone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from textback.engine.arrivals import ContactChange
from textback.engine.state import State, load_state

EMPTY = (None, "")
NAME = "name"


def known_of(row: Any) -> State:
    """The state of a conversation, with the contact's name among its fields, wherever that is from."""
    state = load_state(row.state)
    if not state.fields.get(NAME) and row.name:
        state = msgspec.structs.replace(state, fields={**state.fields, NAME: row.name})
    return state


def fields_of(states: Sequence[State]) -> dict[str, Any]:
    """The fields of all: of each the first value that there is."""
    found: dict[str, Any] = {}
    for state in states:
        for name, value in state.fields.items():
            if value not in EMPTY and found.get(name) in EMPTY:
                found[name] = value
    return found


def tags_of(states: Sequence[State]) -> list[str]:
    """The tags of all, in the order in which they are found."""
    return list(dict.fromkeys(tag for state in states for tag in state.tags))


def together(state: State, states: Sequence[State]) -> State:
    """A state with what is known of all; of one alone nothing is different."""
    return msgspec.structs.replace(state, fields=fields_of(states), tags=tags_of(states)) if len(states) > 1 else state


def differing(states: Sequence[State]) -> dict[str, list[Any]]:
    """The fields of which they have more than one value, by name, with every value, the one that is shown first."""
    found: dict[str, list[Any]] = {}
    for state in states:
        for name, value in state.fields.items():
            if value not in EMPTY and value not in found.setdefault(name, []):
                found[name].append(value)
    return {name: values for name, values in sorted(found.items()) if len(values) > 1}


def changes(change: ContactChange, known: Mapping[str, State]) -> dict[str, ContactChange]:
    """What becomes of each contact (by id, the kept one first) by a change of what is shown of all. What is as it was
    shown is not changed. A new value or tag is the kept contact's; what is taken away goes from all that have it."""
    if len(known) < 2:
        return dict.fromkeys(known, change)
    states = list(known.values())
    shown, tags = fields_of(states), tags_of(states)
    given = {**change.fields, **({} if change.name is None else {NAME: change.name})}
    wanted = {name: value for name, value in given.items() if (value or None) != (shown.get(name) or None)}
    found: dict[str, ContactChange] = {}
    for place, (id_, state) in enumerate(known.items()):
        fields: dict[str, Any] = {
            name: value
            for name, value in wanted.items()
            if (place == 0 if value not in EMPTY else state.fields.get(name) not in EMPTY)
        }
        name = fields.pop(NAME, None)
        untag = tuple(tag for tag in change.untag if tag in state.tags)
        tag = tuple(tag for tag in change.tag if tag not in tags) if place == 0 else ()
        if fields or tag or untag or name is not None:
            found[id_] = msgspec.structs.replace(change, fields=fields, name=name, tag=tag, untag=untag)
    return found
