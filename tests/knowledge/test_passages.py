"""Knowledge files as passages: each answers one thing, and knows where it is from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.core.sentences import sentences
from textback.knowledge.lint import check_hours, check_passages
from textback.knowledge.markdown import read_passages
from textback.knowledge.passages import LONGEST, Flaw, Passage

DAY = 86_400_000


def passages(text: str, name: str = "a.md") -> list[Passage]:
    return read_passages({f"knowledge/{name}": text})[0]


def flaws(text: str, name: str = "a.md") -> list[Flaw]:
    return read_passages({f"knowledge/{name}": text})[1]


def test_headings_make_passages_that_know_what_they_stand_under() -> None:
    found = passages("# Shop\n\nWe sell bikes.\n\n## Hours\n\nWe open\nat nine.\n\n# Repairs\n\nIn a day.\n")
    assert [(one.id, one.headings, one.text, one.line) for one in found] == [
        ("a.md#shop", ("Shop",), "We sell bikes.", 3),
        ("a.md#hours", ("Shop", "Hours"), "We open at nine.", 7),
        ("a.md#repairs", ("Repairs",), "In a day.", 12),
    ]


def test_the_lines_on_top_say_what_the_file_is() -> None:
    top = "---\ntitle: 'Prices'\nlocale: es\ndate: 2026-01-31\nurl: https://example.com/p\nstale_after: 30d\n---\n"
    [one] = passages(top + "Todo cuesta $5.")
    assert (one.headings, one.locale, one.date, one.url, one.source) == (
        ("Prices",), "es", "2026-01-31", "https://example.com/p", "https://example.com/p",
    )  # fmt: skip
    last_day = 1_772_409_600_000 + DAY - 1  # 2026-03-02, thirty days later, to its end
    assert (one.stale(last_day), one.stale(last_day + 1)) == (False, True)


@pytest.mark.parametrize(
    "text",
    [
        "Q: Do you ship | can you mail it\nA: Yes, we do.\n",
        "Q: Do you ship\nQ: can you mail it\n\nA: Yes,\nwe do.\n",
        "- **Q:** Do you ship | can you mail it\n- **A:** Yes, we do.\n",
        "P: Do you ship\nP: can you mail it\nR: Yes, we do.\n",
    ],
)
def test_a_question_with_its_phrasings_and_its_answer_is_one_passage(text: str) -> None:
    [one] = passages(text)
    assert (one.questions, one.text) == (("Do you ship", "can you mail it"), "Yes, we do.")


def test_a_heading_that_asks_is_a_question() -> None:
    [one] = passages("## Do you ship?\n\nYes, we do.\n")
    assert one.questions == ("Do you ship?",)


def test_an_answer_may_have_paragraphs_and_ends_at_the_next_question_or_heading() -> None:
    first, second, third = passages("Q: One\nA: Yes.\n\nMore.\n- Item\n\nQ: Two\nA: No.\n\n# Three\n\nText.\n")
    assert (first.text, second.text, third.text) == ("Yes.\nMore.\nItem", "No.", "Text.")


def test_a_telephone_number_is_no_question() -> None:
    [one] = passages("# Call us\n\nP: (206) 555-0142\n")
    assert one.questions == ()


def test_markup_is_taken_off_and_addresses_stay() -> None:
    [one] = passages(
        "# A\n\nRead **all** of [our list](https://example.com/list), `now`. ![x](y.png) <b>Or</b> \\*not\\*. &amp;\n"
    )
    assert one.text == "Read all of our list: https://example.com/list, now. Or *not*. &"


def test_comments_and_rules_are_nothing_and_places_stay_right() -> None:
    found = passages("<!-- a\nb -->\n# One\n\n---\n\nText one.\n")
    assert [(one.text, one.line) for one in found] == [("Text one.", 7)]


def test_tables_and_lists_become_lines() -> None:
    rows = "| Job | Price | Days |\n|---|---:|---|\n| Tune-up | $75 | 2 |\n"
    [one] = passages(f"# Prices\n\n{rows}\n- Cash only\n- No checks\n")
    assert one.text.splitlines() == ["Tune-up - Price: $75, Days: 2.", "Cash only", "No checks"]


def test_long_text_is_cut_between_sentences_and_nothing_is_lost() -> None:
    text = " ".join(f"This is sentence number {n} of a very long text, by Dr. Who at 9 a.m. sharp." for n in range(40))
    found = passages(f"# Long\n\n{text}\n")
    assert len(found) > 3
    assert all(len(one.text) <= LONGEST and one.text.endswith("sharp.") for one in found)
    assert " ".join(one.text for one in found) == text
    assert len({one.id for one in found}) == len(found)


def test_sentences_end_where_people_think_they_do() -> None:
    text = "Dr. Lee is in at 9 a.m. on Mon. It costs $4.50, e.g. for tea! "
    text += "Really? See example.com/a.b for 1. and 2.\nNew line"
    assert sentences(text) == [
        "Dr. Lee is in at 9 a.m. on Mon. It costs $4.50, e.g. for tea!", "Really?",
        "See example.com/a.b for 1. and 2.", "New line",
    ]  # fmt: skip


def test_a_csv_has_phrasings_and_a_language_and_any_usual_delimiter() -> None:
    for delimiter in (",", ";"):
        text = (
            f'Question{delimiter}Answer{delimiter}Locale\nship?|mail?{delimiter}"Yes{delimiter} we do."{delimiter}en\n'
        )
        [one] = passages("\ufeff" + text, "a.csv")
        assert (one.questions, one.text, one.locale, one.line) == (
            ("ship?", "mail?"),
            f"Yes{delimiter} we do.",
            "en",
            2,
        )


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.md", "", "There is no text in this file."),
        ("a.md", "---\nlang: en\n---\nText.", "'lang' is not known between the lines of ---."),
        ("a.md", "---\nlocale: English\n---\nText.", "There is no locale 'English'."),
        ("a.md", "---\ndate: yesterday\n---\nText.", "'yesterday' is no date."),
        ("a.md", "---\nstale_after: 30d\n---\nText.", "stale_after can't be '30d'."),
        ("a.md", "---\nurl: example.com\n---\nText.", "'example.com' is no web address."),
        ("a.md", "Q: Why\n\n# Next\n\nText.", "This question has no answer."),
        ("a.md", f"Q: Why\nA: {'Because it is so. ' * 90}", "This answer has 1,619 characters."),
        ("a.csv", "question,reply\na,b\n", "There is no column 'answer'."),
        ("a.csv", "question,answer\na,\n", "This row has no answer."),
        ("a.csv", "question,answer\n,b\n", "This row has no question."),
    ],
)
def test_what_is_wrong_with_a_file_is_said(name: str, text: str, says: str) -> None:
    assert says in [flaw.message for flaw in flaws(text, name)]


def check(text: str, now: int = 0) -> list[str]:
    return [flaw.message for flaw in check_passages(passages(text), ["en"], now, 2)]


def test_a_question_with_two_answers_is_found_and_more_so_where_they_disagree() -> None:
    twice = "Q: How much is a tune-up\nA: It is {}.\n\nQ: how much is the tune-up?\nA: That comes to {}.\n"
    assert check(twice.format("$75", "$89")) == [
        "'how much is the tune-up?' is answered otherwise in knowledge/a.md:1."
    ]
    assert check(twice.format("cheap", "little")) == ["'how much is the tune-up?' is also in knowledge/a.md:1."]
    assert check("# Cleaning prices\n\n$110.\n\n# Other\n\n## Cleaning prices\n\n$95.\n") == [
        "'Cleaning prices' is answered otherwise in knowledge/a.md:3."
    ]


def test_what_is_stale_foreign_or_too_long_to_text_is_found() -> None:
    assert check("---\nstale_after: 2026-01-01\n---\n# Old\n\nNews.", 1_800_000_000_000) == [
        "'Old' is out of date and is no longer said."
    ]
    assert check("---\nlocale: es\n---\n# Hola\n\nBuenas.") == ["The bot does not speak 'es'."]
    assert check(f"# Long\n\nThis goes on {'and on ' * 60}for ever.\n") == [
        "The first sentence of this answer takes 3 segments."
    ]


def test_opening_times_that_differ_from_the_bots_are_found() -> None:
    found = passages("# Opening hours\n\nFrom 9 am to 7 pm.\n\n# Rides\n\nWe leave at 6:30 pm.\n")
    said = [flaw.message for flaw in check_hours(found, frozenset({"9:00", "18:00"}))]
    assert said == ["This names 19:00, when by the hours in bot.yml you neither open nor close."]


@given(
    st.text(alphabet="#QARP:| \n-*`[](){}<>!.,\\\"'ab1\0\ud800\u2028é", max_size=300),
    st.sampled_from(["a.md", "a.csv"]),
)
def test_any_text_is_read(text: str, name: str) -> None:
    found, said = read_passages({f"knowledge/{name}": text})
    assert all(one.text for one in found)
    assert len({one.id for one in found}) == len(found)
    check_passages(found, ["en"], 0, 2)
    assert all(flaw.message for flaw in said)


SLOW = (
    "[", "![", "[a](", "**a ", "*a ", "`", "``a", "<!--", "<a", "# ", "#", "...", "Dr. ", "|", "| - ", "- ", "Q: ",
    "Q:|", "1,1", ">", "&", "\\", "--- ", "\n", "\n#", "a.\n", " ", "\t|", "_ ",
)  # fmt: skip


@pytest.mark.parametrize("part", SLOW)
def test_text_that_was_made_to_be_slow_is_not(part: str) -> None:
    # A pattern that looks at what follows again and again takes minutes for these.
    found, _ = read_passages({"knowledge/a.md": (part * 150_000)[:150_000]})
    assert all(len(one.text) <= 6_000 for one in found)
