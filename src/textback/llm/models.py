"""Asking language models: one after the other until one answers, within one time, and never raising."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from time import monotonic, time_ns
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from textback.core.errors import SettingsError
from textback.core.tracing import Tracer
from textback.engine.guard.base import Proposal
from textback.llm.access import Access, reached
from textback.llm.answer import Malformed, read
from textback.llm.base import Asked, Prompt, Try, Why
from textback.llm.breaker import Breaker
from textback.llm.prompt import texts_of
from textback.llm.spans import of_call

if TYPE_CHECKING:
    from textback.llm.clients import Client, Fault, Said

log = structlog.get_logger("textback.models")

LEAST = 0.2
"""Seconds that must be left to begin a call."""
PAUSE = 0.3
"""Seconds before a model that failed is asked once more, unless it names a time of its own."""
CLOSING = 0.25
"""Seconds that a call gets to close its connection when its time is over."""
MOST_CALLS = 2
"""Calls of one model for one question."""
MOST_MODELS = 4


class _Made(msgspec.Struct, frozen=True):
    """What came of one call."""

    noted: Try
    proposal: Proposal | None = None
    again: str = ""
    retry_after: float = 0.0
    complaint: str = ""
    """What was wrong with the answer, for the model."""
    shapeless: bool = False
    """The model takes no schema: the shape has to be asked for in words."""


class Models:
    """All models of this process. Close it at the end."""

    def __init__(self, known: Mapping[str, Access], tracer: Tracer | None = None) -> None:
        self._known = known
        self._tracer = tracer
        self._breakers: dict[str, Breaker] = {}
        self._clients: dict[str, Client] = {}
        self._http: dict[str, Any] = {}
        self._making: dict[str, asyncio.Task[Client]] = {}
        self._one = asyncio.Lock()
        self._ending: set[asyncio.Task[Any]] = set()

    async def ready(self, uses: Sequence[str] = ()) -> None:
        """Load what calls need, in a thread, and make these models ready. Never raises: what is wrong is said when they
        are asked."""
        for use in uses[:MOST_MODELS]:
            try:
                await self._client(use)
            except SettingsError as error:
                self._complain(use, str(error))

    async def close(self) -> None:
        """Close all connections. Calls that are under way end as unavailable."""
        await asyncio.gather(*self._making.values(), return_exceptions=True)
        for http in self._http.values():
            await http.aclose()
        self._http.clear()
        self._clients.clear()

    async def ask(
        self, uses: Sequence[str], prompt: Prompt, within: float, *, trace: str = "", above: str = ""
    ) -> Asked:
        """Ask these models, as "maker:name", in order until one answers. Never raises.

        Args:
            uses: The first is asked; each other one where those before it gave no answer, or are known to be away.
            prompt: What is asked.
            within: Seconds for all of it. Of what is left, a model gets its share with those after it.
            trace: The arrival whose trace the calls belong to, and `above` the key of the span that they are part of.
        """
        end = monotonic() + within
        tries: list[Try] = []
        why: Why = "misconfigured"
        left = list(dict.fromkeys(uses))[:MOST_MODELS]
        texts = texts_of(prompt)
        while left:
            use, now = left.pop(0), monotonic()
            if end - now < LEAST:
                why = "timeout"
                break
            breaker = self._breakers.setdefault(use, Breaker())
            if not breaker.lets(now):
                why = breaker.why or "unavailable"
                continue
            others = sum(one not in self._breakers or not self._breakers[one].holds(now) for one in left)
            until = now + (end - now) / (1 + others)
            made = await self._model(use, prompt, texts, until, tries, last=not others, span=(trace, above))
            if made.proposal is not None:
                return Asked(made.proposal, None, tuple(tries))
            why = made.noted.outcome if made.noted.outcome != "answered" else "malformed"
        return Asked(None, why, tuple(tries))

    async def _model(
        self,
        use: str,
        prompt: Prompt,
        texts: tuple[str, str],
        until: float,
        tries: list[Try],
        *,
        last: bool,
        span: tuple[str, str],
    ) -> _Made:
        """Ask one model, twice where that is worth it. `tries` gets each call."""
        complaint, told = "", False
        while True:
            begin = time_ns()
            made = await self._call(use, prompt, (texts[0], texts[1] + complaint), until, told=told)
            tries.append(made.noted)
            self._trace(span, use, len(tries), begin, made.noted)
            self._heard(use, made)
            wait = max(made.retry_after, PAUSE) if made.again == "later" else 0.0
            enough = sum(one.model == use for one in tries) >= MOST_CALLS
            if not made.again or enough or (made.again == "later" and not last):
                return made
            again = monotonic() + wait
            if again + LEAST > until or self._breakers[use].holds(again):
                return made
            await asyncio.sleep(wait)
            complaint = f"\n\nYour last answer was not used. {made.complaint}" if made.complaint else ""
            told = told or made.shapeless

    async def _call(self, use: str, prompt: Prompt, texts: tuple[str, str], until: float, *, told: bool) -> _Made:
        """One call, or why there was none. It is over at `until`, or a moment later."""
        begun = monotonic()
        task = asyncio.create_task(self._said(use, texts, told=told))
        try:
            done, _ = await asyncio.wait({task}, timeout=until - begun)
            if not done:
                task.cancel()
                await asyncio.wait({task}, timeout=CLOSING)
        except asyncio.CancelledError:
            task.cancel()
            raise
        finally:
            self._keep(task)
        ms = round((monotonic() - begun) * 1000)
        if not done:
            return _Made(Try(use, "timeout", ms, detail="It did not answer in time."))
        if task.cancelled() or (error := task.exception()) is not None:
            name = "CancelledError" if task.cancelled() else type(error).__name__
            return _Made(Try(use, "unavailable", ms, detail=f"The call failed ({name})."), again="later")
        said = task.result()
        if isinstance(said, Exception):
            return _failed(use, said, ms)
        try:
            proposal = read(said.text, prompt)
        except Malformed as error:
            detail = f"Its answer is not one. {error}"
            noted = Try(use, "malformed", ms, said.tokens_in, said.tokens_out, said.cost or 0, detail)
            return _Made(noted, again="now", complaint=str(error))
        detail = "" if said.cost is not None else "Its price is not known."
        return _Made(Try(use, "answered", ms, said.tokens_in, said.tokens_out, said.cost or 0, detail), proposal)

    async def _said(self, use: str, texts: tuple[str, str], *, told: bool) -> "Said | Fault | SettingsError":
        try:
            client = await self._client(use)
        except SettingsError as error:
            return error
        faults = import_module("textback.llm.clients").Fault
        try:
            return await client.ask(*texts, told=told)
        except faults as fault:
            found: Fault = fault
            return found

    async def _client(self, use: str) -> "Client":
        """The model, made in a thread when it is first asked. Raises SettingsError."""
        client = self._clients.get(use)
        if client is not None:
            return client
        task = self._making.get(use)
        if task is None:
            task = self._making[use] = asyncio.create_task(self._make(use, *reached(use, self._known)))
            task.add_done_callback(partial(self._made, use))
        return await asyncio.shield(task)

    async def _make(self, use: str, maker: str, name: str, access: Access) -> "Client":
        async with self._one:
            try:
                module = await asyncio.to_thread(_load)
                if maker not in self._http:
                    self._http[maker] = await asyncio.to_thread(module.Http)
                made: Client = await asyncio.to_thread(module.Client, maker, name, access, self._http[maker])
            except ImportError:
                fix = "Install it with: pip install 'textback[models]'."
                raise SettingsError("pydantic-ai is not installed.", fix) from None
            except Exception as error:  # its libraries look at the environment too, and have words of their own
                problem = f"The model can't be made ready ({type(error).__name__})."
                raise SettingsError(problem, "Check its name and its maker's variables.") from None
            self._clients[use] = made
            return made

    def _made(self, use: str, task: "asyncio.Task[Client]") -> None:
        del self._making[use]
        self._ended(task)

    def _heard(self, use: str, made: _Made) -> None:
        breaker, outcome = self._breakers[use], made.noted.outcome
        if outcome == "answered":
            breaker.answered()
        elif breaker.fails(outcome, monotonic(), made.retry_after):
            self._complain(use, made.noted.detail)

    def _complain(self, use: str, detail: str) -> None:
        log.warning("a model is left alone for a while", model=use, reason=detail)

    def _trace(self, span: tuple[str, str], use: str, number: int, begin: int, noted: Try) -> None:
        trace, above = span
        if self._tracer is None or not trace or not self._tracer.wants(trace):
            return
        url = self._known[use.partition(":")[0]].url if use.partition(":")[0] in self._known else ""
        self._tracer.note([of_call(trace, above, number, begin, noted, url)])

    def _keep(self, task: asyncio.Task[Any]) -> None:
        """Hold on to a call that is still closing, and hear what becomes of it."""
        if task.done():
            return
        self._ending.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._ending.discard(task)
        if not task.cancelled():
            task.exception()


def _load() -> Any:
    """The module that calls models. Raises ImportError where what it needs is not installed."""
    return import_module("textback.llm.clients")


def _failed(use: str, error: Exception, ms: int) -> _Made:
    if isinstance(error, SettingsError):
        return _Made(Try(use, "misconfigured", ms, detail=str(error)))
    fault: Any = error
    said = fault.said
    noted = Try(use, fault.why, ms, detail=fault.detail)
    if said is not None:
        noted = Try(use, fault.why, ms, said.tokens_in, said.tokens_out, said.cost or 0, fault.detail)
    shapeless = fault.why == "refused" and fault.again == "now"
    return _Made(noted, again=fault.again, retry_after=fault.retry_after, shapeless=shapeless)
