"""call: asks another system for something. The session waits here; what comes of it is a later arrival."""

from textback.engine.actions import MOST_RETRIES
from textback.engine.bot import END, Step
from textback.engine.context import Context
from textback.engine.nodes.set import read_value
from textback.engine.pending import Asked, check_given, hold, read_action, read_given, read_timeout
from textback.engine.reading import NAME, RESERVED, Draft, Kind


class Call(Step, frozen=True, kw_only=True):
    """Ask for an action. Its result becomes the variable `save`; where there is none, `on_error` is the step to go to,
    and None asks for a person."""

    asked: Asked
    save: str = ""
    on_error: str | None = None

    def targets(self) -> tuple[str, ...]:
        """The next step, and the one after a failure."""
        return (self.next,) if self.on_error is None else (self.next, self.on_error)


def read(draft: Draft) -> Call | None:
    """`call: ACTION` with `with`, `save`, `on_error`, `timeout` and `retries`. What follows a failure is all in
    `on_error`: behind its last step the flow ends."""
    flow = draft.flow
    action = read_action(draft, draft.value)
    given = read_given(draft, draft.keys.get("with"), read_value)
    check_given(draft, draft.keys.get("with") or draft.value, action, given)
    save = flow.string(draft.keys.get("save"), "save", NAME) or ""
    if save in RESERVED or save in flow.types or save in flow.asked:
        flow.source.error(draft.keys["save"], f"A result can't be called {save!r}.", "Choose another name.")
    if save:
        flow.names.add(save)
        flow.results.add(save)
    then = flow.block(draft.keys["on_error"], f"{draft.id}.error.", END) if "on_error" in draft.keys else None
    if then is None:
        why = f"{action.name if action else 'The action'} may fail, and nothing is said of what happens then."
        flow.source.warn(draft.value, why, "Add `on_error: {escalate: QUEUE}`; without it a person is asked for.")
    timeout = read_timeout(flow, draft.keys.get("timeout"))
    retries = flow.integer(draft.keys.get("retries"), "retries", 0, MOST_RETRIES, action.retries if action else 0)
    base = draft.base()
    if action is None:
        return None
    return Call(**base, asked=Asked(action.name, given, timeout or action.timeout, retries), save=save, on_error=then)


def run(ctx: Context, step: Call) -> None:
    """Ask, and stop. `results.settle` goes on."""
    hold(ctx, step, step.asked)


KIND = Kind("call", Call, ("with", "save", "on_error", "timeout", "retries"), read, run, once=True)
