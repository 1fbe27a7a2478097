"""Every kind of step. Adding one is a module beside this, a line here, a conversation test and a piece of the docs."""

from collections.abc import Callable
from typing import Any

from textback.engine.bot import Question, Step
from textback.engine.nodes import (
    answer,
    ask,
    branch,
    call,
    confirm,
    end,
    escalate,
    goto,
    priority,
    record,
    say,
    tag,
    wait,
)
from textback.engine.nodes import run as run_
from textback.engine.nodes import set as set_
from textback.engine.reading import Asking, Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        say.KIND,
        ask.KIND,
        confirm.KIND,
        branch.KIND,
        set_.KIND,
        tag.TAG_KIND,
        tag.UNTAG_KIND,
        priority.KIND,
        record.KIND,
        call.KIND,
        run_.KIND,
        wait.KIND,
        answer.KIND,
        escalate.KIND,
        goto.KIND,
        end.KIND,
    )
}

RUN: dict[type[Step], Callable[[Any, Any], str | None]] = {kind.step: kind.run for kind in KINDS.values()}

ONCE: frozenset[type[Step]] = frozenset(kind.step for kind in KINDS.values() if kind.once)
"""Kinds that say or do something: see advance.rewalk."""

_ASKING: dict[type[Step], Asking] = {kind.step: kind.asking for kind in KINDS.values() if kind.asking is not None}


def asking(step: Question) -> Asking:
    """How this question talks."""
    return _ASKING[type(step)]
