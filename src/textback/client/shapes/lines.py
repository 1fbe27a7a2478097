"""What the API says of lines. `make api` writes it; it is not to be edited."""

import msgspec


class LineInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A line. `number` is whole for keys that may read or send texts, else its last two digits. `state` is that of
    its breaker: open while its provider takes no texts (`why`: away or misconfigured), and a `code` of theirs
    where there is one. `rate` is segments a second, `cap` segments a day, `used` those of today (Pacific time);
    null is without end."""

    name: str
    provider: str
    channels: list[str]
    number: str
    state: str
    why: str
    code: str
    rate: float | None
    cap: int | None
    used: int | None
