"""textback templates: what it prints and exits with."""

import json
from pathlib import Path

from tests.support.fake_graph import BUSINESS, fake_graph, template
from tests.support.misbehaving import Answer
from tests.support.served import command, commands


def test_the_list_is_read_printed_and_kept(tmp_path: Path) -> None:
    with fake_graph([template("visit", "Hi {{1}}."), template("visit", "Hola {{1}}.", "es", "PENDING")]) as graph:
        env = graph.environment()
        read, listed, plain = commands(
            [(["templates", "sync"], env), (["templates", "list"], env), (["templates", "list", "--json"], env)],
            tmp_path,
        )
        graph.fail = Answer(401)
        refused = command("templates", "sync", folder=tmp_path, env=env)
    assert (read.returncode, graph.wrong) == (0, [])
    first, *rows = read.stdout.splitlines()
    assert f"WhatsApp, account {BUSINESS}: 2 templates, read 20" in first
    assert [row.split()[:5] for row in rows] == [
        ["visit", "en_US", "APPROVED", "UTILITY", "1"], ["visit", "es", "PENDING", "UTILITY", "1"],
    ]  # fmt: skip
    assert listed.stdout == read.stdout
    assert [one["language"] for one in json.loads(plain.stdout)[0]["templates"]] == ["en_US", "es"]
    assert (refused.returncode, refused.stdout) == (1, read.stdout)
    assert "WhatsApp answered 401" in refused.stderr


def test_without_an_account_it_says_what_to_set(tmp_path: Path) -> None:
    refused = command("templates", "sync", folder=tmp_path)
    assert (refused.returncode, "WHATSAPP_BUSINESS_ACCOUNT_ID" in refused.stderr) == (2, True)
