"""The life of an episode as a table: what is, what happens, what it becomes. Unlisted pairs change nothing."""

from textback.engine.state import EpisodeStatus

TRANSITIONS: dict[tuple[EpisodeStatus, str], EpisodeStatus] = {
    # The contact texts and the bot may answer.
    ("new", "text"): "engaged",
    ("waiting_on_customer", "text"): "engaged",
    # The bot or a person has said something and the next word is the contact's.
    ("new", "said"): "waiting_on_customer",
    ("engaged", "said"): "waiting_on_customer",
    ("waiting_on_agent", "said"): "waiting_on_customer",
    # A person is needed: asked for, texted while they hold it, or gone quiet.
    ("new", "needs_person"): "waiting_on_agent",
    ("engaged", "needs_person"): "waiting_on_agent",
    ("waiting_on_customer", "needs_person"): "waiting_on_agent",
    ("completed", "needs_person"): "waiting_on_agent",
    # A person has taken it.
    ("new", "taken"): "engaged",
    ("waiting_on_customer", "taken"): "engaged",
    ("waiting_on_agent", "taken"): "engaged",
    # The session has ended with nobody waiting, or a person closed it.
    ("new", "finished"): "completed",
    ("engaged", "finished"): "completed",
    ("waiting_on_customer", "finished"): "completed",
    ("waiting_on_agent", "finished"): "completed",
    # Long after.
    ("completed", "archived"): "archived",
}

#: An episode in one of these is over: what comes next begins another.
OVER: frozenset[EpisodeStatus] = frozenset({"completed", "archived"})


def after(status: EpisodeStatus, happening: str) -> EpisodeStatus:
    """The status that follows."""
    return TRANSITIONS.get((status, happening), status)
