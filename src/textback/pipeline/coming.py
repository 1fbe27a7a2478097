"""How a line's webhooks come: whether the first one has, and what is wrong when it has not. Pure: it looks at what the
database remembers, and says it in words."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from textback.channels.registry import PROVIDERS
from textback.store.line_seen import Refused, Seen, Standing

_WRONG = ("unsigned", "malformed", "wrong_type", "too_large", "stranger")
VERIFIES = (
    "public_key", "auth_token", "signature_secret", "signing_key", "webhook_secret", "app_secret", "signing_secret",
)  # fmt: skip
"""Options that webhooks are checked with."""

State = Literal["came", "greeted", "refused", "elsewhere", "nothing"]


class Coming(msgspec.Struct, frozen=True):
    """How it stands, what was seen and what to do; `at` (ms) is when it was last so, 0 where nothing happened."""

    state: State
    seen: str
    fix: str = ""
    at: int = 0


def coming(line: str, provider: str, standing: Standing, address: str, since: int = 0) -> Coming:
    """How the webhooks of a line come to `address`, from `since` (ms) on.

    A webhook that is signed as it should be settles it. Otherwise the newest of what went wrong counts, then whatever
    was posted to an address that is no line's.
    """
    marks = {what: seen for what, seen in standing.seen.get(line, {}).items() if seen.at >= since}
    if provider in PROVIDERS and PROVIDERS[provider].fetched:
        return _fetched(marks)
    came = marks.get("webhook")
    if came is not None:
        return Coming("came", "Webhooks come, and they are signed as they should be.", at=came.at)
    wrong = max((what for what in _WRONG if what in marks), key=lambda what: marks[what].at, default="")
    stray = standing.refused.get(("", "no_line"))
    if wrong:
        said = standing.refused.get((line, wrong))
        return _refused(provider, wrong, marks[wrong], said if said and said.at >= since else None, address)
    if "greeted" in marks:
        fix = "Text the number. Nothing comes? Subscribe the webhook to messages in the provider's console."
        return Coming(
            "greeted", "The provider has checked the address; no text has come yet.", fix, marks["greeted"].at
        )
    if stray is not None and stray.at >= since:
        seen = f"Something was posted to /webhooks/{stray.line}, and there is no line of that name."
        return Coming("elsewhere", seen, f"If that was the provider, give it this address instead: {address}", stray.at)
    if "wrong_method" in marks:
        seen = "The address was opened in another way than the provider posts webhooks."
        fix = "If that was the provider, set the method to POST there. A browser or curl does no harm."
        return Coming("refused", seen, fix, marks["wrong_method"].at)
    return Coming("nothing", "Nothing has come yet.", _quiet(provider, address))


def _fetched(marks: Mapping[str, Seen]) -> Coming:
    """How the texts of a line come that are fetched from a mailbox."""
    away, read, came = (marks.get(what) for what in ("box_away", "box_read", "webhook"))
    if away is not None and (read is None or away.at > read.at):
        fix = "The log says why. Compare the mailbox's user, password and folder with those at your mail server."
        return Coming("refused", "The mailbox can’t be read.", fix, away.at)
    if came is not None:
        return Coming("came", "Mail comes, and is taken in.", at=came.at)
    if read is not None:
        return Coming("nothing", "The mailbox is read; no mail has come yet.", "Write to the address.")
    fix = "Start the server, and set EMAIL_IMAP_HOST if mail is to come in."
    return Coming("nothing", "The mailbox has not been read yet.", fix)


def _title(provider: str) -> str:
    return PROVIDERS[provider].title if provider in PROVIDERS else provider


def _quiet(provider: str, address: str) -> str:
    return f"Text the number. Nothing comes? Give {_title(provider)} this address, for this number: {address}"


def _refused(provider: str, wrong: str, mark: Seen, said: Refused | None, address: str) -> Coming:
    """What went wrong with the newest request."""
    title = _title(provider)
    detail = f" ({said.detail})" if said is not None and said.detail else ""
    seen, fix = {
        "unsigned": (f"A request came, and its signature is not right{detail}.", _keys_fix(provider, address)),
        "malformed": (
            f"A signed request came that makes no sense{detail}.",
            f"See whether another product of {title} has this address; Stuck shows what was posted.",
        ),
        "wrong_type": (
            f"A request came in a form that {title} does not use.",
            f"Set how {title} posts as docs/how-to/{provider}.md says, or find out who else posts there.",
        ),
        "too_large": ("A request came that is too large.", f"Find out who posts there: {title}'s are small."),
        "stranger": (
            f"{title} asked for the address with another token than this line's.",
            "Use the same verify token in both places, and have it verified again.",
        ),
    }[wrong]
    return Coming("refused", seen, fix, mark.at)


def _keys_fix(provider: str, address: str) -> str:
    spec = PROVIDERS.get(provider)
    if spec is None:
        return f"Compare the line's keys with the provider's, and its address with {address}"
    names = [option.env for option in spec.options if option.name in VERIFIES]
    over = bool(spec.traits and "address" in spec.traits.signature)
    also = f" It signs the address too: it must have exactly {address}" if over else ""
    return f"Compare {' and '.join(names) or 'the keys'} with {spec.title}'s console.{also}"
