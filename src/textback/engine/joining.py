"""bot.yml's words that opt in (K1, K3): what a contact agrees to who texts one."""

from textback.engine.bot import OptIn
from textback.engine.consent_words import NEVER_HEARD
from textback.engine.match import normalise
from textback.engine.reading import PROGRAMME, PROGRAMME_SHAPE, Reader
from textback.engine.source import Mapping, Node, nearest

CONSENT_KEYS = ("keywords",)
WORD_KEYS = ("programme", "class", "name", "frequency", "wording", "version")
OPT_IN_CLASSES = ("informational", "promotional")
LONGEST_WORD = 24
_ANSWERS = frozenset({"yes", "y", "no", "n", "ok"})


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
        reader.string(keys.get("frequency"), "frequency") or "",
        reader.string(keys.get("wording"), "wording") or "",
        reader.string(keys.get("version"), "version") or "",
    )
