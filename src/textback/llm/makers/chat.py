"""OpenAI's client where it matters for a reply: Chat Completions without its machinery for everything else.

Its own way from the arguments to the request, and from the answer to objects that pydantic-ai then checks again, takes
as long as a whole turn. What is sent and what is raised are the same.
"""

from typing import Any, NoReturn

import httpx2
import msgspec
from openai import APIConnectionError, APIStatusError, APITimeoutError, AsyncOpenAI, NotGiven, Omit
from openai.types.chat import ChatCompletion

from textback.llm.plain import look
from textback.llm.wire import Answer, Place, Wire, head_of, place_of

_LEFT_OUT = (Omit, NotGiven)
"""What the client has for arguments that are not to be sent."""
_HEADS = 8
"""Heads of requests that are kept: there is one, or one for each thing that calls add to it."""

_encode = msgspec.json.Encoder().encode


class QuickOpenAI(AsyncOpenAI):
    """The client, with a `chat.completions.create` of ours."""

    def __init__(self, *, wire: Wire, **given: Any) -> None:
        super().__init__(**given, max_retries=0)
        self._quick = _Chat(self, wire)

    @property
    def chat(self) -> Any:
        """What asks."""
        return self._quick


class _Chat:
    """`chat`, which has `completions` and nothing else."""

    def __init__(self, client: AsyncOpenAI, wire: Wire) -> None:
        self.completions = _Completions(client, wire)


class _Completions:
    """`chat.completions`."""

    def __init__(self, client: AsyncOpenAI, wire: Wire) -> None:
        self._client = client
        self._wire = wire
        self._url = httpx2.URL(f"{str(client.base_url).rstrip('/')}/chat/completions")
        self._place: Place = place_of(self._url)
        self._heads: dict[tuple[tuple[str, str], ...], bytes] = {}

    async def create(
        self,
        *,
        extra_headers: dict[str, str] | None = None,
        extra_body: dict[str, Any] | None = None,
        timeout: object = None,  # noqa: ARG002 (a call is ended from outside)
        **asked: Any,
    ) -> ChatCompletion:
        """Ask once. Raises errors of OpenAI's client, ValueError for an answer that makes no sense, and Plain for one
        that is plain."""
        given = {name: value for name, value in asked.items() if not isinstance(value, _LEFT_OUT)}
        body = _encode(given | (extra_body or {}))
        head = self._head(extra_headers or {})
        try:
            answer = await self._wire.exchange(self._place, b"%b%d\r\n\r\n%b" % (head, len(body), body))
        except httpx2.TimeoutException as error:
            raise APITimeoutError(self._request()) from error
        except httpx2.HTTPError as error:
            raise APIConnectionError(request=self._request()) from error
        if not 200 <= answer.status < 300:
            self._refused(answer)
        look(answer.body)
        found = msgspec.json.decode(answer.body)
        if not isinstance(found, dict):
            raise ValueError("the answer is no object")
        return ChatCompletion.construct(**found)

    def _head(self, extra: dict[str, str]) -> bytes:
        """The head of a request, up to its length. There are few: what is different is made once."""
        key = tuple(extra.items())
        head = self._heads.get(key)
        if head is None:
            client = self._client
            merged = {
                name.lower(): (name, value)
                for given in (client.default_headers, client.auth_headers, extra)
                for name, value in given.items()
            }
            headers = [(name, value) for name, value in merged.values() if isinstance(value, str)]
            head = head_of("POST", self._url, headers) + b"\r\nContent-Length: "
            self._heads = {**self._heads, key: head} if len(self._heads) < _HEADS else {key: head}
        return head

    def _refused(self, answer: Answer) -> NoReturn:
        response = httpx2.Response(answer.status, headers=answer.headers, request=self._request())
        try:
            said = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            said = None
        body = said.get("error", said) if isinstance(said, dict) else said
        raise APIStatusError(f"Error code: {answer.status}", response=response, body=body)

    def _request(self) -> httpx2.Request:
        return httpx2.Request("POST", self._url)
