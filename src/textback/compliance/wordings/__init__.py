"""Words and phrases that say "stop writing to me", and those that only look like it, language by language.

Data for tagging: comma-separated, in any spelling (accents and capitals make no difference). `*` ends a word that may
go on; `_` stands for up to three other words. The longest phrase at a place wins, so a phrase under "never" hides the
shorter ones in it.
"""

from collections.abc import Mapping

from textback.compliance.wordings import (
    ar, common, de, el, en, es, fr, he, hi, id, it, ja, ko, nl, pl, pt, ro, ru, sv, tl, tr, uk, vi, zh
)  # fmt: skip

_LANGUAGES = (en, es, fr, de, it, pt, nl, pl, ru, tr, zh, ja, ar, hi, ko, vi, tl, uk, sv, ro, id, el, he)
COMMON: Mapping[str, str] = common.WORDS
"""In every language, but English, which has its own."""
LANGUAGES: tuple[tuple[str, Mapping[str, str]], ...] = tuple(
    (language.__name__.rpartition(".")[2], language.WORDS) for language in _LANGUAGES
)
