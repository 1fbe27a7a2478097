"""The Stuck page: what was given up and what was turned away, to be put on the road again or thrown away."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import clean
from textback.pipeline import letters
from textback.pipeline.dead import Redriven
from textback.pipeline.letters import KINDS, Letter, Means, Wanted
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.machine_words import ACTION_ERRORS
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import lasted, moment
from textback.web.remedies import CAUSES
from textback.web.security import Denied

PAGE = 50
"""Letters on one page."""
MOST_AT_ONCE = 2000
"""Letters that "all" goes through in one request."""
TOGETHER = 32
"""How many of them share a commit."""
DONE = letters.AGAIN | {"done"}

#: The tabs, and what a letter of that kind is called when there is nothing to say it by.
TABS = (("", "All"), ("send", "Texts"), ("arrival", "Arrivals"), ("job", "Actions"), ("file", "Files"),
        ("webhook", "Webhooks"))  # fmt: skip
VERBS = {
    "send": "Send again", "arrival": "Take in again", "job": "Do again", "file": "Fetch again", "hook": "Tell again",
    "webhook": "Take in again",
}  # fmt: skip

#: Why it was given up.
REASONS = {
    "retry": "The provider could not take it, for about an hour of tries.",
    "throttled": "The provider asked to wait, for about an hour of tries.",
    "later": "The provider wanted it at another time, each time that it was tried.",
    "misconfigured": "The provider refused our account or key for a whole day.",
    "unknown": "Nobody answered when it was posted, and the provider’s list proves that it was not sent.",
    "rejected": "The provider refused it.",
    "filtered": "The carrier blocked it as spam, or as traffic that is not registered.",
    "turn_failed": "The bot could not handle it. A person was asked for.",
    "unreadable": "Another release of Textback stored it, and this one can’t read it.",
    "no_answer": "Where it lies could not be reached, or failed, each time that it was tried.",
    "not_fetched": "It could not be fetched.",
    "unsigned": "It is not signed as the provider signs.",
    "malformed": "It is signed, but makes no sense.",
    "no_line": "There is no line of that name.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter as the page shows it. `facts` are names and values; `contact` is empty where none is known."""

    id: str
    title: str
    line: str
    age: str
    at: str
    reason: str
    detail: str
    text: str
    verb: str
    contact: str
    facts: list[tuple[str, str]]
    headers: list[tuple[str, str]]
    body: str


def _shown(letter: Letter, zone: str, now: int) -> Shown:
    payload = letter.payload
    facts = [(tell("Came"), moment(letter.at, zone, now)), (tell("Tries"), f"{letter.attempts:,}")]
    reason = REASONS.get(letter.reason, letter.reason)
    detail = " ".join(
        part for part in (letter.detail, tell("Code {code}.", code=letter.code) if letter.code else "") if part
    )
    if letter.kind == "webhook":
        title = tell("Webhook")
        often = tell("{n} times", n=f"{letter.attempts:,}") if letter.attempts > 1 else tell("once")
        facts[1] = (tell("Came"), often)
        facts.append((tell("From"), letter.row.source or tell("not known")))
        facts.append((tell("Posted to"), str(payload.get("path", ""))))
        facts.append((tell("Size"), tell("{n} bytes", n=f"{payload.get('size', 0):,}")))
        facts[0] = (tell("First"), facts[0][1])
    elif letter.kind == "file":
        title = tell("File {name} of a text", name=payload.get("file", ""))
        facts.append((tell("Said to be"), str(payload.get("type", "")) or tell("not said")))
    elif letter.kind == "job":
        title = tell("Action {name}", name=payload.get("action", ""))
        reason = ACTION_ERRORS.get(letter.reason, letter.reason)
        facts.append((tell("Asked by"), str(payload.get("step", ""))))
        facts.append((tell("With"), ", ".join(payload.get("arguments", []))))
    else:
        reason = CAUSES.get(letter.code, reason)
        who = payload.get("to") or payload.get("from")
        title = tell("Text to {name}" if letter.kind == "send" else "Text from {name}", name=who)
        if not who:
            title = tell("Arrival: {what}", what=str(payload.get("arrival", "")).replace("_", " "))
        if payload.get("pictures"):
            facts.append((tell("Pictures"), str(payload["pictures"])))
    return Shown(
        id=letter.id,
        title=title,
        line=letter.line,
        age=lasted(max(now - letter.at, 0)),
        at=moment(letter.at, zone, now),
        reason=tell(reason),
        detail=detail,
        text=str(payload.get("text", "")),
        verb=tell(VERBS[letter.kind]),
        contact=getattr(letter.row, "contact_id", ""),
        facts=facts,
        headers=[(str(name), str(value)) for name, value in payload.get("headers", {}).items()],
        body=str(payload.get("body", "")),
    )


def _wanted(given: Any) -> Wanted:
    kind = given.get("kind", "")
    if kind and kind not in KINDS:
        raise Denied(404, "There is no such kind of letter.")
    upto = given.get("upto", "")
    return Wanted(kind, clean(given.get("line", ""))[:64], int(upto) if upto.isascii() and upto.isdigit() else None)


def _after(text: str) -> tuple[int, str]:
    at, _, id_ = text.partition(".")
    return (int(at), clean(id_)[:32]) if at.isascii() and at.isdigit() and len(at) < 16 else (0, "")


def _query(wanted: Wanted, **more: object) -> str:
    """The page's address with this filter."""
    given = {"kind": wanted.kind, "line": wanted.line, **more}
    query = urlencode({name: value for name, value in given.items() if value not in ("", None)})
    return f"/dead-letters?{query}" if query else "/dead-letters"


def _total(counts: dict[tuple[str, str], int], kind: str, line: str) -> int:
    return sum(n for (k, l_), n in counts.items() if kind in ("", k) and line in ("", l_))


async def _page(request: Request, wanted: Wanted, status: int = 200, **more: Any) -> Response:
    ctx: WebContext = request.app.state.ctx
    zone, now = ctx.bot().timezone, ctx.road.now()
    after = _after(request.query_params.get("after", ""))

    def read(tx: Any) -> Any:
        found = letters.listing(tx, ctx.workspace, wanted, after=after, most=PAGE + 1)
        return found, letters.counts(tx, ctx.workspace)

    found, counts = await ctx.db.read(read)
    last = found[PAGE - 1] if len(found) > PAGE else None
    lines = sorted({line for _, line in counts} | ({wanted.line} if wanted.line else set()))
    data = {
        "wanted": wanted,
        "letters": [_shown(letter, zone, now) for letter in found[:PAGE]],
        "tabs": [
            (tell(words), _query(Wanted(kind, wanted.line)), kind == wanted.kind, _total(counts, kind, wanted.line))
            for kind, words in TABS
        ],
        "lines": [
            (line or tell("All lines"), _query(Wanted(wanted.kind, line)), line == wanted.line)
            for line in (["", *lines] if len(lines) > 1 or wanted.line else [])
        ],
        "total": _total(counts, wanted.kind, wanted.line),
        "next": _query(wanted, after=f"{last.at}.{last.id}") if last else "",
        "first": _query(wanted) if after != (0, "") else "",
        "said": "",
        "stays": [],
    }
    return page(request, "letters.html", {**data, **more}, status)


async def letters_page(request: Request) -> Response:
    """GET /dead-letters?kind=&line=: what waits for somebody, the oldest first."""
    done, did = request.query_params.get("done", ""), request.query_params.get("did", "")
    said = ""
    if done.isascii() and done.isdigit() and len(done) < 7:
        said = tell("Nothing was picked.")
        if int(done) and did in ("redrive", "discard"):
            said = tell("{n} on the road again." if did == "redrive" else "{n} discarded.", n=f"{int(done):,}")
    return await _page(request, _wanted(request.query_params), said=said)


async def confirm_page(request: Request) -> Response:
    """GET /dead-letters/all?do=&kind=&line=: how many that would be."""
    ctx: WebContext = request.app.state.ctx
    wanted = _wanted(request.query_params)
    do = request.query_params.get("do", "redrive")
    if do not in ("redrive", "discard"):
        raise Denied(404, "There is nothing at this address.")
    total = _total(await ctx.db.read(letters.counts, ctx.workspace), wanted.kind, wanted.line)
    kind = tell(dict(TABS)[wanted.kind]).lower() if wanted.kind else tell("letters of every kind")
    data = {"wanted": wanted, "do": do, "total": total, "kind": kind, "most": MOST_AT_ONCE}
    return page(request, "letters_all.html", {**data, "now": ctx.road.now(), "back": _query(wanted)})


async def redrive(request: Request) -> Response:
    """POST /dead-letters/redrive: put one, the picked or all that match on the road again."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    means = Means(ctx.workspace, ctx.road.lines, ctx.public_url, ctx.bot())
    wanted = _wanted(request.state.form)
    count = 0
    stays: list[str] = []
    for ids in await _picked(request, wanted):
        works = [ctx.db.write_in("letters", letters.redrive, id_, ctx.road.now(), means, user.email) for id_ in ids]
        for done in await asyncio.gather(*works, return_exceptions=True):
            if isinstance(done, Redriven):
                count += done.result in letters.AGAIN
                if done.result not in DONE:
                    stays.append(done.why)
            elif isinstance(done, Exception):
                stays.append("It could not be done now. Try it again.")
            else:
                raise done
    if stays:
        said = tell("{n} on the road again.", n=f"{count:,}") if count else ""
        reasons = [(why, stays.count(why)) for why in dict.fromkeys(stays)]
        return await _page(request, wanted, 409, said=said, stays=reasons[:20])
    return RedirectResponse(_query(wanted, done=count, did="redrive"), 303)


async def discard(request: Request) -> Response:
    """POST /dead-letters/discard: throw one, the picked or all that match away."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    wanted = _wanted(request.state.form)
    count = 0
    for ids in await _picked(request, wanted):
        now = ctx.road.now()
        works = [ctx.db.write_in("letters", letters.discard, id_, now, ctx.workspace, user.email) for id_ in ids]
        count += sum(await asyncio.gather(*works))
    return RedirectResponse(_query(wanted, done=count, did="discard"), 303)


async def _picked(request: Request, wanted: Wanted) -> list[list[str]]:
    """The ids that a form means, a few at a time."""
    ctx: WebContext = request.app.state.ctx
    form: dict[str, str] = request.state.form
    if form.get("one"):
        ids = [form["one"][:32]]
    elif form.get("all") == "1":
        found = await ctx.db.read(lambda tx: letters.listing(tx, ctx.workspace, wanted, most=MOST_AT_ONCE))
        ids = [letter.id for letter in found]
    else:
        ids = [name.removeprefix("pick.")[:32] for name in form if name.startswith("pick.")]
    return [ids[at : at + TOGETHER] for at in range(0, len(ids), TOGETHER)]
