"""What every provider module gives the rest of the program: verify, parse, send; and some can list what they have."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal, Protocol, runtime_checkable

import msgspec

from textback.channels.files import Files
from textback.core.files import FileAsk
from textback.core.messages import Channel
from textback.core.offer import Offer
from textback.core.provider_templates import Change, Filled, ProviderTemplate
from textback.engine.arrivals import DeliveryStatus, Media, Message


class Webhook(msgspec.Struct, frozen=True):
    """A provider's request as it came: the body is raw bytes, header names are lower case.

    `url` is the address the provider called, rebuilt from the configured public address and the untouched raw path
    and query, because some providers sign it.
    """

    method: str
    url: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class BadSignature(Exception):
    """The request was not signed by the provider, or is stale. The text is for the operator, never for the caller."""


class BadPayload(Exception):
    """The provider sent a signed request that makes no sense. `field` names what is missing or malformed."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class Thread(msgspec.Struct, frozen=True):
    """What a text goes on with: the provider's id of their newest text and its subject, whether a person wrote the
    answer, and the address where they leave by one click. Words are empty where there are none."""

    answers: str = ""
    subject: str = ""
    person: bool = False
    unsubscribe: str = ""


class Attachment(msgspec.Struct, frozen=True):
    """A file that goes inside a message: the address that its text names it by, and what it is called and holds."""

    url: str
    name: str
    content_type: str
    data: bytes


class Outgoing(msgspec.Struct, frozen=True):
    """One text to send. `status_url` is where the provider should report; None where no public address is known.

    `ours` is asked at the last moment before the request is written: once it says no, the text must not be sent.
    `answered` is told the HTTP status of the provider's answer, when there is one. `channel` is how it is to go.
    `offer` is what it lets them choose from, which a provider that is `Offering` can show. `thread` is there for one
    that is `Threaded`. `template` is which of the provider's own templates it goes as, where it is `Templated`.
    `attached` are those of its `media` that go inside it, where it is `Attaching`; the others go as addresses.
    """

    message_id: str
    sender: str
    recipient: str
    text: str
    media: tuple[Media, ...] = ()
    status_url: str | None = None
    ours: Callable[[], bool] | None = None
    answered: Callable[[int], None] | None = None
    channel: Channel = "sms"
    offer: Offer | None = None
    thread: Thread | None = None
    template: Filled | None = None
    attached: tuple[Attachment, ...] = ()


class Accepted(msgspec.Struct, frozen=True):
    """The provider took the text and calls it `provider_id`. `channel` is set where the provider chose how it goes."""

    provider_id: str
    channel: Channel | None = None


FailureKind = Literal[
    "retry", "throttled", "later", "rejected", "filtered", "opted_out", "misconfigured", "unknown"
]  # fmt: skip


class Failure(msgspec.Struct, frozen=True):
    """The provider did not take the text. The kind is a closed set that says what to do.

    retry: try again later. throttled: try again after `retry_after` seconds. later:
    the same, but it is about this text or this day, and says nothing about how the line is. rejected: never again.
    filtered: never again, blocked as spam or unregistered traffic. opted_out: suppress the contact. misconfigured: our
    account or settings are wrong, an operator must act. unknown: it may have gone; never blindly repeat it.
    `bad_number`: the code says that the number can never get texts; whoever posts finds that out.
    """

    kind: FailureKind
    code: str = ""
    detail: str = ""
    retry_after: float | None = None
    bad_number: bool = False


class Provider(Protocol):
    """One line's connection to its provider. Made once at start, used by every request."""

    name: ClassVar[str]
    """The provider's word, such as "telnyx"."""

    content_types: ClassVar[tuple[str, ...]]
    """The content types its webhooks come in; any other gets 415."""

    acknowledgement: ClassVar[tuple[str, bytes]]
    """Content type and body of the 200 that tells the provider we have it."""

    keywords: Mapping[str, frozenset[str]]
    """Whole messages the provider answers itself, in upper case, by "stop", "start" and "help" (rules, section 4)."""

    def verify(self, webhook: Webhook, now: int) -> None:
        """Raise BadSignature unless the provider signed exactly this request. `now` in ms."""
        ...

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """What the request says. Empty for event types we do not use. Raises BadPayload."""
        ...

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """Post one text. Never raises for anything the network or the provider does."""
        ...


@runtime_checkable
class Timestamped(Protocol):
    """A provider whose signatures say when they were made, so that `verify` refuses old ones."""

    def signed_at(self, webhook: Webhook) -> int | None:
        """The time (ms) that the signature names, however long ago; None where it names none."""
        ...


@runtime_checkable
class Methods(Protocol):
    """A provider that calls in other ways than by POST."""

    methods: ClassVar[tuple[str, ...]]
    """All of them. A GET has no body and no content type: what it says is in its address."""


@runtime_checkable
class Parted(Protocol):
    """A provider that hands on the parts of a long text one by one, in any order (Message.part)."""

    parted: ClassVar[bool]


@runtime_checkable
class Greeted(Protocol):
    """A provider that asks by GET whether the address is ours, before it posts anything."""

    def greet(self, webhook: Webhook) -> tuple[str, bytes] | None:
        """The content type and the body that say yes; None where the one who asks does not know our token."""
        ...


@runtime_checkable
class Answering(Protocol):
    """A provider some of whose requests want an answer of their own, such as the first one."""

    def answer(self, webhook: Webhook) -> tuple[str, bytes] | None:
        """The content type and the body for a signed request; None for the usual ones. Raises BadPayload."""
        ...


@runtime_checkable
class Shared(Protocol):
    """A provider that has one address for the webhooks of several lines."""

    account: str
    """What it calls this line's number."""

    def of_others(self, webhook: Webhook) -> frozenset[str]:
        """The accounts of other lines that a request speaks of. Raises BadPayload."""
        ...


@runtime_checkable
class Channels(Protocol):
    """A provider of a number that speaks more than SMS."""

    channels: ClassVar[tuple[Channel, ...]]
    """All of them; first the one that is tried with somebody who has not written yet."""


@runtime_checkable
class Offering(Protocol):
    """A provider that shows what a text offers as buttons, or in another way of its own."""

    offers: ClassVar[bool]


@runtime_checkable
class Threaded(Protocol):
    """A provider whose texts say which one they answer, and what they are about."""

    threads: ClassVar[bool]


@runtime_checkable
class Attaching(Protocol):
    """A provider whose messages have files inside them."""

    attaches: ClassVar[int]
    """Bytes that the files of one message may have together."""


@runtime_checkable
class Templated(Protocol):
    """A provider that must approve a template before it can be sent, and sends it by its name."""

    templates_account: str
    """What it calls the account whose templates the line may send; "" where nobody has said."""

    async def templates(self) -> list[ProviderTemplate]:
        """All templates of the account. Raises ListFailed."""
        ...

    def changes(self, webhook: Webhook) -> list[Change]:
        """What a request says of how templates stand now, of whatever account. Raises BadPayload."""
        ...


@runtime_checkable
class Holding(Protocol):
    """A provider that holds the files of texts that come in, until we have fetched them."""

    def ask_for(self, url: str) -> FileAsk:
        """How the file at this address, which a text named, is asked for. What says who we are is for the provider's
        own hosts alone."""
        ...


class ListFailed(Exception):
    """What the provider has could not be read: it is worth another try. The text is for the log."""


class ListTooLong(ListFailed):
    """There is more in this stretch of time than a listing reads: ask for a shorter one."""


class Heard(msgspec.Struct, frozen=True):
    """A text that came in, as the provider lists it. `at` is the provider's time in ms.

    `message` is None where a list does not show all of it: `Lists.read` does.
    """

    provider_id: str
    sender: str
    at: int
    message: Message | None = None


class Recent(msgspec.Struct, frozen=True):
    """What the provider has of a stretch of time, each oldest first: texts that came in, and how those that went out
    stand now (the `provider_id` of a status may be of another program's text)."""

    heard: tuple[Heard, ...]
    statuses: tuple[DeliveryStatus, ...]


class Found(msgspec.Struct, frozen=True):
    """What went out to a contact in a stretch of time: `same` may be the text asked for, `others` (ids) say something
    else. `surely`: every text that the provider took is in this list, and all of it was read."""

    same: tuple[DeliveryStatus, ...]
    others: tuple[str, ...]
    surely: bool


@runtime_checkable
class Lists(Protocol):
    """What a provider can do that keeps a list of what came in and what went out. Times are ms."""

    lag: ClassVar[int]
    """How long (ms) a text may take until it is in the list."""

    async def recent(self, since: int, until: int) -> Recent:
        """What came in and went out on this line from `since` up to `until`. Raises ListFailed."""
        ...

    async def read(self, heard: Heard) -> Message | None:
        """All of a text that came in; None when the provider has it no more, or makes no sense. Raises ListFailed."""
        ...

    async def find(self, outgoing: Outgoing, after: int, before: int) -> Found:
        """What this line sent to the contact between these two times, when this text was posted. Raises ListFailed."""
        ...


class Traits(msgspec.Struct, frozen=True):
    """What a provider can do, in the words of the table of providers.

    `title` is its name in sentences; `header` carries its signatures or, where that is empty, `field` of what it says
    does (both empty: nothing is posted to us, texts are fetched from a mailbox); `signature` says what they are;
    `opt_out` is how it says that someone has opted out; `fail_over` what it does when nobody answers; `limits` how much
    it takes; `files` which files go with a text.
    """

    title: str
    header: str
    signature: str
    opt_out: str
    fail_over: str
    limits: str
    media: str = "in, out"
    inbound: str = "SMS, MMS"
    field: str = ""
    files: Files = Files()


class Option(msgspec.Struct, frozen=True):
    """One thing to configure on a line: its key in bot.yml, its variable in the environment, and what it is.

    The option named "number" is the line's own address.
    """

    name: str
    env: str
    help: str
    required: bool = True
    secret: bool = False


KEYWORD_OWNER = Option(
    "keyword_owner", "", "Who answers STOP, START and HELP: provider (the default) or app.", required=False
)


def signature_options(prefix: str) -> tuple[Option, Option]:
    """How a line checks signatures; `prefix` begins the names in the environment."""
    return (
        Option("signature", f"{prefix}_SIGNATURE", "enforce (the default), or log-only while setting up.", False),
        Option("signature_log_only_until", f"{prefix}_SIGNATURE_UNTIL", "The day on which log-only ends.", False),
    )


def common_options(prefix: str, base_url: str) -> tuple[Option, ...]:
    """What every line has: its number, its API, who answers the words of consent, and how signatures are checked."""
    return (
        Option("number", f"{prefix}_PHONE_NUMBER", "The number texts come to and go out from, in E.164."),
        Option("base_url", f"{prefix}_BASE_URL", f"The API's address. Default: {base_url}", required=False),
        KEYWORD_OWNER,
        *signature_options(prefix),
    )
