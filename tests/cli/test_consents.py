"""textback consent, suppressions and dnc on the command line: what they print, write and exit with."""

import json
import sqlite3
from pathlib import Path

from tests.support.served import command, commands

HEAD = "number,programme,occurred_at,wording,action,source\n"
LINE = "+12065550123,offers,2026-01-02,Text me offers.,ticked a box,https://example.com\n"


def test_read_in_check_hand_out_and_find_a_change(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(f"{HEAD}{LINE}nobody,,,,,\n")
    (tmp_path / "s.csv").write_text("+12065550124\n")
    each: list[tuple[list[str], dict[str, str]]] = [
        (["consent", "import", "c.csv"], {}),
        (["consent", "import", "c.csv"], {}),
        (["suppressions", "import", "s.csv"], {}),
        (["dnc", "import", "s.csv", "--as-of", "2026-11-01"], {}),
        (["consent", "verify"], {}),
        (["consent", "export", "(206) 555-0123", "--out", "proof"], {}),
        (["consent", "verify", "+12065550199"], {}),
    ]
    read, again, listed, registry, whole, proof, unknown = commands(each, tmp_path)
    assert (read.returncode, read.stdout.split()) == (0, ["1", "agreed", "1", "bad"])
    assert "line 3 has no phone number." in read.stderr
    assert (again.returncode, "nothing is left to do" in again.stderr) == (0, True)
    assert listed.stdout.split() == ["1", "suppressed"]
    assert registry.stdout.split()[:1] == ["1"]
    assert (whole.returncode, whole.stdout) == (
        0, "Checked 1 entries in 1 chains, 0 sealed days: all is as it was written.\n",
    )  # fmt: skip
    files = [tmp_path / name for name in proof.stdout.split()]
    assert [path.suffix for path in files] == [".html", ".json"]
    assert "Text me offers." in files[0].read_text()
    found = json.loads(files[1].read_text())
    assert (found["numbers"], found["chain"]["whole"]) == (["+12065550123"], True)
    assert (unknown.returncode, "Nobody with that number" in unknown.stderr) == (2, True)

    with sqlite3.connect(tmp_path / "textback.db") as db:
        db.execute("DROP TRIGGER consent_events_no_update")
        db.execute("UPDATE consent_events SET wording = 'Text me anything.'")
    broken = command("consent", "verify", folder=tmp_path)
    assert broken.returncode == 1
    assert f"contact {found['contact_id']}, entry 1 ({found['entries'][0]['id']}): it is not as" in broken.stdout
