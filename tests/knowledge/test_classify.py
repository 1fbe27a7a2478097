"""The classifier on the project's own phrases: what it gets right, rejects, and promises about itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.knowledge.shop import HashEncoder, examples, read
from textback.knowledge import artefact, sparse
from textback.knowledge.classify import Model
from textback.knowledge.scoring import auroc, calibration_error
from textback.knowledge.training import train

EXAMPLES = examples("en_train", "es_train")
TESTS = [*read("en_test"), *read("es_test")]


@pytest.fixture(scope="module")
def lite() -> Model:
    return train(EXAMPLES, None)


@pytest.fixture(scope="module")
def model() -> Model:
    return train(EXAMPLES, HashEncoder())


def test_it_learns_its_examples(lite: Model, model: Model) -> None:
    for trained in (lite, model):
        wrong = [(text, trained.classify(text).intent) for i, texts in EXAMPLES.items() for text in texts
                 if trained.classify(text).intent != i]  # fmt: skip
        assert wrong == []


def test_most_texts_it_has_never_seen_are_read_right(lite: Model) -> None:
    inside = [(text, label) for text, label in TESTS if label != "oos"]
    right = sum(lite.classify(text).intent == label for text, label in inside)
    assert right >= 0.7 * len(inside)


def test_what_is_out_of_scope_is_known_less(lite: Model) -> None:
    inside = np.array([lite.classify(text).knownness for text, label in TESTS if label != "oos"])
    outside = np.array([lite.classify(text).knownness for text, label in TESTS if label == "oos"])
    assert auroc(inside, outside) > 0.7
    for text in ("", "   ", "???", "👍👍", "zxqv wvut"):
        assert lite.verdict(lite.classify(text)) == "unknown", text


def test_examples_of_what_is_out_of_scope_are_learned() -> None:
    strangers = [text for text, label in TESTS if label == "oos"]
    without, having = train(EXAMPLES, None), train(EXAMPLES, None, strangers)
    before = np.mean([without.classify(text).knownness for text in strangers])
    assert np.mean([having.classify(text).knownness for text in strangers]) < before / 2
    assert set(having.intents) == set(EXAMPLES)


def test_confidence_is_about_what_comes_true(lite: Model) -> None:
    found = [(lite.classify(text), label) for text, label in TESTS if label != "oos"]
    sure = np.array([one.confidence for one, _ in found])
    right = np.array([one.intent == label for one, label in found])
    assert abs(sure.mean() - right.mean()) < 0.2


def test_a_reading_names_the_next_likeliest(lite: Model) -> None:
    found = lite.classify("can I pay for a gift card by card")
    assert found.intent in {"pay", "gift"}
    assert {found.intent, found.runners_up[0][0]} == {"pay", "gift"}
    chances = [found.confidence, *(chance for _, chance in found.runners_up)]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) <= 1.0001


def test_the_two_thresholds_part_acting_from_asking(lite: Model) -> None:
    assert 0 < lite.clarify < lite.act < 1
    found = {lite.verdict(lite.classify(text)) for text, _ in TESTS}
    assert found == {"act", "clarify", "unknown"}


def test_training_twice_gives_the_same_bytes() -> None:
    assert artefact.dump(train(EXAMPLES, HashEncoder())) == artefact.dump(train(EXAMPLES, HashEncoder()))


def test_a_model_is_the_same_after_it_was_stored(lite: Model, model: Model) -> None:
    for before, encoder in ((lite, None), (model, HashEncoder())):
        after = artefact.load(artefact.dump(before), encoder)
        assert [after.classify(text) for text, _ in TESTS] == [before.classify(text) for text, _ in TESTS]
        assert (after.act, after.clarify, after.temperature) == (before.act, before.clarify, before.temperature)


@pytest.mark.parametrize("encoder", [None, HashEncoder(name="other"), HashEncoder(fingerprint="2")])
def test_a_model_is_not_scored_with_what_it_was_not_trained_with(model: Model, encoder: HashEncoder | None) -> None:
    with pytest.raises(artefact.ArtefactError, match=r"tfidf\+hash"):
        artefact.load(artefact.dump(model), encoder)


def test_damaged_bytes_are_refused(lite: Model) -> None:
    good = artefact.dump(lite)
    newer = good[:8] + bytes([good[8] + 1]) + good[9:]
    for bad in (b"", b"TBINTENT", good[:-20], good[:9] + b"?" + good[10:], b"\x80\x04." + good, newer):
        with pytest.raises(artefact.ArtefactError):
            artefact.load(bad)


def test_a_text_is_encoded_once() -> None:
    encoder = HashEncoder()
    model = train({"hours": ["are you open"], "price": ["how much"]}, encoder)
    encoder.encoded.clear()
    for text in ("Open now?", "open NOW?", "open now?"):
        model.classify(text)
    assert encoder.encoded == ["open now ?"]


@pytest.mark.parametrize("encoder", [None, HashEncoder()])
def test_bots_that_are_hardly_there(encoder: HashEncoder | None) -> None:
    empty = train({}, encoder)
    assert empty.classify("hello").intent == ""
    assert empty.verdict(empty.classify("hello")) == "unknown"
    assert artefact.load(artefact.dump(empty)).classify("hello").intent == ""
    assert train({"a": [], "b": ["  "]}, encoder).intents == ()
    one = train({"hours": ["are you open"]}, encoder)
    assert one.verdict(one.classify("are you open")) == "act"
    assert one.verdict(one.classify("zebra")) == "unknown"
    two = train({"1": ["same words"], "2": ["same words"], "3": ["🙂"]}, encoder, ["", "zebra"])
    assert two.classify("same words").intent in {"1", "2"}


def test_an_intents_name_is_an_example_where_it_says_something() -> None:
    found = train(
        {"refund_policy": ["money back"], "opening_hours": ["are you there"], "i_1": ["x"], "i_2": ["y"]}, None
    )
    assert found.classify("refund policy").intent == "refund_policy"
    assert found.classify("hours").intent == "opening_hours"


@given(st.text(st.characters(exclude_categories=()), max_size=80), st.integers(1, 200))
@settings(max_examples=60, deadline=None)
def test_no_text_raises(text: str, times: int) -> None:
    found = LITE.classify(text * times)
    assert 0 <= found.knownness <= found.confidence <= 1.0001
    assert found.language in {"en", "es", "unknown"}


LITE = train(EXAMPLES, None)


def test_sparse_products_are_those_of_dense_ones() -> None:
    chance = np.random.default_rng(1)
    dense = (chance.random((60, 300)) * (chance.random((60, 300)) < 0.05)).astype(np.float32)
    dense[:, 7] = 1
    rows = sparse.rows_of([np.flatnonzero(row) for row in dense], [row[row != 0] for row in dense], 300)
    assert np.allclose(sparse.products(rows, rows.take(np.arange(40))), dense @ dense[:40].T, atol=1e-5)
    right = chance.random((60, 4)).astype(np.float32)
    assert np.allclose(sparse.transposed_times(rows, right), dense.T @ right, atol=1e-5)


def test_scores_by_hand() -> None:
    assert auroc(np.array([0.9, 0.5]), np.array([0.5, 0.1])) == pytest.approx(3.5 / 4)
    sure, right = np.array([0.95, 0.96, 0.95, 0.94, 0.1]), np.array([True, True, True, False, False])
    assert calibration_error(sure, right) == pytest.approx(0.8 * 0.2 + 0.2 * 0.1)
