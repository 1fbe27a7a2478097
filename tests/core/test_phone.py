"""Numbers: one stored form for every way of writing them, and nothing stored that can't be called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.core.phone import is_e164, is_short_code, is_toll_free, mask, normalise, pretty, zone_of

E164 = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)
AMERICAN = st.from_regex(r"\+1[2-9][0-9]{2}555[0-9]{4}", fullmatch=True)


@pytest.mark.parametrize(
    "written",
    [
        "+12065550123",
        "12065550123",
        "2065550123",
        "(206) 555-0123",
        "206-555-0123",
        "206.555.0123",
        "206 555 0123",
        "1 (206) 555 0123",
        "+1 206 555 0123",
        "  +12065550123\n",
        "tel:+12065550123",
        "+1\u00a0206\u00a0555\u00a00123",
        "+1\u2011206\u2011555\u20110123",
        "\u202a+1 (206) 555-0123\u202c",  # as pasted from an address book, with its direction marks
        "２０６５５５０１２３",  # full-width digits
    ],
)
def test_every_way_of_writing_a_number_is_one_number(written: str) -> None:
    assert normalise(written) == "+12065550123"


@pytest.mark.parametrize(
    ("written", "region", "stored"),
    [
        ("+44 20 7946 0123", "US", "+442079460123"),
        ("020 7946 0123", "GB", "+442079460123"),
        ("011 44 20 7946 0123", "US", "+442079460123"),
        ("(206) 555-0123", "CA", "+12065550123"),
        ("+1 206 555 0123", "GB", "+12065550123"),
        ("1-800-FLOWERS", "US", "+18003569377"),
    ],
)
def test_the_region_counts_only_without_a_country_code(written: str, region: str, stored: str) -> None:
    assert normalise(written, region) == stored


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "hello",
        "\x00",
        "\ud800",
        "+",
        "12345",
        "206555012",
        "+1 206 555 012",
        "+1 206 555 01234",
        "206 555 0123 ext 4",
        "+999 206 555 0123",
    ],
)
def test_what_is_no_number_is_refused_with_a_sentence_that_shows_how(written: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\+12065550123\.$"):
        normalise(written)


@pytest.mark.parametrize("written", ["+1206555012", "+120655501234"])
def test_a_digit_too_few_or_too_many_is_refused_however_it_is_written(written: str) -> None:
    spaced = f"{written[:2]} {written[2:5]} {written[5:]}"
    for form in (spaced, written):
        with pytest.raises(ValueError, match="too few or too many"):
            normalise(form)


def test_a_number_without_its_area_code_is_refused() -> None:
    with pytest.raises(ValueError, match="too few or too many"):
        normalise("555-0123")


def test_digits_of_other_scripts_do_not_make_a_second_identity() -> None:
    assert normalise("+1٢٠٦٥٥٥٠١٢٣") == "+12065550123"


@given(st.text())
def test_normalise_gives_e164_or_refuses(written: str) -> None:
    try:
        stored = normalise(written)
    except ValueError:
        return
    assert is_e164(stored)
    assert normalise(stored) == stored


@given(AMERICAN)
def test_what_pretty_shows_is_the_same_number_when_typed_back(number: str) -> None:
    assert normalise(pretty(number)) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+12065550123", True),
        ("+442079460123", True),
        ("+1234567", True),
        ("+123456", False),
        ("+123456789012345", True),
        ("+1234567890123456", False),
        ("+02065550123", False),
        ("12065550123", False),
        ("+1 2065550123", False),
        ("+12065550123\n", False),
        ("++12065550123", False),
        ("+1206555012x", False),
        ("+1٢٠٦٥٥٥٠١٢٣", False),
        ("", False),
    ],
)
def test_is_e164(text: str, expected: bool) -> None:
    assert is_e164(text) is expected


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+12065550123", "(206) 555-0123"),
        ("+18005550123", "(800) 555-0123"),
        ("+442079460123", "+44 20 7946 0123"),
        ("+61491570006", "+61 491 570 006"),
        ("12345", "12345"),
        ("U0123ABC", "U0123ABC"),
        ("", ""),
    ],
)
def test_pretty(number: str, shown: str) -> None:
    assert pretty(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+12065550123", "(•••) •••-••23"),
        ("+442079460199", "•••••••••••99"),
        ("12345", "•••45"),
        ("", ""),
    ],
)
def test_mask_shows_the_last_two_digits_only(number: str, shown: str) -> None:
    assert mask(number) == shown


@given(E164)
def test_mask_never_shows_more_than_two_digits(number: str) -> None:
    assert [c for c in mask(number) if c.isalnum()] == list(number[-2:])


@given(st.text())
def test_showing_never_fails(text: str) -> None:
    pretty(text)
    mask(text)
    assert isinstance(zone_of(text), tuple)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        *((f"+1{area}5550123", True) for area in (800, 833, 844, 855, 866, 877, 888)),
        ("+18995550123", False),
        ("+18225550123", False),
        ("+12065550123", False),
        ("+18085550123", False),
        ("+1800555012", False),
        ("+448005550123", False),
        ("8005550123", False),
    ],
)
def test_is_toll_free(number: str, expected: bool) -> None:
    assert is_toll_free(number) is expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [("123", True), ("12345", True), ("12345678", True), ("12", False), ("123456789", False), ("+12345", False),
     ("+12065550123", False), ("1234a", False), ("", False), ("١٢٣٤٥", False)],
)  # fmt: skip
def test_is_short_code(number: str, expected: bool) -> None:
    assert is_short_code(number) is expected


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12065550123", ("America/Los_Angeles",)),
        ("+12125550123", ("America/New_York",)),
        ("+18085550123", ("Pacific/Honolulu",)),
        ("+442079460123", ("Europe/London",)),
        ("+19995550123", ()),
        ("12345", ()),
        ("", ()),
    ],
)
def test_zone_of(number: str, zones: tuple[str, ...]) -> None:
    assert zone_of(number) == zones


def test_a_toll_free_number_may_be_anywhere_in_its_countries() -> None:
    """Q2: every zone that the number may be in must be awake."""
    assert {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu"} <= set(zone_of("+18005550123"))
