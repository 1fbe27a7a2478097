"""What the API can do with tags. `make api` writes it; it is not to be edited."""

import builtins

from msgspec import UNSET

from textback.client.calls import C, Call, Data, Resource, Unset, given, operation
from textback.client.shapes.tags import TagInfo


class Tags(Resource[C]):
    """The tags of contacts."""

    @operation
    def list(self, *, line: str | Unset = UNSET) -> Call[builtins.list[TagInfo]]:
        """The tags that contacts have.

        Needs the scope `contacts:read`.
        """
        return Call("GET", "/v1/tags", Data[builtins.list[TagInfo]], query=given(line=line))
