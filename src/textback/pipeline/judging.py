"""Playing the conversations of tests/: what came of each turn against what was expected, and which steps it reached."""

import difflib
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from textback.core.errors import TextbackError
from textback.engine.arrivals import AnyArrival, JobResult
from textback.engine.bot import Bot, Flow, Step
from textback.engine.context import Visit
from textback.engine.effects import AnyEffect, Perform
from textback.engine.nodes.ask import Ask
from textback.engine.nodes.branch import Branch
from textback.engine.nodes.call import Call
from textback.engine.source import Node
from textback.engine.step import Turn
from textback.engine.thinking import MODEL
from textback.pipeline.conversations import Conversation, Exchange, Stubs, Texted, Want
from textback.pipeline.rehearse import LINE, Later, Played, Rehearsal, proposed

ENDED = "ended"

#: Events that an expectation looks for, and what of them it compares.
RECORDED = {"outcome": ("session_ended", "outcome"), "goal": ("goal", "name"), "tag": ("tagged", "tags")}


def _performed(effect: Perform, stubs: Stubs, bot: Bot, now: int) -> AnyArrival | Later:
    """What the test says that an action answers. Raises TextbackError where it says nothing; but a model need not
    answer."""
    stub = stubs.take(effect.action)
    if effect.action == MODEL:
        arrival = proposed(bot, effect, stub.result if stub is not None else None, now)
        return Later(arrival, effect.after + stub.after) if stub is not None and stub.after else arrival
    if stub is None:
        fix = f"Add actions: {{{effect.action}: {{result: ...}}}} to the conversation."
        raise TextbackError(f"The action {effect.action} is asked, and the test does not say what it answers.", fix)
    arrival = JobResult(effect.job, stub.result, stub.error)
    return Later(arrival, stub.after) if stub.after else arrival


#: How a test answers for other systems, by the kind of effect that asks them. Steps that do so add theirs.
ANSWERS: dict[type, Callable[[Any, Stubs, Bot, int], AnyArrival | Later | None]] = {Perform: _performed}


class Shown(msgspec.Struct, frozen=True):
    """A line of a conversation as it is printed: "-" was expected, "+" is what came, "!" is what is wrong."""

    sign: str
    label: str
    text: str
    line: int = 0


class Edit(msgspec.Struct, frozen=True):
    """What an expectation would have to be. The value of a text is all texts in order."""

    node: Node
    value: Any


class Verdict(msgspec.Struct):
    """How a conversation went. `edits` would make its expectations right; `stuck` counts those that no edit mends."""

    conversation: Conversation
    shown: list[Shown] = []
    edits: list[Edit] = []
    stuck: int = 0

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.edits and not self.stuck

    @property
    def line(self) -> int:
        """Where the first thing went wrong."""
        return next((one.line for one in self.shown if one.sign in "-!" and one.line), self.conversation.line)


class Coverage:
    """Which steps ran, of all, and which ways of branches and of steps with an `if` were taken."""

    def __init__(self, bot: Bot) -> None:
        self._steps = {(step.file, step.id): step for flow in bot.flows.values() for step in flow.steps.values()}
        self._ways = {way: place for flow in bot.flows.values() for way, place in _ways(flow)}
        self._ran: set[tuple[str, str]] = set()
        self._taken: set[tuple[str, str, str]] = set()

    def note(self, path: Iterable[Visit]) -> None:
        """Count the steps of a turn."""
        for step, skipped, following in path:
            where = (step.file, step.id)
            if not skipped:
                self._ran.add(where)
                self._taken.add((*where, f"to {following}"))
            self._taken.add((*where, "skipped" if skipped else "not skipped"))

    @property
    def steps(self) -> tuple[int, int]:
        """Steps that ran, of all."""
        return len(self._ran & set(self._steps)), len(self._steps)

    @property
    def branches(self) -> tuple[int, int]:
        """Ways that were taken, of all."""
        return len(self._taken & set(self._ways)), len(self._ways)

    @property
    def missing(self) -> list[tuple[str, int, str]]:
        """What was not reached: file, line and what it is, in that order."""
        lost = [(step.file, step.line, f"step {id_}") for (file, id_), step in self._steps.items()
                if (file, id_) not in self._ran]  # fmt: skip
        lost += [(way[0], line, what) for way, (line, what) in self._ways.items() if way not in self._taken]
        return sorted(lost)


def _ways(flow: Flow) -> Iterable[tuple[tuple[str, str, str], tuple[int, str]]]:
    for step in flow.steps.values():
        if step.when is not None:
            yield (step.file, step.id, "skipped"), (step.line, f"step {step.id}, skipped by its if")
            yield (step.file, step.id, "not skipped"), (step.line, f"step {step.id}, not skipped by its if")
        for way, words in _actions(step):
            yield (step.file, step.id, way), (step.line, words)
        if isinstance(step, Branch):
            for number, case in enumerate(step.cases, 1):
                word = "else" if case.condition is None else f"case {number}"
                yield (
                    (step.file, step.id, f"to {case.then}"),
                    (_line(flow, case.then, step), f"{word} of branch {step.id}"),
                )
            if step.cases[-1].condition is not None:
                yield (step.file, step.id, f"to {step.next}"), (step.line, f"branch {step.id}, no case of which holds")


def _actions(step: Step) -> Iterable[tuple[str, str]]:
    """What may come of the actions that a step asks for: as its path has it, and in words."""
    if isinstance(step, Call):
        failed = "failed" if step.on_error is None else step.on_error
        yield f"to {step.next}", f"result of call {step.id}"
        yield f"to {failed}", f"error of call {step.id}"
    if isinstance(step, Ask):
        for rule in step.rules:
            if rule.asked is not None:
                for came in ("accepted", "refused", "failed"):
                    yield f"to {rule.name} {came}", f"answer to {step.id} {came} by {rule.name}"


def _line(flow: Flow, id_: str, otherwise: Step) -> int:
    return flow.steps[id_].line if id_ in flow.steps else otherwise.line


def judge(bot: Bot, conversation: Conversation, coverage: Coverage) -> Verdict:
    """Play a conversation to its end, and compare."""
    rehearsal = Rehearsal(
        bot,
        conversation.begins,
        fields=conversation.fields,
        line=conversation.number or LINE,
        answer=_answering(Stubs(conversation.stubs), bot, conversation.begins),
    )
    verdict = Verdict(conversation)
    for exchange in conversation.exchanges:
        verdict.shown.append(Shown(" ", exchange.label, exchange.shown))
        try:
            played = _play(rehearsal, exchange)
        except TextbackError as error:
            verdict.shown.append(Shown("!", "stops", error.message, exchange.line))
            verdict.stuck += 1
            break
        for turn in played.turns:
            coverage.note(turn.path)
        _compare(verdict, exchange, rehearsal, played)
    return verdict


def _answering(stubs: Stubs, bot: Bot, now: int) -> Callable[[AnyEffect], AnyArrival | Later | None]:
    def answer(effect: AnyEffect) -> AnyArrival | Later | None:
        known = ANSWERS.get(type(effect))
        return known(effect, stubs, bot, now) if known else None

    return answer


def _play(rehearsal: Rehearsal, exchange: Exchange) -> Played:
    act = exchange.act
    if isinstance(act, int):
        return rehearsal.wait(act)
    if isinstance(act, Texted):
        return rehearsal.text(act.text, act.media, act.keyword)
    return rehearsal.happen(act)


def _compare(verdict: Verdict, exchange: Exchange, rehearsal: Rehearsal, played: Played) -> None:
    said = played.said
    exact = next((want for want in exchange.wants if want.key == "text"), None)
    if exact is None:
        verdict.shown += [Shown(" ", "out", text) for text in said]
    elif exact.value is None:
        verdict.shown.append(Shown("!", "out", "Nothing is expected here yet.", exact.node.line))
        verdict.shown += [Shown("+", "out", text) for text in said]
        verdict.edits.append(Edit(exact.node, tuple(said)))
    elif list(exact.value) != said:
        verdict.shown += _differences(list(exact.value), said, exact.node.line)
        verdict.edits.append(Edit(exact.node, tuple(said)))
    else:
        verdict.shown += [Shown(" ", "out", text) for text in said]
    for want in exchange.wants:
        if want is not exact:
            _check(verdict, want, rehearsal, played)
    failed = next((turn for turn in played.turns if any(event.kind == "turn_failed" for event in turn.events)), None)
    if failed is not None and not any(want.key == "outcome" and want.value == "failed" for want in exchange.wants):
        verdict.shown.append(Shown("!", "fails", _why(failed), exchange.line))
        verdict.stuck += 1


def _differences(wanted: list[str], said: list[str], line: int) -> list[Shown]:
    shown: list[Shown] = []
    matcher = difflib.SequenceMatcher(None, wanted, said, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            shown += [Shown(" ", "out", text) for text in wanted[a:b]]
        else:
            shown += [Shown("-", "out", text, line) for text in wanted[a:b]]
            shown += [Shown("+", "out", text) for text in said[c:d]]
    if not any(one.sign == "-" for one in shown):
        shown.append(Shown("!", "out", "These texts were not expected." if wanted else "No text was expected.", line))
    elif not said:
        shown.append(Shown("+", "out", "(says nothing)"))
    return shown


def _why(turn: Turn) -> str:
    data = next(event.data for event in turn.events if event.kind == "turn_failed")
    return ", ".join(str(value) for value in data.values())


def _check(verdict: Verdict, want: Want, rehearsal: Rehearsal, played: Played) -> None:
    """One expectation other than the exact texts."""
    text = "\n".join(played.said)
    match want.key:
        case "contains":
            right, mendable, seen = want.value in text, False, ""
        case "not_contains":
            right, mendable, seen = want.value not in text, False, ""
        case "matches":
            right, mendable, seen = want.value.search(text) is not None, False, ""
        case "none":
            right, mendable, seen = want.value == (not played.said), False, ""
        case _:
            seen = _seen(want.key, rehearsal, played, want.value)
            right, mendable = _same(want.value, seen), seen is not None
    if right:
        return
    wanted = want.value.pattern if want.key == "matches" else _shown(want.value)
    verdict.shown.append(Shown("-", want.key, wanted, want.node.line))
    if mendable:
        verdict.shown.append(Shown("+", want.key, _shown(seen)))
        verdict.edits.append(Edit(want.node, seen))
    else:
        if want.key not in {"contains", "not_contains", "matches", "none"}:
            verdict.shown.append(Shown("+", want.key, "(none)"))
        verdict.stuck += 1


def _seen(key: str, rehearsal: Rehearsal, played: Played, wanted: Any) -> Any:
    """What there is of what an expectation names; None when there is nothing."""
    state = rehearsal.state
    session, handoff = state.session, state.handoff
    kind, _, name = key.partition(".")
    match kind:
        case "flow":
            return session.flow if session else ENDED
        case "step":
            return session.step if session else None
        case "vars":
            return (session.vars if session else handoff.collected if handoff else {}).get(name)
        case "contact":
            return state.fields.get(name)
        case "owner":
            return state.owner.kind
        case "queue":
            return handoff.queue if handoff else None
        case "reason":
            return handoff.reason if handoff else None
        case "opted_out":
            return rehearsal.opted_out
    event_kind, field = RECORDED[kind]
    values = [event.data.get(field) for event in played.events if event.kind == event_kind]
    found = [one for value in values for one in (value if isinstance(value, list) else [value])]
    return wanted if wanted in found else found[-1] if found else None


def _same(wanted: Any, seen: Any) -> bool:
    """Whether a value is what a test file says. A text in quotes, or one that looks like a number, is that text too."""
    if isinstance(wanted, bool) or isinstance(seen, bool):
        return wanted is seen
    return bool(wanted == seen) or (isinstance(seen, str) and isinstance(wanted, int | float) and str(wanted) == seen)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
