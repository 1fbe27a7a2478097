"""What owners set for everybody at the desk. Each has a default, so an empty table is a working desk."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from textback.core.when import DAY, HOUR
from textback.store.tables_desk import desk_settings

_d = desk_settings.c


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """`session_days` after which everybody signs in again; `idle_hours` without a request that end a session, 0 for
    none; `two_step` says that everybody needs a second step."""

    session_days: int = 14
    idle_hours: int = 0
    two_step: bool = False

    @property
    def session_life(self) -> int:
        """How long (ms) a session lasts at most."""
        return self.session_days * DAY

    @property
    def idle(self) -> int:
        """How long (ms) a session lasts without a request; 0 for as long as it lasts."""
        return self.idle_hours * HOUR


#: The least and the most of each number.
BOUNDS = {"session_days": (1, 90), "idle_hours": (0, 720), "two_step": (0, 1)}


def read(tx: Connection, workspace: str) -> DeskSettings:
    """The settings of this workspace. A value that is none is as if it were not there."""
    rows = tx.execute(select(_d.name, _d.value).where(_d.workspace == workspace))
    found = {row.name: int(row.value) for row in rows if row.value.isascii() and row.value.isdigit()}
    usual = DeskSettings()
    return DeskSettings(
        found.get("session_days", usual.session_days),
        found.get("idle_hours", usual.idle_hours),
        bool(found.get("two_step", usual.two_step)),
    )


def write(tx: Connection, workspace: str, settings: DeskSettings) -> None:
    """Keep these."""
    for name in BOUNDS:
        value = str(int(getattr(settings, name)))
        where = (_d.workspace == workspace, _d.name == name)
        if tx.execute(desk_settings.update().where(*where).values(value=value)).rowcount == 0:
            tx.execute(desk_settings.insert(), {"workspace": workspace, "name": name, "value": value})
