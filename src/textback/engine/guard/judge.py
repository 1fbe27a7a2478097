"""Whether a model's reply may be said, and how likely it is right."""

import re
from collections.abc import Sequence

from textback.core.text import plain, segments
from textback.engine.guard.base import Flaw, Judgement, Proposal, Rules, Shown

_LINK = re.compile(r"https?://|www\.|\b[a-z0-9-]+\.(?:com|net|org|io|co)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"\w{4,}")


def judge(proposal: Proposal, shown: Sequence[Shown], question: str, rules: Rules) -> Judgement:
    """Judge a proposal by what the model was shown."""
    reply = plain(proposal.reply).strip()
    known = " ".join([one.text for one in shown] + list(rules.contact)).lower()
    flaws = []
    if not reply:
        flaws.append(Flaw("empty", "there is no reply"))
    if _LINK.search(reply):
        flaws.append(Flaw("link", "a link"))
    flaws += [Flaw("number", "a number of nobody's") for one in _NUMBER.findall(reply) if one not in known][:1]
    if segments(reply).count > rules.segments:
        flaws.append(Flaw("too_long", f"{segments(reply).count} segments"))
    words = {word.lower() for word in _WORD.findall(reply)}
    support = sum(word in known for word in words) / len(words) if words else 0.0
    best = max((one.confidence for one in shown), default=0.0)
    return Judgement(reply, round(support * (0.5 + 0.5 * best), 3), support, tuple(flaws))
