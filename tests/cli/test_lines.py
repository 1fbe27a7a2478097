"""textback lines: a number is set up by real HTTP, its secrets stay secret, and what is wrong with the first webhook is
said."""

import json
import os
import stat
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from threading import Timer

import pytest
from dotenv import dotenv_values
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from tests.cli.conftest import Shell
from tests.support.fake_numbers import NUMBER_SID, PROFILE
from tests.support.fake_provider import (
    NUMBER,
    TELNYX_API_KEY,
    TELNYX_PUBLIC_KEY,
    TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN,
    FakeProvider,
    fake_provider,
    sign_telnyx,
    telnyx_text,
)
from tests.support.served import TEXTBACK, Served, clean_environment
from textback.cli.env_file import write_env
from textback.cli.main import app
from textback.core.errors import SettingsError, TextbackError
from textback.pipeline.clock import clock
from textback.settings import environment
from textback.store import line_seen, migrate
from textback.store.db import open_db, parse_url

URL = "https://texts.example.com"
TELNYX = ("lines", "add", "telnyx", "--wait", "0")


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    with fake_provider() as made:
        yield made


@pytest.fixture
def folder(shell: Shell, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the command runs in; providers are the fake."""
    monkeypatch.setenv("TELNYX_BASE_URL", fake.telnyx_url)
    monkeypatch.setenv("TWILIO_BASE_URL", fake.twilio_url)
    return Path.cwd()


def answer(*arguments: str, answers: tuple[str, ...] = ()) -> Result:
    """Run the command and answer what it asks."""
    return CliRunner().invoke(app, arguments, input="".join(f"{one}\n" for one in answers))


def audited() -> list[str]:
    db = open_db("sqlite:///textback.db")
    try:
        with db.transaction() as tx:
            rows = tx.exec_driver_sql("SELECT action, subject, data FROM audit ORDER BY id").all()
    finally:
        db.dispose()
    return [" ".join(map(str, row)) for row in rows]


def test_it_asks_tests_the_keys_and_writes_what_only_the_owner_can_read(folder: Path) -> None:
    (folder / ".env").write_text("# ours\nLOG_LEVEL=debug\nTELNYX_API_KEY=\n")
    done = answer(*TELNYX, answers=(TELNYX_API_KEY, TELNYX_PUBLIC_KEY, NUMBER, URL))
    assert done.exit_code == 0, done.output
    assert "Keys: Telnyx accepts them." in done.output
    assert f"{URL}/webhooks/telnyx" in done.output
    assert TELNYX_API_KEY not in done.output
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert (folder / ".env").read_text().startswith("# ours\nLOG_LEVEL=debug\n")
    found = environment(folder)
    names = ("TELNYX_API_KEY", "TELNYX_PUBLIC_KEY", "TELNYX_PHONE_NUMBER", "PUBLIC_URL", "LOG_LEVEL")
    assert [found[name] for name in names] == [TELNYX_API_KEY, TELNYX_PUBLIC_KEY, NUMBER, URL, "debug"]
    (row,) = audited()
    assert row.startswith("line.set_up telnyx")
    assert "TELNYX_API_KEY" in row
    assert TELNYX_API_KEY not in row

    again = answer(*TELNYX)  # it asks for nothing that it has
    assert again.exit_code == 0
    assert "TELNYX_API_KEY is set already." in again.output
    assert "Written" not in again.output
    assert len(audited()) == 1


def test_a_provider_that_is_not_named_is_asked_for(folder: Path) -> None:
    done = answer(
        "lines", "add", "--wait", "0",
        answers=("Twilio", TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, NUMBER, URL),
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert environment(folder)["TWILIO_AUTH_TOKEN"] == TWILIO_AUTH_TOKEN


@pytest.mark.parametrize(
    ("answers", "code", "words"),
    [
        (("wrong-secret-key", TELNYX_PUBLIC_KEY, NUMBER, URL), 1, "Copy them again"),
        ((TELNYX_API_KEY, "no-public-key", NUMBER, URL), 2, "TELNYX_PUBLIC_KEY"),
        ((TELNYX_API_KEY, TELNYX_PUBLIC_KEY, "(206) 555-0100", URL), 2, "E.164"),
        ((TELNYX_API_KEY, TELNYX_PUBLIC_KEY, NUMBER, "texts.example.com"), 2, "PUBLIC_URL"),
        ((TELNYX_API_KEY, TELNYX_PUBLIC_KEY), 2, "TELNYX_PHONE_NUMBER is missing"),
        (("@/no/such/file",), 2, "is not a file"),
    ],
    ids=["key", "public key", "number", "address", "nobody answers", "no file"],
)
def test_what_cannot_be_right_is_named_and_nothing_is_written(
    folder: Path, answers: tuple[str, ...], code: int, words: str
) -> None:
    done = answer(*TELNYX, answers=answers)
    said = done.output + (str(done.exception) if isinstance(done.exception, TextbackError) else "")
    assert words in said
    assert (2 if isinstance(done.exception, TextbackError) else done.exit_code) == code
    assert not (folder / ".env").exists()
    assert "wrong-secret-key" not in said
    assert TELNYX_API_KEY not in said


def test_a_secret_may_be_in_a_file(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "key.txt"
    secret.write_text(f"{TELNYX_API_KEY}\n")
    done = answer(*TELNYX, answers=(f"@{secret}", TELNYX_PUBLIC_KEY, NUMBER, URL))
    assert done.exit_code == 0, done.output
    assert TELNYX_API_KEY not in (folder / ".env").read_text()
    assert environment(folder)["TELNYX_API_KEY"] == TELNYX_API_KEY


@pytest.mark.parametrize(("provider", "changed"), [("telnyx", PROFILE), ("twilio", NUMBER_SID)])
def test_the_address_is_set_only_when_asked(
    shell: Shell, folder: Path, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch, provider: str, changed: str
) -> None:
    for name, value in {**fake.environment(provider), "PUBLIC_URL": URL}.items():
        monkeypatch.setenv(name, value)
    code, said, _ = shell("lines", "add", provider, "--wait", "0")
    assert (code, fake.numbers.hooks) == (0, {})
    assert "--set-webhook" in said
    code, said, _ = shell("lines", "add", provider, "--wait", "0", "--set-webhook")
    assert code == 0
    assert "The address was set" in said
    assert list(fake.numbers.hooks) == [changed]
    assert f"{URL}/webhooks/{provider}" in fake.numbers.hooks[changed].values()
    assert [row.split()[0] for row in audited()] == ["line.set_webhook"]
    fake.numbers.numbers.clear()
    code, _, wrong = shell("lines", "add", provider, "--wait", "0", "--set-webhook")
    assert code == 1
    assert "no such number" in wrong
    assert NUMBER not in wrong


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("lines", "add", "carrierpigeon"), "There is no provider 'carrierpigeon'. Known are telnyx"),
        (("lines", "add", "simulator"), "There is no provider 'simulator'."),
        (("lines", "add", "plivo", "--set-webhook"), "Leave --set-webhook out."),
    ],
)
def test_what_cannot_be_done_is_refused_at_once(shell: Shell, arguments: tuple[str, ...], words: str) -> None:
    code, _, said = shell(*arguments)
    assert code == 2
    assert words in said


def test_without_a_server_it_says_so(shell: Shell, folder: Path, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch):
    for name, value in {**fake.environment("telnyx"), "PUBLIC_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    code, said, _ = shell("lines", "add", "telnyx", "--wait", "1")
    assert code == 1
    assert "http://127.0.0.1:9/webhooks/telnyx: It can't be reached from here" in said
    assert "No webhook has come" in said


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    request = urllib.request.Request(url, body, dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_it_waits_for_the_first_webhook_and_says_what_is_wrong_until_it_comes(tmp_path: Path, fake: FakeProvider):
    env = {**fake.environment("telnyx"), "DATABASE_URL": f"sqlite:///{tmp_path / 'textback.db'}"}
    body = json.dumps(telnyx_text("hours")).encode()
    with Served(["serve", "--port", "0"], tmp_path, env) as server:
        server.wait_ready()
        waiting = subprocess.Popen(
            [TEXTBACK, "lines", "add", "telnyx", "--wait", "100"],
            cwd=tmp_path, env=clean_environment({**env, "PUBLIC_URL": server.url}), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        limit = Timer(90, waiting.kill)
        limit.start()
        said = []
        with waiting:
            for line in waiting.stdout or ():
                said.append(line)
                unsigned = {**sign_telnyx(body, clock()), "telnyx-signature-ed25519": "A" * 88}
                if line.startswith("Nothing has come yet."):  # the address leads here, and the server has the line
                    assert post(f"{server.url}/webhooks/telnix", body, sign_telnyx(body, clock())) == 404
                elif "/webhooks/telnix" in line and "signature" not in line:
                    assert post(f"{server.url}/webhooks/telnyx", body, unsigned) == 401
                elif "its signature is not right" in line:  # with the reason as soon as that is known
                    assert "TELNYX_PUBLIC_KEY" in line
                    assert post(f"{server.url}/webhooks/telnyx", body, sign_telnyx(body, clock())) == 200
        limit.cancel()
        assert waiting.returncode == 0, said
        assert said[-1].startswith("The first webhook has come, and its signature is right.")

        listed = subprocess.run(
            [TEXTBACK, "lines", "list", "--json"],
            cwd=tmp_path, env=clean_environment({**env, "PUBLIC_URL": server.url}), capture_output=True, check=True,
        )  # fmt: skip
        (one,) = json.loads(listed.stdout)
        assert one["webhooks"]["state"] == "came"
        assert one["last_webhook_at"]
        assert one["rejected"] == 1
        assert server.stop() == 0


def test_the_list_says_how_each_line_is(
    shell: Shell, folder: Path, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
):
    code, said, wrong = shell("lines", "list")
    assert (code, said) == (0, "")
    assert "textback lines add" in wrong
    for name, value in {**fake.environment("telnyx"), "PUBLIC_URL": URL}.items():
        monkeypatch.setenv(name, value)
    assert "Nothing has come yet." in shell("lines", "list")[1]
    assert not (folder / "textback.db").exists()  # it looks and makes nothing
    migrate.upgrade(parse_url("sqlite:///textback.db"))
    db = open_db("sqlite:///textback.db")
    row = {"workspace": "default", "line": "telnyx", "first_at": 0, "at": 1_767_225_600_000}
    with db.transaction() as tx:
        line_seen.note(tx, [{**row, "what": "webhook"}, {**row, "what": "sent"}])
    db.dispose()
    said = shell("lines", "list")[1]
    assert f"telnyx  telnyx  {NUMBER}" in said
    assert f"{URL}/webhooks/telnyx" in said
    assert said.count("2026-01-01T00:00:00Z") == 2
    assert "Nobody has said how it is registered" in said
    assert TELNYX_API_KEY not in said


NAMES = st.sampled_from(["TELNYX_API_KEY", "PUBLIC_URL", "A"])


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(NAMES, st.text(st.characters(codec="utf-8"), max_size=20)),
    st.sampled_from(["", "A=1", "A='x'\nB=2\n"]),
)
def test_whatever_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, str], before: str
):
    folder = tmp_path_factory.mktemp("env")
    (folder / ".env").write_text(before)
    kept = {name: value for name, value in dotenv_values(stream=StringIO(before)).items() if name not in values}
    try:
        write_env(folder, values)
    except SettingsError:  # it has no form that is read again
        assert (folder / ".env").read_text() == before
        return
    assert dotenv_values(folder / ".env") == {**kept, **values}
    assert os.listdir(folder) == [".env"]
