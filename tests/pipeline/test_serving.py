"""How soon a hand-over is to be answered, and what happens when it is not. Through `decide`, as everything goes."""

import itertools
from datetime import UTC, datetime

import msgspec
import pytest

from tests.engine.talk import CONTACT, LINE, flow
from textback.core.when import HOUR, MINUTE, to_ms
from textback.engine.arrivals import AgentReply, AnyArrival, Complete, HandBack, Message, Takeover, TimerFired
from textback.engine.effects import CancelTimers, Perform, SetTimer
from textback.engine.load import load_bot
from textback.engine.serving import DUE, HALF, SETTLE
from textback.engine.state import Handoff, State, dump_state, load_state
from textback.pipeline.decide import Standing, decide

BOT = """bot: Harbor Cycle Works
timezone: UTC
notify: {desk: "${DESK_URL}", boss: "${BOSS_URL}"}
queues:
  bench:
    hours: {mon-fri: '9-17'}
    first_answer: 10m
    next_answer: 20m
    resolution: 4h
    priorities: {urgent: {first_answer: 2m}}
    late: {queue: office}
    notify: [desk]
    alert: [desk, boss]
  office: {first_answer: 30m}
  quiet: {first_answer: 10m, late: {person: ana@example.com}, notify: [], alert: []}
handoff: {queue: bench, notify: [boss], routes: [{tag: vip, priority: urgent}, {tag: hush, queue: quiet}]}
"""
NOON = to_ms(datetime(2026, 3, 2, 12, tzinfo=UTC))
ANA = ("u1", "Ana")


class Desk:
    """One conversation, turn by turn; timers are kept as the database would."""

    def __init__(self, at: int = NOON, tags: tuple[str, ...] = ()) -> None:
        self.bot = load_bot({"bot.yml": BOT, "flows/main.yml": flow("- say: Hi.")}, 3)
        self.state = State(tags=list(tags))
        self.now = at
        self.timers: dict[str, int] = {}
        self.jobs: list[Perform] = []
        self.events: list[str] = []
        self._ids = itertools.count(1)

    def act(self, arrival: AnyArrival) -> None:
        standing = Standing(False, {}, self.now)
        turn = decide(self.bot, self.state, arrival, self.now, standing, session_id=f"t{next(self._ids)}")
        self.state = load_state(dump_state(turn.state))
        self.events = [event.kind for event in turn.events]
        self.jobs = [effect for effect in turn.effects if isinstance(effect, Perform)]
        for effect in turn.effects:
            if isinstance(effect, CancelTimers):
                for key in effect.keys or tuple(self.timers):
                    self.timers.pop(key, None)
            elif isinstance(effect, SetTimer):
                self.timers[effect.key] = effect.due_at

    def say(self, text: str = "agent") -> None:
        self.act(Message(CONTACT, LINE, text, f"m{self.now}"))

    def wait(self, key: str) -> None:
        """Until that timer is due."""
        self.now = self.timers.pop(key)
        self.act(TimerFired(key, self.now))

    @property
    def handoff(self) -> Handoff:
        assert self.state.handoff is not None
        return self.state.handoff

    @property
    def left(self) -> dict[str, int]:
        """Minutes until each timer of a limit."""
        return {key: (due - self.now) // MINUTE for key, due in self.timers.items() if key.startswith("limit")}

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(str(job.arguments["what"]), str(job.arguments["to"])) for job in self.jobs]


@pytest.mark.parametrize(
    ("tags", "left"),
    [
        ((), {HALF: 5, DUE: 10, SETTLE: 240}),
        (("vip",), {HALF: 1, DUE: 2, SETTLE: 240}),
        (("hush",), {HALF: 5, DUE: 10}),
    ],
)
def test_a_hand_over_has_its_queues_limits_by_priority(tags: tuple[str, ...], left: dict[str, int]) -> None:
    desk = Desk(tags=tags)
    desk.say()
    assert desk.left == left


def test_limits_count_opening_hours() -> None:
    desk = Desk(NOON + 4 * HOUR + 55 * MINUTE)  # five minutes before closing
    desk.say()
    assert desk.left == {HALF: 5, DUE: 16 * 60 + 10, SETTLE: 19 * 60 + 60}


def test_an_answer_ends_the_wait_and_the_next_text_begins_another() -> None:
    desk = Desk()
    desk.say()
    desk.now += 4 * MINUTE
    desk.act(Takeover(*ANA))
    assert DUE in desk.left  # having it is no answer yet
    desk.act(AgentReply(*ANA, "Hello.", "x1"))
    assert desk.left == {SETTLE: 236}
    assert desk.handoff.answered_at == desk.now
    desk.now += MINUTE
    desk.say("thanks, and the price?")
    assert desk.left == {HALF: 10, DUE: 20, SETTLE: 235}
    desk.now += MINUTE
    desk.say("hello?")  # still the same wait
    assert desk.left == {HALF: 9, DUE: 19, SETTLE: 234}


@pytest.mark.parametrize("act", [Complete(*ANA), HandBack(*ANA)])
def test_nothing_is_timed_once_it_is_over(act: AnyArrival) -> None:
    desk = Desk()
    desk.say()
    desk.act(Takeover(*ANA))
    desk.act(act)
    assert desk.left == {}
    assert desk.state.handoff is None


def test_an_opt_out_ends_all_timers() -> None:
    desk = Desk()
    desk.say()
    desk.say("STOP")
    assert desk.left == {}


def test_half_way_is_noted_and_the_end_goes_to_another_queue() -> None:
    desk = Desk()
    desk.say()
    assert desk.told == [("waiting", "desk")]
    desk.wait(HALF)
    assert desk.events == ["limit_near"]
    assert desk.told == []
    desk.wait(DUE)
    assert desk.events == ["limit_passed", "requeued"]
    assert (desk.handoff.queue, desk.handoff.late) == ("office", ["first_answer"])
    assert desk.told == [("late", "desk"), ("late", "boss"), ("waiting", "boss")]  # the office's own: the bot's
    assert len({job.job for job in desk.jobs}) == 3
    assert all(len(job.job) <= 32 for job in desk.jobs)
    assert desk.left == {HALF: 15, DUE: 30, SETTLE: 230}
    desk.wait(DUE)
    assert desk.events == ["limit_passed"]
    assert desk.handoff.queue == "office"


def test_a_queue_may_be_told_of_nothing_and_a_person_may_be_wanted() -> None:
    desk = Desk(tags=("hush",))
    desk.say()
    assert desk.told == []
    desk.wait(DUE)
    assert desk.told == []
    assert desk.handoff.wanted == "ana@example.com"


def test_what_a_person_has_is_not_taken_from_them_when_it_is_late() -> None:
    desk = Desk()
    desk.say()
    desk.act(Takeover(*ANA))
    desk.wait(DUE)
    assert desk.events == ["limit_passed"]
    assert (desk.state.owner.kind, desk.handoff.queue) == ("person", "bench")


def test_the_time_to_settle_passes_once() -> None:
    desk = Desk()
    desk.say()
    desk.act(Takeover(*ANA))
    desk.act(AgentReply(*ANA, "Hello.", "x1"))
    due = desk.timers[SETTLE]
    desk.wait(SETTLE)
    assert (desk.handoff.late, desk.told) == (["resolution"], [("unsettled", "desk"), ("unsettled", "boss")])
    desk.act(TimerFired(SETTLE, due))
    assert desk.events == []


@pytest.mark.parametrize("key", [HALF, DUE])
def test_a_timer_of_an_earlier_wait_does_nothing(key: str) -> None:
    desk = Desk()
    desk.say()
    due = desk.timers[key]
    desk.act(Takeover(*ANA))
    desk.act(AgentReply(*ANA, "Hello.", "x1"))
    desk.now += 12 * MINUTE
    desk.say("and?")
    desk.act(TimerFired(key, due))
    assert desk.events == []
    assert desk.handoff.late == []


def test_a_turn_that_broke_waits_in_the_usual_queue() -> None:
    desk = Desk()
    desk.state = msgspec.structs.replace(desk.state, handoff=Handoff("turn_failed", asked_at=NOON))
    desk.state.owner.kind, desk.state.episode.status = "nobody", "waiting_on_agent"
    desk.say("hello?")
    assert desk.left == {HALF: 5, DUE: 10}


def test_an_idle_persons_conversation_has_a_queue() -> None:
    desk = Desk()
    desk.act(Takeover(*ANA))
    desk.wait("owner_idle")
    assert (desk.handoff.reason, desk.handoff.queue) == ("owner_idle", "bench")
    assert desk.left == {HALF: 5, DUE: 10, SETTLE: 240}
