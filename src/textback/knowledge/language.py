"""Which language a text is in, as far as its commonest words and its letters tell: English, Spanish, or unknown."""

from collections.abc import Sequence
from typing import Literal

from textback.knowledge.spanish import MEANINGS

Language = Literal["en", "es", "unknown"]

# Words of both languages ("no", "a", "me", "he") say nothing and are in neither list.
ENGLISH = frozenset(
    "the and you your to is it i i'm im my we our are of for on in at with what when where how why who which do "
    "does did don't dont can can't cant could would will won't have has had this that these those there here if or "
    "but not was were be been am please pls plz thanks thank thx hi hello hey yes yeah yep ok okay need want get "
    "got know like much many open close closed today tomorrow tonight morning evening week time appointment price "
    "cost cancel book change help about from by an any some it's its i'd i'll i've you're u ur r just still after "
    "before back".split()
)
SPANISH = frozenset(
    "el la los las un una unos unas de del al y o que qué en con por para se su sus mi mis tu tus es son está esta "
    "están estan estoy estás hay lo le les te nos usted ustedes ella ellos pero si sí como cómo cuando cuándo "
    "cuanto cuánto cuesta cuestan cuál cual donde dónde quien quién porque quiero quisiera necesito puedo puede "
    "pueden tengo tiene tienen hola gracias favor buenos buenas días dias tardes noches mañana manana hoy ayer hora "
    "horas cita precio abren abierto abierta cierran cerrado cancelar cambiar reservar ayuda muy más mas "
    "todos este ese eso esto aquí aqui porfa xfa pa q xq también tambien hacer ver ser estar ir voy vale "
    "bien bueno".split()
)
# Of the words that can be glossed, those that English has too are no sign of Spanish.
_SPANISH_WORDS = frozenset(MEANINGS) - frozenset(
    "a me no son sale local van come dime dame genial fin papa mama tan chica te le solo tu mi de mal si pasa casa la "
    "el los las al y o u da dan vale vi bono color doctor menu pizza internet parking real total auto plan pan "
    "ya yo todo dice mesa".split()
)
_SPANISH_LETTERS = frozenset("ñ¿¡")
_ACCENTS = frozenset("áéíóú")
_ENDINGS = ("ción", "cion", "ando", "iendo", "mente", "arme", "arlo", "erlo", "amos", "emos")


def guess(words: Sequence[str], text: str) -> Language:
    """The language of a text, given its words in lower case with their accents.

    Args:
        text: The text itself, for its ñ, ¿ and ¡; in lower case or not.
    """
    english: float = sum(word in ENGLISH for word in words)
    spanish: float = sum(word in SPANISH for word in words)
    if not text.isascii():
        spanish += 2 * any(c in _SPANISH_LETTERS for c in text)
        spanish += 0.5 * sum(any(c in _ACCENTS for c in word) for word in words)
    spanish += 0.5 * sum(word.endswith(_ENDINGS) for word in words)
    spanish += 0.5 * sum(word in _SPANISH_WORDS for word in words)
    if english > spanish:
        return "en"
    return "es" if spanish > english else "unknown"
