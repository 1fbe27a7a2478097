"""Since when a number has taken webhooks without enforcing their signatures: the clock that no restart sets back."""

from sqlalchemy import Connection, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from textback.store.db import make_engine, sqlite_path
from textback.store.many import upserter
from textback.store.tables import signature_trials

_t = signature_trials.c
_begin = upserter(signature_trials, ("workspace", "provider", "number"), ("since",))


def since(tx: Connection, workspace: str, provider: str, number: str) -> int | None:
    """When its latest trial began (ms), None when there was none."""
    query = select(_t.since).where(_t.workspace == workspace, _t.provider == provider, _t.number == number)
    return tx.execute(query).scalar()


def begin(tx: Connection, workspace: str, provider: str, number: str, now: int) -> None:
    """A trial begins now."""
    _begin(tx, [{"workspace": workspace, "provider": provider, "number": number, "since": now}])


def look(url: URL, workspace: str, provider: str, number: str) -> int | None:
    """As `since`, of a database from outside; None too where it can't be read."""
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return None
    engine = make_engine(url, begin="BEGIN")
    try:
        with engine.connect() as tx:
            return since(tx, workspace, provider, number)
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()
