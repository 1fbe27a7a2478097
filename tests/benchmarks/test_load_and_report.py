"""The benchmark counts what it says it counts: losses and doubles are seen, and sums are right."""

import asyncio
import base64
import hashlib
import hmac
import time
from typing import Any

import pytest
from nacl.signing import SigningKey

from benchmarks import model_road, models, report, scale, tables
from benchmarks.fill import made
from benchmarks.load import EXPECTED, Job, Provider, Run, execute, percentile, texts
from benchmarks.profiling import by_room
from benchmarks.soak import slope, verdict
from benchmarks.texts import Crowd, known, secret_of, stranger
from textback.channels.base import Webhook
from textback.channels.client import Session
from textback.channels.telnyx import Telnyx
from textback.core.ids import bucket_of
from textback.engine.arrivals import Message

ANA, BEN = "+12065550123", "+12065550124"
KEY = bytes(range(32))


class Bot:
    """A server that acknowledges every text; `answers` says how often it answers the n-th."""

    def __init__(self, holder: list[Run], answers: dict[int, int]) -> None:
        self._holder = holder
        self._answers = answers
        self._came = 0
        self.tasks: set[asyncio.Task[Any] | None] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(asyncio.current_task())
        while head := await _head(reader):
            body = (await reader.readexactly(int(head["content-length"]))).decode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            sender = body.split('"phone_number": "', 1)[1].split('"', 1)[0]
            for _ in range(self._answers.get(self._came, 1)):
                self._holder[0].replied(sender, EXPECTED)
            self._came += 1
        writer.close()
        await writer.wait_closed()


async def _head(reader: asyncio.StreamReader) -> dict[str, str]:
    lines: list[str] = []
    while (line := (await reader.readline()).decode().strip()) or not lines:
        if not line:
            return {}
        lines.append(line)
    return {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}


async def load(answers: dict[int, int], monkeypatch: pytest.MonkeyPatch, rate: float = 0.0) -> dict[str, Any]:
    async def at_once(*_: object) -> None:
        """Nothing more comes, so there is nothing to wait for."""

    monkeypatch.setattr("benchmarks.load.settle", at_once)
    holder: list[Run] = [Run()]
    bot = Bot(holder, answers)
    server = await asyncio.start_server(bot.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    job = Job(KEY, "/webhooks/telnyx", [port], 6, rate, 2, "t", crowd=Crowd(3))
    result = await execute(job, holder)
    await asyncio.gather(*[task for task in bot.tasks if task is not None])
    server.close()
    return result


@pytest.mark.parametrize("rate", [0.0, 1000.0])
async def test_all_texts_answered_once(rate: float, monkeypatch: pytest.MonkeyPatch) -> None:
    result = await load({}, monkeypatch, rate)
    assert (result["sent"], result["lost"], result["doubled"], result["refused"]) == (6, 0, 0, 0)


async def test_a_text_without_an_answer_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await load({2: 0, 4: 0}, monkeypatch))["lost"] == 2


async def test_a_second_answer_is_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    result = await load({5: 2}, monkeypatch)
    assert (result["lost"], result["doubled"]) == (0, 1)


def test_an_answer_is_matched_with_the_oldest_text_of_its_sender() -> None:
    run = Run()
    for number in (ANA, ANA, BEN):
        run.goes(number, 0.0)
    for number in (BEN, ANA, BEN):
        run.replied(number, EXPECTED if number == ANA else "Something else.")
    assert (len(run.replies), run.doubled, run.wrong) == (2, 1, 2)


def test_the_provider_tells_an_ai_question_from_a_send() -> None:
    run = Run()
    run.goes(ANA, 0.0)
    answers = []

    class Transport(asyncio.Transport):
        def is_closing(self) -> bool:
            return False

        def write(self, data: Any) -> None:
            answers.append(bytes(data))

    provider = Provider(run)
    provider.connection_made(Transport())
    for path, body in ((b"/ai/reply", b"{}"), (b"/messages", b'{"to":"%s","body":"%s"}' % (ANA.encode(), b"x"))):
        provider.data_received(b"POST %s HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (path, len(body), body))
    assert EXPECTED.encode() in answers[0]
    assert (len(run.replies), run.wrong) == (1, 1)


def job(scheme: str) -> Job:
    return Job(KEY, "/webhooks/telnyx", [0], 1, 0.0, 1, "t", scheme=scheme)  # type: ignore[arg-type]


def parts(request: bytes) -> tuple[dict[str, str], bytes]:
    head, body = request.split(b"\r\n\r\n", 1)
    return {k.lower(): v for k, v in (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])}, body


async def test_texts_are_signed_as_telnyx_does() -> None:
    headers, body = parts(next(texts(job("telnyx")))[1])
    public = base64.b64encode(bytes(SigningKey(KEY).verify_key)).decode()
    http = Session()
    line = Telnyx("+12065550100", {"api_key": "k", "public_key": public}, http)
    webhook = Webhook("POST", "http://bot.example.com/", "", headers, body)
    line.verify(webhook, time.time_ns() // 1_000_000)
    assert [arrival.text for arrival in line.parse(webhook) if isinstance(arrival, Message)] == ["hours"]
    await http.close()


def test_texts_for_the_express_example_carry_an_hmac_of_their_body() -> None:
    headers, body = parts(next(texts(job("express")))[1])
    expected = hmac.new(secret_of(KEY).encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-signature"] == f"sha256={expected}"


def test_a_crowd_is_drawn_evenly_and_meets_strangers() -> None:
    drawn = list(Crowd(100, seed=1, strangers=0.25, first_stranger=7).numbers(4000))
    strangers = [number for number in drawn if number >= stranger(0)]
    assert strangers == [stranger(7 + n) for n in range(len(strangers))]
    assert 0.2 < len(strangers) / len(drawn) < 0.3
    assert {*drawn} - {*strangers} == {known(n) for n in range(100)}
    assert known(999_999) < stranger(0)


def test_windows_have_their_own_latencies() -> None:
    run = Run()
    for at, took in ((1.0, 0.010), (2.0, 0.030), (61.0, 0.5), (62.0, 0.5)):
        run.replied_at.append(at)
        run.replies.append(took)
    first, second = run.windows(0.0, 60.0)
    assert first["replies"] == 2
    assert [first["max_ms"], second["p50_ms"]] == pytest.approx([30, 500])
    assert percentile([], 0.5) == 0.0


def result(rate: float, **more: Any) -> dict[str, Any]:
    counts = dict.fromkeys(("lost", "doubled", "wrong", "refused"), 0)
    slow = {"slow_round_trips_per_second": rate, "ack_p99_ms": 1.0, "reply_p99_ms": 1.0, "rss_mb": 1.0}
    return {"round_trips_per_second": rate, "cpu_ms_per_message": 1.0, **slow, **counts, **more}


def test_targets_are_eight_times_flask_and_one_time_express() -> None:
    good = {"sqlite": result(800), "peer": result(100), "express": result(800), "ceiling": result(1600)}
    assert report.missed(good) == []
    assert len(report.missed({**good, "peer": result(101)})) == 2  # at both speeds of the provider
    assert len(report.missed({**good, "express": result(801)})) == 2
    assert report.missed({**good, "peer": result(100, lost=1)}) == [f"{report.NAMES['peer']}: 1 lost"]
    assert "50%" in report.ceiling(good)


def test_soak_sees_growth_and_slowness() -> None:
    assert slope([3.0, 5.0, 7.0]) == 2.0
    good = {"lost": 0, "doubled": 0, "wrong": 0, "refused": 0, "reply_p99_ms": 150.0}
    good |= {"memory_mb_per_minute": 1.0, "queue_per_minute": 0.0}
    assert verdict(good) == []
    assert len(verdict({**good, "memory_mb_per_minute": 1.1})) == 1
    assert len(verdict({**good, "queue_per_minute": 11.0, "reply_p99_ms": 151.0, "lost": 1})) == 3


def node(cpu: float, statements: float) -> dict[str, Any]:
    counts = dict.fromkeys(("lost", "doubled", "wrong", "refused"), 0)
    shared = {"nodes": 1, "postgres_cpu_ms_per_message": 0.5, "wal_bytes": 5000.0, **counts}
    return {**shared, "cpu_ms_per_message": cpu, "statements": statements}


def test_several_nodes_may_cost_a_third_more() -> None:
    assert tables.missed("nodes", {"one": node(0.5, 1.0), "several": node(0.8, 1.3)}) == []
    assert len(tables.missed("nodes", {"one": node(0.5, 1.0), "several": node(0.9, 1.4)})) == 2


def test_capacity_is_what_the_nearest_limit_leaves() -> None:
    cost = {"cpu_ms_per_message": 0.5, "wal_bytes": 1000.0, "fsyncs": 0.1, "stored_bytes": 2000.0}
    found = {
        "latest": {"sqlite": {"round_trips_per_second": 1500.0}},
        "cost": {"sqlite": {"flat_out": cost}, "postgres": {"flat_out": cost}},
        "nodes": {"several": {"postgres_cpu_ms_per_message": 0.4, "wal_bytes": 8000.0, "cpu_ms_per_message": 1.0}},
    }
    small, primary, spread = scale.setups(found)
    assert small.limit.rate == 1500.0  # less than 2,000 by CPU and 20,000 by fsyncs
    assert small.per_day == 1500.0 * scale.BUSY * 3600 / scale.PEAK_HOUR
    assert primary.limit.name == "fsyncs"
    assert spread.limit.rate == primary.limit.rate * scale.WORKERS
    assert primary.nodes == 20


def test_stacks_are_counted_by_the_innermost_room() -> None:
    base = "run (/x/uvicorn/server.py)"
    raw = "\n".join(
        [
            f"{base};Webhooks._accept (/x/textback/web/webhooks.py);Telnyx.verify (/x/textback/channels/telnyx.py) 3",
            "Turns.run (/x/textback/pipeline/turn.py);segments (/x/textback/core/text.py) 4",
            "_Lane._commit (/x/textback/store/db.py);fdatasync (libc.so.6) 5",
            "_Lane._run (/x/textback/store/db.py);take_gil (libpython) 6",
            f"{base} 7",
        ]
    )
    assert by_room(raw) == {"verify": 3, "turn": 4, "disk": 5, "server": 7}


def test_filled_rows_are_the_roads_for_somebody_else() -> None:
    home, id_, start = "aa" * 12, "1a1fddd0c92000006f9f2948", 0x1A1FDDD0C92
    shape = {
        "addresses": [{"identifier": ANA, "bucket": 170, "contact_id": home}],
        "contacts": [{"bucket": 170, "id": home, "name": None, "created_at": start}],
        "turns": [{"bucket": 170, "contact_id": home, "id": id_, "at": start + 5, "events": f'{{"at":{start + 7}}}'}],
    }
    rows = [row for batch in made([shape, shape], 2, copy=False) for table in batch for row in table]
    lines = [row for batch in made([shape, shape], 2, copy=True) for table in batch for row in table]
    addresses, contacts, turns = rows[:2], rows[2:4], rows[4:]
    assert {row[0] for row in addresses} == {known(0), known(1)}
    for address, contact, turn in zip(addresses, contacts, turns, strict=True):
        assert address[2] == contact[1] == turn[1] != home
        assert address[1] == contact[0] == turn[0] == bucket_of(address[2])
        created = contact[3]
        assert (int(turn[2][:11], 16), turn[3], turn[4]) == (created, created + 5, f'{{"at":{created + 7}}}')
    assert len({turn[2] for turn in turns}) == 2
    assert lines[2].split("\t")[2] == r"\N"


def test_what_a_reply_of_a_model_costs_is_shown_and_held_to_its_target() -> None:
    measured = {
        "calls": 300, "in_flight": 50, "overhead_p50_ms": 6.9, "overhead_p99_ms": 30.4, "burst_p99_ms": 210.0,
        "cpu_ms": 3.2, "lag_p50_ms": 0.1, "lag_p99_ms": 4.6, "idle_lag_p99_ms": 2.1,
    }  # fmt: skip
    shown = models.table({"models": measured})
    for cell in ("50 calls in flight", "6.9 / 30.4", "210", "0.1 / 4.6", "3.2"):
        assert cell in shown
    assert models.missed({"models": measured}) == ["models: overhead_p99_ms is 30.4, over 30"]


def test_what_a_models_reply_costs_through_the_program_is_shown_and_held_to_its_target() -> None:
    def measured(slower: float) -> dict[str, Any]:
        pairs = {"road": (21.0, 28.4), "busy_road": (22.0, 33.0), "others_alone": (4.1, 8.0), "others": (4.3, 9.5)}
        found: dict[str, Any] = {"texts": 300, "calls_in_flight": 50, "cpu_ms": 19.9, "disk_max_ms": 41.0}
        found |= {"all_road_p99_ms": [28.4, 27.0, 31.2], "all_stolen": [0.0, 0.004, 0.021]}
        for name, (p50, p99) in {**pairs, "disk": (0.5, 6.0)}.items():
            found |= {f"{name}_p50_ms": p50 + slower, f"{name}_p99_ms": p99 + slower}
        return found

    results = {"disk": measured(2.0), "memory": measured(0.0)}
    shown = model_road.table(results)
    for cells in (
        "50 calls in flight",
        "23.0 / 30.4 | 21.0 / 28.4 | 30",
        "6.1 / 10.0 | 4.1 / 8.0",
        "0.5 / 6.0 / 41",
        "28, 27, 31",
        "0%, 0%, 2%",
    ):
        assert cells in shown
    assert model_road.missed(results) == ["road, files on the disk: road_p99_ms is 30.4, over 30"]
