"""Understanding answers: one matcher for each type of question, as pure functions of the text and of `Here`.

`MATCHERS[type](text, here, options)` reads an answer to a question. `find` looks for a value inside something else
that was said, and only takes what can be nothing else. `merge` changes a part of a known date or time. None of them
raises, whatever the text, and all take time in proportion to its length. Languages are data: see language.py.
"""

from collections.abc import Mapping

from textback.engine.matchers.corrections import merge
from textback.engine.matchers.mail import email, find_email
from textback.engine.matchers.moments import date_, datetime_, find_date, find_datetime, find_time, time_
from textback.engine.matchers.money import find_money, money
from textback.engine.matchers.names import find_name, name
from textback.engine.matchers.numerals import find_integer, find_number, integer, number
from textback.engine.matchers.patterns import PatternError, compile_pattern, find_pattern, pattern
from textback.engine.matchers.places import find_location, location
from textback.engine.matchers.plain import nothing, text, yes_no
from textback.engine.matchers.postcodes import find_postcode, postcode
from textback.engine.matchers.shapes import Ambiguous, Found, Here, Matcher, Reading, Value
from textback.engine.matchers.telephone import find_phone, phone

__all__ = [
    "FINDERS", "MATCHERS", "Ambiguous", "Found", "Here", "Matcher", "PatternError", "Reading", "Value",
    "compile_pattern", "find", "merge", "prepare",
]  # fmt: skip

MATCHERS: dict[str, Matcher] = {
    "text": text,
    "number": number,
    "integer": integer,
    "money": money,
    "yes_no": yes_no,
    "date": date_,
    "time": time_,
    "datetime": datetime_,
    "email": email,
    "phone": phone,
    "postcode": postcode,
    "name": name,
    "location": location,
    "pattern": pattern,
}

FINDERS: dict[str, Matcher] = {
    "text": nothing,
    "number": find_number,
    "integer": find_integer,
    "money": find_money,
    "yes_no": nothing,
    "date": find_date,
    "time": find_time,
    "datetime": find_datetime,
    "email": find_email,
    "phone": find_phone,
    "postcode": find_postcode,
    "name": find_name,
    "location": find_location,
    "pattern": find_pattern,
}


def prepare(locale: str) -> None:
    """Make a locale's patterns ready, which takes a tenth of a second once, so that no customer waits for it."""
    here = Here(0, locale=locale)
    for matcher in (*MATCHERS.values(), *FINDERS.values()):
        matcher("tmrw at 4, 12 a", here, {})


def find(type_: str, said: str, here: Here, options: Mapping[str, str]) -> Found:
    """A value of this type inside a longer text, when it can be nothing else. Unknown types have no reading."""
    finder = FINDERS.get(type_, nothing)
    return finder(said, here, options)
