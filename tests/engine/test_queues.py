"""Where a hand-over goes, and what the contact reads where nobody can answer."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.talk import HANDOFF, Talk, flow
from textback.core.when import HOUR, MINUTE, to_ms
from textback.engine.hours import Hours, after_open, is_open, open_between
from textback.engine.load import check_bot, load_bot
from textback.engine.routing import Wanted, place
from textback.engine.state import State

QUEUES = """bot: Harbor Cycle Works
locales: [en, es]
timezone: UTC
email: hello@example.com
queues:
  bench: {languages: [en], hours: {mon-fri: '9-17'}, overflow: night}
  taller: {languages: [es]}
  wheels: {skills: [wheels]}
  tacoma: {places: [Tacoma, "98402"], skills: [wheels]}
  night: {hours: {mon-fri: '17-22'}}
  office: {}
handoff:
  queues: [plain]
  queue: office
  routes:
    - {reason: [billing, legal], queue: office, priority: high}
    - {tag: vip, priority: urgent}
    - {if: "contact.orders > 9", queue: plain}
    - {place: Seattle, language: es, queue: plain}
"""
MONDAY = to_ms(datetime(2026, 3, 2, 12, tzinfo=UTC))  # noon


def bot_of(text: str = QUEUES, **steps: str) -> Any:
    return load_bot({"bot.yml": text, "flows/main.yml": flow("- say: Hi.")})


@pytest.mark.parametrize(
    ("wanted", "fields", "tags", "at", "queue", "priority"),
    [
        (Wanted("asked"), {}, [], MONDAY, "bench", ""),  # English, which the bench speaks
        (Wanted("asked"), {"locale": "es"}, [], MONDAY, "taller", ""),
        (Wanted("asked"), {"locale": "es-MX"}, [], MONDAY, "taller", ""),
        (Wanted("asked"), {"locale": "fr"}, [], MONDAY, "office", ""),  # nobody's: the usual one
        (Wanted("flow", "wheels"), {}, [], MONDAY, "wheels", ""),  # what the flow names
        (Wanted("flow", skill="wheels"), {"locale": "fr"}, [], MONDAY, "wheels", ""),
        (Wanted("flow", skill="wheels"), {"city": "Tacoma"}, [], MONDAY, "tacoma", ""),  # it says more
        (Wanted("flow", skill="wheels"), {"postcode": "98402"}, [], MONDAY, "tacoma", ""),
        (Wanted("billing"), {}, [], MONDAY, "office", "high"),  # a rule goes before what queues say
        (Wanted("billing", "wheels"), {}, [], MONDAY, "office", "high"),  # and before the flow
        (Wanted("asked"), {}, ["vip"], MONDAY, "bench", "urgent"),  # a rule that gives a priority alone
        (Wanted("billing"), {}, ["vip"], MONDAY, "office", "high"),  # the first one's priority
        (Wanted("asked"), {"orders": 12}, [], MONDAY, "plain", ""),
        (Wanted("asked"), {"orders": "many"}, [], MONDAY, "bench", ""),  # a condition that breaks is none
        (Wanted("asked"), {"city": "seattle", "locale": "es"}, [], MONDAY, "plain", ""),
        (Wanted("asked"), {"city": "seattle"}, [], MONDAY, "bench", ""),  # each condition must hold
        (Wanted("flow", "bench"), {}, [], MONDAY + 6 * HOUR, "night", ""),  # closed: the one in its place
        (Wanted("flow", "bench"), {}, [], MONDAY + 11 * HOUR, "bench", ""),  # that one is closed too
        (Wanted("asked"), {"locale": "en"}, [], MONDAY + 11 * HOUR, "bench", ""),
    ],
)
def test_a_hand_over_goes_to_the_queue_that_fits(
    wanted: Wanted, fields: dict[str, Any], tags: list[str], at: int, queue: str, priority: str
) -> None:
    placed = place(bot_of(), State(fields=fields, tags=tags), wanted, at)
    assert (placed.queue, placed.priority) == (queue, priority)


class Nobody:
    """A staff of which these people are there; None: nobody knows."""

    def __init__(self, *there: str, known: bool = True) -> None:
        self._there = set(there)
        self._known = known

    def there(self, people: tuple[str, ...]) -> bool | None:
        return bool(self._there.intersection(people) if people else self._there) if self._known else None


TWO = """bot: Harbor Cycle Works
locales: [en, es]
timezone: UTC
{more}
queues:
  bench: {{hours: {{mon-fri: '9-17'}}{queue}}}
handoff: {{queue: bench{handoff}}}
"""


def talk_at(
    hour: int, *, more: str = "", queue: str = "", handoff: str = "", locale: str = "en", staff: Any = None,
    steps: str = "- say: Hi.",
) -> Talk:  # fmt: skip
    text = TWO.format(more=more, queue=queue, handoff=handoff)
    talk = Talk({"bot.yml": text, "flows/main.yml": flow(steps)})
    talk.bot = msgspec.structs.replace(talk.bot, staff=staff)
    talk.now = MONDAY + (hour - 12) * HOUR
    talk.state.fields["locale"] = locale
    return talk


CERRADO = (
    "Ahora mismo no atendemos. Abrimos el mar 3 mar a las 9:00, y entonces le puede responder una persona por este "
    "chat."
)
CLOSED = "We are closed now and open Tue Mar 3 at 9:00 AM. A person can answer you here then."
NOBODY = "Nobody is free to answer right now. Your text is kept, and a person answers here once somebody is."
ALONE = "Nobody can answer you here right now. If anybody is in danger, call your local emergency number now."


@pytest.mark.parametrize(
    ("setup", "says", "reads"),
    [
        ({"hour": 12}, "agent", HANDOFF),
        ({"hour": 20}, "agent", CLOSED),
        ({"hour": 20, "locale": "es"}, "agente",
         CERRADO),
        ({"hour": 20, "more": "email: hi@example.com"}, "agent", f"{CLOSED} You can also write to hi@example.com."),
        ({"hour": 20, "handoff": ", form: 'https://example.com/ask'"}, "agent",
         f"{CLOSED} You can also use https://example.com/ask."),
        ({"hour": 20, "more": "email: hi@example.com", "handoff": ", form: 'https://example.com/ask'"}, "agent",
         f"{CLOSED} You can also write to hi@example.com or use https://example.com/ask."),
        ({"hour": 20, "queue": ", closed: 'Back {{ when }}.'"}, "agent", "Back Tue Mar 3 at 9:00 AM."),
        ({"hour": 20, "handoff": ", closed: {en: 'Shut.', es: 'Cerrado.'}", "locale": "es"}, "agente", "Cerrado."),
        # What an author promises is not said where it is not so.
        ({"hour": 20, "handoff": ", text: Somebody answers within a minute."}, "agent", CLOSED),
        ({"hour": 12, "handoff": ", text: Somebody answers within a minute."}, "agent",
         "Somebody answers within a minute."),
        ({"hour": 12, "staff": Nobody()}, "agent", NOBODY),
        ({"hour": 12, "staff": Nobody("ana@example.com")}, "agent", HANDOFF),
        ({"hour": 12, "staff": Nobody(known=False)}, "agent", HANDOFF),
        ({"hour": 12, "staff": Nobody("ana@example.com"), "queue": ", people: [ben@example.com]"}, "agent", NOBODY),
        ({"hour": 12, "staff": Nobody(), "queue": ", nobody: 'All busy.'"}, "agent", "All busy."),
        ({"hour": 20, "staff": Nobody()}, "agent", CLOSED),  # closed says more
        ({"hour": 20}, "i want to kill myself", ALONE),
        ({"hour": 12, "staff": Nobody()}, "i want to kill myself", ALONE),
        ({"hour": 20, "steps": "- escalate: bench\n  text: At once.\n  closed: Tomorrow."}, "go", "Tomorrow."),
    ],
)  # fmt: skip
def test_the_contact_reads_what_is_so(setup: dict[str, Any], says: str, reads: str) -> None:
    talk = talk_at(**setup)
    assert talk.say(says) == [reads]
    assert talk.owner == "nobody"


def test_a_queue_without_hours_goes_by_those_of_the_bot() -> None:
    text = "bot: X\ntimezone: UTC\nhours: {mon: '9-17'}\nqueues: {bench: {}}\nhandoff: {queue: bench}\n"
    talk = Talk({"bot.yml": text, "flows/main.yml": flow("- say: Hi.")})
    talk.now = MONDAY + 8 * HOUR
    assert talk.say("agent") == ["We are closed now and open Mon Mar 9 at 9:00 AM. A person can answer you here then."]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("queues: {a: {overflow: b}}", "There is no queue 'b' under queues."),
        ("queues: {a: {overflow: a}}", "The queue 'a' leads to itself."),
        ("queues: {a: {late: {queue: b}}}", "There is no queue 'b' under queues."),
        ("queues: {a: {late: {person: ana}}}", "person can't be 'ana'."),
        ("queues: {a: {first_answer: soon}}", "first_answer must be a time such as 30s, 5m, 4h or 2d."),
        ("queues: {a: {first_answer: 5s}}", "The queue 'a': first_answer is below a minute."),
        ("queues: {a: {assign: random}}", "assign can't be 'random'."),
        ("queues: {a: {capacity: 0}}", "capacity must be a whole number from 1 to 500."),
        ("queues: {a: {people: [ana]}}", "people can't be 'ana'."),
        ("queues: {a: {languages: [English]}}", "languages can't be 'English'."),
        ("queues: {a: {notify: [desk]}}", "There is no destination 'desk' in bot.yml."),
        ("queues: {a: {closed: 'Back {{ then }}.'}}", "There is no variable 'then' here."),
        ("queues: {A b: {}}", "A queue can't be called 'A b'."),
        ("notify: {desk: slack://secret}", "Where 'desk' is can't be 'slack://secret'."),
        ("notify: {desk: {to: '${X}', shows: [all]}}", "shows can't be 'all'."),
        ("queues: {a: {}}\nhandoff: {queue: b}", "There is no queue 'b' in bot.yml."),
        ("queues: {a: {}}\nhandoff: {routes: [{tag: x}]}", "This route leads nowhere."),
        ("queues: {a: {}}\nhandoff: {routes: [{queue: b}]}", "There is no queue 'b' in bot.yml."),
        ("queues: {a: {}}\nhandoff: {routes: [{queue: a, if: 'mood == 1'}]}", "There is no variable 'mood' here."),
        ("queues: {a: {}}\nhandoff: {routes: [{queue: a, reason: biling}]}",
         "The bot gives no reason 'biling' by itself; only a flow's `reason: biling` would fit."),
        ("handoff: {form: example.com}", "form can't be 'example.com'."),
        ("handoff: {vip: {}}", "vip names nobody."),
        ("queues: {a: {late: {person: ana@example.com}}}", "The queue 'a' has no limit that could pass."),
    ],
)  # fmt: skip
def test_check_says_what_is_wrong_with_queues(more: str, says: str) -> None:
    found = check_bot({"bot.yml": f"bot: X\n{more}\n", "flows/main.yml": flow("- say: Hi.")})
    assert says in [problem.message for problem in found]
    assert all(problem.fix for problem in found if problem.message == says)


# Opening time

HOURS = Hours({0: ((540, 1020),), 1: ((540, 720), (780, 1020)), 4: ((1080, 1560),)}, frozenset({"2026-03-10"}))
"""Mondays 9 to 17, Tuesdays 9 to 12 and 13 to 17, Fridays 18 to 2; the second Tuesday is a holiday."""


@pytest.mark.parametrize(
    ("at", "span", "due"),
    [
        ("2026-03-02T10:00", 30, "2026-03-02T10:30"),
        ("2026-03-02T16:50", 30, "2026-03-03T09:20"),  # ten minutes of it today
        ("2026-03-02T20:00", 10, "2026-03-03T09:10"),
        ("2026-03-03T11:50", 20, "2026-03-03T13:10"),
        ("2026-03-03T16:55", 10, "2026-03-06T18:05"),
        ("2026-03-07T01:55", 10, "2026-03-09T09:05"),  # past midnight
        ("2026-03-09T16:55", 10, "2026-03-13T18:05"),  # over the holiday
    ],
)
def test_limits_count_opening_hours_only(at: str, span: int, due: str) -> None:
    moment, until = (to_ms(datetime.fromisoformat(text).replace(tzinfo=UTC)) for text in (at, due))
    assert after_open(HOURS, "UTC", moment, span * MINUTE) == until
    assert open_between(HOURS, "UTC", moment, until) == span * MINUTE


def test_a_place_that_never_opens_has_no_limits() -> None:
    assert after_open(Hours({}), "UTC", MONDAY, MINUTE) is None
    assert after_open(None, "UTC", MONDAY, MINUTE) == MONDAY + MINUTE


@given(
    at=st.integers(0, 14 * 24 * 60), span=st.integers(1, 3 * 24 * 60), zone=st.sampled_from(["UTC", "America/Denver"])
)
def test_so_much_opening_time_lies_before_a_limit(at: int, span: int, zone: str) -> None:
    moment = MONDAY + at * MINUTE
    due = after_open(HOURS, zone, moment, span * MINUTE)
    assert due is not None
    assert open_between(HOURS, zone, moment, due) == span * MINUTE
    assert is_open(HOURS, zone, due - 1)
