"""confirm: repeats the important answers. Yes goes on; no asks which to change, changes only that, confirms again.

While it asks which one, the session's `confirming` is WHICH; while the chosen question is open again, it is this
step's id, which leads the answer back here.
"""

from textback.engine.bot import Question
from textback.engine.context import Context
from textback.engine.match import NO, Options, match_choice, match_yes_no, normalise
from textback.engine.nodes.choices import Choices, make_choices
from textback.engine.reading import Asking, Draft, Heard, Kind
from textback.engine.sureness import CONFIRMED

WHICH = "?"


class Confirm(Question, frozen=True, kw_only=True):
    """Ask whether `text` is right. `changes` are the questions that may be asked again, by step id."""

    changes: Choices


def read(draft: Draft) -> Confirm | None:
    """`confirm: TEXT`. What may be changed is what the text mentions, or all answers so far if it mentions none."""
    flow = draft.flow
    text = draft.text("confirm", question=True)
    if text is None:
        return None
    asked = {name: id_ for name, id_ in flow.asked.items() if name in text.names} or dict(flow.asked)
    if not asked:
        flow.source.error(
            draft.value, "There is no answer to confirm: nothing is asked before.", "Use ask with yes_no."
        )
        return None
    labels = {id_: flow.called[name] for name, id_ in asked.items()}
    also = {id_: [name.replace("_", " ")] for name, id_ in asked.items()}
    changes = make_choices(labels, also, flow.locales)
    return Confirm(**(draft.base() | draft.patience()), text=text, changes=changes, asks="summary")


def run(ctx: Context, step: Confirm) -> None:
    """Ask whether it is right, and wait."""
    ctx.session.confirming = ""
    ctx.put(step, words(ctx, step))


def words(ctx: Context, step: Confirm) -> str:
    """The confirmation, or the question which answer to change."""
    if ctx.session.confirming == WHICH:
        return ctx.phrases.change.format(menu=ctx.render(step.changes.menu))
    return ctx.render(step.text)


def hear(ctx: Context, step: Confirm, text: str) -> Heard | None:
    """Yes, no, or what to change."""
    session = ctx.session
    if session.confirming != WHICH:
        said = match_yes_no(text)
        if said is not None and said.value is True:
            session.sure = dict.fromkeys(session.sure, CONFIRMED)
            return Heard(f"yes ({said.how})", step.next)
        first, _, rest = normalise(text).partition(" ")
        named = match_choice(rest, step.changes.options) if first in NO else match_choice(text, step.changes.options)
        if named is not None and named.how not in {"number", "letter", "ordinal"}:
            return _change(ctx, step, str(named.value), f"change {named.value} ({named.how})")
        if said is None:
            return None
        if len(step.changes.options.ids) == 1:
            return _change(ctx, step, step.changes.options.ids[0], f"no ({said.how})")
        session.confirming = WHICH
        ctx.put(step, words(ctx, step), "only")
        return Heard(f"no ({said.how}), which answer to change?", None)
    found = match_choice(text, step.changes.options)
    return None if found is None else _change(ctx, step, str(found.value), f"change {found.value} ({found.how})")


def _change(ctx: Context, step: Confirm, id_: str, result: str) -> Heard:
    ctx.session.confirming = step.id
    return Heard(result, id_)


def example(ctx: Context, step: Confirm) -> str:
    """The question with an example of an answer."""
    if ctx.session.confirming == WHICH:
        return step.changes.example(ctx.locale)
    return ctx.phrases.example_confirm.format(question=words(ctx, step))


def _options(ctx: Context, step: Confirm) -> Options | None:
    return step.changes.options if ctx.session.confirming == WHICH else None


def _yes_no(ctx: Context, _step: Confirm) -> bool:
    return ctx.session.confirming != WHICH


KIND = Kind(
    "confirm",
    Confirm,
    ("retry", "remind", "expire"),
    read,
    run,
    asking=Asking(words, hear, example, _options, _yes_no),
)
