"""The textback command: what it prints, where, and with which exit code."""

import contextlib
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.engine.talk import BOT, NAME, flow
from tests.support.served import TEXTBACK, clean_environment
from textback import __version__

COMMANDS = [
    [], ["serve"], ["demo"], ["chat"], ["check"], ["match"], ["test"], ["backup"], ["restore"],
    ["apikey"], ["apikey", "add"], ["apikey", "list"], ["apikey", "rotate"], ["apikey", "revoke"], ["user"],
    ["user", "add"], ["user", "link"], ["dead"], ["dead", "list"], ["dead", "redrive"],
]  # fmt: skip


@pytest.fixture
def bot_dir(tmp_path: Path) -> Path:
    """A bot folder whose flow GO starts."""
    folder = tmp_path / "mybot"
    (folder / "flows").mkdir(parents=True)
    (folder / "bot.yml").write_text(BOT)
    (folder / "flows" / "main.yml").write_text(flow(NAME))
    return folder


def one_line(err: str) -> bool:
    return err.startswith("textback: ") and err.count("\n") == 1


def test_the_version(shell: Shell) -> None:
    assert shell("--version") == (0, f"textback {__version__}\n", "")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(shell: Shell, command: list[str]) -> None:
    code, out, err = shell(*command, "--help")
    assert (code, err) == (0, "")
    assert f"textback {' '.join(command)}".strip() in out


def chat(folder: Path, texts: str) -> list[str]:
    done = subprocess.run(
        [TEXTBACK, "chat", "mybot"], cwd=folder, env=clean_environment({}), input=texts, capture_output=True,
        text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_chat_talks_as_the_served_bot_would(bot_dir: Path, tmp_path: Path) -> None:
    shown = chat(tmp_path, "go\nAna\nSTOP\nagain\nSTART\n")
    assert shown[:5] == [
        "Harbor Cycle Works. Text as the customer; Ctrl-D ends.",
        "you> go",
        "bot> Who is this?   [1 segment, GSM-7]",
        "you> Ana",
        "bot> Hello Ana.   [1 segment, GSM-7]",
    ]
    after = shown[shown.index("you> STOP") :]
    assert "  -- opt-out recorded" in after
    assert any(line.startswith("bot> Harbor Cycle Works: you are unsubscribed") for line in after)
    assert after[after.index("you> again") + 1].startswith("  -- not sent: They opted out")
    assert "  -- re-opt-in recorded" in after


def test_a_reader_that_leaves_ends_chat_without_a_traceback(bot_dir: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        [TEXTBACK, "chat", "mybot"], cwd=tmp_path, env=clean_environment({"PYTHONUNBUFFERED": "1"}),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("Harbor Cycle Works.")
        process.stdout.close()
        process.stdin.write("go\n")
        process.stdin.flush()
        process.wait(30)
        assert "Traceback" not in process.stderr.read()


def test_ctrl_c_ends_chat_without_a_traceback(bot_dir: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        [TEXTBACK, "chat", "mybot"], cwd=tmp_path, env=clean_environment({"PYTHONUNBUFFERED": "1"}),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("Harbor Cycle Works.")
        for _ in range(3):  # Python drops an interrupt that comes while it clears something away
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
                break
        assert process.poll() in (130, 1, -signal.SIGINT)
        assert "Traceback" not in process.stderr.read()


def test_check_finds_nothing_wrong_with_a_good_bot(shell: Shell, bot_dir: Path) -> None:
    assert shell("check", "mybot") == (0, "No problems found.\n", "")


def test_check_names_file_line_and_fix(shell: Shell, bot_dir: Path) -> None:
    (bot_dir / "flows" / "main.yml").write_text(flow("- say: Hi.\n- shout: Hello\n"))
    code, out, err = shell("check", "mybot")
    lines = out.splitlines()
    assert (code, err) == (1, "")
    assert lines[0].startswith("mybot/flows/main.yml:5:")
    assert ": error: " in lines[0]
    assert lines[1].startswith("    ")
    assert lines[-1] == "1 error, 0 warnings"


@pytest.mark.parametrize("command", ["check", "chat", "serve"])
def test_a_folder_that_is_no_bot_is_said_in_one_line(shell: Shell, command: str) -> None:
    code, out, err = shell(command, "nowhere")
    assert (code, out) == (2, "")
    assert one_line(err)
    assert "There is no bot.yml in nowhere." in err


def test_an_api_key_is_shown_once_listed_by_name_and_revoked(shell: Shell) -> None:
    code, key, note = shell("apikey", "add", "crm")
    assert code == 0
    assert key.startswith("tb_")
    assert "can't be shown again" in note
    code, listed, _ = shell("apikey", "list")
    assert (code, listed.split("\t")[0]) == (0, "crm")
    assert key.strip() not in listed
    code, _, err = shell("apikey", "add", "crm")
    assert code == 2
    assert one_line(err)
    code, rotated, note = shell("apikey", "rotate", "crm", "--hours", "2")
    assert code == 0
    assert rotated.startswith("tb_")
    assert rotated != key
    assert "can't be shown again" in note
    assert shell("apikey", "list")[1].split("\t")[1] == f"{rotated[:11]}…"
    assert shell("apikey", "revoke", "crm") == (0, "crm is revoked.\n", "")
    assert shell("apikey", "list") == (0, "", "")
    code, _, err = shell("apikey", "revoke", "crm")
    assert code == 2
    assert one_line(err)


def test_a_user_gets_a_login_link(shell: Shell) -> None:
    code, link, note = shell("user", "add", "Ana@example.com", "--name", "Ana", "--role", "owner")
    assert code == 0
    assert "/login/" in link
    assert "works once" in note
    code, another, _ = shell("user", "link", "ana@example.com")
    assert code == 0
    assert "/login/" in another
    assert another != link
    code, _, err = shell("user", "add", "ana@example.com")
    assert code == 2
    assert one_line(err)
    assert "textback user link ana@example.com" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["apikey", "add", " "],
        ["apikey", "add", "x" * 65],
        ["apikey", "rotate", "nobody"],
        ["apikey", "rotate", "crm", "--hours", "721"],
        ["user", "add", "nobody"],
        ["user", "add", "ana@example.com", "--role", "king"],
        ["user", "link", "ana@example.com"],
        ["apikey", "list", "--database", "mysql://host/name"],
        ["apikey", "list", "--database", "nonsense"],
        ["apikey", "list", "--database", "sqlite:///no/such/folder/x.db"],
        ["apikey", "list", "--database", "postgresql://nobody@127.0.0.1:1/x"],
    ],
    ids=" ".join,
)
def test_a_mistake_ends_in_one_line(shell: Shell, arguments: list[str]) -> None:
    code, out, err = shell(*arguments)
    assert (code, out) == (2, "")
    assert one_line(err)
