"""Fixtures that every kind of test may use."""

import logging
import os
import sys
from pathlib import Path

import pytest
import structlog

# As the command does, before anything imports numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# As a server logs by default: a line for each step of each text would only cost time.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))

pytest_plugins = ["tests.support.databases"]

ROOT = Path(__file__).parents[1]

# Tests start servers and commands by the hundred. Where Python is told to keep no bytecode, each would compile all that
# it imports, which takes as long again as the start itself: then it is kept in a folder of ours.
if sys.dont_write_bytecode:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / ".pytest_cache" / "bytecode")


LONG = ("chaos", "acceptance", "nodes", "browser")
"""Folders whose files take long for how few tests they have, because they start servers and wait."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first: at the end it would keep one worker busy while the others have nothing to do."""
    rank = {Path(__file__).with_name(name): place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: min((rank[up] for up in item.path.parents if up in rank), default=len(LONG)))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of provider specifications beside this repository. Without it a test is skipped; on CI it fails."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI needs the provider specifications in {folder}")
        pytest.skip("needs the provider specifications, which are not part of this repository")
    return folder
