"""What routes and thresholds would have made of what was decided lately, with changes and without. Nothing is written,
and no model is asked: the confidences that were noted then are held against the thresholds, and the hand-overs that
there were are placed anew.

Both sides are worked out alike, from the bot as it is now. So what differs comes from the changes alone, also where the
bot's files have changed since.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from textback.core.ids import bucket_of
from textback.core.when import DAY
from textback.engine import routing
from textback.engine.bot import Bot
from textback.engine.nodes.escalate import Escalate
from textback.engine.persona import Gate
from textback.engine.reasons import FALLBACK
from textback.engine.state import State, load_state
from textback.store import decided
from textback.store.db import Row, Tx
from textback.store.sight import Sight

SINCE = 7 * DAY
MOST = 2_000
"""Replies of models, and as many turns, that are looked at: the newest."""
TALKS = 1_000
"""Conversations whose turns are looked at: those that were active last."""
KNOWLEDGE_ROW = "Knowledge"
_SURE = re.compile(r"\((\d{1,3})%\)")

Outcome = Literal["answer", "draft", "clarify", "handoff", "left"]
OUTCOMES: tuple[Outcome, ...] = ("answer", "draft", "clarify", "handoff", "left")
"""It answers; a person gets a draft; the contact is asked what they meant; a person is asked for; it is left to what
comes next, such as a model or the fallback."""


class Weighed(msgspec.Struct, frozen=True):
    """One thing that was decided: of a model's `reply`, of a `question` to the knowledge base, or of a `handoff`.

    `name` is the persona or the reason, `intent` the reply's, `sure` a confidence. `before` and `after` are what comes
    of it without the changes and with them: an Outcome, or the queue; `priorities` those of a hand-over.
    """

    kind: Literal["reply", "question", "handoff"]
    contact_id: str
    at: int
    before: str
    after: str
    name: str = ""
    intent: str = ""
    sure: float = 0.0
    priorities: tuple[str, str] = ("normal", "normal")

    @property
    def differs(self) -> bool:
        """Whether the changes make a difference to it."""
        return self.before != self.after or self.priorities[0] != self.priorities[1]


class Compared(msgspec.Struct, frozen=True):
    """All that was looked at, newest first; `full` where there was more than is looked at."""

    decisions: list[Weighed]
    full: bool


def compare(tx: Tx, workspace: str, sight: Sight, before: Bot, after: Bot, now: int) -> Compared:
    """Hold what was decided in the last seven days, in conversations that this person sees, against two bots."""
    since = now - SINCE
    calls = decided.calls(tx, workspace, sight, since, MOST)
    turns = decided.asked(tx, workspace, sight, since, TALKS, MOST)
    events = [(row, data) for row in turns for data in _escalations(row)]
    keys = [(bucket_of(one), one) for one in dict.fromkeys(row.contact_id for row, _ in events)]
    states = {one: load_state(row.state) for one, row in decided.conversations_of(tx, keys).items()} if keys else {}
    found = [*replies(calls, before, after), *questions(turns, before, after)]
    found += handoffs(events, states, before, after)
    found.sort(key=lambda one: one.at, reverse=True)
    return Compared(found, len(calls) == MOST or len(turns) == MOST)


def counted(decisions: Iterable[Weighed]) -> dict[str, tuple[int, int]]:
    """How many replies and questions come to each outcome, before and after."""
    some = [one for one in decisions if one.kind != "handoff"]
    return {one: (sum(x.before == one for x in some), sum(x.after == one for x in some)) for one in OUTCOMES}


def queued(decisions: Iterable[Weighed]) -> dict[str, tuple[int, int]]:
    """How many hand-overs go to each queue, before and after."""
    some = [one for one in decisions if one.kind == "handoff"]
    names = sorted({name for one in some for name in (one.before, one.after)})
    return {name: (sum(x.before == name for x in some), sum(x.after == name for x in some)) for name in names}


def ranked(decisions: Iterable[Weighed]) -> dict[str, tuple[int, int]]:
    """How many hand-overs are given each priority above normal, before and after."""
    some = [one.priorities for one in decisions if one.kind == "handoff"]
    return {name: (sum(x == name for x, _ in some), sum(x == name for _, x in some)) for name in ("high", "urgent")}


def replies(rows: Iterable[Row[Any]], before: Bot, after: Bot) -> list[Weighed]:
    """What the gates make of models' replies. One that was not fit to be sent is not, however sure it was."""
    found = []
    for row in rows:
        proposal = _proposal(row.output)
        if row.persona not in before.personas or proposal is None:
            continue
        intent = str(proposal.get("intent") or "")
        if row.outcome == "refused":
            was = is_ = "left"
        elif proposal.get("escalate_reason"):
            was = is_ = "handoff"
        else:
            mine = [bot.personas[row.persona] for bot in (before, after)]
            was, is_ = (_through(one.intents.get(intent, one.gate), row.confidence / 1_000) for one in mine)
        found.append(Weighed("reply", row.contact_id, row.at, was, is_, row.persona, intent, row.confidence / 1_000))
    return found


def _through(gate: Gate, sure: float) -> Outcome:
    if sure >= gate.send:
        return "answer"
    return gate.between if sure >= gate.least else "handoff"


def questions(rows: Iterable[Row[Any]], before: Bot, after: Bot) -> list[Weighed]:
    """What the knowledge base's thresholds make of the questions that it was asked."""
    found = []
    for row in rows:
        check = next((one for one in _checks(row.trace) if one.get("name") == KNOWLEDGE_ROW), None)
        sure = _SURE.search(str(check.get("result", ""))) if check is not None and check.get("reached", True) else None
        if check is None or sure is None:
            continue
        exact = [one["data"].get("confidence") for one in _events(row) if one.get("kind") == "answered"]
        share = float(exact[0]) if check.get("hit") and exact and exact[0] is not None else int(sure[1]) / 100
        open_ = not check.get("hit") and str(check.get("result", "")).startswith("unclear")
        was, is_ = (_known(bot, share, may_ask=not open_) for bot in (before, after))
        found.append(Weighed("question", row.contact_id, row.at, was, is_, sure=share))
    return found


def _known(bot: Bot, sure: float, *, may_ask: bool) -> Outcome:
    """What comes of an answer this sure. With a question open, or a model to ask, the contact is not asked."""
    if sure >= bot.knowledge.answer:
        return "answer"
    return "clarify" if sure >= bot.knowledge.clarify and may_ask and bot.model is None else "left"


def handoffs(
    events: Sequence[tuple[Row[Any], Mapping[str, Any]]], states: Mapping[str, State], before: Bot, after: Bot
) -> list[Weighed]:
    """Where hand-overs go, by what is known of the contacts today, as if somebody were there to answer."""
    was, is_ = (msgspec.structs.replace(bot, staff=None) for bot in (before, after))
    found = []
    for row, data in events:
        state, reason = states.get(row.contact_id), str(data.get("reason", ""))
        if state is None or not reason:
            continue
        wanted = _wanted(before, reason, str(data.get("stopped_at", "")))
        old, new = (routing.place(bot, state, wanted, row.at) for bot in (was, is_))
        ranks = (old.priority or "normal", new.priority or "normal")
        found.append(Weighed("handoff", row.contact_id, row.at, old.queue, new.queue, reason, priorities=ranks))
    return found


def _wanted(bot: Bot, reason: str, stopped_at: str) -> routing.Wanted:
    """What the step that asked for a person wanted, as far as the flow still has it."""
    flow_name, _, step_name = stopped_at.partition(".")
    flow = bot.flows.get(flow_name)
    step = flow.steps.get(step_name) if flow is not None else None
    retry = getattr(step, "retry", None)
    if flow is not None and retry is not None and retry.then:
        step = flow.steps.get(retry.then, step)
    if isinstance(step, Escalate) and (not step.how.reason or step.how.reason == reason):
        return routing.Wanted(reason, step.how.queue, step.how.skill)
    then = bot.fallback.then
    if reason == (then.reason or FALLBACK):
        return routing.Wanted(reason, then.queue, then.skill)
    return routing.Wanted(reason)


def _escalations(row: Row[Any]) -> list[Mapping[str, Any]]:
    return [one.get("data", {}) for one in _events(row) if one.get("kind") in ("escalated", "loop_guard")]


def _events(row: Row[Any]) -> list[dict[str, Any]]:
    found = _decoded(row.events)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _checks(trace: str) -> list[dict[str, Any]]:
    found = _decoded(trace)
    checks = found.get("checks") if isinstance(found, dict) else None
    return [one for one in checks if isinstance(one, dict)] if isinstance(checks, list) else []


def _proposal(output: str) -> dict[str, Any] | None:
    found = _decoded(output)
    proposal = found.get("proposal") if isinstance(found, dict) else None
    return proposal if isinstance(proposal, dict) else None


def _decoded(text: str) -> Any:
    """What was kept as JSON; None where there is nothing, or another release kept it otherwise."""
    try:
        return msgspec.json.decode(text) if text else None
    except (msgspec.DecodeError, UnicodeError):
        return None
