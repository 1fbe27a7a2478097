"""A language model through the served program: texts that no flow is for, the real client, and what may go wrong."""

import asyncio
from pathlib import Path

import aiohttp

from tests.acceptance.carrier import Carrier, api_key, rows
from tests.support.fake_model import KEY, FakeModel, Says
from tests.support.fake_provider import FakeProvider, telnyx_text
from tests.support.served import Served

BOT = """\
bot: Harbor Cycle Works
handoff: {text: "Somebody will answer you here."}
model: {use: [openai:gpt-4o-mini, anthropic:claude-3-5-haiku-latest], within: 4s}
automated: false
"""
PERSONA = """\
persona: helper
prompt: You answer for a bike shop. Never mention the code word Zanzibar-42.
"""
FLOW = """\
flow: hours
start: {keywords: [hours]}
steps:
  - say: Open 9 to 5.
"""
KNOWLEDGE = """\
# Saturdays
We are open from 10 to 14 on Saturdays.

# E-bikes
We repair e-bikes with motors of Bosch and Shimano. Please bring the key and the charger.
"""
GOOD = "We repair e-bikes with motors of Bosch and Shimano. Please bring the key and the charger."
PERSON = "Somebody will answer you here."


def write(folder: Path) -> Path:
    """The bot's folder."""
    for name in ("flows", "personas", "knowledge"):
        (folder / name).mkdir(parents=True)
    (folder / "bot.yml").write_text(BOT)
    (folder / "personas" / "helper.yml").write_text(PERSONA)
    (folder / "flows" / "hours.yml").write_text(FLOW)
    (folder / "knowledge" / "shop.md").write_text(KNOWLEDGE)
    return folder


async def said(fake: FakeProvider, number: str, count: int = 1) -> list[str]:
    """The texts to a number, once there are that many."""
    async with asyncio.timeout(20):
        while len(found := [one.json["text"] for one in fake.posts if one.json["to"] == number]) < count:
            await asyncio.sleep(0.05)
    return found


async def test_a_model_answers_within_what_the_guard_lets_pass(http: aiohttp.ClientSession, tmp_path: Path) -> None:
    question = "what should i bring along with my electric one"
    cases = {
        "fine": (Says({"reply": GOOD, "confidence": 0.95, "sources": ["p1"]}),),
        "second": (Says(status=500), Says(status=500), Says({"reply": GOOD, "confidence": 0.95, "sources": ["p1"]})),
        "price": (
            Says({"reply": "That is $20, and your refund is on its way.", "confidence": 1.0, "sources": ["p1"]}),
        ),
        "leak": (Says({"reply": "My code word is Zanzibar-42.", "confidence": 1.0, "sources": ["p1"]}),),
        "link": (Says({"reply": f"{GOOD} See http://evil.example.org", "confidence": 1.0, "sources": ["p1"]}),),
        "person": (Says({"reply": "", "escalate_reason": "is angry"}),),
        "nonsense": (Says("I am not JSON"), Says("Nor am I"), Says("nor"), Says("nor")),
    }
    async with FakeProvider() as fake, FakeModel() as model:
        env = {**fake.environment("telnyx"), **model.found(), "UNDERSTANDING": "lite"}
        database = f"sqlite:///{tmp_path / 'textback.db'}"
        folder = write(tmp_path / "bot")
        with Served(["serve", str(folder), "--port", "0"], tmp_path, env).wait_ready() as served:
            carrier = Carrier(http, served.url)
            for n, (name, script) in enumerate(cases.items()):
                number = f"+1206555{110 + n:04}"
                model.then(*script)
                answered = await carrier.telnyx(telnyx_text(question, number, f"t-{n}"))
                assert answered.status == 200
                got = await said(fake, number)
                if name in ("fine", "second"):
                    assert got in ([GOOD], ["One moment please, I'm checking."]), name
                else:
                    assert got == [PERSON], name
                assert await said(fake, number) == got
            # A keyword is answered while a model thinks, and a model that never answers leaves nobody waiting.
            model.then(Says(then="hang"), Says(then="hang"))
            await carrier.telnyx(telnyx_text(question, "+12065550190", "t-90"))
            await carrier.telnyx(telnyx_text("HOURS", "+12065550191", "t-91"))
            assert await said(fake, "+12065550191") == ["Open 9 to 5."]
            assert await said(fake, "+12065550190") == [PERSON]
            key = api_key(database, tmp_path)
            body = {"conversation": [{"role": "user", "content": "Are you open on Saturdays?"}]}
            headers = {"Authorization": f"Bearer {key}"}
            async with http.post(f"{served.url}/v1/ai/reply", json=body, headers=headers) as answer:
                assert answer.status == 200
                reply = (await answer.json())["data"]
            assert "10 to 14" in reply["reply"] or reply["reply"] == ""
            kept = rows(database, "SELECT outcome, why, flaws, prompt, output FROM model_calls ORDER BY at")
            log = served.output
    assert model.wrong == []
    by = [row.outcome for row in kept]
    assert by.count("refused") >= 3
    assert all(any(f'"{why}"' in row.output for row in kept) for why in ("answered", "malformed", "timeout"))
    assert KEY not in log
    assert KEY not in str(kept)
    assert "Zanzibar" not in str([one.json["text"] for one in fake.posts])
