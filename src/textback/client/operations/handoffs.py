"""What the API can do with handoffs. `make api` writes it; it is not to be edited."""

from msgspec import UNSET

from textback.client.calls import C, Call, Listing, Page, Resource, Unset, given, listing
from textback.client.shapes.handoffs import OpenHandoff


class Handoffs(Resource[C]):
    """Conversations that wait for a person."""

    @listing
    def list(
        self,
        *,
        limit: int | Unset = UNSET,
        owner: str | Unset = UNSET,
        line: str | Unset = UNSET,
        queue: str | Unset = UNSET,
    ) -> Listing[OpenHandoff]:
        """The open hand-overs, the longest wait first.

        Needs the scope `conversations:read`.
        """
        return Listing(
            Call(
                "GET", "/v1/handoffs", Page[OpenHandoff], query=given(limit=limit, owner=owner, line=line, queue=queue)
            )
        )
