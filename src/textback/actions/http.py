"""The `http` action: a request made of the job's arguments, and what of its answer is kept."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from textback.actions.asking import USER_AGENT, NoResult, failure, unanswered, value
from textback.actions.base import Done, Failed, Job, Wrong, filled
from textback.actions.fetch import Allowed, Answer, FetchError, Request, fetch
from textback.core.when import SECOND
from textback.engine.actions import Action, Http
from textback.engine.template import Expression, RenderError, Text, plain

MOST_KEPT = 8 * 1024
"""Bytes of JSON that a result may come to: it is kept in the conversation's state."""


class HttpActions:
    """Performs `http` actions. `found` is the environment, `allowed` the private hosts that may be asked."""

    def __init__(self, found: Mapping[str, str], allowed: Allowed) -> None:
        self._found = found
        self._allowed = allowed

    async def perform(self, action: Action, http: Http, job: Job) -> Done | Failed:
        """Ask once. Never raises for anything that an author, the network or the other system does."""
        try:
            request = self._request(http, job)
        except Wrong as wrong:
            return Failed("misconfigured", detail=str(wrong))
        except RenderError:
            return Failed("misconfigured", detail="A template of the action can't be filled in with these arguments.")
        try:
            answer = await fetch(request, job.timeout / SECOND, self._allowed)
        except FetchError as error:
            return unanswered(error)
        return _result(action, answer)

    def _request(self, http: Http, job: Job) -> Request:
        arguments = dict(job.arguments)
        url = filled(
            http.url.render("en", lambda: {n: quote(_word(v), safe="") for n, v in arguments.items()}), self._found
        )
        if any(part in (".", "..") for part in urlsplit(url).path.split("/")):
            raise Wrong("An argument in the url is a dot or two, which would name another address.")
        if not re.match(r"https?://[^/?#@\s]+", url):
            raise Wrong("The url is not the address of an API.")
        bare = http.method in ("GET", "DELETE")
        query = self._tree(http.query, arguments) if http.query is not None else {}
        if bare and http.query is None:
            query = {name: value for name, value in arguments.items() if name not in http.url.names}
        if query:
            pairs = urlencode({name: _word(value) for name, value in query.items() if value is not None})
            url += f"{'&' if '?' in url else '?'}{pairs}"
        headers = {name: filled(text, self._found) for name, text in http.headers.items()}
        headers |= {"User-Agent": USER_AGENT, "Accept": "application/json", "Idempotency-Key": job.key}
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
                return filled(value, self._found)
        return value


def _word(value: Any) -> str:
    """A value in an address."""
    if isinstance(value, str):
        return value
    return "" if value is None else msgspec.json.encode(value).decode()


def _result(action: Action, answer: Answer) -> Done | Failed:
    failed = failure(answer)
    if failed is not None:
        return failed
    try:
        kept = _kept(action, value(answer))
    except NoResult as none:
        return none.failed
    if len(msgspec.json.encode(kept)) > MOST_KEPT:
        detail = f"The answer is more than {MOST_KEPT // 1024} KB. Name in `result` what of it is needed."
        return Failed("misconfigured", str(answer.status), detail)
    return Done(kept)


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
