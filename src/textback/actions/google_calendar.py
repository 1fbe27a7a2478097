"""Google Calendar, API v3: whether a time is free, and an event in it. As a service account, which the calendar is
shared with.

An event's id is made of the job's key, so that a second try finds what the first has booked.
"""

import asyncio
import base64
import hashlib
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from textback.actions.asking import Asker, NoResult, part
from textback.actions.base import Failed, Order, Wrong
from textback.actions.fetch import Answer

API = "https://www.googleapis.com/calendar/v3"
TOKENS = "https://oauth2.googleapis.com/token"
SCOPE = "https://www.googleapis.com/auth/calendar"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_HOUR = 3600
_EARLY = 60
"""Seconds before its end at which a token is not used any more."""
_CLEAR = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that nobody takes for one another."""
MOST_MINUTES = 7 * 24 * 60


class Account(msgspec.Struct, frozen=True):
    """What of a service account's key file is used."""

    client_email: str
    private_key: str
    private_key_id: str = ""
    token_uri: str = TOKENS


class _Span(msgspec.Struct, frozen=True):
    """From when to when, in UTC for questions, and as an event says it."""

    begin: str
    end: str
    event: dict[str, Any]


class GoogleCalendar:
    """Asks Google Calendar. Keeps tokens while they are good, and books one event of a calendar after the other, so
    that two people who ask this server at once do not get the same hour."""

    def __init__(self) -> None:
        self._tokens: dict[str, tuple[str, float]] = {}
        self._booking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def ask(self, asker: Asker, order: Order) -> dict[str, Any]:
        """slot_free: {ok}. book: {ref, id, link}. Raises NoResult and Wrong."""
        span = _span(order)
        if order.does == "slot_free":
            return {"ok": await self._free(asker, order, span)}
        title = order.needed("title")
        lock = self._booking[order.options["calendar"]]
        try:
            async with asyncio.timeout(asker.left):
                await lock.acquire()
        except TimeoutError:
            raise NoResult(Failed("retry", detail="Other bookings took all the time.")) from None
        try:
            return await self._book(asker, order, span, title)
        finally:
            lock.release()

    async def _free(self, asker: Asker, order: Order, span: _Span) -> bool:
        calendar = order.options["calendar"]
        asked = {"timeMin": span.begin, "timeMax": span.end, "items": [{"id": calendar}]}
        answer = await self._call(asker, order, "POST", "/freeBusy", json=asked)
        found = part(answer, "calendars", calendar)
        if isinstance(found, dict) and found.get("errors"):
            detail = "The calendar can't be seen. Is its id right, and is it shared with the service account?"
            raise NoResult(Failed("misconfigured", str(answer.status), detail))
        return not part(answer, "calendars", calendar, "busy")

    async def _book(self, asker: Asker, order: Order, span: _Span, title: str) -> dict[str, Any]:
        digest = hashlib.sha256(f"{order.options['calendar']}\n{order.key}".encode()).digest()
        made = "tb" + base64.b32hexencode(digest).decode().rstrip("=").lower()
        ref = "".join(_CLEAR[byte % len(_CLEAR)] for byte in digest[:6])
        path = f"/calendars/{quote(order.options['calendar'], safe='')}/events"
        if await self._free(asker, order, span):
            note = order.text("note", 4_000)
            event = {"id": made, "summary": title, "description": f"{note}\n\n{ref}".strip(), **span.event}
            answer = await self._call(asker, order, "POST", path, json=event, also=(409,))
            if answer.status != 409:
                return {"ref": ref, "id": made, "link": str(part(answer, "htmlLink"))}
        # What is there may be ours, of a try whose answer was lost.
        answer = await self._call(asker, order, "GET", f"{path}/{made}", also=(404, 410))
        if answer.status in (404, 410) or part(answer, "status") == "cancelled":
            raise NoResult(Failed("rejected", detail="The time is taken."))
        return {"ref": ref, "id": made, "link": str(part(answer, "htmlLink"))}

    async def _call(
        self, asker: Asker, order: Order, method: str, path: str, *, json: Any = None, also: tuple[int, ...] = ()
    ) -> Answer:
        """One request of the API. A token that is refused is asked for anew, once."""
        account = _account(order.options["account"])
        url = order.options.get("api_url", API).rstrip("/") + path
        kept = self._tokens.get(account.client_email)
        fresh = kept is None or kept[1] <= time()
        token = await self._token(asker, account) if kept is None or fresh else kept[0]
        headers = {"Authorization": f"Bearer {token}"}
        answer = await asker.ask(method, url, headers, json=json, also=(*also, 401, 403))
        if answer.status == 401 and not fresh:
            headers = {"Authorization": f"Bearer {await self._token(asker, account)}"}
            answer = await asker.ask(method, url, headers, json=json, also=(*also, 401, 403))
        if answer.status == 403 and b"ateLimitExceeded" in answer.body:
            raise NoResult(Failed("throttled", "403", "Google wants to be asked later."))
        if answer.status in (401, 403):
            self._tokens.pop(account.client_email, None)
            raise NoResult(Failed("misconfigured", str(answer.status), "Google does not accept the service account."))
        return answer

    async def _token(self, asker: Asker, account: Account) -> str:
        """A token of the service account, good for an hour."""
        form = {"grant_type": _GRANT, "assertion": _assertion(account, int(time()))}
        answer = await asker.ask("POST", account.token_uri, form=form, also=(400, 401))
        if answer.status in (400, 401):
            detail = "Google does not accept the service account's key."
            raise NoResult(Failed("misconfigured", str(answer.status), detail))
        token, lasts = part(answer, "access_token"), part(answer, "expires_in")
        until = time() + (lasts if isinstance(lasts, int) else _HOUR) - _EARLY
        self._tokens[account.client_email] = (str(token), until)
        return str(token)


def _account(text: str) -> Account:
    try:
        return msgspec.json.decode(text, type=Account)
    except (msgspec.MsgspecError, UnicodeError):
        raise Wrong("account is not the JSON key of a service account.") from None


def _assertion(account: Account, now: int) -> str:
    """A JWT that says who we are, signed with the account's key (RFC 7523)."""
    try:
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415
    except ImportError:
        raise Wrong("google_calendar needs the extra `google`: pip install 'textback[google]'.") from None
    head = {"alg": "RS256", "typ": "JWT", **({"kid": account.private_key_id} if account.private_key_id else {})}
    claims = {
        "iss": account.client_email, "scope": SCOPE, "aud": account.token_uri, "iat": now, "exp": now + _HOUR
    }  # fmt: skip
    signed = f"{_encoded(msgspec.json.encode(head))}.{_encoded(msgspec.json.encode(claims))}"
    try:
        key = serialization.load_pem_private_key(account.private_key.encode(), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("not an RSA key")
    except (ValueError, TypeError, UnicodeError):
        raise Wrong("private_key of the service account is not an RSA key in PEM.") from None
    return f"{signed}.{_encoded(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _span(order: Order) -> _Span:
    """The time that is asked for: a time of day for so many minutes, or a whole day. Raises Wrong."""
    zone, text = ZoneInfo(order.timezone), order.needed("start")
    try:
        start = datetime.fromisoformat(text)
        minutes = int(order.text("minutes") or order.options["minutes"])
    except ValueError:
        raise Wrong("start is no date and time, or minutes is no number.") from None
    if not 1 <= minutes <= MOST_MINUTES:
        raise Wrong(f"minutes must be 1 to {MOST_MINUTES}.")
    whole = "T" not in text and " " not in text
    if start.tzinfo is None:
        start = start.replace(tzinfo=zone)
    if whole:
        days = [(start + timedelta(days=n)).date().isoformat() for n in (0, 1)]
        return _Span(
            _utc(start), _utc(start + timedelta(days=1)), {"start": {"date": days[0]}, "end": {"date": days[1]}}
        )
    begin = start.astimezone(UTC)
    times = [begin, begin + timedelta(minutes=minutes)]
    local = [{"dateTime": one.astimezone(zone).isoformat(), "timeZone": order.timezone} for one in times]
    return _Span(_utc(times[0]), _utc(times[1]), {"start": local[0], "end": local[1]})


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
