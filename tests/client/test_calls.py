"""How a call goes: what is sent, what is tried again and after how long, and what it ends in."""

import json
from collections.abc import Callable

import httpx
import pytest

from textback.client import (
    AsyncTextback,
    BadAnswer,
    Conflict,
    Forbidden,
    InvalidRequest,
    NoAnswer,
    NotFound,
    RateLimited,
    Refused,
    ServerError,
    Textback,
    TextbackError,
    TooSlow,
    Unauthorized,
)
from textback.client.calls import Call, Listing, Page

URL, KEY = "http://localhost:8000", "tb_not-a-real-key"
SENT = {"message_id": "0192f0c1a5e00000a1b2c3d4", "status": "queued", "from": "+12065550100", "to": "+12065550123",
        "text": "Hello."}  # fmt: skip
TOOK = {"data": {"event": "paid", "contact": "0192f0c1a5e00002a1b2c3d4", "trace": "t", "repeated": False}}
TEMPLATES: dict[str, object] = {"data": []}

Move = httpx.Response | Exception


class Script:
    """A server that answers by a script, and keeps what came; `slept` is what was waited."""

    def __init__(self, *moves: Move) -> None:
        self.moves = list(moves)
        self.came: list[httpx.Request] = []
        self.slept: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.came.append(request)
        move = self.moves.pop(0)
        if isinstance(move, Exception):
            raise move
        return move

    async def asleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    @property
    def keys(self) -> list[str | None]:
        """The Idempotency-Key of each request."""
        return [one.headers.get("idempotency-key") for one in self.came]


Ask = Callable[[Textback], object]


def report(client: Textback) -> object:
    """A call that has an Idempotency-Key."""
    return client.events.report(event="paid", to="+12065550123")


def templates(client: Textback) -> object:
    """A call that only reads."""
    return client.templates.list()


def reply(client: Textback) -> object:
    """A call that does something each time."""
    return client.ai.reply(conversation=[{"role": "user", "content": "Hi"}])


async def run(script: Script, ask: Ask, *, waits: bool, retries: int = 3) -> object:
    """Make a call with the one client or the other."""
    transport = httpx.MockTransport(script)
    if waits:
        with Textback(URL, KEY, retries=retries, transport=transport, sleep=script.slept.append) as client:
            return ask(client)
    async with AsyncTextback(URL, KEY, retries=retries, transport=transport, sleep=script.asleep) as other:
        return await ask(other)  # type: ignore[arg-type,misc]  # the same methods, to be awaited


@pytest.fixture(params=[True, False], ids=["waiting", "awaited"])
def waits(request: pytest.FixtureRequest) -> bool:
    """Which of the two clients."""
    found: bool = request.param
    return found


def refused(status: int, code: str = "x", headers: dict[str, str] | None = None, **more: str) -> httpx.Response:
    """A problem."""
    told = {"title": "Bad", "status": status, "code": code, "detail": "It can't be.", **more}
    return httpx.Response(status, json=told, headers=headers)


async def test_it_is_tried_again_with_the_same_key_after_ever_longer(waits: bool) -> None:
    script = Script(
        refused(503), httpx.ReadTimeout("slow"), httpx.ReadError("broken"), httpx.Response(200, json=TOOK)
    )  # fmt: skip
    found = await run(script, report, waits=waits)
    assert getattr(found, "event", "") == "paid"
    assert len(set(script.keys)) == 1
    assert script.keys[0]
    assert [0.25 <= script.slept[0] <= 0.5, 0.5 <= script.slept[1] <= 1, 1 <= script.slept[2] <= 2] == [True] * 3
    assert len({one.content for one in script.came}) == 1


async def test_each_call_has_a_key_of_its_own_and_a_given_one_is_kept(waits: bool) -> None:
    script = Script(*[httpx.Response(200, json=TOOK) for _ in range(3)])
    await run(script, report, waits=waits)
    await run(script, report, waits=waits)
    await run(script, lambda c: c.events.report(event="paid", idempotency_key="mine"), waits=waits)
    assert len(set(script.keys)) == 3
    assert script.keys[2] == "mine"


async def test_what_asks_to_be_left_alone_is_left_alone(waits: bool) -> None:
    script = Script(refused(429, headers={"Retry-After": "7"}), httpx.Response(200, json=TEMPLATES))
    assert await run(script, templates, waits=waits) == []
    assert [7 <= seconds <= 7.5 for seconds in script.slept] == [True]


async def test_what_asks_for_too_long_is_not_waited_for(waits: bool) -> None:
    script = Script(refused(429, "rate_limited", headers={"Retry-After": "3600"}))
    with pytest.raises(RateLimited) as caught:
        await run(script, templates, waits=waits)
    assert (caught.value.retry_after, script.slept) == (3600, [])


async def test_it_gives_up_after_so_many_times(waits: bool) -> None:
    script = Script(*[refused(503, "unavailable") for _ in range(3)])
    with pytest.raises(ServerError) as caught:
        await run(script, templates, waits=waits, retries=2)
    assert (caught.value.status, caught.value.code, len(script.came)) == (503, "unavailable", 3)


@pytest.mark.parametrize("move", [500, httpx.ReadTimeout("slow"), httpx.ReadError("broken")], ids=repr)
async def test_what_may_have_been_done_is_not_done_twice(waits: bool, move: int | Exception) -> None:
    script = Script(refused(move) if isinstance(move, int) else move)
    with pytest.raises((ServerError, NoAnswer)):
        await run(script, reply, waits=waits)
    assert script.slept == []


@pytest.mark.parametrize("move", [429, httpx.ConnectError("no"), httpx.ConnectTimeout("no")], ids=repr)
async def test_what_was_not_done_is_done_again(waits: bool, move: int | Exception) -> None:
    data = {"reply": "Hi", "confidence": 0.9, "sources": [], "intent": "", "escalate_reason": "", "by": "", "flaws": []}
    script = Script(refused(move) if isinstance(move, int) else move, httpx.Response(200, json={"data": data}))
    assert getattr(await run(script, reply, waits=waits), "confidence", 0) == 0.9
    assert len(script.came) == 2


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, InvalidRequest), (401, Unauthorized), (403, Forbidden), (404, NotFound), (409, Conflict),
     (413, InvalidRequest), (415, InvalidRequest), (422, Refused), (418, TextbackError), (302, TextbackError)],
)  # fmt: skip
async def test_a_refusal_is_an_error_of_its_own_with_all_that_it_says(
    waits: bool, status: int, kind: type[TextbackError]
) -> None:
    more = {"field": "to", "rule": "O6", "message_id": "0192f0c1a5e00000a1b2c3d4"}
    script = Script(refused(status, "opted_out", None, **more))
    with pytest.raises(TextbackError) as caught:
        await run(script, report, waits=waits)
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.code, error.detail, error.field) == (status, "opted_out", "It can't be.", "to")
    assert (error.rule, error.message_id) == ("O6", "0192f0c1a5e00000a1b2c3d4")
    assert str(error) == f"It can't be. ({status} opted_out, to, O6)"
    assert script.slept == []


async def test_an_answer_of_something_else_is_said_to_be_one(waits: bool) -> None:
    with pytest.raises(BadAnswer):
        await run(Script(httpx.Response(200, text="<html>Welcome</html>")), templates, waits=waits)
    with pytest.raises(ServerError) as caught:
        await run(Script(httpx.Response(502, text="<html>Bad gateway</html>")), templates, waits=waits, retries=0)
    assert (caught.value.status, caught.value.code) == (502, "")
    with pytest.raises(TooSlow):
        await run(Script(httpx.ReadTimeout("slow")), templates, waits=waits, retries=0)


async def test_a_list_goes_on_where_the_page_before_ended(waits: bool) -> None:
    pages = [{"data": [1, 2], "next_cursor": "a"}, {"data": [], "next_cursor": "b"}, {"data": [3], "next_cursor": None}]
    script = Script(*[httpx.Response(200, json=page) for page in pages])
    wanted: Listing[int] = Listing(Call("GET", "/v1/numbers", Page[int], query={"limit": 2, "open": True}))
    transport = httpx.MockTransport(script)
    if waits:
        with Textback(URL, KEY, transport=transport) as client:
            assert list(client.listed(wanted)) == [1, 2, 3]
    else:
        async with AsyncTextback(URL, KEY, transport=transport) as other:
            assert [one async for one in other.listed(wanted)] == [1, 2, 3]
    asked = [dict(one.url.params) for one in script.came]
    assert asked == [{"limit": "2", "open": "true"}, *({"limit": "2", "open": "true", "cursor": c} for c in "ab")]


async def test_what_is_not_given_is_not_sent_and_what_is_empty_is(waits: bool) -> None:
    script = Script(httpx.Response(200, json=TOOK))
    await run(script, lambda c: c.events.report(event="paid", to="", data={}), waits=waits)
    assert json.loads(script.came[0].content) == {"event": "paid", "to": "", "data": {}}


async def test_parts_of_an_address_can_not_lead_elsewhere(waits: bool) -> None:
    data = {"request": "r", "erased": {}, "opted_out": False, "left": []}
    script = Script(httpx.Response(200, json={"data": data}))
    await run(script, lambda c: c.contacts.erase("../v1/keys?x=/#+1"), waits=waits)
    assert script.came[0].url.raw_path == b"/v1/contacts/..%2Fv1%2Fkeys%3Fx%3D%2F%23%2B1"
    with pytest.raises(ValueError, match="contact is empty"):
        await run(script, lambda c: c.contacts.erase(""), waits=waits)


@pytest.mark.parametrize("url", [f"{URL}/", f"{URL}/v1", f"{URL}/v1/", f" {URL}"])
async def test_an_address_may_be_written_in_several_ways(waits: bool, url: str) -> None:
    script = Script(httpx.Response(200, json=TEMPLATES))
    with Textback(url, KEY, transport=httpx.MockTransport(script)) as client:
        client.templates.list()
        assert KEY not in repr(client)
    assert str(script.came[0].url) == f"{URL}/v1/templates"


@pytest.mark.parametrize(("url", "key"), [("localhost", KEY), ("ftp://localhost", KEY), (URL, ""), (URL, " ")])
def test_an_address_or_a_key_that_is_none_is_refused_at_once(url: str, key: str) -> None:
    with pytest.raises(ValueError, match=r"base_url must|An API key"):
        Textback(url, key)
