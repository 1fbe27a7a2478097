"""The quarantine's door: rejected webhooks gather in memory and are written a batch at a time, behind the road.

Whoever posts nonsense must not be able to slow the road or fill the disk: so nothing waits for this, what gathers is
bounded in number and size, and what does not fit is only counted. The table is bounded as well.
"""

import asyncio
import hashlib
from typing import Any

import msgspec
import structlog

from textback.channels.base import Webhook
from textback.core.text import clean
from textback.pipeline.pausing import woken
from textback.pipeline.redact import HEADERS, is_signing, network_of, shown
from textback.store import rejected
from textback.store.db import Db

log = structlog.get_logger("textback.quarantine")

PAUSE = 1.0
"""Seconds that rejected webhooks gather before they are written."""
AWAY = 10.0
"""As PAUSE, while the database can't be written."""
MOST_WAITING = 100
MOST_BYTES = 1 << 20
"""What may gather at most: webhooks, and bytes of their bodies."""
MOST_RAW = 64 * 1024
"""Bytes of a body that are kept to verify it again. A longer one can be looked at, not taken in."""

_encode = msgspec.json.Encoder().encode
_raw = msgspec.json.Decoder(Webhook)


class Rejected(msgspec.Struct):
    """A webhook that was not taken in. `provider` is empty where no line has that name; the webhook's `url` is the
    path and the query only, because the public address may be what was wrong."""

    line: str
    provider: str
    reason: str
    detail: str
    source: str
    webhook: Webhook
    at: int
    last_at: int
    times: int = 1


class Quarantine:
    """Keeps what was rejected, at most `most` webhooks a line; 0 keeps none."""

    def __init__(self, db: Db, workspace: str, most: int, *, pause: float = PAUSE) -> None:
        self._db = db
        self._workspace = workspace
        self._most = most
        self._pause = pause
        self._waiting: dict[str, Rejected] = {}
        self._bytes = 0
        self._dropped = 0
        self._writer: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    def keep(
        self, line: str, provider: str, reason: str, detail: str, address: str, webhook: Webhook, now: int
    ) -> None:
        """Remember one; it is written soon. Never raises, never waits. `address` is where it came from."""
        if not self._most:
            return
        if len(self._waiting) >= MOST_WAITING or self._bytes >= MOST_BYTES:
            self._dropped += 1
            return
        webhook = _without_secrets(webhook)
        id_ = _id(line, reason, webhook)
        known = self._waiting.get(id_)
        if known is not None:
            known.times += 1
            known.last_at = now
            return
        self._waiting[id_] = Rejected(line, provider, reason, detail, network_of(address), webhook, now, now)
        self._bytes += len(webhook.body)
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write(), name="quarantine")

    async def stop(self) -> None:
        """Write what has gathered."""
        self._stopping.set()
        if self._writer is not None:
            await self._writer

    async def _write(self) -> None:
        """Write batch after batch until nothing gathers any more."""
        pause = self._pause
        while self._waiting:
            await woken(self._stopping, pause)
            written = await self._flush()
            if self._stopping.is_set():
                break
            pause = self._pause if written else AWAY
        self._writer = None

    async def _flush(self) -> bool:
        batch, self._waiting, self._bytes = self._waiting, {}, 0
        dropped, self._dropped = self._dropped, 0
        if dropped:
            log.warning("rejected webhooks not kept: too many at once", count=dropped)
        try:
            rows = await asyncio.to_thread(self._rows, batch)
            await self._db.write_in("quarantine", rejected.keep, self._workspace, rows, self._most)
        except Exception as error:
            # What was rejected may be lost; what was taken in may not, and waits for the same database.
            log.warning("rejected webhooks not kept", count=len(batch), error=type(error).__name__)
            return False
        return True

    def _rows(self, batch: dict[str, Rejected]) -> list[dict[str, Any]]:
        return [
            {
                "workspace": self._workspace,
                "id": id_,
                "line": one.line,
                "provider": one.provider,
                "reason": one.reason,
                "detail": clean(one.detail)[:300],
                "source": one.source,
                "payload": _encode(shown(one.webhook)).decode(),
                "raw": _encode(one.webhook).decode() if len(one.webhook.body) <= MOST_RAW else "",
                "times": one.times,
                "at": one.at,
                "last_at": one.last_at,
                "redriven_at": None,
            }
            for id_, one in batch.items()
        ]


def read_raw(raw: str) -> Webhook:
    """A webhook as it was kept."""
    return _raw.decode(raw)


def _without_secrets(webhook: Webhook) -> Webhook:
    """With the headers that matter for a signature, or that people look at, and no other: no cookie, no password."""
    kept = {name: value[:2000] for name, value in webhook.headers.items() if name in HEADERS or is_signing(name)}
    return msgspec.structs.replace(webhook, headers=kept, url=webhook.url[:2000], query=webhook.query[:2000])


def _id(line: str, reason: str, webhook: Webhook) -> str:
    """The same for the same webhook: what was posted where, with which signature, and what was wrong with it."""
    digest = hashlib.sha256()
    signing = [value for name, value in sorted(webhook.headers.items()) if is_signing(name)]
    for part in (line, reason, webhook.url, *signing):
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    digest.update(webhook.body)
    return digest.hexdigest()[:24]
