"""What the API can do with messages. `make api` writes it; it is not to be edited."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import UNSET

from textback.client.calls import C, Call, Data, Listing, Page, Resource, Unset, given, listing, operation, path
from textback.client.shapes.messages import (
    BulkState,
    Content,
    MediaFile,
    MessageBody,
    MessageDetail,
    MessageInfo,
    Recipient,
    SentMessage,
)


class Messages(Resource[C]):
    """Texts: send them, and see what became of them."""

    @operation
    def send(
        self,
        *,
        to: str,
        channel: Literal["email", "imessage", "mms", "rcs", "slack", "sms", "web", "whatsapp"]
        | Literal["auto"]
        | Unset = UNSET,
        body: str | Unset = UNSET,
        template: str | Unset = UNSET,
        variables: Mapping[str, str] | Unset = UNSET,
        locale: str | Unset = UNSET,
        media: Sequence[str | MediaFile | Mapping[str, Any]] | Unset = UNSET,
        class_: Literal["conversational", "informational", "promotional"] | Unset = UNSET,
        line: str | Unset = UNSET,
        send_at: str | Unset = UNSET,
        metadata: Mapping[str, str] | Unset = UNSET,
        zone: str | Unset = UNSET,
        region: str | Unset = UNSET,
        programme: str | Unset = UNSET,
        idempotency_key: str | Unset = UNSET,
    ) -> Call[SentMessage]:
        """Queue one text, in your own words or by a template.

        Needs the scope `messages:write`.
        """
        return Call(
            "POST",
            "/v1/messages",
            Data[SentMessage],
            body=given(
                channel=channel,
                body=body,
                template=template,
                variables=variables,
                locale=locale,
                media=media,
                class_=class_,
                line=line,
                send_at=send_at,
                metadata=metadata,
                zone=zone,
                region=region,
                programme=programme,
                to=to,
            ),
            key=idempotency_key,
        )

    @listing
    def list(
        self,
        *,
        limit: int | Unset = UNSET,
        contact: str | Unset = UNSET,
        conversation: str | Unset = UNSET,
        line: str | Unset = UNSET,
        direction: Literal["", "in", "out"] | Unset = UNSET,
        status: Literal[
            "accepted",
            "blocked",
            "canceled",
            "delivered",
            "expired",
            "failed",
            "filtered",
            "queued",
            "read",
            "received",
            "scheduled",
            "sending",
            "sent",
            "undelivered",
            "unknown",
        ]
        | Literal[""]
        | Unset = UNSET,
        class_: Literal["", "compliance", "conversational", "informational", "promotional"] | Unset = UNSET,
        since: str | Unset = UNSET,
        until: str | Unset = UNSET,
        after: str | Unset = UNSET,
    ) -> Listing[MessageInfo]:
        """Messages, the newest first; with `after` those that came after one, the oldest first.

        Needs the scope `messages:read`.
        """
        return Listing(
            Call(
                "GET",
                "/v1/messages",
                Page[MessageInfo],
                query=given(
                    limit=limit,
                    contact=contact,
                    conversation=conversation,
                    line=line,
                    direction=direction,
                    status=status,
                    class_=class_,
                    since=since,
                    until=until,
                    after=after,
                ),
            )
        )

    @operation
    def get(self, id: str) -> Call[MessageDetail]:
        """One message, how it came to its status, and what the consent gate decided about it.

        Needs the scope `messages:read`.
        """
        return Call("GET", path("/v1/messages/{id}", id=id), Data[MessageDetail])

    @operation
    def cancel(self, id: str) -> Call[MessageInfo]:
        """Call back a text that has not gone.

        Needs the scope `messages:write`.
        """
        return Call("POST", path("/v1/messages/{id}/cancel", id=id), Data[MessageInfo])

    @operation
    def send_bulk(
        self,
        *,
        messages: Sequence[MessageBody | Mapping[str, Any]] | Unset = UNSET,
        message: Content | Mapping[str, Any] | Unset | None = UNSET,
        recipients: Sequence[Recipient | Mapping[str, Any]] | Unset = UNSET,
        idempotency_key: str | Unset = UNSET,
    ) -> Call[BulkState]:
        """Send many texts, behind whatever is more urgent.

        Needs the scope `messages:write`.
        """
        return Call(
            "POST",
            "/v1/messages/bulk",
            Data[BulkState],
            body=given(messages=messages, message=message, recipients=recipients),
            key=idempotency_key,
        )

    @operation
    def bulk(self, id: str) -> Call[BulkState]:
        """How far a bulk send is, and what became of its texts.

        Needs the scope `messages:read`.
        """
        return Call("GET", path("/v1/messages/bulk/{id}", id=id), Data[BulkState])
