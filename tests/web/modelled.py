"""A server whose bot has a model, for tests of the desk: what it answers, and drafts that wait."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from tests.web.conftest import Site, running
from textback.engine.guard.base import Proposal
from textback.llm.base import Asked, Prompt, Try

BOT = """\
bot: Harbor Cycle Works
handoff: {text: Somebody will answer you here.}
model: {use: openai:gpt-4o-mini, within: 5s, persona: helper}
automated: false
"""
FLOW = "flow: hours\nstart: {keywords: [hours]}\nsteps:\n  - say: Open 9 to 5.\n"
KNOWLEDGE = """\
# E-bikes
We repair e-bikes with motors of Bosch and Shimano. Please bring the key and the charger.

# Saturdays
We are open from 10 to 14 on Saturdays.
"""
ASKED = "what should i bring along for my electric one"
GOOD = "We repair e-bikes with motors of Bosch and Shimano. Please bring the key and the charger."


class Model:
    """A model of the server's that says this. A price that nobody has named is a flaw."""

    def __init__(self) -> None:
        self.says: dict[str, Any] | str = {"reply": GOOD, "confidence": 0.9, "sources": ["shop.md#e-bikes"]}
        self.prompts: list[Prompt] = []

    async def ask(self, uses: Any, prompt: Prompt, within: float, *, trace: str = "") -> Asked:
        self.prompts.append(prompt)
        if isinstance(self.says, str):
            return Asked(None, self.says, [Try(uses[0], self.says, 20)])  # type: ignore[arg-type]
        return Asked(msgspec.convert(self.says, Proposal), None, [Try(uses[0], "answered", 812, 300, 40, 1_500)])


@contextmanager
def with_model(folder: Path) -> Iterator[Site]:
    """A server with two personas. One of them always leaves its replies to a person."""
    files = {
        "bot.yml": BOT,
        "flows/hours.yml": FLOW,
        "knowledge/shop.md": KNOWLEDGE,
        "personas/helper.yml": "persona: helper\nprompt: You answer for a bike shop.\ngate: {send: 1, least: 0}\n",
        "personas/formal.yml": "persona: formal\nprompt: You answer stiffly.\n",
    }
    with running(folder, files, understanding="lite") as site:
        yield site


def model_of(site: Site) -> Model:
    """What the server asks from now on."""
    made = Model()
    site.app.road.thinker._models = made
    return made


def draft(site: Site, words: str = ASKED) -> str:
    """A conversation in which a draft waits."""
    contact = site.contact(words)
    for _ in range(200):
        (row,) = site.rows("SELECT state FROM conversations WHERE contact_id = :c", c=contact)
        if '"draft":' in row.state:
            return contact
        time.sleep(0.05)
    raise AssertionError("no draft came")


def job_of(site: Site, contact: str) -> str:
    """The question to a model about this contact."""
    return str(site.rows("SELECT id FROM model_calls WHERE contact_id = :c", c=contact)[0][0])
