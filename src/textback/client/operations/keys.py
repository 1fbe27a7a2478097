"""What the API can do with keys. `make api` writes it; it is not to be edited."""

from collections.abc import Sequence

from msgspec import UNSET

from textback.client.calls import C, Call, Data, Listing, Page, Resource, Unset, given, listing, operation, path
from textback.client.shapes.keys import KeyInfo, NewKey, RevokedKey


class Keys(Resource[C]):
    """API keys."""

    @listing
    def list(self, *, limit: int | Unset = UNSET) -> Listing[KeyInfo]:
        """The keys that work, in the order in which they were made.

        Needs the scope `keys:read`.
        """
        return Listing(Call("GET", "/v1/keys", Page[KeyInfo], query=given(limit=limit)))

    @operation
    def create(
        self,
        *,
        name: str,
        scopes: Sequence[str],
        lines: Sequence[str] | Unset = UNSET,
        days: int | Unset | None = UNSET,
    ) -> Call[NewKey]:
        """Make a key that can do no more than this one. It is shown once.

        Needs the scope `keys:write`.
        """
        return Call("POST", "/v1/keys", Data[NewKey], body=given(name=name, scopes=scopes, lines=lines, days=days))

    @operation
    def get(self, id: str) -> Call[KeyInfo]:
        """One key.

        Needs the scope `keys:read`.
        """
        return Call("GET", path("/v1/keys/{id}", id=id), Data[KeyInfo])

    @operation
    def update(
        self,
        id: str,
        *,
        name: str | Unset | None = UNSET,
        scopes: Sequence[str] | Unset | None = UNSET,
        lines: Sequence[str] | Unset | None = UNSET,
        days: int | Unset | None = UNSET,
    ) -> Call[KeyInfo]:
        """Change a key's name, scopes, lines or end.

        Needs the scope `keys:write`.
        """
        return Call(
            "PATCH",
            path("/v1/keys/{id}", id=id),
            Data[KeyInfo],
            body=given(name=name, scopes=scopes, lines=lines, days=days),
        )

    @operation
    def revoke(self, id: str) -> Call[RevokedKey]:
        """Revoke a key. It stops within half a second.

        Needs the scope `keys:write`.
        """
        return Call("DELETE", path("/v1/keys/{id}", id=id), Data[RevokedKey])

    @operation
    def rotate(self, id: str, *, hours: int | Unset = UNSET) -> Call[NewKey]:
        """Put a new key in the place of this one. The one before works for some hours.

        Needs the scope `keys:write`.
        """
        return Call("POST", path("/v1/keys/{id}/rotate", id=id), Data[NewKey], body=given(hours=hours))
