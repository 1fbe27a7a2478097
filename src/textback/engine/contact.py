"""A text from the contact: the order of a turn, as one table."""

from collections.abc import Callable

import msgspec

from textback.engine.advance import TURNS_IN_A_SESSION, advance, give_up
from textback.engine.arrivals import Message
from textback.engine.bot import Escalation, Question
from textback.engine.context import Context, LimitHit
from textback.engine.effects import Check
from textback.engine.match import Tapback, match_choice, normalise, read_tapback, wants_person
from textback.engine.nodes.ask import Ask
from textback.engine.nodes.confirm import Confirm
from textback.engine.nodes.registry import asking
from textback.engine.template import RenderError


class Incoming(msgspec.Struct, frozen=True):
    """The text as it came, as matchers see it, and the reaction that it is, if it is one."""

    text: str
    normal: str
    tapback: Tapback | None


Row = Callable[[Context, Incoming], tuple[bool, str]]
"""Looks at a text and says whether it was for this row, and what came of it."""


def _held(ctx: Context, _: Incoming) -> tuple[bool, str]:
    owner = ctx.state.owner
    if owner.kind == "bot":
        return False, "no"
    ctx.happens("needs_person")
    return True, f"{owner.name} has it" if owner.kind == "person" else "waiting for a person"


def _reaction(ctx: Context, said: Incoming) -> tuple[bool, str]:
    if said.tapback is None:
        return False, "no"
    step = _answered_by(ctx, said.tapback)
    if step is None:
        return True, "a reaction, ignored"
    return _hear(ctx, step, "yes" if said.tapback.answer else "no")


def _answered_by(ctx: Context, tapback: Tapback) -> Question | None:
    """The open question, when this reaction answers it."""
    step = ctx.open_question()
    return step if step is not None and tapback.answer is not None and asking(step).yes_no(ctx, step) else None


def _person(ctx: Context, said: Incoming) -> tuple[bool, str]:
    if not wants_person(said.normal):
        return False, "no"
    step = ctx.open_question()
    options = asking(step).choices(ctx, step) if step is not None else None
    if options is not None and (found := match_choice(said.text, options)) and found.how == "label or synonym":
        return False, f"{said.normal!r} is a choice of the open question"
    ctx.escalate(Escalation(), "asked", "bot.person")
    return True, "yes"


def _confirmation(ctx: Context, said: Incoming) -> tuple[bool, str]:
    step = ctx.open_question()
    return _hear(ctx, step, said.text) if isinstance(step, Confirm) else (False, "none pending")


def _answer(ctx: Context, said: Incoming) -> tuple[bool, str]:
    session = ctx.state.session
    if session is None:
        return False, "no question open"
    step = ctx.open_question()
    if step is None:
        said_before = len(ctx.effects)
        advance(ctx, session.step)
        if ctx.state.session is None and len(ctx.effects) == said_before:
            return False, "the flow had nothing more to say"
        return True, "goes on where it was handed back"
    if isinstance(step, Confirm):
        return False, "not an answer"
    if isinstance(step, Ask) and step.type == "text" and said.normal in ctx.bot.starts:
        return False, f"{said.normal!r} is a start word"
    return _hear(ctx, step, said.text)


def _hear(ctx: Context, step: Question, text: str) -> tuple[bool, str]:
    heard = asking(step).hear(ctx, step, text)
    if heard is None:
        return False, "not understood" if text else "no words"
    if heard.next is not None:
        advance(ctx, heard.next)
    return True, heard.result


def _start(ctx: Context, said: Incoming) -> tuple[bool, str]:
    word = said.normal
    name = ctx.bot.starts.get(word)
    if name is None and " " in word:
        words = word.split(" ", ctx.bot.longest_start)
        for length in range(min(len(words) - 1, ctx.bot.longest_start), 0, -1):
            word = " ".join(words[:length])
            name = ctx.bot.starts.get(word)
            if name is not None:
                break
    if name is None:
        return False, "none"
    flow = ctx.bot.flows[name]
    ctx.start_session(flow)
    advance(ctx, flow.first)
    return True, f"{word!r} starts {name}"


def _ask_again(ctx: Context, _: Incoming) -> tuple[bool, str]:
    step = ctx.open_question()
    if step is None:
        return False, "no question open"
    session = ctx.session
    session.tries += 1
    ctx.event("answer_refused", session=session.id, flow=session.flow, step=step.id, tries=session.tries)
    if session.tries > step.retry.max:
        if step.retry.then is None:
            ctx.escalate(Escalation(), "not_understood", ctx.source(step))
        else:
            give_up(ctx, step, step.retry.then, "not_understood")
        return True, f"gave up after {session.tries} tries"
    talk = asking(step)
    if session.tries > 1:
        words = talk.example(ctx, step)
    elif step.retry.text is not None:
        words = ctx.render(step.retry.text, question=talk.words(ctx, step))
    else:
        words = ctx.phrases.again.format(question=talk.words(ctx, step))
    ctx.say(words, ctx.source(step), step.message_class)
    ctx.set_timers(step)
    return True, f"try {session.tries} of {step.retry.max}"


def _fallback(ctx: Context, _: Incoming) -> tuple[bool, str]:
    fallback = ctx.bot.fallback
    ctx.state.fallbacks += 1
    count = ctx.state.fallbacks
    ctx.event("fallback", count=count)
    if count > fallback.max:
        ctx.escalate(fallback.then, fallback.then.reason or "fallback", "bot.fallback")
        return True, "a person was asked for"
    ctx.say(ctx.render(fallback.text) if fallback.text else ctx.phrases.fallback, "bot.fallback")
    return True, f"{count} of {fallback.max} in a row"


#: The order of a turn. The first row that takes the text decides; the consent words come before all of these.
TURN: tuple[tuple[str, Row], ...] = (
    ("A person has it", _held),
    ("A reaction", _reaction),
    ("Asks for a person", _person),
    ("Pending confirmation", _confirmation),
    ("Answer to the open question", _answer),
    ("Start words", _start),
    ("Ask again", _ask_again),
    ("Fallback", _fallback),
)

_NOT_REACHED = tuple(Check(name, "not reached", reached=False) for name, _ in TURN)


def hear(ctx: Context, message: Message) -> None:
    """One text from the contact. Raises LimitHit and RenderError."""
    said = Incoming(message.text, normalise(message.text), read_tapback(message.text))
    ctx.heard = message.text
    ctx.state.last_inbound_at = ctx.now
    mine = ctx.state.owner.kind == "bot"
    ignored = said.tapback is not None and mine and _answered_by(ctx, said.tapback) is None
    if not ignored:
        _count(ctx, mine)
    for place, (name, row) in enumerate(TURN):
        try:
            hit, result = row(ctx, said)
        except (LimitHit, RenderError) as error:
            ctx.checks += [Check(name, str(error), hit=True), *_NOT_REACHED[place + 1 :]]
            raise
        ctx.checks.append(Check(name, result, hit))
        if hit:
            ctx.checks += _NOT_REACHED[place + 1 :]
            break
    if mine and not ignored:
        if name != "Fallback":
            ctx.state.fallbacks = 0
        if ctx.state.owner.kind == "bot":
            ctx.happens("said")


def _count(ctx: Context, mine: bool) -> None:
    """A text that counts opens an episode, stops the question's timers, and is one more turn of the session."""
    ctx.begin_episode()
    ctx.happens("text")
    if not mine:
        return
    ctx.cancel_timers()
    session = ctx.state.session
    if session is not None:
        session.turns += 1
        if session.turns > TURNS_IN_A_SESSION:
            raise LimitHit("turns_in_a_session", TURNS_IN_A_SESSION)
