"""What Telnyx has of a line: detail records, which say that a message was, and the messages themselves, for ten days.

Contract: Telnyx's pages on searching detail records and on retrieving a message, and its OpenAPI specification, as read
on 2026-11-20. There is no list of messages. A detail record comes some time after its message and has no text, so
that a text that is not among them may still have been sent.
"""

from collections.abc import AsyncIterator
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import msgspec

from textback.channels.base import BadPayload, Found, Heard, ListTooLong, Outgoing, Recent
from textback.channels.listing import PAGE, PAGES, squeezed
from textback.channels.reading import moment_of
from textback.channels.telnyx import CODES, STATUSES, Payload, Telnyx, code_of, message_of
from textback.core.messages import Status
from textback.core.text import clean
from textback.core.when import HOUR, SECOND, to_iso
from textback.engine.arrivals import DeliveryStatus, Message

#: A detail record has words of its own for how a message stands.
RECORD_STATUSES: dict[str, Status] = {
    **STATUSES,
    "failed": "failed",
    "gw_reject": "failed",
    "gw_timeout": "sent",
    "dlr_timeout": "sent",
    "dlr_unconfirmed": "sent",
}


class _Record(msgspec.Struct):
    uuid: str | None = None
    id: str | None = None
    cli: str | None = None
    cld: str | None = None
    direction: str | None = None
    status: str | None = None
    created_at: str | None = None
    errors: list[str | int] | None = None
    delivery_status_webhook_url: str | None = None

    @property
    def provider_id(self) -> str:
        return clean(self.uuid or self.id or "")[:255]


class _Meta(msgspec.Struct):
    total_pages: int | None = None


class _Page(msgspec.Struct):
    data: list[_Record]
    meta: _Meta | None = None


class _Whole(Payload):
    webhook_url: str | None = None


class _Retrieved(msgspec.Struct):
    data: _Whole


_page = msgspec.json.Decoder(_Page)
_retrieved = msgspec.json.Decoder(_Retrieved)
_Query = list[tuple[str, str]]


class ListingTelnyx(Telnyx):
    """One Telnyx number, and what the account's detail records have of it."""

    lag: ClassVar[int] = HOUR

    async def recent(self, since: int, until: int) -> Recent:
        """Both directions of this stretch of time; the texts themselves must be read. Raises ListFailed."""
        heard = [
            Heard(row.provider_id, clean(row.cli or ""), at)
            async for at, row in self._records([("cld", self.number), ("direction", "inbound")], since, until)
            if row.direction == "inbound" and row.provider_id and row.cli
        ]
        statuses = [
            status
            async for _, row in self._records([("cli", self.number), ("direction", "outbound")], since, until)
            if row.direction == "outbound" and row.provider_id and (status := _status(row))
        ]
        return Recent(tuple(heard), tuple(statuses))

    async def read(self, heard: Heard) -> Message | None:
        """A text. Raises ListFailed."""
        whole = await self._retrieve(heard.provider_id)
        if whole is None:
            return None
        try:
            return message_of(whole, self.number)
        except BadPayload:  # another try would find it the same
            return None

    async def find(self, outgoing: Outgoing, after: int, before: int) -> Found:
        """What went to this contact in this stretch of time. Never surely all of it. Raises ListFailed."""
        same: list[DeliveryStatus] = []
        others: list[str] = []
        between = [("cli", self.number), ("cld", outgoing.recipient), ("direction", "outbound")]
        async for _, row in self._records(between, after, before):
            status = _status(row)
            if status is None or not row.provider_id or row.direction != "outbound":
                continue
            if await self._is(row, outgoing):
                same.append(status)
            else:
                others.append(row.provider_id)
        return Found(tuple(same), tuple(others), surely=False)

    async def _is(self, row: _Record, outgoing: Outgoing) -> bool:
        """By the id that we put into the address for its reports, else by its words."""
        mark = _mark(row.delivery_status_webhook_url)
        if mark is not None:
            return mark == outgoing.message_id
        whole = await self._retrieve(row.provider_id)
        if whole is None:
            return False
        mark = _mark(whole.webhook_url)
        if mark is not None:
            return mark == outgoing.message_id
        if not outgoing.text:
            return not whole.text and len(whole.media or ()) == len(outgoing.media)
        return squeezed(clean(whole.text or "")) == squeezed(clean(outgoing.text))

    async def _retrieve(self, provider_id: str) -> _Whole | None:
        if not provider_id.replace("-", "").isalnum():
            return None
        found = await self._reader.get(f"/messages/{provider_id}", [], _retrieved)
        return found.data if found else None

    async def _records(self, by: _Query, since: int, until: int) -> AsyncIterator[tuple[int, _Record]]:
        """Detail records and their times, the oldest first."""
        query = [
            ("filter[record_type]", "messaging"),
            *[(f"filter[{name}]", value) for name, value in by],
            ("filter[created_at][gte]", to_iso(since - SECOND)),
            ("sort", "created_at"),
            ("page[size]", str(PAGE)),
        ]
        for number in range(1, PAGES + 1):
            page = await self._reader.page("/detail_records", [*query, ("page[number]", str(number))], _page)
            times = [moment_of(row.created_at) or 0 for row in page.data]
            for at, row in zip(times, page.data, strict=True):
                if since <= at < until:
                    yield at, row
            total = page.meta.total_pages if page.meta else None
            last = number >= total if total is not None else len(page.data) < PAGE
            if last or not page.data or min(times) >= until:
                return
        raise ListTooLong(f"Telnyx has more than {PAGE * PAGES} records of this stretch of time.")


def _status(row: _Record) -> DeliveryStatus | None:
    status = RECORD_STATUSES.get((row.status or "").lower())
    if status is None:
        return None
    code = code_of(row.errors[0]) if row.errors else None
    kind = CODES.get(code or "")
    if status in ("failed", "undelivered") and kind == "filtered":
        status = "filtered"
    return DeliveryStatus(
        provider_id=row.provider_id,
        recipient=clean(row.cld or "")[:320],
        status=status,
        message_id=_mark(row.delivery_status_webhook_url),
        code=code,
        opted_out=kind == "opted_out",
    )


def _mark(url: str | None) -> str | None:
    """Our message's id in the address that we gave for its reports."""
    try:
        marks = parse_qs(urlsplit(url or "").query).get("m")
    except ValueError:
        return None
    return clean(marks[0])[:32] if marks else None
