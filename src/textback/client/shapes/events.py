"""What the API says of events. `make api` writes it; it is not to be edited."""

from typing import Any

import msgspec


class TakenEvent(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An event that is stored. `trace` is the id that the log and the timeline have of it; `repeated`: it was stored
    before under the same id, and this one changed nothing."""

    event: str
    contact: str
    trace: str
    repeated: bool


class LoggedEvent(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An event as webhooks get it. `number` is its place in the log, and grows; `data` depends on its kind."""

    event: str
    id: str
    number: int
    data: dict[str, Any]


class EventPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A part of the log, oldest first. `next_cursor` is what to ask for `after` next; `more`: there is some already."""

    data: list[LoggedEvent]
    next_cursor: str
    more: bool
