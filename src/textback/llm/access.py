"""How the makers of models are reached: their keys and addresses, out of the environment. Nothing here is asked."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from textback.core.errors import SettingsError, shown

LONGEST_NAME = 128


class Maker(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of address that models are asked at.

    `keys` are the variables that may hold its key, the first that is set counts; `address` is the variable of its
    address and `url` the one it has without. `traces` and `prices` are what OpenTelemetry and the price list call it.
    """

    keys: tuple[str, ...]
    address: str
    url: str
    traces: str
    prices: str = ""


MAKERS: dict[str, Maker] = {
    "openai": Maker(
        keys=("OPENAI_API_KEY",),
        address="OPENAI_BASE_URL",
        url="https://api.openai.com/v1",
        traces="openai",
        prices="openai",
    ),
    "anthropic": Maker(
        keys=("ANTHROPIC_API_KEY",),
        address="ANTHROPIC_BASE_URL",
        url="https://api.anthropic.com",
        traces="anthropic",
        prices="anthropic",
    ),
    "google": Maker(
        keys=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        address="GOOGLE_BASE_URL",
        url="https://generativelanguage.googleapis.com",
        traces="gcp.gemini",
        prices="google",
    ),
    "compatible": Maker(keys=("MODEL_API_KEY",), address="MODEL_BASE_URL", url="", traces="compatible"),
}

VARIABLES: tuple[str, ...] = tuple(name for maker in MAKERS.values() for name in (*maker.keys, maker.address))
"""Every variable that is read here."""


class Access(msgspec.Struct, frozen=True):
    """How one maker is reached. A key may be empty where none is needed. With a `problem` it can't be reached, and
    `fix` says what to do. Printing it shows no key."""

    key: str = ""
    url: str = ""
    problem: str = ""
    fix: str = ""

    def __repr__(self) -> str:
        return f"Access({self.url or self.problem})"


def accesses(found: Mapping[str, str]) -> dict[str, Access]:
    """How each maker is reached, by its name. Never raises: what is missing is in the `problem` of that maker."""
    return {name: _access(name, maker, found) for name, maker in MAKERS.items()}


def _access(name: str, maker: Maker, found: Mapping[str, str]) -> Access:
    key = next((value for one in maker.keys if (value := found.get(one, "").strip())), "")
    url = (found.get(maker.address, "").strip() or maker.url).rstrip("/")
    if not key and name != "compatible":
        return Access(problem=f"{maker.keys[0]} is missing or empty.", fix="Set it and start again.")
    if not (key.isascii() and key.isprintable()) or " " in key:
        return Access(problem=f"{maker.keys[0]} has a character in it that can't be sent.", fix="Copy it again.")
    if not url:
        fix = "Set it to the server's address, such as http://127.0.0.1:11434/v1."
        return Access(problem=f"{maker.address} is missing or empty.", fix=fix)
    problem = _wrong(url)
    if problem:
        return Access(problem=f"{maker.address} {problem}", fix="Write it like https://models.example.com/v1.")
    return Access(key, url)


def _wrong(url: str) -> str:
    """Why this is not the address of an API; empty where it is one. Keys and texts go there, so that they may travel in
    the clear only within this machine or a private network."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        fine = parts.scheme in ("http", "https") and bool(host) and parts.port != 0
    except ValueError:
        fine, host, parts = False, "", urlsplit("")
    plain = url.isascii() and url.isprintable() and " " not in url
    if not fine or not plain or parts.username or parts.query or parts.fragment:
        return "is not the address of an API."
    if parts.scheme == "http" and not is_private(host):
        return "must begin with https://: only a private address may be asked without encryption."
    return ""


def is_private(host: str) -> bool:
    """Whether this host is this machine or one of a private network, by its address or by the form of its name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = host.lower().rstrip(".")
        return "." not in name or name.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa"))
    return address.is_loopback or (address.is_private and not address.is_unspecified)


def parted(use: str) -> tuple[str, str]:
    """The maker and the name in "maker:name". Raises SettingsError where it is none of ours."""
    maker, colon, name = use.partition(":")
    if not colon or maker not in MAKERS:
        known = ", ".join(f"{one}:NAME" for one in MAKERS)
        raise SettingsError(f"{shown(use)} is not a model.", f"Write it as one of {known}.")
    if not name or len(name) > LONGEST_NAME or not name.isascii() or not name.isprintable() or " " in name:
        raise SettingsError(f"{shown(use)} does not name a model.", f"Write it like {maker}:NAME.")
    return maker, name


def reached(use: str, known: Mapping[str, Access]) -> tuple[str, str, Access]:
    """The maker, the name and the access of a model. Raises SettingsError where it can't be asked."""
    maker, name = parted(use)
    access = known.get(maker, Access(problem=f"Nothing is known of {maker}.", fix="Set its key and start again."))
    if access.problem:
        raise SettingsError(access.problem, access.fix)
    return maker, name, access
