"""What a language model may do in a conversation: be asked last, and be believed only as far as the gate goes."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from tests.engine.talk import flow
from textback.core.when import DAY, MINUTE, SECOND
from textback.engine import replying
from textback.engine.arrivals import HandBack, JobResult, SettleDraft, Takeover
from textback.engine.bot import Answer, Bot
from textback.engine.effects import AnyEffect, NoteReply, Perform, Send
from textback.engine.guard.base import Flaw, Judgement, Proposal, Rules, Shown
from textback.engine.load import load_bot
from textback.engine.state import dump_state
from textback.pipeline.rehearse import Later, Played, Rehearsal, proposed

NOON = 1_780_000_000_000
PERSONA = "persona: helper\nprompt: You answer for a bike shop.\n"
MORE = "model: {use: openai:gpt-5-mini, within: 10s, share: [city]}\nautomated: false\n"
VARS = "vars: {bikes: integer}\n"
STEPS = """
- ask: bikes
  text: How many bikes?
- say: "Fine, {{ bikes }}."
"""


class Shop:
    """What the shop knows, and how sure it is."""

    def __init__(self, text: str = "", confidence: float = 0.0) -> None:
        self.found = Answer(text, confidence, "shop.md#1", "Do you fix e-bikes?") if text else Answer()

    def answer(self, text: str, locale: str, now: int) -> Answer:
        return self.found

    def passages(self, text: str, locale: str, now: int, files: Sequence[str] = (), most: int = 5) -> list[Shown]:
        return [Shown("shop.md#1", "e-bikes", self.found.text, self.found.confidence)] if self.found.text else []


@pytest.fixture(autouse=True)
def _judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard is tried elsewhere: here it takes a model at its word, but for replies that say FLAW."""

    def judge(proposal: Proposal, shown: Sequence[Shown], question: str, rules: Rules) -> Judgement:
        flaws = (Flaw("price", "a price"),) if "FLAW" in proposal.reply else ()
        return Judgement(proposal.reply, proposal.confidence, 1.0, flaws)

    monkeypatch.setattr(replying, "judge", judge)


def bot(persona: str = PERSONA, more: str = MORE, steps: str = STEPS, shop: Shop | None = None) -> Bot:
    files = {
        "bot.yml": f"bot: Corner Bikes\nhandoff: {{text: A person will answer.}}\n{more}",
        "personas/helper.yml": persona,
        "flows/main.yml": flow(steps, start="book", more=VARS if "bikes" in steps else ""),
    }
    return msgspec.structs.replace(load_bot(files, 1), answerer=shop or Shop())


class Talk(Rehearsal):
    """A conversation in which a model answers what it is told to, after so long (ms)."""

    def __init__(self, of: Bot, *answers: Any, after: int = 0, **more: Any) -> None:
        self.answers = list(answers)
        self.asked: list[Perform] = []
        self.after = after
        super().__init__(of, NOON, answer=self._model, **more)

    def _model(self, effect: AnyEffect) -> JobResult | Later | None:
        if not isinstance(effect, Perform) or effect.action != "model":
            return None
        self.asked.append(effect)
        came = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0] if self.answers else None
        result = proposed(self.bot, effect, came, self.now)
        return Later(result, self.after) if self.after else result


SURE = {"reply": "Yes, we fix e-bikes.", "confidence": 0.9, "sources": ["shop.md#1"]}


def kinds(played: Played) -> list[str]:
    return [event.kind for event in played.events]


def notes(played: Played) -> list[NoteReply]:
    return [one.effect for one in played.done if isinstance(one.effect, NoteReply)]


def test_a_text_that_nothing_else_understands_is_asked_of_the_model_and_its_sure_answer_goes() -> None:
    talk = Talk(bot(), SURE)
    played = talk.text("do you fix ebikes")
    assert played.said == ["Yes, we fix e-bikes."]
    assert talk.asked[0].arguments["texts"] == ["do you fix ebikes"]
    assert [note.outcome for note in notes(played)] == ["sent"]
    assert talk.state.thinking is None
    assert talk.timers == {}


def test_keywords_and_what_the_shop_knows_come_before_a_model() -> None:
    talk = Talk(bot(shop=Shop("We do.", 0.95)), SURE)
    assert talk.text("BOOK").said == ["How many bikes?"]
    assert talk.text("do you fix ebikes?").said[0] == "We do."
    assert talk.asked == []


def test_an_open_question_is_asked_again_after_the_answer() -> None:
    talk = Talk(bot(), SURE)
    talk.text("BOOK")
    assert talk.text("do you fix ebikes?").said == [
        "Yes, we fix e-bikes.",
        "Back to your booking: How many bikes?",
    ] or (talk.state.session is not None)
    assert talk.text("2").said == ["Fine, 2."]


def test_an_answer_that_was_not_understood_is_asked_for_again_and_no_model_is_asked() -> None:
    talk = Talk(bot(), SURE)
    talk.text("BOOK")
    talk.text("some bikes")
    assert talk.asked == []


def test_a_half_sure_answer_waits_for_a_person_who_sends_it() -> None:
    talk = Talk(bot(), {**SURE, "confidence": 0.6})
    played = talk.text("do you fix ebikes?")
    assert played.said == ["One moment please, I'm checking."]
    assert talk.state.owner.kind == "nobody"
    draft = talk.state.draft
    assert draft is not None
    assert (draft.text, draft.question, draft.confidence) == ("Yes, we fix e-bikes.", "do you fix ebikes?", 0.6)
    after = talk.happen(SettleDraft("u1", "Kim", draft.job, "m1", draft.text))
    sent = [one.effect for one in after.done if isinstance(one.effect, Send)]
    assert [(send.text, send.author, send.author_name) for send in sent] == [("Yes, we fix e-bikes.", "person", "Kim")]
    assert [note.outcome for note in notes(after)] == ["approved"]
    assert (talk.state.owner.kind, talk.state.draft, talk.state.handoff) == ("bot", None, None)


def test_a_person_may_change_a_draft_or_throw_it_away() -> None:
    talk = Talk(bot(), {**SURE, "confidence": 0.6})
    talk.text("do you fix ebikes?")
    assert talk.state.draft is not None
    changed = talk.happen(SettleDraft("u1", "Kim", talk.state.draft.job, "m1", "Only Bosch ones.", "too broad"))
    assert [(n.outcome, n.text, n.why) for n in notes(changed)] == [("edited", "Only Bosch ones.", "too broad")]
    talk.text("and scooters?")
    assert talk.state.draft is not None
    gone = talk.happen(SettleDraft("u1", "Kim", talk.state.draft.job))
    assert [note.outcome for note in notes(gone)] == ["rejected"]
    assert [one.effect for one in gone.done if isinstance(one.effect, Send)] == []
    assert talk.state.owner.kind == "nobody"


def test_a_draft_is_decided_once_and_not_over_somebody_elses_head() -> None:
    talk = Talk(bot(), {**SURE, "confidence": 0.6})
    talk.text("do you fix ebikes?")
    assert talk.state.draft is not None
    job = talk.state.draft.job
    talk.happen(Takeover("u2", "Lee"))
    refused = talk.happen(SettleDraft("u1", "Kim", job, "m1", "Yes."))
    assert kinds(refused) == ["reply_refused"]
    talk.happen(SettleDraft("u2", "Lee", job, "m2", "Yes."))
    assert talk.state.owner.name == "Lee"
    again = talk.happen(SettleDraft("u2", "Lee", job, "m3", "Yes."))
    assert kinds(again) == ["reply_refused"]


@pytest.mark.parametrize(
    ("came", "reason"),
    [
        ({**SURE, "confidence": 0.2}, "unsure"),
        ({**SURE, "escalate_reason": "wants a refund"}, "model"),
        ({**SURE, "reply": "FLAW: it costs $1."}, "not_answered"),
        ({"reply": ""}, "not_answered"),
        ({"reply": 7}, "not_answered"),
        (None, "not_answered"),
    ],
)
def test_without_a_good_answer_a_person_is_asked_for_once(came: Any, reason: str) -> None:
    talk = Talk(bot(), came)
    played = talk.text("do you fix ebikes?")
    assert played.said == ["A person will answer."]
    assert talk.state.handoff is not None
    assert (talk.state.handoff.reason, talk.state.handoff.ask) == (reason, "do you fix ebikes?")
    assert talk.state.owner.kind == "nobody"


def test_where_no_model_helps_what_the_shop_half_knows_is_asked_about() -> None:
    talk = Talk(bot(shop=Shop("We do.", 0.6)), None)
    assert talk.text("do you fix ebikes?").said == [
        "I'm not sure I got that. Did you mean: Do you fix e-bikes? Reply YES or NO."
    ]
    assert talk.text("yes").said == ["We do."]


def test_a_persona_may_ask_what_was_meant_and_may_be_stricter_about_an_intent() -> None:
    gate = "gate: {send: 0.8, least: 0.4, between: clarify}\nintents: {refund: {send: 0.99}}\n"
    talk = Talk(bot(PERSONA + gate), {**SURE, "confidence": 0.6}, {**SURE, "intent": "refund"})
    assert talk.text("do you fix ebikes?").said == ["I'm not sure I got that. Can you say it in other words?"]
    assert talk.text("can i have a refund?").said != ["Yes, we fix e-bikes."]


def test_texts_that_come_while_a_model_thinks_are_asked_together_and_the_first_answer_is_not_used() -> None:
    talk = Talk(bot(), {**SURE, "reply": "Old."}, {**SURE, "reply": "Both: yes."}, after=3 * SECOND)
    talk.text("do you fix ebikes?")
    talk.wait(SECOND)
    talk.text("and scooters?")
    assert talk.asked[1].arguments["texts"] == ["do you fix ebikes?", "and scooters?"]
    assert talk.wait(MINUTE).said == ["Both: yes."]


def test_the_first_call_waits_for_a_second_text() -> None:
    talk = Talk(bot(), SURE)
    talk.text("do you fix ebikes?")
    assert talk.asked[0].after == 1_500


def test_a_model_that_never_answers_does_not_leave_anybody_waiting() -> None:
    talk = Talk(bot(), SURE, after=MINUTE)
    talk.text("do you fix ebikes?")
    assert talk.wait(30 * SECOND).said == ["A person will answer."]
    late = talk.wait(MINUTE)
    assert (late.said, kinds(late)) == ([], ["action_stale"])


@pytest.mark.parametrize("act", [Takeover("u1", "Kim"), "agent please", "STOP"])
def test_what_comes_too_late_is_never_said(act: Any) -> None:
    """A person has it by then, or they have opted out."""
    talk = Talk(bot(), SURE, after=5 * SECOND)
    talk.text("do you fix ebikes?")
    played = talk.text(act) if isinstance(act, str) else talk.happen(act)
    assert "Yes, we fix e-bikes." not in played.said + talk.wait(MINUTE).said
    assert talk.state.thinking is None


def test_after_a_person_returned_it_an_old_draft_is_gone() -> None:
    talk = Talk(bot(), {**SURE, "confidence": 0.6})
    talk.text("do you fix ebikes?")
    talk.happen(Takeover("u1", "Kim"))
    talk.happen(HandBack("u1", "Kim"))
    assert talk.state.draft is None


def test_only_fields_that_are_shared_are_told_and_a_memory_lasts_a_day() -> None:
    told = {**SURE, "memory": "Has an e-bike."}
    talk = Talk(bot(), told, fields={"city": "Seattle", "income": "3"})
    talk.text("do you fix ebikes?")
    assert talk.asked[0].arguments["fields"] == {"city": "Seattle"}
    talk.text("and what about scooters?")
    assert talk.asked[1].arguments["memory"] == "Has an e-bike."
    talk.wait(2 * DAY)
    talk.text("and skates?")
    assert talk.asked[2].arguments["memory"] == ""


def test_a_conversation_may_cost_so_much_and_no_more() -> None:
    talk = Talk(bot(more="model: {use: openai:x, budget: {conversation: 0.01}}\nautomated: false\n"))

    def dear(effect: AnyEffect) -> JobResult | None:
        if not isinstance(effect, Perform):
            return None
        talk.asked.append(effect)
        return JobResult(effect.job, {"proposal": SURE, "cost": 6_000})

    talk._answer = dear
    for text in ("do you fix ebikes?", "and scooters?", "and skates?"):
        talk.text(text)
    assert len(talk.asked) == 2


def test_an_answer_step_asks_its_persona_and_goes_on() -> None:
    steps = "- answer: Do you fix e-bikes?\n  persona: helper\n  else: [{say: Nobody knows.}]\n- say: Next.\n"
    assert Talk(bot(steps=steps), SURE).text("BOOK").said == ["Yes, we fix e-bikes.", "Next."]
    assert Talk(bot(steps=steps), None).text("BOOK").said == ["Nobody knows.", "Next."]
    assert Talk(bot(steps=steps), {**SURE, "confidence": 0.6}).text("BOOK").said == ["Nobody knows.", "Next."]


def test_an_answer_step_without_an_else_waits_for_a_persons_word_and_then_goes_on() -> None:
    talk = Talk(bot(steps="- answer: Do you fix e-bikes?\n- say: Next.\n"), {**SURE, "confidence": 0.6})
    assert talk.text("BOOK").said == ["One moment please, I'm checking."]
    assert talk.state.draft is not None
    after = talk.happen(SettleDraft("u1", "Kim", talk.state.draft.job, "m1", "Yes."))
    assert [one.effect.text for one in after.done if isinstance(one.effect, Send)] == ["Yes.", "Next."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I want to kill myself", "I've asked a person to answer you here. If anybody is in danger, call your local"),
        ("help he can't breathe", "I've asked a person to answer you here. If anybody is in danger, call your local"),
        ("you will hear from my lawyer", "A person will answer."),
    ],
)
def test_danger_and_the_law_are_for_people_at_once_with_words_for_it(text: str, said: str) -> None:
    talk = Talk(bot(), SURE)
    assert talk.text(text).said[0].startswith(said)
    assert talk.asked == []
    assert talk.state.owner.kind == "nobody"


def test_the_words_of_a_topic_and_whether_there_are_any_are_the_businesss_own() -> None:
    own = "handoff: {usual_topics: false, topics: {recall: [recall]}, says: {recall: We call you back today.}}\n"
    files = {"bot.yml": f"bot: Bikes\n{own}", "flows/main.yml": flow(STEPS, start="book", more=VARS)}
    talk = Talk(load_bot(files, 1))
    assert talk.text("is this about the recall?").said == ["We call you back today."]
    other = Talk(load_bot(files, 1))
    other.text("you will hear from my lawyer")
    assert other.state.owner.kind == "bot"


def test_a_bot_without_a_model_is_as_it_was() -> None:
    files = {"bot.yml": "bot: Bikes\n", "flows/main.yml": flow(STEPS, start="book", more=VARS)}
    talk = Talk(load_bot(files, 1))
    assert talk.text("do you fix ebikes?").said == ["Sorry, I didn't understand that. Reply PERSON to get a person."]
    assert "thinking" not in dump_state(talk.state)
