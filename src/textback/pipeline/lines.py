"""A line at work: a provider account and a number that texts come to and go out from."""

from collections.abc import Mapping

import msgspec

from textback.channels.base import Provider


class Line(msgspec.Struct, frozen=True):
    """One configured sending identity. `rate` limits texts per second; None leaves it to the provider to say."""

    name: str
    provider: Provider
    number: str
    channel: str = "sms"
    rate: float | None = None

    @property
    def keywords(self) -> Mapping[str, frozenset[str]]:
        """Whole messages that the provider answers itself."""
        return self.provider.keywords
