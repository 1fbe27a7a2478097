"""Roles: which parts of the road one process takes on. By default all of them."""

from textback.core.errors import SettingsError, shown

ROLES = ("accept", "turn", "deliver", "perform", "tick", "web")
"""accept takes webhooks; turn decides what to answer; deliver posts it; perform
asks other systems for what flows want of them; tick fires timers and ends the leases of dead
nodes; web serves the desk, the simulator and the HTTP API."""
EVERY = ",".join(ROLES)


def parse_roles(text: str) -> frozenset[str]:
    """The roles in a list such as "accept,turn". Raises SettingsError, in one line, for one that there is not."""
    named = [name.strip().lower() for name in text.split(",")]
    for name in named:
        if name not in ROLES:
            what = f"{shown(name)} is not a role" if name else "a role is missing"
            raise SettingsError(
                f"ROLES: {what} in {shown(text)}.", f"Known are {', '.join(ROLES)}; leave it out for all."
            )
    return frozenset(named)
