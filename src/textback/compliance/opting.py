"""Opting in: what is asked and what is confirmed, in the words that the rules want (K4, K5, O8)."""

from textback.compliance.consent import Brand
from textback.compliance.detect import normalise

YES = frozenset({"yes", "y", "yes please", "yes i agree", "i agree", "agree", "confirm", "si", "oui", "ja"})
"""Whole messages, normalised (O2), that answer the request of a double opt-in with yes (product list, 2026-11-20)."""

LONGEST_YES = 24


def affirmative(text: str) -> bool:
    """Whether this is a yes to the request of a double opt-in."""
    return len(text) <= LONGEST_YES and normalise(text) in YES


def _frequency(brand: Brand, frequency: str) -> str:
    return (frequency or brand.frequency or "Message frequency varies").rstrip(".")


def request(brand: Brand, name: str, frequency: str) -> str:
    """The one text that a web form may bring about (K5): it asks, and sells nothing."""
    what = f"{name} by text" if name else "texts from us"
    return (
        f"{brand.name}: you asked for {what}. Reply YES to confirm. {_frequency(brand, frequency)}. "
        "Msg & data rates may apply. Reply HELP for help, STOP to end."
    )


def welcome(brand: Brand, name: str, frequency: str) -> str:
    """The first message of a programme (K4): its name, how often it comes, fees, HELP and STOP."""
    what = f"to {name}" if name else "to our texts"
    return (
        f"{brand.name}: you are subscribed {what}. {_frequency(brand, frequency)}. "
        "Msg & data rates may apply. Reply HELP for help, STOP to end."
    )
