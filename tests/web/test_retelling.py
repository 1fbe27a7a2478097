"""Sentences that other rooms make in English, with values in them, are said in the language of the page."""

import ast
import re
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from textback.channels import probe
from textback.compliance import gate, registering
from textback.engine import adjusting
from textback.pipeline import approvals, coming, contactrows, dead, letters, line_checks, moving, sheets
from textback.store import ledger_check
from textback.store.bots import DraftRefused
from textback.web import flows, learning, rulesform
from textback.web.phrases import LANGUAGES, phrases, speak
from textback.web.retelling import PATTERNS, WEEKDAYS, retell

MADE_BY = (
    gate,
    registering,
    coming,
    probe,
    line_checks,
    letters,
    dead,
    ledger_check,
    sheets,
    contactrows,
    adjusting,
    rulesform,
    moving,
    flows,
    learning,
)
#: What these modules make that no page shows: errors of ours, a part of a sentence, steps of the gate's trace.
ELSEWHERE = (
    "A text that the gate did not let through", "of 7 ", "7 7: 7", "agreed: 7", "7 7:7 in 7", "7 7", "7:7", " (7)",
    "%a %H:%M", " It signs", "Column 7",
    # What the audit log keeps of a change of the draft, and the title of a question that was added to it.
    "add 7", "delete 7", "rename 7 to 7", "learn 7", "## 7",
)  # fmt: skip
#: Sentences of which a part may be missing: where it stands (|), as it is.
WITH_PARTS = {
    "A request came, and its signature is not right|.": " (too old)",
    "A signed request came that makes no sense|.": " (no number)",
    "Compare 7 with 7's console.|": " It signs the address too: it must have exactly https://desk.example.com",
    "They have had as many texts |as they were promised: 7.": "of Tips ",
}
OTHERS = [language for language in LANGUAGES if language != "en"]


def told(language: str, sentence: str) -> str:
    def work() -> str:
        speak(language)
        return retell(sentence)

    return copy_context().run(work)


def made_by(module: object) -> Iterator[str]:
    """The sentences with values of a module, each value being 7."""
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in node.values)


def whole(sentence: str) -> tuple[str, ...]:
    """The sentence; of one with a part that may be missing both."""
    for words, part in WITH_PARTS.items():
        if sentence == words.replace("|", "7"):
            return words.replace("|", part), words.replace("|", "")
    return (sentence,)


SENTENCES = sorted(
    one
    for module in MADE_BY
    for sentence in made_by(module)
    if " " in sentence and not sentence.startswith(ELSEWHERE)
    for one in whole(sentence)
)


def test_there_are_sentences() -> None:
    assert len(SENTENCES) > 30


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_with_values_is_said(language: str, sentence: str) -> None:
    assert told(language, sentence) != sentence
    assert told("en", sentence) == sentence


@pytest.mark.parametrize("number", [1, 2, 5, 6, 7])
def test_templates_that_are_not_approved_are_named(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = [SimpleNamespace(name=f"note_{n}") for n in range(number)]
    monkeypatch.setattr(approvals, "unapproved", lambda *_: missing)
    with pytest.raises(DraftRefused) as refused:
        approvals.require(Mock(), "one", {})
    words = told("es", str(refused.value))
    assert words.startswith("No se publicó nada: la")
    assert re.findall(r"note_\d", words) == [f"note_{n}" for n in range(min(number, 5))]
    assert (" y 2 más no están aprobadas." in words) == (number == 7)


def test_each_pattern_is_a_phrase_and_days_are_the_gates() -> None:
    for language in OTHERS:
        assert sorted({*PATTERNS, *WEEKDAYS} - set(phrases(language))) == []
    assert WEEKDAYS == gate._WEEKDAYS


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (
            "It is Monday 21:05 in America/New_York; they may go from 8:00 to 20:00 (FL).",
            "Es lunes 21:05 en America/New_York; pueden salir de 8:00 a 20:00 (FL).",
        ),
        (
            "They have had 3 promotional texts in 24 hours. When it may go again, it is too old.",
            "Ya recibió 3 mensajes promocionales en 24 horas. Cuando pueda salir de nuevo, será demasiado viejo.",
        ),
        (
            "The line is not registered, so nothing goes from it to the United States. Wait",
            "La línea no está registrada, así que no sale nada de ella hacia Estados Unidos. Esperar",
        ),
        (
            "They agreed to WhatsApp, which is no consent to texts by SMS.",
            "Aceptó WhatsApp, lo que no es permiso para mensajes por SMS.",
        ),
        ("Nobody knows this one.", "Nobody knows this one."),
        ("They have had " + "9" * 2_000 + " promotional texts in 24 hours.", None),
    ],
)  # fmt: skip
def test_sentences_in_spanish(sentence: str, said: str | None) -> None:
    assert told("es", sentence) == (sentence if said is None else said)
