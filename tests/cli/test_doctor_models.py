"""textback doctor on language models: keys, names and addresses, and with --online what their makers say."""

import json

import pytest
from aiohttp import web

from tests.engine.talk import BOT, flow
from textback.channels.client import Session
from textback.cli.doctor import _models
from textback.cli.models import Looked, look
from textback.engine.load import load_bot
from textback.engine.persona import Model

KEY = "sk-0123456789"
GPT, CLAUDE, GEMINI, LOCAL = (
    "openai:gpt-4o-mini", "anthropic:claude-haiku-4-5", "google:gemini-2.5-flash", "compatible:qwen3:8b",
)  # fmt: skip


class Makers:
    """All makers on this machine: each answers with `status`, and lists these models."""

    def __init__(self, status: int = 200, *models: str) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._status, self._models = status, models

    async def __aenter__(self) -> dict[str, str]:
        app = web.Application()
        app.router.add_get("/{rest:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return {
            "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{url}/v1", "ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": url,
            "GOOGLE_API_KEY": KEY, "GOOGLE_BASE_URL": url, "MODEL_BASE_URL": f"{url}/v1",
        }  # fmt: skip

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, {name.lower(): value for name, value in request.headers.items()}))
        return web.json_response({"data": [{"id": name} for name in self._models]}, status=self._status)


async def seen(use: str, found: dict[str, str], *, online: bool = True) -> Looked:
    async with Session() as http:
        (looked,) = await look([use, use], found, http if online else None)
    return looked


@pytest.mark.parametrize(
    ("use", "found", "level", "said"),
    [
        (GPT, {"OPENAI_API_KEY": KEY}, "ok", "Its key is set."),
        (GPT, {}, "error", "OPENAI_API_KEY is missing"),
        ("openai:gpt-of-nobody", {"OPENAI_API_KEY": KEY}, "warning", "price is not known"),
        ("mistral:x", {}, "error", "is not a model"),
        (LOCAL, {}, "error", "MODEL_BASE_URL is missing"),
        (LOCAL, {"MODEL_BASE_URL": "http://127.0.0.1:9/v1"}, "ok", "price is not known"),
        (LOCAL, {"MODEL_BASE_URL": "http://example.com/v1"}, "error", "https://"),
    ],
)
async def test_without_asking_anybody(use: str, found: dict[str, str], level: str, said: str) -> None:
    looked = await seen(use, found, online=False)
    assert (looked.use, looked.level) == (use, level)
    assert said in looked.seen
    assert bool(looked.fix) == (level != "ok")
    assert KEY not in json.dumps([looked.seen, looked.fix])


@pytest.mark.parametrize(
    ("use", "path", "header"),
    [(GPT, "/v1/models/gpt-4o-mini", "authorization"), (CLAUDE, "/v1/models/claude-haiku-4-5", "x-api-key"),
     (GEMINI, "/v1beta/models/gemini-2.5-flash", "x-goog-api-key"), (LOCAL, "/v1/models", "")],
)  # fmt: skip
async def test_makers_are_asked_for_the_model(use: str, path: str, header: str) -> None:
    makers = Makers(200, "qwen3:8b")
    async with makers as found:
        assert (await seen(use, found)).level == "ok"
    ((asked, headers),) = makers.asked
    assert asked == path
    assert KEY in headers[header] if header else KEY not in json.dumps(headers)


@pytest.mark.parametrize(
    ("status", "level", "said"),
    [(401, "error", "does not accept the key"), (404, "error", "no such model"), (500, "warning", "HTTP 500")],
)
async def test_what_makers_may_say(status: int, level: str, said: str) -> None:
    async with Makers(status) as found:
        for use in (GPT, CLAUDE, GEMINI, LOCAL):
            looked = await seen(use, found)
            assert (looked.level, said in looked.seen) == (level, True)


async def test_a_local_server_without_the_model() -> None:
    async with Makers(200, "llama3.2") as found:
        looked = await seen(LOCAL, found)
    assert (looked.level, looked.seen) == ("error", "The server has no model of the name qwen3:8b.")
    assert "llama3.2" in looked.fix


async def test_a_server_that_is_away() -> None:
    looked = await seen(LOCAL, {"MODEL_BASE_URL": "http://127.0.0.1:9/v1"})
    assert looked.level == "error"
    assert "could not be asked" in looked.seen


async def test_the_doctor_looks_at_the_models_of_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    bot = load_bot({"bot.yml": BOT, "flows/main.yml": flow("- say: Hi.")})
    assert await _models(bot, {}, None) == []
    assert await _models(None, {}, None) == []
    (finding,) = await _models(WithModel(), {}, None)  # type: ignore[arg-type]
    assert (finding.what, finding.level) == (f"model {GPT}", "error")


class WithModel:
    """As a bot whose bot.yml names a model."""

    model = Model(use=(GPT,))
