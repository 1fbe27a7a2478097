"""How many people opt out after a text, and how many texts carriers filter as spam (N1), by the line, the template and
the flow that they came from. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from textback.core.when import HOUR

BLAMED = 72 * HOUR
"""How long (ms) after a text an opt-out is put down to it."""
LEAST = 20
"""People who must have been texted, or texts that must have gone, before a rate is worth an alarm."""
NOTHING: Mapping[str, str] = {}
ABOUT = ("line", "template", "flow")
"""What opt-outs and filtered texts are counted by."""


class Text(msgspec.Struct, frozen=True):
    """A text that went out: to whom, on which line, from which flow.step or template.name, and when (ms); whether the
    carrier kept it back as spam."""

    contact_id: str
    line: str
    source: str
    at: int
    filtered: bool = False


class OptOut(msgspec.Struct, frozen=True):
    """Somebody opted out then (ms)."""

    contact_id: str
    at: int


class Rate(msgspec.Struct, frozen=True):
    """So many people were texted, and so many of them opted out after it."""

    texted: int = 0
    opted_out: int = 0

    @property
    def percent(self) -> float:
        """Of those who were texted, how many in a hundred opted out."""
        return 100 * self.opted_out / self.texted if self.texted else 0.0

    def over(self, percent: float) -> bool:
        """Whether that is more than it should be, among enough people to say so."""
        return self.texted >= LEAST and self.percent > percent


class Filtered(msgspec.Struct, frozen=True):
    """So many texts went, and so many of them were filtered as spam."""

    sent: int = 0
    filtered: int = 0

    @property
    def percent(self) -> float:
        """Of the texts that went, how many in a hundred were filtered."""
        return 100 * self.filtered / self.sent if self.sent else 0.0

    def over(self, percent: float) -> bool:
        """Whether that is more than it should be, among enough texts to say so."""
        return self.sent >= LEAST and self.percent > percent


def names_of(text: Text, said: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """What a text counts for. One that a program sent by a template has no flow; `said` names the templates that steps
    of flows say, by flow.step."""
    first, _, rest = text.source.partition(".")
    about = {"line": text.line}
    if first == "template" and rest:
        about["template"] = rest
    else:
        about["flow"] = first
        if text.source in said:
            about["template"] = said[text.source]
    return about


def blamed(texts: Iterable[Text], opt_outs: Iterable[OptOut]) -> list[tuple[OptOut, Text | None]]:
    """The last text before each opt-out, where one went within the 72 hours before it."""
    theirs: dict[str, list[Text]] = {}
    outs = sorted(opt_outs, key=lambda one: one.at)
    wanted = {one.contact_id for one in outs}
    for text in texts:
        if text.contact_id in wanted:
            theirs.setdefault(text.contact_id, []).append(text)
    found = []
    for out in outs:
        before = [text for text in theirs.get(out.contact_id, ()) if out.at - BLAMED <= text.at <= out.at]
        found.append((out, max(before, key=lambda text: text.at, default=None)))
    return found


def rates(
    texts: Sequence[Text],
    outs: Sequence[tuple[OptOut, Text | None]],
    since: int,
    said: Mapping[str, str] = NOTHING,
) -> dict[tuple[str, str], Rate]:
    """The rate of each line, template and flow, and of all under ("", ""), of texts that went since then (ms). A person
    counts once, however many texts they got, or however often they opted out."""
    texted: dict[tuple[str, str], set[str]] = {("", ""): set()}
    left: dict[tuple[str, str], set[str]] = {}
    for text in texts:
        if text.at >= since:
            for key in (("", ""), *names_of(text, said).items()):
                texted.setdefault(key, set()).add(text.contact_id)
    for out, cause in outs:
        if cause is not None and cause.at >= since:
            for key in (("", ""), *names_of(cause, said).items()):
                left.setdefault(key, set()).add(out.contact_id)
    return {key: Rate(len(who), len(left.get(key, ()))) for key, who in texted.items()}


def filtered(texts: Iterable[Text], since: int, said: Mapping[str, str] = NOTHING) -> dict[tuple[str, str], Filtered]:
    """What carriers filtered of each line, template and flow, and of all under ("", ""), of texts that went since then
    (ms). Each text counts, as each is judged by itself."""
    sent: Counter[tuple[str, str]] = Counter({("", ""): 0})
    kept: Counter[tuple[str, str]] = Counter()
    for text in texts:
        if text.at >= since:
            keys = (("", ""), *names_of(text, said).items())
            sent.update(keys)
            if text.filtered:
                kept.update(keys)
    return {key: Filtered(count, kept[key]) for key, count in sent.items()}
