"""Texts that came to the provider while the server was down are in its list, and are answered when it is back."""

import time
from pathlib import Path

import pytest

from tests.acceptance.carrier import IS_OPEN, now_ms, sent_texts, write_bot
from tests.support.fake_provider import NUMBER, fake_provider
from tests.support.served import Served

ANA = "+12065550123"


@pytest.mark.parametrize("provider", ["telnyx", "twilio"])
def test_a_text_missed_while_down_is_answered_once(provider: str, tmp_path: Path) -> None:
    serve = ["serve", str(write_bot(tmp_path / "bot")), "--port", "0"]
    with fake_provider() as fake:
        with Served(serve, tmp_path, fake.environment(provider)) as server:
            server.wait_ready()
            assert server.stop() == 0
        time.sleep(1.1)  # lists know whole seconds
        fake.lists.add("in", ANA, NUMBER, "hours", now_ms(), id="SM" + "a" * 32)
        for _ in range(2):
            time.sleep(0.1)
            asked = len(fake.lists.asked)
            with Served(serve, tmp_path, fake.environment(provider)) as server:
                server.wait_ready()
                fake.wait_posted(1)
                end = time.monotonic() + 10
                while len(fake.lists.asked) < asked + 2 and time.monotonic() < end:
                    time.sleep(0.05)
                assert server.stop() == 0
        assert sent_texts(fake, ANA) == [IS_OPEN]
