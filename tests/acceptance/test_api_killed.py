"""A server that is killed while programs send: what it had accepted goes, once, and so does what is asked for again."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.carrier import api_key, environment, idle, rows, sent_texts, write_bot
from tests.support.fake_provider import FakeProvider
from tests.support.served import Served

NUMBERS = [f"+1206555{last:04}" for last in range(110, 134)]


@pytest.mark.parametrize(
    "point", ["accept.received", "accept.stored", "accept.committed", "turn.written", "turn.committed"]
)
async def test_what_a_program_sent_goes_once_although_the_server_dies(
    http: aiohttp.ClientSession, tmp_path: Path, point: str
) -> None:
    database = f"sqlite:///{tmp_path / 'textback.db'}"
    folder = write_bot(tmp_path / "bot")
    accepted: set[str] = set()

    async def ask(url: str, key: str, to: str) -> int:
        body = {"to": to, "body": f"Corner Cafe: order {to[-3:]} is ready.", "class": "informational"}
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"order-{to}"}
        try:
            async with http.post(f"{url}/v1/messages", json=body, headers=headers) as answer:
                if answer.status == 202:
                    accepted.add(to)
                return answer.status
        except aiohttp.ClientError:
            return 0

    async with FakeProvider() as fake:
        env = environment(fake, "telnyx") | {"LEASE_SECONDS": "2", "RECONCILE_MINUTES": "0"}
        served = Served(["serve", str(folder), "--port", "0"], tmp_path, env | {"TEXTBACK_FAULT": f"{point}:3"})
        served.wait_ready()
        try:
            key = await asyncio.to_thread(api_key, database, tmp_path)
            said: list[int] = []
            for to in NUMBERS:
                await idle(database)  # so that it dies at this text's own point, and at no other's delivery
                said.append(await ask(served.url, key, to))
                if not said[-1]:
                    break
            assert said[-1] == 0, "it did not die"
            assert await asyncio.to_thread(served.process.wait, 20) == -9
        finally:
            served.kill()
        before = set(accepted)
        again = Served(["serve", str(folder), "--port", "0"], tmp_path, env).wait_ready()
        try:
            for to in NUMBERS:  # whoever got no answer asks again, and so do those who did
                assert await ask(again.url, key, to) == 202
            await idle(database)
        finally:
            assert again.stop() == 0, again.output
        for to in NUMBERS:
            assert len(sent_texts(fake, to)) == 1, to
        assert before <= accepted == set(NUMBERS)
        assert rows(database, "SELECT count(*) FROM messages WHERE direction = 'out'") == [(len(NUMBERS),)]
