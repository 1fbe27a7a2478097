"""One call of one model, by pydantic-ai. Importing this takes seconds, so `models` does it in a thread, when it is
needed.

No model is given tools, beyond the one that some makers want as the shape of an answer. `wire` follows no redirect, and
reads an answer only so far.
"""

import logging
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Literal

import httpx2
import msgspec
from pydantic_ai import ModelRequest, ModelSettings, ToolDefinition, UserPromptPart
from pydantic_ai import exceptions as ai
from pydantic_ai.direct import model_request
from pydantic_ai.messages import ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition

from textback.llm.access import MAKERS, Access
from textback.llm.answer import MOST_TOKENS, NAME, SCHEMA
from textback.llm.base import Why
from textback.llm.plain import Plain
from textback.llm.prices import cost_of, is_known
from textback.llm.wire import MOST_ANSWER, Http, Redirected, TooLong

TEMPERATURE = 0.0
MOST_COUNTED = 10_000_000
"""Tokens of one call that are believed."""

_SETTINGS: ModelSettings = {"max_tokens": MOST_TOKENS, "thinking": False}
_DESCRIBED = "The reply, and what it rests on."
_LOUD = ("openai", "anthropic", "google_genai", "httpx2", "httpcore2")

for _name in _LOUD:  # at their finest they log what is asked
    logging.getLogger(_name).setLevel(logging.WARNING)

Mode = Literal["native", "tool", "told"]
"""How the shape of the answer is asked for: by the maker's own JSON schema, by a tool that takes it, or in words."""


class Said(msgspec.Struct, frozen=True):
    """A model's answer as it came, its tokens, and what it cost in millionths of a dollar; None where nobody knows."""

    text: str
    tokens_in: int
    tokens_out: int
    cost: int | None


class Fault(Exception):
    """There is no answer. `detail` is for people and holds nothing of what was asked, answered or sent. `again` says
    whether it is worth to ask the same model once more: at once, later (after `retry_after` seconds), or not at all."""

    def __init__(
        self,
        why: Why,
        detail: str,
        *,
        again: Literal["", "now", "later"] = "",
        retry_after: float = 0.0,
        said: Said | None = None,
    ) -> None:
        super().__init__(detail)
        self.why = why
        self.detail = detail
        self.again = again
        self.retry_after = retry_after
        self.said = said


class Client:
    """One model."""

    def __init__(self, maker: str, name: str, access: Access, http: Http) -> None:
        self._maker, self._name, self._url = maker, name, access.url
        module = import_module(f"textback.llm.makers.{maker}")  # each brings a large library of its own
        self._model: Model[Any] = module.model(name, access, http)
        profile: Mapping[str, Any] = self._model.profile
        self._mode: Mode = "native" if profile.get("supports_json_schema_output", False) else "tool"
        thinks = profile.get("openai_supports_reasoning", False)
        fixed = thinks and not profile.get("openai_supports_reasoning_effort_none", False)
        fixed = fixed or profile.get("anthropic_disallows_sampling_settings", False)  # it would only warn of it
        self._prices = MAKERS[maker].prices or maker
        self._priced = is_known(maker, access.url, name)
        self._settings = _SETTINGS if fixed else _SETTINGS | {"temperature": TEMPERATURE}

    async def ask(self, instructions: str, text: str, *, told: bool = False) -> Said:
        """Ask once. `told` asks for the shape in words. Raises Fault, and nothing else."""
        mode: Mode = "told" if told else self._mode
        if mode == "told":
            shape = msgspec.json.encode(SCHEMA).decode()
            instructions = f"{instructions}\n\nAnswer with one JSON object and nothing else, of this schema:\n{shape}"
        asked = [ModelRequest(parts=[UserPromptPart(text)], instructions=instructions)]
        try:
            response = await model_request(
                self._model, asked, model_settings=self._settings, model_request_parameters=_parameters(mode)
            )
            said = self._said(response)
        except Plain as plain:
            said = self._plainly(plain)
        except Fault:
            raise
        except ai.ModelAPIError as error:
            raise _fault(error, mode) from None
        except (httpx2.HTTPError, OSError, ai.UserError) as error:
            raise Fault("unavailable", f"The call failed ({type(error).__name__}).", again="later") from None
        except Exception as error:  # each library has reasons of its own to stumble over nonsense
            raise Fault("malformed", f"Its answer makes no sense ({type(error).__name__}).", again="now") from None
        if told and self._url != MAKERS[self._maker].url:
            self._mode = "told"  # this server takes no other; a maker's own has refused for another reason
        return said

    def _plainly(self, plain: Plain) -> Said:
        usage = plain.counted(self._prices, self._url)
        cost = cost_of(self._maker, self._url, self._name, usage) if self._priced else None
        return Said(plain.text, _count(usage.input_tokens), _count(usage.output_tokens), cost)

    def _said(self, response: ModelResponse) -> Said:
        usage = response.usage
        cost = cost_of(self._maker, self._url, self._name, usage)
        said = Said(_text(response), _count(usage.input_tokens), _count(usage.output_tokens), cost)
        if response.finish_reason == "content_filter":
            raise Fault("refused", "The model would not answer.", said=said)
        if response.finish_reason == "length":
            raise Fault("malformed", f"Its answer did not end within {MOST_TOKENS} tokens.", said=said)
        if not said.text.strip():
            raise Fault("malformed", "Its answer is empty.", again="now", said=said)
        return said


def _count(tokens: int) -> int:
    """As many as there can be, whatever a server says."""
    return min(max(tokens, 0), MOST_COUNTED)


def _parameters(mode: Mode) -> ModelRequestParameters:
    if mode == "native":
        shape = OutputObjectDefinition(SCHEMA, name=NAME, description=_DESCRIBED, strict=True)
        return ModelRequestParameters(output_mode="native", output_object=shape)
    if mode == "tool":
        tool = ToolDefinition(name=NAME, parameters_json_schema=SCHEMA, description=_DESCRIBED, kind="output")
        return ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)
    return ModelRequestParameters()


def _text(response: ModelResponse) -> str:
    called = [part.args_as_json_str() for part in response.tool_calls if part.tool_name == NAME]
    return called[0] if called else (response.text or "")


def _fault(error: ai.ModelAPIError, mode: Mode) -> Fault:
    """What a failed call means."""
    status = getattr(error, "status_code", 0)
    code = f" (HTTP {status})" if status else ""
    match error:
        case ai.ModelAuthenticationError():
            return Fault("misconfigured", f"It does not accept the key{code}.")
        case ai.ModelNotFoundError():
            return Fault("misconfigured", f"It knows no model of this name, or the address is wrong{code}.")
        case ai.ModelQuotaExceededError():
            return Fault("misconfigured", f"The account has no credit left{code}.")
        case ai.ModelRateLimitError():
            return Fault("throttled", f"It has too many calls{code}.", again="later", retry_after=_wait(error))
        case ai.ModelContextWindowExceededError():
            return Fault("refused", f"The question is too long for it{code}.")
        case ai.ModelRequestRejectedError() if status in (400, 422) and mode != "told":
            return Fault("refused", f"It does not take the shape of the answer{code}.", again="now")
        case ai.ModelRequestRejectedError():
            return Fault("refused", f"It does not take the question{code}.")
        case ai.ModelTimeoutError() | ai.ModelRequestTimeout():
            return Fault("timeout", "It did not answer in time.")
        case ai.ModelConnectionError():
            if _caused(error, Redirected):
                return Fault("misconfigured", "The address answers with a redirect, which is not followed.")
            if _caused(error, TooLong):
                return Fault("malformed", f"Its answer is packed, or has more than {MOST_ANSWER // 1024} KB.")
            return Fault("unavailable", "It can't be reached, or the connection broke.", again="later")
    if status:
        return Fault("unavailable", f"It failed{code}.", again="later", retry_after=_wait(error))
    return Fault("malformed", "Its answer makes no sense.", again="now")


def _wait(error: ai.ModelAPIError) -> float:
    wait = error.retry_after or 0.0
    return wait if 0 <= wait < float("inf") else 0.0


def _caused(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False
