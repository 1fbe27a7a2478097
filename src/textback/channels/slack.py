"""Slack: direct messages to the bot, and threads in which it is mentioned. Signed events, and chat.postMessage.

Contract: Slack's pages on the Events API, on verifying requests, on interactive messages, on rate limits and on
chat.postMessage, and its Python SDK, as read on 2026-11-22. A conversation is a direct message, or one of its threads,
or a thread of a channel; its address is the channel's id, with the thread's behind a colon.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from textback.channels.base import Accepted, BadSignature, Failure, Option, Outgoing, Traits, Webhook, signature_options
from textback.channels.client import Answer, Session, Target
from textback.channels.files import ANY
from textback.channels.http import accepted, api_address, exchange, need, origins, refusal, secrets_of, target
from textback.channels.reading import UNREADABLE, form_of, read_json
from textback.channels.slack_events import CODES as CODES
from textback.channels.slack_events import STATUSES as STATUSES
from textback.channels.slack_events import Body, heard, pressed
from textback.core.files import FileAsk
from textback.core.messages import Channel
from textback.core.text import clean
from textback.core.when import MINUTE, SECOND
from textback.engine.arrivals import DeliveryStatus, Message

BASE_URL = "https://slack.com/api"
TOLERANCE = 5 * MINUTE
FORM = "application/x-www-form-urlencoded"
MOST_BUTTONS, BUTTON, SECTION = 25, 75, 3000
"""Buttons that one row has, characters of one, and those of the words above them."""


class _Response(msgspec.Struct):
    ok: bool
    error: str = ""
    channel: str = ""
    ts: str = ""


_body = msgspec.json.Decoder(Body)
_response = msgspec.json.Decoder(_Response)
_encode = msgspec.json.Encoder().encode


class Slack:
    """One Slack app in one workspace."""

    name: ClassVar[str] = "slack"
    options: ClassVar[tuple[Option, ...]] = (
        Option("bot_token", "SLACK_BOT_TOKEN", "The bot's token, which begins with xoxb-.", secret=True),
        Option("signing_secret", "SLACK_SIGNING_SECRET", "The app's signing secret.", secret=True),
        Option("number", "SLACK_BOT_USER", "The bot's member id, such as U0123456789."),
        Option("base_url", "SLACK_BASE_URL", f"The API's address. Default: {BASE_URL}", required=False),
        *signature_options("SLACK"),
    )
    content_types: ClassVar[tuple[str, ...]] = ("application/json", FORM)
    acknowledgement: ClassVar[tuple[str, bytes]] = ("text/plain", b"")
    channels: ClassVar[tuple[Channel, ...]] = ("slack",)
    offers: ClassVar[bool] = True
    traits: ClassVar[Traits | None] = Traits(
        title="Slack",
        header="X-Slack-Signature",
        signature="HMAC-SHA256 over a time and the body",
        opt_out="none",
        fail_over="3 more tries within an hour",
        limits="about one a second to a channel; 40,000 characters",
        media="in, out as an address in the text",
        files=ANY,
        inbound="Slack",
    )

    @staticmethod
    def question(options: Mapping[str, str]) -> Target:
        """What asks Slack whether it knows the token."""
        address = api_address(options, BASE_URL, "SLACK_BASE_URL")
        return Target(f"{address}/auth.test", {"Authorization": f"Bearer {options.get('bot_token', '')}"}, "GET")

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        need(options, self.options)
        self.number = number
        self._http = http
        self._secrets = [s.encode() for s in secrets_of(options, "signing_secret", "SLACK_SIGNING_SECRET")]
        address = api_address(options, BASE_URL, "SLACK_BASE_URL")
        login = {
            "Authorization": f"Bearer {options['bot_token']}",
            "Content-Type": "application/json; charset=utf-8",
        }
        # The host of url_private (Slack's "Working with files"). A file of another service lies elsewhere, and so does
        # the page that asks to sign in, which comes where the scope is missing: neither sees the token.
        self._files = FileAsk(
            "", {"Authorization": login["Authorization"]}, origins(address, "https://files.slack.com")
        )
        self._target = target(f"{address}/chat.postMessage", login, "SLACK_BOT_TOKEN")
        self.keywords: Mapping[str, frozenset[str]] = {}

    def ask_for(self, url: str) -> FileAsk:
        """With the bot's token, which needs the scope files:read."""
        return msgspec.structs.replace(self._files, url=url)

    def verify(self, webhook: Webhook, now: int) -> None:
        """HMAC-SHA256 over the version, the time and the body, by one of our secrets, not too long ago."""
        at = self.signed_at(webhook)
        if at is None:
            raise BadSignature("no timestamp")
        if abs(now - at) > TOLERANCE:
            raise BadSignature("stale timestamp")
        scheme, _, given = webhook.headers.get("x-slack-signature", "").partition("=")
        if scheme != "v0" or not given:
            raise BadSignature("no signature")
        claimed = given.encode("latin-1", "replace")
        signed = f"v0:{at // SECOND}:".encode() + webhook.body
        for secret in self._secrets:
            if hmac.compare_digest(hmac.new(secret, signed, hashlib.sha256).hexdigest().encode(), claimed):
                return
        raise BadSignature("wrong signature")

    def signed_at(self, webhook: Webhook) -> int | None:
        """The time that is signed."""
        said = webhook.headers.get("x-slack-request-timestamp", "")
        fine = said.isascii() and said.isdigit() and len(said) <= 11 and str(int(said)) == said
        return int(said) * SECOND if fine else None

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """A text, or a button that somebody pressed; nothing for other events. Slack reports on nothing."""
        if webhook.headers.get("content-type", "").lower().startswith(FORM):
            found = pressed(form_of(webhook.body).get("payload", ""), self.number)
        else:
            found = heard(read_json(_body, webhook.body), self.number)
        return [found] if found is not None else []

    def answer(self, webhook: Webhook) -> tuple[str, bytes] | None:
        """Slack asks once whether the address is ours, by a signed event that wants its challenge back."""
        if webhook.headers.get("content-type", "").lower().startswith(FORM):
            return None
        body = read_json(_body, webhook.body)
        return ("text/plain", clean(body.challenge).encode()) if body.type == "url_verification" else None

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """POST chat.postMessage. There is no idempotency key, so only a clear refusal is ever tried again."""
        answer = await exchange(self._http, self._target, _encode(_content(outgoing)), outgoing)
        if isinstance(answer, Failure):
            return answer
        try:
            said = _response.decode(answer.body)
        except UNREADABLE:
            if 200 <= answer.status < 300:
                return Failure("unknown", str(answer.status), "Slack took it but its answer can't be read.")
            return _refused(answer, "")
        if not said.ok:
            return _refused(answer, said.error)
        if not 200 <= answer.status < 300:
            return _refused(answer, "")
        if not said.ts:
            return Failure("unknown", str(answer.status), "Slack took it but its answer can't be read.")
        return accepted(f"{said.channel}:{said.ts}")


def _content(outgoing: Outgoing) -> dict[str, Any]:
    """What is posted: the words, and what they offer as buttons where it fits."""
    channel, _, thread = outgoing.recipient.partition(":")
    offer = outgoing.offer
    fits = (
        offer is not None
        and 0 < len(offer.options) <= MOST_BUTTONS
        and len(set(offer.options)) == len(offer.options)
        and all(one.strip() and len(one) <= BUTTON for one in offer.options)
    )
    text = _words(outgoing.text, outgoing)
    if offer is not None and fits:
        short = _words(offer.without(outgoing.text), outgoing)
        fits = 0 < len(short) <= SECTION
        text = short if fits else text
    body: dict[str, Any] = {"channel": channel, "text": text}
    if thread:
        body["thread_ts"] = thread
    if offer is not None and fits:
        buttons = [
            {
                "type": "button",
                "action_id": f"option_{n}",
                "text": {"type": "plain_text", "text": one},
                "value": one,
            }
            for n, one in enumerate(offer.options)
        ]
        section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
        body["blocks"] = [section, {"type": "actions", "elements": buttons}]
    return body


def _words(words: str, outgoing: Outgoing) -> str:
    """The words, and the addresses of media below them."""
    return escaped("\n".join(part for part in (words, *(one.url for one in outgoing.media)) if part))


def escaped(text: str) -> str:
    """Words as Slack shows them: these three have a meaning of their own there, such as calling a whole channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _refused(answer: Answer, error: str) -> Failure:
    """A refusal comes with 200 and a word; what its status would have been elsewhere is 400."""
    status = 400 if 200 <= answer.status < 300 else answer.status
    detail = f"Slack answered {answer.status}, error {clean(error)[:64] or answer.status}."
    failure = refusal(msgspec.structs.replace(answer, status=status), error, detail, CODES)
    return failure if failure.code != "400" or error else msgspec.structs.replace(failure, code=str(answer.status))
