"""textback doctor: what is wrong is found, named and has a remedy; nothing is changed and no secret shown."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest

from tests.engine.talk import BOT, flow
from textback.cli import doctor
from textback.cli.doctor import examine
from textback.cli.main import main
from textback.core.when import DAY, to_iso
from textback.pipeline.clock import clock
from textback.store import migrate
from textback.store.db import make_engine, parse_url

SID = "AC" + "0123456789abcdef" * 2


class Console(ThreadingHTTPServer):
    """A provider's API that answers as it is told."""

    status = 200
    ahead = timedelta()
    asked: list[tuple[str, str]]


class Answers(BaseHTTPRequestHandler):
    server: Console

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Authorization", "")))
        self.send_response_only(self.server.status)
        self.send_header("Date", format_datetime(datetime.now(UTC) - self.server.ahead, usegmt=True))
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def console() -> Iterator[Console]:
    server = Console(("127.0.0.1", 0), Answers)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def bot_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "mybot"
    (folder / "flows").mkdir(parents=True)
    (folder / "bot.yml").write_text(BOT)
    (folder / "flows" / "main.yml").write_text(flow("- say: Hi.\n", start="book"))
    return folder


@pytest.fixture
def found(tmp_path: Path) -> dict[str, str]:
    """The settings of a server where all is well."""
    return {"DATABASE_URL": f"sqlite:///{tmp_path / 'textback.db'}", "PORT": "0"}


def twilio(console: Console) -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": "secret-token", "TWILIO_PHONE_NUMBER": "+12065550100",
        "TWILIO_BASE_URL": f"http://127.0.0.1:{console.server_address[1]}", "PUBLIC_URL": "https://texts.example.com",
    }  # fmt: skip


async def levels(found: dict[str, str], bot_dir: Path, *, online: bool = False) -> dict[str, str]:
    """The level of each finding; each that is no "ok" says what to do."""
    findings = await examine(found, bot_dir, None, online=online)
    assert all(finding.fix for finding in findings if finding.level != "ok")
    assert "secret-token" not in str(findings)
    return {finding.what: finding.level for finding in findings}


async def test_a_fresh_folder_is_well_but_has_no_number(found: dict[str, str], bot_dir: Path, tmp_path: Path) -> None:
    seen = await levels(found, bot_dir)
    assert {what for what, level in seen.items() if level != "ok"} == {"lines"}
    assert seen["lines"] == "warning"
    assert not (tmp_path / "textback.db").exists()  # it looks and makes nothing


async def test_settings_that_cannot_be_read_do_not_hide_the_rest(found: dict[str, str], bot_dir: Path) -> None:
    seen = await levels({**found, "PORT": "many"}, bot_dir)
    assert seen["settings"] == "error"
    assert seen["bot folder"] == "ok"


async def test_a_broken_bot_folder_is_named(found: dict[str, str], bot_dir: Path, tmp_path: Path) -> None:
    assert (await levels(found, tmp_path / "nowhere"))["bot folder"] == "error"
    (bot_dir / "flows" / "main.yml").write_text(flow("- shout: Hi.\n"))
    findings = await examine(found, bot_dir, None, online=False)
    (broken,) = [finding for finding in findings if finding.what == "bot folder"]
    assert broken.level == "error"
    assert broken.seen.startswith("flows/main.yml:")
    assert "textback check" in broken.fix


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({}, "ok"),
        ({"TWILIO_ACCOUNT_SID": "AC12"}, "error"),
        ({"TWILIO_PHONE_NUMBER": "(206) 555-0100"}, "error"),
    ],
)
async def test_keys_that_cannot_be_keys(
    found: dict[str, str], bot_dir: Path, console: Console, change: dict[str, str], level: str
) -> None:
    assert (await levels({**found, **twilio(console), **change}, bot_dir))["line twilio"] == level


@pytest.mark.parametrize(
    "keys",
    [
        {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s" * 32, "SLACK_BOT_USER": "U0123456789"},
        {
            "WHATSAPP_PHONE_NUMBER_ID": "106540352242922", "WHATSAPP_ACCESS_TOKEN": "EAAB",
            "WHATSAPP_APP_SECRET": "a" * 32, "WHATSAPP_VERIFY_TOKEN": "a-long-verify-token",
            "WHATSAPP_PHONE_NUMBER": "+12065550100",
        },
    ],
)  # fmt: skip
async def test_a_line_without_sms_needs_no_registration(
    found: dict[str, str], bot_dir: Path, keys: dict[str, str]
) -> None:
    """And Slack's address is no number."""
    seen = await levels({**found, **keys, "PUBLIC_URL": "https://texts.example.com"}, bot_dir)
    name = next(iter(keys)).split("_")[0].lower()
    assert seen[f"line {name}"] == "ok"
    assert f"registration of {name}" not in seen


async def test_a_missing_key_is_named(found: dict[str, str], bot_dir: Path, console: Console) -> None:
    given = twilio(console)
    del given["TWILIO_AUTH_TOKEN"]
    findings = await examine({**found, **given}, bot_dir, None, online=False)
    assert "TWILIO_AUTH_TOKEN is missing" in str([f for f in findings if f.what == "lines"])


@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("https://texts.example.com", "ok"),
        ("https://texts.example.com/app", "warning"),
        ("http://texts.example.com", "warning"),
        ("https://texts.example.com/?a=1", "error"),
        ("", "warning"),
    ],
)
async def test_the_public_address(found: dict[str, str], bot_dir: Path, console: Console, url: str, level: str) -> None:
    assert (await levels({**found, **twilio(console), "PUBLIC_URL": url}, bot_dir))["PUBLIC_URL"] == level


async def test_a_public_address_that_is_none(found: dict[str, str], bot_dir: Path) -> None:
    assert (await levels({**found, "PUBLIC_URL": "https://"}, bot_dir))["settings"] == "error"


async def test_a_database_that_is_current_behind_newer_or_none(database_url: str, bot_dir: Path) -> None:
    found = {"DATABASE_URL": database_url, "PORT": "0"}
    assert (await levels(found, bot_dir))["database"] == "ok"
    migrate.upgrade(parse_url(database_url))
    assert (await levels(found, bot_dir))["database"] == "ok"
    engine = make_engine(parse_url(database_url))
    for version, level in (("0001", "warning"), ("9999", "error")):
        with engine.begin() as tx:
            tx.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
        assert (await levels(found, bot_dir))["database"] == level
    engine.dispose()


@pytest.mark.parametrize(
    "url", ["sqlite:////no/such/folder/x.db", "postgresql://nobody@127.0.0.1:1/x", "mysql://host/name"]
)
async def test_a_database_that_cannot_be_had(bot_dir: Path, url: str) -> None:
    assert (await levels({"DATABASE_URL": url, "PORT": "0"}, bot_dir))["database"] == "error"


async def test_a_file_that_is_no_database(found: dict[str, str], bot_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "textback.db").write_text("a shopping list " * 100)
    assert (await levels(found, bot_dir))["database"] == "error"
    assert (tmp_path / "textback.db").read_text().startswith("a shopping list")


@pytest.mark.parametrize(("free", "level"), [(50 << 20, "error"), (500 << 20, "warning"), (9 << 30, "ok")])
async def test_a_full_disk(
    found: dict[str, str], bot_dir: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    monkeypatch.setattr("textback.store.checkup.shutil.disk_usage", lambda _: type("Usage", (), {"free": free}))
    assert (await levels(found, bot_dir))["disk"] == level


async def test_a_port_that_something_else_has(found: dict[str, str], bot_dir: Path, console: Console) -> None:
    taken = {**found, "PORT": str(console.server_address[1])}
    assert (await levels(taken, bot_dir))["port"] == "ok"  # it answers /healthz as a Textback does
    console.status = 404
    assert (await levels(taken, bot_dir))["port"] == "error"


async def test_time_zones_without_data(found: dict[str, str], bot_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr(doctor, "ZoneInfo", gone)
    assert (await levels(found, bot_dir))["time zones"] == "error"


@pytest.mark.parametrize(
    ("status", "level"),
    [(200, "ok"), (401, "error"), (403, "error"), (404, "error"), (429, "warning"), (500, "warning")],
)
async def test_online_the_provider_says_whether_it_accepts_the_keys(
    found: dict[str, str], bot_dir: Path, console: Console, status: int, level: str
) -> None:
    console.status = status
    seen = await levels({**found, **twilio(console)}, bot_dir, online=True)
    assert seen["keys of twilio"] == level
    assert [path for path, _ in console.asked] == [f"/2010-04-01/Accounts/{SID}.json"]
    assert console.asked[0][1].startswith("Basic ")


async def test_without_online_nobody_is_asked(found: dict[str, str], bot_dir: Path, console: Console) -> None:
    await levels({**found, **twilio(console)}, bot_dir)
    assert console.asked == []


@pytest.mark.parametrize(("seconds", "level"), [(0, "ok"), (60, "warning"), (-60, "warning"), (600, "error")])
async def test_online_a_clock_that_is_wrong(
    found: dict[str, str], bot_dir: Path, console: Console, seconds: int, level: str
) -> None:
    console.ahead = timedelta(seconds=seconds)
    assert (await levels({**found, **twilio(console)}, bot_dir, online=True))["clock"] == level


async def test_online_a_provider_out_of_reach(found: dict[str, str], bot_dir: Path, console: Console) -> None:
    away = {**twilio(console), "TWILIO_BASE_URL": "http://127.0.0.1:1"}
    assert (await levels({**found, **away}, bot_dir, online=True))["keys of twilio"] == "error"


@pytest.mark.parametrize("wrong", [False, True])
def test_what_it_prints_and_its_exit_code(
    bot_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wrong: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "PUBLIC_URL", "HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORT", "many" if wrong else "0")
    for arguments in ([], ["--json"]):
        monkeypatch.setattr("sys.argv", ["textback", "doctor", "mybot", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == int(wrong)
        out = capsys.readouterr().out
        if arguments:
            told = json.loads(out)
            assert told["ok"] is not wrong
            assert {"what", "level", "seen", "fix"} == set(told["findings"][0])
        else:
            assert out.splitlines()[0].startswith("error    settings: " if wrong else "ok       settings: ")
            assert out.splitlines()[-1] == ("1 error, 1 warning" if wrong else "0 errors, 1 warning")


@pytest.mark.parametrize(
    ("days", "level", "said"),
    [
        (3, "warning", "without checking who sent them"),
        (-1, "warning", "log-only is over"),
        (9, "error", "more than 7 days"),
    ],
)
async def test_a_line_that_does_not_check_signatures_is_a_problem(
    found: dict[str, str], bot_dir: Path, console: Console, days: int, level: str, said: str
) -> None:
    day = to_iso(clock() + days * DAY)[:10]
    line = {**twilio(console), "TWILIO_SIGNATURE": "log-only", "TWILIO_SIGNATURE_UNTIL": day}
    findings = await examine({**found, **line}, bot_dir, None, online=False)
    (one,) = [finding for finding in findings if finding.what == "signatures of twilio"]
    assert (one.level, said in one.seen) == (level, True)
    assert one.fix


@pytest.mark.parametrize(
    ("found", "level", "says"),
    [
        ({}, "error", "NOTES_TOKEN is missing; action note in bot.yml needs it."),
        ({"NOTES_TOKEN": "x", "ACTIONS_PRIVATE": "a b"}, "error", "ACTIONS_PRIVATE is wrong: a b."),
        ({"NOTES_TOKEN": "x", "ACTIONS_PRIVATE": "10.0.0.0/8"}, "ok", "note; what they need is set."),
    ],
)
async def test_what_actions_need_is_looked_for(tmp_path: Path, found: dict[str, str], level: str, says: str) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "main.yml").write_text(flow("- call: note\n  on_error: end\n- say: Hi."))
    http = "{http: {url: 'https://example.com', headers: {X-Token: '${NOTES_TOKEN}'}}}"
    (tmp_path / "bot.yml").write_text(f"{BOT}actions: {{note: {http}}}\n")
    real = {"SIMULATOR_ACTIONS": "true", "PORT": "0", **found}
    findings = await examine(real, tmp_path, f"sqlite:///{tmp_path / 'a.db'}", online=False)
    (about,) = [one for one in findings if one.what == "actions"]
    assert (about.level, says in about.seen) == (level, True)


@pytest.mark.parametrize(
    ("registration", "level"),
    [
        ("", "warning"),
        ("    registration: {status: verified, kind: 10dlc}\n", "ok"),
        ("    registration: {status: verified, kind: pigeon}\n", "warning"),
        ("    registration: {status: suspended}\n", "warning"),
        ("    registration: {status: dormant}\n", "warning"),
    ],
)
async def test_how_a_line_is_registered(
    found: dict[str, str], bot_dir: Path, console: Console, registration: str, level: str
) -> None:
    """N1: a number that carriers may block is worth a look before the first text."""
    line = (
        "lines:\n  main:\n    provider: twilio\n    number: ${TWILIO_PHONE_NUMBER}\n"
        "    account_sid: ${TWILIO_ACCOUNT_SID}\n    auth_token: ${TWILIO_AUTH_TOKEN}\n"
    )
    (bot_dir / "bot.yml").write_text(f"{BOT}\n{line}{registration}")
    assert (await levels(found | twilio(console), bot_dir))["registration of main"] == level
