"""Models are asked over HTTP, as their makers document it; what they answer is read strictly."""

import json
from typing import Any

import pytest

from tests.llm.asking import CLAUDE, GEMINI, HOURS, LOCAL, OPENAI, PRICE, asking, prompt
from tests.support.fake_model import GOOD, KEY, TOKENS_IN, TOKENS_OUT, WRONG_LANGUAGE, FakeModel, Says
from textback.core.tracing import Span
from textback.engine.guard.base import Proposal
from textback.llm.base import Asked, Line, Try

EXPECTED = Proposal("We open at 9.", 0.9, "hours", "", (HOURS.id,), "")
OLD_CLAUDE = "anthropic:claude-3-5-haiku-latest"
THINKING = "openai:gpt-5-mini"


@pytest.mark.parametrize(
    ("use", "cost"),
    [(OPENAI, 180), (THINKING, 350), (CLAUDE, 1250), (OLD_CLAUDE, 1000), (GEMINI, 425), (LOCAL, 0)],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # its maker says that the older one ends some day
async def test_each_maker_is_asked_as_it_wants_and_answers(use: str, cost: int) -> None:
    async with FakeModel() as fake, asking(fake) as models:
        found = await models.ask([use], prompt(), 20)
        assert found.proposal == EXPECTED
        (tried,) = found.tries
        assert (tried.model, tried.outcome, found.why) == (use, "answered", None)
        assert (tried.tokens_in, tried.tokens_out, tried.cost) == (TOKENS_IN, TOKENS_OUT, cost)
        assert (found.cost, found.model) == (cost, use)
        assert tried.detail == ("" if cost else "Its price is not known.")
        assert fake.wrong == []
        (asked,) = fake.asked
    for word in ("Harbor Bikes", "Monday, 3 June 2030", HOURS.text, PRICE.text, "When do you open?"):
        assert word in asked.words
    assert "1024" in asked.words


async def test_a_model_has_no_tools_and_a_strict_schema() -> None:
    async with FakeModel() as fake, asking(fake) as models:
        await models.ask([OPENAI], prompt(), 20)
    body = fake.asked[0].body
    assert not {"tools", "tool_choice", "functions"} & set(body)
    shape = body["response_format"]["json_schema"]
    assert shape["strict"] is True
    assert shape["schema"]["additionalProperties"] is False
    assert set(shape["schema"]["required"]) == set(GOOD)
    assert body["temperature"] == 0
    assert (body["stream"], body["max_completion_tokens"]) == (False, 1024)


async def test_a_local_server_gets_no_key_that_is_for_another() -> None:
    async with FakeModel() as fake, asking(fake) as models:
        await models.ask([LOCAL], prompt(), 20)
        await models.ask([OPENAI], prompt(), 20)
    local, openai = fake.asked
    assert KEY not in json.dumps(dict(local.headers))
    assert openai.headers["authorization"] == f"Bearer {KEY}"
    assert local.body["max_tokens"] == 1024


async def test_a_server_that_takes_no_schema_is_asked_in_words_and_then_always() -> None:
    wrapped = f"```json\n{json.dumps(GOOD)}\n```"
    async with FakeModel(Says(status=400), Says(answer=wrapped), Says()) as fake, asking(fake) as models:
        first = await models.ask([LOCAL], prompt(), 20)
        again = await models.ask([LOCAL], prompt(), 20)
    assert first.proposal == again.proposal == EXPECTED
    assert [one.outcome for one in first.tries] == ["refused", "answered"]
    assert [one.outcome for one in again.tries] == ["answered"]
    assert ["response_format" in one.body for one in fake.asked] == [True, False, False]
    assert "additionalProperties" in fake.asked[1].body["messages"][0]["content"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"confidence": 1}, {"confidence": 1.0}),
        ({"intent": None, "memory": None, "escalate_reason": None, "sources": None}, {"intent": "", "sources": ()}),
        ({"sources": ["p2", "[p1]", "p2", "p9", "other"]}, {"sources": (PRICE.id, HOURS.id)}),
        ({"sources": [HOURS.id]}, {}),
        (
            {"reply": "", "escalate_reason": "They want\na person "},
            {"reply": "", "escalate_reason": "They want a person"},
        ),
        ({"intent": "Opening  HOURS"}, {"intent": "opening hours"}),
        ({"memory": "x" * 900}, {"memory": "x" * 600}),
        ({"reply": " At 9.\u0000 "}, {"reply": "At 9.\ufffd"}),
        (WRONG_LANGUAGE.answer, WRONG_LANGUAGE.answer),  # its language is for the guard
    ],
)
async def test_what_an_answer_may_look_like(answer: dict[str, Any], expected: dict[str, Any]) -> None:
    async with FakeModel(Says(answer=answer)) as fake, asking(fake) as models:
        found = await models.ask([OPENAI], prompt(), 20)
    assert found.proposal is not None
    assert {name: getattr(found.proposal, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("tokens", "most"), [(10**30, 10_000_000), (-5, 0), (10**9, 10_000_000), (None, 0), ("many", 0), (1.5, 1)]
)
async def test_a_server_that_counts_wrongly_is_not_believed(tokens: Any, most: int) -> None:
    usage = {"prompt_tokens": tokens, "completion_tokens": tokens, "total_tokens": tokens}
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": json.dumps(GOOD)}}
    body = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    says = Says(then="raw", body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    async with FakeModel(usual=says) as fake, asking(fake) as models:
        found = await models.ask([OPENAI], prompt(), 5)
    assert found.why in (None, "malformed")
    assert all(0 <= one.tokens_in <= most and 0 <= one.cost <= 10**9 for one in found.tries)


@pytest.mark.parametrize(
    "answer",
    [
        "We open at 9.", "", "[]", "{}", "null", '{"reply": "x"', json.dumps(GOOD) + json.dumps(GOOD),
        {"confidence": 1.5}, {"confidence": "0.9"}, {"confidence": float("nan")}, {"reply": 7}, {"reply": None},
        {"reply": ""}, {"reply": "   "}, {"reply": "x" * 400}, {"sources": "p1"}, {"sources": ["p1"] * 99},
        {"tool": "refund"}, "x" * 20_000, '{"reply": "\\ud800"}',
    ],
)  # fmt: skip
async def test_what_is_no_answer_is_asked_for_once_more_and_then_given_up(answer: Any) -> None:
    says = Says(answer=answer)
    async with FakeModel(says, says, says) as fake, asking(fake) as models:
        found = await models.ask([OPENAI], prompt(), 20)
        assert (found.proposal, found.why) == (None, "malformed")
        assert len(fake.asked) == 2
        assert [one.tokens_out for one in found.tries] == [TOKENS_OUT] * 2
        assert found.cost == 360


async def test_the_second_time_the_model_is_told_what_was_wrong() -> None:
    async with FakeModel(Says(answer={"reply": "y" * 400}), Says()) as fake, asking(fake) as models:
        found = await models.ask([OPENAI], prompt(), 20)
    assert found.proposal == EXPECTED
    assert [one.outcome for one in found.tries] == ["malformed", "answered"]
    assert "reply has more than 306 characters." in fake.asked[1].body["messages"][-1]["content"]
    assert "yyyy" not in fake.asked[1].words


async def test_nothing_of_what_was_said_is_in_what_is_noted() -> None:
    answer = {"reply": "SECRETWORD", "SECRETFIELD": 1}
    async with FakeModel(Says(answer=answer), Says(answer="SECRETWORD")) as fake, asking(fake) as models:
        found = await models.ask([OPENAI], prompt("SECRETWORD?"), 20)
        assert "SECRET" not in repr(found)
        assert "SECRET" in fake.asked[0].words
        assert "SECRETFIELD" not in fake.asked[1].words


class Noted:
    """A tracer that keeps what it gets."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def wants(self, trace: str) -> bool:
        return trace == "a1"

    def note(self, spans: Any) -> None:
        self.spans += spans


async def test_each_call_is_a_span_by_the_names_of_opentelemetry() -> None:
    tracer = Noted()
    async with FakeModel(Says(answer="x"), Says()) as fake, asking(fake, tracer=tracer) as models:
        await models.ask([CLAUDE], prompt("SECRETWORD"), 20, trace="a1", above="perform/7")
        await models.ask([CLAUDE], prompt(), 20, trace="not wanted", above="perform/8")
        await models.ask([CLAUDE], prompt(), 20)
    failed, good = tracer.spans
    assert (good.name, good.kind, good.parent, good.key) == (
        "chat claude-haiku-4-5",
        "client",
        "perform/7",
        "perform/7/chat/2",
    )
    assert good.end >= good.begin > failed.begin
    assert good.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-haiku-4-5",
        "gen_ai.output.type": "json",
        "gen_ai.request.max_tokens": 1024,
        "gen_ai.usage.input_tokens": TOKENS_IN,
        "gen_ai.usage.output_tokens": TOKENS_OUT,
        "server.address": "127.0.0.1",
        "server.port": int(fake.url.rsplit(":", 1)[1]),
        "textback.model.outcome": "answered",
        "textback.model.cost": 1250,
    }
    assert (failed.error, failed.attributes["error.type"]) == ("malformed", "malformed")
    assert "SECRETWORD" not in repr(tracer.spans)


def test_what_an_asking_came_to() -> None:
    tries = (Try("a:b", "timeout", 5, 10, 0, 7), Try("c:d", "answered", 9, 10, 5, 30))
    assert (Asked(EXPECTED, None, tries).cost, Asked(EXPECTED, None, tries).model) == (37, "c:d")
    assert Asked(None, "timeout", tries[:1]).model == ""


async def test_what_the_contact_wrote_reaches_a_model_masked_and_in_order() -> None:
    history = [Line("assistant", f"no {n}") for n in range(30)] + [Line("user", "my card is 4111 1111 1111 1111")]
    async with FakeModel() as fake, asking(fake) as models:
        await models.ask([OPENAI], prompt("password: hunter22", *history, name="4111111111111111"), 20)
    words = fake.asked[0].body["messages"][-1]["content"]
    assert "4111" not in words
    assert "hunter22" not in words
    assert words.count("[card]") == 2
    assert "no 10\n" not in words
    assert words.index("no 11\n") < words.index("no 29\n") < words.index("my card is") < words.index("new message")
