"""A list to choose from: ready for matching, and as the contact reads it. Used by the kinds of step that ask."""

from collections.abc import Iterable, Mapping

import msgspec

from textback.core.offer import Offer
from textback.engine.match import Options, make_options
from textback.engine.template import Text
from textback.engine.words import phrases


class Choices(msgspec.Struct, frozen=True):
    """What one may choose from. `menu` reads "Reply 1 for Repair, 2 for Quote." in each of the bot's locales."""

    options: Options
    labels: dict[str, Text]
    menu: Text

    def label(self, id_: str, locale: str) -> str:
        """A choice as the contact reads it."""
        return self.labels[id_].render(locale, dict)

    def offer(self, locale: str) -> Offer:
        """The labels to choose from, and the menu that says them in words."""
        labels = tuple(self.label(id_, locale) for id_ in self.options.ids)
        return Offer(labels, self.menu.render(locale, dict))

    def example(self, locale: str) -> str:
        """The list again, with an example of an answer."""
        first = self.label(self.options.ids[0], locale)
        return phrases(locale).example.format(example=first, options=_listed(self.labels, locale))


def _listed(labels: Mapping[str, Text], locale: str) -> str:
    option = phrases(locale).option
    return ", ".join(
        option.format(number=number, label=label.render(locale, dict))
        for number, label in enumerate(labels.values(), 1)
    )


def make_choices(labels: Mapping[str, Text], also: Mapping[str, Iterable[str]], locales: tuple[str, ...]) -> Choices:
    """Choices from their labels (plain texts) and synonyms."""
    names = {id_: (*label.sources.values(), *also.get(id_, ())) for id_, label in labels.items()}
    menu = {locale: phrases(locale).menu.format(options=_listed(labels, locale)) for locale in locales}
    return Choices(make_options(names), dict(labels), Text(menu, locales[0]))


def pretty(name: str) -> str:
    """A variable's or choice's name as words: "bike_model" becomes "Bike model"."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
