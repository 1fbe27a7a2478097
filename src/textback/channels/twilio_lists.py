"""Twilio's list of messages: everything the account received and took to send, with its text and how it stands.

Contract: Twilio's page on the Message resource and its OpenAPI specification, as read on 2026-11-20. A message is in
the list as soon as Twilio has it, so one that is not there was not taken.
"""

from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from textback.channels.base import Found, Heard, ListFailed, ListTooLong, Outgoing, Recent
from textback.channels.listing import PAGE, PAGES, squeezed
from textback.channels.twilio import MOST_MEDIA, STATUSES, Twilio, status_of
from textback.core.text import clean
from textback.core.when import DAY, EARLIEST, MINUTE, SECOND, to_iso, to_ms
from textback.engine.arrivals import DeliveryStatus, Media, Message

TRIAL = "Sent from your Twilio trial account - "
"""What Twilio puts before every text of a trial account."""


class _Row(msgspec.Struct):
    sid: str
    direction: str
    status: str
    to: str | None = None
    from_: str | None = msgspec.field(default=None, name="from")
    body: str | None = None
    num_media: str | int | None = None
    date_created: str | None = None
    date_sent: str | None = None
    error_code: int | None = None
    error_message: str | None = None


class _Page(msgspec.Struct):
    messages: list[_Row]
    next_page_uri: str | None = None


class _File(msgspec.Struct):
    uri: str
    content_type: str | None = None


class _Files(msgspec.Struct):
    media_list: list[_File]


_page = msgspec.json.Decoder(_Page)
_row = msgspec.json.Decoder(_Row)
_files = msgspec.json.Decoder(_Files)
_Query = list[tuple[str, str]]


class ListingTwilio(Twilio):
    """One Twilio number, and what the account's list has of it."""

    lag: ClassVar[int] = 10 * MINUTE

    async def recent(self, since: int, until: int) -> Recent:
        """Both directions of this stretch of time. Raises ListFailed."""
        times = [("DateSent>", to_iso(since)), ("DateSent<", to_iso(until + SECOND))]
        heard = [
            Heard(clean(row.sid)[:255], row.from_ or "", _created(row) or 0, _plain(row))
            async for row in self._rows([("To", self.number), *times])
            if row.direction == "inbound" and row.status == "received" and _ours(row) and since <= _sent(row) < until
        ]
        statuses = [
            status
            async for row in self._rows([("From", self.number), *times])
            if row.direction != "inbound" and _ours(row) and (status := _status(row)) and since <= _sent(row) < until
        ]
        heard.reverse()  # the newest came first
        return Recent(tuple(sorted(heard, key=lambda one: one.at)), tuple(reversed(statuses)))

    async def read(self, heard: Heard) -> Message | None:
        """A text with the addresses of its pictures. Raises ListFailed."""
        row = await self._reader.get(f"{self._path}/{heard.provider_id}.json", [], _row)
        if row is None:
            return None
        files = await self._reader.get(f"{self._path}/{heard.provider_id}/Media.json", [("PageSize", "50")], _files)
        base = self._reader.base
        media = tuple(
            Media(f"{base}{clean(file.uri.removesuffix('.json'))}", clean(file.content_type or ""))
            for file in (files.media_list if files else [])[:MOST_MEDIA]
        )
        return _text(row, media)

    async def find(self, outgoing: Outgoing, after: int, before: int) -> Found:
        """What went to this contact in this stretch of time. Raises ListFailed."""
        same: list[DeliveryStatus] = []
        others: list[str] = []
        surely = True
        # Filtered by day the list might leave out what Twilio has taken and not sent yet; it begins with the newest.
        try:
            async for row in self._rows([("To", outgoing.recipient), ("From", self.number)], enough=after - DAY):
                at, status = _created(row), _status(row)
                if at is None or status is None:
                    surely = False
                elif after <= at < before and row.direction != "inbound":
                    if _says(row, outgoing):
                        same.append(status)
                    else:
                        others.append(status.provider_id)
        except ListTooLong:
            surely = False
        return Found(tuple(same), tuple(others), surely)

    async def _rows(self, query: _Query, enough: int | None = None) -> AsyncIterator[_Row]:
        """All rows, the newest first, or until a whole page is older than `enough`."""
        query = [*query, ("PageSize", str(PAGE))]
        for _ in range(PAGES):
            page = await self._reader.page(f"{self._path}.json", query, _page)
            for row in page.messages:
                yield row
            if not page.next_page_uri:
                return
            if enough is not None and all((_created(row) or enough) < enough for row in page.messages):
                return
            # Only its query: what an answer says is not a reason to send the login anywhere else.
            try:
                query = parse_qsl(urlsplit(page.next_page_uri).query, keep_blank_values=True)
            except ValueError:
                raise ListFailed("Twilio named a page that can't be asked for.") from None
        raise ListTooLong(f"Twilio has more than {PAGE * PAGES} texts of this stretch of time.")


def _ours(row: _Row) -> bool:
    """Not WhatsApp or RCS, whose addresses say so."""
    return ":" not in (row.from_ or ":") and ":" not in (row.to or ":")


def _plain(row: _Row) -> Message | None:
    """A text without pictures; None for others, because the list has no addresses of pictures."""
    return None if str(row.num_media or "0") != "0" else _text(row, ())


def _text(row: _Row, media: tuple[Media, ...]) -> Message:
    return Message(
        sender=clean(row.from_ or "")[:320],
        recipient=clean(row.to or "")[:320],
        text=clean(row.body or ""),
        provider_id=clean(row.sid)[:255],
        channel="mms" if media else "sms",
        media=media,
        sent_at=_created(row),
    )


def _status(row: _Row) -> DeliveryStatus | None:
    status = STATUSES.get(row.status)
    if status is None:
        return None
    code = str(row.error_code) if row.error_code else ""
    detail = clean(row.error_message) if row.error_message else None
    return status_of(clean(row.sid), clean(row.to or ""), status, code, detail)


def _says(row: _Row, outgoing: Outgoing) -> bool:
    if not outgoing.text:
        return not row.body and str(row.num_media or "0") == str(len(outgoing.media))
    ours, theirs = squeezed(clean(outgoing.text)), squeezed(clean(row.body or ""))
    return theirs in (ours, squeezed(TRIAL + ours))


def _created(row: _Row) -> int | None:
    return _moment(row.date_created) or _moment(row.date_sent)


def _sent(row: _Row) -> int:
    """The time that the list is filtered by."""
    return _moment(row.date_sent) or _moment(row.date_created) or 0


def _moment(text: str | None) -> int | None:
    try:
        at = to_ms(parsedate_to_datetime(text or ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return at if at >= EARLIEST else None
