"""Services in bot.yml: what may be said of them, what flows call, and a whole booking by them."""

import pytest

from tests.engine.talk import BOT, flow
from textback.engine.actions import Action, nothing
from textback.engine.load import check_bot, load_bot
from textback.pipeline.conversations import read_conversations
from textback.pipeline.judging import Coverage, judge

CALENDAR = 'calendar: {google_calendar: {calendar: shop@example.com, account: "${G}"}, at_once: 4, timeout: 5s}'
BOOKING = """flow: book_visit
start: {keywords: [book, fix], intent: {examples: [can I bring my bike in, need a tune up]}}
vars: {when: datetime}
steps:
  - ask: service
    text: What do you need?
    choices:
      repair: {label: Repair, also: [fix, broken]}
      quote: {label: Quote}
    retry: {max: 2, then: {escalate: sales}}
  - ask: when
    text: When suits you?
    check: [future, {call: slot_free, say: That time is taken.}]
  - confirm: "{{ service }} on {{ when | when }}?"
  - call: calendar.book
    with: {start: "{{ when }}", title: "{{ service }}"}
    save: booking
    on_error: {escalate: ops}
  - say: "Booked, ref {{ booking.ref }}."
  - record: {goal: booked}
"""
GOLDEN = """
- conversation: booking with a correction
  at: 2026-03-02T10:00-06:00
  actions:
    calendar.slot_free: [{result: {ok: true}}, {result: {ok: false}}, {result: {ok: true}}]
    calendar.book: {result: {ref: K7M2QD}}
  turns:
    - in: fix my bike tmrw at 4
    - out: "Repair on Tue Mar 3 at 4:00 PM?"
    - in: actually 5
    - out: {contains: That time is taken.}
    - in: tomorrow 6pm
    - out: "Repair on Tue Mar 3 at 6:00 PM?"
    - after: 4h
    - in: yep
    - out: {text: "Booked, ref K7M2QD.", flow: ended, goal: booked}
- conversation: the hour has just gone
  at: 2026-03-02T10:00-06:00
  actions: {calendar.slot_free: {result: {ok: true}}, calendar.book: {error: rejected}}
  turns:
    - in: fix my bike tmrw at 4
    - in: yes
    - out: {queue: ops}
"""


def files(declared: str, steps: str = "- say: Hi.") -> dict[str, str]:
    return {
        "bot.yml": f"{BOT}timezone: America/Chicago\nhours: {{mon-sat: '9-19'}}\nactions:\n  {declared}\n",
        "flows/main.yml": flow(steps),
    }


def declared(text: str) -> dict[str, Action]:
    return load_bot(files(text)).actions


def test_a_booking_by_the_calendar_from_the_first_word_to_the_reference() -> None:
    bot = load_bot({**files(CALENDAR), "flows/book.yml": BOOKING})
    conversations, problems = read_conversations({"tests/book.yml": GOLDEN}, bot)
    assert problems == []
    coverage = Coverage(bot)
    assert [one.conversation.name for c in conversations if not (one := judge(bot, c, coverage)).passed] == []


def test_a_service_is_asked_for_each_of_its_operations() -> None:
    found = declared(CALENDAR)
    free, book = found["calendar.slot_free"], found["calendar.book"]
    assert (free.needs, book.needs) == (frozenset({"start"}), frozenset({"start", "title"}))
    assert book.takes == frozenset({"start", "title", "minutes", "note"})
    assert (free.group, book.group, book.at_once, book.timeout) == ("calendar", "calendar", 4, 5000)
    assert book.secrets == {"G"}
    assert (nothing(free), nothing(book)) == ({"ok": True}, {"ref": "", "id": "", "link": ""})


WRONG = [
    ('calendar: {google_calendar: {calendar: a@example.com, account: "{}"}}', "is written here in full"),
    ("calendar: {google_calendar: {calendar: a@example.com}}", "has no account"),
    ('a.b: {google_calendar: {calendar: a@example.com, account: "${G}"}}', "its name can't have a dot"),
    ('pay: {stripe: {key: "${K}", currency: dollars}}', "currency of stripe"),
    ('pay: {stripe: {key: "${K}", kee: x}}', "has no key 'kee'"),
    ('pay: {stripe: {key: "${K}"}, at_once: 0}', "at_once must be a whole number from 1 to 32"),
    ('pay: {stripe: {key: "${K}"}, result: url}', "has names of its own"),
    ('pay: {stripe: {key: "${K}"}, http: "https://example.com"}', "more than one thing to do"),
    ("pay: {stripe: secret}", "must have keys and values"),
    ("pay: {timeout: 5s}", "does not say what to do"),
    ("mail: {email: {server: smtp.example.com/x, from: a@example.com}}", "server of email"),
    ("mail: {email: {server: smtp.example.com, from: Bot <a@example.com>}}", "from of email"),
    ("mail: {email: {server: smtp.example.com, from: a@example.com, password: x}}", "is written here in full"),
    (f'{CALENDAR}\n  calendar.book: {{http: "https://example.com"}}', "is there twice"),
]


@pytest.mark.parametrize(("text", "what"), WRONG)
def test_what_is_wrong_is_said_where_it_stands(text: str, what: str) -> None:
    found = [one for one in check_bot(files(text)) if one.level == "error" and what in one.message]
    assert found, [one.message for one in check_bot(files(text))]
    assert all(one.file == "bot.yml" and one.line >= 4 and one.fix for one in found)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ("{start: x}", "calendar.book needs 'title'."),
        ("{start: x, title: y, titel: z}", "calendar.book knows nothing of 'titel'."),
    ],
)
def test_what_a_call_gives_is_looked_at(given: str, what: str) -> None:
    found = check_bot(files(CALENDAR, f"- call: calendar.book\n  with: {given}\n  on_error: end"))
    assert what in [one.message for one in found if one.level == "error"]


def test_two_that_have_it_must_be_named_in_full() -> None:
    two = f"{CALENDAR}\n  other: {{google_calendar: {{calendar: b@example.com, account: '${{G}}'}}}}"
    found = check_bot(files(two, "- call: slot_free\n  with: {start: x}\n  on_error: end"))
    assert "There is no action 'slot_free' in bot.yml." in [one.message for one in found if one.level == "error"]
