"""The encoder's files as they are installed here."""

import pytest

from textback.llm.weights import Found, check, find


@pytest.fixture(scope="session")
def files() -> Found:
    """The official weights and vocabulary; the development environment always has them."""
    found = find()
    assert check(found) == ""
    return found
