"""All providers, by name. Adding one is one module and one entry here."""

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from textback.channels.base import Option, Provider, Traits
from textback.channels.bird import Bird
from textback.channels.client import Session, Target
from textback.channels.email import Email
from textback.channels.messagebird import MessageBird
from textback.channels.plivo_lists import ListingPlivo
from textback.channels.senderz import SenderZ
from textback.channels.simulator import Simulator
from textback.channels.slack import Slack
from textback.channels.telnyx_lists import ListingTelnyx
from textback.channels.twilio_rcs import RcsTwilio
from textback.channels.vonage import Vonage
from textback.channels.vonage_sms import VonageSMS
from textback.channels.web import WebChat
from textback.channels.whatsapp_templates import TemplatedWhatsApp


class _Class(Protocol):
    """What a provider's class has to say of itself."""

    @property
    def name(self) -> str: ...

    @property
    def options(self) -> tuple[Option, ...]: ...

    @property
    def traits(self) -> Traits | None: ...

    def __call__(self, number: str, options: Mapping[str, str], http: Session, /) -> Provider: ...


class ProviderSpec(msgspec.Struct, frozen=True):
    """A kind of provider: its name, its options, how one line of it is made, what it can do (None for one that is
    this program itself), and what asks it whether it knows our keys, where something does with these options.

    `make` raises SettingsError, in one line naming the option, when an option makes no sense.
    """

    name: str
    options: tuple[Option, ...]
    make: Callable[[str, Mapping[str, str], Session], Provider]
    traits: Traits | None = None
    question: Callable[[Mapping[str, str]], Target | None] | None = None

    @property
    def posted(self) -> bool:
        """Whether it calls us: not one that is this program, nor one whose texts are fetched from a mailbox."""
        return self.traits is not None and bool(self.traits.header or self.traits.field)

    @property
    def fetched(self) -> bool:
        """Whether its texts are fetched from a mailbox."""
        return self.traits is not None and not self.posted

    @property
    def title(self) -> str:
        """Its name in sentences."""
        return self.traits.title if self.traits else self.name.capitalize()


def _spec(kind: _Class) -> ProviderSpec:
    return ProviderSpec(kind.name, kind.options, kind, kind.traits, getattr(kind, "question", None))


PROVIDERS: dict[str, ProviderSpec] = {
    spec.name: spec
    for spec in (
        _spec(ListingTelnyx),
        _spec(RcsTwilio),
        _spec(ListingPlivo),
        _spec(Vonage),
        _spec(VonageSMS),
        _spec(MessageBird),
        _spec(Bird),
        _spec(SenderZ),
        _spec(TemplatedWhatsApp),
        _spec(Slack),
        _spec(Email),
        _spec(WebChat),
        _spec(Simulator),
    )
}
