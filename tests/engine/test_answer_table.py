"""What everyday texts do at each kind of open question: the table of the docs, played through the road's own rules.

`UPDATE_GOLDEN=1 pytest tests/engine/test_answer_table.py` writes it anew.
"""

import os
import re
from pathlib import Path

from textback.core.when import DAY
from textback.engine.load import load_bot
from textback.pipeline.rehearse import Rehearsal

PAGE = Path(__file__).parents[2] / "docs/reference/flow-language.md"
MONDAY = 1_772_474_400_000  # 2026-03-02 10:00 in Los Angeles

FLOW = """
flow: {name}
start: {{keywords: [{name}]}}
vars: {{urgent: yes_no, when: datetime, count: integer, name: name}}
steps:
"""
SERVICE = """
  - ask: service
    text: What do you need?
    choices: {repair: {label: Repair, also: [fix]}, fitting: Fitting}
"""
WHEN = "  - ask: when\n    text: When?\n"
BOT = """
bot: Harbor Cycle Works
timezone: America/Los_Angeles
hours: {mon-sat: "9:00-18:00"}
"""
#: The kinds of question, as the table calls them: the flow's steps, and what is texted until the question is open.
QUESTIONS = {
    "`choice`": (SERVICE, ()),
    "`yes_no`": ("  - ask: urgent\n    text: Is it urgent?\n", ()),
    "`datetime`": (SERVICE + WHEN, ("fitting",)),
    "`integer`": ("  - ask: count\n    text: How many bikes?\n", ()),
    "`name`": (SERVICE + WHEN + "  - ask: name\n    text: And your name?\n", ("fitting", "tomorrow at 3pm")),
    "`text`": ("  - ask: note\n    text: What is wrong with it?\n", ()),
    "`confirm`": (SERVICE + WHEN + '  - confirm: "{{ service }}, {{ when }}?"\n', ("fitting", "tomorrow at 3pm")),
    "none": ("  - say: Hello.\n", ()),
}
TEXTS = (
    "1", "the second one", "yes", "repair tmrw 5pm im ana", "actually 6", "help", "never mind", "who is this",
    "can I talk to a person", "👍", 'Liked "When?"', "this is ridiculous",
)  # fmt: skip
SHORT = {
    "Stop, start and help words": "the answer to HELP",
    "A person has it": "nothing",
    "Asks for a person": "a person",
    "Anger, or a topic for people": "a person",
    "Ask again": "asked again",
    "Fallback": "not understood",
}


def what_comes(steps: str, before: tuple[str, ...], text: str) -> str:
    """In a few words, what a text does when this question is open."""
    bot = load_bot({"bot.yml": BOT, "flows/go.yml": FLOW.format(name="go") + steps + "  - say: Thanks.\n"})
    talk = Rehearsal(bot, MONDAY, fields={"locale": "en"})
    for said in ("go", *before):
        talk.text(said)
    old = dict(talk.state.session.vars) if talk.state.session else {}
    played = talk.text(text)
    (row,) = [check for turn in played.turns for check in turn.checks if check.hit]
    if row.name in SHORT:
        return SHORT[row.name]
    new = dict(talk.state.session.vars) if talk.state.session else {}
    changes = [f"{name} = {'yes' if value is True else value}" for name, value in new.items() if old.get(name) != value]
    if not changes and " = " in row.result:
        changes = [re.sub(r" \([^)]*\)$", "", row.result)]
    changes = [change.replace("True", "yes") for change in changes]
    return ", ".join(changes) or re.sub(r" \([^)]*\)$", "", row.result)


def table() -> str:
    """The table as the page has it."""
    lines = ["| text | " + " | ".join(QUESTIONS) + " |", "|---" * (len(QUESTIONS) + 1) + "|"]
    for text in TEXTS:
        cells = [what_comes(*question, text) for question in QUESTIONS.values()]
        lines.append(f"| {text} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def test_the_page_says_what_everyday_texts_do_at_each_kind_of_question() -> None:
    page = PAGE.read_text(encoding="utf-8")
    place = re.compile(r"(<!-- answers -->\n).*?(\n<!-- /answers -->)", re.DOTALL)
    made = place.sub(lambda found: f"{found[1]}{table()}{found[2]}", page)
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(made, encoding="utf-8")
    assert "<!-- answers -->" in page
    assert made == page or os.environ.get("UPDATE_GOLDEN"), table()


def test_it_is_the_day_that_the_page_says() -> None:
    assert MONDAY % DAY == 18 * 3_600_000  # 10:00 in Los Angeles in winter
