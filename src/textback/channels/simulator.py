"""The simulator: a provider that is this program itself. Texts come from the Try it page and go no further."""

from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar

from textback.channels.base import Accepted, BadSignature, Failure, Option, Outgoing, Traits, Webhook
from textback.channels.client import Session
from textback.engine.arrivals import DeliveryStatus, Message


class Simulator:
    """Takes every text at once. Nothing outside may post to it: its webhook refuses everything."""

    name: ClassVar[str] = "simulator"
    options: ClassVar[tuple[Option, ...]] = ()
    content_types: ClassVar[tuple[str, ...]] = ("application/json",)
    acknowledgement: ClassVar[tuple[str, bytes]] = ("application/json", b"{}")
    traits: ClassVar[Traits | None] = None

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        self.number = number
        self.keywords: Mapping[str, frozenset[str]] = {}
        self.behaves: Callable[[Outgoing], Awaitable[Accepted | Failure]] | None = None  # what phones do with texts

    def verify(self, webhook: Webhook, now: int) -> None:
        """Always refuses."""
        raise BadSignature("the simulator takes no webhooks")

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """Nothing ever comes this way."""
        return []

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """The phone on the screen has it, or does what it was told to."""
        if self.behaves is not None:
            return await self.behaves(outgoing)
        return Accepted(f"sim-{outgoing.message_id}")
