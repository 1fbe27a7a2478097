"""What the API can do with lines. `make api` writes it; it is not to be edited."""

import builtins

from textback.client.calls import C, Call, Data, Resource, operation
from textback.client.shapes.lines import LineInfo


class Lines(Resource[C]):
    """The numbers that texts go out on."""

    @operation
    def list(self) -> Call[builtins.list[LineInfo]]:
        """The lines that the key is for, how they are, and what they have sent today.

        Needs the scope `lines:read`.
        """
        return Call("GET", "/v1/lines", Data[builtins.list[LineInfo]])
