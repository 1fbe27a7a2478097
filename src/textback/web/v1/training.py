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
from textback.web.context import WebContext
from textback.web.describing import BODY, JSON, Described, Operation
from textback.web.problems import Refused, missing, wrong
from textback.web.reading import Data, answer, read_body
from textback.web.routing import Route

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


class ForgottenDocument(msgspec.Struct):
    """A document that was taken away, and the version without it."""

    name: str
    version: int


def _state(one: Training) -> Data[TrainingState]:
    found = one.progress
    begun, changed = to_iso(one.created_at), to_iso(one.updated_at)
    version = found.version or None
    return Data(
        TrainingState(one.id, one.state, found.read, found.of, found.problems, version, found.reason, begun, changed)
    )


def _asked(body: TrainBody) -> Asked:
    """What is to be learned. Raises Refused."""
    if not body.urls and not body.documents:
        raise wrong("Give urls or documents.", "documents")
    if len(body.urls) > MOST_URLS:
        raise wrong(f"Give at most {MOST_URLS} addresses at a time.", "urls")
    if len(body.documents) > MOST_DOCUMENTS:
        raise wrong(f"Give at most {MOST_DOCUMENTS} documents at a time.", "documents")
    for url in body.urls:
        if len(url) > LONGEST_URL or not is_address(url):
            raise wrong(f"{url[:80]!r} is no web address. Write it like https://www.example.com/help.", "urls")
    documents = []
    for one in body.documents:
        if why := _wrong(one):
            raise wrong(why, "documents")
        documents.append(Document(one.name, clean(one.content), clean(one.question), clean(one.answer)))
    names = [one.name for one in documents]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise wrong(f"Two documents are called {twice}.", "documents")
    return Asked(tuple(dict.fromkeys(body.urls)), tuple(documents))


def _wrong(one: DocumentBody) -> str:
    """What is wrong with a document, in a sentence."""
    if not NAME.fullmatch(one.name):
        return f"A document can't be called {one.name[:80]!r}. Use small letters, digits, - and _, up to 64 of them."
    texts = [text.strip() for text in (one.content, one.question, one.answer)]
    if [bool(text) for text in texts] not in ([True, False, False], [False, True, True]):
        return f"The document {one.name} needs either content, or a question and its answer."
    if max(map(len, (one.content, one.question, one.answer))) > LONGEST_TEXT:
        return f"The document {one.name} has more than {LONGEST_TEXT:,} characters."
    return ""


async def train(request: Request) -> Response:
    """POST /v1/ai/train: put a training into the queue, and say which: 202."""
    ctx: WebContext = request.app.state.ctx
    body = await read_body(request, TrainBody, MOST_BODY)
    one = await ctx.trainings.ask(request.state.key_name, _asked(body))
    if one is None:
        raise Refused(429, "too_many_trainings", "Too many trainings wait. Ask again when some are done.")
    return answer(202, _state(one))


async def show_training(request: Request) -> Response:
    """GET /v1/ai/train/{id}: how far a training is, or what became of it."""
    ctx: WebContext = request.app.state.ctx
    one = await ctx.trainings.find(request.path_params["id"])
    if one is None:
        raise missing("There is no such training.")
    return answer(200, _state(one))


async def forget_document(request: Request) -> Response:
    """DELETE /v1/ai/train/documents/{name}: take a document away, and publish a version without it."""
    ctx: WebContext = request.app.state.ctx
    name = request.path_params["name"]
    try:
        version = await ctx.trainings.forget(request.state.key_name, name) if NAME.fullmatch(name) else None
    except NotPublished as why:
        raise Refused(409, "not_published", str(why)) from None
    if version is None:
        raise missing("There is no such document.", "name")
    return answer(200, Data(ForgottenDocument(name, version)))


ROUTES = (
    Route("POST", "/v1/ai/train", "api", train, "knowledge:write"),
    Route("GET", "/v1/ai/train/{id}", "api", show_training, "knowledge:write"),
    Route("DELETE", "/v1/ai/train/documents/{name}", "api", forget_document, "knowledge:write"),
)
DESCRIBED: Described = {
    ("POST", "/v1/ai/train"): Operation(
        "Have the bot learn documents or websites, and publish it, unless the check finds errors.",
        {
            202: ("It is in the queue.", {JSON: Data[TrainingState]}),
            **BODY,
            413: "The body is over 2 MB.",
            429: "Too many requests with this key, or too many trainings wait.",
        },
        {JSON: TrainBody},
        example={"documents": [{"name": "returns", "content": "You have thirty days to bring it back."}]},
    ),
    ("GET", "/v1/ai/train/{id}"): Operation(
        "How far a training is, or what became of it.",
        {200: ("It stands like this.", {JSON: Data[TrainingState]}), 404: "There is no such training."},
    ),
    ("DELETE", "/v1/ai/train/documents/{name}"): Operation(
        "Take a document away that a training has brought, and publish a version without it.",
        {
            200: ("It is gone.", {JSON: Data[ForgottenDocument]}),
            404: "There is no such document.",
            409: "Nothing is published: the version without it would have errors.",
        },
    ),
}
