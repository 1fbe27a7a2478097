"""What a call is and how it goes, without any input or output: the part that both clients share.

An operation is written once, as a method that gives a `Call`. A client that waits runs it and gives its answer, the
other gives something to await.
"""

from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Concatenate, Generic, NamedTuple, ParamSpec, TypeVar, overload
from urllib.parse import quote

import msgspec
from msgspec import UNSET, UnsetType

from textback.client.errors import BadAnswer, NoAnswer, TextbackError, of_answer

T = TypeVar("T")
P = ParamSpec("P")

Unset = UnsetType
"""What an argument is that is not given: it is left out of the request."""


class Data(msgspec.Struct, Generic[T]):
    """An answer as it comes."""

    data: T


class Page(msgspec.Struct, Generic[T]):
    """A part of a list. `next_cursor` is where it goes on; None at its end."""

    data: list[T]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request, and what its answer is: `kind`, which is what comes or `Data` of it. `key` is the Idempotency-Key of
    an operation that heeds one; where the caller gave none, one is made."""

    method: str
    path: str
    kind: Any
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    key: str | Unset | None = None

    def unpacked(self, body: bytes) -> T:
        """Its answer. Raises BadAnswer."""
        if self.kind is None:
            return None  # type: ignore[return-value]  # T is None where there is no content
        try:
            found = msgspec.json.decode(body, type=self.kind)
        except msgspec.DecodeError as error:
            raise BadAnswer(f"The answer to {self.method} {self.path} can't be read: {error}.") from None
        return found.data if isinstance(found, Data) else found  # type: ignore[no-any-return]  # kind is Data[T], or T


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A list of T, page by page: the request of its first page, and the name of what says where it goes on."""

    call: Call[Page[T]]
    cursor: str = "cursor"

    def page(self, cursor: str | None) -> Call[Page[T]]:
        """The request of the page at this cursor; None: of the first."""
        if cursor is None:
            return self.call
        query = {**self.call.query, self.cursor: cursor}
        return Call(self.call.method, self.call.path, self.call.kind, query)


def path(template: str, **parts: str) -> str:
    """An address with its parts filled in. Raises ValueError where one is empty."""
    for name, value in parts.items():
        if not value:
            raise ValueError(f"{name} is empty.")
    return template.format(**{name: quote(value, safe="") for name, value in parts.items()})


def given(**values: Any) -> dict[str, Any]:
    """Those of these that were given, under the names that the API has for them."""
    return {name.removesuffix("_"): value for name, value in values.items() if value is not UNSET}


# --- One method for both clients


class Sync:
    """A client that waits for answers."""

    def call(self, call: Call[T]) -> T:
        """Make this call."""
        raise NotImplementedError

    def listed(self, listing: Listing[T]) -> "Pages[T]":
        """Go through this list."""
        return Pages(self, listing)


class Async:
    """A client whose answers are awaited."""

    async def call(self, call: Call[T]) -> T:
        """Make this call."""
        raise NotImplementedError

    def listed(self, listing: Listing[T]) -> "AsyncPages[T]":
        """Go through this list."""
        return AsyncPages(self, listing)


C = TypeVar("C", Sync, Async)


class Resource(Generic[C]):
    """Operations on one kind of thing."""

    def __init__(self, client: C) -> None:
        self.client: C = client


class operation(Generic[P, T]):  # noqa: N801  # it is a decorator
    """A method that asks for one answer."""

    def __init__(self, build: Callable[Concatenate[Any, P], Call[T]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, instance: Resource[Sync], owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: Resource[Async], owner: type) -> Callable[P, Awaitable[T]]: ...
    @overload
    def __get__(self, instance: None, owner: type) -> "operation[P, T]": ...
    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        return lambda *args, **kwargs: instance.client.call(self.build(instance, *args, **kwargs))


class listing(Generic[P, T]):  # noqa: N801  # it is a decorator
    """A method that gives a list, of which there may be more than one page."""

    def __init__(self, build: Callable[Concatenate[Any, P], Listing[T]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, instance: Resource[Sync], owner: type) -> Callable[P, "Pages[T]"]: ...
    @overload
    def __get__(self, instance: Resource[Async], owner: type) -> Callable[P, "AsyncPages[T]"]: ...
    @overload
    def __get__(self, instance: None, owner: type) -> "listing[P, T]": ...
    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        return lambda *args, **kwargs: instance.client.listed(self.build(instance, *args, **kwargs))


class Pages(Generic[T]):
    """A list. `for one in pages` goes through all of it and asks for the next page when it comes there; `pages.page()`
    asks for one page."""

    def __init__(self, client: Sync, listing: Listing[T]) -> None:
        self._client = client
        self._listing = listing

    def page(self, cursor: str | None = None) -> Page[T]:
        """The page at this cursor; without one, the first."""
        return self._client.call(self._listing.page(cursor))

    def __iter__(self) -> Generator[T]:
        cursor = None
        while True:
            page = self.page(cursor)
            yield from page.data
            cursor = page.next_cursor
            if not cursor:
                return


class AsyncPages(Generic[T]):
    """A list. `async for one in pages` goes through all of it and asks for the next page when it comes there;
    `await pages.page()` asks for one page."""

    def __init__(self, client: Async, listing: Listing[T]) -> None:
        self._client = client
        self._listing = listing

    async def page(self, cursor: str | None = None) -> Page[T]:
        """The page at this cursor; without one, the first."""
        return await self._client.call(self._listing.page(cursor))

    async def __aiter__(self) -> Any:
        cursor = None
        while True:
            page = await self.page(cursor)
            for one in page.data:
                yield one
            cursor = page.next_cursor
            if not cursor:
                return


# --- How a call goes


class Request(NamedTuple):
    """What is to be sent."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes | None


class Wait(NamedTuple):
    """What is to be waited, in seconds, before the next request."""

    seconds: float


class Answer(NamedTuple):
    """What came back. Names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Lost(NamedTuple):
    """Nothing came back. `sent` says whether the server may have got the request."""

    error: NoAnswer
    sent: bool


Steps = Generator[Request | Wait, Answer | Lost | None, T]


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is made again (`retries`), and how long is waited in between: by turns up to `first`, twice
    that and so on to `most` seconds, by chance. A server that asks for longer than `longest` is not waited for."""

    retries: int = 3
    first: float = 0.5
    most: float = 8.0
    longest: float = 60.0

    def wait(self, attempt: int, asked: float | None, chance: float) -> float | None:
        """How long to wait after this many attempts; None: not at all, give up. `chance` is 0 to 1."""
        if attempt > self.retries or (asked is not None and asked > self.longest):
            return None
        pause = min(self.most, self.first * 2 ** (attempt - 1)) * (0.5 + chance / 2)
        return pause if asked is None else asked + chance * self.first


def steps(call: Call[T], patience: Patience, chance: Callable[[], float], new_key: Callable[[], str]) -> Steps[T]:
    """What has to be done for this call, one thing after the other. Raises TextbackError.

    What may have happened is asked for again only where that does no harm: what only reads, what says how things shall
    be, and what has an Idempotency-Key, which is made here where the caller gave none.
    """
    request = _request(call, new_key)
    harmless = call.method != "POST" or call.key is not None
    attempt = 0
    while True:
        attempt += 1
        got = yield request
        if isinstance(got, Answer):
            if got.status < 300:
                return call.unpacked(got.body)
            asked = _retry_after(got.headers)
            error: TextbackError = of_answer(got.status, got.body, asked)
            again = got.status == 429 or (got.status >= 500 and harmless)
        elif got is not None:
            error, asked, again = got.error, None, harmless or not got.sent
        else:
            raise TypeError("A request needs an answer.")
        pause = patience.wait(attempt, asked, chance()) if again else None
        if pause is None:
            raise error
        yield Wait(pause)


def _request(call: Call[Any], new_key: Callable[[], str]) -> Request:
    query = {name: _shown(value) for name, value in call.query.items()}
    headers = {"accept": "application/json"}
    body = None
    if call.body is not None:
        body = msgspec.json.encode(call.body)
        headers["content-type"] = "application/json"
    if call.key is not None:
        headers["idempotency-key"] = call.key if isinstance(call.key, str) else new_key()
    return Request(call.method, call.path, query, headers, body)


def _shown(value: Any) -> str:
    """A value as it stands in an address."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None
