"""Templates as a provider has them: approved there under a name and a language, and sent by these with values.

What such a provider shows is its own wording with the values put in. So a text of ours goes as a template only where
that gives the very same text: whoever reads the thread reads what the contact read.
"""

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from textback.core.offer import Offer

State = Literal["approved", "pending", "rejected", "paused", "disabled", "deleted", "other"]
"""How a template stands with its provider. Only what is approved can be sent."""

MOST_VALUE = 1024
"""Characters that a value may have."""
MOST_HEADER = 60
"""Characters that a value in a header may have: a whole header has no more."""
_BLANK = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,64})\s*\}\}")
_NO_VALUE = re.compile(r"[\n\t]| {5}")
HEADER, LINK, CODE = "HEADER_", "LINK_", "CODE_"
"""What the names of values begin with that are not the text's: then follows the blank's own name in the header, or the
place (from 0) of a button whose address ends with the value, or which copies it. Providers' own names are small."""
_ADDRESS_END = re.compile(r"[!-~]+")
_CODE = re.compile(r"[A-Za-z0-9]{1,15}")


class ProviderTemplate(msgspec.Struct, frozen=True):
    """One template in one language, as its provider has it. `status` is the provider's word; `body` the text, whose
    blanks look like {{1}} or {{name}}, with what else of it has values in lines of its own: a header above, buttons
    below, whose blanks begin with HEADER, LINK or CODE; `header` the kind of file that it begins with, "" for none;
    `buttons` what its quick replies say; `unfit` why it can't be sent from here, in a sentence, "" where it can;
    `reason` why the provider refused it, in the provider's word."""

    name: str
    language: str
    status: str
    state: State
    category: str = ""
    body: str = ""
    header: str = ""
    buttons: tuple[str, ...] = ()
    unfit: str = ""
    reason: str = ""

    @property
    def blanks(self) -> tuple[str, ...]:
        """The names of its values, each once, in their order."""
        return tuple(dict.fromkeys(_BLANK.findall(self.body)))

    @property
    def placed(self) -> bool:
        """Whether it has values outside its text."""
        return any(name.startswith((HEADER, LINK, CODE)) for name in self.blanks)


class Change(msgspec.Struct, frozen=True):
    """A provider says that a template of this account stands otherwise since `at` (ms). `state` None: something else
    about it has changed."""

    account: str
    name: str
    language: str
    status: str
    state: State | None
    reason: str
    at: int


class Filled(msgspec.Struct, frozen=True):
    """A provider's template with its values, each with its name: "1", "2" and so on, or words."""

    name: str
    language: str
    values: tuple[tuple[str, str], ...] = ()
    header: str = ""

    def of(self, place: str) -> tuple[tuple[str, str], ...]:
        """The values of this place: HEADER, LINK or CODE, each with the name that follows it; "" for the text's."""
        if place:
            return tuple((name[len(place) :], value) for name, value in self.values if name.startswith(place))
        return tuple(one for one in self.values if not one[0].startswith((HEADER, LINK, CODE)))


def filled(
    templates: Iterable[ProviderTemplate], text: str, offer: Offer | None = None, media: int = 0
) -> Filled | None:
    """The first of these templates that says exactly this text, with its values; None where none does. What a text
    offers may be the template's quick replies instead of its last sentence. `media` is how many files go with it."""
    for one in templates:
        if one.state != "approved" or one.unfit or media != bool(one.header):
            continue
        said = [text.strip()]
        if offer is not None and set(offer.options) <= set(one.buttons):
            said.insert(0, offer.without(text).strip())
        for words in said:
            values = _values(one.body.strip(), words)
            if values is not None:
                return Filled(one.name, one.language, values, one.header)
    return None


def _values(body: str, text: str) -> tuple[tuple[str, str], ...] | None:
    """What stands in the blanks of a body where it reads as this text; None where it can't. Each blank takes as little
    as it can: which of two neighbours has a word makes no difference to what is read."""
    parts = _BLANK.split(body)  # words, a name, words, a name, words ...
    words, names = parts[::2], parts[1::2]
    if not names:
        return () if body == text else None
    if not text.startswith(words[0]):
        return None
    at = len(words[0])
    found: dict[str, str] = {}
    for number, name in enumerate(names):
        after = words[number + 1]
        if number == len(names) - 1:
            end = len(text) - len(after) if text.endswith(after) else -1
        elif name in found:  # said before: it stands here again
            end = at + len(found[name])
        else:
            end = text.find(after, at + 1) if after else at + 1
        if end <= at:
            return None
        value = text[at:end]
        if not _fits(name, value) or found.setdefault(name, value) != value or not text.startswith(after, end):
            return None
        at = end + len(after)
    return tuple(found.items())


def _fits(name: str, value: str) -> bool:
    """Whether a value may stand in the blank of this name."""
    if name.startswith(LINK):
        return len(value) <= MOST_VALUE and _ADDRESS_END.fullmatch(value) is not None
    if name.startswith(CODE):
        return _CODE.fullmatch(value) is not None
    most = MOST_HEADER if name.startswith(HEADER) else MOST_VALUE
    return bool(value.strip()) and len(value) <= most and not _NO_VALUE.search(value)
