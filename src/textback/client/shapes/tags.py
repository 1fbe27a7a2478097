"""What the API says of tags. `make api` writes it; it is not to be edited."""

import msgspec


class TagInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A tag, and how many contacts have it."""

    tag: str
    contacts: int
