"""Telling a provider by its own API where to post webhooks. Only where somebody asks for it: it changes their account.

Contracts, as published on 2026-11-22: Twilio's reference of the IncomingPhoneNumber resource (SmsUrl, SmsMethod, an
application's address goes before), Telnyx's of a number's messaging settings and of messaging profiles (webhook_url),
and senderZ's guide.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from textback.channels import senderz, telnyx, twilio
from textback.channels.client import Broken, Session, Target, TooSlow, Unreachable
from textback.channels.http import api_address, basic, secrets_of
from textback.channels.reading import UNREADABLE
from textback.core.errors import TextbackError

T = TypeVar("T")


class NotSet(TextbackError):
    """The provider did not take the address, or it is not known whether it did."""


class _Number(msgspec.Struct):
    sid: str
    sms_application_sid: str | None = None


class _Numbers(msgspec.Struct):
    incoming_phone_numbers: list[_Number]


class _Settings(msgspec.Struct):
    phone_number: str | None = None
    messaging_profile_id: str | None = None


class _Listed(msgspec.Struct):
    data: list[_Settings]


_numbers = msgspec.json.Decoder(_Numbers)
_listed = msgspec.json.Decoder(_Listed)
_BY_HAND = "Paste the address into the provider's console instead."


async def _twilio(http: Session, number: str, options: Mapping[str, str], url: str) -> str:
    """The number's own address for messages."""
    base, sid = api_address(options, twilio.BASE_URL, "TWILIO_BASE_URL"), options["account_sid"]
    login = {"Authorization": basic(sid, secrets_of(options, "auth_token", "TWILIO_AUTH_TOKEN")[0])}
    numbers = f"{base}/2010-04-01/Accounts/{sid}/IncomingPhoneNumbers"
    query = urlencode({"PhoneNumber": number, "PageSize": "1"})
    found = await _get(http, Target(f"{numbers}.json?{query}", login, "GET"), _numbers, "Twilio")
    if not found.incoming_phone_numbers:
        raise NotSet("Twilio has no such number in this account.", "Compare TWILIO_PHONE_NUMBER with the console.")
    mine = found.incoming_phone_numbers[0]
    if mine.sms_application_sid:
        raise NotSet("The number belongs to a TwiML application, whose address counts.", _BY_HAND)
    form = {**login, "Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({"SmsUrl": url, "SmsMethod": "POST"}).encode()
    await _send(http, Target(f"{numbers}/{_id(mine.sid, 'Twilio')}.json", form), body, "Twilio")
    return "Twilio posts the texts of this number there."


async def _telnyx(http: Session, number: str, options: Mapping[str, str], url: str) -> str:
    """The address of the messaging profile that the number is in."""
    base = api_address(options, telnyx.BASE_URL, "TELNYX_BASE_URL")
    login = {"Authorization": f"Bearer {options['api_key']}"}
    query = urlencode({"filter[phone_number]": number, "page[size]": "1"})
    found = await _get(http, Target(f"{base}/phone_numbers/messaging?{query}", login, "GET"), _listed, "Telnyx")
    mine = next((one for one in found.data if one.phone_number == number), None)
    if mine is None:
        raise NotSet("Telnyx has no such number in this account.", "Compare TELNYX_PHONE_NUMBER with the portal.")
    if not mine.messaging_profile_id:
        raise NotSet("The number is in no messaging profile.", "Assign it to one in the portal, and try again.")
    profile = _id(mine.messaging_profile_id, "Telnyx")
    body = msgspec.json.encode({"webhook_url": url, "webhook_api_version": "2"})
    headers = {**login, "Content-Type": "application/json"}
    await _send(http, Target(f"{base}/messaging_profiles/{profile}", headers, "PATCH"), body, "Telnyx")
    return "Telnyx posts the texts of all numbers of this number's messaging profile there."


async def _senderz(http: Session, _: str, options: Mapping[str, str], url: str) -> str:
    """One more webhook of the account, made with our secret."""
    base = api_address(options, senderz.BASE_URL, "SENDERZ_BASE_URL")
    headers = {"Authorization": f"Bearer {options['api_key']}", "Content-Type": "application/json"}
    secret = secrets_of(options, "webhook_secret", "SENDERZ_WEBHOOK_SECRET")[0]
    events = ["message.received", "message.delivered", "message.failed"]
    body = msgspec.json.encode({"url": url, "events": events, "secret": secret})
    await _send(http, Target(f"{base}/v1/webhooks", headers), body, "senderZ")
    return "senderZ has one more webhook, which posts there."


SETTERS: Mapping[str, Callable[[Session, str, Mapping[str, str], str], Awaitable[str]]] = {
    "telnyx": _telnyx,
    "twilio": _twilio,
    "senderz": _senderz,
}
"""By provider: what gives it the address. The others have no such API, or one that is not documented."""


async def set_webhook(http: Session, provider: str, number: str, options: Mapping[str, str], url: str) -> str:
    """Have the provider post this number's webhooks to `url`; returns what it does from now on, as a sentence.

    Raises NotSet, and SettingsError for options that make no sense."""
    setter = SETTERS.get(provider)
    if setter is None:
        raise NotSet("This provider has no API for it.", _BY_HAND)
    return await setter(http, number, options, url)


async def _get(http: Session, target: Target, shape: "msgspec.json.Decoder[T]", title: str) -> T:
    try:
        answer = await http.get(target)
    except (Unreachable, Broken, TooSlow) as error:
        raise NotSet(f"{title} could not be asked: {error}.", "Try it again.") from None
    _check(answer.status, title)
    try:
        return shape.decode(answer.body)
    except UNREADABLE:
        raise NotSet(f"{title} answered something that can't be read.", _BY_HAND) from None


async def _send(http: Session, target: Target, body: bytes, title: str) -> None:
    try:
        answer = await http.post(target, body)
    except Unreachable as error:
        raise NotSet(f"{title} could not be asked: {error}.", "Try it again.") from None
    except (Broken, TooSlow) as error:
        raise NotSet(f"{title} may have taken the address or not: {error}.", "Look in its console.") from None
    _check(answer.status, title)


def _check(status: int, title: str) -> None:
    if status in (401, 403):
        raise NotSet(f"{title} does not let this key do it (HTTP {status}).", _BY_HAND)
    if not 200 <= status < 300:
        raise NotSet(f"{title} refused it (HTTP {status}).", _BY_HAND)


def _id(text: str, title: str) -> str:
    """An id of the provider's, as part of an address."""
    if not (0 < len(text) <= 64 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()):
        raise NotSet(f"{title} answered something that can't be read.", _BY_HAND)
    return text
