"""What programs ask to be sent: reading one text out of a request, and everything that can be wrong with it."""

import hashlib
import re
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from textback.channels.files import MOST as MOST_MEDIA
from textback.core.messages import Channel, MessageClass
from textback.core.phone import is_landline, normalise, zone_of
from textback.core.text import clean, segments
from textback.core.when import DAY, MINUTE, to_ms
from textback.engine.arrivals import ApiSend
from textback.engine.bot import Bot
from textback.engine.named import BadValue, write_out
from textback.engine.named_files import definitions
from textback.pipeline import approvals
from textback.pipeline.wording import remarks
from textback.store import bots, inbox
from textback.store import gate as gate_store
from textback.store.db import Tx
from textback.store.keys import Key
from textback.store.requests import LONGEST, Once
from textback.web.access import check_line_of
from textback.web.api import MOST_TEXT, PROGRAMME, default_line, is_zone
from textback.web.context import LineInfo, WebContext
from textback.web.problems import Refused, missing, wrong
from textback.web.reading import check_home
from textback.web.v1.attached import MediaFile, check_fit, files_of

MOST_NAMES = 20
MOST_VALUE = 500
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
AHEAD = 366 * DAY
"""How far ahead (ms) a text may be scheduled."""
_REGION = re.compile(r"[A-Z]{2}")
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}")
_SMS = ("sms", "mms")
_sorted = msgspec.json.Encoder(order="sorted").encode


class Content(msgspec.Struct, forbid_unknown_fields=True, rename={"class_": "class"}, kw_only=True):
    """What a text says and how it goes: either `body`, up to 1,600 characters, with `media` or without, or `template`
    with its `variables`; without `locale` a template is sent in the contact's language.

    `media` are https addresses, or objects that also say what is known of a file, up to 10. `channel` is "auto" or what
    it must go by, `line` which line; `class` what it is for (C1), where the workspace's policy is not to say. `send_at`
    is when it is to go: ISO 8601 with an offset, or without one in the contact's own time. `zone`, `region` and
    `programme` are as with POST /sms/send. `metadata` comes back with the message and its events.
    """

    channel: Channel | Literal["auto"] = "auto"
    body: Annotated[str, Meta(extra_json_schema={"maxLength": MOST_TEXT}, examples=["Your bike is ready."])] = ""
    template: Annotated[str, Meta(examples=["visit_reminder"])] = ""
    variables: dict[str, str] = msgspec.field(default_factory=dict)
    locale: str = ""
    media: Annotated[list[str | MediaFile], Meta(extra_json_schema={"maxItems": MOST_MEDIA})] = msgspec.field(
        default_factory=list
    )
    class_: Literal["conversational", "informational", "promotional"] | msgspec.UnsetType = msgspec.UNSET
    line: str = ""
    send_at: Annotated[str, Meta(extra_json_schema={"maxLength": 40}, examples=["2026-12-01T09:00:00-08:00"])] = ""
    metadata: Annotated[dict[str, str], Meta(extra_json_schema={"maxProperties": MOST_NAMES})] = msgspec.field(
        default_factory=dict
    )
    zone: Annotated[str, Meta(extra_json_schema={"maxLength": 64})] = ""
    region: Annotated[str, Meta(extra_json_schema={"pattern": "^([A-Z]{2})?$"})] = ""
    programme: Annotated[str, Meta(extra_json_schema={"pattern": "^([a-z0-9][a-z0-9_-]{0,63})?$"})] = ""


class MessageBody(Content, forbid_unknown_fields=True, rename={"class_": "class"}, kw_only=True):
    """What POST /v1/messages takes: `to`, in E.164 or as people write it in the workspace's country, and the text:
    either `body`, up to 1,600 characters, with `media` or without, or `template` with its `variables`; without `locale`
    a template is sent in the contact's language.

    `media` are https addresses, or objects that also say what is known of a file, up to 10. `channel` is "auto" or what
    it must go by, `line` which line; `class` what it is for (C1), where the workspace's policy is not to say. `send_at`
    is when it is to go: ISO 8601 with an offset, or without one in the contact's own time, up to a year ahead.
    `zone`, `region` and `programme` are as with POST /sms/send. `metadata`, up to 20 names with up to 500 characters
    each, comes back with the message and its events.
    """

    to: Annotated[str, Meta(examples=["+12065550123"])]


class Asked(msgspec.Struct, frozen=True):
    """A text that may go: from which line, to which number, what, and remarks about its words."""

    line: str
    to: str
    arrival: ApiSend
    warnings: list[str] = []


@lru_cache(maxsize=20_000)
def _number(text: str, region: str) -> tuple[str, bool]:
    """A number in E.164, and whether it is known to be a landline. Raises ValueError."""
    found = normalise(text, region)
    return found, is_landline(found)


def number(ctx: WebContext, text: str, field: str = "to") -> str:
    """The number that a text can go to, read as one of the workspace's country. Raises Refused."""
    try:
        found, landline = _number(text, ctx.bot().country)
    except ValueError as error:
        raise wrong(str(error), field) from None
    if landline:
        detail = "That is the number of a landline, which cannot get texts."
        raise Refused(422, "unreachable", detail, field, rule="landline")
    return found


def once_of(key: Key, path: str, given: str | None, wanted: msgspec.Struct, id_: str) -> Once | None:
    """The Idempotency-Key that was given with a request, with the digest of what that asks for, which is to become
    `id_`. Raises Refused."""
    if given is None:
        return None
    if not _KEY.fullmatch(given):
        detail = f"Idempotency-Key is 1 to {LONGEST} letters, digits and signs without spaces."
        raise wrong(detail, "Idempotency-Key")
    asked = path.encode() + _sorted(wanted)
    return Once(key.id, given, hashlib.sha256(asked).hexdigest(), id_)


def line_for(ctx: WebContext, key: Key, wanted: Content) -> LineInfo:
    """The line that a text goes out on: the one it names, or the first that its key and channel allow. Raises
    Refused."""
    if wanted.line:
        if wanted.line not in ctx.lines:
            raise wrong(f"There is no line {wanted.line[:64]!r}.", "line")
        check_line_of(key, wanted.line)
    elif not key.lines and wanted.channel == "auto":
        return default_line(ctx)
    mine = [wanted.line] if wanted.line else [name for name in ctx.lines if key.for_line(name)]
    if not mine:
        raise Refused(403, "wrong_line", f"The key {key.name} is for no line that there is.", "line")
    fits = {name: ctx.lines[name] for name in mine if _carries(ctx, name, wanted.channel)}
    if not fits:
        where = f"The line {wanted.line} does not carry" if wanted.line else "There is no line for"
        raise Refused(422, "channel_unavailable", f"{where} {wanted.channel}. Use auto, or another channel.", "channel")
    return default_line(ctx, fits)


def _carries(ctx: WebContext, name: str, channel: str) -> bool:
    line = ctx.road.lines.get(name)
    own: tuple[str, ...] = ("sms",) if line is None else line.channels
    return channel == "auto" or channel in own or (channel in _SMS and any(one in _SMS for one in own))


def _channel(ctx: WebContext, line: LineInfo, wanted: Content) -> Channel | Literal[""]:
    """How a text must go, where the line can go several ways and it was said which."""
    found = ctx.road.lines.get(line.name)
    if found is None or len(found.channels) == 1 or wanted.channel == "auto":
        return ""
    return wanted.channel if wanted.channel in found.channels else next(one for one in found.channels if one in _SMS)


async def read_text(ctx: WebContext, key: Key, wanted: Content, to: str, message_id: str) -> Asked:
    """The text that is asked for with this key, to this number. Raises Refused."""
    bot = ctx.bot()
    line = line_for(ctx, key, wanted)
    if key.lines:
        await check_home(ctx, key, to)
    _check_plain(wanted)
    media = files_of(wanted.media, wanted.channel) if wanted.media else ()
    text, class_, warned = await _words(ctx, bot, wanted)
    if wanted.template and bot.templates[wanted.template].media:
        if wanted.channel == "sms":
            raise wrong(f"The template {wanted.template} has media, which sms does not carry. Use auto.", "channel")
        check_fit(ctx, line.name, bot.templates[wanted.template].media, "template")
    elif media:
        check_fit(ctx, line.name, media, "media")
    arrival = ApiSend(
        key.name,
        text,
        message_id,
        media=media,
        message_class=class_,
        zone=wanted.zone,
        region=wanted.region,
        programme=wanted.programme,
        metadata={name: clean(value) for name, value in wanted.metadata.items()},
        send_at=await _send_at(ctx, wanted, to) if wanted.send_at else 0,
        channel=_channel(ctx, line, wanted),
    )
    if wanted.template:
        values = {name: clean(value) for name, value in wanted.variables.items()}
        # The turn writes it out itself; its text is for a node of an earlier release, which does not know templates.
        arrival = msgspec.structs.replace(arrival, template=wanted.template, variables=values, locale=wanted.locale)
    return Asked(line.name, to, arrival, warned)


async def _words(ctx: WebContext, bot: Bot, wanted: Content) -> tuple[str, MessageClass, list[str]]:
    """What the text says, its class, and remarks about it. Raises Refused."""
    if wanted.template:
        text = await _written(ctx, bot, wanted)
        return text, bot.templates[wanted.template].message_class, []
    text = clean(wanted.body)
    if len(text) > MOST_TEXT:
        raise wrong(f"body has {len(text)} characters; at most {MOST_TEXT} go.", "body")
    parts = segments(text).count
    if parts > ctx.wording.most_parts:
        raise wrong(f"It would take {parts} parts; a text may have {ctx.wording.most_parts} (E3).", "body")
    said = wanted.class_
    class_: MessageClass = bot.policy.unlabelled if said is msgspec.UNSET else said
    found = remarks(bot, text, class_)
    for one in found:
        if one.level == "error":
            raise wrong(one.sentence, "body")
    # Who does not say what a text is for hears of its words only where they keep it from going.
    return text, class_, [] if said is msgspec.UNSET else [one.sentence for one in found]


def _check_plain(wanted: Content) -> None:
    """What can be seen to be wrong without asking anybody. Raises Refused."""
    if wanted.template:
        for name, given in (("body", wanted.body), ("media", wanted.media), ("programme", wanted.programme)):
            if given:
                raise wrong(f"Give either {name} or template: a template has its own.", "template")
        if wanted.class_ is not msgspec.UNSET:
            raise wrong("A template has its own class.", "class")
    elif not wanted.body.strip() and not wanted.media:
        raise wrong("Give either body or template.", "body")
    elif wanted.variables or wanted.locale:
        raise wrong("variables and locale are for a template.", "template")
    if wanted.metadata:
        _check_metadata(wanted)
    if wanted.zone and not is_zone(wanted.zone):
        raise wrong("zone is no time zone. Use an IANA name such as America/New_York.", "zone")
    if wanted.region and not _REGION.fullmatch(wanted.region):
        raise wrong("region is no state. Use two capital letters such as TX.", "region")
    if wanted.programme and not PROGRAMME.fullmatch(wanted.programme):
        raise wrong("programme is small letters, digits, - and _, up to 64 of them.", "programme")


def _check_metadata(wanted: Content) -> None:
    if len(wanted.metadata) > MOST_NAMES:
        raise wrong(f"metadata has {len(wanted.metadata)} names; it may have {MOST_NAMES}.", "metadata")
    for name, value in wanted.metadata.items():
        if not NAME.fullmatch(name):
            detail = "Names in metadata begin with a letter and go on with letters, digits, _, . and -, up to 64."
            raise wrong(detail, "metadata")
        if len(value) > MOST_VALUE:
            raise wrong(f"{name} has {len(value)} characters; it may have {MOST_VALUE}.", f"metadata.{name}")


async def _send_at(ctx: WebContext, wanted: Content, to: str) -> int:
    """When a text is to go (ms). Raises Refused."""
    now = ctx.road.now()
    try:
        given = datetime.fromisoformat(wanted.send_at)
        if given.tzinfo is None:
            given = given.replace(tzinfo=ZoneInfo(await _zone(ctx, wanted, to)))
        at = to_ms(given)
    except (ValueError, OverflowError):
        raise wrong("send_at is no time. Write it like 2026-12-01T09:00:00-08:00.", "send_at") from None
    if at < now - MINUTE:
        raise wrong("send_at is in the past.", "send_at")
    if at > now + AHEAD:
        raise wrong("send_at is more than a year ahead.", "send_at")
    return max(at, now)


async def _zone(ctx: WebContext, wanted: Content, to: str) -> str:
    """Where the contact is: as the program says, as is known of them, or by their number; else where the business
    is."""
    if wanted.zone:
        return wanted.zone
    key = ("phone", to)
    homes = await ctx.db.read(inbox.find_homes, ctx.workspace, [key])
    known = await ctx.db.read(gate_store.zone_of, homes[key].contact_id) if key in homes else ""
    return known or next(iter(zone_of(to)), "") or ctx.bot().timezone


def _not_approved(tx: Tx, workspace: str, version: int, name: str) -> bool:
    files = bots.load_files(tx, workspace, version)
    mine = definitions(files).get(name)
    return mine is None or any(one.name == name for one in approvals.unapproved(tx, workspace, files))


async def _written(ctx: WebContext, bot: Bot, wanted: Content) -> str:
    """What the template says in the language that was asked for, or the bot's. Raises Refused."""
    template = bot.templates.get(wanted.template)
    if template is None:
        raise missing(f"There is no template {wanted.template!r} in the version that is live.", "template")
    if wanted.locale and wanted.locale not in bot.locales:
        raise wrong(f"locale can't be {wanted.locale!r}; known are {', '.join(bot.locales)}.", "locale")
    if ctx.wording.approval and await ctx.db.read(_not_approved, ctx.workspace, bot.version, template.name):
        raise Refused(409, "not_approved", f"The template {template.name} is not approved.", "template")
    try:
        written = write_out(bot, template, wanted.variables, wanted.locale or bot.locale)
    except BadValue as error:
        raise wrong(str(error), f"variables.{error.name}" if error.name else "template") from None
    parts = segments(written.text).count
    if parts > ctx.wording.most_parts and not written.links:
        most = ctx.wording.most_parts
        raise wrong(f"It would take {parts} parts; a text may have {most} (E3).", "variables")
    return written.text
