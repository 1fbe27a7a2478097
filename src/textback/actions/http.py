"""The `http` action: a request made of the job's arguments, and what of its answer is kept."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from textback.actions.base import Done, Failed, Job
from textback.actions.fetch import Allowed, Answer, FetchError, Request, fetch
from textback.core.text import clean
from textback.core.when import SECOND
from textback.engine.actions import Action, Http
from textback.engine.template import Expression, RenderError, Text, plain

SECRET = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
DEEPEST = 20
MOST_VALUES = 5_000
MOST_KEPT = 8 * 1024
"""Bytes of JSON that a result may come to: it is kept in the conversation's state."""
LONGEST_WAIT = 300.0
"""Seconds that another system can make us wait at most before the next try."""
_MISCONFIGURED = frozenset({401, 403, 405, 407, 415})
_AGAIN = frozenset({408, 425})


class _Wrong(Exception):
    """Nothing can be asked like this. The text is for the operator."""


class HttpActions:
    """Performs `http` actions. `found` is the environment, `allowed` the private hosts that may be asked."""

    def __init__(self, found: Mapping[str, str], allowed: Allowed) -> None:
        self._found = found
        self._allowed = allowed

    async def perform(self, action: Action, job: Job) -> Done | Failed:
        """Ask once. Never raises for anything that an author, the network or the other system does."""
        try:
            request = self._request(action.http, job)
        except _Wrong as wrong:
            return Failed("misconfigured", detail=str(wrong))
        except RenderError:
            return Failed("misconfigured", detail="A template of the action can't be filled in with these arguments.")
        try:
            answer = await fetch(request, job.timeout / SECOND, self._allowed)
        except FetchError as error:
            kind = {"before": "retry", "after": "unknown", "refused": "misconfigured"}[error.how]
            return Failed(kind, detail=error.detail)  # type: ignore[arg-type]
        return _result(action, answer)

    def _request(self, http: Http, job: Job) -> Request:
        arguments = dict(job.arguments)
        url = self._filled(http.url.render("en", lambda: {n: quote(_word(v), safe="") for n, v in arguments.items()}))
        if any(part in (".", "..") for part in urlsplit(url).path.split("/")):
            raise _Wrong("An argument in the url is a dot or two, which would name another address.")
        if not re.match(r"https?://[^/?#@\s]+", url):
            raise _Wrong("The url is not the address of an API.")
        bare = http.method in ("GET", "DELETE")
        query = self._tree(http.query, arguments) if http.query is not None else {}
        if bare and http.query is None:
            query = {name: value for name, value in arguments.items() if name not in http.url.names}
        if query:
            pairs = urlencode({name: _word(value) for name, value in query.items() if value is not None})
            url += f"{'&' if '?' in url else '?'}{pairs}"
        headers = {name: self._filled(text) for name, text in http.headers.items()}
        headers |= {"User-Agent": "textback/0.1", "Accept": "application/json", "Idempotency-Key": job.key}
        if bare and http.json is None:
            return Request(http.method, url, headers)
        body = arguments if http.json is None else self._tree(http.json, arguments)
        headers["Content-Type"] = "application/json"
        return Request(http.method, url, headers, msgspec.json.encode(body))

    def _tree(self, value: Any, arguments: Mapping[str, Any]) -> Any:
        match value:
            case Expression():
                return plain(value.value(arguments))
            case Text():
                return value.render("en", lambda: arguments)
            case dict():
                return {name: self._tree(one, arguments) for name, one in value.items()}
            case list():
                return [self._tree(one, arguments) for one in value]
            case str():
                return self._filled(value)
        return value

    def _filled(self, text: str) -> str:
        """The text with every ${NAME} replaced."""

        def secret(match: re.Match[str]) -> str:
            got = self._found.get(match[1], "").strip()
            if not got:
                raise _Wrong(f"{match[1]} is missing or empty. Set it and start again.")
            return got

        return SECRET.sub(secret, text)


def _word(value: Any) -> str:
    """A value in an address."""
    if isinstance(value, str):
        return value
    return "" if value is None else msgspec.json.encode(value).decode()


def _result(action: Action, answer: Answer) -> Done | Failed:
    status = answer.status
    code = str(status)
    if 300 <= status < 400:
        return Failed("misconfigured", code, "The address answers with a redirect, which is not followed.")
    if status in _MISCONFIGURED:
        return Failed("misconfigured", code, "The other system does not accept the key or the method.")
    wait = _seconds(answer.headers.get("retry-after"))
    if status == 429 or (status == 503 and wait is not None):
        return Failed("throttled", code, "The other system wants to be asked later.", wait)
    if status >= 500 or status in _AGAIN:
        return Failed("retry", code, "The other system failed.")
    if not 200 <= status < 300:
        return Failed("rejected", code, "The other system refused.")
    if not answer.body.strip():
        return Done(_kept(action, None))
    try:
        value = _tidy(msgspec.json.decode(answer.body))
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError):
        return Failed("unknown", code, "The answer is not JSON, or more of it than is read.")
    kept = _kept(action, value)
    if len(msgspec.json.encode(kept)) > MOST_KEPT:
        detail = f"The answer is more than {MOST_KEPT // 1024} KB. Name in `result` what of it is needed."
        return Failed("misconfigured", code, detail)
    return Done(kept)


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


def _kept(action: Action, value: Any) -> Any:
    """What of an answer `result` names; None where there is nothing."""
    if isinstance(action.result, dict):
        return {name: _at(value, path) for name, path in action.result.items()}
    return value if action.result is None else _at(value, action.result)


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and len(name) < 5:
            value = value[int(name)] if int(name) < len(value) else None
        else:
            return None
    return value


def _seconds(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return min(value, LONGEST_WAIT) if 0 <= value < float("inf") else None
