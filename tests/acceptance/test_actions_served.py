"""Actions through the served program: a flow asks another system, waits for it, and goes on with what it says."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.carrier import Carrier, api_key, rows
from tests.support.booking import Booking, Says
from tests.support.fake_provider import FakeProvider, telnyx_text
from tests.support.served import Served, command

BOT = """\
bot: Oak Dental
handoff: {{queues: [desk], queue: desk, text: "Somebody will answer you here."}}
actions:
  book:
    http:
      url: "{url}/book/{{{{ slot }}}}"
      headers: {{Authorization: "Bearer ${{BOOKING_TOKEN}}"}}
      json: {{slot: "{{{{ slot }}}}", note: "for {{{{ slot }}}}", ours: true}}
    timeout: 1s
    retries: 1
    result: {{ref: booking.ref}}
  inside: {{http: {{url: "http://169.254.169.254/latest"}}, timeout: 1s, retries: 1}}
"""
FLOW = """\
flow: book
start: {keywords: [book]}
steps:
  - ask: slot
    text: When?
  - call: book
    with: {slot: "{{ slot }}"}
    save: booking
    on_error:
      - say: "No: {{ booking.error }}."
  - say: "Booked, {{ booking.ref }}."
"""
INSIDE = """\
flow: inside
start: {keywords: [inside]}
steps:
  - call: inside
    save: got
    on_error: {say: "No: {{ got.error }}."}
  - say: "It got in."
"""
TOKEN = "kept-to-ourselves"
FINE = Says(body={"booking": {"ref": "R1"}, "more": [1, 2]})


def write(folder: Path, url: str) -> Path:
    """The bot's folder; its booking system is at this address."""
    (folder / "flows").mkdir(parents=True)
    (folder / "bot.yml").write_text(BOT.format(url=url))
    (folder / "flows" / "book.yml").write_text(FLOW)
    (folder / "flows" / "inside.yml").write_text(INSIDE)
    return folder


def env(fake: FakeProvider, **more: str) -> dict[str, str]:
    return {**fake.environment("telnyx"), "BOOKING_TOKEN": TOKEN, "ACTIONS_PRIVATE": "127.0.0.1", **more}


async def said(fake: FakeProvider, number: str, count: int) -> list[str]:
    """The texts to a number, once there are that many."""
    async with asyncio.timeout(20):
        while len(found := [one.json["text"] for one in fake.posts if one.json["to"] == number]) < count:
            await asyncio.sleep(0.05)
    return found


async def test_what_another_system_says_comes_back_into_the_conversation(
    http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    cases = {
        "monday": ((FINE,), "Booked, R1.", 1),
        "refused": ((Says(409, {"why": "taken"}),), "No: rejected.", 1),
        "broken": ((Says(500), FINE), "Booked, R1.", 2),
        "busy": ((Says(429, headers={"Retry-After": "0"}), FINE), "Booked, R1.", 2),
        "silent": ((Says(hang=True),), "No: unknown.", 2),
        "garbage": ((Says(body=b"<html>"),), "No: unknown.", 2),
        "deep": ((Says(body=b"[" * 5000 + b"]" * 5000),), "No: unknown.", 2),
        "long": ((Says(body="x" * 300_000),), "No: unknown.", 2),
        "moved": ((Says(302, headers={"Location": "/book/monday"}),), "No: misconfigured.", 1),
        "locked": ((Says(401),), "No: misconfigured.", 1),
    }
    async with FakeProvider() as fake, Booking() as booking:
        booking.script = {f"/book/{slot}": answers for slot, (answers, _, _) in cases.items()}
        folder = write(tmp_path / "bot", booking.url)
        database = f"sqlite:///{tmp_path / 'textback.db'}"
        served = Served(["serve", str(folder), "--port", "0"], tmp_path, env(fake)).wait_ready()
        try:
            carrier = Carrier(http, served.url)

            async def talk(number: str, *texts: str) -> None:
                for place, text in enumerate(texts):
                    answered = await carrier.telnyx(telnyx_text(text, number, f"{number}-{place}"))
                    assert answered.status == 200
                    await said(fake, number, place + 1)

            numbers = {slot: f"+1206555012{n}" for n, slot in enumerate(cases)}
            await asyncio.gather(*[talk(number, "book", slot) for slot, number in numbers.items()])
            for slot, (_, answer, times) in cases.items():
                assert (await said(fake, numbers[slot], 2))[1:] == [answer], slot
                asked = booking.of(f"/book/{slot}")
                assert len(asked) == times, slot
                assert len({one.key for one in asked}) == 1
                assert asked[0].body == {"slot": slot, "note": f"for {slot}", "ours": True}
                assert asked[0].headers["authorization"] == f"Bearer {TOKEN}"
            await talk("+12065550140", "inside")
            assert await said(fake, "+12065550140", 1) == ["No: misconfigured."]
            metrics = (await carrier.get("/metrics", api_key(database, tmp_path))).body.decode()
        finally:
            assert served.stop() == 0, served.output
        assert TOKEN not in served.output
        assert 'textback_jobs_total{action="book",outcome="rejected"} 1.0' in metrics
        listed = command("dead", "list", "--kind", "job", folder=tmp_path, env=env(fake)).stdout
        assert sorted(line.split("\t")[5].split()[0] for line in listed.splitlines()) == [
            "misconfigured", "misconfigured", "misconfigured", "unknown", "unknown", "unknown", "unknown"
        ]  # fmt: skip
        assert TOKEN not in listed
        assert rows(database, "SELECT state, count(*) FROM jobs GROUP BY state") == [("dead", 7)]


@pytest.mark.parametrize("point", ["perform.performed"])
async def test_a_server_that_dies_at_a_job_does_it_again_under_the_same_key(
    http: aiohttp.ClientSession, tmp_path: Path, point: str
) -> None:
    async with FakeProvider() as fake, Booking({"/book/monday": (FINE,)}) as booking:
        folder = write(tmp_path / "bot", booking.url)
        faulty = env(fake, TEXTBACK_FAULT=f"{point}:1", LEASE_SECONDS="2")
        served = Served(["serve", str(folder), "--port", "0"], tmp_path, faulty).wait_ready()
        try:
            carrier = Carrier(http, served.url)
            for place, text in enumerate(("book", "monday")):
                assert (await carrier.telnyx(telnyx_text(text, message_id=f"m-{place}"))).status == 200
                if not place:
                    await said(fake, "+12065550123", 1)
            assert await asyncio.to_thread(served.process.wait, 20) == -9
        finally:
            served.kill()
        before = len(booking.asked)
        again = Served(["serve", str(folder), "--port", "0"], tmp_path, env(fake, LEASE_SECONDS="2")).wait_ready()
        try:
            assert await said(fake, "+12065550123", 2) == ["When?", "Booked, R1."]
        finally:
            assert again.stop() == 0, again.output
        assert len(booking.asked) == before + 1
        assert len({one.key for one in booking.asked}) == 1
        assert rows(f"sqlite:///{tmp_path / 'textback.db'}", "SELECT count(*) FROM jobs") == [(0,)]
