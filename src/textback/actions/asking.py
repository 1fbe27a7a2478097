"""Asking a system that is known by name, in as many requests as it takes, and what its answers mean."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from textback.actions.base import Failed, Job
from textback.actions.fetch import Allowed, Answer, FetchError, Request, fetch
from textback.core.text import clean
from textback.core.when import SECOND, named_wait

USER_AGENT = "textback/0.1"
DEEPEST = 20
MOST_VALUES = 5_000
LONGEST_WAIT = 300.0
"""Seconds that another system can make us wait at most before the next try."""
_MISCONFIGURED = frozenset({401, 403, 405, 407, 415})
_AGAIN = frozenset({408, 425})


class NoResult(Exception):
    """What was asked gave no result, and this is why."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.detail)
        self.failed = failed


class Asker:
    """Asks one system, all its requests within the time of one job."""

    def __init__(self, job: Job, allowed: Allowed) -> None:
        self._until = asyncio.get_running_loop().time() + job.timeout / SECOND
        self.allowed = allowed

    @property
    def left(self) -> float:
        """Seconds that are left. Raises NoResult when none are."""
        left = self._until - asyncio.get_running_loop().time()
        if left <= 0:
            raise NoResult(Failed("unknown", detail="The time was over before everything was asked."))
        return left

    async def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] = {},
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        also: Collection[int] = (),
    ) -> Answer:
        """One request, with a body of JSON or of a form. Raises NoResult for an answer that is not 2xx, unless its
        status is one of `also`."""
        sent = {"User-Agent": USER_AGENT, "Accept": "application/json", **headers}
        body = b""
        if form is not None:
            body, sent["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
        elif json is not None:
            body, sent["Content-Type"] = msgspec.json.encode(json), "application/json"
        try:
            answer = await fetch(Request(method, url, sent, body), self.left, self.allowed)
        except FetchError as error:
            raise NoResult(unanswered(error)) from None
        failed = failure(answer)
        if failed is not None and answer.status not in also:
            raise NoResult(failed)
        return answer


def unanswered(error: FetchError) -> Failed:
    """What it means that no answer came."""
    match error.how:
        case "before":
            return Failed("retry", detail=error.detail)
        case "after":
            return Failed("unknown", detail=error.detail)
        case "refused":
            return Failed("misconfigured", detail=error.detail)


def failure(answer: Answer) -> Failed | None:
    """Why an answer is no result; None for one of 2xx."""
    status = answer.status
    code = str(status)
    if 300 <= status < 400:
        return Failed("misconfigured", code, "The address answers with a redirect, which is not followed.")
    if status in _MISCONFIGURED:
        return Failed("misconfigured", code, "The other system does not accept the key or the method.")
    wait = named_wait(answer.headers.get("retry-after"), LONGEST_WAIT)
    if status == 429 or (status == 503 and wait is not None):
        return Failed("throttled", code, "The other system wants to be asked later.", wait)
    if status >= 500 or status in _AGAIN:
        return Failed("retry", code, "The other system failed.")
    if not 200 <= status < 300:
        return Failed("rejected", code, "The other system refused.")
    return None


def value(answer: Answer) -> Any:
    """What is in an answer, as a database can keep it; None where nothing is. Raises NoResult for what is not JSON."""
    if not answer.body.strip():
        return None
    try:
        return _tidy(msgspec.json.decode(answer.body))
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError):
        detail = "The answer is not JSON, or more of it than is read."
        raise NoResult(Failed("unknown", str(answer.status), detail)) from None


def part(answer: Answer, *path: str | int) -> Any:
    """What stands at a place of an answer. Raises NoResult where nothing does: the other system is not what it was."""
    found = value(answer)
    for name in path:
        try:
            found = found[name]
        except (LookupError, TypeError):
            detail = f"The answer has no {'.'.join(map(str, path))}."
            raise NoResult(Failed("unknown", str(answer.status), detail)) from None
    return found


def _tidy(value: Any) -> Any:
    """The value as a database can keep it. Raises ValueError for one that is too deep or too large."""
    left = MOST_VALUES

    def walk(value: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        if depth > DEEPEST or left < 0:
            raise ValueError("too deep or too large")
        if isinstance(value, dict):
            return {clean(name): walk(one, depth + 1) for name, one in value.items()}
        if isinstance(value, list):
            return [walk(one, depth + 1) for one in value]
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 63:
            return str(value)  # a number that no JSON reader of ours keeps
        return clean(value) if isinstance(value, str) else value

    return walk(value, 0)
