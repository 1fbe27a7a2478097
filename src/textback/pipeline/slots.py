"""Slots: how many posts each line may have under way, so that one that hangs or is away takes nothing from others."""

from collections.abc import Iterable

from textback.channels.base import Accepted, Failure
from textback.pipeline.breaker import Breaker, Condition


class Slots:
    """The slots and breakers of a node's lines. Kept on the loop; turns, in another thread, only look into `shut`."""

    def __init__(self, lines: Iterable[str], most: int) -> None:
        self._most = most
        self._under_way = dict.fromkeys(lines, 0)
        self._breakers = {line: Breaker() for line in self._under_way}
        self.shut: set[str] = set()
        """Lines whose texts turns must queue, because the breaker is not closed or few slots are left."""

    def room(self) -> int:
        """How many more texts may go on whichever line that is not shut."""
        taken = [count for line, count in self._under_way.items() if line not in self.shut]
        return self._most - max(taken) if taken else 0

    def limits(self, now: float) -> dict[str, int]:
        """The lines that are shut, and how many texts each may post at this moment."""
        found = {}
        for line in self.shut:
            left = max(self._most - self._under_way[line], 0)
            allowed = self._breakers[line].room(now)
            found[line] = left if allowed is None else min(left, allowed)
        return found

    def away(self) -> list[str]:
        """The lines whose breaker is not closed."""
        return [line for line in self.shut if self._breakers[line].state != "closed"]

    def pause(self, now: float) -> float | None:
        """Seconds until the next line may be probed; None when none waits for it."""
        waits = [pause for line in self.shut if (pause := self._breakers[line].pause(now))]
        return min(waits) if waits else None

    def took(self, line: str) -> None:
        """A text on this line is about to be posted."""
        if line in self._under_way:
            self._under_way[line] += 1
            self._judge(line)

    def probed(self, line: str, now: float) -> None:
        """A text on this line was claimed by the room that `limits` said."""
        breaker = self._breakers.get(line)
        if breaker is not None and breaker.state != "closed":
            breaker.probe(now)

    def heard(self, line: str, result: Accepted | Failure, contact_id: str, now: float) -> bool:
        """The provider's answer. Whether the line's condition has changed with it."""
        changed = self._breakers[line].heard(result, contact_id, now)
        if changed:
            self._judge(line)
        return changed

    def gave_back(self, line: str) -> None:
        """The text is not under way any more."""
        if line in self._under_way:
            self._under_way[line] -= 1
            self._judge(line)

    def conditions(self, now: float) -> dict[str, Condition]:
        """How every line is."""
        return {line: breaker.condition(now) for line, breaker in self._breakers.items()}

    def _judge(self, line: str) -> None:
        if self._breakers[line].state == "closed" and self._under_way[line] < self._most * 3 // 4:
            self.shut.discard(line)
        else:
            self.shut.add(line)
