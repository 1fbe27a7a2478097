"""Each import contract holds, and each is seen to fail when one import breaks it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

# Which contract each planted change must break. A file that does not exist is made.
VIOLATIONS: list[tuple[str, str, Mapping[str, str]]] = [
    ("rooms", "upwards", {"core/when.py": "import textback.engine.state"}),
    ("rooms", "sideways", {"channels/base.py": "import textback.store"}),
    ("rooms", "pure rooms sideways", {"engine/state.py": "import textback.compliance"}),
    ("rooms", "models that store", {"llm/weights.py": "import textback.store"}),
    ("rooms", "a room nobody listed", {"helpers.py": ""}),
    ("rooms", "a client that knows the server", {"client/planted.py": "import textback.web.routing"}),
    ("client", "a command that asks as a program does", {"cli/planted.py": "import textback.client.calls"}),
    ("pure", "chance in the engine", {"engine/state.py": "import random"}),
    ("pure", "a clock in compliance", {"compliance/consent.py": "import time"}),
    ("pure", "a file in knowledge", {"knowledge/features.py": "import os"}),
    ("pure", "a clock through a neighbour", {"engine/state.py": "import textback.core.ids"}),
    ("sql", "SQL in a page", {"web/planted.py": "import sqlalchemy"}),
    ("sql", "a driver in the road", {"pipeline/planted.py": "import sqlite3"}),
    ("http", "a client in the road", {"pipeline/planted.py": "import aiohttp"}),
    ("http", "a model asked by a page", {"web/planted.py": "import pydantic_ai"}),
    ("telemetry", "spans made by hand", {"pipeline/planted.py": "import opentelemetry"}),
    ("providers", "one knows another", {"channels/telnyx.py": "import textback.channels.twilio"}),
    ("settings", "a page reads settings", {"web/planted.py": "import textback.settings"}),
    (
        "cycles",
        "two modules need each other",
        {"store/egg.py": "import textback.store.hen", "store/hen.py": "import textback.store.egg"},
    ),
]


def contracts() -> dict[str, str]:
    """Contract ids and names, from .importlinter."""
    config = ConfigParser()
    config.read(ROOT / ".importlinter")
    return {
        section.rsplit(":", 1)[1]: config[section]["name"]
        for section in config.sections()
        if section.startswith("importlinter:contract:")
    }


def verdicts(folder: Path) -> dict[str, str]:
    """What lint-imports says in `folder`: KEPT or BROKEN by contract name."""
    done = subprocess.run(
        [LINT_IMPORTS, "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src"), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = dict(re.findall(r"^(.+?) (KEPT|BROKEN)$", done.stdout, re.MULTILINE))
    assert found, done.stdout + done.stderr
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the rules and the code, free to be broken."""
    shutil.copy(ROOT / ".importlinter", tmp_path)
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=lambda folder, names: {n for n in names if "." in n and n[-3:] != ".py"}
    )
    return tmp_path


def test_all_contracts_hold(copy: Path) -> None:
    assert verdicts(copy) == dict.fromkeys(contracts().values(), "KEPT")


@pytest.mark.parametrize(
    ("contract", "changes"), [(c, f) for c, _, f in VIOLATIONS], ids=[f"{c}: {what}" for c, what, _ in VIOLATIONS]
)
def test_a_violation_breaks_its_contract_and_no_other(copy: Path, contract: str, changes: Mapping[str, str]) -> None:
    for path, line in changes.items():
        file = copy / "src" / "textback" / path
        file.write_text((file.read_text() if file.exists() else "") + f"\n{line}\n")
    found = verdicts(copy)
    assert [name for name, verdict in found.items() if verdict == "BROKEN"] == [contracts()[contract]]


def test_every_contract_was_broken_once() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(contracts())


def test_every_provider_is_kept_apart_from_the_others() -> None:
    config = ConfigParser()
    config.read(ROOT / ".importlinter")
    listed = config["importlinter:contract:providers"]["modules"].split()
    shared = {
        "__init__",
        "base",
        "client",
        "files",
        "hooking",
        "http",
        "jwt",
        "listing",
        "mailbox",
        "probe",
        "reading",
        "registry",
        "stamped",
    }
    files = {path.stem for path in (ROOT / "src/textback/channels").glob("*.py")} - shared
    # The other halves of providers.
    halves = re.compile("_(lists|events|messages|templates|payload|box|out|reading|text|rcs|signing|content|attached)$")
    modules = {halves.sub("", name) for name in files}
    assert {name.rsplit(".", 1)[1] for name in listed} == modules
