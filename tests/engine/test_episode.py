"""Whatever happens to a conversation, in whatever order, some things always hold."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.engine.talk import ANA, BEGIN, BEN, BOOKING, BOT, CONTACT, LINE, PATIENT, Talk, flow
from textback.compliance.gate import Ask, decide_send
from textback.core.when import MINUTE
from textback.engine.arrivals import (
    AgentReply,
    AnyArrival,
    ApiSend,
    Complete,
    DeliveryStatus,
    HandBack,
    Message,
    Takeover,
    TimerFired,
)
from textback.engine.bot import Bot
from textback.engine.effects import CancelQueued, CancelTimers, RecordConsent, Send, SetTimer
from textback.engine.episode import OVER
from textback.engine.load import load_bot
from textback.engine.state import State, dump_state, load_state
from textback.engine.step import Turn
from textback.pipeline.decide import Standing, decide

MAZE = """
- ask: way
  text: Which way?
  choices: {left: Left, right: Right, person: Person}
  retry: {max: 1, then: {escalate: shop}}
  remind: {after: 4h}
  expire: {after: 2d, then: [{say: Gone.}, {goto: way}]}
- branch:
    - if: way == 'left'
      then: [{escalate: sales}, {say: Back from sales.}, {goto: way}]
    - elif: way == 'right'
      then: [{say: Round again.}, {goto: way}]
- say: "{{ 1 + contact.nothing }}"
"""

#: Two versions of one bot. The second has lost the flow `patient` and moved the steps of `booking`.
BOTS: dict[int, Bot] = {
    1: load_bot(
        {
            "bot.yml": BOT,
            "flows/a.yml": flow(BOOKING, "book", "booking"),
            "flows/b.yml": flow(MAZE, "maze", "maze"),
            "flows/c.yml": flow(PATIENT, "hi", "patient"),
        },
        1,
    ),
    2: load_bot(
        {
            "bot.yml": BOT + "fallback: {max: 0}\nowner_idle: 1h\n",
            "flows/a.yml": flow("- say: Hello.\n" + BOOKING, "book", "booking"),
            "flows/b.yml": flow(MAZE, "maze", "maze"),
        },
        2,
    ),
}

TEXTS = st.one_of(
    st.sampled_from(
        [
            "book", "maze", "hi", "repair", "1", "2", "3", "left", "right", "yes", "no", "no, the day", "Friday",
            "person", "talk to a human", 'Liked "Which way?"', 'Laughed at "Which way?"', "STOP", "START", "HELP",
            "zzz", "",
        ]
    ),
    st.text(max_size=30),
)  # fmt: skip
PEOPLE = st.sampled_from([ANA, BEN])


class Conversations(RuleBasedStateMachine):
    """One conversation: anything may arrive, and the pipeline's part is played by a few lines of a model."""

    @initialize(version=st.sampled_from([1, 2]))
    def begin(self, version: int) -> None:
        self.version = version
        self.now = BEGIN
        self.state = State()
        self.opted_out = False
        self.timers: set[str] = set()
        self.turns = 0

    # What may arrive

    @rule(text=TEXTS, flag=st.sampled_from([None, None, None, "stop", "start", "help"]))
    def contact_texts(self, text: str, flag: str | None) -> None:
        owner = self.state.owner.kind
        turn = self.arrive(Message(CONTACT, LINE, text, f"m{self.turns}", keyword=flag))
        if owner != "bot":
            assert self.by_bot(turn) == [], "the bot spoke while a person had the conversation or was awaited"
            assert turn.state.owner.kind == owner

    @rule(text=TEXTS)
    def contact_texts_again(self, text: str) -> None:
        self.contact_texts(text, None)

    @rule(who=PEOPLE, force=st.booleans())
    def person_takes_over(self, who: tuple[str, str], force: bool) -> None:
        held_by = self.state.owner.user_id
        turn = self.arrive(Takeover(*who, force=force))
        assert not [one for one in turn.effects if isinstance(one, Send)]
        refused = held_by not in ("", who[0]) and not force
        assert turn.state.owner.user_id == (held_by if refused else who[0])

    @rule(who=PEOPLE)
    def person_replies(self, who: tuple[str, str]) -> None:
        held_by = self.state.owner.user_id
        turn = self.arrive(AgentReply(*who, text="Hi.", message_id="x"))
        authors = [one.author for one in turn.effects if isinstance(one, Send)]
        assert authors == ([] if held_by not in ("", who[0]) else ["person"])

    @rule(who=PEOPLE, mode=st.sampled_from(["ask", "wait", "end"]))
    def person_hands_back(self, who: tuple[str, str], mode: str) -> None:
        owner = self.state.owner
        turn = self.arrive(HandBack(*who, mode=mode))
        if mode != "ask" or owner.kind == "bot":
            assert self.by_bot(turn) == []

    @rule(who=PEOPLE)
    def person_completes(self, who: tuple[str, str]) -> None:
        turn = self.arrive(Complete(*who))
        assert self.by_bot(turn) == []

    @rule(data=st.data())
    def timer_is_due(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.timers | {"remind:way", "expire:day", "owner_idle", "nothing"})))
        due = key in self.timers
        self.timers.discard(key)
        owner = self.state.owner.kind
        before = dump_state(self.state)
        turn = self.arrive(TimerFired(key, self.now))
        if owner != "bot":
            assert self.by_bot(turn) == [], "a timer spoke while a person had the conversation or was awaited"
        if not due and self.state.session is None and key != "owner_idle":
            assert dump_state(turn.state) == before

    @rule(opted_out=st.booleans())
    def provider_reports(self, opted_out: bool) -> None:
        self.arrive(DeliveryStatus("p1", CONTACT, "undelivered" if opted_out else "delivered", opted_out=opted_out))

    @rule()
    def program_sends(self) -> None:
        before = dump_state(self.state)
        turn = self.arrive(ApiSend("crm", "Ready.", "x"))
        assert dump_state(turn.state) == before

    @rule(version=st.sampled_from([1, 2]))
    def owner_publishes(self, version: int) -> None:
        self.version = version

    # The pipeline's part

    def arrive(self, arrival: AnyArrival) -> Turn:
        self.now += MINUTE
        self.turns += 1
        before = dump_state(self.state)
        turn = self.decide(arrival)
        assert dump_state(self.state) == before, "the turn changed the state that it was given"
        assert self.decide(arrival) == turn, "the same arrival on the same state gave another turn"
        assert load_state(dump_state(turn.state)) == turn.state, "the state did not survive JSON"
        already = self.opted_out
        self.apply(turn)
        self.judge(arrival, turn, already)
        self.state = load_state(dump_state(turn.state))
        return turn

    def decide(self, arrival: AnyArrival) -> Turn:
        standing = Standing(self.opted_out, {}, self.now)
        return decide(
            BOTS[self.version], self.state, arrival, self.now, standing, session_id=f"s{self.turns}", older=BOTS
        )

    def apply(self, turn: Turn) -> None:
        for effect in turn.effects:
            match effect:
                case SetTimer(key, due_at):
                    assert due_at > self.now
                    self.timers.add(key)
                case CancelTimers(keys):
                    self.timers -= set(keys or self.timers)
                case RecordConsent(change):
                    self.opted_out = change == "opt_out"
                case Send():
                    kind, now = effect.message_class, self.now
                    gate = decide_send(Ask(message_class=kind, opted_out=self.opted_out, now=now, last_inbound_at=now))
                    assert gate.allowed == ((not self.opted_out and kind != "promotional") or kind == "compliance")
                    assert effect.text or effect.media

    def judge(self, arrival: AnyArrival, turn: Turn, already: bool) -> None:
        changes = [one for one in turn.effects if isinstance(one, RecordConsent)]
        if any(one.change == "opt_out" for one in changes):
            assert turn.state.session is None
            # Once they are out, all that waits is the confirmation of it.
            assert any(isinstance(one, CancelQueued) for one in turn.effects) is not already
            assert self.by_bot(turn) == []
        if isinstance(arrival, Message):
            assert sum(check.hit for check in turn.checks) == 1, "one row of the table decides"
        moves = [one.data for one in turn.events if one.kind == "episode_status"]
        if moves:
            assert moves[-1]["to"] == turn.state.episode.status
        assert turn.state.episode.number - self.state.episode.number == sum(
            one.kind == "episode_started" for one in turn.events
        )
        began = sum(one.kind == "session_started" for one in turn.events)
        ended = sum(one.kind == "session_ended" for one in turn.events)
        after = (turn.state.session is not None) + len(turn.state.parked)
        assert began - ended == after - (self.state.session is not None) - len(self.state.parked)

    @staticmethod
    def by_bot(turn: Turn) -> list[str]:
        """What the bot itself says; what the law makes it say is not its own."""
        sent = [one for one in turn.effects if isinstance(one, Send)]
        return [one.text for one in sent if one.author == "bot" and one.message_class != "compliance"]

    # What always holds

    @invariant()
    def no_session_no_open_question(self) -> None:
        if self.state.session is None:
            assert {key for key in self.timers if key != "owner_idle"} == set()

    @invariant()
    def who_is_waited_for_is_who_owns_it(self) -> None:
        owner, status = self.state.owner.kind, self.state.episode.status
        if owner == "nobody":
            assert status == "waiting_on_agent"
            assert self.state.handoff is not None
        elif owner == "bot":
            assert status != "waiting_on_agent"
            assert self.state.handoff is None
        else:
            assert self.state.owner.user_id
            assert status not in OVER

    @invariant()
    def a_session_stands_at_a_step_of_its_version(self) -> None:
        session = self.state.session
        if session is not None:
            running = BOTS[session.version].flows[session.flow]
            assert session.step in running.steps
            assert set(session.vars) <= running.names

    @invariant()
    def an_episode_that_is_over_has_no_session(self) -> None:
        if self.state.episode.status in OVER:
            assert self.state.session is None
            assert self.state.owner.kind == "bot"


Conversations.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestConversations = Conversations.TestCase


# An opt-out


def opted_out_by(talk: Talk, text: str = "STOP") -> Turn:
    standing = Standing(False, {}, talk.now)
    return decide(talk.bot, talk.state, Message(CONTACT, LINE, text, "m"), talk.now, standing, session_id="s9")


def test_stop_ends_the_session_withdraws_what_waits_and_confirms_once() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    turn = opted_out_by(talk)
    assert turn.state.session is None
    assert [one for one in turn.effects if not isinstance(one, Send)] == [
        RecordConsent("opt_out", "O6", "keyword", "stop"),
        CancelQueued("O6"),
        CancelTimers(),
    ]
    assert [one.message_class for one in turn.effects if isinstance(one, Send)] == ["compliance"]


def test_a_persons_lease_does_not_outlive_an_opt_out_without_its_timer() -> None:
    talk = Talk(BOOKING)
    talk.act(Takeover(*ANA))
    turn = opted_out_by(talk)
    kept = any(isinstance(one, SetTimer) and one.key == "owner_idle" for one in turn.effects)
    forgotten = any(
        isinstance(one, CancelTimers) and (not one.keys or "owner_idle" in one.keys) for one in turn.effects
    )
    assert turn.state.owner.kind != "person" or kept or not forgotten
