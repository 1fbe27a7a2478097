"""What the bot says where a web chat goes on by text, by language. Kept within GSM-7."""

import msgspec


class ByTextWords(msgspec.Struct, frozen=True):
    """`moved` is said in the web chat, the others by text: when it goes on there, and when something else is open."""

    moved: str  # {digits}
    here: str
    first: str


LANGUAGES = {
    "en": ByTextWords(
        moved="This chat goes on by text now, at the number that ends in {digits}.",
        here="Thank you. We go on here.",
        first="Thank you. Let's finish first what is open here.",
    ),
    "es": ByTextWords(
        moved="Este chat sigue ahora por mensaje de texto, en el número que termina en {digits}.",
        here="Gracias. Seguimos por mensaje de texto.",
        first="Gracias. Antes terminamos lo que queda abierto.",
    ),
}


def by_text_words(locale: str) -> ByTextWords:
    """The sentences of a locale, or of its language; English where there are none."""
    return LANGUAGES.get(locale) or LANGUAGES.get(locale.partition("-")[0]) or LANGUAGES["en"]
