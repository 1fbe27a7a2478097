"""The example chatbots beside a served Textback: a text comes in, the reply goes out, what is unsure is handed over."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.acceptance.carrier import api_key, sent_texts
from tests.examples.programs import ROOT, Program, express_folder, free_port, running, until, uvicorn
from tests.support.fake_provider import FakeProvider, fake_provider, sign_telnyx, telnyx_status, telnyx_text
from tests.support.served import Served
from textback.client import Textback

SECRET = "a secret of our own"
HANDED_OVER = "Good question. Somebody from our team will answer you here soon."
E_BIKES = "We repair e-bikes with motors of Bosch and Shimano."
HOURS = "We are open from 9 to 18, Tuesday to Saturday."
BOT = "bot: Harbor Cycle Works\nanswers: program\nhandoff: {queues: [shop], queue: shop, text: A person will answer.}\n"
KNOWLEDGE = f"""\
Q: Do you fix e-bikes? | do you repair electric bikes
A: {E_BIKES}

Q: What time do you close today? | when are you open | what are your opening hours
A: {HOURS}
"""
PERSONA = "persona: friendly-support\nprompt: You answer for a bike shop.\n"


class Place(NamedTuple):
    """A served Textback with a provider, for all tests of this file; each test has contacts of its own."""

    url: str
    key: str
    fake: FakeProvider
    folder: Path

    def text(self, words: str, sender: str, id_: str) -> None:
        """Somebody texts us."""
        self.hook(telnyx_text(words, sender, id_))

    def hook(self, event: dict[str, Any]) -> None:
        """The provider tells us something."""
        body = json.dumps(event).encode()
        headers = {**sign_telnyx(body, time.time_ns() // 1_000_000), "content-type": "application/json"}
        request = urllib.request.Request(f"{self.url}/webhooks/telnyx", body, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 200

    def said(self, contact: str, count: int) -> list[str]:
        """What a contact was sent, once it is that many texts."""
        texts = lambda: sent_texts(self.fake, contact)  # noqa: E731
        until(lambda: len(texts()) >= count, f"text {count} to {contact}, after {texts()}")
        return texts()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("chatbots")
    for name, file, text in (
        ("knowledge", "faq.md", KNOWLEDGE), ("personas", "support.yml", PERSONA), (".", "bot.yml", BOT),
    ):  # fmt: skip
        (folder / "bot" / name).mkdir(parents=True, exist_ok=True)
        (folder / "bot" / name / file).write_text(text)
    url = f"sqlite:///{folder}/textback.db"
    arguments = ["serve", str(folder / "bot"), "--database", url, "--port", "0"]
    with fake_provider() as fake:
        env = {**fake.environment("telnyx"), "WEBHOOKS_PRIVATE": "127.0.0.1", "WEBHOOK_RETRIES": "1"}
        with Served(arguments, folder, env) as served:
            served.wait_ready()
            yield Place(served.url, api_key(url, folder, "chatbot"), fake, folder)


class Chatbot(NamedTuple):
    """An example that runs: how to begin and end it, and the numbers that its tests may use."""

    start: Callable[[], Program]
    stop: Callable[[], None]
    number: Callable[[int], str]
    hook: str


@pytest.fixture(scope="module", params=["python-fastapi", "javascript-express"])
def chatbot(request: pytest.FixtureRequest, place: Place) -> Iterator[Chatbot]:
    port = free_port()
    hook = f"http://127.0.0.1:{port}/webhooks/textback"
    env = {
        "TEXTBACK_URL": place.url, "TEXTBACK_KEY": place.key, "WEBHOOK_SECRET": SECRET, "WEBHOOK_URL": hook,
        "PERSONA": "friendly-support", "PORT": str(port),
    }  # fmt: skip
    python = request.param == "python-fastapi"
    folder = ROOT / "examples" / request.param if python else express_folder()
    command = uvicorn(port) if python else ["node", "server.js"]
    contexts: list[Any] = []

    def start() -> Program:
        contexts.append(running(command, folder, port, env))
        program: Program = contexts[-1].__enter__()
        with Textback(place.url, place.key) as client:
            until(lambda: [one for one in client.webhooks.list() if one.url == hook], f"the webhook\n{program.output}")
        return program

    def stop() -> None:
        contexts.pop().__exit__(None, None, None)

    start()
    yield Chatbot(start, stop, lambda n: f"+120655501{n + (0 if python else 20):02}", hook)
    stop()
    with Textback(place.url, place.key) as client:
        for one in list(client.webhooks.list()):
            client.webhooks.delete(one.id)


def test_a_text_comes_in_and_the_reply_goes_out(chatbot: Chatbot, place: Place) -> None:
    who = chatbot.number(10)
    place.text("do you fix e-bikes?", who, f"in-{who}")
    assert place.said(who, 1) == [E_BIKES]
    place.text("what time do you close today?", who, f"in2-{who}")
    assert place.said(who, 2) == [E_BIKES, HOURS]


def test_what_is_unsure_is_handed_over_and_left_to_people(chatbot: Chatbot, place: Place) -> None:
    who = chatbot.number(11)
    place.text("zzyzx qwrtp?", who, f"in-{who}")
    assert place.said(who, 1) == [HANDED_OVER]
    with Textback(place.url, place.key) as client:
        [handoff] = [one for one in client.handoffs.list() if one.number == who]
        assert handoff.ask == "zzyzx qwrtp?"
        assert handoff.owner.kind == "nobody"
        place.text("do you fix e-bikes?", who, f"in2-{who}")
        other = chatbot.number(12)
        place.text("do you fix e-bikes?", other, f"in-{other}")  # everybody else is answered meanwhile
        assert place.said(other, 1) == [E_BIKES]
        assert place.said(who, 1) == [HANDED_OVER]


def test_who_opted_out_is_not_answered(chatbot: Chatbot, place: Place) -> None:
    who = chatbot.number(13)
    place.text("do you fix e-bikes?", who, f"in-{who}")
    place.said(who, 1)
    place.text("Stop", who, f"in2-{who}")
    with Textback(place.url, place.key) as client:
        until(lambda: client.contacts.consent(who).opted_out, "the opt-out")
        place.text("do you fix e-bikes?", who, f"in3-{who}")
        other = chatbot.number(14)
        place.text("do you fix e-bikes?", other, f"in-{other}")
        place.said(other, 1)
    assert place.said(who, 1) == [E_BIKES]  # the provider has confirmed it


def test_each_person_is_answered_in_the_order_of_their_texts(chatbot: Chatbot, place: Place) -> None:
    people = [chatbot.number(n) for n in (15, 16, 17)]
    words = ["do you fix e-bikes?", "what time do you close today?"] * 2
    for n, text in enumerate(words):
        for who in people:
            place.text(text, who, f"in{n}-{who}")
    for who in people:
        assert place.said(who, 4) == [E_BIKES, HOURS] * 2


def test_the_same_webhook_twice_gives_one_reply_also_after_a_restart(chatbot: Chatbot, place: Place) -> None:
    who = chatbot.number(18)
    place.text("do you fix e-bikes?", who, f"in-{who}")
    place.said(who, 1)
    with Textback(place.url, place.key) as client:
        [hook] = [one.id for one in client.webhooks.list() if one.url == chatbot.hook]
        conversation = client.contacts.get(who).id
        until(lambda: told(client, hook, conversation, 1), "the delivery")
        for again in (2, 3):
            if again == 3:
                chatbot.stop()
                chatbot.start()
            client.webhooks.redeliver(hook, told(client, hook, conversation, again - 1)[0])
            until(partial(told, client, hook, conversation, again), "the same event again")
            other = chatbot.number(18 + again)
            place.text("do you fix e-bikes?", other, f"in-{other}")
            place.said(other, 1)
    assert place.said(who, 1) == [E_BIKES]


def told(client: Textback, hook: str, conversation: str, times: int) -> list[str]:
    """The deliveries that told of a conversation's text, once that many are done."""
    mine = [one for one in client.webhooks.deliveries(hook, state="done") if one.conversation_id == conversation]
    found = [one.id for one in mine if one.event == "message.received"]
    return found if len(found) >= times else []


def test_what_somebody_else_posts_is_refused(chatbot: Chatbot, place: Place) -> None:
    body = json.dumps({"event": "message.received", "data": {"id": "x", "from": chatbot.number(19), "body": "hi"}})
    for headers in ({}, {"X-SenderZ-Signature": f"sha256={'0' * 64}"}, {"X-SenderZ-Signature": "sha256="}):
        request = urllib.request.Request(chatbot.hook, body.encode(), {**headers, "content-type": "application/json"})
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=20)
        assert caught.value.code == 401
        caught.value.close()


def test_a_program_written_for_a_hosted_api_works_against_this_address(place: Place) -> None:
    """It signs JSON.stringify of the parsed body, and sends {to, channel: "auto", body}."""
    with Textback(place.url, place.key) as client:
        for one in list(client.webhooks.list()):  # nobody else is to answer
            client.webhooks.delete(one.id)
    port, who = free_port(), "+12065550190"
    env = {"API": place.url, "KEY": place.key, "SECRET": SECRET, "PORT": str(port), "PERSONA": "friendly-support"}
    with running(["node", "guide.js"], express_folder(), port, env) as program:
        until(lambda: "ready" in program.output, f"its webhook\n{program.output}")
        place.text('Do you fix e-bikes? \U0001f6b2 caf\u00e9 \u2028 \u05d0 \\ "', who, f"in-{who}")
        assert place.said(who, 1) == [E_BIKES], program.output
        place.text("zzyzx qwrtp?", who, f"in2-{who}")
        assert place.said(who, 2)[1] == "Let me ask a colleague. They will write to you here.", program.output
        provider_id = next(id_ for id_, one in place.fake.taken.items() if who in str(one.fields().get("to")))
        place.hook(telnyx_status("delivered", provider_id, to=[{"phone_number": who, "status": "delivered"}]))
        until(lambda: "told message.delivered" in program.output, f"news of the delivery\n{program.output}")
        assert "told message.received +12065550100 sms default" in program.output
        assert "failed" not in program.output
