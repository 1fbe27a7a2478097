"""How a line is registered with the carriers (N1), as bot.yml declares it."""

import msgspec


class Registration(msgspec.Struct, frozen=True):
    """What is known of a line's registration. `status` empty: nobody has said, so nobody knows.

    `kind` is 10dlc, toll_free, short_code and so on; `campaign` and `use_case` are as they were registered.
    """

    status: str = ""
    kind: str = ""
    brand: str = ""
    campaign: str = ""
    use_case: str = ""


UNDECLARED = Registration()
