"""Templates that a provider must approve: which a text goes as, what the gate's refusal says of them, and reading the
provider's list, on a slow beat and when a webhook tells of something that is not known."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import structlog

from textback.channels.base import ListFailed, Templated
from textback.channels.registry import PROVIDERS
from textback.compliance.gate import Decision
from textback.core.offer import Offer
from textback.core.provider_templates import Change, Filled, ProviderTemplate, filled
from textback.core.when import DAY, HOUR, MINUTE
from textback.engine.arrivals import Media
from textback.engine.bot import Approved, Bot
from textback.engine.effects import Send
from textback.engine.named import BadValue, preview
from textback.pipeline.lines import Line
from textback.pipeline.pausing import woken
from textback.store import provider_templates as store
from textback.store.db import Db, Tx
from textback.store.gate import heard_on
from textback.store.provider_templates import Account
from textback.store.trouble import is_away, reason

log = structlog.get_logger("textback.templates")

TEMPLATE = "template."
"""How the source of a text begins that was written by a template."""
WINDOWED = frozenset({"whatsapp"})
"""Channels that take words of one's own only for a day after the contact's last text (W1)."""
MOST_NAMED = 10
"""Templates that a refusal names."""
EVERY = 6 * HOUR
AGAIN = 10 * MINUTE
"""How long (ms) until a list is read again, and one that could not be read."""
LEASE = 5 * MINUTE
LOOK = 20.0
"""Seconds between looks whether a list is due."""

load_media: Callable[[str], tuple[Media, ...]] = msgspec.json.Decoder(tuple[Media, ...]).decode


def title_of(provider: str) -> str:
    """A provider's name in sentences."""
    return PROVIDERS[provider].title if provider in PROVIDERS else provider


def reads_as(one: ProviderTemplate, mine: Approved, bot: Bot) -> bool:
    """Whether a template of the bot goes as this one of its provider's, in any of its languages: whether it reads the
    same, with sample values."""
    offer = Offer(mine.quick) if mine.quick else None
    for locale in mine.text.sources:
        try:
            text = preview(bot, mine, locale).text
        except BadValue:
            continue
        if filled([one], text, offer, len(mine.media)) is not None:
            return True
    return False


class Templates:
    """Asks what the providers of a workspace's lines have approved."""

    def __init__(self, workspace: str, lines: Mapping[str, Line], bot: Callable[[], Bot]) -> None:
        self._workspace = workspace
        self._lines = lines
        self._bot = bot

    def account(self, line: str) -> Account | None:
        """Whose templates a line sends; None for a line without any."""
        found = self._lines.get(line)
        return Account(found.provider.name, found.templates) if found is not None and found.templates else None

    def windowed(self, line: str) -> bool:
        """Whether a line takes words of one's own only for a day after the contact's last text there (W1)."""
        found = self._lines.get(line)
        return found is not None and found.channels[0] in WINDOWED

    def way(
        self, tx: Tx, line: str, send: Send, contact: tuple[int, str], fresh: Sequence[Mapping[str, Any]] = ()
    ) -> tuple[Filled | None, int | None]:
        """How a text to a contact (bucket, id) goes on this line: as which template, or until when (ms) in words, None
        for always. `fresh` are rows of messages that this transaction is still to write."""
        template = self._filled(tx, line, send)
        if template is not None or not self.windowed(line):
            return template, None
        theirs = (one for one in fresh if one["direction"] == "in" and one["line"] == line)
        mine = [one["at"] for one in theirs if one["contact_id"] == contact[1]]
        return None, (max(mine) if mine else heard_on(tx, *contact, line)) + DAY

    def _filled(self, tx: Tx, line: str, send: Send) -> Filled | None:
        """Only a text by a template, on a line that has templates, costs a look."""
        if not send.source.startswith(TEMPLATE) or (account := self.account(line)) is None:
            return None
        known = store.templates(tx, self._workspace, account, send.source[len(TEMPLATE) :])
        return filled(known, send.text, send.offer, len(send.media))

    def sendable(self, tx: Tx, line: str) -> list[str]:
        """The names of the bot's templates that the line's provider has approved in the same words."""
        account = self.account(line)
        if account is None:
            return []
        known, bot = store.templates(tx, self._workspace, account), self._bot()
        named = [(one, bot.templates[one.name]) for one in known if one.name in bot.templates]
        return sorted({one.name for one, mine in named if reads_as(one, mine, bot)})

    def named(self, tx: Tx, line: str, send: Send, decision: Decision) -> Decision:
        """A refusal by which only templates may go (W1), saying which there are, and why this one is none of them."""
        found = self._lines.get(line)
        title = "" if found is None else title_of(found.provider.name)
        account = self.account(line)
        if account is None:
            more = f"This line has none: it does not know its business account at {title}."
            return msgspec.structs.replace(decision, reason=f"{decision.reason} {more}")
        why = ""
        if send.source.startswith(TEMPLATE):
            name = send.source[len(TEMPLATE) :]
            why = f"{_why(store.templates(tx, self._workspace, account, name), name, title)} "
        names = self.sendable(tx, line)
        these = ", ".join(names[:MOST_NAMED]) + (f" and {len(names) - MOST_NAMED} more" if names[MOST_NAMED:] else "")
        more = f"These may go: {these}." if names else f"None of the bot's templates is approved at {title}."
        return msgspec.structs.replace(decision, reason=f"{decision.reason} {why}{more}")


def _why(known: Sequence[ProviderTemplate], name: str, title: str) -> str:
    """Why a template can't go, in a sentence."""
    if not known:
        return f"{title} has no template {name}."
    approved = [one for one in known if one.state == "approved"]
    if not approved:
        return f"{name} is {known[0].status} at {title}."
    unfit = next((one.unfit for one in approved if one.unfit), "")
    return f"{name} can't be sent from here. {unfit}" if unfit else f"{title} has approved other words for {name}."


class Templating:
    """Keeps what is known of the templates of this node's lines. One node at a time reads an account's list."""

    def __init__(self, db: Db, workspace: str, lines: Mapping[str, Line], clock: Callable[[], int]) -> None:
        self._db = db
        self._workspace = workspace
        self._clock = clock
        self.accounts: dict[Account, Templated] = {
            Account(line.provider.name, line.templates): line.provider
            for line in lines.values()
            if line.templates and isinstance(line.provider, Templated)
        }
        self._wake = asyncio.Event()
        self._stopping = False
        self._reading: asyncio.Task[tuple[int, str]] | None = None

    def stop(self) -> None:
        """Break off. What was not read is read next time."""
        self._stopping = True
        self._wake.set()
        if self._reading is not None:
            self._reading.cancel()

    async def run(self) -> None:
        """Read what is due until told to stop."""
        while not self._stopping and self.accounts:
            self._wake.clear()
            for account in self.accounts:
                try:
                    if await self._mine(account) and not self._stopping:
                        self._reading = asyncio.create_task(self.sync(account))
                        await asyncio.wait([self._reading])
                        if not self._reading.cancelled():
                            self._tell(account, *self._reading.result())
                except Exception as error:
                    gone = is_away(error)
                    log.error("templates not read", error=reason(error), exc_info=None if gone else error)
            await woken(self._wake, LOOK)

    async def _mine(self, account: Account) -> bool:
        now = self._clock()
        if not await self._db.read(store.is_due, self._workspace, account, now):
            return False
        return await self._db.write_in("tick", store.take, self._workspace, account, now, now + LEASE)

    @staticmethod
    def _tell(account: Account, count: int, problem: str) -> None:
        if problem:
            log.error("templates not read", provider=account.provider, error=problem)
        else:
            log.info("templates read", provider=account.provider, count=count)

    async def sync(self, account: Account) -> tuple[int, str]:
        """Read the account's list now; how many templates it has, and what went wrong, in a sentence."""
        began = self._clock()
        try:
            found = await self.accounts[account].templates()
        except ListFailed as error:
            problem = str(error)[:200]
            await self._db.write_in("tick", store.failed, self._workspace, account, problem, began + AGAIN)
            return 0, problem
        await self._db.write_in("tick", store.replace, self._workspace, account, found, began, began + EVERY)
        return len(found), ""

    async def take(self, provider: str, changes: Sequence[Change]) -> None:
        """Keep what a provider says of how templates stand. Where that is not enough, the list is read again soon."""
        for one in changes:
            account = Account(provider, one.account)
            if account not in self.accounts:
                log.warning("templates of an account that is of no line here", provider=provider)
                continue
            if not await self._db.write(store.change, self._workspace, provider, one):
                await self._db.write(store.due, self._workspace, account)
                self._wake.set()
            log.info("template stands otherwise", template=one.name, language=one.language, status=one.status)
