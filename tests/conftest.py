"""Fixtures that every kind of test may use."""

import logging
import os
from pathlib import Path

import pytest
import structlog

# As the command does, before anything imports numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# As a server logs by default: a line for each step of each text would only cost time.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))

pytest_plugins = ["tests.support.databases"]

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of provider specifications beside this repository. Without it a test is skipped; on CI it fails."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI needs the provider specifications in {folder}")
        pytest.skip("needs the provider specifications, which are not part of this repository")
    return folder
