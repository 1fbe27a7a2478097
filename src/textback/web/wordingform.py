"""A named message as a form: its fields from what is written, and what is written from its fields. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from textback.core.text import Culprit, Segments, culprits, gsm_safe, segments
from textback.engine.bot import Approved, Bot
from textback.engine.lint_texts import SHORT_LINK
from textback.engine.named import TYPES, BadValue, preview, samples

MOST_VARIABLES = 12
SPARE = 2
"""Empty rows for variables to be added."""


@dataclass(frozen=True, slots=True)
class Row:
    """A variable as the form has it."""

    name: str = ""
    type: str = "text"
    required: bool = True
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields. `texts` has a text for each of the bot's locales, empty where there is none."""

    name: str = ""
    message_class: str = "informational"
    use_case: str = ""
    sender: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    variables: tuple[Row, ...] = ()
    media: str = ""
    quick: str = ""

    @property
    def rows(self) -> list[Row]:
        """The variables and room for more."""
        return [*self.variables, *[Row()] * SPARE][:MOST_VARIABLES]


def _strings(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [one for one in items if isinstance(one, str) and one]


def _string(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key, "")
    return value if isinstance(value, str) else ""


def of_body(name: str, body: Any, locales: Sequence[str]) -> Form:
    """What is written, as far as the form has fields for it."""
    written: Mapping[str, Any] = body if isinstance(body, dict) else {}
    text = written.get("text", "")
    texts = dict(text) if isinstance(text, dict) else {locales[0]: text}
    texts = {locale: one for locale, one in texts.items() if isinstance(one, str)}
    variables = written.get("variables")
    rows = tuple(_row(one, value) for one, value in variables.items()) if isinstance(variables, dict) else ()
    return Form(
        name,
        _string(written, "class") or "informational",
        _string(written, "use_case"),
        _string(written, "sender"),
        {locale: texts.get(locale, "") for locale in [*locales, *(one for one in texts if one not in locales)]},
        rows,
        "\n".join(_strings(written.get("media"))),
        ", ".join(_strings(written.get("quick"))),
    )


def _row(name: str, value: Any) -> Row:
    if isinstance(value, dict):
        return Row(
            name, _string(value, "type") or "text", _string(value, "required") != "false", _string(value, "sample")
        )
    return Row(name, value if isinstance(value, str) else "text")


def of_fields(name: str, fields: Mapping[str, str], locales: Sequence[str]) -> Form:
    """What somebody has filled in."""
    rows = []
    for n in range(MOST_VARIABLES):
        variable = fields.get(f"var.{n}.name", "").strip()
        if variable:
            optional = fields.get(f"var.{n}.optional", "") == "1"
            sample = fields.get(f"var.{n}.sample", "").strip()
            rows.append(Row(variable, fields.get(f"var.{n}.type", "text"), not optional, sample))
    return Form(
        name,
        fields.get("class", "").strip(),
        fields.get("use_case", "").strip(),
        fields.get("sender", "").strip(),
        {locale: _tidy(fields.get(f"text.{locale}", "")) for locale in locales},
        tuple(rows),
        _tidy(fields.get("media", "")),
        fields.get("quick", "").strip(),
    )


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def safe(form: Form) -> Form:
    """The form with the characters that force UCS-2 replaced where that helps (E3)."""
    texts = {locale: gsm_safe(text) for locale, text in form.texts.items()}
    return Form(
        form.name, form.message_class, form.use_case, form.sender, texts, form.variables, form.media, form.quick
    )  # fmt: skip


def to_body(form: Form, locales: Sequence[str]) -> dict[str, Any]:
    """What is to be written. A message in the bot's one language is written without naming it."""
    body: dict[str, Any] = {"class": form.message_class}
    if form.use_case:
        body["use_case"] = form.use_case
    if form.sender:
        body["sender"] = form.sender
    if form.variables:
        body["variables"] = {row.name: _written(row) for row in form.variables}
    media = [line.strip() for line in form.media.split("\n") if line.strip()]
    if media:
        body["media"] = media
    quick = [word.strip() for word in form.quick.split(",") if word.strip()]
    if quick:
        body["quick"] = quick
    texts = {locale: text for locale, text in form.texts.items() if text}
    body["text"] = texts[locales[0]] if list(texts) == [locales[0]] and len(locales) == 1 else texts
    return body


def _written(row: Row) -> str | dict[str, str]:
    if row.required and not row.sample:
        return row.type
    made = {"type": row.type}
    if not row.required:
        made["required"] = "false"
    if row.sample:
        made["sample"] = row.sample
    return made


@dataclass(frozen=True, slots=True)
class Shown:
    """One locale's text: how it looks with samples, how long it is then, and what makes it longer."""

    locale: str
    text: str
    preview: str
    size: Segments
    culprits: list[Culprit]
    saves: int
    """Segments that it takes once it is made plain; 0 where that saves nothing."""


def shown(form: Form, bot: Bot, template: Approved | None) -> list[Shown]:
    """Each locale's text. Where the message can't be read, its text stands as it is written."""
    found = []
    for locale, text in form.texts.items():
        said = _said(bot, template, locale, text)
        size = segments(said)
        better = segments(gsm_safe(said)).count
        found.append(Shown(locale, text, said, size, culprits(text), better if better < size.count else 0))
    return found


def _said(bot: Bot, template: Approved | None, locale: str, text: str) -> str:
    if template is None or locale not in template.text.sources:
        return text
    try:
        written = preview(bot, template, locale)
    except BadValue:
        return text
    said = written.text
    for link in sorted(written.links, key=len, reverse=True):
        said = said.replace(link, SHORT_LINK)
    return said


def sample_values(form: Form, bot: Bot, template: Approved | None) -> dict[str, str]:
    """What the browser puts in the place of values while somebody writes."""
    found = {"bot.name": bot.name, "bot.phone": bot.phone, "bot.email": bot.email, "contact.name": TYPES["text"]}
    found |= {row.name: row.sample or TYPES.get(row.type, "") for row in form.variables}
    return found | (samples(template) if template is not None else {}) | {"link": SHORT_LINK}
