"""Types that need no reading of their own: text, and yes or no."""

from collections.abc import Mapping

from textback.engine.match import NO, YES, match_yes_no, normalise
from textback.engine.matchers.shapes import Found, Here, Reading
from textback.engine.words import phrases


def text(said: str, _here: Here, _options: Mapping[str, str]) -> Found:
    """Any text with a letter or digit in it, as it was written."""
    written = said.strip()
    return Reading(written, "text", written) if any(map(str.isalnum, written)) else None


def yes_no(said: str, here: Here, _options: Mapping[str, str]) -> Found:
    """True or False."""
    found = match_yes_no(said)
    if found is None:
        return None
    words = phrases(here.locale)
    rest = said.strip().partition(" ")[2].strip(" ,.;:!?-") if found.how == "first word" else ""
    rest = "" if normalise(rest) in YES | NO else rest
    return Reading(found.value, found.how, words.yes if found.value else words.no, rest)


def nothing(_said: str, _here: Here, _options: Mapping[str, str]) -> Found:
    """What a longer text says about a type that can't be told inside one."""
    return None
