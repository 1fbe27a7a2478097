"""What a provider brings to the examination: how its webhooks are made and signed, and how its API answers.

To join: a folder here with the provider's name, an `examinee.py` in it that defines `EXAMINEE`, and the two files
`webhooks.json` (requests, and what they give) and `answers.json` (answers to a post, and what they mean). Every
provider in the registry that posts to us must have one, and is then examined by every test of this folder. E-mail,
which nobody posts, has an examination of its own: tests/channels/test_email.py and what begins like it.
"""

import importlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

import msgspec

from tests.support.misbehaving import Answer, Posted
from textback.channels.base import BadSignature, FailureKind, Outgoing, Provider, Timestamped, Webhook
from textback.channels.client import Session
from textback.channels.registry import PROVIDERS, ProviderSpec
from textback.core.messages import Status
from textback.engine.arrivals import DeliveryStatus, Message

NUMBER, ANA = "+12065550100", "+12065550123"
NOW = 1_795_176_000_000
"""2026-11-20T12:00:00Z, in ms."""
PUBLIC_URL = "https://bot.example.com"
OURS = "0123456789abcdef01234567"
"""An id of a message of ours."""
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
FOLDER = Path(__file__).parent


class Case(msgspec.Struct, frozen=True):
    """One of `webhooks.json`: a form, a JSON body or raw characters, and the arrivals that it gives, or the field of it
    that makes no sense."""

    case: str
    body: Any = None
    form: dict[str, str] | None = None
    raw: str | None = None
    query: str = ""
    gives: list[Message | DeliveryStatus] | None = None
    malformed: str = ""


class AnswerCase(msgspec.Struct, frozen=True):
    """One of `answers.json`: what the API answers to a post, and the kind and code of the failure that it is; `id`
    when it is none."""

    case: str
    status: int
    body: Any = None
    raw: str | None = None
    headers: dict[str, str] = {}
    kind: str = ""
    code: str = ""
    retry_after: float | None = None
    id: str = ""

    @property
    def answer(self) -> Answer:
        """As the server here gives it."""
        return Answer(self.status, self.body if self.raw is None else self.raw.encode("latin-1"), self.headers)


class Examinee(ABC):
    """One provider."""

    name: ClassVar[str]
    module: ModuleType
    """Has the tables: STATUSES, CODES, and REPORT_CODES where reports have codes of their own."""
    secret_option: ClassVar[str]
    """The option that holds what signatures are checked with."""
    secrets: ClassVar[tuple[str, str, str]]
    """Three values for it; a webhook is signed with one of them."""
    tolerance: ClassVar[int | None] = None
    """How old (ms) a signature may be; None where it has no time."""
    ahead: ClassVar[int | None] = None
    """How far (ms) it may be ahead of our clock, where that is less."""
    address_signed: ClassVar[bool] = False
    signs_bytes: ClassVar[bool] = False
    """Nobody has to read a form to check its signature."""
    ids: ClassVar[str] = "m-{}"
    """What its ids of messages look like."""
    with_media: ClassVar[str] = "mms"
    """The channel of a text with a picture."""
    without_media: ClassVar[str] = "sms"
    reports: ClassVar[bool] = True
    """It says what became of a text."""
    answers_codes: ClassVar[bool] = True
    """Its refusals have codes."""
    unwritable: ClassVar[frozenset[str]] = frozenset()
    """Statuses that only a list has, and codes that only an answer has."""

    # --- What each must bring

    @abstractmethod
    def options(self, base_url: str) -> dict[str, str]:
        """The options of a line that sends to this address, without the number."""

    @abstractmethod
    def sign(self, plain: Webhook, secret: str, now: int) -> Webhook:
        """As the provider sends it at `now` (ms)."""

    @abstractmethod
    def sdk_believes(self, webhook: Webhook, secret: str, now: int) -> bool | None:
        """What the provider's own SDK says; None where it can't say, or is known to be laxer."""

    @abstractmethod
    def text(self, words: str, id_: str, sender: str = ANA, media: Sequence[str] = ()) -> Webhook:
        """A webhook, not signed, that brings a text to NUMBER."""

    @abstractmethod
    def report(self, said: str, id_: str, code: str = "", ours: str = OURS) -> Webhook:
        """A webhook, not signed, that reports on a text from NUMBER to ANA."""

    @abstractmethod
    def taken(self, id_: str) -> Answer:
        """The answer to a post that is taken."""

    @abstractmethod
    def refused(self, code: str) -> Answer:
        """The answer to a post that is refused with this code."""

    @abstractmethod
    def said(self, posted: Posted) -> tuple[str, str, str, list[str], str | None]:
        """What a post asks for: sender, recipient, words, addresses of media, and where to report."""

    @abstractmethod
    def problems(self, posted: Posted, shared: Path) -> list[str]:
        """What in a post does not fit the provider's own specification, or its SDK's models."""

    def kept(self, url: str) -> str:
        """The address that a medium of `text` is kept under."""
        return url

    def reports_to(self, outgoing: Outgoing) -> str | None:
        """Where a post of this text asks for reports."""
        return outgoing.status_url

    def vectors(self, every: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those of the shared signature vectors that are this provider's."""
        return [vector for vector in every if vector["provider"] == self.name]

    def options_of_vector(self, vector: Mapping[str, Any]) -> dict[str, str]:
        """The options of a line that a vector is for."""
        return {self.secret_option: vector.get("secret", vector.get("public_key", ""))}

    # --- What follows from it

    @cached_property
    def _listening(self) -> dict[str, Provider]:
        return {}

    @property
    def spec(self) -> ProviderSpec:
        """Its entry in the registry."""
        return PROVIDERS[self.name]

    @property
    def header(self) -> str:
        """The header that has the signature, in lower case."""
        assert self.spec.traits is not None
        return self.spec.traits.header.lower()

    @property
    def statuses(self) -> Mapping[str, Status]:
        """The provider's words for how a text stands."""
        return {said: status for said, status in self.module.STATUSES.items() if said not in self.unwritable}

    @property
    def codes(self) -> Mapping[str, FailureKind]:
        """What its codes in answers mean."""
        found: Mapping[str, FailureKind] = self.module.CODES
        return found

    @property
    def report_codes(self) -> Mapping[str, FailureKind]:
        """What its codes in reports mean."""
        found: Mapping[str, FailureKind] = getattr(self.module, "REPORT_CODES", self.module.CODES)
        return {code: kind for code, kind in found.items() if code not in self.unwritable}

    def line(
        self, secret: str = "", http: Session | None = None, base_url: str = "https://api.example.com", **more: str
    ) -> Provider:
        """A line of it. One that only listens is made once: reading a private key takes its time."""
        if http is None and not more and secret in self._listening:
            return self._listening[secret]
        options = {**self.options(base_url), self.secret_option: secret or self.secrets[0], **more}
        made = self.spec.make(options.pop("number", NUMBER), options, http)  # type: ignore[arg-type]
        if http is None and not more:
            self._listening[secret] = made
        return made

    def signed(self, plain: Webhook, which: int = 0, now: int = NOW) -> Webhook:
        """Signed with one of the three secrets."""
        return self.sign(plain, self.secrets[which], now)

    def believes(self, webhook: Webhook, now: int = NOW, secret: str = "") -> bool:
        """Whether we do."""
        try:
            self.line(secret).verify(webhook, now)
        except BadSignature:
            return False
        return True

    def signature_of(self, webhook: Webhook) -> str:
        """The signature in a webhook."""
        return webhook.headers[self.header]

    def resigned(self, webhook: Webhook, signature: str | None) -> Webhook:
        """The same with another signature, or with none."""
        return changed(webhook, headers={self.header: signature})

    def fresh(self, age: int) -> bool:
        """Whether a signature that is so old (ms) is not stale."""
        if self.tolerance is None:
            return True
        return -(self.tolerance if self.ahead is None else self.ahead) <= age <= self.tolerance

    @property
    def hidden(self) -> set[str]:
        """What no log and no error may say."""
        options = self.options("https://api.example.com")
        return {*self.secrets, *(options[option.name] for option in self.spec.options if option.secret)}

    @property
    def dated(self) -> bool:
        """Whether signatures say when they were made."""
        return isinstance(self.line(), Timestamped)

    @cached_property
    def cases(self) -> list[Case]:
        """Its webhooks, and what they give."""
        return self._read("webhooks.json", list[Case])

    @cached_property
    def answers(self) -> list[AnswerCase]:
        """Answers to posts, and what they mean."""
        return self._read("answers.json", list[AnswerCase])

    def _read(self, name: str, kind: Any) -> Any:
        return msgspec.json.decode((FOLDER / self.name.replace("-", "_") / name).read_bytes(), type=kind)

    @property
    def address(self) -> str:
        """Where it posts to."""
        return f"{PUBLIC_URL}/webhooks/{self.name}"

    def webhook(self, case: Case) -> Webhook:
        """A case as a webhook, not signed."""
        if case.form is not None:
            return self.form(case.form, case.query)
        if case.raw is not None:
            kind = self.line().content_types[0]
            return self.plain(kind, case.raw.encode("latin-1"), case.query)
        return self.json(case.body, case.query)

    def json(self, body: object, query: str = "") -> Webhook:
        """A JSON body as a webhook, not signed."""
        return self.plain(JSON, json.dumps(body).encode(), query)

    def form(self, fields: Mapping[str, str], query: str = "") -> Webhook:
        """A form as a webhook, not signed."""
        return self.plain(FORM, urlencode(fields).encode(), query)

    def plain(self, content_type: str, body: bytes, query: str = "") -> Webhook:
        """A webhook that nobody has signed."""
        url = f"{self.address}?{query}" if query else self.address
        return Webhook("POST", url, query, {"content-type": content_type}, body)


def changed(webhook: Webhook, **fields: Any) -> Webhook:
    """The same with other fields; `headers` are further ones, None takes one away."""
    if "headers" in fields:
        both = {**webhook.headers, **fields["headers"]}
        fields["headers"] = {name: value for name, value in both.items() if value is not None}
    if "url" in fields:
        fields["query"] = urlsplit(fields["url"]).query
    return msgspec.structs.replace(webhook, **fields)


def text_out(**more: Any) -> Outgoing:
    """A text of ours."""
    return msgspec.structs.replace(Outgoing(OURS, NUMBER, ANA, "We close at 6."), **more)


def examinees() -> list[Examinee]:
    """All of them, in the order of the registry."""
    found: list[Examinee] = []
    for name, spec in PROVIDERS.items():
        if spec.posted:
            place = f"tests.channels.examination.{name.replace('-', '_')}.examinee"
            found.append(importlib.import_module(place).EXAMINEE)
    return found
