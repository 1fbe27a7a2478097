"""Texts that came to the provider while the server was down are in its list, and are answered when it is back."""

import time
from pathlib import Path

import pytest

from tests.acceptance.carrier import IS_OPEN, environment, write_bot
from tests.support.fake_provider import NUMBER, fake_provider
from tests.support.served import Served

ANA, BEN = "+12065550123", "+12065550124"


@pytest.mark.parametrize("provider", ["telnyx", "twilio"])
def test_a_text_missed_while_down_is_answered_once(provider: str, tmp_path: Path) -> None:
    write_bot(tmp_path)
    with fake_provider() as fake:
        env = {**fake.environment(provider), "RECONCILE_MINUTES": "10"}
        serve = ["serve", "bot", "--port", "0"]
        with Served(serve, tmp_path, env) as server:
            server.wait_ready()
            assert server.stop() == 0
        time.sleep(1.1)  # lists know whole seconds
        now = time.time_ns() // 1_000_000
        fake.lists.add("in", ANA, NUMBER, "hours", now, id="SM" + "a" * 32)
        fake.lists.add("in", BEN, NUMBER, "hours", now - 2 * 3_600_000, id="SM" + "b" * 32)
        for _ in range(2):
            time.sleep(0.1)
            with Served(serve, tmp_path, env) as server:
                server.wait_ready()
                fake.wait_posted(1)
                assert server.stop() == 0
        assert [(post.fields().get("to") or post.fields()["To"]) for post in fake.posts] == [ANA]
