"""WordPiece: the pieces of words that the sentence encoder was trained on (BERT, uncased)."""

import unicodedata
from collections.abc import Mapping, Sequence

LONGEST_TEXT = 2_000
"""Characters that are looked at. An SMS of ten segments has 1,530."""
LONGEST_WORD = 100
"""A longer word is unknown as a whole, as in the reference."""
MOST_PIECES = 64
"""Pieces of a text that are encoded, with the two that mark its ends: some 240 characters. The time grows with them."""

_CJK = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B81F), (0x2B820, 0x2CEAF),
        (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))  # fmt: skip


def _is_cjk(c: str) -> bool:
    return any(low <= ord(c) <= high for low, high in _CJK)


def _is_punctuation(c: str) -> bool:
    return (c.isascii() and c.isprintable() and not c.isalnum() and c != " ") or unicodedata.category(c)[0] == "P"


def words_of(text: str) -> list[str]:
    """The text's words and punctuation marks: lower case, without accents or control characters."""
    text = text[:LONGEST_TEXT]
    if not text.isascii():
        text = "".join(f" {c} " if _is_cjk(c) else c for c in unicodedata.normalize("NFC", text))
        text = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    spread = []
    for c in text.lower():
        if c.isspace():
            spread.append(" ")
        elif c == "\ufffd" or unicodedata.category(c)[0] == "C":
            continue
        elif _is_punctuation(c):
            spread.append(f" {c} ")
        else:
            spread.append(c)
    return "".join(spread).split()


class WordPiece:
    """Cuts texts into pieces of a vocabulary: the longest piece that fits, again and again."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        """`vocabulary` has one piece per id; pieces inside a word begin with ##.

        Raises:
            ValueError: It lacks one of [CLS], [SEP] and [UNK].
        """
        self._ids: Mapping[str, int] = {piece: id_ for id_, piece in enumerate(vocabulary)}
        missing = [piece for piece in ("[CLS]", "[SEP]", "[UNK]") if piece not in self._ids]
        if missing:
            raise ValueError(f"The vocabulary has no {', '.join(missing)}.")
        self._start, self._end, self._unknown = (self._ids[piece] for piece in ("[CLS]", "[SEP]", "[UNK]"))

    def __call__(self, text: str) -> list[int]:
        """The ids of the text's pieces between those that mark its start and its end."""
        ids = [self._start]
        for word in words_of(text):
            ids += self._pieces(word)
            if len(ids) >= MOST_PIECES:
                break
        return [*ids[: MOST_PIECES - 1], self._end]

    def _pieces(self, word: str) -> list[int]:
        whole = self._ids.get(word)
        if whole is not None:
            return [whole]
        if len(word) > LONGEST_WORD:
            return [self._unknown]
        found = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                id_ = self._ids.get(prefix + word[start:end])
                if id_ is not None:
                    break
            else:
                return [self._unknown]
            found.append(id_)
            start = end
        return found
