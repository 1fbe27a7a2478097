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
from textback.core.messages import Channel
from textback.core.text import clean
from textback.core.when import DAY, EARLIEST, MINUTE, SECOND, to_iso, to_ms
from textback.engine.arrivals import DeliveryStatus, Media, Message

TRIAL = "Sent from your Twilio trial account - "
"""What Twilio puts before every text of a trial account."""


class Row(msgspec.Struct):
    """A message in the list. `channel` is ours to set, where the addresses say it."""

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
    channel: Channel | None = msgspec.field(default=None, name="_channel")


class _Page(msgspec.Struct):
    messages: list[Row]
    next_page_uri: str | None = None


class _File(msgspec.Struct):
    uri: str
    content_type: str | None = None


class _Files(msgspec.Struct):
    media_list: list[_File]


_page = msgspec.json.Decoder(_Page)
_row = msgspec.json.Decoder(Row)
_files = msgspec.json.Decoder(_Files)
_Query = list[tuple[str, str]]


class ListingTwilio(Twilio):
    """One Twilio number, and what the account's list has of it."""

    lag: ClassVar[int] = 10 * MINUTE

    async def recent(self, since: int, until: int) -> Recent:
        """Both directions of this stretch of time. Raises ListFailed."""
        times = [("DateSent>", to_iso(since)), ("DateSent<", to_iso(until + SECOND))]
        heard: list[Heard] = []
        stand: list[tuple[int, DeliveryStatus]] = []
        for address in self.addresses:
            async for listed in self._rows([("To", address), *times]):
                row = self._mine(listed)
                fresh = row is not None and row.direction == "inbound" and row.status == "received"
                if row is not None and fresh and since <= _sent(row) < until:
                    heard.append(Heard(clean(row.sid)[:255], row.from_ or "", _created(row) or 0, _plain(row)))
            async for listed in self._rows([("From", address), *times]):
                row = self._mine(listed)
                status = _status(row) if row is not None and row.direction != "inbound" else None
                if row is not None and status is not None and since <= _sent(row) < until:
                    stand.append((_sent(row), status))
        # Of each address the newest came first.
        heard.reverse()
        stand.reverse()
        oldest_first = tuple(status for _, status in sorted(stand, key=lambda one: one[0]))
        return Recent(tuple(sorted(heard, key=lambda one: one.at)), oldest_first)

    async def read(self, heard: Heard) -> Message | None:
        """A text with the addresses of its pictures. Raises ListFailed."""
        listed = await self._reader.get(f"{self._path}/{heard.provider_id}.json", [], _row)
        row = None if listed is None else self._mine(listed)
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
            for recipient, sender in self._pairs(outgoing):
                async for listed in self._rows([("To", recipient), ("From", sender)], enough=after - DAY):
                    row = self._mine(listed) or listed
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
        once = {status.provider_id: status for status in same}
        return Found(tuple(once.values()), tuple(dict.fromkeys(others)), surely)

    @property
    def addresses(self) -> tuple[str, ...]:
        """What the account's list calls this line."""
        return (self.number,)

    def _pairs(self, outgoing: Outgoing) -> list[tuple[str, str]]:
        """How the list has a text: to whom, and from whom."""
        return [(outgoing.recipient, self.number)]

    def _mine(self, row: Row) -> Row | None:
        """A row of this line; None for WhatsApp and RCS, whose addresses say so."""
        return None if ":" in (row.from_ or ":") or ":" in (row.to or ":") else row

    async def _rows(self, query: _Query, enough: int | None = None) -> AsyncIterator[Row]:
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


def _plain(row: Row) -> Message | None:
    """A text without pictures; None for others, because the list has no addresses of pictures."""
    return None if str(row.num_media or "0") != "0" else _text(row, ())


def _text(row: Row, media: tuple[Media, ...]) -> Message:
    return Message(
        sender=clean(row.from_ or "")[:320],
        recipient=clean(row.to or "")[:320],
        text=clean(row.body or ""),
        provider_id=clean(row.sid)[:255],
        channel=row.channel or ("mms" if media else "sms"),
        media=media,
        sent_at=_created(row),
    )


def _status(row: Row) -> DeliveryStatus | None:
    status = STATUSES.get(row.status)
    if status is None:
        return None
    code = str(row.error_code) if row.error_code else ""
    detail = clean(row.error_message) if row.error_message else None
    found = status_of(clean(row.sid), clean(row.to or ""), status, code, detail)
    return found if row.channel is None else msgspec.structs.replace(found, channel=row.channel)


def _says(row: Row, outgoing: Outgoing) -> bool:
    if not outgoing.text:
        return not row.body and str(row.num_media or "0") == str(len(outgoing.media))
    ours, theirs = squeezed(clean(outgoing.text)), squeezed(clean(row.body or ""))
    chips = squeezed(clean(outgoing.offer.without(outgoing.text))) if row.channel == "rcs" and outgoing.offer else ours
    return theirs in (ours, squeezed(TRIAL + ours), chips)


def _created(row: Row) -> int | None:
    return _moment(row.date_created) or _moment(row.date_sent)


def _sent(row: Row) -> int:
    """The time that the list is filtered by."""
    return _moment(row.date_sent) or _moment(row.date_created) or 0


def _moment(text: str | None) -> int | None:
    try:
        at = to_ms(parsedate_to_datetime(text or ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return at if at >= EARLIEST else None
