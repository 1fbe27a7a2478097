"""Effects: what a turn wants done. The pipeline writes them in the turn's transaction; nothing here does anything."""

from typing import Any, Literal

import msgspec

from textback.core.evidence import Evidence
from textback.core.messages import Asks, AuthorKind, Channel, MessageClass
from textback.core.offer import Offer
from textback.engine.arrivals import Media

ReplyOutcome = Literal["sent", "drafted", "clarified", "escalated", "refused", "approved", "edited", "rejected"]
"""What became of a model's reply: it went by itself; it waits for a person; the contact was asked what they meant; a
person was asked for, as it wanted or as it was too unsure; the guard refused it; a person sent it as it was, or
changed, or not at all."""


class Send(msgspec.Struct, frozen=True, omit_defaults=True, tag="send"):
    """Put a text in the outbox.

    `source` is where it came from ("book_visit.2" or "desk"); `expires_at` (ms) is the time after which it must not go
    any more; `message_id` is set where the caller already promised an id; `links` are addresses in the text that its
    author wants to be short links; `asks` says what becomes of it when the contact texts again before it went;
    `programme` is what they must have agreed to, where that is not all of the brand's (K6); `send_at` (ms) is when it
    is to go, 0 at once; `offer` is what it lets them choose from; `channel` is how it must go, "" where that is for the
    conversation to say.
    """

    text: str
    author: AuthorKind = "bot"
    author_id: str = ""
    author_name: str = ""
    message_class: MessageClass = "conversational"
    media: tuple[Media, ...] = ()
    source: str = ""
    message_id: str | None = None
    expires_at: int | None = None
    links: tuple[str, ...] = ()
    asks: Asks = ""
    programme: str = ""
    send_at: int = 0
    offer: Offer | None = None
    channel: Channel | Literal[""] = ""


class SetTimer(msgspec.Struct, frozen=True, omit_defaults=True, tag="set_timer"):
    """Wake this conversation at `due_at` (ms). A timer of the same key is replaced."""

    key: str
    due_at: int


class CancelTimers(msgspec.Struct, frozen=True, omit_defaults=True, tag="cancel_timers"):
    """Forget timers: the named keys, or all of them when `keys` is empty."""

    keys: tuple[str, ...] = ()


class RecordConsent(msgspec.Struct, frozen=True, omit_defaults=True, tag="record_consent"):
    """Append to the ledger of consent. `change` is the entry's type (opt_out, re_opt_in, opt_in, confirm, expire);
    `matched_by` says what recognised it.

    `evidence` is what proves it, where it was more than a word; `occurred_at` (ms) when it was, where that is not when
    its arrival came; `pending_until` (ms) until when it waits for their YES; `raw_text` their words, where the arrival
    has none.
    """

    change: str
    rule: str
    matched_by: str  # "provider" | "keyword" | "rule" | "model" | "human"
    keyword: str = ""
    evidence: Evidence | None = None
    occurred_at: int | None = None
    pending_until: int | None = None
    raw_text: str = ""


class CancelQueued(msgspec.Struct, frozen=True, omit_defaults=True, tag="cancel_queued"):
    """Withdraw every text to this contact that has not been posted yet (rule O6), or only what this `author` said, but
    for what the law wants said."""

    rule: str
    author: AuthorKind | Literal[""] = ""


class UpdateDelivery(msgspec.Struct, frozen=True, omit_defaults=True, tag="update_delivery"):
    """Move one of our messages up the ladder of delivery statuses. `channel` is how it went, where that is news."""

    provider_id: str
    status: str
    message_id: str | None = None
    code: str | None = None
    detail: str | None = None
    channel: str | None = None


class Mask(msgspec.Struct, frozen=True, omit_defaults=True, tag="mask"):
    """Keep the contact's text of this turn as "•••": it holds a sensitive answer, which is in the state alone."""


class Perform(msgspec.Struct, frozen=True, omit_defaults=True, tag="perform"):
    """Ask another system for something. The result is an arrival, JobResult.

    `job` names this one visit of the step; `key`, made of the session, the step and the visit, goes with every try, so
    that the other system can tell a repetition. `timeout` (ms) is for one try; `retries` follow the first one. It is
    begun `after` so long (ms).
    """

    job: str
    session: str
    version: int
    step: str
    action: str
    arguments: dict[str, Any]
    key: str
    timeout: int
    retries: int
    after: int = 0


class NoteReply(msgspec.Struct, frozen=True, omit_defaults=True, tag="note_reply"):
    """Write down what became of a model's reply, beside the record of its call (`job`): how likely it was right, and
    how likely by the `evidence` alone, without people's verdicts on others; what the guard found; and where people
    decided on it, their words for it."""

    job: str
    outcome: ReplyOutcome
    confidence: float = 0.0
    evidence: float = 0.0
    flaws: tuple[str, ...] = ()
    by: str = ""
    text: str = ""
    why: str = ""


AnyEffect = Send | SetTimer | CancelTimers | RecordConsent | CancelQueued | UpdateDelivery | Mask | Perform | NoteReply


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a turn's ordered record: what the desk shows between texts and what reports count.

    Kinds: session_started, session_ended, escalated, taken_over, handed_back, completed, opted_out, opted_in,
    help_asked, opt_out_unsure, opt_out_settled, episode_started, episode_status, step_reached, answer_refused,
    fallback, send_refused, turn_failed, reminded, waits, goal, recorded, tagged, untagged, corrected, session_parked,
    session_resumed, resume_offered, unclear, answered, not_answered, loop_guard, late_message, action_asked,
    action_done, action_failed, action_stale, model_asked, model_answered, model_failed, draft_settled,
    bad_number, number_works,
    owner_idle, assigned, asked_for, noted, snoozed, unsnoozed, prioritised, reopened, takeover_refused, assign_refused,
    reply_refused, reply_overtaken, hand_back_refused, complete_refused, snooze_refused, hand_over_refused,
    flow_refused,
    contact_changed, contact_refused, heard_together, event_received, limit_near, limit_passed, requeued,
    asked_by_text, agreed_by_text, moved_to_text, came_by_text,
    link_clicked (written beside the turns, when a contact opens a short link).
    """

    kind: str
    data: dict[str, Any] = {}


class Check(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of the trace: a question the turn asked of the arrival, in order, and what came of it.

    `hit` marks the one that decided; later rows are then "not reached".
    """

    name: str
    result: str
    hit: bool = False
    reached: bool = True
