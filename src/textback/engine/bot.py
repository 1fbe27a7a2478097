"""A bot as the engine runs it: compiled from a folder of YAML by `load`, never changed afterwards."""

from collections.abc import Collection
from functools import cached_property
from typing import Literal, Protocol

import msgspec

from textback.core.messages import Asks, MessageClass
from textback.core.offer import Offer
from textback.core.overrides import Overrides
from textback.core.registration import UNDECLARED, Registration
from textback.core.when import MINUTE
from textback.engine.actions import Action
from textback.engine.arrivals import Media
from textback.engine.guard.base import Shown
from textback.engine.hours import Hours
from textback.engine.persona import Model, Persona
from textback.engine.queues import Queue, Route, Staff, Vip
from textback.engine.template import Expression, Text

END = ""
"""The id of the step after the last one."""


class LineSpec(msgspec.Struct, frozen=True):
    """A line as bot.yml declares it. Values may be `${NAME}`; whoever opens the line resolves them."""

    name: str
    provider: str
    number: str
    options: dict[str, str] = {}
    registration: Registration = UNDECLARED


class Handoff(msgspec.Struct, frozen=True, dict=True):
    """What the contact reads when a person is asked for, and the queue when the flow names none.

    `topics` are the subjects that a person is asked for at once, each with the words it goes by, normalised; `upset`
    whether anger is one. `says` is what the contact reads where it is about one of them. `routes` are the rules of
    where a hand-over goes, `vip` whom a person answers from the first text on. `closed` and `nobody` are read instead
    where the queue is closed, or nobody is there; `form` is a web form that they may use then. `notify` and `alert` are
    the destinations of queues that name none.
    """

    text: Text | None = None
    queue: str = ""
    queues: tuple[str, ...] = ()
    topics: dict[str, tuple[str, ...]] = {}
    says: dict[str, Text] = {}
    upset: bool = True
    routes: tuple[Route, ...] = ()
    vip: Vip = Vip()
    closed: Text | None = None
    nobody: Text | None = None
    form: str = ""
    notify: tuple[str, ...] = ()
    alert: tuple[str, ...] = ()

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The first words of all that the topics go by: a text with none of them is about no topic."""
        return frozenset(word.split()[0] for words in self.topics.values() for word in words if word.split())


class Destination(msgspec.Struct, frozen=True):
    """Where people are told that somebody waits: `to` is the `${NAME}` that holds the address. `shows` is what besides
    the queue and the reason is said of the contact: `name`, `number`, `text`."""

    name: str
    to: str
    shows: frozenset[str] = frozenset()


class Variable(msgspec.Struct, frozen=True):
    """What a named message needs to be told: `type` says which values it takes; `sample` stands in previews."""

    name: str
    type: str = "text"
    required: bool = True
    sample: str = ""


class Approved(msgspec.Struct, frozen=True):
    """A named message: a text that was agreed on, with its message class (C1), and all that belongs to it.

    `sender` is the name in which it speaks (E6), `use_case` what it is for, `programme` which consent it goes by (K6).
    `declared`: its variables are written down, rather than taken from the text. `places` has the line and column of
    each locale's text.
    """

    text: Text
    message_class: MessageClass
    name: str = ""
    sender: str = ""
    use_case: str = ""
    programme: str = ""
    variables: dict[str, Variable] = {}
    declared: bool = False
    media: tuple[Media, ...] = ()
    quick: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
    places: dict[str, tuple[int, int]] = {}


class Content(msgspec.Struct, frozen=True):
    """What the business's registered use case covers (E5): subjects that its texts may speak of, whether it checks
    ages, and words that mean something else here. `hosts` are those that links may lead to; none: all (E4)."""

    allow: frozenset[str] = frozenset()
    age_gate: bool = False
    ignore: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()


class Disclosure(msgspec.Struct, frozen=True):
    """Whether the first text that the bot sends a contact says that a program writes, and in which words if not the
    engine's own."""

    on: bool = False
    text: Text | None = None


class Escalation(msgspec.Struct, frozen=True):
    """Asking for a person: which queue, what the contact reads (`closed`: where nobody can answer now), why, and what
    whoever answers has to know about."""

    queue: str = ""
    text: Text | None = None
    reason: str = ""
    closed: Text | None = None
    skill: str = ""


class Fallback(msgspec.Struct, frozen=True):
    """What is said to a text that nothing understands; after `max` in a row a person is asked for."""

    text: Text | None = None
    max: int = 2
    then: Escalation = Escalation()


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a flow. Kinds of step add their own fields, see engine/nodes.

    `next` is the id of the step that follows (END after the last); `when` is the step's `if`.
    """

    id: str
    next: str = END
    when: Expression | None = None
    message_class: MessageClass = "conversational"
    file: str = ""
    line: int = 0

    def targets(self) -> tuple[str, ...]:
        """The ids of all steps that may follow."""
        return (self.next,)


class Retry(msgspec.Struct, frozen=True):
    """How often to ask again (`max`), in which words, and the step to go to after that; None asks for a person."""

    max: int = 2
    text: Text | None = None
    then: str | None = None


class Remind(msgspec.Struct, frozen=True):
    """A nudge `after` ms of silence."""

    after: int
    text: Text | None = None


class Expire(msgspec.Struct, frozen=True):
    """Giving up `after` ms of silence: the step to go to, or None to end the session."""

    after: int
    then: str | None = None


class Question(Step, frozen=True, kw_only=True):
    """A step that sends `text` and waits for an answer. `asks` says whether the text does anything but ask."""

    text: Text
    retry: Retry = Retry()
    remind: Remind | None = None
    expire: Expire | None = None
    asks: Asks = "whole"

    def offer(self, locale: str) -> Offer | None:  # noqa: ARG002 (for those that have one)
        """What an answer may be chosen from; None where it is free."""
        return None

    def targets(self) -> tuple[str, ...]:
        """The next step, and those that giving up leads to."""
        given_up = (self.retry.then, self.expire.then if self.expire else None)
        return (self.next, *(id_ for id_ in given_up if id_ is not None))


class Flow(msgspec.Struct, frozen=True):
    """One flow: its steps by id in the order they are written, and what its variables are.

    `labels` holds, for each choice variable, the label of every choice; `names` is every variable the flow may set,
    with those of the flows that it runs; `sensitive` those that are shown to nobody, `written` those that
    print otherwise than they are kept, `results` those that hold what actions gave. `examples` are texts that should
    start it; `label` is what people call it. `event` is what starts it when another program says so; then its texts are
    of the class `opening` until the contact answers, since nobody has asked for them.
    """

    name: str
    keywords: tuple[str, ...]
    steps: dict[str, Step]
    first: str
    names: frozenset[str] = frozenset()
    labels: dict[str, dict[str, Text]] = {}
    sensitive: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    results: frozenset[str] = frozenset()
    examples: tuple[str, ...] = ()
    label: Text | None = None
    event: str = ""
    opening: MessageClass = "conversational"


class Understood(msgspec.Struct, frozen=True):
    """What a text seems to want: flows by how likely they are, the likeliest first, and whether that is enough to
    `act` on it. None are named where it seems to want nothing that the bot knows, or where `trouble` says why it could
    not be read."""

    flows: tuple[str, ...] = ()
    act: bool = False
    confidence: float = 0.0
    trouble: str = ""


class Recogniser(Protocol):
    """Says what a text wants. The same text always gives the same answer, and nothing raises."""

    def read(self, text: str) -> Understood:
        """Read one text."""


class OptIn(msgspec.Struct, frozen=True):
    """What a contact agrees to who texts a word: a programme and a class of texts. `name` and `frequency` are for the
    texts about it; `wording` is what they read before they texted the word, `version` which one that was (K1, K3)."""

    programme: str
    message_class: str
    name: str = ""
    frequency: str = ""
    wording: str = ""
    version: str = ""


class Knowledge(msgspec.Struct, frozen=True):
    """When an answer from the knowledge base is sent (confidence of `answer` and more), when it is asked about (of
    `clarify` and more), and how many `segments` it may take."""

    answer: float = 0.8
    clarify: float = 0.5
    segments: int = 2


class Answer(msgspec.Struct, frozen=True):
    """What the knowledge base says to a question: the words of one passage, and how likely they answer it.

    `passage` is where they are from and `about` what it is about, in a few words; `against` a passage of another source
    that says otherwise, which is why the confidence is low. All empty where nothing was found.
    """

    text: str = ""
    confidence: float = 0.0
    passage: str = ""
    about: str = ""
    against: str = ""


class Answerer(Protocol):
    """Looks questions up. Within a day the same question gets the same answer, and nothing raises."""

    def answer(self, text: str, locale: str, now: int) -> Answer:
        """Look one up for somebody who reads `locale`; `now` (ms) tells what is out of date."""

    def passages(self, text: str, locale: str, now: int, files: Collection[str] = (), most: int = 5) -> list[Shown]:
        """The passages that come nearest to a question, the nearest first: of these files, or of all."""


class Trust(Protocol):
    """What people's verdicts on earlier replies have taught. Nothing raises."""

    def likely(self, persona: str, confidence: float) -> float:
        """How likely a reply of this confidence is right, going by how those before it fared."""


class Routing(msgspec.Struct, frozen=True):
    """From which known-ness on what a text means is acted on, and asked about; None is what training has found."""

    act: float | None = None
    clarify: float | None = None


class Limits(msgspec.Struct, frozen=True):
    """What stops a flow that goes on for ever: steps in a turn, texts and actions in a session, flows that run each
    other."""

    steps: int = 200
    texts: int = 100
    flows: int = 8
    actions: int = 50


class Bot(msgspec.Struct, frozen=True, kw_only=True):
    """A whole bot. `version` is 0 until it is published; `starts` maps each start keyword, normalised, to its flow,
    `events` each event that starts one, `opt_ins` each opt-in word to what it agrees to. `burst` is how long (ms) a
    text waits for the next one, to be heard with it. `answers` says who answers what no person and no open question
    does: the bot, or another program, to which it is left. `stop_hint`: a text that is no answer says how to stop where
    none has said it for a month. `sources` are the knowledge files, which whoever teaches the bot makes its `answerer`
    of. `model` is what answers as one of the `personas` where the bot itself knows nothing, and `trust` what was learnt
    of such answers. `queues` are those that say more than their name, `destinations` where people are told, and
    `staff` knows who is there."""

    name: str
    version: int = 0
    locale: str = "en"
    locales: tuple[str, ...] = ("en",)
    timezone: str = "UTC"
    country: str = "US"
    hours: Hours | None = None
    phone: str = ""
    email: str = ""
    frequency: str = ""
    help_text: str = ""
    fallback: Fallback = Fallback()
    handoff: Handoff = Handoff()
    queues: dict[str, Queue] = {}
    destinations: dict[str, Destination] = {}
    staff: Staff | None = None
    owner_idle: int = 10 * MINUTE
    burst: int = 0
    answers: Literal["bot", "program"] = "bot"
    lines: tuple[LineSpec, ...] = ()
    flows: dict[str, Flow] = {}
    starts: dict[str, str] = {}
    longest_start: int = 0
    events: dict[str, str] = {}
    templates: dict[str, Approved] = {}
    content: Content = Content()
    actions: dict[str, Action] = {}
    recogniser: Recogniser | None = None
    policy: Overrides = Overrides()
    opt_ins: dict[str, OptIn] = {}
    knowledge: Knowledge = Knowledge()
    routing: Routing = Routing()
    limits: Limits = Limits()
    sources: dict[str, str] = {}
    answerer: Answerer | None = None
    model: Model | None = None
    personas: dict[str, Persona] = {}
    trust: Trust | None = None
    disclosure: Disclosure = Disclosure()
    stop_hint: bool = False
