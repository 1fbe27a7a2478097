"""Where and when the tables of this folder are read, and their rows; those of dates and times are in moment_cases.py.

A row is a text and what is read in it: a value; a list of values when the text may mean each of them; None for nothing.
"""

from datetime import UTC, datetime
from typing import Any

from textback.engine.hours import Hours
from textback.engine.matchers import Ambiguous, Found, Here

#: Monday, March 2, 2026, 10:00 in Chicago and 17:00 in Madrid.
NOW = int(datetime(2026, 3, 2, 16, 0, tzinfo=UTC).timestamp() * 1000)

#: Monday to Friday 9 to 18, Saturday 10 to 14.
OPEN = Hours({**dict.fromkeys(range(5), ((540, 1080),)), 5: ((600, 840),)})

US = Here(NOW, "America/Chicago", "US", "en", OPEN)
NO_HOURS = Here(NOW, "America/Chicago", "US", "en")
GB = Here(NOW, "Europe/London", "GB", "en-GB", OPEN)
CA = Here(NOW, "America/Toronto", "CA", "en", OPEN)
ES = Here(NOW, "Europe/Madrid", "ES", "es", OPEN)
MX = Here(NOW, "America/Mexico_City", "MX", "es-MX", OPEN)
NOWHERE = Here(NOW, "UTC")
BIRTHDAYS = Here(NOW, "America/Chicago", "US", "en", prefer="past")

Row = tuple[str, Any]


def read(found: Found) -> Any:
    """What a result says, as the tables write it."""
    if isinstance(found, Ambiguous):
        return [reading.value for reading in found.readings]
    return found.value if found is not None else None


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


NUMBERS: dict[str, tuple[Here, list[Row]]] = {
    "en": (
        US,
        [
            ("5", 5),
            ("we will be 5 people", 5),
            ("twenty five", 25),
            ("twenty-five", 25),
            ("a dozen", 12),
            ("a couple", 2),
            ("just me", 1),
            ("half", 0.5),
            ("2 and a half", 2.5),
            ("2 1/2", 2.5),
            ("1,200", 1200),
            ("1.5", 1.5),
            ("20k", 20000),
            ("20%", 20),
            ("-3", -3),
            ("minus five", -5),
            ("two thousand three hundred and twelve", 2312),
            ("٣", 3),
            ("4 or 5", [4, 5]),
            ("twelve fifty", None),
            ("1,20,5", None),
            ("the 5th", None),
            ("4:30", None),
            ("the one", None),
            ("lots", None),
        ],
    ),
    "es": (
        ES,
        [
            ("treinta y dos", 32),
            ("veintidós", 22),
            ("1.200,50", 1200.5),
            ("1.200", 1200),
            ("3,5", 3.5),
            ("un par", 2),
            ("media docena", 6),
            ("dos y media", 2.5),
            ("mil doscientos", 1200),
            ("ciento veinte", 120),
            ("once", 11),
            ("somos cuatro", 4),
            ("solo yo", 1),
            ("muchos", None),
        ],
    ),
    "Mexico": (MX, [("1,200.50", 1200.5), ("1.5", 1.5)]),
}

OTHERS: dict[str, list[tuple[Here, str, Any]]] = {
    "integer": [
        (US, "5", 5),
        (US, "2.0", 2),
        (US, "2.5", None),
        (US, "half", None),
        (US, "forty two", 42),
        (US, "two or three", [2, 3]),
        (US, "1,000,000", 1000000),
        (US, "9" * 40, None),
        (ES, "veintiuno", 21),
        (ES, "2.500", 2500),
        (ES, "3,5", None),
        (ES, "una docena", 12),
    ],
    "money": [
        (US, "$20", usd("20.00")),
        (US, "20 bucks", usd("20.00")),
        (US, "twelve fifty", usd("12.50")),
        (US, "$1,200.50", usd("1200.50")),
        (US, "20", usd("20.00")),
        (US, "50 cents", usd("0.50")),
        (US, "20 dollars and 50 cents", usd("20.50")),
        (US, "20 €", eur("20.00")),
        (US, "20eur", eur("20.00")),
        (US, "$20k", usd("20000.00")),
        (US, "$5 or $6", [usd("5.00"), usd("6.00")]),
        (US, "2.345", None),
        (US, "-5", None),
        (US, "free", None),
        (GB, "20 quid", {"amount": "20.00", "currency": "GBP"}),
        (CA, "$20", {"amount": "20.00", "currency": "CAD"}),
        (CA, "US$20", usd("20.00")),
        (ES, "20 euros", eur("20.00")),
        (ES, "1.200,50 €", eur("1200.50")),
        (ES, "doce con cincuenta", eur("12.50")),
        (ES, "20 euros con 50 céntimos", eur("20.50")),
        (ES, "20 dólares", usd("20.00")),
        (MX, "$1,200.50", {"amount": "1200.50", "currency": "MXN"}),
        (MX, "mil pesos", {"amount": "1000.00", "currency": "MXN"}),
    ],
    "yes_no": [
        (US, "yes", True),
        (US, "yep!", True),
        (US, "👍🏽", True),
        (US, "nope", False),
        (US, "no thanks", False),
        (US, "yes, tomorrow at 5", True),
        (US, "yes but not now", None),
        (US, "maybe", None),
        (ES, "sí", True),
        (ES, "claro que sí", True),
        (ES, "no, gracias", False),
        (ES, "ni idea", None),
    ],
    "email": [
        (US, "ana@example.com", "ana@example.com"),
        (US, "Ana.Lopez@Example.com.", "ana.lopez@example.com"),
        (US, "<ana@example.com>", "ana@example.com"),
        (US, "it's ana_l+x@mail.example.co.uk thanks", "ana_l+x@mail.example.co.uk"),
        (US, "ana @ example.com", "ana@example.com"),
        (US, "ana at example dot com", "ana@example.com"),
        (US, "ana (at) example (dot) com", "ana@example.com"),
        (US, "ana dot lopez at mail dot example dot com", "ana.lopez@mail.example.com"),
        (US, "a@example.com or b@example.com", ["a@example.com", "b@example.com"]),
        (US, "ana@example", None),
        (US, "ana@exa..mple.com", None),
        (US, "a@b@example.com", None),
        (US, "josé@example.com", None),
        (US, "no email", None),
        (ES, "ana arroba example punto com", "ana@example.com"),
        (ES, "mi correo es ana guion bajo lopez arroba example punto es", "ana_lopez@example.es"),
    ],
    "phone": [
        (US, "206 555 0123", "+12065550123"),
        (US, "(206) 555-0123", "+12065550123"),
        (US, "206.555.0123 thanks", "+12065550123"),
        (US, "+1 206 555 0123", "+12065550123"),
        (US, "call me on 2065550123 after 5", "+12065550123"),
        (US, "2065550123 or 2065550124", ["+12065550123", "+12065550124"]),
        (US, "555-0123", None),
        (US, "206-555-0123 x12", None),
        (US, "2026-03-03", None),
        (US, "12", None),
        (GB, "020 7946 0123", "+442079460123"),
        (ES, "612 34 56 78", "+34612345678"),
        (ES, "+1 206 555 0123", "+12065550123"),
        (NOWHERE, "206 555 0123", None),
    ],
    "postcode": [
        (US, "98101", "98101"),
        (US, "98101-1234", "98101-1234"),
        (US, "my zip is 98101", "98101"),
        (US, "9810", None),
        (GB, "sw1a 1aa", "SW1A 1AA"),
        (GB, "M11AA", "M1 1AA"),
        (GB, "hello 123", None),
        (CA, "k1a0b1", "K1A 0B1"),
        (CA, "d1a 0b1", None),
        (ES, "28013", "28013"),
        (ES, "99999", None),
        (MX, "cp 06000", "06000"),
        (NOWHERE, "1234 ab", "1234 AB"),
        (NOWHERE, "hello", None),
    ],
    "name": [
        (US, "Ana", "Ana"),
        (US, "im ana", "Ana"),
        (US, "Ana Lopez here", "Ana Lopez"),
        (US, "my name is ana lopez", "Ana Lopez"),
        (US, "it's Ana!", "Ana"),
        (US, "hello, ana", "Ana"),
        (US, "ANA LOPEZ", "Ana Lopez"),
        (US, "McDonald", "McDonald"),
        (US, "jean-luc o'brien", "Jean-Luc O'Brien"),
        (US, "ana de la cruz", "Ana de la Cruz"),
        (US, "Jose\u0301", "Jose\u0301"),
        (US, "李雷", "李雷"),
        (US, "Ana, can i come tomorrow", "Ana"),
        (US, "yes", None),
        (US, "5", None),
        (US, "who is this", None),
        (US, "i dont know", None),
        (US, "im looking for a bike", None),
        (US, "one two three four five six", None),
        (ES, "me llamo Ana", "Ana"),
        (ES, "soy ana", "Ana"),
        (ES, "mi nombre es ana garcía", "Ana García"),
        (ES, "María de los Ángeles", "María de los Ángeles"),
        (ES, "soy de madrid", None),
        (ES, "no quiero", None),
    ],
    "location": [
        (US, "47.6062, -122.3321", {"lat": 47.6062, "lon": -122.3321}),
        (US, "47.6 N 122.3 W", {"lat": 47.6, "lon": -122.3}),
        (US, "geo:47.6,-122.3", {"lat": 47.6, "lon": -122.3}),
        (US, "https://maps.google.com/?q=47.6,-122.3", {"lat": 47.6, "lon": -122.3}),
        (US, "https://www.google.com/maps/place/X/@47.6,-122.3,17z", {"lat": 47.6, "lon": -122.3}),
        (US, "https://www.openstreetmap.org/#map=15/47.6/-122.3", {"lat": 47.6, "lon": -122.3}),
        (US, "https://maps.app.goo.gl/abc", {"address": "https://maps.app.goo.gl/abc"}),
        (US, "12 Oak Street, Seattle", {"address": "12 Oak Street, Seattle"}),
        (US, "downtown", {"address": "downtown"}),
        (US, "yes", None),
        (US, "5", None),
        (US, "i dont know", None),
        (ES, "Calle Mayor 12, Madrid", {"address": "Calle Mayor 12, Madrid"}),
        (ES, "no", None),
    ],
    "text": [
        (US, "  any words ", "any words"),
        (ES, "¿qué?", "¿qué?"),
        (US, "?!", None),
        (US, "👍", None),
        (US, "", None),
    ],
}
