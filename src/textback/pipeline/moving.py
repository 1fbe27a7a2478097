"""Moving running sessions from one version of the bot to another, step by id, one conversation and transaction at a
time. A session whose step is not in the other version stays where it is."""

import msgspec

from textback.engine.bot import Bot, Question
from textback.engine.state import Session, dump_state, load_state
from textback.store import running
from textback.store.db import Tx


class Move(msgspec.Struct, frozen=True):
    """What becomes of one session; `why` it stays is empty where it moves."""

    contact_id: str
    address: str
    flow: str
    step: str
    why: str


def obstacle(session: Session, bot: Bot) -> str:
    """What keeps a session from going on in this bot; empty when nothing does."""
    flow = bot.flows.get(session.flow)
    if flow is None:
        return f"there is no flow {session.flow}"
    step = flow.steps.get(session.step)
    if step is None:
        return f"there is no step {session.step}"
    if session.waiting and not isinstance(step, Question):
        return f"{session.step} is not a question any more"
    if session.confirming in flow.steps or not session.confirming.strip("?"):
        return ""
    return f"there is no step {session.confirming}, where a correction leads back to"


def listed(tx: Tx, workspace: str, old: int, bot: Bot) -> list[tuple[int, Move]]:
    """The sessions of version `old`, and whether each could run `bot`; with their buckets."""
    found = []
    for row in running.of_version(tx, workspace, old):
        session = load_state(row.state).session
        if session is not None:
            move = Move(row.contact_id, row.address, session.flow, session.step, obstacle(session, bot))
            found.append((row.bucket, move))
    return found


def move(tx: Tx, bucket: int, planned: Move, old: int, bot: Bot) -> Move:
    """Move one session, which may have gone on since it was listed. Says what became of it."""
    state = load_state(running.locked_state(tx, bucket, planned.contact_id))
    session = state.session
    if session is None or session.version != old:
        return msgspec.structs.replace(planned, why="it has ended meanwhile")
    why = obstacle(session, bot)
    if not why:
        session.version = bot.version
        running.move(tx, bucket, planned.contact_id, session.id, dump_state(state), bot.version)
    return msgspec.structs.replace(planned, flow=session.flow, step=session.step, why=why)
