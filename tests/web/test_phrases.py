"""Every phrase of the pages that are translated has its Spanish, with the same names in braces."""

import re
from pathlib import Path

import pytest

from textback.web.permissions import ROLES
from textback.web.phrases import LANGUAGES, phrases, say, wanted

WEB = Path(__file__).parents[2] / "src" / "textback" / "web"
_IN_PAGE = re.compile(r"""\b(?:_|say)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")
_IN_CODE = re.compile(r"""\bsay\(\s*"((?:[^"\\]|\\.)*)\"""")
_NAMES = re.compile(r"\{(\w+)\}")
OTHERS = [language for language in LANGUAGES if language != "en"]


def used() -> set[str]:
    """All phrases that templates and handlers say."""
    found = {role.capitalize() for role in ROLES}
    for path in WEB.glob("templates/*.html"):
        found |= {(one[0] or one[1]).replace("\\'", "'") for one in _IN_PAGE.findall(path.read_text("utf-8"))}
    for path in WEB.glob("*.py"):
        if path.name != "phrases.py":
            found |= set(_IN_CODE.findall(path.read_text("utf-8")))
    return found


@pytest.mark.parametrize("language", OTHERS)
def test_every_phrase_is_translated(language: str) -> None:
    assert sorted(used() - set(phrases(language))) == []


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_translated_that_nobody_says(language: str) -> None:
    assert sorted(set(phrases(language)) - used()) == []


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
