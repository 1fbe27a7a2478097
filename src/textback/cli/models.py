"""What textback doctor looks at of language models: keys, names and addresses."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from textback.channels.client import Answer, Broken, Session, Target, TooSlow, Unreachable
from textback.core.errors import SettingsError
from textback.llm.access import Access, accesses, reached

INSTALL = "Install it with: pip install 'textback[models]'."
_NETWORK = "Check the address, and this machine's network, DNS and firewall."


class Looked(msgspec.Struct, frozen=True):
    """How a model is, as far as can be seen."""

    use: str
    level: Literal["ok", "warning", "error"]
    seen: str
    fix: str = ""


async def look(uses: Sequence[str], found: Mapping[str, str], http: Session | None) -> list[Looked]:
    """Each model's key, name and address; with `http` its maker is asked whether it takes the key and knows the name.
    No model is asked anything, and nothing costs."""
    if uses and find_spec("pydantic_ai") is None:
        return [Looked(use, "error", "pydantic-ai is not installed.", INSTALL) for use in uses]
    known = accesses(found)
    return [await _look(use, known, http) for use in dict.fromkeys(uses)]


async def _look(use: str, known: Mapping[str, Access], http: Session | None) -> Looked:
    try:
        maker, name, access = reached(use, known)
    except SettingsError as error:
        return Looked(use, "error", error.message, error.fix)
    if http is not None:
        trouble = await _asked(use, maker, name, access, http)
        if trouble is not None:
            return trouble
    if not import_module("textback.llm.prices").is_known(maker, access.url, name):
        fix = "Check the name. Where it is right, remember that budgets can't count what it costs."
        level: Literal["ok", "warning"] = "ok" if maker == "compatible" else "warning"
        return Looked(use, level, "Its price is not known.", "" if level == "ok" else fix)
    return Looked(use, "ok", "It is known, and its key is taken." if http is not None else "Its key is set.")


def _target(maker: str, name: str, access: Access) -> Target:
    model = quote(name, safe="")
    match maker:
        case "anthropic":
            headers = {"x-api-key": access.key, "anthropic-version": "2023-06-01"}
            return Target(f"{access.url}/v1/models/{model}", headers, "GET")
        case "google":
            return Target(f"{access.url}/v1beta/models/{model}", {"x-goog-api-key": access.key}, "GET")
    headers = {"Authorization": f"Bearer {access.key}"} if access.key else {}
    return Target(f"{access.url}/models" + ("" if maker == "compatible" else f"/{model}"), headers, "GET")


async def _asked(use: str, maker: str, name: str, access: Access, http: Session) -> Looked | None:
    """What its maker says is wrong; None where nothing is."""
    try:
        answer = await http.get(_target(maker, name, access))
    except (Unreachable, Broken, TooSlow) as error:
        return Looked(use, "error", f"{maker} could not be asked: {error}.", _NETWORK)
    code = f"(HTTP {answer.status})"
    if answer.status in (401, 403):
        return Looked(use, "error", f"{maker} does not accept the key {code}.", "Copy it again from its console.")
    if answer.status == 404:
        fix = "Check the model's name and the address."
        return Looked(use, "error", f"{maker} knows no such model, or the address is wrong {code}.", fix)
    if not 200 <= answer.status < 300:
        return Looked(use, "warning", f"{maker} answered HTTP {answer.status}.", "Ask again later.")
    names = _names(answer) if maker == "compatible" else None
    if names is not None and name not in names:
        fix = "Load it there, or use one of " + ", ".join(sorted(names)[:5]) + "." if names else "Load it there."
        return Looked(use, "error", f"The server has no model of the name {name}.", fix)
    return None


def _names(answer: Answer) -> set[str] | None:
    """The models that a server lists; None where it lists none that can be read."""
    try:
        listed: Any = msgspec.json.decode(answer.body)
        return {str(one["id"]) for one in listed["data"]}
    except (msgspec.MsgspecError, UnicodeError, RecursionError, KeyError, TypeError):
        return None
