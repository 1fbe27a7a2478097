"""Meta's Graph as WhatsApp needs it: the list of a business account's templates, in pages, and messages that are taken.

The list is shaped as Meta's description of version 23 says of GET /{version}/{business account}/message_templates, and
refuses what that does not know.
"""

import asyncio
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from tests.support.misbehaving import Answer, Misbehaving, Posted, json_of, lower

TOKEN, BUSINESS, NUMBER_ID = "EAAtoken-of-the-examination", "102290129340398", "106540352242922"
APP_SECRET, LINE = "app-secret-of-the-examination", "+12065550100"
KNOWN = {"id", "name", "status", "category", "language", "components", "rejected_reason", "parameter_format"}
"""Fields that a template has."""


def template(
    name: str, body: str, language: str = "en_US", status: str = "APPROVED", *parts: Mapping[str, Any], **more: Any
) -> dict[str, Any]:
    """A template as the list has it."""
    components = [*parts, {"type": "BODY", "text": body}]
    kept = {"name": name, "language": language, "status": status, "category": "UTILITY", "id": f"9{len(body):05}"}
    return {**kept, "components": components, **more}


def changed(name: str, event: str, at: int, language: str = "en_US", **more: Any) -> dict[str, Any]:
    """The body of a webhook that says how a template stands; `at` in seconds."""
    value = {
        "event": event, "message_template_id": 594425479261596, "message_template_name": name,
        "message_template_language": language, "reason": more.pop("reason", "NONE"),
        "message_template_category": "UTILITY",
    }  # fmt: skip
    change = {"field": "message_template_status_update", "value": {**value, **more}}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": more.pop("account", BUSINESS), "time": at, "changes": [change]}],
    }


class FakeGraph(Misbehaving):
    """`templates` are what it lists, so many on a `page`; `asked` are the queries for them, `wrong` what in them is not
    as described; `posts` are the messages."""

    def __init__(self, templates: Sequence[dict[str, Any]] = (), page: int = 100) -> None:
        super().__init__()
        self.templates = list(templates)
        self.page = page
        self.asked: list[dict[str, str]] = []
        self.wrong: list[str] = []
        self.fail: Answer | None = None
        self.app.router.add_get("/v23.0/{account}/message_templates", self._list)
        self.app.router.add_post("/v23.0/{number}/messages", self._message)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)
        self.asked.append(query)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.wrong.append("no token")
        if request.match_info["account"] != BUSINESS:
            self.wrong.append(f"the account {request.match_info['account']}")
        self.wrong += [f"the parameter {name}" for name in set(query) - {"fields", "limit", "after"}]
        fields = set(query.get("fields", "").split(","))
        self.wrong += [f"the field {name}" for name in fields - KNOWN]
        if self.fail is not None:
            return await self.scripted(request, self.fail)
        start = int(query.get("after", "cursor-0").removeprefix("cursor-"))
        size = min(int(query["limit"]), self.page)
        some = self.templates[start : start + size]
        data = [{name: value for name, value in one.items() if name in fields | {"id"}} for one in some]
        end = start + len(some)
        paging: dict[str, Any] = {"cursors": {"before": f"cursor-{start}", "after": f"cursor-{end}"}}
        if end < len(self.templates):
            paging["next"] = f"{self.url}/v23.0/{BUSINESS}/message_templates?after=cursor-{end}"
        answer = web.json_response({"data": data, **({"paging": paging} if some else {})})
        await self._open.wait()  # what it says is as old as the question
        return answer

    async def _message(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        posted = Posted(request.path, lower(request), body, json_of(body))
        taken = {"messages": [{"id": f"wamid.{len(self.posts) + 1}"}], "messaging_product": "whatsapp"}
        return await self.scripted(request, await self.note(posted) or Answer(200, taken))

    def environment(self) -> dict[str, str]:
        """The variables of a line whose Graph this is."""
        return {
            "WHATSAPP_PHONE_NUMBER_ID": NUMBER_ID,
            "WHATSAPP_ACCESS_TOKEN": TOKEN,
            "WHATSAPP_APP_SECRET": APP_SECRET,
            "WHATSAPP_VERIFY_TOKEN": "any-words",
            "WHATSAPP_PHONE_NUMBER": LINE,
            "WHATSAPP_BASE_URL": self.url,
            "WHATSAPP_BUSINESS_ACCOUNT_ID": BUSINESS,
        }


@contextmanager
def fake_graph(templates: Sequence[dict[str, Any]] = ()) -> Iterator[FakeGraph]:
    """One in a thread of its own, for tests without an event loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    fake = FakeGraph(templates)
    try:
        asyncio.run_coroutine_threadsafe(fake.__aenter__(), loop).result(10)
        yield fake
    finally:
        asyncio.run_coroutine_threadsafe(fake.__aexit__(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def written(words: str, id_: str, sender: str) -> dict[str, Any]:
    """The body of a webhook with a contact's text."""
    message = {"from": sender.lstrip("+"), "id": id_, "type": "text", "text": {"body": words}}
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER_ID}, "messages": [message]}
    change = {"field": "messages", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": BUSINESS, "changes": [change]}]}


def signed(said: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a webhook."""
    body = json.dumps(said).encode()
    digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return body, {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}
