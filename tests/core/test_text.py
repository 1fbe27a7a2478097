"""Texts as carriers see them: what is cleaned away, how many segments it takes, and which characters cost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.core.text import clean, culprits, gsm_safe, plain, segments, torn

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "\f^{}\\[~]|€"
FOREIGN = "`çêáíóú’“”–—…\t\u00a0Ж中"
ANYTHING = st.text(st.characters())  # lone surrogates included
GSM_TEXT = st.text(st.sampled_from(BASIC + EXTENDED), max_size=500)
MIXED_TEXT = st.text(st.sampled_from("ab €[]é中😀\n`"), max_size=300)


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("", ""),
        ("Hello", "Hello"),
        ("a\x00b", "a\ufffdb"),
        ("\x00", "\ufffd"),
        ("a\ud83d", "a\ufffd"),
        ("\ude00b", "\ufffdb"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        ("😀", "😀"),
        ("tab\t line\r\n zero\u200bwidth", "tab\t line\r\n zero\u200bwidth"),
    ],
)
def test_clean_replaces_what_can_not_be_stored_and_nothing_else(given_text: str, kept: str) -> None:
    assert clean(given_text) == kept


@given(ANYTHING)
def test_clean_text_can_be_stored_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned) == cleaned
    assert len(cleaned) == len(text)


@pytest.mark.parametrize("character", BASIC)
def test_a_basic_character_costs_one_septet(character: str) -> None:
    for count, parts in ((160, 1), (161, 2), (306, 2), (307, 3)):
        found = segments(character * count)
        assert (found.encoding, found.used, found.count, found.culprits) == ("GSM-7", count, parts, ())


@pytest.mark.parametrize("character", EXTENDED)
def test_an_extension_character_costs_two_septets_and_is_not_cut(character: str) -> None:
    # 153 is odd: a part holds 76 of them, not 76 and a half.
    for count, parts in ((80, 1), (81, 2), (152, 2), (153, 3)):
        found = segments(character * count)
        assert (found.encoding, found.used, found.count, found.culprits) == ("GSM-7", 2 * count, parts, ())


@pytest.mark.parametrize("character", FOREIGN)
def test_a_character_that_gsm_lacks_makes_the_whole_text_ucs2(character: str) -> None:
    for count, parts in ((70, 1), (71, 2), (134, 2), (135, 3)):
        found = segments("a" * (count - 1) + character)
        assert (found.encoding, found.used, found.count, found.culprits) == ("UCS-2", count, parts, (character,))


@pytest.mark.parametrize(
    ("text", "encoding", "count", "used", "capacity"),
    [
        ("", "GSM-7", 0, 0, 160),
        ("a", "GSM-7", 1, 1, 160),
        ("a" * 160, "GSM-7", 1, 160, 160),
        ("a" * 161, "GSM-7", 2, 161, 306),
        ("a" * 306, "GSM-7", 2, 306, 306),
        ("a" * 307, "GSM-7", 3, 307, 459),
        ("a" * 158 + "€", "GSM-7", 1, 160, 160),
        ("a" * 159 + "€", "GSM-7", 2, 161, 306),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3, 306, 459),
        ("a" * 151 + "€" + "a" * 153, "GSM-7", 2, 306, 306),
        ("é" * 160, "GSM-7", 1, 160, 160),
        ("中" * 70, "UCS-2", 1, 70, 70),
        ("中" * 71, "UCS-2", 2, 71, 134),
        ("😀" * 35, "UCS-2", 1, 70, 70),
        ("😀" * 36, "UCS-2", 2, 72, 134),
        ("a" * 66 + "😀" + "a" * 66, "UCS-2", 3, 134, 201),
        ("a" * 65 + "😀" + "a" * 67, "UCS-2", 2, 134, 134),
        ("a" * 161 + "’", "UCS-2", 3, 162, 201),
        ("€" * 35 + "中", "UCS-2", 1, 36, 70),
    ],
)
def test_segments(text: str, encoding: str, count: int, used: int, capacity: int) -> None:
    found = segments(text)
    assert (found.encoding, found.count, found.used, found.capacity) == (encoding, count, used, capacity)


@pytest.mark.parametrize(
    ("text", "culprits"),
    [
        ("plain", ()),
        ("[€]", ()),
        ("don’t — don’t", ("’", "—")),
        ("😀中😀", ("😀", "中")),
        ("`é`", ("`",)),
    ],
)
def test_culprits_are_named_once_in_order(text: str, culprits: tuple[str, ...]) -> None:
    assert segments(text).culprits == culprits


def by_hand(text: str) -> tuple[str, int]:
    """Encoding and count as the standard tells it: fill parts one after the other, and never cut a pair."""
    if all(c in BASIC or c in EXTENDED for c in text):
        encoding, alone, part = "GSM-7", 160, 153
        units = ["\x1b" + c if c in EXTENDED else c for c in text]
    else:
        encoding, alone, part = "UCS-2", 70, 67
        units = ["x" * (len(c.encode("utf-16-be", "surrogatepass")) // 2) for c in text]
    if len("".join(units)) <= alone:
        return encoding, min(len(text), 1)
    parts = [""]
    for unit in units:
        if len(parts[-1]) + len(unit) > part:
            parts.append("")
        parts[-1] += unit
    return encoding, len(parts)


FAMILY, FLAG, THUMB, SEVEN, HEART = "👩\u200d👧", "🇫🇷", "👍🏽", "7\ufe0f\u20e3", "❤\ufe0f"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize("emoji", [FAMILY, FLAG, THUMB, SEVEN, HEART, SCOTLAND])
def test_e2_an_emoji_that_the_end_of_a_part_tears_apart_is_found(emoji: str) -> None:
    fine = "中" * (67 - len(emoji.encode("utf-16-le")) // 2)
    assert torn(f"{fine}{emoji}中中中中中") == []  # it is the end of the first part
    assert torn(f"{fine}中{emoji}中中中中中") == [emoji]  # and now one too far
    assert torn(f"{'中' * 67}{emoji}中中中中中") == []  # the second begins with it
    assert torn(f"中{emoji}") == []  # there is one part


@pytest.mark.parametrize("text", ["می\u200cخواهم" * 12, "क्\u200dष" * 20, "é中" * 50, "x" * 400, "中😀" * 40, ""])
def test_e2_letters_that_are_joined_and_emoji_of_one_character_are_not_torn(text: str) -> None:
    assert torn(text) == []


@given(st.one_of(ANYTHING, GSM_TEXT, MIXED_TEXT))
def test_what_is_torn_is_in_the_text(text: str) -> None:
    found = torn(text)
    assert all(len(one) > 1 and one in text for one in found)
    assert len(found) < max(segments(text).count, 1)


@given(st.one_of(ANYTHING, GSM_TEXT, MIXED_TEXT))
def test_segments_agree_with_a_count_by_hand(text: str) -> None:
    found = segments(text)
    assert (found.encoding, found.count) == by_hand(text)
    assert found.used <= found.capacity
    assert bool(found.culprits) == (found.encoding == "UCS-2")


@pytest.mark.parametrize(
    ("text", "twin"),
    [
        ("don’t", "don't"),
        ("“Hi” – yes…", '"Hi" - yes...'),
        ("a\u00a0b\u200bc\td", "a bc d"),
        ("see https://example.com/a’b, don’t", "see https://example.com/a’b, don't"),
        ("café 中😀", "café 中😀"),
    ],
)
def test_plain_replaces_typography_but_no_addresses(text: str, twin: str) -> None:
    assert plain(text) == twin


@given(ANYTHING)
def test_plain_never_costs_encoding_and_settles_at_once(text: str) -> None:
    replaced = plain(text)
    assert plain(replaced) == replaced
    assert set(segments(replaced).culprits) <= set(segments(text).culprits)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Hi {{ name | default('’') }}, it’s “on”", "Hi {{ name | default('’') }}, it’s “on”"),  # can't be GSM-7
        ("Hi {{ name }} – it’s {% if a == 1 %}on{% endif %}…", "Hi {{ name }} - it's {% if a == 1 %}on{% endif %}..."),
        ("Use SAVE20–SPRING9 – now", "Use SAVE20–SPRING9 – now"),  # its dash alone keeps it in UCS-2
        ("9AM–5PM, 10AM–12PM, Mon–Fri", "9AM-5PM, 10AM-12PM, Mon-Fri"),
        ("می\u200cروم “خوب”", "می\u200cروم “خوب”"),
        ("👩\u200d👧 “hi”", "👩\u200d👧 “hi”"),
        ("…" * 70, "…" * 70),  # 70 of these are one part, and 210 full stops would be two
        ("x" * 69 + "“”", "x" * 69 + '""'),
    ],
)
def test_what_is_made_safe_saves_something_and_keeps_what_means_something(text: str, safe: str) -> None:
    assert gsm_safe(text) == safe


URLS = st.builds("https://example.com/{}".format, st.text(st.sampled_from("ab–’…/?=&"), max_size=12))
VALUES = st.builds("{{{{ {} }}}}".format, st.text(st.sampled_from("ab|_’“–. "), max_size=8))
CODES = st.sampled_from(["AB12–CD34", "SAVE20—NOW99"])
WORDS = st.text(st.sampled_from("ab é’“”–—… \u00a0\u200b`€中😀"), max_size=60)
AUTHORED = st.lists(st.one_of(URLS, VALUES, CODES, WORDS), max_size=8)


@given(AUTHORED)
def test_what_is_made_safe_keeps_addresses_values_and_codes_and_never_costs_more(pieces: list[str]) -> None:
    text = " ".join(pieces)
    made = gsm_safe(text)
    assert gsm_safe(made) == made
    assert segments(made).count <= segments(text).count
    kept = re.findall(r"https://\S+|\{\{.*?\}\}|AB12–CD34|SAVE20—NOW99", text)
    assert re.findall(r"https://\S+|\{\{.*?\}\}|AB12–CD34|SAVE20—NOW99", made) == kept


@given(st.one_of(ANYTHING, WORDS))
def test_culprits_are_where_they_are_said_to_be(text: str) -> None:
    found = culprits(text, most=10_000)
    assert [text[one.place - 1] for one in found] == [one.char for one in found]
    assert {one.char for one in found} == set(segments(text).culprits)
