"""What went wrong in the database, as far as other rooms act on it."""

from psycopg.errors import LockNotAvailable
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection


def is_away(error: BaseException | None) -> bool:
    """Whether the database can't be reached or can't write now, whatever it is asked: no connection, shutting down, a
    disk without room, a standby. The same work may succeed later."""
    return isinstance(error, OperationalError | InterfaceError | InternalError | NoConnection) and not is_held_up(error)


def is_held_up(error: BaseException | None) -> bool:
    """Whether another transaction holds what this one needs, and for too long: that of a frozen node, for example."""
    return isinstance(error, OperationalError) and isinstance(error.orig, LockNotAvailable)


def is_refusal(error: BaseException | None) -> bool:
    """Whether it is the data that can't be stored: it would be refused again."""
    return isinstance(error, DataError | IntegrityError | UnicodeError)


def reason(error: BaseException) -> str:
    """What to write to the log: the driver's own first line where it speaks of the database, else only the kind of
    error, because the line could hold somebody's text."""
    if isinstance(error, DBAPIError) and is_away(error):
        lines = str(error.orig).strip().splitlines()
        if lines:
            return lines[0].rstrip(".")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
