"""textback publish, versions, pull and migrate-sessions: from a folder to a version and back."""

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from textback.app import App, read_folder
from textback.cli.serving import example_bot
from textback.core.errors import StartError
from textback.engine.bot import Bot
from textback.settings import Settings
from textback.store import approvals, bots, migrate
from textback.store.db import open_db, parse_url


@pytest.fixture
def shell(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_url: str) -> Shell:
    """textback beside a database and the folder `bot`."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    shutil.copytree(example_bot(), tmp_path / "bot")
    return shell


def edit(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "bot" / "flows" / "hours.yml"
    path.write_text(path.read_text().replace(old, new))


def test_publish_prints_the_number_and_the_list_says_who_and_why(shell: Shell, tmp_path: Path) -> None:
    assert shell("versions") == (0, "", "Nothing is published yet.\n")
    assert shell("publish", "bot", "--note", "The first") == (0, "1\n", "")
    assert shell("publish", "bot") == (0, "1\n", "Version 1 has these files already.\n")
    edit(tmp_path, "9 to 6", "9 to 7")
    assert shell("publish", "bot", "--note", "Other\nwords") == (0, "2\n", "")
    rows = [line.split("\t") for line in shell("versions")[1].splitlines()]
    assert [[row[0], *row[2:]] for row in rows] == [
        ["2", "command line", "6 flows", "0 running", "Other words"],
        ["1", "command line", "6 flows", "0 running", "The first"],
    ]


def test_what_check_rejects_is_not_published(shell: Shell, tmp_path: Path) -> None:
    edit(tmp_path, "steps:", "stepps:")
    code, out, err = shell("publish", "bot")
    assert (code, out) == (1, "")
    assert "bot/flows/hours.yml:" in err
    assert err.endswith("Nothing is published.\n")
    assert shell("versions")[1] == ""


def test_pull_writes_the_folder_and_overwrites_nothing_unasked(shell: Shell, tmp_path: Path) -> None:
    shell("publish", "bot")
    first = read_folder(tmp_path / "bot")
    edit(tmp_path, "flow: hours", "flow: opening")
    shell("publish", "bot")
    assert shell("pull", "out", "--version", "1") == (0, "Version 1: 10 files in out.\n", "")
    assert read_folder(tmp_path / "out") == first
    code, _, err = shell("pull", "out")
    assert code == 2
    assert "differ from version 2: out/flows/hours.yml." in err
    assert read_folder(tmp_path / "out") == first
    (tmp_path / "out" / "flows" / "mine.yml").write_text("flow: mine\n")
    code, _, err = shell("pull", "out", "--force")
    assert (code, err) == (0, "out/flows/mine.yml is not in version 2.\n")
    assert "flow: opening" in (tmp_path / "out" / "flows" / "hours.yml").read_text()
    assert shell("pull", "out", "--version", "9")[2].startswith("textback: There is no version 9.")


def test_migrating_needs_two_versions_that_exist(shell: Shell) -> None:
    shell("publish", "bot")
    assert shell("migrate-sessions", "--from", "1", "--to", "1")[0] == 2
    assert "There is no version 2." in shell("migrate-sessions", "--from", "1", "--to", "2")[2]


def start(sqlite_url: str, files: dict[str, str]) -> Bot:
    """The bot that a server runs which starts with this folder."""
    app = App(Settings(database_url=sqlite_url), files, {})
    asyncio.run(app.check_signatures())
    return app.bot


def test_a_server_starts_with_the_newest_version_when_its_folder_was_overtaken(
    shell: Shell, sqlite_url: str, tmp_path: Path
) -> None:
    migrate.upgrade(parse_url(sqlite_url))
    files = read_folder(tmp_path / "bot")
    assert start(sqlite_url, files).version == 1
    edit(tmp_path, "flow: hours", "flow: opening")
    assert shell("publish", "bot")[1] == "2\n"
    bot = start(sqlite_url, files)
    assert bot.version == 2
    assert "opening" in bot.flows
    changed = {**files, "bot.yml": files["bot.yml"] + "# changed\n"}
    bot = start(sqlite_url, changed)
    assert bot.version == 3
    assert "hours" in bot.flows


def test_a_server_says_when_the_version_that_goes_on_is_not_for_its_release(
    shell: Shell, sqlite_url: str, tmp_path: Path
) -> None:
    migrate.upgrade(parse_url(sqlite_url))
    files = read_folder(tmp_path / "bot")
    start(sqlite_url, files)
    db = open_db(sqlite_url)
    with db.transaction() as tx:
        bots.publish(tx, "default", {"bot.yml": "bot: Harbor\nnext: 1\n"}, 1, by="ann@example.com", source="desk")
    db.dispose()
    with pytest.raises(StartError, match="Version 2, published from the desk, can't be used by this release: "):
        start(sqlite_url, files)


def test_a_template_that_nobody_approved_is_asked_about_and_not_published(
    shell: Shell, tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shell("publish", "bot")[0] == 0
    monkeypatch.setenv("TEMPLATE_APPROVAL", "true")
    (tmp_path / "bot" / "templates").mkdir()
    text = "ready: {class: conversational, text: {en: 'Harbor: ready.', es: 'Harbor: listo.'}}\n"
    (tmp_path / "bot" / "templates" / "a.yml").write_text(text)
    for _ in range(2):
        code, out, err = shell("publish", "bot")
        assert (code, out) == (1, "")
        assert "The template ready is not approved." in err
    db = open_db(sqlite_url)
    with db.transaction() as tx:
        (row,) = approvals.waiting(tx, "default")
        assert row.asked_by == "command line"
        approvals.decide(tx, "default", row.name, row.digest, True, "ann@example.com", "", True, 1)
    db.dispose()
    assert shell("publish", "bot") == (0, "2\n", "")
