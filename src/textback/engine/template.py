"""Texts and conditions that authors write: sandboxed Jinja with a small, closed grammar, compiled once at load.

Only what a text needs is allowed: values, `if`, comparisons, a few filters. No loops, calls or hidden attributes, so a
template's cost is bounded by its length.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from jinja2 import StrictUndefined, Template, TemplateError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from textback.core.errors import shown
from textback.engine.show import show
from textback.engine.words import phrases

Scope = Mapping[str, Any]

DEEPEST = 60
"""How many parts of a template may stand inside each other; what Jinja makes of them stays far from Python's limits."""

LINK = "link"
"""The one thing that a template may call: it makes a short link to the address that it is given."""
LINKS = "short links"
"""What the addresses of short links are noted under in a scope; no variable can be called so."""
_ADDRESS = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?=[/?#]|$)", re.IGNORECASE)
LONGEST_ADDRESS = 2000

FILTERS = frozenset("capitalize default first int last length lower replace round title trim upper when".split())
TESTS = frozenset("defined undefined none number string true false boolean eq ne gt ge lt le in".split())

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
    nodes.If,
    nodes.Add,
    nodes.Sub,
    nodes.Concat,
    nodes.Neg,
    nodes.List,
    nodes.Tuple,
    nodes.Keyword,
)

#: What authors call what they may not use.
_NAMES: dict[type[nodes.Node], str] = {
    nodes.For: "a loop",
    nodes.Call: "a call",
    nodes.Macro: "a macro",
    nodes.Mul: "multiplication",
    nodes.Pow: "a power",
    nodes.Div: "division",
    nodes.Assign: "{% set %}",
    nodes.Include: "{% include %}",
    nodes.Import: "{% import %}",
}


class BadTemplate(Exception):
    """A template can't be used. `line` counts from 1 within the text; the message is for the author."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class RenderError(Exception):
    """A template that looked right failed on real values, for example because a variable has no value yet."""


class Chosen(str):
    """The answer to a choice: compares as its id, prints as its label."""

    __slots__ = ("label",)
    label: str

    def __new__(cls, id_: str, label: str) -> "Chosen":
        """The choice `id_`, shown as `label`."""
        made = super().__new__(cls, id_)
        made.label = label
        return made

    def __str__(self) -> str:
        return self.label


class Shown(str):
    """A date, a time or a phone number: compares as it is kept, prints as people write it."""

    __slots__ = ("shown",)
    shown: str

    def __new__(cls, value: str, shown: str) -> "Shown":
        """The value, printed as `shown`."""
        made = super().__new__(cls, value)
        made.shown = shown
        return made

    def __str__(self) -> str:
        return self.shown


class Parts(dict[str, Any]):
    """A value of several parts, such as an amount of money: each can be read by its name, and it prints as people
    write it."""

    shown: str

    def __init__(self, value: Mapping[str, Any], shown: str) -> None:
        super().__init__(value)
        self.shown = shown

    def __str__(self) -> str:
        return self.shown


def plain(value: Any) -> Any:
    """A value as it is kept."""
    if isinstance(value, Parts):
        return dict(value)
    if isinstance(value, Given):
        return value.kept
    if isinstance(value, list):
        return [plain(one) for one in value]
    return str.__str__(value) if isinstance(value, str) else value


class Fields:
    """Named values for templates (`contact.name`). One that is not set is an empty text."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._values.get(name, "")


YEAR = "_year"
"""The value, out of authors' reach, that says which year it is: dates of another one are written with it."""


class Given(Fields):
    """What another system said, as deep as it goes (`booking.ref`, `event.data.amount`). A part that is missing prints
    as nothing, is false and equals an empty text, and so does every part of it."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        return answer({} if name not in self._values else super().__getattr__(name))

    def __len__(self) -> int:
        return len(self._values)

    def __str__(self) -> str:
        return ""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Given):
            return self._values == other._values
        return other == "" and not self._values

    @property
    def kept(self) -> dict[str, Any] | str:
        """As it is kept."""
        return dict(self._values) or ""


def answer(value: Any) -> Any:
    """What another system said, or a part of it, as templates read it."""
    if isinstance(value, list):
        return [answer(one) for one in value]
    return Given(value) if isinstance(value, dict) else value


@pass_context
def _finalize(context: Context, value: Any) -> Any:
    """Nothing prints as nothing, and yes and no in the contact's language."""
    if value is None:
        return ""
    if value is True or value is False:
        said = phrases(context.get("locale", ""))
        return said.yes if value else said.no
    return value


@pass_context
def _when(context: Context, value: Any) -> Any:
    """A date, a time, an amount or a phone number as people write it, in the contact's language."""
    if value is None or isinstance(value, bool):
        return value
    return show(plain(value), context.get("locale", ""), context.get(YEAR))


@pass_context
def _link(context: Context, address: Any) -> str:
    """The address, noted as one to be shortened. What values brought into it can't end it or the text around it."""
    target = quote(str(address).strip(), safe="!#$%&'()*+,/:;=?@[]~-._")
    if len(target) > LONGEST_ADDRESS:
        raise ValueError(f"the address of a link has more than {LONGEST_ADDRESS} characters")
    noted = context.get(LINKS)
    if isinstance(noted, list):
        noted.append(target)
    return target


_env = SandboxedEnvironment(undefined=StrictUndefined, finalize=_finalize, keep_trailing_newline=False)
_env.globals.clear()
_env.globals[LINK] = _link
_env.filters["when"] = _when


def _check(tree: nodes.Template) -> frozenset[str]:
    """The variables that a template reads. Raises BadTemplate for what is not allowed."""
    names: set[str] = set()
    queue: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while queue:
        node, depth = queue.pop()
        if depth > DEEPEST:
            raise BadTemplate("the template is nested too deeply", node.lineno)
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == LINK:
            queue.extend((child, depth + 1) for child in _linked(node))
            continue
        if not isinstance(node, _ALLOWED):
            what = _NAMES.get(type(node), type(node).__name__.lower())
            raise BadTemplate(f"{what} can't be used in a template", node.lineno)
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise BadTemplate(
                f"there is no filter {shown(node.name)}; known are {', '.join(sorted(FILTERS))}", node.lineno
            )
        if isinstance(node, nodes.Test) and node.name not in TESTS:
            raise BadTemplate(f"there is no test {shown(node.name)}; known are {', '.join(sorted(TESTS))}", node.lineno)
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            raise BadTemplate(f"{shown(node.attr)} can't be read", node.lineno)
        if isinstance(node, nodes.Name):
            names.add(node.name)
        queue.extend((child, depth + 1) for child in node.iter_child_nodes())
    return frozenset(names)


def _linked(call: nodes.Call) -> list[nodes.Expr]:
    """What a short link is made of. Its host is written down: no answer of a contact's may choose where our own domain
    leads to (E4)."""
    if len(call.args) != 1 or call.kwargs or call.dyn_args or call.dyn_kwargs:
        raise BadTemplate("link() takes one address", call.lineno)
    address = call.args[0]
    first: nodes.Node = address
    while isinstance(first, nodes.Concat | nodes.Add):
        first = first.nodes[0] if isinstance(first, nodes.Concat) else first.left
    written = first.value if isinstance(first, nodes.Const) else ""
    found = _ADDRESS.match(written) if isinstance(written, str) else None
    if found is None or (first is not address and found.end() == len(written)):
        raise BadTemplate('link() needs an address with its host, such as "https://shop.example.com/pay"', call.lineno)
    return [address]


def _parse(source: str) -> frozenset[str]:
    try:
        return _check(_env.parse(source))
    except TemplateError as error:
        message = (error.message or "the template is not valid").rstrip(".")
        raise BadTemplate(message, getattr(error, "lineno", 1)) from None
    except ValueError:  # a number of thousands of digits
        raise BadTemplate("there is a number that is too long in the template") from None
    except RecursionError:
        raise BadTemplate("the template is nested too deeply") from None


def is_template(text: str) -> bool:
    """Whether Jinja has anything to do in this text."""
    return "{{" in text or "{%" in text or "{#" in text


class Text:
    """One authored text in one or more languages.

    `plain` says what each language's text is when it has no template in it: those cost a dictionary look-up.
    """

    __slots__ = ("_templates", "default", "names", "plain", "sources")

    def __init__(self, sources: Mapping[str, str], default: str) -> None:
        """`sources` maps locales to texts. `default` is the locale to fall back to. Raises BadTemplate."""
        self.sources = dict(sources)
        self.default = default if default in self.sources else next(iter(self.sources))
        self.plain: dict[str, str] = {}
        self._templates: dict[str, Template] = {}
        names: set[str] = set()
        for locale, source in self.sources.items():
            if is_template(source):
                names |= _parse(source)
                self._templates[locale] = _env.from_string(source)
            else:
                self.plain[locale] = source
        self.names = frozenset(names)

    def locale(self, wanted: str) -> str:
        """The best locale this text has for the wanted one: itself, its language, else the default."""
        if wanted in self.sources:
            return wanted
        language = wanted.partition("-")[0]
        return language if language in self.sources else self.default

    def render(self, wanted: str, scope: Callable[[], Scope]) -> str:
        """The text in the wanted locale, or the nearest it has. `scope` is only called when a template needs values.

        Raises RenderError.
        """
        locale = self.locale(wanted)
        plain = self.plain.get(locale)
        if plain is not None:
            return plain
        try:
            return self._templates[locale].render({**scope(), "locale": wanted}).strip()
        except Exception as error:  # a template runs the author's code: whatever it raises is the author's to read
            raise RenderError(f"{type(error).__name__}: {error}") from error


class Expression:
    """A condition such as `service == 'quote'`."""

    __slots__ = ("_run", "names", "source")

    def __init__(self, source: str) -> None:
        """Raises BadTemplate."""
        self.source = source
        self.names = _parse("{{ (" + source + ") }}")
        try:
            self._run = _env.compile_expression(source, undefined_to_none=False)
        except TemplateError as error:
            raise BadTemplate(error.message or "the condition is not valid") from None

    def value(self, scope: Scope) -> Any:
        """What the expression comes to. Raises RenderError."""
        try:
            return self._run(scope)
        except Exception as error:  # as in Text.render
            raise RenderError(f"{type(error).__name__}: {error}") from error

    def holds(self, scope: Scope) -> bool:
        """Whether the condition is true. Raises RenderError."""
        try:
            return bool(self.value(scope))
        except RenderError:
            raise
        except Exception as error:  # an undefined value raises when it is asked for its truth
            raise RenderError(f"{type(error).__name__}: {error}") from error
