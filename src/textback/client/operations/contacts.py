"""What the API can do with contacts. `make api` writes it; it is not to be edited."""

from collections.abc import Mapping, Sequence

from msgspec import UNSET

from textback.client.calls import C, Call, Data, Listing, Page, Resource, Unset, given, listing, operation, path
from textback.client.shapes.contacts import (
    ConsentState,
    ContactDetail,
    ContactInfo,
    ContactTags,
    ErasedContact,
    MergeInfo,
    Proof,
)


class Contacts(Resource[C]):
    """People: what is known of them, and erasing it."""

    @listing
    def list(
        self, *, limit: int | Unset = UNSET, line: str | Unset = UNSET, tag: str | Unset = UNSET
    ) -> Listing[ContactInfo]:
        """Contacts, in an order that never changes.

        Needs the scope `contacts:read`.
        """
        return Listing(Call("GET", "/v1/contacts", Page[ContactInfo], query=given(limit=limit, line=line, tag=tag)))

    @operation
    def create(
        self,
        *,
        to: str,
        name: str | Unset | None = UNSET,
        fields: Mapping[str, str | int | float | bool | None] | Unset = UNSET,
        tags: Sequence[str] | Unset | None = UNSET,
        language: str | Unset | None = UNSET,
        zone: str | Unset | None = UNSET,
        region: str | Unset | None = UNSET,
        line: str | Unset = UNSET,
    ) -> Call[ContactDetail]:
        """Make a contact. They get no text by it, and have agreed to nothing.

        Needs the scope `contacts:write`.
        """
        return Call(
            "POST",
            "/v1/contacts",
            Data[ContactDetail],
            body=given(
                name=name, fields=fields, tags=tags, language=language, zone=zone, region=region, to=to, line=line
            ),
        )

    @operation
    def get(self, contact: str, *, merged: bool | Unset = UNSET) -> Call[ContactDetail]:
        """What is known of a contact.

        Needs the scope `contacts:read`.
        """
        return Call(
            "GET", path("/v1/contacts/{contact}", contact=contact), Data[ContactDetail], query=given(merged=merged)
        )

    @operation
    def erase(self, contact: str, *, merged: bool | Unset = UNSET) -> Call[ErasedContact]:
        """Erase all that is kept of a contact: a contact's id, or a phone number.

        Needs the scope `contacts:erase`.
        """
        return Call(
            "DELETE", path("/v1/contacts/{contact}", contact=contact), Data[ErasedContact], query=given(merged=merged)
        )

    @operation
    def update(
        self,
        contact: str,
        *,
        merged: bool | Unset = UNSET,
        name: str | Unset | None = UNSET,
        fields: Mapping[str, str | int | float | bool | None] | Unset = UNSET,
        tags: Sequence[str] | Unset | None = UNSET,
        language: str | Unset | None = UNSET,
        zone: str | Unset | None = UNSET,
        region: str | Unset | None = UNSET,
    ) -> Call[ContactDetail]:
        """Change what is known of a contact. What is left out stays.

        Needs the scope `contacts:write`.
        """
        return Call(
            "PATCH",
            path("/v1/contacts/{contact}", contact=contact),
            Data[ContactDetail],
            query=given(merged=merged),
            body=given(name=name, fields=fields, tags=tags, language=language, zone=zone, region=region),
        )

    @operation
    def consent(self, contact: str) -> Call[ConsentState]:
        """Where a contact stands, by id or phone number, and the ledger's entries.

        Needs the scope `consent:read`.
        """
        return Call("GET", path("/v1/contacts/{contact}/consent", contact=contact), Data[ConsentState])

    @operation
    def proof(self, contact: str) -> Call[Proof]:
        """All that proves a contact's consent, every message included, with the check of the chain.

        Needs the scope `consent:read`.
        """
        return Call("GET", path("/v1/contacts/{contact}/proof", contact=contact), Data[Proof])

    @operation
    def tag(self, contact: str, tag: str, *, merged: bool | Unset = UNSET) -> Call[ContactTags]:
        """Give a contact a tag.

        Needs the scope `contacts:write`.
        """
        return Call(
            "PUT",
            path("/v1/contacts/{contact}/tags/{tag}", contact=contact, tag=tag),
            Data[ContactTags],
            query=given(merged=merged),
        )

    @operation
    def untag(self, contact: str, tag: str, *, merged: bool | Unset = UNSET) -> Call[ContactTags]:
        """Take a tag away.

        Needs the scope `contacts:write`.
        """
        return Call(
            "DELETE",
            path("/v1/contacts/{contact}/tags/{tag}", contact=contact, tag=tag),
            Data[ContactTags],
            query=given(merged=merged),
        )

    @operation
    def merge(self, contact: str, *, other: str) -> Call[MergeInfo]:
        """Merge two contacts into one person. Each address keeps its conversation and its consent.

        Needs the scope `contacts:write`.
        """
        return Call(
            "POST", path("/v1/contacts/{contact}/merge", contact=contact), Data[MergeInfo], body=given(other=other)
        )

    @operation
    def unmerge(self, contact: str, merge: str) -> Call[MergeInfo]:
        """Undo a merge.

        Needs the scope `contacts:write`.
        """
        return Call(
            "POST", path("/v1/contacts/{contact}/merges/{merge}/undo", contact=contact, merge=merge), Data[MergeInfo]
        )
