"""Words and phrases that say "stop writing to me", and those that only look like it, language by language.

Data for tagging: comma-separated, in any spelling (accents and capitals make no difference). `*` ends a word that may
go on; `_` stands for up to three other words; in COMBINED `(a|b)` stands for either. The longest phrase at a place
wins, so a phrase under "never" hides the shorter ones in it.
"""

from collections.abc import Mapping, Sequence

from textback.compliance.wordings import (
    ar,
    combined,
    combined_more,
    common,
    de,
    el,
    en,
    english,
    es,
    fr,
    he,
    hi,
    indonesian,
    it,
    ja,
    ko,
    nl,
    pl,
    pt,
    ro,
    ru,
    sv,
    tl,
    tr,
    uk,
    vi,
    zh,
)

COMMON: Mapping[str, str] = common.WORDS
"""In every language, but English, which has its own."""
LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "en": en.WORDS,
    "es": es.WORDS,
    "fr": fr.WORDS,
    "de": de.WORDS,
    "it": it.WORDS,
    "pt": pt.WORDS,
    "nl": nl.WORDS,
    "pl": pl.WORDS,
    "ru": ru.WORDS,
    "tr": tr.WORDS,
    "zh": zh.WORDS,
    "ja": ja.WORDS,
    "ar": ar.WORDS,
    "hi": hi.WORDS,
    "ko": ko.WORDS,
    "vi": vi.WORDS,
    "tl": tl.WORDS,
    "uk": uk.WORDS,
    "sv": sv.WORDS,
    "ro": ro.WORDS,
    "id": indonesian.WORDS,
    "el": el.WORDS,
    "he": he.WORDS,
}
COMBINED: Mapping[str, Sequence[Mapping[str, str]]] = {
    **{language: (words,) for language, words in {**combined.WORDS, **combined_more.WORDS}.items()},
    "en": (combined.WORDS["en"], english.WORDS),
}
"""What is put together from choices, by language."""
