"""News between the nodes that share one PostgreSQL: work is waiting, conversations have changed.

News is gathered and sent by NOTIFY in a small transaction of its own, never in that of a text: it may be late or lost
and does no harm, because every node also looks by itself. A SQLite database has one node, and so nothing is said there.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
import psycopg
import structlog
from sqlalchemy import Connection, text

from textback.core.ids import new_id
from textback.store.db import Db
from textback.store.locks import SERVING

log = structlog.get_logger("textback.notify")

CHANNEL = "textback"
GAP = 0.2
"""Seconds between two pieces of news of one node at least."""
MOST = 200
"""Contacts named in one piece of news: PostgreSQL carries 8,000 bytes. Of more it is only said that there were many."""
QUIET = 30.0
"""Seconds without news after which the connection is asked whether it still lives."""
MOST_PLACES = 12
"""Conversations of which one piece of news says who is there."""
LAST_WORD = 2.0
"""Seconds that a node that stops gives its last news."""
AGAIN = (0.5, 10.0)
"""Seconds before a lost connection is made again: at first, and at most."""


class News(msgspec.Struct, omit_defaults=True):
    """What one node tells the others. `many` says that more conversations changed than can be named. `buckets` say
    where the work is, in a database that is spread by bucket; none named may be any. `versions` says that a version of
    the bot was published. `erased` contacts are gone: their numbers belong to nobody; "" stands for any. `present`
    says who has a conversation open on the node, all of them, by contact."""

    node: str = ""
    workspace: str = ""
    arrivals: bool = False
    outbox: bool = False
    jobs: bool = False
    contacts: set[str] = set()
    many: bool = False
    buckets: set[int] = set()
    versions: bool = False
    erased: set[str] = set()
    present: dict[str, list[Any]] = {}


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(News).decode
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")


def _notify(tx: Connection, payload: str) -> None:
    tx.execute(_NOTIFY, {"channel": CHANNEL, "payload": payload})


def tell_published(tx: Connection, workspace: str) -> None:
    """Tell every node, this one too, that a version of the bot was published, as soon as it is committed."""
    if tx.dialect.name == "postgresql":
        _notify(tx, _encode(News(workspace=workspace, versions=True)).decode())


def tell_changed(tx: Connection, workspace: str, name: str) -> None:
    """Tell the live pages of every node, as soon as it is committed, that something changed: a contact's id, or a
    person (see people.person_key)."""
    if tx.dialect.name == "postgresql":
        _notify(tx, _encode(News(workspace=workspace, contacts={name})).decode())


def tell_erased(tx: Connection, workspace: str, contact_id: str) -> None:
    """Tell every node, as soon as it is committed, that this contact is gone."""
    if tx.dialect.name == "postgresql":
        _notify(tx, _encode(News(workspace=workspace, contacts={contact_id}, erased={contact_id})).decode())


class Notifier:
    """Tells the other nodes, and hears them. `heard` is called on the loop with what another node of this workspace
    said, and with everything at once whenever something may have been missed."""

    def __init__(self, db: Db, workspace: str, heard: Callable[[News], None]) -> None:
        self._db = db
        self._workspace = workspace
        self._heard = heard
        self._shared = db.dialect != "sqlite"
        self._node = new_id()
        self._news = self._nothing()
        self._present: dict[str, Sequence[Any]] = {}
        self._fresh = False
        self._sender: asyncio.Task[None] | None = None
        self._listener: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        """Begin to listen."""
        if self._shared:
            self._listener = asyncio.create_task(self._listen(), name="listen")

    async def stop(self) -> None:
        """Say what is left to say, and listen no more."""
        self._stopping = True
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        with suppress(TimeoutError):  # of a database that is away
            async with asyncio.timeout(LAST_WORD):
                if self._sender is not None:
                    await self._sender
                if self._fresh:
                    await self._send()

    def arrivals(self, bucket: int | None = None) -> None:
        """Arrivals wait for their turn, and this node does not take it."""
        self._news.arrivals = True
        self._work_in(bucket)

    def outbox(self, bucket: int | None = None) -> None:
        """Texts wait to be delivered."""
        self._news.outbox = True
        self._work_in(bucket)

    def jobs(self, bucket: int | None = None) -> None:
        """Other systems are to be asked for something."""
        self._news.jobs = True
        self._work_in(bucket)

    def _work_in(self, bucket: int | None) -> None:
        if bucket is not None:
            self._news.buckets.add(bucket)
        self._say()

    def changed(self, contact_ids: Collection[str]) -> None:
        """These conversations have changed, and the change is committed."""
        news = self._news
        if not self._shared or not contact_ids:
            return
        if not news.many:
            news.contacts.update(contact_ids)
            if len(news.contacts) > MOST:
                news.contacts, news.many = set(), True
        self._say()

    def present(self, people: Mapping[str, Sequence[Any]]) -> None:
        """These people, and nobody else here, have these conversations open."""
        if self._shared:
            self._present.update(people)
            self._say()

    def _nothing(self) -> News:
        return News(self._node, self._workspace, contacts=set(), buckets=set())

    def _say(self) -> None:
        if not self._shared:
            return
        self._fresh = True
        if self._sender is None and not self._stopping:
            self._sender = asyncio.create_task(self._send_all(), name="notify")

    async def _send_all(self) -> None:
        """The first news leaves at once; what comes soon after it leaves together."""
        while self._fresh and not self._stopping:
            await self._send()
            await asyncio.sleep(GAP)
        self._sender = None

    async def _send(self) -> None:
        news, self._news, self._fresh = self._news, self._nothing(), False
        present, self._present = list(self._present.items()), {}
        pieces = [] if news == self._nothing() else [news]
        for place in range(0, len(present), MOST_PLACES):
            people = {contact_id: list(those) for contact_id, those in present[place : place + MOST_PLACES]}
            pieces.append(News(self._node, self._workspace, present=people))
        try:
            for piece in pieces:
                await self._db.write_in("notify", _notify, _encode(piece).decode())
        except Exception as error:
            log.warning("news was not sent; the other nodes look by themselves", error=type(error).__name__)

    async def _listen(self) -> None:
        address = self._db.url.set(drivername="postgresql").render_as_string(hide_password=False)
        pause = AGAIN[0]
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(address, autocommit=True, connect_timeout=10)
                async with connection:
                    # Held for as long as this node listens: nobody may spread the tables over servers meanwhile.
                    await connection.execute("SELECT pg_try_advisory_lock_shared(%s)", (SERVING,))
                    await connection.execute(f"LISTEN {CHANNEL}")
                    pause = AGAIN[0]
                    self._heard(News(arrivals=True, outbox=True, jobs=True, many=True, versions=True, erased={""}))
                    await self._hear_all(connection)
            except Exception as error:
                log.warning("other nodes can't be heard; looking every half second", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, AGAIN[1])

    async def _hear_all(self, connection: psycopg.AsyncConnection) -> None:
        while True:
            async for notification in connection.notifies(timeout=QUIET):
                self._hear(notification.payload)
            async with asyncio.timeout(QUIET):
                await connection.execute("SELECT 1")

    def _hear(self, payload: str) -> None:
        try:
            news = _decode(payload)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            # A node of another release, or a person with psql: look at everything.
            news = News(
                "?", self._workspace, arrivals=True, outbox=True, jobs=True, many=True, versions=True, erased={""}
            )
        if news.node != self._node and news.workspace == self._workspace:
            self._heard(news)
