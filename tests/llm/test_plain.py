"""Plain answers are read by ourselves and all others by pydantic-ai: what comes out is the same."""

import json
from typing import Any

import pytest

from tests.llm.asking import LOCAL, OPENAI, asking, prompt
from tests.support.fake_model import GOOD, FakeModel, Says
from textback.llm.base import Try
from textback.llm.plain import Plain, look

USAGE = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}


def whole(message: dict[str, Any] | None = None, finish: str | None = "stop", **more: Any) -> bytes:
    """An answer of Chat Completions."""
    said = {"role": "assistant", "content": json.dumps(GOOD), **(message or {})}
    choice = {"index": 0, "message": said, "finish_reason": finish}
    known = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "usage": USAGE, "choices": [choice]}
    return json.dumps({**known, **more}).encode()


CACHED = {**USAGE, "prompt_tokens_details": {"cached_tokens": 800}}
PLAIN = {
    "usual": whole(),
    "cached": whole(usage=CACHED),
    "nulls": whole({"refusal": None, "tool_calls": None, "annotations": []}),
    "blanks": whole({"content": f"\n {json.dumps(GOOD)}\n"}),
    "unknown fields": whole({"reasoning_content": "Hmm."}, timings={"a": 1}),
}
OTHERS = {
    "thoughts": whole({"content": f"<think>Hmm.</think>\n\n{json.dumps(GOOD)}"}),
    "no reason": whole(finish=None),
    "a fence": whole({"content": f"```json\n{json.dumps(GOOD)}\n```"}),
    "a hidden joiner": whole({"content": json.dumps({**GOOD, "memory": "a <\u200d|x|> b"}, ensure_ascii=False)}),
    "no usage": whole(usage=None),
}


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_plain(name: str) -> None:
    with pytest.raises(Plain) as found:
        look(PLAIN[name])
    assert json.loads(found.value.text) == GOOD


@pytest.mark.parametrize(
    "body",
    [
        *OTHERS.values(), b"", b"[]", b"{}", b"\xff", b"[" * 50_000, whole(finish="length"), whole(finish="tool_calls"),
        whole({"refusal": "No."}), whole({"content": None}), whole({"content": "Hello"}), whole(choices=[]),
        whole({"tool_calls": [{"id": "1"}]}), whole(error={"message": "x"}), whole(usage={"prompt_tokens": "many"}),
        whole(usage={**USAGE, "completion_tokens": -1}),
    ],
)  # fmt: skip
def test_what_is_left_to_others(body: bytes) -> None:
    look(body)


@pytest.mark.parametrize("use", [OPENAI, LOCAL])
@pytest.mark.parametrize("name", [*PLAIN, *OTHERS])
async def test_it_makes_no_difference_who_reads(name: str, use: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body = {**PLAIN, **OTHERS}[name]
    says = Says(then="raw", body=body, headers={"Content-Type": "application/json"})

    async def asked() -> tuple[Any, Try]:
        async with FakeModel(usual=says) as fake, asking(fake) as models:
            found = await models.ask([use], prompt(), 20)
        (tried,) = found.tries
        return found.proposal, tried

    proposal, tried = await asked()
    monkeypatch.setattr("textback.llm.makers.chat.look", lambda _: None)
    theirs, their_try = await asked()
    assert proposal is not None
    assert proposal == theirs
    assert (tried.outcome, tried.tokens_in, tried.tokens_out, tried.cost, tried.detail) == (
        their_try.outcome, their_try.tokens_in, their_try.tokens_out, their_try.cost, their_try.detail,
    )  # fmt: skip
