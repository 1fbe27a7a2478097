"""branch: goes one way or another, by conditions."""

import msgspec

from textback.engine.bot import Step
from textback.engine.context import Context
from textback.engine.reading import Draft, Kind
from textback.engine.source import Mapping, Sequence
from textback.engine.template import Expression


class Case(msgspec.Struct, frozen=True):
    """Where to go when the condition holds; None always holds."""

    condition: Expression | None
    then: str


class Branch(Step, frozen=True, kw_only=True):
    """The first case that holds; the next step when none does."""

    cases: tuple[Case, ...]

    def targets(self) -> tuple[str, ...]:
        """Every case, and the next step unless there is an else."""
        ways = tuple(case.then for case in self.cases)
        return ways if self.cases[-1].condition is None and self.when is None else (*ways, self.next)


def read(draft: Draft) -> Branch | None:
    """`branch:` with a list of `{if, then}`, `{elif, then}` and a last `{else}`."""
    flow = draft.flow
    node = draft.value
    if not isinstance(node, Sequence) or not node.items:
        flow.source.error(node, "branch must be a list of cases.", "Begin with `- if: CONDITION` and `then: STEPS`.")
        return None
    cases: list[Case] = []
    for number, item in enumerate(node.items, 1):
        word = "if" if number == 1 else "elif"
        keys = flow.mapping(item, "A branch's case", ("if", "elif", "then", "else"))
        prefix = f"{draft.id}.{number}."
        if "else" in keys:
            if number == 1 or number < len(node.items) or len(keys) > 1:
                flow.source.error(item, "else must be the last case, alone.", "Move it to the end.")
            cases.append(Case(None, flow.block(keys["else"], prefix, draft.next)))
        elif word not in keys or "then" not in keys or len(keys) > 2:
            if isinstance(item, Mapping):
                flow.source.error(
                    item, f"This case needs `{word}` and `then`.", f"Write `{word}: CONDITION, then: STEPS`."
                )
        else:
            condition = flow.expression(keys[word], word)
            then = flow.block(keys["then"], prefix, draft.next)
            if condition is not None:
                cases.append(Case(condition, then))
    if cases and cases[-1].condition is not None:
        flow.source.warn(node, "This branch has no else.", "Add `- else: STEPS` for when no condition holds.")
    return Branch(**draft.base(), cases=tuple(cases)) if cases else None


def run(ctx: Context, step: Branch) -> str:
    """The way to go."""
    for case in step.cases:
        if case.condition is None or ctx.holds(case.condition):
            return case.then
    return step.next


KIND = Kind("branch", Branch, (), read, run)
