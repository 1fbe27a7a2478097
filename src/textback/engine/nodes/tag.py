"""tag and untag: short words that a contact is known by, for people, lists and conditions."""

import re

from textback.engine.bot import Step
from textback.engine.context import Context
from textback.engine.reading import Draft, Kind

TAG = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
MOST = 50
"""Tags that a contact has at most."""


class Tag(Step, frozen=True, kw_only=True):
    """Give the contact these tags, or take them away."""

    tags: tuple[str, ...]
    remove: bool = False


def _read(draft: Draft, remove: bool) -> Tag | None:
    """`tag: NAME` or a list of names."""
    source = draft.flow.source
    names = []
    for name, node in draft.flow.strings(draft.value, f"{draft.kind}"):
        if TAG.fullmatch(name):
            names.append(name)
        else:
            source.error(node, f"A tag can't be called {name!r}.", "Use small letters, digits, - and _.")
    return Tag(**draft.base(), tags=tuple(names), remove=remove) if names else None


def run(ctx: Context, step: Tag) -> str:
    """Tag, and go on."""
    before = set(ctx.state.tags)
    after = before - set(step.tags) if step.remove else before | set(step.tags)
    if after != before and len(after) <= MOST:
        ctx.state.tags = sorted(after)
        ctx.event("untagged" if step.remove else "tagged", tags=sorted(before ^ after))
    return step.next


TAG_KIND = Kind("tag", Tag, (), lambda draft: _read(draft, remove=False), run, once=True)
UNTAG_KIND = Kind("untag", Tag, (), lambda draft: _read(draft, remove=True), run, once=True)
