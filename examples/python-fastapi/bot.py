"""A chatbot beside Textback: hears texts by webhook, asks what to answer, sends it, hands over what it is not sure of.

Textback itself sees to STOP and HELP, to people, to order and to delivery; this program only decides what is said.
"""

import asyncio
import logging
import os
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response

from textback.client import AsyncTextback, BadSignature, EventData, verify_webhook

SURE = 0.8  # from which confidence on a reply goes without a person
MEMORY = 20  # texts that are remembered of a conversation
FORGET = 24 * 60 * 60  # seconds after which a silent conversation is forgotten
SEEN = 10_000  # events that are remembered, so that one that comes twice is answered once
HANDED_OVER = "Good question. Somebody from our team will answer you here soon."

log = logging.getLogger("uvicorn.error")


class Conversation:
    """What was said lately, and the texts that wait for their turn."""

    def __init__(self) -> None:
        self.texts: deque[dict[str, str]] = deque(maxlen=MEMORY)
        self.waiting: deque[EventData] = deque()
        self.busy = False
        self.at = 0.0

    def note(self, role: str, content: str) -> None:
        """Remember a text."""
        self.texts.append({"role": role, "content": content})
        self.at = time.monotonic()


class Chatbot:
    """Answers each contact's texts in their order, and all contacts at the same time."""

    def __init__(self, client: AsyncTextback, persona: str = "") -> None:
        self.client = client
        self.persona = {"persona": persona} if persona else {}
        self.conversations: dict[str, Conversation] = {}
        self.seen: OrderedDict[str, None] = OrderedDict()
        self.tasks: set[asyncio.Task[None]] = set()

    def take(self, text: EventData) -> None:
        """Take a text in. One that has come before is left alone."""
        if text.id in self.seen:
            return
        self.seen[text.id] = None
        if len(self.seen) > SEEN:
            self.seen.popitem(last=False)
        self.forget()
        conversation = self.conversations.setdefault(text.from_, Conversation())
        conversation.waiting.append(text)
        if not conversation.busy:
            conversation.busy = True
            task = asyncio.create_task(self.work(conversation))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def forget(self) -> None:
        """Forget conversations in which nothing was said for a day."""
        before = time.monotonic() - FORGET
        old = [who for who, one in self.conversations.items() if not one.busy and one.at < before]
        for who in old:
            del self.conversations[who]

    async def work(self, conversation: Conversation) -> None:
        """Answer what waits, one text after the other."""
        try:
            while conversation.waiting:
                text = conversation.waiting.popleft()
                try:
                    await self.answer(conversation, text)
                except Exception:  # the next one is answered all the same
                    log.exception("Text %s was not answered.", text.id)
        finally:
            conversation.busy = False

    async def answer(self, conversation: Conversation, text: EventData) -> None:
        """Answer one text, or hand it over. The keys keep a text from being answered twice, also after a restart."""
        if text.body.strip().upper() == "STOP":
            return  # Textback has confirmed it, and sends nothing more
        conversation.note("user", text.body)
        if (await self.client.conversations.get(text.conversation_id)).owner.kind != "bot":
            return  # a person has it, or is asked for
        reply = await self.client.ai.reply(conversation=list(conversation.texts), max_length=300, **self.persona)
        if reply.reply and reply.confidence >= SURE:
            await self.client.messages.send(
                to=text.from_, channel="auto", body=reply.reply, idempotency_key=f"reply-{text.id}"
            )
            conversation.note("assistant", reply.reply)
            return
        why = f"{reply.escalate_reason or 'not sure'} ({reply.confidence:.0%}): {reply.reply or 'no reply'}"
        await self.client.conversations.hand_over(
            text.conversation_id, reason=why[:200], ask=text.body, text=HANDED_OVER
        )
        conversation.note("assistant", HANDED_OVER)


async def register(client: AsyncTextback, url: str, secret: str) -> None:
    """Have Textback tell us of texts, unless it does already."""
    async for webhook in client.webhooks.list():
        if webhook.url == url:
            return
    events = ["message.received", "message.failed"]
    await client.webhooks.create(url=url, events=events, secret=secret)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """While the server runs: a client, and a chatbot that uses it."""
    async with AsyncTextback(os.environ["TEXTBACK_URL"], os.environ["TEXTBACK_KEY"]) as client:
        app.state.chatbot = Chatbot(client, os.environ.get("PERSONA", ""))
        if url := os.environ.get("WEBHOOK_URL"):
            await register(client, url, os.environ["WEBHOOK_SECRET"])
        yield
        await asyncio.gather(*app.state.chatbot.tasks)


app = FastAPI(lifespan=lifespan)


@app.post("/webhooks/textback")
async def webhook(request: Request) -> Response:
    """Answer at once; what there is to do is done afterwards."""
    try:
        event = verify_webhook(await request.body(), request.headers, os.environ["WEBHOOK_SECRET"])
    except BadSignature as error:
        return Response(str(error), 401)
    if event.event == "message.received":
        request.app.state.chatbot.take(event.data)
    elif event.event == "message.failed":
        log.warning("Text %s did not arrive: %s", event.data.id, event.raw.get("detail", ""))
    return Response(status_code=200)
