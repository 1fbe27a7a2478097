"""Opt-outs in people's own words (O3 to O5): the development set, its noise, the words of the law, and bad input."""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.compliance import consent, lexicon
from textback.compliance import revocation as reader
from textback.compliance.consent import Brand, Verdict, consider
from textback.compliance.detect import keyword
from textback.compliance.gate import Ask, decide_send
from textback.compliance.likeness import BITS, LARGEST, Side, likeness, packed, unpacked
from textback.compliance.revocation import CLEAR, DOUBT, NOTHING, UNSURE, by_rules, revocation
from textback.compliance.tagging import LONGEST, is_of_interest, tag, words_of
from textback.compliance.wordings import LANGUAGES
from textback.core.when import DAY

FOLDER = Path(__file__).parent / "revocation"
BRAND = Brand("Example Dental")
NOW = 1_800_000_000_000


@cache
def texts(name: str) -> list[dict[str, str]]:
    """The development set is in two files, dev and dev_2: no file may have more than a megabyte."""
    names = ("dev", "dev_2") if name == "dev" else (name,)
    found = [(FOLDER / f"{one}.jsonl").read_text(encoding="utf-8").splitlines() for one in names]
    return [json.loads(line) for lines in found for line in lines]


def reading(text: str) -> str:
    found = keyword(text)
    return "clear" if found is not None and found.kind == "stop" else revocation(text).reading


def shares(name: str) -> tuple[float, float]:
    """Clear opt-outs that are found, and other texts that are taken for one."""
    rows = [(one["label"] == "clear", reading(one["text"]) == "clear") for one in texts(name)]
    clear = [found for wanted, found in rows if wanted]
    rest = [found for wanted, found in rows if not wanted]
    return sum(clear) / len(clear), sum(rest) / len(rest)


def test_the_set_is_large_and_in_many_languages() -> None:
    rows = texts("dev")
    assert len(rows) >= 11_000
    assert len({one["lang"] for one in rows}) >= 16
    assert set(Counter(one["label"] for one in rows)) == {"clear", "unsure", "none"}
    assert {one["lang"] for one in rows} == set(LANGUAGES)


def test_opt_outs_are_found_and_little_else_is_taken_for_one() -> None:
    recall, false = shares("dev")
    assert recall >= 0.995
    assert false <= 0.003


def test_texts_that_the_model_was_not_trained_with() -> None:
    """Written without looking at the rules; of the first look (90% and 0%) docs/how-to/opt-out.md tells. The model has
    not seen them, but what it misread has been looked at: they are no longer blind."""
    recall, false = shares("held_out")
    assert recall >= HELD_OUT_RECALL
    assert false <= HELD_OUT_FALSE


@pytest.mark.parametrize("name", ["blind", "blind_2"])
def test_texts_that_were_blind_once(name: str) -> None:
    """Measured before anything was changed for them, and learned from since: they say no more how new texts are read.
    The first looks (91.3% and 0%, 91.6% and 1.9%) are in docs/how-to/opt-out.md."""
    recall, false = shares(name)
    assert recall >= 0.99
    assert false <= 0.01


def test_a_round_that_is_blind() -> None:
    """Half of it near misses, measured once and not learned from: 97.1% and 6.2% at the first look, where the model
    before it had 88.6% and 10.5%."""
    recall, false = shares("blind_3")
    assert recall >= 0.97
    assert false <= 0.07


HELD_OUT_RECALL, HELD_OUT_FALSE = 0.99, 0.01


@pytest.mark.parametrize(
    "text", ["lasst mich einfach in ruhe", "laat me nou toch eens met rust", "get my number off ur list"]
)
def test_manners_inside_a_wording_and_wordings_put_together(text: str) -> None:
    assert by_rules(tag(words_of(text))).reading == "clear"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("shouted", str.upper),
        ("punctuation", lambda text: f"{text}!!!"),
        ("spaces", lambda text: f"  {text.replace(' ', '  ')}\n"),
        ("emoji", lambda text: f"{text} 😡"),
        ("quotes", lambda text: f"“{text}”"),
        ("invisible", lambda text: f"\u200e{text}\u200b"),
        ("please", lambda text: f"please {text}"),
    ],
)
def test_noise_changes_little(name: str, change: Any) -> None:
    clear = [one["text"] for one in texts("dev") if one["label"] == "clear"][::3]
    assert sum(reading(change(text)) == "clear" for text in clear) / len(clear) >= 0.95, name


@pytest.mark.parametrize("word", ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"])
@pytest.mark.parametrize("dress", ["{}", "{}.", "{}!!!", "“{}”", "({})", " {} ", "🛑 {}"])
def test_a_bare_word_of_the_law_is_never_missed(word: str, dress: str) -> None:
    """47 CFR 64.1200(a)(10)."""
    for written in (word, word.upper(), word.title()):
        assert reading(dress.format(written)) == "clear"


@pytest.mark.parametrize(
    "text", ["STOP please", "please stop", "Stop now", "STOP thanks", "Text STOP", "reply stop", "🛑"]
)
def test_a_word_with_manners_is_an_opt_out(text: str) -> None:
    assert reading(text) == "clear"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "what time does the bus stop",
            "can I stop by at 5",
            "please cancel my appointment",
            "don't stop",
            "ok",
            "no",
        ),
        *("end of the month", "I quit my job", "remove onions from my order", "leave me a message", "block my card"),
        *(
            "wrong size",
            "wrong address",
            "cancel my order and refund",
            "can you text me tomorrow instead",
            "đúng",
            "red",
        ),
        *(
            "stop sending the confirmation by mail, text me instead",
            "I will never stop loving your shop",
            "gata",
            "fin",
        ),
    ],
)
def test_words_in_another_sense_are_none(text: str) -> None:
    """O5."""
    assert reading(text) == "none"
    assert revocation(text) == NOTHING


@pytest.mark.parametrize(
    "text",
    [
        *("not interested", "who gave you my number", "don't text me before 9", "how do I unsubscribe"),
        *("wrong number?", "Falsche Nummer ?", "打错了吗？"),
    ],
)
def test_what_a_person_must_settle(text: str) -> None:
    assert reading(text) == "unsure"


def test_a_text_without_any_such_word_is_not_read_and_would_be_none() -> None:
    """The shortcut never skips what the rules would catch."""
    for one in texts("dev"):
        words = words_of(one["text"])
        if not is_of_interest(words):
            assert by_rules(tag(words)) == NOTHING
            assert one["label"] != "clear" or reading(one["text"]) == "clear"


@given(st.text(max_size=200))
def test_nothing_that_can_be_texted_raises(text: str) -> None:
    assert revocation(text).reading in ("clear", "unsure", "none")
    words = words_of(text)
    if not is_of_interest(words):
        assert by_rules(tag(words)) == NOTHING


@given(
    st.sampled_from("stop texting me don't my number list . , ! \n 停 止 मत 🛑 _ * # '".split(" ")).map(str),
    st.integers(1, 9),
)
def test_repeats_of_such_words_do_not_raise(part: str, times: int) -> None:
    revocation(f"{part} " * times * 50)


def test_of_a_long_text_both_ends_are_read() -> None:
    filler = "the table is blue " * 600
    assert revocation(f"stop texting me. {filler}").reading == "clear"
    assert revocation(f"{filler}. stop texting me").reading == "clear"
    assert len(" ".join(words_of("stop " * 10_000))) <= LONGEST + 2


def test_every_letter_of_a_rule_is_a_class() -> None:
    assert len(set(lexicon.CLASSES.values())) == len(lexicon.CLASSES)
    assert set(lexicon.CLASSES.values()) >= lexicon.TRIGGERS


def test_likeness_is_a_share() -> None:
    assert 0 <= likeness(["hello"], ".") <= 1
    assert likeness([], "") <= 0.5


def test_a_model_is_kept_and_read_again() -> None:
    weights = np.zeros(1 << BITS, dtype=np.float32)
    weights[7] = 2.54
    first, second = unpacked(packed((Side(weights, -1.5), Side(-weights, 0.25))))
    found = np.array([7])
    assert first.total(found) == pytest.approx(1.04)
    assert second.total(found) == pytest.approx(-2.29)


def test_the_file_of_a_model_is_kept_small_and_one_that_can_not_be_is_refused() -> None:
    chance = np.random.default_rng(1)
    side = Side(chance.laplace(size=1 << BITS).astype(np.float32), 0.0)
    content = packed((side, side))
    assert len(content) <= LARGEST
    near = unpacked(content)[0].weights
    assert float(np.abs(near - side.weights).max()) < float(np.abs(side.weights).max()) / 40
    with pytest.raises(ValueError, match="fewer BITS"):
        packed([Side(chance.random(1 << BITS).astype(np.float32), 0.0)] * 2)


@pytest.mark.parametrize(
    ("text", "likely", "expected"),
    [
        ("please stop texting me", CLEAR, ("clear", "rule")),
        ("please stop texting me", DOUBT, ("clear", "rule")),
        ("please stop texting me", DOUBT - 0.01, ("unsure", "model")),
        ("can I stop by at 5 with it", CLEAR, ("clear", "model")),
        ("can I stop by at 5 with it", UNSURE, ("unsure", "model")),
        ("can I stop by at 5 with it", UNSURE - 0.01, ("none", "")),
        ("not interested", CLEAR, ("clear", "model")),
        ("not interested", 0.0, ("unsure", "rule")),
    ],
)
def test_the_model_adds_to_the_rules_and_doubts_them(
    monkeypatch: pytest.MonkeyPatch, text: str, likely: float, expected: tuple[str, str]
) -> None:
    """What the rules find clear is at least held, whatever the model says of it."""
    monkeypatch.setattr(reader, "likeness", lambda words, letters: likely)
    found = revocation(text)
    assert (found.reading, found.by) == expected


def considered(text: str, **more: Any) -> Verdict:
    usual: dict[str, Any] = {"flagged": None, "opted_out": False, "provider_keywords": {}, "brand": BRAND}
    return consider(text, **{**usual, "received_at": NOW, "now": NOW, **more})


def test_a_clear_one_opts_out_and_is_confirmed_and_explained() -> None:
    verdict = considered("take me off your list")
    assert (verdict.action, verdict.rule, verdict.matched_by) == ("opt_out", "O3", "rule")
    assert verdict.reply is not None
    assert "take me off" in verdict.result


def test_another_request_with_it_is_noticed() -> None:
    """O4."""
    assert considered("Stop texting me. Also where is my refund?").more
    assert not considered("stop texting me please").more


def test_an_unsure_one_is_held() -> None:
    verdict = considered("who gave you my number")
    assert (verdict.action, verdict.rule, verdict.reply) == ("hold", "O3", None)


def test_one_who_has_opted_out_already_is_not_read_again() -> None:
    assert considered("take me off your list", opted_out=True).action == "none"


def test_a_detector_that_fails_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """O3: failure is no pass."""

    def broken(text: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(consent, "revocation", broken)
    verdict = considered("hello there")
    assert (verdict.action, verdict.matched_by) == ("hold", "failure")


@pytest.mark.parametrize(
    ("kind", "goes"), [("compliance", 1), ("conversational", 1), ("informational", 0), ("promotional", 0)]
)
def test_the_gate_holds_all_but_answers_until_it_is_settled(kind: str, goes: int) -> None:
    asked = Ask(message_class=kind, now=NOW, unsure=True, last_inbound_at=NOW - 1, wrote=True)
    decision = decide_send(asked)
    assert decision.outcome == ("go" if goes else "hold")
    assert goes or decision.rule == "O3"
    assert goes or decide_send(msgspec.structs.replace(asked, queued_at=NOW - DAY)).rule == "Q4"
