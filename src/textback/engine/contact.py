"""A text from the contact: the order of a turn, as one table."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from textback.core.when import DAY
from textback.engine import reasons
from textback.engine.advance import advance, rewalk
from textback.engine.arrivals import Message
from textback.engine.bot import Escalation, Question
from textback.engine.context import Context, LimitHit
from textback.engine.correct import correct, unmarked, without_answer
from textback.engine.digress import come_back, go_on, offer
from textback.engine.effects import Check
from textback.engine.knowing import confirmed, look_up
from textback.engine.match import (
    GLOBALS,
    Match,
    Tapback,
    is_upset,
    make_options,
    match_choice,
    match_yes_no,
    normalise,
    read_tapback,
    wants_person,
)
from textback.engine.nodes.ask import Ask, prefill, spot
from textback.engine.nodes.confirm import WHICH, Confirm
from textback.engine.nodes.registry import asking
from textback.engine.nodes.wait import Wait
from textback.engine.refusing import refuse
from textback.engine.results import meanwhile, ready, settle
from textback.engine.template import RenderError
from textback.engine.thinking import MOST_TEXTS, is_question, may_ask, persona_of, stop_thinking, think
from textback.engine.topics import BILLING, IN_DANGER


class Incoming(msgspec.Struct, frozen=True):
    """The text as it came, as matchers see it, the reaction that it is, if it is one, and what is right, if it says
    itself that it corrects something."""

    text: str
    normal: str
    tapback: Tapback | None
    right: str | None


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


def _is_choice(ctx: Context, said: Incoming) -> bool:
    """Whether the text names a choice of the open question: that wins over what else the words may mean."""
    step = ctx.open_question()
    options = asking(step).choices(ctx, step) if step is not None else None
    found = match_choice(said.text, options) if options is not None else None
    return found is not None and found.how == "label or synonym"


def _picks(ctx: Context, said: Incoming) -> bool:
    """Whether the text may name a choice of the open question at all: a menu with bills on it is for those."""
    step = ctx.open_question()
    options = asking(step).choices(ctx, step) if step is not None else None
    return options is not None and match_choice(said.text, options) is not None


def _person(ctx: Context, said: Incoming) -> tuple[bool, str]:
    if not wants_person(said.normal):
        return False, "no"
    if _is_choice(ctx, said):
        return False, f"{said.normal!r} is a choice of the open question"
    ctx.escalate(Escalation(), reasons.ASKED, "bot.person")
    return True, "yes"


def _topic(ctx: Context, said: Incoming) -> tuple[bool, str]:
    """Anger, and what the business wants a person to answer."""
    handoff = ctx.bot.handoff
    reason = ""
    if not handoff.beginnings.isdisjoint(said.normal.split()):
        padded = f" {said.normal} "
        about = (name for name, words in handoff.topics.items() if any(f" {word} " in padded for word in words))
        reason = next(about, "")
    if not reason and handoff.upset and is_upset(said.normal):
        reason = reasons.UPSET
    if not reason:
        return False, "no"
    if _is_choice(ctx, said) or (reason == BILLING and _picks(ctx, said)):
        return False, "a choice of the open question"
    says = handoff.says.get(reason)
    words = ctx.render(says) if says is not None else ctx.phrases.danger if reason in IN_DANGER else None
    ctx.escalate(Escalation(), reason, "bot.person", words)
    return True, reason


def _vip(ctx: Context, _: Incoming) -> tuple[bool, str]:
    """Contacts whom a person answers from the first text on, once in an episode: whoever returns them to the bot has
    seen who they are."""
    vip, state = ctx.bot.handoff.vip, ctx.state
    if not vip.tags and not vip.fields:
        return False, "none"
    if state.vip_episode == state.episode.number:
        return False, "a person has had them in this episode"
    tag = next((one for one in state.tags if one in vip.tags), "")
    field = "" if tag else next((name for name, values in vip.fields.items() if _has(state.fields, name, values)), "")
    if not tag and not field:
        return False, "no"
    state.vip_episode = state.episode.number
    ctx.escalate(Escalation(), reasons.VIP, "bot.person")
    return True, f"the tag {tag}" if tag else f"the field {field}"


def _has(fields: Mapping[str, Any], name: str, values: tuple[str, ...]) -> bool:
    """Whether a field has one of these values; any but an empty one where none is named."""
    value = fields.get(name)
    if value in (None, "", False):
        return False
    return not values or normalise(str(value)) in values


def _global(ctx: Context, said: Incoming) -> tuple[bool, str]:
    """Words that mean the same everywhere: never mind, start over, back, repeat, go on, who is this."""
    word = GLOBALS.get(said.normal)
    if word is None:
        return False, "no"
    if _is_choice(ctx, said):
        return False, f"{said.normal!r} is a choice of the open question"
    if word == "who":
        return _who(ctx, said)
    if word == "go_on" and ctx.state.session is None and ctx.state.parked:
        go_on(ctx)
        return True, "goes on"
    session = ctx.state.session
    if session is None or session.sleeping:
        return False, f"{word}, but no question is open"
    if word == "never_mind":
        ctx.say(ctx.phrases.stopped, "bot.never_mind")
        ctx.end_session("abandoned")
        return True, "ends the session"
    if word == "start_over":
        flow = ctx.bot.flows.get(session.frames[0].flow if session.frames else session.flow)
        if flow is None:
            return False, "the flow is gone"
        ctx.end_session("restarted", finish=False)
        ctx.start_session(flow)
        advance(ctx, flow.first)
        return True, f"{flow.name} begins again"
    return _back_or_repeat(ctx, word)


def _who(ctx: Context, said: Incoming) -> tuple[bool, str]:
    """They ask who we are, which nobody may be left to guess; then the open question comes back."""
    if said.normal in ctx.bot.starts:
        return False, f"{said.normal!r} is a start word"
    ctx.say(ctx.phrases.this_is.format(name=ctx.bot.name), "bot.who")
    step = ctx.open_question()
    if step is not None:
        come_back(ctx, step)
    return True, "says who we are"


def _back_or_repeat(ctx: Context, word: str) -> tuple[bool, str]:
    step = ctx.open_question()
    if step is None or word == "go_on":
        return False, "no question is open"
    session = ctx.session
    asked = [id_ for id_ in session.asked if isinstance(ctx.running.steps.get(id_), Ask) and id_ != step.id]
    if word == "back" and asked:
        step = ctx.running.steps[asked[-1]]  # type: ignore[assignment]  # an Ask
        session.asked.remove(asked[-1])
        if isinstance(step, Ask):
            session.vars.pop(step.name, None)
        session.confirming = ""
    session.between = []
    if step is not None:
        ctx.put(step, asking(step).words(ctx, step))
    return True, "the question before" if word == "back" and asked else "the question again"


def _offered(ctx: Context, said: Incoming) -> tuple[bool, str]:
    """The answer to "shall we go on with …?"."""
    if not ctx.state.offered:
        return False, "nothing offered"
    ctx.state.offered = False
    found = match_yes_no(said.text)
    if found is None:
        return False, "neither yes nor no"
    if found.value is True:
        go_on(ctx)
        return True, "goes on"
    ctx.drop_parked(-1)
    ctx.say(ctx.phrases.stopped, "bot.resume")
    ctx.happens("finished")
    return True, "not any more"


def _clarified(ctx: Context, said: Incoming) -> tuple[bool, str]:
    """The answer to "is it about … or …?"."""
    names = [name for name in ctx.state.unclear if name in ctx.bot.flows]
    text, ctx.state.unclear, ctx.state.unclear_text = ctx.state.unclear_text, [], ""
    if not names:
        return False, "nothing unclear"
    answer = match_yes_no(said.text)
    options = make_options({name: [ctx.called(ctx.bot.flows[name])] for name in names})
    found = match_choice(said.text, options)
    if found is None and answer is not None and (answer.value is False or len(names) == 1):
        if answer.value is False:
            return _fallback(ctx, said)
        found = Match(names[0], "yes")
    if found is None:
        return False, "none of them"
    begin(ctx, str(found.value), text)
    return True, f"{found.value} ({found.how})"


def _confirmation(ctx: Context, said: Incoming) -> tuple[bool, str]:
    step = ctx.open_question()
    if not isinstance(step, Confirm):
        return False, "none pending"
    answer = match_yes_no(said.text)
    which = match_choice(said.text, step.changes.options) if ctx.session.confirming == WHICH else None
    if which is None and (answer is None or answer.how != "word"):
        text = said.right or without_answer(said.text)
        sure = text != said.text.strip()
        named = match_choice(text, step.changes.options)
        only = str(named.value) if named is not None and named.how not in ("number", "letter", "ordinal") else ""
        changed = correct(ctx, step, text, sure=sure, whole=said.right is not None and not only, only=only)
        if changed is not None:
            _go_on_after(ctx, step)
            return True, f"a correction: {changed}"
    return _hear(ctx, step, said.text)


def _correction(ctx: Context, said: Incoming) -> tuple[bool, str]:
    step = ctx.open_question()
    earlier = _earlier_choice(ctx, said) if said.right is None else ""
    if step is None or (said.right is None and not earlier):
        return False, "no"
    if _is_choice(ctx, said):
        return False, "a choice of the open question"
    changed = correct(ctx, step, said.right or said.text, sure=True, whole=not earlier, only=earlier)
    if changed is None:
        return False, "no answer that it would be a better one for"
    _go_on_after(ctx, step)
    return True, changed


def _earlier_choice(ctx: Context, said: Incoming) -> str:
    """The question before whose choice this text names, in so many words, where it is no answer to the open one."""
    step, session = ctx.open_question(), ctx.state.session
    if session is None or not isinstance(step, Ask) or step.type in _WRITTEN or said.normal in ctx.bot.starts:
        return ""
    for id_ in reversed(session.asked):
        other = ctx.running.steps.get(id_)
        if isinstance(other, Ask) and other.choices is not None and id_ != step.id:
            found = match_choice(said.text, other.choices.options)
            if found is not None and found.how == "label or synonym":
                return "" if spot(ctx, step, said.text) else id_
    return ""


def _go_on_after(ctx: Context, step: Question) -> None:
    """After a correction: on from the question that was corrected, up to the one that is open."""
    changed = ctx.changed
    if changed is None:
        raise LookupError("nothing was corrected")
    ctx.session.between = []
    if changed.name in ctx.session.filled:  # other systems are asked about it again
        rewalk(ctx, changed.id, step.id)
    else:
        rewalk(ctx, changed.next, step.id)


def _answer(ctx: Context, said: Incoming) -> tuple[bool, str]:
    session = ctx.state.session
    if session is None:
        return False, "no question open"
    step = ctx.open_question()
    if step is None and session.sleeping:
        return False, "waits for a time"
    if step is None and session.pending is not None:
        return False, f"waits for {session.pending.action}"
    if step is None:
        said_before = len(ctx.effects)
        advance(ctx, session.step)
        if ctx.state.session is None and len(ctx.effects) == said_before:
            return False, "the flow had nothing more to say"
        return True, "goes on where it was handed back"
    if isinstance(step, Confirm):
        return False, "not an answer"
    if isinstance(step, Ask) and step.type in ("text", "name") and said.normal in ctx.bot.starts:
        return False, f"{said.normal!r} is a start word"
    plain = isinstance(step, Ask) and step.type == "text"
    return _hear(ctx, step, said.text if plain else said.right or said.text)


def _hear(ctx: Context, step: Question, text: str) -> tuple[bool, str]:
    heard = asking(step).hear(ctx, step, text)
    if heard is None:
        return False, "not understood" if text else "no words"
    if heard.problem:
        refuse(ctx, step, heard.problem)
    elif heard.next is not None and heard.again:
        rewalk(ctx, heard.next)
    elif heard.next is not None:
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
    if _under_way(ctx, name):
        return False, f"{name} is under way"
    begin(ctx, name, said.text if word != said.normal else "")
    return True, f"{word!r} starts {name}"


def _under_way(ctx: Context, name: str) -> bool:
    """Whether this flow waits for another system: who asks for it again means the same once more."""
    session = ctx.state.session
    return session is not None and session.pending is not None and session.flow == name


def _intent(ctx: Context, said: Incoming) -> tuple[bool, str]:
    """What the text seems to want: sure enough to act on, or worth a question, or nothing that the bot knows."""
    if ctx.bot.recogniser is None or not said.normal:
        return False, "none" if ctx.bot.recogniser is None else "no words"
    read = ctx.bot.recogniser.read(said.text)
    if read.trouble:
        return False, f"not read: {read.trouble}"
    flows = [name for name in read.flows if name in ctx.bot.flows]
    shown = f"{', '.join(flows) or 'nothing known'} ({read.confidence:.0%})"
    session = ctx.state.session
    if not flows or (session is not None and session.flow == flows[0]):
        return False, shown
    if _earlier_choice(ctx, said):
        return False, f"the answer to a question before; {shown}"
    if read.act:
        begin(ctx, flows[0], said.text)
        return True, shown
    if ctx.open_question() is not None:
        return False, f"unclear: {shown}"
    ctx.state.unclear, ctx.state.unclear_text = flows[:2], said.text
    options = ctx.either([ctx.called(ctx.bot.flows[name]) for name in flows[:2]])
    ctx.say(ctx.phrases.unclear.format(options=options), "bot.unclear", asks="only")
    ctx.event("unclear", flows=flows[:2])
    return True, f"unclear: {shown}"


def begin(ctx: Context, name: str, text: str) -> None:
    """Start a flow of the current version. What the text says in answer to its questions is kept."""
    flow = ctx.bot.flows[name]
    ctx.start_session(flow)
    if text:
        prefill(ctx, text)
    advance(ctx, flow.first)


def _model(ctx: Context, said: Incoming) -> tuple[bool, str]:
    """What nothing else understood is for a language model, where the bot has one. An open question is not given up for
    it: what does not ask anything back is taken for an answer that was not understood."""
    persona = persona_of(ctx.bot)
    if persona is None or not said.normal:
        return False, "none" if persona is None else "no words"
    step = ctx.open_question()
    session = ctx.state.session
    if session is not None and session.pending is not None:
        return False, f"waits for {session.pending.action}"
    if step is not None and ((isinstance(step, Ask) and step.sensitive) or not is_question(said.text)):
        return False, "not a question"
    if why := may_ask(ctx):
        return False, why
    before = ctx.state.thinking
    texts = [*(before.texts if before is not None else ()), said.text]
    stop_thinking(ctx)
    think(ctx, persona, texts[-MOST_TEXTS:])
    return True, f"asked as {persona.name}" + (f", with {len(texts) - 1} before it" if len(texts) > 1 else "")


def _ask_again(ctx: Context, said: Incoming) -> tuple[bool, str]:
    session = ctx.state.session
    if session is not None and session.pending is not None:
        return True, meanwhile(ctx, said.text)
    step = ctx.open_question()
    if step is None:
        return False, "no question open"
    return True, refuse(ctx, step)


def _fallback(ctx: Context, _: Incoming) -> tuple[bool, str]:
    fallback = ctx.bot.fallback
    ctx.state.fallbacks += 1
    count = ctx.state.fallbacks
    ctx.event("fallback", count=count)
    if count > fallback.max:
        ctx.escalate(fallback.then, fallback.then.reason or reasons.FALLBACK, "bot.fallback")
        return True, "a person was asked for"
    ctx.say(ctx.render(fallback.text) if fallback.text else ctx.phrases.fallback, "bot.fallback", asks="only")
    return True, f"{count} of {fallback.max} in a row"


def _left(ctx: Context, _: Incoming) -> tuple[bool, str]:
    return ctx.state.session is None, "yes" if ctx.state.session is None else "a question is open"


#: The order of a turn. The first row that takes the text decides; the consent words come before all of these.
TURN: tuple[tuple[str, Row], ...] = (
    ("A person has it", _held),
    ("A reaction", _reaction),
    ("Asks for a person", _person),
    ("Anger, or a topic for people", _topic),
    ("A VIP", _vip),
    ("Words that work everywhere", _global),
    ("An offer to go on", _offered),
    ("A clarifying question", _clarified),
    ("A question that was meant", lambda ctx, said: confirmed(ctx, said.text)),
    ("Pending confirmation", _confirmation),
    ("Correction", _correction),
    ("Answer to the open question", _answer),
    ("Start words", _start),
    ("Intents", _intent),
    ("Knowledge", lambda ctx, said: look_up(ctx, said.text, said.normal)),
    ("Model", _model),
    ("Ask again", _ask_again),
    ("Fallback", _fallback),
)

_LEFT = "Left to a program"
#: The same where a program answers: what no person has, and no open question asked for, is its own.
LEFT_TURN: tuple[tuple[str, Row], ...] = (
    *TURN[: TURN.index(("Start words", _start))],
    (_LEFT, _left),
    *(row for row in TURN if row[1] in (_ask_again, _fallback)),
)

_MISSED, _LEFT_MISSED = (
    tuple(Check(name, "not reached", reached=False) for name, _ in rows) for rows in (TURN, LEFT_TURN)
)

_WRITTEN = ("text", "name", "location", "pattern")
"""Types of questions that anything may be an answer to."""
PARKED_FOR = DAY
"""How long (ms) a session that was put aside waits for another to end, unless it waits for something anyway."""


def hear(ctx: Context, message: Message) -> None:
    """One text from the contact. Raises LimitHit and RenderError."""
    right = unmarked(message.text) if ctx.open_question() is not None else None
    said = Incoming(message.text, normalise(message.text), read_tapback(message.text), right)
    ctx.heard = message.text
    ctx.media = message.media
    ctx.state.last_inbound_at = ctx.now
    fallbacks = ctx.state.fallbacks
    parked = ctx.state.parked
    while parked and ctx.now - parked[0].parked_at > PARKED_FOR and not parked[0].sleeping:
        ctx.drop_parked(0)
        ctx.state.offered = False
    mine = ctx.state.owner.kind == "bot"
    ignored = said.tapback is not None and mine and _answered_by(ctx, said.tapback) is None
    if not ignored:
        _count(ctx, mine)
    rows, missed = (TURN, _MISSED) if ctx.bot.answers == "bot" else (LEFT_TURN, _LEFT_MISSED)
    taker = ""
    for place, (name, row) in enumerate(rows):
        try:
            hit, result = row(ctx, said)
        except (LimitHit, RenderError) as error:
            ctx.checks += [Check(name, str(error), hit=True), *missed[place + 1 :]]
            raise
        ctx.checks.append(Check(name, result, hit))
        if hit:
            ctx.checks += missed[place + 1 :]
            taker = name
            break
    if mine and not ignored:
        if ctx.state.fallbacks == fallbacks:
            ctx.state.fallbacks = 0  # this one was understood
        if parked and ctx.state.session is None and ctx.state.owner.kind == "bot" and not ctx.state.offered:
            offer(ctx)
        if ready(ctx):
            settle(ctx)
        if ctx.state.owner.kind == "bot" and taker != _LEFT:
            ctx.happens("said")


def _count(ctx: Context, mine: bool) -> None:
    """A text that counts opens an episode, stops the question's timers, and is one more turn of the session."""
    ctx.begin_episode()
    ctx.happens("text")
    if not mine:
        return
    session = ctx.state.session
    if session is not None and session.sleeping:
        _disturb(ctx)
    else:
        ctx.cancel_timers()
    session = ctx.state.session
    if session is not None:
        session.opening = None
        session.turns += 1
        if session.turns > ctx.bot.limits.texts:
            raise LimitHit("turns_in_a_session", ctx.bot.limits.texts)


def _disturb(ctx: Context) -> None:
    """A text while the session waits for a time: it goes on now, or waits on, or ends, as its author says."""
    session = ctx.session
    step = ctx.running.steps[session.step]
    if isinstance(step, Wait) and step.reply == "end":
        ctx.end_session("replied", finish=False)
    elif not isinstance(step, Wait) or step.reply == "go_on":
        ctx.cancel_timers()
        session.sleeping, session.step = False, step.next
