"""Why a text did not arrive, in plain words, and what a person can do about it. Nothing is ever sent again by itself:
a person writes it anew. Pure."""

import re
from dataclasses import dataclass
from typing import Any

from textback.core.messages import FAILED
from textback.web.phrases import tell

#: What carriers' and providers' codes mean (Twilio's and Telnyx's numbers), and what helps.
_KNOWN = (
    (("30007", "40002"), "The carrier blocked it as spam. Shortened links are the usual cause.", "plain"),
    (("30006", "40001", "21614"), "This looks like a landline, which cannot get texts.", "call"),
    (("30004",), "Their carrier does not let texts of this line through.", "call"),
    (("30003",), "The phone is off or out of reach.", "again"),
    (("30005", "21211"), "This number does not exist.", "check"),
    (("30001", "30410"), "It waited too long at the provider or the carrier.", "again"),
    (("30002",), "The provider has suspended our account.", "setup"),
    (("30008",), "The carrier could not deliver it and gave no reason.", "again"),
    (("21610", "40300"), "They opted out at the carrier.", "proof"),
    (("30034", "40010", "30032"), "This line is not registered with carriers.", "setup"),
)
CAUSES = {code: words for codes, words, _ in _KNOWN for code in codes}
_HELPS = {code: do for codes, _, do in _KNOWN for code in codes}
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S*", re.IGNORECASE)
WORDS = {
    "again": "Edit and resend",
    "plain": "Edit without the link",
    "call": "Call instead",
    "check": "Check the number",
    "proof": "See consent",
    "setup": "Set up",
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """What helps: `do` is again, plain (again without its links), call, check, proof or setup; and what its button
    says."""

    do: str
    words: str


def without_links(text: str) -> str:
    """A text without its links and the room that they leave."""
    return re.sub(r"[ \t]{2,}", " ", _LINK.sub("", text)).strip()


def remedy_of(row: Any) -> Remedy | None:
    """What helps with a text that did not arrive; None where nothing does, or it did."""
    if row.direction != "out" or row.status not in FAILED:
        return None
    do = _HELPS.get(row.code, "again")
    if row.status == "expired":
        do = "again"
    elif row.status == "blocked":
        do = "proof" if row.rule[:1] in ("O", "K") else {"N1": "check", "N2": "setup"}.get(row.rule, "")
    if do == "plain" and not _LINK.search(row.text):
        do = "again"
    if not do or (do in ("again", "plain") and not row.text):
        return None
    return Remedy(do, tell(WORDS[do]))
