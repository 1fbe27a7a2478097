"""The tokenizer, by table: what BERT's own does with the same vocabulary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.knowledge.wordpiece import LONGEST_WORD, MOST_PIECES, WordPiece, words_of

PIECES = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "un",
    "##aff",
    "##able",
    "want",
    "##ed",
    "cafe",
    ",",
    "'",
    "don",
    "t",
    "東",
]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, World!", ["hello", ",", "world", "!"]),
        ("don't", ["don", "'", "t"]),
        ("CAFÉ Ñandú", ["cafe", "nandu"]),
        ("a\u200bb\x00c\ufffdd", ["abcd"]),
        ("tab\tnew\nline\u00a0space", ["tab", "new", "line", "space"]),
        ("東京abc", ["東", "京", "abc"]),
        ("$5.00~", ["$", "5", ".", "00", "~"]),
        ("¿qué?", ["¿", "que", "?"]),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("unaffable", ["un", "##aff", "##able"]),
        ("Wanted, café", ["want", "##ed", ",", "cafe"]),
        ("unwanted", ["[UNK]"]),
        ("don't", ["don", "'", "t"]),
        ("東x", ["東", "[UNK]"]),
        ("want" * LONGEST_WORD, ["[UNK]"]),
        ("", []),
    ],
)
def test_pieces(text: str, pieces: list[str]) -> None:
    ids = WordPiece(PIECES)(text)
    assert [PIECES[id_] for id_ in ids] == ["[CLS]", *pieces, "[SEP]"]


def test_a_vocabulary_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[CLS\]"):
        WordPiece(["[UNK]", "[SEP]", "a"])


@given(st.text(st.characters(exclude_categories=())))
def test_it_never_raises_and_is_bounded(text: str) -> None:
    ids = WordPiece(PIECES)(text * 30)
    assert 2 <= len(ids) <= MOST_PIECES
    assert (ids[0], ids[-1]) == (2, 3)
