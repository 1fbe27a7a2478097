"""Plivo's list of messages: that one was, between whom, when, how long it was and how it stands, but not its words.

Contract: Plivo's page on the Message object and its Python SDK, as read on 2026-11-21.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import ClassVar

import msgspec

from textback.channels.base import Found, Heard, ListTooLong, Outgoing, Recent
from textback.channels.listing import PAGES
from textback.channels.plivo import REPORT_CODES, STATUSES, Plivo
from textback.channels.reading import moment_of, number_of, report_of
from textback.core.text import clean, segments
from textback.core.when import MINUTE, SECOND
from textback.engine.arrivals import DeliveryStatus, Message

PAGE = 20
"""Entries in a page, the most that Plivo gives."""


class _Row(msgspec.Struct):
    message_uuid: str
    message_direction: str
    message_state: str
    message_type: str
    message_time: str
    from_number: str | int | None = None
    to_number: str | int | None = None
    units: int | None = None
    error_code: str | int | None = None


class _Meta(msgspec.Struct):
    next: str | None = None


class _Page(msgspec.Struct):
    meta: _Meta
    objects: list[_Row]


_page = msgspec.json.Decoder(_Page)
_Query = list[tuple[str, str]]


class ListingPlivo(Plivo):
    """One Plivo number, and what the account's list has of it."""

    lag: ClassVar[int] = 10 * MINUTE

    async def recent(self, since: int, until: int) -> Recent:
        """Both directions of this stretch of time. Raises ListFailed."""
        number = self.number.lstrip("+")
        heard = [
            Heard(clean(row.message_uuid)[:255], number_of(row.from_number), at)
            async for at, row in self._rows([("message_direction", "inbound"), ("to_number", number)], since, until)
            if number_of(row.from_number)
        ]
        out = [("message_direction", "outbound"), ("from_number", number)]
        statuses = [status async for _, row in self._rows(out, since, until) if (status := _status(row))]
        return Recent(tuple(sorted(heard, key=lambda one: one.at)), tuple(reversed(statuses)))

    async def read(self, heard: Heard) -> Message | None:
        """None: Plivo does not keep the words."""
        return None

    async def find(self, outgoing: Outgoing, after: int, before: int) -> Found:
        """What went to this contact in this stretch of time: of the same kind and length, or not. Raises ListFailed."""
        between = [
            ("message_direction", "outbound"),
            ("from_number", self.number.lstrip("+")),
            ("to_number", outgoing.recipient.lstrip("+")),
        ]
        same: list[DeliveryStatus] = []
        others: list[str] = []
        surely = True
        try:
            async for _, row in self._rows(between, after, before):
                status = _status(row)
                if status is None:
                    surely = False
                elif _fits(row, outgoing):
                    same.append(status)
                else:
                    others.append(status.provider_id)
        except ListTooLong:
            surely = False
        return Found(tuple(same), tuple(others), surely)

    async def _rows(self, by: _Query, since: int, until: int) -> AsyncIterator[tuple[int, _Row]]:
        """SMS and MMS of this stretch of time with their times, the newest first."""
        query = [*by, ("message_time__gte", _time(since - SECOND)), ("message_time__lte", _time(until + SECOND))]
        for number in range(PAGES):
            page = await self._reader.page(
                self._path, [*query, ("limit", str(PAGE)), ("offset", str(number * PAGE))], _page
            )
            for row in page.objects:
                at = moment_of(row.message_time)
                if at is not None and since <= at < until and row.message_type in ("sms", "mms"):
                    yield at, row
            if not page.meta.next or not page.objects:
                return
        raise ListTooLong(f"Plivo has more than {PAGE * PAGES} texts of this stretch of time.")


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _status(row: _Row) -> DeliveryStatus | None:
    status = STATUSES.get(row.message_state)
    if status is None or not row.message_uuid:
        return None
    code = str(row.error_code or "").lstrip("0") or None
    return report_of(row.message_uuid, number_of(row.to_number), status, code, REPORT_CODES)


def _fits(row: _Row, outgoing: Outgoing) -> bool:
    if outgoing.media:
        return row.message_type == "mms"
    return row.message_type == "sms" and row.units in (None, 0, segments(outgoing.text).count)
