"""The http action: what is asked, where it may go, and what of the answer is kept."""

import ipaddress
from typing import Any

import pytest

from tests.engine.talk import BOT, flow
from tests.support.booking import Booking, Says
from textback.actions.base import Done, Failed, Job
from textback.actions.fetch import Allowed
from textback.actions.performing import Actions
from textback.engine.actions import Action
from textback.engine.load import load_bot

TOKEN = "kept-to-ourselves"
HERE = Allowed(["127.0.0.1"])


def action(http: str, more: str = "") -> Action:
    """The action that bot.yml declares like this."""
    declared = f"{BOT}actions:\n  x: {{http: {http}{more}}}\n"
    return load_bot({"bot.yml": declared, "flows/main.yml": flow("- say: Hi.")}).actions["x"]


async def ask(declared: Action, allowed: Allowed = HERE, timeout: int = 2000, **arguments: Any) -> Done | Failed:
    actions = Actions({"TOKEN": TOKEN, "BROKEN": "a\r\nX-Evil: 1"}, allowed)
    return await actions.perform(declared, Job(arguments, "s.1.1", timeout))


async def test_a_request_has_what_the_author_wrote() -> None:
    async with Booking({"/a b/x?y": (Says(body={"n": 1}),)}) as other:
        http = (
            f"{{url: '{other.url}/{{{{ where }}}}/x%3Fy', method: PUT, headers: {{X-Token: 'is ${{TOKEN}}'}}, "
            "query: {q: '{{ n }}', r: a&b}, "
            "json: {n: '{{ n }}', t: 'the {{ n }}', deep: [{list: '{{ l }}'}], s: '${TOKEN}', yes: true}}"
        )
        assert await ask(action(http), where="a b", n=3, l=["é", None]) == Done({"n": 1})
        (asked,) = other.asked
    assert (asked.method, asked.query) == ("PUT", {"q": "3", "r": "a&b"})
    assert asked.body == {"n": 3, "t": "the 3", "deep": [{"list": ["é", None]}], "s": TOKEN, "yes": True}
    assert asked.headers["x-token"] == f"is {TOKEN}"
    assert asked.headers["idempotency-key"] == "s.1.1"
    assert asked.headers["content-type"] == "application/json"


async def test_what_is_not_said_is_all_arguments() -> None:
    async with Booking({"/": (Says(204),), "/7": (Says(204),)}) as other:
        assert await ask(action(f"'{other.url}'"), a=1, b="x") == Done(None)
        get = action(f"{{url: '{other.url}/{{{{ id }}}}', method: GET}}")
        assert await ask(get, id=7, b="x y") == Done(None)
    assert other.asked[0].body == {"a": 1, "b": "x"}
    assert (other.asked[1].path, other.asked[1].query, other.asked[1].body) == ("/7", {"b": "x y"}, None)


async def test_an_argument_can_not_leave_its_place_in_the_address() -> None:
    async with Booking({"/v/": (Says(),)}) as other:
        declared = action(f"{{url: '{other.url}/v/{{{{ id }}}}', method: GET}}")
        for evil in ("../admin", "a?b=c#d", "${TOKEN}", "a\r\nX-Evil: 1", "\ud800"):
            await ask(declared, id=evil)
        assert isinstance(await ask(declared, id=".."), Failed)
    assert all(one.path.startswith("/v/") and one.query == {} for one in other.asked)
    assert not any("x-evil" in one.headers or TOKEN in one.path for one in other.asked)


@pytest.mark.parametrize(
    ("result", "body", "kept"),
    [
        ("a.b", {"a": {"b": 5}}, 5),
        ("a.1.c", {"a": [0, {"c": "x"}]}, "x"),
        ("a.9", {"a": [0]}, None),
        ("a.b", [1], None),
        ("{ok: free, ref: x.y}", {"free": True}, {"ok": True, "ref": None}),
        ("n", {"n": 10**30}, str(10**30)),
        ("t", {"t": "a\u0000b"}, "ab"),
    ],
)
async def test_a_result_is_what_is_named_of_the_answer(result: str, body: Any, kept: Any) -> None:
    async with Booking({"/": (Says(body=body),)}) as other:
        found = await ask(action(f"'{other.url}'", f", result: {result}"))
    assert found == Done(kept) or (isinstance(found, Done) and str(found.value).replace("\ufffd", "") == kept)


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (Says(500), "retry"),
        (Says(408), "retry"),
        (Says(429), "throttled"),
        (Says(503, headers={"Retry-After": "7"}), "throttled"),
        (Says(503), "retry"),
        (Says(400), "rejected"),
        (Says(404), "rejected"),
        (Says(401), "misconfigured"),
        (Says(301, headers={"Location": "/"}), "misconfigured"),
        (Says(body=b"{"), "unknown"),
        (Says(body=b"NaN"), "unknown"),
        (Says(body=b"\xff"), "unknown"),
        (Says(body=b"[" * 30 + b"]" * 30), "unknown"),
        (Says(body=list(range(6000))), "unknown"),
        (Says(body="x" * 300_000), "unknown"),
        (Says(body={"long": "x" * 9000}), "misconfigured"),
        (Says(hang=True), "unknown"),
    ],
)
async def test_an_answer_that_is_none_says_what_to_do(says: Says, kind: str) -> None:
    async with Booking({"/": (says,)}) as other:
        found = await ask(action(f"'{other.url}'"), timeout=300)
    assert isinstance(found, Failed)
    assert found.kind == kind
    assert found.retry_after == (7.0 if says.headers.get("Retry-After") else None)
    assert len(other.asked) == 1


async def test_where_nobody_answers_it_is_tried_again() -> None:
    assert (await ask(action("'http://127.0.0.1:9'"))).kind == "retry"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["MISSING", "BROKEN"])
async def test_a_secret_that_can_not_be_sent_is_for_the_operator(name: str) -> None:
    async with Booking() as other:
        found = await ask(action(f"{{url: '{other.url}', headers: {{X-Token: '${{{name}}}'}}}}"))
    assert isinstance(found, Failed)
    assert found.kind == "misconfigured"
    assert "Evil" not in found.detail
    assert other.asked == []


async def test_a_name_of_a_private_address_is_not_asked_unless_it_is_allowed() -> None:
    async with Booking({"/": (Says(),)}) as other:
        declared = action(f"'{other.url.replace('127.0.0.1', 'localhost')}'")
        refused = await ask(declared, Allowed())
        assert isinstance(refused, Failed)
        assert refused.kind == "misconfigured"
        assert other.asked == []
        assert await ask(declared, Allowed(["localhost"])) == Done(None)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1", "2002:0a00:0001::1", "::ffff:127.0.0.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not Allowed().allows("api.example.com", ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_addresses_that_are_public(address: str) -> None:
    assert Allowed().allows("api.example.com", ipaddress.ip_address(address))


def test_what_is_allowed_is_only_that() -> None:
    allowed = Allowed(["10.1.0.0/16", "booking.internal", "fd00::/8"])
    assert allowed.allows("x", ipaddress.ip_address("10.1.2.3"))
    assert allowed.allows("x", ipaddress.ip_address("fd00::1"))
    assert allowed.allows("Booking.Internal", ipaddress.ip_address("192.168.0.1"))
    assert not allowed.allows("x", ipaddress.ip_address("10.2.0.1"))
    assert not allowed.allows("not.booking.internal", ipaddress.ip_address("192.168.0.1"))


@pytest.mark.parametrize("name", ["10.0.0.0/33", "a b", "http://x", "10.1.2.3/16"])
def test_what_can_not_be_allowed_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Allowed([name])
