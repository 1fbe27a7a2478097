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


def request_chat(brand: Brand) -> str:
    """The one text that goes to a number that was given in a web chat, to go on with it there (K5)."""
    return (
        f"{brand.name}: you asked on our website to go on by text. Reply YES to go on here. "
        "Msg & data rates may apply. Reply HELP for help, STOP to end."
    )


def chat_words(brand: Brand, number: str, language: str = "en") -> str:
    """What the visitor of a web chat agrees to who gives a number to go on by text (K1, K3), in English or Spanish
    (es); `number` is ours, as people read it. STOP, HELP and the fees are named in both."""
    if language == "es":
        sender = f" del {number}" if number else ""
        return (
            f"Acepto recibir mensajes de texto{sender} de {brand.name}, algunos automatizados, en este número para "
            "seguir con este chat. La frecuencia de los mensajes varía. Pueden aplicarse tarifas de mensajes y datos. "
            "Responda STOP para terminar, HELP para ayuda. Comprar algo no depende de esto."
        )
    sender = f" from {number}" if number else ""
    return (
        f"I agree to get texts{sender} by {brand.name}, some of them automated, at this number to go on with this "
        "chat. Message frequency varies. Msg & data rates may apply. Reply STOP to end, HELP for help. Buying "
        "something does not depend on it."
    )


def welcome(brand: Brand, name: str, frequency: str) -> str:
    """The first message of a programme (K4): its name, how often it comes, fees, HELP and STOP."""
    what = f"to {name}" if name else "to our texts"
    return (
        f"{brand.name}: you are subscribed {what}. {_frequency(brand, frequency)}. "
        "Msg & data rates may apply. Reply HELP for help, STOP to end."
    )
