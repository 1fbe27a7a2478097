"""Opening the database for a command: what it changes is in the log of events, where somebody has asked for that."""

from textback.settings import Settings
from textback.store import events
from textback.store.db import Db, open_db


def open_logged(settings: Settings, keys: object = None) -> Db:
    """The database of these settings, whose schema must be current. `keys` are those of the consent ledger."""
    db = open_db(settings.database_url, keys=keys, events=settings.workspace if settings.event_days else "")
    if db.log is not None:
        with db.transaction() as tx:
            db.log.on = events.begun(tx, settings.workspace)
    return db
