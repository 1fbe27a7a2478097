"""RCS by Twilio: the same number's RCS sender, on the same line, with SMS where a phone has no RCS.

Contract: Twilio's OpenAPI specification of Messages.json, and its pages on incoming message webhooks and on status
callbacks, as read on 2026-11-22. An RCS sender is `rcs:` and the agent's name; the contact's number may come with the
same word before it, in webhooks and in the list alike. Only a messaging service falls back to SMS, and then its reports
come from the number.
"""

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlencode

import msgspec

from textback.channels.base import Accepted, Failure, Found, Option, Outgoing, Webhook
from textback.channels.client import Session
from textback.channels.http import api_address, basic
from textback.channels.reading import pairs_of
from textback.channels.twilio_content import BASE_URL, BROKEN, Contents, tapped
from textback.channels.twilio_lists import ListingTwilio, Row
from textback.core.errors import SettingsError
from textback.core.messages import Channel
from textback.engine.arrivals import DeliveryStatus, Message

SCHEME = "rcs:"


class RcsTwilio(ListingTwilio):
    """One Twilio number and, where it is set up, the RCS sender that goes with it."""

    offering: ClassVar[tuple[Channel, ...]] = ("rcs",)
    options: ClassVar[tuple[Option, ...]] = (
        *ListingTwilio.options,
        Option("rcs_sender", "TWILIO_RCS_SENDER", "The RCS sender, such as rcs:agent, for RCS too.", required=False),
        Option(
            "messaging_service", "TWILIO_MESSAGING_SERVICE",
            "The SID (MG…) of the messaging service that falls back from RCS to SMS.", required=False,
        ),
        Option(
            "content_url", "TWILIO_CONTENT_URL",
            f"The address of the Content API. Default: {BASE_URL}, or base_url where that is set.", required=False,
        ),
    )  # fmt: skip

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        super().__init__(number, options, http)
        agent = options.get("rcs_sender", "").strip()
        self._agent = f"{SCHEME}{agent.removeprefix(SCHEME)}" if agent else ""
        self._service = options.get("messaging_service", "").strip()
        if self._service and not (len(self._service) == 34 and self._service.startswith("MG")):
            raise SettingsError("TWILIO_MESSAGING_SERVICE is not one: it is MG and 32 more.", "Copy it again.")
        if self._service and not agent:
            raise SettingsError("TWILIO_MESSAGING_SERVICE needs TWILIO_RCS_SENDER.", "Set both, or none of them.")
        # Without the service a text by RCS that a phone can't show is lost, so it only answers those who use it.
        rcs: tuple[Channel, ...] = ("rcs", "sms") if self._service else ("sms", "rcs")
        self.channels: tuple[Channel, ...] = rcs if agent else ("sms",)
        self.offers = bool(agent)
        at = options.get("content_url", "").strip() or options.get("base_url", "").strip() or BASE_URL
        login = {"Authorization": basic(options["account_sid"], options["auth_token"].split(",")[0].strip())}
        self._contents = Contents(http, api_address({"base_url": at}, BASE_URL, "TWILIO_CONTENT_URL"), login)

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """A text or a status by SMS, MMS or RCS, the latter where it is our own RCS sender's."""
        if not self._agent:
            return super().parse(webhook)
        pairs = pairs_of(webhook.body)
        addresses = {value.strip() for name, value in pairs if name in ("From", "To")}
        if not any(address.startswith(SCHEME) for address in addresses):
            return [_by_sms(one) for one in super().parse(webhook)]
        if self._agent not in addresses:
            return []
        plain = [(name, self._plain(value.strip()) if name in ("From", "To") else value) for name, value in pairs]
        choice = tapped(dict(reversed(pairs)))
        if choice is not None:
            plain = [("Body", choice), *plain]
        if ("EventType", "READ") in pairs:
            plain = [("MessageStatus", "read"), *plain]  # of repeated ones the first counts
        body = urlencode(plain, errors="replace").encode()
        found = super().parse(msgspec.structs.replace(webhook, body=body))
        return [msgspec.structs.replace(one, channel="rcs") for one in found]

    def _plain(self, address: str) -> str:
        """An address of RCS as the number that it is, or that it stands for."""
        return self.number if address == self._agent else address.removeprefix(SCHEME)

    def _senders(self, outgoing: Outgoing) -> list[tuple[str, str]]:
        if outgoing.channel != "rcs" or not self._agent:
            return super()._senders(outgoing)
        if self._service:
            return [("MessagingServiceSid", self._service), ("FallbackFrom", outgoing.sender)]
        return [("From", self._agent)]

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """As SMS; by RCS with what it offers as chips, where Twilio has the template for that. By SMS such a text says
        its choices in words."""
        fields = await self._contents.fields(outgoing) if outgoing.channel == "rcs" and self._agent else None
        if fields is None:
            return await super().send(outgoing)
        answer = await self._post(outgoing, fields)
        if isinstance(answer, Failure) and answer.code in BROKEN:  # a clear refusal: nothing went
            self._contents.forget()
            return await super().send(outgoing)
        return answer

    @property
    def addresses(self) -> tuple[str, ...]:
        """The number and, where there is one, the RCS sender."""
        return (self.number, self._agent) if self._agent else (self.number,)

    def _pairs(self, outgoing: Outgoing) -> list[tuple[str, str]]:
        by_rcs = [(f"{SCHEME}{outgoing.recipient}", self._agent), (outgoing.recipient, self._agent)]
        return [*super()._pairs(outgoing), *(by_rcs if self._agent and outgoing.channel == "rcs" else [])]

    def _mine(self, row: Row) -> Row | None:
        """A row by SMS or by our RCS sender, with plain numbers."""
        from_, to = row.from_ or "", row.to or ""
        if not self._agent or self._agent not in (from_, to):
            return super()._mine(row)
        return msgspec.structs.replace(row, from_=self._plain(from_), to=self._plain(to), channel="rcs")

    async def find(self, outgoing: Outgoing, after: int, before: int) -> Found:
        """What went to this contact. Raises ListFailed. Of a text by RCS the list is never whole: one that a messaging
        service has not given a sender yet is not found by its sender."""
        found = await super().find(outgoing, after, before)
        return msgspec.structs.replace(found, surely=False) if outgoing.channel == "rcs" else found


def _by_sms(one: Message | DeliveryStatus) -> Message | DeliveryStatus:
    """A report from the number, also of a text that was to go by RCS: it went by SMS. One of a picture says no more
    than it did."""
    if isinstance(one, DeliveryStatus) and one.provider_id.startswith("SM"):
        return msgspec.structs.replace(one, channel="sms")
    return one
