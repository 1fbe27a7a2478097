"""What the API can do with templates. `make api` writes it; it is not to be edited."""

import builtins

from textback.client.calls import C, Call, Data, Resource, operation, path
from textback.client.shapes.templates import TemplateDetail, TemplateInfo


class Templates(Resource[C]):
    """Texts that were agreed on."""

    @operation
    def list(self) -> Call[builtins.list[TemplateInfo]]:
        """The templates of the version that is live, and how each stands with the providers that must approve it.

        Needs the scope `templates:read`.
        """
        return Call("GET", "/v1/templates", Data[builtins.list[TemplateInfo]])

    @operation
    def get(self, name: str) -> Call[TemplateDetail]:
        """One template, with its texts, how they look with sample values, how long they are, and how it stands with
        the providers that must approve it.

        Needs the scope `templates:read`.
        """
        return Call("GET", path("/v1/templates/{name}", name=name), Data[TemplateDetail])
