"""Reading bot.yml's `actions`."""

import re
from typing import Any

import msgspec

from textback.engine.actions import (
    AT_ONCE,
    METHODS,
    MOST_AT_ONCE,
    MOST_RETRIES,
    RETRIES,
    TIMEOUT,
    Action,
    Http,
    Service,
)
from textback.engine.nodes.set import plain_value
from textback.engine.pending import read_timeout
from textback.engine.reading import Reader
from textback.engine.services import KINDS
from textback.engine.services_file import SECRET, of_service, read_service
from textback.engine.source import Mapping, Node, Scalar, Sequence
from textback.engine.template import BadTemplate, Expression, Text, is_template
from textback.engine.thinking import MODEL

ACTION_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}(\.[a-z][a-z0-9_]{0,30})?")
PATH = re.compile(r"[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){0,9}")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
OURS = frozenset({"host", "content-length", "content-type", "connection", "transfer-encoding", "idempotency-key"})
"""Headers that Textback writes itself."""
PRIVATE = re.compile(r"authorization|cookie|key|token|secret|password|auth|credential", re.IGNORECASE)
_URL = re.compile(r"(https?://[^\s/?#@]+|\$\{[A-Z][A-Z0-9_]*\})([/?][^\s#]*)?")


class _Reading:
    """One action while it is read: the arguments and the secrets that it turns out to use."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.needs: set[str] = set()
        self.secrets: set[str] = set()

    def template(self, node: Node, source: str, what: str) -> Text | None:
        try:
            text = Text({self.reader.locales[0]: source}, self.reader.locales[0])
        except BadTemplate as error:
            self.bad(node, what, error)
            return None
        self.needs |= text.names
        return text

    def tree(self, node: Node, what: str) -> Any:
        """Values as JSON has them; texts with templates in them as Text or Expression."""
        if isinstance(node, Sequence):
            return [self.tree(item, what) for item in node.items]
        if isinstance(node, Mapping):
            return {name: self.tree(value, what) for name, value in node.values.items()}
        source = node.value.strip() if isinstance(node, Scalar) else ""
        if not is_template(source):
            self.secrets.update(SECRET.findall(source))
            return plain_value(source) if isinstance(node, Scalar) and node.plain else source
        if "${" in source:
            self.reader.source.error(node, f"{what} mixes {{{{ }}}} and ${{NAME}}.", "Use one of them in a value.")
            return None
        if not (source.startswith("{{") and source.endswith("}}") and source.count("{{") == 1):
            return self.template(node, source, what)
        try:
            made = Expression(source[2:-2].strip())
        except BadTemplate as error:
            self.bad(node, what, error)
            return None
        self.needs |= made.names
        return made

    def bad(self, node: Node, what: str, error: BadTemplate) -> None:
        message = f"{what} is not a valid template: {error.message}."
        self.reader.source.error(node, message, "See docs/how-to/actions.md.")


def read_actions(reader: Reader, node: Node | None, home: Service) -> dict[str, Action]:
    """`actions: {NAME: {http: {url: ...}, timeout: 10s, retries: 3, at_once: 4, result: ...}}`, or a service in place
    of `http`. `home` has what services take from the rest of bot.yml."""
    if node is None:
        return {}
    source = reader.source
    if not isinstance(node, Mapping):
        source.error(node, "actions must name each action.", "Write `actions: {NAME: {http: {url: https://...}}}`.")
        return {}
    found: dict[str, Action] = {}
    for name, value in node.values.items():
        if not ACTION_NAME.fullmatch(name):
            fix = "Use small letters, digits and _, with one dot at most: calendar.book."
            source.error(node.keys[name], f"An action can't be called {name!r}.", fix)
        if name == MODEL:
            source.error(node.keys[name], "An action can't be called 'model': language models are.", "Rename it.")
        for action in _action(reader, name, value, node.keys[name], home):
            if action.name in found:
                source.error(node.keys[name], f"The action {action.name!r} is there twice.", "Rename one of them.")
            found[action.name] = action
    return found


def _action(reader: Reader, name: str, value: Node, place: Node, home: Service) -> list[Action]:
    what = f"The action {name!r}"
    keys = reader.mapping(value, what, ("http", *KINDS, "timeout", "retries", "at_once", "result"))
    kinds = [key for key in keys if key == "http" or key in KINDS]
    if len(kinds) != 1:
        if isinstance(value, Mapping):
            message = f"{what} says more than one thing to do." if kinds else f"{what} does not say what to do."
            fix = f"Add `http: {{url: https://...}}`, or one of {', '.join(KINDS)}."
            reader.source.error(place, message, f"Leave one of {', '.join(kinds)}." if kinds else fix)
        return []
    kind = kinds[0]
    if kind == "http":
        reading = _Reading(reader)
        http = _http(reading, keys["http"], what)
        if http is None:
            return []
        result, needs = _result(reader, keys.get("result")), frozenset(reading.needs)
        action = Action(name, http, result=result, needs=needs, secrets=frozenset(reading.secrets))
        return [_patient(reader, keys, action)]
    if "result" in keys:
        gives = ", ".join(dict.fromkeys(one for it in KINDS[kind].operations.values() for one in it.gives))
        reader.source.error(keys["result"], f"The result of {kind} has names of its own.", f"Use them: {gives}.")
    services = read_service(reader, name, kind, keys[kind], home)
    return [_patient(reader, keys, of_service(called, service), name) for called, service in services.items()]


def _patient(reader: Reader, keys: dict[str, Node], action: Action, group: str = "") -> Action:
    """The action, as patient as it is declared."""
    return msgspec.structs.replace(
        action,
        timeout=read_timeout(reader, keys.get("timeout")) or TIMEOUT,
        retries=reader.integer(keys.get("retries"), "retries", 0, MOST_RETRIES, RETRIES),
        at_once=reader.integer(keys.get("at_once"), "at_once", 1, MOST_AT_ONCE, AT_ONCE),
        group=group or action.name,
    )


def _http(reading: _Reading, node: Node, what: str) -> Http | None:
    reader = reading.reader
    if isinstance(node, Scalar):
        url = _url(reading, node)
        return None if url is None else Http(url)
    keys = reader.mapping(node, f"http of {what[0].lower()}{what[1:]}", ("method", "url", "headers", "query", "json"))
    if "url" not in keys:
        if isinstance(node, Mapping):
            reader.source.error(node, f"{what} has no url.", "Add `url: https://...`.")
        return None
    method = reader.one_of(keys.get("method"), "method", METHODS) or "POST"
    if method == "GET" and "json" in keys:
        reader.source.error(keys["json"], "A GET has no json.", "Write query: instead, or method: POST.")
    url = _url(reading, keys["url"])
    headers = _headers(reading, keys.get("headers"))
    query, body = (reading.tree(keys[name], name) if name in keys else None for name in ("query", "json"))
    if query is not None and not isinstance(query, dict):
        reader.source.error(
            keys["query"], "query must have names and values.", 'For example: query: {day: "{{ day }}"}'
        )
    return None if url is None else Http(url, method, headers, query, body)


def _url(reading: _Reading, node: Node) -> Text | None:
    source = reading.reader.string(node, "url")
    if source is None:
        return None
    bare = re.sub(r"\{\{.*?\}\}", "x", source)
    found = _URL.fullmatch(bare)
    if found is None or not source.startswith(found[1]) or not bare.isascii():
        fix = "Write https://api.example.com/slots; {{ }} may stand after the host."
        reading.reader.source.error(node, "url is not the address of an API.", fix)
        return None
    if found[1].startswith("http://"):
        reading.reader.source.warn(node, "This address is not encrypted: what is sent there can be read.", "Use https.")
    reading.secrets.update(SECRET.findall(source))
    return reading.template(node, source, "url")


def _headers(reading: _Reading, node: Node | None) -> dict[str, str]:
    reader = reading.reader
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        reader.source.error(node, "headers must have names and values.", 'Write `{Authorization: "Bearer ${TOKEN}"}`.')
        return {}
    found = {}
    for name, value in node.values.items():
        text = reader.string(value, name)
        if text is None:
            continue
        if not HEADER.fullmatch(name) or not text.isascii() or not text.isprintable():
            reader.source.error(node.keys[name], f"The header {name!r} can't be sent.", "Use plain letters and digits.")
        elif name.lower() in OURS:
            reader.source.error(node.keys[name], f"The header {name!r} is written by Textback.", "Remove it.")
        elif is_template(text):
            reader.source.error(value, "A header can't have a template in it.", "Put it in query or json.")
        elif PRIVATE.search(name) and not SECRET.search(text):
            fix = f'Write "Bearer ${{{name.upper().replace("-", "_")}}}" and set it in the environment.'
            reader.source.error(value, f"The header {name!r} is written here in full.", fix)
        else:
            reading.secrets.update(SECRET.findall(text))
            found[name] = text
    return found


def _result(reader: Reader, node: Node | None) -> str | dict[str, str] | None:
    shape = "Write where it stands in the answer, for example booking.reference."
    if not isinstance(node, Mapping):
        return reader.string(node, "result", PATH, shape)
    named = {name: reader.string(value, f"result {name}", PATH, shape) or "" for name, value in node.values.items()}
    for name in named:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
            reader.source.error(node.keys[name], f"A part of result can't be called {name!r}.", "Use small letters.")
    return named
