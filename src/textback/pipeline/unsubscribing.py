"""Leaving by one click (RFC 8058): the address that a mail of ours has in its headers, and what asking for it does.

The address names the line and the contact, sealed with the keys of the consent ledger. So nobody can make one up, none
has to be stored, and none gets too old: whoever wants no more mail may find an old one.
"""

import re

from textback.core.evidence import Evidence
from textback.core.ids import bucket_of
from textback.core.messages import FAMILY
from textback.engine.arrivals import ConsentChange
from textback.pipeline.lines import Line
from textback.store import ledger
from textback.store.db import Tx
from textback.store.vault import keys_of

PATH = "/unsubscribe/"
SOURCE = "one-click unsubscribe"
WORDS = "They unsubscribed by the link in a mail."
_TOKEN = re.compile(r"([0-9a-f]{24})\.([a-z0-9][a-z0-9-]{0,15})\.([0-9a-f]{64})")


def leaves_by_click(line: Line) -> bool:
    """Whether a line's texts are mails, which have such an address."""
    return FAMILY[line.channels[0]] == "email"


def address_of(tx: Tx, public_url: str, line: str, contact_id: str) -> str:
    """Where a contact leaves this line by one click; "" where nobody can reach us over HTTPS, which RFC 8058 wants."""
    if not public_url.startswith("https://"):
        return ""
    keys = keys_of(tx)
    return f"{public_url}{PATH}{line}/{contact_id}.{keys.newest}.{keys.seal(PATH, line, contact_id)}"


def named_by(tx: Tx, line: str, token: str) -> str:
    """The contact whom such an address of ours names; "" for one that is not ours."""
    found = _TOKEN.fullmatch(token)
    if found is None or not keys_of(tx).sealed(found[2], found[3], PATH, line, found[1]):
        return ""
    return found[1]


def standing(tx: Tx, contact_id: str) -> tuple[bool, str]:
    """Whether a contact gets no mail already, and the key under which their leaving is stored once: it is of what the
    ledger has of them now, so that who comes back may leave again."""
    known = ledger.standing_of(tx, [(bucket_of(contact_id), contact_id)]).get(contact_id)
    newest = ledger.entries_of(tx, contact_id, 1)
    last = str(newest[-1].row["id"]) if newest else ""
    return known is not None and bool(known.suppressions), f"unsubscribe:{contact_id}:{last}"


def leaving() -> ConsentChange:
    """What happens to the conversation: an opt-out that a form brings (O10)."""
    return ConsentChange("opt_out", Evidence(method="web", source=SOURCE, action="clicked unsubscribe"), words=WORDS)
