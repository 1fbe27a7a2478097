"""What a language model answered: it is judged, and then it goes, waits for a person, or is not said at all.

The model decides nothing. What it wrote is data until the guard has found no fault in it and the evidence speaks for
it; where either fails, the knowledge base's own words are next, and then a person.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from textback.core.text import clean
from textback.core.when import DAY
from textback.engine.advance import advance
from textback.engine.arrivals import JobResult, SettleDraft
from textback.engine.bot import Bot, Escalation
from textback.engine.context import Context, Doubt
from textback.engine.digress import come_back
from textback.engine.effects import CancelTimers, NoteReply, ReplyOutcome, Send
from textback.engine.guard.base import Judgement, Proposal, Rules, Shown
from textback.engine.guard.judge import judge
from textback.engine.knowing import look_up
from textback.engine.match import normalise
from textback.engine.nodes.answer import Answering
from textback.engine.persona import Persona
from textback.engine.state import Draft, Owner, Pending, Thinking
from textback.engine.thinking import persona_of, timer_of
from textback.engine.urgency import end_handoff

LONGEST_MEMORY = 600
LONGEST_REASON = 120
Act = Literal["say", "draft", "clarify", "escalate", "without"]
OUTCOMES: dict[Act, ReplyOutcome] = {
    "say": "sent", "draft": "drafted", "clarify": "clarified", "escalate": "escalated", "without": "refused",
}  # fmt: skip


class Came(msgspec.Struct, frozen=True):
    """The value of a model's job: what it proposed, or `why` there is nothing; what it was shown, the contact's texts
    that it was told, the instructions that it had, its name, and what it cost in millionths of a US dollar."""

    proposal: Proposal | None = None
    passages: tuple[Shown, ...] = ()
    said: tuple[str, ...] = ()
    prompt: str = ""
    model: str = ""
    cost: int = 0
    why: str = ""


class Weighed(msgspec.Struct, frozen=True):
    """What is to be done with a reply, and why. `evidence` is its confidence before people's verdicts on others,
    `needs` the one from which on it would have gone."""

    act: Act
    proposal: Proposal
    judgement: Judgement
    why: str = ""
    evidence: float = 0.0
    needs: float = 0.0

    @property
    def flaws(self) -> tuple[str, ...]:
        """What is wrong with it, each kind once."""
        return tuple(dict.fromkeys(flaw.kind for flaw in self.judgement.flaws))


NOTHING = Weighed("without", Proposal(""), Judgement("", 0.0, 0.0))


def arrive(ctx: Context, thinking: Thinking, result: JobResult) -> None:
    """Act on the answer to a question of the contact's that nothing else answered."""
    ctx.state.thinking = None
    ctx.effects.append(CancelTimers((timer_of(thinking.job),)))
    question = "\n".join(thinking.texts)
    ctx.heard = question
    persona = persona_of(ctx.bot, thinking.persona)
    weighed = weigh(ctx, persona, question, thinking.job, result)
    if ctx.state.owner.kind != "bot":
        return
    ctx.begin_episode()
    if persona is None or weighed.act == "without":
        _without(ctx, thinking.texts[-1])
    elif weighed.act == "say":
        _say(ctx, persona, weighed)
        step = ctx.open_question()
        if step is not None:
            come_back(ctx, step)
        elif ctx.state.session is None and not ctx.state.parked:
            ctx.happens("finished")
    else:
        _unsure(ctx, persona, question, thinking.job, weighed)
    if ctx.state.owner.kind == "bot":
        ctx.happens("said")


def settle_step(ctx: Context, step: Answering, pending: Pending) -> None:
    """Act on the answer that an `answer` step waits for. Raises LimitHit and RenderError."""
    ctx.effects.append(CancelTimers((timer_of(pending.job),)))
    persona = persona_of(ctx.bot, step.persona)
    question = str(pending.held)
    result = JobResult(pending.job, pending.value, pending.error)
    weighed = weigh(ctx, persona, question, pending.job, result, step.least)
    if persona is not None and weighed.act == "say":
        _say(ctx, persona, weighed)
        ctx.path.append((step, False, step.next))
        advance(ctx, step.next)
        return
    if step.otherwise is not None:
        ctx.event("not_answered", confidence=round(weighed.judgement.confidence, 3))
        ctx.path.append((step, False, step.otherwise))
        advance(ctx, step.otherwise)
        return
    ctx.heard = question
    if persona is not None and weighed.act == "draft":
        _unsure(ctx, persona, question, pending.job, weighed)
        return
    ctx.escalate(Escalation(), weighed.why or "not_answered", ctx.source(step), doubt=_doubt(weighed))
    ctx.end_session("not_answered", finish=False)


def weigh(
    ctx: Context, persona: Persona | None, question: str, job: str, result: JobResult, least: float | None = None
) -> Weighed:
    """Judge what came, and write down what is made of it. From `least` on a reply goes, where a step says so."""
    if result.error or persona is None:
        ctx.event("model_failed", job=job, error=result.error or "no persona")
        return NOTHING
    try:
        came = msgspec.convert(result.value, Came)
    except msgspec.ValidationError:
        ctx.event("model_failed", job=job, error="malformed")
        return NOTHING
    _spend(ctx, came.cost)
    proposal = came.proposal
    if proposal is None or not (proposal.reply or proposal.escalate_reason):
        ctx.event("model_failed", job=job, error=came.why or "empty")
        return NOTHING
    weighed = consider(ctx.bot, persona, came, question, ctx.locale, ctx.state.fields, least)
    act, flaws = weighed.act, weighed.flaws
    if act == "say" and proposal.memory:
        ctx.state.memory, ctx.state.memory_at = clean(proposal.memory)[:LONGEST_MEMORY], ctx.now
    sure = round(weighed.judgement.confidence, 3)
    mine = ctx.state.owner.kind == "bot"
    ctx.effects.append(NoteReply(job, OUTCOMES[act] if mine else "escalated", sure, weighed.evidence, flaws))
    ctx.event("model_answered", job=job, persona=persona.name, confidence=sure, act=act, flaws=list(flaws))
    return weighed


def consider(
    bot: Bot, persona: Persona, came: Came, question: str, locale: str, fields: Mapping[str, Any],
    least: float | None = None,
) -> Weighed:  # fmt: skip
    """Judge a proposal, and say what is to be done with it. `locale` is the contact's; from `least` on a reply goes,
    where a step says so."""
    proposal = came.proposal
    if proposal is None:
        return NOTHING
    judgement = judge(proposal, came.passages, question, _rules(bot, persona, came, question, locale, fields))
    evidence = judgement.confidence
    if bot.trust is not None:
        likely = bot.trust.likely(persona.name, judgement.confidence)
        judgement = msgspec.structs.replace(judgement, confidence=likely)
    needs = persona.intents.get(proposal.intent, persona.gate).send if least is None else least
    act, why = _act(persona, proposal, judgement, needs)
    return Weighed(act, proposal, judgement, why, evidence, needs)


def _act(persona: Persona, proposal: Proposal, judgement: Judgement, needs: float) -> tuple[Act, str]:
    """What the gate says. A reply with a flaw is nobody's answer."""
    if proposal.escalate_reason:
        return "escalate", "model"
    if judgement.flaws:
        return "without", "guard"
    gate = persona.intents.get(proposal.intent, persona.gate)
    if judgement.confidence >= needs:
        return "say", ""
    if judgement.confidence >= gate.least:
        return ("draft" if gate.between == "draft" else "clarify"), "unsure"
    return "escalate", "unsure"


def _rules(bot: Bot, persona: Persona, came: Came, question: str, locale: str, fields: Mapping[str, Any]) -> Rules:
    shared = {name: str(fields.get(name) or "") for name in (bot.model.share if bot.model else ())}
    return Rules(
        links=persona.links | bot.content.hosts,
        segments=persona.segments,
        locale=persona.locale or locale,
        avoid=persona.avoid,
        prompt=f"{came.prompt}\n{persona.prompt}",
        brand=bot.name,
        phone=bot.phone,
        email=bot.email,
        contact=(*came.said, question),
        fields={name: value for name, value in shared.items() if value},
    )


def _spend(ctx: Context, cost: int) -> None:
    state = ctx.state
    if ctx.now - state.spent_since >= DAY:
        state.spent, state.spent_since = 0, ctx.now
    state.spent += max(0, cost)


def _say(ctx: Context, persona: Persona, weighed: Weighed) -> None:
    ctx.say(weighed.judgement.reply, f"persona.{persona.name}")
    ctx.event(
        "answered", persona=persona.name, passage=", ".join(weighed.proposal.sources)[:200],
        confidence=round(weighed.judgement.confidence, 3),
    )  # fmt: skip


def _without(ctx: Context, text: str) -> None:
    """No model helps: what the knowledge base has is next, and then a person."""
    hit, _ = look_up(ctx, text, normalise(text), clarify=True)
    if not hit:
        ctx.escalate(Escalation(), "not_answered", "bot.model")


def _doubt(weighed: Weighed) -> Doubt | None:
    """How sure of the reply the bot was, and had to be, where there was one."""
    if not weighed.proposal.reply or weighed.judgement.flaws:
        return None
    return Doubt(weighed.judgement.confidence, weighed.needs)


def _unsure(ctx: Context, persona: Persona, question: str, job: str, weighed: Weighed) -> None:
    """It waits for a person, or a person is asked for, or the contact is asked what they meant."""
    source = f"persona.{persona.name}"
    if weighed.act == "clarify":
        hit, _ = look_up(ctx, question, normalise(question), clarify=True)
        if not hit:
            ctx.say(ctx.phrases.rephrase, source)
        return
    words = ctx.phrases.moment if weighed.act == "draft" else None
    if weighed.proposal.escalate_reason:
        ctx.event("recorded", name="escalate_reason", value=clean(weighed.proposal.escalate_reason)[:LONGEST_REASON])
    why = "draft" if weighed.act == "draft" else weighed.why
    ctx.escalate(Escalation(), why, source, words, doubt=_doubt(weighed))
    if weighed.judgement.reply and not weighed.judgement.flaws:
        ctx.state.draft = Draft(
            job, persona.name, question, weighed.judgement.reply, round(weighed.judgement.confidence, 3), ctx.now,
            evidence=round(weighed.evidence, 3),
            sources=list(weighed.proposal.sources),
        )  # fmt: skip


def settle_draft(ctx: Context, act: SettleDraft) -> None:
    """A person sends a draft, as it is or changed, and the bot goes on; or says that it is no answer, and keeps the
    conversation."""
    draft = ctx.state.draft
    owner = ctx.state.owner
    if draft is None or draft.job != act.job or (owner.kind == "person" and owner.user_id != act.user_id):
        ctx.event("reply_refused", user=act.user_id, name=act.user_name, message=act.message_id, reason="draft_gone")
        return
    ctx.state.draft = None
    outcome: ReplyOutcome = "rejected" if not act.text else "approved" if act.text == draft.text else "edited"
    note = NoteReply(draft.job, outcome, draft.confidence, draft.evidence, (), act.user_id, act.text, act.why)
    ctx.effects.append(note)
    ctx.event("draft_settled", user=act.user_id, name=act.user_name, job=draft.job, outcome=outcome)
    if outcome == "rejected":
        return
    sent: dict[str, Any] = {"author": "person", "author_id": act.user_id, "author_name": act.user_name}
    ctx.effects.append(Send(act.text, **sent, source="draft", message_id=act.message_id or None))
    if owner.kind == "person":
        ctx.happens("said")
        return
    ctx.state.owner = Owner("bot", since=ctx.now)
    end_handoff(ctx.state)
    ctx.event("handed_back", user=act.user_id, name=act.user_name, mode="draft")
    _go_on(ctx)
    if ctx.state.owner.kind == "bot":
        ctx.happens("said" if ctx.state.session is not None or ctx.state.parked else "finished")


def _go_on(ctx: Context) -> None:
    """After a draft went: the session goes on behind the step that wanted it, or its open question waits again."""
    session = ctx.state.session
    if session is None:
        return
    step = ctx.open_question()
    if step is not None:
        ctx.set_timers(step)
    elif isinstance(here := ctx.running.steps.get(session.step), Answering) and session.pending is None:
        advance(ctx, here.next)
