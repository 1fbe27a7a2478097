"""bot.yml's words that opt in (K1, K3): what a contact agrees to who texts one."""

import msgspec

from textback.core.promise import Promise, promise_of, speaks_of_number
from textback.engine.bot import Bot, OptIn
from textback.engine.consent_words import NEVER_HEARD
from textback.engine.match import normalise
from textback.engine.reading import PROGRAMME, PROGRAMME_SHAPE, Reader
from textback.engine.source import Mapping, Node, nearest

CONSENT_KEYS = ("keywords",)
WORD_KEYS = ("programme", "class", "name", "frequency", "wording", "version")
OPT_IN_CLASSES = ("informational", "promotional")
LONGEST_WORD = 24
_ANSWERS = frozenset({"yes", "y", "no", "n", "ok"})


class Promises(msgspec.Struct, frozen=True):
    """The most texts that people were promised: by the words of a programme, and by bot.yml for all others (Q3). None
    where no number was promised, or none that can be read."""

    brand: Promise | None = None
    own: dict[str, Promise | None] = {}

    def of(self, programme: str) -> Promise | None:
        """What holds for the texts of a programme; "" is all of the brand's."""
        return self.own.get(programme, self.brand)

    @property
    def reach(self) -> int:
        """How far back (ms) texts may count."""
        return max((one.reach for one in (self.brand, *self.own.values()) if one is not None), default=0)


def promises_of(bot: Bot) -> Promises:
    """What a bot promises. Where two words of a programme promise something else, the stricter one holds."""
    brand = promise_of(bot.frequency)
    own: dict[str, Promise | None] = {}
    for word in bot.opt_ins.values():
        mine, other = promise_of(word.frequency) if word.frequency else brand, own.get(word.programme)
        own[word.programme] = min((one for one in (mine, other) if one), key=lambda one: one.pace, default=None)
    return Promises(brand, own)


def read_frequency(reader: Reader, node: Node | None, *, opts_in: bool = False) -> str:
    """How often texts come, in words, with a warning where a number is promised that nobody can count by. `opts_in`:
    it is what people agree to, so that it should name one, or say that it varies."""
    text = reader.string(node, "frequency") or ""
    if node is not None and text and promise_of(text) is None and (speaks_of_number(text) or _open(text, opts_in)):
        reader.source.warn(
            node,
            f"The frequency {text!r} can't be counted, so nothing is held back for it.",
            "Write one number and one period, such as: Up to 4 texts a month.",
        )
    return text


def _open(text: str, opts_in: bool) -> bool:
    return opts_in and "var" not in text.casefold()


def read_opt_ins(reader: Reader, node: Node | None) -> dict[str, OptIn]:
    """The opt-in words by their normalised form."""
    if node is None:
        return {}
    keys = reader.mapping(node, "consent", CONSENT_KEYS)
    words = keys.get("keywords")
    if not isinstance(words, Mapping):
        reader.source.error(
            words or node, "consent must have keywords.", "For example: keywords: {JOIN: {programme: offers}}"
        )
        return {}
    found: dict[str, OptIn] = {}
    for word, value in words.values.items():
        plain = normalise(word)
        place = words.keys[word]
        if not plain or len(word) > LONGEST_WORD:
            reader.source.error(
                place, f"{word!r} can't be texted as a word.", f"Use 1 to {LONGEST_WORD} letters and digits."
            )
        elif plain in NEVER_HEARD or plain in _ANSWERS:
            reader.source.error(place, f"{word!r} has another meaning already.", "Choose another word.")
        elif plain in found:
            reader.source.error(place, f"{word!r} is there already.", "Remove one.")
        else:
            found[plain] = _opt_in(reader, word, value)
    return found


def _opt_in(reader: Reader, word: str, node: Node) -> OptIn:
    keys = reader.mapping(node, f"The opt-in word {word!r}", WORD_KEYS)
    kind = reader.string(keys.get("class"), "class") or "promotional"
    if kind not in OPT_IN_CLASSES:
        reader.source.error(keys["class"], f"Nobody opts in to the class {kind!r}.", nearest(kind, OPT_IN_CLASSES))
    if "wording" not in keys:
        reader.source.warn(
            node,
            f"Nothing says what people read before they text {word}.",
            "Add wording: it is what proves their consent.",
        )
    return OptIn(
        reader.string(keys.get("programme"), "programme", PROGRAMME, PROGRAMME_SHAPE) or "",
        kind,
        reader.string(keys.get("name"), "name") or "",
        read_frequency(reader, keys.get("frequency"), opts_in=True),
        reader.string(keys.get("wording"), "wording") or "",
        reader.string(keys.get("version"), "version") or "",
    )
