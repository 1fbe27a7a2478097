"""What the providers say of templates, on the page of templates: which they have, how each stands, and reading that
again."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.provider_templates import ProviderTemplate, State
from textback.engine.bot import Bot
from textback.pipeline.templating import reads_as, title_of
from textback.store import accounts
from textback.store import provider_templates as store
from textback.store.db import Tx
from textback.store.provider_templates import Account, Sync
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.phrases import tell
from textback.web.present import moment
from textback.web.routing import Route

TONES: dict[State, str] = {
    "approved": "human", "pending": "wait", "rejected": "fail", "paused": "fail", "disabled": "fail", "deleted": "",
    "other": "",
}  # fmt: skip
"""How the chip of a state looks."""
WORDS: dict[State, str] = {
    "approved": "Approved", "pending": "Pending", "rejected": "Rejected", "paused": "Paused", "disabled": "Disabled",
    "deleted": "Deleted", "other": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A provider's template in one language. `said` is what keeps it from being sent by a template of the bot, or that
    nothing does; `mine` whether the bot has one of its name."""

    name: str
    language: str
    state: str
    tone: str
    category: str
    values: int
    body: str
    said: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Provided:
    """What a provider has for one account: when that was read, in words, and what went wrong at the last try."""

    title: str
    account: str
    read: str
    problem: str
    rows: list[Shown]


async def provided(ctx: WebContext, bot: Bot) -> list[Provided]:
    """What the providers of the lines have; nothing where no line has templates that a provider approves."""
    named = list(ctx.road.templating.accounts)

    def read(tx: Tx) -> list[tuple[Account, Sync, list[ProviderTemplate]]]:
        return [(one, store.sync_of(tx, ctx.workspace, one), store.templates(tx, ctx.workspace, one)) for one in named]

    zone, now = bot.timezone, ctx.road.now()
    return [
        Provided(
            title_of(account.provider), account.id, moment(sync.synced_at, zone, now) if sync.synced_at else "",
            sync.problem, [_shown(one, bot) for one in rows],
        )
        for account, sync, rows in (await ctx.db.read(read) if named else [])
    ]  # fmt: skip


def _shown(one: ProviderTemplate, bot: Bot) -> Shown:
    mine = bot.templates.get(one.name)
    if one.state != "approved":
        said = one.reason.replace("_", " ").lower()
    elif one.unfit:
        said = tell("Can’t be sent from here. {why}", why=one.unfit)
    elif mine is None:
        said = tell("No template of that name here")
    else:
        said = tell("Goes" if reads_as(one, mine, bot) else "The words differ from those here")
    return Shown(
        one.name, one.language, WORDS[one.state] or one.status, TONES[one.state], one.category.lower(),
        len(one.blanks), one.body, said, mine is not None,
    )  # fmt: skip


async def sync(request: Request) -> Response:
    """POST /templates/sync: read the providers' lists now."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    problem = ""
    for account in ctx.road.templating.accounts:
        count, wrong = await ctx.road.templating.sync(account)
        problem = problem or wrong
        data = {"templates": str(count), "problem": wrong}
        now = ctx.road.now()
        await ctx.db.write(
            accounts.write_audit, ctx.workspace, user.email, "templates.sync", account.provider, now, data
        )
    return RedirectResponse(f"/templates?did={'unread' if problem else 'read'}", 303)


ROUTES = (Route("POST", "/templates/sync", "templates.write", sync),)
