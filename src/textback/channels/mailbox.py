"""What a provider gives whose texts wait in a mailbox, from which they are fetched: nobody posts them."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import msgspec

from textback.engine.arrivals import DeliveryStatus, Message


class Mark(msgspec.Struct, frozen=True):
    """How far a mailbox was read. `box` says which one it is; `validity` is the server's word for one numbering of its
    mails, of which `uid` was the last that was read; `read_at` (ms) is when."""

    box: str
    validity: int
    uid: int
    read_at: int


class Fetched(msgspec.Struct, frozen=True):
    """What was new: what to take in, oldest first, and the uids of those mails; how many were left alone, by why; how
    far it was read now; and whether there is more."""

    arrivals: tuple[Message | DeliveryStatus, ...]
    taken: tuple[int, ...]
    left: Mapping[str, int]
    mark: Mark
    more: bool = False


class BoxAway(Exception):
    """The mailbox could not be read: it is worth another try. The text is for the log."""


@runtime_checkable
class Mailbox(Protocol):
    """A provider with a mailbox. What it does blocks: it is called in a thread, by one at a time."""

    @property
    def box(self) -> str:
        """Which mailbox it is; empty where the line only sends."""
        ...

    def look(self, mark: Mark | None, now: int) -> Fetched:
        """What is new since `mark`; with None, nothing but the mark of what is there already. Raises BoxAway."""
        ...

    def seen(self, uids: Sequence[int]) -> None:
        """These were taken in: show them as read in the mailbox. Raises BoxAway."""
        ...

    def leave(self) -> None:
        """Break off what another thread may be waiting for, and let the connection go. Never raises."""
        ...
