"""Named messages and their approval: who wrote what, and what keeps a bot folder from being published (rule C1).

Messages live in the bot folder's draft and versions and nowhere else. Beside them only what became of each wording is
kept, by its digest.
"""

from collections.abc import Callable, Mapping, Sequence

from textback.engine.named_files import Definition, definitions
from textback.store import approvals, bots
from textback.store.bots import Draft, DraftRefused, Files, Settled
from textback.store.db import Tx


def unapproved(tx: Tx, workspace: str, files: Mapping[str, str]) -> list[Definition]:
    """The messages in these files whose wording nobody has approved."""
    found = definitions(files)
    known = approvals.of(tx, workspace, {one.name: one.digest for one in found.values()})
    return [one for one in found.values() if one.name not in known or known[one.name].state != "approved"]


def sentence(missing: Sequence[Definition]) -> str:
    """What keeps it from being published."""
    names = ", ".join(one.name for one in missing[:5]) + (f" and {len(missing) - 5} more" if missing[5:] else "")
    many = len(missing) > 1
    return f"The template{'s' if many else ''} {names} {'are' if many else 'is'} not approved."


def require(tx: Tx, workspace: str, files: Mapping[str, str]) -> None:
    """Raises DraftRefused where a message is not approved."""
    missing = unapproved(tx, workspace, files)
    if missing:
        raise DraftRefused(f"Nothing is published: {sentence(missing)[0].lower()}{sentence(missing)[1:]}")


def change_draft(tx: Tx, workspace: str, change: Callable[[Files], str], by: str, now: int) -> tuple[Draft, str] | None:
    """As bots.change_draft; and each message that it changes leaves a line in the audit trail, with who wrote it."""
    before: Files = {}

    def noted(files: Files) -> str:
        before.update(files)
        return change(files)

    changed = bots.change_draft(tx, workspace, noted, by, now)
    if changed is not None and changed[1]:
        old, new = definitions(before), definitions(changed[0].files)
        for name in sorted({*old, *new}):
            was = old[name].digest if name in old else ""
            is_ = new[name].digest if name in new else ""
            if was != is_:
                body = new[name].body if name in new else None
                approvals.note_written(tx, workspace, name, was, is_, body, by, now)
    return changed


def ask_for(tx: Tx, workspace: str, wanted: Sequence[Definition], by: str, now: int) -> int:
    """Ask for the approval of these; returns of how many it was not asked before."""
    return sum(approvals.ask(tx, workspace, one.name, one.digest, one.body, by, now) for one in wanted)


def publish_draft(tx: Tx, workspace: str, seen: str, latest: int, by: str, note: str, now: int, approval: bool) -> int:
    """As bots.publish_draft, but not with a message that must be approved and is not. Raises DraftRefused."""
    if approval and (found := bots.draft(tx, workspace)) is not None:
        require(tx, workspace, found.files)
    return bots.publish_draft(tx, workspace, seen, latest, by, note, now)


def settle(
    tx: Tx, workspace: str, files: Mapping[str, str], now: int, example: bool = False, approval: bool = False
) -> tuple[Settled, list[Definition]]:
    """As bots.settle. Where messages of the folder must be approved and are not, their approval is asked for, and the
    newest version goes on; these messages are returned. Raises DraftRefused where there is no version."""
    if approval:
        newest = bots.newest(tx, workspace)
        live = bots.load_files(tx, workspace, newest) if newest else {}
        missing = unapproved(tx, workspace, files) if bots.digest(files) != bots.digest(live) else []
        if missing and not newest:
            raise DraftRefused(sentence(missing))
        if missing:
            ask_for(tx, workspace, missing, bots.SERVE, now)
            return Settled(newest, live, "desk"), missing
    return bots.settle(tx, workspace, files, now, example), []
