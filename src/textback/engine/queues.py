"""Queues: who answers what, when, how soon, and what is done where nobody can. As bot.yml declares them."""

from collections.abc import Mapping
from typing import Literal, Protocol, get_args

import msgspec

from textback.engine.hours import Hours
from textback.engine.template import Expression, Text

Assign = Literal["manual", "round_robin", "least_busy"]
Priority = Literal["normal", "high", "urgent"]
Limit = Literal["first_answer", "next_answer", "resolution"]
ASSIGN: tuple[Assign, ...] = get_args(Assign)
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
LIMITS: tuple[Limit, ...] = get_args(Limit)
CAPACITY = 5
"""Conversations that a person has at once before no more are given to them, unless something else is said."""


CLOSED_NAMES = ("when", "email", "form")
"""What the words for a closed queue may name besides what all texts may."""


class Queue(msgspec.Struct, frozen=True):
    """One queue of people. `languages`, `skills` and `places` say what it is for; empty is everything. Outside `hours`
    (None: always open) it is closed, and then, or where nobody is there, `overflow` is the queue in its place.

    `people` are the e-mail addresses of those who answer it; none: everybody. `within` is, for each limit, how long
    (ms, counted in opening hours) it may take, and `sooner` the same by priority. A limit that has passed gives the
    conversation to the queue `late_queue`, or to the person `late_person`. `notify` are the destinations that hear
    of everyone who waits, `alert` those that hear of a limit that has passed; None is the bot's own.
    """

    name: str
    label: Text | None = None
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    hours: Hours | None = None
    people: tuple[str, ...] = ()
    assign: Assign = "manual"
    capacity: int = CAPACITY
    within: Mapping[str, int] = {}
    sooner: Mapping[str, Mapping[str, int]] = {}
    overflow: str = ""
    late_queue: str = ""
    late_person: str = ""
    notify: tuple[str, ...] | None = None
    alert: tuple[str, ...] | None = None
    closed: Text | None = None
    nobody: Text | None = None

    def limit(self, limit: str, priority: str) -> int:
        """How long (ms) this may take at this priority; 0: nobody has said."""
        return self.sooner.get(priority, {}).get(limit) or self.within.get(limit, 0)


class Route(msgspec.Struct, frozen=True):
    """One rule of where a hand-over goes. Each condition that it names must hold, of a list any; `queue` and `priority`
    are what it gives, where they are not empty."""

    queue: str = ""
    priority: str = ""
    reasons: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    when: Expression | None = None


class Vip(msgspec.Struct, frozen=True):
    """Whom a person answers from the first text on: contacts with one of these tags, or one of these values in a
    field; a field without values counts whatever it has."""

    tags: frozenset[str] = frozenset()
    fields: Mapping[str, tuple[str, ...]] = {}


class Staff(Protocol):
    """Says who is there. Nothing raises."""

    def there(self, people: tuple[str, ...]) -> bool | None:
        """Whether any of these people (none named: anybody) can answer now; None where nobody knows."""
