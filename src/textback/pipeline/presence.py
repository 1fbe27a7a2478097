"""Who reads or types in a conversation at this moment, on any node. It is kept in memory only: it matters while pages
are open, and costs nothing where nobody looks."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

import msgspec

from textback.pipeline.hub import Subscription

Doing = Literal["reading", "typing", "away"]
TYPES = 8.0
"""Seconds after which somebody who typed has stopped."""
AGAIN = 30.0
"""Seconds after which the other nodes are told again who is here."""
GONE = 75.0
"""Seconds after which another node's people count as gone: it has died, or cannot be heard."""
PRESENCE = "~"
"""Stands before a contact among what has changed: not the conversation, but who looks at it."""
MOST_NAMED = 5
MOST_RENEWED = 10_000


class Person(msgspec.Struct, frozen=True, array_like=True):
    """Somebody who has a conversation on their screen."""

    user_id: str
    name: str
    doing: Doing = "reading"


class _Tab:
    def __init__(self, contact_id: str, person: Person) -> None:
        self.contact_id = contact_id
        self.person = person
        self.typed_at = 0.0

    def now(self, at: float) -> Person:
        """What they do: whoever has not typed for a while reads."""
        if self.person.doing == "typing" and at - self.typed_at > TYPES:
            return msgspec.structs.replace(self.person, doing="reading")
        return self.person


def read_people(present: Mapping[str, Sequence[object]]) -> dict[str, list[Person]]:
    """What another node said, but for what another release says in its own way."""
    found: dict[str, list[Person]] = {}
    for contact_id, people in present.items():
        try:
            found[contact_id] = msgspec.convert(people, list[Person])
        except msgspec.ValidationError:
            continue
    return found


Told = Callable[[Mapping[str, Sequence[Person]]], None]


def _nobody(_: Mapping[str, Sequence[Person]]) -> None:
    """There is no other node."""


class Presence:
    """The people of this node's pages, and what other nodes say of theirs. `tell` is given, by contact, everybody who
    is there on this node."""

    def __init__(self, tell: Told = _nobody, clock: Callable[[], float] = time.monotonic) -> None:
        self.tell = tell
        self._clock = clock
        self._tabs: dict[str, _Tab] = {}
        self._watching: dict[str, set[Subscription]] = {}
        self._elsewhere: dict[str, dict[str, tuple[float, Sequence[Person]]]] = {}
        self._told_at = clock()
        self.renewed: dict[str, int] = {}
        """When (ms) this node last renewed the lease of a conversation."""

    @contextmanager
    def here(self, tab: str, contact_id: str, person: Person, subscription: Subscription) -> Iterator[None]:
        """A page of this person has the conversation open. Its subscription hears of who else does."""
        mine = self._tabs[tab] = _Tab(contact_id, person)
        self._watching.setdefault(contact_id, set()).add(subscription)
        self._changed(contact_id)
        try:
            yield
        finally:
            watching = self._watching.get(contact_id, set())
            watching.discard(subscription)
            if not watching:
                self._watching.pop(contact_id, None)
            if self._tabs.get(tab) is mine:  # a page that reconnects may be back before its old stream has ended
                del self._tabs[tab]
                self._changed(contact_id)

    def does(self, tab: str, user_id: str, doing: Doing) -> None:
        """What the person at this page does now. One that is not known here is another node's, or gone."""
        mine = self._tabs.get(tab)
        if mine is None or mine.person.user_id != user_id:
            return
        now = self._clock()
        before = mine.now(now)
        mine.person = msgspec.structs.replace(mine.person, doing=doing)
        mine.typed_at = now if doing == "typing" else 0.0
        if mine.person != before:
            self._changed(mine.contact_id)

    def of(self, contact_id: str, but: str = "") -> list[Person]:
        """Who has this conversation open anywhere, but for one user: each once, whoever types first."""
        found: dict[str, Person] = {}
        elsewhere = self._elsewhere.get(contact_id, {})
        now = self._clock()
        for at, people in elsewhere.values():
            if now - at <= GONE:
                _add(found, people)
        _add(found, self._mine(contact_id))
        people = [one for one in found.values() if one.user_id != but]
        return sorted(people, key=lambda one: (one.doing != "typing", one.name))[:MOST_NAMED]

    def keep(self) -> None:
        """Called by every open page now and then: tells the other nodes again, from time to time, who is here."""
        now = self._clock()
        if now - self._told_at >= AGAIN:
            self._told_at = now
            if len(self.renewed) > MOST_RENEWED:
                self.renewed.clear()
            contacts = {tab.contact_id for tab in self._tabs.values()}
            if contacts:
                self.tell({contact_id: self._mine(contact_id) for contact_id in contacts})
            for contact_id, nodes in list(self._elsewhere.items()):
                for node in [node for node, (at, _) in nodes.items() if now - at > GONE]:
                    del nodes[node]
                if not nodes:
                    del self._elsewhere[contact_id]
                self._push(contact_id)

    def heard(self, node: str, present: Mapping[str, Sequence[Person]]) -> None:
        """Another node says who is there."""
        for contact_id, people in present.items():
            nodes = self._elsewhere.setdefault(contact_id, {})
            before = nodes.get(node, (0.0, ()))[1]
            if people:
                nodes[node] = (self._clock(), people)
            else:
                nodes.pop(node, None)
            if not nodes:
                del self._elsewhere[contact_id]
            if list(before) != list(people):
                self._push(contact_id)

    def _mine(self, contact_id: str) -> list[Person]:
        found: dict[str, Person] = {}
        now = self._clock()
        _add(found, [tab.now(now) for tab in self._tabs.values() if tab.contact_id == contact_id])
        return list(found.values())

    def _changed(self, contact_id: str) -> None:
        self._push(contact_id)
        self.tell({contact_id: self._mine(contact_id)})

    def _push(self, contact_id: str) -> None:
        for subscription in self._watching.get(contact_id, ()):
            subscription.push((PRESENCE + contact_id,))


def _add(found: dict[str, Person], people: Sequence[Person]) -> None:
    for person in people:
        if person.doing != "away" and (person.user_id not in found or person.doing == "typing"):
            found[person.user_id] = person
