"""Questions find the passage that answers them, and the confidence knows when none does."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.knowledge_fit import BUSINESSES, base_of, fitted, questions_of
from textback.core.text import segments
from textback.knowledge.answering import Answered, answer, facts, short
from textback.knowledge.base import Base
from textback.knowledge.classify import Encoder
from textback.knowledge.confidence import FEATURES, LEXICAL
from textback.knowledge.markdown import read_passages
from textback.knowledge.rating import QuestionsError, rate, read_questions, unknown_sources
from textback.knowledge.scoring import auroc, calibration_error
from textback.llm.encoder import open_encoder
from textback.llm.weights import check, find


def base(*texts: str, encoder: Encoder | None = None) -> Base:
    """A base of files, a.md, b.md …"""
    found, _ = read_passages({f"knowledge/{chr(97 + n)}.md": text for n, text in enumerate(texts)})
    made = Base(found)
    if encoder is None:
        return made
    return Base(found, encoder, encoder.encode([unit.text for unit in made.units]), made.units)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    assert check(find()) == ""
    made, _ = open_encoder(tmp_path_factory.mktemp("models"))
    assert made is not None
    return made


class Held:
    """The held-back questions of all businesses, answered."""

    def __init__(self, encoder: Encoder | None) -> None:
        bases = {name: base_of(name, encoder) for name in BUSINESSES}
        self.asked = [(name, one) for name in BUSINESSES for one in questions_of(name, "held")]
        self.found = [answer(bases[name], one.text) for name, one in self.asked]
        self.sure = np.array([one.confidence for one in self.found])
        self.known = np.array([bool(one.sources) for _, one in self.asked])
        pairs = zip(self.asked, self.found, strict=True)
        self.right = np.array([one.passage is not None and q.expects(one.passage) for (_, q), one in pairs])

    def share(self, of: np.ndarray, among: np.ndarray) -> float:
        return float(of[among].mean())


@pytest.fixture(scope="module")
def held(encoder: Encoder) -> Held:
    return Held(encoder)


@pytest.fixture(scope="module")
def held_lite() -> Held:
    return Held(None)


def test_the_questions_are_many_enough_to_say_something(held_lite: Held) -> None:
    assert sum(len(base_of(name, None).passages) for name in BUSINESSES) >= 120
    assert len(held_lite.asked) + sum(len(questions_of(name, "dev")) for name in BUSINESSES) >= 300
    assert int((~held_lite.known).sum()) >= 50
    for name in BUSINESSES:
        for half in ("dev", "held"):
            assert unknown_sources(base_of(name, None), questions_of(name, half)) == []


def test_held_back_questions_find_their_passage(held: Held) -> None:
    assert held.share(held.right, held.known) >= 0.82
    ranked = [
        any(q.expects(hit.passage) for hit in one.asked.hits[:3])
        for (_, q), one in zip(held.asked, held.found, strict=True)
    ]
    assert float(np.array(ranked)[held.known].mean()) >= 0.95


def test_what_is_answered_is_right_and_what_nothing_answers_is_not_answered(held: Held) -> None:
    said = held.sure >= 0.8
    assert held.share(said, held.known) >= 0.5
    assert held.share(held.right, said) >= 0.95
    assert held.share(said, ~held.known) <= 0.06
    assert auroc(held.sure[held.known], held.sure[~held.known]) >= 0.92
    assert calibration_error(held.sure, held.right) <= 0.1


def test_without_the_encoder_less_is_found_but_no_more_is_made_up(held_lite: Held) -> None:
    said = held_lite.sure >= 0.8
    assert held_lite.share(held_lite.right, held_lite.known) >= 0.68
    assert held_lite.share(held_lite.right, said) >= 0.95
    assert held_lite.share(said, ~held_lite.known) <= 0.04
    assert auroc(held_lite.sure[held_lite.known], held_lite.sure[~held_lite.known]) >= 0.85


def test_meaning_finds_what_shares_no_word(encoder: Encoder) -> None:
    asked = "can i get my money back"
    text = "# Refunds\n\nWe repay you within 30 days.\n\n"
    text += "# Parking\n\nThe yard is free for all.\n\n# Dogs\n\nThey are welcome.\n"
    found = answer(base(text, encoder=encoder), asked)
    assert found.passage is not None
    assert found.passage.id == "a.md#refunds"


def test_the_askers_language_is_preferred_and_any_other_is_better_than_nothing(encoder: Encoder) -> None:
    english = "---\nlocale: en\n---\nQ: How much is a cleaning\nA: A cleaning is $110.\n"
    english += "\nQ: Is there parking\nA: In the yard.\n"
    spanish = "---\nlocale: es\n---\nP: ¿Cuánto cuesta una limpieza?\nR: Una limpieza cuesta $110.\n"
    both = base(english, spanish, encoder=encoder)
    assert answer(both, "how much does a cleaning cost").text == "A cleaning is $110."
    assert answer(both, "cuanto cuesta la limpieza").text == "Una limpieza cuesta $110."
    assert answer(both, "cleaning?", "es").text == "Una limpieza cuesta $110."
    assert answer(base(english), "cuánto cuesta una limpieza").text == "A cleaning is $110."
    assert answer(base(spanish), "how much is a cleaning").text == "Una limpieza cuesta $110."


FOREIGN = (
    "Wie viel kostet eine Inspektion?",
    "自転車の修理はいくらですか",
    "сколько стоит ремонт",
    "combien coûte la location",
)


@pytest.mark.parametrize("text", FOREIGN)
def test_a_question_in_a_language_that_nobody_here_knows_is_not_answered(encoder: Encoder, text: str) -> None:
    assert answer(base_of("bikes", encoder), text).confidence < 0.8


@pytest.mark.parametrize("text", ["", "   ", "?!…", "\0", "\ud800", "👍", "a" * 100_000, "{{ 7 * 7 }}", "the of and"])
def test_texts_without_a_question_get_no_answer(text: str) -> None:
    found = answer(base_of("bikes", None), text)
    assert found.confidence < 0.5


def test_an_empty_base_has_no_answer() -> None:
    assert answer(Base([]), "are you open") == Answered("", 0.0, None, None, Base([]).search("are you open"))


def test_what_is_out_of_date_is_not_said_and_a_fresh_source_is_said_instead() -> None:
    old = "---\nstale_after: 2026-01-01\n---\nQ: How much is a tune-up\nA: A tune-up is $60.\n"
    new = "# Prices\n\nOur tune-up is $75 now.\n\n# Dogs\n\nThey are welcome.\n"
    both = base(old, new)
    assert answer(both, "how much is a tune-up", now=0).text == "A tune-up is $60."
    assert answer(both, "how much is a tune-up", now=1_800_000_000_000).text == "Our tune-up is $75 now."


DISAGREEING = (
    (
        "Q: How much is a tune-up\nA: A tune-up is $75.\n",
        "Q: What does a tune-up cost\nA: A tune-up costs $89.\n",
        "how much is a tune-up",
    ),
    (
        "# Opening hours\n\nWe are open from 9 am to 6 pm.\n",
        "# When we are open\n\nWe are open from 10 am to 7 pm.\n",
        "when are you open",
    ),
    (
        "Q: How long is the warranty\nA: The warranty is 2 years.\n",
        "# Warranty\n\nAll bikes have a warranty of 5 years.\n",
        "how long is the warranty",
    ),
)


@pytest.mark.parametrize(("one", "other", "asked"), DISAGREEING)
def test_sources_that_disagree_are_reported_and_neither_is_said(
    one: str, other: str, asked: str, encoder: Encoder
) -> None:
    filler = "# Dogs\n\nDogs are welcome.\n\n# Parking\n\nThe yard is free.\n\n# Cards\n\nWe take all cards.\n"
    found = answer(base(one, other, filler, encoder=encoder), asked)
    assert found.against is not None
    assert found.confidence < 0.5
    alone = answer(base(one, filler, encoder=encoder), asked)
    assert alone.against is None
    assert alone.confidence > 0.5


def test_other_prices_of_other_things_do_not_disagree(held: Held) -> None:
    assert sum(one.against is not None for one in held.found) <= 0.02 * len(held.found)


def test_facts_are_the_same_however_they_are_written() -> None:
    assert facts("$1,200.00 at 9:30 PM, 15 % off") == facts("1200 dollars at 21:30, 15 percent off")
    assert facts("2 years")["years"] == facts("2-year plan")["years"]


LONG = "First sentence of it all. " + "Another sentence that says a little more about the very same thing. " * 10


def test_an_answer_takes_whole_sentences_as_far_as_the_segments_go() -> None:
    found = answer(base(f"Q: Why\nA: {LONG}\n"), "why", most_segments=2)
    assert segments(found.text).count <= 2
    assert found.text.endswith("thing.")
    assert len(found.text) > 200
    assert LONG.startswith(found.text)


def test_a_first_sentence_is_never_cut_and_one_that_is_endless_is_never_said() -> None:
    one = (
        "See https://example.com/a/very/long/path?with=a&lot=of&parameters "
        + "and then some more " * 12
        + "for $1,234.56."
    )
    [hit] = answer(base(f"Q: Where is it\nA: {one} Then more.\n"), "where is it").asked.hits
    assert short(hit, 1) == one
    endless = base(f"Q: Where is it\nA: {'and on ' * 300}.\n")
    assert (answer(endless, "where is it").text, answer(endless, "where is it").confidence) == ("", 0.0)


def test_running_text_is_answered_with_the_part_that_fits(encoder: Encoder) -> None:
    text = (
        "# About us\n\nWe began in 2009 in a garage with two stools and a lot of hope. "
        "The founders still come in most days. "
        "Our walls are green because somebody had paint left over from a boat that they had to sell. "
        "There are four free parking spaces in the yard behind the shop. "
        "On the street you pay at the meter until 7 pm.\n"
    )
    found = answer(base(text, "# Dogs\n\nDogs may come in.\n", encoder=encoder), "where can i park my car")
    assert "four free parking spaces" in found.text
    assert "2009" not in found.text


def test_typographic_marks_do_not_double_the_cost_of_an_answer() -> None:
    found = answer(base("Q: Price\nA: It’s “$5” – always…\n"), "price")
    assert found.text == 'It\'s "$5" - always...'


@given(st.text(max_size=80), st.text(alphabet="abc .?!\n$19:%", min_size=1, max_size=400))
def test_an_answer_is_made_of_nothing_but_the_passage(asked: str, text: str) -> None:
    made = base(f"# Things\n\n{text}\n", "Q: Price\nA: It is $5. Always.\n")
    found = answer(made, asked)
    assert found.text == "" or any(found.text in one.text for one in made.passages)
    assert 0 <= found.confidence <= 1


def test_a_file_of_questions_is_read_in_both_forms_and_refused_with_its_line() -> None:
    csv = 'question,source,locale\n"open?",a.md#x|b.md,\nhola,,es\n'
    lines = '{"question": "open?", "source": "a.md#x|b.md"}\n\n{"question": "hola", "locale": "es"}\n'
    assert read_questions(csv, "q") == read_questions(lines, "q")
    wrong = {
        "text,label\na,b\n": "q:1: There is no column",
        "question,source\n,a\n": "q:2: There is no question.",
        '{"question": 1}': "q:1: ",
        "question,source\n": "q has no questions.",
    }
    for text, says in wrong.items():
        with pytest.raises(QuestionsError, match=says):
            read_questions(text, "q")


def test_a_rating_counts_what_it_says(encoder: Encoder) -> None:
    made = base("Q: Are you open on Sunday\nA: No.\n\nQ: Do you rent bikes\nA: Yes.\n", encoder=encoder)
    asked = read_questions(
        "question,source\nopen sunday?,a.md#are-you-open-on-sunday\nrent a bike,a.md\nwho won the game,\n", "q"
    )
    rated = rate(made, asked, time.perf_counter)
    assert [one.method for one in rated] == ["lexical", "embedded", "hybrid"]
    assert (rated[2].recall, rated[2].mrr, rated[2].wrongly_answered) == ({"1": 1.0, "3": 1.0, "5": 1.0}, 1.0, 0.0)
    assert sum(bucket.count for bucket in rated[2].buckets) == 3


def test_the_weights_of_the_confidence_are_those_that_fitting_gives() -> None:
    found = fitted("lexical", None)
    assert (LEXICAL.bias, *LEXICAL.each) == (found["bias"], *(found[name] for name in FEATURES))
