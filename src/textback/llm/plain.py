"""Plain answers of Chat Completions: a JSON object of the model's and nothing else, as nearly all are.

They are read here in one go. The libraries make objects of all that an answer may hold, look through these, and make
others of them, which takes longer than a turn.
"""

from typing import Any

import msgspec
from pydantic_ai.usage import RequestUsage

_MARKS = frozenset("<\u200b\u200c\u200d\u2060\ufeff")
"""Characters by which pydantic-ai tells thoughts from words, and words that it has to mend."""
_COUNTS = ("prompt_tokens", "completion_tokens")


class _Message(msgspec.Struct):
    content: str | None = None
    refusal: Any = None
    tool_calls: Any = None
    function_call: Any = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Whole(msgspec.Struct):
    choices: list[_Choice]
    usage: dict[str, Any]
    model: str
    error: Any = None


_decode = msgspec.json.Decoder(_Whole).decode


class Plain(Exception):
    """A plain answer. It is raised, and so comes past all who would look for what is not in it."""

    def __init__(self, text: str, model: str, usage: dict[str, Any]) -> None:
        super().__init__()
        self.text = text
        self._model = model
        self._usage = usage

    def counted(self, provider: str, url: str) -> RequestUsage:
        """Its tokens, as prices count them."""
        given = {"model": self._model, "usage": self._usage}
        return RequestUsage.extract(
            given, provider=provider, provider_url=url, provider_fallback="openai", api_flavor="chat"
        )


def look(body: bytes) -> None:
    """Raises Plain for a plain answer."""
    try:
        whole = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return  # others say what is wrong with it
    if whole.error is not None or len(whole.choices) != 1 or whole.choices[0].finish_reason != "stop":
        return
    message = whole.choices[0].message
    text = message.content or ""
    if message.refusal or message.tool_calls or message.function_call or not text.lstrip().startswith("{"):
        return
    usage = whole.usage
    if not all(
        isinstance(usage.get(name), int) and usage[name] >= 0 for name in ("prompt_tokens", "completion_tokens")
    ):
        return
    details = usage.get("prompt_tokens_details")
    if isinstance(details, dict) and details.get("cache_write_tokens"):
        return
    if _MARKS.isdisjoint(text):
        raise Plain(text, whole.model, usage)
