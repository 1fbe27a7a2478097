"""The services that actions know by name: what bot.yml may say of each, what it can be asked for, and what that gives.

Who asks them is another room's, see `textback.actions`. A kind of service is added here and there.
"""

from collections.abc import Mapping

import msgspec


class Option(msgspec.Struct, frozen=True):
    """One key of a service in bot.yml. A `secret` one must be `${NAME}`. `argument`: where it is missing, the flow says
    it with each call."""

    required: bool = False
    secret: bool = False
    argument: bool = False
    default: str = ""


class Operation(msgspec.Struct, frozen=True):
    """One thing that a service can be asked for: the arguments it must get and those it may, and the names of its
    result. `free`: whatever else it is given is meant too."""

    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    free: bool = False


class Kind(msgspec.Struct, frozen=True):
    """A kind of service. With one operation it goes by the action's own name, with several by NAME.OPERATION."""

    options: Mapping[str, Option]
    operations: Mapping[str, Operation]

    @property
    def several(self) -> bool:
        """Whether its operations have names of their own."""
        return "" not in self.operations


API_URL = Option()

KINDS: Mapping[str, Kind] = {
    "google_calendar": Kind(
        {
            "calendar": Option(required=True),
            "account": Option(required=True, secret=True),
            "minutes": Option(default="60"),
            "api_url": API_URL,
        },
        {
            "slot_free": Operation(("start",), ("minutes",), ("ok",)),
            "book": Operation(("start", "title"), ("minutes", "note"), ("ref", "id", "link")),
        },
    ),
    "hubspot": Kind(
        {"token": Option(required=True, secret=True), "api_url": API_URL},
        {
            "contact": Operation(("phone",), ("name", "email"), ("id",), free=True),
            "note": Operation(("contact", "text"), (), ("id",)),
        },
    ),
    "stripe": Kind(
        {"key": Option(required=True, secret=True), "currency": Option(), "api_url": API_URL},
        {"": Operation(("amount", "title"), ("reference",), ("url", "id"))},
    ),
    "slack": Kind({"url": Option(required=True, secret=True)}, {"": Operation(("text",), (), ("ok",))}),
    "email": Kind(
        {
            "server": Option(required=True),
            "port": Option(default="587"),
            "user": Option(),
            "password": Option(secret=True),
            "from": Option(required=True),
            "to": Option(argument=True),
        },
        {"": Operation(("text",), ("subject",), ("ok",))},
    ),
}
