"""textback chat: actions are only played, unless they are asked for."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from tests.engine.talk import BOT, flow
from tests.support.booking import Booking, Says
from tests.support.fake_model import FakeModel
from tests.support.fake_model import Says as Answers
from tests.support.served import TEXTBACK, clean_environment

STEPS = """
- call: book
  save: booking
  on_error: {say: "No: {{ booking.error }}."}
- say: "Booked {{ booking.ref }}."
"""


@pytest.mark.parametrize("real", [False, True])
async def test_chat_plays_actions_or_really_asks(tmp_path: Path, real: bool) -> None:
    async with Booking({"/": (Says(body={"ref": "R7"}),)}) as other:
        (tmp_path / "flows").mkdir()
        (tmp_path / "flows" / "main.yml").write_text(flow(STEPS))
        header = "headers: {X-Token: '${TOKEN}'}"
        (tmp_path / "bot.yml").write_text(f"{BOT}actions: {{book: {{http: {{url: '{other.url}', {header}}}}}}}\n")
        chat = [str(TEXTBACK), "chat", str(tmp_path), *(["--actions"] if real else [])]
        env = clean_environment({"ACTIONS_PRIVATE": "127.0.0.1", "TOKEN": "kept"})
        run = await asyncio.to_thread(
            lambda: subprocess.run(
                chat, cwd=tmp_path, env=env, input="go\n", capture_output=True, text=True, timeout=60, check=False
            )
        )
    assert run.returncode == 0, run.stderr
    shown = run.stdout.splitlines()
    if real:
        assert '  -- action book: {"ref":"R7"}' in shown
        assert any(line.startswith("bot> Booked R7.") for line in shown)
        assert [one.headers["x-token"] for one in other.asked] == ["kept"]
    else:
        assert "  -- action book is only played; --actions asks for it" in shown
        assert other.asked == []


@pytest.mark.parametrize("real", [False, True])
async def test_chat_really_asks_a_model_where_actions_are_performed(tmp_path: Path, real: bool) -> None:
    async with FakeModel(usual=Answers(answer={"reply": "We repair them.", "sources": []})) as maker:
        for name, text in {
            "flows/main.yml": flow(STEPS.replace("- call: book", "- say: Hi.").split("  save")[0]),
            "bot.yml": f"{BOT}model: {{use: openai:gpt-4o-mini}}\n",
            "personas/helper.yml": "persona: helper\nprompt: You answer for a bike shop.\n",
        }.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        chat = [str(TEXTBACK), "chat", str(tmp_path), *(["--actions"] if real else [])]
        env = clean_environment(maker.found())
        words = "what about zebras?\nand about horses?\n"
        run = await asyncio.to_thread(
            lambda: subprocess.run(
                chat, cwd=tmp_path, env=env, input=words, capture_output=True, text=True, timeout=60, check=False
            )
        )
    assert run.returncode == 0, run.stderr
    if real:
        assert '  -- openai:gpt-4o-mini: {"reply":"We repair them."' in run.stdout
        assert "what about zebras?" in maker.asked[0].words
        assert maker.wrong == []
    else:
        assert "  -- action model is only played; --actions asks for it" in run.stdout
        assert maker.asked == []
