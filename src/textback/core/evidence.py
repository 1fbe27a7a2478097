"""What shows that somebody agreed to texts, or asked for an end of them, as the ledger of consent keeps it."""

from typing import Literal

import msgspec

from textback.core.messages import Channel

Method = Literal["web", "keyword", "voice", "paper", "api", "import", "provider", "person"]
"""How it reached us."""


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything about one agreement that a court would ask for (CTIA 5.1.2, K1). Empty where it is not known.

    `wording` is what they agreed to, to the letter; `action` what they did to agree ("ticked a box"); `source` the
    page, form, keyword, file or number where they did. `ip`, `user_agent` and `session` are theirs, and kept
    encrypted. `channel` is the one that they agreed to, where that does not go by where it came from (K6).
    """

    programme: str = ""
    message_class: str = ""
    method: Method | Literal[""] = ""
    wording: str = ""
    wording_version: str = ""
    language: str = ""
    action: str = ""
    source: str = ""
    ip: str = ""
    user_agent: str = ""
    session: str = ""
    actor: str = ""
    channel: Channel | Literal[""] = ""

    @property
    def complete(self) -> bool:
        """Whether it can prove an agreement: what they agreed to, where, and what they did. Else it is a claim (K9)."""
        return bool(self.wording.strip() and self.source.strip() and self.action.strip())


NO_EVIDENCE = Evidence()
