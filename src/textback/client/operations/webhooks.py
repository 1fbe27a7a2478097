"""What the API can do with webhooks. `make api` writes it; it is not to be edited."""

from collections.abc import Sequence
from typing import Literal

from msgspec import UNSET

from textback.client.calls import C, Call, Data, Listing, Page, Resource, Unset, given, listing, operation, path
from textback.client.shapes.webhooks import Delivery, Removed, Tested, Webhook


class Webhooks(Resource[C]):
    """Where events are sent, and what came of it."""

    @operation
    def create(self, *, url: str, events: Sequence[str], secret: str | Unset | None = UNSET) -> Call[Webhook]:
        """Have events sent to an address. The secret is shown only now.

        Needs the scope `webhooks:write`.
        """
        return Call("POST", "/v1/webhooks", Data[Webhook], body=given(url=url, events=events, secret=secret))

    @listing
    def list(self, *, limit: int | Unset = UNSET) -> Listing[Webhook]:
        """Webhooks, the oldest first.

        Needs the scope `webhooks:read`.
        """
        return Listing(Call("GET", "/v1/webhooks", Page[Webhook], query=given(limit=limit)))

    @operation
    def get(self, id: str) -> Call[Webhook]:
        """One webhook, and how it does.

        Needs the scope `webhooks:read`.
        """
        return Call("GET", path("/v1/webhooks/{id}", id=id), Data[Webhook])

    @operation
    def update(
        self, id: str, *, url: str | Unset = UNSET, events: Sequence[str] | Unset = UNSET, enabled: bool | Unset = UNSET
    ) -> Call[Webhook]:
        """Change a webhook.

        Needs the scope `webhooks:write`.
        """
        return Call(
            "PATCH",
            path("/v1/webhooks/{id}", id=id),
            Data[Webhook],
            body=given(url=url, events=events, enabled=enabled),
        )

    @operation
    def delete(self, id: str) -> Call[Removed]:
        """Remove a webhook.

        Needs the scope `webhooks:write`.
        """
        return Call("DELETE", path("/v1/webhooks/{id}", id=id), Data[Removed])

    @operation
    def rotate(
        self, id: str, *, secret: str | Unset | None = UNSET, overlap_hours: int | Unset = UNSET
    ) -> Call[Webhook]:
        """Sign with another secret, for a while also with the old one.

        Needs the scope `webhooks:write`.
        """
        return Call(
            "POST",
            path("/v1/webhooks/{id}/rotate", id=id),
            Data[Webhook],
            body=given(secret=secret, overlap_hours=overlap_hours),
        )

    @operation
    def test(self, id: str) -> Call[Tested]:
        """Send a webhook.test, and see what is answered.

        Needs the scope `webhooks:write`.
        """
        return Call("POST", path("/v1/webhooks/{id}/test", id=id), Data[Tested])

    @listing
    def deliveries(
        self,
        id: str,
        *,
        limit: int | Unset = UNSET,
        state: Literal["", "behind", "dead", "done", "queued", "sending", "withdrawn"] | Unset = UNSET,
    ) -> Listing[Delivery]:
        """What became of telling it, the newest first.

        Needs the scope `webhooks:read`.
        """
        return Listing(
            Call(
                "GET",
                path("/v1/webhooks/{id}/deliveries", id=id),
                Page[Delivery],
                query=given(limit=limit, state=state),
            )
        )

    @operation
    def redeliver(self, id: str, delivery: str) -> Call[Delivery]:
        """Send it once more, under the same id.

        Needs the scope `webhooks:write`.
        """
        return Call(
            "POST", path("/v1/webhooks/{id}/deliveries/{delivery}/redeliver", id=id, delivery=delivery), Data[Delivery]
        )
