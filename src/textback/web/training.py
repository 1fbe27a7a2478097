"""The HTTP API for what the bot knows: programs bring documents and addresses, and see what became of them."""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.text import clean
from textback.core.when import to_iso
from textback.pipeline.publishing import NotPublished
from textback.sources.urls import is_address
from textback.store.trainings import Asked, Document, Training, Trouble
from textback.web.api import answer, read_body, refuse
from textback.web.context import WebContext

MOST_BODY = 2 * 2**20
MOST_URLS, MOST_DOCUMENTS = 20, 500
LONGEST_URL, LONGEST_TEXT = 1_000, 200_000
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

_Text = Annotated[str, Meta(extra_json_schema={"maxLength": LONGEST_TEXT})]


class DocumentBody(msgspec.Struct, forbid_unknown_fields=True):
    """A document: its `name`, and either Markdown as `content`, or a `question` (several ways to ask it are separated
    by |) with its `answer`. One of the same name is replaced."""

    name: Annotated[str, Meta(extra_json_schema={"pattern": f"^{NAME.pattern}$"}, examples=["returns"])]
    content: _Text = ""
    question: _Text = ""
    answer: _Text = ""


class TrainBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /v1/ai/train takes: addresses of websites, up to 20, or documents, up to 500, or both."""

    urls: Annotated[list[str], Meta(examples=[["https://www.example.com/help"]])] = msgspec.field(default_factory=list)
    documents: list[DocumentBody] = msgspec.field(default_factory=list)


class TrainingState(msgspec.Struct, rename={"of_": "of"}):
    """A training: pages and documents `read`, `of` those known so far; what could not be read, or is wrong; the version
    that it was published with, and for one that failed the reason. Times are in ISO 8601."""

    id: str
    status: Literal["queued", "running", "done", "failed"]
    read: int
    of_: int
    problems: tuple[Trouble, ...]
    version: int | None
    reason: str
    created_at: str
    updated_at: str


class TrainingAnswer(msgspec.Struct):
    """A training."""

    data: TrainingState


class ForgottenDocument(msgspec.Struct):
    """A document that was taken away, and the version without it."""

    name: str
    version: int


class ForgottenAnswer(msgspec.Struct):
    """A document that was taken away."""

    data: ForgottenDocument


def _state(one: Training) -> TrainingAnswer:
    found = one.progress
    begun, changed = to_iso(one.created_at), to_iso(one.updated_at)
    version = found.version or None
    return TrainingAnswer(
        TrainingState(one.id, one.state, found.read, found.of, found.problems, version, found.reason, begun, changed)
    )


def _asked(body: TrainBody) -> Asked | Response:
    """What is to be learned, or why it can't be."""
    if not body.urls and not body.documents:
        return refuse(400, "Give urls or documents.", "documents")
    if len(body.urls) > MOST_URLS:
        return refuse(400, f"Give at most {MOST_URLS} addresses at a time.", "urls")
    if len(body.documents) > MOST_DOCUMENTS:
        return refuse(400, f"Give at most {MOST_DOCUMENTS} documents at a time.", "documents")
    for url in body.urls:
        if len(url) > LONGEST_URL or not is_address(url):
            return refuse(400, f"{url[:80]!r} is no web address. Write it like https://www.example.com/help.", "urls")
    documents = []
    for one in body.documents:
        if why := _wrong(one):
            return refuse(400, why, "documents")
        documents.append(Document(one.name, clean(one.content), clean(one.question), clean(one.answer)))
    names = [one.name for one in documents]
    if twice := next((name for name in names if names.count(name) > 1), None):
        return refuse(400, f"Two documents are called {twice}.", "documents")
    return Asked(tuple(dict.fromkeys(body.urls)), tuple(documents))


def _wrong(one: DocumentBody) -> str:
    """What is wrong with a document, in a sentence."""
    if not NAME.fullmatch(one.name):
        return f"A document can't be called {one.name[:80]!r}. Use small letters, digits, - and _, up to 64 of them."
    texts = [text.strip() for text in (one.content, one.question, one.answer)]
    if [bool(text) for text in texts] not in ([True, False, False], [False, True, True]):
        return f"The document {one.name} needs either content, or a question and its answer."
    if max(map(len, texts)) > LONGEST_TEXT:
        return f"The document {one.name} has more than {LONGEST_TEXT:,} characters."
    return ""


async def train(request: Request) -> Response:
    """POST /v1/ai/train: put a training into the queue, and say which: 202."""
    ctx: WebContext = request.app.state.ctx
    body = await read_body(request, TrainBody, MOST_BODY)
    asked = _asked(body) if isinstance(body, TrainBody) else body
    if isinstance(asked, Response):
        return asked
    one = await ctx.trainings.ask(request.state.key_name, asked)
    if one is None:
        return refuse(429, "Too many trainings wait. Ask again when some are done.")
    return answer(202, _state(one))


async def show_training(request: Request) -> Response:
    """GET /v1/ai/train/{id}: how far a training is, or what became of it."""
    ctx: WebContext = request.app.state.ctx
    one = await ctx.trainings.find(request.path_params["id"])
    return refuse(404, "There is no such training.") if one is None else answer(200, _state(one))


async def forget_document(request: Request) -> Response:
    """DELETE /v1/ai/train/documents/{name}: take a document away, and publish a version without it."""
    ctx: WebContext = request.app.state.ctx
    name = request.path_params["name"]
    try:
        version = await ctx.trainings.forget(request.state.key_name, name) if NAME.fullmatch(name) else None
    except NotPublished as why:
        return refuse(409, str(why))
    if version is None:
        return refuse(404, "There is no such document.", "name")
    return answer(200, ForgottenAnswer(ForgottenDocument(name, version)))
