"""All languages together, as one business reads them: its own language first, the others where they do not clash."""

import re
from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from textback.engine.matchers.language import Words
from textback.engine.matchers.line import either, whole
from textback.engine.matchers.words_en import ENGLISH
from textback.engine.matchers.words_es import SPANISH
from textback.engine.words import DEFAULT, LANGUAGES

WORDS: dict[str, Words] = {"en": ENGLISH, "es": SPANISH}

T = TypeVar("T")

#: Text that a pattern can never match, for a language without such words.
NEVER = r"(?!)"


class Form:
    """One compiled form of a date or time, and what it means."""

    __slots__ = ("_groups", "language", "meaning", "pattern")

    def __init__(self, form: str, meaning: str, slots: Mapping[str, str], language: Words) -> None:
        self.meaning = meaning
        self.language = language
        self._groups: dict[str, list[str]] = {}

        def group(found: re.Match[str]) -> str:
            names = self._groups.setdefault(found[1], [])
            names.append(f"{found[1]}{len(names)}")
            return f"(?P<{names[-1]}>{slots[found[1]]})"

        self.pattern = whole(re.sub(r"\{([a-z]+)\}", group, form))

    def slot(self, found: re.Match[str], name: str) -> str:
        """The text of a slot, with blanks for hyphens; empty when the form has none."""
        for group in self._groups.get(name, ()):
            if found[group] is not None:
                return found[group].replace("-", " ")
        return ""


class Lexicon:
    """Words and patterns of all languages, with `home` first."""

    def __init__(self, home: str) -> None:
        self.home = WORDS[home]
        others = [words for code, words in WORDS.items() if code != home]
        self.languages = (self.home, *others)
        self.numbers: dict[str, int] = self.merged("numbers")
        self.powers: dict[str, int] = self.merged("powers")
        self.amounts: dict[str, float] = self.merged("amounts")
        self.joiners = self.all("joiners")
        self.units: dict[str, str] = self.merged("units")
        self.some: dict[str, float] = self.merged("some")
        self.weekdays: dict[str, int] = self.merged("weekdays")
        self.months: dict[str, int] = self.merged("months")
        self.days: dict[str, int] = self.merged("days")
        self.ordinals: dict[str, int] = self.merged("ordinals")
        self.clock: dict[str, int] = self.merged("clock")
        self.parts: dict[str, tuple[str, int | None]] = self.merged("parts")
        self.weak = self.all("weak")
        self.fillers = self.all("fillers") | self.joiners
        self.suffix = "|".join(words.ordinal_suffix for words in self.languages)
        self.number_word = either([*self.numbers, *self.powers])
        self.count = self._count()
        self.greeting = whole(either(self.all("greetings")))
        self.part = whole(either(self.parts))
        self.date_forms = [
            self._form(form, meaning, words) for words in self.languages for form, meaning in words.date_forms
        ]
        self.time_forms = [
            self._form(form, meaning, words) for words in self.languages for form, meaning in words.time_forms
        ]
        self.later_forms = [
            self._form(form, meaning, words) for words in self.languages for form, meaning in words.later_forms
        ]
        said = [code for code in (home, *LANGUAGES) if code in LANGUAGES]
        negations = frozenset(word for code in said for word in LANGUAGES[code].negations)
        excepting = frozenset(word for code in said for word in LANGUAGES[code].reservations) - {"change", "menos"}
        self.negations = negations | excepting
        self.weak_introductions = self.all("weak_introductions")
        self.refusals = self.all("refusals")
        self.bound = re.compile(rf"(?<!\w)(?:{either(self.all('bounds'))})(?: the| el| las?)?\W?$")
        self.opening = frozenset(phrase.split()[0] for phrase in self.all("introductions")) | {"and", "with", "con"}
        more = rf" ?(?:[ap]\.? ?m|h)\b| (?:{either(self.months)}|de|y|menos)\b"
        self.weekday_number = re.compile(
            rf"(?<!\w)({either(self.weekdays)}),? (\d{{1,2}})(?!\w|[:/%$€£]|[.,-]\d|{more})"
        )
        self.lead = re.compile(rf"(?<!\w)(?:{either(self.all('leads'))}) $")
        self.labelled = re.compile(rf"(?<!\w)(?:{either(self.all('number_after'))}) #?$")
        self.joint = re.compile(rf" (?:{either(self.joiners)}) ")
        self.range = re.compile(rf" ?(?:-|–|—| (?:{either(self.all('ranges'))}) ) ?")

    def all(self, field: str) -> frozenset[str]:
        """The words of a set, of all languages."""
        return frozenset(word for words in self.languages for word in getattr(words, field))

    def merged(self, field: str) -> dict[str, T]:
        """A table of all languages. The business's own wins; the others leave out what means something else here."""
        table: dict[str, T] = {}
        for words in reversed(self.languages):
            away = frozenset() if words is self.home else words.home
            table.update({word: value for word, value in getattr(words, field).items() if word not in away})
        return table

    def _count(self) -> str:
        words = self.number_word
        joined = rf"[ -](?:{either(self.joiners)}) (?:{words})|[ -](?:{words})"
        return rf"\d{{1,3}}|(?:{either(self.some)})|(?:{words})(?:{joined})?"

    def _form(self, form: str, meaning: str, words: Words) -> Form:
        away = frozenset() if words is self.home else words.home
        small = [word for word, value in words.numbers.items() if 1 <= value <= 12 and word not in away]
        number = either(set(words.numbers) - away)
        ordinal = rf"\d{{1,2}} ?(?:{words.ordinal_suffix})|{either(words.ordinals)}"
        minutes = rf"[0-5]?\d|(?:{number})(?:[ -](?:{number}))?"
        fives = [word for word, value in words.numbers.items() if value in {5, 10, 20, 25}]
        slots = {
            "n": self.count,
            "unit": either(set(words.units)),
            "wd": either(set(words.weekdays) - away),
            "day": either(words.days),
            "month": either(set(words.months) - away) + r"(?:\.(?= ))?",
            "nth": rf"{ordinal}|\d{{1,2}}|(?:{number})(?:[ -](?:y )?(?:{number}))?",
            "ord": ordinal,
            "dd": rf"\d{{1,2}}(?:{words.ordinal_suffix})?",
            "year": r"(?:19|20)\d\d",
            "fives": rf"20|25|{either(fives)}|twenty[ -]five",
            "h": rf"\d{{1,2}}|{either(small)}",
            "m": minutes,
        }
        return Form(form, meaning, slots, words)


@cache
def _lexicon(home: str) -> Lexicon:
    return Lexicon(home)


def lexicon(locale: str) -> Lexicon:
    """The words for a business of this locale ("es-MX" is Spanish); English where the language is not known."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return _lexicon(language if language in WORDS else DEFAULT)
