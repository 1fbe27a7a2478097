"""One conversation held in memory: every turn is decided as in production, and the clock is moved by hand.

`textback test`, `textback chat` and this project's own conversation tests share it. Between two turns nothing survives
but the state's JSON, as in the database. Pure: nothing is read, stored, sent or waited for.
"""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from textback.compliance.gate import Decision
from textback.compliance.policy import policy_of
from textback.core.errors import TextbackError
from textback.core.text import clean
from textback.engine.actions import nothing
from textback.engine.arrivals import AnyArrival, JobResult, Media, Message, TimerFired
from textback.engine.bot import Bot
from textback.engine.effects import AnyEffect, CancelTimers, Event, Perform, RecordConsent, Send, SetTimer
from textback.engine.state import State, dump_state, load_state
from textback.engine.step import Turn
from textback.engine.thinking import MODEL
from textback.pipeline.decide import Standing, decide, failed_turn
from textback.pipeline.gating import rehearsed
from textback.pipeline.quiet import UNASKED, allowed_from

CONTACT = "+12065550123"
LINE = "+12065550100"

MOST_TIMERS = 1_000
"""As many timers may fire in one wait; a bot that sets more goes round for ever."""

MOST_ANSWERS = 100
"""As many answers of other systems may follow one thing that happened."""


class Later(msgspec.Struct, frozen=True):
    """What another system answers after so much time (ms)."""

    arrival: AnyArrival
    after: int


def nobody(_: AnyEffect) -> AnyArrival | Later | None:
    """No other system answers: actions are only played."""
    return None


def play_action(bot: Bot, effect: AnyEffect) -> JobResult | None:
    """What comes of an action that is only played: nothing, and no error; and no model is there to answer."""
    if not isinstance(effect, Perform):
        return None
    if effect.action == MODEL:
        return JobResult(effect.job, {"why": "unavailable"})
    return JobResult(effect.job, nothing(bot.actions.get(effect.action)))


def proposed(bot: Bot, effect: Perform, proposal: Any, now: int) -> JobResult:
    """A model's answer that somebody wrote down: a reply, or all of a proposal; None where no model answers. What it
    was shown is what the bot knows of the question."""
    if proposal is None:
        return JobResult(effect.job, {"why": "unavailable"})
    question = "\n".join(effect.arguments["texts"])
    passages = bot.answerer.passages(question, effect.arguments["locale"], now) if bot.answerer is not None else []
    told = {"reply": proposal} if isinstance(proposal, str) else proposal
    return JobResult(effect.job, {"proposal": told, "passages": msgspec.to_builtins(passages), "model": "written"})


class Done(msgspec.Struct, frozen=True):
    """An effect that was carried out. For a text, `gate` says whether it may go."""

    effect: AnyEffect
    gate: Decision | None = None


class Played(msgspec.Struct):
    """What came of one thing that happened: its turn, those of what followed from it, and their effects in order."""

    turns: list[Turn] = []
    done: list[Done] = []

    @property
    def said(self) -> list[str]:
        """The texts of the bot that go to the contact."""
        sent = [(one.effect, one.gate) for one in self.done]
        return [
            effect.text
            for effect, gate in sent
            if isinstance(effect, Send) and effect.author == "bot" and gate is not None and gate.allowed
        ]

    @property
    def events(self) -> list[Event]:
        """The record of all turns."""
        return [event for turn in self.turns for event in turn.events]


class Rehearsal:
    """A conversation with a bot. `now` (ms) is the clock, `timers` what is set: key to ms. Nights are the bot's own.

    `answer` plays the other systems: it gives the arrival that an effect brings about, now or later, or None.
    """

    def __init__(
        self,
        bot: Bot,
        now: int,
        *,
        fields: Mapping[str, Any] | None = None,
        line: str = LINE,
        answer: Callable[[AnyEffect], AnyArrival | Later | None] = nobody,
    ) -> None:
        self.bot = bot
        self.now = now
        self.state = State(fields=dict(fields or {}))
        self.opted_out = False
        self.timers: dict[str, int] = {}
        self._line = line
        self._answer = answer
        self._later: list[tuple[int, AnyArrival]] = []
        self._ids = itertools.count(1)

    def text(self, text: str, media: tuple[Media, ...] = (), keyword: str | None = None) -> Played:
        """The contact texts. `keyword` is an opt-out word that the provider says it has seen to."""
        id_ = f"m{next(self._ids)}"
        return self.happen(Message(CONTACT, self._line, clean(text), id_, "mms" if media else "sms", media, keyword))

    def happen(self, arrival: AnyArrival) -> Played:
        """Let something happen now, and what other systems answer to it."""
        played = Played()
        queue = [arrival]
        for _ in range(MOST_ANSWERS):
            if not queue:
                return played
            queue += self._turn(queue.pop(0), played)
        raise TextbackError("The bot and other systems answer each other for ever.", "Look for a loop in the flow.")

    def wait(self, span: int) -> Played:
        """Let time pass (ms): the timers that are due on the way fire, each at its time."""
        played = Played()
        end = self.now + span
        for _ in range(MOST_TIMERS):
            key = min(self.timers, key=lambda key: self.timers[key], default="")
            if self._later and self._later[0][0] <= min(end, self.timers[key] if key else end):
                due, arrival = self._later.pop(0)
                self.now = max(self.now, due)
                self._more(played, self.happen(arrival))
                continue
            if not key or self.timers[key] > end:
                self.now = end
                return played
            due = self.timers.pop(key)
            self.now = max(self.now, due)
            later = (
                allowed_from(self.now, "", self.bot.timezone, policy_of(self.bot.policy))
                if key.startswith(UNASKED)
                else self.now
            )
            if later > self.now:
                self.timers[key] = later
                continue
            self._more(played, self.happen(TimerFired(key, due)))
        raise TextbackError(f"More than {MOST_TIMERS:,} timers fired in this time.", "Look for a loop in the flow.")

    @staticmethod
    def _more(played: Played, more: Played) -> None:
        played.turns += more.turns
        played.done += more.done

    def _turn(self, arrival: AnyArrival, played: Played) -> list[AnyArrival]:
        standing = Standing(self.opted_out, {}, self.now)
        session_id = f"s{next(self._ids)}"
        try:
            turn = decide(self.bot, self.state, arrival, self.now, standing, session_id=session_id)
            self.state = load_state(dump_state(turn.state))
        except Exception as error:  # as the server does: the turn fails, and the record says so
            turn = failed_turn(self.state, self.now, error)
            self.state = turn.state
        played.turns.append(turn)
        played.done += [self._carry_out(effect) for effect in turn.effects]
        now: list[AnyArrival] = []
        for effect in turn.effects:
            answer = self._answer(effect) or play_action(self.bot, effect)
            if isinstance(answer, Later):
                self._later.append((self.now + answer.after, answer.arrival))
                self._later.sort(key=lambda one: one[0])
            elif answer is not None:
                now.append(answer)
        return now

    def _carry_out(self, effect: AnyEffect) -> Done:
        match effect:
            case Send():
                return Done(effect, rehearsed(effect, opted_out=self.opted_out, now=self.now))
            case RecordConsent("opt_out" | "re_opt_in" as change):
                self.opted_out = change == "opt_out"
            case SetTimer(key, due_at):
                self.timers[key] = due_at
            case CancelTimers(keys):
                for key in keys or tuple(self.timers):
                    self.timers.pop(key, None)
            case _:  # nothing waits to be withdrawn, and no provider reports
                pass
        return Done(effect)
