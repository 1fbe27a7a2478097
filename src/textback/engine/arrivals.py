"""Arrivals: everything that can happen to a conversation. Stored in the inbox, handled one at a time, in order."""

from typing import Any, Literal

import msgspec

from textback.core.evidence import Evidence
from textback.core.messages import Channel, MessageClass, Status
from textback.engine.state import Chat, Handoff, Owner, Priority, Session


class Media(msgspec.Struct, frozen=True, omit_defaults=True):
    """A picture or file that came with, or goes with, a text. The URL is untrusted and is never fetched unasked."""

    url: str
    content_type: str = ""
    size: int | None = None


class Part(msgspec.Struct, frozen=True):
    """Which part of a longer text this is: number `number` (from 1) `of` so many, all of which have the same `ref`."""

    ref: str
    number: int
    of: int


Doubt = Literal["", "unsigned", "redriven"]
"""Why an opt-in in it does not count: nobody knows that the provider sent it (unsigned), or it was taken out of
quarantine, and they may have opted out since (redriven)."""


class Arrival(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind"):
    """Base of all arrivals. `tag` is the arrival's kind in the inbox."""


class Message(Arrival, frozen=True, omit_defaults=True, tag="message"):
    """A text from the contact.

    `keyword` is set where the provider says that it handled an opt-out word itself (rule O1); `sent_at` is the
    provider's time, for spotting deliveries that come hours late. `subject` is what it is about, where the channel has
    such a thing; what is to be understood is in `text`. `part` is set where the provider hands on the parts of a long
    text one by one. `attached` are lines that name files which stay where they are: people see them under the text
    (`whole`), and nothing is looked for in them.
    """

    sender: str
    recipient: str
    text: str
    provider_id: str
    channel: Channel = "sms"
    media: tuple[Media, ...] = ()
    keyword: str | None = None  # "stop" | "start" | "help"
    sent_at: int | None = None
    doubt: Doubt = ""
    subject: str = ""
    part: Part | None = None
    attached: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """The text as people are shown it."""
        return "\n".join((*([self.text] if self.text else []), *self.attached)) if self.attached else self.text


class DeliveryStatus(Arrival, frozen=True, omit_defaults=True, tag="status"):
    """What the provider says became of a message of ours.

    `message_id` is our own id when the provider echoed it; `recipient` is the contact's address; `channel` is set where
    the provider chose how it went.
    """

    provider_id: str
    recipient: str
    status: Status
    message_id: str | None = None
    code: str | None = None
    detail: str | None = None
    opted_out: bool = False
    at: int | None = None
    doubt: Doubt = ""
    channel: Channel | None = None


class AgentReply(Arrival, frozen=True, omit_defaults=True, tag="agent_reply"):
    """A person at the desk sends a text: their own words, with `media` or without, or a named message (`template`) with
    the values of its variables. `message_id` is chosen by the desk so that it can show the text at once; `send_at` (ms)
    is when it is to go, 0 at once. `heard` is when (ms) the newest text of theirs came that the person has seen: after
    a newer one it is not sent. 0 does not ask.

    `after` is the last text of a person that the writer had before their eyes, "" where there was none: when another
    has gone since, from a second tab or a phone, nothing is sent. None does not look.
    """

    user_id: str
    user_name: str
    text: str
    message_id: str
    after: str | None = None
    media: tuple[Media, ...] = ()
    send_at: int = 0
    heard: int = 0
    template: str = ""
    variables: dict[str, str] = {}


class Takeover(Arrival, frozen=True, omit_defaults=True, tag="takeover"):
    """A person takes the conversation; the bot goes quiet. `force` takes it from another person too."""

    user_id: str
    user_name: str
    force: bool = False


class HandBack(Arrival, frozen=True, omit_defaults=True, tag="hand_back"):
    """A person gives the conversation back to the bot.

    `mode`: "ask" asks the open question again, "step" carries on at the step called `step`, "wait" stays quiet until
    the contact writes, "end" ends the session. `tell`: the contact reads that a program answers again.
    """

    user_id: str
    user_name: str
    mode: str = "wait"
    step: str = ""
    tell: bool = False


class Assign(Arrival, frozen=True, omit_defaults=True, tag="assign"):
    """A person says who is to answer: a colleague (`to_id`, `to_name`), or whoever comes first, of one `queue` or of
    all. `force` also takes it from somebody else who has it. `undo` is what it takes back of another assignment: the
    queue, which is `queue` again or none, or the whole hand-over, where there had been none."""

    user_id: str
    user_name: str
    to_id: str = ""
    to_name: str = ""
    queue: str = ""
    force: bool = False
    undo: Literal["", "queue", "handoff"] = ""


class AskFor(Arrival, frozen=True, omit_defaults=True, tag="ask_for"):
    """A person asks the colleague who has the conversation to let them have it."""

    user_id: str
    user_name: str


class Renew(Arrival, frozen=True, omit_defaults=True, tag="renew"):
    """A sign of life of whoever has the conversation: they read or type. Of anybody else it changes nothing."""

    user_id: str
    user_name: str


class Note(Arrival, frozen=True, omit_defaults=True, tag="note"):
    """A person writes something for colleagues, which is never sent. `mentions` are the ids of those it names."""

    user_id: str
    user_name: str
    text: str
    note_id: str
    mentions: tuple[str, ...] = ()


class Complete(Arrival, frozen=True, omit_defaults=True, tag="complete"):
    """A person closes the episode."""

    user_id: str
    user_name: str


class Snooze(Arrival, frozen=True, omit_defaults=True, tag="snooze"):
    """A person puts the conversation out of sight `until` then (ms), or until the contact texts (0)."""

    user_id: str
    user_name: str
    until: int = 0


class Unsnooze(Arrival, frozen=True, omit_defaults=True, tag="unsnooze"):
    """A person brings a snoozed conversation back."""

    user_id: str
    user_name: str


class SetPriority(Arrival, frozen=True, omit_defaults=True, tag="set_priority"):
    """A person says how urgent the conversation is."""

    user_id: str
    user_name: str
    priority: Priority


class Reopen(Arrival, frozen=True, omit_defaults=True, tag="reopen"):
    """A person takes back that they have completed it: it is `owner_id`'s again, waits for a person ("nobody"), or is
    the bot's (""). What ran has ended, and does not go on."""

    user_id: str
    user_name: str
    owner_id: str = ""
    owner_name: str = ""
    waiting: bool = False


class SettleOptOut(Arrival, frozen=True, omit_defaults=True, tag="settle_opt_out"):
    """A person says whether a text that may have been an opt-out was one (O3)."""

    user_id: str
    user_name: str
    opted_out: bool


class CanText(Arrival, frozen=True, omit_defaults=True, tag="can_text"):
    """A person says that a number gets texts, whatever a provider has said of it."""

    user_id: str
    user_name: str


class SettleDraft(Arrival, frozen=True, omit_defaults=True, tag="settle_draft"):
    """A person decides on a model's reply (`job`): it goes with these words, or not at all where there are none. `why`
    says what was wrong with it."""

    user_id: str
    user_name: str
    job: str
    message_id: str = ""
    text: str = ""
    why: str = ""


class ApiSend(Arrival, frozen=True, omit_defaults=True, tag="api_send"):
    """Another program sends a text through the API: its own words, or a named message (`template`) with the values of
    its variables, in `locale` or, without one, in the contact's own. `zone` (IANA) and `region` say where the contact
    is, `programme` which consent of theirs it goes by (K6). `send_at` (ms) is when it is to go, 0 at once; `metadata`
    is kept beside it; `channel` is how it must go, "" where that is left to us."""

    key_name: str
    text: str
    message_id: str
    media: tuple[Media, ...] = ()
    message_class: MessageClass = "promotional"
    template: str = ""
    variables: dict[str, str] = {}
    locale: str = ""
    zone: str = ""
    region: str = ""
    programme: str = ""
    send_at: int = 0
    metadata: dict[str, str] = {}
    channel: Channel | Literal[""] = ""


class ApiEvent(Arrival, frozen=True, omit_defaults=True, tag="event"):
    """Another program says through the API that something happened, such as a payment. `data` is what it says of it."""

    name: str
    data: dict[str, Any] = {}
    key_name: str = ""


class HandOver(Arrival, frozen=True, omit_defaults=True, tag="hand_over"):
    """Another program gives the conversation to people. `reason` is why, `ask` what the contact wants; `text` is what
    they are told: None is the bot's own words, "" nothing. `user_id` and `user_name` are the program's key."""

    user_id: str
    user_name: str
    reason: str
    queue: str = ""
    ask: str = ""
    text: str | None = None


class Give(Arrival, frozen=True, omit_defaults=True, tag="give"):
    """A conversation that waits goes to somebody who is there (`to_id`, `to_name`): the hand-over of `asked_at`, if it
    has waited since `after` without anybody having had it."""

    to_id: str
    to_name: str
    asked_at: int
    after: int = 0


class StartFlow(Arrival, frozen=True, omit_defaults=True, tag="start_flow"):
    """Another program starts a flow of the live version, at `step` where that is not its first, with these `values` of
    its variables. Its texts are of the class `opening` until the contact answers: nobody has asked for them."""

    key_name: str
    flow: str
    opening: MessageClass
    step: str = ""
    values: dict[str, Any] = {}


class ContactChange(Arrival, frozen=True, omit_defaults=True, tag="contact"):
    """Another program changes what is known of a contact. A field that is None goes. `tags` are all that they have from
    then on, None leaves them; `tag` is added and `untag` goes. `name`, `zone` and `region` are kept beside the
    conversation too; None leaves them as they are."""

    key_name: str
    fields: dict[str, Any] = {}
    tags: tuple[str, ...] | None = None
    tag: tuple[str, ...] = ()
    untag: tuple[str, ...] = ()
    name: str | None = None
    zone: str | None = None
    region: str | None = None


class TimerFired(Arrival, frozen=True, omit_defaults=True, tag="timer"):
    """A timer set by an earlier turn is due. A turn ignores one that no longer matches its state."""

    key: str
    due_at: int


class JobResult(Arrival, frozen=True, omit_defaults=True, tag="job_result"):
    """What came of an action that a turn asked for: its result, or why there is none (actions.ERRORS). One that its
    session does not wait for any more changes nothing."""

    job: str
    value: Any = None
    error: str = ""


class ConsentChange(Arrival, frozen=True, omit_defaults=True, tag="consent"):
    """A form, a program or a person at the desk says that the contact opts in or out (O10, K5).

    `double`: the contact is asked by text first, and it counts once they answer YES. `occurred_at` (ms) is when they
    agreed or asked for an end, where that is not now; `words` what they said, or why it is recorded. `quiet`: no text
    says so, because the page on which they agreed has. With a `chat` they are asked whether to go on with that by text.
    """

    change: Literal["opt_in", "opt_out"]
    evidence: Evidence
    double: bool = False
    occurred_at: int | None = None
    words: str = ""
    quiet: bool = False
    chat: Chat | None = None


class AskedByText(Arrival, frozen=True, omit_defaults=True, tag="asked_by_text"):
    """The visitor of a web chat wants to go on by text, at a number that ends in these digits. A newer `request`
    replaces an older one."""

    request: str
    digits: str = ""


class AgreedByText(Arrival, frozen=True, omit_defaults=True, tag="agreed_by_text"):
    """The person at the number that a web chat's visitor gave has said YES. `contact_id` is the text conversation's;
    `free`: it can take the chat over, because nothing is open there."""

    request: str
    contact_id: str = ""
    digits: str = ""
    free: bool = True


class CameByText(Arrival, frozen=True, omit_defaults=True, tag="came_by_text"):
    """What a text conversation takes over from the web chat of this `contact_id`: what was open there, what is known,
    and who had it. `moved`: false where there is nothing to take over, because its visitor has asked for another number
    since."""

    request: str
    contact_id: str = ""
    moved: bool = False
    fields: dict[str, Any] = {}
    tags: tuple[str, ...] = ()
    session: Session | None = None
    parked: tuple[Session, ...] = ()
    owner: Owner | None = None
    handoff: Handoff | None = None


AnyArrival = (
    Message
    | DeliveryStatus
    | AgentReply
    | Takeover
    | HandBack
    | Assign
    | AskFor
    | Renew
    | Note
    | Complete
    | Snooze
    | Unsnooze
    | SetPriority
    | Reopen
    | SettleOptOut
    | CanText
    | SettleDraft
    | ApiSend
    | ApiEvent
    | HandOver
    | Give
    | StartFlow
    | ContactChange
    | TimerFired
    | JobResult
    | ConsentChange
    | AskedByText
    | AgreedByText
    | CameByText
)
