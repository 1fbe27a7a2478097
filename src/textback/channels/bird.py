"""Bird's channels API: signed JSON webhooks of a workspace, and texts posted to one of its channels.

Contract: Bird's pages on sending SMS, on verifying webhooks, on rate limits and on keywords for opting out, as read on
2026-11-22.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from textback.channels.base import (
    Accepted,
    BadPayload,
    Failure,
    Option,
    Outgoing,
    Traits,
    Webhook,
    common_options,
)
from textback.channels.bird_payload import CODES, Camel, Payload, status_of, text_of
from textback.channels.bird_payload import REPORT_CODES as REPORT_CODES
from textback.channels.bird_payload import STATUSES as STATUSES
from textback.channels.client import Session, Target
from textback.channels.files import Files
from textback.channels.http import (
    accepted,
    api_address,
    exchange,
    keywords_of,
    need,
    origins,
    refusal,
    secrets_of,
    target,
)
from textback.channels.reading import UNREADABLE, our_id, read_json
from textback.channels.stamped import check_stamp, stamped_at
from textback.core.errors import SettingsError
from textback.core.files import FileAsk
from textback.core.when import DAY
from textback.engine.arrivals import DeliveryStatus, Message

BASE_URL = "https://api.bird.com"
TOLERANCE = DAY
"""How far a webhook's timestamp may be from now, either way. Bird tries for hours and keeps the first try's time; what
keeps a replay out is that the same message is stored once."""
MOST_MEDIA = 10

#: Whole messages that Bird answers itself.
KEYWORDS: Mapping[str, frozenset[str]] = {
    "stop": frozenset({"STOP", "STOPALL", "END", "QUIT", "CANCEL", "UNSUBSCRIBE", "ARRET", "HALT", "DETENER", "PARAR",
                       "FERMA", "ОСТАНОВИТЬ", "ZATRZYMAJ"}),
    "start": frozenset({"START", "BEGIN", "RESUME", "REVERT", "UNSTOP", "NONARRET"}),
    "help": frozenset({"HELP", "INFO", "AIDE", "HULP", "HILFE", "AYUDA", "AJUDA", "AIUTO", "ПОМОЩЬ", "POMOCY"}),
}  # fmt: skip


class _Event(Camel):
    event: str | None = None
    payload: msgspec.Raw = msgspec.Raw(b"null")


class _Answer(Camel):
    id: str | None = None
    code: str | int | None = None


_event = msgspec.json.Decoder(_Event)
_payload = msgspec.json.Decoder(Payload)
_answer = msgspec.json.Decoder(_Answer)
_encode = msgspec.json.Encoder().encode


class Bird:
    """One number of a channel of a workspace."""

    name: ClassVar[str] = "bird"
    options: ClassVar[tuple[Option, ...]] = (
        Option("access_key", "BIRD_ACCESS_KEY", "The access key that sends texts.", secret=True),
        Option("workspace", "BIRD_WORKSPACE_ID", "The workspace's id."),
        Option("channel", "BIRD_CHANNEL_ID", "The id of the SMS channel."),
        Option("signing_key", "BIRD_SIGNING_KEY", "The key that the webhook was made with.", secret=True),
        *common_options("BIRD", BASE_URL),
    )
    content_types: ClassVar[tuple[str, ...]] = ("application/json",)
    acknowledgement: ClassVar[tuple[str, bytes]] = ("application/json", b'{"status":"accepted"}')
    traits: ClassVar[Traits | None] = Traits(
        title="Bird",
        header="messagebird-signature",
        signature="HMAC-SHA256 over time, address and body",
        opt_out="code 103 in reports",
        fail_over="tries again for 8 hours",
        limits="500 requests a second a workspace",
        files=Files(types=("image/",)),
    )

    @staticmethod
    def question(options: Mapping[str, str]) -> Target:
        """What asks Bird whether it knows our key, workspace and channel."""
        return Target(_channel(options), {"Authorization": f"AccessKey {options.get('access_key', '')}"}, "GET")

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        need(options, self.options)
        self.number = number
        self._http = http
        self._channel_id = options["channel"]
        login = {"Authorization": f"AccessKey {options['access_key']}", "Content-Type": "application/json"}
        self._target = target(f"{_channel(options)}/messages", login, "BIRD_ACCESS_KEY")
        access = {"Authorization": login["Authorization"]}
        # Media that come in lie at media.nest.messagebird.com (docs.bird.com, "Receiving messages" of a channel), those
        # of a conversation at media.api.bird.com (docs.bird.com, "Create pre-signed upload").
        own = origins(_channel(options), "https://*.bird.com", "https://media.nest.messagebird.com")
        self._files = FileAsk("", access, own)
        self._keys = [key.encode() for key in secrets_of(options, "signing_key", "BIRD_SIGNING_KEY")]
        self.keywords = keywords_of(options, KEYWORDS)

    def ask_for(self, url: str) -> FileAsk:
        """With the access key; Bird sends on to where the file lies."""
        return msgspec.structs.replace(self._files, url=url)

    def verify(self, webhook: Webhook, now: int) -> None:
        """HMAC-SHA256 over the time, the address and a hash of the body."""
        check_stamp(webhook, [webhook.url], self._keys, now, TOLERANCE)

    def signed_at(self, webhook: Webhook) -> int | None:
        """The timestamp that is signed with the body."""
        return stamped_at(webhook)

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """A text, or the status of one of ours; nothing for other events, and for other channels of the workspace."""
        event = read_json(_event, webhook.body)
        if event.event is None:
            raise BadPayload("event", "is missing")
        if event.event not in ("sms.inbound", "sms.outbound"):
            return []
        said = read_json(_payload, event.payload, "payload")
        if said.channel_id is not None and said.channel_id != self._channel_id:
            return []
        if event.event == "sms.inbound":
            return [text_of(said, self.number)]
        status = status_of(said, our_id(webhook))
        return [] if status is None else [status]

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """POST a message to the channel. Bird has no idempotency key here, so only a clear refusal is ever tried
        again."""
        content: dict[str, Any] = {"text": outgoing.text} if outgoing.text or not outgoing.media else {}
        if outgoing.media:
            content["images"] = [{"mediaUrl": media.url} for media in outgoing.media[:MOST_MEDIA]]
        kind = "image" if outgoing.media else "text"
        asked = {
            "receiver": {"contacts": [{"identifierKey": "phonenumber", "identifierValue": outgoing.recipient}]},
            "reference": outgoing.message_id,
            "body": {"type": kind, kind: content},
        }
        answer = await exchange(self._http, self._target, _encode(asked), outgoing)
        if isinstance(answer, Failure):
            return answer
        try:
            said = _answer.decode(answer.body)
        except UNREADABLE:
            said = _Answer()
        if 200 <= answer.status < 300:
            if said.id:
                return accepted(said.id)
            return Failure("unknown", str(answer.status), "Bird took it but its answer can't be read.")
        code = "" if said.code is None else str(said.code)
        return refusal(answer, code, f"Bird answered {answer.status}, code {code or answer.status}.", CODES)


def _channel(options: Mapping[str, str]) -> str:
    """The channel's address. Raises SettingsError for ids that can't be part of it."""
    address = api_address(options, BASE_URL, "BIRD_BASE_URL")
    for name, variable in (("workspace", "BIRD_WORKSPACE_ID"), ("channel", "BIRD_CHANNEL_ID")):
        if not options.get(name, "").replace("-", "").isalnum() or not options[name].isascii():
            raise SettingsError(
                f"{variable} is not an id: letters, digits and dashes.", "Copy it from the address bar."
            )
    return f"{address}/workspaces/{options['workspace']}/channels/{options['channel']}"
