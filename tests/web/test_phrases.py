"""Every phrase of the pages that are translated has its Spanish, with the same names in braces."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from textback.channels import probe
from textback.compliance import gate, registering
from textback.compliance.agreement import AgreementState
from textback.compliance.tables import registrations
from textback.core.evidence import Method
from textback.core.messages import CONSENT_WORDS, MessageClass
from textback.engine import adjusting, contact
from textback.engine.named import SAID
from textback.engine.named_read import USE_CASES
from textback.engine.nodes.priority import PRIORITIES
from textback.llm.base import Why
from textback.pipeline import bursts, coming, contactrows, dead, decide, line_checks, sheets
from textback.pipeline import letters as pipeline_letters
from textback.pipeline.presence import Doing
from textback.pipeline.simulating import FAULTS
from textback.store import bots, ledger_check
from textback.web import (
    answering,
    by_text_words,
    compliance,
    contactpage,
    desk_list,
    fieldsettings,
    filling,
    flowfolder,
    flowgraph,
    flowview,
    handoff_words,
    hooks,
    importing,
    leads,
    leadtable,
    letters,
    listing,
    machine_words,
    merging,
    person,
    present,
    privacy,
    proof,
    provider_templates,
    reasons,
    remedies,
    replies,
    rules_words,
    saved,
    simclock,
    simrig,
    simulator,
    wordings,
)  # fmt: skip
from textback.web.permissions import ROLES
from textback.web.phrases import LANGUAGES, phrases, say, wanted
from textback.web.retelling import PATTERNS, WEEKDAYS
from textback.web.scopes import SCOPES

WEB = Path(__file__).parents[2] / "src" / "textback" / "web"
_IN_PAGE = re.compile(r"""\b(?:_|say)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")
_IN_SCRIPT = re.compile(r"""\bsay\("([^"\\]+)\"""")
#: A sentence, or what the ledger says of an entry; what ends with a space is a part of one.
_HANDED = re.compile(r"(?:[A-Z]|its? |nothing |the seal ).* .*\S$")
_NAMES = re.compile(r"\{(\w+)\}")
OTHERS = [language for language in LANGUAGES if language != "en"]


#: Modules whose sentences for whoever may not, or did something wrong, are read on pages that are translated.
DENYING = {
    "answering", "card", "compliance", "consent", "contactpage", "desk", "desk_assign", "desk_bulk", "desk_list",
    "desk_views", "fieldsettings", "flowfolder", "flowmoves", "flows", "flowtry", "flowversions", "hooks", "importing",
    "keyring", "leads", "learning", "letters", "lines", "listing", "merging", "owning", "pictures", "presence",
    "privacy", "provider_templates", "replies", "rules", "saved", "security", "server", "simrig", "simulator",
    "snoozing", "templated", "twostep", "upload", "wordings",
}  # fmt: skip
#: Words that stand in tables and are said by what they belong to.
TABLES = (
    present.STATUS, present.CHANNELS, present.WITHDRAWN, machine_words.ACTION_ERRORS, reasons.REASONS, reasons.NEXT,
    handoff_words.LIMITS, handoff_words.PRIORITIES, remedies.CAUSES, remedies.WORDS, by_text_words.OTHERS,
    desk_list.FILTERS, desk_list.SNOOZES, desk_list.LANGUAGES, person.CONSENT, answering.WHY, replies.WHY, SAID,
    filling.NAMES, saved.DID, CONSENT_WORDS, FAULTS, replies.FLAWS, replies.OUTCOMES, simclock.TIMERS, simulator.TIMERS,
    compliance.RULES, compliance.OUTCOMES, compliance.ELSEWHERE, compliance.TITLES, listing.KINDS, listing.BY,
    listing.SAID, letters.VERBS, letters.REASONS, fieldsettings.KINDS, fieldsettings.SEEN, fieldsettings.COLOURS,
    importing.WORDS, importing.STATES, SCOPES, provider_templates.WORDS, rules_words.ASSIGN, rules_words.OUTCOMES,
    rules_words.BECOMES, rules_words.VALUES, flowgraph.WAYS,
)  # fmt: skip
#: What becomes of the lines of a file that is read in.
READ_IN = {
    "bad", "on the registry", "opted out", "in touch since", "suppressed before", "nobody's, or listed twice",
    "suppressed", "suppressed before, or listed twice", "left out: suppressed", "known before", "agreed", "unproven",
    "answered no", "answered no_data",
}  # fmt: skip
#: Why a change of the routing page does not hold, or can't be kept.
ADJUSTED = {
    adjusting.CROSSED, "The lower threshold is above the upper one.", "Write a number from 0 to 1, such as 0.8.",
    "This release does not know it.", "Name the intent, in up to 64 characters without spaces and slashes.",
}  # fmt: skip
MORE = {
    *(words for words, _, _ in present.DELIVERY.values()), *present.WEEKDAYS, *present.MONTHS,
    *(one.replace("_", " ") for one in present.OUTCOMES), *PRIORITIES, *get_args(Doing), answering.NOT_YOURS,
    answering.TWICE, answering.GONE, leadtable.NOT_ASKED, merging.GONE, merging.UNSEEN, gate.SHUT,
    leads.NO_NUMBER, *leads.DID.values(), *contactpage.DID.values(), "Phone", "Email",
    *(one.replace("_", "-").capitalize() for one in person.CONSENT),
    *dict(letters.TABS).values(), *dict(compliance.TABS).values(), *READ_IN, *PATTERNS, *WEEKDAYS,
    *(words for words, _ in wordings.STATES.values()), *(one.capitalize() for one in hooks.STATES), "Stopping",
    *(one.replace("_", " ") for one in USE_CASES), "{day} {time} in {zone}",
    *(words for _, words in privacy.WHAT), *get_args(AgreementState), *get_args(Method), *get_args(Why), "answered",
    *(one.replace("_", "-") for one in proof.TYPES), *get_args(MessageClass), "good", "wrong", simrig.REAL,
    *(name for name, _ in (*contact.TURN, *contact.LEFT_TURN)), decide.CONSENT_ROW, decide.GUARD_ROW, decide.LATE_ROW,
    decide.DOUBT_ROW, bursts.BURST_ROW, "not reached",
    *(name for name, _ in flowview.KINDS.values()), *(words for _, words in flowfolder.FOLDERS.values()),
    *get_args(flowfolder.Change), *ADJUSTED, "There is nothing at this address.",
    "This address does not take that kind of request.",
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
            case ast.Call(func=ast.Name(id="say" | "tell" | "retell"), args=[words, *_]):
                found |= literals(words)
            case ast.Call(func=ast.Name(id="DraftRefused"), args=[words]):
                found |= literals(words)
            case ast.Call(func=ast.Name(id="Denied"), args=[_, words]) if path.stem in DENYING:
                found |= literals(words)
    return found


def gates() -> set[str]:
    """The whole sentences of the gate: some of them stand on pages."""
    nodes = ast.walk(ast.parse(Path(gate.__file__).read_text("utf-8")))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def handed_up() -> set[str]:
    """The whole sentences that other rooms hand to pages: about lines, letters and the ledger. Docstrings are none."""
    found: set[str] = set()
    for module in (
        coming, registering, probe, line_checks, dead, pipeline_letters, ledger_check, sheets, contactrows, bots,
    ):  # fmt: skip
        tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
        parts = {id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in node.values}
        parts |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
                found |= {node.value} if _HANDED.match(node.value) else set()
    for status in registrations().statuses.values():
        found |= {status.says, status.fix}
    return found - {probe.POSTED}


def used() -> set[str]:
    """All phrases that templates, handlers and scripts say."""
    found = {role.capitalize() for role in ROLES} | MORE | handed_up()
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
