"""The log of events begins when somebody first wants it."""

import time
from pathlib import Path

from tests.web.conftest import running


def test_nothing_is_written_down_until_somebody_asks_and_all_from_then_on(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        site.text(site.phone(), "HOURS")
        assert site.rows("SELECT id FROM events") == []
        program = site.program("late")
        assert program.get("/v1/events").json()["data"] == []
        site.text(site.phone(), "HOURS")
        found: list[str] = []
        for _ in range(100):
            found = [one["event"] for one in program.get("/v1/events").json()["data"]]
            if "message.sent" in found:
                break
            time.sleep(0.05)
        assert found[0] == "message.received"
        assert found.count("message.received") == found.count("message.sent") == 1
