"""A morning at the desk of a bike shop that does not exist: who texted, when, and what its people did."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.web.conftest import Browser, Clock, Site, running
from textback.cli.logs import configure_logging
from textback.core.when import MINUTE, to_ms
from textback.settings import Settings

NOW = to_ms(datetime(2026, 11, 12, 18, 42, tzinfo=UTC))
"""When the pictures are taken: Thursday, 10:42 where the shop is."""
PATIENCE = 60.0
"""Seconds that the server may take to send what is due."""
DUE = (
    "SELECT count(*) FROM timers WHERE due_at <= :now",
    "SELECT count(*) FROM arrivals WHERE handled_at IS NULL AND :now > 0",
    "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending') AND due_at <= :now",
)
"""How much there is to do yet."""


class Standing(Clock):
    """A clock that stands still, so many ms before the pictures are taken."""

    def __init__(self) -> None:
        super().__init__()
        self.added = -180 * MINUTE

    def __call__(self) -> int:
        return NOW + self.added


class Scene(NamedTuple):
    """The desk: its server, the token of whoever looks, and the contact whose conversation is open."""

    site: Site
    token: str
    contact: str
    phone: str


#: Minutes before the pictures, the last digits of the number, the name, and what they text.
MORNING: tuple[tuple[int, int, str, tuple[str, ...]], ...] = (
    (171, 112, "Grace Kim", ("hi", "hours")),
    (164, 118, "Theo Marsh", ("quote", "puncture", "no", "no")),
    (152, 131, "Lucia Romero", ("hola", "espanol")),
    (143, 124, "Owen Blake", ("book", "repair", "Kona Dew", "friday at 4pm", "yes")),
    (120, 127, "", ("are you open on saturday",)),
    (96, 133, "Priya Nair", ("book", "tune up", "Trek Domane")),
    (74, 139, "Hassan Ali", ("quote", "tune up", "yes", "yes")),
    (58, 142, "Julia Weber", ("my brakes are squeaking", "repair")),
    (41, 145, "Marcus Lee", ("hi", "person")),
    (33, 148, "Noor Haddad", ("quote", "other", "new bottom bracket and a headset for an old tandem")),
    (19, 151, "Ben Carter", ("book", "fitting", "i was in an accident and the frame is bent")),
    (6, 157, "Sofia Marin", ("hours", "can someone call me about the e-bike battery")),
    (3, 160, "Eli Turner", ("book",)),
)
ANA = 101
STAGES = {
    ANA: "Ready",
    118: "Asking",
    124: "Won",
    133: "Asking",
    139: "Ready",
    142: "Asking",
    148: "Asking",
    160: "New",
}
"""How far they are, by the last digits; nobody has said it of the others."""
TALK = ("book", "tune up", "blue gravel bike", "friday at 4pm", "can I talk to a real person about the price?")


def number(last: int) -> str:
    """The phone with these last digits."""
    return f"1206555{last:04}"


def settled(site: Site) -> None:
    """Return when everything that is due has gone."""
    end = time.monotonic() + PATIENCE
    while any(site.rows(query, now=site.clock())[0][0] for query in DUE):
        if time.monotonic() > end:
            raise SystemExit("the server does not send what is due")
        time.sleep(0.02)


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """The desk as it is at 10:42."""
    configure_logging(Settings(log_level="error"))
    with running(folder, clock=Standing(), undo_seconds=0) as site:
        day = Day(site)
        for _, do in sorted(day.agenda(), key=lambda one: -one[0]):  # a clock does not go back
            do()
        site.clock.added = 0
        yield Scene(site, str(day.maya.cookies["textback"]), day.ids[ANA], number(ANA))


class Day:
    """What happens, each at so many minutes before the pictures. `ids` are the contacts by the last digits."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.program = site.program("shop")
        self.maya, self.sam = site.person("supervisor", "Maya Ortiz"), site.person("agent", "Sam Cole")
        self.ids: dict[int, str] = {}

    def agenda(self) -> list[tuple[float, Callable[[], None]]]:
        """All of it, in no order."""
        found = [
            one
            for before, last, name, texts in MORNING
            for n, words in enumerate(texts)
            for one in self._said(before - n * 0.6, last, words, "" if n else name)
        ]
        for n, words in enumerate(TALK):
            found += self._said(14 - n * 0.7, ANA, words, "" if n else "Ana Fischer")
        note = "@Sam she has the blue Straggler from last spring. Wheels were done in June."
        price = "Hi Ana, Maya here. A tune-up is $90 plus parts, and we ask before fitting any. Friday at 4 is yours."
        pads = "Pads are extra, about $15 a pair. I’ll text you before we change them."
        found += [
            self._done(9, self.maya, ANA, "take"),
            self._done(8.8, self.maya, ANA, "note", text=note),
            self._done(8, self.maya, ANA, "reply", text=price),
            *self._said(7, ANA, "perfect, does that include the brake pads?", ""),
            self._done(5.9, self.maya, ANA, "reply", text=pads),
            *self._said(5, ANA, "great, see you friday", ""),
            self._done(39, self.sam, 145, "take"),
            self._done(38.5, self.sam, 145, "reply", text="Hi Marcus, Sam here. What can I do for you?"),
            *self._said(2, 145, "do you rent cargo bikes?", ""),
        ]
        return found

    def _said(self, before: float, last: int, words: str, name: str) -> list[tuple[float, Callable[[], None]]]:
        """Somebody texts; with a `name` it is said afterwards who they are."""

        def do() -> None:
            self._at(before)
            self.ids[last] = self.site.text(number(last), words)
            if name:
                body = {
                    "name": name,
                    "tags": ["gravel", "regular"] if last == ANA else [],
                    "fields": {"stage": STAGES[last]} if last in STAGES else {},
                }
                self.program.patch(f"/v1/contacts/+{number(last)}", json=body).raise_for_status()
            settled(self.site)

        return [(before, do)]

    def _done(
        self, before: float, person: Browser, last: int, what: str, **fields: str
    ) -> tuple[float, Callable[[], None]]:
        """Somebody does something at the desk."""

        def do() -> None:
            self._at(before)
            answer = person.submit(f"/c/{self.ids[last]}/{what}", **fields)
            if answer.status_code != 303:
                raise SystemExit(f"{what} was answered with {answer.status_code}")
            settled(self.site)

        return before, do

    def _at(self, before: float) -> None:
        self.site.clock.added = -round(before * MINUTE)
        settled(self.site)  # whoever was away is noticed before the next thing happens
