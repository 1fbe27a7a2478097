"""What the API says of keys. `make api` writes it; it is not to be edited."""

import msgspec


class KeyInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A key, but for the key itself: `start` is how it begins. `rotates_until` is how long the one before still
    works."""

    id: str
    name: str
    start: str
    scopes: list[str]
    lines: list[str]
    created_at: str
    created_by: str
    expires_at: str | None
    last_used_at: str | None
    rotates_until: str | None


class NewKey(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A key, with the key itself: this is the only time that it is shown."""

    id: str
    name: str
    start: str
    scopes: list[str]
    lines: list[str]
    created_at: str
    created_by: str
    expires_at: str | None
    last_used_at: str | None
    rotates_until: str | None
    key: str


class RevokedKey(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A key that works no more."""

    id: str
    name: str
