"""The classifier with the real encoder: on phrases of our own, and on public sets where they are at hand."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.knowledge.shop import examples, read
from textback.knowledge.classify import Encoder, Model
from textback.knowledge.scoring import Scored, score
from textback.knowledge.training import train
from textback.llm.encoder import open_encoder
from textback.llm.weights import Found


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory, files: Found) -> Encoder:
    found, _ = open_encoder(tmp_path_factory.mktemp("models"), files)
    assert found is not None
    return found


def judge(model: Model, tests: list[tuple[str, str]]) -> Scored:
    found = [model.classify(text) for text, _ in tests]
    return score(model, [None if label == "oos" else label for _, label in tests], found, [0.0])


def test_a_shop_is_understood_in_english(encoder: Encoder) -> None:
    found = judge(train(examples("en_train"), encoder), read("en_test"))
    assert (found.accuracy or 0) >= 0.8
    assert (found.oos_auroc or 0) >= 0.93
    assert (found.oos_recall or 0) >= 0.85


def test_a_shop_is_understood_in_both_languages(encoder: Encoder) -> None:
    model = train(examples("en_train", "es_train"), encoder)
    assert (judge(model, read("en_test")).accuracy or 0) >= 0.8
    assert (judge(model, read("es_test")).accuracy or 0) >= 0.75


def test_english_examples_understand_spanish_texts(encoder: Encoder) -> None:
    found = judge(train(examples("en_train"), encoder), read("es_test"))
    assert (found.accuracy or 0) >= 0.75
    assert (found.oos_auroc or 0) >= 0.9


@pytest.fixture(scope="module")
def domain(shared: Path) -> Callable[[str], list[tuple[str, str]]]:
    """The lines of one public domain of fifteen intents, with what is out of scope."""
    folder = shared / "nlu"
    intents = set(json.loads((folder / "clinc150_domains.json").read_text())["banking"])

    def lines(name: str) -> list[tuple[str, str]]:
        rows = [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
        return [(row["text"], row["label"]) for row in rows if row["label"] in {*intents, "oos"}]

    return lines


def test_a_small_bot_of_a_public_set(encoder: Encoder, domain: Callable[[str], list[tuple[str, str]]]) -> None:
    chosen: dict[str, list[str]] = {}
    for text, label in domain("clinc150_train.jsonl"):
        if label != "oos":
            chosen.setdefault(label, []).append(text)
    chance = random.Random(1)
    model = train({label: chance.sample(texts, 5) for label, texts in chosen.items()}, encoder)
    found = judge(model, domain("clinc150_val.jsonl")[::3])
    assert found.intents == 15
    assert (found.accuracy or 0) >= 0.88
    assert (found.oos_auroc or 0) >= 0.96
    assert (found.calibration_error or 1) <= 0.15


def test_lone_surrogates_and_emoji_are_read_too(encoder: Encoder) -> None:
    model = train(examples("en_train"), encoder)
    for text in (
        "\ud800",
        "are you \udfff open",
        "👩‍👩‍👧‍👦" * 500,
        "a" * 10_000,
        "\u202e" + "open" + "\x00",
        "𝐀𝐫𝐞 𝐲𝐨𝐮 𝐨𝐩𝐞𝐧",
    ):
        found = model.classify(text)
        assert np.isfinite(found.knownness)
    assert model.classify("𝐰𝐡𝐚𝐭 𝐭𝐢𝐦𝐞 𝐝𝐨 𝐲𝐨𝐮 𝐨𝐩𝐞𝐧").intent == "hours"
