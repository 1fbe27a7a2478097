"""Whatever was given up or turned away, of any kind, in one list: looked at, put on the road again, or thrown away.

The desk and the command line both work through here. A new kind is one entry in KINDS.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from textback.channels.base import BadPayload, BadSignature, Timestamped
from textback.engine.arrivals import Message
from textback.engine.bot import Bot
from textback.pipeline import dead, media
from textback.pipeline.accept import incoming
from textback.pipeline.dead import Redriven
from textback.pipeline.gating import Gatekeeper
from textback.pipeline.lines import Line
from textback.pipeline.quarantine import read_raw
from textback.store import accounts, hooks, inbox, rejected
from textback.store import dead as dead_store
from textback.store.db import Row, Tx

AGAIN = frozenset({"sent", "handled"})
"""Results of a redrive that put something on the road."""
SOME = 100
"""How far the count beside the menu goes."""


class Means(msgspec.Struct, frozen=True):
    """What redriving needs beside the letter: whose it is, the lines as they are configured now, the address that
    providers call, and the bot, whose policy the gate goes by. Where it is not known, those who post know it."""

    workspace: str
    lines: Mapping[str, Line]
    public_url: str
    bot: Bot = Bot(name="")


class Letter(msgspec.Struct, frozen=True):
    """One thing that was given up. `payload` is what it was, for people: redacted. `row` is the kind's own."""

    id: str
    kind: str
    line: str
    reason: str
    code: str
    detail: str
    payload: dict[str, Any]
    attempts: int
    at: int
    row: Any


class Wanted(msgspec.Struct, frozen=True):
    """Which letters: of a kind, of a line, come at `upto` or before; "" and None stand for any."""

    kind: str = ""
    line: str = ""
    upto: int | None = None


class Kind(msgspec.Struct, frozen=True):
    """A kind of letter: how people call one, and what can be done. `rows` takes the transaction, the workspace and
    id_, line, after, upto and most by name. `discard` says whether it was still to be dealt with."""

    word: str
    rows: Callable[..., list[Row[Any]]]
    redrive: Callable[[Tx, Any, int, Means], Redriven]
    discard: Callable[[Tx, Any, int], bool]


def _of(kind: str) -> Callable[..., list[Row[Any]]]:
    def rows(tx: Tx, workspace: str, **which: Any) -> list[Row[Any]]:
        return dead_store.letters(tx, workspace, kind=kind, **which)

    return rows


def _dead_again(tx: Tx, row: Any, now: int, means: Means) -> Redriven:
    return dead.redrive(tx, row, now, Gatekeeper(means.workspace, means.lines, lambda: means.bot))


def _webhook_again(tx: Tx, row: Any, now: int, means: Means) -> Redriven:
    """Check it again with the line as it is now, and take it in as if it had come today; only its age does not count.
    What has come by another way meanwhile is stored once all the same."""
    raw = rejected.raw_of(tx, row.workspace, row.id)
    if row.redriven_at is not None or not raw:
        return Redriven("lost", "Its body was too long to be kept.") if row.redriven_at is None else Redriven("done")
    line = means.lines.get(row.line)
    if line is None:
        return Redriven("refused", f"There is no line {row.line!r} here.")
    kept = read_raw(raw)
    webhook = msgspec.structs.replace(kept, url=f"{means.public_url}{kept.url}")
    signed_at = line.provider.signed_at(webhook) if isinstance(line.provider, Timestamped) else None
    try:
        line.provider.verify(webhook, now if signed_at is None else signed_at)
        found = line.provider.parse(webhook)
    except BadSignature as error:
        return Redriven("refused", f"Its signature is still not right: {error}.")
    except BadPayload as error:
        return Redriven("refused", f"It is signed, but makes no sense: {error}.")
    if not rejected.settle(tx, row.workspace, row.id, now, discarded=False):
        return Redriven("done")
    arrivals = [msgspec.structs.replace(one, doubt="redriven") for one in found]
    arrivals = [
        msgspec.structs.replace(one, sent_at=row.at) if isinstance(one, Message) and one.sent_at is None else one
        for one in arrivals
    ]
    inbox.store_arrivals(tx, row.workspace, [incoming(line.name, one) for one in arrivals], {}, now)
    return Redriven("handled")


def _webhook_away(tx: Tx, row: Any, now: int) -> bool:
    return rejected.settle(tx, row.workspace, row.id, now, discarded=True)


def _hook_again(tx: Tx, row: Any, now: int, means: Means) -> Redriven:
    """Tell the webhook once more, with things as they are now."""
    delivery = hooks.of_letter(tx, row)
    hook = hooks.find(tx, means.workspace, delivery.webhook_id) if delivery is not None else None
    if delivery is None or hook is None:
        return Redriven("lost", "The webhook, or what it was to be told, is gone.")
    if not hook.enabled:
        return Redriven("refused", "The webhook is not enabled.")
    if not dead_store.take(tx, row, now):
        return Redriven("done")
    hooks.again(tx, delivery, now)
    return Redriven("handled")


KINDS: dict[str, Kind] = {
    "send": Kind("text", _of("send"), _dead_again, dead_store.discard),
    "arrival": Kind("arrival", _of("arrival"), _dead_again, dead_store.discard),
    "job": Kind("action", _of("job"), _dead_again, dead.discard_job),
    "file": Kind("file", _of("file"), lambda tx, row, now, _: media.redrive(tx, row, now), dead_store.discard),
    "hook": Kind("delivery", _of("hook"), _hook_again, dead_store.discard),
    "webhook": Kind("webhook", rejected.webhooks, _webhook_again, _webhook_away),
}


def listing(
    tx: Tx, workspace: str, wanted: Wanted, *, after: tuple[int, str] = (0, ""), most: int = 1000
) -> list[Letter]:
    """Letters that nobody has dealt with, the oldest first. `after` are the time and the id of the last one of the page
    before."""
    kinds = [wanted.kind] if wanted.kind else list(KINDS)
    which = {"line": wanted.line, "after": after, "upto": wanted.upto, "most": most}
    found = [_letter(row) for kind in kinds for row in KINDS[kind].rows(tx, workspace, **which)]
    return sorted(found, key=lambda letter: (letter.at, letter.id))[:most]


def find(tx: Tx, workspace: str, id_: str) -> Letter | None:
    """One letter, dealt with or not."""
    for kind in KINDS.values():
        for row in kind.rows(tx, workspace, id_=id_):
            return _letter(row)
    return None


def counts(tx: Tx, workspace: str) -> dict[tuple[str, str], int]:
    """How many wait, by kind and line."""
    return {**dead_store.counts(tx, workspace), **rejected.counts(tx, workspace)}


def some(tx: Tx, workspace: str) -> int:
    """How many wait, counted to SOME."""
    return min(dead_store.some(tx, workspace, SOME) + rejected.some(tx, workspace, SOME), SOME)


def redrive(tx: Tx, id_: str, now: int, means: Means, actor: str) -> Redriven:
    """Put one on the road again, once, and note who did."""
    letter = find(tx, means.workspace, id_)
    if letter is None:
        return Redriven("lost", "It is gone.")
    done = KINDS[letter.kind].redrive(tx, letter.row, now, means)
    if done.result in AGAIN:
        _note(tx, means.workspace, actor, "dead.redrive", letter, now)
    return done


def discard(tx: Tx, id_: str, now: int, workspace: str, actor: str) -> bool:
    """Throw one away, and note who did; False when it is gone or somebody has dealt with it before."""
    letter = find(tx, workspace, id_)
    if letter is None or not KINDS[letter.kind].discard(tx, letter.row, now):
        return False
    _note(tx, workspace, actor, "dead.discard", letter, now)
    return True


def _note(tx: Tx, workspace: str, actor: str, action: str, letter: Letter, now: int) -> None:
    data = {"kind": letter.kind, "line": letter.line, "reason": letter.reason}
    accounts.write_audit(tx, workspace, actor, action, letter.id, now, data)


def _letter(row: Row[Any]) -> Letter:
    payload = msgspec.json.decode(row.payload, type=dict[str, Any])
    return Letter(row.id, row.kind, row.line, row.reason, row.code, row.detail, payload, row.attempts, row.at, row)
