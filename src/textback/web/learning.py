"""What people answered in place of a model: proposals for the knowledge base, taken into the draft one by one."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import clean
from textback.core.when import DAY
from textback.engine.bot import Bot
from textback.pipeline import approvals
from textback.store import bots
from textback.store import models as store
from textback.store.bots import DraftRefused, Files
from textback.store.db import Tx
from textback.web.context import WebContext
from textback.web.flowfolder import MOST_FOLDER
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import moment
from textback.web.retelling import retell
from textback.web.security import Denied

LEARNT = "knowledge/learnt.md"
"""Where what was learnt goes."""
SINCE = 90 * DAY
MOST = 100
SHOWN = 25
LONGEST_QUESTION, LONGEST_ANSWER = 300, 1_600
_LEADS = re.compile(r"^[\s#>*\-\d.|]+")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question of a contact's and what a person answered. `flow` is the flow that it may mean, if any."""

    contact: str
    job: str
    question: str
    answer: str
    when: str
    flow: str = ""


def entry(question: str, answer: str) -> str:
    """A passage of the knowledge base. Nothing in it can pass for a heading of its own."""
    asked = _LEADS.sub("", " ".join(question.split()))[:LONGEST_QUESTION].rstrip("?¿!. ")
    lines = [_LEADS.sub("", one) if one.lstrip().startswith(("#", "|")) else one for one in answer.split("\n")]
    said = "\n".join(lines).strip()[:LONGEST_ANSWER]
    return f"## {asked}?\n\n{said}\n"


async def learn_page(request: Request) -> Response:
    """GET /models/learn: questions that people answered in a model's place, the newest first."""
    ctx: WebContext = request.app.state.ctx
    now, bot = ctx.road.now(), ctx.bot()
    rows = await ctx.db.read(store.answered_by_people, ctx.workspace, now - SINCE, MOST)
    known = (await ctx.db.read(_files, ctx.workspace)).get(LEARNT, "")
    found = []
    for row in rows:
        question, answer = _asked(row.prompt), row.answer
        if question and answer and entry(question, answer).strip() not in known:
            found.append((row, question, answer))
        if len(found) == SHOWN:
            break
    flows = await asyncio.to_thread(_meant, bot, [question for _, question, _ in found])
    proposals = [
        Proposal(row.contact_id, row.id, question, answer, moment(row.at, bot.timezone, now), flow)
        for (row, question, answer), flow in zip(found, flows, strict=True)
    ]
    return page(request, "models_learn.html", {"proposals": proposals, "did": request.query_params.get("did", "")})


def _files(tx: Tx, workspace: str) -> Files:
    """The draft's files, or those of the newest version."""
    draft = bots.draft(tx, workspace)
    return draft.files if draft is not None else bots.load_files(tx, workspace, bots.newest(tx, workspace))


def _asked(prompt: str) -> str:
    try:
        return str(msgspec.json.decode(prompt).get("question", ""))
    except (msgspec.DecodeError, AttributeError):
        return ""


def _meant(bot: Bot, questions: list[str]) -> list[str]:
    """For each question the flow that it is likeliest about, where intents are understood."""
    found = []
    for question in questions:
        read = bot.recogniser.read(question[:500]) if bot.recogniser is not None else None
        found.append(read.flows[0] if read is not None and read.flows else "")
    return found


async def learn(request: Request) -> Response:
    """POST /models/learn: add a question and its answer to the draft's knowledge. Publishing it is another step."""
    ctx: WebContext = request.app.state.ctx
    user: Any = request.state.user
    form: dict[str, str] = request.state.form
    question = clean(form.get("question", "")).strip()
    answer = clean(form.get("answer", "").replace("\r\n", "\n")).strip()
    if not question or not answer or len(question) > LONGEST_QUESTION or len(answer) > LONGEST_ANSWER:
        raise Denied(400, tell("Write a question of up to {n} characters, and its answer.", n=LONGEST_QUESTION))
    made = entry(question, answer)

    def change(files: Files) -> str:
        text = files.get(LEARNT, "")
        if made.strip() in text:
            return ""
        if sum(map(len, files.values())) + len(made) > MOST_FOLDER:
            raise DraftRefused(f"All files together may have {MOST_FOLDER:,} characters.")
        files[LEARNT] = f"{text.rstrip()}\n\n{made}".lstrip()
        return f"learn {LEARNT}"

    try:
        await ctx.db.write(approvals.change_draft, ctx.workspace, change, user.email, ctx.road.now())
    except DraftRefused as refused:
        raise Denied(409, retell(str(refused))) from None
    return RedirectResponse("/models/learn?did=learnt", 303)
