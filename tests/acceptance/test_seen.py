"""What can be seen of a served Textback from outside: its log and its metrics, and what must never be in them."""

import asyncio
import json
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance.carrier import Carrier, api_key, environment, idle, rows, write_bot
from tests.support.fake_provider import (
    TELNYX_API_KEY,
    TWILIO_AUTH_TOKEN,
    Answer,
    fake_provider,
    telnyx_status,
    telnyx_text,
    twilio_text,
)
from tests.support.served import Served

ANA, BEN = "+12065550123", "+12065550124"
SECRET_WORDS = "my card is 4111-1111"


def written(lines: list[str]) -> list[dict[str, object]]:
    """The log, every line of which must be one JSON object."""
    return [json.loads(line) for line in lines if line.strip()]


async def test_the_log_has_json_lines_with_a_trace_and_nothing_private(
    http: aiohttp.ClientSession, tmp_path: Path, sqlite_url: str
) -> None:
    """Good and bad webhooks, a provider that fails, an opt-out, a broken turn and a broken database, all at debug."""
    bot = write_bot(tmp_path / "bot")
    arguments = ["serve", str(bot), "--database", sqlite_url, "--port", "0"]
    with fake_provider() as fake:
        env = {**environment(fake), "LOG_LEVEL": "debug", "LOG_JSON": "true", "RECONCILE_MINUTES": "0"}
        with Served(arguments, tmp_path, env) as served:
            carrier = Carrier(http, served.wait_ready().url)
            key = await asyncio.to_thread(api_key, sqlite_url, tmp_path)
            fake.misbehave(Answer(400, {"errors": [{"code": "40310", "title": "no", "detail": f"bad to {ANA}"}]}))
            assert (await carrier.telnyx(telnyx_text(SECRET_WORDS, ANA, "t-1"))).status == 200
            await fake.posted(1)
            assert (await carrier.twilio(twilio_text(SECRET_WORDS, BEN, "SM" + "1" * 32, To="+12065550101"))).status
            body = json.dumps(telnyx_text(SECRET_WORDS, ANA, "t-2")).encode()
            unsigned = await carrier.post("/webhooks/telnyx", body, {"content-type": "application/json"})
            assert unsigned.status == 401
            nobody = telnyx_text(SECRET_WORDS, ANA, "t-3", to=[])
            assert (await carrier.telnyx(nobody)).status == 400
            assert (await carrier.telnyx(telnyx_text("STOP", ANA, "t-4"))).status == 200
            assert (await carrier.telnyx(telnyx_status("delivered", "unheard-of"))).status == 200
            sending = {"to": ANA, "message": SECRET_WORDS}
            async with http.post(
                f"{served.url}/sms/send", json=sending, headers={"authorization": f"Bearer {key}"}
            ) as sent:
                assert sent.status == 403
                traced = (await sent.json())["trace"]
            await idle(sqlite_url)
            # The engine meets a state that it can't read; a table is gone while somebody looks for it.
            rows(sqlite_url, "ALTER TABLE turns RENAME TO no_turns")
            assert (await carrier.telnyx(telnyx_text(SECRET_WORDS, BEN, "t-5"))).status == 200
            await asyncio.sleep(0.6)
            rows(sqlite_url, "ALTER TABLE no_turns RENAME TO turns")
            await idle(sqlite_url)
            ids = {row[0] for row in rows(sqlite_url, "SELECT id FROM arrivals")}
            code = await asyncio.to_thread(served.stop)
            assert code == 0
        log = served.output
    for private in (SECRET_WORDS, "4111", ANA[1:], BEN[1:], "5550123", TELNYX_API_KEY, TWILIO_AUTH_TOKEN, key):
        assert private not in log, private
    events = written(served.lines)
    by_event = {str(event["event"]): event for event in events}
    assert {"listening", "line ready", "webhook refused", "webhook malformed", "text not taken", "turns failed"} <= set(
        by_event
    )
    about_texts = ("arrival stored", "turn taken", "text posted", "text not taken")
    assert {event["trace"] for event in events if event["event"] in about_texts} == ids
    assert traced in ids
    assert all(event["level"] and event["timestamp"] for event in events)


async def test_the_metrics_can_be_parsed_and_count_what_happened(
    http: aiohttp.ClientSession, tmp_path: Path, sqlite_url: str
) -> None:
    bot = write_bot(tmp_path / "bot")
    arguments = ["serve", str(bot), "--database", sqlite_url, "--port", "0"]
    with fake_provider() as fake, Served(arguments, tmp_path, environment(fake)) as served:
        carrier = Carrier(http, served.wait_ready().url)
        key = await asyncio.to_thread(api_key, sqlite_url, tmp_path)
        fake.misbehave(Answer(200, b"not JSON"))
        assert (await carrier.telnyx(telnyx_text("hours", ANA, "t-1"))).status == 200
        await fake.posted(1)
        assert (await carrier.telnyx(telnyx_text("hours", BEN, "t-2"))).status == 200
        await fake.posted(2)
        assert (await carrier.telnyx(telnyx_text("STOP", ANA, "t-3"))).status == 200
        await idle(sqlite_url)
        refused = await http.post(
            f"{served.url}/sms/send",
            json={"to": ANA, "message": "Hi"},
            headers={"authorization": f"Bearer {key}"},
        )
        assert refused.status == 403
        assert (await carrier.post("/webhooks/telnyx", b"{}", {"content-type": "text/plain"})).status == 415
        page = (await carrier.get("/metrics", key)).body.decode()
        loaded = await asyncio.to_thread(Path(f"/proc/{served.process.pid}/maps").read_text)
    assert "httptools" in loaded
    assert "google/_upb" not in loaded  # traces are off: what exports them is not there
    found = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }

    def value(name: str, **labels: str) -> float:
        return found[name, tuple(sorted(labels.items()))]

    assert value("textback_arrivals_total", line="telnyx", kind="message") == 3
    assert value("textback_turns_total", line="telnyx", outcome="spoke") == 3
    assert value("textback_posts_total", line="telnyx", outcome="accepted") == 1
    assert value("textback_posts_total", line="telnyx", outcome="unknown") == 1
    assert value("textback_refused_total", line="telnyx", rule="O6") == 1
    assert value("textback_outbox", state="unknown") == 1
    assert value("textback_outbox", state="queued") == 0
    assert value("textback_inbox_oldest_seconds") == 0
    assert value("textback_breaker_open", line="telnyx") == 0
    assert value("textback_webhooks_total", line="telnyx", outcome="wrong_type") == 1
    assert value("textback_reply_seconds_count", line="telnyx") == 1
    assert value("textback_reply_seconds_bucket", line="telnyx", le="+Inf") == 1
    assert value("textback_batch_size_count", stage="turns") >= 3
