"""Reading the services of bot.yml's `actions`: what each kind may say is data, see `services.KINDS`."""

import re

from textback.engine.actions import Action, Service
from textback.engine.reading import Reader
from textback.engine.services import KINDS, Kind
from textback.engine.source import Mapping, Node

SECRET = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
_ADDRESS = re.compile(r"https?://[^\s/?#@{}]+(/[^\s?#{}]*)?")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_MAIL = re.compile(r"[^\s@<>,;:\"]{1,64}@[^\s@<>,;:\"]{1,190}")
_NUMBER = re.compile(r"[1-9][0-9]{0,4}")
_CURRENCY = re.compile(r"[A-Z]{3}")

#: What an option's value must look like where it is not `${NAME}`, and how to write it.
SHAPES: dict[str, tuple[re.Pattern[str], str]] = {
    "api_url": (_ADDRESS, "Write https://api.example.com, or remove it."),
    "server": (_HOST, "Write the host alone: smtp.example.com."),
    "port": (_NUMBER, "Write 587, or 465."),
    "minutes": (_NUMBER, "Write how long a visit takes, such as 60."),
    "from": (_MAIL, "Write one address: bot@example.com."),
    "to": (_MAIL, "Write one address: shop@example.com."),
    "currency": (_CURRENCY, "Write three capital letters such as USD."),
}


def read_service(reader: Reader, name: str, kind: str, node: Node, home: Service) -> dict[str, Service]:
    """What the service called `name` can be asked for, by the names that flows call. `home` has what it takes from the
    rest of bot.yml: the time zone and the currency."""
    declared = KINDS[kind]
    what = f"{kind} of the action {name!r}"
    if not isinstance(node, Mapping):
        must = ", ".join(key for key, option in declared.options.items() if option.required)
        reader.source.error(node, f"{what} must have keys and values.", f"It needs {must}.")
        return {}
    options = _options(reader, reader.mapping(node, what, tuple(declared.options)), declared, what)
    for key, option in declared.options.items():
        if option.required and key not in node.values:
            reader.source.error(node, f"{what} has no {key}.", f"Add {key}: to it.")
    if declared.several and "." in name:
        fix = f"Call it {name.partition('.')[0]!r}; then flows call {next(iter(declared.operations))!r} behind a dot."
        reader.source.error(node, f"{what} has several things to ask for, so its name can't have a dot.", fix)
    currency = options.pop("currency", home.currency)
    return {
        f"{name}.{does}" if does else name: Service(kind, does, options, home.timezone, currency)
        for does in declared.operations
    }


def _options(reader: Reader, keys: dict[str, Node], declared: Kind, what: str) -> dict[str, str]:
    found = {key: option.default for key, option in declared.options.items() if option.default}
    for key, node in keys.items():
        text = reader.string(node, key)
        if text is None:
            continue
        reference = SECRET.fullmatch(text) is not None
        if declared.options[key].secret and not reference:
            fix = f"Write ${{{key.upper()}}}, or a better name, and set it in the environment."
            reader.source.error(node, f"{key} of {what} is written here in full.", fix)
        elif not reference and key in SHAPES and not SHAPES[key][0].fullmatch(text):
            reader.source.error(node, f"{key} of {what} can't be {text!r}.", SHAPES[key][1])
        else:
            found[key] = text
    return found


def of_service(name: str, service: Service) -> Action:
    """The action that asks a service: the arguments that it must get and may, and the secrets that it reads."""
    declared = KINDS[service.kind]
    operation = declared.operations[service.does]
    left_out = {key for key, option in declared.options.items() if option.argument and key not in service.options}
    needs = frozenset(operation.needs) | left_out
    return Action(
        name,
        service,
        result={one: one for one in operation.gives},
        needs=needs,
        takes=None if operation.free else needs | frozenset(operation.takes),
        secrets=frozenset(name for text in service.options.values() for name in SECRET.findall(text)),
    )
