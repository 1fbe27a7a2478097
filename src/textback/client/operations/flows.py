"""What the API can do with flows. `make api` writes it; it is not to be edited."""

import builtins

from msgspec import UNSET

from textback.client.calls import C, Call, Data, Listing, Page, Resource, Unset, given, listing, operation, path
from textback.client.shapes.flows import FlowDetail, FlowInfo, VersionInfo


class Flows(Resource[C]):
    """What the bot does."""

    @operation
    def list(self) -> Call[builtins.list[FlowInfo]]:
        """The flows of the version that is live.

        Needs the scope `flows:read`.
        """
        return Call("GET", "/v1/flows", Data[builtins.list[FlowInfo]])

    @operation
    def get(self, name: str) -> Call[FlowDetail]:
        """One flow, with its steps, its variables, and where sessions stand in it.

        Needs the scope `flows:read`.
        """
        return Call("GET", path("/v1/flows/{name}", name=name), Data[FlowDetail])

    @listing
    def versions(self, *, limit: int | Unset = UNSET) -> Listing[VersionInfo]:
        """The published versions of the bot, the newest first.

        Needs the scope `flows:read`.
        """
        return Listing(Call("GET", "/v1/versions", Page[VersionInfo], query=given(limit=limit)))
