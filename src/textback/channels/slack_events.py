"""What Slack's events say: texts of people, and buttons that they press."""

import re
from html import unescape

import msgspec

from textback.channels.base import BadPayload, FailureKind
from textback.channels.reading import read_json
from textback.core.messages import Status
from textback.core.text import clean
from textback.core.when import EARLIEST
from textback.engine.arrivals import Media, Message

STATUSES: dict[str, Status] = {}
"""Slack reports on nothing: what it has taken is there."""

#: What a word in a refusal means. Others are refusals that a repeat would not change.
CODES: dict[str, FailureKind] = {
    **dict.fromkeys(("ratelimited", "rate_limited"), "throttled"),
    **dict.fromkeys(("internal_error", "fatal_error", "request_timeout", "service_unavailable"), "unknown"),
    **dict.fromkeys(
        ("not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "missing_scope",
         "not_allowed_token_type", "no_permission", "org_login_required", "ekm_access_denied", "access_denied",
         "not_in_channel", "team_access_not_granted", "accesslimited", "team_added_to_org"), "misconfigured"
    ),
}  # fmt: skip

TAKEN = ("", "file_share", "thread_broadcast")
"""Subtypes of messages that are texts of people; all others tell of changes."""
_LINK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


class File(msgspec.Struct):
    """A file, which needs the bot's token to be read."""

    url_private: str | None = None
    mimetype: str | None = None


class Event(msgspec.Struct):
    """What happened in a channel."""

    type: str = ""
    subtype: str | None = None
    channel: str | None = None
    channel_type: str | None = None
    user: str | None = None
    bot_id: str | None = None
    text: str | int | None = None
    ts: str | int | None = None
    thread_ts: str | int | None = None
    files: list[File] | None = None


class Body(msgspec.Struct):
    """A whole request."""

    type: str
    challenge: str = ""
    event: Event | None = None


class _Named(msgspec.Struct):
    id: str | None = None


class _Around(msgspec.Struct):
    thread_ts: str | int | None = None
    channel_id: str | None = None


class _Action(msgspec.Struct):
    type: str | None = None
    value: str | None = None
    action_ts: str | int | None = None


class _Pressed(msgspec.Struct):
    type: str
    user: _Named | None = None
    channel: _Named | None = None
    container: _Around | None = None
    message: _Around | None = None
    actions: list[_Action] | None = None


_pressed = msgspec.json.Decoder(_Pressed)


def heard(body: Body, bot: str) -> Message | None:
    """The text that an event brings; None for what is none, or is not said to the bot. In a channel only what mentions
    it is: whoever else talks there talks to others. Raises BadPayload."""
    event = body.event
    if body.type != "event_callback" or event is None:
        return None
    spoken_to = event.type == "app_mention" or (event.type == "message" and event.channel_type == "im")
    if not spoken_to or (event.subtype or "") not in TAKEN or event.bot_id or event.user == bot:
        return None
    if not event.channel:
        raise BadPayload("event.channel", "is missing")
    if not event.ts:
        raise BadPayload("event.ts", "is missing")
    if not event.user:
        raise BadPayload("event.user", "is missing")
    # In a channel an answer goes into a thread below the text; in a direct message only where they began one.
    thread = event.thread_ts or (None if event.channel_type == "im" else event.ts)
    media = [Media(clean(one.url_private), clean(one.mimetype or "")) for one in event.files or () if one.url_private]
    return Message(
        sender=address(event.channel, thread),
        recipient=bot,
        text=plain("" if event.text is None else str(event.text), bot),
        provider_id=clean(f"{event.channel}:{event.ts}")[:255],
        channel="slack",
        media=tuple(media),
        sent_at=_moment(event.ts),
    )


def pressed(payload: str, bot: str) -> Message | None:
    """The answer of whoever pressed one of our buttons; None for other interactions. Raises BadPayload."""
    body = read_json(_pressed, payload.encode("utf-8", "replace"), "payload")
    if body.type != "block_actions" or not body.actions:
        return None
    action = body.actions[0]
    if action.type != "button" or not action.value:
        return None
    around = body.container or _Around()
    channel = (body.channel.id if body.channel is not None else None) or around.channel_id
    if not channel:
        raise BadPayload("payload.channel", "is missing")
    if not action.action_ts:
        raise BadPayload("payload.actions", "have no action_ts")
    thread = around.thread_ts or (body.message.thread_ts if body.message is not None else None)
    return Message(
        sender=address(channel, thread),
        recipient=bot,
        text=clean(action.value),
        provider_id=clean(f"{channel}:{action.action_ts}")[:255],
        channel="slack",
        sent_at=_moment(action.action_ts),
    )


def address(channel: str, thread: str | int | None) -> str:
    """Where a conversation is."""
    return clean(f"{channel}:{thread}" if thread else channel)[:320]


def plain(text: str, bot: str) -> str:
    """Words as they were written: without the bot's own name at their beginning, and with links as what they show."""
    text = text.removeprefix(f"<@{bot}>").removeprefix(":").lstrip() if text.startswith(f"<@{bot}>") else text
    return clean(unescape(_LINK.sub(lambda hit: _shown(hit[1], hit[2]), text)) if "<" in text or "&" in text else text)


def _shown(target: str, label: str | None) -> str:
    if target[:1] in ("@", "#", "!"):
        return f"{target[:1]}{label or target[1:]}".replace("!", "@")
    return label if label and target.startswith(("mailto:", "tel:")) else target


def _moment(ts: str | int | None) -> int | None:
    """Slack's time, seconds with a fraction that makes it unique, in ms."""
    whole, _, fraction = str(ts or "").partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 11):
        return None
    part = fraction[:3] if fraction.isascii() and fraction[:3].isdigit() else ""
    at = int(whole) * 1000 + int(part.ljust(3, "0") or 0)
    return at if at >= EARLIEST else None
