"""What a language adds to the matchers: its words and the forms of its dates and times, as data.

Words and forms are written as `line.fold` leaves them: lower case, no accents, no apostrophes. A form is a pattern in
which `{n}` is a number or "a", `{unit}` a unit of time, `{wd}` a weekday, `{day}` a word such as "tomorrow", `{month}`
a month, `{nth}` a day of the month, `{ord}` one that shows it ("5th", "fifth"), `{dd}` one in digits, `{year}` a year;
in forms of time `{h}` is an hour, `{m}` minutes and `{fives}` round ones. The name beside it is what it means, see
dates.py and times.py.
"""

import msgspec

Forms = tuple[tuple[str, str], ...]


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """One language. `home` are words that mean something else in others, so they count only where it is spoken."""

    home: frozenset[str]
    decimal_comma: bool

    # Numbers
    numbers: dict[str, int]  # below 1000, those that are added up
    powers: dict[str, int]
    joiners: frozenset[str]  # "and" in "one hundred and five"
    amounts: dict[str, float]  # "a dozen"
    halves: frozenset[str]  # "and a half"
    only_me: frozenset[str]  # whole answers that mean one
    minus: frozenset[str]

    # Money
    currencies: dict[str, str]  # to an ISO code, or "local" for the country's own
    cents: frozenset[str]
    with_cents: frozenset[str]  # "and" in "20 dollars and 50 cents"

    # Calendar
    weekdays: dict[str, int]  # 0 is Monday
    months: dict[str, int]
    days: dict[str, int]  # days from today
    weak: frozenset[str]  # weekdays and months that are also ordinary words
    units: dict[str, str]  # to minute, hour, day, week, month or year
    some: dict[str, float]  # how many units: "a", "a couple of", "half an"
    ordinals: dict[str, int]  # days of the month
    ordinal_suffix: str
    date_forms: Forms
    next_weekday: str  # "ask": may be a week later; "coming": never is

    # Time of day
    parts: dict[str, tuple[str, int | None]]  # to morning, afternoon, evening or night, and to days from today
    clock: dict[str, int]  # to minutes since midnight
    now: frozenset[str]
    before_time: str  # a pattern: what makes a bare number a time
    after_time: str  # a pattern, in the same place
    time_forms: Forms
    bounds: frozenset[str]  # "after 5" is no time of day
    ranges: frozenset[str]  # "4 to 5"
    later_forms: Forms  # "an hour later": changes what is known
    leads: frozenset[str]  # go with a date or time: "at"
    greetings: frozenset[str]
    fillers: frozenset[str]  # may stand beside a bare "4"
    refusals: frozenset[str]  # "doesnt", after what does not suit

    # Names, addresses
    introductions: frozenset[str]  # before a name
    weak_introductions: frozenset[str]  # those that other things follow as well: "it's late"
    here: frozenset[str]  # after a name
    not_names: frozenset[str]
    particles: frozenset[str]  # small inside a name
    at: frozenset[str]
    dot: frozenset[str]
    marks: dict[str, str]  # "underscore"
    email_words: frozenset[str]
    postcode_words: frozenset[str]
    number_after: frozenset[str]  # words that a number belongs to: "number 12"
    street_after: frozenset[str]  # "12 Oak Street"
    street_before: frozenset[str]  # "Calle Mayor 12"

    # Saying it again
    weekday_names: tuple[str, ...]
    month_names: tuple[str, ...]
    say_date: str  # {weekday} {day} {month}
    say_date_year: str  # and {year}
    say_datetime: str  # {date} {time}
    half_day: bool  # 4:00 PM rather than 16:00


def words(text: str) -> frozenset[str]:
    """The words of a list with commas."""
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def numbered(text: str, first: int = 0) -> dict[str, int]:
    """Words separated by blanks, counted up. Alternatives are joined by a slash."""
    return {word: n for n, group in enumerate(text.split(), first) for word in group.split("/")}
