"""All providers, by name. Adding one is one module and one entry here."""

from collections.abc import Callable, Mapping

import msgspec

from textback.channels.base import Option, Provider
from textback.channels.client import Session
from textback.channels.simulator import Simulator
from textback.channels.telnyx_lists import ListingTelnyx
from textback.channels.twilio_lists import ListingTwilio


class ProviderSpec(msgspec.Struct, frozen=True):
    """A kind of provider: its name, its options, and how one line of it is made.

    `make` raises SettingsError, in one line naming the option, when an option makes no sense.
    """

    name: str
    options: tuple[Option, ...]
    make: Callable[[str, Mapping[str, str], Session], Provider]


PROVIDERS: dict[str, ProviderSpec] = {
    spec.name: spec
    for spec in (
        ProviderSpec(ListingTelnyx.name, ListingTelnyx.options, ListingTelnyx),
        ProviderSpec(ListingTwilio.name, ListingTwilio.options, ListingTwilio),
        ProviderSpec(Simulator.name, Simulator.options, Simulator),
    )
}
