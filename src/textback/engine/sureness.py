"""How surely an answer was understood, by how it was recognised. It is for people: nothing is decided by it.

The figures are by hand: what was said in so many words is as good as sure, what was guessed at or picked out of a
longer text is worth a look.
"""

UNASKED = 0.7
"""What is left of it where the answer was picked out of a text before its question was asked."""
CONFIRMED = 0.99
"""The contact has said that it is right."""
WORTH_A_LOOK = 0.7
"""Below this, whoever reads it should check it."""

_BY_HOW = {
    "number": 0.97, "letter": 0.95, "label or synonym": 0.99, "ordinal": 0.92, "beginning": 0.88, "one typo": 0.75,
    "in a sentence": 0.8, "word": 0.99, "first word": 0.85, "media": 0.99, "skipped": 0.99, "pattern": 0.97,
}  # fmt: skip
_BY_TYPE = {
    "text": 0.9, "email": 0.98, "phone": 0.96, "postcode": 0.95, "number": 0.95, "integer": 0.95, "money": 0.93,
    "date": 0.92, "time": 0.92, "datetime": 0.9, "name": 0.88, "location": 0.8, "choice": 0.85, "yes_no": 0.9,
    "pattern": 0.85, "media": 0.99,
}  # fmt: skip


def sureness(type_: str, how: str, *, unasked: bool = False) -> float:
    """How surely an answer of a type was understood that was recognised like this, from 0 to 1."""
    found = 0.97 if how.startswith("which one") else _BY_HOW.get(how) or _BY_TYPE.get(type_, 0.85)
    return round(found * UNASKED if unasked else found, 2)
