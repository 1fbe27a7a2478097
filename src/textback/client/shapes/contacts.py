"""What the API says of contacts. `make api` writes it; it is not to be edited."""

from typing import Any

import msgspec


class ContactInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A contact. `fields` is what flows and programs have kept of them, `language` what they are texted in where
    that is not the bot's, `zone` and `region` where they are, as far as somebody has said so."""

    id: str
    number: str
    name: str
    line: str
    fields: dict[str, Any]
    tags: list[str]
    language: str
    zone: str
    region: str
    opted_out: bool
    last_text_at: str | None
    created_at: str


class AddressInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One of a contact's identities."""

    family: str
    identifier: str


class Agreed(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One scope, and how it stands: pending, unproven, agreed or revoked. Times are ms."""

    family: str
    programme: str
    message_class: str
    state: str
    since: int
    event_id: str
    expires_at: int | None = None


class MergedContact(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One of the contacts that are one. `kept` is the one whose fields and tags come first; `merge` the merge by
    which another came."""

    id: str
    number: str
    line: str
    opted_out: bool
    kept: bool
    merge: str | None


class ContactDetail(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A contact, with their addresses and what they have agreed to. `merged` are all contacts that are one with it,
    itself too, the kept one first; none where it is alone."""

    id: str
    number: str
    name: str
    line: str
    fields: dict[str, Any]
    tags: list[str]
    language: str
    zone: str
    region: str
    opted_out: bool
    last_text_at: str | None
    created_at: str
    addresses: list[AddressInfo]
    agreements: list[Agreed]
    merged: list[MergedContact]


class ErasedContact(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What an erasure took away: the request's id in the log, the rows of each table, and whether they opted out.
    `left` are contacts that were merged with them and are still kept."""

    request: str
    erased: dict[str, int]
    opted_out: bool
    left: list[str]


class ConsentState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where a contact stands: `opted_out`, their agreements, and the entries of the ledger, oldest first."""

    contact_id: str
    opted_out: bool
    agreements: list[Agreed]
    events: list[dict[str, Any]]


class Chain(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the check of a contact's chain found. `how` tells anybody how to check it again."""

    whole: bool
    entries: int
    unchained: int
    seals_unread: int
    broken: list[str]
    hashed: list[str] = []
    how: str = ""


class Proof(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Everything about one contact's consent, as JSON. Times are ms since 1970 in UTC."""

    made_at: int
    workspace: str
    contact_id: str
    name: str
    numbers: list[str]
    suppressions: list[dict[str, Any]]
    agreements: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    chain: Chain


class ContactTags(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The tags that a contact has."""

    contact: str
    tags: list[str]


class MergeInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A merge: `other` is part of `kept` since then, by whom, until it is undone."""

    id: str
    kept: str
    other: str
    merged_by: str
    merged_at: str
    undone_by: str
    undone_at: str | None
