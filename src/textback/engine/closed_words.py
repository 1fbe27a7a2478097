"""What the contact reads where nobody can answer them now: when somebody can, and where else they may turn."""

from textback.core.when import to_datetime
from textback.engine.show import show
from textback.engine.words import Phrases


def opening(opens: int | None, timezone: str, locale: str, year: int) -> str:
    """When a queue opens again, such as "Tue Mar 3 at 9:00 AM"; empty where it does not."""
    if opens is None:
        return ""
    return show(to_datetime(opens, timezone).strftime("%Y-%m-%dT%H:%M"), locale, year)


def other_way(phrases: Phrases, email: str, form: str) -> str:
    """Where else they may turn; empty where there is nothing else."""
    if email and form:
        return phrases.other_both.format(email=email, form=form)
    if email:
        return phrases.other_mail.format(email=email)
    return phrases.other_form.format(form=form) if form else ""
