"""Phone numbers: E.164 wherever they are stored, readable where people see them, masked where they need not."""

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult
from phonenumbers.timezone import time_zones_for_number

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SHORT = re.compile(r"[0-9]{3,8}")
_TOLL_FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")
_UNKNOWN_ZONE = "Etc/Unknown"
VISITOR = "web-"
"""What the address of a web chat's visitor begins with; the rest is hexadecimal digits that nobody can call."""


def is_e164(text: str) -> bool:
    """Whether the text is a number in E.164 form: a plus, then 7 to 15 digits that don't begin with 0."""
    return _E164.fullmatch(text) is not None


def normalise(text: str, region: str = "US") -> str:
    """The E.164 form of a number as people write it; without a country code it is read as one of `region`.

    Raises ValueError with a sentence when it can't be a phone number. Example numbers such as 555-0123 are possible
    numbers and so are taken.
    """
    try:
        number = phonenumbers.parse(text.strip(), region)
    except phonenumbers.NumberParseException:
        raise ValueError("That is not a phone number. Write it like +12065550123.") from None
    if number.extension or phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise ValueError("That phone number has too few or too many digits. Write it like +12065550123.")
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if not is_e164(written):  # a few countries have shorter and longer ones, which no text can go to
        raise ValueError("That phone number has too few or too many digits. Write it like +12065550123.")
    return written


_FIXED = frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.VOICEMAIL})


def is_landline(number: str) -> bool:
    """Whether this E.164 number is known to be a landline's. In the US and Canada nobody can tell by the number."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) in _FIXED
    except phonenumbers.NumberParseException:
        return False


_COSTLY = frozenset(
    {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN, PhoneNumberType.PAGER}
)


def is_costly(number: str) -> bool:
    """Whether this E.164 number is known to be nobody's phone, but one that somebody earns by."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) in _COSTLY
    except phonenumbers.NumberParseException:
        return False


def pretty(number: str) -> str:
    """A number for people: (206) 555-0123 in the US and Canada, international form elsewhere, a visitor of the website
    by four digits, else as it is."""
    if len(number) == 12 and number.startswith("+1"):
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    if number.startswith(VISITOR):
        return f"Web visitor {number[len(VISITOR) :][:4]}"
    if not is_e164(number):
        return number
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number


def mask(number: str) -> str:
    """A number with all but its last two characters hidden (P4), for logs and for those who may not see it."""
    if len(number) == 12 and number.startswith("+1"):
        return f"(•••) •••-••{number[10:]}"
    if number.startswith(VISITOR):
        return f"Web visitor ••{number[-2:]}"
    return "•" * max(len(number) - 2, 0) + number[-2:]


def is_toll_free(number: str) -> bool:
    """Whether this is a toll-free number of North America: its keywords are the network's, not the provider's."""
    return len(number) == 12 and number.startswith(_TOLL_FREE)


def is_short_code(number: str) -> bool:
    """Whether this is a short code: 3 to 8 digits without a plus."""
    return _SHORT.fullmatch(number) is not None


def zone_of(number: str) -> tuple[str, ...]:
    """The IANA time zones that this number may be in, from its country and area code; empty when unknown (Q2)."""
    if not is_e164(number):
        return ()
    try:
        zones = time_zones_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(zone for zone in zones if zone != _UNKNOWN_ZONE)
