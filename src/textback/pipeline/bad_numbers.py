"""Which codes of providers say that a number can never get texts, and why. Pure.

Only codes that are about the number itself, for good, stand here: a phone that is off, a carrier that filters or an
account that is out of money says nothing of the kind.
"""

from collections.abc import Mapping
from typing import Literal

Why = Literal["landline", "invalid", "gone"]
"""landline: it gets no texts, like a landline. invalid: it is no number. gone: nobody has it, or has it any more."""

NONE: Mapping[str, Why] = {}
_TWILIO: Mapping[str, Why] = {"21211": "invalid", "21614": "landline", "30005": "gone", "30006": "landline"}
#: By the provider's name, then its code, in an answer or a report.
CODES: Mapping[str, Mapping[str, Why]] = {
    "twilio": _TWILIO,
    "telnyx": {"40001": "landline", "40012": "invalid", "40310": "invalid"},
    "plivo": {"50": "invalid", "70": "gone"},
    "vonage": {"1190": "gone"},
    "vonage-sms": {"3": "gone"},
    "simulator": _TWILIO,
}
#: Providers whose answers have codes of another list than their reports.
_REPORTS_ONLY = frozenset({"vonage-sms"})


def codes_of(provider: str) -> Mapping[str, Why]:
    """What this provider's codes in reports say about a number."""
    return CODES.get(provider, NONE)


def refused_for_good(provider: str, code: str) -> bool:
    """Whether a provider's answer with this code says that the number can never get texts."""
    return provider not in _REPORTS_ONLY and code in codes_of(provider)
