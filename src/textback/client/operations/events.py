"""What the API can do with events. `make api` writes it; it is not to be edited."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from textback.client.calls import C, Call, Data, Resource, Unset, given, operation
from textback.client.shapes.events import EventPage, TakenEvent


class Events(Resource[C]):
    """What has happened, and saying that something did."""

    @operation
    def report(
        self,
        *,
        event: str,
        to: str | Unset = UNSET,
        contact: str | Unset = UNSET,
        data: Mapping[str, Any] | Unset = UNSET,
        id: str | Unset = UNSET,
        idempotency_key: str | Unset = UNSET,
    ) -> Call[TakenEvent]:
        """Say that something happened to a contact. A flow that waits for it goes on.

        Needs the scope `events:write`.
        """
        return Call(
            "POST",
            "/v1/events",
            Data[TakenEvent],
            body=given(event=event, to=to, contact=contact, data=data, id=id),
            key=idempotency_key,
        )

    @operation
    def list(
        self,
        *,
        after: str | Unset = UNSET,
        limit: int | Unset = UNSET,
        types: str | Unset = UNSET,
        conversation: str | Unset = UNSET,
    ) -> Call[EventPage]:
        """What has happened, in order: what webhooks are told, to be read by whoever was away.

        Needs the scope `events:read`.
        """
        return Call(
            "GET",
            "/v1/events",
            EventPage,
            query=given(after=after, limit=limit, types=types, conversation=conversation),
        )
