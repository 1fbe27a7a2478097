"""A conversation with a bot in a test: no database, no clock, and nothing survives a turn but JSON."""

import itertools
from collections.abc import Mapping

from textback.core.when import MINUTE
from textback.engine.arrivals import AnyArrival, Message, TimerFired
from textback.engine.bot import Bot
from textback.engine.effects import Send, SetTimer
from textback.engine.load import load_bot
from textback.engine.state import State, dump_state, load_state
from textback.engine.step import Turn, step

CONTACT = "+12065550123"
LINE = "+12065550100"
BEGIN = 1_770_000_000_000

BOT = "bot: Harbor Cycle Works\n"

ANA = ("u1", "Ana")
BEN = ("u2", "Ben")

# Flows that several tests talk to.

NAME = """
- ask: name
  text: Who is this?
- say: Hello {{ name }}.
"""

SERVICE = """
- ask: service
  text: What do you need?
  choices:
    repair: {label: Repair, also: [fix]}
    fitting: Fitting
- say: "{{ service }} it is."
"""

WHEEL = """
- ask: electric
  text: Is it an e-bike?
  optional: true
- say: "E-bike: {{ electric }}."
"""

BOOKING = """
- ask: service
  text: What do you need?
  choices: {repair: Repair, fitting: Fitting}
- ask: day
  text: Which day?
- confirm: "{{ service }} on {{ day }}?"
- say: Booked.
- end: booked
"""

PATIENT = """
- ask: name
  text: Who is this?
  remind: {after: 4h, text: "Still there? {{ question }}"}
  expire: {after: 2d, then: [{say: Another time.}, end]}
- say: Hello {{ name }}.
"""

# What the engine says by itself.

HANDOFF = "I've asked a person to help. They will answer you here."
EXAMPLE = (
    'Please reply with a number or a word, for example "Repair". '
    "1 for Repair, 2 for Fitting. Or PERSON to get a person."
)
CONFUSED = "Sorry, I didn't understand that. Reply PERSON to get a person."


def flow(steps: str, start: str = "go", name: str = "main", more: str = "") -> str:
    """The text of a flow file: these steps, started by these words."""
    indented = "\n".join(f"  {line}" for line in steps.strip("\n").splitlines())
    return f"flow: {name}\nstart: {{keywords: [{start}]}}\n{more}steps:\n{indented}\n"


def folder(steps: str, bot: str = BOT, **others: str) -> dict[str, str]:
    """A bot folder with one flow `main`, and others by name."""
    return {"bot.yml": bot, "flows/main.yml": flow(steps)} | {
        f"flows/{name}.yml": text for name, text in others.items()
    }


class Talk:
    """One conversation. `turn` is the last one, `state` what is left of it; every turn is a minute after the last."""

    def __init__(self, files: Mapping[str, str] | str, version: int = 0) -> None:
        """`files` is a bot folder, or the steps of the one flow `main`, which GO starts."""
        self.bot: Bot = load_bot(folder(files) if isinstance(files, str) else files, version)
        self.pinned: Bot | None = None
        self.state = State()
        self.now = BEGIN
        self.turn = Turn(self.state, [], [], [])
        self._ids = itertools.count(1)

    def act(self, arrival: AnyArrival) -> list[str]:
        """Let something happen; gives the texts that are sent."""
        self.now += MINUTE
        before = dump_state(self.state)
        session_id = f"s{next(self._ids)}"
        older = {self.pinned.version: self.pinned} if self.pinned else {}
        self.turn = step(self.bot, self.state, arrival, self.now, session_id=session_id, older=older)
        assert dump_state(self.state) == before, "a turn changed the state that it was given"
        self.state = load_state(dump_state(self.turn.state))
        assert self.state == self.turn.state, "a state did not survive JSON"
        return self.sent

    def say(self, text: str) -> list[str]:
        """The contact texts; gives the texts that are sent."""
        return self.act(Message(CONTACT, LINE, text, f"m{self.now}"))

    def script(self, *texts: str) -> list[str]:
        """The contact texts one after another; gives the answer to the last."""
        return [self.say(text) for text in texts][-1]

    def fire(self, key: str) -> list[str]:
        """A timer is due."""
        return self.act(TimerFired(key, self.now))

    @property
    def sent(self) -> list[str]:
        """What the last turn sends."""
        return [effect.text for effect in self.turn.effects if isinstance(effect, Send)]

    @property
    def timers(self) -> dict[str, int]:
        """The timers that the last turn set: key to ms from then."""
        return {one.key: one.due_at - self.now for one in self.turn.effects if isinstance(one, SetTimer)}

    @property
    def kinds(self) -> list[str]:
        """The kinds of the last turn's events."""
        return [event.kind for event in self.turn.events]

    def event(self, kind: str) -> dict[str, object]:
        """The data of the last turn's one event of a kind."""
        [found] = [event.data for event in self.turn.events if event.kind == kind]
        return found

    @property
    def owner(self) -> str:
        """Who may speak: bot, person or nobody."""
        return self.state.owner.kind

    @property
    def decided(self) -> str:
        """The row of the turn's table that took the last text."""
        [found] = [check.name for check in self.turn.checks if check.hit]
        return found

    @property
    def vars(self) -> dict[str, object]:
        """The answers so far."""
        assert self.state.session is not None, "no session is open"
        return self.state.session.vars
