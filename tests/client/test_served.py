"""What docs/api.md shows is what a served program does, and the client's answers are those of one."""

import itertools
import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import httpx
import pytest

from generate.operations import Operation, read
from generate.page import curl
from tests.acceptance.carrier import api_key
from tests.docs.pages import blocks
from tests.docs.pages import read as page
from tests.support.fake_provider import FakeProvider, fake_provider, sign_telnyx, telnyx_text
from tests.support.served import Served, command
from textback.client import AsyncTextback, NotFound, Textback, Unauthorized
from textback.web.openapi import describe
from textback.web.routes import ROUTES

WHO = "+12065550123"
PAGE = page("docs/api.md")
OPERATIONS = {f"{one.method} {one.path}": one for one in read(describe(ROUTES))}
BOT = "bot: Harbor Cycle Works\nhandoff: {queues: [shop], queue: shop, text: A person will answer.}\n"
FLOW = """\
flow: book_visit
start: {keywords: [book]}
steps:
  - ask: service
    text: What do you need?
  - ask: day
    text: Which day?
"""
FILES = {
    "bot.yml": BOT,
    "flows/book.yml": FLOW,
    "templates/all.yml": "visit_reminder: {class: informational, text: 'Harbor Cycles: at {{ at }}, {{ name }}.'}\n",
    "knowledge/faq.md": "Q: When are you open? | Do you fix e-bikes?\nA: We are open from 9 to 18.\n",
}


class Place(NamedTuple):
    """A served Textback and a key that is good for everything."""

    url: str
    key: str
    fake: FakeProvider


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("served")
    for name, text in FILES.items():
        (folder / "bot" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "bot" / name).write_text(text)
    url = f"sqlite:///{folder}/textback.db"
    arguments = ["serve", str(folder / "bot"), "--database", url, "--port", "0"]
    with fake_provider() as fake:
        env = {**fake.environment("telnyx"), "WEBHOOKS_PRIVATE": "127.0.0.1,bot.example.com,www.example.com"}
        with Served(arguments, folder, env) as served:
            served.wait_ready()
            added = command("user", "add", "maya@example.com", "--database", url, folder=folder)
            assert added.returncode == 0, added.stderr
            body = json.dumps(telnyx_text("What is new?", WHO, "m-1")).encode()
            headers = {**sign_telnyx(body, time.time_ns() // 1_000_000), "content-type": "application/json"}
            urllib.request.urlopen(urllib.request.Request(f"{served.url}/webhooks/telnyx", body, headers)).close()
            fake.wait_posted(1)
            yield Place(served.url, api_key(url, folder, "program"), fake)


def ask(place: Place, command: str, env: Mapping[str, str]) -> tuple[int, Any]:
    """What a command of the page gets: the status and the body."""
    done = subprocess.run(
        ["bash", "-c", command.replace("curl -s ", "curl -s -w '\\n%{http_code}' ", 1)],
        env={"PATH": "/usr/bin:/bin", "TEXTBACK_URL": place.url, "TEXTBACK_KEY": place.key, **env},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body) if body else None


#: What makes the thing whose id stands in the addresses of a resource.
MAKES = {"webhooks": "/v1/webhooks", "keys": "/v1/keys", "ai": "/v1/ai/train", "messages": "/v1/messages"}
NAMES = {"flows": "book_visit", "templates": "visit_reminder", "ai": "returns"}


key_number = itertools.count(1).__next__


def ids(place: Place, one: Operation) -> dict[str, str]:
    """What stands for the ids in the address of an operation."""
    with httpx.Client(base_url=place.url, headers={"authorization": f"Bearer {place.key}"}) as http:
        found = http.get(f"/v1/contacts/{WHO}/consent").json()["data"]["contact_id"]
        path = "/v1/messages/bulk" if "bulk" in one.path else MAKES.get(one.resource)
        if path is not None and "$ID" in curl(one):
            body = dict(OPERATIONS[f"POST {path}"].asks)
            if "name" in body:
                body["name"] = f"another {key_number()}"
            made = http.post(path, json=body)
            assert made.status_code < 300, made.text
            found = made.json()["data"]["id"]
        return {"ID": found, "DELIVERY": "0" * 24, "NAME": NAMES.get(one.resource, "")}


EXAMPLES = [key for key, one in OPERATIONS.items() if one.asks is not None or one.body is None]


@pytest.mark.parametrize("key", EXAMPLES)
def test_what_the_page_shows_works(place: Place, key: str) -> None:
    one = OPERATIONS[key]
    assert curl(one) in blocks(PAGE, "sh")
    if key == "DELETE /v1/contacts/{contact}":
        place = place._replace(key="tb_of-nobody")  # the others need the contact
        assert ask(place, curl(one), ids_of_nobody())[0] == 401
        return
    status, body = ask(place, curl(one), ids(place, one))
    assert str(status) in one.statuses, body
    # What an example can't bring about is refused as it says: there is no such flow, delivery or version.
    assert status < 300 or status in (404, 409, 422), body
    done.add(one.resource) if status < 300 else None


def ids_of_nobody() -> dict[str, str]:
    return {"ID": "", "NAME": "", "DELIVERY": ""}


def test_every_resource_has_an_example_that_works(place: Place) -> None:
    assert done == {one.resource for one in OPERATIONS.values()}


done: set[str] = set()

QUICK = [one for one in blocks(PAGE.partition("## In Python")[0], "sh") if one.startswith("curl")]


@pytest.mark.parametrize("place_", range(len(QUICK)))
def test_the_five_minutes_work(place: Place, place_: int) -> None:
    status, body = ask(place, QUICK[place_], {})
    assert status in (200, 201, 202), body
    assert "data" in body


async def test_both_clients_get_the_same_answers(place: Place) -> None:
    with Textback(place.url, place.key) as client:
        names = [one.name for one in client.templates.list()]
        reply = client.ai.reply(conversation=[{"role": "user", "content": "when are you open?"}])
        with pytest.raises(NotFound) as caught:
            client.templates.get("nothing")
    assert names == ["visit_reminder"]
    assert (reply.reply, reply.confidence > 0.8) == ("We are open from 9 to 18.", True)
    assert (caught.value.status, caught.value.code) == (404, "not_found")
    async with AsyncTextback(place.url, place.key) as other:
        assert [one.name for one in await other.templates.list()] == names
        assert await other.ai.reply(conversation=[{"role": "user", "content": "when are you open?"}]) == reply
    with Textback(place.url, "tb_of-nobody") as nobody, pytest.raises(Unauthorized):
        nobody.templates.list()
