"""Keys and addresses of makers: what is wrong is said, keys are never shown, and clear text stays at home."""

import pytest

from textback.core.errors import SettingsError
from textback.llm.access import MAKERS, accesses, is_private, parted, reached

KEY = "sk-0123456789"


def test_what_is_not_set_has_its_own_address() -> None:
    found = accesses({"OPENAI_API_KEY": KEY, "ANTHROPIC_API_KEY": f" {KEY}\n", "GEMINI_API_KEY": "old"})
    assert found["openai"].url == "https://api.openai.com/v1"
    assert found["anthropic"].key == KEY
    assert found["google"].key == "old"
    assert found["compatible"].problem == "MODEL_BASE_URL is missing or empty."


def test_the_first_of_two_names_of_a_key_counts() -> None:
    assert accesses({"GEMINI_API_KEY": "old", "GOOGLE_API_KEY": "new"})["google"].key == "new"


def test_no_key_is_shown() -> None:
    every = {name: KEY for maker in MAKERS.values() for name in maker.keys}
    assert KEY not in repr(accesses({**every, "MODEL_BASE_URL": "https://models.example.com/v1/"}))


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://models.example.com/v1", True),
        ("https://models.example.com/v1/", True),
        ("http://127.0.0.1:11434/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://ollama:11434/v1", True),
        ("http://[::1]:8080", True),
        ("http://10.0.0.7/v1", True),
        ("http://gpu.internal/v1", True),
        ("http://models.example.com/v1", False),
        ("http://8.8.8.8/v1", False),
        ("http://0.0.0.0/v1", False),
        ("http://127.0.0.1.example.com/v1", False),
        ("ftp://127.0.0.1/v1", False),
        ("https://user:pass@models.example.com/v1", False),
        ("https://models.example.com/v1?key=x", False),
        ("https://models.example.com:0/v1", False),
        ("https://[::1/v1", False),
        ("https://models.example.com/a b", False),
        ("models.example.com", False),
        ("https://", False),
    ],
)
def test_addresses(url: str, fine: bool) -> None:
    access = accesses({"MODEL_BASE_URL": url})["compatible"]
    assert (access.problem == "") == fine
    assert access.url == (url.rstrip("/") if fine else "")


@pytest.mark.parametrize("host", ["192.168.1.5", "fd00::1", "nas.local", "gpu", "LOCALHOST", "a.home.arpa", "db.lan."])
def test_private_hosts(host: str) -> None:
    assert is_private(host)


@pytest.mark.parametrize(
    ("use", "expected"),
    [("openai:gpt-4o-mini", ("openai", "gpt-4o-mini")), ("compatible:qwen3:8b", ("compatible", "qwen3:8b")),
     ("compatible:org/model@main", ("compatible", "org/model@main"))],
)  # fmt: skip
def test_a_model_is_a_maker_and_a_name(use: str, expected: tuple[str, str]) -> None:
    assert parted(use) == expected


@pytest.mark.parametrize(
    "use", ["", ":", "gpt-4o", "mistral:x", "openai:", "openai:a b", "openai:\u00e9", "openai:" + "x" * 200]
)
def test_what_is_no_model_says_how_to_write_one(use: str) -> None:
    with pytest.raises(SettingsError) as error:
        parted(use)
    assert "Write it" in error.value.fix
    assert len(error.value.message) < 120


def test_a_maker_without_a_key_can_not_be_reached() -> None:
    with pytest.raises(SettingsError, match="ANTHROPIC_API_KEY is missing or empty"):
        reached("anthropic:claude-haiku-4-5", accesses({}))
    with pytest.raises(SettingsError, match="Nothing is known of openai"):
        reached("openai:gpt-4o-mini", {})
