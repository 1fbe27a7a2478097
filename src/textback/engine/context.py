"""One turn at work: the new state as it is being made, and what the turn has decided so far."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from textback.core.messages import Asks, MessageClass
from textback.core.offer import Offer
from textback.core.when import to_datetime
from textback.engine import episode, routing
from textback.engine import state as states
from textback.engine.arrivals import Media
from textback.engine.bot import END, Bot, Escalation, Flow, Question, Step
from textback.engine.closed_words import opening, other_way
from textback.engine.effects import AnyEffect, CancelTimers, Check, Event, Mask, Send, SetTimer
from textback.engine.matchers import Here
from textback.engine.show import show
from textback.engine.state import EpisodeStatus, Owner, Session, State
from textback.engine.template import LINKS, YEAR, Chosen, Expression, Fields, Given, Parts, Shown, Text, answer
from textback.engine.topics import IN_DANGER
from textback.engine.urgency import end_handoff, raise_to
from textback.engine.words import Phrases, phrases

OWNER_IDLE = "owner_idle"
HIDDEN = "•••"
"""Shown in place of a sensitive answer."""
MOST_PARKED = 3
"""Sessions that wait for others to end; of more the oldest is given up."""

Visit = tuple[Step, bool, str | None]
"""A step that the turn came to, whether it was skipped, and the id of the step that followed; None: it
stopped there."""


class Doubt(msgspec.Struct, frozen=True):
    """How sure the bot was of what it would have said, and how sure it had to be."""

    confidence: float
    needs: float


class LimitHit(Exception):
    """A named limit was reached. The session fails and a person sees it."""

    def __init__(self, limit: str, most: int) -> None:
        super().__init__(f"{limit}: {most}")
        self.limit = limit
        self.most = most


class Context:
    """The work of one turn. `state` is this turn's own copy; effects and events are in the order they are decided."""

    __slots__ = (
        "_armed", "_locale", "_older", "_status", "_year", "bot", "changed", "checks", "digressed", "effects", "events",
        "flow", "heard", "links", "media", "noted", "now", "origin", "outcome", "path", "rewalking", "session_id",
        "state", "steps",
    )  # fmt: skip

    def __init__(self, bot: Bot, older: Mapping[int, Bot], state: State, now: int, session_id: str) -> None:
        self.bot = bot
        self._older = older
        self.state = copy(state)
        self.now = now
        self.session_id = session_id
        self.effects: list[AnyEffect] = []
        self.events: list[Event] = []
        self.checks: list[Check] = []
        self.steps = 0
        self.path: list[Visit] = []
        self.heard = ""
        """The contact's words of this turn."""
        self.media: tuple[Media, ...] = ()
        """What came with them."""
        self.noted: list[str] = []
        """Answers that nobody was asked for and nothing will confirm: the next text says them."""
        self.links: list[str] = []
        """Addresses that texts of this turn want to be short links."""
        self.digressed = False
        """A session was parked in this turn."""
        self.rewalking: set[str] | None = None
        """The steps that were gone through again in this turn, while it does so: see advance.rewalk."""
        self.changed: Any = None
        """The question whose answer this turn corrected."""
        self.origin = ""
        """The question that is being given up on, while its `then` runs."""
        self.outcome = "completed"
        """The outcome of a session that ends without naming one."""
        self.flow: Flow | None = None
        self._status: EpisodeStatus = self.state.episode.status
        self._locale: str | None = None
        self._year = 0
        self._armed = True
        self._find_flow()

    def _find_flow(self) -> None:
        """The flow that the session runs, in the version that it began with. A session whose place is gone ends."""
        session = self.state.session
        if session is None:
            return
        self.flow = self.version(session).flows.get(session.flow)
        if self.flow is None or (session.step != END and session.step not in self.flow.steps):
            self.event("turn_failed", reason="step_gone", flow=session.flow, step=session.step)
            self.flow = None
            self.end_session("failed")

    def version(self, session: Session) -> Bot:
        """The bot that a session began with; the current one where it is not at hand."""
        return self.bot if session.version == self.bot.version else self._older.get(session.version, self.bot)

    # What is so

    @property
    def locale(self) -> str:
        """The contact's locale where the bot has it, else the bot's."""
        if self._locale is None:
            wanted = self.state.fields.get("locale")
            self._locale = wanted if isinstance(wanted, str) and wanted in self.bot.locales else self.bot.locale
        return self._locale

    @property
    def year(self) -> int:
        """The year it is where the business is."""
        if self._year == 0:
            self._year = to_datetime(self.now, self.bot.timezone).year
        return self._year

    @property
    def phrases(self) -> Phrases:
        """The engine's own sentences in the contact's language."""
        return phrases(self.locale)

    @property
    def session(self) -> Session:
        """The session that runs. Only asked for where there is one."""
        session = self.state.session
        if session is None:
            raise LookupError("no session runs in this turn")
        return session

    @property
    def running(self) -> Flow:
        """The flow that the session runs."""
        if self.flow is None:
            raise LookupError("no session runs in this turn")
        return self.flow

    def open_question(self) -> Question | None:
        """The question whose answer the session waits for."""
        session = self.state.session
        if session is None or self.flow is None or not session.waiting:
            return None
        step = self.flow.steps[session.step]
        return step if isinstance(step, Question) else None

    def scope(self) -> dict[str, Any]:
        """The values that templates see."""
        bot = self.bot
        found: dict[str, Any] = {
            "contact": Fields({**self.state.fields, "tags": self.state.tags}),
            "bot": Fields({"name": bot.name, "phone": bot.phone, "email": bot.email}),
            YEAR: self.year,
            LINKS: self.links,
        }
        if self.state.session is not None and self.flow is not None:
            values = self.state.session.vars
            found.update(values)
            if "event" in values:
                found["event"] = Given(values["event"])
            for name in self.flow.written:
                value = values.get(name)
                if isinstance(value, str) and value:
                    found[name] = Shown(value, show(value, self.locale, self.year))
                elif isinstance(value, dict):
                    found[name] = Parts(value, show(value, self.locale, self.year))
            for name in self.flow.results:
                value = values.get(name)
                found[name] = answer({} if value is None else value)
            for name, labels in self.flow.labels.items():
                value = values.get(name)
                if isinstance(value, str) and value in labels:
                    found[name] = Chosen(value, labels[value].render(self.locale, dict))
        return found

    def value(self, expression: Expression, more: Mapping[str, Any] = {}) -> Any:
        """What an expression comes to; variables that have no value yet are empty."""
        blank = dict.fromkeys(self.flow.names, "") if self.flow else {}
        return expression.value({**blank, **self.scope(), **more})

    def holds(self, condition: Expression, more: Mapping[str, Any] = {}) -> bool:
        """Whether a condition is true; variables that have no value yet are empty."""
        blank = dict.fromkeys(self.flow.names, "") if self.flow else {}
        return condition.holds({**blank, **self.scope(), **more})

    def render(self, text: Text, **extra: str) -> str:
        """A text in the contact's language."""
        return text.render(self.locale, lambda: {**self.scope(), **extra})

    # What is decided

    def event(self, kind: str, **data: Any) -> None:
        """Write a line into the turn's record."""
        self.events.append(Event(kind, data))

    def say(
        self,
        text: str,
        source: str,
        message_class: MessageClass = "conversational",
        media: tuple[Media, ...] = (),
        asks: Asks = "",
        programme: str = "",
        offer: Offer | None = None,
    ) -> None:
        """The bot sends a text. An empty one without media is not sent."""
        if self.noted:
            text = f"{' '.join(self.noted)} {text}".strip()
            self.noted.clear()
            asks = ""
        session = self.state.session
        if session is not None and session.opening is not None and message_class == "conversational":
            message_class = session.opening  # nobody has asked for it, so it is no answer
        if text or media:
            links = tuple(dict.fromkeys(one for one in self.links if one in text)) if self.links else ()
            self.effects.append(
                Send(
                    text, message_class=message_class, media=media, source=source, links=links, asks=asks,
                    programme=programme, offer=offer,
                )
            )  # fmt: skip

    def put(self, step: Question, words: str, asks: Asks | None = None) -> None:
        """Send a question, in full unless `asks` says otherwise, and wait for its answer."""
        session = self.session
        session.step = step.id
        session.tries = 0
        session.waiting = True
        session.between = []
        session.half = ""
        session.pending = None
        self.rewalking = None
        self.event("step_reached", session=session.id, flow=session.flow, step=step.id)
        self.ask(step, words, asks or step.asks)

    def either(self, options: Sequence[str]) -> str:
        """ "4 am or 4 pm"."""
        return f"{', '.join(options[:-1])} {self.phrases.or_} {options[-1]}" if len(options) > 1 else "".join(options)

    def quick(self, words: tuple[str, ...]) -> Offer:
        """Words to answer with, and how they are said."""
        return Offer(words, self.phrases.quick.format(options=self.either(words)))

    def ask(self, step: Question, words: str, asks: Asks = "only") -> None:
        """Say these words of the open question, and begin to wait for its answer anew."""
        offer = None if self.session.between else step.offer(self.locale)
        self.say(words, self.source(step), step.message_class, asks=asks, offer=offer)
        self.set_timers(step)

    def mask(self) -> None:
        """The contact's text holds something that is to be shown nowhere, not to whoever it is handed to either."""
        self.heard = HIDDEN
        if not any(isinstance(effect, Mask) for effect in self.effects):
            self.effects.append(Mask())

    @property
    def here(self) -> Here:
        """What dates, times, amounts and numbers are relative to."""
        bot = self.bot
        return Here(self.now, bot.timezone, bot.country, self.locale, bot.hours)

    def called(self, flow: Flow) -> str:
        """What people call a flow."""
        return self.render(flow.label) if flow.label is not None else flow.name.replace("_", " ")

    def said(self, value: Any, name: str = "") -> str:
        """A value as the contact reads it."""
        labels = self.running.labels.get(name) if name else None
        if labels is not None and isinstance(value, str) and value in labels:
            return labels[value].render(self.locale, dict)
        return show(value, self.locale, self.year)

    def source(self, step: Step) -> str:
        """Where a text comes from, as `flow.step`."""
        return f"{self.session.flow}.{step.id}"

    def set_field(self, name: str, value: Any) -> None:
        """Keep something about the contact."""
        self.state.fields[name] = value
        self._locale = None

    def happens(self, happening: str) -> None:
        """Move the episode, see episode.TRANSITIONS."""
        self.state.episode.status = episode.after(self.state.episode.status, happening)

    def begin_episode(self) -> None:
        """Open a new episode when there is none, or the last one is over."""
        now = self.state.episode
        if now.number == 0 or now.status in episode.OVER:
            self.state.episode = states.Episode(now.number + 1, "new", self.now)
            self._status = "new"
            self.event("episode_started", number=now.number + 1)

    def start_session(self, flow: Flow) -> None:
        """Begin a flow of the current version. One whose question is open, or that waits, is parked, unless it is the
        same flow; any other ends as replaced."""
        session = self.state.session
        waits = session is not None and (session.sleeping or session.pending is not None)
        busy = waits or self.open_question() is not None
        if session is not None and busy and session.flow != flow.name:
            self.park()
        elif session is not None:
            self.end_session("replaced", finish=False)
        self.flow = flow
        self.state.session = Session(self.session_id, self.bot.version, flow.name, flow.first, self.now)
        self.event("session_started", session=self.session_id, flow=flow.name, version=self.bot.version)

    def enter_flow(self, name: str, back: str) -> str:
        """Go into another flow of the session's version, to come back to the step `back`; its first step."""
        session = self.session
        if len(session.frames) >= self.bot.limits.flows:
            raise LimitHit("flows_in_flows", self.bot.limits.flows)
        session.frames.append(states.Frame(session.flow, back))
        return self._go_into(name, None)

    def leave_flow(self) -> str:
        """Go back to the flow that ran this one; its next step."""
        frame = self.session.frames.pop()
        return self._go_into(frame.flow, frame.step)

    def _go_into(self, name: str, step: str | None) -> str:
        self.session.flow = name
        self.flow = self.version(self.session).flows[name]
        return self.flow.first if step is None else step

    def sleep(self, step: Step, until: int) -> None:
        """Wait at a step until that time (ms)."""
        session = self.session
        session.step = step.id
        session.sleeping, session.until, session.came = True, until, ""
        self._armed = True
        self.effects.append(SetTimer(f"wait:{step.id}", until))
        self.event("waits", session=session.id, flow=session.flow, step=step.id, until=until)

    def park(self) -> None:
        """Put the session aside until another one ends."""
        session = self.session
        self.cancel_timers()
        session.parked_at = self.now
        parked = self.state.parked
        parked.append(session)
        self.state.session, self.flow, self.digressed = None, None, True
        self.event("session_parked", session=session.id, flow=session.flow, step=session.step)
        if len(parked) > MOST_PARKED:
            self.drop_parked(0)

    def unpark(self) -> bool:
        """Take up the session that was parked last; whether it could be."""
        if self.state.session is not None or not self.state.parked:
            return False
        session = self.state.parked.pop()
        self.state.session, self.state.offered = session, False
        self._find_flow()
        if self.flow is None:
            return False
        self._armed = True
        self.event("session_resumed", session=session.id, flow=session.flow, step=session.step)
        return True

    def drop_parked(self, place: int) -> None:
        """End a parked session."""
        session = self.state.parked.pop(place)
        data = {"session": session.id, "flow": session.flow, "step": session.step}
        self.event("session_ended", **data, outcome="abandoned")

    def end_session(self, outcome: str, *, finish: bool = True) -> None:
        """End the session, if there is one. The episode is completed unless a person has or awaits it, or a parked
        session does."""
        session = self.state.session
        if session is not None:
            self.cancel_timers()
            self.state.session = None
            self.flow = None
            self.event("session_ended", session=session.id, flow=session.flow, step=session.step, outcome=outcome)
        if finish and self.state.owner.kind == "bot" and not self.state.parked:
            self.happens("finished")

    def cancel_timers(self) -> None:
        """Forget the open question's reminder and expiry, or the time that the session waits for."""
        step = self.open_question()
        keys = timer_keys(step) if step is not None and self._armed else ()
        session = self.state.session
        if session is not None and session.sleeping:
            keys = (f"wait:{session.step}",)
        if keys:
            self.effects.append(CancelTimers(keys))
            self._armed = False

    def set_timers(self, step: Question) -> None:
        """Start the question's reminder and expiry from now."""
        self._armed = True
        if step.remind is not None:
            self.effects.append(SetTimer(f"remind:{step.id}", self.now + step.remind.after))
        if step.expire is not None:
            self.effects.append(SetTimer(f"expire:{step.id}", self.now + step.expire.after))

    def escalate(
        self, how: Escalation, reason: str, source: str, words: str | None = None, *, doubt: "Doubt | None" = None,
        literal: bool = False,
    ) -> None:  # fmt: skip
        """Ask for a person: the bot goes quiet, the contact is told, the handoff says what there is to know.

        `words` are what the contact reads; without them it is the escalation's text, the bot's, or the engine's own.
        Where nobody can answer now, they read that instead, unless they are to read nothing, or these words to the
        letter (`literal`).
        """
        session = self.state.session
        stopped = f"{session.flow}.{self.origin or session.step}" if session else ""
        self.cancel_timers()
        self.state.thinking = None
        placed = routing.place(self.bot, self.state, routing.Wanted(reason, how.queue, how.skill), self.now)
        if words is None:
            text = how.text or self.bot.handoff.text
            words = self.render(text) if text else self.phrases.handoff
        self.say(words if literal or not words else self._truth(how, reason, placed, words), source)
        end_handoff(self.state)
        self.state.handoff = states.Handoff(
            reason=reason,
            queue=placed.queue,
            asked_at=self.now,
            ask=self.heard,
            collected=self.collected(),
            stopped_at=stopped,
            confidence=round(doubt.confidence, 3) if doubt else 0.0,
            needs=round(doubt.needs, 3) if doubt else 0.0,
            sure=dict(session.sure) if session else {},
        )
        raise_to(self.state, placed.priority)
        self.state.owner = Owner("nobody", since=self.now)
        self.state.fallbacks = 0
        self.happens("needs_person")
        self.event("escalated", reason=reason, queue=placed.queue, stopped_at=stopped)

    def _truth(self, how: Escalation, reason: str, placed: routing.Placed, words: str) -> str:
        """What the contact reads who asks for a person: these words where somebody can answer, else that nobody can."""
        if placed.how == "open":
            return words
        if reason in IN_DANGER:
            return self.phrases.danger_alone
        handoff, queue = self.bot.handoff, placed.declared
        when = opening(placed.opens, self.bot.timezone, self.locale, self.year)
        mine = (how.closed, queue and queue.closed, handoff.closed)
        if placed.how == "nobody":
            mine = (how.closed, queue and queue.nobody, handoff.nobody)
        text = next((one for one in mine if one), None)
        if text is not None:
            return self.render(text, when=when, email=self.bot.email, form=handoff.form)
        if placed.how == "nobody":
            said = self.phrases.nobody
        else:
            said = self.phrases.closed.format(when=when) if when else self.phrases.closed_long
        return f"{said} {other_way(self.phrases, self.bot.email, handoff.form)}".strip()

    def collected(self) -> dict[str, Any]:
        """The answers so far, as people may see them."""
        session = self.state.session
        if session is None:
            return {}
        hidden, results = (self.flow.sensitive, self.flow.results) if self.flow else (frozenset(), frozenset())
        values = {name: value for name, value in session.vars.items() if name != "event"}
        shown = {name: HIDDEN if name in hidden else value for name, value in values.items()}
        for name in results & shown.keys():
            if isinstance(value := shown[name], dict | list):
                parts = value.items() if isinstance(value, dict) else enumerate(value, 1)
                shown[name] = ", ".join(f"{key}: {one}" for key, one in parts if isinstance(one, str | int | float))
        return shown

    def fail(self, reason: str, **data: Any) -> None:
        """The session can't go on: it ends as failed and a person is asked for. Nothing that the turn said is sent."""
        self.effects = [effect for effect in self.effects if not isinstance(effect, Send | SetTimer)]
        session = self.state.session
        if session is not None:
            data = {"flow": session.flow, "step": session.step, **data}
        self.event("turn_failed", reason=reason, **data)
        if self.state.owner.kind == "bot":
            # The author's own words may be what failed, so these are the engine's.
            self.escalate(Escalation(), reason, "bot.failed", self.phrases.handoff)
        self.end_session("failed", finish=False)

    def close_books(self) -> None:
        """At the end of the turn: the episode's net change of status is one event."""
        status = self.state.episode.status
        if status != self._status:
            self.event("episode_status", **{"from": self._status, "to": status})


def timer_keys(step: Question) -> tuple[str, ...]:
    """The keys of the timers that a question sets."""
    keys: tuple[str, ...] = (f"remind:{step.id}",) if step.remind is not None else ()
    return (*keys, f"expire:{step.id}") if step.expire is not None else keys


def copy(state: State) -> State:
    """A state of one's own: nothing that a turn may change is shared with the original."""
    session = state.session
    handoff = state.handoff
    return State(
        msgspec.structs.replace(state.episode),
        msgspec.structs.replace(state.owner),
        None if session is None else _copy_session(session),
        None if handoff is None else msgspec.structs.replace(handoff),
        dict(state.fields),
        state.fallbacks,
        state.last_inbound_at,
        state.tally,
        [_copy_session(one) for one in state.parked] if state.parked else [],
        state.offered,
        state.tags[:],
        state.unclear[:],
        state.unclear_text,
        state.asked[:],
        state.opt_out_unsure,
        state.meant,
        state.thinking,
        state.draft,
        state.memory,
        state.memory_at,
        state.spent,
        state.spent_since,
        state.happened,
        state.disclosed,
        state.stop_said_at,
        state.channel,
        snoozed=state.snoozed,
        back_at=state.back_at,
        priority=state.priority,
        vip_episode=state.vip_episode,
        asker=state.asker,
        last_reply=state.last_reply,
        leaving=state.leaving,
        bad_number=state.bad_number,
    )


def _copy_session(session: Session) -> Session:
    return msgspec.structs.replace(
        session,
        vars=dict(session.vars),
        asked=session.asked[:],
        filled=session.filled[:],
        seen=session.seen[:],
        frames=session.frames[:],
        sure=dict(session.sure),
    )
