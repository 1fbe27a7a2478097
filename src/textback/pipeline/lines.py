"""A line at work: a provider account and a number that texts come to and go out from."""

from collections.abc import Collection, Mapping, MutableMapping

import msgspec

from textback.channels.base import Attaching, Channels, Offering, Provider, Templated, Threaded
from textback.compliance.limits import CAMPAIGN_CLASSES, T_MOBILE_PER_DAY, cap_of, rate_of
from textback.core.errors import SettingsError, shown
from textback.core.messages import Channel
from textback.core.registration import UNDECLARED, Registration
from textback.pipeline.bad_numbers import codes_of

LEAST_CAP = 10
"""Segments that the longest text has: under a smaller cap it could never go."""


class Line(msgspec.Struct, frozen=True):
    """One configured sending identity.

    `rate` limits segments per second, `cap` segments on one of the carriers' days; None leaves it to the provider.
    Lines of the same `brand` share a cap. `channels` are what its number speaks; first the one that is tried with
    somebody who has not written yet.
    """

    name: str
    provider: Provider
    number: str
    channels: tuple[Channel, ...] = ("sms",)
    rate: float | None = None
    cap: int | None = None
    brand: str = ""
    registration: Registration = UNDECLARED
    offers: bool = False
    """Whether it can show what a text offers to choose from."""
    threads: bool = False
    """Whether a text says which one it answers."""
    attaches: int = 0
    """Bytes of files that go inside a message; 0: files go as addresses."""
    templates: str = ""
    """What the provider calls the account whose approved templates it sends; "" where it has none."""
    price: float = 0.0  # of a segment, in US dollars; 0: nobody has said
    log_only_until: int = 0
    """Until then (ms) a webhook with a bad signature is taken in; 0: never."""

    @property
    def limited(self) -> bool:
        """Whether texts must queue for it."""
        return self.rate is not None or self.cap is not None

    @property
    def counter(self) -> str:
        """What its cap is counted on."""
        return f"brand {self.brand}"[:64] if self.brand else self.name

    def reply_channel(self, last: str) -> Channel:
        """How a text to a contact goes: on the channel that they used `last` (State.channel)."""
        return next((channel for channel in self.channels if channel == last), self.channels[0])

    def heard_on(self, channel: Channel) -> str:
        """What is remembered of the channel of a text that came in: nothing where the line has only one."""
        return "" if len(self.channels) == 1 else "sms" if channel == "mms" else channel

    @property
    def shows_thread(self) -> bool:
        """Whether it is a page of ours: what it shows of a text must be kept for as long as the text."""
        return self.channels[0] == "web"

    @property
    def keywords(self) -> Mapping[str, frozenset[str]]:
        """Whole messages that the provider answers itself."""
        return self.provider.keywords

    @property
    def bad_numbers(self) -> Mapping[str, str]:
        """The provider's codes that say that a number can't get texts, with why."""
        return codes_of(self.provider.name)


class LineLimits(msgspec.Struct, frozen=True):
    """What a line may send: segments a second, segments a day, and the brand whose lines share the day's cap."""

    rate: float | None = None
    cap: int | None = None
    brand: str = ""


def channels_of(provider: Provider) -> tuple[Channel, ...]:
    """What a provider's number speaks."""
    return provider.channels if isinstance(provider, Channels) else ("sms",)


def shows_offers(provider: Provider) -> bool:
    """Whether a provider shows what a text lets them choose from."""
    return isinstance(provider, Offering) and provider.offers


def has_threads(provider: Provider) -> bool:
    """Whether a provider's texts say which one they answer."""
    return isinstance(provider, Threaded) and provider.threads


def room_for_files(provider: Provider) -> int:
    """Bytes of files that go inside a provider's message; 0 where none do."""
    return provider.attaches if isinstance(provider, Attaching) else 0


def templates_account(provider: Provider) -> str:
    """What a provider calls the account of its line's templates; "" where it has none."""
    return provider.templates_account if isinstance(provider, Templated) else ""


def line_limits(line: str, options: MutableMapping[str, str]) -> LineLimits:
    """Takes the limits out of a line's options in bot.yml: rate, cap, brand, brand_tier and campaign_class.

    Raises SettingsError, in one line that names the line and the option.
    """
    rate = _number(line, "rate", options.pop("rate", None), "segments per second above 0")
    cap = _number(line, "cap", options.pop("cap", None), f"segments per day, at least {LEAST_CAP}", LEAST_CAP)
    brand = options.pop("brand", "").strip()
    tier, campaign = options.pop("brand_tier", None), options.pop("campaign_class", None)
    if tier is None and campaign is not None:
        raise SettingsError(f"Line {line} has a campaign_class but no brand_tier.", "Add its brand_tier in bot.yml.")
    if tier is not None:
        campaign = campaign or "standard"
        _known(line, "brand_tier", tier, T_MOBILE_PER_DAY)
        _known(line, "campaign_class", campaign, CAMPAIGN_CLASSES)
        rate = rate or rate_of(tier, campaign)
        cap = cap or cap_of(tier)
    return LineLimits(rate, None if cap is None else int(cap), brand)


def line_price(line: str, options: MutableMapping[str, str], usual: float) -> float:
    """Takes what a segment costs (US dollars) out of a line's options in bot.yml; `usual` where it does not say. Raises
    SettingsError."""
    price = _number(line, "price", options.pop("price", None), "what a segment costs, in US dollars above 0")
    return usual if price is None else price


def _known(line: str, name: str, given: str, known: Collection[str]) -> None:
    if given not in known:
        raise SettingsError(f"Line {line}: {name} {shown(given)} is not one.", f"Use one of {', '.join(known)}.")


def _number(line: str, name: str, text: str | None, meaning: str, least: float = 0.0) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not max(least, 1e-6) <= value < float("inf"):
        raise SettingsError(f"Line {line}: {name} must be {meaning}, not {shown(text)}.", "Mend bot.yml.")
    return value
