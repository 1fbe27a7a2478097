"""Simulated phones that misbehave as real ones do: texts and reports that come late, twice or out of order, texts that
a carrier rejects, and people who have opted out at the provider."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

import msgspec
import structlog

from textback.channels.base import Accepted, Failure, Outgoing
from textback.core.messages import Status
from textback.core.when import SECOND
from textback.engine.arrivals import AnyArrival, DeliveryStatus, Message
from textback.store import simulator as store
from textback.store.db import Db

log = structlog.get_logger("textback.simulator")

LINE = "simulator"
#: What a simulated phone can be made to do, and how the page says it.
FAULTS = {
    "fail": "Carrier rejects",
    "late": "Arrives late",
    "twice": "Arrives twice",
    "order": "Out of order",
    "opted_out": "Opted out at the provider",
    "bad_number": "Number does not exist",
}
LATE = 10.0
"""Seconds by which what is late comes late."""
SOON = 0.5
"""Seconds until a report comes."""
_text = msgspec.json.Decoder(Message)


class Report(msgspec.Struct, frozen=True):
    """One thing that the provider says of a text of ours, so many seconds after it took it."""

    after: float
    status: Status
    code: str = ""
    detail: str = ""


def reports(faults: Collection[str]) -> list[Report]:
    """What the provider will say of a text of ours. A phone without faults says nothing: the text is on its screen."""
    if not set(faults) & {"fail", "late", "twice", "order"}:
        return []
    end = Report(SOON * 2, "delivered")
    if "fail" in faults:
        end = Report(SOON * 2, "undelivered", "30007", "The simulated carrier rejected it.")
    found = [Report(SOON, "sent"), end]
    if "order" in faults:
        found = [msgspec.structs.replace(end, after=SOON), Report(SOON * 2, "sent")]
    if "late" in faults:
        found = [msgspec.structs.replace(one, after=one.after + LATE) for one in found]
    return [*found, *found] if "twice" in faults else found


class Phones:
    """The simulated provider's side of all phones, on this server. What comes late is lost with the server."""

    def __init__(
        self, db: Db, workspace: str, receive: Callable[[str, Sequence[AnyArrival]], Awaitable[object]]
    ) -> None:
        self._db = db
        self._workspace = workspace
        self._receive = receive
        self._tasks: set[asyncio.Task[None]] = set()
        self._coming: dict[str, list[str]] = {}

    def coming(self, phone: str) -> list[str]:
        """Texts of this phone that are on their way and late."""
        return list(self._coming.get(phone, ()))

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """Take a text of ours as the phone's provider would."""
        phone = await self._db.read(store.behaviour, self._workspace, outgoing.recipient)
        if "opted_out" in phone.faults:
            return Failure("opted_out", code="21610", detail="The simulated provider says that they opted out there.")
        if "bad_number" in phone.faults:
            return Failure("rejected", code="21211", detail="The simulated provider says that there is no such number.")
        id_ = f"sim-{outgoing.message_id}"
        for one in reports(phone.faults):
            told = DeliveryStatus(
                id_, outgoing.recipient, one.status, outgoing.message_id, one.code or None, one.detail or None
            )
            self._later(one.after, [told])
        return Accepted(id_)

    async def text(self, text: Message) -> list[Message]:
        """A phone texts: what reaches us now, in the order in which it does. The rest comes by itself, or with the next
        text."""
        phone = await self._db.read(store.behaviour, self._workspace, text.sender)
        faults = phone.faults
        now = [text]
        if phone.waiting:
            now.append(_text.decode(phone.waiting))
            await self._db.write(store.keep_waiting, self._workspace, text.sender, "")
        elif "order" in faults:
            await self._db.write(store.keep_waiting, self._workspace, text.sender, msgspec.json.encode(text).decode())
            return []
        if "twice" in faults:
            now = [one for one in now for _ in range(2)]
        if "late" not in faults:
            return now
        self._coming.setdefault(text.sender, []).extend(dict.fromkeys(one.text for one in now))
        self._later(LATE, now, text.sender)
        return []

    async def behave(self, phone: str, faults: Collection[str]) -> list[Message]:
        """Make a phone behave like this from now on; returns a text that waited for the next one, where none is to wait
        any more."""
        await self._db.write(store.set_faults, self._workspace, phone, faults)
        found = await self._db.read(store.behaviour, self._workspace, phone)
        if "order" in found.faults or not found.waiting:
            return []
        await self._db.write(store.keep_waiting, self._workspace, phone, "")
        return [_text.decode(found.waiting)]

    def stop(self) -> None:
        """Nothing comes any more."""
        for task in self._tasks:
            task.cancel()

    def _later(self, seconds: float, arrivals: Sequence[AnyArrival], phone: str = "") -> None:
        task = asyncio.create_task(self._come(seconds, arrivals, phone))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _come(self, seconds: float, arrivals: Sequence[AnyArrival], phone: str) -> None:
        await asyncio.sleep(seconds)
        if phone:
            self._coming.pop(phone, None)
        try:
            for one in arrivals:
                await self._receive(LINE, [one])
        except Exception as error:
            log.warning("the simulated phone was not heard", error=type(error).__name__)


class AheadClock:
    """A clock that can be moved ahead, and never back. Only a server without real lines has one."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self.ahead = 0

    def __call__(self) -> int:
        """The time in ms since 1970, as this server has it."""
        return self._now() + self.ahead


QUIET = 2 * SECOND
"""How long (ms) moving the clock waits for what is being posted at this moment."""
