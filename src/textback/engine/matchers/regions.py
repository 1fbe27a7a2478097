"""What differs by country: the order of a written date, the currency, postcodes. Data, by ISO country code."""

import re

#: Countries that write month before day. All others that are named here write the day first.
MONTH_FIRST = frozenset("US PH BZ PR GU FM MH PW".split())
#: Countries in which both orders are common, so that 3/4 has to be asked about.
EITHER_ORDER = frozenset("CA KE GH".split())
#: Countries that write the year first, and so the month before the day.
YEAR_FIRST = frozenset("CN JP KR TW HU LT MN IR".split())

_EURO = "AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK"
CURRENCIES: dict[str, str] = {
    **dict.fromkeys(_EURO.split(), "EUR"),
    **dict.fromkeys("US PR GU EC SV PA".split(), "USD"),
    "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "MX": "MXN", "AR": "ARS", "CL": "CLP",
    "CO": "COP", "UY": "UYU", "DO": "DOP", "CU": "CUP", "PH": "PHP", "PE": "PEN", "BO": "BOB", "CR": "CRC",
    "GT": "GTQ", "HN": "HNL", "NI": "NIO", "PY": "PYG", "VE": "VES", "BR": "BRL", "GB": "GBP", "CH": "CHF",
    "JP": "JPY", "CN": "CNY", "IN": "INR", "SE": "SEK", "NO": "NOK", "DK": "DKK", "PL": "PLN", "CZ": "CZK",
    "ZA": "ZAR", "IL": "ILS", "KR": "KRW", "TR": "TRY",
}  # fmt: skip

#: Countries whose own money is called dollars or written $.
DOLLARS = frozenset("US PR GU EC SV PA CA AU NZ SG HK".split())
PESOS = frozenset("MX AR CL CO UY DO CU PH".split())

SYMBOLS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₪": "ILS", "₱": "PHP", "₺": "TRY", "zł": "PLN"}
SYMBOL_PREFIXES = {"us$": "USD", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "mx$": "MXN",
                   "r$": "BRL", "s$": "SGD", "hk$": "HKD"}  # fmt: skip

#: How many decimals an amount may have, where it is not two.
NO_CENTS = frozenset("JPY KRW CLP PYG".split())


class Postcode:
    """How one country writes its postcodes: a pattern over capitals, and the groups joined by `joint`.

    `plain` are digits only: five of them may be anything, so they need a word such as "zip" in a longer text.
    """

    __slots__ = ("joint", "pattern", "plain")

    def __init__(self, pattern: str, joint: str = "", *, plain: bool = False) -> None:
        self.pattern = re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.ASCII)
        self.joint = joint
        self.plain = plain


_FIVE = Postcode(r"(\d{5})", plain=True)
_FOUR = Postcode(r"([1-9]\d{3})", plain=True)

POSTCODES: dict[str, Postcode] = {
    "US": Postcode(r"(\d{5})(?: ?- ?(\d{4}))?", "-", plain=True),
    "PR": Postcode(r"(00[679]\d{2})(?: ?- ?(\d{4}))?", "-", plain=True),
    "CA": Postcode(r"([ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z])[ -]?(\d[ABCEGHJ-NPRSTV-Z]\d)", " "),
    "GB": Postcode(r"(GIR|[A-Z]{1,2}\d[A-Z\d]?) ?(0AA|\d[ABD-HJLNP-UW-Z]{2})", " "),
    "IE": Postcode(r"([AC-FHKNPRTV-Y]\d[0-9W]) ?([0-9AC-FHKNPRTV-Y]{4})", " "),
    "NL": Postcode(r"([1-9]\d{3}) ?([A-Z]{2})", " "),
    "ES": Postcode(r"((?:0[1-9]|[1-4]\d|5[0-2])\d{3})", plain=True),
    "DE": _FIVE, "FR": _FIVE, "IT": _FIVE, "MX": _FIVE, "FI": _FIVE, "TR": _FIVE, "KR": _FIVE, "UY": _FIVE,
    "AU": Postcode(r"(\d{4})", plain=True),
    "NZ": Postcode(r"(\d{4})", plain=True),
    "AT": _FOUR, "BE": _FOUR, "CH": _FOUR, "DK": _FOUR, "ZA": Postcode(r"(\d{4})", plain=True),
    "NO": Postcode(r"(\d{4})", plain=True),
    "PT": Postcode(r"(\d{4}) ?- ?(\d{3})", "-"),
    "BR": Postcode(r"(\d{5}) ?-? ?(\d{3})", "-"),
    "PL": Postcode(r"(\d{2}) ?- ?(\d{3})", "-"),
    "SE": Postcode(r"(\d{3}) ?(\d{2})", " ", plain=True),
    "CZ": Postcode(r"(\d{3}) ?(\d{2})", " ", plain=True),
    "GR": Postcode(r"(\d{3}) ?(\d{2})", " ", plain=True),
    "IN": Postcode(r"([1-9]\d{2}) ?(\d{3})", plain=True),
    "AR": Postcode(r"([A-HJ-NP-Z]?\d{4})(?: ?([A-Z]{3}))?", plain=True),
    "CO": Postcode(r"(\d{6})", plain=True),
    "CL": Postcode(r"(\d{3}) ?-? ?(\d{4})", plain=True),
    "PE": _FIVE,
}  # fmt: skip

#: For countries that have no row: 3 to 10 letters and digits with a digit among them, perhaps in two groups.
ANY_POSTCODE = Postcode(
    r"((?:\d[A-Z\d]{2,7}|[A-Z]{1,3}\d[A-Z\d]{1,5}|[A-Z]{1,2}\d(?=[ -]\d))(?:[ -](?:[A-Z]{2}|[A-Z]?\d[A-Z\d]{1,3}))?)",
    plain=True,
)
