"""Why a file could not be fetched, in the language of the page: the server wrote it down in English."""

import re

from textback.web.phrases import tell

WHY = (
    "The provider refused our account or key ({status}).",
    "The server answered {status}.",
    "No answer in {seconds} s.",
    "The provider’s answer names no file.",
    "The provider showed a page instead: the key may lack a permission.",
    "It was sent on again and again.",
    "It was sent on to something that is no web address.",
    "Its address is no web address.",
    "Its address does not begin with https://. {setting} lists those that need not.",
    "The line is gone, or its provider has no files.",
    "Each server that fetched it stopped before it had it.",
    "The host's address can't be found.",
    "The host has a private address. {setting} lists those that may be called.",
    "The host has no address.",
    "The host's certificate is not right.",
    "The host takes no connection.",
    "The answer is not HTTP.",
    "The connection broke before the answer was complete.",
    "The address or a header has a character in it that can't be sent.",
)
"""What actions.files and what it asks with say."""
_FORMS = [(words, re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[\\w.]+)", re.escape(words)))) for words in WHY]


def why(detail: str) -> str:
    """A reason as the page says it; as it stands where nobody knows it."""
    for words, form in _FORMS:
        if found := form.fullmatch(detail):
            return tell(words, **found.groupdict())
    return detail
