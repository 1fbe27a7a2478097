"""E-mail addresses: in one form wherever they are stored and compared."""

import re

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
LONGEST = 254


def is_address(text: str) -> bool:
    """Whether a message can be addressed to it: no name beside it, nothing that is not ASCII."""
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None


def normal(text: str) -> str:
    """The form in which an address is stored: small letters, and a domain as it is looked up. Empty for what is none.

    Case before the @ could mean two people; nowhere does it, and a phone's keyboard begins with a capital.
    """
    local, at, domain = text.strip().rpartition("@")
    if not at:
        return ""
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    found = f"{local}@{domain.removesuffix('.')}".lower()
    return found if is_address(found) else ""
