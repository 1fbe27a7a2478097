"""Every phrase of the pages that are translated has its Spanish, with the same names in braces."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from textback.compliance import gate
from textback.engine.named import SAID
from textback.engine.nodes.priority import PRIORITIES
from textback.pipeline.presence import Doing
from textback.web import (
    answering,
    by_text_words,
    contactpage,
    desk_list,
    file_words,
    filling,
    handoff_words,
    leads,
    leadtable,
    machine_words,
    merging,
    person,
    present,
    reasons,
    remedies,
    replies,
    saved,
)  # fmt: skip
from textback.web.permissions import ROLES
from textback.web.phrases import LANGUAGES, phrases, say, wanted

WEB = Path(__file__).parents[2] / "src" / "textback" / "web"
_IN_PAGE = re.compile(r"""\b(?:_|say)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")
_IN_SCRIPT = re.compile(r"""\bsay\("([^"\\]+)\"""")
_NAMES = re.compile(r"\{(\w+)\}")
OTHERS = [language for language in LANGUAGES if language != "en"]


#: Modules whose sentences for whoever may not, or did something wrong, are read on pages that are translated.
DENYING = {
    "answering", "card", "contactpage", "desk", "desk_assign", "desk_bulk", "desk_list", "desk_views", "leads",
    "merging", "owning", "pictures", "presence", "replies", "saved", "security", "server", "snoozing", "templated",
    "twostep",
}  # fmt: skip
#: Words that stand in tables and are said by what they belong to.
TABLES = (
    present.STATUS, present.CHANNELS, present.WITHDRAWN, machine_words.ACTION_ERRORS, reasons.REASONS, reasons.NEXT,
    handoff_words.LIMITS, handoff_words.PRIORITIES, remedies.CAUSES, remedies.WORDS, by_text_words.OTHERS,
    desk_list.FILTERS, desk_list.SNOOZES, desk_list.LANGUAGES, person.CONSENT, answering.WHY, replies.WHY, SAID,
    filling.NAMES, saved.DID,
)  # fmt: skip
MORE = {
    *(words for words, _, _ in present.DELIVERY.values()), *present.WEEKDAYS, *present.MONTHS,
    *(one.replace("_", " ") for one in present.OUTCOMES), *PRIORITIES, *get_args(Doing), answering.NOT_YOURS,
    answering.TWICE, answering.GONE, leadtable.NOT_ASKED, merging.GONE, merging.UNSEEN, gate.SHUT,
    leads.NO_NUMBER, *leads.DID.values(), *contactpage.DID.values(), "Phone", "Email", *file_words.WHY,
    *(one.replace("_", "-").capitalize() for one in person.CONSENT),
    "There is nothing at this address.", "This address does not take that kind of request.",
}  # fmt: skip


def literals(node: ast.expr) -> set[str]:
    """The phrases that an argument can be."""
    match node:
        case ast.Constant(value=str(words)):
            return {words}
        case ast.IfExp():
            return literals(node.body) | literals(node.orelse)
        case ast.BoolOp():
            return set().union(*map(literals, node.values))
        case ast.Call(func=ast.Attribute(attr="get"), args=[_, other]):
            return literals(other)
        case _:
            return set()


def in_code(path: Path) -> set[str]:
    """What a module says."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id="say" | "tell"), args=[words, *_]):
                found |= literals(words)
            case ast.Call(func=ast.Name(id="Denied"), args=[_, words]) if path.stem in DENYING:
                found |= literals(words)
    return found


def gates() -> set[str]:
    """The whole sentences of the gate: some of them stand on pages."""
    nodes = ast.walk(ast.parse(Path(gate.__file__).read_text("utf-8")))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def used() -> set[str]:
    """All phrases that templates, handlers and scripts say."""
    found = {role.capitalize() for role in ROLES} | MORE
    for table in TABLES:
        found |= set(table.values())
    for path in WEB.glob("templates/*.html"):
        found |= {(one[0] or one[1]).replace("\\'", "'") for one in _IN_PAGE.findall(path.read_text("utf-8"))}
    for path in WEB.glob("*.py"):
        if path.name != "phrases.py":
            found |= in_code(path)
    for path in WEB.glob("static/*.js"):
        if path.name != "widget.js":
            found |= set(_IN_SCRIPT.findall(path.read_text("utf-8")))
    return found - {""}


@pytest.mark.parametrize("language", OTHERS)
def test_every_phrase_is_translated(language: str) -> None:
    assert sorted(used() - set(phrases(language))) == []


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_translated_that_nobody_says(language: str) -> None:
    assert sorted(set(phrases(language)) - used() - gates()) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_names_of_its_phrase(language: str) -> None:
    for words, translated in phrases(language).items():
        assert sorted(_NAMES.findall(words)) == sorted(_NAMES.findall(translated)), words
        assert translated.strip()
        assert "!" not in translated, "quiet, as in English"


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"), ("es", "es"), ("es-MX", "es"), ("fr, es;q=0.5", "es"), ("en, es;q=0.9", "en"), ("es;q=0", "en"),
        ("es;q=0.3, en;q=0.4", "en"), ("es;q=x, en", "en"), (",;,;q=", "en"), ("ES-419;q=1.0", "es"),
        ("e" * 9_999, "en"),
    ],
)  # fmt: skip
def test_the_language_that_a_browser_wants(accept: str, language: str) -> None:
    assert wanted(accept) == language


def test_what_is_not_translated_is_said_in_english() -> None:
    assert say("es", "No such phrase, {name}", name="Ana") == "No such phrase, Ana"
    assert say("xx", "Save") == "Save"
