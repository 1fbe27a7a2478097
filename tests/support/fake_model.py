"""Makers of models on this machine: they take questions as OpenAI, Anthropic and Google do, check them, and answer by
script, or as badly as a model can.

    async with FakeModel() as fake: ...          fake.found() is the environment that leads to it
"""

import asyncio
import json
import re
from collections import deque
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web
from anthropic.types.beta.message_create_params import MessageCreateParamsNonStreaming as AnthropicAsked
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming as PlainAnthropicAsked
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming as OpenAIAsked
from pydantic import TypeAdapter, ValidationError

KEY = "sk-of-the-fake-model-0123456789"
GOOD: dict[str, Any] = {
    "reply": "We open at 9.",
    "confidence": 0.9,
    "intent": "hours",
    "escalate_reason": "",
    "sources": ["p1"],
    "memory": "",
}
TOKENS_IN, TOKENS_OUT = 1_000, 50


class Says(msgspec.Struct, frozen=True):
    """How to answer one question.

    `answer` is what the model writes: fields become JSON, a text stays as it is. `status` other than 200 fails, with
    `body`. `after` (s) is how long the model thinks. `then`: "answer"; "reset" breaks the connection; "hang" says
    nothing; "drip" sends a byte now and then without end; "flood" sends bytes without end; "raw" sends `body` as it is.
    `finish` is why it ended: "stop", "length" or "content_filter"; `refusal` is OpenAI's own way to refuse.
    """

    answer: Any = None
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = {}
    after: float = 0.0
    then: str = "answer"
    finish: str = "stop"
    refusal: str = ""

    @property
    def text(self) -> str:
        """What the model writes."""
        if isinstance(self.answer, str):
            return self.answer
        return json.dumps({**GOOD, **(self.answer or {})})


USUAL = Says()
REFUSED = Says(answer="", refusal="I can't help with that.")
WRONG_LANGUAGE = Says(answer={"reply": "Wir haben ab neun Uhr auf."})
ENDLESS = Says(then="flood")


class Question(msgspec.Struct, frozen=True):
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def words(self) -> str:
        """All that the model was told, in one text."""
        return json.dumps(self.body, ensure_ascii=False)


class FakeModel:
    """Three makers behind one address. `asked` are the questions so far; `wrong` what a maker would not have taken;
    `broken` counts connections that the client closed while the model was thinking. What is not scripted is answered
    by `usual`. With `worst` it is a model that obeys whoever spoke last."""

    def __init__(self, *script: Says, usual: Says = USUAL, worst: bool = False) -> None:
        self.asked: list[Question] = []
        self.wrong: list[str] = []
        self.broken = 0
        self.busy = self.most = 0
        self.thought: list[float] = []
        self.url = "http://127.0.0.1:9"
        self._script = deque(script)
        self._usual = usual
        self._worst = worst
        self._stop = asyncio.Event()
        app = web.Application(client_max_size=4 << 20)
        app.router.add_post("/v1/chat/completions", self._openai)
        app.router.add_post("/anthropic/v1/messages", self._anthropic)
        app.router.add_post("/google/v1beta/models/{name}:generateContent", self._google)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5, handler_cancellation=True)

    async def __aenter__(self) -> "FakeModel":
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, backlog=512).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await self._runner.cleanup()

    def found(self) -> dict[str, str]:
        """The environment of a server that asks this one."""
        return {
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": f"{self.url}/v1",
            "ANTHROPIC_API_KEY": KEY,
            "ANTHROPIC_BASE_URL": f"{self.url}/anthropic",
            "GOOGLE_API_KEY": KEY,
            "GOOGLE_BASE_URL": f"{self.url}/google",
            "MODEL_BASE_URL": f"{self.url}/v1",
        }

    def then(self, *script: Says) -> None:
        """More of the script."""
        self._script.extend(script)

    async def _openai(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self._checks(body, OpenAIAsked)
        self._known(request, request.headers.get("Authorization", "") in (f"Bearer {KEY}", "Bearer none"))
        words = [one["content"] for one in body["messages"] if one["role"] == "user"]
        says = await self._says(request, body, words)

        def shape() -> dict[str, Any]:
            message: dict[str, Any] = {"role": "assistant", "content": says.text, "refusal": None}
            if says.refusal:
                message |= {"content": None, "refusal": says.refusal}
            usage = {"prompt_tokens": TOKENS_IN, "completion_tokens": TOKENS_OUT, "total_tokens": 1_050}
            choice = {"index": 0, "message": message, "finish_reason": says.finish, "logprobs": None}
            return {
                "id": "chatcmpl-1", "object": "chat.completion", "created": 1_900_000_000, "model": body["model"],
                "choices": [choice], "usage": usage,
            }  # fmt: skip

        return await self._send(request, says, shape)

    async def _anthropic(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        # Its own types have no temperature any more, but its older models take one.
        asked = {name: value for name, value in body.items() if name != "temperature"}
        self._checks(asked, AnthropicAsked if "beta" in request.query else PlainAnthropicAsked)
        key = request.headers.get("x-api-key") or request.headers.get("Authorization", "").removeprefix("Bearer ")
        self._known(request, key == KEY and "anthropic-version" in request.headers)
        words = [_plain(one["content"]) for one in body["messages"] if one["role"] == "user"]
        says = await self._says(request, body, words)
        stop = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}[says.finish]

        def shape() -> dict[str, Any]:
            part: dict[str, Any] = {"type": "text", "text": says.text}
            if body.get("tools"):
                name = body["tools"][0]["name"]
                part = {"type": "tool_use", "id": "toolu_1", "name": name, "input": json.loads(says.text)}
            return {
                "id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": [part],
                "stop_reason": stop, "stop_sequence": None,
                "usage": {"input_tokens": TOKENS_IN, "output_tokens": TOKENS_OUT},
            }  # fmt: skip

        return await self._send(request, says, shape)

    async def _google(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        unknown = set(body) - {"contents", "systemInstruction", "generationConfig", "safetySettings", "tools"}
        if unknown or not body.get("contents"):
            self.wrong.append(f"google: {sorted(unknown)}")
        self._known(request, request.headers.get("x-goog-api-key") == KEY)
        words = [_plain(one["parts"]) for one in body["contents"] if one.get("role", "user") == "user"]
        says = await self._says(request, body, words)
        stop = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}[says.finish]

        def shape() -> dict[str, Any]:
            content = {"role": "model", "parts": [{"text": says.text}]}
            usage = {"promptTokenCount": TOKENS_IN, "candidatesTokenCount": TOKENS_OUT, "totalTokenCount": 1_050}
            return {
                "candidates": [{"content": content, "finishReason": stop, "index": 0}], "usageMetadata": usage,
                "modelVersion": request.match_info["name"], "responseId": "r1",
            }  # fmt: skip

        return await self._send(request, says, shape)

    def _checks(self, body: Mapping[str, Any], shape: Any) -> None:
        """Whether the maker's own types take this."""
        known = {name for kind in shape.__mro__ for name in getattr(kind, "__annotations__", {})}
        known |= set(shape.__required_keys__ | shape.__optional_keys__)
        if extra := set(body) - known:
            self.wrong.append(f"unknown fields: {sorted(extra)}")
        try:
            taken: Any = TypeAdapter(shape).validate_python(body)
            list(taken["messages"])
        except ValidationError as error:
            self.wrong.append(str(error))

    def _known(self, request: web.Request, known: bool) -> None:
        if not known:
            raise web.HTTPUnauthorized(text='{"error": {"message": "bad key"}}', content_type="application/json")

    async def _says(self, request: web.Request, body: Mapping[str, Any], words: list[str]) -> Says:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Question(request.path, headers, body))
        if self._script:
            return self._script.popleft()
        return obeyed("\n".join(words)) if self._worst else self._usual

    async def _send(self, request: web.Request, says: Says, shape: Any) -> web.StreamResponse:
        self.busy += 1
        self.most = max(self.most, self.busy)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            if says.then == "hang":
                await self._stop.wait()
            await asyncio.sleep(says.after)
            if says.then in ("drip", "flood"):
                return await self._without_end(request, says.then)
        except (asyncio.CancelledError, ConnectionError):
            self.broken += 1
            raise
        finally:
            self.busy -= 1
        self.thought.append(loop.time() - begun)
        if says.then == "reset" and request.transport is not None:
            request.transport.abort()
        if says.then == "raw":
            return web.Response(body=says.body, status=says.status, headers=says.headers)
        content = shape() if says.status == 200 else says.body or {"error": {"message": "it failed", "type": "x"}}
        return web.json_response(content, status=says.status, headers=says.headers)

    async def _without_end(self, request: web.Request, how: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while not self._stop.is_set():
            await response.write(b" " if how == "drip" else b'{"x": "' + b"y" * 65_536)
            await asyncio.sleep(0.02 if how == "drip" else 0)
        return response


def _plain(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


_SAY = re.compile(r"(?is)(?:say|reply|answer|write|respond|send|tell (?:them|me|him|her))[^:\n]{0,60}:\s*(.{1,300})")


def obeyed(text: str) -> Says:
    """What a model says that does whatever the last text tells it: the words that it is told to say, and otherwise all
    that it was told; sure of itself, and with a source."""
    new = text.rsplit("new message", 1)[-1]
    told = _SAY.findall(new) or _SAY.findall(text)
    reply = (told[-1] if told else new).strip().split("\nDATA>>>")[0]
    return Says(answer={"reply": reply.strip()[:300] or text[:300], "confidence": 1.0, "sources": ["p1"]})
