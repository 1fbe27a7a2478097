"""The state of a conversation between two turns: plain JSON, nothing hidden.

Whoever adds a field gives it a default, so that states written by an older release still load.
"""

from typing import Any, Literal

import msgspec

from textback.core.messages import MessageClass
from textback.core.tally import Tally

EpisodeStatus = Literal["new", "engaged", "waiting_on_customer", "waiting_on_agent", "completed", "archived"]
OwnerKind = Literal["bot", "person", "nobody"]
Priority = Literal["normal", "high", "urgent"]


class Episode(msgspec.Struct, omit_defaults=True):
    """One stretch of the conversation. `number` counts from 1; 0 means that there has been none yet."""

    number: int = 0
    status: EpisodeStatus = "archived"
    started_at: int = 0


class Owner(msgspec.Struct, omit_defaults=True):
    """Who may speak now: the bot, one named person, or nobody yet (a person was asked for and none has come)."""

    kind: OwnerKind = "bot"
    user_id: str = ""
    name: str = ""
    since: int = 0


class Asker(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person who has asked the one who has the conversation (`of`, an id) for it, and when (ms). It counts while that
    one has it."""

    user_id: str
    name: str
    of: str
    at: int


class Handoff(msgspec.Struct, omit_defaults=True):
    """Why a person was asked for, and what they should know.

    `confidence` is how sure the bot was of what it would have said, and `needs` how sure it had to be; `sure` is how
    sure it is of each answer in `collected`. `answered_at` is when a person first answered (ms). `since` is since when
    the contact waits for a person's answer, 0 while they do not; that answer may take `span` (ms of opening hours) from
    `timed_from` on, which is over at `due_at`. It is to be settled by `settle_by`. `late` are the limits that have
    passed, the last at `late_at`, `moved` that one of them has given it to another queue, `wanted` the address of the
    person whom it is to go to. `usual` is how urgent the conversation was before this made it more so;
    `priority` is only in states of older releases.
    """

    reason: str
    queue: str = ""
    asked_at: int = 0
    ask: str = ""
    collected: dict[str, Any] = {}
    stopped_at: str = ""
    priority: str = ""
    confidence: float = 0.0
    needs: float = 0.0
    sure: dict[str, float] = {}
    answered_at: int = 0
    since: int = 0
    span: int = 0
    timed_from: int = 0
    due_at: int = 0
    settle_by: int = 0
    late: list[str] = []
    late_at: int = 0
    moved: bool = False
    wanted: str = ""
    usual: str = ""

    @property
    def limit(self) -> str:
        """The limit that runs while the contact waits."""
        return "next_answer" if self.answered_at else "first_answer"


class Frame(msgspec.Struct, omit_defaults=True):
    """Where a flow that another one runs returns to: the flow, and its step."""

    flow: str
    step: str


class Between(msgspec.Struct, omit_defaults=True):
    """One of the things that an answer may have meant: its value, and how it is said."""

    value: Any
    said: str


class Pending(msgspec.Struct, frozen=True, omit_defaults=True):
    """An action that a session waits for: its job, the place of the `check` that asks it in its question (-1 for a
    `call`), and the answer that is held meanwhile. `again` says that the question had been answered before, `told`
    that the contact was asked for a moment. Once it `came`, `value` or `error` is there; it waits for its session's
    turn to speak.
    """

    job: str
    action: str
    rule: int = -1
    held: Any = None
    again: bool = False
    told: bool = False
    came: bool = False
    value: Any = None
    error: str = ""


class Session(msgspec.Struct, omit_defaults=True):
    """One run of one version of a flow, pinned to that version until it ends.

    `step` is the id of the step it stands at; `tries` counts answers that were not understood there. `asked` are the
    questions that have an answer, in the order in which they got it; `filled` the variables that were said before they
    were asked for; `seen` the steps that have been run. `between` is what the last answer may have meant, while the
    contact is asked which; `sure` is how surely each answer was understood. `half` is the date, or the time, of an open
    question that wants both. `nudged`: the open question was asked again after something else was answered. `calls`
    counts the actions that it asked for, `pending` is the one that it waits for. A session that is `sleeping` waits
    `until` then (ms), or for an event; `came` is the event, where it could not go on when it came. `opening` is the
    class of its texts until the contact answers, where an event has started it.
    """

    id: str
    version: int
    flow: str
    step: str
    started_at: int
    vars: dict[str, Any] = {}
    tries: int = 0
    turns: int = 0
    waiting: bool = False
    confirming: str = ""
    asked: list[str] = []
    filled: list[str] = []
    seen: list[str] = []
    between: list[Between] = []
    sure: dict[str, float] = {}
    frames: list[Frame] = []
    sleeping: bool = False
    nudged: bool = False
    parked_at: int = 0
    half: str = ""
    calls: int = 0
    pending: Pending | None = None
    until: int = 0
    came: str = ""
    opening: MessageClass | None = None


class Happened(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event that starts a flow, and came while a person had the conversation."""

    name: str
    data: dict[str, Any] = {}


class Chat(msgspec.Struct, frozen=True, omit_defaults=True):
    """A web chat whose visitor wants to go on by text: its contact, which request of theirs it is, and the last digits
    of the number that they gave."""

    contact_id: str
    request: str
    digits: str = ""


class Leaving(msgspec.Struct, frozen=True, omit_defaults=True):
    """A web chat's visitor has asked to go on by text: their newest request. `to` is the contact of the text
    conversation once the person there has said YES, `digits` the last ones of its number."""

    request: str
    to: str = ""
    digits: str = ""


class Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """An opt-in that waits for the contact's YES until then (ms): to which programme and class of texts, and what the
    texts about it call it and say of how often it comes (K5). With a `chat`, it is to going on with that by text."""

    programme: str
    message_class: str
    name: str
    frequency: str
    until: int
    chat: Chat | None = None


class Thinking(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question that a model is asked: its job, as which persona it answers, the contact's texts, and when (ms)."""

    job: str
    persona: str
    texts: list[str]
    asked_at: int


class Snoozed(msgspec.Struct, frozen=True, omit_defaults=True):
    """Out of sight since somebody said so: `until` then (ms), or until the contact texts (0)."""

    by: str
    name: str
    since: int
    until: int = 0


class BadNumber(msgspec.Struct, frozen=True):
    """A provider has said by this `code` that the number can't get texts, since when (ms), and `why`: it is a landline,
    invalid (it is no number) or gone (nobody has it)."""

    why: str
    code: str
    since: int


class Draft(msgspec.Struct, frozen=True, omit_defaults=True):
    """A model's reply that a person decides on. `job` is that of its call, `question` what the contact asked,
    `confidence` how likely it is right, `evidence` the same but for people's verdicts on others, `sources`
    where it is from."""

    job: str
    persona: str
    question: str
    text: str
    confidence: float
    at: int
    evidence: float = 0.0
    sources: list[str] = []


class State(msgspec.Struct, omit_defaults=True):
    """Everything a turn needs to know about a conversation besides the arrival itself.

    `parked` are the sessions that wait for another to end, the latest last; `offered` says that the contact was asked
    whether to go on with that one. `tags` are the contact's, sorted. `unclear` are the flows that their last text may
    have been about, `unclear_text`, while they are asked which; `meant` is what a passage is about, while they are
    asked whether that is their question. `asked` are opt-ins that wait for their YES. `opt_out_unsure` is when they
    texted what may be an opt-out (ms), until a person has settled it (O3). `thinking` is what a model is asked, `draft`
    its reply that waits for a person; `memory` is what models remember of the conversation, as of `memory_at` (ms), and
    `spent` what they have cost in the day since `spent_since`, in millionths of a US dollar. `happened` is the last
    event that starts a flow once the conversation is handed back. `disclosed`: they have been told that a program
    writes. `stop_said_at` is when they were last told how to stop (ms), in a text that was no answer. `channel` is how
    their last text came, on a line that speaks more than SMS. `vip_episode` is the episode in which a person was asked
    for because of who they are. `asker` wants to have it from the person who does;
    `last_reply` is the id of the last text that a person wrote, `leaving` the web chat's request to go on by text.
    `snoozed` is set while the conversation is out of sight, `back_at` is when it came back by itself
    (ms), until somebody acts on it. `bad_number` is set while the number can't get texts.
    """

    episode: Episode = msgspec.field(default_factory=Episode)
    owner: Owner = msgspec.field(default_factory=Owner)
    session: Session | None = None
    handoff: Handoff | None = None
    fields: dict[str, Any] = {}
    fallbacks: int = 0
    last_inbound_at: int = 0
    tally: Tally | None = None
    parked: list[Session] = []
    offered: bool = False
    tags: list[str] = []
    unclear: list[str] = []
    unclear_text: str = ""
    asked: list[Asked] = []
    opt_out_unsure: int = 0
    meant: str = ""
    thinking: Thinking | None = None
    draft: Draft | None = None
    memory: str = ""
    memory_at: int = 0
    spent: int = 0
    spent_since: int = 0
    happened: Happened | None = None
    disclosed: bool = False
    stop_said_at: int = 0
    channel: str = ""
    snoozed: Snoozed | None = None
    back_at: int = 0
    priority: Priority = "normal"
    vip_episode: int = 0
    asker: Asker | None = None
    last_reply: str = ""
    leaving: Leaving | None = None
    bad_number: BadNumber | None = None


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(State)


def dump_state(state: State) -> str:
    """The state as JSON text."""
    return _encoder.encode(state).decode()


def load_state(text: str) -> State:
    """The state from JSON text; an empty string is a fresh state."""
    return _decoder.decode(text) if text else State()
